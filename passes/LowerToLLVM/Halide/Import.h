// From a Halide pipeline to a function of an LLVM module.
#ifndef QCC_PASSES_LOWERTOLLVM_HALIDE_IMPORT_H
#define QCC_PASSES_LOWERTOLLVM_HALIDE_IMPORT_H

#include "passes/LowerToLLVM/Halide/Stage.h"

#include "llvm/IR/Module.h"

namespace qcc::kernels {

/// Compiles the pipeline and links its function into `module` as `symbol`:
/// internal, always inlined, with the target's attributes and without the
/// aliasing metadata that planned memory contradicts. Its arguments are
/// pointers to halide_buffer_t.
llvm::Expected<llvm::Function *> importPipeline(Pipeline &pipeline,
                                                const targets::Target &target,
                                                const std::string &symbol,
                                                llvm::Module &module);

/// Sets what every function of the object must agree on, or LLVM inlines
/// nothing.
void setTargetAttributes(llvm::Function &function,
                         const targets::Target &target);

/// A call of an imported pipeline with a buffer for each of `pointers`.
void callPipeline(llvm::Function &pipeline,
                  llvm::ArrayRef<llvm::Value *> pointers,
                  llvm::IRBuilderBase &builder);

} // namespace qcc::kernels

#endif // QCC_PASSES_LOWERTOLLVM_HALIDE_IMPORT_H
