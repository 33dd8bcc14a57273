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

class ArenaReuseTest
    : public testing::TestWithParam<std::tuple<const char *, Kernels>> {};

TEST_P(ArenaReuseTest, KeepsEveryByte) {
  const targets::Target &target = targetNamed(std::get<0>(GetParam()));
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  loadDialects(context);
  auto module = llvm::cantFail(parse(chain(), context));
  auto compiled = compile(*module, target, std::get<1>(GetParam()));
  ASSERT_TRUE(bool(compiled)) << llvm::toString(compiled.takeError());
  // One slot of each type is enough for the seven values between.
  EXPECT_LE(compiled->interface.arenaBytes, 4000 + 2000 + 3 * 64);
  data::SplitMix64 random(1);
  Bytes inputs(4 * 2000);
  for (uint8_t &byte : inputs)
    byte = random.next();
  Bytes expected = llvm::cantFail(runReference(*module, inputs));
  EXPECT_NE(inputs, expected);
  auto found =
      runOn(targets::runsOnHost(target) ? "host" : target.emulator.str(),
            *compiled, inputs);
  ASSERT_TRUE(bool(found)) << llvm::toString(found.takeError());
  EXPECT_EQ(difference(*found, expected), "");
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
