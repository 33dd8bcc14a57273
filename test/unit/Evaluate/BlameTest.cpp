// The debugging flow finds the layer that quantization hurts.
#include "Network.h"

#include "compiler/Evaluate/Blame.h"

#include "gtest/gtest.h"

#include <cmath>

namespace qcc::evaluate {
namespace {

/// Two fully connected layers and a ReLU, in float or with types: the first
/// layer's filter `filter`, its result of `range` times 1/255.
std::string network(bool quantized, double range = 4,
                    const std::string &filter = "[[[[64, 0]]], [[[0, 127]]]]",
                    const std::string &bias = "0") {
  auto type = [&](const std::string &element, const std::string &shape) {
    return "tensor<" + shape + "x" + (quantized ? element : "f32") + ">";
  };
  std::string x = type("!quant.uniform<i8:f32, 0.015625>", "1x1x1x2");
  std::string r =
      type("!quant.uniform<i8:f32, " + std::to_string(range / 255) + ":-128>",
           "1x1x1x2");
  std::string y = type("!quant.uniform<i8:f32, 0.03125>", "1x1x1x2");
  std::string w = type(
      "!quant.uniform<i8<-127:127>:f32:0, {0.0078125,0.0078125}>", "2x1x1x2");
  std::string b = type("!quant.uniform<i32:f32:0, {0.0001,0.0001}>", "2");
  auto weights = [&](const std::string &name, const std::string &codes,
                     const std::string &values) {
    return "%" + name + " = qgraph.constant dense<" +
           (quantized ? codes : values) + "> : tensor<2x1x1x2x" +
           (quantized ? "i8" : "f32") + "> -> " + w + "\n";
  };
  std::string conv =
      "\", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: "
      "0, 0, 0, 0>, strides = array<i64: 1, 1>} : (";
  return "func.func @main(%x: " + x + ") -> " + y + " {\n" +
         weights("w", filter, "[[[[0.5, 0.0]]], [[[0.0, 0.9921875]]]]") +
         weights("v", "[[[[127, 64]]], [[[-64, 127]]]]",
                 "[[[[0.9921875, 0.5]]], [[[-0.5, 0.9921875]]]]") +
         "%b = qgraph.constant dense<" + (quantized ? bias : "0.0") +
         "> : tensor<2x" + (quantized ? "i32" : "f32") + "> -> " + b + "\n" +
         "%a = qgraph.conv2d %x, %w, %b {qgraph.layer = \"a" + conv + x + ", " +
         w + ", " + b + ") -> " + r + "\n" +
         "%r = qgraph.clamp %a {qgraph.layer = \"r\", min = 0.0 : f32, max = "
         "0x7F800000 : f32} : (" +
         r + ") -> " + r + "\n" +
         "%y = qgraph.conv2d %r, %v, %b {qgraph.layer = \"y" + conv + r + ", " +
         w + ", " + b + ") -> " + y + "\nreturn %y : " + y + "\n}";
}

constexpr int64_t samples = 20;

Floats inputs() {
  Floats values = randoms(samples * 2, 3);
  for (float &value : values)
    value = 1.9f * std::fabs(value);
  return values;
}

Blame blame(const std::string &quantized, llvm::ArrayRef<int64_t> labels = {}) {
  Network exact(network(false)), codes(quantized);
  Floats data = inputs();
  auto result = assignBlame(exact.function(), codes.function(), samples,
                            {llvm::ArrayRef<float>(data)}, labels);
  EXPECT_TRUE(static_cast<bool>(result)) << llvm::toString(result.takeError());
  return result ? *result : Blame();
}

std::vector<std::string> names(llvm::ArrayRef<BlameRow> rows) {
  std::vector<std::string> result;
  for (const BlameRow &row : rows)
    result.push_back((row.part == BlameRow::Weights ? "weights " : "") +
                     row.layer);
  return result;
}

TEST(BlameTest, WeightsThatAreCodesCostNothing) {
  Blame found = blame(network(true));
  // No weights are changed, and %a has the type of the clamp that reads it.
  EXPECT_EQ(names(found.layers),
            (std::vector<std::string>{"input0", "r", "y"}));
  EXPECT_TRUE(std::isinf(found.weights.distance.sqnr));
  EXPECT_EQ(found.weights.distance.divergence, 0);
  EXPECT_EQ(found.layers[0].bits, 8u);
  EXPECT_FALSE(found.floatTop1.has_value());
  EXPECT_LT(found.everything.distance.sqnr, 50);
  EXPECT_EQ(found.everything.distance.sqnr, found.activations.distance.sqnr);
}

TEST(BlameTest, ABadRangeIsTheWorst) {
  Blame found = blame(network(true, 0.25));
  for (BlameOrder order : {BlameOrder::Noise, BlameOrder::Divergence}) {
    std::vector<BlameRow> rows = ranked(found, order);
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows.front().layer, "r");
    EXPECT_EQ(rows.front().part, BlameRow::Activations);
    EXPECT_LT(rows.front().distance.sqnr, 10);
    EXPECT_GT(rows.back().distance.sqnr, 20);
  }
}

TEST(BlameTest, BadWeightsAreTheWorst) {
  Blame found = blame(network(true, 4, "[[[[64, 0]]], [[[0, 60]]]]"));
  EXPECT_EQ(names(found.layers),
            (std::vector<std::string>{"input0", "weights a", "r", "y"}));
  EXPECT_EQ(names(ranked(found, BlameOrder::Noise)).front(), "weights a");
  EXPECT_EQ(found.weights.distance.sqnr, found.layers[1].distance.sqnr);
}

// A bias of 3 on both: of the first layer and, shared, of the second.
TEST(BlameTest, BiasesAreWeights) {
  Blame found = blame(network(true, 4, "[[[[64, 0]]], [[[0, 127]]]]", "30000"));
  EXPECT_EQ(
      names(found.layers),
      (std::vector<std::string>{"input0", "weights a", "r", "weights y", "y"}));
}

TEST(BlameTest, LabelsGiveAccuracy) {
  Network exact(network(false));
  Floats results = exact.run(samples, {inputs()});
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < samples; ++i)
    labels.push_back(results[2 * i] < results[2 * i + 1]);
  Blame found = blame(network(true, 0.25), labels);
  EXPECT_EQ(found.floatTop1, 1.0);
  ASSERT_TRUE(found.everything.top1.has_value());
  EXPECT_LT(*found.everything.top1, 1);
  EXPECT_EQ(ranked(found, BlameOrder::Labels).front().layer, "r");
}

TEST(BlameTest, ZeroWeightsAndDeadLayers) {
  Blame found = blame(network(true, 4, "0"));
  EXPECT_EQ(names(ranked(found, BlameOrder::Noise)).front(), "weights a");
  for (const BlameRow &row : found.layers)
    EXPECT_FALSE(std::isnan(row.distance.sqnr) ||
                 std::isnan(row.distance.divergence));
}

TEST(BlameTest, OneSample) {
  Network exact(network(false)), codes(network(true));
  Floats zeros = {0, 0};
  auto found = assignBlame(exact.function(), codes.function(), 1,
                           {llvm::ArrayRef<float>(zeros)}, {0});
  ASSERT_TRUE(static_cast<bool>(found)) << llvm::toString(found.takeError());
  // Nothing is lost of zeros.
  EXPECT_TRUE(std::isinf(found->everything.distance.sqnr));
  EXPECT_EQ(found->floatTop1, 1.0);
}

TEST(BlameTest, Errors) {
  Network exact(network(false)), codes(network(true)), same(network(false));
  Floats data = inputs();
  auto message = [&](Network &other, int64_t count,
                     std::vector<int64_t> labels) {
    auto found = assignBlame(exact.function(), other.function(), count,
                             {llvm::ArrayRef<float>(data)}, labels);
    return found ? "no error" : llvm::toString(found.takeError());
  };
  EXPECT_EQ(message(codes, 0, {}), "there is no sample to measure on");
  EXPECT_EQ(message(codes, samples, {0, 1}), "20 samples have 2 labels");
  EXPECT_EQ(message(same, samples, {}),
            "the network is the same before and after quantization");
  EXPECT_EQ(llvm::toString(parseBlameOrder("size").takeError()),
            "layers are ranked by sqnr, kl or accuracy, found 'size'");
}

} // namespace
} // namespace qcc::evaluate
