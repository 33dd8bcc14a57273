// Which ops may share a kernel.
#ifndef QCC_PASSES_SCHEDULE_GROUPS_H
#define QCC_PASSES_SCHEDULE_GROUPS_H

#include "dialects/QInt/QInt.h"

#include "llvm/ADT/DenseSet.h"

namespace qcc {

/// The ops of one kernel, in order.
using Group = llvm::SmallVector<mlir::Operation *, 4>;

/// Computes each element of its result from that element of its operands.
bool isElementwise(mlir::Operation *op);

/// Whether each row (along the last axis) of the result is made from that row
/// of the operands.
bool isRowFunction(mlir::Operation *op);

/// Attention: the ops from a product of the same batch on that make the left
/// factor of `product` by functions of rows, when nothing else reads what they
/// make. Empty when it is not that, or when the batch is 1.
llvm::DenseSet<mlir::Operation *> attentionBefore(qint::MatMulOp product);

} // namespace qcc

#endif // QCC_PASSES_SCHEDULE_GROUPS_H
