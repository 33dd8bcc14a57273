#include "dialects/QInt/Dyadic.h"
#include "passes/LowerToInt/LowerToInt.h"
#include "passes/LowerToInt/Lowering.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace qcc {

#define GEN_PASS_DEF_CONVERTQGRAPHTOQINT
#include "passes/LowerToInt/Passes.h.inc"

llvm::StringRef layerName(Operation *op) {
  if (auto name = op->getAttrOfType<StringAttr>("qgraph.layer"))
    return name.getValue();
  return op->getName().getStringRef();
}

// Schedule may hold i8 codes as ui8 later, which moves up to 128 * sum between
// the products and the bias, so 8-bit codes count as 255 + 128 whatever their
// sign.
int64_t ActivationType::largestHeld() const {
  return storage.getWidth() == 8 ? 255 + 128 : int64_t(1) << 15;
}

// Of every code that the storage holds, not only of [min, max]: a caller's
// input may hold any, and the verifiers prove sums for all.
int64_t ActivationType::largestOffset() const {
  return qint::magnitudeOf(qint::codeMin(storage), qint::codeMax(storage),
                           zeroPoint);
}

Type Lowering::storageType(Type element) {
  auto quantized = dyn_cast<quant::QuantizedType>(element);
  if (!quantized)
    return element;
  unsigned width = quantized.getStorageTypeIntegralWidth();
  auto sign = !quantized.isSigned() && width == 8
                  ? IntegerType::SignednessSemantics::Unsigned
                  : IntegerType::SignednessSemantics::Signless;
  return IntegerType::get(element.getContext(), width, sign);
}

RankedTensorType Lowering::storageTensor(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return type.clone(storageType(type.getElementType()));
}

std::optional<ActivationType> Lowering::activation(Operation *op, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  auto quantized = dyn_cast<quant::UniformQuantizedType>(type.getElementType());
  if (!quantized) {
    op->emitOpError("layer '")
        << layerName(op) << "' needs tensors quantized per tensor, found "
        << type;
    return std::nullopt;
  }
  unsigned width = quantized.getStorageTypeIntegralWidth();
  if (width != 8 && !(width == 16 && quantized.isSigned())) {
    op->emitOpError("layer '")
        << layerName(op) << "' has " << width
        << "-bit activations, supported are 8-bit and signed 16-bit";
    return std::nullopt;
  }
  ActivationType result;
  result.scale = quantized.getScale();
  result.zeroPoint = static_cast<int32_t>(quantized.getZeroPoint());
  result.min = static_cast<int32_t>(quantized.getStorageTypeMin());
  result.max = static_cast<int32_t>(quantized.getStorageTypeMax());
  result.storage = cast<IntegerType>(storageType(quantized));
  return result;
}

qint::RescaleAttr Lowering::rescale(Operation *op, llvm::ArrayRef<double> reals,
                                    const ActivationType &to, bool wide) {
  // One multiplier for all channels where they agree.
  if (llvm::all_equal(reals))
    reals = reals.take_front();
  llvm::Expected<qint::RescaleAttr> attr = qint::rescaleFromReal(
      op->getContext(), reals, wide ? qint::Rounding::Single : roundingOf(op),
      to.zeroPoint, to.min, to.max, wide);
  if (attr)
    return *attr;
  op->emitOpError("layer '")
      << layerName(op) << "': " << llvm::toString(attr.takeError());
  return {};
}

Value Lowering::requantize(Operation *op, Value accumulator,
                           llvm::ArrayRef<double> units,
                           const ActivationType &to) {
  auto type = cast<RankedTensorType>(accumulator.getType());
  llvm::SmallVector<double> reals;
  for (double unit : units)
    reals.push_back(unit / to.scale);
  if (isForeignKernel(op) && to.storage.getWidth() == 16)
    return requantizeWords(op, accumulator, reals, to);
  qint::RescaleAttr attr =
      rescale(op, reals, to, type.getElementTypeBitWidth() > 32);
  if (!attr)
    return {};
  return qint::RequantizeOp::create(builder, op->getLoc(),
                                    type.clone(to.storage), accumulator,
                                    /*zero_point=*/0, attr);
}

Value Lowering::rescaleCodes(Operation *op, Value value,
                             const ActivationType &from,
                             const ActivationType &to) {
  if (from.scale == to.scale && from.zeroPoint == to.zeroPoint &&
      from.storage == to.storage && from.min >= to.min && from.max <= to.max)
    return value;
  qint::RescaleAttr attr =
      rescale(op, {from.scale / to.scale}, to, /*wide=*/false);
  if (!attr)
    return {};
  auto type = cast<RankedTensorType>(value.getType());
  return qint::RequantizeOp::create(builder, op->getLoc(),
                                    type.clone(to.storage), value,
                                    from.zeroPoint, attr);
}

Value Lowering::operandAs(Operation *op, unsigned index,
                          const ActivationType &to) {
  std::optional<ActivationType> from = activation(op, op->getOperand(index));
  if (!from)
    return {};
  return rescaleCodes(op, get(op->getOperand(index)), *from, to);
}

Type Lowering::accumulatorFor(Operation *op, int64_t bound) {
  if (bound < (int64_t(1) << 31))
    return builder.getI32Type();
  if (bound < (int64_t(1) << 47))
    return builder.getI64Type();
  op->emitOpError("layer '")
      << layerName(op) << "' may accumulate up to " << bound
      << ", which does not fit the 48 bits that a rescale takes";
  return {};
}

/// Whether `op` holds real numbers that only norms read, which make integers of
/// them in their own units.
static bool isNormParameter(Operation *op) {
  return isa<qgraph::ConstantOp>(op) &&
         getElementTypeOrSelf(op->getResult(0).getType()).isF32() &&
         llvm::all_of(op->getUses(), [](OpOperand &use) {
           return isa<qgraph::LayerNormOp, qgraph::RmsNormOp>(use.getOwner()) &&
                  use.getOperandNumber() > 0;
         });
}

llvm::LogicalResult Lowering::lower(Operation *op) {
  if (isNormParameter(op))
    return success();
  Block *block = builder.getInsertionBlock();
  Operation *last = block->empty() ? nullptr : &block->back();
  bool known = true;
  std::optional<Value> kernel = lowerKernel(op);
  Value result =
      kernel
          ? *kernel
          : llvm::TypeSwitch<Operation *, Value>(op)
                .Case([&](qgraph::ConstantOp o) { return lowerConstant(o); })
                .Case([&](qgraph::Conv2DOp o) { return lowerConv2D(o); })
                .Case([&](qgraph::TransposeConv2DOp o) {
                  return lowerTransposeConv2D(o);
                })
                .Case([&](qgraph::MatMulOp o) { return lowerMatMul(o); })
                .Case([&](qgraph::AvgPool2DOp o) { return lowerAvgPool2D(o); })
                .Case([&](qgraph::MaxPool2DOp o) { return lowerMaxPool2D(o); })
                .Case([&](qgraph::ReduceOp o) { return lowerReduce(o); })
                .Case([&](qgraph::AddOp o) { return lowerAdd(o, false); })
                .Case([&](qgraph::SubOp o) { return lowerAdd(o, true); })
                .Case([&](qgraph::MulOp o) { return lowerMul(o); })
                .Case(
                    [&](qgraph::MaximumOp o) { return lowerMaximum(o, true); })
                .Case(
                    [&](qgraph::MinimumOp o) { return lowerMaximum(o, false); })
                .Case([&](qgraph::SelectOp o) { return lowerSelect(o); })
                .Case([&](qgraph::UnaryOp o) { return lowerUnary(o); })
                .Case([&](qgraph::TableOp o) { return lowerTable(o); })
                .Case([&](qgraph::ClampOp o) { return lowerClamp(o); })
                .Case([&](qgraph::SoftmaxOp o) {
                  return o.getLog() ? lowerLogSoftmax(o) : lowerSoftmax(o);
                })
                .Case([&](qgraph::LayerNormOp o) { return lowerLayerNorm(o); })
                .Case([&](qgraph::RmsNormOp o) { return lowerRmsNorm(o); })
                .Case([&](qgraph::ConcatOp o) { return lowerConcat(o); })
                .Case([&](qgraph::PadOp o) { return lowerPad(o); })
                .Case([&](qgraph::ResizeOp o) { return lowerResize(o); })
                .Case<qgraph::SliceOp, qgraph::ReshapeOp, qgraph::TransposeOp,
                      qgraph::TileOp, qgraph::GatherOp, qgraph::LookupOp,
                      qgraph::ArgMaxOp, qgraph::RequantizeOp>(
                    [&](Operation *o) { return lowerMovement(o); })
                .Default([&](Operation *) {
                  known = false;
                  return Value();
                });
  if (!known)
    return op->emitOpError("has no integer form");
  if (!result)
    return failure();
  values[op->getResult(0)] = result;
  auto layer = builder.getStringAttr(layerName(op));
  for (Operation *made = last ? last->getNextNode() : &block->front(); made;
       made = made->getNextNode())
    if (!isa<qint::ConstantOp>(made))
      made->setAttr("qint.layer", layer);
  return success();
}

namespace {

/// Decimal text that reads back as the same double.
StringAttr exactText(MLIRContext *context, double value) {
  llvm::SmallString<32> text;
  llvm::raw_svector_ostream(text) << llvm::format("%.17g", value);
  return StringAttr::get(context, text);
}

/// `qint.scale` and `qint.zero_point` of a value of the function's interface.
DictionaryAttr interfaceAttrs(DictionaryAttr old, Type type) {
  MLIRContext *context = type.getContext();
  NamedAttrList attrs;
  auto tensor = cast<RankedTensorType>(type);
  if (auto q = dyn_cast<quant::UniformQuantizedType>(tensor.getElementType())) {
    attrs.set("qint.scale", exactText(context, q.getScale()));
    attrs.set("qint.zero_point", IntegerAttr::get(IntegerType::get(context, 32),
                                                  q.getZeroPoint()));
  }
  if (old)
    if (Attribute name = old.get("qgraph.name"))
      attrs.set("qint.name", name);
  return attrs.getDictionary(context);
}

struct ConvertQGraphToQInt
    : impl::ConvertQGraphToQIntBase<ConvertQGraphToQInt> {
  void runOnOperation() override {
    for (func::FuncOp function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (failed(convert(function)))
        return signalPassFailure();
  }

  LogicalResult convert(func::FuncOp function) {
    if (!llvm::hasSingleElement(function.getBody()))
      return function.emitOpError("must have one block");
    Block &old = function.getBody().front();
    auto fresh = std::make_unique<Block>();
    OpBuilder builder(&getContext());
    builder.setInsertionPointToEnd(fresh.get());
    Lowering lowering(builder);
    llvm::SmallVector<Type> inputs, outputs;
    for (BlockArgument argument : old.getArguments()) {
      inputs.push_back(Lowering::storageTensor(argument));
      lowering.set(argument,
                   fresh->addArgument(inputs.back(), argument.getLoc()));
    }
    for (Operation &op : old.without_terminator())
      if (failed(lowering.lower(&op)))
        return failure();
    llvm::SmallVector<Value> results;
    for (Value value : old.getTerminator()->getOperands()) {
      results.push_back(lowering.get(value));
      outputs.push_back(results.back().getType());
    }
    func::ReturnOp::create(builder, old.getTerminator()->getLoc(), results);
    setInterface(function, old, inputs, outputs);
    old.erase();
    function.getBody().push_back(fresh.release());
    removeUnused(function);
    return success();
  }

  void setInterface(func::FuncOp function, Block &old,
                    llvm::ArrayRef<Type> inputs, llvm::ArrayRef<Type> outputs) {
    for (auto [i, argument] : llvm::enumerate(old.getArguments()))
      function.setArgAttrs(
          i, interfaceAttrs(function.getArgAttrDict(i), argument.getType()));
    for (auto [i, value] : llvm::enumerate(old.getTerminator()->getOperands()))
      function.setResultAttrs(
          i, interfaceAttrs(function.getResultAttrDict(i), value.getType()));
    function.setType(FunctionType::get(&getContext(), inputs, outputs));
  }

  /// Constants whose values went into others (biases) have no user.
  void removeUnused(func::FuncOp function) {
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
      if (op.use_empty() && !op.hasTrait<OpTrait::IsTerminator>())
        op.erase();
  }
};

} // namespace
} // namespace qcc
