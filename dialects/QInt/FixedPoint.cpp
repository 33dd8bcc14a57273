#include "dialects/QInt/FixedPoint.h"

#include <algorithm>
#include <limits>

namespace qcc::qint {
namespace {

constexpr int32_t most = std::numeric_limits<int32_t>::max();
constexpr int32_t least = std::numeric_limits<int32_t>::min();

/// value * 2^shift, saturated.
int32_t saturatingShift(int64_t value, int shift) {
  return static_cast<int32_t>(
      std::clamp<int64_t>(value * (int64_t(1) << shift), least, most));
}

/// exp(a / 2^31) * 2^31 for a in [-2^29, 0): a Taylor polynomial of degree 4
/// about -1/8.
int32_t exponentialNearZero(int32_t a) {
  constexpr int32_t expOfMinusEighth = 1895147668, third = 715827883;
  int32_t x = a + (int32_t(1) << 28);
  int32_t x2 = roundingDoublingHigh(x, x);
  int32_t x3 = roundingDoublingHigh(x2, x);
  int32_t x4 = roundingDoublingHigh(x2, x2);
  int32_t tail = divideByPowerOfTwo(
      roundingDoublingHigh(divideByPowerOfTwo(x4, 2) + x3, third) + x2, 1);
  return expOfMinusEighth + roundingDoublingHigh(expOfMinusEighth, x + tail);
}

} // namespace

int32_t roundingDoublingHigh(int32_t a, int32_t b) {
  int64_t sum = int64_t(a) * b + (int64_t(1) << 30);
  int64_t unit = int64_t(1) << 31;
  int64_t quotient = sum / unit;
  return static_cast<int32_t>(sum % unit < 0 ? quotient - 1 : quotient);
}

int32_t divideByPowerOfTwo(int32_t value, int shift) {
  if (shift == 0)
    return value;
  int64_t half = int64_t(1) << (shift - 1), unit = int64_t(1) << shift;
  int64_t magnitude = (std::abs(int64_t(value)) + half) / unit;
  return static_cast<int32_t>(value < 0 ? -magnitude : magnitude);
}

int32_t exponentialOfNegative(int32_t a) {
  if (a == 0)
    return most;
  // exp(-2^k) * 2^31 for k from -2.
  constexpr int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308,
                                 39332535,   720401,     242};
  constexpr int32_t quarter = int32_t(1) << 24;
  int32_t inQuarter = (a & (quarter - 1)) - quarter;
  int32_t result = exponentialNearZero(saturatingShift(inQuarter, 5));
  int64_t rest = int64_t(inQuarter) - a; // a multiple of a quarter
  for (int k = 0; k < 7; ++k)
    if (rest >> (24 + k) & 1)
      result = roundingDoublingHigh(result, factors[k]);
  return result;
}

int leadingZeros(uint32_t value) {
  int zeros = 0;
  while (zeros < 32 && !(value << zeros >> 31))
    ++zeros;
  return zeros;
}

namespace {

/// 1 / (1 + fraction), both with 31 fractional bits: Newton's method for the
/// reciprocal of d = (1 + fraction) / 2.
int32_t reciprocalOfOnePlus(int32_t fraction) {
  constexpr int32_t c48over17 = 1515870810, cMinus32over17 = -1010580540;
  auto d = static_cast<int32_t>((int64_t(fraction) + most + 1) / 2);
  int32_t x = c48over17 + roundingDoublingHigh(d, cMinus32over17);
  for (int step = 0; step < 3; ++step) {
    int32_t error = (int32_t(1) << 29) - roundingDoublingHigh(d, x);
    x += saturatingShift(roundingDoublingHigh(x, error), 2);
  }
  return saturatingShift(x, 1);
}

} // namespace

int32_t reciprocalOf(int32_t value) {
  auto bits = static_cast<uint32_t>(value);
  return reciprocalOfOnePlus(
      static_cast<int32_t>((bits << leadingZeros(bits)) - (uint32_t(1) << 31)));
}

Reciprocal reciprocalOfSum(int32_t sum) {
  return {reciprocalOf(sum), 35 - leadingZeros(static_cast<uint32_t>(sum))};
}

int32_t logarithmOfSum(int32_t sum) {
  constexpr int32_t log2 = 1488522236, fourthRoot = 1805811301,
                    root = 1518500250, quarter = 1 << 23;
  auto zeros = [](int32_t v) { return leadingZeros(static_cast<uint32_t>(v)); };
  // Powers of two in 25 fractional bits: of sum less a quarter, and of
  // sum / sqrt(2) plus one; the larger of the two, with its remainder.
  int32_t first = saturatingShift(
      roundingDoublingHigh(saturatingShift(sum, zeros(sum) - 1), root), 1);
  int32_t lower = roundingDoublingHigh(sum, root);
  int32_t second = saturatingShift(sum, zeros(lower) - 1);
  int32_t power = std::max((12 - zeros(sum)) * (1 << 25) + quarter,
                           (13 - zeros(lower)) * (1 << 25) - quarter);
  int32_t r = std::min(first, second);
  auto p = static_cast<int32_t>((int64_t(r) + fourthRoot + 1) / 2);
  int32_t q = 2 * (r - fourthRoot);
  int32_t square = roundingDoublingHigh(q, q);
  int32_t numerator =
      roundingDoublingHigh(q, r) +
      roundingDoublingHigh(roundingDoublingHigh(q, square), 117049297);
  int32_t denominator =
      roundingDoublingHigh(p, 1057819769 + q +
                                  roundingDoublingHigh(127690142, square)) +
      roundingDoublingHigh(638450708, q);
  int32_t quotient = roundingDoublingHigh(divideByPowerOfTwo(numerator, 6),
                                          reciprocalOfOnePlus(denominator));
  return saturatingShift(roundingDoublingHigh(power, log2) + quotient, 1);
}

int16_t interpolated(int16_t code, llvm::function_ref<int64_t(int64_t)> point) {
  int64_t index = (code >> 7) + 256, fraction = code & 127;
  int64_t slope = point(index + 1) - point(index);
  return static_cast<int16_t>(point(index) + ((slope * fraction + 64) >> 7));
}

int64_t scaleByExponent(int64_t value, int64_t multiplier, int exponent,
                        bool single) {
  if (single) {
    int shift = 31 - exponent;
    return (value * multiplier + (int64_t(1) << (shift - 1))) >> shift;
  }
  int64_t shifted = exponent > 0 ? value * (int64_t(1) << exponent) : value;
  int64_t high = (shifted * multiplier + (int64_t(1) << 30)) >> 31;
  int right = exponent > 0 ? 0 : -exponent;
  if (right == 0)
    return high;
  int64_t half = int64_t(1) << (right - 1);
  int64_t magnitude = ((high < 0 ? -high : high) + half) >> right;
  return high < 0 ? -magnitude : magnitude;
}

InverseRoot inverseRoot(int32_t value) {
  if (value <= 1)
    return {most, 0};
  int shift = 11;
  for (; value >= 1 << 29; ++shift)
    value /= 4;
  for (; value < 1 << 27; --shift)
    value *= 4;
  // x <- (3 x - d x^3) / 2 with 3 integer bits; the value is 2 d.
  int32_t half = divideByPowerOfTwo(value >> 1, 1);
  constexpr int32_t one = 1 << 28, oneAndHalf = one + one / 2,
                    halfRootOfTwo = 1518500250;
  int32_t x = one;
  for (int step = 0; step < 5; ++step) {
    int32_t cube =
        saturatingShift(roundingDoublingHigh(roundingDoublingHigh(x, x), x), 6);
    x = saturatingShift(int64_t(roundingDoublingHigh(oneAndHalf, x)) -
                            roundingDoublingHigh(half, cube),
                        3);
  }
  x = roundingDoublingHigh(x, halfRootOfTwo);
  if (shift < 0) {
    x = static_cast<int32_t>(int64_t(x) << -shift);
    shift = 0;
  }
  return {x, -shift};
}

} // namespace qcc::qint
