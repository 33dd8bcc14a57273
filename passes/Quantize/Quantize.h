// Phase Quantize: qgraph f32 -> qgraph on quantized types.
#ifndef QCC_PASSES_QUANTIZE_QUANTIZE_H
#define QCC_PASSES_QUANTIZE_QUANTIZE_H

#include "passes/Quantize/LearnRounding.h"
#include "passes/Quantize/Observers.h"
#include "passes/Quantize/Plan.h"
#include "passes/Quantize/Profile.h"
#include "passes/Quantize/RoundWeights.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <functional>
#include <memory>
#include <vector>

namespace qcc {

/// What the caller of the compiled network passes for an argument.
struct InputFormat {
  enum Kind {
    /// 8-bit codes of the range that the network's values have.
    Real,
    /// Raw bytes b that stand for (b - mean) / std.
    U8,
    S8
  };
  Kind kind = Real;
  double mean = 0, std = 1;
};

/// How the channels of a norm's result are scaled before they get one range.
struct Reparameterization {
  enum Kind {
    Off,
    Ranges, ///< to one range (RepQ-ViT)
    Smooth, ///< part of the way to the weights' ranges (SmoothQuant)
    Log     ///< large ones to the logarithm of their range (FPTQ)
  };
  Kind kind = Ranges;
  /// Ranges: the common step is the median of the channels', not the mean.
  bool median = false;
  /// Ranges: both ends of a channel's are searched for the least error.
  bool clip = false;
  /// Smooth: the part of its range that a channel gives away.
  double strength = 0.5;
};

/// "on", "median", "clip", "smooth[=strength]", "log" or "off".
llvm::Expected<Reparameterization>
parseReparameterization(llvm::StringRef text);

/// "channel" or "tensor".
llvm::Expected<WeightGranularity> parseGranularity(llvm::StringRef text);

/// Collects sums of products for the named layers of `rounded`, whose values
/// carry `qgraph.type`; with targets from `exact` unless that is null.
using GramProvider = std::function<llvm::Expected<quantize::Grams>(
    mlir::func::FuncOp rounded, mlir::func::FuncOp exact,
    llvm::ArrayRef<std::string> layers)>;

/// Collects rows of inputs of the named layers of `rounded`, and what `exact`
/// has for results there.
using RowProvider = std::function<llvm::Expected<quantize::RowsOfLayers>(
    mlir::func::FuncOp rounded, mlir::func::FuncOp exact,
    llvm::ArrayRef<std::string> layers)>;

struct QuantizeOptions {
  /// Whether channels get like ranges before all else; see qcc-equalize.
  bool equalize = false;
  bool absorbBiases = false;
  /// How channels of norms get like ranges; see qcc-reparameterize.
  Reparameterization reparameterize;
  /// Bits of what norms read and of sums before it: 0 for 16 where 8 lose too
  /// much; see qcc-widen-residuals.
  unsigned residualBits = 0;
  /// Whether shares of attention get scales from the profile; see
  /// qcc-scale-shares.
  bool scaleShares = true;
  WeightGranularity granularity = WeightGranularity::Channel;
  /// Calibration statistics by layer name, or null: ranges are estimated.
  const quantize::Profile *profile = nullptr;
  /// Bits by layer, or null: 8 everywhere. Must outlive the passes.
  const quantize::Plan *plan = nullptr;
  /// How functions are computed: polynomial, shift, table, or "" for what suits
  /// the types best; see qcc-assign-forms.
  std::string functions;
  quantize::Observer observer{quantize::ObserverKind::Mse};
  /// One per argument; the last one stands for all further arguments.
  std::vector<InputFormat> inputs;
  /// Without a profile: the range of arguments of kind Real, unless the
  /// argument carries `qgraph.range`.
  quantize::Range inputRange{-3, 3};
  /// How weights are rounded. Without `grams`, to nearest.
  quantize::RoundingOptions rounding;
  /// Whether biases make up for the mean of what rounding does to a layer.
  bool biasCorrection = false;
  /// Layers are rounded in so many steps at most; sums for those of one step
  /// are collected at once, with the weights before it rounded.
  int64_t roundingSteps = 16;
  GramProvider grams;
  /// Needed by AdaQuant.
  RowProvider rows;
  /// Without a profile: ranges reach this many standard deviations around the
  /// mean of a channel.
  double spread = 4;
};

#define GEN_PASS_DECL
#include "passes/Quantize/Passes.h.inc"

/// qcc-assign-bits with `options.plan`; without one it does nothing.
std::unique_ptr<mlir::Pass> createAssignBits(const QuantizeOptions &options);

/// qcc-widen-residuals with `options.profile` and `options.residualBits`.
std::unique_ptr<mlir::Pass>
createWidenResiduals(const QuantizeOptions &options);

/// qcc-reparameterize with `options.profile` and `options.plan`.
std::unique_ptr<mlir::Pass>
createReparameterize(const QuantizeOptions &options);

/// qcc-assign-ranges with options that text cannot give; `options.profile`
/// must outlive the pass.
std::unique_ptr<mlir::Pass> createAssignRanges(const QuantizeOptions &options);

/// qcc-scale-shares with `options.profile`; without one it does nothing.
std::unique_ptr<mlir::Pass> createScaleShares(const QuantizeOptions &options);

/// qcc-apply-types likewise.
std::unique_ptr<mlir::Pass> createApplyTypes(const QuantizeOptions &options);

/// qcc-round-weights with options that text cannot give.
std::unique_ptr<mlir::Pass> createRoundWeights(const QuantizeOptions &options);

/// Emits an error for every kind of op that has no integer form, though it can
/// be evaluated in float. What qcc-assign-ranges checks first; worth a call
/// before a long calibration.
llvm::LogicalResult checkQuantizable(mlir::ModuleOp module);

#define GEN_PASS_REGISTRATION
#include "passes/Quantize/Passes.h.inc"

} // namespace qcc

#endif // QCC_PASSES_QUANTIZE_QUANTIZE_H
