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
  mlir::Type element = mlir::getElementTypeOrSelf(argument);
  if (element.isInteger())
    return InputFormat();
  auto type = llvm::dyn_cast<mlir::quant::UniformQuantizedType>(element);
  if (!type)
    return given;
  InputFormat codes;
  codes.mean = static_cast<double>(type.getZeroPoint());
  codes.std = 1 / type.getScale();
  return codes;
}

NetworkInputs networkInputs(mlir::func::FuncOp function,
                            llvm::ArrayRef<data::Dataset> datasets,
                            const InputFormat &format, int64_t samples) {
  for (const data::Dataset &dataset : datasets)
    samples = std::min(samples, dataset.size());
  auto first =
      llvm::dyn_cast<mlir::RankedTensorType>(function.getArgumentTypes()[0]);
  int64_t group =
      first && first.getRank() ? std::max<int64_t>(1, first.getDimSize(0)) : 1;
  NetworkInputs result;
  result.runs = samples / group;
  result.samples = result.runs * group;
  for (auto [type, dataset] : llvm::zip(function.getArgumentTypes(), datasets))
    result.values.push_back(networkInput(dataset, 0, result.runs * group,
                                         inputFormat(type, format)));
  return result;
}

llvm::Error checkDataset(const data::Dataset &dataset,
                         mlir::RankedTensorType type) {
  if (llvm::Error error = data::checkSampleShape(
          dataset.inputs, type.getShape(), dataset.path, dataset.arrayName))
    return error;
  if (type.getElementType().isInteger() && data::isFloat(dataset.inputs.dtype))
    return llvm::createStringError(
        dataset.describe() + " holds " +
        data::dtypeName(dataset.inputs.dtype).str() +
        ", expected integers for an input of indices");
  return data::checkFinite(dataset.inputs, dataset.describe());
}

} // namespace qcc::evaluate
