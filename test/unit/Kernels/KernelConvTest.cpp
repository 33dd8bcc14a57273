// Convolutions on every row that this machine can run, against the reference.
#include "test/unit/Kernels/Harness.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

struct ConvShape {
  const char *name;
  int64_t n, h, w, ic, oc, k, stride, dilation, pad, groups;
  bool halo;
};

std::ostream &operator<<(std::ostream &out, const ConvShape &s) {
  return out << s.name;
}

std::string list(const std::vector<int64_t> &values) {
  std::string text;
  for (int64_t v : values)
    text += (text.empty() ? "" : ", ") + std::to_string(v);
  return text;
}

/// conv2d and a per-channel requantize, with a residual add when asked for.
KernelCase convCase(const ConvShape &s, const std::string &type, bool residual,
                    const std::string &rounding, std::mt19937 &random,
                    const std::string &weights = "i8") {
  bool isUnsigned = type == "ui8";
  int64_t oh = (s.h + 2 * s.pad - s.dilation * (s.k - 1) - 1) / s.stride + 1;
  int64_t ow = (s.w + 2 * s.pad - s.dilation * (s.k - 1) - 1) / s.stride + 1;
  std::string in =
      fmt::format("tensor<{}x{}x{}x{}x{}>", s.n, s.h, s.w, s.ic, type);
  std::string filter = fmt::format("tensor<{}x{}x{}x{}x{}>", s.oc, s.k, s.k,
                                   s.ic / s.groups, weights);
  int64_t high = weights == "i2" ? 1 : weights == "i4" ? 7 : 127;
  int64_t low = weights == "i8" ? -127 : -high - 1;
  std::string bias = fmt::format("tensor<{}xi32>", s.oc);
  std::string acc = fmt::format("tensor<{}x{}x{}x{}xi32>", s.n, oh, ow, s.oc);
  std::string out =
      fmt::format("tensor<{}x{}x{}x{}x{}>", s.n, oh, ow, s.oc, type);
  std::vector<int64_t> multipliers, shifts;
  for (int64_t i = 0; i < s.oc; ++i) {
    multipliers.push_back((1ll << 30) + random() % (1u << 30));
    shifts.push_back(36 + random() % 6);
  }
  if (s.oc > 3)
    shifts[1] = 31, multipliers[2] = 0;
  int lo = isUnsigned ? 3 : -128, hi = isUnsigned ? 255 : 120;
  std::string text = fmt::format(
      "func.func @f(%x: {0}{6}) -> {4} {{\n"
      "  %w = qint.constant {7} -> {1}\n  %b = qint.constant {8} -> {2}\n"
      "  %r = qint.kernel \"c\" (%x, %w, %b{9}) {{\n"
      "  ^bb0(%i: {0}, %f: {1}, %c: {2}{10}):\n"
      "    %a = qint.conv2d %i, %f, %c {{strides = array<i64: {11}, {11}>, "
      "pads = "
      "array<i64: {12}, {12}, {12}, {12}>, dilations = array<i64: {13}, {13}>, "
      "groups = {14} : i64, pad_value = {15} : i32}} : ({0}, {1}, {2}) -> {3}\n"
      "    %q = qint.requantize %a {{zero_point = 0 : i32, rescale = "
      "#qint.rescale<multipliers = [{16}], shifts = [{17}], "
      "rounding = {18}, zero_point = {19}, min = {20}, max = {21}>}} : ({3}) "
      "-> "
      "{4}\n",
      in, filter, bias, acc, out, "", residual ? ", %y: " + out : "",
      randomConstant(filter, low, high, random),
      randomConstant(bias, -20000, 20000, random), residual ? ", %y" : "",
      residual ? ", %z: " + out : "", s.stride, s.pad, s.dilation, s.groups,
      isUnsigned ? 117 : -11, list(multipliers), list(shifts), rounding,
      isUnsigned ? 100 : -5, lo, hi);
  if (residual)
    text += fmt::format(
        "    %s = qint.add %q, %z {{lhs_zero_point = {4} : i32, rhs_zero_point "
        "= "
        "7 : i32, lhs_multiplier = 1100000 : i32, rhs_multiplier = 812345 : "
        "i32, shift = 20 : i32, rounding = #qint.rounding<{1}>, zero_point = 4 "
        ": i32, min = {2} : i32, max = {3} : i32}} : ({0}, {0}) -> {0}\n"
        "    qint.yield %s : {0}\n",
        out, rounding, lo, hi, isUnsigned ? 100 : -5);
  else
    text += fmt::format("    qint.yield %q : {0}\n", out);
  std::string attributes =
      s.halo ? "{halo = array<i64: 1, 2, 3, 1>, halo_value = 7 : i32} " : "";
  text += fmt::format(
      "  }} {4}: ({0}, {1}, {2}{5}) -> {3}\n  return %r : {3}\n}}\n", in,
      filter, bias, out, attributes, residual ? ", " + out : "");
  KernelCase result;
  result.text = text;
  result.inputHaloValue = isUnsigned ? 117 : -11;
  if (s.halo)
    result.inputHalos = {{s.pad, s.pad + 1, s.pad + 1, s.pad}, {0, 1, 1, 0}};
  return result;
}

const ConvShape shapes[] = {
    {"one_by_one", 1, 5, 3, 7, 9, 1, 1, 1, 0, 1, false},
    {"one_by_one_batch", 2, 4, 5, 16, 40, 1, 1, 1, 0, 1, false},
    {"three_by_three", 1, 7, 9, 3, 16, 3, 1, 1, 1, 1, false},
    {"three_by_three_halo", 2, 6, 5, 8, 12, 3, 1, 1, 1, 1, true},
    {"strided_halo", 1, 9, 11, 5, 33, 3, 2, 1, 1, 1, true},
    {"dilated", 1, 9, 8, 4, 6, 3, 1, 2, 2, 1, false},
    {"grouped", 1, 5, 6, 12, 18, 3, 1, 1, 1, 3, true},
    {"depthwise", 1, 7, 6, 13, 13, 3, 1, 1, 1, 13, false},
    {"depthwise_strided", 1, 9, 7, 24, 24, 5, 2, 1, 2, 24, true},
    {"depthwise_twice", 1, 5, 4, 6, 12, 3, 1, 1, 1, 6, false},
    {"dense", 3, 1, 1, 50, 70, 1, 1, 1, 0, 1, false},
    {"one_channel", 1, 10, 4, 1, 1, 3, 2, 1, 0, 1, false},
};

class KernelConvTest
    : public testing::TestWithParam<std::tuple<ConvShape, int>> {};

std::vector<const targets::Target *> hostTargets() {
  std::vector<const targets::Target *> rows;
  for (const targets::Target &target : targets::allTargets())
    if (targets::runsOnHost(target))
      rows.push_back(&target);
  return rows;
}

TEST_P(KernelConvTest, EqualsReference) {
  auto [shape, seed] = GetParam();
  std::mt19937 random(seed);
  static const char *roundings[] = {"single", "double", "even", "away"};
  for (const targets::Target *target : hostTargets())
    for (const char *type : {"i8", "ui8"}) {
      // The type that the row holds activations in, the other now and then.
      bool usual = target->unsignedActivations == (type[0] == 'u');
      if (!usual && (shape.oc + seed) % 3 != 0)
        continue;
      bool residual = seed % 2;
      SCOPED_TRACE(target->name.str() + " " + type);
      KernelCase kernelCase =
          convCase(shape, type, residual, roundings[seed % 4], random);
      auto kernel = CompiledKernel::create(kernelCase, *target);
      ASSERT_TRUE(bool(kernel)) << llvm::toString(kernel.takeError());
      llvm::Error error = (*kernel)->check(random);
      EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, KernelConvTest,
                         testing::Combine(testing::ValuesIn(shapes),
                                          testing::Values(0, 1)),
                         [](const auto &info) {
                           return std::string(std::get<0>(info.param).name) +
                                  std::to_string(std::get<1>(info.param));
                         });

class KernelConvNarrowTest
    : public testing::TestWithParam<std::tuple<ConvShape, const char *>> {};

TEST_P(KernelConvNarrowTest, EqualsReference) {
  auto [shape, weights] = GetParam();
  std::mt19937 random(shape.oc);
  for (const targets::Target *target : hostTargets())
    for (const char *type : {"i8", "ui8"}) {
      bool usual = target->unsignedActivations == (type[0] == 'u');
      if (!usual && shape.oc % 4 != 0)
        continue;
      SCOPED_TRACE(target->name.str() + " " + type);
      auto kernel = CompiledKernel::create(
          convCase(shape, type, shape.oc % 2, "single", random, weights),
          *target);
      ASSERT_TRUE(bool(kernel)) << llvm::toString(kernel.takeError());
      llvm::Error error = (*kernel)->check(random);
      EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, KernelConvNarrowTest,
                         testing::Combine(testing::ValuesIn(shapes),
                                          testing::Values("i4", "i2")),
                         [](const auto &info) {
                           return std::string(std::get<0>(info.param).name) +
                                  "_" + std::get<1>(info.param);
                         });

/// Runs `text` on every row of this machine.
void expectEqual(const std::string &text, int32_t haloValue = 0) {
  std::mt19937 random(5);
  KernelCase kernelCase;
  kernelCase.text = text;
  kernelCase.inputHaloValue = haloValue;
  for (const targets::Target *target : hostTargets()) {
    SCOPED_TRACE(target->name.str());
    auto kernel = CompiledKernel::create(kernelCase, *target);
    ASSERT_TRUE(bool(kernel)) << llvm::toString(kernel.takeError());
    llvm::Error error = (*kernel)->check(random);
    EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
  }
}

/// A kernel around a convolution: operand type, filter, bias, body (%i, %f,
/// %c; yields %r) and result type.
std::string kernelText(const std::string &in, const std::string &filter,
                       const std::string &bias, const std::string &body,
                       const std::string &out, int64_t weightLimit) {
  std::mt19937 random(9);
  return fmt::format(
      "func.func @f(%x: {0}) -> {4} {{\n"
      "  %w = qint.constant {5} -> {1}\n  %b = qint.constant {6} -> {2}\n"
      "  %k = qint.kernel \"c\" (%x, %w, %b) {{\n"
      "  ^bb0(%i: {0}, %f: {1}, %c: {2}):\n    {3}\n"
      "    qint.yield %r : {4}\n  }} : ({0}, {1}, {2}) -> {4}\n"
      "  return %k : {4}\n}}\n",
      in, filter, bias, body, out,
      randomConstant(filter, -weightLimit, weightLimit - 1, random),
      randomConstant(bias, -900, 900, random));
}

const char *const window = "strides = array<i64: 1, 1>, pads = array<i64: 1, "
                           "1, 1, 1>, dilations = array<i64: 1, 1>, groups = "
                           "1 : i64";

/// The convolution's input and its result each go through scratch memory.
TEST(KernelConvChain, ValuesInScratch) {
  std::string body = fmt::format(
      "%u = qint.flip_sign %i : (tensor<1x5x6x3xi8>) -> tensor<1x5x6x3xui8>\n"
      "%a = qint.conv2d %u, %f, %c {{{}, pad_value = 77 : i32}} : "
      "(tensor<1x5x6x3xui8>, tensor<19x3x3x3xi8>, tensor<19xi32>) -> "
      "tensor<1x5x6x19xi32>\n"
      "%q = qint.requantize %a {{zero_point = 0 : i32, rescale = "
      "#qint.rescale<multipliers = [1400000001], shifts = [38], rounding = "
      "single, zero_point = 90, min = 0, max = 255>}} : "
      "(tensor<1x5x6x19xi32>) -> tensor<1x5x6x19xui8>\n"
      "%r = qint.max_pool2d %q {{kernel = array<i64: 2, 3>, strides = "
      "array<i64: 2, 1>, pads = array<i64: 0, 1, 1, 1>}} : "
      "(tensor<1x5x6x19xui8>) -> tensor<1x3x6x19xui8>",
      window);
  expectEqual(kernelText("tensor<1x5x6x3xi8>", "tensor<19x3x3x3xi8>",
                         "tensor<19xi32>", body, "tensor<1x3x6x19xui8>", 128));
}

TEST(KernelConvWide, SumsOf64Bits) {
  std::string body = fmt::format(
      "%a = qint.conv2d %i, %f, %c {{{}, pad_value = -300 : i32}} : "
      "(tensor<1x4x5x6xi16>, tensor<7x3x3x6xi8>, tensor<7xi64>) -> "
      "tensor<1x4x5x7xi64>\n"
      "%r = qint.requantize %a {{zero_point = 0 : i32, rescale = "
      "#qint.rescale<multipliers = [20000, 16384, 32767, 17000, 0, 30000, "
      "25000], shifts = [23, 22, 24, 23, 30, 23, 21], rounding = single, "
      "zero_point = 9, min = -32768, max = 32767>}} : "
      "(tensor<1x4x5x7xi64>) -> tensor<1x4x5x7xi16>",
      window);
  expectEqual(kernelText("tensor<1x4x5x6xi16>", "tensor<7x3x3x6xi8>",
                         "tensor<7xi64>", body, "tensor<1x4x5x7xi16>", 128));
}

TEST(KernelConvNarrow, WeightsOf4Bits) {
  std::string body =
      fmt::format("%r = qint.conv2d %i, %f, %c {{{}, pad_value = 5 : i32}} : "
                  "(tensor<1x4x5x6xui8>, tensor<7x3x3x6xi4>, tensor<7xi32>) -> "
                  "tensor<1x4x5x7xi32>",
                  window);
  expectEqual(kernelText("tensor<1x4x5x6xui8>", "tensor<7x3x3x6xi4>",
                         "tensor<7xi32>", body, "tensor<1x4x5x7xi32>", 8));
}

/// Vectors of 5 channels reach behind the last row: what lies there must be
/// the constant's own.
TEST(KernelMemoryTest, ConstantFactorsAreReadWithinTheirBytes) {
  KernelCase c;
  c.text = "func.func @f(%x: tensor<2x3x6xi8>) -> tensor<2x3x5xi32> {\n"
           "  %c = qint.constant dense<7> : tensor<2x6x5xi8> -> "
           "tensor<2x6x5xi8>\n"
           "  %k = qint.kernel \"k\" (%x, %c) {\n"
           "  ^bb0(%a: tensor<2x3x6xi8>, %b: tensor<2x6x5xi8>):\n"
           "    %r = qint.matmul %a, %b {lhs_zero_point = 3 : i32, "
           "rhs_zero_point = -9 : i32} : (tensor<2x3x6xi8>, "
           "tensor<2x6x5xi8>) -> tensor<2x3x5xi32>\n"
           "    qint.yield %r : tensor<2x3x5xi32>\n"
           "  } : (tensor<2x3x6xi8>, tensor<2x6x5xi8>) -> tensor<2x3x5xi32>\n"
           "  return %k : tensor<2x3x5xi32>\n}\n";
  std::mt19937 random(3);
  for (const targets::Target &target : targets::allTargets()) {
    if (!targets::runsOnHost(target))
      continue;
    SCOPED_TRACE(target.name.str());
    auto kernel = CompiledKernel::create(c, target);
    ASSERT_TRUE(bool(kernel)) << llvm::toString(kernel.takeError());
    EXPECT_EQ((*kernel)->needs().overread[1], 0);
    EXPECT_GE((*kernel)->packed()[1].bytes.size(), 2u * 6 * 5 + 3);
    llvm::Error error = (*kernel)->check(random);
    EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
  }
}

} // namespace
