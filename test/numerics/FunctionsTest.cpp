// The worst errors of the functions in fixed point, over all arguments: what
// FunctionBounds.inc states. Every number on the way is checked to fit 32 bits.
#include "dialects/QInt/Functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>

using namespace qcc::qint;

namespace {

/// A number of 32 bits that fails the test when a result is none.
class Checked {
public:
  Checked(int64_t value) : value(value) {
    if (value < INT32_MIN || value > INT32_MAX)
      overflowed = true;
  }
  int64_t get() const { return value; }

  static inline bool overflowed = false;

  friend Checked operator+(Checked a, Checked b) { return a.value + b.value; }
  friend Checked operator-(Checked a, Checked b) { return a.value - b.value; }
  friend Checked operator*(Checked a, Checked b) { return a.value * b.value; }
  friend Checked operator-(Checked a) { return -a.value; }
  friend Checked operator&(Checked a, Checked b) { return a.value & b.value; }
  friend Checked operator>>(Checked a, int b) { return a.value >> b; }
  friend Checked operator<<(Checked a, int b) {
    return a.value * (int64_t(1) << b);
  }
  friend bool operator<(Checked a, int b) { return a.value < b; }

private:
  int64_t value;
};

struct Calculator {
  using Number = Checked;
  Checked high(Checked a, Checked b) const { return (a.get() * b.get()) >> 32; }
  Checked choose(bool condition, Checked a, Checked b) const {
    return condition ? a : b;
  }
  Checked shiftRight(Checked value, Checked places) const {
    EXPECT_TRUE(value.get() >= 0 && places.get() >= 0 && places.get() < 32);
    return (((value << 1) >> static_cast<int>(places.get())) + 1) >> 1;
  }
  Checked entry(llvm::ArrayRef<int32_t> points, Checked index) const {
    if (index.get() < 0 || index.get() >= static_cast<int64_t>(points.size())) {
      ADD_FAILURE() << "no point " << index.get();
      return 0;
    }
    return points[index.get()];
  }
};

const Calculator kCalculator;
constexpr Form kForms[] = {Form::Polynomial, Form::Shift, Form::Table};

/// Bounds for the three forms, in the order of kForms.
using Bounds = std::array<double, 3>;

namespace stated {
#define QCC_FUNCTION_BOUND(name, rule, error, arguments, polynomial, shift,    \
                           table)                                              \
  constexpr Bounds name = {polynomial, shift, table};
#include "dialects/QInt/FunctionBounds.inc"
} // namespace stated

/// The largest error of function(x, form) for x in [first, last], and whether
/// it is what is stated: not above it, and not far below.
template <typename Function, typename Exact>
void expectWorst(const char *name, const Bounds &bounds, int64_t first,
                 int64_t last, int64_t step, Function function, Exact exact) {
  for (auto [i, form] : llvm::enumerate(kForms)) {
    Checked::overflowed = false;
    double worst = 0;
    for (int64_t x = first; x <= last; x += step) {
      double found = static_cast<double>(function(x, form).get());
      worst = std::max(worst, exact(static_cast<double>(x), found));
    }
    EXPECT_FALSE(Checked::overflowed) << name;
    EXPECT_LE(worst, bounds[i]) << name << " " << stringifyForm(form).str();
    EXPECT_GE(worst, bounds[i] * 0.8)
        << name << " is stated too loosely as " << stringifyForm(form).str();
  }
}

// Rule power-f1: relative, all 2^16 fractions.
TEST(Functions, Power) {
  expectWorst(
      "power", stated::power, 0, 65535, 1,
      [](int64_t f, Form form) {
        return functions::power(kCalculator, Checked(f), form);
      },
      [](double f, double found) {
        return std::abs(found / (0x1p15 * std::exp2(-f / 65536)) - 1);
      });
}

// Rule reciprocal-f2: relative, every 509th of 2^30 numbers.
TEST(Functions, Reciprocal) {
  expectWorst(
      "reciprocal", stated::reciprocal, 1 << 30, (int64_t(1) << 31) - 1, 509,
      [](int64_t d, Form form) {
        return functions::reciprocal(kCalculator, Checked(d), form);
      },
      [](double d, double found) { return std::abs(found * d / 0x1p60 - 1); });
}

// Rule root-f3: relative, every 769th of 3 * 2^29 numbers.
TEST(Functions, InverseRoot) {
  expectWorst(
      "inverse root", stated::inverseRoot, 1 << 29, (int64_t(1) << 31) - 1, 769,
      [](int64_t w, Form form) {
        return functions::inverseRoot(kCalculator, Checked(w), form);
      },
      [](double w, double found) {
        return std::abs(found / 0x1p29 * std::sqrt(w / 0x1p31) - 1);
      });
}

// Rule logarithm-f4: absolute, all 2^16 fractions that are told apart.
TEST(Functions, Logarithm) {
  expectWorst(
      "logarithm", stated::logarithm, 1 << 30, (int64_t(1) << 31) - 1, 1 << 14,
      [](int64_t d, Form form) {
        return functions::logarithm(kCalculator, Checked(d), form);
      },
      [](double d, double found) {
        return std::abs(found / 0x1p16 - std::log2(d / 0x1p30));
      });
}

TEST(Functions, PowersStopBelow32Bits) {
  for (Form form : kForms) {
    EXPECT_EQ(functions::powerOf(kCalculator, Checked(0), form).get(), 1 << 15);
    EXPECT_EQ(functions::powerOf(kCalculator, Checked(INT32_MAX), form).get(),
              0);
    EXPECT_EQ(functions::powerOf(kCalculator, Checked(17 << 16), form).get(),
              0);
    EXPECT_EQ(functions::powerOf(kCalculator, Checked(16 << 16), form).get(),
              1);
  }
}

/// Inputs of 16 bits that stand for [-8, 8): steps of 2^-12.
constexpr double kStep = 0x1p-12;

int64_t multiplierOf(double factor) {
  return std::llround(std::ldexp(factor, 10));
}

/// Absolute errors of a gate over all 2^16 inputs in [-8, 8).
template <typename Exact>
void expectGate(GateKind kind, const Bounds &bounds, double factor,
                double shiftFactor, double unit, Exact exact) {
  for (Form form : {Form::Polynomial, Form::Shift}) {
    double worstStated = bounds[form == Form::Shift ? 1 : 0];
    int64_t multiplier =
        multiplierOf(form == Form::Shift ? shiftFactor : factor);
    Checked::overflowed = false;
    double worst = 0;
    for (int64_t x = -32768; x <= 32767; ++x) {
      double found =
          unit * static_cast<double>(
                     functions::gate(kCalculator, Checked(x), kind,
                                     static_cast<int32_t>(multiplier), 10, form)
                         .get());
      worst = std::max(worst,
                       std::abs(found - exact(static_cast<double>(x) * kStep)));
    }
    EXPECT_FALSE(Checked::overflowed) << stringifyGateKind(kind).str();
    EXPECT_LE(worst, worstStated) << stringifyGateKind(kind).str();
    EXPECT_GE(worst, worstStated * 0.8) << stringifyGateKind(kind).str();
  }
}

constexpr double kLog2E = 1.4426950408889634;

double logisticOf(double x) { return 1 / (1 + std::exp(-x)); }

// Rule gate-f5.
TEST(Functions, Logistic) {
  double factor = kStep * kLog2E * 0x1p16;
  expectGate(GateKind::Logistic, stated::logistic, factor, factor, 0x1p-15,
             logisticOf);
}

TEST(Functions, Tanh) {
  double factor = 2 * kStep * kLog2E * 0x1p16;
  expectGate(GateKind::Tanh, stated::tanh, factor, factor, 0x1p-15,
             [](double x) { return std::tanh(x); });
}

TEST(Functions, Swish) {
  double factor = kStep * kLog2E * 0x1p16;
  expectGate(GateKind::Swish, stated::swish, factor, factor, kStep * 0x1p-15,
             [](double x) { return x * logisticOf(x); });
}

// The approximation by tanh is 4.8e-4 away, that by 1.702 x another 2e-2.
TEST(Functions, Gelu) {
  expectGate(GateKind::Gelu, stated::gelu, kStep * 0x1p12,
             1.702 * kStep * kLog2E * 0x1p16, kStep * 0x1p-15,
             [](double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); });
}

} // namespace
