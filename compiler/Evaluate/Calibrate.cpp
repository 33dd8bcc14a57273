//===- Calibrate.cpp - Statistics of a network on data --------------------===//

#include "compiler/Evaluate/Calibrate.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using namespace mlir;

namespace qcc::evaluate {

template <typename... Ts>
static llvm::Error makeError(const char *format, Ts &&...values) {
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(), "%s",
      llvm::formatv(format, std::forward<Ts>(values)...).str().c_str());
}

static llvm::Error checkInputs(const FloatEvaluator &evaluator,
                               llvm::ArrayRef<data::Dataset> datasets) {
  if (datasets.size() != evaluator.numInputs())
    return makeError("the network has {0} arguments, got {1} data sets",
                     evaluator.numInputs(), datasets.size());
  for (auto [k, dataset] : llvm::enumerate(datasets)) {
    llvm::ArrayRef<int64_t> shape = evaluator.inputShape(k);
    if (shape.empty() || shape.front() != 1)
      return makeError("argument {0} must have a leading axis of size 1 for "
                       "the samples",
                       k);
    if (llvm::Error error = checkDataset(dataset, shape))
      return error;
    if (dataset.size() != datasets.front().size())
      return makeError("{0} has {1} samples, expected {2} as in {3}",
                       dataset.describe(), dataset.size(),
                       datasets.front().size(), datasets.front().describe());
  }
  return llvm::Error::success();
}

llvm::Expected<quantize::Profile>
calibrate(func::FuncOp function, llvm::ArrayRef<data::Dataset> datasets,
          llvm::ArrayRef<InputFormat> formats, ProgressCallback progress) {
  auto evaluator = FloatEvaluator::create(function);
  if (!evaluator)
    return evaluator.takeError();
  if (llvm::Error error = checkInputs(**evaluator, datasets))
    return std::move(error);
  quantize::Profile profile;
  auto observe = [&](const Observation &seen) {
    return profile.accumulate(seen.layer, seen.values, seen.samples);
  };
  int64_t total = datasets.empty() ? 0 : datasets.front().size();
  int64_t step = (*evaluator)->batch();
  for (int64_t first = 0; first < total; first += step) {
    int64_t end = std::min(first + step, total);
    std::vector<std::vector<float>> values;
    for (auto [k, dataset] : llvm::enumerate(datasets))
      values.push_back(networkInput(
          dataset, first, end,
          formats.empty() ? InputFormat()
                          : formats[std::min<size_t>(k, formats.size() - 1)]));
    std::vector<llvm::ArrayRef<float>> inputs(values.begin(), values.end());
    auto results = (*evaluator)->run(end - first, inputs, observe);
    if (!results)
      return results.takeError();
    if (progress)
      progress(end);
  }
  return profile;
}

} // namespace qcc::evaluate
