// What a qgraph op must be. Shapes are in dialects/Shapes.cpp, element types in
// QGraphTypes.cpp.
#include "dialects/Decimal.h"
#include "dialects/QGraph/QGraph.h"
#include "dialects/QGraph/QGraphTypes.h"
#include "dialects/QGraph/Unary.h"
#include "dialects/Shapes.h"

#include <cmath>

using namespace mlir;

namespace qcc::qgraph {

namespace {

template <typename Op> LogicalResult verifyBinary(Op op) {
  if (failed(verifyUniformTypes(op)))
    return failure();
  return verifyBroadcast(op, op.getLhs().getType(), op.getRhs().getType(),
                         op.getType());
}

/// Quantized weights are per tensor or per output channel.
template <typename Op> LogicalResult verifyWeights(Op op) {
  for (Value weights : {op.getFilter(), op.getBias()}) {
    auto perAxis = llvm::dyn_cast<quant::UniformQuantizedPerAxisType>(
        getElementTypeOrSelf(weights.getType()));
    if (perAxis && perAxis.getQuantizedDimension() != 0)
      return op.emitOpError()
             << "quantized axis of the filter or bias is "
             << perAxis.getQuantizedDimension() << ", expected 0";
  }
  return success();
}

/// Activations have one scale.
template <typename Op> LogicalResult verifyActivations(Op op) {
  for (Value value : {op->getOperand(0), Value(op->getResult(0))}) {
    Type element = getElementTypeOrSelf(value.getType());
    if (llvm::isa<quant::QuantizedType>(element) &&
        !llvm::isa<quant::UniformQuantizedType>(element))
      return op.emitOpError() << "input or output has element type " << element
                              << ", expected one scale per tensor";
  }
  return success();
}

template <typename Op> LogicalResult verifyEpsilon(Op op) {
  float epsilon = op.getEpsilon().convertToFloat();
  if (epsilon >= 0 && !std::isinf(epsilon))
    return success();
  return op.emitOpError() << "epsilon is " << decimal(epsilon)
                          << ", expected a finite number of at least 0";
}

bool isEightBitCode(Type type) {
  Type element = getElementTypeOrSelf(type);
  if (auto quantized = llvm::dyn_cast<quant::QuantizedType>(element))
    return quantized.getStorageTypeIntegralWidth() == 8;
  return element.isInteger(8);
}

} // namespace

LogicalResult ConstantOp::verify() {
  if (failed(verifyTypes(*this)))
    return failure();
  return verifyConstant(*this, getValue(), getType());
}

LogicalResult Conv2DOp::verify() {
  if (failed(verifyUniformTypes(*this)) || failed(verifyWeights(*this)) ||
      failed(verifyActivations(*this)))
    return failure();
  return verifyConv2D(*this, getInput().getType(), getFilter().getType(),
                      getBias().getType(), getType(), getStrides(), getPads(),
                      getDilations(), getGroups());
}

LogicalResult TransposeConv2DOp::verify() {
  if (failed(verifyUniformTypes(*this)) || failed(verifyWeights(*this)) ||
      failed(verifyActivations(*this)))
    return failure();
  return verifyTransposeConv2D(*this, getInput().getType(),
                               getFilter().getType(), getBias().getType(),
                               getType(), getStrides(), getOutPads());
}

LogicalResult MatMulOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyMatMul(*this, getLhs().getType(), getRhs().getType(), getType());
}

LogicalResult AvgPool2DOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyPool2D(*this, getInput().getType(), getType(), getKernel(),
                      getStrides(), getPads());
}

LogicalResult MaxPool2DOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyPool2D(*this, getInput().getType(), getType(), getKernel(),
                      getStrides(), getPads());
}

LogicalResult ReduceOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyReduce(*this, getInput().getType(), getType(), getAxes());
}

LogicalResult AddOp::verify() { return verifyBinary(*this); }
LogicalResult SubOp::verify() { return verifyBinary(*this); }
LogicalResult MulOp::verify() { return verifyBinary(*this); }
LogicalResult MaximumOp::verify() { return verifyBinary(*this); }
LogicalResult MinimumOp::verify() { return verifyBinary(*this); }

LogicalResult DivOp::verify() { return verifyBinary(*this); }
LogicalResult PowOp::verify() { return verifyBinary(*this); }

LogicalResult SelectOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  if (!getCondition().getElementType().isInteger(1))
    return emitOpError() << "condition has element type "
                         << getCondition().getElementType() << ", expected i1";
  if (!llvm::isa<DenseElementsAttr>(getCondition()))
    return emitOpError("condition is not a dense attribute");
  return verifySelect(*this, getCondition().getShapedType(), getLhs().getType(),
                      getRhs().getType(), getType());
}

LogicalResult UnaryOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  float alpha = getAlpha().convertToFloat();
  if (!std::isfinite(alpha))
    return emitOpError() << "alpha is " << decimal(alpha)
                         << ", expected a finite number";
  if (alpha != 0 && !usesAlpha(getKind()))
    return emitOpError() << "alpha is " << decimal(alpha) << ", expected 0 as "
                         << stringifyUnaryKind(getKind()) << " does not use it";
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult TableOp::verify() {
  if (failed(verifyTypes(*this)))
    return failure();
  if (getTable().size() != 256)
    return emitOpError() << "table has " << getTable().size()
                         << " entries, expected 256";
  auto stated = [](std::optional<Type> type) {
    return type && llvm::isa<quant::UniformQuantizedType>(*type) &&
           isEightBitCode(*type);
  };
  if (getElementTypeOrSelf(getType()).isF32()) {
    if (!stated(getInputType()) || !stated(getOutputType()))
      return emitOpError("on f32 has no input_type or output_type, expected "
                         "8-bit quantized types of one scale");
    return verifySameShape(*this, getInput().getType(), getType());
  }
  if (getInputType() || getOutputType())
    return emitOpError("has an input_type or output_type beside the types of "
                       "its operands, expected them on f32 only");
  for (Type type : {Type(getInput().getType()), Type(getType())})
    if (!isEightBitCode(type))
      return emitOpError() << "input or output has element type "
                           << getElementTypeOrSelf(type)
                           << ", expected 8-bit codes";
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult ClampOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  float min = getMin().convertToFloat(), max = getMax().convertToFloat();
  if (!(min <= max))
    return emitOpError() << "min is " << decimal(min)
                         << ", expected at most max, which is " << decimal(max);
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult BatchNormOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  if (getInput().getType().getRank() == 0)
    return emitOpError() << "input has rank 0, expected at least 1";
  if (failed(verifyEpsilon(*this)))
    return failure();
  int64_t channels = getInput().getType().getShape().back();
  std::pair<llvm::StringRef, RankedTensorType> parameters[] = {
      {"gamma", getGamma().getType()},
      {"beta", getBeta().getType()},
      {"mean", getMean().getType()},
      {"variance", getVariance().getType()}};
  for (auto [name, type] : parameters)
    if (type.getShape() != llvm::ArrayRef<int64_t>{channels})
      return emitOpError() << name << " has type " << type << ", expected "
                           << channels << " numbers";
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult SoftmaxOp::verify() {
  if (failed(verifyUniformTypes(*this)) ||
      failed(verifyAxis(*this, getAxis(), getType())))
    return failure();
  return verifySameShape(*this, getInput().getType(), getType());
}

LogicalResult LayerNormOp::verify() {
  if (failed(verifyUniformTypes(*this, 1)) || failed(verifyEpsilon(*this)))
    return failure();
  return verifyNormalization(
      *this, getInput().getType(),
      {{"gamma", getGamma().getType()}, {"beta", getBeta().getType()}},
      getType(), getAxis());
}

LogicalResult RmsNormOp::verify() {
  if (failed(verifyUniformTypes(*this, 1)) || failed(verifyEpsilon(*this)))
    return failure();
  return verifyNormalization(*this, getInput().getType(),
                             {{"gamma", getGamma().getType()}}, getType(),
                             getAxis());
}

LogicalResult ConcatOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyConcat(*this, getInputs().getTypes(), getType(), getAxis());
}

LogicalResult SliceOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifySlice(*this, getInput().getType(), getType(), getStarts(),
                     getSizes(), getStrides());
}

LogicalResult PadOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  llvm::SmallVector<int64_t, 4> interior(getInput().getType().getRank(), 0);
  return verifyPad(*this, getInput().getType(), getType(), getLow(), getHigh(),
                   interior);
}

LogicalResult ReshapeOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyReshape(*this, getInput().getType(), getType());
}

LogicalResult TransposeOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyTranspose(*this, getInput().getType(), getType(),
                         getPermutation());
}

LogicalResult TileOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyTile(*this, getInput().getType(), getType(), getMultiples());
}

LogicalResult GatherOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyGather(*this, getInput().getType(), getType(), getIndices(),
                      getAxis());
}

LogicalResult LookupOp::verify() {
  if (failed(verifyUniformTypes(*this, 1)))
    return failure();
  return verifyLookup(*this, getInput().getType(), getIndices().getType(),
                      getType());
}

LogicalResult ResizeOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  return verifyResize(*this, getInput().getType(), getType(), getScale(),
                      getOffset(), getBorder());
}

LogicalResult ArgMaxOp::verify() {
  if (failed(verifyTypes(*this)))
    return failure();
  if (!getType().getElementType().isSignlessInteger())
    return emitOpError() << "output has element type "
                         << getType().getElementType() << ", expected integers";
  return verifyArgMax(*this, getInput().getType(), getType(), getAxis());
}

LogicalResult RequantizeOp::verify() {
  if (failed(verifyUniformTypes(*this)))
    return failure();
  for (Type type : {Type(getInput().getType()), Type(getType())})
    if (!llvm::isa<quant::QuantizedType>(getElementTypeOrSelf(type)))
      return emitOpError() << "input or output has element type "
                           << getElementTypeOrSelf(type)
                           << ", expected a quantized type";
  return verifySameShape(*this, getInput().getType(), getType());
}

} // namespace qcc::qgraph
