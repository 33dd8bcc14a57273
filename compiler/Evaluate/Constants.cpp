//===- Constants.cpp - Real values of constants and quantized types -------===//

#include "compiler/Evaluate/Constants.h"

#include "compiler/Evaluate/Rounding.h"
#include "compiler/Evaluate/Strided.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

using namespace mlir;

namespace qcc::evaluate {

static llvm::Error unsupported(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "constants of type %s cannot be evaluated",
                                 text.c_str());
}

static void dequantizePerAxis(MutableArrayRef<float> values,
                              ArrayRef<int64_t> shape,
                              quant::UniformQuantizedPerAxisType type) {
  int64_t axis = type.getQuantizedDimension(), size = shape[axis];
  int64_t inner = numElements(shape.drop_front(axis + 1));
  for (auto [i, value] : llvm::enumerate(values)) {
    int64_t channel = static_cast<int64_t>(i) / inner % size;
    value = static_cast<float>((value - type.getZeroPoints()[channel]) *
                               type.getScales()[channel]);
  }
}

llvm::Expected<std::vector<float>> realValues(qgraph::ConstantOp op) {
  auto type = cast<RankedTensorType>(op.getOutput().getType());
  auto dense = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!dense)
    return unsupported(type);
  std::vector<float> values;
  values.reserve(type.getNumElements());
  if (isa<Float32Type>(dense.getElementType())) {
    for (float value : dense.getValues<float>())
      values.push_back(value);
    return values;
  }
  if (!isa<IntegerType>(dense.getElementType()))
    return unsupported(dense.getType());
  auto uniform = dyn_cast<quant::UniformQuantizedType>(type.getElementType());
  auto quantized = dyn_cast<quant::QuantizedType>(type.getElementType());
  bool isUnsigned = dense.getElementType().isUnsignedInteger() ||
                    (quantized && !quantized.isSigned());
  for (const APInt &value : dense.getValues<APInt>()) {
    double real = isUnsigned ? static_cast<double>(value.getZExtValue())
                             : static_cast<double>(value.getSExtValue());
    if (uniform)
      real = (real - uniform.getZeroPoint()) * uniform.getScale();
    values.push_back(static_cast<float>(real));
  }
  if (auto perAxis =
          dyn_cast<quant::UniformQuantizedPerAxisType>(type.getElementType()))
    dequantizePerAxis(values, type.getShape(), perAxis);
  return values;
}

qgraph::ConstantOp constantBehind(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto constant = dyn_cast<qgraph::ConstantOp>(op))
      return constant;
    if (!isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op))
      break;
    value = op->getOperand(0);
  }
  return {};
}

llvm::Expected<std::vector<float>> constantValues(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast<qgraph::ConstantOp>(op))
    return realValues(constant);
  auto values = constantValues(op->getOperand(0));
  if (!values)
    return values;
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  Rounding rounding = roundingOfResult(op);
  if (llvm::Error error = checkRounding(rounding.type, shape))
    return std::move(error);
  roundValues(*values, shape, rounding);
  return values;
}

} // namespace qcc::evaluate
