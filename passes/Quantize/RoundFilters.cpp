#include "passes/Quantize/DataFree.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/RoundingMath.h"
#include "passes/Quantize/Values.h"

#include <cmath>

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_ROUNDWEIGHTS
#include "passes/Quantize/Passes.h.inc"

namespace {

/// The elements of an f32 constant; nothing if it is another one or not finite,
/// which qcc-apply-types reports.
std::optional<std::vector<float>> floatsOf(Value value) {
  auto constant = value.getDefiningOp<qgraph::ConstantOp>();
  auto dense = constant ? dyn_cast<DenseFPElementsAttr>(constant.getValue())
                        : DenseFPElementsAttr();
  if (!dense || !dense.getElementType().isF32())
    return std::nullopt;
  std::vector<float> values;
  for (float element : dense.getValues<float>()) {
    if (!std::isfinite(element))
      return std::nullopt;
    values.push_back(element);
  }
  return values;
}

/// Makes `operand` a constant of its own with these elements.
void replaceConstant(OpOperand &operand, ArrayRef<float> values) {
  auto old = operand.get().getDefiningOp<qgraph::ConstantOp>();
  OpBuilder builder(operand.getOwner());
  auto type = cast<RankedTensorType>(old.getType());
  auto fresh = qgraph::ConstantOp::create(builder, old.getLoc(), type,
                                          DenseElementsAttr::get(type, values));
  fresh->setDiscardableAttrs(old->getDiscardableAttrDictionary());
  operand.set(fresh);
  if (old->use_empty())
    old.erase();
}

/// To nearest, with the least scale that covers all channels.
RoundedWeights roundByOneScale(ArrayRef<float> weights, size_t channels,
                               WeightCodes codes) {
  std::vector<double> reals(weights.begin(), weights.end());
  double scale = coveringScale(reals, codes);
  return {nearestCodes(reals, scale, codes),
          std::vector<double>(channels, scale)};
}

class RoundWeightsPass : public impl::RoundWeightsBase<RoundWeightsPass> {
public:
  using RoundWeightsBase::RoundWeightsBase;
  RoundWeightsPass() = default;
  explicit RoundWeightsPass(const QuantizeOptions &options)
      : options(options) {}
  RoundWeightsPass(const RoundWeightsPass &other)
      : RoundWeightsBase(other), options(other.options) {}

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function)
      return signalPassFailure();
    options.biasCorrection |= biasCorrection;
    if (options.biasCorrection && !options.grams)
      means = estimateMeans(function, knownRanges(function), {options.spread});
    std::vector<Operation *> layers, measured;
    for (Operation &op : function.front())
      if (isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op) &&
          wantsRounding(&op))
        (isMeasured(&op) ? measured : layers).push_back(&op);
    for (Operation *op : layers)
      roundFilter(op, nullptr);
    if (!measured.empty() && failed(roundMeasured(function, measured)))
      signalPassFailure();
  }

private:
  bool wantsRounding(Operation *op) const {
    if (!floatsOf(op->getOperand(1)) || !floatsOf(op->getOperand(2)))
      return false;
    return getWeightBits(op) < 8 ||
           options.rounding.kind != RoundingKind::Nearest ||
           options.biasCorrection;
  }

  /// What estimates start from, as in qcc-assign-ranges.
  static llvm::DenseMap<Value, Range> knownRanges(func::FuncOp function) {
    llvm::DenseMap<Value, Range> known;
    for (BlockArgument argument : function.getArguments())
      if (std::optional<Range> range = getRange(argument))
        known[argument] = *range;
    return known;
  }

  bool isMeasured(Operation *op) const {
    return options.grams && !layerOf(op->getResult(0)).empty();
  }

  /// Some layers at a time, each with what the rounding before it left.
  LogicalResult roundMeasured(func::FuncOp function,
                              ArrayRef<Operation *> measured) {
    bool needsTargets = options.rounding.needsTargets();
    OwningOpRef<func::FuncOp> exact;
    if (needsTargets)
      exact = function.clone();
    int64_t steps = std::max<int64_t>(1, options.roundingSteps);
    int64_t total = static_cast<int64_t>(measured.size());
    int64_t atOnce = (total + steps - 1) / steps;
    for (int64_t first = 0; first < total; first += atOnce) {
      ArrayRef<Operation *> part =
          measured.slice(first, std::min(atOnce, total - first));
      std::vector<std::string> names;
      for (Operation *op : part)
        names.push_back(layerOf(op->getResult(0)));
      auto grams = options.grams(
          function, needsTargets ? exact.get() : func::FuncOp(), names);
      if (!grams)
        return function.emitError("cannot measure the inputs of layers: ")
               << llvm::toString(grams.takeError());
      quantize::RowsOfLayers rows;
      if (options.rounding.kind == RoundingKind::AdaQuant) {
        auto collected = options.rows(function, exact.get(), names);
        if (!collected)
          return function.emitError("cannot measure the inputs of layers: ")
                 << llvm::toString(collected.takeError());
        rows = std::move(*collected);
      }
      for (auto [op, name] : llvm::zip(part, names)) {
        auto found = rows.find(name);
        roundFilter(op, &grams->at(name),
                    found == rows.end() ? nullptr : &found->second);
      }
    }
    return success();
  }

  void roundFilter(Operation *op, const Gram *gram,
                   const LayerRows *rows = nullptr) {
    std::vector<float> weights = *floatsOf(op->getOperand(1));
    std::vector<float> biases = *floatsOf(op->getOperand(2));
    WeightCodes codes = weightCodes(getWeightBits(op));
    RoundedWeights rounded =
        options.granularity == WeightGranularity::Tensor
            ? roundByOneScale(weights, biases.size(), codes)
            : roundLayer(weights, biases.size(), codes, gram,
                         options.rounding.onSums());
    if (gram && options.biasCorrection) {
      std::vector<double> corrections =
          biasCorrections(weights, rounded, *gram);
      for (auto [bias, correction] : llvm::zip(biases, corrections))
        bias = static_cast<float>(bias + correction);
      replaceConstant(op->getOpOperand(2), biases);
    }
    if (rows) {
      LearnedLayer learned = learnRounding(weights, biases, rounded, codes,
                                           *rows, options.rounding.learning);
      rounded = std::move(learned.weights);
      replaceConstant(op->getOpOperand(2), learned.biases);
    }
    if (!gram && options.biasCorrection)
      correctByEstimates(op, weights, rounded, biases);
    size_t size = weights.size() / std::max<size_t>(1, biases.size());
    for (size_t i = 0; i < weights.size(); ++i)
      weights[i] =
          static_cast<float>(rounded.scales[i / size] * rounded.codes[i]);
    replaceConstant(op->getOpOperand(1), weights);
    op->setAttr("qgraph.weight_scales",
                DenseF64ArrayAttr::get(&getContext(), rounded.scales));
  }

  /// The mean error by the means that batch normalizations state (Nagel et al.,
  /// Data-free quantization through weight equalization and bias correction,
  /// section 4.2). Padding counts as the mean.
  void correctByEstimates(Operation *op, ArrayRef<float> weights,
                          const RoundedWeights &rounded,
                          std::vector<float> &biases) {
    auto conv = dyn_cast<qgraph::Conv2DOp>(op);
    auto found = conv ? means.find(conv.getInput()) : means.end();
    if (found == means.end())
      return;
    const std::vector<double> &input = found->second;
    size_t perGroup = shapeOf(conv.getFilter()).back();
    size_t size = weights.size() / biases.size();
    size_t outputs = biases.size() / conv.getGroups();
    for (size_t o = 0; o < biases.size(); ++o) {
      double sum = 0;
      for (size_t i = 0; i < size; ++i) {
        size_t channel = o / outputs * perGroup + i % perGroup;
        double error = weights[o * size + i] -
                       rounded.scales[o] * rounded.codes[o * size + i];
        sum += input[input.size() == 1 ? 0 : channel] * error;
      }
      biases[o] = static_cast<float>(biases[o] + sum);
    }
    replaceConstant(op->getOpOperand(2), biases);
  }

  QuantizeOptions options;
  /// Of activations, by channel, where there are no data.
  llvm::DenseMap<Value, std::vector<double>> means;
};

} // namespace

std::unique_ptr<Pass> createRoundWeights(const QuantizeOptions &options) {
  return std::make_unique<RoundWeightsPass>(options);
}

} // namespace qcc
