// 16-bit functions from points of a table.
#include "passes/LowerToLLVM/Halide/Expressions.h"
#include "passes/LowerToLLVM/Halide/Stage.h"

using namespace mlir;

namespace qcc::kernels {

namespace {

using Halide::Internal::make_const;

/// Entry `index` of a table of `size`.
Expr entry(const Value &table, Expr index, int size) {
  Point p;
  p.at = {Halide::unsafe_promise_clamped(std::move(index), 0, size - 1)};
  return i32(table.at(p));
}

/// Rule table-t3 for a code in 32 bits.
Expr interpolated(const Value &table, const Expr &code) {
  Expr index = (code >> 7) + 256;
  Expr from = entry(table, index, 513);
  Expr slope = entry(table, index + 1, 513) - from;
  return from + ((slope * (code & 127) + 64) >> 7);
}

} // namespace

Value Stage::interpolate(qint::InterpolateOp op) {
  Value in = get(op.getInput()), table = get(op.getTable());
  auto at = [=](const Point &p) {
    return Halide::cast<int16_t>(interpolated(table, i32(in.at(p))));
  };
  return {in.shape, Halide::Int(16), at};
}

/// Rule sigmoid-k1: the share of the distance from 0, mirrored below it.
Value Stage::sigmoid(qint::SigmoidOp op) {
  Value in = get(op.getInput()), table = get(op.getTable());
  bool tanh = op.getTanh();
  int bits = tanh ? 8 : 9;
  auto at = [=](const Point &p) {
    Expr value = in.at(p);
    // Beyond the table, however far.
    Expr distance = Halide::abs(Halide::clamp(value, -(1 << 20), 1 << 20));
    Expr index = i32(distance >> bits);
    Expr from = entry(table, Halide::min(index, 254), 256);
    Expr to = entry(table, Halide::min(index, 254) + 1, 256);
    Expr share =
        (from << bits) + i32(distance & ((1 << bits) - 1)) * (to - from);
    share = Halide::select(index < 255, share,
                           c32(tanh ? 0xffff << 8 : 0x7fff << 10));
    Expr code =
        tanh ? (share - (1 << 23) + (1 << 7)) >> 8 : (share + (1 << 9)) >> 10;
    Expr mirrored = c32(tanh ? 0 : 1 << 15) - code;
    return Halide::cast<int16_t>(Halide::select(value < 0, mirrored, code));
  };
  return {in.shape, Halide::Int(16), at};
}

Value Stage::share(qint::ShareOp op) {
  Value in = get(op.getInput()), sums = get(op.getSum()),
        table = get(op.getTable());
  auto at = [=](const Point &p) {
    Point row = p.moved(p.at);
    row.at.back() = 0;
    Normalized sum = normalized(sums.at(row));
    Expr one = i32(((sum.bits >> 1) + (1 << 13)) >> 14);
    Expr x = Halide::clamp(one - c32((1 << 15) + (1 << 16)), -32768, 32767);
    Expr product = i32(in.at(p)) * interpolated(table, x);
    Expr places = Halide::cast<uint32_t>(c32(31) - sum.headroom);
    Expr rounded = (((product << 1) >> places) + 1) >> 1;
    return Halide::cast<int16_t>(Halide::clamp(rounded, 0, 32767));
  };
  return {in.shape, Halide::Int(16), at};
}

} // namespace qcc::kernels
