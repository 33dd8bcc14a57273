// gemmlowp's 32-bit fixed point, as the rules of TensorFlow Lite's kernels need
// it. Compile time and reference only.
#ifndef QCC_DIALECTS_QINT_FIXEDPOINT_H
#define QCC_DIALECTS_QINT_FIXEDPOINT_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>

namespace qcc::qint {

/// floor((a * b + 2^30) / 2^31); a and b are not both -2^31.
int32_t roundingDoublingHigh(int32_t a, int32_t b);

/// value / 2^shift, a half away from zero; shift in [0, 31].
int32_t divideByPowerOfTwo(int32_t value, int shift);

/// exp(a / 2^26) * 2^31 for a <= 0 in the accuracy of rule softmax-x1; a = 0
/// gives 2^31 - 1.
int32_t exponentialOfNegative(int32_t a);

/// What 1/sum of rule softmax-x3 is: the sum's reciprocal, scaled to 32 bits,
/// and the shift that is still to do.
struct Reciprocal {
  int32_t scale;
  int shift;
};
Reciprocal reciprocalOfSum(int32_t sum);

/// value * multiplier * 2^(exponent - 31), rounded once ("single") or twice
/// ("double", gemmlowp): rules rescale-s2 and rescale-s3 for exponents in
/// [-31, 30] and products that stay inside 64 bits.
int64_t scaleByExponent(int64_t value, int64_t multiplier, int exponent,
                        bool single);

/// multiplier * 2^(exponent - 31) is about 1 / sqrt(value), by five Newton
/// steps from 1 (rule normalize-l1). 0 counts as 1.
struct InverseRoot {
  int32_t multiplier;
  int exponent; ///< at most 0
};
InverseRoot inverseRoot(int32_t value);

/// The natural logarithm of sum / 2^19, sum >= 2^19, in 26 fractional bits
/// (rule logsoftmax-x1).
int32_t logarithmOfSum(int32_t sum);

/// 1 / value for value >= 1 as a fraction of 31 bits, times 2^floor(log2 value)
/// (rule div-k1).
int32_t reciprocalOf(int32_t value);

/// Number of leading zero bits of 32.
int leadingZeros(uint32_t value);

/// Rule table-t3 with points number 0 to 512.
int16_t interpolated(int16_t code, llvm::function_ref<int64_t(int64_t)> point);

} // namespace qcc::qint

#endif // QCC_DIALECTS_QINT_FIXEDPOINT_H
