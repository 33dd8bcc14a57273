//===- CollectRows.cpp - Rows of layers' inputs from data sets ------------===//

#include "compiler/Evaluate/CollectRows.h"

#include "compiler/Data/Random.h"
#include "compiler/Evaluate/CollectGrams.h"
#include "compiler/Evaluate/Patches.h"
#include "compiler/Evaluate/UnaryDerivative.h"
#include "dialects/QGraph/QGraph.h"
#include "dialects/QGraph/Unary.h"
#include "passes/Quantize/Values.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace qcc::evaluate {

using quantize::layerOf;
using quantize::LayerRows;

/// Inputs that are held of a layer: 64 MiB of floats.
static constexpr int64_t kMostElements = int64_t(1) << 24;

namespace {

/// A layer that rows are collected of.
struct Source {
  std::string name, input;
  Patches patches;
  /// The rows wanted, ascending, of all in order of samples, and where each
  /// goes.
  std::vector<int64_t> chosen, places;
  size_t nextInput = 0, nextTarget = 0;
  /// Rows that have passed.
  int64_t seenInputs = 0, seenTargets = 0;
  LayerRows *rows = nullptr;
};

/// Whether a function of one number has finite values and slopes everywhere.
bool isSmooth(qgraph::UnaryKind kind) {
  using qgraph::UnaryKind;
  switch (kind) {
  case UnaryKind::Sigmoid:
  case UnaryKind::Tanh:
  case UnaryKind::HardSwish:
  case UnaryKind::Gelu:
  case UnaryKind::GeluTanh:
  case UnaryKind::LeakyRelu:
  case UnaryKind::Elu:
  case UnaryKind::Softplus:
    return true;
  default:
    return false;
  }
}

/// One of each `total` / `count` rows in a row, at random.
std::vector<int64_t> chooseRows(int64_t total, int64_t count,
                                data::SplitMix64 &random) {
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < count; ++i) {
    int64_t first = total / count * i + std::min(i, total % count);
    int64_t length = total / count + (i < total % count);
    chosen.push_back(first + static_cast<int64_t>(random.below(length)));
  }
  return chosen;
}

class RowCollector {
public:
  llvm::Error addLayer(Operation *op, const Simulation &types, int64_t runs,
                       const quantize::LearningOptions &options);
  void addInputs(const Observation &seen);
  void addTargets(const Observation &seen);
  quantize::RowsOfLayers take() { return std::move(result); }

private:
  std::vector<Source> sources;
  quantize::RowsOfLayers result;
};

llvm::Error RowCollector::addLayer(Operation *op, const Simulation &types,
                                   int64_t runs,
                                   const quantize::LearningOptions &options) {
  std::string name = layerOf(op->getResult(0));
  std::string input = layerOf(op->getOperand(0));
  auto typeOf = [&](const std::string &value) {
    auto found = types.values.find(value);
    return found == types.values.end()
               ? quant::UniformQuantizedType()
               : dyn_cast<quant::UniformQuantizedType>(found->second.type);
  };
  std::optional<Patches> patches = Patches::of(op);
  auto inType = typeOf(input), outType = typeOf(name);
  if (!patches || !inType || !outType)
    return llvm::createStringError("layer '" + name +
                                   "' is no convolution between values of "
                                   "quantized types");
  LayerRows &rows = result[name];
  rows.groups = patches->groups();
  rows.size = patches->size();
  rows.channels = quantize::shapeOf(op->getResult(0)).back();
  int64_t total = runs * patches->rows(), columns = rows.groups * rows.size;
  rows.rows = std::min(
      {total, options.rows, std::max<int64_t>(256, kMostElements / columns)});
  rows.scale = inType.getScale();
  int64_t zero = outType.getZeroPoint();
  rows.low = (outType.getStorageTypeMin() - zero) * outType.getScale();
  rows.high = (outType.getStorageTypeMax() - zero) * outType.getScale();
  rows.codes.resize(columns * rows.rows);
  rows.targets.resize(rows.channels * rows.rows);
  if (op->getResult(0).hasOneUse())
    if (auto unary =
            dyn_cast<qgraph::UnaryOp>(*op->getResult(0).getUsers().begin());
        unary && isSmooth(unary.getKind()))
      rows.activation = [kind = unary.getKind(),
                         alpha = unary.getAlpha().convertToDouble()](double x) {
        double y = qgraph::evaluateUnary(kind, alpha, x);
        return std::pair(y, unaryDerivative(kind, alpha, x, y));
      };
  // Another choice for every layer, whatever other layers there are.
  uint64_t seed = options.seed;
  for (char c : name)
    seed = data::SplitMix64(seed ^ static_cast<unsigned char>(c)).next();
  data::SplitMix64 random(seed);
  Source source{name, input, *patches, {}, {}};
  source.chosen = chooseRows(total, rows.rows, random);
  source.places = data::drawSubset(0, rows.rows, rows.rows, random.next());
  source.rows = &rows;
  sources.push_back(std::move(source));
  return llvm::Error::success();
}

void RowCollector::addInputs(const Observation &seen) {
  for (Source &source : sources) {
    if (source.input != seen.layer)
      continue;
    LayerRows &rows = *source.rows;
    Patches patches = source.patches.repeated(seen.samples);
    int64_t first = source.seenInputs;
    source.seenInputs += patches.rows();
    std::vector<int32_t> codes;
    for (; source.nextInput < source.chosen.size() &&
           source.chosen[source.nextInput] < source.seenInputs;
         ++source.nextInput) {
      if (codes.empty())
        for (float value : seen.values)
          codes.push_back(
              static_cast<int32_t>(std::nearbyint(value / rows.scale)));
      std::vector<int32_t> row =
          patches.cut(codes, source.chosen[source.nextInput] - first, 1);
      int64_t place = source.places[source.nextInput];
      for (size_t column = 0; column < row.size(); ++column)
        rows.codes[column * rows.rows + place] =
            static_cast<float>(row[column]);
    }
  }
}

void RowCollector::addTargets(const Observation &seen) {
  for (Source &source : sources) {
    if (source.name != seen.layer)
      continue;
    LayerRows &rows = *source.rows;
    int64_t first = source.seenTargets;
    source.seenTargets += seen.samples * source.patches.rows();
    for (; source.nextTarget < source.chosen.size() &&
           source.chosen[source.nextTarget] < source.seenTargets;
         ++source.nextTarget) {
      const float *from =
          seen.values.data() +
          (source.chosen[source.nextTarget] - first) * rows.channels;
      int64_t place = source.places[source.nextTarget];
      for (int64_t c = 0; c < rows.channels; ++c)
        rows.targets[c * rows.rows + place] = from[c];
    }
  }
}

} // namespace

llvm::Expected<quantize::RowsOfLayers>
collectRows(func::FuncOp rounded, func::FuncOp exact,
            llvm::ArrayRef<std::string> layers,
            llvm::ArrayRef<data::Dataset> datasets,
            llvm::ArrayRef<InputFormat> formats,
            const quantize::LearningOptions &options) {
  EvaluatorOptions evaluatorOptions;
  evaluatorOptions.threads = 1;
  auto inputsOf = FloatEvaluator::create(rounded, evaluatorOptions);
  if (!inputsOf)
    return inputsOf.takeError();
  auto targetsOf = FloatEvaluator::create(exact, evaluatorOptions);
  if (!targetsOf)
    return targetsOf.takeError();
  Simulation types = statedTypes(rounded);
  if (llvm::Error error = (*inputsOf)->simulate(types))
    return std::move(error);
  llvm::Expected<int64_t> group = samplesOfRun(rounded, datasets);
  if (!group)
    return group.takeError();
  int64_t runs = datasets.empty() ? 0 : datasets.front().size() / *group;
  RowCollector collector;
  for (Operation &op : rounded.front().without_terminator())
    if (llvm::is_contained(layers, layerOf(op.getResult(0))))
      if (llvm::Error error = collector.addLayer(&op, types, runs, options))
        return std::move(error);
  constexpr int64_t atOnce = 64;
  for (int64_t first = 0; first < runs; first += atOnce) {
    int64_t count = std::min(atOnce, runs - first);
    std::vector<std::vector<float>> values = samplesOf(
        rounded, datasets, formats, first * *group, (first + count) * *group);
    std::vector<llvm::ArrayRef<float>> inputs(values.begin(), values.end());
    auto observeInputs = [&](const Observation &seen) {
      collector.addInputs(seen);
      return llvm::Error::success();
    };
    auto observeTargets = [&](const Observation &seen) {
      collector.addTargets(seen);
      return llvm::Error::success();
    };
    if (auto done = (*inputsOf)->run(count, inputs, observeInputs); !done)
      return done.takeError();
    if (auto done = (*targetsOf)->run(count, inputs, observeTargets); !done)
      return done.takeError();
  }
  return collector.take();
}

} // namespace qcc::evaluate
