//===- VerifyObjectRules.cpp - what an integer-only object may contain ----===//

#include "compiler/Emit/VerifyObjectRules.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/MC/MCInstrDesc.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/Support/Regex.h"

using namespace llvm;

namespace qcc::emit {

static bool startsWithAny(StringRef text, ArrayRef<StringRef> prefixes) {
  return any_of(prefixes,
                [&](StringRef prefix) { return text.starts_with(prefix); });
}

static bool containsAny(StringRef text, ArrayRef<StringRef> parts) {
  return any_of(parts, [&](StringRef part) { return text.contains(part); });
}

bool isX86FloatInstruction(const MCInstrDesc &desc,
                           const MCRegisterInfo &registers,
                           StringRef mnemonic) {
  if (desc.mayRaiseFPException())
    return true;
  auto isControl = [&](MCPhysReg reg) {
    StringRef name = registers.getName(reg);
    return name == "MXCSR" || name == "FPCW";
  };
  if (any_of(desc.implicit_uses(), isControl) ||
      any_of(desc.implicit_defs(), isControl))
    return true;
  // Every conversion converts from or to a float: sign extensions of integers
  // are called cwtl, cltq or movs. All of x87 begins with f; so do emms' twin
  // femms and the segment prefix fs.
  if (mnemonic.starts_with("f"))
    return mnemonic != "femms" && mnemonic != "fs";
  if (containsAny(mnemonic, {"bf16", "fp16", "bf8", "hf8", "tf32"}))
    return true;
  if (startsWithAny(mnemonic, {"tcvt", "pf", "pi2f", "vfrcz", "vdpphps",
                               "vminmax", "vfpclass"}))
    return true;
  mnemonic.consume_front("v");
  return startsWithAny(mnemonic, {"rcp", "rsqrt", "cvt"});
}

bool isAArch64FloatInstruction(StringRef mnemonic) {
  if (mnemonic.starts_with("f"))
    return mnemonic != "fmov";
  if (mnemonic.starts_with("bf"))
    return mnemonic != "bfi" && mnemonic != "bfxil" && mnemonic != "bfc" &&
           mnemonic != "bfm";
  if (startsWithAny(mnemonic, {"scvtf", "ucvtf"}))
    return true;
  // ldff1b, ldff1sw, ... are integer loads of SVE.
  if (startsWithAny(mnemonic, {"ldf", "stf", "ldbf", "stbf"}))
    return containsAny(mnemonic, {"fadd", "fmax", "fmin"});
  return false;
}

bool isArmFloatInstruction(StringRef mnemonic) {
  if (!containsAny(mnemonic, {".f16", ".f32", ".f64", ".bf16"}))
    return false;
  // vmovx.f16 and vins.f16 move half a register: Helium shuffles i16 with them.
  return !startsWithAny(mnemonic, {"vmov", "vins", "vldr", "vstr"});
}

bool isArmReservedCoprocessorAccess(StringRef text) {
  auto [mnemonic, operands] = text.split(' ');
  if (!startsWithAny(mnemonic, {"cdp", "mcr", "mrc", "mrrc", "ldc", "stc"}))
    return false;
  unsigned number = 0;
  return operands.consume_front("p") && !operands.consumeInteger(10, number) &&
         number >= 8;
}

//===----------------------------------------------------------------------===//
// Library functions
//===----------------------------------------------------------------------===//

/// libm without the suffix of the type (f, l, f16, ...).
static bool isMathName(StringRef name) {
  static const StringSet<> names = {
      "acos",      "acosh",       "acospi",     "asin",     "asinh",
      "asinpi",    "atan",        "atan2",      "atan2pi",  "atanh",
      "atanpi",    "cbrt",        "ceil",       "copysign", "cos",
      "cosh",      "cospi",       "drem",       "erf",      "erfc",
      "exp",       "exp10",       "exp2",       "expm1",    "fabs",
      "fdim",      "finite",      "floor",      "fma",      "fmax",
      "fmaximum",  "fmin",        "fminimum",   "fmod",     "fmaximum_num",
      "frexp",     "gamma",       "hypot",      "ilogb",    "fminimum_num",
      "isinf",     "isnan",       "ldexp",      "lgamma",   "llrint",
      "llround",   "log",         "log10",      "log1p",    "log2",
      "logb",      "lrint",       "lround",     "modf",     "nan",
      "nearbyint", "nextafter",   "nexttoward", "pow",      "pow10",
      "powr",      "powi",        "remainder",  "remquo",   "rint",
      "round",     "roundeven",   "rsqrt",      "scalb",    "scalbln",
      "scalbn",    "significand", "sin",        "sincos",   "sincospi",
      "sinh",      "sinpi",       "sqrt",       "tan",      "tanh",
      "tanpi",     "tgamma",      "trunc"};
  if (names.contains(name))
    return true;
  for (StringRef suffix : {"f128", "f64", "f32", "f16", "f", "l"})
    if (name.ends_with(suffix) && names.contains(name.drop_back(suffix.size())))
      return true;
  return false;
}

/// RTABI 4.1: __aeabi_d* and __aeabi_f* compute, __aeabi_cd* and __aeabi_cf*
/// compare, __aeabi_<from>2<to> convert.
static bool isAeabiFloatName(StringRef name) {
  if (!name.consume_front("__aeabi_"))
    return false;
  if (startsWithAny(name, {"d", "f", "cd", "cf"}))
    return true;
  return containsAny(name, {"2d", "2f", "2h"});
}

bool isFloatLibraryFunction(StringRef name) {
  if (isAeabiFloatName(name) || name.starts_with("_ZGV"))
    return true;
  StringRef math = name;
  if (math.starts_with("__") && math.ends_with("_finite"))
    math = math.drop_front(2).drop_back(strlen("_finite"));
  if (isMathName(math))
    return true;
  // libgcc's names of modes: hf half, bf bfloat, sf single, df double, xf
  // extended, tf quad, hc..tc complex; si, di, ti are the integers.
  static const Regex runtime(
      "^__("
      "(add|sub|mul|div|neg|eq|ne|lt|le|gt|ge|unord|cmp|powi)[hbsdxt]f[23]?"
      "|(extend|trunc)[hbsdxt]f[hbsdxt]f2?"
      "|fix(uns)?[hbsdxt]f[sdt]i|float(un|uns)?[sdt]i[hbsdxt]f"
      "|(mul|div)[hsdxt]c3"
      "|gnu_[fdh]2[fdh]_(ieee|alternative)"
      ")(vfp)?$");
  return runtime.match(name);
}

//===----------------------------------------------------------------------===//
// Relocations
//===----------------------------------------------------------------------===//

static bool isX86PositionIndependent(uint32_t type) {
  switch (type) {
  case ELF::R_X86_64_NONE:
  case ELF::R_X86_64_PC8:
  case ELF::R_X86_64_PC16:
  case ELF::R_X86_64_PC32:
  case ELF::R_X86_64_PC64:
  case ELF::R_X86_64_PLT32:
  case ELF::R_X86_64_GOTPCREL:
  case ELF::R_X86_64_GOTPCRELX:
  case ELF::R_X86_64_REX_GOTPCRELX:
    return true;
  default:
    return false;
  }
}

/// The *_ABS_LO12_NC forms take the offset inside a 4 KiB page and stand beside
/// a PC-relative ADR_PREL_PG_HI21: loading at any page keeps them right.
static bool isAArch64PositionIndependent(uint32_t type) {
  switch (type) {
  case ELF::R_AARCH64_NONE:
  case ELF::R_AARCH64_PREL16:
  case ELF::R_AARCH64_PREL32:
  case ELF::R_AARCH64_PREL64:
  case ELF::R_AARCH64_PLT32:
  case ELF::R_AARCH64_CALL26:
  case ELF::R_AARCH64_JUMP26:
  case ELF::R_AARCH64_CONDBR19:
  case ELF::R_AARCH64_TSTBR14:
  case ELF::R_AARCH64_LD_PREL_LO19:
  case ELF::R_AARCH64_ADR_PREL_LO21:
  case ELF::R_AARCH64_ADR_PREL_PG_HI21:
  case ELF::R_AARCH64_ADR_PREL_PG_HI21_NC:
  case ELF::R_AARCH64_ADD_ABS_LO12_NC:
  case ELF::R_AARCH64_LDST8_ABS_LO12_NC:
  case ELF::R_AARCH64_LDST16_ABS_LO12_NC:
  case ELF::R_AARCH64_LDST32_ABS_LO12_NC:
  case ELF::R_AARCH64_LDST64_ABS_LO12_NC:
  case ELF::R_AARCH64_LDST128_ABS_LO12_NC:
  case ELF::R_AARCH64_ADR_GOT_PAGE:
  case ELF::R_AARCH64_LD64_GOT_LO12_NC:
    return true;
  default:
    return type >= ELF::R_AARCH64_MOVW_PREL_G0 &&
           type <= ELF::R_AARCH64_MOVW_PREL_G3;
  }
}

/// No form through a global offset table: firmware has no loader that could
/// fill one, so it would hold absolute addresses.
static bool isArmPositionIndependent(uint32_t type) {
  switch (type) {
  case ELF::R_ARM_NONE:
  case ELF::R_ARM_REL32:
  case ELF::R_ARM_PREL31:
  case ELF::R_ARM_THM_CALL:
  case ELF::R_ARM_THM_PC8:
  case ELF::R_ARM_THM_PC12:
  case ELF::R_ARM_THM_JUMP24:
  case ELF::R_ARM_THM_JUMP19:
  case ELF::R_ARM_THM_JUMP11:
  case ELF::R_ARM_THM_JUMP8:
  case ELF::R_ARM_THM_JUMP6:
  case ELF::R_ARM_THM_ALU_PREL_11_0:
  case ELF::R_ARM_THM_MOVW_PREL_NC:
  case ELF::R_ARM_THM_MOVT_PREL:
  case ELF::R_ARM_THM_BF12:
  case ELF::R_ARM_THM_BF16:
  case ELF::R_ARM_THM_BF18:
    return true;
  default:
    return false;
  }
}

bool isPositionIndependentRelocation(uint16_t machine, uint32_t type) {
  switch (machine) {
  case ELF::EM_X86_64:
    return isX86PositionIndependent(type);
  case ELF::EM_AARCH64:
    return isAArch64PositionIndependent(type);
  default:
    return isArmPositionIndependent(type);
  }
}

} // namespace qcc::emit
