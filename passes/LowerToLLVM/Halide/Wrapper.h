// The function that a kernel becomes: its stages in order, then its halo.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_WRAPPER_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_WRAPPER_H

#include "targets/KernelProvider.h"

#include "llvm/IR/IRBuilder.h"

namespace qcc::kernels {

/// for (i = 0; i < count; ++i) body(i)
void loop(llvm::IRBuilderBase &b, int64_t count,
          llvm::function_ref<void(llvm::Value *)> body);

/// Fills the halo of the buffer at `base` with `value`.
void fillHalo(llvm::IRBuilderBase &builder, llvm::Value *base,
              const targets::Layout &layout, int32_t value);

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_WRAPPER_H
