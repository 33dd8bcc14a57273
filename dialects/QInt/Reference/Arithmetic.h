// The scalar definitions of docs/numerics.md in wide integers.
//
// Nothing here is fast and nothing is shared with generated code: these
// functions say what the bits are. Values are exact; __int128 is used wherever
// 64 bits might not hold an intermediate.
#ifndef QCC_DIALECTS_QINT_REFERENCE_ARITHMETIC_H
#define QCC_DIALECTS_QINT_REFERENCE_ARITHMETIC_H

#include <cstdint>

namespace qcc::qint::reference {

/// How a rescale rounds; the numbers are those of qint's `rounding` attribute.
enum class RoundingMode { Single = 0, Double = 1, Even = 2, Away = 3 };

using Wide = __int128;

/// floor(value / 2^shift) for a shift in [0, 126]. Division instead of `>>`:
/// C++17 leaves the shift of a negative number to the compiler.
inline Wide floorShift(Wide value, int shift) {
  Wide unit = Wide(1) << shift;
  Wide quotient = value / unit;
  return value % unit < 0 ? quotient - 1 : quotient;
}

/// floor(value / 2^shift + 1/2): a half goes up.
inline Wide roundHalfUp(Wide value, int shift) {
  return floorShift(value + (Wide(1) << (shift - 1)), shift);
}

/// value / 2^shift to the nearest, a half away from zero.
inline Wide roundHalfAway(Wide value, int shift) {
  return value < 0 ? -roundHalfUp(-value, shift) : roundHalfUp(value, shift);
}

/// value / 2^shift to the nearest, a half to the even neighbour.
inline Wide roundHalfEven(Wide value, int shift) {
  Wide below = floorShift(value, shift);
  Wide rest = value - below * (Wide(1) << shift);
  Wide half = Wide(1) << (shift - 1);
  bool up = rest > half || (rest == half && below % 2 != 0);
  return up ? below + 1 : below;
}

/// Rules rescale-s2 to rescale-s5: value * multiplier / 2^shift, rounded.
///
/// `value` is an i32 with multiplier 0 or in [2^30, 2^31), or of magnitude
/// below 2^47 with multiplier 0 or in [2^14, 2^15); shift in [2, 62].
inline int64_t rescaleValue(int64_t value, int32_t multiplier, int shift,
                            RoundingMode mode) {
  Wide product = Wide(value) * multiplier;
  switch (mode) {
  case RoundingMode::Single:
    return static_cast<int64_t>(roundHalfUp(product, shift));
  case RoundingMode::Double:
    // gemmlowp: SaturatingRoundingDoublingHighMul, whose half goes up, and then
    // RoundingDivideByPOT, whose half goes away from zero. A shift below 31 is
    // a left shift before the first and leaves nothing to the second.
    if (shift <= 31)
      return static_cast<int64_t>(roundHalfUp(product, shift));
    return static_cast<int64_t>(
        roundHalfAway(roundHalfUp(product, 31), shift - 31));
  case RoundingMode::Even:
    return static_cast<int64_t>(roundHalfEven(product, shift));
  case RoundingMode::Away:
    return static_cast<int64_t>(roundHalfAway(product, shift));
  }
  return 0;
}

/// Rule shift-r1: value / 2^shift for an add, shift in [1, 30]. `Double` is
/// gemmlowp's RoundingDivideByPOT, whose half goes away from zero.
inline int64_t shiftValue(int64_t value, int shift, RoundingMode mode) {
  switch (mode) {
  case RoundingMode::Single:
    return static_cast<int64_t>(roundHalfUp(value, shift));
  case RoundingMode::Double:
  case RoundingMode::Away:
    return static_cast<int64_t>(roundHalfAway(value, shift));
  case RoundingMode::Even:
    return static_cast<int64_t>(roundHalfEven(value, shift));
  }
  return 0;
}

/// Rule rescale-s6: the zero point is added in wide integers, then the sum is
/// clamped, so nothing wraps.
inline int64_t saturate(int64_t value, int64_t zeroPoint, int64_t min,
                        int64_t max) {
  Wide sum = Wide(value) + zeroPoint;
  if (sum < min)
    return min;
  return sum > max ? max : static_cast<int64_t>(sum);
}

} // namespace qcc::qint::reference

#endif // QCC_DIALECTS_QINT_REFERENCE_ARITHMETIC_H
