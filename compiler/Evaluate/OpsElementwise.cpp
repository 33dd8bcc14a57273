//===- OpsElementwise.cpp - Functions of one or two elements --------------===//

#include "compiler/Evaluate/OpRegistry.h"
#include "compiler/Evaluate/UnaryDerivative.h"

#include "dialects/QGraph/QGraph.h"
#include "dialects/QGraph/Unary.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace qcc::evaluate {

namespace {

/// `derivative(x, y)` is that of `function` at x, where its value is y.
template <typename Function, typename Derivative>
std::unique_ptr<OpEvaluator> makeMap(int64_t count, Function function,
                                     Derivative derivative) {
  // Pointers of their own let the compiler make vector code.
  return makeFunctionEvaluator(
      [count, function](Inputs inputs, float *output) {
        const float *in = inputs[0];
        for (int64_t i = 0; i < count; ++i)
          output[i] = function(in[i]);
      },
      [count, derivative](Inputs inputs, const float *output,
                          const float *gradient, Gradients wanted) {
        const float *in = inputs[0];
        float *sum = wanted[0];
        for (int64_t i = 0; sum && i < count; ++i)
          sum[i] +=
              static_cast<float>(derivative(in[i], output[i])) * gradient[i];
      });
}

/// An op of two broadcast operands, element by element.
struct Broadcast {
  Sizes shape, left, right;

  explicit Broadcast(const OpInstance &instance) : shape(instance.shape) {
    if (shape.empty())
      shape = {1};
    auto stridesOf = [](const Operand &operand) {
      return operand.shape.empty() ? Sizes{0} : broadcastStrides(operand.shape);
    };
    left = stridesOf(instance.operands[0]);
    right = stridesOf(instance.operands[1]);
    if (shape.size() == left.size() && shape.size() == right.size())
      mergeAxes();
  }

  /// Makes long rows: joins axes over which both operands go on evenly.
  void mergeAxes() {
    for (size_t axis = shape.size(); axis-- > 1;) {
      auto goesOn = [&](const Sizes &strides) {
        return strides[axis - 1] == strides[axis] * shape[axis];
      };
      if (!goesOn(left) || !goesOn(right))
        continue;
      shape[axis - 1] *= shape[axis];
      left[axis - 1] = left[axis];
      right[axis - 1] = right[axis];
      for (Sizes *sizes : {&shape, &left, &right})
        sizes->erase(sizes->begin() + axis);
    }
  }

  /// Calls `visit(i, a, b)` for element i of the result and those of the
  /// operands that it belongs to, in order of the result.
  template <typename Visit> void forEach(Visit visit) const {
    int64_t stepA = left.back(), stepB = right.back(), at = 0;
    int64_t length = shape.back();
    forEachRow(shape, left, right, [&](int64_t a, int64_t b) {
      if (stepA == 1 && stepB == 1)
        for (int64_t i = 0; i < length; ++i)
          visit(at + i, a + i, b + i);
      else
        for (int64_t i = 0; i < length; ++i)
          visit(at + i, a + i * stepA, b + i * stepB);
      at += length;
    });
  }

  /// Adds `term(i, a, b)` to element a (or b) of `sum`; in double, since a
  /// broadcast operand gathers many terms.
  template <bool isLeft, typename Term>
  void accumulate(float *sum, Term term) const {
    if (!sum)
      return;
    const Sizes &strides = isLeft ? left : right;
    int64_t size = 1;
    for (size_t axis = 0; axis < shape.size(); ++axis)
      size += strides[axis] * (shape[axis] - 1);
    if (size == numElements(shape)) {
      forEach([&](int64_t i, int64_t a, int64_t b) {
        sum[isLeft ? a : b] += static_cast<float>(term(i, a, b));
      });
      return;
    }
    std::vector<double> total(size, 0.0);
    forEach([&](int64_t i, int64_t a, int64_t b) {
      total[isLeft ? a : b] += term(i, a, b);
    });
    for (int64_t i = 0; i < size; ++i)
      sum[i] += static_cast<float>(total[i]);
  }
};

/// `function(i, a, b)` gives element `i` of the result; `slope(i, a, b, y)`
/// the derivatives with respect to a and b where the result is y.
template <typename Function, typename Slope>
std::unique_ptr<OpEvaluator> makeBroadcastWithIndex(const OpInstance &instance,
                                                    Function function,
                                                    Slope slope) {
  Broadcast plan(instance);
  return makeFunctionEvaluator(
      [plan, function](Inputs inputs, float *output) {
        const float *lhs = inputs[0], *rhs = inputs[1];
        plan.forEach([=](int64_t i, int64_t a, int64_t b) {
          output[i] = function(i, lhs[a], rhs[b]);
        });
      },
      [plan, slope](Inputs inputs, const float *output, const float *gradient,
                    Gradients wanted) {
        const float *lhs = inputs[0], *rhs = inputs[1];
        auto at = [=](int64_t i, int64_t a, int64_t b) {
          return slope(i, lhs[a], rhs[b], output[i]);
        };
        plan.accumulate<true>(wanted[0], [=](int64_t i, int64_t a, int64_t b) {
          return at(i, a, b).first * gradient[i];
        });
        plan.accumulate<false>(wanted[1], [=](int64_t i, int64_t a, int64_t b) {
          return at(i, a, b).second * gradient[i];
        });
      });
}

/// Derivatives with respect to the two operands.
using Slopes = std::pair<double, double>;

template <typename Function, typename Slope>
std::unique_ptr<OpEvaluator> makeBroadcast(const OpInstance &instance,
                                           Function function, Slope slope) {
  return makeBroadcastWithIndex(
      instance,
      [function](int64_t, float a, float b) { return function(a, b); },
      [slope](int64_t, float a, float b, float y) { return slope(a, b, y); });
}

EvaluatorOrError makeAdd(const OpInstance &instance) {
  return makeBroadcast(
      instance, [](float a, float b) { return a + b; },
      [](float, float, float) { return Slopes(1, 1); });
}
EvaluatorOrError makeSub(const OpInstance &instance) {
  return makeBroadcast(
      instance, [](float a, float b) { return a - b; },
      [](float, float, float) { return Slopes(1, -1); });
}
EvaluatorOrError makeMul(const OpInstance &instance) {
  return makeBroadcast(
      instance, [](float a, float b) { return a * b; },
      [](float a, float b, float) { return Slopes(b, a); });
}
EvaluatorOrError makeMaximum(const OpInstance &instance) {
  return makeBroadcast(
      instance, [](float a, float b) { return std::max(a, b); },
      [](float a, float b, float) { return Slopes(a >= b, a < b); });
}
EvaluatorOrError makeMinimum(const OpInstance &instance) {
  return makeBroadcast(
      instance, [](float a, float b) { return std::min(a, b); },
      [](float a, float b, float) { return Slopes(a <= b, a > b); });
}

EvaluatorOrError makeDiv(const OpInstance &instance) {
  return makeBroadcast(
      instance, [](float a, float b) { return a / b; },
      [](double a, double b, double) { return Slopes(1 / b, -a / (b * b)); });
}
EvaluatorOrError makePow(const OpInstance &instance) {
  return makeBroadcast(
      instance, [](float a, float b) { return std::pow(a, b); },
      [](double a, double b, double y) {
        // The power is differentiable in b where a is positive only.
        return Slopes(b == 0 ? 0 : b * std::pow(a, b - 1),
                      a > 0 ? y * std::log(a) : 0);
      });
}

/// The condition is broadcast here, to one byte per element of the result.
EvaluatorOrError makeSelect(const OpInstance &instance) {
  auto dense = cast<DenseElementsAttr>(
      cast<qgraph::SelectOp>(instance.op).getCondition());
  std::vector<bool> given(dense.getValues<bool>().begin(),
                          dense.getValues<bool>().end());
  Sizes strides = broadcastStrides(dense.getType().getShape());
  std::vector<char> condition;
  condition.reserve(numElements(instance.shape));
  int64_t length = instance.shape.empty() ? 1 : instance.shape.back();
  int64_t step = strides.empty() ? 0 : strides.back();
  forEachRow(instance.shape, strides, strides, [&](int64_t row, int64_t) {
    for (int64_t i = 0; i < length; ++i)
      condition.push_back(given[row + i * step]);
  });
  // The loop below visits the elements of the result in order.
  auto shared = std::make_shared<const std::vector<char>>(std::move(condition));
  return makeBroadcastWithIndex(
      instance,
      [shared](int64_t i, float a, float b) { return (*shared)[i] ? a : b; },
      [shared](int64_t i, float, float, float) {
        return Slopes((*shared)[i], !(*shared)[i]);
      });
}

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

/// The functions that networks use most have single precision loops.
EvaluatorOrError makeUnary(const OpInstance &instance) {
  auto op = cast<qgraph::UnaryOp>(instance.op);
  int64_t count = numElements(instance.shape);
  qgraph::UnaryKind kind = op.getKind();
  float alpha = op.getAlpha().convertToFloat();
  auto map = [&](auto function) {
    return makeMap(count, function, [=](float x, float y) {
      return unaryDerivative(kind, alpha, x, y);
    });
  };
  switch (kind) {
  case qgraph::UnaryKind::Sigmoid:
    return map(sigmoid);
  case qgraph::UnaryKind::Tanh:
    return map([](float x) { return std::tanh(x); });
  case qgraph::UnaryKind::Exp:
    return map([](float x) { return std::exp(x); });
  case qgraph::UnaryKind::Rsqrt:
    return map([](float x) { return 1.0f / std::sqrt(x); });
  case qgraph::UnaryKind::Reciprocal:
    return map([](float x) { return 1.0f / x; });
  case qgraph::UnaryKind::Negate:
    return map([](float x) { return -x; });
  case qgraph::UnaryKind::HardSwish:
    return map(
        [](float x) { return x * std::clamp(x + 3.0f, 0.0f, 6.0f) / 6.0f; });
  case qgraph::UnaryKind::Silu: {
    auto factor = static_cast<float>(qgraph::siluFactor(alpha));
    return map([=](float x) { return x * sigmoid(factor * x); });
  }
  case qgraph::UnaryKind::LeakyRelu:
    return map([=](float x) { return x < 0 ? alpha * x : x; });
  default:
    return map([=](float x) {
      return static_cast<float>(qgraph::evaluateUnary(kind, alpha, x));
    });
  }
}

EvaluatorOrError makeClamp(const OpInstance &instance) {
  auto op = cast<qgraph::ClampOp>(instance.op);
  float low = op.getMin().convertToFloat();
  float high = op.getMax().convertToFloat();
  return makeMap(
      numElements(instance.shape),
      [=](float x) { return std::min(std::max(x, low), high); },
      [=](float x, float) {
        // Without branches, which would often be mispredicted.
        return static_cast<float>(int(x > low) & int(x < high));
      });
}

/// The code of a real value in an 8-bit quantized type, signed.
int64_t codeOf(float value, quant::UniformQuantizedType type) {
  double code = std::round(value / type.getScale()) + type.getZeroPoint();
  return static_cast<int64_t>(std::clamp<double>(code, type.getStorageTypeMin(),
                                                 type.getStorageTypeMax()));
}

/// A table maps stored codes, so that its types must be quantized; plain i8 is
/// a scale of 1.
EvaluatorOrError makeTable(const OpInstance &instance) {
  auto op = cast<qgraph::TableOp>(instance.op);
  auto typeOf = [](Value value) {
    return dyn_cast<quant::UniformQuantizedType>(
        cast<RankedTensorType>(value.getType()).getElementType());
  };
  auto stated = [](std::optional<Type> type) {
    return type ? dyn_cast<quant::UniformQuantizedType>(*type)
                : quant::UniformQuantizedType();
  };
  auto in =
      op.getInputType() ? stated(op.getInputType()) : typeOf(op.getInput());
  auto out =
      op.getOutputType() ? stated(op.getOutputType()) : typeOf(op.getOutput());
  std::vector<int8_t> table(op.getTable().begin(), op.getTable().end());
  int64_t count = numElements(instance.shape);
  return makeFunctionEvaluator([=](Inputs inputs, float *output) {
    for (int64_t i = 0; i < count; ++i) {
      float x = inputs[0][i];
      int64_t code = in ? codeOf(x, in) : static_cast<int64_t>(x);
      float stored = table[std::clamp<int64_t>(code + 128, 0, 255)];
      output[i] = out ? static_cast<float>((stored - out.getZeroPoint()) *
                                           out.getScale())
                      : stored;
    }
  });
}

/// The rounding of the result to its type is the evaluator's: what is left is
/// the identity.
EvaluatorOrError makeIdentity(const OpInstance &instance) {
  return makeMap(
      numElements(instance.shape), [](float x) { return x; },
      [](float, float) { return 1.0f; });
}

} // namespace

void addElementwiseOps(OpRegistry &registry) {
  registry.add<qgraph::AddOp>(makeAdd);
  registry.add<qgraph::SubOp>(makeSub);
  registry.add<qgraph::MulOp>(makeMul);
  registry.add<qgraph::MaximumOp>(makeMaximum);
  registry.add<qgraph::MinimumOp>(makeMinimum);
  registry.add<qgraph::DivOp>(makeDiv);
  registry.add<qgraph::PowOp>(makePow);
  registry.add<qgraph::SelectOp>(makeSelect);
  registry.add<qgraph::UnaryOp>(makeUnary);
  registry.add<qgraph::ClampOp>(makeClamp);
  registry.add<qgraph::TableOp>(makeTable);
  registry.add<qgraph::RequantizeOp>(makeIdentity);
  registry.add<quant::QuantizeCastOp>(makeIdentity);
  registry.add<quant::DequantizeCastOp>(makeIdentity);
}

} // namespace qcc::evaluate
