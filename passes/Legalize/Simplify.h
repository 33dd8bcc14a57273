// Rewrites of qgraph that more than one pass of this phase uses.
#ifndef QCC_PASSES_LEGALIZE_SIMPLIFY_H
#define QCC_PASSES_LEGALIZE_SIMPLIFY_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace qcc::legalize {

/// Whether a transpose leaves the elements in their order in memory: axes of
/// size 1 may move.
bool isReshape(llvm::ArrayRef<int64_t> shape,
               llvm::ArrayRef<int64_t> permutation);

/// Quotients and powers with constants, and choices by a constant, into
/// simpler ops.
void addArithmeticPatterns(mlir::RewritePatternSet &patterns);
/// Consecutive reductions into one; a sum times 1/n into a mean.
void addReductionPatterns(mlir::RewritePatternSet &patterns);
/// Grouped convolutions; transposes before fully connected layers.
void addContractionPatterns(mlir::RewritePatternSet &patterns);
/// Transposes move towards the results, where they meet and cancel.
void addLayoutPatterns(mlir::RewritePatternSet &patterns);
/// Multiplications and additions per channel into convolutions.
void addAffinePatterns(mlir::RewritePatternSet &patterns);
/// Numbers by which scores are multiplied into the convolution before them;
/// fully connected layers whose columns are taken apart into several.
void addProjectionPatterns(mlir::RewritePatternSet &patterns);
/// Reshapes and transposes of one tensor that are alike become one.
void joinEqualMovements(mlir::ModuleOp module);
/// x * a + b per channel, of what is no convolution, into a depthwise one.
void addDepthwisePatterns(mlir::RewritePatternSet &patterns);
/// Reshapes of reshapes; transposes that move only axes of size 1.
void addReshapePatterns(mlir::RewritePatternSet &patterns);
/// Pads, reshapes, clamps and concats of one, sums with 0, products with 1.
void addDataMovementPatterns(mlir::RewritePatternSet &patterns);
/// x * sigmoid(x), hard_swish, leaky_relu, maximum with 0 and the like into
/// one op.
void addActivationPatterns(mlir::RewritePatternSet &patterns);
/// x * 0.5 * (1 + erf(x / sqrt(2))) and the approximation by tanh, also as a
/// sigmoid.
void addGeluPatterns(mlir::RewritePatternSet &patterns);
/// exp(x) / sum(exp(x)) into softmax, x - log(sum(exp(x))) into its logarithm;
/// softmax along another axis into one along the last.
void addSoftmaxPatterns(mlir::RewritePatternSet &patterns);
/// Means, products and roots into layer_norm and rms_norm, whatever the axes;
/// products and sums with constants into their parameters.
void addNormPatterns(mlir::RewritePatternSet &patterns);
/// A norm over several axes into one over the last, of two or more.
void addNormLayoutPatterns(mlir::RewritePatternSet &patterns);
/// What a mask hides from a softmax gets a number just below the others.
void addMaskPatterns(mlir::RewritePatternSet &patterns);
/// Replaces expressions of constants by their value. Emits errors for values
/// that are NaN or infinite.
llvm::LogicalResult foldConstants(mlir::ModuleOp module);

/// Applies `patterns` greedily everywhere until nothing changes; removes dead
/// ops. Functions on quantized types are left out unless the patterns only
/// move elements (`quantizedToo`). Fails, with an error, when it does not
/// settle.
llvm::LogicalResult simplify(mlir::ModuleOp module,
                             mlir::RewritePatternSet patterns,
                             bool quantizedToo = false);

} // namespace qcc::legalize

#endif // QCC_PASSES_LEGALIZE_SIMPLIFY_H
