// Convolutions, matrix products and pooling.
#include "passes/Legalize/TosaLowering.h"

using namespace mlir;

namespace qcc::legalize {
namespace {

template <typename Op>
LogicalResult checkZeroPoints(TosaLowering &lowering, Op op) {
  return success(
      succeeded(lowering.zero(op, op.getInputZp(), "input zero point")) &&
      succeeded(lowering.zero(op, op.getWeightZp(), "weight zero point")));
}

/// The constant `bias` as a tensor of `channels` elements, from one of that
/// many or of one.
FailureOr<Value> lowerBias(TosaLowering &lowering, Operation *op, Value bias,
                           int64_t channels) {
  FailureOr<ConstantTensor> tensor = lowering.constant(op, bias, "bias");
  if (failed(tensor))
    return failure();
  if (tensor->values.size() == 1)
    tensor->values.resize(channels, tensor->values.front());
  if (static_cast<int64_t>(tensor->values.size()) != channels) {
    op->emitOpError() << "bias has " << tensor->values.size()
                      << " elements; expected 1 or " << channels;
    return failure();
  }
  return lowering.constantOf(op->getLoc(), {channels}, tensor->values);
}

/// The operand itself when it is a qgraph constant already.
FailureOr<Value> lowerFilter(TosaLowering &lowering, Operation *op,
                             Value weight) {
  Value mapped = lowering.operand(weight);
  if (mapped.getDefiningOp<qgraph::ConstantOp>())
    return mapped;
  FailureOr<ConstantTensor> tensor = lowering.constant(op, weight, "weight");
  if (failed(tensor))
    return failure();
  return lowering.constantOf(op->getLoc(), tensor->shape, tensor->values);
}

FailureOr<Value> lowerConv2D(TosaLowering &lowering, tosa::Conv2DOp op) {
  FailureOr<Value> filter = lowerFilter(lowering, op, op.getWeight());
  if (failed(filter) || failed(checkZeroPoints(lowering, op)))
    return failure();
  FailureOr<Value> bias =
      lowerBias(lowering, op, op.getBias(), shapeOf(*filter)[0]);
  if (failed(bias))
    return failure();
  return qgraph::Conv2DOp::create(lowering.builder, op.getLoc(), op.getType(),
                                  lowering.operand(op.getInput()), *filter,
                                  *bias, op.getStride(), op.getPad(),
                                  op.getDilation(), /*groups=*/1)
      .getResult();
}

/// TOSA's weights [KH,KW,C,M] give output channel c*M+m: filters
/// [C*M,KH,KW,1].
FailureOr<Value> lowerDepthwise(TosaLowering &lowering,
                                tosa::DepthwiseConv2DOp op) {
  FailureOr<ConstantTensor> weight =
      lowering.constant(op, op.getWeight(), "weight");
  if (failed(weight) || failed(checkZeroPoints(lowering, op)))
    return failure();
  int64_t height = weight->shape[0], width = weight->shape[1];
  int64_t channels = weight->shape[2], multiplier = weight->shape[3];
  Value filter = lowering.constantOf(
      op.getLoc(), {channels * multiplier, height, width, 1},
      permute(weight->values, weight->shape, {2, 3, 0, 1}));
  FailureOr<Value> bias =
      lowerBias(lowering, op, op.getBias(), channels * multiplier);
  if (failed(bias))
    return failure();
  return qgraph::Conv2DOp::create(lowering.builder, op.getLoc(), op.getType(),
                                  lowering.operand(op.getInput()), filter,
                                  *bias, op.getStride(), op.getPad(),
                                  op.getDilation(), /*groups=*/channels)
      .getResult();
}

FailureOr<Value> lowerTransposeConv(TosaLowering &lowering,
                                    tosa::TransposeConv2DOp op) {
  FailureOr<Value> filter = lowerFilter(lowering, op, op.getWeight());
  if (failed(filter) || failed(checkZeroPoints(lowering, op)))
    return failure();
  FailureOr<Value> bias =
      lowerBias(lowering, op, op.getBias(), shapeOf(*filter)[0]);
  if (failed(bias))
    return failure();
  return qgraph::TransposeConv2DOp::create(
             lowering.builder, op.getLoc(), op.getType(),
             lowering.operand(op.getInput()), *filter, *bias, op.getStride(),
             op.getOutPad())
      .getResult();
}

/// `lhs` [...,K] times a constant [K,N] gives [...,N].
Value multiplyByConstant(TosaLowering &lowering, Location loc, Value lhs,
                         ArrayRef<double> rhs, int64_t k, int64_t n) {
  Value filter =
      lowering.constantOf(loc, {n, 1, 1, k}, permute(rhs, {k, n}, {1, 0}));
  Value bias = lowering.constantOf(loc, {n}, std::vector<double>(n, 0));
  return qgraph::build::linear(lowering.builder, loc, lhs, filter, bias);
}

Value swapLastAxes(TosaLowering &lowering, Location loc, Value value) {
  return qgraph::build::transpose(lowering.builder, loc, value, {0, 2, 1});
}

/// [B,M,K] times a constant [B,K,N]: one product when all batches have the
/// same matrix, else one per batch.
Value multiplyBatches(TosaLowering &lowering, Location loc, Value lhs,
                      const ConstantTensor &rhs) {
  int64_t b = shapeOf(lhs)[0], k = shapeOf(lhs)[2], n = rhs.shape[2];
  ArrayRef<double> all(rhs.values);
  auto batch = [&](int64_t i) { return all.slice(i * k * n, k * n); };
  if (llvm::all_of(llvm::seq<int64_t>(1, b),
                   [&](int64_t i) { return batch(i) == batch(0); }))
    return multiplyByConstant(lowering, loc, lhs, batch(0), k, n);
  SmallVector<Value> products;
  for (int64_t i = 0; i < b; ++i) {
    Value part = qgraph::build::sliceAxis(lowering.builder, loc, lhs,
                                          /*axis=*/0, i, /*size=*/1);
    products.push_back(multiplyByConstant(lowering, loc, part, batch(i), k, n));
  }
  return qgraph::build::concat(lowering.builder, loc, products, /*axis=*/0);
}

FailureOr<Value> lowerMatMul(TosaLowering &lowering, tosa::MatMulOp op) {
  if (failed(lowering.zero(op, op.getAZp(), "zero point of a")) ||
      failed(lowering.zero(op, op.getBZp(), "zero point of b")))
    return failure();
  Location loc = op.getLoc();
  Value lhs = lowering.operand(op.getA()), rhs = lowering.operand(op.getB());
  if (std::optional<ConstantTensor> constant = evaluateConstant(rhs))
    return multiplyBatches(lowering, loc, lhs, *constant);
  if (std::optional<ConstantTensor> constant = evaluateConstant(lhs)) {
    // (A B)^T = B^T A^T has the constant on the right.
    ArrayRef<int64_t> shape = shapeOf(lhs);
    ConstantTensor swapped = {{shape[0], shape[2], shape[1]},
                              permute(constant->values, shape, {0, 2, 1})};
    Value product = multiplyBatches(lowering, loc,
                                    swapLastAxes(lowering, loc, rhs), swapped);
    return swapLastAxes(lowering, loc, product);
  }
  return qgraph::MatMulOp::create(lowering.builder, loc, op.getType(), lhs, rhs)
      .getResult();
}

FailureOr<Value> lowerAvgPool(TosaLowering &lowering, tosa::AvgPool2dOp op) {
  if (failed(lowering.zero(op, op.getInputZp(), "input zero point")) ||
      failed(lowering.zero(op, op.getOutputZp(), "output zero point")))
    return failure();
  return qgraph::AvgPool2DOp::create(
             lowering.builder, op.getLoc(), op.getType(),
             lowering.operand(op.getInput()), op.getKernel(), op.getStride(),
             op.getPad(), /*count_include_pad=*/false)
      .getResult();
}

FailureOr<Value> lowerMaxPool(TosaLowering &lowering, tosa::MaxPool2dOp op) {
  return qgraph::MaxPool2DOp::create(
             lowering.builder, op.getLoc(), op.getType(),
             lowering.operand(op.getInput()), op.getKernel(), op.getStride(),
             op.getPad())
      .getResult();
}

} // namespace

void addContractions(HandlerTable &table) {
  table.add(lowerConv2D);
  table.add(lowerDepthwise);
  table.add(lowerTransposeConv);
  table.add(lowerMatMul);
  table.add(lowerAvgPool);
  table.add(lowerMaxPool);
}

} // namespace qcc::legalize
