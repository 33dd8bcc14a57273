// Makes the code of kernels, several at a time.
#ifndef QCC_PASSES_LOWERTOLLVM_EMITKERNELS_H
#define QCC_PASSES_LOWERTOLLVM_EMITKERNELS_H

#include "passes/LowerToLLVM/LowerToLLVM.h"

namespace qcc {

/// A kernel whose function is wanted.
struct KernelJob {
  targets::KernelSource source;
  const targets::KernelProvider *provider;
  std::string symbol; ///< of the function
};

/// One module per job in `context`, in the order of `jobs`, each optimised and
/// with the job's function. Every kernel is made in a process of its own, at
/// most `options.jobs` at once: Halide numbers its names through a whole
/// process, so only this way does a kernel's code not depend on what was made
/// before it. Of the jobs' errors the first one's is returned; a process that
/// dies is an error that names the kernel.
llvm::Expected<std::vector<std::unique_ptr<llvm::Module>>>
emitKernels(llvm::ArrayRef<KernelJob> jobs, const targets::Target &target,
            llvm::TargetMachine &machine, const LowerToLLVMOptions &options,
            llvm::LLVMContext &context);

} // namespace qcc

#endif // QCC_PASSES_LOWERTOLLVM_EMITKERNELS_H
