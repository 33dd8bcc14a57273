#include "passes/Legalize/Convolution.h"
#include "passes/Legalize/Legalize.h"
#include "passes/Legalize/Simplify.h"

#include <cmath>

namespace qcc {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "passes/Legalize/Passes.h.inc"
} // namespace qcc

using namespace mlir;

namespace qcc::legalize {
namespace {

/// Normalized data has mean beta and deviation |gamma|, as far as the
/// statistics of the training data hold.
OutputStatistics statisticsOf(qgraph::BatchNormOp norm) {
  int64_t channels = shapeOf(norm.getInput()).back();
  OutputStatistics result = {*evaluatePerChannel(norm.getBeta(), channels),
                             *evaluatePerChannel(norm.getGamma(), channels)};
  for (double &deviation : result.deviation)
    deviation = std::fabs(deviation);
  return result;
}

struct BatchNormIntoConvolution : OpRewritePattern<qgraph::BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::BatchNormOp norm,
                                PatternRewriter &rewriter) const override {
    Operation *conv = foldableConvolution(norm.getInput());
    std::optional<Affine> affine = affineOf(norm);
    if (!conv || !affine)
      return failure();
    foldAffine(rewriter, conv, norm, *affine, statisticsOf(norm));
    return success();
  }
};

struct BatchNormToDepthwise : OpRewritePattern<qgraph::BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::BatchNormOp norm,
                                PatternRewriter &rewriter) const override {
    std::optional<Affine> affine = affineOf(norm);
    if (!affine)
      return failure();
    replaceByDepthwise(rewriter, norm, norm.getInput(), *affine,
                       statisticsOf(norm));
    return success();
  }
};

struct FoldBatchNorm : public impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    RewritePatternSet fold(&getContext());
    fold.add<BatchNormIntoConvolution>(&getContext());
    addProjectionPatterns(fold);
    addEverywhere(fold);
    if (failed(simplify(getOperation(), std::move(fold))))
      return signalPassFailure();
    // Only what is still there after folding becomes a convolution.
    RewritePatternSet replace(&getContext());
    replace.add<BatchNormToDepthwise>(&getContext());
    addDepthwisePatterns(replace);
    addEverywhere(replace);
    if (failed(simplify(getOperation(), std::move(replace))) ||
        failed(foldConstants(getOperation())))
      return signalPassFailure();
    joinEqualMovements(getOperation());
    checkAllFolded();
  }

  void addEverywhere(RewritePatternSet &patterns) {
    addAffinePatterns(patterns);
    addDataMovementPatterns(patterns);
    addLayoutPatterns(patterns);
    addContractionPatterns(patterns);
  }

  void checkAllFolded() {
    getOperation().walk([&](qgraph::BatchNormOp norm) {
      norm.emitOpError("has parameters that are computed; only constant ones "
                       "are supported");
      signalPassFailure();
    });
  }
};

} // namespace
} // namespace qcc::legalize
