//===- VerifyObject.h - the last word on an emitted object ----------------===//
//
// verify-integer-only: proves on the bytes of a finished object that it
// computes with integers only and keeps the promises that firmware relies on.
// It reads nothing but the object, so a mistake in any earlier phase, in LLVM
// or in a kernel cannot hide.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EMIT_VERIFYOBJECT_H
#define QCC_COMPILER_EMIT_VERIFYOBJECT_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <string>
#include <vector>

namespace qcc::emit {

/// memcpy, memset, memmove and __aeabi_mem{cpy,move,set,clr}{,4,8}.
std::vector<std::string> defaultAllowedUndefined();

struct VerifyObjectOptions {
  /// The target that the object was compiled for, as given to LLVM. On ARM and
  /// AArch64 an instruction that this target lacks is an error; LLVM decodes
  /// every x86 extension, whatever the CPU. With all three empty every
  /// extension that LLVM knows is decoded. `triple` matters for ARM without a
  /// CPU (thumbv7em-none-eabi); it must name the object's architecture.
  std::string triple;
  std::string cpu;
  std::string features;

  /// Symbols that the object may leave undefined. Floating-point library
  /// functions are refused even when they are listed.
  std::vector<std::string> allowedUndefined = defaultAllowedUndefined();

  /// Refuse relocations that hold an absolute address.
  bool requirePositionIndependent = true;

  /// Violations beyond this number are only counted. Zero means all.
  unsigned maxReports = 20;
};

/// Checks a relocatable little-endian ELF object for x86-64, AArch64 or ARM
/// (Thumb, M profile, v6-M to v8.1-M with Helium). Success means:
///
///  - every byte of every executable section that is not marked as data by a
///    mapping symbol ($d) decodes, on the given CPU, and no function starts in
///    data;
///  - no decoded instruction computes with floating point; moves and selections
///    of bits through vector and floating-point registers are legal
///    (VerifyObjectRules.h has the rule of each architecture);
///  - every undefined symbol is in `allowedUndefined`; so no floating-point
///    library function is called, directly, by a tail jump or by its address;
///  - no section that is loaded is writable, nothing is thread-local and no
///    symbol is common;
///  - nothing that is loaded holds an absolute address
///    (`requirePositionIndependent`).
///
/// Each violation is one line "file: 'function'+0xoffset: what", the offset in
/// bytes; llvm::toString joins them with newlines. A damaged or foreign file,
/// an unknown CPU or feature is an error as well, never a crash.
llvm::Error verifyIntegerOnly(llvm::MemoryBufferRef object,
                              const VerifyObjectOptions &options = {});

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_VERIFYOBJECT_H
