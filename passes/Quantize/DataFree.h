// Ranges without data: what batch normalization tells about a network.
#ifndef QCC_PASSES_QUANTIZE_DATAFREE_H
#define QCC_PASSES_QUANTIZE_DATAFREE_H

#include "passes/Quantize/Observers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace qcc::quantize {

struct DataFreeOptions {
  /// Standard deviations around the mean that a range reaches.
  double spread = 4;
};

/// Estimates the range of every activation of `function`. `known` has the
/// ranges of the arguments and of any other value whose range is certain.
///
/// Every value is described by a mean and a variance per channel (its last
/// axis), as if its elements were normally distributed, and by an interval
/// that holds them all. A folded batch normalization states mean and variance
/// of its result (Nagel et al., Data-free quantization through weight
/// equalization and bias correction, ICCV 2019, section 4.2.1); clamps,
/// products and sums carry them on.
llvm::DenseMap<mlir::Value, Range>
estimateRanges(mlir::func::FuncOp function,
               const llvm::DenseMap<mlir::Value, Range> &known,
               const DataFreeOptions &options);

/// The means that the same description gives the channels of every activation:
/// one for each index of the last axis, or one for all.
llvm::DenseMap<mlir::Value, std::vector<double>>
estimateMeans(mlir::func::FuncOp function,
              const llvm::DenseMap<mlir::Value, Range> &known,
              const DataFreeOptions &options);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_DATAFREE_H
