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
constexpr int64_t maxElements = 65536;

struct Argument {
  Value x;
  int64_t axis = 0;
};

Value inputOf(Value value, qgraph::UnaryKind kind) {
  auto unary = value.getDefiningOp<qgraph::UnaryOp>();
  return unary && unary.getKind() == kind ? unary.getInput() : Value();
}

/// The x of x - m where m is the same along the axis, which changes no quotient
/// of powers; else `value`.
Value withoutOffset(Value value, int64_t axis) {
  auto sub = value.getDefiningOp<qgraph::SubOp>();
  if (!sub || sub.getLhs().getType() != sub.getType() ||
      shapeOf(sub.getRhs())[axis] != 1)
    return value;
  return sub.getLhs();
}

/// The x and axis of sum(exp(x)).
std::optional<Argument> sumOfPowers(Value value) {
  auto sum = value.getDefiningOp<qgraph::ReduceOp>();
  if (!sum || sum.getKind() != qgraph::ReduceKind::Sum ||
      sum.getAxes().size() != 1)
    return std::nullopt;
  Value x = inputOf(sum.getInput(), qgraph::UnaryKind::Exp);
  int64_t axis = sum.getAxes()[0];
  if (!x || shapeOf(x)[axis] >= maxElements)
    return std::nullopt;
  return Argument{x, axis};
}

/// The x whose softmax is `power / sum`.
std::optional<Argument> softmaxInput(Value power, Value sum) {
  Value x = inputOf(power, qgraph::UnaryKind::Exp);
  std::optional<Argument> powers = sumOfPowers(sum);
  if (!x || !powers || powers->x != x)
    return std::nullopt;
  return Argument{withoutOffset(x, powers->axis), powers->axis};
}

LogicalResult replaceBySoftmax(PatternRewriter &rewriter, Operation *op,
                               std::optional<Argument> argument,
                               bool log = false) {
  if (!argument || argument->x.getType() != op->getResult(0).getType())
    return failure();
  rewriter.replaceOp(op,
                     qgraph::build::softmax(rewriter, op->getLoc(), argument->x,
                                            argument->axis, log));
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

/// (x - m) - log(sum(exp(x - m))), x - (m + log(sum(exp(x - m)))).
struct RaiseLogSoftmax : OpRewritePattern<qgraph::SubOp> {
  using OpRewritePattern::OpRewritePattern;

  static std::optional<Argument> logOfSum(Value value) {
    Value sum = inputOf(value, qgraph::UnaryKind::Log);
    return sum ? sumOfPowers(sum) : std::nullopt;
  }

  LogicalResult matchAndRewrite(qgraph::SubOp op,
                                PatternRewriter &rewriter) const override {
    Value lhs = op.getLhs(), rhs = op.getRhs();
    if (std::optional<Argument> powers = logOfSum(rhs);
        powers && powers->x == lhs)
      return replaceBySoftmax(
          rewriter, op,
          Argument{withoutOffset(lhs, powers->axis), powers->axis}, true);
    auto add = rhs.getDefiningOp<qgraph::AddOp>();
    if (!add)
      return failure();
    for (auto [offset, log] : {std::pair(add.getLhs(), add.getRhs()),
                               std::pair(add.getRhs(), add.getLhs())}) {
      std::optional<Argument> powers = logOfSum(log);
      auto sub =
          powers ? powers->x.getDefiningOp<qgraph::SubOp>() : qgraph::SubOp();
      if (sub && sub.getLhs() == lhs && sub.getRhs() == offset &&
          shapeOf(offset)[powers->axis] == 1)
        return replaceBySoftmax(rewriter, op, Argument{lhs, powers->axis},
                                true);
    }
    return failure();
  }
};

/// log(softmax(x)).
struct JoinLogSoftmax : OpRewritePattern<qgraph::UnaryOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::UnaryOp op,
                                PatternRewriter &rewriter) const override {
    auto softmax = op.getInput().getDefiningOp<qgraph::SoftmaxOp>();
    if (op.getKind() != qgraph::UnaryKind::Log || !softmax || softmax.getLog())
      return failure();
    return replaceBySoftmax(
        rewriter, op,
        Argument{softmax.getInput(), static_cast<int64_t>(softmax.getAxis())},
        true);
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
    if (axis == last || shape[axis] >= maxElements)
      return failure();
    Location loc = op.getLoc();
    Value result;
    if (llvm::all_of(shape.drop_front(axis + 1),
                     [](int64_t size) { return size == 1; })) {
      Value input = qgraph::build::reshape(rewriter, loc, op.getInput(),
                                           shape.take_front(axis + 1));
      result = qgraph::build::softmax(rewriter, loc, input, axis, op.getLog());
      result = qgraph::build::reshape(rewriter, loc, result, shape);
    } else {
      // Swapping two axes is its own inverse.
      auto swap = llvm::to_vector(llvm::seq<int64_t>(0, last + 1));
      std::swap(swap[axis], swap[last]);
      Value input =
          qgraph::build::transpose(rewriter, loc, op.getInput(), swap);
      result = qgraph::build::softmax(rewriter, loc, input, last, op.getLog());
      result = qgraph::build::transpose(rewriter, loc, result, swap);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void addSoftmaxPatterns(RewritePatternSet &patterns) {
  patterns.add<RaiseSoftmaxProduct, RaiseSoftmaxQuotient, RaiseLogSoftmax,
               JoinLogSoftmax, MoveSoftmaxAxis>(patterns.getContext());
}

} // namespace qcc::legalize
