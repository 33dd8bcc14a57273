// Errors of LLVM's code generator come back as errors.
#include "compiler/Emit/EmitModule.h"

#include "passes/LowerToLLVM/LowerToLLVM.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"
#include "gtest/gtest.h"

using namespace qcc;

namespace {

std::string emitText(const char *body) {
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
  auto object =
      emit::emitModule(*module, **machine, emit::CodeKind::Object, "m.o");
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

TEST(EmitModule, EmitsWhatIsLegal) {
  EXPECT_EQ(emitText("define i32 @f() {\n  ret i32 7\n}\n"), "");
}

} // namespace
