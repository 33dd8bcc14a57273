// Ops that compute each element from the elements at the same place.
#include "passes/LowerToLLVM/Halide/Expressions.h"
#include "passes/LowerToLLVM/Halide/Stage.h"

using namespace mlir;

namespace qcc::kernels {

namespace {

/// The largest magnitude that a code of `type` has after `zeroPoint` is taken
/// away.
int64_t largest(Halide::Type type, int64_t zeroPoint) {
  int64_t low = type.is_uint() ? 0 : -(1ll << (type.bits() - 1));
  int64_t high = type.is_uint() ? (1ll << type.bits()) - 1
                                : (1ll << (type.bits() - 1)) - 1;
  return std::max(std::abs(low - zeroPoint), std::abs(high - zeroPoint));
}

/// The shape that both operands are broadcast to.
llvm::SmallVector<int64_t, 4> joined(llvm::ArrayRef<int64_t> a,
                                     llvm::ArrayRef<int64_t> b) {
  llvm::SmallVector<int64_t, 4> shape(a.begin(), a.end());
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] = std::max(a[i], b[i]);
  return shape;
}

} // namespace

Value Stage::requantize(qint::RequantizeOp op) {
  Value in = get(op.getInput());
  Halide::Type type = elementType(op.getType());
  qint::RescaleAttr scale = op.getRescale();
  int64_t zeroPoint = op.getZeroPoint();
  auto at = [=](const Point &p) {
    Expr v = in.at(p);
    if (in.type.bits() < 32)
      v = i32(v);
    if (zeroPoint && in.type.bits() == 32)
      v = Halide::cast<int64_t>(v);
    if (zeroPoint)
      v = v - Halide::Internal::make_const(v.type(), zeroPoint);
    return rescale(v, scale, type, context.arithmetic,
                   tableReader(p.at.empty() ? Expr(0) : p.at.back()));
  };
  return {in.shape, type, at};
}

Value Stage::add(qint::AddOp op) {
  Value lhs = get(op.getLhs()), rhs = get(op.getRhs());
  Halide::Type type = elementType(op.getType());
  uint32_t lm = op.getLhsMultiplier(), rm = op.getRhsMultiplier();
  uint32_t constant = op.getLhsZeroPoint() * lm + op.getRhsZeroPoint() * rm;
  auto at = [=](const Point &p) mutable {
    // The sum fits 32 bits, its parts may not: they wrap. Signed, LLVM would
    // take it that no part overflows and drop the clamp.
    Expr l = Halide::cast<uint32_t>(i32(lhs.at(broadcast(p, lhs.shape))));
    Expr r = Halide::cast<uint32_t>(i32(rhs.at(broadcast(p, rhs.shape))));
    Expr sum = Halide::reinterpret<int32_t>(l * Expr(lm) + r * Expr(rm) -
                                            Expr(constant));
    Expr rounded = roundingShift(sum, op.getShift(), op.getRounding());
    return saturate(rounded, op.getZeroPoint(), op.getMin(), op.getMax(), type);
  };
  return {joined(lhs.shape, rhs.shape), type, at};
}

Value Stage::mul(qint::MulOp op) {
  Value lhs = get(op.getLhs()), rhs = get(op.getRhs());
  Halide::Type type = elementType(op.getType());
  int lz = op.getLhsZeroPoint(), rz = op.getRhsZeroPoint();
  bool narrow = largest(lhs.type, lz) * largest(rhs.type, rz) < (1ll << 31);
  Halide::Type product = narrow ? Halide::Int(32) : type;
  auto at = [=](const Point &p) {
    Expr l = Halide::cast(product, lhs.at(broadcast(p, lhs.shape)));
    Expr r = Halide::cast(product, rhs.at(broadcast(p, rhs.shape)));
    return Halide::cast(type, (l - lz) * (r - rz));
  };
  return {joined(lhs.shape, rhs.shape), type, at};
}

Value Stage::choose(Operation *op, bool maximum) {
  Value lhs = get(op->getOperand(0)), rhs = get(op->getOperand(1));
  auto at = [=](const Point &p) {
    Expr l = lhs.at(broadcast(p, lhs.shape));
    Expr r = rhs.at(broadcast(p, rhs.shape));
    return maximum ? Halide::max(l, r) : Halide::min(l, r);
  };
  return {joined(lhs.shape, rhs.shape), lhs.type, at};
}

Value Stage::clamp(qint::ClampOp op) {
  Value in = get(op.getInput());
  Expr low = Halide::Internal::make_const(in.type, int64_t(op.getMin()));
  Expr high = Halide::Internal::make_const(in.type, int64_t(op.getMax()));
  auto at = [=](const Point &p) { return Halide::clamp(in.at(p), low, high); };
  return {in.shape, in.type, at};
}

Value Stage::table(qint::TableOp op) {
  Value in = get(op.getInput()), entries = get(op.getTable());
  auto at = [=](const Point &p) {
    Expr index = i32(in.at(p));
    if (in.type.is_int())
      index = index + 128;
    Point entry;
    entry.at = {index};
    return entries.at(entry);
  };
  return {in.shape, elementType(op.getType()), at};
}

Value Stage::flipSign(qint::FlipSignOp op) {
  Value in = get(op.getInput());
  Halide::Type type = elementType(op.getType());
  auto at = [=](const Point &p) {
    Expr bits = Halide::reinterpret<uint8_t>(in.at(p));
    return Halide::reinterpret(type, bits ^ Halide::cast<uint8_t>(128));
  };
  return {in.shape, type, at};
}

} // namespace qcc::kernels
