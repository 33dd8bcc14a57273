// Rewrites of imported kernels whose form LLVM's back ends do not see through.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_PEEPHOLE_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_PEEPHOLE_H

#include "targets/Target.h"

#include "llvm/IR/Function.h"

namespace qcc::kernels {

/// Improves `function` for the target; every rewrite keeps the value.
/// `keepLoops` forbids to unroll loops.
void improve(llvm::Function &function, const targets::Target &target,
             bool keepLoops);

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_PEEPHOLE_H
