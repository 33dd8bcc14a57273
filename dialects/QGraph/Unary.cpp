#include "dialects/QGraph/Unary.h"

#include <algorithm>
#include <cmath>

namespace qcc::qgraph {

bool usesAlpha(UnaryKind kind) {
  return kind == UnaryKind::Elu || kind == UnaryKind::LeakyRelu ||
         kind == UnaryKind::Silu;
}

namespace {

constexpr double sqrtHalf = 0.70710678118654752440;
constexpr double sqrtTwoOverPi = 0.79788456080286535588;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// The nearest integer, ties to even, whatever the rounding mode is.
double roundToEven(double x) {
  double down = std::floor(x), rest = x - down;
  if (rest != 0.5)
    return rest < 0.5 ? down : down + 1;
  return std::fmod(down, 2) == 0 ? down : down + 1;
}

} // namespace

double evaluateUnary(UnaryKind kind, double alpha, double x) {
  switch (kind) {
  case UnaryKind::Sigmoid:
    return sigmoid(x);
  case UnaryKind::Tanh:
    return std::tanh(x);
  case UnaryKind::Exp:
    return std::exp(x);
  case UnaryKind::Log:
    return std::log(x);
  case UnaryKind::Rsqrt:
    return 1 / std::sqrt(x);
  case UnaryKind::Reciprocal:
    return 1 / x;
  case UnaryKind::Abs:
    return std::fabs(x);
  case UnaryKind::Negate:
    return -x;
  case UnaryKind::Erf:
    return std::erf(x);
  case UnaryKind::HardSwish:
    return x * std::clamp(x + 3, 0.0, 6.0) / 6;
  case UnaryKind::Silu:
    return x * sigmoid(siluFactor(alpha) * x);
  case UnaryKind::Sqrt:
    return std::sqrt(x);
  case UnaryKind::Gelu:
    return x / 2 * (1 + std::erf(x * sqrtHalf));
  case UnaryKind::GeluTanh:
    return x / 2 * (1 + std::tanh(sqrtTwoOverPi * (x + 0.044715 * x * x * x)));
  case UnaryKind::Elu:
    return x < 0 ? alpha * std::expm1(x) : x;
  case UnaryKind::LeakyRelu:
    return x < 0 ? alpha * x : x;
  case UnaryKind::Softplus:
    // exp of a large number is infinite, of minus one is not.
    return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
  case UnaryKind::Sin:
    return std::sin(x);
  case UnaryKind::Cos:
    return std::cos(x);
  case UnaryKind::Floor:
    return std::floor(x);
  case UnaryKind::Ceil:
    return std::ceil(x);
  case UnaryKind::Round:
    return roundToEven(x);
  }
  llvm_unreachable("unknown unary function");
}

float kernelFunction(UnaryKind kind, float x, float least, float most) {
  switch (kind) {
  case UnaryKind::Sigmoid:
    return 1.0f / (1.0f + std::exp(-x));
  case UnaryKind::Tanh:
    return std::tanh(x);
  case UnaryKind::Exp:
    return std::exp(x);
  case UnaryKind::Log:
    return x <= 0.0f ? least : std::log(x);
  case UnaryKind::Rsqrt:
    return x <= 0.0f ? most : 1.0f / std::sqrt(x);
  case UnaryKind::Elu:
    return x < 0.0f ? std::expm1(x) : x;
  case UnaryKind::Gelu:
    return 0.5f * x * std::erfc(x * static_cast<float>(-sqrtHalf));
  case UnaryKind::GeluTanh: {
    constexpr auto root = static_cast<float>(sqrtTwoOverPi);
    return 0.5f * x * (1.0f + std::tanh(root * (x + 0.044715f * x * x * x)));
  }
  default:
    return static_cast<float>(evaluateUnary(kind, 1.0, static_cast<double>(x)));
  }
}

} // namespace qcc::qgraph
