//===- VerifyObjectTest.cpp - symbols, sections and relocations -----------===//

#include "compiler/Emit/VerifyObjectRules.h"
#include "test/unit/Emit/VerifyObjectCases.h"

using namespace qcc::emit;
using namespace qcc::test;
using testing::HasSubstr;
using testing::StartsWith;
using testing::Values;

namespace {

Machine m4() { return cortexM("thumbv7em", "cortex-m4"); }

//===----------------------------------------------------------------------===//
// Library functions
//===----------------------------------------------------------------------===//

class FloatLibraryFunction : public testing::TestWithParam<const char *> {};
TEST_P(FloatLibraryFunction, IsRecognised) {
  EXPECT_TRUE(isFloatLibraryFunction(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(
    Names, FloatLibraryFunction,
    Values("__aeabi_fadd", "__aeabi_dmul", "__aeabi_frsub", "__aeabi_fcmpeq",
           "__aeabi_cfcmple", "__aeabi_cdrcmple", "__aeabi_i2f", "__aeabi_ui2d",
           "__aeabi_l2f", "__aeabi_ul2d", "__aeabi_f2iz", "__aeabi_d2f",
           "__aeabi_h2f", "__aeabi_f2h", "__addsf3", "__subdf3", "__multf3",
           "__divxf3", "__negsf2", "__eqsf2", "__unorddf2", "__powisf2",
           "__extendsfdf2", "__extendhfsf2", "__truncdfsf2", "__truncsfbf2",
           "__fixsfsi", "__fixunsdfdi", "__floatsisf", "__floatunsidf",
           "__floatundisf", "__mulsc3", "__divdc3", "__gnu_f2h_ieee",
           "__gnu_h2f_ieee", "__addsf3vfp", "sqrt", "sqrtf", "sqrtl", "expf",
           "exp2f", "log", "powf", "fmaf", "fmodf", "floorf", "roundevenf",
           "rintf", "tanhf", "erff", "sinf", "fminf", "fmaximum_numf", "ldexpf",
           "lroundf", "__expf_finite", "_ZGVbN4v_expf"));

class IntegerFunction : public testing::TestWithParam<const char *> {};
TEST_P(IntegerFunction, IsNotMistakenForFloat) {
  EXPECT_FALSE(isFloatLibraryFunction(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(
    Names, IntegerFunction,
    Values("memcpy", "memset", "memmove", "__aeabi_memcpy4", "__aeabi_memclr8",
           "__aeabi_lmul", "__aeabi_idiv", "__aeabi_uidivmod", "__aeabi_llsl",
           "__aeabi_lasr", "__aeabi_unwind_cpp_pr0", "__muldi3", "__divsi3",
           "__udivdi3", "__ashldi3", "__clzsi2", "__popcountdi2", "__mulvsi3",
           "__bswapsi2", "model_run", "model_round", "abs", "expand", ""));

TEST(UndefinedSymbols, EachAllowedNameIsAccepted) {
  std::string text = ".text\n";
  std::vector<std::string> names = defaultAllowedUndefined();
  EXPECT_EQ(names.size(), 15u);
  for (const std::string &name : names)
    text += "bl " + name + "\n";
  EXPECT_EQ(verify(assemble(text, m4()), optionsFor(m4())), "");
}

TEST(UndefinedSymbols, LibraryCallIsNamedWithItsPlace) {
  Object object = compile(R"(
declare float @expf(float)
define void @kernel(ptr %p) nounwind {
  %x = load float, ptr %p
  %y = call float @expf(float %x)
  store float %y, ptr %p
  ret void
}
)",
                          x86());
  EXPECT_EQ(verify(object, optionsFor(x86())),
            "test.o: floating-point library function 'expf', used at "
            "'kernel'+0x9");
}

class TailJump : public testing::TestWithParam<Machine> {};
TEST_P(TailJump, ToLibraryIsCaught) {
  Object object = compile(R"(
declare float @sqrtf(float)
define float @kernel(float %x) nounwind {
  %y = tail call float @sqrtf(float %x)
  ret float %y
}
)",
                          GetParam());
  EXPECT_THAT(verify(object, optionsFor(GetParam())),
              StartsWith("test.o: floating-point library function 'sqrtf', "
                         "used at 'kernel'+0x"));
}
INSTANTIATE_TEST_SUITE_P(Targets, TailJump, Values(x86(), aarch64(), m4()));

TEST(UndefinedSymbols, UsesAreCounted) {
  Object object = assembleFunction("bl helper\nbl helper\nbl helper", m4());
  EXPECT_EQ(verify(object, optionsFor(m4())),
            "test.o: unexpected undefined symbol 'helper', used at 'f'+0x0 and "
            "2 more");
}

TEST(UndefinedSymbols, ListCanBeExtended) {
  Object object = assembleFunction("bl helper", m4());
  VerifyObjectOptions options = optionsFor(m4());
  options.allowedUndefined.push_back("helper");
  EXPECT_EQ(verify(object, options), "");
}

TEST(UndefinedSymbols, ListCannotAllowFloat) {
  Object object = assembleFunction("bl __aeabi_fadd", m4());
  VerifyObjectOptions options = optionsFor(m4());
  options.allowedUndefined.push_back("__aeabi_fadd");
  EXPECT_THAT(verify(object, options),
              HasSubstr("floating-point library function '__aeabi_fadd'"));
}

TEST(UndefinedSymbols, UnwinderIsUnexpected) {
  Object object = compile("define i32 @f(i32 %x) uwtable { ret i32 %x }", m4());
  EXPECT_EQ(verify(object, optionsFor(m4())),
            "test.o: unexpected undefined symbol '__aeabi_unwind_cpp_pr0', "
            "used at '.ARM.exidx'+0x0");
}

//===----------------------------------------------------------------------===//
// Writable data
//===----------------------------------------------------------------------===//

TEST(WritableData, InitializedGlobal) {
  Object object = compile("@g = global i32 7", x86());
  EXPECT_EQ(verify(object, {}),
            "test.o: writable section '.data' of 4 bytes, expected constant "
            "data only\n"
            "test.o: global 'g' in section '.data' is writable");
}

TEST(WritableData, ZeroGlobal) {
  Object object = compile("@g = internal global [3 x i32] zeroinitializer\n"
                          "define ptr @f() nounwind { ret ptr @g }",
                          aarch64());
  EXPECT_EQ(verify(object, {}),
            "test.o: writable section '.bss' of 12 bytes, expected constant "
            "data only\n"
            "test.o: global 'g' in section '.bss' is writable");
}

TEST(WritableData, ThreadLocalGlobal) {
  Object object = compile("@g = thread_local global i32 7", x86());
  EXPECT_THAT(verify(object, {}), HasSubstr("symbol 'g' is thread-local"));
}

TEST(WritableData, CommonSymbol) {
  Object object = compile("@g = common global i32 0", x86());
  EXPECT_EQ(verify(object, {}), "test.o: common symbol 'g' is writable");
}

TEST(WritableData, ConstantIsAccepted) {
  Object object = compile("@g = constant [3 x i8] c\"abc\"", x86());
  EXPECT_EQ(verify(object, {}), "");
}

TEST(WritableData, WritableCode) {
  Object object = assemble(".section .hot,\"awx\",@progbits\nret\n", x86());
  EXPECT_THAT(verify(object, {}), HasSubstr("writable section '.hot'"));
}

TEST(ExecutableSections, FunctionOutsideCode) {
  Object object = assemble(".section .rodata,\"a\",@progbits\n"
                           ".type f,@function\nf: ret\n",
                           x86());
  EXPECT_EQ(verify(object, {}), "test.o: function 'f' is in section '.rodata', "
                                "which is not executable");
}

TEST(ExecutableSections, NotLoaded) {
  Object object = assemble(".section .odd,\"x\",@progbits\nret\n", x86());
  EXPECT_EQ(verify(object, {}),
            "test.o: executable section '.odd' is not loaded");
}

TEST(ExecutableSections, WithoutContents) {
  Object object = assemble(".section .odd,\"ax\",@nobits\n.zero 4\n", x86());
  EXPECT_EQ(verify(object, {}),
            "test.o: executable section '.odd' has no contents");
}

TEST(ExecutableSections, EveryOneIsDecoded) {
  Object object =
      assemble(".section .text.hot,\"ax\",@progbits\naddss %xmm1, %xmm0\n"
               ".section .init,\"ax\",@progbits\nmulss %xmm1, %xmm0\n",
               x86());
  EXPECT_EQ(verify(object, {}), "test.o: '.text.hot'+0x0: floating-point "
                                "instruction 'addss %xmm1, %xmm0'\n"
                                "test.o: '.init'+0x0: floating-point "
                                "instruction 'mulss %xmm1, %xmm0'");
}

//===----------------------------------------------------------------------===//
// Position independence
//===----------------------------------------------------------------------===//

constexpr const char *readsTable = R"(
@table = internal constant [3 x i32] [i32 3, i32 5, i32 -7]
define i32 @f(i32 %i) nounwind {
  %p = getelementptr i32, ptr @table, i32 %i
  %v = load i32, ptr %p
  ret i32 %v
}
)";

TEST(PositionIndependence, CompiledCodeIsAccepted) {
  EXPECT_EQ(verify(compile(readsTable, x86()), optionsFor(x86())), "");
  EXPECT_EQ(verify(compile(readsTable, aarch64()), optionsFor(aarch64())), "");
  for (Machine machine : {cortexM("thumbv6m", "cortex-m0plus"), m4(),
                          cortexM("thumbv8.1m.main", "cortex-m55")})
    EXPECT_EQ(verify(compile(readsTable, machine), optionsFor(machine)), "")
        << machine.cpu;
}

TEST(PositionIndependence, StaticCodeIsRefused) {
  EXPECT_THAT(verify(compile(readsTable, m4(), llvm::Reloc::Static), {}),
              HasSubstr("relocation R_ARM_THM_MOVW_ABS_NC against"));
  EXPECT_THAT(verify(compile(readsTable, cortexM("thumbv6m", "cortex-m0"),
                             llvm::Reloc::Static),
                     {}),
              HasSubstr("relocation R_ARM_ABS32 against"));
  EXPECT_THAT(verify(compile(readsTable, x86(), llvm::Reloc::Static), {}),
              HasSubstr("relocation R_X86_64_32S against '.rodata' is not "
                        "position independent"));
}

TEST(PositionIndependence, PointersInConstantsAreRefused) {
  constexpr const char *ir = "@a = constant i32 7\n@p = constant ptr @a";
  std::string messages =
      verify(compile(ir, aarch64(), llvm::Reloc::Static), {});
  EXPECT_EQ(messages,
            "test.o: '.rodata'+0x8: relocation R_AARCH64_ABS64 against 'a' is "
            "not position independent");
}

// A table that only a loader could fill is absolute on firmware.
TEST(PositionIndependence, OffsetTableIsForHostsOnly) {
  EXPECT_THAT(
      verify(assembleFunction("bx lr\n.long memcpy(GOT_PREL)", m4()), {}),
      HasSubstr("relocation R_ARM_GOT_PREL against 'memcpy'"));
  EXPECT_EQ(verify(assembleFunction("callq *memcpy@GOTPCREL(%rip)", x86()), {}),
            "");
  EXPECT_EQ(verify(assembleFunction("adrp x0, :got:memcpy\n"
                                    "ldr x0, [x0, :got_lo12:memcpy]",
                                    aarch64()),
                   {}),
            "");
}

TEST(PositionIndependence, StaticBaseIsRefused) {
  EXPECT_THAT(verify(assembleFunction("bx lr\n.long memcpy(SBREL)", m4()), {}),
              HasSubstr("relocation R_ARM_SBREL32 against 'memcpy'"));
}

TEST(PositionIndependence, WideAbsoluteMoveIsRefused) {
  EXPECT_THAT(
      verify(assembleFunction("movz x0, #:abs_g0_nc:memcpy", aarch64()), {}),
      HasSubstr("relocation R_AARCH64_MOVW_UABS_G0_NC"));
  EXPECT_EQ(
      verify(assembleFunction("movz x0, #:prel_g0:memcpy", aarch64()), {}), "");
}

TEST(PositionIndependence, CheckCanBeTurnedOff) {
  VerifyObjectOptions options;
  options.requirePositionIndependent = false;
  EXPECT_EQ(verify(compile(readsTable, m4(), llvm::Reloc::Static), options),
            "");
}

TEST(PositionIndependence, DebugInformationMayBeAbsolute) {
  Object object = assemble(".section .debug_x,\"\",@progbits\n.quad f\n.text\n"
                           "f: ret\n",
                           x86());
  EXPECT_EQ(verify(object, {}), "");
}

//===----------------------------------------------------------------------===//
// Options and foreign files
//===----------------------------------------------------------------------===//

TEST(Options, ReportsAreCapped) {
  std::string body;
  for (int i = 0; i < 7; ++i)
    body += "addss %xmm1, %xmm0\n";
  VerifyObjectOptions options;
  options.maxReports = 3;
  std::string messages = verify(assembleFunction(body, x86()), options);
  EXPECT_EQ(llvm::StringRef(messages).count('\n'), 3u);
  EXPECT_THAT(messages, testing::EndsWith("\ntest.o: 4 more"));
  options.maxReports = 0;
  messages = verify(assembleFunction(body, x86()), options);
  EXPECT_EQ(llvm::StringRef(messages).count('\n'), 6u);
}

TEST(Options, UnknownCpu) {
  VerifyObjectOptions options;
  options.cpu = "cortex-m99";
  EXPECT_THAT(verify(assembleFunction("", m4()), options),
              HasSubstr("test.o: unknown cpu 'cortex-m99' for "));
}

TEST(Options, UnknownFeature) {
  VerifyObjectOptions options;
  options.cpu = "cortex-a53";
  options.features = "+dotprod,+dotproduct";
  EXPECT_THAT(verify(assembleFunction("", aarch64()), options),
              HasSubstr("test.o: unknown feature '+dotproduct' for "));
  options.features = "dotprod";
  EXPECT_THAT(verify(assembleFunction("", aarch64()), options),
              HasSubstr("test.o: unknown feature 'dotprod' for "));
}

TEST(Options, TripleOfAnotherArchitecture) {
  for (const Machine &machine : {x86(), aarch64(), m4()}) {
    VerifyObjectOptions options;
    options.triple = "riscv64-unknown-elf";
    EXPECT_EQ(verify(assembleFunction("", machine), options),
              "test.o: the object is not for riscv64-unknown-elf");
  }
}

std::string verifyBytes(llvm::StringRef bytes) {
  return llvm::toString(
      verifyIntegerOnly(llvm::MemoryBufferRef(bytes, "test.o"), {}));
}

TEST(ForeignFile, IsNamed) {
  EXPECT_EQ(verifyBytes(""), "test.o: expected an ELF object");
  EXPECT_EQ(verifyBytes("!<arch>\n"), "test.o: expected an ELF object");
  EXPECT_EQ(verifyBytes("\177ELF"), "test.o: expected an ELF object");
}

TEST(ForeignFile, OtherMachine) {
  Object object = assembleFunction("", x86());
  object.bytes[18] = 8; // e_machine: MIPS.
  EXPECT_EQ(verify(object, {}),
            "test.o: expected an object for x86-64, AArch64 or ARM, got "
            "machine 8 of class 2");
}

TEST(ForeignFile, BigEndian) {
  Object object = assembleFunction("", m4());
  object.bytes[5] = 2; // EI_DATA.
  EXPECT_EQ(verify(object, {}), "test.o: expected a little-endian object");
}

TEST(ForeignFile, Executable) {
  Object object = assembleFunction("", m4());
  object.bytes[16] = 2; // e_type.
  EXPECT_EQ(verify(object, {}),
            "test.o: expected a relocatable object, got ELF type 2");
}

} // namespace
