#include "compiler/Evaluate/LayerNoise.h"

#include "dialects/QGraph/QGraph.h"

#include <cmath>
#include <map>

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

/// By layer the clamp that only it is read by, which is fused into it.
static std::map<std::string, std::string>
fusedClamps(mlir::func::FuncOp function) {
  std::map<std::string, std::string> clamps;
  function.walk([&](qgraph::ClampOp clamp) {
    mlir::Operation *before = clamp.getInput().getDefiningOp();
    auto layer = clamp->getAttrOfType<mlir::StringAttr>("qgraph.layer");
    auto fused = before
                     ? before->getAttrOfType<mlir::StringAttr>("qgraph.layer")
                     : mlir::StringAttr();
    if (layer && fused && clamp.getInput().hasOneUse())
      clamps[fused.str()] = layer.str();
  });
  return clamps;
}

static llvm::Error run(mlir::func::FuncOp function, const NetworkInputs &inputs,
                       const ValueObserver &observer) {
  auto evaluator = FloatEvaluator::create(function);
  if (!evaluator)
    return evaluator.takeError();
  return (*evaluator)->run(inputs.runs, inputs.views(), observer).takeError();
}

llvm::Expected<std::vector<LayerNoise>>
layerNoise(mlir::func::FuncOp floatFunction,
           mlir::func::FuncOp quantizedFunction,
           llvm::ArrayRef<data::Dataset> datasets, const InputFormat &format,
           int64_t samples) {
  NetworkInputs inputs =
      networkInputs(floatFunction, datasets, format, samples);
  std::vector<LayerNoise> layers;
  if (inputs.runs == 0)
    return layers;
  std::map<std::string, std::vector<float>> exact;
  auto keep = [&](const Observation &seen) {
    std::vector<float> &all = exact[seen.layer.str()];
    all.insert(all.end(), seen.values.begin(), seen.values.end());
    return llvm::Error::success();
  };
  if (llvm::Error error = run(floatFunction, inputs, keep))
    return std::move(error);
  std::map<std::string, std::pair<NoiseSum, size_t>> sums;
  auto compare = [&](const Observation &seen) {
    auto found = exact.find(seen.layer.str());
    if (found == exact.end())
      return llvm::Error::success();
    auto [sum, isNew] = sums.try_emplace(found->first);
    if (isNew)
      layers.push_back({found->first, std::nullopt, ""});
    auto &[noise, done] = sum->second;
    llvm::ArrayRef<float> reference(found->second);
    if (done + seen.values.size() <= reference.size())
      noise.add(reference.slice(done, seen.values.size()), seen.values);
    done += seen.values.size();
    return llvm::Error::success();
  };
  if (llvm::Error error = run(quantizedFunction, inputs, compare))
    return std::move(error);
  std::map<std::string, std::string> clamps = fusedClamps(quantizedFunction);
  for (LayerNoise &row : layers) {
    if (auto clamp = clamps.find(row.layer);
        clamp != clamps.end() && sums.count(clamp->second))
      row.clamp = clamp->second;
    row.sqnr = sums[row.clamp.empty() ? row.layer : row.clamp].first.decibels();
  }
  return layers;
}

} // namespace qcc::evaluate
