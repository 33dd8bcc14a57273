//===- VerifyObjectArmTest.cpp - Thumb instructions, v6-M to v8.1-M -------===//

#include "test/unit/Emit/VerifyObjectCases.h"

using namespace qcc::test;
using testing::HasSubstr;
using testing::ValuesIn;

namespace {

Machine m0() { return cortexM("thumbv6m", "cortex-m0plus"); }
Machine m3() { return cortexM("thumbv7m", "cortex-m3"); }
Machine m4() { return cortexM("thumbv7em", "cortex-m4"); }
Machine m7() { return cortexM("thumbv7em", "cortex-m7"); }
Machine m33() { return cortexM("thumbv8m.main", "cortex-m33"); }
Machine m55() { return cortexM("thumbv8.1m.main", "cortex-m55"); }

const std::vector<InstructionCase> floats = {
    {"vadd_f32", m4(), "vadd.f32 s0, s1, s2"},
    {"vsub_f32", m4(), "vsub.f32 s0, s1, s2"},
    {"vmul_f32_m33", m33(), "vmul.f32 s3, s1, s2"},
    {"vdiv_f64", m7(), "vdiv.f64 d0, d1, d2"},
    {"vfma_f32", m4(), "vfma.f32 s0, s1, s2"},
    {"vmla_f32", m4(), "vmla.f32 s0, s1, s2"},
    {"vsqrt_f32", m4(), "vsqrt.f32 s0, s1"},
    {"vabs_f32", m4(), "vabs.f32 s0, s1"},
    {"vneg_f64", m7(), "vneg.f64 d0, d1"},
    {"vcmp_f32", m4(), "vcmp.f32 s0, s1"},
    {"vcmpe_zero", m4(), "vcmpe.f32 s0, #0.0"},
    {"vcvt_s32_f32", m4(), "vcvt.s32.f32 s0, s1"},
    {"vcvt_f32_u32", m4(), "vcvt.f32.u32 s0, s1"},
    {"vcvt_f64_f32", m7(), "vcvt.f64.f32 d0, s1"},
    {"vcvtb_f32_f16", m4(), "vcvtb.f32.f16 s0, s1"},
    {"vcvta_s32_f32", m7(), "vcvta.s32.f32 s0, s1"},
    {"vrintz_f32", m7(), "vrintz.f32 s0, s1"},
    {"vsel_f32", m7(), "vseleq.f32 s0, s1, s2"},
    {"vmaxnm_f64", m7(), "vmaxnm.f64 d0, d1, d2"},
    {"vadd_f16", m55(), "vadd.f16 s0, s1, s2"},
    {"vfma_f64", m55(), "vfma.f64 d0, d1, d2"},
    {"mve_vadd_f32", m55(), "vadd.f32 q0, q1, q2"},
    {"mve_vadd_f16_scalar", m55(), "vadd.f16 q0, q1, r0"},
    {"mve_vfma_f32", m55(), "vfma.f32 q0, q1, q2"},
    {"mve_vfmas_f16", m55(), "vfmas.f16 q0, q1, r0"},
    {"mve_vcmul_f32", m55(), "vcmul.f32 q0, q1, q2, #90"},
    {"mve_vcvt", m55(), "vcvt.f32.s32 q0, q1"},
    {"mve_vcvtt", m55(), "vcvtt.f16.f32 q0, q1"},
    {"mve_vmaxnmv", m55(), "vmaxnmv.f32 r0, q1"},
    {"mve_vcmp", m55(), "vcmp.f32 gt, q0, q1"},
    {"mve_vpt_f32", m55(), "vpt.f32 ge, q0, q1\nvaddt.i32 q2, q2, q3"},
    {"mve_vrint", m55(), "vrintn.f32 q0, q1"},
    {"mve_vabs", m55(), "vabs.f16 q0, q1"},
};

const std::vector<InstructionCase> integers = {
    {"vmov_f32_reg", m4(), "vmov.f32 s0, s1"},
    {"vmov_f32_imm", m4(), "vmov.f32 s0, #1.0"},
    {"vmov_gpr", m4(), "vmov s0, r1"},
    {"vmov_pair", m4(), "vmov r0, r1, d0"},
    {"vmov_f64", m7(), "vmov.f64 d0, d1"},
    {"vmovx_f16", m55(), "vmovx.f16 s0, s1"},
    {"vins_f16", m55(), "vins.f16 s0, s1"},
    {"vldr", m4(), "vldr s0, [r0]"},
    {"vldr_d", m4(), "vldr d0, [r0, #8]"},
    {"vldr_f16", m55(), "vldr.16 s0, [r0]"},
    {"vstr", m4(), "vstr s0, [r0]"},
    {"vldm", m4(), "vldmia r0!, {s0, s1}"},
    {"vpush", m4(), "vpush {d8, d9}"},
    {"smlad", m4(), "smlad r0, r1, r2, r3"},
    {"sxtb16", m7(), "sxtb16 r0, r1, ror #8"},
    {"smmulr", m33(), "smmulr r0, r1, r2"},
    {"ssat_m3", m3(), "ssat r0, #8, r1, asr #3"},
    {"muls_m0", m0(), "muls r0, r1, r0"},
    {"it_block", m4(), "cmp r0, #0\nitt eq\nmoveq r0, r1\naddeq r0, #1"},
    {"bfi", m4(), "bfi r0, r1, #3, #5"},
    {"mrc_p7", m33(), "mrc p7, #0, r0, c1, c0, #0"},
    {"mve_vadd_i32", m55(), "vadd.i32 q0, q1, q2"},
    {"mve_vmladava", m55(), "vmladava.s8 r0, q0, q1"},
    {"mve_vqrdmulh", m55(), "vqrdmulh.s32 q0, q1, r0"},
    {"mve_vrshl", m55(), "vrshl.s32 q0, q1, q2"},
    {"mve_vqmovnb", m55(), "vqmovnb.s16 q0, q1"},
    {"mve_vldrb", m55(), "vldrb.s32 q0, [r0], #4"},
    {"mve_vstrb", m55(), "vstrb.32 q0, [r0, q1]"},
    {"mve_vmov_i32", m55(), "vmov.i32 q0, #0x3f"},
    {"mve_vmov_f32_imm", m55(), "vmov.f32 q0, #1.0"},
    {"mve_vdup", m55(), "vdup.32 q0, r0"},
    {"mve_vpt_s32", m55(),
     "vpte.s32 gt, q0, q1\nvaddt.i32 q2, q2, q3\n"
     "vsube.i32 q2, q2, q3"},
    {"mve_vmax", m55(), "vmax.s8 q0, q1, q2"},
    {"mve_vcadd_i", m55(), "vcadd.i32 q0, q1, q2, #90"},
    {"lob", m55(),
     "dlstp.8 lr, r0\n1: vldrb.u8 q0, [r1], #16\n"
     "vmladava.s8 r2, q0, q1\nletp lr, 1b"},
};

class ArmFloat : public testing::TestWithParam<InstructionCase> {};
class ArmInteger : public testing::TestWithParam<InstructionCase> {};

TEST_P(ArmFloat, IsRefused) { expectFloat(GetParam()); }
TEST_P(ArmInteger, IsAccepted) { expectInteger(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Asm, ArmFloat, ValuesIn(floats), caseName);
INSTANTIATE_TEST_SUITE_P(Asm, ArmInteger, ValuesIn(integers), caseName);

TEST(ArmFloatUnit, FloatIsNamedOnCpusWithoutTheUnit) {
  Object object = assembleFunction("vadd.f32 s0, s1, s2", m4());
  for (const Machine &machine : {m0(), m3()})
    EXPECT_EQ(verify(object, optionsFor(machine)),
              "test.o: 'f'+0x0: floating-point instruction "
              "'vadd.f32 s0, s1, s2'");
}

TEST(ArmFloatUnit, LegalMoveNeedsTheUnit) {
  Object object = assembleFunction("vldr s0, [r0]", m4());
  EXPECT_EQ(verify(object, optionsFor(m3())),
            "test.o: 'f'+0x0: instruction 'vldr s0, [r0]' is not available on "
            "cortex-m3");
}

TEST(ArmFloatUnit, ConditionalFloatIsCaught) {
  Object object =
      assembleFunction("cmp r0, #0\nit ne\nvaddne.f32 s0, s1, s2", m4());
  EXPECT_EQ(verify(object, optionsFor(m4())),
            "test.o: 'f'+0x4: floating-point instruction "
            "'vaddne.f32 s0, s1, s2'");
}

TEST(ArmAvailable, HeliumNeedsTheRightCpu) {
  Object object = assembleFunction("vmladava.s8 r0, q0, q1", m55());
  EXPECT_THAT(verify(object, optionsFor(m33())),
              HasSubstr("'vmlava.s8 r0, q0, q1' is not available on "
                        "cortex-m33"));
}

TEST(ArmAvailable, Thumb2IsNotAvailableOnV6M) {
  Object object = assembleFunction("smlad r0, r1, r2, r3", m4());
  EXPECT_THAT(verify(object, optionsFor(m0())),
              HasSubstr("not available on cortex-m0plus"));
}

TEST(ArmAvailable, TripleAloneIsEnough) {
  Object object = assembleFunction("smlad r0, r1, r2, r3", m4());
  qcc::emit::VerifyObjectOptions options;
  options.triple = "thumbv7em-none-eabi";
  EXPECT_EQ(verify(object, options), "");
  options.triple = "armv7em-none-eabi";
  EXPECT_EQ(verify(object, options), "");
  options.triple = "thumbv7m-none-eabi";
  EXPECT_THAT(verify(object, options),
              HasSubstr("is not available on thumbv7m-none-eabi"));
}

TEST(ArmData, LiteralPoolThatDecodesAsFloatIsAccepted) {
  // 0x0a81ee30, as two halfwords, is vadd.f32 s0, s1, s2.
  Object object = assembleFunction("ldr r0, 1f\nbx lr\n.p2align 2\n"
                                   "1: .long 0x0a81ee30\n"
                                   "movs r0, #1",
                                   m4());
  EXPECT_EQ(verify(object, optionsFor(m4())), "");
}

TEST(ArmData, SameBytesAsCodeAreRefused) {
  Object object = assembleFunction(".inst.w 0xee300a81", m4());
  EXPECT_THAT(verify(object, optionsFor(m4())),
              HasSubstr("floating-point instruction 'vadd.f32 s0, s1, s2'"));
}

TEST(ArmData, CodeAfterDataIsDecoded) {
  Object object = assembleFunction(
      "bx lr\n.p2align 2\n.long 0x0a81ee30\nvadd.f32 s0, s1, s2", m4());
  EXPECT_THAT(verify(object, optionsFor(m4())),
              HasSubstr("'f'+0x8: floating-point"));
}

TEST(ArmUndecodable, HalfwordsThatAreNoInstruction) {
  Object object = assembleFunction(".inst.w 0xffffffff", m4());
  EXPECT_THAT(verify(object, optionsFor(m4())),
              HasSubstr("'f'+0x0: no instruction begins with bytes ffff"));
}

TEST(ArmUndecodable, ReservedCoprocessorIsRefused) {
  Object object = assembleFunction("mrc p15, #0, r0, c1, c0, #0", m33());
  EXPECT_THAT(verify(object, optionsFor(m33())),
              HasSubstr("'f'+0x0: no instruction begins with bytes 11ee"));
}

TEST(ArmUndecodable, ArmStateCodeIsRefused) {
  Machine a9 = cortexM("armv7a", "cortex-a9");
  Object object = assemble(".text\nnop\n", a9);
  EXPECT_THAT(verify(object, {}),
              HasSubstr("'.text'+0x0: ARM code, expected Thumb"));
}

TEST(ArmCompiled, IntegerKernelsOnEveryCore) {
  constexpr const char *ir = R"(
define i32 @dot(ptr noalias %a, ptr noalias %b, i32 %n) nounwind {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i1, %loop ]
  %s = phi i32 [ 305419896, %entry ], [ %s1, %loop ]
  %pa = getelementptr i8, ptr %a, i32 %i
  %pb = getelementptr i8, ptr %b, i32 %i
  %va = load i8, ptr %pa
  %vb = load i8, ptr %pb
  %ea = sext i8 %va to i32
  %eb = sext i8 %vb to i32
  %m = mul i32 %ea, %eb
  %s1 = add i32 %s, %m
  %i1 = add i32 %i, 1
  %c = icmp eq i32 %i1, %n
  br i1 %c, label %exit, label %loop
exit:
  ret i32 %s1
}
)";
  for (const Machine &machine : {m0(), m3(), m4(), m7(), m33(), m55()})
    EXPECT_EQ(verify(compile(ir, machine), optionsFor(machine)), "")
        << machine.cpu;
}

TEST(ArmCompiled, SoftFloatIsCaughtByItsLibraryCall) {
  constexpr const char *ir = R"(
define float @scale(float %x) nounwind {
  %r = fmul float %x, 3.5
  ret float %r
}
)";
  EXPECT_EQ(verify(compile(ir, m0()), optionsFor(m0())),
            "test.o: floating-point library function '__aeabi_fmul', used at "
            "'scale'+0x4");
}

} // namespace
