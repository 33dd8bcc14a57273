#include "passes/Quantize/ChannelShifts.h"
#include "passes/Quantize/Equalize.h"
#include "passes/Quantize/Values.h"

using namespace mlir;

namespace qcc::quantize {

/// Chooses the shifts of the channels that a convolution makes.
static AbsorbedBias choose(qgraph::Conv2DOp op, const ChannelClasses &classes,
                           ChannelShifts &shifts, double spread) {
  auto mean = op->getAttrOfType<DenseF32ArrayAttr>("qgraph.output_mean");
  auto std = op->getAttrOfType<DenseF32ArrayAttr>("qgraph.output_std");
  if (!mean || !std || mean.size() != std.size() ||
      mean.size() != shapeOf(op.getOutput()).back())
    return {};
  AbsorbedBias result{layerOf(op.getOutput()), 0};
  for (int64_t c = 0; c < mean.size(); ++c) {
    size_t index = classes.classOf(op.getOutput(), c);
    double least = mean[c] - spread * std[c];
    if (!shifts.isLegal(index) || !(least > 0))
      continue;
    shifts.set(index, least);
    ++result.channels;
  }
  return result;
}

std::vector<AbsorbedBias> absorbBiases(func::FuncOp function, double spread) {
  ChannelClasses classes(function);
  ChannelShifts shifts(function, classes, ChannelShifts::Passing::AboveZero);
  std::vector<AbsorbedBias> absorbed;
  for (auto op : function.front().getOps<qgraph::Conv2DOp>())
    if (AbsorbedBias bias = choose(op, classes, shifts, spread);
        bias.channels > 0)
      absorbed.push_back(std::move(bias));
  shifts.apply();
  return absorbed;
}

} // namespace qcc::quantize
