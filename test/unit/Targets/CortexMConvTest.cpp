// Convolutions of targets/cortexm on emulated boards, against the reference.
#include "test/unit/Targets/BoardKernel.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

struct ConvShape {
  const char *name;
  int64_t n, h, w, ic, oc, kh = 1, kw = 1, stride = 1, dilation = 1;
  Halo pads = {0, 0, 0, 0}, inputHalo = {0, 0, 0, 0}, outputHalo = {0, 0, 0, 0};
};

std::ostream &operator<<(std::ostream &out, const ConvShape &shape) {
  return out << shape.name;
}

/// What may differ between kernels of one shape.
struct Numbers {
  std::string in = "i8", out = "i8", rounding = "single";
  int zeroPoint = -5, min = -128, max = 127, shift = 0;
  bool perTensor = false;
  int bits = 8; ///< of a weight
  /// Adds the input to the result: as right operand of the addition and fourth
  /// of the kernel, or as left one and first.
  enum { None, FourthOperand, FirstOperand } residual = None;
};

std::vector<int64_t> randoms(int64_t count, int64_t low, int64_t high,
                             std::mt19937 &random) {
  std::vector<int64_t> values(count);
  std::uniform_int_distribution<int64_t> pick(low, high);
  for (int64_t &value : values)
    value = pick(random);
  return values;
}

/// A function around conv2d and requantize. Sums of products have about
/// 2^(13 + log2(K)/2), so that the shifts give codes of a few bits to eight
/// bits; channel 1 saturates and channel 2 is dead.
std::string convText(const ConvShape &s, const Numbers &numbers,
                     std::mt19937 &random) {
  auto extent = [&](int64_t in, int64_t window, int64_t before, int64_t after) {
    return (in + before + after - s.dilation * (window - 1) - 1) / s.stride + 1;
  };
  int64_t oh = extent(s.h, s.kh, s.pads[0], s.pads[1]);
  int64_t ow = extent(s.w, s.kw, s.pads[2], s.pads[3]);
  int64_t window = s.kh * s.kw * s.ic;
  std::string in =
      fmt::format("tensor<{}x{}x{}x{}x{}>", s.n, s.h, s.w, s.ic, numbers.in);
  std::string filter = fmt::format("tensor<{}x{}x{}x{}xi{}>", s.oc, s.kh, s.kw,
                                   s.ic, numbers.bits);
  std::string bias = fmt::format("tensor<{}xi32>", s.oc);
  std::string acc = fmt::format("tensor<{}x{}x{}x{}xi32>", s.n, oh, ow, s.oc);
  std::string out =
      fmt::format("tensor<{}x{}x{}x{}x{}>", s.n, oh, ow, s.oc, numbers.out);
  int64_t scales = numbers.perTensor ? 1 : s.oc;
  std::vector<int64_t> multipliers =
      randoms(scales, int64_t(1) << 30, (int64_t(1) << 31) - 1, random);
  std::vector<int64_t> shifts = randoms(scales, 38, 42, random);
  if (scales > 2)
    shifts[1] = 33, multipliers[2] = 0, shifts[2] = 2;
  if (numbers.shift)
    shifts.assign(scales, numbers.shift);
  int64_t most = (1 << (numbers.bits - 1)) - 1;
  int64_t least = numbers.bits == 8 ? -127 : -most - 1;
  std::vector<int64_t> weights = randoms(s.oc * window, least, most, random);
  if (window > 1)
    weights[0] = least, weights[1] = most;
  // Weights as bytes in hexadecimal: the parser's quickest form.
  std::string hex;
  for (int64_t weight : weights)
    hex += fmt::format("{:02X}", uint8_t(weight));
  std::string weightText = weights.size() > 1
                               ? fmt::format("dense<\"0x{}\">", hex)
                               : fmt::format("dense<{}>", weights[0]);
  std::string halo;
  if (s.outputHalo != Halo())
    halo = fmt::format("{{halo = array<i64: {}>, halo_value = -77 : i32}} ",
                       fmt::join(s.outputHalo, ", "));
  bool fourth = numbers.residual == Numbers::FourthOperand;
  std::string add, result = "%q";
  if (numbers.residual) {
    result = "%s";
    add = fmt::format(
        "    %s = qint.add {0} {{lhs_zero_point = -5 : i32, rhs_zero_point = "
        "7 : i32, lhs_multiplier = 5000000 : i32, rhs_multiplier = -3000000 : "
        "i32, shift = 22 : i32, rounding = #qint.rounding<single>, zero_point "
        "= 4 : i32, min = -100 : i32, max = 120 : i32}} : ({1}, {1}) -> {1}\n",
        fourth ? "%q, %y" : "%i, %q", out);
  }
  return fmt::format(
      "func.func @f(%x: {0}) -> {4} {{\n"
      "  %w = qint.constant {5} : {1} -> {1}\n"
      "  %b = qint.constant dense<[{6}]> : {2} -> {2}\n"
      "  %r = qint.kernel \"c\" (%x, %w, %b{17}) {{\n"
      "  ^bb0(%i: {0}, %f: {1}, %c: {2}{18}):\n"
      "    %a = qint.conv2d %i, %f, %c {{strides = array<i64: {7}, {7}>, pads ="
      " array<i64: {8}>, dilations = array<i64: {9}, {9}>, groups = 1 : i64, "
      "pad_value = 9 : i32}} : ({0}, {1}, {2}) -> {3}\n"
      "    %q = qint.requantize %a {{zero_point = 0 : i32, rescale = "
      "#qint.rescale<multipliers = [{10}], shifts = [{11}], rounding = {12}, "
      "zero_point = {13}, min = {14}, max = {15}>}} : ({3}) -> {4}\n"
      "{19}"
      "    qint.yield {20} : {4}\n"
      "  }} {16}: ({0}, {1}, {2}{21}) -> {4}\n"
      "  return %r : {4}\n}}\n",
      in, filter, bias, acc, out, weightText,
      fmt::join(randoms(s.oc, -20000, 20000, random), ", "), s.stride,
      fmt::join(s.pads, ", "), s.dilation, fmt::join(multipliers, ", "),
      fmt::join(shifts, ", "), numbers.rounding, numbers.zeroPoint, numbers.min,
      numbers.max, halo, fourth ? ", %x" : "", fourth ? ", %y: " + out : "",
      add, result, fourth ? ", " + out : "");
}

/// Instructions per multiply-add, or a failure of the test.
double run(const ConvShape &shape, const Numbers &numbers,
           llvm::StringRef targetName) {
  std::mt19937 random(7);
  auto target = targets::findTarget(targetName);
  if (!target) {
    ADD_FAILURE() << llvm::toString(target.takeError());
    return 0;
  }
  BoardKernel kernel(convText(shape, numbers, random), shape.inputHalo, 9);
  auto instructions = kernel.check(**target, 4, random);
  if (!instructions) {
    ADD_FAILURE() << llvm::toString(instructions.takeError());
    return 0;
  }
  llvm::ArrayRef<int64_t> out = kernel.source().output.shape;
  double each = *instructions / double(out[0] * out[1] * out[2] * out[3] *
                                       shape.kh * shape.kw * shape.ic);
  fmt::print("{} {}: {:.0f} instructions, {:.3f} per multiply-add\n",
             targetName.str(), shape.name, *instructions, each);
  return each;
}

const ConvShape shapes[] = {
    {"three_in_one_out", 1, 5, 3, 3, 1},
    {"five_in_seven_out", 1, 4, 5, 5, 7},
    {"thirteen_in_ten_out", 1, 3, 7, 13, 10},
    {"one_in_two_out", 1, 2, 2, 1, 2},
    {"one_pixel", 1, 1, 1, 64, 10},
    {"one_pixel_odd", 1, 1, 1, 13, 7},
    {"one_pixel_one_out", 1, 1, 1, 70, 1},
    {"one_pixel_long", 1, 1, 1, 130, 12},
    {"two_pixels", 2, 1, 1, 20, 5},
    {"batch", 2, 3, 5, 12, 6},
    {"stride", 1, 7, 5, 8, 9, 1, 1, 2},
    {"stride_batch", 2, 5, 4, 31, 4, 1, 1, 2},
    {"halo_out", 1, 3, 5, 16, 6, 1, 1, 1, 1, {}, {}, {1, 2, 3, 1}},
    {"halo_in_out", 2, 4, 3, 9, 5, 1, 1, 1, 1, {}, {1, 1, 2, 0}, {0, 1, 1, 0}},
    {"one_pixel_halo",
     1,
     1,
     1,
     24,
     3,
     1,
     1,
     1,
     1,
     {},
     {1, 0, 1, 1},
     {1, 1, 1, 1}},
    {"wide_out", 1, 1, 4, 4, 2050},
    {"window", 1, 6, 5, 16, 8, 3, 3, 1, 1, {1, 1, 1, 1}, {1, 1, 1, 1}},
    {"window_odd",
     1,
     5,
     7,
     3,
     5,
     3,
     3,
     1,
     1,
     {1, 1, 1, 1},
     {1, 2, 1, 2},
     {1, 1, 1, 1}},
    {"window_stride", 2, 9, 7, 6, 4, 3, 2, 2, 1, {1, 0, 0, 1}, {1, 1, 0, 1}},
    {"window_dilated", 1, 8, 7, 5, 4, 3, 3, 1, 2, {2, 2, 2, 2}, {2, 2, 2, 2}},
    {"window_inside", 1, 6, 6, 2, 3, 5, 4},
};

class CortexMConvTest : public testing::TestWithParam<ConvShape> {};

TEST_P(CortexMConvTest, EqualsReference) {
  EXPECT_GT(run(GetParam(), Numbers(), "cortex-m4"), 0);
}

INSTANTIATE_TEST_SUITE_P(Shapes, CortexMConvTest, testing::ValuesIn(shapes),
                         [](const auto &info) { return info.param.name; });

TEST_P(CortexMConvTest, NarrowWeightsEqualReference) {
  for (int bits : {4, 2}) {
    SCOPED_TRACE(bits);
    Numbers numbers;
    numbers.bits = bits;
    numbers.in = GetParam().oc % 2 ? "i8" : "ui8";
    EXPECT_GT(run(GetParam(), numbers, "cortex-m4"), 0);
  }
}

const ConvShape keywords = {"keywords", 1, 25, 5, 64, 64};

const ConvShape small = {"small", 1, 3, 4, 11, 6};

class CortexMConvSpeedTest : public testing::TestWithParam<const char *> {};

TEST_P(CortexMConvSpeedTest, PointwiseTakesOneInstructionPerProduct) {
  double each = run(keywords, Numbers(), GetParam());
  EXPECT_GT(each, 0.5);
  EXPECT_LE(each, 1.0);
}

/// Narrow weights cost little beside 8 bits.
TEST_P(CortexMConvSpeedTest, NarrowWeightsTakeLittleMore) {
  const ConvShape three = {"three", 1, 9, 8, 16,           16,
                           3,       3, 1, 1, {1, 1, 1, 1}, {1, 1, 1, 1}};
  for (const ConvShape &shape : {keywords, three}) {
    double whole = run(shape, Numbers(), GetParam());
    for (int bits : {4, 2}) {
      Numbers numbers;
      numbers.bits = bits;
      double narrow = run(shape, numbers, GetParam());
      EXPECT_GT(narrow, 0.9 * whole);
      EXPECT_LT(narrow, 1.2 * whole) << bits << " bits";
    }
  }
}

TEST(CortexMConvNumbersTest, NarrowWeightsWithAllElse) {
  for (int bits : {4, 2}) {
    Numbers numbers;
    numbers.bits = bits;
    numbers.zeroPoint = -128;
    numbers.shift = 33;
    run(small, numbers, "cortex-m4");
    for (int shift : {32 - bits, 28, 26}) {
      numbers.shift = shift;
      run(small, numbers, "cortex-m7");
    }
    numbers.zeroPoint = 127;
    numbers.shift = 51;
    numbers.residual = Numbers::FourthOperand;
    run({"residual", 1, 3, 5, 8, 8}, numbers, "cortex-m33");
  }
}

INSTANTIATE_TEST_SUITE_P(Cores, CortexMConvSpeedTest,
                         testing::Values("cortex-m4", "cortex-m7",
                                         "cortex-m33"));

TEST(CortexMConvNumbersTest, ZeroPointsAtTheEdges) {
  for (int zeroPoint : {-128, 127}) {
    Numbers numbers;
    numbers.zeroPoint = zeroPoint;
    run(small, numbers, "cortex-m4");
  }
}

TEST(CortexMConvNumbersTest, ClampsInsideTheCodes) {
  Numbers numbers;
  numbers.min = -5;
  numbers.max = 100;
  run(small, numbers, "cortex-m4");
  numbers.min = 3;
  numbers.max = 4;
  run(small, numbers, "cortex-m33");
}

TEST(CortexMConvNumbersTest, OneScaleForAllChannels) {
  Numbers numbers;
  numbers.perTensor = true;
  run(small, numbers, "cortex-m4");
}

TEST(CortexMConvNumbersTest, UnsignedCodes) {
  Numbers numbers;
  numbers.in = "ui8";
  run(small, numbers, "cortex-m4");
  numbers.out = "ui8";
  numbers.zeroPoint = 120;
  numbers.min = 0;
  numbers.max = 255;
  run(small, numbers, "cortex-m7");
}

TEST(CortexMConvNumbersTest, LeastAndLargestShift) {
  Numbers numbers;
  for (int shift : {33, 53}) {
    numbers.shift = shift;
    run(small, numbers, "cortex-m4");
  }
}

TEST(CortexMConvResidualTest, AddsAnotherTensor) {
  Numbers numbers;
  for (auto residual : {Numbers::FourthOperand, Numbers::FirstOperand}) {
    numbers.residual = residual;
    run({"residual", 1, 3, 5, 8, 8}, numbers, "cortex-m4");
    run({"residual_odd", 2, 2, 2, 5, 5}, numbers, "cortex-m4");
    run({"residual_one", 1, 1, 1, 3, 3}, numbers, "cortex-m4");
    run({"residual_halo",
         1,
         4,
         3,
         7,
         7,
         3,
         3,
         1,
         1,
         {1, 1, 1, 1},
         {1, 2, 1, 1},
         {0, 1, 1, 0}},
        numbers, "cortex-m4");
  }
}

/// Whether the target's own code takes the kernel.
bool isSupported(const ConvShape &shape, const Numbers &numbers,
                 llvm::StringRef targetName) {
  std::mt19937 random(7);
  const targets::Target *target =
      llvm::cantFail(targets::findTarget(targetName));
  BoardKernel kernel(convText(shape, numbers, random), shape.inputHalo, 9);
  return kernel.provider(*target) != nullptr;
}

TEST(CortexMConvSupportTest, OnlyCoresWithDsp) {
  EXPECT_TRUE(isSupported(small, Numbers(), "cortex-m4"));
  EXPECT_FALSE(isSupported(small, Numbers(), "cortex-m3"));
  EXPECT_FALSE(isSupported(small, Numbers(), "cortex-m0plus"));
  EXPECT_FALSE(isSupported(small, Numbers(), "generic"));
}

TEST(CortexMConvSupportTest, OnlyScalesThatTheHighProductGivesExactly) {
  Numbers numbers;
  numbers.shift = 32;
  EXPECT_FALSE(isSupported(small, numbers, "cortex-m4"));
  numbers.shift = 33;
  EXPECT_TRUE(isSupported(small, numbers, "cortex-m4"));
  // The zero point no longer fits beside the high product.
  numbers.shift = 59;
  numbers.zeroPoint = -128;
  EXPECT_FALSE(isSupported(small, numbers, "cortex-m4"));
  numbers = Numbers();
  numbers.rounding = "even";
  EXPECT_FALSE(isSupported(small, numbers, "cortex-m4"));
}

TEST(CortexMConvSupportTest, OnlyNarrowWeightsWhoseSumsHaveRoom) {
  // Weights of 4 on average: 4 * 128 * 300000 is more than 2^27.
  ConvShape shape = {"deep", 1, 1, 2, 300000, 1};
  Numbers numbers;
  numbers.bits = 4;
  EXPECT_FALSE(isSupported(shape, numbers, "cortex-m4"));
  shape.ic = 20000;
  EXPECT_TRUE(isSupported(shape, numbers, "cortex-m4"));
  // No lift brings this shift to 33.
  numbers.shift = 25;
  EXPECT_FALSE(isSupported(small, numbers, "cortex-m4"));
  // Shifts grow by the bits: the zero point no longer fits.
  numbers.shift = 54;
  numbers.zeroPoint = -128;
  EXPECT_FALSE(isSupported(small, numbers, "cortex-m4"));
  numbers.bits = 8;
  EXPECT_TRUE(isSupported(small, numbers, "cortex-m4"));
}

TEST(CortexMConvSupportTest, OnlyPaddingThatTheHaloHolds) {
  ConvShape shape = {"padded", 1, 6, 5, 4, 4, 3, 3, 1, 1, {1, 1, 1, 1}};
  EXPECT_FALSE(isSupported(shape, Numbers(), "cortex-m4"));
  shape.inputHalo = {1, 1, 1, 0};
  EXPECT_FALSE(isSupported(shape, Numbers(), "cortex-m4"));
  shape.inputHalo = {1, 1, 1, 1};
  EXPECT_TRUE(isSupported(shape, Numbers(), "cortex-m4"));
}

TEST(CortexMConvSupportTest, RefusesToMakeCodeForOtherKernels) {
  Numbers numbers;
  numbers.rounding = "even";
  std::mt19937 random(7);
  const targets::Target *target =
      llvm::cantFail(targets::findTarget("cortex-m4"));
  BoardKernel kernel(convText(small, numbers, random), {}, 9);
  auto packed = target->providers[0]->pack(kernel.source(), *target);
  ASSERT_FALSE(packed);
  EXPECT_EQ(llvm::toString(packed.takeError()),
            "kernel 'c' is not a convolution that the DSP tile supports, "
            "expected supports() to be asked");
  llvm::LLVMContext context;
  llvm::Module module("m", context);
  EXPECT_TRUE(llvm::errorToBool(
      target->providers[0]->emit(kernel.source(), *target, "k", module)));
}

} // namespace
