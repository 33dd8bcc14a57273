//===- Preprocess.h - From data sets to network inputs ----------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_PREPROCESS_H
#define QCC_COMPILER_EVALUATE_PREPROCESS_H

#include "compiler/Data/Dataset.h"
#include "passes/Quantize/Quantize.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Types.h"

namespace qcc::evaluate {

/// Samples [begin, end) of a data set as the real values that the float
/// network takes: float data as they are, integer data as
/// (element - mean) / std of `format`, whatever its kind.
std::vector<float> networkInput(const data::Dataset &dataset, int64_t begin,
                                int64_t end, const InputFormat &format);

/// How integer data become real values of an argument of this type. Those of an
/// argument that comes with a scale are its codes, those of an integer one are
/// indices and stay as they are; others are as `given` says.
InputFormat inputFormat(mlir::Type argument, const InputFormat &given);

/// Samples of every argument.
struct NetworkInputs {
  /// Runs of the function; one takes as many samples as its leading axis has.
  int64_t runs = 0;
  int64_t samples = 0;                    ///< that all runs take
  std::vector<std::vector<float>> values; ///< by argument

  std::vector<llvm::ArrayRef<float>> views() const {
    return {values.begin(), values.end()};
  }
};

/// The first `samples` samples (or all) for a float network, one data set for
/// each argument, in whole runs.
NetworkInputs networkInputs(mlir::func::FuncOp function,
                            llvm::ArrayRef<data::Dataset> datasets,
                            const InputFormat &format, int64_t samples);

/// Checks that samples of `dataset` fit an argument of `type` (leading axis
/// included), that float data are finite, and that there are none for an
/// argument of integers.
llvm::Error checkDataset(const data::Dataset &dataset,
                         mlir::RankedTensorType type);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_PREPROCESS_H
