//===- Blame.h - Which part of quantization costs what ----------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_BLAME_H
#define QCC_COMPILER_EVALUATE_BLAME_H

#include "compiler/Evaluate/Sensitivity.h"

#include <optional>

namespace qcc::evaluate {

/// The network with a part of it quantized, beside the float one.
struct BlameRow {
  enum Part { Everything, Weights, Activations };
  Part part = Everything;
  /// The only layer quantized, an argument is "input<k>"; "" for all layers.
  std::string layer;
  /// Of the filter or of the activation; 0 for all layers.
  unsigned bits = 0;
  OutputDistance distance;
  /// Part of the samples whose largest result is the label; with labels.
  std::optional<double> top1;
};

/// The debugging flow of Nagel et al., A white paper on neural network
/// quantization, 2021, section 3.6: all weights alone, all activations alone,
/// and one layer at a time.
struct Blame {
  BlameRow everything, weights, activations;
  std::optional<double> floatTop1;
  /// In order of the network: a layer's weights (with its bias and further
  /// constants) where quantization changes them, then its activation. Layers
  /// whose type is that of their input, or of the clamp that alone reads them,
  /// have none of their own.
  std::vector<BlameRow> layers;
};

enum class BlameOrder { Noise, Divergence, Labels };
/// "sqnr", "kl" or "accuracy".
llvm::Expected<BlameOrder> parseBlameOrder(llvm::StringRef text);

/// The rows of `blame.layers` from the one that costs most to the one that
/// costs least. Without labels, accuracy is agreement with the float network.
/// Rows that are alike stay in the order of the network.
std::vector<BlameRow> ranked(const Blame &blame, BlameOrder order);

/// Measures the first result on `samples` samples (`inputs` as in
/// FloatEvaluator::run()). `quantizedFunction` is `floatFunction` after phase
/// Quantize: its types and constants are taken over by layer. `labels` has one
/// class for every sample, times the leading axis of the arguments, or is
/// empty. Errors: no samples; another number of labels; no result; nothing that
/// quantization changed.
llvm::Expected<Blame>
assignBlame(mlir::func::FuncOp floatFunction,
            mlir::func::FuncOp quantizedFunction, int64_t samples,
            llvm::ArrayRef<llvm::ArrayRef<float>> inputs,
            llvm::ArrayRef<int64_t> labels,
            const std::function<void(int64_t, int64_t)> &progress = nullptr);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_BLAME_H
