#include "passes/Quantize/PlanNetwork.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/TypeGroups.h"

#include "mlir/IR/Builders.h"

#include <cmath>

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_LOGSHARES
#include "passes/Quantize/Passes.h.inc"

namespace {

/// Codes 0 to 15 stand for powers of sqrt(1/2).
constexpr unsigned codeBits = 4;
const double step = std::log(2.0) / 2;

struct LogShares : impl::LogSharesBase<LogShares> {
  using LogSharesBase::LogSharesBase;

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function)
      return signalPassFailure();
    TypeGroups groups(function);
    SmallVector<qgraph::SoftmaxOp> chosen;
    for (auto softmax : function.front().getOps<qgraph::SoftmaxOp>())
      if (!softmax.getLog() && !softmax->hasAttr("qgraph.rounding") &&
          getBits(softmax.getOutput()) == codeBits &&
          groups.areFactors(softmax.getOutput()))
        chosen.push_back(softmax);
    for (qgraph::SoftmaxOp softmax : chosen)
      split(softmax, groups.membersOf(softmax.getOutput()));
  }

private:
  void split(qgraph::SoftmaxOp softmax, ArrayRef<Value> members) {
    OpBuilder builder(softmax);
    builder.setInsertionPointAfter(softmax);
    auto type = cast<RankedTensorType>(softmax.getType());
    auto shares = qgraph::UnaryOp::create(
        builder, softmax.getLoc(), type, softmax.getOutput(),
        qgraph::UnaryKind::Exp, llvm::APFloat(0.0f));
    // The values keep the name, which reports and plans know.
    std::string layer = layerOf(softmax.getOutput());
    shares->setAttr("qgraph.layer", builder.getStringAttr(layer));
    softmax->setAttr("qgraph.layer", builder.getStringAttr(layer + ".log"));
    softmax.getOutput().replaceAllUsesExcept(shares.getOutput(), shares);
    softmax.setLog(true);
    // The values have 8 bits again.
    for (Value member : members)
      if (member != softmax.getOutput())
        setBits(member, 8, false);
    int most = (1 << (codeBits - 1)) - 1;
    state(softmax.getOutput(), {-15 * step, 0}, {step, most}, codeBits);
    state(shares.getOutput(), {0, 1}, {1.0 / 255, -128}, 8);
  }

  static void state(Value value, Range range, QuantParams params,
                    unsigned bits) {
    setRange(value, range);
    setFact(value, "qgraph.type",
            TypeAttr::get(activationType(value.getContext(), params,
                                         /*isSigned=*/true, bits)));
  }
};

} // namespace
} // namespace qcc
