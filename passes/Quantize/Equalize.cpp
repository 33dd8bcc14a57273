#include "passes/Quantize/Equalize.h"

#include "dialects/Decimal.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_EQUALIZE
#include "passes/Quantize/Passes.h.inc"

namespace {

std::string textOf(const EqualizedLayer &layer) {
  if (layer.scaled == 0)
    return "not equalized: " + layer.obstacle;
  std::string text = llvm::formatv(
      "{0} of {1} channels equalized with {2}, mean part of the filter's range "
      "that a channel takes up {3:F2} -> {4:F2}",
      layer.scaled, layer.channels, llvm::join(layer.readers, ", "),
      layer.balanceBefore, layer.balanceAfter);
  return layer.obstacle.empty() ? text : text + "; others: " + layer.obstacle;
}

class EqualizePass : public impl::EqualizeBase<EqualizePass> {
public:
  using EqualizeBase::EqualizeBase;

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function || failed(checkFinite(function)))
      return signalPassFailure();
    llvm::StringMap<std::string> texts;
    for (const EqualizedLayer &layer : equalizeWeights(function))
      texts[layer.layer] = textOf(layer);
    if (absorb)
      for (const AbsorbedBias &bias : absorbBiases(function, spread))
        texts[bias.layer] +=
            llvm::formatv("; the bias of {0} channels absorbed", bias.channels);
    for (Operation &op : function.front()) {
      auto found = op.getNumResults() == 1
                       ? texts.find(layerOf(op.getResult(0)))
                       : texts.end();
      if (found != texts.end() &&
          isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op))
        op.setAttr("qgraph.equalization",
                   StringAttr::get(&getContext(), found->second));
    }
  }

private:
  /// A ratio of weights that are not finite would spread to other layers.
  static LogicalResult checkFinite(func::FuncOp function) {
    for (Operation &op : function.front())
      if (isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op))
        for (unsigned operand : {1u, 2u})
          for (auto [i, value] :
               llvm::enumerate(floatsOf(op.getOperand(operand))))
            if (!std::isfinite(value))
              return op.emitOpError()
                     << describe(&op) << " has "
                     << (operand == 1 ? "weight " : "bias ") << i << " = "
                     << decimal(value) << ", expected finite numbers";
    return success();
  }
};

} // namespace

} // namespace qcc
