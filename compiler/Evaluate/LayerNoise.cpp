#include "compiler/Evaluate/LayerNoise.h"

#include <algorithm>
#include <cmath>

namespace qcc::evaluate {

void NoiseSum::add(llvm::ArrayRef<float> exact,
                   llvm::ArrayRef<float> quantized) {
  for (auto [x, q] : llvm::zip(exact, quantized)) {
    signal += static_cast<double>(x) * x;
    noise += (static_cast<double>(x) - q) * (static_cast<double>(x) - q);
  }
}

std::optional<double> NoiseSum::decibels() const {
  if (noise <= 0 || signal <= 0)
    return std::nullopt;
  return 10 * std::log10(signal / noise);
}

llvm::Expected<std::map<std::string, double>>
layerSqnr(mlir::func::FuncOp floatFunction,
          mlir::func::FuncOp quantizedFunction,
          llvm::ArrayRef<data::Dataset> datasets, const InputFormat &format,
          int64_t samples) {
  NetworkInputs inputs =
      networkInputs(floatFunction, datasets, format, samples);
  if (inputs.runs == 0)
    return std::map<std::string, double>();
  auto exact = FloatEvaluator::create(floatFunction, inputs.runs);
  if (!exact)
    return exact.takeError();
  auto quantized = FloatEvaluator::create(quantizedFunction, inputs.runs);
  if (!quantized)
    return quantized.takeError();
  std::map<std::string, std::vector<float>> seen;
  auto keep = [&](const Observation &value) {
    std::vector<float> &all = seen[value.layer.str()];
    all.insert(all.end(), value.values.begin(), value.values.end());
    return llvm::Error::success();
  };
  if (auto results = (*exact)->run(inputs.runs, inputs.views(), keep); !results)
    return results.takeError();
  std::map<std::string, NoiseSum> sums;
  std::map<std::string, size_t> offsets;
  auto compare = [&](const Observation &value) {
    auto found = seen.find(value.layer.str());
    if (found == seen.end())
      return llvm::Error::success();
    size_t &offset = offsets[found->first];
    llvm::ArrayRef<float> reference(found->second);
    if (offset + value.values.size() <= reference.size())
      sums[found->first].add(reference.slice(offset, value.values.size()),
                             value.values);
    offset += value.values.size();
    return llvm::Error::success();
  };
  if (auto results = (*quantized)->run(inputs.runs, inputs.views(), compare);
      !results)
    return results.takeError();
  std::map<std::string, double> result;
  for (const auto &[layer, sum] : sums)
    if (std::optional<double> sqnr = sum.decibels())
      result[layer] = *sqnr;
  return result;
}

} // namespace qcc::evaluate
