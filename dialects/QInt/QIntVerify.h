// Internal: what the verifiers of qint share.
#ifndef QCC_DIALECTS_QINT_QINTVERIFY_H
#define QCC_DIALECTS_QINT_QINTVERIFY_H

#include "dialects/QInt/QInt.h"

namespace qcc::qint {

/// Static shapes, and no float type or value in any attribute of the op.
llvm::LogicalResult verifyInteger(mlir::Operation *op);

/// A rescale to `result` of values of `bits` bits, with one multiplier or
/// `count`.
llvm::LogicalResult verifyRescale(mlir::Operation *op, RescaleAttr rescale,
                                  int bits, int64_t count, mlir::Type result);

/// `value` is a code of the element type.
llvm::LogicalResult verifyCode(mlir::Operation *op, llvm::StringRef what,
                               int64_t value, mlir::Type element);

/// min <= max, both codes of the element type.
llvm::LogicalResult verifyBounds(mlir::Operation *op, int64_t min, int64_t max,
                                 mlir::Type element);

/// `value` has the shape of `like` with 1 for the last axis.
llvm::LogicalResult verifyRow(mlir::Operation *op, llvm::StringRef what,
                              mlir::Value value, mlir::Value like);

} // namespace qcc::qint

#endif // QCC_DIALECTS_QINT_QINTVERIFY_H
