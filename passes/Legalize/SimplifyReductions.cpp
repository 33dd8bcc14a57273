#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Simplify.h"

#include <cmath>

using namespace mlir;

namespace qcc::legalize {
namespace {

/// reduce(reduce(x, a), b) -> reduce(x, a and b), of one kind.
struct MergeReductions : OpRewritePattern<qgraph::ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::ReduceOp outer,
                                PatternRewriter &rewriter) const override {
    auto inner = outer.getInput().getDefiningOp<qgraph::ReduceOp>();
    if (!inner || !inner->hasOneUse() || inner.getKind() != outer.getKind())
      return failure();
    SmallVector<int64_t> axes(inner.getAxes());
    for (int64_t axis : outer.getAxes())
      if (!llvm::is_contained(axes, axis))
        axes.push_back(axis);
    llvm::sort(axes);
    rewriter.replaceOpWithNewOp<qgraph::ReduceOp>(
        outer, outer.getType(), inner.getInput(), outer.getKind(), axes);
    return success();
  }
};

/// A reduction of axes of size 1 is its input.
struct DropTrivialReduction : OpRewritePattern<qgraph::ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::ReduceOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getInput().getType() != op.getType())
      return failure();
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

/// The sum that `value` is, perhaps in another shape.
qgraph::ReduceOp sumOf(Value value) {
  if (!value.hasOneUse())
    return {};
  if (auto reshape = value.getDefiningOp<qgraph::ReshapeOp>())
    value = reshape.getInput();
  auto reduce = value.getDefiningOp<qgraph::ReduceOp>();
  if (reduce && reduce->hasOneUse() &&
      reduce.getKind() == qgraph::ReduceKind::Sum)
    return reduce;
  return {};
}

/// sum(x) * (1/n) -> mean(x), for the number n of elements summed.
struct SumToMean : OpRewritePattern<qgraph::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::MulOp mul,
                                PatternRewriter &rewriter) const override {
    for (auto [value, factor] :
         {std::pair<Value, Value>(mul.getLhs(), mul.getRhs()),
          std::pair<Value, Value>(mul.getRhs(), mul.getLhs())}) {
      qgraph::ReduceOp sum = sumOf(value);
      std::optional<double> scale = evaluateSplat(factor);
      if (!sum || !scale || value.getType() != mul.getType())
        continue;
      double count =
          static_cast<double>(elementCount(shapeOf(sum.getInput()))) /
          elementCount(shapeOf(sum));
      // The factor is 1/n rounded to f32, perhaps of a rounded n.
      if (std::fabs(*scale * count - 1) > std::ldexp(1.0, -22))
        continue;
      auto mean = qgraph::ReduceOp::create(
          rewriter, mul.getLoc(), sum.getType(), sum.getInput(),
          qgraph::ReduceKind::Mean, sum.getAxes());
      if (mean.getType() == mul.getType())
        rewriter.replaceOp(mul, mean);
      else
        rewriter.replaceOpWithNewOp<qgraph::ReshapeOp>(mul, mul.getType(),
                                                       mean);
      return success();
    }
    return failure();
  }
};

} // namespace

void addReductionPatterns(RewritePatternSet &patterns) {
  patterns.add<MergeReductions, DropTrivialReduction, SumToMean>(
      patterns.getContext());
}

} // namespace qcc::legalize
