// Kernels that share slots of the arena, also inlined into one function: no
// type information may tell LLVM that one kernel's stores and the next one's
// loads cannot meet.
#include "compiler/Data/Random.h"
#include "test/unit/EndToEnd/Harness.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

constexpr int pairs = 4;

/// `array` of 256 entries as hexadecimal text, little endian.
std::string table(int width, int factor) {
  std::string hex;
  for (int i = 0; i < 256; ++i)
    for (int byte = 0; byte < width; ++byte)
      hex +=
          fmt::format("{:02X}", ((i - 128) * factor + 3) >> (8 * byte) & 255);
  return hex;
}

/// i8 -> i16 -> i8 -> ...: two kernels of different element types at a time,
/// so every slot is written as one type and later as the other.
std::string chain() {
  std::string text = fmt::format(
      "func.func @main(%x0: tensor<40x50xi8>) -> tensor<40x50xi8> {{\n"
      "  %t = qint.constant dense<\"0x{}\"> : tensor<256xi16> -> "
      "tensor<256xi16>\n",
      table(2, 37));
  for (int i = 0; i < pairs; ++i)
    text += fmt::format(
        "  %a{0} = qint.transpose %x{0} {{permutation = array<i64: 1, 0>}} : "
        "(tensor<40x50xi8>) -> tensor<50x40xi8>\n"
        "  %b{0} = qint.table %a{0}, %t : (tensor<50x40xi8>, tensor<256xi16>) "
        "-> tensor<50x40xi16>\n"
        "  %c{0} = qint.transpose %b{0} {{permutation = array<i64: 1, 0>}} : "
        "(tensor<50x40xi16>) -> tensor<40x50xi16>\n"
        "  %x{1} = qint.requantize %c{0} {{zero_point = {0} : i32, rescale = "
        "#qint.rescale<multipliers = [1288490189], shifts = [36], rounding = "
        "single, zero_point = -3, min = -128, max = 127>}} : "
        "(tensor<40x50xi16>) -> tensor<40x50xi8>\n",
        i, i + 1);
  return text + fmt::format("  return %x{} : tensor<40x50xi8>\n}}\n", pairs);
}

std::string randomHex(size_t bytes, uint64_t seed) {
  data::SplitMix64 random(seed);
  std::string hex;
  for (size_t i = 0; i < bytes; ++i)
    hex += fmt::format("{:02X}", random.next() & 255);
  return hex;
}

/// Two residual blocks. The first adds what its own convolution reads, which
/// must not be overwritten; the second what an earlier kernel read.
std::string residuals() {
  const char *t8 = "tensor<1x8x16x8xi8>", *t32 = "tensor<1x8x16x8xi32>";
  std::string text =
      fmt::format("func.func @main(%x: {0}) -> {0} {{\n"
                  "  %bias = qint.constant dense<\"0x{1}\"> : tensor<8xi32> -> "
                  "tensor<8xi32>\n",
                  t8, std::string(64, '0'));
  const char *inputs[] = {"x", "a", "s1", "c", "s2"};
  const char *results[] = {"a", "b", "c", "d", "e"};
  const char *residual[] = {nullptr, "a", nullptr, "s1", nullptr};
  for (int i = 0; i < 5; ++i) {
    text += fmt::format(
        "  %w{0} = qint.constant dense<\"0x{1}\"> : tensor<8x3x3x8xi8> -> "
        "tensor<8x3x3x8xi8>\n"
        "  %z{0} = qint.conv2d %{2}, %w{0}, %bias {{strides = array<i64: 1, "
        "1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, "
        "groups = 1 : i64, pad_value = 0 : i32}} : ({3}, "
        "tensor<8x3x3x8xi8>, tensor<8xi32>) -> {4}\n"
        "  %{5} = qint.requantize %z{0} {{zero_point = 0 : i32, rescale = "
        "#qint.rescale<multipliers = [1288490189], shifts = [40], rounding = "
        "single, zero_point = 2, min = -128, max = 127>}} : ({4}) -> {3}\n",
        i, randomHex(8 * 9 * 8, i + 1), inputs[i], t8, t32, results[i]);
    if (residual[i])
      text += fmt::format(
          "  %s{0} = qint.add %{1}, %{2} {{lhs_zero_point = 2 : i32, "
          "rhs_zero_point = 2 : i32, lhs_multiplier = 700001 : i32, "
          "rhs_multiplier = 612345 : i32, shift = 20 : i32, rounding = "
          "#qint.rounding<single>, zero_point = 3 : i32, min = -128 : i32, "
          "max = 127 : i32}} : ({3}, {3}) -> {3}\n",
          (i + 1) / 2, results[i], residual[i], t8);
  }
  return text + fmt::format("  return %e : {}\n}}\n", t8);
}

/// Compiles, compares a few random samples with the reference; the arena's
/// size.
int64_t checkRandom(const std::string &text, const targets::Target &target,
                    Kernels kernels) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  loadDialects(context);
  auto module = llvm::cantFail(parse(text, context));
  auto compiled = compile(*module, target, kernels);
  if (!compiled) {
    ADD_FAILURE() << llvm::toString(compiled.takeError());
    return 0;
  }
  data::SplitMix64 random(1);
  Bytes inputs(4 * sampleBytes(*module));
  for (uint8_t &byte : inputs)
    byte = random.next();
  Bytes expected = llvm::cantFail(runReference(*module, inputs));
  EXPECT_NE(inputs, expected);
  auto found =
      runOn(targets::runsOnHost(target) ? "host" : target.emulator.str(),
            *compiled, inputs);
  if (found)
    EXPECT_EQ(difference(*found, expected), "");
  else
    ADD_FAILURE() << llvm::toString(found.takeError());
  return compiled->interface.arenaBytes;
}

class ArenaReuseTest
    : public testing::TestWithParam<std::tuple<const char *, Kernels>> {};

TEST_P(ArenaReuseTest, KeepsEveryByte) {
  const auto &[name, kernels] = GetParam();
  // One slot of each type is enough for the seven values between.
  EXPECT_LE(checkRandom(chain(), targetNamed(name), kernels),
            4000 + 2000 + 3 * 64);
}

TEST_P(ArenaReuseTest, OverwritesWhatIsReadNoMore) {
  const auto &[name, kernels] = GetParam();
  const targets::Target &target = targetNamed(name);
  int64_t arena = checkRandom(residuals(), target, kernels);
  // Three tensors with their halos meet in the second sum, with what the
  // kernel needs as scratch.
  int64_t tensor = llvm::alignTo(10 * 18 * 8 + 64, target.alignment);
  EXPECT_LE(arena, 2 * tensor + 1024);
  EXPECT_LT(1024, tensor);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ArenaReuseTest,
    testing::Combine(testing::Values("generic", "x86-64-v2", "armv8",
                                     "cortex-m4"),
                     testing::Values(Kernels::Called, Kernels::Inlined)),
    [](const auto &info) {
      return testName(std::get<0>(info.param)) +
             (std::get<1>(info.param) == Kernels::Inlined ? "_inlined"
                                                          : "_called");
    });

} // namespace
