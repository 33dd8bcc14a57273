//===- LearnRoundingTest.cpp ----------------------------------------------===//

#include "passes/Quantize/LearnRounding.h"
#include "passes/Quantize/RowProducts.h"

#include "SampleData.h"

#include <cmath>

using namespace qcc::quantize;
using qcc::test::normal;
using testing::ElementsAre;
using testing::ElementsAreArray;

namespace {

/// A layer whose inputs depend on each other.
struct Layer {
  LayerRows rows;
  std::vector<float> weights, biases;
  Gram gram;

  Layer(int64_t groups, int64_t perGroup, int64_t size, int64_t count,
        uint32_t seed) {
    rows.groups = groups, rows.channels = groups * perGroup;
    rows.size = size, rows.rows = count;
    rows.scale = 0.25;
    rows.low = -1e9, rows.high = 1e9;
    weights = normal(rows.channels * size, seed);
    biases = normal(rows.channels, seed + 1);
    for (float value : normal(groups * size * count, seed + 2, 0, 12))
      rows.codes.push_back(std::round(value));
    for (int64_t g = 0; g < groups; ++g)
      for (int64_t k = 1; k < size; ++k)
        for (int64_t r = 0; r < count; ++r)
          code(g, k, r) = std::round((code(g, k, r) + code(g, k - 1, r)) / 2);
    for (int64_t o = 0; o < rows.channels; ++o)
      for (int64_t r = 0; r < count; ++r)
        rows.targets.push_back(
            resultOf(o, r, weights.data() + o * size, biases[o]));
    sumUp();
  }

  float &code(int64_t group, int64_t k, int64_t r) {
    return rows.codes[(group * rows.size + k) * rows.rows + r];
  }

  double resultOf(int64_t o, int64_t r, const float *w, double bias) {
    int64_t group = o / (rows.channels / rows.groups);
    double sum = bias;
    for (int64_t k = 0; k < rows.size; ++k)
      sum += rows.scale * code(group, k, r) * w[k];
    return sum;
  }

  void sumUp() {
    gram.groups = rows.groups, gram.size = rows.size, gram.rows = rows.rows;
    gram.scale = rows.scale;
    for (int64_t g = 0; g < rows.groups; ++g)
      for (int64_t i = 0; i < rows.size; ++i) {
        int64_t sum = 0;
        for (int64_t r = 0; r < rows.rows; ++r)
          sum += static_cast<int64_t>(code(g, i, r));
        gram.sums.push_back(sum);
        for (int64_t j = 0; j < rows.size; ++j) {
          int64_t product = 0;
          for (int64_t r = 0; r < rows.rows; ++r)
            product += static_cast<int64_t>(code(g, i, r) * code(g, j, r));
          gram.products.push_back(product);
        }
      }
  }

  RoundedWeights round(RoundingKind kind, unsigned bits) {
    RoundingOptions options;
    options.kind = kind;
    return roundLayer(weights, rows.channels, weightCodes(bits), &gram,
                      options);
  }

  LearnedLayer learn(const RoundedWeights &start, unsigned bits,
                     LearningOptions options = {}) {
    options.steps = 200;
    return learnRounding(weights, biases, start, weightCodes(bits), rows,
                         options);
  }

  /// The mean squared error of channel `o`.
  double errorOf(int64_t o, const RoundedWeights &rounded, double bias) {
    std::vector<float> real;
    for (int64_t k = 0; k < rows.size; ++k)
      real.push_back(rounded.scales[o] * rounded.codes[o * rows.size + k]);
    auto activate = [&](double value) {
      value = std::min(std::max(value, rows.low), rows.high);
      return rows.activation ? rows.activation(value).first : value;
    };
    double sum = 0;
    for (int64_t r = 0; r < rows.rows; ++r)
      sum += std::pow(activate(resultOf(o, r, real.data(), bias)) -
                          activate(rows.targets[o * rows.rows + r]),
                      2);
    return sum / rows.rows;
  }
};

double total(const std::vector<double> &values) {
  double sum = 0;
  for (double value : values)
    sum += value;
  return sum;
}

TEST(RowProducts, EqualPlainLoops) {
  constexpr int64_t channels = 6, size = 7, rows = 48;
  std::vector<float> x = normal(size * rows, 1), w = normal(channels * size, 2),
                     d = normal(channels * rows, 3), y(channels * rows),
                     g(channels * size);
  multiplyRows(x.data(), w.data(), channels, size, rows, y.data());
  multiplyRowsBack(x.data(), d.data(), channels, size, rows, g.data());
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t r = 0; r < rows; ++r) {
      double sum = 0;
      for (int64_t k = 0; k < size; ++k)
        sum += double(w[c * size + k]) * x[k * rows + r];
      EXPECT_NEAR(y[c * rows + r], sum, 1e-5) << c << " " << r;
    }
    for (int64_t k = 0; k < size; ++k) {
      double sum = 0;
      for (int64_t r = 0; r < rows; ++r)
        sum += double(d[c * rows + r]) * x[k * rows + r];
      EXPECT_NEAR(g[c * size + k], sum, 1e-4) << c << " " << k;
    }
  }
}

class LearnRounding : public testing::TestWithParam<unsigned> {};

TEST_P(LearnRounding, LosesLessThanNearestAndNoMoreThanComq) {
  unsigned bits = GetParam();
  Layer layer(/*groups=*/2, /*perGroup=*/3, /*size=*/18, /*rows=*/400, 5);
  layer.rows.low = 0; // as behind a ReLU
  double nearest = 0, comq = 0, learned = 0;
  auto one = layer.round(RoundingKind::Nearest, bits);
  auto two = layer.round(RoundingKind::Comq, bits);
  LearnedLayer three = layer.learn(two, bits);
  WeightCodes codes = weightCodes(bits);
  for (int8_t code : three.weights.codes)
    EXPECT_TRUE(code >= codes.min && code <= codes.max) << int(code);
  for (int64_t o = 0; o < 6; ++o) {
    double here = layer.errorOf(o, three.weights, three.biases[o]);
    EXPECT_NEAR(here, three.after[o], 1e-4 * here);
    EXPECT_LE(three.after[o], three.before[o]);
    EXPECT_LE(three.before[o],
              layer.errorOf(o, two, layer.biases[o]) * (1 + 1e-4));
    nearest += layer.errorOf(o, one, layer.biases[o]);
    comq += layer.errorOf(o, two, layer.biases[o]);
    learned += here;
  }
  EXPECT_LT(comq, nearest);
  EXPECT_LT(learned, 0.99 * comq);
}

/// From any start, so that not all is COMQ's merit.
TEST_P(LearnRounding, ImprovesRoundingToNearest) {
  Layer layer(1, 4, 18, 400, 8);
  LearnedLayer learned =
      layer.learn(layer.round(RoundingKind::Nearest, GetParam()), GetParam());
  EXPECT_LT(total(learned.after), 0.85 * total(learned.before));
}

INSTANTIATE_TEST_SUITE_P(Bits, LearnRounding, testing::Values(2u, 4u));

/// Where the activation is flat, errors do not count.
TEST(LearnedRounding, UsesTheActivationFunction) {
  Layer layer(1, 4, 12, 500, 21);
  for (float &target : layer.rows.targets)
    target -= 12; // most are below zero
  for (float &bias : layer.biases)
    bias -= 12;
  auto start = layer.round(RoundingKind::Comq, 2);
  LearnedLayer blind = layer.learn(start, 2);
  layer.rows.activation = [](double x) {
    return x > 0 ? std::pair(x, 1.0) : std::pair(0.0, 0.0);
  };
  LearnedLayer aware = layer.learn(start, 2);
  double without = 0, with = 0;
  for (int64_t o = 0; o < 4; ++o) {
    without += layer.errorOf(o, blind.weights, blind.biases[o]);
    with += layer.errorOf(o, aware.weights, aware.biases[o]);
  }
  EXPECT_LT(with, 0.95 * without);
}

TEST(LearnedRounding, GroupsAreLearnedByThemselves) {
  Layer both(2, 2, 5, 70, 3);
  auto start = both.round(RoundingKind::Comq, 4);
  LearnedLayer whole = both.learn(start, 4);
  for (int64_t g = 0; g < 2; ++g) {
    Layer one(1, 2, 5, 70, 3);
    auto half = [&](const auto &values, auto &to) {
      auto count = static_cast<std::ptrdiff_t>(values.size() / 2);
      auto first = values.begin() + g * count;
      to.assign(first, first + count);
    };
    RoundedWeights part;
    half(start.codes, part.codes);
    half(start.scales, part.scales);
    half(both.weights, one.weights);
    half(both.biases, one.biases);
    half(both.rows.codes, one.rows.codes);
    half(both.rows.targets, one.rows.targets);
    LearnedLayer learned = one.learn(part, 4);
    for (int64_t c = 0; c < 2; ++c) {
      EXPECT_EQ(learned.weights.scales[c], whole.weights.scales[g * 2 + c]);
      EXPECT_EQ(learned.biases[c], whole.biases[g * 2 + c]);
    }
    EXPECT_THAT(learned.weights.codes,
                ElementsAreArray(whole.weights.codes.data() + g * 10, 10));
  }
}

TEST(LearnedRounding, BiasesStayIfAsked) {
  Layer layer(1, 3, 9, 100, 4);
  LearningOptions options;
  options.learnBiases = false;
  LearnedLayer learned =
      layer.learn(layer.round(RoundingKind::Nearest, 2), 2, options);
  EXPECT_EQ(learned.biases, layer.biases);
  EXPECT_LT(total(learned.after), total(learned.before));
}

/// A channel of zeros, a single row, inputs that are always zero.
TEST(LearnedRounding, TakesDegenerateLayers) {
  for (int64_t count : {1, 17}) {
    SCOPED_TRACE(count);
    Layer layer(1, 2, 6, count, 9);
    std::fill_n(layer.weights.begin(), 6, 0.0f);
    LearnedLayer learned = layer.learn(layer.round(RoundingKind::Comq, 4), 4);
    EXPECT_EQ(learned.weights.scales[0], 0);
    EXPECT_THAT(std::vector(learned.weights.codes.begin(),
                            learned.weights.codes.begin() + 6),
                testing::Each(0));
    EXPECT_EQ(learned.biases[0], layer.biases[0]);
    EXPECT_GT(learned.weights.scales[1], 0);
    EXPECT_TRUE(std::isfinite(learned.weights.scales[1]));
    EXPECT_TRUE(std::isfinite(learned.biases[1]));
  }
  Layer dead(1, 1, 6, 40, 9);
  std::fill(dead.rows.codes.begin(), dead.rows.codes.end(), 0.0f);
  auto start = dead.round(RoundingKind::Nearest, 4);
  LearnedLayer learned = dead.learn(start, 4);
  EXPECT_EQ(learned.weights.codes, start.codes);
  EXPECT_EQ(learned.weights.scales, start.scales);
}

TEST(LearnedRounding, KeepsWeightsOnAGrid) {
  Layer layer(1, 1, 4, 64, 2);
  layer.weights = {-1.75, 0.5, 0.25, 1.5};
  for (int64_t r = 0; r < 64; ++r)
    layer.rows.targets[r] =
        layer.resultOf(0, r, layer.weights.data(), layer.biases[0]);
  LearnedLayer learned = layer.learn(layer.round(RoundingKind::Comq, 4), 4);
  EXPECT_THAT(learned.weights.codes, ElementsAre(-7, 2, 1, 6));
  EXPECT_NEAR(learned.weights.scales[0], 0.25, 1e-5);
}

} // namespace
