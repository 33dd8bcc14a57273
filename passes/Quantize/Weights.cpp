#include "passes/Quantize/Weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qcc::quantize {

/// Leaves an accumulator room for the products.
constexpr double largestBias = 1 << 30;

WeightCodes weightCodes(unsigned bits) {
  if (bits == 2)
    return {-2, 1};
  int32_t most = (1 << (bits - 1)) - 1;
  return {-most, most};
}

static double coveringScale(llvm::ArrayRef<float> weights, WeightCodes codes) {
  double scale = 0;
  for (double weight : weights)
    scale = std::max(scale, weight / (weight < 0 ? codes.min : codes.max));
  return scale;
}

static double channelScale(llvm::ArrayRef<float> weights, double bias,
                           double inputScale, double outputScale,
                           WeightCodes codes, double chosen) {
  constexpr double leastNormal = std::numeric_limits<float>::min();
  double scale = chosen > 0 ? chosen : coveringScale(weights, codes);
  if (!(scale > 0))
    scale = outputScale / inputScale / 1024;
  scale = std::max(scale, std::fabs(bias) / (inputScale * largestBias));
  // Quantized types need normal scales, those of the bias too.
  return std::max({scale, leastNormal, leastNormal / inputScale});
}

QuantizedWeights quantizeWeights(llvm::ArrayRef<float> weights,
                                 llvm::ArrayRef<float> biases,
                                 double inputScale, double outputScale,
                                 unsigned bits, WeightGranularity granularity,
                                 llvm::ArrayRef<double> scales) {
  WeightCodes codes = weightCodes(bits);
  size_t perChannel = biases.empty() ? 0 : weights.size() / biases.size();
  QuantizedWeights result;
  auto channelOf = [&](size_t o) {
    return weights.slice(o * perChannel, perChannel);
  };
  for (size_t o = 0; o < biases.size(); ++o)
    result.scales.push_back(channelScale(channelOf(o), biases[o], inputScale,
                                         outputScale, codes,
                                         scales.empty() ? 0 : scales[o]));
  if (granularity == WeightGranularity::Tensor && !biases.empty())
    result.scales.assign(biases.size(), *std::max_element(result.scales.begin(),
                                                          result.scales.end()));
  for (size_t o = 0; o < biases.size(); ++o) {
    double scale = result.scales[o];
    double biasScale = scale * inputScale;
    result.biasScales.push_back(biasScale);
    for (float weight : channelOf(o))
      result.weights.push_back(static_cast<int8_t>(std::clamp<double>(
          std::round(weight / scale), codes.min, codes.max)));
    result.biases.push_back(static_cast<int32_t>(std::clamp(
        std::round(biases[o] / biasScale), -largestBias, largestBias)));
  }
  return result;
}

} // namespace qcc::quantize
