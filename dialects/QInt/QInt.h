// The qint dialect: integer-only inference. See QIntOps.td.
#ifndef QCC_DIALECTS_QINT_QINT_H
#define QCC_DIALECTS_QINT_QINT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/QInt/QIntDialect.h.inc"
#include "dialects/QInt/QIntEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/QInt/QIntAttrs.h.inc"

#define GET_OP_CLASSES
#include "dialects/QInt/QIntOps.h.inc"

#endif // QCC_DIALECTS_QINT_QINT_H
