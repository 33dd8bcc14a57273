//===- Calibrate.h - Statistics of a network on data ------------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_CALIBRATE_H
#define QCC_COMPILER_EVALUATE_CALIBRATE_H

#include "compiler/Evaluate/FloatEvaluator.h"
#include "compiler/Evaluate/Preprocess.h"
#include "passes/Quantize/Profile.h"

namespace qcc::evaluate {

/// Runs the float network `function`, whose ops carry `qgraph.layer`, on all
/// samples and collects the statistics of every argument ("input0", ...) and
/// layer, those of norms by channel. `datasets[k]` feeds argument k; all must
/// have equally many samples. `formats[k]` says how integer data become real
/// values; the last one stands for all further arguments. Integer data of an
/// argument that comes with a scale are its codes. Data are converted and run
/// batch by batch, so that memory does not grow with their number.
///
/// A network whose arguments have a leading axis of B takes B samples in a row
/// at once; what is left after the last whole group is not used. Statistics are
/// those of single samples wherever a value keeps them apart.
///
/// Errors: as many data sets as arguments are needed; samples that do not fit
/// an argument, or are fewer than B; values that are not finite, with the layer
/// they arise in.
llvm::Expected<quantize::Profile>
calibrate(mlir::func::FuncOp function, llvm::ArrayRef<data::Dataset> datasets,
          llvm::ArrayRef<InputFormat> formats,
          ProgressCallback progress = nullptr);

/// Samples that one run of the network takes: the leading axis of its
/// arguments. Errors: those of calibrate() about data sets.
llvm::Expected<int64_t> samplesOfRun(mlir::func::FuncOp function,
                                     llvm::ArrayRef<data::Dataset> datasets);

/// Samples [first, end) as real values, one array for each argument.
std::vector<std::vector<float>>
samplesOf(mlir::func::FuncOp function, llvm::ArrayRef<data::Dataset> datasets,
          llvm::ArrayRef<InputFormat> formats, int64_t first, int64_t end);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_CALIBRATE_H
