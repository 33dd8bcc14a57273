#include "dialects/Decimal.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"
#include "passes/Quantize/Weights.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_APPLYTYPES
#include "passes/Quantize/Passes.h.inc"

namespace {

/// The elements of an f32 constant that `user` reads, or an error.
FailureOr<std::vector<float>>
finiteValues(Operation *user, qgraph::ConstantOp constant, StringRef what) {
  auto dense = dyn_cast<DenseFPElementsAttr>(constant.getValue());
  if (!dense || !dense.getElementType().isF32())
    return user->emitOpError() << describe(user) << " has a " << what
                               << " that is no f32 constant with its elements "
                                  "in the file";
  std::vector<float> values;
  values.reserve(dense.getNumElements());
  for (auto [i, value] : llvm::enumerate(dense.getValues<float>())) {
    if (!std::isfinite(value))
      return user->emitOpError()
             << describe(user) << " has " << what << " " << i << " = "
             << decimal(value) << ", expected finite numbers";
    values.push_back(value);
  }
  return values;
}

template <typename T>
Value makeConstant(OpBuilder &builder, qgraph::ConstantOp like, Type stored,
                   ArrayRef<T> values, ArrayRef<double> scales, int64_t min,
                   int64_t max) {
  SmallVector<int64_t> zeros(scales.size(), 0);
  auto element = quant::UniformQuantizedPerAxisType::get(
      quant::QuantizationFlags::Signed, stored, builder.getF32Type(), scales,
      zeros, /*quantizedDimension=*/0, min, max);
  ArrayRef<int64_t> shape = shapeOf(like);
  SmallVector<APInt> codes;
  codes.reserve(values.size());
  for (T value : values)
    codes.emplace_back(stored.getIntOrFloatBitWidth(), value,
                       /*isSigned=*/true);
  auto created = qgraph::ConstantOp::create(
      builder, like.getLoc(), RankedTensorType::get(shape, element),
      DenseElementsAttr::get(RankedTensorType::get(shape, stored), codes));
  created->setDiscardableAttrs(like->getDiscardableAttrDictionary());
  return created;
}

/// 16 where a reader makes 16-bit codes, else 8.
unsigned constantBits(qgraph::ConstantOp op) {
  return llvm::any_of(op->getUsers(),
                      [](Operation *user) {
                        if (user->getNumResults() != 1)
                          return false;
                        auto type = dyn_cast<quant::QuantizedType>(
                            elementTypeOf(user->getResult(0)));
                        return type && type.getStorageTypeIntegralWidth() == 16;
                      })
             ? 16
             : 8;
}

/// The codes of `values` in `type`.
qgraph::ConstantOp codesOf(qgraph::ConstantOp op, ArrayRef<float> values,
                           quant::UniformQuantizedType type) {
  SmallVector<APInt> codes;
  for (float value : values) {
    double code = std::round(value / type.getScale()) +
                  static_cast<double>(type.getZeroPoint());
    codes.emplace_back(type.getStorageTypeIntegralWidth(),
                       static_cast<int64_t>(std::clamp(
                           code, static_cast<double>(type.getStorageTypeMin()),
                           static_cast<double>(type.getStorageTypeMax()))),
                       /*isSigned=*/true);
  }
  OpBuilder builder(op);
  auto created = qgraph::ConstantOp::create(
      builder, op.getLoc(), RankedTensorType::get(shapeOf(op), type),
      DenseElementsAttr::get(
          RankedTensorType::get(shapeOf(op), type.getStorageType()), codes));
  created->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  return created;
}

/// A constant that ops read as an activation.
qgraph::ConstantOp quantizeConstant(qgraph::ConstantOp op,
                                    ArrayRef<float> values) {
  Range range;
  for (float value : values) {
    range.lo = std::min<double>(range.lo, value);
    range.hi = std::max<double>(range.hi, value);
  }
  unsigned bits = constantBits(op);
  QuantParams params = chooseQuantParams(range, activationScheme(bits));
  return codesOf(
      op, values,
      activationType(op.getContext(), params, /*isSigned=*/true, bits));
}

class ApplyTypesPass : public impl::ApplyTypesBase<ApplyTypesPass> {
public:
  using ApplyTypesBase::ApplyTypesBase;
  ApplyTypesPass() = default;
  explicit ApplyTypesPass(const QuantizeOptions &options)
      : chosen(options.granularity) {}
  ApplyTypesPass(const ApplyTypesPass &other)
      : ApplyTypesBase(other), chosen(other.chosen) {}

  void runOnOperation() override {
    if (failed(resolveOptions()))
      return signalPassFailure();
    func::FuncOp function = findNetwork(getOperation());
    if (!function || failed(applyActivations(function)) ||
        failed(convertTables(function)) || failed(convertConstants(function)))
      return signalPassFailure();
    for (auto table :
         llvm::to_vector(function.front().getOps<qgraph::TableOp>()))
      if (table.getInputType())
        keepCodes(table);
    removeCasts(function);
    // After the constants, which a function may return.
    function.setType(
        FunctionType::get(&getContext(), function.front().getArgumentTypes(),
                          function.front().getTerminator()->getOperandTypes()));
    for (Operation &op : llvm::make_early_inc_range(function.front()))
      if (isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op) &&
          failed(convertParameters(&op)))
        return signalPassFailure();
    for (auto op : llvm::make_early_inc_range(
             function.front().getOps<qgraph::ConstantOp>()))
      if (op->use_empty())
        op.erase();
  }

private:
  /// The granularity of the program, or that of the text.
  LogicalResult resolveOptions() {
    if (chosen)
      return success();
    llvm::Expected<WeightGranularity> parsed = parseGranularity(granularity);
    if (!parsed)
      return getOperation().emitError(llvm::toString(parsed.takeError()));
    chosen = *parsed;
    return success();
  }

  LogicalResult applyActivations(func::FuncOp function) {
    for (Value value : activations(function)) {
      auto type = dyn_cast_or_null<TypeAttr>(getFact(value, "qgraph.type"));
      if (!type || !isa<quant::UniformQuantizedType>(type.getValue()))
        return emitError(value.getLoc())
               << "'" << layerOf(value)
               << "' has no quantized 'qgraph.type', run qcc-assign-types "
                  "before";
    }
    for (Value value : activations(function)) {
      auto type = cast<TypeAttr>(getFact(value, "qgraph.type"));
      removeFact(value, "qgraph.type");
      value.setType(RankedTensorType::get(shapeOf(value), type.getValue()));
    }
    return success();
  }

  /// A table's codes keep their types; where the network holds the values in
  /// others they are rounded before and after it.
  static void keepCodes(qgraph::TableOp table) {
    OpBuilder builder(table);
    auto inType = table.getInput().getType().clone(*table.getInputType());
    auto outType = table.getType().clone(*table.getOutputType());
    Value input = requantized(builder, table, table.getInput(), inType);
    Value result = qgraph::TableOp::create(builder, table.getLoc(), outType,
                                           input, table.getTable());
    result.getDefiningOp()->setDiscardableAttrs(
        table->getDiscardableAttrDictionary());
    table.getOutput().replaceAllUsesWith(
        requantized(builder, table, result, table.getType()));
    table.erase();
  }

  static Value requantized(OpBuilder &builder, qgraph::TableOp table,
                           Value value, Type type) {
    if (value.getType() == type)
      return value;
    auto op =
        qgraph::RequantizeOp::create(builder, table.getLoc(), type, value);
    op->setAttr("qgraph.layer",
                builder.getStringAttr(
                    layerOf(table.getOutput()) +
                    (value == table.getInput() ? "_input" : "_output")));
    return op;
  }

  /// Both sides of a cast are codes now; of one type as a rule.
  void removeCasts(func::FuncOp function) {
    for (Operation &op : llvm::make_early_inc_range(function.front())) {
      if (!isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op))
        continue;
      Value codes = op.getOperand(0), result = op.getResult(0);
      if (codes.getType() != result.getType()) {
        OpBuilder builder(&op);
        auto rescaled = qgraph::RequantizeOp::create(builder, op.getLoc(),
                                                     result.getType(), codes);
        rescaled->setDiscardableAttrs(op.getDiscardableAttrDictionary());
        codes = rescaled;
      }
      result.replaceAllUsesWith(codes);
      op.erase();
    }
  }

  /// The table of a lookup takes the type of what is looked up, which covers
  /// all of it; one constant for every type.
  LogicalResult convertTables(func::FuncOp function) {
    llvm::DenseMap<std::pair<Value, Type>, Value> made;
    for (auto lookup : function.front().getOps<qgraph::LookupOp>()) {
      auto table = lookup.getInput().getDefiningOp<qgraph::ConstantOp>();
      if (!table || !elementTypeOf(table).isF32())
        continue;
      auto type = cast<quant::UniformQuantizedType>(elementTypeOf(lookup));
      Value &codes = made[{table, type}];
      if (!codes) {
        auto values = finiteValues(table, table, "value");
        if (failed(values))
          return failure();
        codes = codesOf(table, *values, type);
      }
      lookup.getInputMutable().assign(codes);
    }
    return success();
  }

  /// Every other constant that is read as an activation, once for all such
  /// uses.
  LogicalResult convertConstants(func::FuncOp function) {
    for (auto op : llvm::make_early_inc_range(
             function.front().getOps<qgraph::ConstantOp>())) {
      auto isOurs = [](OpOperand &use) { return !isParameter(use); };
      if (!elementTypeOf(op).isF32() || llvm::none_of(op->getUses(), isOurs))
        continue;
      auto values = finiteValues(op, op, "value");
      if (failed(values))
        return failure();
      op.getOutput().replaceUsesWithIf(quantizeConstant(op, *values), isOurs);
    }
    return success();
  }

  LogicalResult convertParameters(Operation *op) {
    auto filter = op->getOperand(1).getDefiningOp<qgraph::ConstantOp>();
    auto bias = op->getOperand(2).getDefiningOp<qgraph::ConstantOp>();
    if (!filter || !bias)
      return op->emitOpError()
             << describe(op) << " must have a constant filter and bias";
    // Integers of the model's own stay as they are.
    if (isa<quant::QuantizedType>(elementTypeOf(filter)))
      return success();
    auto weights = finiteValues(op, filter, "weight");
    auto biases = finiteValues(op, bias, "bias");
    if (failed(weights) || failed(biases))
      return failure();
    auto scaleOf = [](Value value) {
      return cast<quant::UniformQuantizedType>(elementTypeOf(value)).getScale();
    };
    unsigned bits = getWeightBits(op);
    op->removeAttr("qgraph.weight_bits");
    QuantizedWeights integers = quantizeWeights(
        *weights, *biases, scaleOf(op->getOperand(0)),
        scaleOf(op->getResult(0)), bits, *chosen, getWeightScales(op));
    op->removeAttr("qgraph.weight_scales");
    using Limits = std::numeric_limits<int32_t>;
    OpBuilder builder(op);
    WeightCodes codes = weightCodes(bits);
    // Six bits are held in eight: no integer type packs them.
    op->setOperand(
        1, makeConstant<int8_t>(
               builder, filter, builder.getIntegerType(bits == 6 ? 8 : bits),
               integers.weights, integers.scales, codes.min, codes.max));
    op->setOperand(2, makeConstant<int32_t>(
                          builder, bias, builder.getI32Type(), integers.biases,
                          integers.biasScales, Limits::min(), Limits::max()));
    return success();
  }

  std::optional<WeightGranularity> chosen;
};

} // namespace

llvm::Expected<WeightGranularity> parseGranularity(StringRef text) {
  if (text == "channel")
    return WeightGranularity::Channel;
  if (text == "tensor")
    return WeightGranularity::Tensor;
  return llvm::createStringError("weight granularity must be channel or "
                                 "tensor, found '" +
                                 text + "'");
}

std::unique_ptr<Pass> createApplyTypes(const QuantizeOptions &options) {
  return std::make_unique<ApplyTypesPass>(options);
}

} // namespace qcc
