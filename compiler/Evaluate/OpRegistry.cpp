//===- OpRegistry.cpp - From a qgraph op to its evaluator -----------------===//

#include "compiler/Evaluate/OpRegistry.h"

#include "compiler/Evaluate/Constants.h"
#include "dialects/QGraph/QGraph.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace qcc::evaluate {

const OpRegistry &OpRegistry::get() {
  static const OpRegistry registry = [] {
    OpRegistry result;
    addWindowOps(result);
    addElementwiseOps(result);
    addReductionOps(result);
    addMovementOps(result);
    addNormalizationOps(result);
    return result;
  }();
  return registry;
}

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static bool isConstant(Value value) { return constantBehind(value) != nullptr; }

static bool isBinary(Operation *op) {
  return isa<qgraph::AddOp, qgraph::SubOp, qgraph::MulOp, qgraph::MaximumOp,
             qgraph::MinimumOp, qgraph::DivOp, qgraph::PowOp, qgraph::SelectOp>(
      op);
}

bool usesConstantOnce(Operation *op, unsigned index) {
  if (isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp, qgraph::BatchNormOp,
          qgraph::LayerNormOp, qgraph::RmsNormOp>(op))
    return index > 0;
  if (!isBinary(op) && !isa<qgraph::LookupOp>(op))
    return false;
  ArrayRef<int64_t> shape = shapeOf(op->getOperand(index));
  return shape.empty() || shape.front() == 1;
}

/// Axis 0 may be broadcast only from a constant that is the same for all
/// samples.
static bool isBatchIndependentByShape(Operation *op) {
  ArrayRef<int64_t> out = shapeOf(op->getResult(0));
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    ArrayRef<int64_t> shape = shapeOf(operand.get());
    if (isConstant(operand.get()) &&
        usesConstantOnce(op, operand.getOperandNumber()))
      return true;
    return !shape.empty() && shape.front() == out.front();
  });
}

bool isBatchIndependent(Operation *op) {
  if (op->getNumResults() != 1 || shapeOf(op->getResult(0)).empty())
    return false;
  for (Value operand : op->getOperands())
    if (shapeOf(operand).empty() && !isConstant(operand))
      return false;
  if (auto select = dyn_cast<qgraph::SelectOp>(op))
    if (select.getCondition().getShapedType().getShape().front() != 1)
      return false;
  if (isBinary(op) || isa<qgraph::LookupOp>(op))
    return isBatchIndependentByShape(op);
  Type element =
      cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
  if (auto type = dyn_cast<quant::UniformQuantizedPerAxisType>(element))
    if (type.getQuantizedDimension() == 0)
      return false;
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>([](Operation *conv) {
        return isConstant(conv->getOperand(1)) &&
               isConstant(conv->getOperand(2));
      })
      .Case([](qgraph::BatchNormOp norm) {
        return norm.getOutput().getType().getRank() > 1 &&
               llvm::all_of(llvm::drop_begin(norm->getOperands()), isConstant);
      })
      .Case([](qgraph::ReduceOp reduce) {
        return !llvm::is_contained(reduce.getAxes(), 0);
      })
      .Case<qgraph::LayerNormOp, qgraph::RmsNormOp>([](auto norm) {
        return norm.getAxis() != 0 &&
               llvm::all_of(llvm::drop_begin(norm->getOperands()), isConstant);
      })
      .Case([](qgraph::SoftmaxOp softmax) { return softmax.getAxis() != 0; })
      .Case([](qgraph::ConcatOp concat) { return concat.getAxis() != 0; })
      .Case([](qgraph::GatherOp gather) { return gather.getAxis() != 0; })
      .Case([](qgraph::ArgMaxOp argMax) { return argMax.getAxis() != 0; })
      .Case([](qgraph::SliceOp slice) {
        return slice.getStarts()[0] == 0 && slice.getStrides()[0] == 1 &&
               slice.getSizes()[0] == shapeOf(slice.getInput())[0];
      })
      .Case([](qgraph::PadOp pad) {
        return pad.getLow()[0] == 0 && pad.getHigh()[0] == 0;
      })
      .Case([](qgraph::TransposeOp transpose) {
        return transpose.getPermutation()[0] == 0;
      })
      .Case([](qgraph::TileOp tile) { return tile.getMultiples()[0] == 1; })
      .Default([](Operation *) { return true; });
}

} // namespace qcc::evaluate
