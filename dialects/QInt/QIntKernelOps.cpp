// What the ops of QIntKernelOps.td must be.
#include "dialects/QInt/Dyadic.h"
#include "dialects/QInt/QInt.h"
#include "dialects/QInt/QIntVerify.h"
#include "dialects/Shapes.h"

using namespace mlir;

namespace qcc::qint {
namespace {

int64_t signedOf(uint32_t attribute) { return static_cast<int32_t>(attribute); }

Type elementOf(Value value) { return getElementTypeOrSelf(value.getType()); }

int64_t magnitude(Value value, int64_t zeroPoint) {
  Type element = elementOf(value);
  return magnitudeOf(codeMin(element), codeMax(element), zeroPoint);
}

/// The rescale of an operand: no zero point, no clamp. Its largest result goes
/// to `bound`.
LogicalResult verifyPart(RescaledAddOp op, llvm::StringRef what, Value value,
                         int64_t zeroPoint, RescaleAttr rescale,
                         int64_t &bound) {
  Type i32 = IntegerType::get(op.getContext(), 32);
  if (failed(verifyCode(op, (what + "_zero_point").str(), zeroPoint,
                        elementOf(value))) ||
      failed(verifyRescale(op, rescale, 32, 1, i32)))
    return failure();
  int64_t left = signedOf(op.getLeftShift());
  int64_t most = magnitude(value, zeroPoint) << left;
  if (most >= int64_t(1) << 31)
    return op.emitOpError() << what << " may reach " << most
                            << " before its rescale, more than i32 holds";
  int32_t shift = rescale.getShifts()[0];
  if (shift < 31)
    return op.emitOpError() << what << " has a rescale by 2^-" << shift
                            << ", expected one that makes nothing bigger";
  if (rescale.getZeroPoint() != 0)
    return op.emitOpError() << what << " has a rescale to zero point "
                            << rescale.getZeroPoint() << ", expected 0";
  bound = (most * rescale.getMultipliers()[0] >> shift) + 1;
  return success();
}

LogicalResult verifyDifference(Operation *op, Value input, Value largest,
                               Value table) {
  if (failed(verifyRow(op, "largest", largest, input)))
    return failure();
  if (elementOf(largest) != elementOf(input))
    return op->emitOpError()
           << "largest has element type " << elementOf(largest) << ", expected "
           << elementOf(input);
  auto type = cast<RankedTensorType>(table.getType());
  if (type.getShape() != llvm::ArrayRef<int64_t>{256} ||
      !type.getElementType().isInteger(32))
    return op->emitOpError()
           << "table has type " << type << ", expected 256 entries of i32";
  return success();
}

} // namespace

LogicalResult RescaledAddOp::verify() {
  if (failed(verifyInteger(*this)))
    return failure();
  int64_t left = signedOf(getLeftShift());
  if (left < 0 || left > 20)
    return emitOpError() << "left_shift is " << left
                         << ", expected one in [0, 20]";
  int64_t lhs = 0, rhs = 0;
  if (failed(verifyPart(*this, "lhs", getLhs(), signedOf(getLhsZeroPoint()),
                        getLhsRescale(), lhs)) ||
      failed(verifyPart(*this, "rhs", getRhs(), signedOf(getRhsZeroPoint()),
                        getRhsRescale(), rhs)) ||
      failed(verifyRescale(*this, getRescale(), 32, 1,
                           getType().getElementType())))
    return failure();
  if (lhs + rhs > codeMax(IntegerType::get(getContext(), 32)))
    return emitOpError() << "parts may reach " << lhs << " and " << rhs
                         << ", their sum more than i32 holds";
  return verifyBroadcast(*this, getLhs().getType(), getRhs().getType(),
                         getType());
}

LogicalResult ExpSumOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifyDifference(*this, getInput(), getLargest(), getTable())) ||
      failed(verifyRow(*this, "output", getOutput(), getInput())))
    return failure();
  if (!getType().getElementType().isInteger(32))
    return emitOpError() << "output has element type "
                         << getType().getElementType() << ", expected i32";
  return success();
}

LogicalResult SoftmaxOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifyDifference(*this, getInput(), getLargest(), getTable())) ||
      failed(verifyRow(*this, "sum", getSum(), getInput())) ||
      failed(verifySameShape(*this, getInput().getType(), getType())) ||
      failed(verifyCode(*this, "zero_point", signedOf(getZeroPoint()),
                        getType().getElementType())))
    return failure();
  if (!elementOf(getSum()).isInteger(32))
    return emitOpError() << "sum has element type " << elementOf(getSum())
                         << ", expected i32";
  return verifyBounds(*this, signedOf(getMin()), signedOf(getMax()),
                      getType().getElementType());
}

namespace {

/// Zero point and bounds of a result in its type.
template <typename Op> LogicalResult verifyResultCodes(Op op) {
  Type element = op.getType().getElementType();
  if (failed(
          verifyCode(op, "zero_point", signedOf(op.getZeroPoint()), element)))
    return failure();
  return verifyBounds(op, signedOf(op.getMin()), signedOf(op.getMax()),
                      element);
}

/// A row's sum, in 32 bits.
template <typename Op> LogicalResult verifySum(Op op) {
  if (failed(verifyRow(op, "sum", op.getSum(), op.getInput())))
    return failure();
  if (elementOf(op.getSum()).isInteger(32))
    return success();
  return op.emitOpError() << "sum has element type " << elementOf(op.getSum())
                          << ", expected i32";
}

template <typename Op> LogicalResult verifyOneOrTwo(Op op) {
  if (op.getRounding() == Rounding::Single ||
      op.getRounding() == Rounding::Double)
    return success();
  return op.emitOpError() << "rounding is "
                          << stringifyRounding(op.getRounding())
                          << ", expected single or double";
}

LogicalResult verifyTable(Operation *op, llvm::StringRef what, Value table,
                          int64_t size, unsigned width) {
  auto type = cast<RankedTensorType>(table.getType());
  if (type.getShape() == llvm::ArrayRef<int64_t>{size} &&
      type.getElementType().isSignlessInteger(width))
    return success();
  return op->emitOpError() << what << " has type " << type << ", expected "
                           << size << " entries of i" << width;
}

} // namespace

LogicalResult LogSoftmaxOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifyDifference(*this, getInput(), getLargest(), getTable())) ||
      failed(verifySum(*this)) ||
      failed(verifySameShape(*this, getInput().getType(), getType())))
    return failure();
  return verifyResultCodes(*this);
}

LogicalResult NormalizeOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySum(*this)) ||
      failed(verifyOneOrTwo(*this)) ||
      failed(verifySameShape(*this, getInput().getType(), getType())) ||
      failed(verifyCode(*this, "input_zero_point",
                        signedOf(getInputZeroPoint()), elementOf(getInput()))))
    return failure();
  return verifyResultCodes(*this);
}

LogicalResult DivOp::verify() {
  int64_t multiplier = signedOf(getMultiplier());
  int64_t exponent = signedOf(getExponent());
  if (failed(verifyInteger(*this)) || failed(verifyOneOrTwo(*this)) ||
      failed(verifyTable(*this, "reciprocals", getReciprocals(), 256, 32)) ||
      failed(verifyCode(*this, "lhs_zero_point", signedOf(getLhsZeroPoint()),
                        elementOf(getLhs()))) ||
      failed(verifyCode(*this, "rhs_zero_point", signedOf(getRhsZeroPoint()),
                        elementOf(getRhs()))))
    return failure();
  if (multiplier != 0 && multiplier >> 30 != 1)
    return emitOpError() << "multiplier is " << multiplier
                         << ", expected 0 or one in [2^30, 2^31)";
  if (exponent < -31 || exponent > 21)
    return emitOpError() << "exponent is " << exponent
                         << ", expected one in [-31, 21]";
  if (failed(verifyResultCodes(*this)))
    return failure();
  return verifyBroadcast(*this, getLhs().getType(), getRhs().getType(),
                         getType());
}

LogicalResult InterpolateOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifyTable(*this, "table", getTable(), 513, 16)))
    return failure();
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult SigmoidOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifyTable(*this, "table", getTable(), 256, 32)))
    return failure();
  if (!elementOf(getInput()).isInteger(32))
    return emitOpError() << "input has element type " << elementOf(getInput())
                         << ", expected i32";
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult ShareOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySum(*this)) ||
      failed(verifyTable(*this, "table", getTable(), 513, 16)))
    return failure();
  return verifySameShape(*this, getInput().getType(), getType());
}

} // namespace qcc::qint
