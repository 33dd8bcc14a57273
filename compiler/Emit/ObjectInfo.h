//===- ObjectInfo.h - sizes, symbols and stack of an emitted object -------===//
//
// What the report and the budgets say about an object, read from the object
// itself.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EMIT_OBJECTINFO_H
#define QCC_COMPILER_EMIT_OBJECTINFO_H

#include "compiler/Emit/VerifyObject.h"
#include <cstdint>
#include <optional>

namespace qcc::emit {

/// A function of the object.
struct ObjectFunction {
  std::string name;
  uint64_t bytes = 0;
  bool isGlobal = false;
  /// Bytes of its own frame, without callees and, on x86-64, without the return
  /// address. Only known when LLVM was told to write it
  /// (TargetOptions::EmitStackSizeSection) and the frame has a constant size.
  std::optional<uint64_t> stackBytes;
};

/// A named constant of the object.
struct ObjectConstant {
  std::string name;
  std::string section;
  uint64_t bytes = 0;
  bool isGlobal = false;
};

/// All sizes in bytes, of what is loaded: debug information does not count.
struct ObjectInfo {
  uint64_t textBytes = 0;   ///< Executable sections, with their literal pools.
  uint64_t rodataBytes = 0; ///< Constants; also unwind tables, if any.
  uint64_t dataBytes = 0;   ///< Writable and initialized.
  uint64_t bssBytes = 0;    ///< Writable and zero.
  std::vector<ObjectFunction> functions; ///< In the order of the symbol table.
  std::vector<ObjectConstant> constants; ///< In the order of the symbol table.
  std::vector<std::string> definedGlobals;   ///< Sorted; functions and others.
  std::vector<std::string> undefinedSymbols; ///< Sorted.

  uint64_t flashBytes() const { return textBytes + rodataBytes; }
  /// The largest frame of one function; none when no frame is known.
  std::optional<uint64_t> maxStackBytes() const;
};

/// Reads the same kinds of objects as verifyIntegerOnly. Errors: a damaged or
/// foreign file; a .stack_sizes section that does not make sense.
llvm::Expected<ObjectInfo> readObjectInfo(llvm::MemoryBufferRef object);

/// An error that names each global symbol that does not start with `prefix`.
llvm::Error verifySymbolPrefix(const ObjectInfo &info, llvm::StringRef prefix);

/// The deepest stack that a call of one function can need.
struct StackBound {
  uint64_t bytes = 0;
  std::vector<std::string> path; ///< From the entry to the deepest function.
};

/// Bound over the call graph below `entry`, in bytes, without the return
/// address that the caller of `entry` pushes on x86-64. Undefined functions
/// count `externalBytes` each. Tail calls count as calls, so the bound may be
/// high but never low. Errors, each naming the function: no such entry, an
/// unknown frame size, recursion, an indirect call or jump (a jump table is
/// one, except for tbb and tbh). `options` say how to decode.
llvm::Expected<StackBound>
computeStackBound(llvm::MemoryBufferRef object, llvm::StringRef entry,
                  const VerifyObjectOptions &options = {},
                  uint64_t externalBytes = 0);

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_OBJECTINFO_H
