//===- Calibrate.cpp - Statistics of a network on data --------------------===//

#include "compiler/Evaluate/Calibrate.h"

#include "dialects/QGraph/QGraph.h"
#include "passes/Quantize/Values.h"

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

llvm::Expected<int64_t> samplesOfRun(func::FuncOp function,
                                     llvm::ArrayRef<data::Dataset> datasets) {
  if (datasets.size() != function.getNumArguments())
    return makeError("the network has {0} arguments, got {1} data sets",
                     function.getNumArguments(), datasets.size());
  int64_t group = 1;
  for (auto [k, dataset] : llvm::enumerate(datasets)) {
    auto type = cast<RankedTensorType>(function.getArgumentTypes()[k]);
    llvm::ArrayRef<int64_t> shape = type.getShape();
    if (k == 0 && !shape.empty())
      group = shape.front();
    if (shape.empty() || shape.front() != group)
      return makeError("argument {0} must have a leading axis for the samples, "
                       "of size {1} like argument 0",
                       k, group);
    if (llvm::Error error = checkDataset(dataset, type))
      return std::move(error);
    if (dataset.size() != datasets.front().size())
      return makeError("{0} has {1} samples, expected {2} as in {3}",
                       dataset.describe(), dataset.size(),
                       datasets.front().size(), datasets.front().describe());
    if (dataset.size() < group)
      return makeError("{0} has {1} samples, the network takes {2} at once",
                       dataset.describe(), dataset.size(), group);
  }
  return group;
}

std::vector<std::vector<float>>
samplesOf(func::FuncOp function, llvm::ArrayRef<data::Dataset> datasets,
          llvm::ArrayRef<InputFormat> formats, int64_t first, int64_t end) {
  std::vector<std::vector<float>> values;
  for (auto [k, dataset] : llvm::enumerate(datasets))
    values.push_back(networkInput(
        dataset, first, end,
        inputFormat(function.getArgumentTypes()[k],
                    formats.empty()
                        ? InputFormat()
                        : formats[std::min<size_t>(k, formats.size() - 1)])));
  return values;
}

/// The channels of norms' results: what reparameterization goes by.
static llvm::StringMap<size_t> normChannels(func::FuncOp function) {
  llvm::StringMap<size_t> channels;
  for (Operation &op : function.front())
    if (auto layer = op.getAttrOfType<StringAttr>("qgraph.layer");
        layer && isa<qgraph::LayerNormOp, qgraph::RmsNormOp>(op))
      channels[layer.getValue()] =
          cast<RankedTensorType>(op.getResult(0).getType()).getShape().back();
  return channels;
}

/// Shape of what shares of attention are multiplied by, for one sample.
struct FactorShape {
  int64_t matrices = 0, rows = 0, columns = 0;
};

/// Whether `value` has the elements of a softmax.
static bool areShares(Value value) {
  Operation *op = value.getDefiningOp();
  while (isa_and_nonnull<qgraph::ReshapeOp, qgraph::TransposeOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return isa_and_nonnull<qgraph::SoftmaxOp>(op);
}

/// What softmax results are multiplied by: their columns, in each matrix, are
/// what the correction of shares goes by.
static llvm::StringMap<FactorShape> shareFactors(func::FuncOp function) {
  llvm::StringMap<FactorShape> factors;
  for (auto product : function.front().getOps<qgraph::MatMulOp>()) {
    if (!areShares(product.getLhs()))
      continue;
    auto type = cast<RankedTensorType>(product.getRhs().getType());
    factors[quantize::layerOf(product.getRhs())] = {
        type.getDimSize(0), type.getDimSize(1), type.getDimSize(2)};
  }
  return factors;
}

/// Matrices `[samples * matrices, rows, columns]` with those of a sample side
/// by side: `[samples, rows, matrices * columns]`.
static std::vector<float> sideBySide(llvm::ArrayRef<float> values,
                                     const FactorShape &shape) {
  std::vector<float> moved;
  moved.reserve(values.size());
  int64_t matrix = shape.rows * shape.columns;
  for (int64_t sample = 0, size = shape.matrices * matrix;
       sample < static_cast<int64_t>(values.size()); sample += size)
    for (int64_t row = 0; row < shape.rows; ++row)
      for (int64_t m = 0; m < shape.matrices; ++m) {
        auto part = values.slice(sample + m * matrix + row * shape.columns,
                                 shape.columns);
        moved.insert(moved.end(), part.begin(), part.end());
      }
  return moved;
}

llvm::Expected<quantize::Profile>
calibrate(func::FuncOp function, llvm::ArrayRef<data::Dataset> datasets,
          llvm::ArrayRef<InputFormat> formats, ProgressCallback progress) {
  auto evaluator = FloatEvaluator::create(function);
  if (!evaluator)
    return evaluator.takeError();
  llvm::Expected<int64_t> group = samplesOfRun(function, datasets);
  if (!group)
    return group.takeError();
  quantize::Profile profile;
  llvm::StringMap<size_t> channels = normChannels(function);
  llvm::StringMap<FactorShape> factors = shareFactors(function);
  auto observe = [&](const Observation &seen) {
    // A value that keeps its samples apart counts each of them.
    int64_t samples = seen.samples * *group;
    if (static_cast<int64_t>(seen.values.size()) % samples != 0)
      samples = seen.samples;
    FactorShape factor = factors.lookup(seen.layer);
    int64_t size = factor.matrices * factor.rows * factor.columns;
    if (size > 0 && seen.values.size() % size == 0)
      return profile.accumulate(seen.layer, sideBySide(seen.values, factor),
                                samples, factor.matrices * factor.columns);
    return profile.accumulate(seen.layer, seen.values, samples,
                              channels.lookup(seen.layer));
  };
  int64_t total = datasets.empty() ? 0 : datasets.front().size();
  total -= total % *group;
  int64_t step = (*evaluator)->batch() * *group;
  for (int64_t first = 0; first < total; first += step) {
    int64_t end = std::min(first + step, total);
    std::vector<std::vector<float>> values =
        samplesOf(function, datasets, formats, first, end);
    std::vector<llvm::ArrayRef<float>> inputs(values.begin(), values.end());
    auto results = (*evaluator)->run((end - first) / *group, inputs, observe);
    if (!results)
      return results.takeError();
    if (progress)
      progress(end);
  }
  return profile;
}

} // namespace qcc::evaluate
