// The reader of ONNX files on damaged files: each is rejected with an error
// that begins with the file's name, or gives a module that verifies.
#include "compiler/Import/Import.h"
#include "test/fuzz/Harness.h"
#include "test/unit/ImportOnnx/ModelBuilder.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;
using qcc::onnxtest::ModelBuilder;

namespace {

/// Windows, products, normalization.
std::string convolutions() {
  ModelBuilder b;
  b.input("x", {0, 2, 5, 6});
  b.output("y");
  b.floats("w", {4, 1, 3, 3}, std::vector<float>(36, 0.5f));
  b.floats("g", {4}, {1, 2, 3, 4});
  auto &conv = b.node("Conv", {"x", "w", "g"}, {"c"}, "conv");
  b.attr(conv, "group", 2);
  b.attr(conv, "strides", std::vector<int64_t>{2, 1});
  b.attr(conv, "auto_pad", std::string("SAME_LOWER"));
  b.node("BatchNormalization", {"c", "g", "g", "g", "g"}, {"n"});
  auto &pool = b.node("AveragePool", {"n"}, {"p"});
  b.attr(pool, "kernel_shape", std::vector<int64_t>{2, 3});
  b.attr(pool, "ceil_mode", 1);
  b.attr(pool, "count_include_pad", 1);
  b.attr(pool, "pads", std::vector<int64_t>{1, 1, 0, 1});
  b.floats("t", {4, 2, 2, 2}, std::vector<float>(32, 1));
  auto &up = b.node("ConvTranspose", {"p", "t"}, {"u"});
  b.attr(up, "dilations", std::vector<int64_t>{2, 1});
  b.attr(up, "group", 2);
  b.floats("s", {4}, {1, 1, 2, 1.5f});
  auto &resize = b.node("Resize", {"u", "", "s"}, {"r"});
  b.attr(resize, "mode", std::string("linear"));
  b.node("InstanceNormalization", {"r", "g", "g"}, {"i"});
  b.node("GlobalAveragePool", {"i"}, {"a"});
  b.node("Flatten", {"a"}, {"f"});
  b.floats("m", {4, 3}, std::vector<float>(12, 2));
  b.node("Gemm", {"f", "m"}, {"e"});
  b.node("Softmax", {"e"}, {"y"});
  return b.bytes();
}

/// Movement, and shapes that are computed.
std::string movement() {
  ModelBuilder b(13);
  b.input("x", {2, 3, 4});
  b.output("y");
  b.output("z");
  b.node("Shape", {"x"}, {"shape"});
  b.ints("one", {1}, {1});
  b.ints("two", {1}, {2});
  b.node("Gather", {"shape", "one"}, {"size"});
  b.node("Mul", {"size", "two"}, {"double"});
  b.ints("rest", {1}, {-1});
  auto &join = b.node("Concat", {"double", "rest"}, {"target"});
  b.attr(join, "axis", 0);
  b.node("Reshape", {"x", "target"}, {"r"});
  b.ints("start", {2}, {-1, 0});
  b.ints("end", {2}, {-100, 3});
  b.ints("axes", {2}, {0, 1});
  b.ints("step", {2}, {-2, 1});
  b.node("Slice", {"r", "start", "end", "axes", "step"}, {"s"});
  b.ints("pads", {4}, {1, 0, 0, 2});
  auto &pad = b.node("Pad", {"s", "pads"}, {"p"});
  b.attr(pad, "mode", std::string("reflect"));
  b.ints("parts", {2}, {1, 3});
  b.node("Split", {"p", "parts"}, {"y", "q"});
  b.ints("times", {2}, {2, 3});
  b.node("Tile", {"q", "times"}, {"t"});
  b.node("ReduceMean", {"t"}, {"mean"});
  b.node("Sub", {"t", "mean"}, {"d"});
  b.ints("index", {2, 2}, {0, -1, 2, 1});
  auto &gather = b.node("Gather", {"d", "index"}, {"g"});
  b.attr(gather, "axis", 1);
  b.node("MatMul", {"g", "g"}, {"z"});
  return b.bytes();
}

/// Integers with scales.
std::string integers() {
  ModelBuilder b(13);
  b.input("x", {1, 2, 3, 4}, ::onnx::TensorProto::UINT8);
  b.output("y");
  b.floats("s", {}, {0.5f});
  b.ints("z", {}, {3}, ::onnx::TensorProto::UINT8);
  b.ints("w", {2, 2, 1, 1}, {1, 2, -3, 4}, ::onnx::TensorProto::INT8);
  b.floats("sw", {2}, {0.25f, 2});
  b.ints("zw", {2}, {0, 1}, ::onnx::TensorProto::INT8);
  b.node("DequantizeLinear", {"x", "s", "z"}, {"d"});
  b.attr(b.node("DequantizeLinear", {"w", "sw", "zw"}, {"dw"}), "axis", 0);
  b.node("Conv", {"d", "dw"}, {"c"});
  b.node("Relu", {"c"}, {"r"});
  b.node("QuantizeLinear", {"r", "s", "z"}, {"q"});
  b.node("QLinearConv", {"q", "s", "z", "w", "s", "zw0", "s", "z"}, {"y"});
  b.ints("zw0", {}, {0}, ::onnx::TensorProto::INT8);
  return b.bytes();
}

TEST(ReaderFuzz, Onnx) {
  std::vector<std::string> dictionary = {
      "Conv",      "Gather", "Resize", "Expand",  "Range",  "ConstantOfShape",
      "Unsqueeze", "Where",  "PRelu",  "MaxPool", "MatMul", "\xff\xff\xff\xff"};
  qcc::fuzz::runCases(
      "Onnx", {convolutions(), movement(), integers()}, dictionary,
      [](const std::string &bytes, qcc::fuzz::Mutator &) {
        MLIRContext context(MLIRContext::Threading::DISABLED);
        auto module = qcc::importModelFromMemory(bytes, "f.onnx", context);
        if (!module) {
          std::string message = llvm::toString(module.takeError());
          EXPECT_EQ(message.find("f.onnx: "), 0u) << message;
          return false;
        }
        EXPECT_TRUE(succeeded(verify(module->get())));
        return true;
      });
}

} // namespace
