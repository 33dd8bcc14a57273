#include "compiler/Evaluate/UnaryDerivative.h"

#include "dialects/QGraph/Unary.h"

#include <cmath>

namespace qcc::evaluate {

using qgraph::UnaryKind;

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// x / 2 * (1 + erf(x / sqrt(2))) is x times the normal distribution's Phi.
static double geluDerivative(double x) {
  double phi = 0.5 * (1 + std::erf(x * std::sqrt(0.5)));
  double density = std::exp(-x * x / 2) / std::sqrt(2 * M_PI);
  return phi + x * density;
}

static double geluTanhDerivative(double x) {
  double root = std::sqrt(2 / M_PI);
  double t = std::tanh(root * (x + 0.044715 * x * x * x));
  double slope = root * (1 + 3 * 0.044715 * x * x);
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope;
}

double unaryDerivative(UnaryKind kind, double alpha, double x, double y) {
  switch (kind) {
  case UnaryKind::Sigmoid:
    return y * (1 - y);
  case UnaryKind::Tanh:
    return 1 - y * y;
  case UnaryKind::Exp:
    return y;
  case UnaryKind::Log:
    return 1 / x;
  case UnaryKind::Erf:
    return 2 / std::sqrt(M_PI) * std::exp(-x * x);
  case UnaryKind::Sin:
    return std::cos(x);
  case UnaryKind::Cos:
    return -std::sin(x);
  case UnaryKind::Sqrt:
    return 0.5 / y;
  case UnaryKind::Rsqrt:
    return -0.5 * y / x;
  case UnaryKind::Reciprocal:
    return -y * y;
  case UnaryKind::Abs:
    return x > 0 ? 1 : x < 0 ? -1 : 0;
  case UnaryKind::Negate:
    return -1;
  case UnaryKind::Floor:
  case UnaryKind::Ceil:
  case UnaryKind::Round:
    return 0;
  case UnaryKind::HardSwish:
    return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6;
  case UnaryKind::Silu: {
    double factor = qgraph::siluFactor(alpha), s = sigmoid(factor * x);
    return s * (1 + factor * x * (1 - s));
  }
  case UnaryKind::Gelu:
    return geluDerivative(x);
  case UnaryKind::GeluTanh:
    return geluTanhDerivative(x);
  case UnaryKind::Elu:
    return x < 0 ? alpha * std::exp(x) : 1;
  case UnaryKind::LeakyRelu:
    return x < 0 ? alpha : 1;
  case UnaryKind::Softplus:
    return sigmoid(x);
  }
  llvm_unreachable("unknown unary function");
}

} // namespace qcc::evaluate
