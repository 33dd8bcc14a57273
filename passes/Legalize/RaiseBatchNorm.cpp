// Finds batch normalization in chains of elementwise ops.
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Legalize.h"
#include "passes/Legalize/Simplify.h"

#include <cmath>

namespace qcc {
#define GEN_PASS_DEF_RAISEBATCHNORM
#include "passes/Legalize/Passes.h.inc"
} // namespace qcc

using namespace mlir;

namespace qcc::legalize {
namespace {

using Vector = std::vector<double>;

/// One op of a chain: its input combined with a constant per channel.
struct Step {
  Operation *op = nullptr;
  /// The constant expression, and its value.
  Value expression;
  Vector values;

  bool isScale() const { return isa<qgraph::MulOp>(op); }
  /// What an addition or subtraction adds.
  Vector addend() const {
    Vector result = values;
    if (isa<qgraph::SubOp>(op))
      for (double &value : result)
        value = -value;
    return result;
  }
};

/// `op` as a step from `input`; nothing when it is none.
std::optional<Step> stepFrom(Operation *op, Value input) {
  if (!isa<qgraph::AddOp, qgraph::SubOp, qgraph::MulOp>(op) ||
      op->getResult(0).getType() != input.getType())
    return std::nullopt;
  Value other = op->getOperand(op->getOperand(0) == input ? 1 : 0);
  if (other == input || (isa<qgraph::SubOp>(op) && op->getOperand(0) != input))
    return std::nullopt;
  ArrayRef<int64_t> shape = shapeOf(input);
  if (shape.empty())
    return std::nullopt;
  std::optional<Vector> values = evaluatePerChannel(other, shape.back());
  if (!values)
    return std::nullopt;
  return Step{op, other, std::move(*values)};
}

/// The step after `op`, when nothing else uses its result.
std::optional<Step> stepAfter(Operation *op) {
  if (!op->hasOneUse())
    return std::nullopt;
  return stepFrom(*op->user_begin(), op->getResult(0));
}

/// Shapes do not matter to a vector of channels.
Value withoutShape(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<qgraph::ReshapeOp, qgraph::TransposeOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

void appendFactors(Value value, SmallVectorImpl<Value> &factors) {
  value = withoutShape(value);
  if (auto mul = value.getDefiningOp<qgraph::MulOp>()) {
    appendFactors(mul.getLhs(), factors);
    appendFactors(mul.getRhs(), factors);
  } else {
    factors.push_back(value);
  }
}

std::optional<Vector> productOf(ArrayRef<Value> factors, int64_t channels) {
  Vector product(channels, 1);
  for (Value factor : factors) {
    std::optional<ConstantTensor> tensor = evaluateConstant(factor);
    if (!tensor)
      return std::nullopt;
    bool scalar = tensor->values.size() == 1;
    if (!scalar && static_cast<int64_t>(tensor->values.size()) != channels)
      return std::nullopt;
    for (int64_t i = 0; i < channels; ++i)
      product[i] *= tensor->values[scalar ? 0 : i];
  }
  return product;
}

struct Parameters {
  Vector gamma, beta, mean, variance;
  double epsilon = 0;
};

/// Reads `rsqrt(variance + epsilon)`, or `rsqrt(variance)`.
bool readDeviation(Value factor, int64_t channels, Parameters &found) {
  auto rsqrt = factor.getDefiningOp<qgraph::UnaryOp>();
  if (!rsqrt || rsqrt.getKind() != qgraph::UnaryKind::Rsqrt)
    return false;
  Value variance = withoutShape(rsqrt.getInput());
  if (auto add = variance.getDefiningOp<qgraph::AddOp>()) {
    std::optional<double> left = evaluateSplat(add.getLhs());
    std::optional<double> right = evaluateSplat(add.getRhs());
    // Of two uniform tensors the smaller number is the epsilon.
    bool leftIsEpsilon = left && (!right || *left < *right);
    if (left || right) {
      found.epsilon = leftIsEpsilon ? *left : *right;
      variance = leftIsEpsilon ? add.getRhs() : add.getLhs();
    }
  }
  std::optional<Vector> values = productOf({withoutShape(variance)}, channels);
  if (!values || found.epsilon < 0)
    return false;
  found.variance = std::move(*values);
  return true;
}

/// Removes the factor 1/deviation from `factors` and reads it.
bool takeDeviation(SmallVectorImpl<Value> &factors, int64_t channels,
                   Parameters &found) {
  for (size_t i = 0; i < factors.size(); ++i)
    if (readDeviation(factors[i], channels, found)) {
      factors.erase(factors.begin() + i);
      return true;
    }
  return false;
}

bool allPositive(const Vector &values) {
  return llvm::all_of(values, [](double value) { return value > 0; });
}

/// Two scales whose origin is not visible any more: by convention the
/// deviation is applied first. It is positive, so it must be the second one
/// when the first is not.
bool guessDeviation(ArrayRef<Step> scales, Parameters &found) {
  if (scales.size() != 2)
    return false;
  bool swapped = !allPositive(scales[0].values);
  const Vector &inverse = scales[swapped].values;
  if (!allPositive(inverse))
    return false;
  for (double value : inverse)
    found.variance.push_back(1 / (value * value));
  found.gamma = scales[!swapped].values;
  return true;
}

/// `(x - mean) * scales... + beta`, the steps after each other from `first`.
/// Returns the last op of the chain, null when there is no batch norm.
Operation *matchCentred(const Step &first, int64_t channels,
                        Parameters &found) {
  SmallVector<Step> scales;
  std::optional<Step> next = stepAfter(first.op);
  for (; next && next->isScale(); next = stepAfter(next->op))
    scales.push_back(*next);
  if (scales.empty())
    return nullptr;
  SmallVector<Value> factors;
  for (const Step &scale : scales)
    appendFactors(scale.expression, factors);
  if (takeDeviation(factors, channels, found)) {
    std::optional<Vector> gamma = productOf(factors, channels);
    if (!gamma)
      return nullptr;
    found.gamma = std::move(*gamma);
  } else if (!guessDeviation(scales, found)) {
    return nullptr;
  }
  for (double value : first.addend())
    found.mean.push_back(-value);
  found.beta = next ? next->addend() : Vector(channels, 0);
  return next ? next->op : scales.back().op;
}

/// Splits `beta - mean * scale` (a constant expression) into beta and mean.
bool splitShift(Value shift, ArrayRef<Value> scale, int64_t channels,
                Parameters &found) {
  auto sub = withoutShape(shift).getDefiningOp<qgraph::SubOp>();
  if (!sub)
    return false;
  SmallVector<Value> factors;
  appendFactors(sub.getRhs(), factors);
  for (Value factor : scale) {
    auto *position = llvm::find(factors, factor);
    if (position == factors.end())
      return false;
    factors.erase(position);
  }
  std::optional<Vector> mean = productOf(factors, channels);
  std::optional<Vector> beta =
      productOf({withoutShape(sub.getLhs())}, channels);
  if (!mean || !beta || factors.empty())
    return false;
  found.mean = std::move(*mean);
  found.beta = std::move(*beta);
  return true;
}

/// `x * scale + (beta - mean * scale)`.
Operation *matchScaled(const Step &first, int64_t channels, Parameters &found) {
  std::optional<Step> shift = stepAfter(first.op);
  if (!shift || !isa<qgraph::AddOp>(shift->op))
    return nullptr;
  SmallVector<Value> scale;
  appendFactors(first.expression, scale);
  if (!splitShift(shift->expression, scale, channels, found))
    return nullptr;
  if (!takeDeviation(scale, channels, found))
    return nullptr;
  std::optional<Vector> gamma = productOf(scale, channels);
  if (!gamma)
    return nullptr;
  found.gamma = std::move(*gamma);
  return shift->op;
}

/// Whether f32 can say the parameters, and dividing by the deviation makes
/// sense.
bool isSound(const Parameters &found) {
  for (const Vector *values :
       {&found.gamma, &found.beta, &found.mean, &found.variance})
    for (double value : *values)
      if (!std::isfinite(static_cast<float>(value)))
        return false;
  return llvm::all_of(found.variance, [&](double variance) {
    return variance >= 0 && variance + found.epsilon > 0;
  });
}

/// Makes a batch_norm of the chain that begins with `op`, if it is one.
bool raise(Operation *op) {
  if (!isa<qgraph::AddOp, qgraph::SubOp, qgraph::MulOp>(op))
    return false;
  for (Value input : op->getOperands()) {
    std::optional<Step> first;
    if (!isConstantExpression(input))
      first = stepFrom(op, input);
    if (!first)
      continue;
    int64_t channels = shapeOf(input).back();
    Parameters found;
    Operation *last = first->isScale() ? matchScaled(*first, channels, found)
                                       : matchCentred(*first, channels, found);
    if (!last || !isSound(found))
      continue;
    OpBuilder builder(last);
    auto vector = [&](const Vector &values) {
      return createConstant(builder, last->getLoc(), {channels}, values);
    };
    auto norm = qgraph::BatchNormOp::create(
        builder, last->getLoc(), last->getResult(0).getType(), input,
        vector(found.gamma), vector(found.beta), vector(found.mean),
        vector(found.variance),
        llvm::APFloat(static_cast<float>(found.epsilon)));
    last->getResult(0).replaceAllUsesWith(norm);
    return true;
  }
  return false;
}

struct RaiseBatchNorm : public impl::RaiseBatchNormBase<RaiseBatchNorm> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) { ops.push_back(op); });
    // The chain's own ops are dead afterwards; the clean-up removes them.
    for (Operation *op : ops)
      raise(op);
    RewritePatternSet patterns(&getContext());
    addActivationPatterns(patterns);
    addGeluPatterns(patterns);
    addSoftmaxPatterns(patterns);
    addMaskPatterns(patterns);
    addNormLayoutPatterns(patterns);
    addArithmeticPatterns(patterns);
    if (failed(simplify(getOperation(), std::move(patterns))) ||
        failed(foldConstants(getOperation())))
      signalPassFailure();
  }
};

} // namespace
} // namespace qcc::legalize
