// The model reader and the Legalize phase on damaged text and bytecode: each
// is rejected with an error or accepted, and nothing else happens.
#include "compiler/Import/Import.h"
#include "passes/Legalize/Legalize.h"
#include "test/fuzz/Harness.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

namespace {

const char *const network = R"(
func.func @main(%x: tensor<1x4x5x2xf32>) -> tensor<1x3xf32> {
  %w = "tosa.const"() <{values = dense<[[[[1.0, 2.0]]], [[[-3.0, 4.0]]], [[[5.0, 6.0]]]]> : tensor<3x1x1x2xf32>}> : () -> tensor<3x1x1x2xf32>
  %d = "tosa.const"() <{values = dense<"0x0000803F000000400000404000008040000000BF0000A040"> : tensor<2x1x3x1xf32>}> : () -> tensor<2x1x3x1xf32>
  %b = "tosa.const"() <{values = dense<0.5> : tensor<3xf32>}> : () -> tensor<3xf32>
  %v = "tosa.const"() <{values = dense<[[[[4.0, 9.0, 0.25]]]]> : tensor<1x1x1x3xf32>}> : () -> tensor<1x1x1x3xf32>
  %e = "tosa.const"() <{values = dense<0.001> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %p = "tosa.const_shape"() <{values = dense<[0, 0, 1, 0, 0, 1, 0, 0]> : tensor<8xindex>}> : () -> !tosa.shape<8>
  %r = "tosa.const_shape"() <{values = dense<[1, 3]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  %0 = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x5x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x5x3xf32> loc("conv")
  %1 = tosa.sub %0, %v : (tensor<1x4x5x3xf32>, tensor<1x1x1x3xf32>) -> tensor<1x4x5x3xf32>
  %2 = tosa.add %v, %e : (tensor<1x1x1x3xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x3xf32>
  %3 = tosa.rsqrt %2 : (tensor<1x1x1x3xf32>) -> tensor<1x1x1x3xf32>
  %4 = tosa.mul %1, %3, %s : (tensor<1x4x5x3xf32>, tensor<1x1x1x3xf32>, tensor<1xi8>) -> tensor<1x4x5x3xf32>
  %5 = tosa.add %4, %v : (tensor<1x4x5x3xf32>, tensor<1x1x1x3xf32>) -> tensor<1x4x5x3xf32>
  %6 = tosa.pad %5, %p, %z : (tensor<1x4x5x3xf32>, !tosa.shape<8>, tensor<1xf32>) -> tensor<1x5x6x3xf32>
  %7 = tosa.depthwise_conv2d %6, %d, %b, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x5x6x3xf32>, tensor<2x1x3x1xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x6x3xf32>
  %8 = tosa.clamp %7 {max_val = 3.40282347E+38 : f32, min_val = 0.0 : f32} : (tensor<1x4x6x3xf32>) -> tensor<1x4x6x3xf32>
  %9 = tosa.avg_pool2d %8, %z, %z {acc_type = f32, kernel = array<i64: 4, 6>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>} : (tensor<1x4x6x3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x3xf32>
  %10 = tosa.reshape %9, %r : (tensor<1x1x1x3xf32>, !tosa.shape<2>) -> tensor<1x3xf32>
  return %10 : tensor<1x3xf32>
}
)";

const char *const movement = R"(
func.func @main(%a: tensor<2x3x5xf32>) -> (tensor<6x3x5xf32>, tensor<2xi32>) {
  %start = "tosa.const_shape"() <{values = dense<[0, 1, 2]> : tensor<3xindex>}> : () -> !tosa.shape<3>
  %size = "tosa.const_shape"() <{values = dense<[2, 2, 3]> : tensor<3xindex>}> : () -> !tosa.shape<3>
  %m = "tosa.const_shape"() <{values = dense<[3, 1, 1]> : tensor<3xindex>}> : () -> !tosa.shape<3>
  %i = "tosa.const"() <{values = dense<[[2, 0, 1], [2, 0, 1]]> : tensor<2x3xi32>}> : () -> tensor<2x3xi32>
  %c = arith.constant dense<[[[0.5]]]> : tensor<1x1x1xf32>
  %w = "tosa.const"() <{values = dense<0.5> : tensor<2x5x5xf32>}> : () -> tensor<2x5x5xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %q = quant.qcast %a : tensor<2x3x5xf32> to tensor<2x3x5x!quant.uniform<i8:f32, 0.5:-3>>
  %0 = quant.dcast %q : tensor<2x3x5x!quant.uniform<i8:f32, 0.5:-3>> to tensor<2x3x5xf32>
  %1 = tosa.gather %0, %i : (tensor<2x3x5xf32>, tensor<2x3xi32>) -> tensor<2x3x5xf32>
  %2 = tosa.matmul %1, %w, %z, %z : (tensor<2x3x5xf32>, tensor<2x5x5xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x3x5xf32>
  %3 = tosa.transpose %2 {perms = array<i32: 0, 2, 1>} : (tensor<2x3x5xf32>) -> tensor<2x5x3xf32>
  %4 = tosa.tanh %3 : (tensor<2x5x3xf32>) -> tensor<2x5x3xf32>
  %5 = tosa.transpose %4 {perms = array<i32: 0, 2, 1>} : (tensor<2x5x3xf32>) -> tensor<2x3x5xf32>
  %6 = tosa.maximum %5, %c : (tensor<2x3x5xf32>, tensor<1x1x1xf32>) -> tensor<2x3x5xf32>
  %7 = tosa.tile %6, %m : (tensor<2x3x5xf32>, !tosa.shape<3>) -> tensor<6x3x5xf32>
  %8 = tosa.slice %6, %start, %size : (tensor<2x3x5xf32>, !tosa.shape<3>, !tosa.shape<3>) -> tensor<2x2x3xf32>
  %9 = tosa.reduce_sum %8 {axis = 1 : i32} : (tensor<2x2x3xf32>) -> tensor<2x1x3xf32>
  %10 = tosa.concat %9, %9 {axis = 2 : i32} : (tensor<2x1x3xf32>, tensor<2x1x3xf32>) -> tensor<2x1x6xf32>
  %11 = tosa.argmax %10 {axis = 2 : i32} : (tensor<2x1x6xf32>) -> tensor<2x1xi32>
  %12 = tosa.argmax %9 {axis = 2 : i32} : (tensor<2x1x3xf32>) -> tensor<2x1xi32>
  %13 = tosa.reduce_max %9 {axis = 1 : i32} : (tensor<2x1x3xf32>) -> tensor<2x1x3xf32>
  %14 = "tosa.const_shape"() <{values = dense<[2, 3]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  %15 = tosa.reshape %13, %14 : (tensor<2x1x3xf32>, !tosa.shape<2>) -> tensor<2x3xf32>
  %16 = tosa.argmax %15 {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2xi32>
  return %7, %16 : tensor<6x3x5xf32>, tensor<2xi32>
}
)";

/// Reads `bytes`; what was read goes through the whole phase.
bool readAndLegalize(llvm::StringRef bytes) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  auto module = qcc::importModelFromMemory(bytes, "fuzz.mlir", context);
  if (!module) {
    EXPECT_TRUE(llvm::StringRef(llvm::toString(module.takeError()))
                    .starts_with("fuzz.mlir:"));
    return false;
  }
  EXPECT_TRUE(succeeded(verify(module->get())));
  unsigned errors = 0;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
    return success();
  });
  PassManager passes(&context);
  qcc::buildLegalizePipeline(passes, {});
  bool ok = succeeded(passes.run(module->get()));
  EXPECT_EQ(ok, errors == 0) << "failure and errors go together";
  return ok;
}

std::string bytecodeOf(const char *text) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  auto module =
      llvm::cantFail(qcc::importModelFromMemory(text, "corpus.mlir", context));
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  EXPECT_TRUE(succeeded(writeBytecodeToFile(module.get(), stream)));
  return bytes;
}

TEST(MlirReaderFuzzTest, Text) {
  qcc::fuzz::runCases("Text", {network, movement},
                      {"tensor<1x4x5x2xf32>",
                       "tensor<?xf32>",
                       "tensor<*xf32>",
                       "f64",
                       "i8",
                       "dense<",
                       "0x7FC00000",
                       "array<i64: ",
                       "9223372036854775807",
                       "-1",
                       "0",
                       "tosa.",
                       "%0",
                       "%x",
                       "!quant.uniform<i8:f32, 0.5>",
                       "loc(",
                       "^bb1",
                       "func.func",
                       "{",
                       "}",
                       "(",
                       ")",
                       "<",
                       ">"},
                      [](const std::string &bytes, qcc::fuzz::Mutator &) {
                        return readAndLegalize(bytes);
                      });
}

/// Changes one number of the text, which then mostly still parses: this is for
/// the verifiers and passes.
std::string changeNumber(std::string text, qcc::data::SplitMix64 &random) {
  const char *const numbers[] = {"0",
                                 "1",
                                 "2",
                                 "3",
                                 "5",
                                 "7",
                                 "-1",
                                 "-128",
                                 "64",
                                 "1000000",
                                 "2147483647",
                                 "4294967296",
                                 "9223372036854775807"};
  size_t start = text.find_first_of("0123456789", random.below(text.size()));
  if (start == std::string::npos)
    return text;
  size_t end = text.find_first_not_of("0123456789", start);
  return text.replace(start, end - start,
                      numbers[random.below(std::size(numbers))]);
}

TEST(MlirReaderFuzzTest, Numbers) {
  qcc::fuzz::runCases("Numbers", {network, movement}, {},
                      [](const std::string &, qcc::fuzz::Mutator &mutator) {
                        auto &random = mutator.source();
                        std::string text = random.below(2) ? network : movement;
                        // The corpus itself comes with seed 0.
                        if (std::string(qcc::fuzz::currentCase).find("unmut") !=
                            std::string::npos)
                          return readAndLegalize(text);
                        for (uint64_t n = 1 + random.below(2); n > 0; --n)
                          text = changeNumber(text, random);
                        return readAndLegalize(text);
                      });
}

TEST(MlirReaderFuzzTest, Bytecode) {
  qcc::fuzz::runCases("Bytecode", {bytecodeOf(network), bytecodeOf(movement)},
                      {}, [](const std::string &bytes, qcc::fuzz::Mutator &) {
                        return readAndLegalize(bytes);
                      });
}

} // namespace
