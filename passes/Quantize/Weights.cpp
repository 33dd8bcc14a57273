#include "passes/Quantize/Weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qcc::quantize {

/// Leaves an accumulator room for the products.
constexpr double largestBias = 1 << 30;
constexpr double largestWeight = 127;

static double channelScale(llvm::ArrayRef<float> weights, double bias,
                           double inputScale, double outputScale) {
  constexpr double leastNormal = std::numeric_limits<float>::min();
  double most = 0;
  for (float weight : weights)
    most = std::max<double>(most, std::fabs(weight));
  double scale =
      most > 0 ? most / largestWeight : outputScale / inputScale / 1024;
  scale = std::max(scale, std::fabs(bias) / (inputScale * largestBias));
  // Quantized types need normal scales, those of the bias too.
  return std::max({scale, leastNormal, leastNormal / inputScale});
}

QuantizedWeights quantizeWeights(llvm::ArrayRef<float> weights,
                                 llvm::ArrayRef<float> biases,
                                 double inputScale, double outputScale) {
  size_t perChannel = biases.empty() ? 0 : weights.size() / biases.size();
  QuantizedWeights result;
  for (size_t o = 0; o < biases.size(); ++o) {
    llvm::ArrayRef<float> channel = weights.slice(o * perChannel, perChannel);
    double scale = channelScale(channel, biases[o], inputScale, outputScale);
    double biasScale = scale * inputScale;
    result.scales.push_back(scale);
    result.biasScales.push_back(biasScale);
    for (float weight : channel)
      result.weights.push_back(static_cast<int8_t>(std::clamp(
          std::round(weight / scale), -largestWeight, largestWeight)));
    result.biases.push_back(static_cast<int32_t>(std::clamp(
        std::round(biases[o] / biasScale), -largestBias, largestBias)));
  }
  return result;
}

} // namespace qcc::quantize
