// What a target is: rows of a table, and where its own kernels come from.
//
// A target folder (targets/<name>/) holds one table, target.inc, and the
// kernels that only it has. Generic code asks this header and never names a
// target.
#ifndef QCC_TARGETS_TARGET_H
#define QCC_TARGETS_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace qcc::targets {

class KernelProvider;

/// One instruction that multiplies and adds up neighbouring 8-bit pairs.
struct DotProduct {
  llvm::StringRef instruction; ///< mnemonic that must appear in the object
  bool unsignedLhs;            ///< activations are u8 (else s8)
  int depth;                   ///< products summed per 32-bit lane
  int lanes;                   ///< 32-bit lanes of a register
};

/// One kernel that the target's folder brings.
struct KernelRow {
  llvm::StringRef op;      ///< mnemonic of the qint op that it computes
  llvm::StringRef tile;    ///< of registers, "pixels x channels x depth"
  llvm::StringRef feature; ///< of the instruction set, as LLVM names it
};

/// One row of a table: a name that users type after `-target=`.
struct Target {
  llvm::StringRef name;
  llvm::StringRef family;   ///< folder
  llvm::StringRef triple;   ///< LLVM triple
  llvm::StringRef cpu;      ///< LLVM CPU
  llvm::StringRef features; ///< LLVM feature string, "+a,-b"
  llvm::StringRef halide;   ///< Halide 14 target string of the kernels
  llvm::StringRef emulator; ///< row of runtime/boards/emulators.inc
  int vectorBytes;          ///< width of a vector register, 0 when scalar
  int registers;            ///< vector registers (or general ones when scalar)
  int alignment;            ///< bytes: arena, constants
  bool unsignedActivations; ///< codes live as u8 between kernels
  llvm::StringRef hostFeatures; ///< what a host needs to run it, "a,b"
  std::vector<DotProduct> dots;
  std::vector<KernelRow> kernels;
  std::vector<const KernelProvider *> providers; ///< tried before Halide
  /// What the folder changes about LLVM before it compiles for this target
  /// (once a process; null: nothing).
  void (*prepareLLVM)() = nullptr;
};

/// Every target, in the order of the tables.
llvm::ArrayRef<Target> allTargets();

/// The target of that name; `native` is the best row the host can run. An
/// unknown name is an error that lists the known ones.
llvm::Expected<const Target *> findTarget(llvm::StringRef name);

/// Whether this process may execute code for `target`.
bool runsOnHost(const Target &target);

} // namespace qcc::targets

#endif // QCC_TARGETS_TARGET_H
