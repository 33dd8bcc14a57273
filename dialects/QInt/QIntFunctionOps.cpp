// What the ops of QIntFunctionOps.td must be.
#include "dialects/QInt/Dyadic.h"
#include "dialects/QInt/Functions.h"
#include "dialects/QInt/QIntVerify.h"
#include "dialects/Shapes.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace qcc::qint {
namespace {

int64_t signedOf(uint32_t attribute) { return static_cast<int32_t>(attribute); }

Type elementOf(Value value) { return getElementTypeOrSelf(value.getType()); }

LogicalResult verifyI32(Operation *op, llvm::StringRef what, Value value) {
  if (elementOf(value).isSignlessInteger(32))
    return success();
  return op->emitOpError() << what << " has element type " << elementOf(value)
                           << ", expected i32";
}

/// One i32 per element of the input's last axis.
LogicalResult verifyChannels(NormOp op, llvm::StringRef what, Value value) {
  int64_t count = op.getInput().getType().getShape().back();
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == llvm::ArrayRef<int64_t>{count} &&
      type.getElementType().isSignlessInteger(32))
    return success();
  return op.emitOpError() << what << " has type " << type << ", expected "
                          << count << " elements of i32";
}

LogicalResult verifyBetween(Operation *op, llvm::StringRef what, int64_t value,
                            int64_t least, int64_t most) {
  if (value >= least && value <= most)
    return success();
  return op->emitOpError() << what << " is " << value << ", expected one in ["
                           << least << ", " << most << "]";
}

} // namespace

LogicalResult InverseRootOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifyI32(*this, "output", getOutput())) ||
      failed(verifySameShape(*this, getSquares().getType(),
                             getOutput().getType())))
    return failure();
  if (getSum() && (failed(verifyI32(*this, "sum", getSum())) ||
                   failed(verifySameShape(*this, getSum().getType(),
                                          getOutput().getType()))))
    return failure();
  if (failed(verifyBetween(*this, "count", getCount(), 1, 1 << 16)))
    return failure();
  return verifyBetween(*this, "addend", getAddend(), 1, int64_t(1) << 61);
}

LogicalResult NormOp::verify() {
  Type element = getType().getElementType();
  if (failed(verifyInteger(*this)) ||
      failed(verifyRow(*this, "scale", getScale(), getInput())) ||
      failed(verifyI32(*this, "scale", getScale())) ||
      failed(verifyChannels(*this, "gamma", getGamma())) ||
      failed(verifyChannels(*this, "beta", getBeta())) ||
      failed(verifySameShape(*this, getInput().getType(), getType())) ||
      failed(verifyCode(*this, "input_zero_point",
                        signedOf(getInputZeroPoint()), elementOf(getInput()))))
    return failure();
  if (getSum() && (failed(verifyRow(*this, "sum", getSum(), getInput())) ||
                   failed(verifyI32(*this, "sum", getSum()))))
    return failure();
  int64_t count = getSum() ? getInput().getType().getShape().back() : 1;
  Type code = elementOf(getInput());
  int64_t most =
      magnitudeOf(codeMin(code), codeMax(code), signedOf(getInputZeroPoint()));
  if (2 * count * most > codeMax(IntegerType::get(getContext(), 32)))
    return emitOpError() << "an element may be " << count << " * " << most
                         << " away from its mean, more than i32 holds twice";
  if (failed(verifyBetween(*this, "fraction", getFraction(), 14, 36)) ||
      failed(verifyBetween(*this, "shift", getShift(), 1, 30)) ||
      failed(
          verifyCode(*this, "zero_point", signedOf(getZeroPoint()), element)))
    return failure();
  return verifyBounds(*this, signedOf(getMin()), signedOf(getMax()), element);
}

namespace {

/// `multiplier` and `shift` of differences of codes: products fit 32 bits.
LogicalResult verifySteps(Operation *op, Value input, uint32_t multiplier,
                          uint32_t shift) {
  int64_t bits = elementOf(input).getIntOrFloatBitWidth();
  if (failed(verifyBetween(op, "multiplier", signedOf(multiplier), 0,
                           (int64_t(1) << (31 - bits)) - 1)))
    return failure();
  return verifyBetween(op, "shift", signedOf(shift), 0, 31);
}

/// Largest codes of rows, and a table of powers or none.
template <typename Op> LogicalResult verifyPowers(Op op) {
  if (failed(verifyRow(op, "largest", op.getLargest(), op.getInput())))
    return failure();
  if (elementOf(op.getLargest()) != elementOf(op.getInput()))
    return op.emitOpError()
           << "largest has element type " << elementOf(op.getLargest())
           << ", expected " << elementOf(op.getInput());
  if (!op.getTable())
    return verifySteps(op, op.getInput(), op.getMultiplier(), op.getShift());
  auto type = cast<RankedTensorType>(op.getTable().getType());
  if (elementOf(op.getInput()).getIntOrFloatBitWidth() != 8)
    return op.emitOpError()
           << "has a table for codes of " << elementOf(op.getInput())
           << ", expected codes of 8 bits";
  if (type.getShape() != llvm::ArrayRef<int64_t>{256})
    return op.emitOpError()
           << "table has type " << type << ", expected 256 entries of i16";
  return success();
}

template <typename Op> LogicalResult verifyPositive(Op op) {
  if (failed(verifyInteger(op)) ||
      failed(verifyI32(op, "input", op.getInput())) ||
      failed(verifyI32(op, "output", op.getOutput())))
    return failure();
  return verifySameShape(op, op.getInput().getType(), op.getType());
}

} // namespace

LogicalResult PowerSumOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifyPowers(*this)) ||
      failed(verifyRow(*this, "output", getOutput(), getInput())) ||
      failed(verifyI32(*this, "output", getOutput())))
    return failure();
  int64_t count = getInput().getType().getShape().back();
  int bits = getTable() ? 16 : 15;
  if (count >= int64_t(1) << (31 - bits))
    return emitOpError() << "sums up " << count << " powers of " << bits
                         << " bits, more than i32 holds";
  return success();
}

LogicalResult PowerShareOp::verify() {
  Type element = getType().getElementType();
  if (failed(verifyInteger(*this)) || failed(verifyPowers(*this)) ||
      failed(verifyRow(*this, "scale", getScale(), getInput())) ||
      failed(verifyI32(*this, "scale", getScale())) ||
      failed(verifySameShape(*this, getInput().getType(), getType())) ||
      failed(verifyBetween(*this, "bits", signedOf(getBits()), 1, 15)) ||
      failed(
          verifyCode(*this, "zero_point", signedOf(getZeroPoint()), element)))
    return failure();
  return verifyBounds(*this, signedOf(getMin()), signedOf(getMax()), element);
}

LogicalResult PowerLogOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifyRow(*this, "largest", getLargest(), getInput())) ||
      failed(verifyRow(*this, "logarithm", getLogarithm(), getInput())) ||
      failed(verifyI32(*this, "logarithm", getLogarithm())) ||
      failed(verifyI32(*this, "output", getOutput())) ||
      failed(verifySameShape(*this, getInput().getType(), getType())))
    return failure();
  if (elementOf(getLargest()) != elementOf(getInput()))
    return emitOpError() << "largest has element type "
                         << elementOf(getLargest()) << ", expected "
                         << elementOf(getInput());
  return verifySteps(*this, getInput(), getMultiplier(), getShift());
}

LogicalResult ReciprocalOp::verify() { return verifyPositive(*this); }

LogicalResult LogarithmOp::verify() { return verifyPositive(*this); }

LogicalResult GateOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifyI32(*this, "output", getOutput())) ||
      failed(verifySameShape(*this, getInput().getType(), getType())) ||
      failed(verifyCode(*this, "zero_point", signedOf(getZeroPoint()),
                        elementOf(getInput()))))
    return failure();
  if (getForm() == Form::Table)
    return emitOpError("form is table, expected polynomial or shift");
  Type code = elementOf(getInput());
  int64_t most =
      magnitudeOf(codeMin(code), codeMax(code), signedOf(getZeroPoint()));
  if (most > 1 << 15)
    return emitOpError() << "a code may be " << most
                         << " from its zero point, expected at most 2^15";
  if (failed(verifyBetween(*this, "multiplier", signedOf(getMultiplier()), 0,
                           ((int64_t(1) << 31) - 1) / most)))
    return failure();
  return verifyBetween(*this, "shift", signedOf(getShift()), 0, 31);
}

} // namespace qcc::qint
