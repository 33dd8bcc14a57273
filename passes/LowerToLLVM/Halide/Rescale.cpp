#include "passes/LowerToLLVM/Halide/Rescale.h"

#include "llvm/ADT/STLExtras.h"

using namespace Halide;

namespace qcc::kernels {

namespace {

using Internal::make_const;

Expr i32(int64_t v) { return make_const(Int(32), v); }
Expr i64(int64_t v) { return make_const(Int(64), v); }
Expr wide(Expr e) { return cast<int64_t>(std::move(e)); }

/// Entry per channel, or the one value when all are equal.
Expr pick(llvm::ArrayRef<int32_t> values, const TableReader &read) {
  if (llvm::all_equal(values))
    return i32(values.front());
  return read(values);
}

std::vector<int32_t> map(llvm::ArrayRef<int32_t> values,
                         llvm::function_ref<int64_t(int32_t)> f) {
  std::vector<int32_t> result;
  for (int32_t v : values)
    result.push_back(static_cast<int32_t>(f(v)));
  return result;
}

/// floor(v * m / 2^32) of i32 without a 64-bit product: 16-bit halves.
Expr highProductByHalves(const Expr &v, const Expr &m) {
  Expr vHigh = v >> 16, vLow = v & 0xffff;
  Expr mHigh = m >> 16, mLow = m & 0xffff; // m is not negative
  // The low product is read as unsigned; the cross products carry into the
  // high half by way of two partial sums that stay inside 32 bits.
  Expr low = cast<uint32_t>(vLow) * cast<uint32_t>(mLow);
  Expr mid = vHigh * mLow + cast<int32_t>(low >> 16);
  Expr cross = vLow * mHigh + (mid & 0xffff);
  return vHigh * mHigh + (mid >> 16) + (cross >> 16);
}

Expr highProduct(const Expr &v, const Expr &m, const Arithmetic &arithmetic) {
  if (!arithmetic.wideMultiply)
    return highProductByHalves(v, m);
  return cast<int32_t>((wide(v) * wide(m)) >> 32);
}

/// The exact form on 64 bits: rules of the four roundings.
Expr rescaleWide(const Expr &v, const Expr &m, const Expr &shift,
                 qint::Rounding rounding) {
  // Shift counts are unsigned: a signed one may also mean the other way.
  Expr s = cast<uint64_t>(shift);
  Expr p = wide(v) * wide(m);
  Expr half = i64(1) << (s - make_const(UInt(64), 1));
  switch (rounding) {
  case qint::Rounding::Single:
    return (p + half) >> s;
  case qint::Rounding::Double: {
    Expr nudge = select(v >= 0, i64(1 << 30), i64(-(1 << 30)));
    return (p + half + select(shift > 31, nudge, i64(0))) >> s;
  }
  case qint::Rounding::Even:
    return (p + (half - 1) + ((p >> s) & 1)) >> s;
  case qint::Rounding::Away:
    return (p + half - select(p < 0, i64(1), i64(0))) >> s;
  }
  return p;
}

/// Rounding `single` with every shift in [3, 62] and a result range of at most
/// 17 bits, on 32-bit lanes: floor(floor(p / 2^32) + 2^(s-33)) / 2^(s-32) is
/// exact for s >= 33. Below, the value is first multiplied by 2^(33-s); where
/// that would overflow, the result saturates anyway, so the value is clamped.
Expr rescaleNarrow(Expr v, llvm::ArrayRef<int32_t> multipliers,
                   llvm::ArrayRef<int32_t> shifts, const Arithmetic &arithmetic,
                   const TableReader &read) {
  if (llvm::any_of(shifts, [](int32_t s) { return s < 33; })) {
    auto room = [](int32_t s) { return std::max(33 - s, 0); };
    Expr most = pick(
        map(shifts, [&](int32_t s) { return (1ll << (31 - room(s))) - 1; }),
        read);
    Expr factor =
        pick(map(shifts, [&](int32_t s) { return 1ll << room(s); }), read);
    v = Halide::max(Halide::min(v, most), -most - 1) * factor;
  }
  auto above = [](int32_t s) { return std::max(s, 33); };
  Expr m = pick(multipliers, read);
  Expr half = pick(
      map(shifts, [&](int32_t s) { return 1ll << (above(s) - 33); }), read);
  Expr shift =
      pick(map(shifts, [&](int32_t s) { return above(s) - 32; }), read);
  return (highProduct(v, m, arithmetic) + half) >> cast<uint32_t>(shift);
}

} // namespace

Expr saturate(Expr v, int32_t zeroPoint, int32_t min, int32_t max, Type type) {
  using Internal::make_const;
  if (zeroPoint)
    v = v + make_const(v.type(), zeroPoint);
  v = clamp(v, make_const(v.type(), min), make_const(v.type(), max));
  return cast(type, v);
}

Expr rescale(Expr v, qint::RescaleAttr attribute, Type type,
             const Arithmetic &arithmetic, const TableReader &read) {
  llvm::ArrayRef<int32_t> m = attribute.getMultipliers();
  llvm::ArrayRef<int32_t> s = attribute.getShifts();
  bool smallRange =
      attribute.getMin() >= -65536 && attribute.getMax() <= 65536 &&
      attribute.getZeroPoint() >= -65536 && attribute.getZeroPoint() <= 65536;
  bool shiftsFit = llvm::all_of(s, [](int32_t x) { return x >= 3; });
  // A zero multiplier never saturates, so its value must not be clamped.
  bool noZero = llvm::all_of(llvm::zip(m, s), [](auto p) {
    return std::get<0>(p) || std::get<1>(p) >= 33;
  });
  Expr r;
  if (attribute.getRounding() == qint::Rounding::Single &&
      v.type().bits() == 32 && smallRange && shiftsFit && noZero)
    r = rescaleNarrow(v, m, s, arithmetic, read);
  else
    r = rescaleWide(v, pick(m, read), pick(s, read), attribute.getRounding());
  return saturate(r, attribute.getZeroPoint(), attribute.getMin(),
                  attribute.getMax(), type);
}

Expr roundingShift(Expr v, int shift, qint::Rounding rounding, bool fits) {
  if (!fits && rounding == qint::Rounding::Double)
    rounding = qint::Rounding::Away;
  if (!fits)
    return cast<int32_t>(rescaleWide(v, i32(1), i32(shift), rounding));
  Expr half = i32(1ll << (shift - 1));
  switch (rounding) {
  case qint::Rounding::Single:
    return (v + half) >> shift;
  case qint::Rounding::Even:
    return (v + (half - 1) + ((v >> shift) & 1)) >> shift;
  case qint::Rounding::Double: // gemmlowp's RoundingDivideByPOT
  case qint::Rounding::Away:
    return (v + half + (v >> 31)) >> shift;
  }
  return v;
}

} // namespace qcc::kernels
