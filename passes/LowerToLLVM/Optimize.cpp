#include "passes/LowerToLLVM/LowerToLLVM.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
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

/// The bits below the sign of a vector's repeated 32-bit constant, when they
/// are few and the sign is set; else 0.
uint64_t bitsBesideSign(const llvm::Value *operand) {
  const auto *constant = llvm::dyn_cast<llvm::Constant>(operand);
  if (!constant || !constant->getType()->isVectorTy() ||
      !constant->getType()->getScalarType()->isIntegerTy(32))
    return 0;
  const auto *lane = llvm::dyn_cast_or_null<llvm::ConstantInt>(
      constant->getSplatValue(/*AllowPoison=*/true));
  uint64_t bits = lane ? lane->getZExtValue() ^ 0x80000000u : 0;
  return bits < (1u << 16) ? bits : 0;
}

/// LLVM's AArch64 back end makes such constants by `fneg` of the bits without
/// the sign, which `verify-integer-only` rightly refuses (its effect on a NaN
/// depends on FPCR). An empty assembly statement hides them until then.
void hideSignedConstants(llvm::Function &function) {
  std::map<std::pair<uint64_t, llvm::Type *>, llvm::Value *> made;
  llvm::SmallVector<std::pair<llvm::Use *, uint64_t>> uses;
  for (llvm::Instruction &inst : llvm::instructions(function))
    if (!llvm::isa<llvm::PHINode, llvm::ShuffleVectorInst>(inst))
      for (llvm::Use &use : inst.operands())
        if (uint64_t bits = bitsBesideSign(use.get()))
          uses.push_back({&use, bits});
  for (auto [use, bits] : uses) {
    llvm::Type *type = use->get()->getType();
    llvm::Value *&value = made[{bits, type}];
    if (!value) {
      llvm::IRBuilder<> builder(
          &*function.getEntryBlock().getFirstInsertionPt());
      auto *lanes = llvm::FixedVectorType::get(builder.getInt32Ty(), 4);
      llvm::InlineAsm *identity = llvm::InlineAsm::get(
          llvm::FunctionType::get(lanes, {lanes}, false), "", "=w,0", false);
      llvm::Value *hidden =
          builder.CreateCall(identity, {llvm::ConstantInt::get(lanes, bits)});
      llvm::Value *signedBits =
          builder.CreateXor(hidden, llvm::ConstantInt::get(lanes, 0x80000000u));
      auto count = llvm::cast<llvm::FixedVectorType>(type)->getNumElements();
      value = count == 4 ? signedBits
                         : builder.CreateShuffleVector(
                               signedBits, llvm::SmallVector<int>(count, 0));
    }
    use->set(value);
  }
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
  passes.run(module, modules);
  if (machine.getTargetTriple().isAArch64())
    for (llvm::Function &function : module)
      if (!function.isDeclaration())
        hideSignedConstants(function);
  return checkOptimized(module);
}

} // namespace qcc
