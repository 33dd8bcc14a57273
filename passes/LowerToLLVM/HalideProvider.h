// The portable kernel provider: every op on every target through Halide.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDEPROVIDER_H
#define QCC_PASSES_LOWERTOLLVM_HALIDEPROVIDER_H

#include "targets/KernelProvider.h"

namespace qcc {

/// Schedules each kernel for the target row with Halide 14 and imports its
/// bitcode; the functions it makes hold no call but memory intrinsics.
const targets::KernelProvider &halideProvider();

} // namespace qcc

#endif // QCC_PASSES_LOWERTOLLVM_HALIDEPROVIDER_H
