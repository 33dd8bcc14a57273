#include "compiler/Emit/EmitModule.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"

namespace qcc::emit {
namespace {

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
  passes.run(*copy);
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
