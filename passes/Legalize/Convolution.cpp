#include "passes/Legalize/Convolution.h"

#include <cmath>

using namespace mlir;

namespace qcc::legalize {
namespace {

Attribute floatArray(MLIRContext *context, ArrayRef<double> values) {
  SmallVector<float> rounded(values.begin(), values.end());
  return DenseF32ArrayAttr::get(context, rounded);
}

void setStatistics(Operation *op, const OutputStatistics &statistics) {
  op->setDiscardableAttr(outputMeanName,
                         floatArray(op->getContext(), statistics.mean));
  op->setDiscardableAttr(outputDeviationName,
                         floatArray(op->getContext(), statistics.deviation));
}

/// What `op` says about its result, after `affine`.
std::optional<OutputStatistics> transformStatistics(Operation *op,
                                                    const Affine &affine) {
  auto mean = op->getAttrOfType<DenseF32ArrayAttr>(outputMeanName);
  auto deviation = op->getAttrOfType<DenseF32ArrayAttr>(outputDeviationName);
  size_t channels = affine.scale.size();
  if (!mean || !deviation || mean.size() != static_cast<int64_t>(channels) ||
      deviation.size() != mean.size())
    return std::nullopt;
  OutputStatistics result;
  for (size_t i = 0; i < channels; ++i) {
    result.mean.push_back(mean[i] * affine.scale[i] + affine.shift[i]);
    result.deviation.push_back(deviation[i] * std::fabs(affine.scale[i]));
  }
  return result;
}

} // namespace

std::optional<Affine> affineOf(qgraph::BatchNormOp norm) {
  int64_t channels = shapeOf(norm.getInput()).back();
  auto gamma = evaluatePerChannel(norm.getGamma(), channels);
  auto beta = evaluatePerChannel(norm.getBeta(), channels);
  auto mean = evaluatePerChannel(norm.getMean(), channels);
  auto variance = evaluatePerChannel(norm.getVariance(), channels);
  if (!gamma || !beta || !mean || !variance)
    return std::nullopt;
  Affine result;
  for (int64_t i = 0; i < channels; ++i) {
    double scale = (*gamma)[i] / std::sqrt((*variance)[i] +
                                           norm.getEpsilon().convertToFloat());
    result.scale.push_back(scale);
    result.shift.push_back((*beta)[i] - (*mean)[i] * scale);
  }
  return result;
}

Operation *foldableConvolution(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || !op->hasOneUse() ||
      !isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op))
    return nullptr;
  return isConstantExpression(op->getOperand(1)) &&
                 isConstantExpression(op->getOperand(2))
             ? op
             : nullptr;
}

void foldAffine(PatternRewriter &rewriter, Operation *conv, Operation *user,
                const Affine &affine,
                std::optional<OutputStatistics> statistics) {
  ConstantTensor filter = *evaluateConstant(conv->getOperand(1));
  ConstantTensor bias = *evaluateConstant(conv->getOperand(2));
  size_t channels = affine.scale.size();
  size_t taps = channels ? filter.values.size() / channels : 0;
  for (size_t i = 0; i < channels; ++i) {
    for (size_t tap = 0; tap < taps; ++tap)
      filter.values[i * taps + tap] *= affine.scale[i];
    bias.values[i] = bias.values[i] * affine.scale[i] + affine.shift[i];
  }
  if (!statistics)
    statistics = transformStatistics(conv, affine);
  rewriter.setInsertionPoint(user);
  Operation *folded = rewriter.clone(*conv);
  rewriter.setInsertionPoint(folded);
  folded->setOperand(1, createConstant(rewriter, conv->getOperand(1).getLoc(),
                                       filter.shape, filter.values));
  folded->setOperand(2, createConstant(rewriter, conv->getOperand(2).getLoc(),
                                       bias.shape, bias.values));
  if (statistics)
    setStatistics(folded, *statistics);
  rewriter.replaceOp(user, folded);
}

void replaceByDepthwise(PatternRewriter &rewriter, Operation *user, Value input,
                        const Affine &affine,
                        std::optional<OutputStatistics> statistics) {
  Location loc = user->getLoc();
  auto type = cast<RankedTensorType>(user->getResult(0).getType());
  int64_t channels = type.getShape().back();
  RankedTensorType imageType = type;
  if (type.getRank() != 4) {
    imageType = type.clone({1, 1, type.getNumElements() / channels, channels});
    input = qgraph::ReshapeOp::create(rewriter, loc, imageType, input);
  }
  Value filter =
      createConstant(rewriter, loc, {channels, 1, 1, 1}, affine.scale);
  Value bias = createConstant(rewriter, loc, {channels}, affine.shift);
  Operation *conv = qgraph::Conv2DOp::create(
      rewriter, loc, imageType, input, filter, bias, ArrayRef<int64_t>{1, 1},
      ArrayRef<int64_t>{0, 0, 0, 0}, ArrayRef<int64_t>{1, 1}, channels);
  if (statistics)
    setStatistics(conv, *statistics);
  if (imageType != type)
    conv = qgraph::ReshapeOp::create(rewriter, loc, type, conv->getResult(0));
  rewriter.replaceOp(user, conv);
}

} // namespace qcc::legalize
