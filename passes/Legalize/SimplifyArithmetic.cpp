// Quotients, powers and choices that simpler ops can say.
#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Simplify.h"

using namespace mlir;

namespace qcc::legalize {
namespace {

using qgraph::UnaryKind;

Value unary(PatternRewriter &rewriter, Operation *op, UnaryKind kind,
            Value input) {
  return qgraph::build::unary(rewriter, op->getLoc(), kind, input);
}

Value multiply(PatternRewriter &rewriter, Operation *op, Value lhs, Value rhs) {
  return qgraph::MulOp::create(rewriter, op->getLoc(),
                               op->getResult(0).getType(), lhs, rhs);
}

/// x / c is x * (1 / c), and c / x is (1 / x) * c.
struct DivideByMultiplying : OpRewritePattern<qgraph::DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::DivOp op,
                                PatternRewriter &rewriter) const override {
    bool left = isConstantExpression(op.getLhs());
    bool right = isConstantExpression(op.getRhs());
    if (left == right)
      return failure();
    Value inverse = unary(rewriter, op, UnaryKind::Reciprocal, op.getRhs());
    if (left && evaluateSplat(op.getLhs()) == 1.0 &&
        inverse.getType() == op.getType())
      rewriter.replaceOp(op, inverse);
    else
      rewriter.replaceOp(op, multiply(rewriter, op, op.getLhs(), inverse));
    return success();
  }
};

/// 1 / sqrt(x).
struct JoinReciprocalRoot : OpRewritePattern<qgraph::UnaryOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::UnaryOp op,
                                PatternRewriter &rewriter) const override {
    auto root = op.getInput().getDefiningOp<qgraph::UnaryOp>();
    if (op.getKind() != UnaryKind::Reciprocal || !root ||
        root.getKind() != UnaryKind::Sqrt)
      return failure();
    rewriter.replaceOp(op,
                       unary(rewriter, op, UnaryKind::Rsqrt, root.getInput()));
    return success();
  }
};

/// Powers whose exponent is one of a few numbers.
struct ExpandPower : OpRewritePattern<qgraph::PowOp> {
  using OpRewritePattern::OpRewritePattern;

  static Value expand(PatternRewriter &rewriter, qgraph::PowOp op,
                      double exponent) {
    Value x = op.getLhs();
    if (exponent == 1)
      return x;
    if (exponent == 2)
      return multiply(rewriter, op, x, x);
    if (exponent == 3)
      return multiply(rewriter, op, multiply(rewriter, op, x, x), x);
    if (exponent == 0.5)
      return unary(rewriter, op, UnaryKind::Sqrt, x);
    if (exponent == -0.5)
      return unary(rewriter, op, UnaryKind::Rsqrt, x);
    if (exponent == -1)
      return unary(rewriter, op, UnaryKind::Reciprocal, x);
    return {};
  }

  LogicalResult matchAndRewrite(qgraph::PowOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<double> exponent = evaluateSplat(op.getRhs());
    if (!exponent || op.getLhs().getType() != op.getType())
      return failure();
    Value simpler = expand(rewriter, op, *exponent);
    if (!simpler)
      return failure();
    rewriter.replaceOp(op, simpler);
    return success();
  }
};

/// A choice that is the same everywhere.
struct DropSelect : OpRewritePattern<qgraph::SelectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::SelectOp op,
                                PatternRewriter &rewriter) const override {
    auto condition = cast<DenseElementsAttr>(op.getCondition());
    if (!condition.isSplat())
      return failure();
    Value chosen = condition.getSplatValue<bool>() ? op.getLhs() : op.getRhs();
    if (chosen.getType() != op.getType())
      return failure();
    rewriter.replaceOp(op, chosen);
    return success();
  }
};

} // namespace

void addArithmeticPatterns(RewritePatternSet &patterns) {
  patterns
      .add<DivideByMultiplying, JoinReciprocalRoot, ExpandPower, DropSelect>(
          patterns.getContext());
}

} // namespace qcc::legalize
