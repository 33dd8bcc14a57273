#include "compiler/Emit/EmitModule.h"

#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/raw_ostream.h"
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

llvm::Expected<std::string> generate(llvm::Module &module,
                                     llvm::TargetMachine &machine,
                                     llvm::CodeGenFileType type) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
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

llvm::Expected<std::string> emitModule(llvm::Module &module,
                                       llvm::TargetMachine &machine,
                                       CodeKind kind,
                                       llvm::StringRef memberName) {
  switch (kind) {
  case CodeKind::LLVMIR: {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module.print(stream, nullptr);
    return text;
  }
  case CodeKind::Assembly:
    return generate(module, machine, llvm::CodeGenFileType::AssemblyFile);
  case CodeKind::Object:
    return generate(module, machine, llvm::CodeGenFileType::ObjectFile);
  case CodeKind::Archive: {
    auto object = generate(module, machine, llvm::CodeGenFileType::ObjectFile);
    if (!object)
      return object.takeError();
    return makeArchive(*object, memberName);
  }
  }
  return llvm::createStringError("unknown form");
}

} // namespace qcc::emit
