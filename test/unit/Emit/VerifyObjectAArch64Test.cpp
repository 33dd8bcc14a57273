//===- VerifyObjectAArch64Test.cpp - AArch64 instructions -----------------===//

#include "test/unit/Emit/VerifyObjectCases.h"

using namespace qcc::test;
using testing::HasSubstr;
using testing::ValuesIn;

namespace {

const std::vector<InstructionCase> floats = {
    {"fadd_s", aarch64(), "fadd s0, s1, s2"},
    {"fadd_4s", aarch64(), "fadd v0.4s, v1.4s, v2.4s"},
    {"fmul_h", aarch64("+fullfp16"), "fmul v0.8h, v1.8h, v2.8h"},
    {"fmla_lane", aarch64(), "fmla v0.4s, v1.4s, v2.s[1]"},
    {"fmadd", aarch64(), "fmadd d0, d1, d2, d3"},
    {"fdiv", aarch64(), "fdiv s0, s1, s2"},
    {"fsqrt", aarch64(), "fsqrt v0.2d, v1.2d"},
    {"fabs", aarch64(), "fabs s0, s1"},
    {"fneg", aarch64(), "fneg v0.4s, v1.4s"},
    {"fabd", aarch64(), "fabd s0, s1, s2"},
    {"fmaxnm", aarch64(), "fmaxnm v0.4s, v1.4s, v2.4s"},
    {"fminp", aarch64(), "fminp s0, v1.2s"},
    {"fcmp", aarch64(), "fcmp s0, #0.0"},
    {"fccmp", aarch64(), "fccmp s0, s1, #0, eq"},
    {"fcmgt", aarch64(), "fcmgt v0.4s, v1.4s, v2.4s"},
    {"fcsel", aarch64(), "fcsel s0, s1, s2, eq"},
    {"facge", aarch64(), "facge s0, s1, s2"},
    {"frecpe", aarch64(), "frecpe v0.4s, v1.4s"},
    {"frsqrts", aarch64(), "frsqrts s0, s1, s2"},
    {"frintn", aarch64(), "frintn v0.4s, v1.4s"},
    {"fcvt", aarch64(), "fcvt d0, s1"},
    {"fcvtzs", aarch64(), "fcvtzs w0, s0"},
    {"fcvtzs_fixed", aarch64(), "fcvtzs v0.4s, v1.4s, #16"},
    {"fcvtl", aarch64(), "fcvtl v0.4s, v1.4h"},
    {"scvtf_gpr", aarch64(), "scvtf s0, w0"},
    {"scvtf_4s", aarch64(), "scvtf v0.4s, v1.4s"},
    {"ucvtf", aarch64(), "ucvtf d0, x0, #3"},
    {"fjcvtzs", aarch64("+jsconv"), "fjcvtzs w0, d0"},
    {"fcmla", aarch64("+complxnum"), "fcmla v0.4s, v1.4s, v2.4s, #90"},
    {"fmlal", aarch64("+fp16fml"), "fmlal v0.4s, v1.4h, v2.4h"},
    {"bfdot", aarch64("+bf16"), "bfdot v0.4s, v1.8h, v2.8h"},
    {"bfmmla", aarch64("+bf16"), "bfmmla v0.4s, v1.8h, v2.8h"},
    {"bfmlalb", aarch64("+bf16"), "bfmlalb v0.4s, v1.8h, v2.8h"},
    {"bfcvt", aarch64("+bf16"), "bfcvt h0, s1"},
    {"bfcvtn", aarch64("+bf16"), "bfcvtn v0.4h, v1.4s"},
    {"fmmla_sve", aarch64("+sve,+f32mm"), "fmmla z0.s, z1.s, z2.s"},
    {"fadd_sve", aarch64("+sve"), "fadd z0.s, p0/m, z0.s, z1.s"},
    {"scvtf_sve", aarch64("+sve"), "scvtf z0.s, p0/m, z1.s"},
    {"bfclamp_sve", aarch64("+sve2p1,+sve-b16b16"), "bfclamp z0.h, z1.h, z2.h"},
    {"fmopa_sme", aarch64("+sme"), "fmopa za0.s, p0/m, p1/m, z0.s, z1.s"},
};

const std::vector<InstructionCase> integers = {
    {"fmov_imm_v", aarch64(), "fmov v0.4s, #1.0"},
    {"fmov_imm_s", aarch64(), "fmov s0, #-2.0"},
    {"fmov_reg", aarch64(), "fmov s0, s1"},
    {"fmov_to_gpr", aarch64(), "fmov x0, d0"},
    {"fmov_from_gpr", aarch64(), "fmov s0, wzr"},
    {"fmov_high", aarch64(), "fmov v0.d[1], x0"},
    {"movi", aarch64(), "movi v0.4s, #63, lsl #24"},
    {"ldr_s", aarch64(), "ldr s0, [x0]"},
    {"stp_q", aarch64(), "stp q0, q1, [x0]"},
    {"bfi", aarch64(), "bfi w0, w1, #3, #5"},
    {"bfxil", aarch64(), "bfxil x0, x1, #3, #5"},
    {"bfc", aarch64("+v8.2a"), "bfc w0, #3, #5"},
    {"sqdmulh", aarch64(), "sqdmulh v0.4s, v1.4s, v2.4s"},
    {"sqdmulh_lane", aarch64(), "sqdmulh v0.4s, v1.4s, v2.s[0]"},
    {"sqrdmulh", aarch64(), "sqrdmulh s0, s1, s2"},
    {"srshl", aarch64(), "srshl v0.4s, v1.4s, v2.4s"},
    {"sqxtn", aarch64(), "sqxtn v0.8b, v1.8h"},
    {"smlal", aarch64(), "smlal v0.4s, v1.4h, v2.4h"},
    {"urecpe", aarch64(), "urecpe v0.4s, v1.4s"},
    {"tbl", aarch64(), "tbl v0.16b, {v1.16b}, v2.16b"},
    {"bif", aarch64(), "bif v0.16b, v1.16b, v2.16b"},
    {"sdot", aarch64("+dotprod"), "sdot v0.4s, v1.16b, v2.4b[1]"},
    {"udot", aarch64("+dotprod"), "udot v0.4s, v1.16b, v2.16b"},
    {"smmla", aarch64("+i8mm"), "smmla v0.4s, v1.16b, v2.16b"},
    {"usdot", aarch64("+i8mm"), "usdot v0.4s, v1.16b, v2.16b"},
    {"ldff1b", aarch64("+sve"), "ldff1b {z0.b}, p0/z, [x0]"},
    {"setffr", aarch64("+sve"), "setffr"},
};

class AArch64Float : public testing::TestWithParam<InstructionCase> {};
class AArch64Integer : public testing::TestWithParam<InstructionCase> {};

TEST_P(AArch64Float, IsRefused) { expectFloat(GetParam()); }
TEST_P(AArch64Integer, IsAccepted) { expectInteger(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Asm, AArch64Float, ValuesIn(floats), caseName);
INSTANTIATE_TEST_SUITE_P(Asm, AArch64Integer, ValuesIn(integers), caseName);

// The bits of 1.0f; LLVM prints the splat as fmov.
TEST(AArch64Compiled, IntegerSplatOfFloatBitsIsAccepted) {
  Object object = compile(R"(
define <4 x i32> @f(<4 x i32> %x) nounwind {
  %r = add <4 x i32> %x, splat (i32 1065353216)
  ret <4 x i32> %r
}
)",
                          aarch64());
  EXPECT_EQ(verify(object, optionsFor(aarch64())), "");
}

TEST(AArch64Available, InstructionThatTheCpuLacksIsNamed) {
  Object object =
      assembleFunction("sdot v0.4s, v1.16b, v2.16b", aarch64("+dotprod"));
  EXPECT_EQ(verify(object, optionsFor(aarch64())),
            "test.o: 'f'+0x0: instruction 'sdot v0.4s, v1.16b, v2.16b' is not "
            "available on cortex-a53");
}

TEST(AArch64Undecodable, WordThatIsNoInstruction) {
  // .inst, unlike .word, marks the bytes as code.
  Object object = assembleFunction(".inst 0xffffffff", aarch64());
  EXPECT_EQ(verify(object, optionsFor(aarch64())),
            "test.o: 'f'+0x0: no instruction begins with bytes ffffffff");
}

TEST(AArch64Data, LiteralPoolThatDecodesAsFloatIsAccepted) {
  // 0x1e222820 is fadd s0, s1, s2.
  Object object = assembleFunction("ldr w0, 1f\nret\n1: .word 0x1e222820\n"
                                   "2: mov w0, w1",
                                   aarch64());
  EXPECT_EQ(verify(object, optionsFor(aarch64())), "");
}

TEST(AArch64Data, CodeAfterDataIsDecoded) {
  Object object =
      assembleFunction("ret\n.word 0x1e222820\nfadd s0, s1, s2", aarch64());
  EXPECT_EQ(verify(object, optionsFor(aarch64())),
            "test.o: 'f'+0x8: floating-point instruction 'fadd s0, s1, s2'");
}

TEST(AArch64Data, FunctionInDataIsRefused) {
  Object object = assemble(R"(
.globl f
.type f,%function
f: .word 0x1e222820
)",
                           aarch64());
  EXPECT_EQ(verify(object, optionsFor(aarch64())),
            "test.o: function 'f' begins in bytes that are marked as data");
}

} // namespace
