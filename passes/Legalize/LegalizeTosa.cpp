// TOSA becomes qgraph op by op, in order; unsupported ops are collected.
#include "passes/Legalize/Legalize.h"
#include "passes/Legalize/Norm.h"
#include "passes/Legalize/Simplify.h"
#include "passes/Legalize/TosaLowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace qcc {
#define GEN_PASS_DEF_LEGALIZETOSA
#include "passes/Legalize/Passes.h.inc"
} // namespace qcc

using namespace mlir;

namespace qcc::legalize {

void TosaLowering::mapFailed(Value from) {
  map(from, UnrealizedConversionCastOp::create(builder, from.getLoc(),
                                               from.getType(), ValueRange())
                .getResult(0));
}

bool TosaLowering::hasFailed(Value from) const {
  Value mapped = operand(from);
  return mapped && dependsOnFailure(mapped);
}

bool TosaLowering::dependsOnFailure(Value value) const {
  SmallVector<Value> worklist = {value};
  DenseSet<Value> seen;
  while (!worklist.empty()) {
    Value next = worklist.pop_back_val();
    Operation *op = next.getDefiningOp();
    if (!op || !seen.insert(next).second)
      continue;
    if (isa<UnrealizedConversionCastOp>(op))
      return true;
    llvm::append_range(worklist, op->getOperands());
  }
  return false;
}

FailureOr<ConstantTensor> TosaLowering::constant(Operation *op, Value value,
                                                 StringRef what) {
  Value mapped = operand(value);
  if (mapped)
    if (std::optional<ConstantTensor> tensor = evaluateConstant(mapped))
      return std::move(*tensor);
  if (!mapped || !dependsOnFailure(mapped))
    op->emitOpError() << what << " must be constant, but is computed";
  return failure();
}

FailureOr<SmallVector<int64_t>>
TosaLowering::shapeConstant(Operation *op, Value value, StringRef what) {
  if (auto shape = value.getDefiningOp<tosa::ConstShapeOp>()) {
    SmallVector<int64_t> result;
    if (auto dense = dyn_cast<DenseIntElementsAttr>(shape.getValues())) {
      for (const APInt &number : dense.getValues<APInt>())
        result.push_back(number.getSExtValue());
      return result;
    }
  }
  op->emitOpError() << what << " must be a tosa.const_shape, but is computed";
  return failure();
}

FailureOr<SmallVector<int64_t>>
TosaLowering::integerConstant(Operation *op, Value value, StringRef what) {
  DenseIntElementsAttr dense;
  if (!matchPattern(value, m_Constant(&dense))) {
    op->emitOpError() << what << " must be constant, but is computed";
    return failure();
  }
  if (dense.getNumElements() > maxConstantElements) {
    op->emitOpError() << what << " has " << dense.getNumElements()
                      << " elements; at most " << maxConstantElements
                      << " are supported";
    return failure();
  }
  SmallVector<int64_t> result;
  for (const APInt &number : dense.getValues<APInt>())
    result.push_back(number.getSExtValue());
  return result;
}

LogicalResult TosaLowering::zero(Operation *op, Value value, StringRef what) {
  if (matchPattern(value, m_AnyZeroFloat()) || matchPattern(value, m_Zero()))
    return success();
  return op->emitOpError() << what << " must be the constant 0";
}

namespace {

/// More elements than this are certainly a mistake, and their number of bytes
/// would not fit the 32-bit targets.
constexpr int64_t maxElements = int64_t(1) << 31;

bool isFloatConstant(Operation *op) {
  return isa<tosa::ConstOp, arith::ConstantOp>(op) &&
         isa<FloatType>(getElementTypeOrSelf(op->getResult(0).getType()));
}

/// Ops that only feed other ops' attributes; their users read them.
bool isIntegerConstant(Operation *op) {
  return isa<tosa::ConstShapeOp>(op) ||
         (isa<tosa::ConstOp, arith::ConstantOp>(op) && !isFloatConstant(op));
}

/// Whether the function is in qgraph already, as importers of other formats
/// make it.
bool isQGraph(func::FuncOp function) {
  if (!llvm::hasSingleElement(function.getBody()))
    return false;
  auto body = function.getBody().front().without_terminator();
  auto inQGraph = [](Operation &op) {
    return isa<qgraph::QGraphDialect>(op.getDialect());
  };
  return llvm::any_of(body, inQGraph) && llvm::all_of(body, [&](Operation &op) {
           return inQGraph(op) ||
                  isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op);
         });
}

/// Ops that move elements, which may be the indices that argmax found.
bool movesElements(Operation *op) {
  return isa<tosa::ReshapeOp, tosa::TransposeOp, tosa::SliceOp, tosa::ConcatOp,
             tosa::IdentityOp>(op);
}

/// A comparison that `tosa.select` reads.
bool isCondition(Operation *op) {
  return isa<tosa::GreaterOp, tosa::GreaterEqualOp>(op) &&
         llvm::all_of(op->getUsers(), llvm::IsaPred<tosa::SelectOp>);
}

class FunctionLowering {
public:
  FunctionLowering(const HandlerTable &table, func::FuncOp function)
      : table(table), function(function), builder(function.getContext()),
        lowering(builder) {}

  LogicalResult run() {
    if (failed(checkSignature()))
      return failure();
    Block &block = function.getBody().front();
    SmallVector<Operation *> old;
    for (Operation &op : block.without_terminator())
      old.push_back(&op);
    for (BlockArgument argument : block.getArguments())
      lowering.map(argument, argument);
    bool ok = true;
    for (Operation *op : old)
      ok &= succeeded(lower(op));
    ok = ok && succeeded(finish(block.getTerminator()));
    if (!ok) {
      eraseNew(block, old);
      return failure();
    }
    for (Operation *op : llvm::reverse(old))
      op->erase();
    return success();
  }

private:
  LogicalResult checkSignature() {
    if (!llvm::hasSingleElement(function.getBody()))
      return function.emitOpError("must have one block; control flow is not "
                                  "supported");
    bool ok = true;
    for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
      ok &= succeeded(checkType(function, type, "argument " + Twine(i),
                                isIndexArgument(i)));
    return success(ok);
  }

  /// Whether the argument holds 32-bit integers; who may read them is checked
  /// op by op.
  bool isIndexArgument(unsigned i) {
    return getElementTypeOrSelf(function.getArgumentTypes()[i])
        .isSignlessInteger(32);
  }

  /// One error unless `type` is a static tensor of f32 of a sane size, or, if
  /// `indices`, of i32 or i64.
  LogicalResult checkType(Operation *op, Type type, const Twine &what,
                          bool indices = false) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor)
      return op->emitOpError()
             << what << " is " << type << "; only ranked tensors are supported";
    if (!tensor.hasStaticShape())
      return op->emitOpError()
             << what << " is " << type << "; only static shapes are supported";
    Type element = tensor.getElementType();
    bool isIndex =
        element.isSignlessInteger(32) || element.isSignlessInteger(64);
    if (!element.isF32() && !(indices && isIndex))
      return op->emitOpError()
             << what << " has element type " << element
             << (indices ? "; only f32, i32 and i64 are supported"
                         : "; only f32 is supported");
    if (llvm::is_contained(tensor.getShape(), 0))
      return op->emitOpError() << what << " is " << type << " and empty";
    if (elementCount(tensor.getShape()) > maxElements)
      return op->emitOpError() << what << " is " << type << "; at most "
                               << maxElements << " elements are supported";
    return success();
  }

  LogicalResult lower(Operation *op) {
    builder.setInsertionPointAfter(op);
    if (isIntegerConstant(op) || isCondition(op))
      return success();
    FailureOr<Value> result = lowerResult(op);
    if (succeeded(result)) {
      lowering.map(op->getResult(0), *result);
      return success();
    }
    for (Value failed : op->getResults())
      lowering.mapFailed(failed);
    return failure();
  }

  FailureOr<Value> lowerResult(Operation *op) {
    if (isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op))
      return rangeHint(op);
    if (auto cast = dyn_cast<quant::StorageCastOp>(op))
      return lowerStorageCast(lowering, cast);
    const Handler *handler = table.find(op->getName().getStringRef());
    if (isa<tosa::TableOp>(op))
      return (*handler)(lowering, op);
    if (!handler && !isFloatConstant(op)) {
      op->emitOpError("is not supported; docs/supported-ops.md lists the ops "
                      "that are");
      return failure();
    }
    // The result of argmax is the only integer there is.
    bool indices = movesElements(op) || isa<tosa::ArgMaxOp>(op);
    if (failed(checkType(op, op->getResult(0).getType(), "result", indices)))
      return failure();
    if (failed(checkOperands(op)))
      return failure();
    if (isFloatConstant(op))
      return constant(op);
    return (*handler)(lowering, op);
  }

  /// After this every operand is a static f32 tensor, a shape, or one of the
  /// integers that only three ops have.
  LogicalResult checkOperands(Operation *op) {
    for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
      if (isa<tosa::shapeType>(operand.getType()))
        continue;
      Value mapped = lowering.operand(operand);
      if (!mapped && isa<tosa::MulOp, tosa::GatherOp>(op))
        continue;
      bool isIndex = movesElements(op) || (isa<tosa::GatherOp>(op) && i == 1);
      if (isa<tosa::SelectOp>(op) && i == 0)
        continue;
      // What could not be lowered has an error already.
      if (mapped && mapped.getDefiningOp<UnrealizedConversionCastOp>()) {
        auto type = dyn_cast<RankedTensorType>(mapped.getType());
        if (!type || !type.hasStaticShape() || !type.getElementType().isF32())
          return failure();
      } else if (failed(checkType(op, operand.getType(), "operand " + Twine(i),
                                  mapped && isIndex))) {
        return failure();
      }
    }
    return success();
  }

  FailureOr<Value> constant(Operation *op) {
    int64_t count = elementCount(
        cast<RankedTensorType>(op->getResult(0).getType()).getShape());
    if (count > maxConstantElements) {
      op->emitOpError() << "has " << count << " elements; at most "
                        << maxConstantElements << " are supported";
      return failure();
    }
    ElementsAttr attr;
    if (auto tosaConstant = dyn_cast<tosa::ConstOp>(op))
      attr = tosaConstant.getValues();
    else
      attr = dyn_cast<ElementsAttr>(cast<arith::ConstantOp>(op).getValue());
    std::optional<std::vector<double>> values;
    if (attr)
      values = readFloats(attr);
    if (!values) {
      op->emitOpError("has a value that cannot be read; only dense and "
                      "dense_resource are supported");
      return failure();
    }
    for (auto [i, value] : llvm::enumerate(*values))
      if (!std::isfinite(value)) {
        op->emitOpError() << "has the element "
                          << (std::isnan(value) ? "NaN" : "infinity")
                          << " at index " << i
                          << "; only finite numbers are supported";
        return failure();
      }
    // Later phases know dense attributes only. A dense one is kept as it is:
    // no copy of the weights.
    if (!isa<DenseElementsAttr>(attr))
      return lowering.constantOf(op->getLoc(), attr.getShapedType().getShape(),
                                 *values);
    return qgraph::ConstantOp::create(builder, op->getLoc(),
                                      op->getResult(0).getType(), attr)
        .getResult();
  }

  FailureOr<Value> rangeHint(Operation *op) {
    Operation *copy = op->clone();
    for (OpOperand &operand : copy->getOpOperands()) {
      Value mapped = lowering.operand(operand.get());
      if (!mapped) {
        copy->destroy();
        op->emitOpError("has an integer operand; only float tensors and their "
                        "quantized forms are supported");
        return failure();
      }
      operand.set(mapped);
    }
    return builder.insert(copy)->getResult(0);
  }

  LogicalResult finish(Operation *terminator) {
    SmallVector<Value> results;
    for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
      Value mapped = lowering.operand(value);
      if (!mapped)
        return terminator->emitOpError()
               << "result " << i << " is an integer constant";
      results.push_back(mapped);
    }
    terminator->setOperands(results);
    // Indices are i32 whatever they were.
    function.setType(builder.getFunctionType(function.getArgumentTypes(),
                                             TypeRange(ValueRange(results))));
    return success();
  }

  /// Leaves the function as it was.
  static void eraseNew(Block &block, ArrayRef<Operation *> old) {
    DenseSet<Operation *> keep(old.begin(), old.end());
    SmallVector<Operation *> created;
    for (Operation &op : block.without_terminator())
      if (!keep.contains(&op))
        created.push_back(&op);
    for (Operation *op : llvm::reverse(created))
      op->erase();
  }

  const HandlerTable &table;
  func::FuncOp function;
  OpBuilder builder;
  TosaLowering lowering;
};

struct LegalizeTosa : public impl::LegalizeTosaBase<LegalizeTosa> {
  void runOnOperation() override {
    HandlerTable table = tosaHandlers();
    bool ok = true;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && !isQGraph(function))
        ok &= succeeded(FunctionLowering(table, function).run());
    if (!ok)
      return signalPassFailure();
    // Norms are found among means and roots, before transposes that move on
    // come between them.
    RewritePatternSet parts(&getContext()), norms(&getContext());
    addArithmeticPatterns(parts);
    addReductionPatterns(parts);
    addNormPatterns(norms);
    if (failed(simplify(getOperation(), std::move(parts))) ||
        failed(simplify(getOperation(), std::move(norms))))
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    addArithmeticPatterns(patterns);
    addReductionPatterns(patterns);
    addLayoutPatterns(patterns);
    // Where a transpose was between a norm and its parameters.
    addNormParameterPatterns(patterns);
    addContractionPatterns(patterns);
    if (failed(simplify(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace

HandlerTable tosaHandlers() {
  HandlerTable table;
  addContractions(table);
  addElementwise(table);
  addDataMovement(table);
  return table;
}

} // namespace qcc::legalize

std::vector<qcc::TosaOperator> qcc::tosaOperators() {
  std::vector<TosaOperator> all = legalize::tosaHandlers().all();
  llvm::sort(all, [](const TosaOperator &a, const TosaOperator &b) {
    return a.name < b.name;
  });
  return all;
}
