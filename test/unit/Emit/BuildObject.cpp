//===- BuildObject.cpp - objects for tests, built in the process ----------===//

#include "test/unit/Emit/BuildObject.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCAsmBackend.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCCodeEmitter.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCObjectWriter.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "gtest/gtest.h"

using namespace llvm;

namespace qcc::test {

static const Target *findTarget(const Triple &triple) {
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
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(triple, message);
  EXPECT_NE(target, nullptr) << message;
  return target;
}

Object assemble(StringRef text, const Machine &machine) {
  Object object;
  Triple triple(machine.triple);
  const Target *target = findTarget(triple);
  if (!target)
    return object;
  SourceMgr sources;
  sources.AddNewSourceBuffer(MemoryBuffer::getMemBufferCopy(text, "test.s"),
                             SMLoc());
  MCTargetOptions options;
  std::unique_ptr<MCRegisterInfo> registers(target->createMCRegInfo(triple));
  std::unique_ptr<MCAsmInfo> asmInfo(
      target->createMCAsmInfo(*registers, triple, options));
  std::unique_ptr<MCInstrInfo> instrInfo(target->createMCInstrInfo());
  std::unique_ptr<MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(triple, machine.cpu, machine.features));
  MCContext context(triple, asmInfo.get(), registers.get(), subtarget.get(),
                    &sources, &options);
  std::unique_ptr<MCObjectFileInfo> fileInfo(
      target->createMCObjectFileInfo(context, /*PIC=*/true));
  context.setObjectFileInfo(fileInfo.get());
  raw_svector_ostream stream(object.bytes);
  std::unique_ptr<MCAsmBackend> backend(
      target->createMCAsmBackend(*subtarget, *registers, options));
  std::unique_ptr<MCObjectWriter> writer = backend->createObjectWriter(stream);
  std::unique_ptr<MCCodeEmitter> emitter(
      target->createMCCodeEmitter(*instrInfo, context));
  std::unique_ptr<MCStreamer> streamer(target->createMCObjectStreamer(
      triple, context, std::move(backend), std::move(writer),
      std::move(emitter), *subtarget));
  std::unique_ptr<MCAsmParser> parser(
      createMCAsmParser(sources, context, *streamer, *asmInfo));
  std::unique_ptr<MCTargetAsmParser> targetParser(
      target->createMCAsmParser(*subtarget, *parser, *instrInfo, options));
  parser->setTargetParser(*targetParser);
  EXPECT_FALSE(parser->Run(/*NoInitialTextSection=*/false)) << text.str();
  return object;
}

Object assembleFunction(StringRef body, const Machine &machine) {
  Triple triple(machine.triple);
  std::string text = ".text\n";
  if (triple.isThumb())
    text += ".syntax unified\n.thumb\n.thumb_func\n";
  text += ".globl f\n.type f,%function\nf:\n" + body.str() + "\n";
  text += triple.isThumb() ? "bx lr\n" : "ret\n";
  text += ".size f, .-f\n";
  return assemble(text, machine);
}

Object compile(StringRef ir, const Machine &machine,
               std::optional<Reloc::Model> relocation) {
  Object object;
  Triple triple(machine.triple);
  const Target *target = findTarget(triple);
  LLVMContext context;
  SMDiagnostic diagnostic;
  std::unique_ptr<Module> module = parseAssemblyString(ir, diagnostic, context);
  EXPECT_NE(module, nullptr) << diagnostic.getMessage().str();
  if (!module || !target)
    return object;
  if (!relocation)
    relocation = triple.isThumb() ? Reloc::ROPI : Reloc::PIC_;
  TargetOptions options;
  options.EmitStackSizeSection = true;
  std::unique_ptr<TargetMachine> targetMachine(target->createTargetMachine(
      triple, machine.cpu, machine.features, options, relocation));
  module->setTargetTriple(triple);
  module->setDataLayout(targetMachine->createDataLayout());
  raw_svector_ostream stream(object.bytes);
  legacy::PassManager passes;
  EXPECT_FALSE(targetMachine->addPassesToEmitFile(passes, stream, nullptr,
                                                  CodeGenFileType::ObjectFile));
  passes.run(*module);
  return object;
}

} // namespace qcc::test
