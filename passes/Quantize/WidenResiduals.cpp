// What norms read gets 16 bits where 8 lose too much of what is left once the
// norm has taken the mean off.
#include "dialects/Decimal.h"
#include "passes/Quantize/GivenProfile.h"
#include "passes/Quantize/Observers.h"
#include "passes/Quantize/Plan.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/TypeGroups.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_WIDENRESIDUALS
#include "passes/Quantize/Passes.h.inc"

namespace {

bool isNorm(Operation &op) {
  return isa<qgraph::LayerNormOp, qgraph::RmsNormOp>(op);
}

/// The energy, by element, that a norm works on: what of its input differs from
/// the mean, where it takes that off.
double energyFor(Operation *norm, const ValueStats &stats) {
  double square = stats.elements
                      ? stats.sumSquares / static_cast<double>(stats.elements)
                      : 0;
  return isa<qgraph::LayerNormOp>(norm) ? stats.variance() : square;
}

/// One network and what is chosen for it.
class Widening {
public:
  Widening(func::FuncOp function, const Profile *profile, Observer observer,
           unsigned bits, double threshold)
      : function(function), groups(function), profile(profile),
        observer(observer), bits(bits), threshold(threshold) {}

  void run() {
    for (Operation &op : function.front()) {
      if (!isNorm(op) || !isActivation(op.getOperand(0)))
        continue;
      const ValueStats *stats = statsOf(op.getOperand(0));
      if (bits == 0 && !stats)
        continue;
      seen.clear();
      visit(op.getOperand(0), stats ? energyFor(&op, *stats) : 0);
    }
    if (bits == 0 && widened > 0)
      emitRemark(function.getLoc())
          << widened << (widened == 1 ? " value" : " values")
          << " before norms " << (widened == 1 ? "has" : "have")
          << " 16 bits; 8 would leave " << llvm::formatv("{0:F1}", least).str()
          << " dB of layer '" << worst << "' (-residual-bits=8 keeps 8)";
  }

private:
  const ValueStats *statsOf(Value value) const {
    return profile ? profile->find(layerOf(value)) : nullptr;
  }

  /// Whether the bits of a value and of all that share its type are free.
  bool isFree(ArrayRef<Value> members) const {
    return llvm::all_of(members, [&](Value member) {
      Operation *op = member.getDefiningOp();
      return op && !isGiven(member) && !getFact(member, "qgraph.type") &&
             !op->hasAttr("qgraph.rounding") &&
             (bits != 0 || getBits(member) == 8);
    });
  }

  /// What 8 bits leave of `energy` in dB.
  double decibels(Value value, double energy) const {
    const ValueStats *stats = statsOf(value);
    if (!stats)
      return HUGE_VAL;
    QuantScheme scheme = activationScheme(8);
    Range range = observer.kind == ObserverKind::Auto
                      ? tryRanges(*stats, scheme).front().range
                      : chooseRange(*stats, observer, scheme);
    double error = quantizationError(*stats, range, scheme);
    return error > 0 ? 10 * std::log10(energy / error) : HUGE_VAL;
  }

  /// Gives `value`, part of what a norm with the signal `energy` reads, the
  /// bits that it needs; then what it is the sum of.
  void visit(Value value, double energy) {
    if (!isActivation(value) || !seen.insert(value).second)
      return;
    SmallVector<Value> members = groups.membersOf(value);
    if (isFree(members))
      widen(value, members, energy);
    Operation *op = value.getDefiningOp();
    if (!op)
      return;
    if (isa<qgraph::AddOp, qgraph::SubOp, qgraph::ConcatOp>(op))
      for (Value operand : op->getOperands())
        visit(operand, energy);
    else if (keepsType(op))
      visit(op->getOperand(0), energy);
  }

  void widen(Value value, ArrayRef<Value> members, double energy) {
    double left = bits == 0 ? decibels(value, energy) : 0;
    if (bits == 0 && !(left < threshold))
      return;
    for (Value member : members)
      setBits(member, bits == 0 ? 16 : bits, /*isGiven=*/false);
    if (bits != 0)
      return;
    widened += members.size();
    if (left < least) {
      least = left;
      worst = layerOf(value);
    }
  }

  func::FuncOp function;
  TypeGroups groups;
  const Profile *profile;
  Observer observer;
  unsigned bits;
  double threshold;
  llvm::DenseSet<Value> seen;
  size_t widened = 0;
  double least = HUGE_VAL;
  std::string worst;
};

class WidenResidualsPass : public impl::WidenResidualsBase<WidenResidualsPass> {
public:
  using WidenResidualsBase::WidenResidualsBase;
  WidenResidualsPass() = default;
  explicit WidenResidualsPass(const QuantizeOptions &options)
      : given(options.profile), observer(options.observer) {
    bits = options.residualBits;
    // Few bits for all are no wish for many in some.
    if (bits == 0 && options.plan && options.plan->activations != 8)
      given = GivenProfile(nullptr);
  }
  WidenResidualsPass(const WidenResidualsPass &other)
      : WidenResidualsBase(other), given(other.given),
        observer(other.observer) {}

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function)
      return signalPassFailure();
    if (bits != 0 && !isActivationWidth(bits)) {
      getOperation().emitError("expected 4, 6, 8 or 16 bits of what norms "
                               "read, found ")
          << bits.getValue();
      return signalPassFailure();
    }
    if (failed(given.read(getOperation(), profilePath)))
      return signalPassFailure();
    Widening(function, given.get(), observer, bits, threshold).run();
  }

private:
  GivenProfile given;
  Observer observer{ObserverKind::Mse};
};

} // namespace

std::unique_ptr<Pass> createWidenResiduals(const QuantizeOptions &options) {
  return std::make_unique<WidenResidualsPass>(options);
}

} // namespace qcc
