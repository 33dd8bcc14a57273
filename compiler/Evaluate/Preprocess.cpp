//===- Preprocess.cpp - From data sets to network inputs ------------------===//

#include "compiler/Evaluate/Preprocess.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/TypeUtilities.h"

namespace qcc::evaluate {

std::vector<float> networkInput(const data::Dataset &dataset, int64_t begin,
                                int64_t end, const InputFormat &format) {
  std::vector<float> values = data::toFloat(dataset.inputs, begin, end);
  if (data::isFloat(dataset.inputs.dtype))
    return values;
  for (float &value : values)
    value = static_cast<float>((value - format.mean) / format.std);
  return values;
}

InputFormat inputFormat(mlir::Type argument, const InputFormat &given) {
  auto type = llvm::dyn_cast<mlir::quant::UniformQuantizedType>(
      mlir::getElementTypeOrSelf(argument));
  if (!type)
    return given;
  InputFormat codes;
  codes.mean = static_cast<double>(type.getZeroPoint());
  codes.std = 1 / type.getScale();
  return codes;
}

llvm::Error checkDataset(const data::Dataset &dataset,
                         llvm::ArrayRef<int64_t> shape) {
  if (llvm::Error error = data::checkSampleShape(
          dataset.inputs, shape, dataset.path, dataset.arrayName))
    return error;
  return data::checkFinite(dataset.inputs, dataset.describe());
}

} // namespace qcc::evaluate
