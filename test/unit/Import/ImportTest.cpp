#include "compiler/Import/Import.h"
#include "compiler/Import/Isolate.h"
#include "compiler/Import/Mlir.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

using namespace mlir;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

/// Two lines before the function, which so begins in line 3.
std::string functionOf(llvm::StringRef signature, llvm::StringRef body) {
  return ("// a network\n\nfunc.func @main" + signature + " {\n" + body +
          "\n}\n")
      .str();
}

const std::string identity =
    functionOf("(%arg0: tensor<1x3xf32>) -> tensor<1x3xf32>",
               "  return %arg0 : tensor<1x3xf32>");

struct ImportTest : testing::Test {
  MLIRContext context{MLIRContext::Threading::DISABLED};

  OwningOpRef<ModuleOp> read(llvm::StringRef bytes,
                             llvm::StringRef name = "model.mlir") {
    auto module = qcc::importModelFromMemory(bytes, name, context);
    if (!module) {
      ADD_FAILURE() << llvm::toString(module.takeError());
      return {};
    }
    return std::move(*module);
  }

  std::string errorOf(llvm::StringRef bytes,
                      llvm::StringRef name = "model.mlir") {
    auto module = qcc::importModelFromMemory(bytes, name, context);
    return module ? "no error" : llvm::toString(module.takeError());
  }

  std::string bytecodeOf(llvm::StringRef text) {
    OwningOpRef<ModuleOp> module = read(text);
    std::string bytes;
    llvm::raw_string_ostream stream(bytes);
    EXPECT_TRUE(succeeded(writeBytecodeToFile(module.get(), stream)));
    return bytes;
  }

  static std::vector<std::string> namesIn(ModuleOp module) {
    std::vector<std::string> names;
    for (auto function : module.getOps<func::FuncOp>())
      names.push_back(function.getName().str());
    return names;
  }
};

TEST_F(ImportTest, ReadsText) {
  EXPECT_EQ(namesIn(read(identity).get()), std::vector<std::string>{"main"});
}

TEST_F(ImportTest, ReadsBytecodeWhateverItsName) {
  std::string bytes = bytecodeOf(identity);
  EXPECT_EQ(namesIn(read(bytes, "model.bin").get()),
            std::vector<std::string>{"main"});
}

TEST_F(ImportTest, LoadsTosa) {
  EXPECT_TRUE(read(functionOf(
      "(%arg0: tensor<1x3xf32>) -> tensor<1x3xf32>",
      "  %0 = tosa.abs %arg0 : (tensor<1x3xf32>) -> tensor<1x3xf32>\n"
      "  return %0 : tensor<1x3xf32>")));
}

TEST_F(ImportTest, MissingFile) {
  auto module = qcc::importModel("/no/such/model.mlir", context);
  ASSERT_FALSE(module);
  EXPECT_EQ(llvm::toString(module.takeError()),
            "/no/such/model.mlir: No such file or directory");
}

TEST_F(ImportTest, EmptyFile) {
  EXPECT_EQ(errorOf(""), "model.mlir: is empty");
}

TEST_F(ImportTest, SyntaxErrorHasItsLine) {
  EXPECT_THAT(errorOf("// one\nfunc.func @main(\n"), StartsWith("model.mlir:"));
  EXPECT_THAT(errorOf(functionOf("()", "  %0 = \n")),
              StartsWith("model.mlir:"));
}

TEST_F(ImportTest, UnknownDialect) {
  EXPECT_EQ(errorOf(functionOf("()", "  \"nosuch.op\"() : () -> ()")),
            "model.mlir:4: unknown operation in '\"nosuch.op\"() : () -> ()'; "
            "expected the dialects tosa, func, arith and quant");
}

TEST_F(ImportTest, VerificationErrorHasItsLine) {
  EXPECT_THAT(
      errorOf(functionOf(
          "(%arg0: tensor<1x3xf32>) -> tensor<1x4xf32>",
          "  %0 = tosa.add %arg0, %arg0 : (tensor<1x3xf32>, tensor<1x3xf32>) "
          "-> tensor<1x4xf32>\n  return %0 : tensor<1x4xf32>")),
      StartsWith("model.mlir:4: "));
}

TEST_F(ImportTest, BinaryGarbage) {
  EXPECT_EQ(errorOf(llvm::StringRef("\x7f"
                                    "ELF\0\1",
                                    6)),
            "model.mlir: is in no known format; expected MLIR text or "
            "bytecode, ONNX or TensorFlow Lite");
}

TEST_F(ImportTest, TruncatedBytecode) {
  std::string bytes = bytecodeOf(identity);
  for (size_t size = 4; size < bytes.size(); ++size)
    EXPECT_THAT(errorOf(llvm::StringRef(bytes).take_front(size)),
                StartsWith("model.mlir: "))
        << size;
}

TEST_F(ImportTest, IsolationGivesWhatIsWritten) {
  std::string large(1 << 20, 'x');
  EXPECT_EQ(
      qcc::import::runIsolated([&](llvm::raw_ostream &os) { os << large; }, 10),
      large);
}

TEST_F(ImportTest, IsolationSurvivesCrashesAndLoops) {
  EXPECT_EQ(qcc::import::runIsolated(
                [](llvm::raw_ostream &os) {
                  os << "x";
                  std::abort();
                },
                10),
            std::nullopt);
  EXPECT_EQ(qcc::import::runIsolated(
                [](llvm::raw_ostream &) {
                  volatile int forever = 1;
                  while (forever) {
                  }
                },
                1),
            std::nullopt);
}

TEST_F(ImportTest, BytecodeKeepsNamesAndNumbers) {
  std::string text =
      functionOf("(%arg0: tensor<2xf32>) -> tensor<2xf32>",
                 "  %c = \"tosa.const\"() <{values = dense<[0.1, 1.0e-39]> : "
                 "tensor<2xf32>}> : () -> tensor<2xf32>\n"
                 "  %0 = tosa.add %arg0, %c : (tensor<2xf32>, tensor<2xf32>) "
                 "-> tensor<2xf32> loc(\"sum\")\n"
                 "  return %0 : tensor<2xf32>");
  auto print = [](ModuleOp module) {
    std::string result;
    llvm::raw_string_ostream stream(result);
    module.print(stream, OpPrintingFlags().enableDebugInfo());
    return result;
  };
  EXPECT_EQ(print(read(bytecodeOf(text)).get()), print(read(text).get()));
}

TEST_F(ImportTest, DamagedBytecode) {
  // A zero among the first counts ends upstream's reader, or makes it loop.
  std::string bytes = bytecodeOf(identity);
  bool damaged = false;
  for (size_t i = 8; i < 40 && i < bytes.size() && !damaged; ++i) {
    std::string copy = bytes;
    copy[i] = 0;
    auto module = qcc::importModelFromMemory(copy, "m", context);
    if (!module)
      damaged =
          llvm::toString(module.takeError()) == "m: is damaged MLIR bytecode";
  }
  EXPECT_TRUE(damaged);
}

TEST_F(ImportTest, OtherFormats) {
  EXPECT_THAT(errorOf("\x08\x07", "model.onnx"),
              HasSubstr("is no ONNX model: it has no graph"));
  EXPECT_THAT(errorOf(llvm::StringRef("\x1c\0\0\0TFL3", 8), "model"),
              HasSubstr("is no intact TensorFlow Lite model"));
}

TEST_F(ImportTest, DeepNesting) {
  std::string text(100000, '(');
  EXPECT_EQ(errorOf(text),
            "model.mlir: nests brackets deeper than any network does");
}

TEST_F(ImportTest, NestingIgnoresStringsCommentsAndArrows) {
  std::string open(1000, '(');
  EXPECT_TRUE(qcc::import::isNestedSanely("\"" + open + "\""));
  EXPECT_TRUE(qcc::import::isNestedSanely("// " + open));
  std::string arrows;
  for (int i = 0; i < 1000; ++i)
    arrows += "<() -> ()>";
  EXPECT_TRUE(qcc::import::isNestedSanely(arrows));
  EXPECT_FALSE(qcc::import::isNestedSanely("\"\\\"\"" + open));
}

TEST_F(ImportTest, NoFunction) {
  EXPECT_EQ(errorOf("module {}"), "model.mlir: has no function with a body");
  EXPECT_EQ(errorOf("func.func private @f(tensor<2xf32>)"),
            "model.mlir: has no function with a body");
}

const char *const twoFunctions = R"(
func.func @first(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  return %arg0 : tensor<2xf32>
}
func.func @SECOND(%arg0: tensor<3xf32>) -> tensor<3xf32> {
  return %arg0 : tensor<3xf32>
}
)";

TEST_F(ImportTest, SeveralFunctionsAreListed) {
  EXPECT_EQ(errorOf(twoFunctions),
            "model.mlir: has several functions (@first, @SECOND) and none is "
            "called @main");
}

TEST_F(ImportTest, MainIsChosenAndOthersDropped) {
  std::string text = twoFunctions;
  text.replace(text.find("SECOND"), 6, "main");
  EXPECT_EQ(namesIn(read(text).get()), std::vector<std::string>{"main"});
}

TEST_F(ImportTest, FunctionsInUseStay) {
  EXPECT_EQ(namesIn(read(R"(
func.func @main(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  %0 = func.call @used(%arg0) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func @used(%arg0: tensor<2xf32>) -> tensor<2xf32> {
  return %arg0 : tensor<2xf32>
}
)")
                        .get()),
            (std::vector<std::string>{"main", "used"}));
}

TEST_F(ImportTest, DynamicShape) {
  EXPECT_EQ(errorOf(functionOf("(%arg0: tensor<?x3xf32>) -> tensor<?x3xf32>",
                               "  return %arg0 : tensor<?x3xf32>")),
            "model.mlir:3: argument 0 of @main is tensor<?x3xf32>; only "
            "tensors of static shape are supported");
}

TEST_F(ImportTest, NoTensor) {
  EXPECT_EQ(errorOf(functionOf("(%arg0: tensor<3xf32>, %arg1: f32) -> f32",
                               "  return %arg1 : f32")),
            "model.mlir:3: argument 1 of @main is f32; only tensors of static "
            "shape are supported");
}

TEST_F(ImportTest, NoResults) {
  EXPECT_EQ(errorOf(functionOf("(%arg0: tensor<3xf32>)", "  return")),
            "model.mlir:3: @main returns nothing");
}

} // namespace
