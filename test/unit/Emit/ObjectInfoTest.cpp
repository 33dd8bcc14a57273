//===- ObjectInfoTest.cpp - sizes, symbols and stack of an object ---------===//

#include "compiler/Emit/ObjectInfo.h"
#include "test/unit/Emit/BuildObject.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace qcc::emit;
using namespace qcc::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

Machine m0() { return cortexM("thumbv6m", "cortex-m0plus"); }
Machine m4() { return cortexM("thumbv7em", "cortex-m4"); }

ObjectInfo infoOf(const Object &object) {
  auto infoOr = readObjectInfo(object.ref());
  if (infoOr)
    return *infoOr;
  ADD_FAILURE() << llvm::toString(infoOr.takeError());
  return {};
}

/// The bound in bytes and the path, or the message of the error.
std::string boundOf(const Object &object, llvm::StringRef entry,
                    uint64_t externalBytes = 0) {
  auto boundOr = computeStackBound(object.ref(), entry, {}, externalBytes);
  if (!boundOr)
    return llvm::toString(boundOr.takeError());
  std::string text = std::to_string(boundOr->bytes);
  for (const std::string &name : boundOr->path)
    text += " " + name;
  return text;
}

std::optional<uint64_t> stackOf(const ObjectInfo &info, llvm::StringRef name) {
  for (const ObjectFunction &function : info.functions)
    if (function.name == name)
      return function.stackBytes;
  ADD_FAILURE() << "no function " << name.str();
  return std::nullopt;
}

TEST(ObjectInfo, SizesPerKindOfSection) {
  Object object = assemble(R"(
.text
.zero 5, 0x90
.section .text.hot,"ax",@progbits
.zero 2, 0x90
.section .rodata,"a",@progbits
.zero 11
.section .weights,"a",@progbits
.zero 13
.data
.zero 3
.bss
.zero 17
.comm shared,6,2
.section .debug_info,"",@progbits
.zero 100
)",
                           x86());
  ObjectInfo info = infoOf(object);
  EXPECT_EQ(info.textBytes, 7u);
  EXPECT_EQ(info.rodataBytes, 24u);
  EXPECT_EQ(info.dataBytes, 3u);
  EXPECT_EQ(info.bssBytes, 23u);
  EXPECT_EQ(info.flashBytes(), 31u);
}

TEST(ObjectInfo, FunctionsConstantsAndSymbols) {
  Object object = compile(R"(
@net_weights = constant [5 x i8] c"\01\02\03\04\05"
@local = internal constant [3 x i16] [i16 7, i16 8, i16 9], section ".w"
declare void @memset(ptr, i32, i32)
define ptr @net_run(ptr %p) nounwind {
  call void @memset(ptr %p, i32 0, i32 7)
  ret ptr @local
}
define internal i32 @helper(i32 %x) nounwind noinline {
  ret i32 %x
}
define i32 @net_size(i32 %x) nounwind {
  %r = call i32 @helper(i32 %x)
  ret i32 %r
}
)",
                          m4());
  ObjectInfo info = infoOf(object);
  EXPECT_THAT(info.definedGlobals,
              ElementsAre("net_run", "net_size", "net_weights"));
  EXPECT_THAT(info.undefinedSymbols, ElementsAre("memset"));
  ASSERT_EQ(info.functions.size(), 3u);
  uint64_t code = 0;
  for (const ObjectFunction &function : info.functions) {
    EXPECT_EQ(function.isGlobal, function.name != "helper");
    EXPECT_GT(function.bytes, 0u);
    code += function.bytes;
  }
  EXPECT_LE(code, info.textBytes);
  ASSERT_EQ(info.constants.size(), 2u);
  for (const ObjectConstant &constant : info.constants) {
    bool isLocal = constant.name == "local";
    EXPECT_EQ(constant.isGlobal, !isLocal);
    EXPECT_EQ(constant.bytes, isLocal ? 6u : 5u);
    EXPECT_EQ(constant.section, isLocal ? ".w" : ".rodata");
  }
}

TEST(ObjectInfo, PrefixOfGlobals) {
  Object object = assemble(".globl net_run, net_k0, other\n"
                           "net_run:\nnet_k0:\nother:\nlocal: ret\n",
                           x86());
  ObjectInfo info = infoOf(object);
  EXPECT_EQ(llvm::toString(verifySymbolPrefix(info, "net_")),
            "global symbol 'other' does not begin with 'net_'");
  info.definedGlobals.pop_back();
  EXPECT_EQ(llvm::toString(verifySymbolPrefix(info, "net_")), "");
}

constexpr const char *frames = R"(
declare void @memset(ptr, i32, i32)
define internal void @leaf(ptr %p) nounwind noinline {
  %a = alloca [100 x i8]
  store volatile i8 1, ptr %a
  ret void
}
define internal void @wide(ptr %p) nounwind noinline {
  %a = alloca [400 x i8]
  call void @memset(ptr %a, i32 0, i32 400)
  ret void
}
define void @run(ptr %p) nounwind {
  %a = alloca [40 x i8]
  store volatile i8 1, ptr %a
  call void @leaf(ptr %p)
  call void @wide(ptr %p)
  store volatile i8 2, ptr %a
  ret void
}
)";

class Frames : public testing::TestWithParam<Machine> {};

TEST_P(Frames, SizesAreRead) {
  ObjectInfo info = infoOf(compile(frames, GetParam()));
  uint64_t wide = stackOf(info, "wide").value_or(0);
  EXPECT_GE(wide, 400u);
  EXPECT_LT(wide, 440u);
  EXPECT_GE(stackOf(info, "run").value_or(0), 40u);
  EXPECT_EQ(info.maxStackBytes(), wide);
}

TEST_P(Frames, BoundFollowsTheDeepestPath) {
  Object object = compile(frames, GetParam());
  ObjectInfo info = infoOf(object);
  bool isX86 = llvm::StringRef(GetParam().triple).starts_with("x86_64");
  // Two calls push a return address on x86.
  uint64_t expected =
      *stackOf(info, "run") + *stackOf(info, "wide") + 24 + (isX86 ? 16 : 0);
  EXPECT_EQ(boundOf(object, "run", 24),
            std::to_string(expected) + " run wide memset");
}

INSTANTIATE_TEST_SUITE_P(Targets, Frames,
                         testing::Values(x86(), aarch64(), m0(), m4(),
                                         cortexM("thumbv8.1m.main",
                                                 "cortex-m55")));

TEST(StackBound, CalleeInAnotherSectionIsFound) {
  for (const Machine &machine : {x86(), aarch64(), m0(), m4()}) {
    Object object = compile(R"(
define internal void @leaf(ptr %p) nounwind noinline section ".text.leaf" {
  %a = alloca [100 x i8]
  store volatile i8 1, ptr %a
  ret void
}
define void @run(ptr %p) nounwind {
  call void @leaf(ptr %p)
  store volatile i8 2, ptr %p
  ret void
}
)",
                            machine);
    EXPECT_THAT(boundOf(object, "run"), testing::EndsWith(" run leaf"))
        << machine.cpu;
  }
}

TEST(StackBound, LoopBackToTheStartIsNoRecursion) {
  Object object = compile(R"(
define void @run(ptr %p) nounwind {
  br label %loop
loop:
  store volatile i8 2, ptr %p
  br label %loop
}
)",
                          x86());
  EXPECT_EQ(boundOf(object, "run"), "0 run");
}

TEST(StackBound, UnknownEntry) {
  EXPECT_EQ(boundOf(compile(frames, m4()), "walk"),
            "test.o: no function 'walk'");
}

TEST(StackBound, Recursion) {
  for (const Machine &machine : {x86(), aarch64(), m4()}) {
    Object object = compile(R"(
define i32 @down(i32 %n) nounwind {
  %c = icmp eq i32 %n, 0
  br i1 %c, label %exit, label %more
more:
  %m = sub i32 %n, 1
  %v = call i32 @down(i32 %m)
  %w = mul i32 %v, 13
  br label %exit
exit:
  %r = phi i32 [ 1, %0 ], [ %w, %more ]
  ret i32 %r
}
)",
                            machine);
    EXPECT_EQ(boundOf(object, "down"), "test.o: function 'down' is recursive")
        << machine.cpu;
  }
}

TEST(StackBound, IndirectCall) {
  for (const Machine &machine : {x86(), aarch64(), m0(), m4()}) {
    Object object = compile(R"(
define i32 @apply(ptr %f) nounwind {
  %v = call i32 %f(i32 3)
  %w = add i32 %v, 13
  ret i32 %w
}
)",
                            machine);
    EXPECT_THAT(
        boundOf(object, "apply"),
        HasSubstr("function 'apply' calls an unknown function at 'apply'+0x"))
        << machine.cpu;
  }
}

TEST(StackBound, FrameOfUnknownSize) {
  Object object = compile(R"(
define void @run(i32 %n) nounwind {
  %a = alloca i8, i32 %n
  store volatile i8 1, ptr %a
  ret void
}
)",
                          m4());
  EXPECT_FALSE(stackOf(infoOf(object), "run"));
  EXPECT_EQ(infoOf(object).maxStackBytes(), std::nullopt);
  EXPECT_EQ(boundOf(object, "run"),
            "test.o: function 'run' has an unknown stack size");
}

TEST(FrameSizes, AddressWithoutRelocation) {
  Object object = assemble(".section .stack_sizes,\"\",@progbits\n"
                           ".quad 0\n.byte 16\n",
                           x86());
  auto infoOr = readObjectInfo(object.ref());
  EXPECT_EQ(llvm::toString(infoOr.takeError()),
            "test.o: section '.stack_sizes': expected a function address at "
            "offset 0");
}

TEST(FrameSizes, EndsInsideAnEntry) {
  Object object = assemble(".text\nf: ret\n"
                           ".section .stack_sizes,\"\",@progbits\n"
                           ".quad f\n.byte 16\n.quad f\n",
                           x86());
  auto infoOr = readObjectInfo(object.ref());
  EXPECT_EQ(llvm::toString(infoOr.takeError()),
            "test.o: section '.stack_sizes': expected a function address at "
            "offset 9");
}

TEST(FrameSizes, SizeWithoutEnd) {
  Object object = assemble(".text\nf: ret\n"
                           ".section .stack_sizes,\"\",@progbits\n"
                           ".quad f\n.byte 0x80\n",
                           x86());
  auto infoOr = readObjectInfo(object.ref());
  EXPECT_THAT(llvm::toString(infoOr.takeError()),
              HasSubstr("section '.stack_sizes': malformed uleb128"));
}

TEST(FrameSizes, FunctionOfAnotherObject) {
  Object object = assemble(".section .stack_sizes,\"\",@progbits\n"
                           ".quad g\n.byte 16\n",
                           x86());
  auto infoOr = readObjectInfo(object.ref());
  EXPECT_EQ(llvm::toString(infoOr.takeError()),
            "test.o: section '.stack_sizes': 'g' is not defined here");
}

} // namespace
