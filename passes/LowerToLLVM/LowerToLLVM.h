// Phase LowerToLLVM: placed kernels -> one LLVM module.
#ifndef QCC_PASSES_LOWERTOLLVM_LOWERTOLLVM_H
#define QCC_PASSES_LOWERTOLLVM_LOWERTOLLVM_H

#include "targets/KernelProvider.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>

namespace qcc {

struct LowerToLLVMOptions {
  std::string prefix = "model"; ///< every global symbol starts with it
  bool optimizeForSize = false; ///< -Os instead of -O3
  /// The run function stores the cycle counter before the first kernel and
  /// after each, in 64 bits each, behind the arena (at the next multiple of 8).
  bool timestamps = false;
  unsigned jobs = 0; ///< processes that make kernels; 0: all cores
  /// Called before each distinct kernel is made: index, number, layer.
  std::function<void(size_t, size_t, llvm::StringRef)> progress;
};

/// The code generator of a target row; an error when LLVM lacks it.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const targets::Target &target);

/// In: a function that `qcc-verify-schedule` accepts. Out: a module with
/// `int <prefix>_run(const void *const *inputs, void *const *outputs, void
/// *arena)`, one internal function per distinct kernel, packed constants as
/// internal read-only globals. Kernels of `function` get the attributes
/// `qint.symbol`, the function that computes them (kernels that differ in
/// constants only share one), `qint.packed_bytes`, those of their constants,
/// and of those the bytes of weights and the bits that each takes,
/// `qint.stored_weight_bytes` and `qint.stored_weight_bits`.
llvm::Expected<std::unique_ptr<llvm::Module>>
lowerToLLVM(mlir::func::FuncOp function, const targets::Target &target,
            const targets::KernelProvider &portable,
            llvm::TargetMachine &machine, const LowerToLLVMOptions &options,
            llvm::LLVMContext &context);

/// LLVM's pipeline for the exact CPU, then what must hold of the result: no
/// call but to the memory functions, no trace of Halide. For kernels by
/// themselves, and for modules that were changed since.
llvm::Error optimizeModule(llvm::Module &module, llvm::TargetMachine &machine,
                           const LowerToLLVMOptions &options);

} // namespace qcc

#endif // QCC_PASSES_LOWERTOLLVM_LOWERTOLLVM_H
