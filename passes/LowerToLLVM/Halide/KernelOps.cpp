// Ops with the arithmetic of other runtimes' kernels: sums that round three
// times, and softmax in fixed point.
#include "passes/LowerToLLVM/Halide/Stage.h"

using namespace mlir;
using Halide::RDom;

namespace qcc::kernels {

namespace {

using Halide::Internal::make_const;

Expr i32(Expr e) { return Halide::cast<int32_t>(std::move(e)); }
Expr c32(int64_t v) { return make_const(Halide::Int(32), v); }

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

/// A positive sum with its highest bit moved to bit 31, how far it moved, and
/// 2^34 divided by as much. Steps of constant shifts: SSE2 shifts left by a
/// variable through floats.
struct Normalized {
  Expr bits, headroom;
};

Normalized normalize(const Expr &sum) {
  Expr bits = Halide::cast<uint32_t>(sum), headroom = c32(0);
  for (int step : {16, 8, 4, 2, 1}) {
    Expr isSmall =
        bits < make_const(Halide::UInt(32), int64_t(1) << (32 - step));
    bits = Halide::select(isSmall, bits << step, bits);
    headroom = Halide::select(isSmall, headroom + step, headroom);
  }
  return {bits, headroom};
}

/// The reciprocal of rule softmax-x3: Newton's method on 1/d for
/// d = (1 + fraction) / 2.
Expr reciprocalOf(const Normalized &sum, const Arithmetic &arithmetic) {
  Expr fraction = Halide::reinterpret<int32_t>(
      sum.bits & make_const(Halide::UInt(32), 0x7fffffff));
  // (fraction + 2^31) / 2 without leaving 31 bits.
  Expr d = (fraction >> 1) + c32(int64_t(1) << 30);
  Expr x =
      c32(1515870810) + roundingDoublingHigh(c32(-1010580540), d, arithmetic);
  for (int step = 0; step < 3; ++step) {
    Expr error = c32(int64_t(1) << 29) - roundingDoublingHigh(x, d, arithmetic);
    x = x + (roundingDoublingHigh(error, x, arithmetic) << 2);
  }
  return Halide::select(x >= c32(int64_t(1) << 30), c32(2147483647), x << 1);
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
    Normalized sum = normalize(sums.at(row));
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

} // namespace qcc::kernels
