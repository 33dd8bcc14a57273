#include "passes/LowerToLLVM/LowerToLLVM.h"
#include "passes/LowerToLLVM/TripCounts.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"

namespace qcc {
namespace {

void initializeTargets() {
  static const bool once = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    LLVMInitializeAArch64AsmParser();
    LLVMInitializeARMTargetInfo();
    LLVMInitializeARMTarget();
    LLVMInitializeARMTargetMC();
    LLVMInitializeARMAsmPrinter();
    LLVMInitializeARMAsmParser();
    return true;
  }();
  (void)once;
}

/// Only memory functions may be called from outside the module.
bool isAllowedCallee(llvm::StringRef name) {
  return name == "memcpy" || name == "memset" || name == "memmove" ||
         name.starts_with("__aeabi_mem");
}

/// What inlining and dead-code removal must have left.
llvm::Error checkOptimized(const llvm::Module &module) {
  for (const llvm::Function &function : module) {
    if (!function.isDeclaration() || function.isIntrinsic())
      continue;
    if (!function.use_empty() && !isAllowedCallee(function.getName()))
      return llvm::createStringError("generated code calls '" +
                                     function.getName() +
                                     "', which no firmware has");
  }
  for (const llvm::StructType *type : module.getIdentifiedStructTypes())
    if (type->hasName() && type->getName().starts_with("struct.halide_buffer"))
      for (const llvm::Function &function : module)
        for (const llvm::Instruction &inst : llvm::instructions(function))
          if (const auto *stack = llvm::dyn_cast<llvm::AllocaInst>(&inst);
              stack && stack->getAllocatedType() == type)
            return llvm::createStringError("a buffer structure survives in '" +
                                           function.getName() + "'");
  return llvm::Error::success();
}

} // namespace

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const targets::Target &target) {
  initializeTargets();
  if (target.prepareLLVM)
    target.prepareLLVM();
  // Normalised, so that LLVM sees the EABI of bare-metal ARM.
  llvm::Triple triple(llvm::Triple::normalize(target.triple));
  std::string message;
  const llvm::Target *found =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!found)
    return llvm::createStringError("no code generator for '" + target.triple +
                                   "': " + message);
  llvm::TargetOptions options;
  options.EmitStackSizeSection = true;
  options.FunctionSections = true;
  options.DataSections = true;
  bool bareMetal = triple.getOS() == llvm::Triple::UnknownOS;
  std::unique_ptr<llvm::TargetMachine> machine(found->createTargetMachine(
      triple, target.cpu, target.features, options,
      bareMetal ? llvm::Reloc::ROPI : llvm::Reloc::PIC_, std::nullopt,
      llvm::CodeGenOptLevel::Aggressive));
  if (!machine)
    return llvm::createStringError("no code generator for cpu '" + target.cpu +
                                   "'");
  return machine;
}

llvm::Error optimizeModule(llvm::Module &module, llvm::TargetMachine &machine,
                           const LowerToLLVMOptions &options) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes = builder.buildPerModuleDefaultPipeline(
      options.optimizeForSize ? llvm::OptimizationLevel::Os
                              : llvm::OptimizationLevel::O3);
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(TripCountsPass()));
  passes.run(module, modules);
  return checkOptimized(module);
}

} // namespace qcc
