// Internal: the rules for element types that every qgraph op obeys.
#ifndef QCC_DIALECTS_QGRAPH_QGRAPHTYPES_H
#define QCC_DIALECTS_QGRAPH_QGRAPHTYPES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace qcc::qgraph {

/// Static shapes; quantized element types that make sense for their tensor
/// (upstream does not check them): uniform, expressing f32, zero points within
/// the storage range, one scale per index of an existing axis.
llvm::LogicalResult verifyTypes(mlir::Operation *op);

/// verifyTypes, and the results and the first `count` operands are all float or
/// none is: operands behind them may stay real numbers.
llvm::LogicalResult verifyUniformTypes(mlir::Operation *op,
                                       unsigned count = ~0u);

/// A constant's value: shape and element type of the result's storage, every
/// stored integer within the declared storage range.
llvm::LogicalResult verifyConstant(mlir::Operation *op,
                                   mlir::ElementsAttr value,
                                   mlir::RankedTensorType type);

} // namespace qcc::qgraph

#endif // QCC_DIALECTS_QGRAPH_QGRAPHTYPES_H
