// The code of kernels is made in processes of their own.
#include "passes/LowerToLLVM/HalideProvider.h"
#include "passes/LowerToLLVM/LowerToLLVM.h"
#include "test/unit/EndToEnd/Harness.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <unistd.h>

using namespace qcc;
using namespace qcc::test;

namespace {

/// Three kernels, of which the first and the last share their code.
constexpr const char *kNetwork = R"(
func.func @main(%x: tensor<7x5xi8>) -> tensor<5x7xi8> {
  %t = qint.transpose %x {permutation = array<i64: 1, 0>, qint.layer = "first"}
    : (tensor<7x5xi8>) -> tensor<5x7xi8>
  %p = qint.reshape %t : (tensor<5x7xi8>) -> tensor<7x5xi8>
  %q = qint.slice %p {starts = array<i64: 1, 0>, sizes = array<i64: 6, 5>, strides = array<i64: 1, 1>,
    qint.layer = "second"} : (tensor<7x5xi8>) -> tensor<6x5xi8>
  %r = qint.pad %q {low = array<i64: 0, 0>, high = array<i64: 1, 0>,
    interior = array<i64: 0, 0>, value = 3 : i32, qint.layer = "third"}
    : (tensor<6x5xi8>) -> tensor<7x5xi8>
  %u = qint.transpose %r {permutation = array<i64: 1, 0>, qint.layer = "fourth"}
    : (tensor<7x5xi8>) -> tensor<5x7xi8>
  return %u : tensor<5x7xi8>
}
)";

/// Halide's kernels, but what happens on `emit` is the test's.
class Provider : public targets::KernelProvider {
public:
  std::function<llvm::Error(llvm::StringRef layer)> happens;

  llvm::StringRef name() const override { return "test"; }
  bool supports(const targets::KernelSource &source,
                const targets::Target &target) const override {
    return halideProvider().supports(source, target);
  }
  targets::KernelNeeds needs(const targets::KernelSource &source,
                             const targets::Target &target) const override {
    return halideProvider().needs(source, target);
  }
  llvm::Expected<std::vector<targets::PackedConstant>>
  pack(const targets::KernelSource &source,
       const targets::Target &target) const override {
    return halideProvider().pack(source, target);
  }
  llvm::Error emit(const targets::KernelSource &source,
                   const targets::Target &target, llvm::StringRef symbol,
                   llvm::Module &module) const override {
    qint::KernelOp kernel = source.op;
    if (happens)
      if (llvm::Error error = happens(kernel.getLayer()))
        return error;
    return halideProvider().emit(source, target, symbol, module);
  }
};

class EmitKernelsTest : public testing::Test {
protected:
  EmitKernelsTest() : context(mlir::MLIRContext::Threading::DISABLED) {
    loadDialects(context);
    module = llvm::cantFail(parse(kNetwork, context));
    llvm::cantFail(schedule(*module, target));
  }

  /// The module's text, or the error's.
  std::string lowered(const LowerToLLVMOptions &options = {}) {
    auto machine = llvm::cantFail(createTargetMachine(target));
    llvm::LLVMContext llvmContext;
    auto function = *module->getOps<mlir::func::FuncOp>().begin();
    auto made =
        lowerToLLVM(function, target, provider, *machine, options, llvmContext);
    if (!made)
      return llvm::toString(made.takeError());
    std::string text;
    llvm::raw_string_ostream stream(text);
    (*made)->print(stream, nullptr);
    return text;
  }

  const targets::Target &target = targetNamed("armv8");
  Provider provider;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

TEST_F(EmitKernelsTest, CodeIsTheSameHoweverManyAreMadeAtATime) {
  LowerToLLVMOptions one, three;
  one.jobs = 1;
  three.jobs = 3;
  std::string text = lowered(one);
  EXPECT_NE(text.find("define i32 @model_run"), std::string::npos) << text;
  EXPECT_EQ(text, lowered(three));
}

TEST_F(EmitKernelsTest, AnErrorIsReturned) {
  provider.happens = [](llvm::StringRef layer) {
    return layer == "second" ? llvm::createStringError("no such kernel")
                             : llvm::Error::success();
  };
  EXPECT_EQ(lowered(), "no such kernel");
}

TEST_F(EmitKernelsTest, OfTwoErrorsTheFirstKernelsIsReturned) {
  provider.happens = [](llvm::StringRef layer) {
    if (layer == "first")
      usleep(100000); // ends after the second
    return llvm::createStringError(layer);
  };
  EXPECT_EQ(lowered(), "first");
}

TEST_F(EmitKernelsTest, AProcessThatDiesNamesItsKernel) {
  provider.happens = [](llvm::StringRef layer) {
    if (layer == "third")
      std::abort();
    return llvm::Error::success();
  };
  EXPECT_EQ(lowered(), "kernel 'third': making its code ended with signal 6");
}

TEST_F(EmitKernelsTest, AProcessThatEndsEarlyNamesItsKernel) {
  provider.happens = [](llvm::StringRef layer) {
    if (layer == "third")
      _exit(3);
    return llvm::Error::success();
  };
  EXPECT_EQ(lowered(), "kernel 'third': making its code ended with status 3");
}

TEST_F(EmitKernelsTest, ProgressNamesEachDistinctKernelOnce) {
  std::vector<std::string> told;
  LowerToLLVMOptions options;
  options.progress = [&](size_t index, size_t total, llvm::StringRef layer) {
    told.push_back(std::to_string(index) + "/" + std::to_string(total) + " " +
                   layer.str());
  };
  lowered(options);
  EXPECT_EQ(told,
            (std::vector<std::string>{"0/3 first", "1/3 second", "2/3 third"}));
}

} // namespace
