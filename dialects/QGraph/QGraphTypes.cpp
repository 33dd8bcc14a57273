#include "dialects/QGraph/QGraphTypes.h"

#include "dialects/Shapes.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

using namespace mlir;
using llvm::ArrayRef;

namespace qcc::qgraph {

namespace {

LogicalResult verifyZeroPoint(Operation *op, int64_t zeroPoint,
                              quant::QuantizedType type) {
  if (zeroPoint >= type.getStorageTypeMin() &&
      zeroPoint <= type.getStorageTypeMax())
    return success();
  return op->emitOpError() << "zero point is " << zeroPoint
                           << ", expected one in [" << type.getStorageTypeMin()
                           << ", " << type.getStorageTypeMax() << "] of "
                           << type;
}

LogicalResult verifyQuantizedAxis(Operation *op, int64_t axis, int64_t rank) {
  if (axis >= 0 && axis < rank)
    return success();
  return op->emitOpError() << "quantized axis is " << axis
                           << ", expected one in [0, " << rank << ")";
}

LogicalResult verifyPerAxis(Operation *op, RankedTensorType tensor,
                            quant::UniformQuantizedPerAxisType type) {
  int64_t axis = type.getQuantizedDimension();
  if (failed(verifyQuantizedAxis(op, axis, tensor.getRank())))
    return failure();
  int64_t scales = type.getScales().size();
  if (scales != tensor.getDimSize(axis))
    return op->emitOpError()
           << "quantized type has " << scales << " scales, expected "
           << tensor.getDimSize(axis) << " along axis " << axis;
  for (int64_t zeroPoint : type.getZeroPoints())
    if (failed(verifyZeroPoint(op, zeroPoint, type)))
      return failure();
  return success();
}

LogicalResult verifySubChannel(Operation *op, RankedTensorType tensor,
                               quant::UniformQuantizedSubChannelType type) {
  ArrayRef<int64_t> scales = type.getScales().getType().getShape();
  if (static_cast<int64_t>(scales.size()) != tensor.getRank())
    return op->emitOpError()
           << "scales of the quantized type have rank " << scales.size()
           << ", expected " << tensor.getRank();
  llvm::SmallVector<int64_t, 4> expected(tensor.getRank(), 1);
  for (auto [axis, block] :
       llvm::zip(type.getQuantizedDimensions(), type.getBlockSizes())) {
    if (failed(verifyQuantizedAxis(op, axis, tensor.getRank())))
      return failure();
    if (block < 1 || tensor.getDimSize(axis) % block != 0)
      return op->emitOpError()
             << "quantized blocks have " << block << " elements along axis "
             << axis << ", expected a divisor of " << tensor.getDimSize(axis);
    expected[axis] = tensor.getDimSize(axis) / block;
  }
  for (auto [axis, sizes] : llvm::enumerate(llvm::zip(scales, expected)))
    if (std::get<0>(sizes) != std::get<1>(sizes))
      return op->emitOpError() << "quantized type has " << std::get<0>(sizes)
                               << " scales along axis " << axis << ", expected "
                               << std::get<1>(sizes);
  for (const APInt &zeroPoint : type.getZeroPoints().getValues<APInt>())
    if (failed(verifyZeroPoint(op, zeroPoint.getSExtValue(), type)))
      return failure();
  return success();
}

LogicalResult verifyType(Operation *op, RankedTensorType tensor) {
  auto type = llvm::dyn_cast<quant::QuantizedType>(tensor.getElementType());
  if (!type)
    return success();
  if (!llvm::isa_and_nonnull<Float32Type>(type.getExpressedType()))
    return op->emitOpError()
           << "quantized type " << type << " does not express f32";
  if (auto perTensor = llvm::dyn_cast<quant::UniformQuantizedType>(type))
    return verifyZeroPoint(op, perTensor.getZeroPoint(), type);
  if (auto perAxis = llvm::dyn_cast<quant::UniformQuantizedPerAxisType>(type))
    return verifyPerAxis(op, tensor, perAxis);
  if (auto blocks = llvm::dyn_cast<quant::UniformQuantizedSubChannelType>(type))
    return verifySubChannel(op, tensor, blocks);
  return op->emitOpError() << "quantized type " << type
                           << " is not uniform, expected !quant.uniform";
}

/// The first stored integer outside [min, max], if any.
std::optional<int64_t> findOutside(ElementsAttr value, bool isSigned,
                                   int64_t min, int64_t max) {
  auto outside = [&](int64_t code) { return code < min || code > max; };
  auto widen = [&](const APInt &code) {
    return isSigned ? code.getSExtValue()
                    : static_cast<int64_t>(code.getZExtValue());
  };
  auto dense = llvm::dyn_cast<DenseElementsAttr>(value);
  if (!dense) // A resource: bytes only, too big for a look at every verify.
    return std::nullopt;
  if (dense.isSplat()) {
    int64_t code = widen(dense.getSplatValue<APInt>());
    return outside(code) ? std::optional(code) : std::nullopt;
  }
  if (dense.getElementType().getIntOrFloatBitWidth() == 8) {
    // The usual case, big: without an APInt per element.
    for (char byte : dense.getRawData()) {
      int64_t code = isSigned ? static_cast<int8_t>(byte)
                              : static_cast<int64_t>(uint8_t(byte));
      if (outside(code))
        return code;
    }
    return std::nullopt;
  }
  for (const APInt &code : dense.getValues<APInt>())
    if (outside(widen(code)))
      return widen(code);
  return std::nullopt;
}

LogicalResult verifyStorage(Operation *op, ElementsAttr value,
                            quant::QuantizedType type) {
  auto stored = llvm::dyn_cast<IntegerType>(value.getElementType());
  unsigned width = type.getStorageTypeIntegralWidth();
  bool fits = stored && (stored.getWidth() == width ||
                         (width < 8 && stored.getWidth() == 8));
  if (!fits || (stored.isUnsigned() && type.isSigned()) ||
      (stored.isSigned() && !type.isSigned()))
    return op->emitOpError()
           << "value has element type " << value.getElementType()
           << ", expected i" << width << " as stored by " << type;
  std::optional<int64_t> code =
      findOutside(value, type.isSigned(), type.getStorageTypeMin(),
                  type.getStorageTypeMax());
  if (!code)
    return success();
  return op->emitOpError() << "value holds " << *code << ", expected codes in ["
                           << type.getStorageTypeMin() << ", "
                           << type.getStorageTypeMax() << "]";
}

} // namespace

LogicalResult verifyTypes(Operation *op) {
  if (failed(verifyTensors(op)))
    return failure();
  for (Type type : op->getOperandTypes())
    if (failed(verifyType(op, llvm::cast<RankedTensorType>(type))))
      return failure();
  for (Type type : op->getResultTypes())
    if (failed(verifyType(op, llvm::cast<RankedTensorType>(type))))
      return failure();
  return success();
}

LogicalResult verifyUniformTypes(Operation *op, unsigned count) {
  if (failed(verifyTypes(op)))
    return failure();
  auto isFloat = [](Type type) {
    return llvm::isa<FloatType>(getElementTypeOrSelf(type));
  };
  bool first = isFloat(op->getResult(0).getType());
  for (auto [i, type] : llvm::enumerate(op->getOperandTypes()))
    if (i < count && isFloat(type) != first)
      return op->emitOpError()
             << "operand " << i << " has element type "
             << getElementTypeOrSelf(type) << " and the result "
             << getElementTypeOrSelf(op->getResult(0).getType())
             << ", expected both float or both integer";
  return success();
}

LogicalResult verifyConstant(Operation *op, ElementsAttr value,
                             RankedTensorType type) {
  if (value.getShapedType().getShape() != type.getShape())
    return op->emitOpError() << "value has type " << value.getShapedType()
                             << ", expected the shape of " << type;
  if (!value.getElementType().isIntOrFloat())
    return op->emitOpError()
           << "value has element type " << value.getElementType()
           << ", expected integers or f32";
  if (failed(verifyResource(op, value)))
    return failure();
  if (auto quantized =
          llvm::dyn_cast<quant::QuantizedType>(type.getElementType()))
    return verifyStorage(op, value, quantized);
  return verifySameElementType(op, "value", value.getElementType(),
                               type.getElementType());
}

} // namespace qcc::qgraph
