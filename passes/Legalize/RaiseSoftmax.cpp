// Finds softmax in the elementwise ops and reductions that it is made of, and
// moves its axis to the end.
#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Simplify.h"

using namespace mlir;

namespace qcc::legalize {
namespace {

/// Other softmaxes stay as they are: their parts have integer forms, and the
/// whole has none.
constexpr int64_t maxElements = 4096;

/// The e of sum(e) along the last axis.
Value summedAlongLastAxis(Value value) {
  auto sum = value.getDefiningOp<qgraph::ReduceOp>();
  if (!sum || sum.getKind() != qgraph::ReduceKind::Sum ||
      sum.getAxes().size() != 1)
    return {};
  int64_t last = sum.getInput().getType().getRank() - 1;
  return sum.getAxes()[0] == last ? sum.getInput() : Value();
}

/// The x of x - m where m is the same along the last axis, which changes no
/// quotient of powers; else `value`.
Value withoutOffset(Value value) {
  auto sub = value.getDefiningOp<qgraph::SubOp>();
  if (!sub || sub.getLhs().getType() != sub.getType() ||
      shapeOf(sub.getRhs()).back() != 1)
    return value;
  return sub.getLhs();
}

/// The x whose softmax along the last axis is `power / sum`.
Value softmaxInput(Value power, Value sum) {
  auto exp = power.getDefiningOp<qgraph::UnaryOp>();
  if (!exp || exp.getKind() != qgraph::UnaryKind::Exp ||
      summedAlongLastAxis(sum) != power || shapeOf(power).back() >= maxElements)
    return {};
  return withoutOffset(exp.getInput());
}

LogicalResult replaceBySoftmax(PatternRewriter &rewriter, Operation *op,
                               Value input) {
  if (!input || input.getType() != op->getResult(0).getType())
    return failure();
  int64_t last = tensorType(input).getRank() - 1;
  rewriter.replaceOp(
      op, qgraph::build::softmax(rewriter, op->getLoc(), input, last));
  return success();
}

/// exp(x - m) * (1 / sum(exp(x - m))).
struct RaiseSoftmaxProduct : OpRewritePattern<qgraph::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::MulOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [power, factor] :
         {std::pair<Value, Value>(op.getLhs(), op.getRhs()),
          std::pair<Value, Value>(op.getRhs(), op.getLhs())}) {
      auto inverse = factor.getDefiningOp<qgraph::UnaryOp>();
      if (inverse && inverse.getKind() == qgraph::UnaryKind::Reciprocal &&
          succeeded(replaceBySoftmax(rewriter, op,
                                     softmaxInput(power, inverse.getInput()))))
        return success();
    }
    return failure();
  }
};

/// exp(x - m) / sum(exp(x - m)).
struct RaiseSoftmaxQuotient : OpRewritePattern<qgraph::DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::DivOp op,
                                PatternRewriter &rewriter) const override {
    return replaceBySoftmax(rewriter, op,
                            softmaxInput(op.getLhs(), op.getRhs()));
  }
};

/// A softmax along another axis, between two transposes, or reshapes if no axis
/// after it is longer than 1.
struct MoveSoftmaxAxis : OpRewritePattern<qgraph::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = shapeOf(op);
    int64_t axis = op.getAxis(), last = shape.size() - 1;
    if (axis == last || op.getLog() || shape[axis] >= maxElements)
      return failure();
    Location loc = op.getLoc();
    Value result;
    if (llvm::all_of(shape.drop_front(axis + 1),
                     [](int64_t size) { return size == 1; })) {
      Value input = qgraph::build::reshape(rewriter, loc, op.getInput(),
                                           shape.take_front(axis + 1));
      result = qgraph::build::softmax(rewriter, loc, input, axis);
      result = qgraph::build::reshape(rewriter, loc, result, shape);
    } else {
      // Swapping two axes is its own inverse.
      auto swap = llvm::to_vector(llvm::seq<int64_t>(0, last + 1));
      std::swap(swap[axis], swap[last]);
      Value input =
          qgraph::build::transpose(rewriter, loc, op.getInput(), swap);
      result = qgraph::build::softmax(rewriter, loc, input, last);
      result = qgraph::build::transpose(rewriter, loc, result, swap);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void addSoftmaxPatterns(RewritePatternSet &patterns) {
  patterns.add<RaiseSoftmaxProduct, RaiseSoftmaxQuotient, MoveSoftmaxAxis>(
      patterns.getContext());
}

} // namespace qcc::legalize
