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

/// The rescale of an operand: no zero point, no clamp, and results of at most
/// 2^30 - 1 so that two of them fit 32 bits.
LogicalResult verifyPart(RescaledAddOp op, llvm::StringRef what, Value value,
                         int64_t zeroPoint, RescaleAttr rescale) {
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
  if (most >= int64_t(1) << 30)
    return op.emitOpError() << what << " may reach " << most
                            << ", the sum of two more than i32 holds";
  if (rescale.getZeroPoint() != 0)
    return op.emitOpError() << what << " has a rescale to zero point "
                            << rescale.getZeroPoint() << ", expected 0";
  return success();
}

/// `value` has the shape of `like` with 1 for the last axis.
LogicalResult verifyRow(Operation *op, llvm::StringRef what, Value value,
                        Value like) {
  llvm::SmallVector<int64_t> expected(
      cast<RankedTensorType>(like.getType()).getShape());
  if (expected.empty())
    return op->emitOpError("input has no axis");
  expected.back() = 1;
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == llvm::ArrayRef<int64_t>(expected))
    return success();
  return op->emitOpError() << what << " has type " << type
                           << ", expected the input's shape with 1 for the "
                              "last axis";
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
  if (failed(verifyPart(*this, "lhs", getLhs(), signedOf(getLhsZeroPoint()),
                        getLhsRescale())) ||
      failed(verifyPart(*this, "rhs", getRhs(), signedOf(getRhsZeroPoint()),
                        getRhsRescale())) ||
      failed(verifyRescale(*this, getRescale(), 32, 1,
                           getType().getElementType())))
    return failure();
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

} // namespace qcc::qint
