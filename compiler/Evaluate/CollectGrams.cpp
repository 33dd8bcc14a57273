//===- CollectGrams.cpp - Products of layers' inputs from data sets -------===//

#include "compiler/Evaluate/CollectGrams.h"

#include "compiler/Evaluate/GramCollector.h"
#include "passes/Quantize/Values.h"

#include <algorithm>

using namespace mlir;

namespace qcc::evaluate {

Simulation statedTypes(func::FuncOp function) {
  Simulation simulation;
  for (Value value : quantize::activations(function))
    if (auto type = dyn_cast_or_null<TypeAttr>(
            quantize::getFact(value, "qgraph.type"))) {
      Rounding &rounding = simulation.values[quantize::layerOf(value)];
      rounding.type = type.getValue();
      if (Operation *op = value.getDefiningOp())
        rounding.step = stepOfCodes(op);
    }
  return simulation;
}

llvm::Expected<quantize::Grams>
collectGrams(func::FuncOp rounded, func::FuncOp exact,
             llvm::ArrayRef<std::string> layers,
             llvm::ArrayRef<data::Dataset> datasets,
             llvm::ArrayRef<InputFormat> formats) {
  GramOptions options;
  options.simulation = statedTypes(rounded);
  options.layers = layers;
  options.collectTargets = exact != nullptr;
  options.exact = exact;
  auto collector = GramCollector::create(rounded, options);
  if (!collector)
    return collector.takeError();
  llvm::Expected<int64_t> group = samplesOfRun(rounded, datasets);
  if (!group)
    return group.takeError();
  int64_t total = datasets.empty() ? 0 : datasets.front().size();
  total -= total % *group;
  int64_t step = 64 * *group;
  for (int64_t first = 0; first < total; first += step) {
    int64_t end = std::min(first + step, total);
    std::vector<std::vector<float>> values =
        samplesOf(rounded, datasets, formats, first, end);
    std::vector<llvm::ArrayRef<float>> inputs(values.begin(), values.end());
    if (llvm::Error error = (*collector)->add((end - first) / *group, inputs))
      return std::move(error);
  }
  return (*collector)->grams();
}

} // namespace qcc::evaluate
