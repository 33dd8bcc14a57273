// Scale reparameterization of norms (RepQ-ViT, Li et al., ICCV 2023): every
// channel of a norm's result gets its own range, and the tensor one scale.
#include "passes/Quantize/ChannelShifts.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_REPARAMETERIZE
#include "passes/Quantize/Passes.h.inc"

namespace {

/// What is chosen for one norm.
struct Choice {
  Operation *norm;
  std::vector<Range> ranges;  ///< of the channels, as they are
  std::vector<double> scales; ///< divide the channels
  std::vector<double> shifts; ///< taken off the scaled channels
  Range common;               ///< of all channels afterwards
};

/// How many deviations from its mean a channel's range reaches at most: where
/// clipping costs a normal distribution as much as rounding does.
double reachOf(unsigned bits) {
  return bits <= 4 ? 3.0 : bits <= 6 ? 4.0 : 8.0;
}

class ReparameterizePass : public impl::ReparameterizeBase<ReparameterizePass> {
public:
  using ReparameterizeBase::ReparameterizeBase;
  ReparameterizePass() = default;
  explicit ReparameterizePass(const QuantizeOptions &options)
      : profile(options.profile), plan(options.plan) {
    spread = options.spread;
  }
  ReparameterizePass(const ReparameterizePass &other)
      : ReparameterizeBase(other), profile(other.profile), plan(other.plan) {}

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function)
      return signalPassFailure();
    ChannelClasses classes(function);
    ChannelShifts shifts(function, classes, ChannelShifts::Passing::Always);
    std::vector<Choice> choices;
    for (Operation &op : function.front())
      if (isa<qgraph::LayerNormOp, qgraph::RmsNormOp>(op) &&
          isActivation(op.getResult(0)))
        if (std::optional<Choice> choice = choose(&op, classes, shifts))
          choices.push_back(std::move(*choice));
    if (!choices.empty())
      apply(function, classes, shifts, choices);
  }

private:
  /// The ranges of a norm's channels: from data, or from gamma and beta. None
  /// where neither is known.
  std::vector<Range> rangesOf(Operation *norm, unsigned bits) const {
    Value value = norm->getResult(0);
    size_t count = shapeOf(value).back();
    std::vector<Range> ranges;
    const ValueStats *stats = profile ? profile->find(layerOf(value)) : nullptr;
    if (stats && stats->channels.size() == count) {
      double elements =
          static_cast<double>(stats->elements) / static_cast<double>(count);
      for (const ChannelStats &channel : stats->channels) {
        double mean = channel.sum / elements;
        double deviation = std::sqrt(
            std::max(channel.sumSquares / elements - mean * mean, 0.0));
        double reach = reachOf(bits) * deviation;
        ranges.push_back({std::max<double>(channel.min, mean - reach),
                          std::min<double>(channel.max, mean + reach)});
      }
      return ranges;
    }
    if (profile)
      return {};
    std::vector<float> gamma = floatsOf(norm->getOperand(1));
    std::vector<float> beta(count, 0.0f);
    if (isa<qgraph::LayerNormOp>(norm))
      beta = floatsOf(norm->getOperand(2));
    if (gamma.size() != count || beta.size() != count)
      return {};
    for (size_t c = 0; c < count; ++c)
      ranges.push_back({beta[c] - spread * std::abs(gamma[c]),
                        beta[c] + spread * std::abs(gamma[c])});
    return ranges;
  }

  /// Nothing where a channel cannot be scaled.
  std::optional<Choice> choose(Operation *norm, const ChannelClasses &classes,
                               const ChannelShifts &legality) const {
    Value value = norm->getResult(0);
    unsigned bits = plan ? plan->activationBits(layerOf(value)) : 8;
    Choice choice{norm, rangesOf(norm, bits), {}, {}, {}};
    bool mayShift = isa<qgraph::LayerNormOp>(norm);
    for (size_t c = 0; c < choice.ranges.size(); ++c) {
      size_t index = classes.classOf(value, static_cast<int64_t>(c));
      const ChannelClass &item = classes.classes()[index];
      if (!item.isFree() || item.producers.size() != 1 ||
          item.consumers.empty())
        return std::nullopt;
      mayShift &= legality.isLegal(index);
    }
    if (choice.ranges.empty() || bits == 16)
      return std::nullopt;
    setScales(choice, mayShift, bits);
    return choice;
  }

  /// RepQ-ViT's equations 5 to 8, with the common zero point rounded before the
  /// shifts follow from it.
  static void setScales(Choice &choice, bool mayShift, unsigned bits) {
    double half = std::ldexp(1, static_cast<int>(bits) - 1);
    std::vector<double> steps;
    for (Range &range : choice.ranges) {
      if (!mayShift) {
        double most = std::max(-range.lo, range.hi);
        range = {-most, most};
      }
      steps.push_back((range.hi - range.lo) / (2 * half - 1));
    }
    double largest = *std::max_element(steps.begin(), steps.end());
    if (!(largest > 0))
      largest = 1;
    double sum = 0, zeros = 0;
    for (auto [range, step] : llvm::zip(choice.ranges, steps)) {
      step = std::max(step, largest * 1e-4); // a dead channel
      sum += step;
      zeros += -range.lo / step - half;
    }
    double count = static_cast<double>(steps.size());
    double common = sum / count;
    double zero = std::clamp(std::round(zeros / count), -half, half - 1);
    if (!mayShift)
      zero = 0;
    choice.common = {common * (-half - zero), common * (half - 1 - zero)};
    for (auto [range, step] : llvm::zip(choice.ranges, steps)) {
      choice.scales.push_back(step / common);
      choice.shifts.push_back(
          mayShift ? range.lo / choice.scales.back() - choice.common.lo : 0);
    }
  }

  void apply(func::FuncOp function, const ChannelClasses &classes,
             ChannelShifts &shifts, ArrayRef<Choice> choices) {
    std::vector<double> scales(classes.classes().size(), 1);
    for (const Choice &choice : choices)
      for (size_t c = 0; c < choice.scales.size(); ++c) {
        size_t index =
            classes.classOf(choice.norm->getResult(0), static_cast<int64_t>(c));
        scales[index] = choice.scales[c];
        shifts.set(index, choice.shifts[c]);
      }
    applyScales(function, classes, scales);
    shifts.apply();
    for (const Choice &choice : choices) {
      auto [least, most] =
          std::minmax_element(choice.scales.begin(), choice.scales.end());
      choice.norm->setAttr(
          "qgraph.equalization",
          StringAttr::get(&getContext(),
                          llvm::formatv("ranges of {0} channels made alike, "
                                        "{1:F1} times apart before",
                                        choice.scales.size(), *most / *least)
                              .str()));
      state(choice.norm->getResult(0), choice.common);
    }
  }

  /// States the range of a value and of all that only moves its elements.
  static void state(Value value, Range range) {
    setRange(value, range);
    for (Operation *user : value.getUsers())
      if (keepsType(user) && user->getNumResults() == 1)
        state(user->getResult(0), range);
  }

  const Profile *profile = nullptr;
  const Plan *plan = nullptr;
};

} // namespace

std::unique_ptr<Pass> createReparameterize(const QuantizeOptions &options) {
  return std::make_unique<ReparameterizePass>(options);
}

} // namespace qcc
