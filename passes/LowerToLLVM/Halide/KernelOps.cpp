// Ops with the arithmetic of other runtimes' kernels: sums that round three
// times, and softmax in fixed point.
#include "passes/LowerToLLVM/Halide/Expressions.h"
#include "passes/LowerToLLVM/Halide/Stage.h"

using namespace mlir;
using Halide::RDom;

namespace qcc::kernels {

using Halide::Internal::make_const;

/// A positive sum with its highest bit moved to bit 31, and how far it moved.
/// Steps of constant shifts: SSE2 shifts left by a variable through floats.
/// The last one is a sum, since LLVM makes a variable shift of a choice between
/// a number and its double.
Normalized normalized(const Expr &sum) {
  Expr bits = Halide::cast<uint32_t>(sum), headroom = c32(0);
  for (int step : {16, 8, 4, 2, 1}) {
    Expr isSmall =
        bits < make_const(Halide::UInt(32), int64_t(1) << (32 - step));
    headroom = Halide::select(isSmall, headroom + step, headroom);
    if (step == 1)
      bits += Halide::cast<uint32_t>(
          Halide::max(Halide::reinterpret<int32_t>(bits), c32(0)));
    else
      bits = Halide::select(isSmall, bits << step, bits);
  }
  return {bits, headroom};
}

namespace {

/// (code - zeroPoint) * 2^left, or its negative. In unsigned numbers, because
/// Halide would move a signed constant into later quotients and overflow.
Expr shifted(const Value &value, const Point &p, int64_t zeroPoint, int left,
             bool negate) {
  Expr code = Halide::cast<uint32_t>(i32(value.at(p)));
  Expr zero = make_const(
      Halide::UInt(32), static_cast<int64_t>(static_cast<uint32_t>(zeroPoint)));
  Expr difference = negate ? zero - code : code - zero;
  return Halide::reinterpret<int32_t>(
      difference * make_const(Halide::UInt(32), int64_t(1) << left));
}

/// Entry number largest - in of a table.
Expr entryOf(const Value &in, const Value &largest, const Value &table,
             const Point &p) {
  Point row = p.moved(p.at);
  row.at.back() = 0;
  Expr difference = i32(largest.at(row)) - i32(in.at(p));
  Point entry;
  entry.at = {Halide::unsafe_promise_clamped(difference, 0, 255)};
  return table.at(entry);
}

/// 1 / (1 + fraction), both with 31 fractional bits: Newton's method on 1/d for
/// d = (1 + fraction) / 2.
Expr reciprocalOfOnePlus(const Expr &fraction, const Arithmetic &arithmetic) {
  // (fraction + 2^31) / 2 without leaving 31 bits; unsigned, so that Halide
  // moves no constant into the quotient.
  Expr d = i32((Halide::cast<uint32_t>(fraction) >> 1) +
               make_const(Halide::UInt(32), int64_t(1) << 30));
  Expr x =
      c32(1515870810) + roundingDoublingHigh(c32(-1010580540), d, arithmetic);
  for (int step = 0; step < 3; ++step) {
    Expr error = c32(int64_t(1) << 29) - roundingDoublingHigh(x, d, arithmetic);
    x = x + (roundingDoublingHigh(error, x, arithmetic) << 2);
  }
  return Halide::select(x >= c32(int64_t(1) << 30), c32(2147483647), x << 1);
}

/// The reciprocal of rule softmax-x3.
Expr reciprocalOf(const Normalized &sum, const Arithmetic &arithmetic) {
  return reciprocalOfOnePlus(
      Halide::reinterpret<int32_t>(sum.bits &
                                   make_const(Halide::UInt(32), 0x7fffffff)),
      arithmetic);
}

/// v / 2^places, a half away from zero, for |v| < 2^31 and places in [0, 31].
Expr divideAway(const Expr &v, const Expr &places) {
  Expr twice = Halide::abs(v) << 1;
  Expr magnitude = i32(((twice >> Halide::cast<uint32_t>(places)) + 1) >> 1);
  return Halide::select(v < 0, -magnitude, magnitude);
}

/// The natural logarithm of rule logsoftmax-x1.
Expr logarithmOf(const Expr &sum, const Arithmetic &arithmetic) {
  auto times = [&](const Expr &v, const Expr &m) {
    return roundingDoublingHigh(v, m, arithmetic);
  };
  const Expr most = c32(2147483647), root = c32(1518500250);
  Normalized whole = normalized(sum);
  Expr lower = times(sum, root);
  Expr lowerHeadroom = normalized(lower).headroom;
  Expr shifted = i32(whole.bits >> 1);
  Expr part = times(shifted, root);
  Expr first = Halide::select(part >= c32(1 << 30), most, part << 1);
  Expr second = Halide::select(lowerHeadroom == whole.headroom, shifted, most);
  // Unsigned, so that Halide moves no constants into the products below.
  auto powerOf = [](int whole, const Expr &headroom, int64_t rest) {
    Expr bits =
        (make_const(Halide::UInt(32), whole) - Halide::cast<uint32_t>(headroom))
        << 25;
    return Halide::reinterpret<int32_t>(
        bits + make_const(Halide::UInt(32), rest & 0xffffffff));
  };
  Expr power = Halide::max(powerOf(12, whole.headroom, 1 << 23),
                           powerOf(13, lowerHeadroom, -(1 << 23)));
  Expr r = Halide::min(first, second);
  Expr p = i32(
      (Halide::cast<uint32_t>(r) + make_const(Halide::UInt(32), 1805811302)) >>
      1);
  // Unsigned likewise.
  Expr q = Halide::reinterpret<int32_t>(
      (Halide::cast<uint32_t>(r) -
       make_const(Halide::UInt(32), int64_t(1805811301)))
      << 1);
  Expr magnitude = i32(Halide::abs(q));
  Expr square = times(magnitude, magnitude);
  Expr numerator = times(q, r) + times(times(q, square), c32(117049297));
  Expr denominator =
      times(p, c32(1057819769) + q + times(c32(127690142), square)) +
      times(q, c32(638450708));
  Expr scaled = (numerator + 32 + (numerator >> 31)) >> 6;
  Expr quotient = times(scaled, reciprocalOfOnePlus(denominator, arithmetic));
  return (times(power, c32(1488522236)) + quotient) << 1;
}

/// multiplier * 2^-right is about 1 / sqrt(sum) (rule normalize-l1).
struct InverseRoot {
  Expr multiplier, right;
};

InverseRoot inverseRootOf(const Expr &sum, const Arithmetic &arithmetic) {
  auto times = [&](const Expr &v, const Expr &m) {
    return roundingDoublingHigh(v, m, arithmetic);
  };
  Normalized n = normalized(Halide::max(sum, 2));
  Expr w = i32(Halide::select((n.headroom & 1) == 0, n.bits >> 4, n.bits >> 3));
  Expr half = ((w >> 1) + 1) >> 1;
  Expr x = c32(1 << 28);
  for (int step = 0; step < 5; ++step) {
    Expr cube = times(times(x, x), x) << 6;
    x = (times(c32(402653184), x) - times(half, cube)) << 3;
  }
  x = times(x, c32(1518500250));
  Expr right = c32(11) - ((n.headroom - 3) >> 1);
  // At most two places to the left, which are always free.
  x = Halide::select(right == -2, x << 2, right == -1, x << 1, x);
  return {Halide::select(sum <= 1, c32(2147483647), x),
          Halide::select(sum <= 1, c32(0), Halide::max(right, 0))};
}

} // namespace

Value Stage::rescaledAdd(qint::RescaledAddOp op) {
  Value lhs = get(op.getLhs()), rhs = get(op.getRhs());
  Halide::Type type = elementType(op.getType());
  int left = static_cast<int>(op.getLeftShift());
  auto lz = static_cast<int32_t>(op.getLhsZeroPoint());
  auto rz = static_cast<int32_t>(op.getRhsZeroPoint());
  qint::RescaleAttr first = op.getLhsRescale(), second = op.getRhsRescale();
  qint::RescaleAttr last = op.getRescale();
  bool subtract = op.getSubtract();
  auto at = [=](const Point &p) {
    Expr l = shifted(lhs, broadcast(p, lhs.shape), lz, left, false);
    Expr r = shifted(rhs, broadcast(p, rhs.shape), rz, left, subtract);
    Expr sum = rescaleDown(l, first, context.arithmetic) +
               rescaleDown(r, second, context.arithmetic);
    return rescale(sum, last, type, context.arithmetic, tableReader(Expr(0)));
  };
  // The operands' axes may be merged, and so then are the result's.
  llvm::SmallVector<int64_t, 4> shape = lhs.shape;
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] = std::max(shape[i], rhs.shape[i]);
  return {shape, type, at};
}

Value Stage::expSum(qint::ExpSumOp op) {
  Value in = get(op.getInput()), largest = get(op.getLargest()),
        table = get(op.getTable());
  RDom r(0, int(in.shape.back()));
  auto step = [=](const Point &p, Expr sum) {
    Point q = p.moved(p.at);
    q.at.back() = r;
    return sum + entryOf(in, largest, table, q);
  };
  return accumulator(
      shapeOf(op.getOutput()), Halide::Int(32),
      [](const Point &) { return c32(0); }, step);
}

Value Stage::softmax(qint::SoftmaxOp op) {
  Value in = get(op.getInput()), largest = get(op.getLargest()),
        sums = get(op.getSum()), table = get(op.getTable());
  Halide::Type type = elementType(op.getType());
  auto zeroPoint = static_cast<int32_t>(op.getZeroPoint());
  auto min = static_cast<int32_t>(op.getMin());
  auto max = static_cast<int32_t>(op.getMax());
  auto at = [=](const Point &p) {
    Point row = p.moved(p.at);
    row.at.back() = 0;
    Normalized sum = normalized(sums.at(row));
    Expr share = roundingDoublingHigh(entryOf(in, largest, table, p),
                                      reciprocalOf(sum, context.arithmetic),
                                      context.arithmetic);
    // share / 2^(35 - headroom), a half up: nothing here is negative. Shifts
    // above 31 leave less than half a step of 1/256.
    Expr places = Halide::cast<uint32_t>(
        Halide::clamp(c32(35) - sum.headroom, c32(1), c32(31)));
    Expr down = Halide::cast<uint32_t>(share) >> (places - 1);
    Expr rounded =
        Halide::select(sum.headroom < 4, c32(0), i32((down + 1) >> 1));
    return saturate(rounded, zeroPoint, min, max, type);
  };
  return {in.shape, type, at};
}

Value Stage::logSoftmax(qint::LogSoftmaxOp op) {
  Value in = get(op.getInput()), largest = get(op.getLargest()),
        sums = get(op.getSum()), table = get(op.getTable());
  Halide::Type type = elementType(op.getType());
  auto zeroPoint = static_cast<int32_t>(op.getZeroPoint());
  auto min = static_cast<int32_t>(op.getMin());
  auto max = static_cast<int32_t>(op.getMax());
  auto at = [=](const Point &p) {
    Point row = p.moved(p.at);
    row.at.back() = 0;
    Expr difference = entryOf(in, largest, table, p) -
                      logarithmOf(sums.at(row), context.arithmetic);
    Expr rounded = (difference + c32(1 << 21) + (difference >> 31)) >> 22;
    return saturate(rounded, zeroPoint, min, max, type);
  };
  return {in.shape, type, at};
}

Value Stage::normalize(qint::NormalizeOp op) {
  Value in = get(op.getInput()), sums = get(op.getSum());
  Halide::Type type = elementType(op.getType());
  int inputZero = op.getInputZeroPoint();
  auto zeroPoint = static_cast<int32_t>(op.getZeroPoint());
  auto min = static_cast<int32_t>(op.getMin());
  auto max = static_cast<int32_t>(op.getMax());
  bool single = op.getRounding() == qint::Rounding::Single;
  auto at = [=](const Point &p) {
    Point row = p.moved(p.at);
    row.at.back() = 0;
    InverseRoot root = inverseRootOf(sums.at(row), context.arithmetic);
    Expr value = i32(in.at(p)) - inputZero;
    Expr rounded;
    if (single) {
      Expr high = highProduct(value * 512, root.multiplier, context.arithmetic);
      Expr places = Halide::cast<uint32_t>(root.right);
      rounded = ((high >> places) + 1) >> 1;
    } else {
      Expr left = readTable({128, 64, 32, 16, 8, 4, 2, 1},
                            Halide::clamp(root.right, 0, 7));
      Expr high = roundingDoublingHigh(value * left, root.multiplier,
                                       context.arithmetic);
      rounded = divideAway(high, Halide::clamp(root.right - 7, 0, 31));
    }
    return saturate(rounded, zeroPoint, min, max, type);
  };
  return {in.shape, type, at};
}

namespace {

/// Places that a dividend of 8 bits and a sign can go to the left, by its
/// magnitude (less 1 when negative), and the power of two.
struct LeftShifts {
  std::vector<int32_t> places, powers;
};

LeftShifts leftShifts(bool single) {
  LeftShifts shifts;
  for (uint32_t size = 0; size < 256; ++size) {
    int places = 31;
    while (places > 23 && size >> (31 - places))
      --places;
    places = single ? std::min(places, 30) : places;
    shifts.places.push_back(places);
    shifts.powers.push_back(static_cast<int32_t>(uint32_t(1) << places));
  }
  return shifts;
}

/// floor(log2) of a divisor; 0 of 0.
std::vector<int32_t> logarithms() {
  std::vector<int32_t> result = {0};
  for (int divisor = 1; divisor < 256; ++divisor)
    result.push_back(divisor == 1 ? 0 : result[divisor / 2] + 1);
  return result;
}

} // namespace

Value Stage::div(qint::DivOp op) {
  Value lhs = get(op.getLhs()), rhs = get(op.getRhs()),
        reciprocals = get(op.getReciprocals());
  Halide::Type type = elementType(op.getType());
  int lz = op.getLhsZeroPoint(), rz = op.getRhsZeroPoint();
  auto zeroPoint = static_cast<int32_t>(op.getZeroPoint());
  auto min = static_cast<int32_t>(op.getMin());
  auto max = static_cast<int32_t>(op.getMax());
  int exponent = static_cast<int32_t>(op.getExponent());
  int multiplier = static_cast<int32_t>(op.getMultiplier());
  bool single = op.getRounding() == qint::Rounding::Single;
  LeftShifts left = leftShifts(single);
  std::vector<int32_t> log2 = logarithms();
  auto at = [=](const Point &p) {
    Expr l = i32(lhs.at(broadcast(p, lhs.shape))) - lz;
    Expr r = i32(rhs.at(broadcast(p, rhs.shape))) - rz;
    Expr divisor = i32(Halide::abs(r));
    Point entry;
    entry.at = {Halide::unsafe_promise_clamped(divisor, 0, 255)};
    Expr dividend = Halide::select(r < 0, -l, l);
    Expr size = Halide::unsafe_promise_clamped(
        Halide::select(dividend < 0, -1 - dividend, dividend), 0, 255);
    // It may become -2^31.
    Expr moved = Halide::reinterpret<int32_t>(
        Halide::cast<uint32_t>(dividend) *
        Halide::cast<uint32_t>(readTable(left.powers, size)));
    Expr wide =
        roundingDoublingHigh(moved, reciprocals.at(entry), context.arithmetic);
    Expr right =
        readTable(left.places, size) - exponent + readTable(log2, entry.at[0]);
    Expr places = Halide::clamp(right, 2, 31);
    Expr rounded;
    if (single) {
      Expr high = highProduct(wide, c32(multiplier), context.arithmetic);
      rounded = ((high >> Halide::cast<uint32_t>(places - 2)) + 1) >> 1;
    } else {
      rounded = divideAway(
          roundingDoublingHigh(wide, c32(multiplier), context.arithmetic),
          places);
    }
    rounded = Halide::select(right > 31, c32(0), rounded);
    Expr code = saturate(rounded, zeroPoint, min, max, Halide::Int(32));
    Expr bound = Halide::select(l < 0, c32(min), c32(max));
    Expr zero = saturate(c32(0), zeroPoint, min, max, Halide::Int(32));
    return Halide::cast(
        type, Halide::select(divisor == 0, Halide::select(l == 0, zero, bound),
                             code));
  };
  llvm::SmallVector<int64_t, 4> shape = lhs.shape;
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] = std::max(shape[i], rhs.shape[i]);
  return {shape, type, at};
}

} // namespace qcc::kernels
