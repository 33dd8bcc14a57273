//===- ObjectInfoElf.h - a checked view of a relocatable object -----------===//
//
// Reads the parts of an ELF object that the checks on emitted code need. Every
// index and every range is verified once, here, so that the code behind it can
// walk sections, symbols and relocations of a damaged file without a crash.
// LLVM's `ObjectFile` ends the process on some malformed files; `ELFFile`, used
// here, returns errors.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EMIT_OBJECTINFOELF_H
#define QCC_COMPILER_EMIT_OBJECTINFOELF_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace qcc::emit {

/// One relocation; `offset` is in bytes from the start of the section that is
/// patched, and lies inside it.
struct ElfRelocation {
  uint64_t offset = 0;
  uint32_t type = 0;
  uint32_t symbol = 0;   ///< Index into ElfImage::symbols, verified.
  int64_t addend = 0;    ///< Zero when the addend is in the patched bytes.
  bool hasAddend = true; ///< False for SHT_REL.
};

struct ElfSection {
  llvm::StringRef name;
  uint32_t type = 0;
  uint64_t flags = 0;
  uint64_t size = 0;                      ///< Bytes; also of SHT_NOBITS.
  uint32_t link = 0;                      ///< sh_link, not verified.
  llvm::ArrayRef<uint8_t> contents;       ///< Empty for SHT_NOBITS.
  std::vector<ElfRelocation> relocations; ///< That patch this section.

  bool isAllocated() const;
  bool isExecutable() const;
  bool isWritable() const;
};

struct ElfSymbol {
  llvm::StringRef name;
  uint64_t value = 0;   ///< Bytes from the section start, Thumb bit cleared.
  uint64_t size = 0;    ///< Bytes.
  uint32_t section = 0; ///< Index, verified; SHN_* when reserved.
  uint8_t type = 0;     ///< STT_*.
  uint8_t binding = 0;  ///< STB_*.

  bool isUndefined() const;
  bool isCommon() const;
  /// Has a place in one of ElfImage::sections.
  bool isInSection() const;
  bool isGlobal() const;
  bool isFunction() const;
  /// $a, $t, $d, $x and their dotted forms: code or data from here on.
  bool isMappingSymbol() const;
};

/// The object; all references point into the buffer that was read.
struct ElfImage {
  std::string fileName; ///< For messages.
  uint16_t machine = 0; ///< EM_X86_64, EM_AARCH64 or EM_ARM.
  std::vector<ElfSection> sections;
  std::vector<ElfSymbol> symbols;

  /// "'function'+0x1c", or "'.text'+0x1c" where no function covers the place.
  std::string describePlace(uint32_t section, uint64_t offset) const;
  /// Index of the last function that starts at or before the place, or of any
  /// other named label when there is none; 0 when there is neither.
  uint32_t symbolBefore(uint32_t section, uint64_t offset) const;
  /// ELF's name of a relocation type of this machine, like R_ARM_ABS32.
  llvm::StringRef relocationName(uint32_t type) const;
};

/// Reads a little-endian relocatable object for x86-64, AArch64 or ARM. Other
/// files and damaged ones are errors that begin with the buffer's name.
llvm::Expected<ElfImage> readElfImage(llvm::MemoryBufferRef object);

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_OBJECTINFOELF_H
