//===- ObjectInfoStack.h - frame sizes from .stack_sizes ------------------===//

#ifndef QCC_COMPILER_EMIT_OBJECTINFOSTACK_H
#define QCC_COMPILER_EMIT_OBJECTINFOSTACK_H

#include "compiler/Emit/ObjectInfoElf.h"
#include <map>

namespace qcc::emit {

/// Frame size in bytes by the place (section, offset) where a function starts.
using FrameSizes = std::map<std::pair<uint32_t, uint64_t>, uint64_t>;

/// Reads every .stack_sizes section of the object, a list of pairs: address of
/// a function (a word with a relocation), frame size (ULEB128).
llvm::Expected<FrameSizes> readFrameSizes(const ElfImage &image);

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_OBJECTINFOSTACK_H
