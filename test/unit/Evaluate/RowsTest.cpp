// Inputs and results of layers, row by row, against what the layers compute.
#include "Network.h"

#include "compiler/Evaluate/CollectGrams.h"
#include "compiler/Evaluate/CollectRows.h"
#include "compiler/Evaluate/GramCollector.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "gtest/gtest.h"

#include <cmath>

namespace qcc::evaluate {
namespace {

using quantize::Gram;
using quantize::LayerRows;

struct Example {
  const char *op, *attributes;
  int64_t groups;
  std::vector<int64_t> filter, out;
};

const Example examples[] = {
    {"conv2d",
     "strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 0, 1>, "
     "dilations = array<i64: 3, 2>, groups = 2 : i64",
     2,
     {6, 2, 2, 2},
     {1, 3, 2, 6}},
    {"transpose_conv2d",
     "strides = array<i64: 2, 3>, out_pads = array<i64: 1, -1, -2, 1>",
     1,
     {3, 3, 2, 4},
     {1, 11, 10, 3}},
};

class Rows : public testing::TestWithParam<Example> {
protected:
  static constexpr int64_t samples = 3, elements = 80;

  static std::string text() {
    const Example &e = GetParam();
    int64_t weights = numElements(e.filter), channels = e.filter[0];
    return "func.func @f(%a: " + tensor({1, 5, 4, 4}) +
           " {qgraph.type = !quant.uniform<u8:f32, 0.03125:100>}) -> " +
           tensor(e.out) + " {\n%w = qgraph.constant " +
           dense(e.filter, randoms(weights, 1)) + " -> " + tensor(e.filter) +
           "\n%b = qgraph.constant " + dense({channels}, randoms(channels, 2)) +
           " -> " + tensor({channels}) + "\n%r = qgraph." + e.op +
           " %a, %w, %b {" + e.attributes +
           ", qgraph.layer = \"conv\", "
           "qgraph.type = !quant.uniform<i8:f32, 0.5:-120>} : (" +
           tensor({1, 5, 4, 4}) + ", " + tensor(e.filter) + ", " +
           tensor({channels}) + ") -> " + tensor(e.out) +
           "\nreturn %r : " + tensor(e.out) + "\n}";
  }

  LayerRows collect(quantize::LearningOptions options) {
    auto collected = collectRows(network.function(), network.function(),
                                 {"conv"}, {dataset()}, {}, options);
    if (!collected) {
      ADD_FAILURE() << llvm::toString(collected.takeError());
      return {};
    }
    return collected->at("conv");
  }

  data::Dataset dataset() {
    data::Dataset dataset;
    dataset.path = "data.npy";
    dataset.inputs = data::Array::from<float>({samples, 5, 4, 4}, input);
    return dataset;
  }

  /// Codes, so that rounding changes nothing.
  Floats input = [] {
    Floats values = randoms(samples * elements, 9);
    for (float &value : values)
      value = std::nearbyint(value * 64) / 32;
    return values;
  }();
  Network network{text()};
  Floats weights = randoms(numElements(GetParam().filter), 1),
         biases = randoms(GetParam().filter[0], 2);
};

TEST_P(Rows, GiveTheLayersResults) {
  LayerRows rows = collect({});
  int64_t perGroup = rows.channels / rows.groups;
  EXPECT_EQ(rows.groups, GetParam().groups);
  EXPECT_EQ(rows.rows, samples * GetParam().out[1] * GetParam().out[2]);
  EXPECT_EQ(rows.scale, 0.03125);
  EXPECT_EQ(rows.low, -4);
  EXPECT_EQ(rows.high, 123.5);
  for (int64_t o = 0; o < rows.channels; ++o)
    for (int64_t r = 0; r < rows.rows; ++r) {
      double sum = biases[o];
      for (int64_t k = 0; k < rows.size; ++k)
        sum += rows.scale *
               rows.codes[(o / perGroup * rows.size + k) * rows.rows + r] *
               weights[o * rows.size + k];
      ASSERT_NEAR(rows.targets[o * rows.rows + r], sum, 1e-4) << o << " " << r;
    }
}

TEST_P(Rows, AreThoseThatSumsAreOf) {
  LayerRows rows = collect({});
  auto grams =
      collectGrams(network.function(), nullptr, {"conv"}, {dataset()}, {});
  ASSERT_TRUE(bool(grams)) << llvm::toString(grams.takeError());
  const Gram &gram = grams->at("conv");
  ASSERT_EQ(gram.rows, rows.rows);
  ASSERT_EQ(gram.size, rows.size);
  for (int64_t g = 0; g < rows.groups; ++g)
    for (int64_t i = 0; i < rows.size; ++i)
      for (int64_t j = 0; j < rows.size; ++j) {
        const float *a = rows.codes.data() + (g * rows.size + i) * rows.rows;
        const float *b = rows.codes.data() + (g * rows.size + j) * rows.rows;
        double sum = 0;
        for (int64_t r = 0; r < rows.rows; ++r)
          sum += a[r] * b[r];
        ASSERT_EQ(gram.products[(g * rows.size + i) * rows.size + j], sum);
      }
}

TEST_P(Rows, AreDrawnFromASeed) {
  quantize::LearningOptions options;
  options.rows = 7;
  LayerRows one = collect(options), same = collect(options);
  EXPECT_EQ(one.rows, 7);
  EXPECT_EQ(one.codes, same.codes);
  EXPECT_EQ(one.targets, same.targets);
  options.seed = 1;
  EXPECT_NE(one.targets, collect(options).targets);
}

INSTANTIATE_TEST_SUITE_P(Ops, Rows, testing::ValuesIn(examples),
                         [](const auto &info) {
                           return std::string(info.param.op);
                         });

std::string errorOf(const std::string &text) {
  Network network(text);
  data::Dataset dataset;
  dataset.path = "data.npy";
  dataset.inputs = data::Array::from<float>({1, 2}, {1.0f, 2.0f});
  auto collected = collectRows(network.function(), network.function(),
                               {"twice"}, {dataset}, {}, {});
  return collected ? "success" : llvm::toString(collected.takeError());
}

TEST(CollectRows, Errors) {
  EXPECT_EQ(errorOf(R"(
      func.func @f(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
        %r = qgraph.add %a, %a {qgraph.layer = "twice"}
          : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
        return %r : tensor<1x2xf32>
      })"),
            "layer 'twice' is no convolution between values of quantized "
            "types");
}

} // namespace
} // namespace qcc::evaluate
