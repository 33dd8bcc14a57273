// The arithmetic that the kernels share.
#ifndef QCC_TEST_TFLITE_ARITHMETIC_H
#define QCC_TEST_TFLITE_ARITHMETIC_H

#include "test/tflite/Oracle.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

namespace oracle {

[[noreturn]] inline void refuse(const std::string &why) {
  throw std::runtime_error(why);
}

inline int32_t saturated(int64_t v) {
  return static_cast<int32_t>(
      std::min<int64_t>(std::max<int64_t>(v, INT32_MIN), INT32_MAX));
}

/// The published form: nudged by the product's sign, divided towards zero.
inline int32_t highMul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN)
    return INT32_MAX;
  int64_t ab = static_cast<int64_t>(a) * b;
  int64_t nudge = ab >= 0 ? (1 << 30) : (1 - (1 << 30));
  return static_cast<int32_t>((ab + nudge) / (1ll << 31));
}

inline int32_t divideByPot(int32_t x, int exponent) {
  int32_t mask = static_cast<int32_t>((1ll << exponent) - 1);
  int32_t remainder = x & mask;
  int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

struct Multiplier {
  int32_t m;
  int e;
};

inline Multiplier quantizeMultiplier(double real) {
  if (real == 0)
    return {0, 0};
  int e;
  double q = std::frexp(real, &e);
  int64_t m = std::llround(q * 2147483648.0);
  if (m == 2147483648ll) {
    m /= 2;
    ++e;
  }
  if (e < -31) {
    e = 0;
    m = 0;
  }
  return {static_cast<int32_t>(m), e};
}

inline int32_t apply(int32_t x, Multiplier k, Rounding rounding) {
  if (rounding == Rounding::Single) {
    int total = 31 - k.e;
    int64_t sum = static_cast<int64_t>(x) * k.m + (1ll << (total - 1));
    return static_cast<int32_t>(sum >> total);
  }
  int left = std::max(k.e, 0), right = std::max(-k.e, 0);
  return divideByPot(highMul(static_cast<int32_t>(x * (1ll << left)), k.m),
                     right);
}

/// 64-bit sums have a multiplier of 16 bits.
inline int32_t applyWide(int64_t x, Multiplier k) {
  int64_t m = k.m < 0x7FFF0000 ? (k.m + (1 << 15)) >> 16 : 0x7FFF;
  int total = 15 - k.e;
  return static_cast<int32_t>((x * m + (1ll << (total - 1))) >> total);
}

inline int clampTo(int64_t v, int low, int high) {
  return static_cast<int>(std::min<int64_t>(std::max<int64_t>(v, low), high));
}

struct Range {
  int low, high;
};

inline Range activationRange(const Tensor &out, int activation) {
  auto code = [&](float real) {
    return out.zero() + static_cast<int>(std::round(real / out.scale()));
  };
  Range r{out.least(), out.most()};
  if (activation == 1 || activation == 3)
    r.low = std::max(r.low, code(0));
  if (activation == 3)
    r.high = std::min(r.high, code(6));
  if (activation == 2) {
    r.low = std::max(r.low, code(-1));
    r.high = std::min(r.high, code(1));
  }
  if (activation == 5) { // RELU_0_TO_1, never fused
    r.low = std::max(r.low, code(0));
    r.high = std::min(r.high, code(1));
  } else if (activation > 3) {
    refuse("activation");
  }
  return r;
}

inline int padBefore(int in, int window, int stride, int dilation, int out,
                     bool same) {
  int extent = (window - 1) * dilation + 1;
  int total = std::max((out - 1) * stride + extent - in, 0);
  return same ? total / 2 : 0;
}

inline int32_t saturatingShift(int32_t x, int bits) {
  return saturated(static_cast<int64_t>(x) * (1ll << bits));
}

/// exp of a number at most 0 with 5 integer bits.
inline int32_t expOfNegative(int32_t a) {
  int32_t quarter = 1 << 24;
  int32_t inside = (a & (quarter - 1)) - quarter;
  int32_t x = saturatingShift(inside, 5) + (1 << 28);
  int32_t x2 = highMul(x, x);
  int32_t x3 = highMul(x2, x);
  int32_t x4 = highMul(x2, x2);
  int32_t poly =
      divideByPot(highMul(divideByPot(x4, 2) + x3, 715827883) + x2, 1);
  int32_t result = 1895147668 + highMul(1895147668, x + poly);
  int32_t remainder = inside - a;
  const int32_t steps[7] = {1672461947, 1302514674, 790015084, 290630308,
                            39332535,   720401,     242};
  for (int bit = 0; bit < 7; ++bit)
    if (remainder & (1 << (24 + bit)))
      result = highMul(result, steps[bit]);
  return a == 0 ? INT32_MAX : result;
}

/// 1 / (1 + a) for a in [0, 1) with 31 fractional bits.
inline int32_t oneOverOnePlus(int32_t a) {
  int64_t sum = int64_t(a) + INT32_MAX;
  auto half = static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  int32_t x = 1515870810 + highMul(half, -1010580540);
  for (int i = 0; i < 3; ++i) {
    int32_t rest = (1 << 29) - highMul(half, x);
    x = x + saturatingShift(highMul(x, rest), 2);
  }
  return saturatingShift(x, 1);
}

/// Calls f(a, b) for elements of two tensors broadcast to the output's shape.
inline void broadcast(const Tensor &a, const Tensor &b, Tensor &out,
                      const std::function<int64_t(int64_t, int64_t)> &f) {
  auto offset = [&](const Tensor &t, int64_t flat) {
    int64_t result = 0, unit = 1;
    int rank = out.shape.size(), lead = rank - int(t.shape.size());
    for (int axis = rank - 1; axis >= 0; --axis) {
      int64_t index = flat % out.shape[axis];
      flat /= out.shape[axis];
      if (axis < lead)
        continue;
      int size = t.shape[axis - lead];
      if (size != 1)
        result += index * unit;
      unit *= size;
    }
    return result;
  };
  for (int64_t i = 0; i < out.size(); ++i)
    out.values[i] = f(a.values[offset(a, i)], b.values[offset(b, i)]);
}

} // namespace oracle

#endif // QCC_TEST_TFLITE_ARITHMETIC_H
