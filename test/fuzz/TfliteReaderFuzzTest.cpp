// The reader of TensorFlow Lite files on damaged files: each is rejected with
// one line, or gives a module that verifies and goes through the phases.
#include "compiler/Import/Import.h"
#include "passes/Pipeline.h"
#include "test/fuzz/Harness.h"
#include "test/unit/ImportTflite/ModelBuilder.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace qcc::test;

namespace {

/// Float ops of many kinds.
std::string floatModel() {
  ModelBuilder b;
  auto indices = [&](std::vector<int32_t> values) {
    return b.tensor("i", {{static_cast<int>(values.size())},
                          ElementType::Int32,
                          bytesOf(values)});
  };
  int in = b.tensor("in", {{1, 4, 6, 2}});
  int f = b.tensor("f", {{3, 3, 2, 2},
                         ElementType::Float32,
                         bytesOf(std::vector<float>(36, 0.5f))});
  int bias = b.tensor(
      "b", {{3}, ElementType::Float32, bytesOf(std::vector<float>{1, 2, 3})});
  int conv = b.tensor("conv", {{1, 2, 3, 3}});
  b.op(Builtin::Conv2D, {in, f, bias}, {conv}, 1,
       format::CreateConv2DOptions(b.out, 0, 2, 2, 1));
  int pool = b.tensor("pool", {{1, 1, 2, 3}});
  b.op(Builtin::AveragePool2D, {conv}, {pool}, 5,
       format::CreatePool2DOptions(b.out, 1, 1, 1, 2, 2, 3));
  int gathered = b.tensor("gathered", {{1, 1, 2, 2}});
  b.op(Builtin::Gather, {pool, indices({2, 0})}, {gathered}, 23,
       format::CreateGatherOptions(b.out, 3));
  int sliced = b.tensor("sliced", {{1, 2, 2}});
  b.op(Builtin::StridedSlice,
       {gathered, indices({0, 0, 0, 1}), indices({1, 1, 2, -3}),
        indices({1, 1, 1, -1})},
       {sliced}, 32, format::CreateStridedSliceOptions(b.out, 0, 0, 0, 0, 2));
  int sum = b.tensor("sum", {{1, 2}});
  b.op(Builtin::Mean, {sliced, indices({1})}, {sum}, 27,
       format::CreateReducerOptions(b.out, false));
  int resized = b.tensor("resized", {{1, 3, 5, 3}});
  b.op(Builtin::ResizeBilinear, {conv, indices({3, 5})}, {resized}, 15,
       format::CreateResizeBilinearOptions(b.out, false, true));
  return b.finish({in}, {sum, resized});
}

/// 8-bit ops with scales.
std::string integerModel() {
  ModelBuilder b;
  auto codes = [&](const char *name, std::vector<int> shape, float scale,
                   int64_t zero) {
    return b.tensor(name, {shape, ElementType::Int8, {}, {scale}, {zero}});
  };
  int in = codes("in", {1, 3, 4, 2}, 0.1f, 3);
  int f = b.tensor("f", {{1, 2, 2, 4},
                         ElementType::Int8,
                         bytesOf(std::vector<int8_t>(16, -3)),
                         {0.1f, 0.2f, 0.3f, 0.4f},
                         {0, 0, 0, 0},
                         3});
  int bias = b.tensor("b", {{4},
                            ElementType::Int32,
                            bytesOf(std::vector<int32_t>{1, 2, 3, 4}),
                            {0.01f, 0.02f, 0.03f, 0.04f},
                            {0, 0, 0, 0}});
  int conv = codes("conv", {1, 3, 4, 4}, 0.2f, -5);
  b.op(Builtin::DepthwiseConv2D, {in, f, bias}, {conv}, 2,
       format::CreateDepthwiseConv2DOptions(b.out, 0, 1, 1, 2, 1));
  int sum = codes("sum", {1, 3, 4, 4}, 0.3f, 7);
  b.op(Builtin::Add, {conv, conv}, {sum}, 11,
       format::CreateSumOptions(b.out, 3));
  int table = codes("table", {1, 3, 4, 4}, 1.0f / 256, -128);
  b.op(Builtin::Logistic, {sum}, {table});
  int soft = codes("soft", {1, 3, 4, 4}, 1.0f / 256, -128);
  b.op(Builtin::Softmax, {table}, {soft}, 9,
       format::CreateSoftmaxOptions(b.out, 1));
  return b.finish({in}, {soft});
}

bool readModel(const std::string &bytes) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  ScopedDiagnosticHandler quiet(&context,
                                [](Diagnostic &) { return success(); });
  auto module = qcc::importModelFromMemory(bytes, "fuzz.tflite", context);
  if (!module) {
    std::string text = llvm::toString(module.takeError());
    EXPECT_TRUE(llvm::StringRef(text).starts_with("fuzz.tflite:")) << text;
    return false;
  }
  EXPECT_TRUE(succeeded(verify(module->get())));
  // The phases that believe what the importer made; they may refuse it.
  PassManager passes(&context);
  qcc::buildLegalize(passes, {});
  qcc::buildQuantize(passes, {});
  qcc::buildLowerToInt(passes, {});
  (void)passes.run(module->get());
  return true;
}

TEST(TfliteReaderFuzzTest, Files) {
  qcc::fuzz::runCases("Files", {floatModel(), integerModel()}, {},
                      [](const std::string &bytes, qcc::fuzz::Mutator &) {
                        return readModel(bytes);
                      });
}

} // namespace
