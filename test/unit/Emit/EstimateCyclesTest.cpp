// Cycles by LLVM's scheduling models, on code whose cycles are known.
#include "compiler/Emit/EmitModule.h"
#include "passes/LowerToLLVM/LowerToLLVM.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace qcc;

namespace {

/// What one call of @f takes on a target.
emit::FunctionCount countsOf(const char *name, const std::string &body) {
  auto target = targets::findTarget(name);
  auto machine = createTargetMachine(*llvm::cantFail(std::move(target)));
  if (!machine) {
    ADD_FAILURE() << llvm::toString(machine.takeError());
    return {};
  }
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(body, diagnostic, context);
  if (!module) {
    ADD_FAILURE() << diagnostic.getMessage().str();
    return {};
  }
  module->setTargetTriple((*machine)->getTargetTriple());
  module->setDataLayout((*machine)->createDataLayout());
  emit::InstructionCounts counts;
  auto object = emit::emitModule(*module, **machine, emit::CodeKind::Object,
                                 "m.o", &counts);
  if (!object)
    ADD_FAILURE() << llvm::toString(object.takeError());
  EXPECT_EQ(emit::totalCycles(counts, "f"), counts["f"].cycles);
  return counts["f"];
}

/// Assembly that executes `text` 1000 times.
emit::FunctionCount assembly(const char *target, const std::string &text,
                             const char *clobbers) {
  auto lines = std::count(text.begin(), text.end(), ';') + 1;
  std::string escaped;
  for (char c : text)
    escaped += c == ';' ? std::string("\\0A") : std::string(1, c);
  return countsOf(target, fmt::format("define void @f() {{\n  call void asm "
                                      "sideeffect \"@ executes {}\\0A{}\", "
                                      "\"{}\"()\n  ret void\n}}\n",
                                      1000 * lines, escaped, clobbers));
}

const char *additions = "add r0, r0, #1;add r1, r1, #1;add r2, r2, #1;"
                        "add r3, r3, #1";

TEST(EstimateCycles, ACoreThatIssuesTwoTakesHalf) {
  EXPECT_NEAR(
      assembly("cortex-m4", additions, "~{r0},~{r1},~{r2},~{r3}").cycles, 4000,
      20);
  EXPECT_NEAR(
      assembly("cortex-m7", additions, "~{r0},~{r1},~{r2},~{r3}").cycles, 2000,
      20);
}

TEST(EstimateCycles, ResultsAreWaitedFor) {
  const char *chain = "mul r0, r0, r0;mul r0, r0, r0";
  const char *apart = "mul r0, r2, r2;mul r1, r2, r2";
  emit::FunctionCount one = assembly("cortex-m7", chain, "~{r0}");
  emit::FunctionCount two = assembly("cortex-m7", apart, "~{r0},~{r1}");
  EXPECT_GE(one.cycles, two.cycles + 1900);
  EXPECT_EQ(one.instructions, two.instructions);
}

/// A loop of 500 turns with a chain of 12 multiplications.
const char *loop = R"(
define i32 @f(i32 %a) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %n, %loop ]
  %x = phi i32 [ %a, %entry ], [ %x12, %loop ]
  %x1 = mul i32 %x, %x
  %x2 = mul i32 %x1, %x1
  %x3 = mul i32 %x2, %x2
  %x4 = mul i32 %x3, %x3
  %x5 = mul i32 %x4, %x4
  %x6 = mul i32 %x5, %x5
  %x7 = mul i32 %x6, %x6
  %x8 = mul i32 %x7, %x7
  %x9 = mul i32 %x8, %x8
  %x10 = mul i32 %x9, %x9
  %x11 = mul i32 %x10, %x10
  %x12 = mul i32 %x11, %x11
  %n = add i32 %i, 1
  %c = icmp eq i32 %n, 500
  br i1 %c, label %exit, label %loop, !prof !0
exit:
  ret i32 %x12
}
!0 = !{!"branch_weights", i32 1, i32 499}
)";

// The latency of a 32-bit product is 3 on all x86 processors of the models, 3
// on Cortex-A53 (optimization guides of Intel and Arm).
TEST(EstimateCycles, MultipliesTripCounts) {
  for (const char *target : {"x86-64", "x86-64-v4", "x86-64-vnni", "armv8"})
    EXPECT_NEAR(countsOf(target, loop).cycles, 500 * 12 * 3, 500 * 3) << target;
}

TEST(EstimateCycles, NoModelGivesNone) {
  emit::FunctionCount count = countsOf("cortex-m0plus", loop);
  EXPECT_GT(count.instructions, 500 * 12);
  EXPECT_EQ(count.cycles, 0);
}

} // namespace
