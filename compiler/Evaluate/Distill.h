//===- Distill.h - Calibration data from statistics -------------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_DISTILL_H
#define QCC_COMPILER_EVALUATE_DISTILL_H

#include "compiler/Data/Dataset.h"
#include "passes/Quantize/Observers.h"
#include "passes/Quantize/Quantize.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <functional>

namespace qcc::evaluate {

struct DistillOptions {
  int64_t samples = 64;
  uint64_t seed = 0;
  /// Steps of Adam; the rate falls from `rate` to 0 along half a cosine.
  int64_t steps = 200;
  double rate = 0.3;
  /// Samples whose statistics together match those of the network.
  int64_t batch = 32;
  /// Weight of the cross-entropy of sample i with class i, modulo the number of
  /// classes, where a sample's result is one row. Without it no result is as
  /// large as those of real data.
  double classWeight = 0.2;
  /// What every argument can hold, in real values; the last one stands for all
  /// further arguments. Noise begins inside and steps are cut off there.
  std::vector<quantize::Range> ranges;
  std::function<void(int64_t done, int64_t total)> progress;
};

struct DistilledData {
  /// One for every argument, f32, of `samples` samples each.
  std::vector<data::Dataset> datasets;
  /// Layers with statistics.
  size_t layers = 0;
  /// How far the data's means and deviations are from those stated, over all
  /// channels of these layers: root of the mean square, in deviations of the
  /// channel. Of the noise at the start and of the data.
  double before = 0, after = 0;
};

/// Whether an op of `function` states the mean and deviation of its result,
/// `qgraph.output_mean` and `qgraph.output_std`, as batch normalization leaves
/// them.
bool hasStatistics(mlir::func::FuncOp function);

/// Inputs that make the layers of the float network have the means and
/// deviations that batch normalization saw in training, by descent from noise
/// (Cai et al., ZeroQ: A novel zero shot quantization framework, CVPR 2020,
/// section 3.1), and that the network takes for one class each. The same on
/// every run with a seed. Arguments need a leading axis for samples, as in
/// calibrate(). Errors: no samples or not a multiple of the leading axis; no
/// statistics; an op without a gradient.
llvm::Expected<DistilledData> distill(mlir::func::FuncOp function,
                                      const DistillOptions &options);

/// The real values that an argument can have: bytes as `format` or the
/// argument's own attributes say, else the range that it states, else
/// `otherwise`.
quantize::Range argumentRange(mlir::func::FuncOp function, unsigned index,
                              const InputFormat &format,
                              quantize::Range otherwise);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_DISTILL_H
