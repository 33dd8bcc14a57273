#include "dialects/QInt/Dyadic.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <cstdlib>

namespace qcc::qint {

namespace {

/// `bits` is the width of the multiplier without its sign: 31 or 15.
llvm::Expected<Dyadic> derive(double real, int bits) {
  if (!std::isfinite(real) || real < 0)
    return llvm::createStringError(llvm::formatv(
        "scale {0} cannot be a multiplier and a shift; expected a finite "
        "number that is not negative",
        real));
  int exponent = 0;
  double fraction = std::frexp(real, &exponent);
  // Both steps are exact but for llround's own rounding, half away from zero.
  int64_t multiplier = std::llround(std::ldexp(fraction, bits));
  if (multiplier == int64_t(1) << bits) {
    multiplier /= 2;
    ++exponent;
  }
  int shift = bits - exponent;
  if (multiplier == 0 || shift > 62)
    return Dyadic{0, 62};
  if (shift < 2)
    return llvm::createStringError(llvm::formatv(
        "scale {0} is too large for a multiplier and a shift; expected less "
        "than 2^{1}",
        real, bits - 2));
  return Dyadic{static_cast<int32_t>(multiplier), shift};
}

/// llround(ratio * 2^shift), or a value that never fits.
int64_t scaled(double ratio, int shift) {
  double value = std::ldexp(ratio, shift);
  return std::fabs(value) < 0x1p31 ? std::llround(value) : int64_t(1) << 31;
}

} // namespace

llvm::Expected<Dyadic> dyadicFromReal(double real) { return derive(real, 31); }

llvm::Expected<Dyadic> dyadicFromReal16(double real) {
  return derive(real, 15);
}

llvm::Expected<Dyadic> reducedDyadicFromReal(double real) {
  llvm::Expected<Dyadic> dyadic = derive(real, 31);
  if (!dyadic || dyadic->multiplier == 0)
    return dyadic;
  if (dyadic->shift < 18)
    return llvm::createStringError(llvm::formatv(
        "scale {0} is too large for a multiplier of 15 bits and a shift; "
        "expected less than 2^13",
        real));
  int64_t reduced = (int64_t(dyadic->multiplier) + (1 << 15)) >> 16;
  return Dyadic{static_cast<int32_t>(std::min<int64_t>(reduced, 0x7fff)),
                dyadic->shift - 16};
}

llvm::Expected<RescaleAttr> rescaleFromReal(mlir::MLIRContext *context,
                                            llvm::ArrayRef<double> scales,
                                            Rounding rounding,
                                            int32_t zeroPoint, int32_t min,
                                            int32_t max, bool wideAccumulator) {
  llvm::SmallVector<int32_t> multipliers, shifts;
  for (double scale : scales) {
    llvm::Expected<Dyadic> dyadic = derive(scale, wideAccumulator ? 15 : 31);
    if (!dyadic)
      return dyadic.takeError();
    multipliers.push_back(dyadic->multiplier);
    shifts.push_back(dyadic->shift);
  }
  return RescaleAttr::get(context,
                          mlir::DenseI32ArrayAttr::get(context, multipliers),
                          mlir::DenseI32ArrayAttr::get(context, shifts),
                          rounding, zeroPoint, min, max);
}

int64_t magnitudeOf(int64_t min, int64_t max, int64_t zeroPoint) {
  return std::max(std::abs(min - zeroPoint), std::abs(max - zeroPoint));
}

bool addFits(const AddScales &scales, int64_t lhsMagnitude,
             int64_t rhsMagnitude) {
  // Magnitudes stay below 2^33 and multipliers at most 2^31, so a product may
  // reach 2^64: hence 128 bits.
  using Wide = __int128;
  Wide sum = Wide(lhsMagnitude) * std::abs(int64_t(scales.lhs)) +
             Wide(rhsMagnitude) * std::abs(int64_t(scales.rhs)) +
             (Wide(1) << (scales.shift - 1));
  return sum <= INT32_MAX;
}

llvm::Expected<AddScales> chooseAddScales(double lhsRatio, double rhsRatio,
                                          int64_t lhsMagnitude,
                                          int64_t rhsMagnitude) {
  if (!std::isfinite(lhsRatio) || !std::isfinite(rhsRatio))
    return llvm::createStringError(llvm::formatv(
        "scales {0} and {1} of a sum are not finite", lhsRatio, rhsRatio));
  for (int shift = 30; shift >= 1; --shift) {
    int64_t lhs = scaled(lhsRatio, shift), rhs = scaled(rhsRatio, shift);
    if (std::abs(lhs) > INT32_MAX || std::abs(rhs) > INT32_MAX)
      continue;
    AddScales scales{static_cast<int32_t>(lhs), static_cast<int32_t>(rhs),
                     shift};
    if (addFits(scales, lhsMagnitude, rhsMagnitude))
      return scales;
  }
  return llvm::createStringError(
      llvm::formatv("scales {0} and {1} of a sum are too large for 32 bits",
                    lhsRatio, rhsRatio));
}

int64_t codeMin(mlir::Type elementType) {
  auto type = llvm::cast<mlir::IntegerType>(elementType);
  return type.isUnsigned() ? 0 : llvm::minIntN(type.getWidth());
}

int64_t codeMax(mlir::Type elementType) {
  auto type = llvm::cast<mlir::IntegerType>(elementType);
  return type.isUnsigned()
             ? static_cast<int64_t>(llvm::maxUIntN(type.getWidth()))
             : llvm::maxIntN(type.getWidth());
}

} // namespace qcc::qint
