//===- VerifyObjectX86Test.cpp - x86-64 instructions ----------------------===//

#include "test/unit/Emit/VerifyObjectCases.h"

using namespace qcc::test;
using testing::HasSubstr;
using testing::ValuesIn;

namespace {

const std::vector<InstructionCase> floats = {
    // Scalar and packed SSE.
    {"addss", x86(), "addss %xmm1, %xmm0"},
    {"addsd", x86(), "addsd (%rdi), %xmm0"},
    {"mulps", x86(), "mulps %xmm1, %xmm0"},
    {"divpd", x86(), "divpd %xmm1, %xmm0"},
    {"sqrtss", x86(), "sqrtss %xmm1, %xmm0"},
    {"minps", x86(), "minps %xmm1, %xmm0"},
    {"maxsd", x86(), "maxsd %xmm1, %xmm0"},
    {"ucomiss", x86(), "ucomiss %xmm1, %xmm0"},
    {"comisd", x86(), "comisd %xmm1, %xmm0"},
    {"cmpltps", x86(), "cmpltps %xmm1, %xmm0"},
    {"roundss", x86("x86-64-v2"), "roundss $4, %xmm1, %xmm0"},
    {"dpps", x86("x86-64-v2"), "dpps $255, %xmm1, %xmm0"},
    {"haddps", x86("x86-64-v2"), "haddps %xmm1, %xmm0"},
    {"addsubpd", x86("x86-64-v2"), "addsubpd %xmm1, %xmm0"},
    // Without an exception or a rounding mode: reciprocal estimates.
    {"rcpps", x86(), "rcpps %xmm1, %xmm0"},
    {"rcpss", x86(), "rcpss %xmm1, %xmm0"},
    {"rsqrtps", x86(), "rsqrtps %xmm1, %xmm0"},
    {"rsqrtss", x86(), "rsqrtss %xmm1, %xmm0"},
    {"vrcpps", x86("x86-64-v3"), "vrcpps %ymm1, %ymm0"},
    {"vrcp14ps", x86("x86-64-v4"), "vrcp14ps %zmm1, %zmm0"},
    {"vrsqrt14sd", x86("x86-64-v4"), "vrsqrt14sd %xmm1, %xmm2, %xmm0"},
    {"vrcpph", x86("sapphirerapids"), "vrcpph %zmm1, %zmm0"},
    // Conversions, the exact ones too.
    {"cvtdq2ps", x86(), "cvtdq2ps %xmm1, %xmm0"},
    {"cvttps2dq", x86(), "cvttps2dq %xmm1, %xmm0"},
    {"cvtdq2pd", x86(), "cvtdq2pd %xmm1, %xmm0"},
    {"cvtsi2sdl", x86(), "cvtsi2sdl %edi, %xmm0"},
    {"cvtsi2sdq", x86(), "cvtsi2sdq %rdi, %xmm0"},
    {"cvtsi2ss", x86(), "cvtsi2ssl (%rdi), %xmm0"},
    {"cvttsd2si", x86(), "cvttsd2si %xmm0, %eax"},
    {"cvtss2sd", x86(), "cvtss2sd %xmm1, %xmm0"},
    {"cvtpi2pd", x86(), "cvtpi2pd %mm1, %xmm0"},
    {"vcvtdq2pd", x86("x86-64-v3"), "vcvtdq2pd %xmm1, %ymm0"},
    {"vcvtph2ps", x86("x86-64-v3"), "vcvtph2ps %xmm1, %ymm0"},
    {"vcvtudq2pd", x86("x86-64-v4"), "vcvtudq2pd %ymm1, %zmm0"},
    {"vcvtusi2sdl", x86("x86-64-v4"), "vcvtusi2sdl %edi, %xmm1, %xmm0"},
    {"vcvttps2udq", x86("x86-64-v4"), "vcvttps2udq %zmm1, %zmm0 {%k1} {z}"},
    // AVX, FMA, AVX-512.
    {"vaddps", x86("x86-64-v3"), "vaddps %ymm1, %ymm2, %ymm0"},
    {"vmulpd", x86("x86-64-v4"), "vmulpd %zmm17, %zmm2, %zmm31"},
    {"vfmadd231ps", x86("x86-64-v3"), "vfmadd231ps %ymm1, %ymm2, %ymm0"},
    {"vfnmsub213sd", x86("x86-64-v3"), "vfnmsub213sd (%rdi), %xmm2, %xmm0"},
    {"vrangeps", x86("x86-64-v4"), "vrangeps $1, %zmm1, %zmm2, %zmm0"},
    {"vscalefps", x86("x86-64-v4"), "vscalefps %zmm1, %zmm2, %zmm0"},
    {"vfpclassps", x86("x86-64-v4"), "vfpclassps $1, %zmm1, %k1"},
    {"vaddph", x86("sapphirerapids"), "vaddph %zmm1, %zmm2, %zmm0"},
    {"vminmaxps", x86("diamondrapids"), "vminmaxps $0, %zmm1, %zmm2, %zmm0"},
    // bf16 and matrix tiles.
    {"vdpbf16ps", x86("cooperlake"), "vdpbf16ps %zmm1, %zmm2, %zmm0"},
    {"vcvtneps2bf16", x86("cooperlake"), "vcvtneps2bf16 %zmm1, %ymm0"},
    {"vcvtne2ps2bf16", x86("cooperlake"), "vcvtne2ps2bf16 %zmm1, %zmm2, %zmm0"},
    {"vaddbf16", x86("diamondrapids"), "vaddbf16 %zmm1, %zmm2, %zmm0"},
    {"tdpbf16ps", x86("sapphirerapids"), "tdpbf16ps %tmm0, %tmm1, %tmm2"},
    {"tdpfp16ps", x86("graniterapids"), "tdpfp16ps %tmm0, %tmm1, %tmm2"},
    // x87, also where no flag says so.
    {"flds", x86(), "flds (%rdi)"},
    {"fadds", x86(), "fadds (%rdi)"},
    {"fmulp", x86(), "fmulp"},
    {"fildl", x86(), "fildl (%rdi)"},
    {"fistpl", x86(), "fistpl (%rdi)"},
    {"fsqrt", x86(), "fsqrt"},
    {"fabs", x86(), "fabs"},
    {"fchs", x86(), "fchs"},
    {"fcmove", x86(), "fcmove %st(1), %st"},
    {"fxch", x86(), "fxch"},
    {"fnstcw", x86(), "fnstcw (%rdi)"},
    // The control register of SSE.
    {"ldmxcsr", x86(), "ldmxcsr (%rdi)"},
    {"stmxcsr", x86(), "stmxcsr (%rdi)"},
    // 3DNow!
    {"pfadd", x86("athlon"), "pfadd %mm1, %mm0"},
    {"pi2fd", x86("athlon"), "pi2fd %mm1, %mm0"},
};

const std::vector<InstructionCase> integers = {
    {"movaps", x86(), "movaps %xmm1, %xmm0"},
    {"movups", x86(), "movups %xmm1, (%rdi)"},
    {"movss", x86(), "movss (%rdi), %xmm0"},
    {"movsd", x86(), "movsd %xmm0, (%rdi)"},
    {"movq", x86(), "movq %xmm0, %rax"},
    {"movhlps", x86(), "movhlps %xmm1, %xmm0"},
    {"movmskps", x86(), "movmskps %xmm0, %eax"},
    {"movntps", x86(), "movntps %xmm0, (%rdi)"},
    {"xorps", x86(), "xorps %xmm0, %xmm0"},
    {"andnpd", x86(), "andnpd %xmm1, %xmm0"},
    {"orps", x86(), "orps %xmm1, %xmm0"},
    {"shufps", x86(), "shufps $27, %xmm1, %xmm0"},
    {"unpcklpd", x86(), "unpcklpd %xmm1, %xmm0"},
    {"blendvps", x86("x86-64-v2"), "blendvps %xmm0, %xmm1, %xmm2"},
    {"insertps", x86("x86-64-v2"), "insertps $16, %xmm1, %xmm0"},
    {"extractps", x86("x86-64-v2"), "extractps $1, %xmm1, %eax"},
    {"vbroadcastss", x86("x86-64-v3"), "vbroadcastss (%rdi), %ymm0"},
    {"vpermps", x86("x86-64-v3"), "vpermps %ymm1, %ymm2, %ymm0"},
    {"vperm2f128", x86("x86-64-v3"), "vperm2f128 $1, %ymm1, %ymm2, %ymm0"},
    {"vgatherdps", x86("x86-64-v3"), "vgatherdps %ymm1, (%rdi,%ymm2,4), %ymm0"},
    {"vtestps", x86("x86-64-v3"), "vtestps %ymm1, %ymm0"},
    {"vblendmps", x86("x86-64-v4"), "vblendmps %zmm1, %zmm2, %zmm0 {%k1}"},
    {"vshuff32x4", x86("x86-64-v4"), "vshuff32x4 $1, %zmm1, %zmm2, %zmm0"},
    {"vcompressps", x86("x86-64-v4"), "vcompressps %zmm1, %zmm0 {%k1}"},
    {"vzeroupper", x86("x86-64-v3"), "vzeroupper"},
    {"pmaddwd", x86(), "pmaddwd %xmm1, %xmm0"},
    {"pmulhrsw", x86("x86-64-v2"), "pmulhrsw %xmm1, %xmm0"},
    {"phminposuw", x86("x86-64-v2"), "phminposuw %xmm1, %xmm0"},
    {"vpmuldq", x86("x86-64-v3"), "vpmuldq %ymm1, %ymm2, %ymm0"},
    {"vpsllvd", x86("x86-64-v3"), "vpsllvd %ymm1, %ymm2, %ymm0"},
    {"vpdpbusd_evex", x86("icelake-server"), "vpdpbusd %zmm1, %zmm2, %zmm0"},
    {"vpdpbusd_vex", x86("alderlake"), "{vex} vpdpbusd %ymm1, %ymm2, %ymm0"},
    {"vpdpbssd", x86("sierraforest"), "vpdpbssd %ymm1, %ymm2, %ymm0"},
    {"vpmadd52luq", x86("icelake-server"), "vpmadd52luq %zmm1, %zmm2, %zmm0"},
    {"vpermi2b", x86("icelake-server"), "vpermi2b %zmm1, %zmm2, %zmm0"},
    {"tdpbusd", x86("sapphirerapids"), "tdpbusd %tmm0, %tmm1, %tmm2"},
    {"rep_movsb", x86(), "rep movsb"},
    {"fs_load", x86(), "movl %fs:(%rdi), %eax"},
    {"pdep", x86("x86-64-v3"), "pdep %rax, %rcx, %rdx"},
    {"prefetcht0", x86(), "prefetcht0 (%rdi)"},
    {"cwtl", x86(), "cwtl"},
};

class X86Float : public testing::TestWithParam<InstructionCase> {};
class X86Integer : public testing::TestWithParam<InstructionCase> {};

TEST_P(X86Float, IsRefused) { expectFloat(GetParam()); }
TEST_P(X86Integer, IsAccepted) { expectInteger(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Asm, X86Float, ValuesIn(floats), caseName);
INSTANTIATE_TEST_SUITE_P(Asm, X86Integer, ValuesIn(integers), caseName);

constexpr const char *variableShift = R"(
define <4 x i32> @f(<4 x i32> %x, <4 x i32> %n) nounwind {
  %r = shl <4 x i32> %x, %n
  ret <4 x i32> %r
}
)";

// LLVM makes 2^n with a float conversion where there is no vpsllvd.
TEST(X86Compiled, VariableShiftOfIntegersIsFloatBelowAvx2) {
  for (const char *cpu : {"x86-64", "x86-64-v2"}) {
    Object object = compile(variableShift, x86(cpu));
    EXPECT_THAT(verify(object, optionsFor(x86(cpu))),
                HasSubstr("floating-point instruction 'cvttps2dq"));
  }
}

TEST(X86Compiled, VariableShiftOfIntegersIsIntegerWithAvx2) {
  Object object = compile(variableShift, x86("x86-64-v3"));
  EXPECT_EQ(verify(object, optionsFor(x86("x86-64-v3"))), "");
}

TEST(X86Compiled, NamesFunctionOffsetAndText) {
  Object object = compile(R"(
define i32 @first(i32 %x) nounwind {
  %r = add i32 %x, 7
  ret i32 %r
}
define float @second(float %x, float %y) nounwind {
  %r = fadd float %x, %y
  ret float %r
}
)",
                          x86());
  EXPECT_EQ(verify(object, optionsFor(x86())),
            "test.o: 'second'+0x0: floating-point instruction "
            "'addss %xmm1, %xmm0'");
}

TEST(X86Undecodable, IsReportedOnceAndDecodingResumesAtTheNextFunction) {
  Object object = assemble(R"(
.globl f, g
.type f,@function
.type g,@function
f: nop
.byte 0x06, 0x07
ret
g: mulss %xmm1, %xmm0
ret
)",
                           x86());
  EXPECT_EQ(verify(object, {}),
            "test.o: 'f'+0x1: no instruction begins with bytes 06\n"
            "test.o: 'g'+0x0: floating-point instruction 'mulss %xmm1, %xmm0'");
}

// The last byte of f would swallow the first instruction of g.
TEST(X86Undecodable, InstructionMustNotReachIntoTheNextFunction) {
  Object object = assemble(R"(
.globl f, g
.type f,@function
.type g,@function
f: ret
.byte 0x05
g: mulss %xmm1, %xmm0
ret
)",
                           x86());
  std::string messages = verify(object, {});
  EXPECT_THAT(messages, HasSubstr("'f'+0x1: no instruction"));
  EXPECT_THAT(messages, HasSubstr("'g'+0x0: floating-point"));
}

} // namespace
