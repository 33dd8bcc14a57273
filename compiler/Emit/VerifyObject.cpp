//===- VerifyObject.cpp - the last word on an emitted object --------------===//

#include "compiler/Emit/VerifyObject.h"
#include "compiler/Emit/ObjectInfoElf.h"
#include "compiler/Emit/VerifyObjectDisassembler.h"
#include "compiler/Emit/VerifyObjectRules.h"
#include "compiler/Emit/VerifyObjectSweep.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm;

namespace qcc::emit {

std::vector<std::string> defaultAllowedUndefined() {
  std::vector<std::string> names = {"memcpy", "memset", "memmove"};
  for (const char *name : {"cpy", "move", "set", "clr"})
    for (const char *suffix : {"", "4", "8"})
      names.push_back(std::string("__aeabi_mem") + name + suffix);
  return names;
}

namespace {

class Verifier {
public:
  Verifier(const ElfImage &image, const VerifyObjectOptions &options,
           ObjectDisassembler &disassembler)
      : image(image), options(options), disassembler(disassembler) {}

  Error run() {
    checkSections();
    checkDefinedSymbols();
    checkUndefinedSymbols();
    if (options.requirePositionIndependent)
      checkRelocations();
    for (uint32_t i = 0; i < image.sections.size(); ++i)
      if (image.sections[i].isExecutable())
        checkCode(i);
    return takeErrors();
  }

private:
  void report(const Twine &what) {
    ++count;
    if (options.maxReports && count > options.maxReports)
      return;
    errors = joinErrors(std::move(errors),
                        createStringError(image.fileName + ": " + what));
  }

  Error takeErrors() {
    if (options.maxReports && count > options.maxReports)
      errors = joinErrors(std::move(errors),
                          createStringError(image.fileName + ": " +
                                            Twine(count - options.maxReports) +
                                            " more"));
    return std::move(errors);
  }

  void checkSections() {
    for (const ElfSection &section : image.sections) {
      if (!section.isAllocated() || section.size == 0) {
        if (section.isExecutable() && section.size)
          report("executable section '" + section.name + "' is not loaded");
        continue;
      }
      if (section.isWritable())
        report("writable section '" + section.name + "' of " +
               Twine(section.size) + " bytes, expected constant data only");
      if (section.isExecutable() && section.contents.empty())
        report("executable section '" + section.name + "' has no contents");
    }
  }

  void checkDefinedSymbols() {
    for (const ElfSymbol &symbol : image.symbols) {
      if (symbol.isCommon())
        report("common symbol '" + symbol.name + "' is writable");
      if (symbol.type == ELF::STT_TLS)
        report("symbol '" + symbol.name + "' is thread-local");
      if (!symbol.isInSection())
        continue;
      const ElfSection &section = image.sections[symbol.section];
      if (symbol.type == ELF::STT_OBJECT && section.isWritable())
        report("global '" + symbol.name + "' in section '" + section.name +
               "' is writable");
      if (symbol.isFunction() && !section.isExecutable())
        report("function '" + symbol.name + "' is in section '" + section.name +
               "', which is not executable");
    }
  }

  /// "", or ", used at 'f'+0x4 and 2 more places".
  std::string describeUses(uint32_t symbol) const {
    std::string first;
    unsigned uses = 0;
    for (uint32_t i = 0; i < image.sections.size(); ++i)
      for (const ElfRelocation &relocation : image.sections[i].relocations)
        if (relocation.symbol == symbol && image.sections[i].isAllocated() &&
            uses++ == 0)
          first = image.describePlace(i, relocation.offset);
    if (uses == 0)
      return "";
    return ", used at " + first +
           (uses > 1 ? " and " + utostr(uses - 1) + " more" : "");
  }

  void checkUndefinedSymbols() {
    StringSet<> allowed;
    for (const std::string &name : options.allowedUndefined)
      allowed.insert(name);
    for (uint32_t i = 1; i < image.symbols.size(); ++i) {
      const ElfSymbol &symbol = image.symbols[i];
      if (!symbol.isUndefined())
        continue;
      if (isFloatLibraryFunction(symbol.name))
        report("floating-point library function '" + symbol.name + "'" +
               describeUses(i));
      else if (!allowed.contains(symbol.name))
        report("unexpected undefined symbol '" + symbol.name + "'" +
               describeUses(i));
    }
  }

  void checkRelocations() {
    for (uint32_t i = 0; i < image.sections.size(); ++i) {
      if (!image.sections[i].isAllocated())
        continue;
      for (const ElfRelocation &relocation : image.sections[i].relocations)
        if (!isPositionIndependentRelocation(image.machine, relocation.type))
          report(image.describePlace(i, relocation.offset) + ": relocation " +
                 image.relocationName(relocation.type) + " against '" +
                 image.symbols[relocation.symbol].name +
                 "' is not position independent");
    }
  }

  void checkCode(uint32_t section) {
    CodeSweep sweep(image, section);
    for (uint32_t symbol : sweep.functionsInData())
      report("function '" + image.symbols[symbol].name +
             "' begins in bytes that are marked as data");
    for (uint64_t offset : sweep.armCode())
      report(image.describePlace(section, offset) +
             ": ARM code, expected Thumb");
    sweep.forEach(disassembler,
                  [&](uint64_t offset, const DecodedInstruction &instruction) {
                    checkInstruction(section, offset, instruction);
                  });
  }

  void checkInstruction(uint32_t section, uint64_t offset,
                        const DecodedInstruction &instruction) {
    std::string what;
    if (!instruction.valid) {
      ArrayRef<uint8_t> bytes = image.sections[section].contents;
      what = "no instruction begins with bytes " +
             toHex(bytes.slice(offset, instruction.bytes), /*LowerCase=*/true);
    } else if (instruction.floatingPoint) {
      what = "floating-point instruction '" + instruction.text + "'";
    } else if (!instruction.available) {
      what = "instruction '" + instruction.text + "' is not available on " +
             targetName();
    } else {
      return;
    }
    report(image.describePlace(section, offset) + ": " + what);
  }

  std::string targetName() const {
    std::string name = options.cpu.empty() ? options.triple : options.cpu;
    if (!options.features.empty())
      name += (name.empty() ? "" : " ") + options.features;
    return name;
  }

  const ElfImage &image;
  const VerifyObjectOptions &options;
  ObjectDisassembler &disassembler;
  unsigned count = 0;
  Error errors = Error::success();
};

} // namespace

Error verifyIntegerOnly(MemoryBufferRef object,
                        const VerifyObjectOptions &options) {
  auto imageOr = readElfImage(object);
  if (!imageOr)
    return imageOr.takeError();
  auto disassemblerOr = ObjectDisassembler::create(imageOr->machine, options);
  if (!disassemblerOr)
    return createStringError(imageOr->fileName + ": " +
                             toString(disassemblerOr.takeError()));
  return Verifier(*imageOr, options, **disassemblerOr).run();
}

} // namespace qcc::emit
