#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include "passes/LowerToLLVM/Halide/Import.h"
#include "passes/LowerToLLVM/Halide/Peephole.h"

#include <sys/mman.h>
#include <unistd.h>

namespace qcc::kernels {

namespace {

/// Writes the pipeline's bitcode to memory; Halide only knows files.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
compile(Pipeline &pipeline, const targets::Target &target,
        const std::string &symbol) {
  int file = memfd_create("qcc-kernel", MFD_CLOEXEC);
  if (file < 0)
    return llvm::createStringError("cannot create a file in memory");
  std::string path = "/proc/self/fd/" + std::to_string(file);
  try {
    Halide::Target row(
        target.halide.str() +
        "-no_asserts-no_bounds_query-no_runtime-disable_llvm_loop_opt");
    pipeline.output.compile_to_bitcode(path, pipeline.arguments, symbol, row);
  } catch (const std::exception &error) {
    close(file);
    return llvm::createStringError(llvm::Twine("Halide: ") + error.what());
  }
  auto buffer = llvm::MemoryBuffer::getFile(path, false, false, true);
  close(file);
  if (!buffer)
    return llvm::errorCodeToError(buffer.getError());
  return std::move(*buffer);
}

/// Halide gives each buffer name its own TBAA type, which is wrong once two
/// buffers share memory.
void dropAliasingMetadata(llvm::Function &function) {
  for (llvm::BasicBlock &block : function)
    for (llvm::Instruction &instruction : block)
      instruction.setMetadata(llvm::LLVMContext::MD_tbaa, nullptr);
}

/// Leaves only `keep` and what it needs, without module-wide metadata.
void dropAllBut(llvm::Function &keep, llvm::Module &module) {
  for (const char *name : {"llvm.used", "llvm.compiler.used"})
    if (llvm::GlobalVariable *used = module.getNamedGlobal(name))
      used->eraseFromParent();
  while (!module.named_metadata_empty())
    module.eraseNamedMetadata(&*module.named_metadata_begin());
  for (llvm::Function &function : module)
    if (!function.isDeclaration() && &function != &keep)
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
  bool changed = true;
  while (changed) {
    changed = false;
    for (llvm::Function &function : llvm::make_early_inc_range(module))
      if (&function != &keep && function.use_empty()) {
        function.eraseFromParent();
        changed = true;
      }
    for (llvm::GlobalVariable &global :
         llvm::make_early_inc_range(module.globals())) {
      global.removeDeadConstantUsers();
      if (global.use_empty()) {
        global.eraseFromParent();
        changed = true;
      }
    }
  }
}

} // namespace

void setTargetAttributes(llvm::Function &function,
                         const targets::Target &target) {
  llvm::AttrBuilder attributes(function.getContext());
  attributes.addAttribute(llvm::Attribute::NoUnwind);
  if (!target.cpu.empty())
    attributes.addAttribute("target-cpu", target.cpu);
  if (!target.features.empty())
    attributes.addAttribute("target-features", target.features);
  function.addFnAttrs(attributes);
}

llvm::Expected<llvm::Function *> importPipeline(Pipeline &pipeline,
                                                const targets::Target &target,
                                                const std::string &symbol,
                                                llvm::Module &module) {
  auto bitcode = compile(pipeline, target, symbol);
  if (!bitcode)
    return bitcode.takeError();
  auto parsed = llvm::parseBitcodeFile((*bitcode)->getMemBufferRef(),
                                       module.getContext());
  if (!parsed)
    return parsed.takeError();
  llvm::Module &made = **parsed;
  llvm::Function *function = made.getFunction(symbol);
  if (!function)
    return llvm::createStringError("Halide made no function '" + symbol + "'");
  dropAllBut(*function, made);
  // Unrolling a loop around a register tile of general registers makes LLVM
  // hoist loads until the sums are spilled; unrolling the loops around that
  // one, or those that pack, makes much code that is hardly faster.
  bool keepLoops =
      pipeline.packs || (pipeline.registerTile && target.vectorBytes == 0);
  for (llvm::Function &f : made) {
    if (f.isDeclaration() && !f.isIntrinsic())
      return llvm::createStringError("kernel code would call '" + f.getName() +
                                     "'");
    if (f.isDeclaration())
      continue;
    f.setAttributes(llvm::AttributeList());
    setTargetAttributes(f, target);
    f.addFnAttr(llvm::Attribute::AlwaysInline);
    dropAliasingMetadata(f);
    improve(f, target, keepLoops);
  }
  made.setTargetTriple(module.getTargetTriple());
  made.setDataLayout(module.getDataLayout());
  if (llvm::Linker::linkModules(module, std::move(*parsed)))
    return llvm::createStringError("cannot link kernel '" + symbol + "'");
  function = module.getFunction(symbol);
  function->setLinkage(llvm::GlobalValue::InternalLinkage);
  return function;
}

/// Every dimension's bounds and stride are constants in the pipeline, so that
/// only the host pointer of each buffer is ever read.
void callPipeline(llvm::Function &pipeline,
                  llvm::ArrayRef<llvm::Value *> pointers,
                  llvm::IRBuilderBase &builder) {
  llvm::LLVMContext &context = builder.getContext();
  llvm::Type *pointer = builder.getPtrTy();
  llvm::StructType *type = llvm::StructType::get(
      context,
      {builder.getInt64Ty(), pointer, pointer, builder.getInt64Ty(),
       llvm::StructType::get(context, {builder.getInt8Ty(), builder.getInt8Ty(),
                                       builder.getInt16Ty()}),
       builder.getInt32Ty(), pointer, pointer});
  llvm::SmallVector<llvm::Value *, 8> arguments;
  for (llvm::Value *host : pointers) {
    llvm::Value *buffer = builder.CreateAlloca(type);
    builder.CreateStore(llvm::Constant::getNullValue(type), buffer);
    builder.CreateStore(host, builder.CreateStructGEP(type, buffer, 2));
    arguments.push_back(buffer);
  }
  builder.CreateCall(&pipeline, arguments);
}

} // namespace qcc::kernels
