// Finds activation functions in expressions of elementwise ops.
#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Simplify.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace qcc::legalize {
namespace {

constexpr float unbounded = std::numeric_limits<float>::max();

bool isNear(double value, double expected) {
  return std::fabs(value - expected) <= std::fabs(expected) * 1e-6;
}

/// The other operand of `op`, when one operand is the constant `expected`
/// everywhere and the other one has the type of the result.
template <typename Op> Value withConstant(Value value, double expected) {
  auto op = value.getDefiningOp<Op>();
  if (!op)
    return {};
  for (auto [computed, constant] :
       {std::pair<Value, Value>(op.getLhs(), op.getRhs()),
        std::pair<Value, Value>(op.getRhs(), op.getLhs())}) {
    std::optional<double> splat = evaluateSplat(constant);
    if (splat && isNear(*splat, expected) && computed.getType() == op.getType())
      return computed;
  }
  return {};
}

Value clampedTo(Value value, float low, float high) {
  auto clamp = value.getDefiningOp<qgraph::ClampOp>();
  if (clamp && clamp.getMin().convertToFloat() == low &&
      clamp.getMax().convertToFloat() == high)
    return clamp.getInput();
  return {};
}

bool isUnary(Value value, qgraph::UnaryKind kind, Value &input) {
  auto unary = value.getDefiningOp<qgraph::UnaryOp>();
  if (!unary || unary.getKind() != kind)
    return false;
  input = unary.getInput();
  return true;
}

/// The c of c * x, 1 when `value` is x; nothing for others.
std::optional<double> multipleOf(Value value, Value x) {
  if (value == x)
    return 1;
  auto mul = value.getDefiningOp<qgraph::MulOp>();
  if (!mul || mul.getType() != x.getType() ||
      (mul.getLhs() != x && mul.getRhs() != x))
    return std::nullopt;
  return evaluateSplat(mul.getLhs() == x ? mul.getRhs() : mul.getLhs());
}

/// x * sigmoid(x), x * sigmoid(1.702 * x).
struct RaiseSilu : OpRewritePattern<qgraph::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::MulOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [x, factor] : {std::pair(op.getLhs(), op.getRhs()),
                             std::pair(op.getRhs(), op.getLhs())}) {
      Value argument;
      if (x.getType() != op.getType() ||
          !isUnary(factor, qgraph::UnaryKind::Sigmoid, argument))
        continue;
      auto alpha = static_cast<float>(multipleOf(argument, x).value_or(0));
      if (alpha == 0)
        continue;
      rewriter.replaceOp(op, qgraph::build::unary(rewriter, op.getLoc(),
                                                  qgraph::UnaryKind::Silu, x,
                                                  alpha == 1 ? 0 : alpha));
      return success();
    }
    return failure();
  }
};

/// 1 / (1 + exp(-x)).
struct RaiseSigmoid : OpRewritePattern<qgraph::UnaryOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::UnaryOp op,
                                PatternRewriter &rewriter) const override {
    Value exponent, input;
    if (op.getKind() != qgraph::UnaryKind::Reciprocal)
      return failure();
    Value power = withConstant<qgraph::AddOp>(op.getInput(), 1);
    if (!power || !isUnary(power, qgraph::UnaryKind::Exp, exponent) ||
        !isUnary(exponent, qgraph::UnaryKind::Negate, input))
      return failure();
    rewriter.replaceOp(op,
                       qgraph::build::unary(rewriter, op.getLoc(),
                                            qgraph::UnaryKind::Sigmoid, input));
    return success();
  }
};

/// The x whose clamp(x + 3, 0, 6) `value` is.
Value rampOf(Value value) {
  Value sum = clampedTo(value, 0, 6);
  return sum ? withConstant<qgraph::AddOp>(sum, 3) : Value();
}

/// The x whose hard sigmoid `value` is: clamp(x + 3, 0, 6) / 6 or
/// clamp(x / 6 + 1/2, 0, 1).
Value hardSigmoidOf(Value value) {
  if (Value ramp = withConstant<qgraph::MulOp>(value, 1.0 / 6))
    if (Value input = rampOf(ramp))
      return input;
  Value sum = clampedTo(value, 0, 1);
  Value scaled = sum ? withConstant<qgraph::AddOp>(sum, 0.5) : Value();
  return scaled ? withConstant<qgraph::MulOp>(scaled, 1.0 / 6) : Value();
}

/// x * hard_sigmoid(x), with the division by 6 at any of the three places.
struct RaiseHardSwish : OpRewritePattern<qgraph::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  static Value match(Value lhs, Value rhs) {
    if (hardSigmoidOf(rhs) == lhs)
      return lhs;
    Value scaled = withConstant<qgraph::MulOp>(lhs, 1.0 / 6);
    if (scaled && rampOf(rhs) == scaled)
      return scaled;
    return {};
  }

  LogicalResult matchAndRewrite(qgraph::MulOp op,
                                PatternRewriter &rewriter) const override {
    Value input = match(op.getLhs(), op.getRhs());
    if (!input)
      input = match(op.getRhs(), op.getLhs());
    if (!input) {
      Value product = withConstant<qgraph::MulOp>(op.getResult(), 1.0 / 6);
      auto mul =
          product ? product.getDefiningOp<qgraph::MulOp>() : qgraph::MulOp();
      if (mul && rampOf(mul.getRhs()) == mul.getLhs())
        input = mul.getLhs();
      else if (mul && rampOf(mul.getLhs()) == mul.getRhs())
        input = mul.getRhs();
    }
    if (!input || input.getType() != op.getType())
      return failure();
    rewriter.replaceOp(op, qgraph::build::unary(rewriter, op.getLoc(),
                                                qgraph::UnaryKind::HardSwish,
                                                input));
    return success();
  }
};

/// maximum(x, c) and minimum(x, c) with one number c.
template <typename Op> struct RaiseClamp : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    for (auto [computed, constant] :
         {std::pair<Value, Value>(op.getLhs(), op.getRhs()),
          std::pair<Value, Value>(op.getRhs(), op.getLhs())}) {
      std::optional<double> splat = evaluateSplat(constant);
      if (!splat || computed.getType() != op.getType() ||
          isConstantExpression(computed))
        continue;
      float bound = static_cast<float>(*splat);
      bool lower = std::is_same_v<Op, qgraph::MaximumOp>;
      rewriter.replaceOpWithNewOp<qgraph::ClampOp>(
          op, op.getType(), computed, llvm::APFloat(lower ? bound : -unbounded),
          llvm::APFloat(lower ? unbounded : bound));
      return success();
    }
    return failure();
  }
};

/// log(1 + exp(x)).
struct RaiseSoftplus : OpRewritePattern<qgraph::UnaryOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::UnaryOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getKind() != qgraph::UnaryKind::Log)
      return failure();
    Value power = withConstant<qgraph::AddOp>(op.getInput(), 1), input;
    if (!power || !isUnary(power, qgraph::UnaryKind::Exp, input))
      return failure();
    rewriter.replaceOp(op, qgraph::build::unary(rewriter, op.getLoc(),
                                                qgraph::UnaryKind::Softplus,
                                                input));
    return success();
  }
};

/// maximum(x, slope * x) with one slope from 0 to 1.
struct RaiseLeakyRelu : OpRewritePattern<qgraph::MaximumOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::MaximumOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [x, other] :
         {std::pair<Value, Value>(op.getLhs(), op.getRhs()),
          std::pair<Value, Value>(op.getRhs(), op.getLhs())}) {
      std::optional<double> slope = multipleOf(other, x);
      if (!slope || *slope < 0 || *slope > 1 || x.getType() != op.getType())
        continue;
      rewriter.replaceOp(op,
                         qgraph::build::unary(rewriter, op.getLoc(),
                                              qgraph::UnaryKind::LeakyRelu, x,
                                              static_cast<float>(*slope)));
      return success();
    }
    return failure();
  }
};

} // namespace

void addActivationPatterns(RewritePatternSet &patterns) {
  patterns.add<RaiseSilu, RaiseSigmoid, RaiseHardSwish, RaiseSoftplus,
               RaiseLeakyRelu, RaiseClamp<qgraph::MaximumOp>,
               RaiseClamp<qgraph::MinimumOp>>(patterns.getContext());
}

} // namespace qcc::legalize
