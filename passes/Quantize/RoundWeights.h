//===- RoundWeights.h - Weights of few bits, chosen with data ---*- C++ -*-===//
//
// Pure functions from weights and sums of products of their inputs to codes and
// scales. All sums are in double, in a fixed order, so that equal statistics
// give equal codes on every machine.
//
// The loss of a channel with weights w, codes q and scale s is what its result
// differs by over the data,
//
//   |X s q - T w|^2 = s^2 q'Gq - 2 s q'c + const,   G = X'X, c = X'T w,
//
// where X are the inputs as the integer network has them and T either the same
// or, in part, those of the float network (`strength`).
//
//===----------------------------------------------------------------------===//

#ifndef QCC_PASSES_QUANTIZE_ROUNDWEIGHTS_H
#define QCC_PASSES_QUANTIZE_ROUNDWEIGHTS_H

#include "passes/Quantize/Gram.h"
#include "passes/Quantize/Weights.h"

#include "llvm/ADT/ArrayRef.h"

#include <optional>
#include <vector>

namespace qcc::quantize {

enum class RoundingKind {
  /// Each weight by itself.
  Nearest,
  /// Codes one after the other, each the best for the others as they are, and
  /// the scale, until nothing changes (COMQ: A backpropagation-free algorithm
  /// for post-training quantization).
  Comq,
  /// Codes in order, the error of each made up for by those that follow
  /// (GPTQ: Accurate post-training quantization for generative pre-trained
  /// transformers).
  Gptq,
  /// GPTQ towards the results of the float network (GPTQv2: Efficient
  /// finetuning-free quantization for asymmetric calibration).
  GptqV2,
  /// GPTQ towards a mixture of both (QEP: Quantization error propagation).
  Qep,
  /// From COMQ on by gradient, with regard to the activation function; see
  /// LearnRounding.h (AdaQuant, AdaRound).
  AdaQuant
};

/// How AdaQuant learns.
struct LearningOptions {
  int64_t rows = 4096; ///< of a layer's inputs, at most
  int64_t batch = 256; ///< rows for one step
  int64_t steps = 1000;
  /// Draws the rows.
  uint64_t seed = 0;
  bool learnBiases = true;
};

struct RoundingOptions {
  RoundingKind kind = RoundingKind::Nearest;
  /// Added to the diagonal of G, times its mean: few samples do not let weights
  /// run away from their values.
  double damping = 0.01;
  /// How much of T is the float network's: 0 to 1. Without a value, what the
  /// kind is for: all for COMQ, GPTQv2 and AdaQuant, half for QEP, nothing for
  /// GPTQ.
  std::optional<double> strength;
  /// G without the part that a bias makes up for: sums around the mean.
  bool centred = true;
  /// The largest number of sweeps of COMQ over a channel.
  int sweeps = 24;
  LearningOptions learning;

  double effectiveStrength() const;
  /// Whether sums of products with the float network's inputs are needed.
  bool needsTargets() const { return effectiveStrength() > 0; }
  /// Those with which roundGroup() makes what `kind` starts from.
  RoundingOptions onSums() const;
};

/// "nearest", "comq", "gptq", "gptqv2", "qep" or "adaquant"; "comq", "gptq",
/// "gptqv2" and "qep" may state their strength, as in "qep=0.7".
llvm::Expected<RoundingOptions> parseRounding(llvm::StringRef text);
llvm::StringRef roundingName(RoundingKind kind);

/// The channels of one group, which see the same inputs.
struct RoundingProblem {
  int64_t channels = 0, size = 0;
  llvm::ArrayRef<double> weights; ///< [channels, size]
  llvm::ArrayRef<double> gram;    ///< G, [size, size]; empty: identity
  /// X'T - G, [size, size], where T is the float network's; empty: zero.
  llvm::ArrayRef<double> drift;
  WeightCodes codes;
};

struct RoundedWeights {
  std::vector<int8_t> codes;  ///< [channels, size]
  std::vector<double> scales; ///< by channel; 0 where all weights are 0
};

/// Codes and scales by `options.kind`. An input that is
/// always zero (or constant, if centred) has no say: its weights are rounded to
/// nearest.
RoundedWeights roundGroup(const RoundingProblem &problem,
                          const RoundingOptions &options);

/// Weights [channels, ...] of a layer; without a Gram matrix every input
/// counts the same.
RoundedWeights roundLayer(llvm::ArrayRef<float> weights, int64_t channels,
                          WeightCodes codes, const Gram *gram,
                          const RoundingOptions &options);

/// The scale with which rounding to nearest has the least sum of weighted
/// squared errors, exactly: codes change at known scales, and between two of
/// them the error is a parabola. The optimum that NeUQI approximates, for a
/// zero point of 0. `importance` is empty or as long as the weights. 0 for
/// weights that are all zero or of no importance.
double bestScale(llvm::ArrayRef<double> weights,
                 llvm::ArrayRef<double> importance, WeightCodes codes);

/// s^2 q'Gq - 2 s q'c of a channel: the loss but for a constant.
double roundingLoss(llvm::ArrayRef<double> gram, llvm::ArrayRef<double> target,
                    llvm::ArrayRef<int8_t> codes, double scale);

/// What makes up for the mean of a layer's errors in every channel's bias:
/// E[t] w - E[x] s q, where t are the float network's inputs if the sums have
/// them.
std::vector<double> biasCorrections(llvm::ArrayRef<float> weights,
                                    const RoundedWeights &rounded,
                                    const Gram &gram);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_ROUNDWEIGHTS_H
