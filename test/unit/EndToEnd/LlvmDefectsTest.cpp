// Ops on which LLVM 22 by itself makes code that is wrong or not integer-only;
// targets/<folder>/PrepareLLVM.cpp keeps it from that.
#include "compiler/Data/Random.h"
#include "test/unit/EndToEnd/Harness.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

/// Random inputs through the code for `row`, against the reference.
void expectEqual(const std::string &text, llvm::StringRef row) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  loadDialects(context);
  auto module = llvm::cantFail(parse(text, context));
  data::SplitMix64 random(7);
  Bytes inputs(3 * sampleBytes(*module));
  for (uint8_t &byte : inputs)
    byte = random.next();
  Bytes expected = llvm::cantFail(runReference(*module, inputs));
  const targets::Target &target = targetNamed(row);
  auto compiled = compile(*module, target);
  ASSERT_TRUE(bool(compiled)) << llvm::toString(compiled.takeError());
  llvm::StringRef place =
      targets::runsOnHost(target) ? "host" : target.emulator;
  auto found = runOn(place, *compiled, inputs);
  ASSERT_TRUE(bool(found)) << llvm::toString(found.takeError());
  EXPECT_EQ(difference(*found, expected), "");
}

/// Eight bytes of every kind that one vector instruction makes, with the signs
/// of 16-bit, 32-bit or 64-bit lanes flipped.
std::vector<uint64_t> signedConstants() {
  std::vector<uint64_t> plain = {0};
  for (int shift = 0; shift < 32; shift += 8)
    plain.push_back(0x0000002500000025ull << shift);
  for (int shift = 0; shift < 16; shift += 8)
    plain.push_back(0x0025002500250025ull << shift);
  plain.push_back(0x000025ff000025ffull);
  plain.push_back(0x00ff00ffff0000ffull);
  std::vector<uint64_t> flipped;
  for (uint64_t bits : plain)
    for (uint64_t signs :
         {0x8000800080008000ull, 0x8000000080000000ull, 0x8000000000000000ull})
      flipped.push_back(bits ^ signs);
  return flipped;
}

std::string bytesOf(uint64_t bits, int times) {
  std::string hex;
  for (int i = 0; i < 8 * times; ++i)
    hex += fmt::format("{:02X}", bits >> (8 * (i % 8)) & 255);
  return hex;
}

/// x, constant, x, constant, ...: copies that LLVM turns into stores of
/// constants.
std::string interleaved(int times) {
  std::string constants, operands, types;
  int count = 0;
  for (uint64_t bits : signedConstants()) {
    constants += fmt::format("  %c{0} = qint.constant dense<\"0x{1}\"> : "
                             "tensor<{2}xi8> -> tensor<{2}xi8>\n",
                             count, bytesOf(bits, times), 8 * times);
    operands += fmt::format("{}%x, %c{}", count ? ", " : "", count);
    types += fmt::format("{}tensor<3xi8>, tensor<{}xi8>", count ? ", " : "",
                         8 * times);
    ++count;
  }
  return fmt::format("func.func @main(%x: tensor<3xi8>) -> tensor<{0}xi8> {{\n"
                     "{1}  %r = qint.concat {2} {{axis = 0 : i64}} : ({3}) -> "
                     "tensor<{0}xi8>\n  return %r : tensor<{0}xi8>\n}}\n",
                     count * (3 + 8 * times), constants, operands, types);
}

class SignedConstantsTest : public testing::TestWithParam<const char *> {};

TEST_P(SignedConstantsTest, OfEightBytesAreMadeWithoutFneg) {
  expectEqual(interleaved(1), GetParam());
}

TEST_P(SignedConstantsTest, OfSixteenBytesAreMadeWithoutFneg) {
  expectEqual(interleaved(2), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Rows, SignedConstantsTest,
                         testing::Values("armv8", "armv8.2-dotprod",
                                         "armv8.6-i8mm"),
                         [](const auto &row) {
                           return std::to_string(row.index);
                         });

// Windows of one or two rows: the loop over them holds a gather.
TEST(GatherTest, LeavesTheLoopAroundItItsBounds) {
  expectEqual(R"(
func.func @main(%x: tensor<2x8x6x8xi8>) -> tensor<2x3x4x8xui8> {
  %r = qint.avg_pool2d %x {kernel = array<i64: 2, 3>,
    strides = array<i64: 3, 2>, pads = array<i64: 1, 0, 2, 1>,
    input_zero_point = 127 : i32, rescale = #qint.rescale<
      multipliers = [1911780822, 0, 1501222847, 1073741824, 0, 1184956671],
      shifts = [30, 32, 31, 28, 34, 31], rounding = single, zero_point = 0,
      min = 0, max = 255>, qint.layer = "pool"}
    : (tensor<2x8x6x8xi8>) -> tensor<2x3x4x8xui8>
  return %r : tensor<2x3x4x8xui8>
}
)",
              "cortex-m55");
}

// Sums that pass 32 bits, rescaled by shifts that differ by channel.
std::string wideSums(llvm::StringRef rounding) {
  return fmt::format(R"(
func.func @main(%x: tensor<2x3x5x7xi16>) -> tensor<2x3x5x3xi8> {{
  %w = qint.constant dense<[[[[127, -128, 3, 5, -7, 11, 13]]],
    [[[-128, -127, -126, 125, 124, 123, 122]]],
    [[[1, 0, 0, -1, 0, 0, 0]]]]> : tensor<3x1x1x7xi8> -> tensor<3x1x1x7xi8>
  %b = qint.constant dense<[34359738368, -8589934592, 1]> : tensor<3xi64>
    -> tensor<3xi64>
  %s = qint.conv2d %x, %w, %b {{strides = array<i64: 1, 1>,
    pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
    groups = 1 : i64, pad_value = 0 : i32, qint.layer = "wide"}}
    : (tensor<2x3x5x7xi16>, tensor<3x1x1x7xi8>, tensor<3xi64>)
    -> tensor<2x3x5x3xi64>
  %r = qint.requantize %s {{zero_point = 0 : i32, rescale = #qint.rescale<
    multipliers = [19801, 32767, 16384], shifts = [43, 41, 24],
    rounding = {}, zero_point = -3, min = -128, max = 127>,
    qint.layer = "wide"}} : (tensor<2x3x5x3xi64>) -> tensor<2x3x5x3xi8>
  return %r : tensor<2x3x5x3xi8>
}}
)",
                     rounding.str());
}

TEST(WideArithmeticTest, NeedsNoLibrary) {
  for (const char *rounding : {"single", "even", "away"})
    expectEqual(wideSums(rounding), "cortex-m0plus");
}

} // namespace
