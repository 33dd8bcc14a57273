//===- ObjectInfoStack.cpp - frame sizes and the worst stack --------------===//

#include "compiler/Emit/ObjectInfoStack.h"
#include "compiler/Emit/ObjectInfo.h"
#include "compiler/Emit/VerifyObjectSweep.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MathExtras.h"
#include <set>

using namespace llvm;

namespace qcc::emit {

//===----------------------------------------------------------------------===//
// .stack_sizes
//===----------------------------------------------------------------------===//

static Error readFrameSection(const ElfImage &image, const ElfSection &section,
                              FrameSizes &frames) {
  auto damaged = [&](const Twine &what) {
    return createStringError(image.fileName + ": section '" + section.name +
                             "': " + what);
  };
  std::map<uint64_t, const ElfRelocation *> relocations;
  for (const ElfRelocation &relocation : section.relocations)
    relocations[relocation.offset] = &relocation;
  uint64_t word = image.machine == ELF::EM_ARM ? 4 : 8;
  ArrayRef<uint8_t> bytes = section.contents;
  for (uint64_t offset = 0; offset < bytes.size();) {
    auto it = relocations.find(offset);
    if (it == relocations.end() || bytes.size() - offset <= word)
      return damaged("expected a function address at offset " + Twine(offset));
    const ElfSymbol &symbol = image.symbols[it->second->symbol];
    if (!symbol.isInSection())
      return damaged("'" + symbol.name + "' is not defined here");
    // ARM keeps addends in the patched word.
    int64_t addend = it->second->addend;
    if (!it->second->hasAddend)
      addend = int32_t(support::endian::read32le(bytes.data() + offset));
    uint64_t value = symbol.value + uint64_t(addend);
    if (image.machine == ELF::EM_ARM)
      value &= ~uint64_t(1);
    const char *error = nullptr;
    unsigned length = 0;
    uint64_t size = decodeULEB128(bytes.data() + offset + word, &length,
                                  bytes.end(), &error);
    if (error)
      return damaged(error);
    frames[{symbol.section, value}] = size;
    offset += word + length;
  }
  return Error::success();
}

Expected<FrameSizes> readFrameSizes(const ElfImage &image) {
  FrameSizes frames;
  for (const ElfSection &section : image.sections)
    if (section.name == ".stack_sizes")
      if (Error error = readFrameSection(image, section, frames))
        return std::move(error);
  return frames;
}

//===----------------------------------------------------------------------===//
// Worst case over the call graph
//===----------------------------------------------------------------------===//

namespace {

/// Finds who calls whom from relocations and, inside a section, from branches
/// that the assembler resolved itself.
class StackAnalysis {
public:
  StackAnalysis(const ElfImage &image, ObjectDisassembler &disassembler,
                FrameSizes frames, uint64_t externalBytes)
      : image(image), disassembler(disassembler), frames(std::move(frames)),
        externalBytes(externalBytes) {}

  Expected<StackBound> run(StringRef entry) {
    for (uint32_t i = 1; i < image.symbols.size(); ++i)
      if (image.symbols[i].isFunction() && image.symbols[i].isInSection() &&
          image.symbols[i].name == entry) {
        collectCalls();
        return boundOf(placeOf(image.symbols[i]));
      }
    return createStringError(image.fileName + ": no function '" + entry + "'");
  }

private:
  /// Start of a function: section and offset.
  using Place = std::pair<uint32_t, uint64_t>;
  struct Calls {
    std::set<Place> callees;
    std::string external; ///< An undefined function that is called, or "".
    std::string unknown;  ///< A place whose target is not known, or "".
  };

  static Place placeOf(const ElfSymbol &symbol) {
    return {symbol.section, symbol.value};
  }

  void collectCalls() {
    for (uint32_t i = 0; i < image.sections.size(); ++i) {
      const ElfSection &section = image.sections[i];
      if (!section.isExecutable())
        continue;
      CodeSweep(image, i).forEach(
          disassembler,
          [&](uint64_t offset, const DecodedInstruction &instruction) {
            if (uint32_t owner = image.symbolBefore(i, offset))
              addInstruction(i, offset, instruction,
                             placeOf(image.symbols[owner]));
          });
    }
  }

  const ElfRelocation *relocationIn(const ElfSection &section, uint64_t begin,
                                    uint64_t end) const {
    for (const ElfRelocation &relocation : section.relocations)
      if (relocation.offset >= begin && relocation.offset < end)
        return &relocation;
    return nullptr;
  }

  void addInstruction(uint32_t index, uint64_t offset,
                      const DecodedInstruction &instruction, Place owner) {
    Calls &calls = graph[owner];
    const ElfSection &section = image.sections[index];
    if (const ElfRelocation *relocation =
            relocationIn(section, offset, offset + instruction.bytes)) {
      addRelocation(*relocation, offset, instruction, calls);
      return;
    }
    if (instruction.target) {
      uint32_t callee = image.symbolBefore(index, *instruction.target);
      if (!callee)
        calls.unknown = image.describePlace(index, offset);
      else if (placeOf(image.symbols[callee]) != owner || instruction.isCall)
        calls.callees.insert(placeOf(image.symbols[callee]));
    } else if (instruction.isCall || instruction.isIndirectJump) {
      calls.unknown = image.describePlace(index, offset);
    }
  }

  /// Any mention of a function counts as a call of it.
  void addRelocation(const ElfRelocation &relocation, uint64_t offset,
                     const DecodedInstruction &instruction, Calls &calls) {
    const ElfSymbol &symbol = image.symbols[relocation.symbol];
    if (symbol.isUndefined()) {
      calls.external = symbol.name.str();
      return;
    }
    if (!symbol.isInSection() || !image.sections[symbol.section].isExecutable())
      return;
    if (symbol.isFunction()) {
      calls.callees.insert(placeOf(symbol));
      return;
    }
    // Against the section: the addend says where in it.
    uint64_t target = symbol.value + uint64_t(relocation.addend);
    if (image.machine == ELF::EM_X86_64)
      target += 4; // The field is 4 bytes and relative to its end.
    else if (!relocation.hasAddend && instruction.target)
      target = symbol.value + *instruction.target - offset;
    if (uint32_t callee = image.symbolBefore(symbol.section, target))
      calls.callees.insert(placeOf(image.symbols[callee]));
    else
      calls.unknown = symbol.name.str();
  }

  std::string nameOf(Place place) const {
    uint32_t symbol = image.symbolBefore(place.first, place.second);
    return symbol ? image.symbols[symbol].name.str() : "?";
  }

  Error failure(Place place, const Twine &what) const {
    return createStringError(image.fileName + ": function '" + nameOf(place) +
                             "' " + what);
  }

  Expected<StackBound> boundOf(Place place) {
    auto known = bounds.find(place);
    if (known != bounds.end())
      return known->second;
    auto frame = frames.find(place);
    if (frame == frames.end())
      return failure(place, "has an unknown stack size");
    if (!active.insert(place).second)
      return failure(place, "is recursive");
    const Calls &calls = graph[place];
    if (!calls.unknown.empty())
      return failure(place, "calls an unknown function at " + calls.unknown);

    uint64_t pushed = image.machine == ELF::EM_X86_64 ? 8 : 0;
    StackBound deepest;
    if (!calls.external.empty())
      deepest = {externalBytes + pushed, {calls.external}};
    for (Place callee : calls.callees) {
      auto boundOr = boundOf(callee);
      if (!boundOr)
        return boundOr.takeError();
      if (deepest.path.empty() || boundOr->bytes + pushed > deepest.bytes)
        deepest = {SaturatingAdd(boundOr->bytes, pushed), boundOr->path};
    }
    active.erase(place);
    deepest.bytes = SaturatingAdd(deepest.bytes, frame->second);
    deepest.path.insert(deepest.path.begin(), nameOf(place));
    bounds[place] = deepest;
    return deepest;
  }

  const ElfImage &image;
  ObjectDisassembler &disassembler;
  FrameSizes frames;
  uint64_t externalBytes;
  std::map<Place, Calls> graph;
  std::map<Place, StackBound> bounds;
  std::set<Place> active;
};

} // namespace

Expected<StackBound> computeStackBound(MemoryBufferRef object, StringRef entry,
                                       const VerifyObjectOptions &options,
                                       uint64_t externalBytes) {
  auto imageOr = readElfImage(object);
  if (!imageOr)
    return imageOr.takeError();
  auto framesOr = readFrameSizes(*imageOr);
  if (!framesOr)
    return framesOr.takeError();
  auto disassemblerOr = ObjectDisassembler::create(imageOr->machine, options);
  if (!disassemblerOr)
    return disassemblerOr.takeError();
  return StackAnalysis(*imageOr, **disassemblerOr, std::move(*framesOr),
                       externalBytes)
      .run(entry);
}

} // namespace qcc::emit
