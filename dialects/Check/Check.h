// The check dialect, for tests only. See CheckOps.td.
#ifndef QCC_DIALECTS_CHECK_CHECK_H
#define QCC_DIALECTS_CHECK_CHECK_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"

#include "dialects/Check/CheckDialect.h.inc"

#define GET_OP_CLASSES
#include "dialects/Check/CheckOps.h.inc"

namespace qcc::check {

/// Registers `check-run-reference`: runs every function that takes no arguments
/// on qint's reference interpreter. An error at the first check that fails in a
/// function, and for a function without a check.
void registerCheckPasses();

} // namespace qcc::check

#endif // QCC_DIALECTS_CHECK_CHECK_H
