#include "compiler/Emit/EmitModule.h"

#include "llvm/Analysis/RuntimeLibcallInfo.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/RegisterTargetPassConfigCallback.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

namespace qcc::emit {
namespace {

/// Keeps the code generator's errors, upon which LLVM would end the process.
struct ErrorKeeper : llvm::DiagnosticHandler {
  explicit ErrorKeeper(std::string &text) : text(text) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() != llvm::DS_Error || !text.empty())
      return true;
    llvm::raw_string_ostream stream(text);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
    return true;
  }
  std::string &text;
};

/// What TargetMachine::addPassesToEmitFile() adds, with room for one pass
/// before the printer. False if the machine cannot write `type`.
bool addPasses(llvm::legacy::PassManager &passes, llvm::TargetMachine &machine,
               llvm::raw_pwrite_stream &stream, llvm::CodeGenFileType type,
               InstructionCounts *counts) {
  // Without it LLVM knows of no memset and fills memory byte by byte.
  const llvm::TargetOptions &options = machine.Options;
  passes.add(new llvm::RuntimeLibraryInfoWrapper(
      machine.getTargetTriple(), options.ExceptionModel, options.FloatABIType,
      options.EABIVersion, options.MCOptions.getABIName(), options.VecLib));
  auto *info = new llvm::MachineModuleInfoWrapperPass(&machine);
  llvm::TargetPassConfig *config = machine.createPassConfig(passes);
  passes.add(config);
  passes.add(info);
  llvm::invokeGlobalTargetPassConfigCallbacks(machine, passes, config);
  if (config->addISelPasses())
    return false;
  config->addMachinePasses();
  config->setInitialized();
  if (counts)
    passes.add(createCountInstructions(*counts));
  if (machine.addAsmPrinter(passes, stream, nullptr, type,
                            info->getMMI().getContext()))
    return false;
  passes.add(llvm::createFreeMachineFunctionPass());
  return true;
}

llvm::Expected<std::string> generate(llvm::Module &module,
                                     llvm::TargetMachine &machine,
                                     llvm::CodeGenFileType type,
                                     InstructionCounts *counts) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (!addPasses(passes, machine, stream, type, counts))
    return llvm::createStringError("the code generator for '" +
                                   machine.getTargetTriple().str() +
                                   "' cannot write this kind of file");
  // Code generation rewrites the module; the caller may want another form.
  std::unique_ptr<llvm::Module> copy = llvm::CloneModule(module);
  std::string message;
  auto outer = module.getContext().getDiagnosticHandler();
  module.getContext().setDiagnosticHandler(
      std::make_unique<ErrorKeeper>(message));
  passes.run(*copy);
  module.getContext().setDiagnosticHandler(std::move(outer));
  if (!message.empty())
    return llvm::createStringError("code generation for '" +
                                   machine.getTargetTriple().str() +
                                   "' failed: " + message);
  return std::string(bytes.begin(), bytes.end());
}

} // namespace

llvm::Expected<std::string> makeArchive(llvm::StringRef object,
                                        llvm::StringRef memberName) {
  std::vector<llvm::NewArchiveMember> members;
  members.emplace_back(llvm::MemoryBufferRef(object, memberName));
  auto buffer = llvm::writeArchiveToBuffer(
      members, llvm::SymtabWritingMode::NormalSymtab,
      llvm::object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false);
  if (!buffer)
    return buffer.takeError();
  return (*buffer)->getBuffer().str();
}

llvm::Expected<std::string>
emitModule(llvm::Module &module, llvm::TargetMachine &machine, CodeKind kind,
           llvm::StringRef memberName, InstructionCounts *counts) {
  switch (kind) {
  case CodeKind::LLVMIR: {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module.print(stream, nullptr);
    return text;
  }
  case CodeKind::Assembly:
    return generate(module, machine, llvm::CodeGenFileType::AssemblyFile,
                    counts);
  case CodeKind::Object:
    return generate(module, machine, llvm::CodeGenFileType::ObjectFile, counts);
  case CodeKind::Archive: {
    auto object =
        generate(module, machine, llvm::CodeGenFileType::ObjectFile, counts);
    if (!object)
      return object.takeError();
    return makeArchive(*object, memberName);
  }
  }
  return llvm::createStringError("unknown form");
}

} // namespace qcc::emit
