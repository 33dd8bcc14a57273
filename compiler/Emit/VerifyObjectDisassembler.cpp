//===- VerifyObjectDisassembler.cpp - decode one instruction of an object -===//

#include "compiler/Emit/VerifyObjectDisassembler.h"
#include "compiler/Emit/VerifyObjectRules.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrAnalysis.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace qcc::emit {

struct ObjectDisassembler::Decoder {
  MCTargetOptions targetOptions;
  std::unique_ptr<MCRegisterInfo> registers;
  std::unique_ptr<MCAsmInfo> asmInfo;
  std::unique_ptr<MCInstrInfo> instrInfo;
  std::unique_ptr<MCSubtargetInfo> subtarget;
  std::unique_ptr<MCContext> context;
  std::unique_ptr<MCDisassembler> disassembler;
  std::unique_ptr<MCInstPrinter> printer;
  std::unique_ptr<MCInstrAnalysis> analysis;
};

static void initializeTargets() {
  static const bool once = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86Disassembler();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64Disassembler();
    LLVMInitializeARMTargetInfo();
    LLVMInitializeARMTargetMC();
    LLVMInitializeARMDisassembler();
    return true;
  }();
  (void)once;
}

/// LLVM only warns, on the terminal, about names that it does not know.
static Error checkNames(const MCSubtargetInfo &subtarget, StringRef triple,
                        StringRef cpu, StringRef features) {
  if (!cpu.empty() && !subtarget.isCPUStringValid(cpu))
    return createStringError("unknown cpu '" + cpu + "' for " + triple);
  SmallVector<StringRef> names;
  features.split(names, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef name : names) {
    bool isSigned = name.starts_with("+") || name.starts_with("-");
    StringRef plain = isSigned ? name.drop_front() : name;
    bool known = any_of(subtarget.getAllProcessorFeatures(),
                        [&](const SubtargetFeatureKV &feature) {
                          return plain == feature.Key;
                        });
    if (!isSigned || (!known && plain != "all"))
      return createStringError("unknown feature '" + name + "' for " + triple);
  }
  return Error::success();
}

Expected<std::unique_ptr<ObjectDisassembler::Decoder>>
ObjectDisassembler::createDecoder(StringRef tripleName, StringRef cpu,
                                  StringRef features) {
  std::string message;
  // "thumbv7m-none-eabi" has no vendor until it is normalized.
  Triple triple(Triple::normalize(tripleName));
  const Target *target = TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return createStringError(message);
  auto decoder = std::make_unique<Decoder>();
  Decoder &d = *decoder;
  // First without names, to learn which names the target knows.
  d.subtarget.reset(target->createMCSubtargetInfo(triple, "", ""));
  if (Error error = checkNames(*d.subtarget, tripleName, cpu, features))
    return std::move(error);
  d.subtarget.reset(target->createMCSubtargetInfo(triple, cpu, features));
  d.registers.reset(target->createMCRegInfo(triple));
  d.asmInfo.reset(
      target->createMCAsmInfo(*d.registers, triple, d.targetOptions));
  d.instrInfo.reset(target->createMCInstrInfo());
  d.context =
      std::make_unique<MCContext>(triple, d.asmInfo.get(), d.registers.get(),
                                  d.subtarget.get(), nullptr, &d.targetOptions);
  d.disassembler.reset(target->createMCDisassembler(*d.subtarget, *d.context));
  d.printer.reset(target->createMCInstPrinter(
      triple, /*SyntaxVariant=*/0, *d.asmInfo, *d.instrInfo, *d.registers));
  d.analysis.reset(target->createMCInstrAnalysis(d.instrInfo.get()));
  if (!d.disassembler || !d.printer || !d.analysis)
    return createStringError("no disassembler for " + tripleName);
  return decoder;
}

ObjectDisassembler::ObjectDisassembler(uint16_t machine) : machine(machine) {}
ObjectDisassembler::~ObjectDisassembler() = default;

/// Whether code for `triple` ends up in an object of `machine`.
static bool matchesMachine(const Triple &triple, uint16_t machine) {
  switch (machine) {
  case ELF::EM_X86_64:
    return triple.getArch() == Triple::x86_64;
  case ELF::EM_AARCH64:
    return triple.getArch() == Triple::aarch64;
  default:
    return triple.getArch() == Triple::thumb || triple.getArch() == Triple::arm;
  }
}

Expected<std::unique_ptr<ObjectDisassembler>>
ObjectDisassembler::create(uint16_t machine,
                           const VerifyObjectOptions &options) {
  initializeTargets();
  // The architecture with everything in it. v8.1-M contains all of the older M
  // profiles; its Helium and the NEON of the A profile share encodings, so no
  // decoder has both.
  std::string triple = "x86_64-unknown-none-elf", features;
  std::string plainTriple = triple;
  if (machine == ELF::EM_AARCH64) {
    triple = plainTriple = "aarch64-unknown-none-elf";
    features = "+all";
  } else if (machine == ELF::EM_ARM) {
    triple = "thumbv8.1m.main-none-eabi";
    features = "+mve.fp,+fp-armv8d16,+fullfp16,+dsp,+hwdiv,+lob,+pacbti";
    plainTriple = "thumb-none-eabi";
  }
  std::unique_ptr<ObjectDisassembler> result(new ObjectDisassembler(machine));
  auto permissiveOr = createDecoder(triple, "", features);
  if (!permissiveOr)
    return permissiveOr.takeError();
  result->permissive = std::move(*permissiveOr);

  if (!options.triple.empty()) {
    Triple asked(options.triple);
    if (!matchesMachine(asked, machine))
      return createStringError("the object is not for " + options.triple);
    plainTriple = options.triple;
    // clang spells M profiles armv7m as well; they only have Thumb.
    if (asked.getArch() == Triple::arm)
      plainTriple.replace(0, strlen("arm"), "thumb");
  }
  if (options.triple.empty() && options.cpu.empty() && options.features.empty())
    return result;
  auto strictOr = createDecoder(plainTriple, options.cpu, options.features);
  if (!strictOr)
    return strictOr.takeError();
  result->strict = std::move(*strictOr);
  return result;
}

bool ObjectDisassembler::isFloatingPoint(const Decoder &decoder,
                                         const MCInst &inst,
                                         StringRef text) const {
  switch (machine) {
  case ELF::EM_X86_64: {
    // The printed text may begin with prefixes, this does not.
    StringRef mnemonic(decoder.printer->getMnemonic(inst).first);
    return isX86FloatInstruction(decoder.instrInfo->get(inst.getOpcode()),
                                 *decoder.registers,
                                 mnemonic.take_until(isSpace));
  }
  case ELF::EM_AARCH64:
    return isAArch64FloatInstruction(text.take_until(isSpace));
  default:
    return isArmFloatInstruction(text.take_until(isSpace));
  }
}

/// LLVM prints tabs after mnemonics and sometimes before them.
static std::string normalizeSpace(StringRef text) {
  SmallVector<StringRef> words;
  SplitString(text, words);
  return join(words, " ");
}

/// LLVM's flags take these for jumps to anywhere: `bx lr` returns, and a jump
/// table of Thumb only reaches a little ahead.
static bool isArmReturnOrTable(StringRef text) {
  auto [mnemonic, operands] = text.split(' ');
  if (mnemonic.starts_with("tbb") || mnemonic.starts_with("tbh"))
    return true;
  return mnemonic.starts_with("bx") && operands == "lr";
}

bool ObjectDisassembler::decodeWith(Decoder &decoder, ArrayRef<uint8_t> bytes,
                                    uint64_t offset,
                                    DecodedInstruction &result) const {
  MCInst inst;
  uint64_t size = 0;
  auto status =
      decoder.disassembler->getInstruction(inst, size, bytes, offset, nulls());
  // SoftFail is an encoding that the manual calls unpredictable.
  if (status == MCDisassembler::Fail || size == 0 || size > bytes.size())
    return false;
  std::string text;
  raw_string_ostream stream(text);
  decoder.printer->printInst(&inst, offset, /*Annot=*/"", *decoder.subtarget,
                             stream);
  text = normalizeSpace(text);
  // Perhaps an instruction of a unit that this CPU lacks.
  if (machine == ELF::EM_ARM && isArmReservedCoprocessorAccess(text))
    return false;
  result.bytes = size;
  result.valid = true;
  result.text = std::move(text);
  result.floatingPoint = isFloatingPoint(decoder, inst, result.text);
  const MCInstrAnalysis &analysis = *decoder.analysis;
  result.isCall = analysis.isCall(inst);
  result.isIndirectJump =
      analysis.isIndirectBranch(inst) && !isArmReturnOrTable(result.text);
  uint64_t target = 0;
  if ((result.isCall || analysis.isBranch(inst)) &&
      analysis.evaluateBranch(inst, offset, size, target))
    result.target = target;
  return true;
}

DecodedInstruction ObjectDisassembler::decode(ArrayRef<uint8_t> bytes,
                                              uint64_t offset) {
  DecodedInstruction result;
  if (strict && decodeWith(*strict, bytes, offset, result)) {
    result.available = true;
    return result;
  }
  if (decodeWith(*permissive, bytes, offset, result)) {
    result.available = !strict;
    return result;
  }
  uint64_t step = machine == ELF::EM_X86_64    ? 1
                  : machine == ELF::EM_AARCH64 ? 4
                                               : 2;
  result.bytes = std::min<uint64_t>(step, bytes.size());
  return result;
}

} // namespace qcc::emit
