// Finds layer_norm and rms_norm in means, products and roots.
#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Norm.h"
#include "passes/Legalize/Simplify.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace qcc::legalize {
namespace {

using qgraph::ReduceKind;
using qgraph::UnaryKind;
using Axes = SmallVector<int64_t>;

//===----------------------------------------------------------------------===//
// What an expression says
//===----------------------------------------------------------------------===//

/// A tensor, and the axes over which it is normalized.
struct Subject {
  Value x;
  Axes axes;

  bool operator==(const Subject &other) const {
    return x == other.x && axes == other.axes;
  }
  bool operator!=(const Subject &other) const { return !(*this == other); }
  int64_t count() const {
    int64_t result = 1;
    for (int64_t axis : axes)
      result *= shapeOf(x)[axis];
    return result;
  }
};

/// `value` without repetitions along axes of size 1, which every elementwise
/// op makes by itself.
Value withoutBroadcast(Value value) {
  auto tile = value.getDefiningOp<qgraph::TileOp>();
  if (!tile)
    return value;
  for (auto [size, count] :
       llvm::zip_equal(shapeOf(tile.getInput()), tile.getMultiples()))
    if (size != 1 && count != 1)
      return value;
  return tile.getInput();
}

Value inputOf(Value value, UnaryKind kind) {
  auto unary = value.getDefiningOp<qgraph::UnaryOp>();
  return unary && unary.getKind() == kind ? unary.getInput() : Value();
}

/// The x and axes of a sum or mean.
std::optional<Subject> reduced(Value value, ReduceKind kind) {
  auto reduce = withoutBroadcast(value).getDefiningOp<qgraph::ReduceOp>();
  if (!reduce || reduce.getKind() != kind)
    return std::nullopt;
  Subject result = {reduce.getInput(), Axes(reduce.getAxes())};
  llvm::sort(result.axes);
  return result;
}

/// x - mean(x).
std::optional<Subject> centred(Value value) {
  auto sub = value.getDefiningOp<qgraph::SubOp>();
  if (!sub || sub.getLhs().getType() != sub.getType())
    return std::nullopt;
  std::optional<Subject> mean = reduced(sub.getRhs(), ReduceKind::Mean);
  return mean && mean->x == sub.getLhs() ? mean : std::nullopt;
}

/// The f of f * f, however often f was computed.
Value squared(Value value) {
  auto mul = value.getDefiningOp<qgraph::MulOp>();
  if (!mul || mul.getLhs().getType() != mul.getType())
    return {};
  if (mul.getLhs() == mul.getRhs())
    return mul.getLhs();
  std::optional<Subject> lhs = centred(mul.getLhs());
  return lhs && lhs == centred(mul.getRhs()) ? mul.getLhs() : Value();
}

/// The other operand of an addition of one number that is not negative.
Value withoutEpsilon(Value value, double &epsilon) {
  auto add = value.getDefiningOp<qgraph::AddOp>();
  if (!add)
    return value;
  for (auto [rest, number] : {std::pair(add.getLhs(), add.getRhs()),
                              std::pair(add.getRhs(), add.getLhs())}) {
    std::optional<double> splat = evaluateSplat(number);
    if (splat && *splat >= 0 && rest.getType() == value.getType()) {
      epsilon = *splat;
      return rest;
    }
  }
  return value;
}

/// The other operand of a maximum with one number.
Value withoutBound(Value value, double &bound) {
  if (auto clamp = value.getDefiningOp<qgraph::ClampOp>()) {
    if (clamp.getMax().convertToFloat() < std::numeric_limits<float>::max())
      return {};
    bound = clamp.getMin().convertToFloat();
    return clamp.getInput();
  }
  auto maximum = value.getDefiningOp<qgraph::MaximumOp>();
  if (!maximum)
    return {};
  for (auto [rest, number] : {std::pair(maximum.getLhs(), maximum.getRhs()),
                              std::pair(maximum.getRhs(), maximum.getLhs())})
    if (std::optional<double> splat = evaluateSplat(number);
        splat && rest.getType() == value.getType()) {
      bound = *splat;
      return rest;
    }
  return {};
}

/// mean((x - mean(x))^2), or mean(x^2) - mean(x)^2, perhaps not below 0.
std::optional<Subject> variance(Value value) {
  double bound = 1;
  if (Value rest = withoutBound(value, bound); rest && bound == 0)
    value = rest;
  if (std::optional<Subject> mean = reduced(value, ReduceKind::Mean)) {
    Value root = squared(mean->x);
    std::optional<Subject> subject = root ? centred(root) : std::nullopt;
    return subject && subject->axes == mean->axes ? subject : std::nullopt;
  }
  auto sub = value.getDefiningOp<qgraph::SubOp>();
  if (!sub)
    return std::nullopt;
  std::optional<Subject> square = reduced(sub.getLhs(), ReduceKind::Mean);
  Value mean = squared(sub.getRhs());
  std::optional<Subject> subject =
      mean ? reduced(mean, ReduceKind::Mean) : std::nullopt;
  if (!square || !subject || squared(square->x) != subject->x ||
      square->axes != subject->axes)
    return std::nullopt;
  return subject;
}

/// By what something is divided.
struct Deviation {
  Subject subject;
  bool isCentred = false; ///< a deviation from the mean, else from 0
  double epsilon = 0;     ///< beside the mean of squares
  double factor = 1;      ///< the quotient has to be multiplied by
};

/// Bounds of a length stand for "not 0": only below this does a norm that adds
/// their square instead compute the same.
constexpr double smallBound = 1e-5;

/// The root of `value`; `bound` is the least length.
std::optional<Deviation> deviationOf(Value value, double bound) {
  Deviation result;
  double square = 0;
  if (Value rest = withoutBound(value, square); rest && square > 0) {
    if (bound > 0 || square > smallBound * smallBound)
      return std::nullopt;
    value = rest;
    bound = std::sqrt(square);
  }
  value = withoutEpsilon(value, result.epsilon);
  if (std::optional<Subject> subject = variance(value)) {
    result.subject = *subject;
    result.isCentred = true;
    return bound > 0 ? std::nullopt : std::optional(result);
  }
  for (ReduceKind kind : {ReduceKind::Mean, ReduceKind::Sum}) {
    std::optional<Subject> subject = reduced(value, kind);
    if (!subject)
      continue;
    subject->x = squared(subject->x);
    if (!subject->x || (kind == ReduceKind::Mean && bound > 0))
      return std::nullopt;
    result.subject = *subject;
    if (kind == ReduceKind::Sum) {
      // x / sqrt(sum + e) is x / sqrt(mean + e / n) / sqrt(n).
      double count = static_cast<double>(subject->count());
      result.epsilon = (result.epsilon + bound * bound) / count;
      result.factor = 1 / std::sqrt(count);
    }
    return result;
  }
  return std::nullopt;
}

/// `value` as a factor (or divisor) that stands for 1 / deviation.
std::optional<Deviation> deviationOf(Value value, bool divides) {
  value = withoutBroadcast(value);
  if (!divides) {
    Value radicand = inputOf(value, UnaryKind::Rsqrt);
    return radicand ? deviationOf(radicand, 0.0) : std::nullopt;
  }
  double bound = 0;
  if (Value rest = withoutBound(value, bound)) {
    if (bound < 0 || bound > smallBound)
      return std::nullopt;
    value = rest;
  }
  Value radicand = inputOf(value, UnaryKind::Sqrt);
  return radicand ? deviationOf(radicand, bound) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// A product and quotient, taken apart: at most one factor is a deviation.
struct Quotient {
  SmallVector<Value, 4> constants, others;
  std::optional<Deviation> deviation;
  bool failed = false;
  int budget = 8; ///< no norm is made of more

  explicit Quotient(Value value) { collect(value, false); }

private:
  void collect(Value value, bool divides) {
    if (std::optional<Deviation> found = deviationOf(value, divides)) {
      failed |= deviation.has_value();
      deviation = found;
      return;
    }
    if (isConstantExpression(value)) {
      // Quotients of constants are products by now.
      failed |= divides;
      constants.push_back(value);
      return;
    }
    Operation *op = value.getDefiningOp();
    if (Value inner = inputOf(value, UnaryKind::Reciprocal)) {
      collect(inner, !divides);
    } else if (isa_and_nonnull<qgraph::MulOp, qgraph::DivOp>(op) &&
               budget-- > 0) {
      collect(op->getOperand(0), divides);
      collect(op->getOperand(1), isa<qgraph::DivOp>(op) != divides);
    } else {
      failed |= divides;
      others.push_back(value);
    }
  }
};

/// A product of constants, one number per normalized element; nothing when it
/// is not the same for all other axes.
std::optional<std::vector<double>> gammaOf(ArrayRef<Value> constants,
                                           const Subject &subject) {
  std::vector<double> result(subject.count(), 1);
  for (Value constant : constants) {
    auto values = evaluateAlong(constant, shapeOf(subject.x), subject.axes);
    if (!values)
      return std::nullopt;
    for (auto [product, value] : llvm::zip_equal(result, *values))
      product *= value;
  }
  return result;
}

/// (x - mean(x)) / deviation * gamma, or x / root mean square * gamma.
template <typename Op> struct RaiseNorm : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Quotient quotient(op.getResult());
    if (quotient.failed || !quotient.deviation || quotient.others.size() != 1)
      return failure();
    Deviation &deviation = *quotient.deviation;
    Value numerator = quotient.others.front();
    if (numerator.getType() != op.getType())
      return failure();
    if (deviation.isCentred ? centred(numerator) != deviation.subject
                            : numerator != deviation.subject.x)
      return failure();
    NormParts parts = {deviation.subject.x, deviation.subject.axes,
                       deviation.isCentred, deviation.epsilon};
    auto gamma = gammaOf(quotient.constants, deviation.subject);
    if (gamma)
      quotient.constants.clear();
    else
      gamma.emplace(deviation.subject.count(), 1);
    parts.gamma = std::move(*gamma);
    for (double &value : parts.gamma)
      value *= deviation.factor;
    parts.beta.assign(parts.gamma.size(), 0);
    Value result = buildNorm(rewriter, op.getLoc(), parts);
    // Those that differ along other axes, as one per channel of an image.
    for (Value constant : quotient.constants)
      result = qgraph::build::binary<qgraph::MulOp>(rewriter, op.getLoc(),
                                                    result, constant);
    rewriter.replaceOp(op, result);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// x * scale + (beta - mean * scale)
//===----------------------------------------------------------------------===//

/// Whether `quotient` is `factor` * gamma / deviation of a centred norm.
bool isScaled(const Quotient &quotient) {
  return !quotient.failed && quotient.deviation &&
         quotient.deviation->isCentred && quotient.others.size() == 1;
}

/// The norm of x * scale and mean(x) * scale, with their difference.
std::optional<NormParts> matchDifference(Value minuend, Value subtrahend) {
  Quotient scaled(minuend), shift(subtrahend);
  if (!isScaled(scaled) || !isScaled(shift))
    return std::nullopt;
  const Subject &subject = scaled.deviation->subject;
  std::optional<Subject> mean = reduced(shift.others.front(), ReduceKind::Mean);
  auto gamma = gammaOf(scaled.constants, subject);
  auto same = gammaOf(shift.constants, subject);
  if (scaled.others.front() != subject.x || mean != subject ||
      shift.deviation->subject != subject ||
      scaled.deviation->epsilon != shift.deviation->epsilon || !gamma ||
      gamma != same)
    return std::nullopt;
  NormParts parts = {subject.x, subject.axes, true, scaled.deviation->epsilon};
  parts.gamma = std::move(*gamma);
  parts.beta.assign(parts.gamma.size(), 0);
  return parts;
}

struct RaiseScaledNorm : OpRewritePattern<qgraph::AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::AddOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [scaled, shift] : {std::pair(op.getLhs(), op.getRhs()),
                                 std::pair(op.getRhs(), op.getLhs())}) {
      auto sub = shift.getDefiningOp<qgraph::SubOp>();
      if (!sub || !isConstantExpression(sub.getLhs()))
        continue;
      std::optional<NormParts> parts = matchDifference(scaled, sub.getRhs());
      if (!parts || parts->x.getType() != op.getType())
        continue;
      auto beta = evaluateAlong(sub.getLhs(), shapeOf(parts->x), parts->axes);
      if (!beta)
        continue;
      parts->beta = std::move(*beta);
      rewriter.replaceOp(op, buildNorm(rewriter, op.getLoc(), *parts));
      return success();
    }
    return failure();
  }
};

struct RaiseScaledDifference : OpRewritePattern<qgraph::SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::SubOp op,
                                PatternRewriter &rewriter) const override {
    auto parts = matchDifference(op.getLhs(), op.getRhs());
    if (!parts || parts->x.getType() != op.getType())
      return failure();
    rewriter.replaceOp(op, buildNorm(rewriter, op.getLoc(), *parts));
    return success();
  }
};

} // namespace

void addNormPatterns(RewritePatternSet &patterns) {
  patterns.add<RaiseNorm<qgraph::MulOp>, RaiseNorm<qgraph::DivOp>,
               RaiseScaledNorm, RaiseScaledDifference>(patterns.getContext());
  addNormParameterPatterns(patterns);
}

} // namespace qcc::legalize
