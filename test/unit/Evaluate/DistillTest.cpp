// Data made from the statistics that batch normalization leaves.
#include "Network.h"

#include "compiler/Evaluate/Distill.h"

#include "gtest/gtest.h"

#include <cmath>
#include <map>

namespace qcc::evaluate {
namespace {

/// A convolution of `in` whose result states its statistics.
std::string conv(const std::string &layer, const std::string &in,
                 std::vector<int64_t> shape, int64_t out, uint32_t seed,
                 const std::string &facts) {
  int64_t channels = shape.back();
  std::vector<int64_t> filter = {out, 2, 1, channels};
  std::vector<int64_t> result = {shape[0], shape[1] - 1, shape[2], out};
  return "%w" + layer + " = qgraph.constant " +
         dense(filter, randoms(out * 2 * channels, seed)) + " -> " +
         tensor(filter) + "\n%b" + layer + " = qgraph.constant " +
         dense({out}, randoms(out, seed + 1)) + " -> " + tensor({out}) + "\n%" +
         layer + " = qgraph.conv2d " + in + ", %w" + layer + ", %b" + layer +
         " {qgraph.layer = \"" + layer + "\", " + facts +
         "dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, "
         "0, 0, 0>, strides = array<i64: 1, 1>} : (" +
         tensor(shape) + ", " + tensor(filter) + ", " + tensor({out}) +
         ") -> " + tensor(result) + "\n";
}

std::string statistics(const std::string &mean, const std::string &deviation) {
  return "qgraph.output_mean = array<f32: " + mean +
         ">, qgraph.output_std = array<f32: " + deviation + ">, ";
}

/// Two convolutions with ReLU between.
std::string twoLayers(const std::string &first, const std::string &second) {
  return "func.func @main(%x: tensor<1x6x5x2xf32>) -> tensor<1x4x5x2xf32> {\n" +
         conv("a", "%x", {1, 6, 5, 2}, 3, 1, first) +
         "%r = qgraph.clamp %a {qgraph.layer = \"r\", min = 0.0 : f32, max = "
         "0x7F800000 : f32} : (tensor<1x5x5x3xf32>) -> tensor<1x5x5x3xf32>\n" +
         conv("c", "%r", {1, 5, 5, 3}, 2, 5, second) +
         "return %c : tensor<1x4x5x2xf32>\n}";
}

constexpr int64_t seen = 32;

/// What data that nobody keeps did to the network: by layer the mean of every
/// channel, then the deviations.
std::map<std::string, std::pair<Floats, Floats>> hiddenStatistics() {
  Network network(twoLayers("", ""));
  Floats data = randoms(seen * 6 * 5 * 2, 77);
  for (float &value : data)
    value = 0.6f + 0.5f * value;
  std::map<std::string, std::pair<Floats, Floats>> result;
  auto evaluator = FloatEvaluator::create(network.function(), seen);
  llvm::cantFail(
      (*evaluator)
          ->run(seen, {llvm::ArrayRef<float>(data)},
                [&](const Observation &value) {
                  int64_t channels = value.shape.back();
                  double rows =
                      static_cast<double>(value.values.size()) / channels;
                  auto &[mean, deviation] = result[value.layer.str()];
                  for (int64_t c = 0; c < channels; ++c) {
                    double sum = 0, squares = 0;
                    for (size_t i = c; i < value.values.size(); i += channels) {
                      sum += value.values[i] / rows;
                      squares += value.values[i] * value.values[i] / rows;
                    }
                    mean.push_back(static_cast<float>(sum));
                    deviation.push_back(
                        static_cast<float>(std::sqrt(squares - sum * sum)));
                  }
                  return llvm::Error::success();
                }));
  return result;
}

std::string list(const Floats &values) {
  std::string text;
  for (float value : values)
    text += (text.empty() ? "" : ", ") + std::to_string(value);
  return text;
}

std::string goodNetwork() {
  auto hidden = hiddenStatistics();
  auto facts = [&](const std::string &layer) {
    return statistics(list(hidden[layer].first), list(hidden[layer].second));
  };
  return twoLayers(facts("a"), facts("c"));
}

std::string messageOf(Network &network, const DistillOptions &options) {
  auto data = distill(network.function(), options);
  return data ? "no error" : llvm::toString(data.takeError());
}

TEST(DistillTest, StatisticsComeTenTimesCloser) {
  Network network(goodNetwork());
  DistillOptions options;
  options.samples = 16;
  auto data = distill(network.function(), options);
  ASSERT_TRUE(static_cast<bool>(data)) << llvm::toString(data.takeError());
  EXPECT_EQ(data->layers, 2u);
  EXPECT_GT(data->before, 0.5);
  EXPECT_LT(data->after, data->before / 10);
  ASSERT_EQ(data->datasets.size(), 1u);
  EXPECT_EQ(data->datasets[0].inputs.shape,
            (std::vector<int64_t>{16, 6, 5, 2}));
  EXPECT_EQ(data->datasets[0].size(), 16);

  // Seen from outside: the means of the first layer.
  auto evaluator = FloatEvaluator::create(network.function(), 16);
  ASSERT_TRUE(static_cast<bool>(evaluator));
  Floats input = data::toFloat(data->datasets[0].inputs);
  std::vector<double> sums(3);
  auto results =
      (*evaluator)
          ->run(16, {llvm::ArrayRef<float>(input)},
                [&](const Observation &seen) {
                  for (size_t i = 0;
                       seen.layer == "a" && i < seen.values.size(); ++i)
                    sums[i % 3] += seen.values[i] / (16.0 * 5 * 5);
                  return llvm::Error::success();
                });
  ASSERT_TRUE(static_cast<bool>(results));
  Floats expected = hiddenStatistics()["a"].first;
  for (int c = 0; c < 3; ++c)
    EXPECT_NEAR(sums[c], expected[c], 0.1) << c;
}

TEST(DistillTest, TheSeedDecides) {
  Network network(goodNetwork());
  DistillOptions options;
  options.samples = 4;
  options.steps = 3;
  auto values = [&](uint64_t seed) {
    options.seed = seed;
    return data::toFloat(llvm::cantFail(distill(network.function(), options))
                             .datasets[0]
                             .inputs);
  };
  EXPECT_EQ(values(1), values(1));
  EXPECT_NE(values(1), values(2));
}

TEST(DistillTest, ValuesStayInTheirRange) {
  Network network(goodNetwork());
  DistillOptions options;
  options.samples = 3; // no multiple of the batch
  options.batch = 2;
  options.ranges = {{-0.25, 0.5}};
  auto data = distill(network.function(), options);
  ASSERT_TRUE(static_cast<bool>(data)) << llvm::toString(data.takeError());
  for (float value : data::toFloat(data->datasets[0].inputs)) {
    EXPECT_GE(value, -0.25f);
    EXPECT_LE(value, 0.5f);
  }
}

TEST(DistillTest, OneSample) {
  Network network(goodNetwork());
  DistillOptions options;
  options.samples = 1;
  auto data = distill(network.function(), options);
  ASSERT_TRUE(static_cast<bool>(data)) << llvm::toString(data.takeError());
  EXPECT_LT(data->after, data->before);
}

// A channel that never changes has the deviation 0, a dead one the mean 0 too.
TEST(DistillTest, ConstantAndDeadChannels) {
  Network network(twoLayers(statistics("0.3, 1.0, 0.0", "0.4, 0.0, 0.0"),
                            statistics("0.0, 0.0", "0.0, 0.0")));
  DistillOptions options;
  options.samples = 8;
  auto data = distill(network.function(), options);
  ASSERT_TRUE(static_cast<bool>(data)) << llvm::toString(data.takeError());
  // That of the second layer, all zeros, says nothing.
  EXPECT_EQ(data->layers, 1u);
  EXPECT_LT(data->after, data->before);
  for (float value : data::toFloat(data->datasets[0].inputs))
    EXPECT_TRUE(std::isfinite(value));
}

// What comes after the last layer with statistics need not have a gradient.
TEST(DistillTest, ArgmaxAtTheEnd) {
  Network network(
      "func.func @main(%x: tensor<1x6x5x2xf32>) -> tensor<1x5x5xi32> {\n" +
      conv("a", "%x", {1, 6, 5, 2}, 3, 1,
           statistics("0.3, -0.5, 0.8", "0.4, 0.6, 0.2")) +
      "%m = qgraph.argmax %a {qgraph.layer = \"m\", axis = 3 : i64} : "
      "(tensor<1x5x5x3xf32>) -> tensor<1x5x5xi32>\n"
      "return %m : tensor<1x5x5xi32>\n}");
  DistillOptions options;
  options.samples = 16;
  auto data = distill(network.function(), options);
  ASSERT_TRUE(static_cast<bool>(data)) << llvm::toString(data.takeError());
  EXPECT_LT(data->after, data->before / 10);
}

TEST(DistillTest, Errors) {
  Network plain(twoLayers("", ""));
  EXPECT_FALSE(hasStatistics(plain.function()));
  EXPECT_EQ(messageOf(plain, {}), "the network has no statistics of batch "
                                  "normalization to distill data from");
  Network good(goodNetwork());
  EXPECT_TRUE(hasStatistics(good.function()));
  DistillOptions none;
  none.samples = 0;
  EXPECT_EQ(messageOf(good, none),
            "cannot distill 0 samples, the network takes 1 at once");
}

TEST(DistillTest, RangesOfArguments) {
  Network network("func.func @main(%x: tensor<1x2xf32>, %y: tensor<1x2xf32> "
                  "{qgraph.range = array<f64: -7.0, 9.0>}, %z: tensor<1x2xf32> "
                  "{qgraph.input_type = \"s8\", qgraph.input_mean = 2.0 : f64, "
                  "qgraph.input_std = 10.0 : f64}) -> tensor<1x2xf32> {\n"
                  "return %x : tensor<1x2xf32>\n}");
  auto range = [&](unsigned index, InputFormat format) {
    quantize::Range found =
        argumentRange(network.function(), index, format, {-3, 3});
    return std::pair<double, double>(found.lo, found.hi);
  };
  using Pair = std::pair<double, double>;
  EXPECT_EQ(range(0, {}), Pair(-3, 3));
  EXPECT_EQ(range(0, {InputFormat::U8, 55, 100}), Pair(-0.55, 2));
  EXPECT_EQ(range(1, {}), Pair(-7, 9));
  EXPECT_EQ(range(2, {}), Pair(-13, 12.5));
}

} // namespace
} // namespace qcc::evaluate
