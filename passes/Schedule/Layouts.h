// What the attributes that Schedule leaves mean, for all who read them.
#ifndef QCC_PASSES_SCHEDULE_LAYOUTS_H
#define QCC_PASSES_SCHEDULE_LAYOUTS_H

#include "targets/KernelProvider.h"

#include "mlir/IR/Value.h"

namespace qcc {

/// The value whose buffer `value` lives in: reshapes share their operand's.
mlir::Value storageOf(mlir::Value value);

/// Layout of a value's buffer: dense, or with the halo of the kernel that
/// makes it.
targets::Layout layoutOf(mlir::Value value);

/// The kernel with its layouts and constants, as providers take it.
targets::KernelSource sourceOf(qint::KernelOp kernel);

} // namespace qcc

#endif // QCC_PASSES_SCHEDULE_LAYOUTS_H
