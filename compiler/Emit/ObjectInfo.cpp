//===- ObjectInfo.cpp - sizes and symbols of an emitted object ------------===//

#include "compiler/Emit/ObjectInfo.h"
#include "compiler/Emit/ObjectInfoStack.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm;

namespace qcc::emit {

std::optional<uint64_t> ObjectInfo::maxStackBytes() const {
  std::optional<uint64_t> most;
  for (const ObjectFunction &function : functions)
    if (function.stackBytes)
      most = std::max(most.value_or(0), *function.stackBytes);
  return most;
}

static void addSection(const ElfSection &section, ObjectInfo &info) {
  if (!section.isAllocated())
    return;
  if (section.isExecutable())
    info.textBytes += section.size;
  else if (!section.isWritable())
    info.rodataBytes += section.size;
  else if (section.type == ELF::SHT_NOBITS)
    info.bssBytes += section.size;
  else
    info.dataBytes += section.size;
}

static void addSymbol(const ElfImage &image, const ElfSymbol &symbol,
                      const FrameSizes &frames, ObjectInfo &info) {
  if (symbol.isUndefined()) {
    if (!symbol.name.empty())
      info.undefinedSymbols.push_back(symbol.name.str());
    return;
  }
  if (symbol.isGlobal())
    info.definedGlobals.push_back(symbol.name.str());
  if (symbol.isCommon())
    info.bssBytes += symbol.size;
  if (!symbol.isInSection())
    return;
  if (symbol.isFunction()) {
    ObjectFunction function{symbol.name.str(), symbol.size, symbol.isGlobal(),
                            std::nullopt};
    auto frame = frames.find({symbol.section, symbol.value});
    if (frame != frames.end())
      function.stackBytes = frame->second;
    info.functions.push_back(std::move(function));
  } else if (symbol.type == ELF::STT_OBJECT) {
    info.constants.push_back({symbol.name.str(),
                              image.sections[symbol.section].name.str(),
                              symbol.size, symbol.isGlobal()});
  }
}

Expected<ObjectInfo> readObjectInfo(MemoryBufferRef object) {
  auto imageOr = readElfImage(object);
  if (!imageOr)
    return imageOr.takeError();
  auto framesOr = readFrameSizes(*imageOr);
  if (!framesOr)
    return framesOr.takeError();
  ObjectInfo info;
  for (const ElfSection &section : imageOr->sections)
    addSection(section, info);
  for (const ElfSymbol &symbol : imageOr->symbols)
    addSymbol(*imageOr, symbol, *framesOr, info);
  llvm::sort(info.definedGlobals);
  llvm::sort(info.undefinedSymbols);
  return info;
}

Error verifySymbolPrefix(const ObjectInfo &info, StringRef prefix) {
  Error errors = Error::success();
  for (StringRef name : info.definedGlobals)
    if (!name.starts_with(prefix))
      errors = joinErrors(std::move(errors),
                          createStringError("global symbol '" + name +
                                            "' does not begin with '" + prefix +
                                            "'"));
  return errors;
}

} // namespace qcc::emit
