//===- VerifyObjectRules.h - what an integer-only object may contain ------===//
//
// The facts behind verifyIntegerOnly, one function per question. An instruction
// is floating point when it computes with floating-point values; one that
// moves, selects, permutes or zeroes bits is not, whatever its name says,
// because LLVM uses those for integers.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EMIT_VERIFYOBJECTRULES_H
#define QCC_COMPILER_EMIT_VERIFYOBJECTRULES_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace llvm {
class MCInstrDesc;
class MCRegisterInfo;
} // namespace llvm

namespace qcc::emit {

/// x86: the instruction may raise a floating-point exception, or reads or
/// writes MXCSR or the x87 control word, or its mnemonic (AT&T, without
/// prefixes) is one of those that do neither: reciprocal estimates, exact
/// conversions (cvtdq2pd, cvtsi2sd), bf16/fp16/fp8/tf32 dot products, vminmax,
/// vfrcz, x87 and 3DNow!.
bool isX86FloatInstruction(const llvm::MCInstrDesc &desc,
                           const llvm::MCRegisterInfo &registers,
                           llvm::StringRef mnemonic);

/// AArch64, by the printed mnemonic: f* except fmov; bf* except bfi, bfxil, bfc
/// and bfm; scvtf and ucvtf; the floating-point atomics ldf*, stf*, ldbf*,
/// stbf*. LLVM's exception flag is of no use here: set on sqdmulh, absent on
/// fabs.
bool isAArch64FloatInstruction(llvm::StringRef mnemonic);

/// ARM, by the printed mnemonic: one with .f16, .f32, .f64 or .bf16 that is no
/// vmov, vmovx, vins, vldr or vstr.
bool isArmFloatInstruction(llvm::StringRef mnemonic);

/// Whether the printed instruction speaks to coprocessor 8 to 15, which Arm
/// reserves on M-profile cores. Without a floating-point unit LLVM decodes
/// `vadd.f32` as `cdp p10, ...`, and without Helium its instructions as
/// accesses to 8, 9, 14 and 15.
bool isArmReservedCoprocessorAccess(llvm::StringRef text);

/// Functions of libm, of the C compiler's soft-float runtime (__addsf3), of the
/// ARM run-time ABI (__aeabi_fadd) and of vector math libraries.
bool isFloatLibraryFunction(llvm::StringRef name);

/// Whether a relocation (type of ELF machine `machine`) keeps the patched code
/// or data independent of the address at which it is loaded.
bool isPositionIndependentRelocation(uint16_t machine, uint32_t type);

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_VERIFYOBJECTRULES_H
