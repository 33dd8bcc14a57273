//===- Constants.cpp - Real values of constants and quantized types -------===//

#include "compiler/Evaluate/Constants.h"

#include "compiler/Evaluate/Strided.h"

#include <algorithm>
#include <cmath>

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

void roundToType(MutableArrayRef<float> values, Type elementType) {
  auto type = dyn_cast<quant::UniformQuantizedType>(elementType);
  if (!type)
    return;
  double scale = type.getScale(), zero = type.getZeroPoint();
  double low = type.getStorageTypeMin() - zero;
  double high = type.getStorageTypeMax() - zero;
  // Conversion truncates, which is faster than std::round and the same for the
  // magnitudes that are left.
  for (float &value : values) {
    double code = std::clamp(value / scale, low, high);
    value = static_cast<float>(
        static_cast<int>(code + std::copysign(0.5, code)) * scale);
  }
}

} // namespace qcc::evaluate
