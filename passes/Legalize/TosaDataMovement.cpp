// Ops that move elements and compute nothing, and resize.
#include "passes/Legalize/TosaLowering.h"

#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;

namespace qcc::legalize {
namespace {

FailureOr<Value> lowerConcat(TosaLowering &lowering, tosa::ConcatOp op) {
  SmallVector<Value> inputs;
  for (Value input : op.getInput1())
    inputs.push_back(lowering.operand(input));
  return qgraph::build::concat(lowering.builder, op.getLoc(), inputs,
                               op.getAxis());
}

FailureOr<Value> lowerSlice(TosaLowering &lowering, tosa::SliceOp op) {
  auto starts = lowering.shapeConstant(op, op.getStart(), "start");
  auto sizes = lowering.shapeConstant(op, op.getSize(), "size");
  if (failed(starts) || failed(sizes))
    return failure();
  SmallVector<int64_t> strides(starts->size(), 1);
  return qgraph::build::slice(lowering.builder, op.getLoc(),
                              lowering.operand(op.getInput1()), *starts, *sizes,
                              strides);
}

FailureOr<Value> lowerPad(TosaLowering &lowering, tosa::PadOp op) {
  auto padding = lowering.shapeConstant(op, op.getPadding(), "padding");
  auto value = lowering.constant(op, op.getPadConst(), "padded value");
  if (failed(padding) || failed(value))
    return failure();
  SmallVector<int64_t> low, high;
  for (auto [i, amount] : llvm::enumerate(*padding)) {
    if (amount < 0) {
      op.emitOpError() << "pads axis " << i / 2 << " by " << amount
                       << "; only amounts from 0 are supported";
      return failure();
    }
    (i % 2 ? high : low).push_back(amount);
  }
  return qgraph::PadOp::create(
             lowering.builder, op.getLoc(), op.getType(),
             lowering.operand(op.getInput1()), low, high,
             llvm::APFloat(static_cast<float>(value->values.front())))
      .getResult();
}

FailureOr<Value> lowerReshape(TosaLowering &lowering, tosa::ReshapeOp op) {
  return qgraph::build::reshape(
      lowering.builder, op.getLoc(), lowering.operand(op.getInput1()),
      cast<RankedTensorType>(op.getType()).getShape());
}

FailureOr<Value> lowerTranspose(TosaLowering &lowering, tosa::TransposeOp op) {
  SmallVector<int64_t> permutation(op.getPerms().begin(), op.getPerms().end());
  return qgraph::build::transpose(lowering.builder, op.getLoc(),
                                  lowering.operand(op.getInput1()),
                                  permutation);
}

FailureOr<Value> lowerTile(TosaLowering &lowering, tosa::TileOp op) {
  auto multiples = lowering.shapeConstant(op, op.getMultiples(), "multiples");
  if (failed(multiples))
    return failure();
  return qgraph::TileOp::create(lowering.builder, op.getLoc(), op.getType(),
                                lowering.operand(op.getInput1()), *multiples)
      .getResult();
}

/// values [N,K,C] and indices [N,W] give [N,W,C]. Constant indices of all
/// batches must agree, as qgraph.gather has one list.
FailureOr<Value> lowerGather(TosaLowering &lowering, tosa::GatherOp op) {
  if (Value indices = lowering.operand(op.getIndices()))
    return qgraph::build::lookup(lowering.builder, op.getLoc(),
                                 lowering.operand(op.getValues()), indices,
                                 /*wraps=*/false);
  auto indices = lowering.integerConstant(op, op.getIndices(), "indices");
  if (failed(indices))
    return failure();
  Value values = lowering.operand(op.getValues());
  int64_t batches = shapeOf(values)[0], size = shapeOf(values)[1];
  int64_t count = indices->size() / batches;
  ArrayRef<int64_t> all(*indices), first = all.take_front(count);
  for (int64_t batch = 1; batch < batches; ++batch)
    if (all.slice(batch * count, count) != first) {
      op.emitOpError() << "has other indices for batch " << batch
                       << " than for batch 0, which is not supported";
      return failure();
    }
  for (int64_t index : first)
    if (index < 0 || index >= size) {
      op.emitOpError() << "has index " << index << "; expected 0 to "
                       << size - 1;
      return failure();
    }
  return qgraph::GatherOp::create(lowering.builder, op.getLoc(), op.getType(),
                                  values, first, /*axis=*/1)
      .getResult();
}

/// The elements along one axis, last first.
FailureOr<Value> lowerReverse(TosaLowering &lowering, tosa::ReverseOp op) {
  Value input = lowering.operand(op.getInput1());
  int64_t axis = op.getAxis();
  SmallVector<int64_t> indices;
  for (int64_t i = shapeOf(input)[axis]; i-- > 0;)
    indices.push_back(i);
  return qgraph::build::gather(lowering.builder, op.getLoc(), input, indices,
                               axis);
}

FailureOr<Value> lowerResize(TosaLowering &lowering, tosa::ResizeOp op) {
  auto scale = lowering.shapeConstant(op, op.getScale(), "scale");
  auto offset = lowering.shapeConstant(op, op.getOffset(), "offset");
  auto border = lowering.shapeConstant(op, op.getBorder(), "border");
  if (failed(scale) || failed(offset) || failed(border))
    return failure();
  auto mode = op.getMode() == tosa::ResizeMode::NEAREST_NEIGHBOR
                  ? qgraph::ResizeMode::Nearest
                  : qgraph::ResizeMode::Bilinear;
  return qgraph::ResizeOp::create(lowering.builder, op.getLoc(), op.getType(),
                                  lowering.operand(op.getInput()), mode, *scale,
                                  *offset, *border)
      .getResult();
}

} // namespace

void addDataMovement(HandlerTable &table) {
  table.add(lowerConcat);
  table.add(lowerSlice);
  table.add(lowerPad);
  table.add(lowerReshape);
  table.add(lowerTranspose);
  table.add(lowerTile);
  table.add(lowerGather);
  table.add(lowerReverse);
  table.add(lowerResize);
}

} // namespace qcc::legalize
