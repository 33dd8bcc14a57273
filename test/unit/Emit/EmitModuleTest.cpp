// Errors of LLVM's code generator come back as errors.
#include "compiler/Emit/EmitModule.h"

#include "passes/LowerToLLVM/LowerToLLVM.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include "gtest/gtest.h"

using namespace qcc;

namespace {

std::string emitText(const char *body,
                     emit::InstructionCounts *counts = nullptr,
                     emit::CodeKind kind = emit::CodeKind::Object) {
  auto target = targets::findTarget("cortex-m4");
  if (!target)
    return llvm::toString(target.takeError());
  auto machine = createTargetMachine(**target);
  if (!machine)
    return llvm::toString(machine.takeError());
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(body, diagnostic, context);
  if (!module)
    return diagnostic.getMessage().str();
  module->setTargetTriple((*machine)->getTargetTriple());
  module->setDataLayout((*machine)->createDataLayout());
  auto object = emit::emitModule(*module, **machine, kind, "m.o", counts);
  if (object && kind == emit::CodeKind::Assembly)
    return *object;
  return object ? "" : llvm::toString(object.takeError());
}

TEST(EmitModule, ReportsInlineAssemblyThatDoesNotAssemble) {
  std::string message = emitText("define void @f() {\n"
                                 "  call void asm sideeffect \"bogus r0\", "
                                 "\"\"()\n  ret void\n}\n");
  EXPECT_NE(message.find("code generation for"), std::string::npos) << message;
  EXPECT_NE(message.find("bogus"), std::string::npos) << message;
}

TEST(EmitModule, ReportsAnImpossibleConstraint) {
  std::string message = emitText("define i32 @f() {\n"
                                 "  %a = call i32 asm \"nop\", \"={r77}\"()\n"
                                 "  ret i32 %a\n}\n");
  EXPECT_NE(message.find("code generation for"), std::string::npos) << message;
}

// Two nested loops of 5 and 7 turns around an assembly that says what it runs.
const char *nested = R"(
define void @g() noinline { ret void }
define void @f(ptr %p) {
entry:
  br label %outer
outer:
  %i = phi i32 [ 0, %entry ], [ %i1, %outer.end ]
  call void @g()
  br label %inner
inner:
  %j = phi i32 [ 0, %outer ], [ %j1, %inner ]
  call void asm sideeffect "@ executes 1000\0Anop", ""()
  %j1 = add i32 %j, 1
  %jc = icmp eq i32 %j1, 7
  br i1 %jc, label %outer.end, label %inner, !prof !0
outer.end:
  %i1 = add i32 %i, 1
  %ic = icmp eq i32 %i1, 5
  br i1 %ic, label %exit, label %outer, !prof !1
exit:
  ret void
}
!0 = !{!"branch_weights", i32 1, i32 6}
!1 = !{!"branch_weights", i32 1, i32 4}
)";

TEST(CountInstructions, MultipliesTripCounts) {
  emit::InstructionCounts counts;
  ASSERT_EQ(emitText(nested, &counts), "");
  // A turn of the inner loop has an addition, a comparison and a branch more.
  EXPECT_GT(counts["f"].instructions, 5 * 7 * 1002);
  EXPECT_LT(counts["f"].instructions, 5 * 7 * 1004 + 5 * 8 + 12);
  EXPECT_NEAR(counts["f"].calls["g"], 5, 1e-6);
}

TEST(CountInstructions, AddsWhatCalleesExecute) {
  emit::InstructionCounts counts;
  counts["a"] = {10, {{"b", 2.5}, {"elsewhere", 9}}};
  counts["b"] = {4, {{"a", 1}}}; // recursion counts once
  EXPECT_EQ(emit::totalInstructions(counts, "a"), 20);
  EXPECT_EQ(emit::totalInstructions(counts, "none"), 0);
}

// A predicated return takes an edge away from its block.
TEST(CountInstructions, EndsLoopsThatReturnInside) {
  emit::InstructionCounts counts;
  ASSERT_EQ(emitText(R"(
define void @f(ptr %p) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %n, %loop ]
  store volatile i32 %i, ptr %p
  %n = add i32 %i, 1
  %c = icmp eq i32 %n, 64
  br i1 %c, label %exit, label %loop, !prof !0
exit:
  ret void
}
!0 = !{!"branch_weights", i32 1, i32 63}
)",
                     &counts),
            "");
  EXPECT_GT(counts["f"].instructions, 64 * 3);
  EXPECT_LT(counts["f"].instructions, 64 * 6);
}

TEST(EmitModule, FillsLongBuffersByTheLibrary) {
  std::string text = emitText(R"(
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define void @f(ptr %p) {
  call void @llvm.memset.p0.i64(ptr %p, i8 -128, i64 640, i1 false)
  ret void
}
)",
                              nullptr, emit::CodeKind::Assembly);
  EXPECT_NE(text.find("__aeabi_memset"), std::string::npos) << text;
}

TEST(EmitModule, EmitsWhatIsLegal) {
  EXPECT_EQ(emitText("define i32 @f() {\n  ret i32 7\n}\n"), "");
}

} // namespace
