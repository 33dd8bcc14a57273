//===- VerifyObjectSweep.h - walk the instructions of a section -----------===//

#ifndef QCC_COMPILER_EMIT_VERIFYOBJECTSWEEP_H
#define QCC_COMPILER_EMIT_VERIFYOBJECTSWEEP_H

#include "compiler/Emit/ObjectInfoElf.h"
#include "compiler/Emit/VerifyObjectDisassembler.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace qcc::emit {

/// Linear sweep over one executable section. Mapping symbols say where code and
/// data begin; without any the section is code. Decoding starts afresh at every
/// function, so that an instruction cannot reach into the next one.
class CodeSweep {
public:
  CodeSweep(const ElfImage &image, uint32_t section);

  /// Symbols (indices) of functions that begin in data.
  std::vector<uint32_t> functionsInData() const;
  /// Offsets where ARM code, which is not decoded, begins.
  std::vector<uint64_t> armCode() const;

  using Callback =
      llvm::function_ref<void(uint64_t offset, const DecodedInstruction &)>;
  void forEach(ObjectDisassembler &disassembler, Callback callback) const;

private:
  enum class Kind { Code, ArmCode, Data };
  /// Bytes [begin, end) of the section.
  struct Region {
    uint64_t begin, end;
    Kind kind;
  };
  void findRegions();
  void decodeRange(ObjectDisassembler &disassembler, uint64_t begin,
                   uint64_t end, Callback callback) const;

  const ElfImage &image;
  uint32_t section;
  std::vector<Region> regions;  ///< Ascending, without gaps, none empty.
  std::vector<uint64_t> starts; ///< Of functions, ascending.
};

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_VERIFYOBJECTSWEEP_H
