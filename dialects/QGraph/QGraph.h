// The qgraph dialect: one op per network operation. See QGraphOps.td.
#ifndef QCC_DIALECTS_QGRAPH_QGRAPH_H
#define QCC_DIALECTS_QGRAPH_QGRAPH_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/QGraph/QGraphDialect.h.inc"
#include "dialects/QGraph/QGraphEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/QGraph/QGraphAttrs.h.inc"

#define GET_OP_CLASSES
#include "dialects/QGraph/QGraphOps.h.inc"

#endif // QCC_DIALECTS_QGRAPH_QGRAPH_H
