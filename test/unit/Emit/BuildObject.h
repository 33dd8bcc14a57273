//===- BuildObject.h - objects for tests, built in the process ------------===//

#ifndef QCC_TEST_UNIT_EMIT_BUILDOBJECT_H
#define QCC_TEST_UNIT_EMIT_BUILDOBJECT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <optional>
#include <ostream>
#include <string>

namespace qcc::test {

/// What LLVM needs to know of a target.
struct Machine {
  std::string triple;
  std::string cpu;
  std::string features;
};

inline void PrintTo(const Machine &machine, std::ostream *stream) {
  *stream << machine.cpu << machine.features;
}

inline Machine x86(std::string cpu = "x86-64", std::string features = "") {
  return {"x86_64-unknown-linux-gnu", std::move(cpu), std::move(features)};
}
inline Machine aarch64(std::string features = "") {
  return {"aarch64-unknown-none-elf", "cortex-a53", std::move(features)};
}
inline Machine cortexM(std::string triple, std::string cpu,
                       std::string features = "") {
  return {triple + "-unknown-none-eabi", std::move(cpu), std::move(features)};
}

/// The bytes of an object; `ref` names it "test.o".
struct Object {
  llvm::SmallVector<char, 0> bytes;
  llvm::MemoryBufferRef ref() const {
    return {llvm::StringRef(bytes.data(), bytes.size()), "test.o"};
  }
};

/// Assembles `text` as it stands; a failure fails the test.
Object assemble(llvm::StringRef text, const Machine &machine);

/// Assembles a global function `f` with the given instructions, followed by the
/// target's return.
Object assembleFunction(llvm::StringRef body, const Machine &machine);

/// Compiles LLVM IR; a failure fails the test. Writes .stack_sizes. Position
/// independent unless told otherwise (ROPI on ARM).
Object compile(llvm::StringRef ir, const Machine &machine,
               std::optional<llvm::Reloc::Model> relocation = std::nullopt);

} // namespace qcc::test

#endif // QCC_TEST_UNIT_EMIT_BUILDOBJECT_H
