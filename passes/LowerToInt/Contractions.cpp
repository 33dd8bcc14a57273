// Sums of products and sums: convolutions, matmul, pooling, reductions.
#include "dialects/Shapes.h"
#include "passes/LowerToInt/Lowering.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

using namespace mlir;

namespace qcc {
namespace {

/// The value of a constant operand; null after an error.
DenseElementsAttr constantOperand(Operation *op, Value value,
                                  llvm::StringRef what) {
  auto constant = value.getDefiningOp<qgraph::ConstantOp>();
  auto codes = constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                        : DenseElementsAttr();
  if (!codes)
    op->emitOpError("layer '")
        << layerName(op) << "' needs a constant " << what;
  return codes;
}

/// Scales of a filter or bias, one per output channel or a single one.
llvm::SmallVector<double> filterScales(Value filter) {
  Type element = cast<RankedTensorType>(filter.getType()).getElementType();
  if (auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(element))
    return llvm::to_vector(q.getScales());
  if (auto q = dyn_cast<quant::UniformQuantizedType>(element))
    return {q.getScale()};
  return {};
}

llvm::SmallVector<int64_t> integers(DenseElementsAttr codes) {
  llvm::SmallVector<int64_t> result;
  result.reserve(codes.getNumElements());
  for (const llvm::APInt &code : codes.getValues<llvm::APInt>())
    result.push_back(code.getSExtValue());
  return result;
}

/// The codes of a filter less their zero points.
llvm::SmallVector<int64_t> weightsOf(Value filter, DenseElementsAttr codes) {
  Type element = cast<RankedTensorType>(filter.getType()).getElementType();
  auto quantized = dyn_cast<quant::QuantizedType>(element);
  llvm::SmallVector<int64_t> zeros = {0};
  if (auto q = dyn_cast<quant::UniformQuantizedPerAxisType>(element))
    zeros = llvm::to_vector(q.getZeroPoints());
  if (auto q = dyn_cast<quant::UniformQuantizedType>(element))
    zeros = {q.getZeroPoint()};
  bool isSigned = !quantized || quantized.isSigned();
  llvm::SmallVector<int64_t> weights;
  weights.reserve(codes.getNumElements());
  for (const llvm::APInt &code : codes.getValues<llvm::APInt>())
    weights.push_back(isSigned ? code.getSExtValue()
                               : static_cast<int64_t>(code.getZExtValue()));
  size_t perChannel = std::max<size_t>(1, weights.size() / zeros.size());
  for (size_t i = 0; i < weights.size(); ++i)
    weights[i] -= zeros[std::min(i / perChannel, zeros.size() - 1)];
  return weights;
}

/// Filter `[OC,KH,KW,I]` with both window axes reversed.
DenseElementsAttr flipWindow(DenseElementsAttr filter) {
  auto type = filter.getType();
  auto shape = type.getShape();
  auto old = llvm::to_vector(filter.getValues<llvm::APInt>());
  llvm::SmallVector<llvm::APInt> fresh;
  fresh.reserve(old.size());
  for (int64_t o = 0; o < shape[0]; ++o)
    for (int64_t y = shape[1]; y-- > 0;)
      for (int64_t x = shape[2]; x-- > 0;)
        for (int64_t i = 0; i < shape[3]; ++i)
          fresh.push_back(
              old[((o * shape[1] + y) * shape[2] + x) * shape[3] + i]);
  return DenseElementsAttr::get(cast<ShapedType>(type), fresh);
}

Value makeConstant(OpBuilder &builder, Location loc, RankedTensorType type,
                   llvm::ArrayRef<int64_t> codes) {
  unsigned width = type.getElementTypeBitWidth();
  llvm::SmallVector<llvm::APInt> values;
  values.reserve(codes.size());
  for (int64_t code : codes)
    values.emplace_back(width, static_cast<uint64_t>(code), /*isSigned=*/true);
  return qint::ConstantOp::create(builder, loc, type,
                                  DenseElementsAttr::get(type, values));
}

/// The filter as signed codes of the width that its type states, whatever holds
/// them. Weights of one bit more become the sum of two, for two copies of each
/// input channel that stand side by side (rule `accumulate-a4`).
Value filterConstant(OpBuilder &builder, Location loc, RankedTensorType filter,
                     llvm::ArrayRef<int64_t> weights) {
  auto quantized = cast<quant::QuantizedType>(filter.getElementType());
  RankedTensorType type = filter.clone(
      builder.getIntegerType(quantized.getStorageTypeIntegralWidth()));
  int64_t limit = int64_t(1) << (type.getElementTypeBitWidth() - 1);
  if (llvm::all_of(weights,
                   [&](int64_t w) { return w >= -limit && w < limit; }))
    return makeConstant(builder, loc, type, weights);
  llvm::SmallVector<int64_t> shape(type.getShape());
  shape.back() *= 2;
  llvm::SmallVector<int64_t> pairs;
  for (int64_t weight : weights) {
    int64_t first = std::clamp(weight, -limit, limit - 1);
    pairs.append({first, weight - first});
  }
  return makeConstant(builder, loc, type.clone(shape), pairs);
}

/// Every channel of an image twice: 0, 0, 1, 1, ...
Value twice(OpBuilder &builder, Location loc, Value image) {
  auto type = cast<RankedTensorType>(image.getType());
  llvm::SmallVector<int64_t> shape(type.getShape()), indices;
  for (int64_t channel = 0; channel < shape[3]; ++channel)
    indices.append({channel, channel});
  shape[3] *= 2;
  return qint::GatherOp::create(builder, loc, type.clone(shape), image, indices,
                                /*axis=*/3);
}

} // namespace

/// Folds the input's zero point into the bias (rule `accumulate-a2`), proves
/// the accumulator and requantizes. `op` has operands (input, filter, bias).
Value Lowering::convolve(Operation *op, Value input, Value filter, Value bias,
                         DenseElementsAttr filterCodes,
                         RankedTensorType outputShape,
                         llvm::ArrayRef<int64_t> strides,
                         llvm::ArrayRef<int64_t> pads,
                         llvm::ArrayRef<int64_t> dilations, int64_t groups) {
  std::optional<ActivationType> in = activation(op, op->getOperand(0));
  std::optional<ActivationType> out = activation(op, op->getResult(0));
  DenseElementsAttr biasCodes = constantOperand(op, bias, "bias");
  llvm::SmallVector<double> units = filterScales(filter);
  if (!in || !out || !biasCodes)
    return {};
  if (units.empty()) {
    op->emitOpError("layer '")
        << layerName(op) << "' needs a quantized filter, found "
        << filter.getType();
    return {};
  }
  llvm::SmallVector<int64_t> weights = weightsOf(filter, filterCodes);
  llvm::SmallVector<int64_t> folded = integers(biasCodes);
  size_t perChannel = weights.size() / folded.size();
  int64_t bound = 0;
  for (size_t o = 0; o < folded.size(); ++o) {
    int64_t sum = 0, magnitude = 0;
    for (size_t k = 0; k < perChannel; ++k) {
      sum += weights[o * perChannel + k];
      magnitude += std::abs(weights[o * perChannel + k]);
    }
    folded[o] -= in->zeroPoint * sum;
    bound =
        std::max(bound, magnitude * in->largestHeld() + std::abs(folded[o]));
  }
  Type accumulator = accumulatorFor(op, bound);
  if (!accumulator)
    return {};
  // A foreign kernel's bias says how exactly the product of scales is made.
  llvm::SmallVector<double> exact = filterScales(bias);
  if (isForeignKernel(op) && exact.size() == units.size())
    units = exact;
  else
    for (double &unit : units)
      unit *= in->scale;

  Location loc = op->getLoc();
  Value filterValue = filterConstant(
      builder, loc, cast<RankedTensorType>(filter.getType()), weights);
  if (cast<RankedTensorType>(filterValue.getType()).getShape() !=
      filterCodes.getType().getShape())
    input = twice(builder, loc, input);
  Value biasValue = makeConstant(
      builder, loc,
      RankedTensorType::get({static_cast<int64_t>(folded.size())}, accumulator),
      folded);
  Value sums = qint::Conv2DOp::create(
      builder, loc, outputShape.clone(accumulator), input, filterValue,
      biasValue, strides, pads, dilations, groups, in->zeroPoint);
  return requantize(op, sums, units, *out);
}

Value Lowering::lowerConv2D(qgraph::Conv2DOp op) {
  DenseElementsAttr filter = constantOperand(op, op.getFilter(), "filter");
  if (!filter)
    return {};
  return convolve(op, get(op.getInput()), op.getFilter(), op.getBias(), filter,
                  cast<RankedTensorType>(op.getType()), op.getStrides(),
                  op.getPads(), op.getDilations(), op.getGroups());
}

/// A transposed convolution is a convolution with the window reversed over the
/// input with `stride - 1` zero points between its elements.
Value Lowering::lowerTransposeConv2D(qgraph::TransposeConv2DOp op) {
  DenseElementsAttr filter = constantOperand(op, op.getFilter(), "filter");
  std::optional<ActivationType> in = activation(op, op.getInput());
  if (!filter || !in)
    return {};
  auto window = filter.getType().getShape();
  auto pads = op.getOutPads();
  auto strides = op.getStrides();
  auto input = cast<RankedTensorType>(get(op.getInput()).getType());
  llvm::SmallVector<int64_t, 4> low = {0, window[1] - 1 + pads[0],
                                       window[2] - 1 + pads[2], 0};
  llvm::SmallVector<int64_t, 4> high = {0, window[1] - 1 + pads[1],
                                        window[2] - 1 + pads[3], 0};
  llvm::SmallVector<int64_t, 4> interior = {0, strides[0] - 1, strides[1] - 1,
                                            0};
  llvm::SmallVector<int64_t, 4> shape = llvm::to_vector<4>(input.getShape());
  for (int axis : {1, 2})
    shape[axis] += low[axis] + high[axis] + (shape[axis] - 1) * interior[axis];
  Value spread = qint::PadOp::create(builder, op.getLoc(), input.clone(shape),
                                     get(op.getInput()), low, high, interior,
                                     in->zeroPoint);
  return convolve(op, spread, op.getFilter(), op.getBias(), flipWindow(filter),
                  cast<RankedTensorType>(op.getType()), {1, 1}, {0, 0, 0, 0},
                  {1, 1}, 1);
}

Value Lowering::lowerMatMul(qgraph::MatMulOp op) {
  std::optional<ActivationType> lhs = activation(op, op.getLhs());
  std::optional<ActivationType> rhs = activation(op, op.getRhs());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!lhs || !rhs || !out)
    return {};
  int64_t depth = cast<RankedTensorType>(op.getLhs().getType()).getDimSize(2);
  Type accumulator =
      accumulatorFor(op, depth * lhs->largestOffset() * rhs->largestOffset());
  if (!accumulator)
    return {};
  Value sums = qint::MatMulOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(accumulator), get(op.getLhs()),
      get(op.getRhs()), lhs->zeroPoint, rhs->zeroPoint);
  double unit = lhs->scale * rhs->scale;
  if (isForeignKernel(op))
    unit = static_cast<float>(lhs->scale) * static_cast<float>(rhs->scale);
  return requantize(op, sums, {unit}, *out);
}

Value Lowering::lowerAvgPool2D(qgraph::AvgPool2DOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  auto kernel = op.getKernel();
  int64_t window = kernel[0] * kernel[1];
  Type accumulator = accumulatorFor(op, window * in->largestOffset());
  if (!accumulator)
    return {};
  auto pads = op.getPads();
  bool padded = llvm::any_of(pads, [](int64_t p) { return p != 0; });
  llvm::SmallVector<double> reals;
  double ratio = in->scale / out->scale;
  if (padded && !op.getCountIncludePad())
    for (int64_t count = 1; count <= window; ++count)
      reals.push_back(ratio / static_cast<double>(count));
  else
    reals.push_back(ratio / static_cast<double>(window));
  qint::RescaleAttr attr = rescale(op, reals, *out, accumulator.isInteger(64));
  if (!attr)
    return {};
  return qint::AvgPool2DOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(out->storage),
      get(op.getInput()), kernel, op.getStrides(), pads, in->zeroPoint, attr);
}

Value Lowering::lowerReduce(qgraph::ReduceOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  auto shape = cast<RankedTensorType>(op.getType());
  qgraph::ReduceKind kind = op.getKind();
  if (kind == qgraph::ReduceKind::Max || kind == qgraph::ReduceKind::Min) {
    Value codes = qint::ReduceOp::create(
        builder, op.getLoc(), shape.clone(in->storage), get(op.getInput()),
        kind == qgraph::ReduceKind::Max ? qint::ReduceKind::Max
                                        : qint::ReduceKind::Min,
        op.getAxes(), in->zeroPoint);
    return rescaleCodes(op, codes, *in, *out);
  }
  int64_t count = 1;
  for (int64_t axis : op.getAxes())
    count *= cast<RankedTensorType>(op.getInput().getType()).getDimSize(axis);
  Type accumulator = accumulatorFor(op, count * in->largestOffset());
  if (!accumulator)
    return {};
  Value sums = qint::ReduceOp::create(
      builder, op.getLoc(), shape.clone(accumulator), get(op.getInput()),
      qint::ReduceKind::Sum, op.getAxes(), in->zeroPoint);
  double unit = kind == qgraph::ReduceKind::Mean
                    ? in->scale / static_cast<double>(count)
                    : in->scale;
  return requantize(op, sums, {unit}, *out);
}

} // namespace qcc
