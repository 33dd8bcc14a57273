// Equivalent transforms: the same function with channels of like ranges.
#ifndef QCC_PASSES_QUANTIZE_EQUALIZE_H
#define QCC_PASSES_QUANTIZE_EQUALIZE_H

#include "passes/Quantize/ChannelClasses.h"

namespace qcc::quantize {

/// What equalization found at one convolution.
struct EqualizedLayer {
  std::string layer;
  /// Channels of the result, and how many of them were scaled.
  int64_t channels = 0, scaled = 0;
  /// Convolutions that took the scales up, in order.
  std::vector<std::string> readers;
  /// Mean over channels of the channel's range by the tensor's, of the filter:
  /// 1 if all channels have one range. Before and after.
  double balanceBefore = 1, balanceAfter = 1;
  /// Why the other channels were not scaled; "" if all were.
  std::string obstacle;
};

/// Cross-layer equalization (Nagel et al., Data-free quantization through
/// weight equalization and bias correction, ICCV 2019, section 4.1): every free
/// channel class is scaled so that its filter rows take up as much of their
/// tensors' ranges as its filter columns do of theirs, again and again until
/// nothing changes. Channels without weights on one side stay. The function
/// computes the same but for f32 rounding of the constants.
std::vector<EqualizedLayer> equalizeWeights(mlir::func::FuncOp function);

/// What absorbBiases() moved from one convolution into the next.
struct AbsorbedBias {
  std::string layer;
  int64_t channels = 0;
};

/// High-bias absorption (section 4.1.3 there): where a channel's values stay
/// above c > 0, c is taken off the convolution's bias and given to those that
/// read it, so that the range begins at 0. c is the mean less `spread`
/// deviations, as `qgraph.output_mean` and `qgraph.output_std` state them;
/// values below c, which these rule out, would change. Legal where only ReLU
/// and ops that commute with adding a constant to a channel lie between, and
/// the readers do not pad with zeros.
std::vector<AbsorbedBias> absorbBiases(mlir::func::FuncOp function,
                                       double spread);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_EQUALIZE_H
