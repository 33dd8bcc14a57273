// Internal: what the verifiers of qint share.
#ifndef QCC_DIALECTS_QINT_QINTVERIFY_H
#define QCC_DIALECTS_QINT_QINTVERIFY_H

#include "mlir/IR/Operation.h"

namespace qcc::qint {

/// Static shapes, and no float type or value in any attribute of the op.
llvm::LogicalResult verifyInteger(mlir::Operation *op);

} // namespace qcc::qint

#endif // QCC_DIALECTS_QINT_QINTVERIFY_H
