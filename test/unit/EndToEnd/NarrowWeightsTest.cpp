// Rule accumulate-a5: convolutions with weights of 4 and 2 bits on every
// target: bytes, what they take of flash, and instructions beside 8 bits.
#include "compiler/Data/Random.h"
#include "compiler/Emit/ObjectInfo.h"
#include "compiler/Evaluate/Emulator.h"
#include "test/unit/EndToEnd/Harness.h"

#include "llvm/Support/raw_ostream.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

struct Layer {
  const char *name;
  int64_t h, w, ic, oc, kh, kw, groups = 1, stride = 1, dilation = 1, pad = 0;

  int64_t window() const { return kh * kw * ic / groups; }
  int64_t outRows() const {
    return (h + 2 * pad - dilation * (kh - 1) - 1) / stride + 1;
  }
  int64_t outColumns() const {
    return (w + 2 * pad - dilation * (kw - 1) - 1) / stride + 1;
  }
  int64_t macs() const { return outRows() * outColumns() * oc * window(); }
};

std::ostream &operator<<(std::ostream &out, const Layer &layer) {
  return out << layer.name;
}

/// Random numbers as the hexadecimal that MLIR reads; the ends often.
std::string hex(int64_t count, int64_t low, int64_t high, int bytes,
                data::SplitMix64 &random) {
  std::string text;
  for (int64_t i = 0; i < count; ++i) {
    int64_t value = low + int64_t(random.below(high - low + 1));
    if (random.below(4) == 0)
      value = random.below(2) ? low : high;
    for (int byte = 0; byte < bytes; ++byte)
      text += fmt::format("{:02X}", (value >> (8 * byte)) & 255);
  }
  return text;
}

/// conv2d and a requantization for each channel, to codes of i8.
std::string moduleText(const Layer &l, int bits) {
  data::SplitMix64 random(3);
  int64_t most = (1 << (bits - 1)) - 1;
  std::string in = fmt::format("tensor<1x{}x{}x{}xi8>", l.h, l.w, l.ic);
  std::string shape =
      fmt::format("1x{}x{}x{}", l.outRows(), l.outColumns(), l.oc);
  std::string filter = fmt::format("tensor<{}x{}x{}x{}xi{}>", l.oc, l.kh, l.kw,
                                   l.ic / l.groups, bits);
  std::string multipliers, shifts;
  for (int64_t c = 0; c < l.oc; ++c) {
    multipliers +=
        fmt::format("{}{}", c ? ", " : "", (1 << 30) + random.below(1 << 30));
    shifts +=
        fmt::format("{}{}", c ? ", " : "", 34 + bits / 2 + random.below(4));
  }
  return fmt::format(
      "func.func @main(%x: {0}) -> tensor<{1}xi8> {{\n"
      "  %w = qint.constant dense<\"0x{2}\"> : {3} -> {3}\n"
      "  %b = qint.constant dense<\"0x{4}\"> : tensor<{5}xi32> -> "
      "tensor<{5}xi32>\n"
      "  %a = qint.conv2d %x, %w, %b {{strides = array<i64: {6}, {6}>, pads = "
      "array<i64: {7}, {7}, {7}, {7}>, dilations = array<i64: {8}, {8}>, "
      "groups = {9} : i64, pad_value = -7 : i32, qint.layer = \"conv\"}} : "
      "({0}, {3}, tensor<{5}xi32>) -> tensor<{1}xi32>\n"
      "  %r = qint.requantize %a {{zero_point = 0 : i32, rescale = "
      "#qint.rescale<multipliers = [{10}], shifts = [{11}], rounding = single, "
      "zero_point = 3, min = -128, max = 127>, qint.layer = \"conv\"}} : "
      "(tensor<{1}xi32>) -> tensor<{1}xi8>\n  return %r : tensor<{1}xi8>\n}}\n",
      in, shape, hex(l.oc * l.window(), -most - 1, most, 1, random), filter,
      hex(l.oc, -3000, 3000, 4, random), l.oc, l.stride, l.pad, l.dilation,
      l.groups, multipliers, shifts);
}

/// What came of a module on a target.
struct Outcome {
  double instructions = 0; ///< of a sample; 0 where they are not counted
  int64_t constants = 0;   ///< bytes of read-only data
  int64_t code = 0;
};

/// The row that counts instructions, or the host.
std::string rowFor(const targets::Target &target) {
  if (target.emulator == "cortex-m0") // 16 KiB of RAM
    return "cortex-m0-large";
  return targets::runsOnHost(target) ? "host" : target.emulator.str();
}

/// Compiles, runs, compares with the reference.
Outcome run(const Layer &layer, int bits, const targets::Target &target,
            bool count) {
  Outcome outcome;
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  loadDialects(context);
  auto module = llvm::cantFail(parse(moduleText(layer, bits), context));
  auto compiled = compile(*module, target);
  if (!compiled) {
    ADD_FAILURE() << llvm::toString(compiled.takeError());
    return outcome;
  }
  auto info =
      emit::readObjectInfo(llvm::MemoryBufferRef(compiled->object, "model.o"));
  if (info) {
    outcome.constants = info->rodataBytes;
    outcome.code = info->textBytes;
  } else {
    ADD_FAILURE() << llvm::toString(info.takeError());
  }
  data::SplitMix64 random(5);
  const int samples = 3;
  Bytes inputs(samples * sampleBytes(*module));
  for (size_t i = 0; i < inputs.size(); ++i)
    inputs[i] = i < inputs.size() / samples ? 128 : random.next();
  Bytes expected = llvm::cantFail(runReference(*module, inputs));
  uint64_t instructions = 0;
  auto found =
      runOn(rowFor(target), *compiled, inputs, count ? &instructions : nullptr);
  if (found)
    EXPECT_EQ(difference(*found, expected), "");
  llvm::Error other =
      llvm::handleErrors(found ? llvm::Error::success() : found.takeError(),
                         [](const evaluate::HostLacksFeature &missing) {
                           llvm::outs()
                               << "not run: " << missing.message() << "\n";
                         });
  if (other)
    ADD_FAILURE() << llvm::toString(std::move(other));
  outcome.instructions = double(instructions) / samples;
  return outcome;
}

const Layer layers[] = {
    {"pointwise", 5, 5, 64, 64, 1, 1},
    {"window", 8, 7, 16, 16, 3, 3, 1, 1, 1, 1},
    {"window_odd", 7, 6, 5, 7, 3, 3, 1, 2, 1, 1},
    {"window_dilated", 9, 8, 6, 10, 3, 3, 1, 1, 2, 2},
    {"one_channel_out", 6, 5, 9, 1, 3, 3},
    {"tall", 9, 4, 1, 6, 5, 1},
    {"wide", 4, 9, 1, 6, 1, 5},
    {"grouped", 6, 5, 12, 9, 3, 3, 3, 1, 1, 1},
    {"depthwise", 8, 7, 13, 13, 5, 5, 13, 1, 1, 2},
    {"depthwise_small", 8, 7, 16, 16, 3, 3, 16, 2, 1, 1},
    {"dense", 1, 1, 130, 10, 1, 1},
    {"dense_odd", 1, 1, 37, 11, 1, 1},
};

class NarrowWeightsTest
    : public testing::TestWithParam<std::tuple<std::string, Layer>> {};

TEST_P(NarrowWeightsTest, EqualTheReferenceAndShrink) {
  const auto &[name, layer] = GetParam();
  const targets::Target &target = targetNamed(name);
  bool count = rowFor(target) != "host";
  Outcome whole = run(layer, 8, target, count);
  for (int bits : {4, 2}) {
    SCOPED_TRACE(fmt::format("{} bits", bits));
    Outcome narrow = run(layer, bits, target, count);
    fmt::print("{} {} {} bits: constants {} for {}, code {} for {}", name,
               layer.name, bits, narrow.constants, whole.constants, narrow.code,
               whole.code);
    if (count)
      fmt::print(", instructions {:.0f} for {:.0f}, {:.3f} times, {:.3f} a MAC",
                 narrow.instructions, whole.instructions,
                 narrow.instructions / whole.instructions,
                 narrow.instructions / layer.macs());
    fmt::print("\n");
    if (layer.window() >= 16)
      EXPECT_LT(narrow.constants, whole.constants);
  }
}

/// Every layer on one row of each family in turn, or on those that
/// QCC_NARROW_TARGETS names ("all").
std::vector<std::tuple<std::string, Layer>> places() {
  const char *asked = std::getenv("QCC_NARROW_TARGETS");
  const char *families[][4] = {
      {"generic", "x86-64-v3", "x86-64-vnni", "x86-64"},
      {"armv8", "armv8.2-dotprod", "armv8.6-i8mm", "armv8"},
      {"cortex-m4", "cortex-m7", "cortex-m33", "cortex-m4"},
      {"cortex-m0plus", "cortex-m55", "cortex-m3", "cortex-m55"}};
  std::vector<std::tuple<std::string, Layer>> all;
  for (const auto &[i, layer] : llvm::enumerate(layers)) {
    if (asked) {
      for (const targets::Target &target : targets::allTargets())
        if (asked == std::string("all") || target.name == asked)
          all.emplace_back(target.name.str(), layer);
      continue;
    }
    for (const auto &[k, rows] : llvm::enumerate(families))
      all.emplace_back(rows[(i + k) % 4], layer);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Rows, NarrowWeightsTest, testing::ValuesIn(places()),
                         [](const auto &info) {
                           return testName(std::get<0>(info.param) + "_" +
                                           std::get<1>(info.param).name);
                         });

} // namespace
