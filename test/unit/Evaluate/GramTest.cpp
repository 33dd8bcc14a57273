// Sums of products of layers' inputs against plain loops over integers.
#include "Network.h"

#include "compiler/Evaluate/ExactProducts.h"
#include "compiler/Evaluate/GramCollector.h"

#include "mlir/AsmParser/AsmParser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cmath>

namespace qcc::evaluate {
namespace {

using quantize::Gram;
using testing::HasSubstr;

std::vector<int32_t> randomCodes(int64_t count, int32_t magnitude,
                                 uint32_t seed) {
  std::vector<int32_t> codes;
  for (float value : randoms(count, seed))
    codes.push_back(static_cast<int32_t>(std::lround(value * magnitude)));
  return codes;
}

/// More rows than float sums hold exactly at once, codes of one to four digits,
/// the ends of each range among them.
TEST(ExactProducts, EqualInt64) {
  int64_t rows = 700, columnsA = 5, columnsB = 4;
  for (int32_t magnitude : {1, 255, 512, 513, 65535, 1 << 30}) {
    SCOPED_TRACE(magnitude);
    std::vector<int32_t> a = randomCodes(rows * columnsA, magnitude, 1);
    std::vector<int32_t> b = randomCodes(rows * columnsB, 65535, 2);
    for (int64_t row = 0; row < rows; ++row) {
      a[row * columnsA + 1] = magnitude; // sums as large as they get
      a[row * columnsA + 2] = -magnitude;
    }
    std::vector<int64_t> sums(3 * 2, 7);
    ASSERT_FALSE(
        bool(addExactProducts(DigitMatrix(a, columnsA), 1, 3,
                              DigitMatrix(b, columnsB), 2, 2, sums.data())));
    for (int64_t i = 0; i < 3; ++i)
      for (int64_t j = 0; j < 2; ++j) {
        int64_t expected = 7;
        for (int64_t row = 0; row < rows; ++row)
          expected += static_cast<int64_t>(a[row * columnsA + 1 + i]) *
                      b[row * columnsB + 2 + j];
        EXPECT_EQ(sums[i * 2 + j], expected);
      }
  }
}

/// Scale 2^-5 and zero point 3.
std::string network() {
  return R"(
    func.func @f(%a: tensor<1x5x4x4xf32>) -> tensor<1x3x2x6xf32> {
      %w = qgraph.constant )" +
         dense({6, 2, 2, 2}, randoms(48, 1)) +
         R"( -> tensor<6x2x2x2xf32>
      %b = qgraph.constant dense<0.0> : tensor<6xf32> -> tensor<6xf32>
      %n = qgraph.unary <negate> %a {qgraph.layer = "negate"} : (tensor<1x5x4x4xf32>) -> tensor<1x5x4x4xf32>
      %m = qgraph.clamp %n {min = 0.0 : f32, max = 0x7F800000 : f32, qgraph.layer = "relu"} : (tensor<1x5x4x4xf32>) -> tensor<1x5x4x4xf32>
      %r = qgraph.conv2d %m, %w, %b {strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 0, 1>,
        dilations = array<i64: 3, 2>, groups = 2 : i64, qgraph.layer = "conv"} :
        (tensor<1x5x4x4xf32>, tensor<6x2x2x2xf32>, tensor<6xf32>) -> tensor<1x3x2x6xf32>
      return %r : tensor<1x3x2x6xf32>
    })";
}

class Collector : public testing::Test {
protected:
  static constexpr int64_t samples = 5, elements = 80;

  GramOptions options() {
    GramOptions result;
    result.simulation.values["negate"].type =
        mlir::parseType("!quant.uniform<u8:f32, 0.03125:100>",
                        network_.function().getContext());
    result.collectTargets = true;
    return result;
  }

  Gram collect(const std::vector<int64_t> &parts) {
    auto collector = GramCollector::create(network_.function(), options());
    if (!collector) {
      ADD_FAILURE() << llvm::toString(collector.takeError());
      return {};
    }
    int64_t first = 0;
    for (int64_t count : parts) {
      auto part =
          llvm::ArrayRef(input).slice(first * elements, count * elements);
      EXPECT_FALSE(bool((*collector)->add(count, {part})));
      first += count;
    }
    return (*collector)->grams().at("conv");
  }

  std::string errorOf(const GramOptions &options) {
    auto collector = GramCollector::create(network_.function(), options);
    return collector ? "" : llvm::toString(collector.takeError());
  }

  Floats input = [] {
    Floats values = randoms(samples * elements, 9);
    for (float &value : values)
      value *= 6; // some saturate
    return values;
  }();
  Network network_{network()};
};

TEST_F(Collector, EqualsPlainLoops) {
  Gram gram = collect({samples});
  EXPECT_EQ(gram.groups, 2);
  EXPECT_EQ(gram.size, 8);
  EXPECT_EQ(gram.rows, samples * 6);
  EXPECT_EQ(gram.scale, 0.03125);
  std::vector<int64_t> products(2 * 64), cross(2 * 64), sums(16), targets(16);
  // u8 with zero point 100 ends at 155 * 2^-5.
  auto code = [&](int64_t n, int64_t y, int64_t x, int64_t c, double steps) {
    if (y < 0 || y >= 5 || x < 0 || x >= 4)
      return int64_t(0);
    double value = -input[((n * 5 + y) * 4 + x) * 4 + c];
    return static_cast<int64_t>(std::nearbyint(std::max(value, 0.0) * steps));
  };
  for (int64_t n = 0; n < samples; ++n)
    for (int64_t y = 0; y < 3; ++y)
      for (int64_t x = 0; x < 2; ++x)
        for (int64_t g = 0; g < 2; ++g) {
          std::vector<int64_t> row, target;
          for (int64_t ky = 0; ky < 2; ++ky)
            for (int64_t kx = 0; kx < 2; ++kx)
              for (int64_t i = 0; i < 2; ++i) {
                int64_t iy = y - 1 + 3 * ky, ix = 2 * x + 2 * kx;
                row.push_back(
                    std::min<int64_t>(code(n, iy, ix, 2 * g + i, 32), 155));
                target.push_back(code(n, iy, ix, 2 * g + i, 32 * 256));
              }
          for (int64_t i = 0; i < 8; ++i) {
            sums[g * 8 + i] += row[i];
            targets[g * 8 + i] += target[i];
            for (int64_t j = 0; j < 8; ++j) {
              products[g * 64 + i * 8 + j] += row[i] * row[j];
              cross[g * 64 + i * 8 + j] += row[i] * target[j];
            }
          }
        }
  EXPECT_EQ(gram.products, products);
  EXPECT_EQ(gram.cross, cross);
  EXPECT_EQ(gram.sums, sums);
  EXPECT_EQ(gram.targetSums, targets);
  EXPECT_EQ(gram.realProducts(1)[8 * 3 + 5], products[64 + 8 * 3 + 5] / 1024.0);
  EXPECT_EQ(gram.realCross(1)[8 * 3 + 5], cross[64 + 8 * 3 + 5] / 1024.0 / 256);
  EXPECT_DOUBLE_EQ(gram.means(0)[2], sums[2] / 32.0 / 30);
  EXPECT_DOUBLE_EQ(gram.targetMeans(1)[2], targets[10] / 32.0 / 256 / 30);
}

TEST_F(Collector, GroupingOfSamplesChangesNothing) {
  Gram whole = collect({samples}), parts = collect({1, 3, 1});
  EXPECT_EQ(whole.products, parts.products);
  EXPECT_EQ(whole.cross, parts.cross);
  Gram merged = collect({2});
  input.erase(input.begin(), input.begin() + 2 * elements);
  ASSERT_FALSE(bool(merged.merge(collect({3}))));
  EXPECT_EQ(whole.products, merged.products);
  EXPECT_EQ(whole.cross, merged.cross);
  EXPECT_EQ(whole.sums, merged.sums);
  EXPECT_EQ(whole.targetSums, merged.targetSums);
  EXPECT_EQ(whole.rows, merged.rows);
}

TEST_F(Collector, Errors) {
  GramOptions none;
  EXPECT_EQ(errorOf(none),
            "layer 'conv' reads a value without a quantized type");
  GramOptions other = options();
  other.layers = {"relu"};
  EXPECT_EQ(errorOf(other),
            "layer 'relu' is a 'qgraph.clamp', expected qgraph.conv2d or "
            "qgraph.transpose_conv2d");
  other.layers = {"conv", "conv9"};
  EXPECT_EQ(errorOf(other), "the function has no layer 'conv9'");
  auto collector = GramCollector::create(network_.function(), options());
  ASSERT_TRUE(bool(collector));
  llvm::Error error = (*collector)->add(2, {llvm::ArrayRef<float>(input)});
  EXPECT_EQ(llvm::toString(std::move(error)),
            "argument 0 of 2 samples must have 160 elements, got 400");
  input[3] = -INFINITY;
  error =
      (*collector)->add(1, {llvm::ArrayRef<float>(input).take_front(elements)});
  EXPECT_THAT(llvm::toString(std::move(error)),
              HasSubstr("layer 'conv' reads values that are not finite"));
}

TEST(Gram, DifferentShapesDoNotMerge) {
  Gram a, b;
  a.size = 2, b.size = 3;
  EXPECT_THAT(llvm::toString(a.merge(b)),
              HasSubstr("sums of 1 groups of 2 inputs without targets do not "
                        "merge with those of 1 groups of 3 without"));
  b.size = 2, b.scale = 0.5;
  EXPECT_THAT(llvm::toString(a.merge(b)),
              HasSubstr("sums of inputs of scale 1.00 do not merge with those "
                        "of scale 0.50"));
}

} // namespace
} // namespace qcc::evaluate
