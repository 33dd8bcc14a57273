//===- GramCollector.cpp - Products of layers' inputs on data -------------===//

#include "compiler/Evaluate/GramCollector.h"

#include "compiler/Evaluate/ExactProducts.h"
#include "compiler/Evaluate/Patches.h"

#include "dialects/QGraph/QGraph.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace qcc::evaluate {

/// Rows that are cut out at once.
static constexpr int64_t kBlock = 512;

template <typename... Ts>
static llvm::Error makeError(const char *format, Ts &&...values) {
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(), "%s",
      llvm::formatv(format, std::forward<Ts>(values)...).str().c_str());
}

struct GramCollector::Layer {
  std::string name;
  /// The value that the layer reads, as observers call it.
  std::string input;
  Patches patches;
};

GramCollector::GramCollector() = default;
GramCollector::~GramCollector() = default;

static std::string nameOf(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return llvm::formatv("input{0}", argument.getArgNumber()).str();
  auto layer = value.getDefiningOp()->getAttrOfType<StringAttr>("qgraph.layer");
  return layer ? layer.str() : "";
}

/// Whether the results of `op` are among its first operand's elements and
/// zero.
static bool keepsCodes(Operation *op) {
  if (auto clamp = dyn_cast<qgraph::ClampOp>(op))
    return clamp.getMin().isZero() && clamp.getMax().isInfinity();
  if (auto resize = dyn_cast<qgraph::ResizeOp>(op))
    return resize.getMode() == qgraph::ResizeMode::Nearest;
  return isa<qgraph::ReshapeOp, qgraph::TransposeOp, qgraph::SliceOp,
             qgraph::GatherOp, qgraph::TileOp, qgraph::MaxPool2DOp,
             quant::DequantizeCastOp>(op);
}

/// The quantized type whose codes the value has, or null.
static quant::UniformQuantizedType typeOf(Value value,
                                          const Simulation &simulation) {
  while (true) {
    auto given = simulation.values.find(nameOf(value));
    Type type = given != simulation.values.end()
                    ? given->second.type
                    : cast<RankedTensorType>(value.getType()).getElementType();
    if (auto quantized = dyn_cast_or_null<quant::UniformQuantizedType>(type))
      return quantized;
    Operation *op = value.getDefiningOp();
    if (!op || !keepsCodes(op))
      return {};
    value = op->getOperand(0);
  }
}

llvm::Error GramCollector::addLayer(Operation *op, const GramOptions &options) {
  std::string name = nameOf(op->getResult(0));
  std::optional<Patches> patches = Patches::of(op);
  if (!patches)
    return makeError("layer '{0}' is a '{1}', expected qgraph.conv2d or "
                     "qgraph.transpose_conv2d",
                     name, op->getName());
  std::string input = nameOf(op->getOperand(0));
  quant::UniformQuantizedType type =
      typeOf(op->getOperand(0), options.simulation);
  if (!type || input.empty())
    return makeError("layer '{0}' reads a value without a quantized type",
                     name);
  layers.push_back({name, input, *patches});
  quantize::Gram &gram = result[name];
  gram.groups = patches->groups();
  gram.size = patches->size();
  gram.scale = type.getScale();
  gram.products.resize(gram.groups * gram.size * gram.size);
  gram.sums.resize(gram.groups * gram.size);
  if (options.collectTargets) {
    gram.targetScale = gram.scale / GramOptions::targetSteps;
    gram.cross.resize(gram.products.size());
    gram.targetSums.resize(gram.sums.size());
  }
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<GramCollector>>
GramCollector::create(func::FuncOp function, const GramOptions &options) {
  auto collector = std::make_unique<GramCollector>();
  // One thread: the products are many and small, and sharing each costs more
  // than it saves.
  EvaluatorOptions evaluatorOptions;
  evaluatorOptions.threads = 1;
  auto quantized = FloatEvaluator::create(function, evaluatorOptions);
  if (!quantized)
    return quantized.takeError();
  collector->quantized = std::move(*quantized);
  if (llvm::Error error = collector->quantized->simulate(options.simulation))
    return std::move(error);
  if (options.collectTargets) {
    auto exact = FloatEvaluator::create(
        options.exact ? options.exact : function, evaluatorOptions);
    if (!exact)
      return exact.takeError();
    collector->exact = std::move(*exact);
  }
  llvm::StringSet<> wanted;
  for (const std::string &layer : options.layers)
    wanted.insert(layer);
  for (Operation &op : function.front().without_terminator()) {
    std::string name = nameOf(op.getResult(0));
    bool isWanted = wanted.empty() ? Patches::of(&op) && !name.empty()
                                   : wanted.contains(name);
    if (!isWanted)
      continue;
    if (llvm::Error error = collector->addLayer(&op, options))
      return std::move(error);
  }
  for (const std::string &layer : options.layers)
    if (!collector->result.count(layer))
      return makeError("the function has no layer '{0}'", layer);
  return collector;
}

/// Values in units of `step`, which they are multiples of or are rounded to.
static std::vector<int32_t> codesOf(ArrayRef<float> values, double step) {
  constexpr double limit = 1 << 30;
  std::vector<int32_t> codes;
  codes.reserve(values.size());
  for (float value : values)
    codes.push_back(static_cast<int32_t>(
        std::clamp(std::nearbyint(value / step), -limit, limit)));
  return codes;
}

static void addColumns(ArrayRef<int32_t> rows, std::vector<int64_t> &sums) {
  for (size_t i = 0; i < rows.size(); i += sums.size())
    for (size_t column = 0; column < sums.size(); ++column)
      sums[column] += rows[i + column];
}

llvm::Error GramCollector::accumulate(const Layer &layer,
                                      ArrayRef<float> values,
                                      ArrayRef<float> targets,
                                      int64_t samples) {
  auto isFinite = [](float value) { return std::isfinite(value); };
  if (!llvm::all_of(values, isFinite) || !llvm::all_of(targets, isFinite))
    return makeError("layer '{0}' reads values that are not finite",
                     layer.name);
  quantize::Gram &gram = result[layer.name];
  Patches patches = layer.patches.repeated(samples);
  std::vector<int32_t> codes = codesOf(values, gram.scale), targetCodes;
  if (!targets.empty())
    targetCodes = codesOf(targets, gram.targetScale);
  int64_t size = gram.size, columns = gram.groups * size;
  for (int64_t row = 0; row < patches.rows(); row += kBlock) {
    int64_t count = std::min(kBlock, patches.rows() - row);
    std::vector<int32_t> block = patches.cut(codes, row, count), targetBlock;
    addColumns(block, gram.sums);
    DigitMatrix inputs(block, columns);
    for (int64_t g = 0; g < gram.groups; ++g)
      if (llvm::Error error =
              addExactProducts(inputs, g * size, size, inputs, g * size, size,
                               gram.products.data() + g * size * size))
        return error;
    if (targets.empty())
      continue;
    targetBlock = patches.cut(targetCodes, row, count);
    addColumns(targetBlock, gram.targetSums);
    DigitMatrix wanted(targetBlock, columns);
    for (int64_t g = 0; g < gram.groups; ++g)
      if (llvm::Error error =
              addExactProducts(inputs, g * size, size, wanted, g * size, size,
                               gram.cross.data() + g * size * size))
        return error;
  }
  gram.rows += patches.rows();
  return llvm::Error::success();
}

llvm::Error GramCollector::addBatch(int64_t samples,
                                    ArrayRef<ArrayRef<float>> inputs) {
  std::map<std::string, std::vector<float>> targets;
  for (const Layer &layer : layers)
    if (exact)
      targets[layer.input];
  auto keep = [&](const Observation &seen) {
    auto found = targets.find(seen.layer.str());
    if (found != targets.end())
      found->second = seen.values.vec();
    return llvm::Error::success();
  };
  if (exact)
    if (auto done = exact->run(samples, inputs, keep); !done)
      return done.takeError();
  auto collect = [&](const Observation &seen) -> llvm::Error {
    for (const Layer &layer : layers)
      if (layer.input == seen.layer)
        if (llvm::Error error = accumulate(
                layer, seen.values,
                exact ? ArrayRef(targets[layer.input]) : ArrayRef<float>(),
                seen.samples))
          return error;
    return llvm::Error::success();
  };
  return quantized->run(samples, inputs, collect).takeError();
}

llvm::Error GramCollector::add(int64_t samples,
                               ArrayRef<ArrayRef<float>> inputs) {
  // One batch at a time, so that the targets of few samples are held.
  int64_t step = quantized->batch();
  for (int64_t first = 0; first < samples; first += step) {
    int64_t count = std::min(step, samples - first);
    SmallVector<ArrayRef<float>> part;
    for (auto [k, input] : llvm::enumerate(inputs)) {
      if (k >= quantized->numInputs())
        break;
      int64_t elements = numElements(quantized->inputShape(k));
      if (static_cast<int64_t>(input.size()) != elements * samples)
        return makeError("argument {0} of {1} samples must have {2} elements, "
                         "got {3}",
                         k, samples, elements * samples, input.size());
      part.push_back(input.slice(first * elements, count * elements));
    }
    if (llvm::Error error = addBatch(count, part))
      return error;
  }
  return llvm::Error::success();
}

} // namespace qcc::evaluate
