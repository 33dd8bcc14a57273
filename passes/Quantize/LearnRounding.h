//===- LearnRounding.h - Weights of few bits, by gradient -------*- C++ -*-===//
//
// Layer by layer, the codes, scales and biases with which the layer's result
// behind its activation function is nearest to the float network's, by gradient
// on rows of data (Hubara et al., Improving post training neural quantization:
// layer-wise calibration and integer programming; Nagel et al., Up or down?
// Adaptive rounding for post-training quantization).
//
// Arithmetic is in a fixed order without fused operations and functions of the
// C library, so that equal rows give equal codes on every machine.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_PASSES_QUANTIZE_LEARNROUNDING_H
#define QCC_PASSES_QUANTIZE_LEARNROUNDING_H

#include "passes/Quantize/RoundWeights.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace qcc::quantize {

/// Rows of a layer's inputs as in Gram, a random choice of all, in random
/// order, and what the float network has for a result there.
struct LayerRows {
  int64_t groups = 1, size = 0, channels = 0, rows = 0;
  /// An input is scale * code.
  double scale = 1;
  std::vector<float> codes;   ///< [groups, size, rows]
  std::vector<float> targets; ///< [channels, rows]; before `activation`
  /// What the layer's type can hold: values beyond are as good as these.
  double low = 0, high = 0;
  /// The function that alone reads the result, if there is one, and its
  /// derivative.
  std::function<std::pair<double, double>(double)> activation;
};

/// By layer name.
using RowsOfLayers = std::map<std::string, LayerRows>;

struct LearnedLayer {
  RoundedWeights weights;
  std::vector<float> biases;
  /// Mean squared errors of the layer's result on the rows, by channel: with
  /// the codes that learning started from and with those it ended with.
  std::vector<double> before, after;
};

/// Starts from `start` and the `biases` that go with it. A channel whose error
/// on all rows is not less in the end keeps what it started from, so that
/// `after` never exceeds `before`; scale and bias get their best values for
/// either. Channels of scale 0 stay. With `learnBiases` off, biases stay.
LearnedLayer learnRounding(llvm::ArrayRef<float> weights,
                           llvm::ArrayRef<float> biases,
                           const RoundedWeights &start, WeightCodes codes,
                           const LayerRows &rows,
                           const LearningOptions &options);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_LEARNROUNDING_H
