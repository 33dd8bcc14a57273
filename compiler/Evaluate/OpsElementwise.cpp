//===- OpsElementwise.cpp - Functions of one or two elements --------------===//

#include "compiler/Evaluate/OpRegistry.h"

#include "dialects/QGraph/QGraph.h"
#include "dialects/QGraph/Unary.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace qcc::evaluate {

namespace {

template <typename Function>
std::unique_ptr<OpEvaluator> makeMap(int64_t count, Function function) {
  return makeFunctionEvaluator([count, function](Inputs inputs, float *output) {
    for (int64_t i = 0; i < count; ++i)
      output[i] = function(inputs[0][i]);
  });
}

/// `function(i, a, b)` gives element `i` of the result.
template <typename Function>
std::unique_ptr<OpEvaluator> makeBroadcastWithIndex(const OpInstance &instance,
                                                    Function function) {
  Sizes shape = instance.shape;
  if (shape.empty())
    shape = {1};
  auto stridesOf = [&](const Operand &operand) {
    return operand.shape.empty() ? Sizes{0} : broadcastStrides(operand.shape);
  };
  Sizes left = stridesOf(instance.operands[0]);
  Sizes right = stridesOf(instance.operands[1]);
  return makeFunctionEvaluator([shape, left, right, function](Inputs inputs,
                                                              float *output) {
    int64_t stepA = left.back(), stepB = right.back(), at = 0;
    forEachRow(shape, left, right, [&](int64_t a, int64_t b) {
      for (int64_t i = 0; i < shape.back(); ++i, ++at)
        output[at] =
            function(at, inputs[0][a + i * stepA], inputs[1][b + i * stepB]);
    });
  });
}

template <typename Function>
std::unique_ptr<OpEvaluator> makeBroadcast(const OpInstance &instance,
                                           Function function) {
  return makeBroadcastWithIndex(
      instance,
      [function](int64_t, float a, float b) { return function(a, b); });
}

EvaluatorOrError makeAdd(const OpInstance &instance) {
  return makeBroadcast(instance, [](float a, float b) { return a + b; });
}
EvaluatorOrError makeSub(const OpInstance &instance) {
  return makeBroadcast(instance, [](float a, float b) { return a - b; });
}
EvaluatorOrError makeMul(const OpInstance &instance) {
  return makeBroadcast(instance, [](float a, float b) { return a * b; });
}
EvaluatorOrError makeMaximum(const OpInstance &instance) {
  return makeBroadcast(instance,
                       [](float a, float b) { return std::max(a, b); });
}
EvaluatorOrError makeMinimum(const OpInstance &instance) {
  return makeBroadcast(instance,
                       [](float a, float b) { return std::min(a, b); });
}

EvaluatorOrError makeDiv(const OpInstance &instance) {
  return makeBroadcast(instance, [](float a, float b) { return a / b; });
}
EvaluatorOrError makePow(const OpInstance &instance) {
  return makeBroadcast(instance,
                       [](float a, float b) { return std::pow(a, b); });
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
  return makeBroadcastWithIndex(instance, [condition = std::move(condition)](
                                              int64_t i, float a, float b) {
    return condition[i] ? a : b;
  });
}

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

/// The functions that networks use most have single precision loops.
EvaluatorOrError makeUnary(const OpInstance &instance) {
  auto op = cast<qgraph::UnaryOp>(instance.op);
  int64_t count = numElements(instance.shape);
  qgraph::UnaryKind kind = op.getKind();
  float alpha = op.getAlpha().convertToFloat();
  switch (kind) {
  case qgraph::UnaryKind::Sigmoid:
    return makeMap(count, sigmoid);
  case qgraph::UnaryKind::Tanh:
    return makeMap(count, [](float x) { return std::tanh(x); });
  case qgraph::UnaryKind::Exp:
    return makeMap(count, [](float x) { return std::exp(x); });
  case qgraph::UnaryKind::Rsqrt:
    return makeMap(count, [](float x) { return 1.0f / std::sqrt(x); });
  case qgraph::UnaryKind::Reciprocal:
    return makeMap(count, [](float x) { return 1.0f / x; });
  case qgraph::UnaryKind::Negate:
    return makeMap(count, [](float x) { return -x; });
  case qgraph::UnaryKind::HardSwish:
    return makeMap(count, [](float x) {
      return x * std::clamp(x + 3.0f, 0.0f, 6.0f) / 6.0f;
    });
  case qgraph::UnaryKind::Silu:
    return makeMap(count, [](float x) { return x * sigmoid(x); });
  case qgraph::UnaryKind::LeakyRelu:
    return makeMap(count, [=](float x) { return x < 0 ? alpha * x : x; });
  default:
    return makeMap(count, [=](float x) {
      return static_cast<float>(qgraph::evaluateUnary(kind, alpha, x));
    });
  }
}

EvaluatorOrError makeClamp(const OpInstance &instance) {
  auto op = cast<qgraph::ClampOp>(instance.op);
  float low = op.getMin().convertToFloat();
  float high = op.getMax().convertToFloat();
  return makeMap(numElements(instance.shape),
                 [=](float x) { return std::min(std::max(x, low), high); });
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
  auto in = typeOf(op.getInput()), out = typeOf(op.getOutput());
  std::vector<int8_t> table(op.getTable().begin(), op.getTable().end());
  return makeMap(numElements(instance.shape), [=](float x) {
    int64_t code = in ? codeOf(x, in) : static_cast<int64_t>(x);
    float stored = table[std::clamp<int64_t>(code + 128, 0, 255)];
    return out ? static_cast<float>((stored - out.getZeroPoint()) *
                                    out.getScale())
               : stored;
  });
}

EvaluatorOrError makeRequantize(const OpInstance &instance) {
  return makeMap(numElements(instance.shape), [](float x) { return x; });
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
  registry.add<qgraph::RequantizeOp>(makeRequantize);
}

} // namespace qcc::evaluate
