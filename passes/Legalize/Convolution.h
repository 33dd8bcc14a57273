// Scaling and shifting the channels of a convolution's result.
#ifndef QCC_PASSES_LEGALIZE_CONVOLUTION_H
#define QCC_PASSES_LEGALIZE_CONVOLUTION_H

#include "passes/Legalize/Constants.h"

#include "mlir/IR/PatternMatch.h"

namespace qcc::legalize {

/// `y * scale + shift`, one number per channel each.
struct Affine {
  std::vector<double> scale, shift;
};

/// The affine function of an inference-mode batch norm; nothing when a
/// parameter is not constant.
std::optional<Affine> affineOf(qgraph::BatchNormOp norm);

/// Estimated mean and standard deviation of a convolution's result per
/// channel.
struct OutputStatistics {
  std::vector<double> mean, deviation;
};
constexpr llvm::StringLiteral outputMeanName = "qgraph.output_mean";
constexpr llvm::StringLiteral outputDeviationName = "qgraph.output_std";

/// The convolution that makes `value` and has no other user, when filter and
/// bias are constant; else null. The result is a `qgraph.conv2d` or a
/// `qgraph.transpose_conv2d`.
mlir::Operation *foldableConvolution(mlir::Value value);

/// Replaces `user`, the only user of `conv`, by `conv` with `affine` applied to
/// its result. Statistics are `statistics`, or the old ones transformed.
void foldAffine(mlir::PatternRewriter &rewriter, mlir::Operation *conv,
                mlir::Operation *user, const Affine &affine,
                std::optional<OutputStatistics> statistics);

/// Replaces `user` by a depthwise 1x1 convolution of `input`.
void replaceByDepthwise(mlir::PatternRewriter &rewriter, mlir::Operation *user,
                        mlir::Value input, const Affine &affine,
                        std::optional<OutputStatistics> statistics);

} // namespace qcc::legalize

#endif // QCC_PASSES_LEGALIZE_CONVOLUTION_H
