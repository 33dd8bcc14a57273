// A network whose filters have 8, 4 or 2 bits by their types, from quantized
// qgraph to an object: bytes of flash, and the bytes that it computes.
#include "compiler/Data/Random.h"
#include "compiler/Driver/Compilation.h"
#include "compiler/Evaluate/Emulator.h"
#include "test/unit/EndToEnd/Harness.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

/// Writes qgraph on quantized types.
class QuantizedText {
public:
  explicit QuantizedText(int bits) : bits(bits) {}

  /// A convolution of `input` ("1x9x8x3"), transposed when `stride` < 0.
  std::string conv(const std::string &value, const std::string &input,
                   const std::string &output, const std::string &filter,
                   int64_t channels, int64_t weights, int stride, int pad,
                   int groups) {
    std::string scales, biasScales, biases;
    for (int64_t c = 0; c < channels; ++c) {
      double scale = 0.001 * (1 << (8 - bits)) * (1 + c % 3);
      std::string comma = c ? ", " : "";
      scales += comma + fmt::format("{:.6f}", scale);
      biasScales += comma + fmt::format("{:.6f}", scale * 0.05);
      biases += comma + std::to_string(int64_t(random.below(200)) - 100);
    }
    int most = (1 << (bits - 1)) - 1;
    std::string type =
        fmt::format("tensor<{}x!quant.uniform<i{}<{}:{}>:f32:0, "
                    "{{{}}}>>",
                    filter, bits, -most - (bits < 8), most, scales);
    std::string biasType = fmt::format(
        "tensor<{}x!quant.uniform<i32:f32:0, {{{}}}>>", channels, biasScales);
    std::string hex;
    for (int64_t i = 0; i < weights; ++i) {
      int64_t low = -most - (bits < 8);
      hex += fmt::format("{:02X}",
                         (low + int64_t(random.below(most - low + 1))) & 255);
    }
    int number = next++;
    std::string windows =
        stride < 0 ? fmt::format("strides = array<i64: {0}, {0}>, out_pads = "
                                 "array<i64: 0, 0, 0, 0>",
                                 -stride)
                   : fmt::format("strides = array<i64: {0}, {0}>, pads = "
                                 "array<i64: {1}, {1}, {1}, {1}>, dilations = "
                                 "array<i64: 1, 1>, groups = {2} : i64",
                                 stride, pad, groups);
    text += fmt::format(
        "  %w{0} = qgraph.constant dense<\"0x{1}\"> : tensor<{2}xi8> -> {3}\n"
        "  %b{0} = qgraph.constant dense<[{4}]> : tensor<{5}xi32> -> {6}\n"
        "  %v{0} = qgraph.{7} {8}, %w{0}, %b{0} {{{9}, qgraph.layer = "
        "\"layer{0}\"}} : (tensor<{10}x!a>, {3}, {6}) -> tensor<{11}x!a>\n",
        number, hex, filter, type, biases, channels, biasType,
        stride < 0 ? "transpose_conv2d" : "conv2d", value, windows, input,
        output);
    return fmt::format("%v{}", number);
  }

  std::string network() {
    std::string v =
        conv("%x", "1x8x7x3", "1x8x7x16", "16x3x3x3", 16, 432, 1, 1, 1);
    v = conv(v, "1x8x7x16", "1x8x7x16", "16x5x5x1", 16, 400, 1, 2, 16);
    v = conv(v, "1x8x7x16", "1x8x7x16", "16x3x3x1", 16, 144, 1, 1, 16);
    v = conv(v, "1x8x7x16", "1x8x7x24", "24x1x1x16", 24, 384, 1, 0, 1);
    v = conv(v, "1x8x7x24", "1x16x14x8", "8x2x2x24", 8, 768, -2, 0, 1);
    v = conv(v, "1x16x14x8", "1x8x7x12", "12x3x3x4", 12, 432, 2, 1, 2);
    v = conv(v, "1x8x7x12", "1x1x1x10", "10x8x7x12", 10, 6720, 1, 0, 1);
    return "!a = !quant.uniform<i8:f32, 0.05:3>\n"
           "func.func @main(%x: tensor<1x8x7x3x!a>) -> tensor<1x1x1x10x!a> "
           "{\n" +
           text + "  return " + v + " : tensor<1x1x1x10x!a>\n}\n";
  }

private:
  int bits, next = 0;
  std::string text;
  data::SplitMix64 random{11};
};

/// Weights of all layers.
constexpr int64_t numWeights = 432 + 400 + 144 + 384 + 768 + 432 + 6720;

struct Made {
  std::string object;
  emit::Report report;
  Bytes inputs, expected;
};

llvm::Expected<Made> make(int bits, const std::string &target) {
  int file;
  llvm::SmallString<128> path;
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("narrow", "mlir", file, path))
    return llvm::createStringError(error, "cannot make a temporary file");
  llvm::raw_fd_ostream(file, /*shouldClose=*/true)
      << QuantizedText(bits).network();
  llvm::FileRemover remove(path);
  driver::CompileOptions options;
  options.input = path.str().str();
  options.target = target;
  driver::Compilation compilation(options);
  if (llvm::Error error = compilation.runTo(Phase::LowerToInt))
    return std::move(error);
  Made made;
  data::SplitMix64 random(4);
  made.inputs.resize(8 * 8 * 7 * 3);
  for (uint8_t &byte : made.inputs)
    byte = random.next();
  auto expected = runReference(compilation.module(), made.inputs);
  if (!expected)
    return expected.takeError();
  made.expected = std::move(*expected);
  if (llvm::Error error = compilation.runTo(Phase::LowerToLLVM))
    return std::move(error);
  auto object = compilation.emitObject();
  if (!object)
    return object.takeError();
  made.object = std::move(*object);
  auto report = compilation.report(made.object);
  if (!report)
    return report.takeError();
  made.report = std::move(*report);
  return made;
}

/// Where 16 KiB of RAM suffice or are not asked of.
std::string rowFor(const targets::Target &target) {
  return target.emulator == "cortex-m0" ? "cortex-m0-large"
                                        : target.emulator.str();
}

class NarrowNetworkTest : public testing::TestWithParam<const char *> {};

/// Constants are the packed ones and what aligns them; weights take their bits
/// and what pads channels and windows.
TEST_P(NarrowNetworkTest, FlashHoldsThePackedWeights) {
  int64_t wholePacked = 0, wholeConstants = 0;
  for (int bits : {8, 4, 2}) {
    SCOPED_TRACE(fmt::format("{} bits", bits));
    auto made = make(bits, GetParam());
    if (!made)
      FAIL() << llvm::toString(made.takeError());
    int64_t packed = 0, weights = 0;
    for (const emit::KernelRow &row : made->report.kernels) {
      packed += row.packedBytes;
      weights += row.storedWeightBytes;
      if (!row.weightBits)
        continue;
      EXPECT_EQ(row.weightBits, unsigned(bits)) << row.name;
      // Nine weights for each channel; see chooseStorage.
      bool asBytes = row.name == "layer2" && bits == 4 &&
                     std::string("cortex-m4") == GetParam();
      if (bits < 8)
        EXPECT_EQ(row.storedWeightBits, asBytes ? 8u : unsigned(bits))
            << row.name;
    }
    // Tables of scales are read-only too where code does not hold them.
    EXPECT_GE(made->report.object.rodataBytes, uint64_t(packed));
    fmt::print("{} {} bits: {} bytes of weights for {}, packed {}, constants "
               "{}, code {}\n",
               GetParam(), bits, weights, numWeights * bits / 8, packed,
               made->report.object.rodataBytes, made->report.object.textBytes);
    const targets::Target &target = targetNamed(GetParam());
    auto outputs =
        runOn(rowFor(target),
              {made->object, made->report.interface,
               emit::makeHeader(made->report.interface, target, "test")},
              made->inputs);
    if (!outputs)
      FAIL() << llvm::toString(outputs.takeError());
    EXPECT_EQ(difference(*outputs, made->expected), "");
    if (bits == 8) {
      wholePacked = packed;
      wholeConstants = made->report.object.rodataBytes;
      continue;
    }
    EXPECT_LE(weights, numWeights * bits / 8 * 3 / 2);
    // Alignment of sixteen constants, and tables that other tiles may merge.
    int64_t saved = wholePacked - packed;
    EXPECT_NEAR(
        double(saved),
        double(wholeConstants) - double(made->report.object.rodataBytes), 1500);
    EXPECT_GT(saved, numWeights * (8 - bits) / 8 * 4 / 5);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, NarrowNetworkTest,
                         testing::Values("generic", "armv8.2-dotprod",
                                         "cortex-m4"),
                         [](const auto &info) { return testName(info.param); });

} // namespace
