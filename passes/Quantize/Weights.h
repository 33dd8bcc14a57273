// Filters and biases as integers.
#ifndef QCC_PASSES_QUANTIZE_WEIGHTS_H
#define QCC_PASSES_QUANTIZE_WEIGHTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <vector>

namespace qcc {

/// How many scales a filter has.
enum class WeightGranularity {
  Channel, ///< one for each output channel
  Tensor,  ///< one for all; other integer runtimes may need that
};

} // namespace qcc

namespace qcc::quantize {

/// The codes that weights of 2, 4, 6 or 8 bits take. Eight, six and four bits
/// are symmetric; two bits cannot do without their smallest code.
struct WeightCodes {
  int32_t min = -127, max = 127;
};
WeightCodes weightCodes(unsigned bits);

/// The integers of one layer (rules quantize-q1 and quantize-q4): weights in
/// the range of their codes, biases within 2^30. A bias stands for bias *
/// biasScales[o], where biasScales[o] is scales[o] * inputScale.
struct QuantizedWeights {
  llvm::SmallVector<double> scales, biasScales;
  std::vector<int8_t> weights;
  std::vector<int32_t> biases;
};

/// Quantizes finite `weights`, whose leading axis has as many elements as
/// `biases`, with one symmetric scale per leading index: the largest magnitude
/// becomes the largest code; each weight is rounded to nearest, ties away from
/// zero. Where a bias would exceed 2^30, the scale grows until it fits. A
/// channel of zeros gets a scale with which its bias is held to 2^-10 of an
/// output step. With `granularity` Tensor, all channels get the largest of
/// these scales. Scales that have been chosen before, one per leading index,
/// are kept as far as biases let them; 0 stands for none.
QuantizedWeights
quantizeWeights(llvm::ArrayRef<float> weights, llvm::ArrayRef<float> biases,
                double inputScale, double outputScale, unsigned bits = 8,
                WeightGranularity granularity = WeightGranularity::Channel,
                llvm::ArrayRef<double> scales = {});

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_WEIGHTS_H
