//===- Constants.h - Real values of constants and quantized types -*- C++ -*-=//

#ifndef QCC_COMPILER_EVALUATE_CONSTANTS_H
#define QCC_COMPILER_EVALUATE_CONSTANTS_H

#include "dialects/QGraph/QGraph.h"

#include "llvm/Support/Error.h"

#include <vector>

namespace qcc::evaluate {

/// The real values of a constant; stored integers of a quantized type are
/// dequantized. An error for data that the file does not hold.
llvm::Expected<std::vector<float>> realValues(qgraph::ConstantOp op);

/// The constant that `value` is, directly or through quant.qcast and
/// quant.dcast; null if it is none.
qgraph::ConstantOp constantBehind(mlir::Value value);

/// The elements of a value that has a constantBehind(), rounded by the casts
/// on the way. Errors: those of realValues() and checkRounding().
llvm::Expected<std::vector<float>> constantValues(mlir::Value value);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_CONSTANTS_H
