// Functions in 32-bit fixed point: what they are, written once for the
// reference, for tests and for kernels.
//
// `C` is who calculates, with numbers of type `C::Number`: the reference has
// int64_t (see Exact), a kernel has expressions of 32 bits. Beside the usual
// operators, which must not leave 32 bits, and `>>` (floor), it offers
//   high(a, b)            floor(a * b / 2^32)
//   choose(c, a, b)       a where c holds, else b
//   entry(points, i)      points[i]
//   shiftRight(v, n)      v / 2^n, a half up, for v >= 0 and n in [0, 31]
//
// Each function has three forms:
//   polynomial  Horner's rule or Newton's method
//   shift       Mitchell's logarithm (1962): straight lines with slopes that
//               are powers of two, so that nothing is multiplied
//   table       straight lines between points
// docs/numerics.md ("Functions") states them as rules with their worst errors;
// FunctionsTest computes these over all arguments.
#ifndef QCC_DIALECTS_QINT_FUNCTIONS_H
#define QCC_DIALECTS_QINT_FUNCTIONS_H

#include "dialects/QInt/QInt.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace qcc::qint {

/// The points of the tables, made once: 2^15 * 2^-(i/64) for i in [0, 64],
/// 2^30 / (1 + i/128) for i in [0, 128], 2^29 / sqrt((32 + i)/128) for i in
/// [0, 96], 2^15 * log2(1 + i/64) for i in [0, 64].
llvm::ArrayRef<int32_t> powerPoints();
llvm::ArrayRef<int32_t> reciprocalPoints();
llvm::ArrayRef<int32_t> inverseRootPoints();
llvm::ArrayRef<int32_t> logarithmPoints();

/// A number mantissa / 2^30 * 2^-exponent as a row scale (see
/// `qint.inverse_root`); mantissa in [2^29, 2^30], exponent in [-64, 191].
int32_t rowScale(int64_t mantissa, int exponent);
constexpr int kExponentBias = 64;

/// Calculates with 64 bits of which 32 are used.
struct Exact {
  using Number = int64_t;
  Number high(Number a, Number b) const { return (a * b) >> 32; }
  Number choose(bool condition, Number a, Number b) const {
    return condition ? a : b;
  }
  Number entry(llvm::ArrayRef<int32_t> points, Number index) const {
    return points[index];
  }
  Number shiftRight(Number value, Number places) const {
    return ((value * 2 >> places) + 1) >> 1;
  }
};

namespace functions {

/// The lesser of a >= 0 and the limit. Not by a comparison: Halide moves the
/// limit before the quotients that `a` is made of, where it overflows.
template <class N> N atMost(const N &a, int32_t limit) {
  N beyond = a - limit;
  return (beyond & (beyond >> 31)) + limit;
}

/// On the line from point `x >> bits` to the next. Slopes times `2^bits` must
/// fit 32 bits.
template <class C>
typename C::Number line(const C &c, llvm::ArrayRef<int32_t> points,
                        typename C::Number x, int bits) {
  using N = typename C::Number;
  N index = x >> bits;
  N from = c.entry(points, index);
  N slope = c.entry(points, index + 1) - from;
  return from + ((slope * (x & ((1 << bits) - 1)) + (1 << (bits - 1))) >> bits);
}

/// 2^15 * 2^(-f / 2^16) for f in [0, 2^16): in (2^14, 2^15]. Rule power-f1.
template <class C>
typename C::Number power(const C &c, typename C::Number f, Form form) {
  using N = typename C::Number;
  switch (form) {
  case Form::Polynomial: {
    // The cubic that is exact at both ends and best between them.
    N x = f >> 1;
    N sum = N(-1282);
    sum = ((sum * x + (1 << 14)) >> 15) + 7555;
    sum = ((sum * x + (1 << 14)) >> 15) - 22657;
    return ((sum * x + (1 << 14)) >> 15) + (1 << 15);
  }
  case Form::Shift:
    return N(1 << 15) - (f >> 2);
  case Form::Table:
    break;
  }
  return line(c, powerPoints(), f, 10);
}

/// 2^30 / d for d in [1, 2) with 30 fractional bits: in (2^29, 2^30]. Rule
/// reciprocal-f2.
template <class C>
typename C::Number reciprocal(const C &c, typename C::Number d, Form form) {
  using N = typename C::Number;
  N f = d - (1 << 30);
  switch (form) {
  case Form::Polynomial: {
    // The line that is off by 1/17 at most, then y <- y * (2 - d * y).
    N y = N(1515870810) - c.high(d, N(2021161080));
    for (int step = 0; step < 3; ++step) {
      N rest = N(1 << 29) - c.high(d, y);
      y = c.high(y, rest << 2) << 2;
    }
    return y;
  }
  case Form::Shift:
    return N(1 << 30) - (f >> 1);
  case Form::Table:
    break;
  }
  return line(c, reciprocalPoints(), f >> 15, 8);
}

/// 2^29 / sqrt(w) for w in [1/4, 1) with 31 fractional bits: in (2^29, 2^30].
/// Rule root-f3.
template <class C>
typename C::Number inverseRoot(const C &c, typename C::Number w, Form form) {
  using N = typename C::Number;
  switch (form) {
  case Form::Polynomial: {
    // The line 1.075 - 0.615 w, then y <- y * (3 - 4 w y^2) / 2.
    N y = N(1154272461) - c.high(w, N(1320702443));
    for (int step = 0; step < 3; ++step) {
      N square = c.high(y, y) << 2;
      N rest = N(1610612736) - (c.high(w, square) << 2);
      y = c.high(y, rest) << 2;
    }
    return y;
  }
  case Form::Shift:
    return c.choose(w < (1 << 30), N((1 << 30) + (1 << 28)) - (w >> 1),
                    N(1 << 30) - (w >> 2));
  case Form::Table:
    break;
  }
  return line(c, inverseRootPoints(), (w >> 17) - (1 << 12), 7);
}

/// 2^16 * log2(d) for d in [1, 2) with 30 fractional bits: in [0, 2^16]. Rule
/// logarithm-f4.
template <class C>
typename C::Number logarithm(const C &c, typename C::Number d, Form form) {
  using N = typename C::Number;
  N f = (d - (1 << 30)) >> 14;
  switch (form) {
  case Form::Polynomial: {
    // The quartic that is exact at both ends and best between them.
    N x = f >> 1;
    N sum = N(-2691);
    sum = ((sum * x + (1 << 14)) >> 15) + 10525;
    sum = ((sum * x + (1 << 14)) >> 15) - 22210;
    sum = ((sum * x + (1 << 14)) >> 15) + 47144;
    return (sum * x + (1 << 13)) >> 14;
  }
  case Form::Shift:
    return f;
  case Form::Table:
    break;
  }
  return line(c, logarithmPoints(), f, 10) << 1;
}

/// 2^15 * 2^(-u / 2^16) for u >= 0. Rule power-f1.
template <class C>
typename C::Number powerOf(const C &c, const typename C::Number &u, Form form) {
  using N = typename C::Number;
  N most = atMost(u, 2097151); // 2^-32 and less is none
  N places = most >> 16;
  return c.shiftRight(power(c, N(most & 65535), form), places);
}

/// 2^15 / (1 + 2^(-u / 2^16)) for u >= 0. Rule gate-f5.
template <class C>
typename C::Number logistic(const C &c, const typename C::Number &u,
                            Form form) {
  using N = typename C::Number;
  N e = powerOf(c, u, form);
  // e = 2^15 only for u = 0; half a step less keeps the sum below 2.
  N sum = N(1 << 30) + c.choose(e < (1 << 15), e << 15, N((1 << 30) - 1));
  return (reciprocal(c, sum, form) + (1 << 14)) >> 15;
}

/// Rule gate-f5 for a code less its zero point.
template <class C>
typename C::Number gate(const C &c, const typename C::Number &code,
                        GateKind kind, int32_t multiplier, int shift,
                        Form form) {
  using N = typename C::Number;
  N size = c.choose(code < 0, -code, code);
  N u = (size * multiplier) >> shift;
  if (kind == GateKind::Gelu && form != Form::Shift) {
    // u is |x| with 12 bits; beyond 6 the gate is open. u * (1 + 0.044715 u^2)
    // times 2 sqrt(2 / pi) log2(e).
    N x = atMost(u, 24576);
    N square = (x * x) >> 12;
    N cubic = (x * ((square * 183) >> 12)) >> 12;
    u = ((x + cubic) * 18860) >> 9;
  }
  N open = logistic(c, u, form);
  N g = c.choose(code < 0, N(1 << 15) - open, open);
  switch (kind) {
  case GateKind::Logistic:
    return g;
  case GateKind::Tanh:
    return g * 2 - (1 << 15);
  case GateKind::Swish:
  case GateKind::Gelu:
    break;
  }
  return code * g;
}

} // namespace functions
} // namespace qcc::qint

#endif // QCC_DIALECTS_QINT_FUNCTIONS_H
