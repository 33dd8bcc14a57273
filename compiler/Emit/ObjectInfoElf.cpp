//===- ObjectInfoElf.cpp - a checked view of a relocatable object ---------===//

#include "compiler/Emit/ObjectInfoElf.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELF.h"

using namespace llvm;
using namespace llvm::object;

namespace qcc::emit {

bool ElfSection::isAllocated() const { return flags & ELF::SHF_ALLOC; }
bool ElfSection::isExecutable() const { return flags & ELF::SHF_EXECINSTR; }
bool ElfSection::isWritable() const { return flags & ELF::SHF_WRITE; }

bool ElfSymbol::isUndefined() const { return section == ELF::SHN_UNDEF; }
bool ElfSymbol::isCommon() const {
  return section == ELF::SHN_COMMON || type == ELF::STT_COMMON;
}
bool ElfSymbol::isInSection() const {
  return section != ELF::SHN_UNDEF && section < ELF::SHN_LORESERVE;
}
bool ElfSymbol::isGlobal() const { return binding != ELF::STB_LOCAL; }
bool ElfSymbol::isFunction() const {
  return type == ELF::STT_FUNC || type == ELF::STT_GNU_IFUNC;
}

bool ElfSymbol::isMappingSymbol() const {
  return type == ELF::STT_NOTYPE && name.size() >= 2 && name[0] == '$' &&
         StringRef("atdx").contains(name[1]) &&
         (name.size() == 2 || name[2] == '.');
}

uint32_t ElfImage::symbolBefore(uint32_t section, uint64_t offset) const {
  uint32_t best = 0;
  auto isBetter = [&](const ElfSymbol &symbol) {
    if (symbol.section != section || symbol.value > offset)
      return false;
    if (!best)
      return true;
    const ElfSymbol &current = symbols[best];
    if (symbol.isFunction() != current.isFunction())
      return symbol.isFunction();
    return symbol.value > current.value;
  };
  for (uint32_t i = 1; i < symbols.size(); ++i) {
    const ElfSymbol &symbol = symbols[i];
    bool isLabel = symbol.type == ELF::STT_NOTYPE && !symbol.name.empty() &&
                   !symbol.isMappingSymbol();
    if ((symbol.isFunction() || isLabel) && isBetter(symbol))
      best = i;
  }
  return best;
}

std::string ElfImage::describePlace(uint32_t section, uint64_t offset) const {
  uint32_t index = symbolBefore(section, offset);
  StringRef name = index ? symbols[index].name : sections[section].name;
  uint64_t base = index ? symbols[index].value : 0;
  return ("'" + name + "'+0x" + utohexstr(offset - base, /*LowerCase=*/true))
      .str();
}

StringRef ElfImage::relocationName(uint32_t type) const {
  return getELFRelocationTypeName(machine, type);
}

namespace {

/// Fills an ElfImage from one of LLVM's four ELF layouts.
template <class ELFT> class Reader {
public:
  Reader(const ELFFile<ELFT> &file, ElfImage &image)
      : file(file), image(image) {}

  Error read() {
    if (file.getHeader().e_type != ELF::ET_REL)
      return createStringError("expected a relocatable object, got ELF type " +
                               Twine(file.getHeader().e_type));
    auto headersOr = file.sections();
    if (!headersOr)
      return headersOr.takeError();
    headers = *headersOr;
    if (headers.size() >= ELF::SHN_LORESERVE)
      return createStringError("more than " + Twine(ELF::SHN_LORESERVE - 1) +
                               " sections are not supported");
    if (Error error = readSections())
      return error;
    if (Error error = readSymbols())
      return error;
    return readRelocations();
  }

private:
  using Shdr = typename ELFT::Shdr;

  Error readSections() {
    for (const Shdr &header : headers) {
      ElfSection section;
      auto nameOr = file.getSectionName(header);
      if (!nameOr)
        return nameOr.takeError();
      section.name = *nameOr;
      section.type = header.sh_type;
      section.flags = header.sh_flags;
      section.size = header.sh_size;
      section.link = header.sh_link;
      if (section.type != ELF::SHT_NOBITS && section.type != ELF::SHT_NULL) {
        auto contentsOr = file.getSectionContents(header);
        if (!contentsOr)
          return contentsOr.takeError();
        section.contents = *contentsOr;
      }
      image.sections.push_back(std::move(section));
    }
    return Error::success();
  }

  Error readSymbols() {
    const Shdr *table = nullptr;
    for (const Shdr &header : headers) {
      if (header.sh_type != ELF::SHT_SYMTAB)
        continue;
      if (table)
        return createStringError("more than one symbol table");
      table = &header;
    }
    if (!table)
      return createStringError("no symbol table");
    auto symbolsOr = file.symbols(table);
    if (!symbolsOr)
      return symbolsOr.takeError();
    auto stringsOr = file.getStringTableForSymtab(*table, headers);
    if (!stringsOr)
      return stringsOr.takeError();
    for (const typename ELFT::Sym &entry : *symbolsOr)
      if (Error error = readSymbol(entry, *stringsOr))
        return error;
    return Error::success();
  }

  Error readSymbol(const typename ELFT::Sym &entry, StringRef strings) {
    ElfSymbol symbol;
    auto nameOr = entry.getName(strings);
    if (!nameOr)
      return nameOr.takeError();
    symbol.name = *nameOr;
    symbol.value = entry.st_value;
    symbol.size = entry.st_size;
    symbol.section = entry.st_shndx;
    symbol.type = entry.getType();
    symbol.binding = entry.getBinding();
    if (symbol.section == ELF::SHN_XINDEX)
      return createStringError("extended section indices are not supported");
    if (symbol.isInSection()) {
      if (symbol.section >= image.sections.size())
        return createStringError("symbol '" + symbol.name + "' is in section " +
                                 Twine(symbol.section) + " of " +
                                 Twine(image.sections.size()));
      if (image.machine == ELF::EM_ARM && symbol.isFunction())
        symbol.value &= ~uint64_t(1);
      if (symbol.value > image.sections[symbol.section].size)
        return createStringError("symbol '" + symbol.name +
                                 "' lies outside its section");
      if (symbol.type == ELF::STT_SECTION && symbol.name.empty())
        symbol.name = image.sections[symbol.section].name;
    }
    image.symbols.push_back(symbol);
    return Error::success();
  }

  Error readRelocations() {
    for (const Shdr &header : headers) {
      if (header.sh_type == ELF::SHT_RELA) {
        auto entriesOr = file.relas(header);
        if (!entriesOr)
          return entriesOr.takeError();
        for (const typename ELFT::Rela &entry : *entriesOr)
          if (Error error = addRelocation(header, entry, entry.r_addend, true))
            return error;
      } else if (header.sh_type == ELF::SHT_REL) {
        auto entriesOr = file.rels(header);
        if (!entriesOr)
          return entriesOr.takeError();
        for (const typename ELFT::Rel &entry : *entriesOr)
          if (Error error = addRelocation(header, entry, 0, false))
            return error;
      } else if (header.sh_type == ELF::SHT_RELR ||
                 header.sh_type == ELF::SHT_CREL ||
                 header.sh_type == ELF::SHT_ANDROID_REL ||
                 header.sh_type == ELF::SHT_ANDROID_RELA) {
        return createStringError("packed relocations are not supported");
      }
    }
    return Error::success();
  }

  template <class Entry>
  Error addRelocation(const Shdr &header, const Entry &entry, int64_t addend,
                      bool hasAddend) {
    ElfRelocation relocation;
    relocation.offset = entry.r_offset;
    relocation.type = entry.getType(/*isMips64EL=*/false);
    relocation.symbol = entry.getSymbol(/*isMips64EL=*/false);
    relocation.addend = addend;
    relocation.hasAddend = hasAddend;
    if (header.sh_info == 0 || header.sh_info >= image.sections.size())
      return createStringError("relocations for section " +
                               Twine(header.sh_info) + " of " +
                               Twine(image.sections.size()));
    ElfSection &section = image.sections[header.sh_info];
    if (relocation.offset >= section.size)
      return createStringError(
          "relocation at offset " + Twine(relocation.offset) + " of section '" +
          section.name + "' with " + Twine(section.size) + " bytes");
    if (relocation.symbol >= image.symbols.size())
      return createStringError("relocation against symbol " +
                               Twine(relocation.symbol) + " of " +
                               Twine(image.symbols.size()));
    section.relocations.push_back(relocation);
    return Error::success();
  }

  const ELFFile<ELFT> &file;
  ElfImage &image;
  ArrayRef<Shdr> headers;
};

template <class ELFT>
Error readAs(StringRef bytes, uint16_t machine, ElfImage &image) {
  auto fileOr = ELFFile<ELFT>::create(bytes);
  if (!fileOr)
    return fileOr.takeError();
  image.machine = machine;
  return Reader<ELFT>(*fileOr, image).read();
}

Error readAny(StringRef bytes, ElfImage &image) {
  if (!bytes.starts_with("\177ELF") || bytes.size() < sizeof(ELF::Elf32_Ehdr))
    return createStringError("expected an ELF object");
  auto [bits, encoding] = getElfArchType(bytes);
  if (encoding != ELF::ELFDATA2LSB)
    return createStringError("expected a little-endian object");
  // e_machine has the same place in the 32-bit and the 64-bit header.
  uint16_t machine = uint8_t(bytes[18]) | uint16_t(uint8_t(bytes[19])) << 8;
  bool is64 = bits == ELF::ELFCLASS64;
  if (is64 && (machine == ELF::EM_X86_64 || machine == ELF::EM_AARCH64))
    return readAs<ELF64LE>(bytes, machine, image);
  if (bits == ELF::ELFCLASS32 && machine == ELF::EM_ARM)
    return readAs<ELF32LE>(bytes, machine, image);
  return createStringError("expected an object for x86-64, AArch64 or ARM, got "
                           "machine " +
                           Twine(machine) + " of class " +
                           Twine(unsigned(bits)));
}

} // namespace

Expected<ElfImage> readElfImage(MemoryBufferRef object) {
  ElfImage image;
  image.fileName = object.getBufferIdentifier().str();
  if (Error error = readAny(object.getBuffer(), image))
    return createStringError(image.fileName + ": " +
                             toString(std::move(error)));
  return image;
}

} // namespace qcc::emit
