// Making layer_norm and rms_norm.
#ifndef QCC_PASSES_LEGALIZE_NORM_H
#define QCC_PASSES_LEGALIZE_NORM_H

#include "passes/Legalize/Constants.h"

#include "mlir/IR/PatternMatch.h"

namespace qcc::legalize {

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta` over `axes`, sorted;
/// when not centred `x / sqrt(mean(x^2) + epsilon) * gamma`.
struct NormParts {
  mlir::Value x;
  llvm::SmallVector<int64_t> axes;
  bool isCentred = false;
  double epsilon = 0;
  /// One number per index of `axes`, row-major. Beta is 0 when not centred.
  std::vector<double> gamma, beta;
};

/// The ops: `axes` that are not the last ones are moved there and back.
mlir::Value buildNorm(mlir::PatternRewriter &rewriter, mlir::Location loc,
                      const NormParts &parts);

/// One number per index of `axes` of `shape`, row-major, from a constant
/// expression that broadcasts to `shape` and is the same along all other axes.
std::optional<std::vector<double>> evaluateAlong(mlir::Value value,
                                                 llvm::ArrayRef<int64_t> shape,
                                                 llvm::ArrayRef<int64_t> axes);

/// Products and sums with constants into gamma and beta; those that are
/// computed out of them.
void addNormParameterPatterns(mlir::RewritePatternSet &patterns);

} // namespace qcc::legalize

#endif // QCC_PASSES_LEGALIZE_NORM_H
