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

/// Rounds every element to the nearest value (ties away from zero) that a
/// per-tensor quantized element type can hold; other types change nothing.
void roundToType(llvm::MutableArrayRef<float> values, mlir::Type elementType);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_CONSTANTS_H
