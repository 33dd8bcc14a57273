// Scale reparameterization of norms (RepQ-ViT, Li et al., ICCV 2023): every
// channel of a norm's result gets its own range, and the tensor one scale. Or
// ranges move to the weights in part only: SmoothQuant, FPTQ.
#include "passes/Quantize/ChannelShifts.h"
#include "passes/Quantize/GivenProfile.h"
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

double medianOf(std::vector<double> values) {
  size_t half = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + half, values.end());
  return values[half];
}

/// What a normal distribution cut off at `range` has for density, and what
/// lies beyond it on either side, squared distances summed.
double errorBeyond(double reach) {
  // E[(x - r)^2; x > r] of N(0, 1).
  double density = std::exp(-reach * reach / 2) / std::sqrt(2 * M_PI);
  double tail = std::erfc(reach / std::sqrt(2.0)) / 2;
  return (1 + reach * reach) * tail - reach * density;
}

/// Lower and upper clip of a channel, each on its own, for the least squared
/// error of a normal distribution within `whole` (dual clipping, RepQuant).
Range clipNormal(Range whole, double mean, double deviation, unsigned bits) {
  if (!(deviation > 0))
    return whole;
  double levels = std::ldexp(1, static_cast<int>(bits)) - 1;
  double down = (mean - whole.lo) / deviation;
  double up = (whole.hi - mean) / deviation;
  auto loss = [&](double low, double high) {
    double step = (low + high) / levels;
    double beyond = errorBeyond(low) - errorBeyond(down) + errorBeyond(high) -
                    errorBeyond(up);
    return step * step / 12 + beyond;
  };
  double best = loss(down, up);
  Range reach{down, up};
  for (int i = 1; i <= 40; ++i)
    for (int k = 1; k <= 40; ++k) {
      double low = down * i / 40, high = up * k / 40;
      if (double error = loss(low, high); error < best) {
        best = error;
        reach = {low, high};
      }
    }
  return {mean - reach.lo * deviation, mean + reach.hi * deviation};
}

class ReparameterizePass : public impl::ReparameterizeBase<ReparameterizePass> {
public:
  using ReparameterizeBase::ReparameterizeBase;
  ReparameterizePass() = default;
  explicit ReparameterizePass(const QuantizeOptions &options)
      : how(options.reparameterize), profile(options.profile),
        plan(options.plan) {
    spread = options.spread;
  }
  ReparameterizePass(const ReparameterizePass &other)
      : ReparameterizeBase(other), how(other.how), profile(other.profile),
        plan(other.plan) {}

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function || failed(readOptions()))
      return signalPassFailure();
    if (how->kind == Reparameterization::Off)
      return;
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
  /// Those of the text, unless a program made the pass.
  LogicalResult readOptions() {
    if (how)
      return success();
    llvm::Expected<Reparameterization> parsed = parseReparameterization(mode);
    if (!parsed)
      return getOperation().emitError(llvm::toString(parsed.takeError()));
    how = *parsed;
    if (failed(given.read(getOperation(), profilePath)))
      return failure();
    profile = given.get();
    return success();
  }

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
        Range whole{channel.min, channel.max};
        if (how->clip) {
          ranges.push_back(clipNormal(whole, mean, deviation, bits));
          continue;
        }
        double reach = reachOf(bits) * deviation;
        ranges.push_back({std::max(whole.lo, mean - reach),
                          std::min(whole.hi, mean + reach)});
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
    if (how->kind == Reparameterization::Ranges)
      setScales(choice, mayShift, bits);
    else
      smooth(choice, classes);
    return choice;
  }

  /// RepQ-ViT's equations 5 to 8, with the common zero point rounded before the
  /// shifts follow from it.
  void setScales(Choice &choice, bool mayShift, unsigned bits) const {
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
    double common = how->median ? medianOf(steps) : sum / count;
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

  /// SmoothQuant's equation 4, or FPTQ's logarithm, of the largest magnitudes.
  void smooth(Choice &choice, const ChannelClasses &classes) const {
    std::vector<double> most;
    for (const Range &range : choice.ranges)
      most.push_back(std::max(-range.lo, range.hi));
    double largest = *std::max_element(most.begin(), most.end());
    if (!(largest > 0))
      largest = 1;
    choice.shifts.assign(most.size(), 0);
    for (auto [c, x] : llvm::enumerate(most)) {
      x = std::max(x, largest * 1e-4); // a dead channel
      double scale = x / std::log2(2 + x);
      if (how->kind == Reparameterization::Smooth) {
        double weight = largestWeight(classes, choice.norm->getResult(0), c);
        scale = weight > 0 ? std::pow(x, how->strength) /
                                 std::pow(weight, 1 - how->strength)
                           : x;
      }
      choice.scales.push_back(scale);
      const Range &range = choice.ranges[c];
      choice.common.lo = std::min(choice.common.lo, range.lo / scale);
      choice.common.hi = std::max(choice.common.hi, range.hi / scale);
    }
  }

  /// Of all weights that read channel `c` of `value`.
  static double largestWeight(const ChannelClasses &classes, Value value,
                              int64_t c) {
    float largest = 0;
    for (const ChannelOf &reader :
         classes.classes()[classes.classOf(value, c)].consumers) {
      std::vector<float> weights = floatsOf(reader.op->getOperand(1));
      int64_t columns = shapeOf(reader.op->getOperand(1)).back();
      // Filters of one group: column and channel are the same.
      for (size_t i = reader.channel % columns; i < weights.size();
           i += columns)
        largest = std::max(largest, std::abs(weights[i]));
    }
    return largest;
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

  /// Set when a program made the pass, or once options are read.
  std::optional<Reparameterization> how;
  GivenProfile given;
  const Profile *profile = nullptr;
  const Plan *plan = nullptr;
};

} // namespace

llvm::Expected<Reparameterization>
parseReparameterization(llvm::StringRef text) {
  Reparameterization result;
  auto [name, strength] = text.split('=');
  bool isValid = strength.empty() && !text.ends_with("=");
  if (name == "smooth") {
    result.kind = Reparameterization::Smooth;
    isValid |= !strength.getAsDouble(result.strength) && result.strength >= 0 &&
               result.strength <= 1;
  } else if (name == "log") {
    result.kind = Reparameterization::Log;
  } else if (name == "off") {
    result.kind = Reparameterization::Off;
  } else if (name == "median") {
    result.median = true;
  } else if (name == "clip") {
    result.clip = true;
  } else {
    isValid &= name == "on";
  }
  if (isValid)
    return result;
  return llvm::createStringError(
      "-reparameterize: found '" + text +
      "', expected on, median, clip, smooth, smooth=strength in [0, 1], log "
      "or off");
}

std::unique_ptr<Pass> createReparameterize(const QuantizeOptions &options) {
  return std::make_unique<ReparameterizePass>(options);
}

} // namespace qcc
