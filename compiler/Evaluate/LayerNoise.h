// How much of each layer's signal quantization leaves.
#ifndef QCC_COMPILER_EVALUATE_LAYERNOISE_H
#define QCC_COMPILER_EVALUATE_LAYERNOISE_H

#include "compiler/Evaluate/FloatEvaluator.h"
#include "compiler/Evaluate/Preprocess.h"

#include <optional>
#include <string>
#include <vector>

namespace qcc::evaluate {

/// Signal and noise energy of quantized values against float ones.
struct NoiseSum {
  double signal = 0, noise = 0;

  void add(llvm::ArrayRef<float> exact, llvm::ArrayRef<float> quantized);
  /// 10 log10(signal / noise) in dB; none without noise or without signal.
  std::optional<double> decibels() const;
};

struct LayerNoise {
  std::string layer;
  std::optional<double> sqnr; ///< dB; none without noise or without signal
  /// The layer that clamps this one's result and is fused into it, if any. What
  /// a clamp cuts off is no noise of the layer before: `sqnr` is the clamp's.
  std::string clamp;
};

/// The noise of every value that both functions have, arguments included, in
/// their order, on the first `samples` of the data sets, one for each argument:
/// the float network beside the quantized one, whose types are simulated in
/// float (within a rounding of what the integers do). Errors: those of the
/// evaluator and of a data set that does not fit.
llvm::Expected<std::vector<LayerNoise>>
layerNoise(mlir::func::FuncOp floatFunction,
           mlir::func::FuncOp quantizedFunction,
           llvm::ArrayRef<data::Dataset> datasets, const InputFormat &format,
           int64_t samples);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_LAYERNOISE_H
