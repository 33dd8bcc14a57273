// Scales of attention's shares from what shares there are: steps no coarser
// than the largest share needs, and what rounding takes off the row sums given
// back (Softmax bias correction, Pandey et al., 2023, folded into the scale).
#include "passes/Quantize/GivenProfile.h"
#include "passes/Quantize/Observers.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/TypeGroups.h"

#include "mlir/IR/Builders.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_SCALESHARES
#include "passes/Quantize/Passes.h.inc"

namespace {

/// Steps of 2^-15 are the finest that integers make.
constexpr int mostShareBits = 15;

/// What matrix products multiply shares by: per row of shares, the energy of
/// the channels' means and that of what differs from them.
struct Factors {
  double means = 0, rest = 0;

  void add(const ValueStats &stats) {
    if (stats.channels.empty()) {
      means += stats.mean() * stats.mean();
      rest += stats.variance();
      return;
    }
    double elements = static_cast<double>(stats.elements) /
                      static_cast<double>(stats.channels.size());
    for (const ChannelStats &channel : stats.channels) {
      double mean = channel.sum / elements;
      means += mean * mean;
      rest += std::max(channel.sumSquares / elements - mean * mean, 0.0);
    }
  }
};

/// The number that codes, in steps of `step` up to `most`, are to be multiplied
/// by for the least squared error of the products (rule softmax-x8).
double correctionOf(const ValueStats &stats, const Factors &factors,
                    double step, int32_t most) {
  const Histogram &histogram = stats.histogram;
  double products = 0, squares = 0;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    // Steps are multiples of the bins' width: a bin has one code.
    double share = std::clamp<double>(
        histogram.lowerEdge(i) + histogram.width() / 2, stats.min, stats.max);
    double code = std::min<double>(std::floor(share / step + 0.5), most) * step;
    auto count = static_cast<double>(histogram.counts[i]);
    products += count * share * code;
    squares += count * code * code;
  }
  // The shares of a row sum to 1, so this is the number of rows.
  double rows = stats.sum;
  double sum = sumOfCodes(stats, step, most) * step / rows;
  double wanted = factors.means * sum + factors.rest * products / rows;
  double found = factors.means * sum * sum + factors.rest * squares / rows;
  return rows > 0 && found > 0 ? wanted / found : 1;
}

class ScaleSharesPass : public impl::ScaleSharesBase<ScaleSharesPass> {
public:
  using ScaleSharesBase::ScaleSharesBase;
  ScaleSharesPass() = default;
  explicit ScaleSharesPass(const QuantizeOptions &options)
      : given(options.profile) {}
  ScaleSharesPass(const ScaleSharesPass &other)
      : ScaleSharesBase(other), given(other.given) {}

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function || failed(given.read(getOperation(), profilePath)))
      return signalPassFailure();
    const Profile *profile = given.get();
    if (!profile)
      return;
    TypeGroups groups(function);
    for (auto softmax : function.front().getOps<qgraph::SoftmaxOp>())
      if (isOurs(softmax) && groups.areFactors(softmax.getOutput()))
        if (const ValueStats *stats =
                profile->find(layerOf(softmax.getOutput())))
          scale(softmax, *stats, factorsOf(softmax, groups, *profile));
  }

private:
  static bool isOurs(qgraph::SoftmaxOp softmax) {
    return !softmax.getLog() && !softmax->hasAttr("qgraph.rounding") &&
           !softmax->hasAttr("qgraph.type") &&
           getBits(softmax.getOutput()) <= 8;
  }

  static Factors factorsOf(qgraph::SoftmaxOp softmax, const TypeGroups &groups,
                           const Profile &profile) {
    Factors factors;
    for (Value member : groups.membersOf(softmax.getOutput()))
      for (OpOperand &use : member.getUses())
        if (isa<qgraph::MatMulOp>(use.getOwner()))
          if (const ValueStats *stats = profile.find(layerOf(
                  use.getOwner()->getOperand(1 - use.getOperandNumber()))))
            factors.add(*stats);
    return factors;
  }

  static void scale(qgraph::SoftmaxOp softmax, const ValueStats &stats,
                    const Factors &factors) {
    unsigned bits = getBits(softmax.getOutput());
    int32_t most = (1 << bits) - 1;
    int shareBits = static_cast<int>(bits);
    while (shareBits < mostShareBits &&
           std::ldexp(most, -shareBits - 1) >= stats.max)
      ++shareBits;
    double step = std::ldexp(1, -shareBits);
    double scale = step * correctionOf(stats, factors, step, most);
    Builder builder(softmax.getContext());
    setFact(softmax.getOutput(), "qgraph.type",
            TypeAttr::get(activationType(softmax.getContext(),
                                         {scale, -(1 << (bits - 1))},
                                         /*isSigned=*/true, bits)));
    softmax->setAttr("qgraph.share_bits", builder.getI64IntegerAttr(shareBits));
  }

  GivenProfile given;
};

} // namespace

std::unique_ptr<Pass> createScaleShares(const QuantizeOptions &options) {
  return std::make_unique<ScaleSharesPass>(options);
}

} // namespace qcc
