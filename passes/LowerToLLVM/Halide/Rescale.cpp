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

/// a + b in unsigned numbers: Halide would move signed constants of one over
/// the quotients that the other is, where they overflow.
Expr wrappingSum(const Expr &a, const Expr &b) {
  return reinterpret<int32_t>(cast<uint32_t>(a) + cast<uint32_t>(b));
}

/// floor(v * m / 2^32) of i32 without a 64-bit product: 16-bit halves.
Expr highProductByHalves(const Expr &v, const Expr &m) {
  Expr vHigh = v >> 16, vLow = v & 0xffff;
  Expr mHigh = m >> 16, mLow = m & 0xffff;
  // The low product is read as unsigned; the cross products carry into the
  // high half by way of two partial sums that stay inside 32 bits.
  Expr low = cast<uint32_t>(vLow) * cast<uint32_t>(mLow);
  Expr mid = wrappingSum(vHigh * mLow, cast<int32_t>(low >> 16));
  Expr cross = wrappingSum(vLow * mHigh, mid & 0xffff);
  return wrappingSum(wrappingSum(vHigh * mHigh, mid >> 16), cross >> 16);
}

} // namespace

Expr highProduct(const Expr &v, const Expr &m, const Arithmetic &arithmetic) {
  if (!arithmetic.wideMultiply)
    return highProductByHalves(v, m);
  return cast<int32_t>((wide(v) * wide(m)) >> 32);
}

namespace {

/// The low half of the product.
Expr lowProduct(const Expr &v, const Expr &m) {
  return cast<uint32_t>(v) * cast<uint32_t>(m);
}

} // namespace

Expr wideProduct(const Expr &v, const Expr &m, const Arithmetic &arithmetic) {
  if (v.type().bits() <= 32 && !arithmetic.wideMultiply)
    return (wide(highProduct(v, m, arithmetic)) << 32) | wide(lowProduct(v, m));
  if (arithmetic.wideMultiply)
    return wide(v) * wide(m);
  // Three pieces of 16 bits; each product with 15 bits fits 32.
  Expr low = cast<int32_t>(v & 0xffff),
       middle = cast<int32_t>((v >> 16) & 0xffff);
  Expr high = cast<int32_t>(v >> 32);
  return wide(low * m) + (wide(middle * m) << 16) + (wide(high * m) << 32);
}

namespace {

/// The exact form on 64 bits: rules of the four roundings.
Expr rescaleWide(const Expr &v, const Expr &m, const Expr &shift,
                 qint::Rounding rounding, const Arithmetic &arithmetic) {
  // Shift counts are unsigned: a signed one may also mean the other way.
  Expr s = cast<uint64_t>(shift);
  Expr p = wideProduct(v, m, arithmetic);
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

/// away(h / 2^t) for t >= 1 without overflow; `half` is 2^(t - 1), which must
/// not be shifted here: SSE2 shifts left by a variable through floats.
Expr divideAway(const Expr &h, const Expr &t, const Expr &half) {
  Expr count = cast<uint32_t>(t);
  Expr rest = h & (half + half - 1);
  return (h >> count) +
         select(rest >= half + select(h < 0, i32(1), i32(0)), i32(1), i32(0));
}

/// A value, a multiplier and a shift whose product is wanted in 32 bits.
struct Scaled {
  Expr v, m;
  std::vector<int32_t> shifts; ///< all at least `least`
};

/// Shifts below `least` are raised to it: the value is multiplied by the power
/// of two that is missing. Where that would overflow, the result saturates
/// anyway (it has at most 18 bits), so the value is clamped before. A shift
/// below 8 makes every value but 0 saturate, so 8 serves as well.
Scaled raiseShifts(const Expr &v, llvm::ArrayRef<int32_t> multipliers,
                   llvm::ArrayRef<int32_t> shifts, int32_t least,
                   const TableReader &read) {
  Scaled scaled{v, pick(multipliers, read), {}};
  auto room = [&](int32_t s) { return std::max(least - std::max(s, 8), 0); };
  if (llvm::any_of(shifts, [&](int32_t s) { return s < least; })) {
    Expr most = pick(
        map(shifts, [&](int32_t s) { return (1ll << (31 - room(s))) - 1; }),
        read);
    Expr factor =
        pick(map(shifts, [&](int32_t s) { return 1ll << room(s); }), read);
    // In unsigned numbers: Halide would move constants of v into the product.
    Expr clamped = Halide::max(Halide::min(v, most), -most - 1);
    scaled.v =
        reinterpret<int32_t>(cast<uint32_t>(clamped) * cast<uint32_t>(factor));
  }
  scaled.shifts =
      map(shifts, [&](int32_t s) { return std::max(std::max(s, 8), least); });
  return scaled;
}

/// Rules rescale-s2 and -s7, s4, s5 on 32-bit lanes. With s >= 33, the high
/// half and whether the rest is an exact half decide.
Expr rescaleNarrow(const Expr &v, llvm::ArrayRef<int32_t> multipliers,
                   llvm::ArrayRef<int32_t> shifts, qint::Rounding rounding,
                   const Arithmetic &arithmetic, const TableReader &read) {
  Scaled x = raiseShifts(v, multipliers, shifts, 33, read);
  Expr high = highProduct(x.v, x.m, arithmetic);
  Expr half =
      pick(map(x.shifts, [](int32_t s) { return 1ll << (s - 33); }), read);
  Expr shift = pick(map(x.shifts, [](int32_t s) { return s - 32; }), read);
  Expr up = (high + half) >> cast<uint32_t>(shift);
  if (rounding == qint::Rounding::Single)
    return up;
  Expr rest = high & (half + half - 1);
  Expr tie = rest == half && lowProduct(x.v, x.m) == 0;
  Expr back = rounding == qint::Rounding::Even ? (up & 1) != 0 : high < 0;
  return up - select(tie && back, i32(1), i32(0));
}

/// Rule rescale-s3 on 32-bit lanes.
Expr rescaleDouble(const Expr &v, llvm::ArrayRef<int32_t> multipliers,
                   llvm::ArrayRef<int32_t> shifts, const Arithmetic &arithmetic,
                   const TableReader &read) {
  bool small = llvm::any_of(shifts, [](int32_t s) { return s <= 31; });
  bool large = llvm::any_of(shifts, [](int32_t s) { return s > 31; });
  Expr single;
  if (small)
    single = rescaleNarrow(v, multipliers, shifts, qint::Rounding::Single,
                           arithmetic, read);
  if (!large)
    return single;
  Expr h = roundingDoublingHigh(v, pick(multipliers, read), arithmetic);
  auto rest = [](int32_t s) { return std::max(s - 31, 1); };
  Expr both = divideAway(
      h, pick(map(shifts, rest), read),
      pick(map(shifts, [&](int32_t s) { return 1ll << (rest(s) - 1); }), read));
  if (!small)
    return both;
  return select(pick(shifts, read) > 31, both, single);
}

} // namespace

Expr roundingDoublingHigh(const Expr &v, const Expr &m,
                          const Arithmetic &arithmetic) {
  Expr low = lowProduct(v, m) + make_const(UInt(32), 1 << 30);
  Expr carry = select(low < make_const(UInt(32), 1 << 30), i32(1), i32(0));
  Expr high = highProduct(v, m, arithmetic) + carry;
  // Rule s3's h has 32 bits; the top bit of `high` is only its sign again.
  return reinterpret<int32_t>((cast<uint32_t>(high) << 1) | (low >> 31));
}

Expr rescaleDown(Expr v, qint::RescaleAttr attribute,
                 const Arithmetic &arithmetic) {
  int32_t m = attribute.getMultipliers()[0], s = attribute.getShifts()[0];
  qint::Rounding rounding = attribute.getRounding();
  if (rounding != qint::Rounding::Double)
    return cast<int32_t>(rescaleWide(v, i32(m), i32(s), rounding, arithmetic));
  Expr h = roundingDoublingHigh(v, i32(m), arithmetic);
  if (s == 31)
    return h;
  // |h| <= 2^30: from 2^31 on, less than a half is left.
  if (s - 31 > 30)
    return i32(0);
  Expr half = i32(1ll << (s - 32));
  return (h + half + (h >> 31)) >> (s - 31);
}

Expr saturate(Expr v, int32_t zeroPoint, int32_t min, int32_t max, Type type) {
  using Internal::make_const;
  // Reinterpreted, because Halide moves a signed constant into the sum before
  // the shift, (x + a) / b + c = (x + (a + b * c)) / b, which may overflow.
  if (zeroPoint) {
    Type wrapping = v.type().with_code(Type::UInt);
    Expr sum = reinterpret(wrapping, v) +
               make_const(wrapping, static_cast<int64_t>(zeroPoint));
    v = reinterpret(v.type(), sum);
  }
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
  bool narrow = v.type().bits() == 32 && smallRange;
  qint::Rounding rounding = attribute.getRounding();
  Expr r;
  if (!narrow)
    r = rescaleWide(v, pick(m, read), pick(s, read), rounding, arithmetic);
  else if (rounding == qint::Rounding::Double)
    r = rescaleDouble(v, m, s, arithmetic, read);
  else
    r = rescaleNarrow(v, m, s, rounding, arithmetic, read);
  return saturate(r, attribute.getZeroPoint(), attribute.getMin(),
                  attribute.getMax(), type);
}

Expr roundingShift(Expr v, int shift, qint::Rounding rounding) {
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
