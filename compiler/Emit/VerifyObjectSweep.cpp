//===- VerifyObjectSweep.cpp - walk the instructions of a section ---------===//

#include "compiler/Emit/VerifyObjectSweep.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include <map>

using namespace llvm;

namespace qcc::emit {

CodeSweep::CodeSweep(const ElfImage &image, uint32_t section)
    : image(image), section(section) {
  findRegions();
  for (const ElfSymbol &symbol : image.symbols)
    if (symbol.section == section && symbol.isFunction())
      starts.push_back(symbol.value);
  llvm::sort(starts);
}

void CodeSweep::findRegions() {
  uint64_t size = image.sections[section].contents.size();
  if (size == 0)
    return;
  // x86 has no mapping symbols; a local label named $d there is only a label.
  // Of two at one place the later in the table holds, as for the linker.
  std::map<uint64_t, Kind> marks = {{0, Kind::Code}};
  if (image.machine != ELF::EM_X86_64)
    for (const ElfSymbol &symbol : image.symbols)
      if (symbol.section == section && symbol.isMappingSymbol() &&
          symbol.value < size)
        marks[symbol.value] = symbol.name[1] == 'd'   ? Kind::Data
                              : symbol.name[1] == 'a' ? Kind::ArmCode
                                                      : Kind::Code;
  for (auto it = marks.begin(); it != marks.end(); ++it) {
    auto next = std::next(it);
    uint64_t end = next == marks.end() ? size : next->first;
    regions.push_back({it->first, end, it->second});
  }
}

std::vector<uint32_t> CodeSweep::functionsInData() const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < image.symbols.size(); ++i) {
    const ElfSymbol &symbol = image.symbols[i];
    if (symbol.section != section || !symbol.isFunction())
      continue;
    if (any_of(regions, [&](const Region &region) {
          return region.kind == Kind::Data && symbol.value >= region.begin &&
                 symbol.value < region.end;
        }))
      found.push_back(i);
  }
  return found;
}

std::vector<uint64_t> CodeSweep::armCode() const {
  std::vector<uint64_t> found;
  for (const Region &region : regions)
    if (region.kind == Kind::ArmCode)
      found.push_back(region.begin);
  return found;
}

void CodeSweep::forEach(ObjectDisassembler &disassembler,
                        Callback callback) const {
  for (const Region &region : regions) {
    if (region.kind != Kind::Code)
      continue;
    uint64_t begin = region.begin;
    auto it = llvm::upper_bound(starts, begin);
    for (; it != starts.end() && *it < region.end; ++it) {
      decodeRange(disassembler, begin, *it, callback);
      begin = *it;
    }
    decodeRange(disassembler, begin, region.end, callback);
  }
}

void CodeSweep::decodeRange(ObjectDisassembler &disassembler, uint64_t begin,
                            uint64_t end, Callback callback) const {
  ArrayRef<uint8_t> bytes = image.sections[section].contents;
  for (uint64_t offset = begin; offset < end;) {
    DecodedInstruction instruction =
        disassembler.decode(bytes.slice(offset, end - offset), offset);
    callback(offset, instruction);
    // After a byte that begins no instruction there is no telling where the
    // next x86 one begins: go on at the next function.
    if (!instruction.valid && image.machine == ELF::EM_X86_64)
      return;
    offset += instruction.bytes;
  }
}

} // namespace qcc::emit
