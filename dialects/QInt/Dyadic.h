// From real scales to integers: rules dyadic-n1 to dyadic-n3 of
// docs/numerics.md. Runs at compile time only, in double precision, exact up to
// the one rounding that the rule names.
#ifndef QCC_DIALECTS_QINT_DYADIC_H
#define QCC_DIALECTS_QINT_DYADIC_H

#include "dialects/QInt/QInt.h"

#include "llvm/Support/Error.h"

#include <cstdint>

namespace qcc::qint {

/// multiplier / 2^shift.
struct Dyadic {
  int32_t multiplier;
  int32_t shift;
};

/// The dyadic number nearest to `real` with a multiplier in [2^30, 2^31) and a
/// shift in [2, 62] (rule dyadic-n1). Scales below 2^-32 give multiplier 0 and
/// shift 62. An error for negative, infinite and NaN scales and from 2^29 on.
llvm::Expected<Dyadic> dyadicFromReal(double real);

/// The same for 64-bit accumulators: a multiplier in [2^14, 2^15), scales below
/// 2^-48 give 0, an error from 2^13 on (rule dyadic-n2).
llvm::Expected<Dyadic> dyadicFromReal16(double real);

/// The multiplier of 31 bits rounded to 15 once more, at most 2^15 - 1 (rule
/// dyadic-n4).
llvm::Expected<Dyadic> reducedDyadicFromReal(double real);

/// A rescale attribute with one dyadic number per scale (rules dyadic-n1 or,
/// with `wideAccumulator`, dyadic-n2).
llvm::Expected<RescaleAttr>
rescaleFromReal(mlir::MLIRContext *context, llvm::ArrayRef<double> scales,
                Rounding rounding, int32_t zeroPoint, int32_t min, int32_t max,
                bool wideAccumulator = false);

/// The scales of qint.add: result = (l * lhs + r * rhs) / 2^shift.
struct AddScales {
  int32_t lhs;
  int32_t rhs;
  int32_t shift;
};

/// Largest |code - zeroPoint| of codes in [min, max].
int64_t magnitudeOf(int64_t min, int64_t max, int64_t zeroPoint);

/// Whether lhsMagnitude * |lhs| + rhsMagnitude * |rhs| + 2^(shift - 1) is at
/// most 2^31 - 1: no sum of the add leaves 32 bits (rule add-d1).
bool addFits(const AddScales &scales, int64_t lhsMagnitude,
             int64_t rhsMagnitude);

/// Multipliers for the real ratios input scale / output scale with the most
/// precision that rule add-d1 allows: the largest shift in [1, 30] that fits
/// (rule dyadic-n3). A negative ratio subtracts. An error when none fits or a
/// ratio is not finite.
llvm::Expected<AddScales> chooseAddScales(double lhsRatio, double rhsRatio,
                                          int64_t lhsMagnitude,
                                          int64_t rhsMagnitude);

/// Least and greatest value of an integer element type of qint.
int64_t codeMin(mlir::Type elementType);
int64_t codeMax(mlir::Type elementType);

} // namespace qcc::qint

#endif // QCC_DIALECTS_QINT_DYADIC_H
