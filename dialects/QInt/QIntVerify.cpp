// What a qint op must be. Shapes are in dialects/Shapes.cpp; here are types,
// ranges of codes, and the proofs that sums fit (docs/numerics.md).
#include "dialects/QInt/QIntVerify.h"
#include "dialects/QInt/Dyadic.h"
#include "dialects/QInt/QInt.h"
#include "dialects/Shapes.h"

using namespace mlir;
using llvm::ArrayRef;

namespace qcc::qint {

namespace {

using Wide = __int128;

int64_t signedOf(uint32_t attribute) { return static_cast<int32_t>(attribute); }

Type elementOf(Value value) { return getElementTypeOrSelf(value.getType()); }

} // namespace

LogicalResult verifyCode(Operation *op, llvm::StringRef what, int64_t value,
                         Type element) {
  int64_t min = codeMin(element), max = codeMax(element);
  if (value >= min && value <= max)
    return success();
  return op->emitOpError() << what << " is " << value << ", expected one in ["
                           << min << ", " << max << "] of " << element;
}

LogicalResult verifyBounds(Operation *op, int64_t min, int64_t max,
                           Type element) {
  if (failed(verifyCode(op, "min", min, element)) ||
      failed(verifyCode(op, "max", max, element)))
    return failure();
  if (min <= max)
    return success();
  return op->emitOpError() << "min is " << min
                           << ", expected at most max, which is " << max;
}

namespace {

/// With two roundings, half a multiplier and half its power of two are not the
/// same scale: kernels that divide by a count have such multipliers.
bool isHalfMultiplier(RescaleAttr rescale, int32_t multiplier) {
  return rescale.getRounding() == Rounding::Double && multiplier >> 29 == 1;
}

} // namespace

LogicalResult verifyRescale(Operation *op, RescaleAttr rescale, int bits,
                            int64_t count, Type result) {
  ArrayRef<int32_t> multipliers = rescale.getMultipliers().asArrayRef();
  int64_t found = multipliers.size();
  if (found != 1 && found != count)
    return op->emitOpError() << "rescale has " << found
                             << " multipliers, expected 1 or " << count;
  int low = bits == 64 ? 14 : 30;
  for (int32_t multiplier : multipliers)
    if (multiplier != 0 && multiplier >> low != 1 &&
        !isHalfMultiplier(rescale, multiplier))
      return op->emitOpError() << "rescale has multiplier " << multiplier
                               << ", expected 0 or one in [2^" << low << ", 2^"
                               << low + 1 << ") for " << bits << "-bit values";
  if (bits == 64 && rescale.getRounding() == Rounding::Double)
    return op->emitOpError()
           << "rounding is double, which 64-bit values do not have";
  if (failed(
          verifyCode(op, "rescale zero point", rescale.getZeroPoint(), result)))
    return failure();
  return verifyBounds(op, rescale.getMin(), rescale.getMax(), result);
}

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

namespace {

/// Sums of up to `terms` products below lhs * rhs fit the element type.
LogicalResult verifyFits(Operation *op, int64_t terms, int64_t lhs, int64_t rhs,
                         Type element) {
  Wide bound = Wide(terms) * lhs * rhs;
  if (bound <= codeMax(element))
    return success();
  return op->emitOpError() << "a sum may reach " << terms << " * " << lhs
                           << " * " << rhs << ", more than " << element
                           << " holds";
}

int64_t magnitudeOf(Type element, int64_t zeroPoint) {
  return qint::magnitudeOf(codeMin(element), codeMax(element), zeroPoint);
}

/// Element types of a result that holds codes of its input.
template <typename Op> LogicalResult verifySameCodes(Op op) {
  return verifySameElementType(op, "output", op.getOutput().getType(),
                               op.getInput().getType());
}

template <typename Op> LogicalResult verifySelect(Op op) {
  if (failed(verifyInteger(op)) ||
      failed(verifySameElementType(op, "rhs", op.getRhs().getType(),
                                   op.getLhs().getType())) ||
      failed(verifySameElementType(op, "output", op.getType(),
                                   op.getLhs().getType())))
    return failure();
  return verifyBroadcast(op, op.getLhs().getType(), op.getRhs().getType(),
                         op.getType());
}

} // namespace

LogicalResult verifyInteger(Operation *op) {
  if (failed(verifyTensors(op)))
    return failure();
  auto isFloat = [](Type type) {
    return llvm::isa<FloatType, ComplexType>(getElementTypeOrSelf(type))
               ? WalkResult::interrupt()
               : WalkResult::advance();
  };
  // A walk does not enter the types of dense elements.
  auto holdsFloat = [&](Attribute attr) {
    auto elements = llvm::dyn_cast<ElementsAttr>(attr);
    return elements ? isFloat(elements.getElementType())
                    : WalkResult::advance();
  };
  for (NamedAttribute named : op->getAttrs())
    if (named.getValue().walk(isFloat, holdsFloat).wasInterrupted())
      return op->emitOpError() << "attribute '" << named.getName().getValue()
                               << "' holds a float type or value";
  return success();
}

LogicalResult ConstantOp::verify() {
  if (failed(verifyInteger(*this)))
    return failure();
  if (getValue().getShapedType() != Type(getType()))
    return emitOpError() << "value has type " << getValue().getShapedType()
                         << ", expected " << getType();
  return verifyResource(*this, getValue());
}

LogicalResult Conv2DOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifySameElementType(*this, "bias", getBias().getType(),
                                   getType())) ||
      failed(verifyCode(*this, "pad_value", signedOf(getPadValue()),
                        elementOf(getInput()))))
    return failure();
  return verifyConv2D(*this, getInput().getType(), getFilter().getType(),
                      getBias().getType(), getType(), getStrides(), getPads(),
                      getDilations(), getGroups());
}

LogicalResult MatMulOp::verify() {
  int64_t lhsZero = signedOf(getLhsZeroPoint());
  int64_t rhsZero = signedOf(getRhsZeroPoint());
  Type lhs = elementOf(getLhs()), rhs = elementOf(getRhs());
  if (failed(verifyInteger(*this)) ||
      failed(verifyCode(*this, "lhs_zero_point", lhsZero, lhs)) ||
      failed(verifyCode(*this, "rhs_zero_point", rhsZero, rhs)) ||
      failed(verifyMatMul(*this, getLhs().getType(), getRhs().getType(),
                          getType())))
    return failure();
  return verifyFits(*this, getLhs().getType().getDimSize(2),
                    magnitudeOf(lhs, lhsZero), magnitudeOf(rhs, rhsZero),
                    getType().getElementType());
}

LogicalResult RequantizeOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifySameShape(*this, getInput().getType(), getType())))
    return failure();
  int64_t zero = signedOf(getZeroPoint());
  int bits = elementOf(getInput()).getIntOrFloatBitWidth();
  // The difference of a wide value and a zero point could leave its width.
  if (bits >= 32 && zero != 0)
    return emitOpError() << "zero_point is " << zero << ", expected 0 for "
                         << elementOf(getInput()) << " input";
  if (failed(verifyCode(*this, "zero_point", zero, elementOf(getInput()))))
    return failure();
  int64_t channels = getType().getRank() == 0 ? 1 : getType().getShape().back();
  return verifyRescale(*this, getRescale(), bits == 64 ? 64 : 32, channels,
                       getType().getElementType());
}

LogicalResult AddOp::verify() {
  int64_t lhsZero = signedOf(getLhsZeroPoint());
  int64_t rhsZero = signedOf(getRhsZeroPoint());
  int64_t shift = signedOf(getShift());
  Type lhs = elementOf(getLhs()), rhs = elementOf(getRhs());
  Type result = getType().getElementType();
  if (failed(verifyInteger(*this)) ||
      failed(verifyCode(*this, "lhs_zero_point", lhsZero, lhs)) ||
      failed(verifyCode(*this, "rhs_zero_point", rhsZero, rhs)) ||
      failed(
          verifyCode(*this, "zero_point", signedOf(getZeroPoint()), result)) ||
      failed(
          verifyBounds(*this, signedOf(getMin()), signedOf(getMax()), result)))
    return failure();
  if (shift < 1 || shift > 30)
    return emitOpError() << "shift is " << shift << ", expected one in [1, 30]";
  AddScales scales{static_cast<int32_t>(getLhsMultiplier()),
                   static_cast<int32_t>(getRhsMultiplier()),
                   static_cast<int32_t>(shift)};
  int64_t lhsMagnitude = magnitudeOf(lhs, lhsZero);
  int64_t rhsMagnitude = magnitudeOf(rhs, rhsZero);
  if (!addFits(scales, lhsMagnitude, rhsMagnitude))
    return emitOpError() << "sum may leave 32 bits: multipliers " << scales.lhs
                         << " and " << scales.rhs << " of magnitudes up to "
                         << lhsMagnitude << " and " << rhsMagnitude;
  return verifyBroadcast(*this, getLhs().getType(), getRhs().getType(),
                         getType());
}

LogicalResult MulOp::verify() {
  int64_t lhsZero = signedOf(getLhsZeroPoint());
  int64_t rhsZero = signedOf(getRhsZeroPoint());
  Type lhs = elementOf(getLhs()), rhs = elementOf(getRhs());
  if (failed(verifyInteger(*this)) ||
      failed(verifyCode(*this, "lhs_zero_point", lhsZero, lhs)) ||
      failed(verifyCode(*this, "rhs_zero_point", rhsZero, rhs)) ||
      failed(verifyBroadcast(*this, getLhs().getType(), getRhs().getType(),
                             getType())))
    return failure();
  return verifyFits(*this, 1, magnitudeOf(lhs, lhsZero),
                    magnitudeOf(rhs, rhsZero), getType().getElementType());
}

LogicalResult MaximumOp::verify() { return verifySelect(*this); }
LogicalResult MinimumOp::verify() { return verifySelect(*this); }

LogicalResult ClampOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySameCodes(*this)) ||
      failed(verifyBounds(*this, signedOf(getMin()), signedOf(getMax()),
                          getType().getElementType())))
    return failure();
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult TableOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifySameElementType(*this, "table", getTable().getType(),
                                   getType())))
    return failure();
  if (getTable().getType().getShape() != ArrayRef<int64_t>{256})
    return emitOpError() << "table has type " << getTable().getType()
                         << ", expected 256 entries";
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult AvgPool2DOp::verify() {
  int64_t zero = signedOf(getInputZeroPoint());
  Type element = elementOf(getInput());
  if (failed(verifyInteger(*this)) ||
      failed(verifyCode(*this, "input_zero_point", zero, element)) ||
      failed(verifyPool2D(*this, getInput().getType(), getType(), getKernel(),
                          getStrides(), getPads())))
    return failure();
  int64_t window = getKernel()[0] * getKernel()[1];
  if (failed(verifyFits(*this, window, magnitudeOf(element, zero), 1,
                        IntegerType::get(getContext(), 32))))
    return failure();
  return verifyRescale(*this, getRescale(), 32, window,
                       getType().getElementType());
}

LogicalResult MaxPool2DOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySameCodes(*this)))
    return failure();
  return verifyPool2D(*this, getInput().getType(), getType(), getKernel(),
                      getStrides(), getPads());
}

LogicalResult ReduceOp::verify() {
  int64_t zero = signedOf(getZeroPoint());
  Type element = elementOf(getInput());
  if (failed(verifyInteger(*this)) ||
      failed(verifyCode(*this, "zero_point", zero, element)) ||
      failed(verifyReduce(*this, getInput().getType(), getType(), getAxes())))
    return failure();
  bool isSquares = getKind() == ReduceKind::Squares;
  if (getKind() != ReduceKind::Sum && !isSquares)
    return verifySameCodes(*this);
  Type result = getType().getElementType();
  if (!result.isSignlessInteger(32) && !result.isSignlessInteger(64))
    return emitOpError() << "output has element type " << result
                         << ", expected i32 or i64 for a sum";
  int64_t terms =
      getInput().getType().getNumElements() / getType().getNumElements();
  int64_t most = magnitudeOf(element, zero);
  return verifyFits(*this, terms, most, isSquares ? most : 1, result);
}

LogicalResult ConcatOp::verify() {
  if (failed(verifyInteger(*this)))
    return failure();
  for (Value input : getInputs())
    if (failed(
            verifySameElementType(*this, "input", input.getType(), getType())))
      return failure();
  return verifyConcat(*this, getInputs().getTypes(), getType(), getAxis());
}

LogicalResult SliceOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySameCodes(*this)))
    return failure();
  return verifySlice(*this, getInput().getType(), getType(), getStarts(),
                     getSizes(), getStrides());
}

LogicalResult PadOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySameCodes(*this)) ||
      failed(verifyCode(*this, "value", signedOf(getValue()),
                        elementOf(getInput()))))
    return failure();
  return verifyPad(*this, getInput().getType(), getType(), getLow(), getHigh(),
                   getInterior());
}

LogicalResult ReshapeOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySameCodes(*this)))
    return failure();
  return verifyReshape(*this, getInput().getType(), getType());
}

LogicalResult TransposeOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySameCodes(*this)))
    return failure();
  return verifyTranspose(*this, getInput().getType(), getType(),
                         getPermutation());
}

LogicalResult TileOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySameCodes(*this)))
    return failure();
  return verifyTile(*this, getInput().getType(), getType(), getMultiples());
}

LogicalResult GatherOp::verify() {
  if (failed(verifyInteger(*this)) || failed(verifySameCodes(*this)))
    return failure();
  return verifyGather(*this, getInput().getType(), getType(), getIndices(),
                      getAxis());
}

LogicalResult LookupOp::verify() {
  if (failed(verifyInteger(*this)))
    return failure();
  if (elementOf(getInput()) != getType().getElementType())
    return emitOpError() << "input has element type " << elementOf(getInput())
                         << ", expected the output's, "
                         << getType().getElementType();
  return verifyLookup(*this, getInput().getType(), getIndices().getType(),
                      getType());
}

LogicalResult ResizeOp::verify() {
  int64_t zero = signedOf(getZeroPoint());
  Type element = elementOf(getInput());
  if (failed(verifyInteger(*this)) ||
      failed(verifyCode(*this, "zero_point", zero, element)) ||
      failed(verifyResize(*this, getInput().getType(), getType(), getScale(),
                          getOffset(), getBorder())))
    return failure();
  if (getMode() == ResizeMode::Nearest)
    return verifySameCodes(*this);
  return verifyFits(*this, magnitudeOf(element, zero), getScale()[0],
                    getScale()[2], getType().getElementType());
}

LogicalResult ArgMaxOp::verify() {
  if (failed(verifyInteger(*this)))
    return failure();
  return verifyArgMax(*this, getInput().getType(), getType(), getAxis());
}

LogicalResult FlipSignOp::verify() {
  if (failed(verifyInteger(*this)))
    return failure();
  if (elementOf(getInput()) == getType().getElementType())
    return emitOpError() << "input and output both have element type "
                         << getType().getElementType()
                         << ", expected i8 and ui8";
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult
RescaleAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                    DenseI32ArrayAttr multipliers, DenseI32ArrayAttr shifts,
                    Rounding rounding, int32_t zeroPoint, int32_t min,
                    int32_t max) {
  if (!multipliers || !shifts || multipliers.empty())
    return emitError() << "rescale has no multipliers, expected at least 1";
  if (multipliers.size() != shifts.size())
    return emitError() << "rescale has " << multipliers.size()
                       << " multipliers and " << shifts.size()
                       << " shifts, expected as many";
  for (int32_t multiplier : multipliers.asArrayRef())
    if (multiplier != 0 && multiplier >> 30 != 1 && multiplier >> 14 != 1 &&
        !(rounding == Rounding::Double && multiplier >> 29 == 1))
      return emitError() << "rescale has multiplier " << multiplier
                         << ", expected 0 or one in [2^30, 2^31) or [2^14, "
                            "2^15)";
  for (int32_t shift : shifts.asArrayRef())
    if (shift < 2 || shift > 62)
      return emitError() << "rescale has shift " << shift
                         << ", expected one in [2, 62]";
  if (min > max)
    return emitError() << "rescale has min " << min
                       << ", expected at most max, which is " << max;
  return success();
}

} // namespace qcc::qint
