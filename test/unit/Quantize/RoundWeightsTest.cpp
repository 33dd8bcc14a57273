//===- RoundWeightsTest.cpp -----------------------------------------------===//

#include "passes/Quantize/RoundWeights.h"
#include "passes/Quantize/RoundingMath.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cmath>
#include <numeric>
#include <random>

using namespace qcc::quantize;
using testing::ElementsAre;

namespace {

/// Whole numbers from a fixed generator, the same on every machine.
std::vector<int64_t> randoms(size_t count, int64_t magnitude, uint32_t seed) {
  std::mt19937 generator(seed);
  std::vector<int64_t> values;
  for (size_t i = 0; i < count; ++i)
    values.push_back(static_cast<int64_t>(generator() % (2 * magnitude + 1)) -
                     magnitude);
  return values;
}

std::vector<double> realWeights(size_t count, uint32_t seed) {
  std::vector<double> weights;
  for (int64_t value : randoms(count, 1000, seed))
    weights.push_back(value / 1000.0);
  return weights;
}

/// X'X of `rows` rows whose inputs depend on each other.
std::vector<double> gramOf(int64_t size, int64_t rows, uint32_t seed) {
  std::vector<int64_t> x = randoms(rows * size, 9, seed);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t i = 1; i < size; ++i)
      x[row * size + i] += 2 * x[row * size + i - 1] / 3;
  std::vector<double> gram(size * size, 0);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j < size; ++j)
        gram[i * size + j] +=
            static_cast<double>(x[row * size + i] * x[row * size + j]);
  return gram;
}

RoundingOptions optionsOf(RoundingKind kind, double damping = 0) {
  RoundingOptions options;
  options.kind = kind;
  options.damping = damping;
  return options;
}

/// Of one channel, without what does not depend on codes and scale.
double lossOf(const RoundingProblem &problem, const RoundedWeights &rounded) {
  return roundingLoss(problem.gram, multiply(problem.gram, problem.weights),
                      rounded.codes, rounded.scales[0]);
}

struct Example {
  std::vector<double> weights, gram;
  RoundingProblem problem;

  Example(int64_t size, unsigned bits, uint32_t seed, int64_t rows = 20)
      : weights(realWeights(size, seed)), gram(gramOf(size, rows, seed + 1)) {
    problem.channels = 1;
    problem.size = size;
    problem.weights = weights;
    problem.gram = gram;
    problem.codes = weightCodes(bits);
  }
};

/// The least loss over all codes, each with its best scale.
double exhaustive(const RoundingProblem &problem) {
  std::vector<double> target = multiply(problem.gram, problem.weights);
  std::vector<int8_t> codes(problem.size, problem.codes.min);
  double best = 0;
  while (true) {
    double scale = refitScale(problem.gram, target, codes, 0);
    best = std::min(best, roundingLoss(problem.gram, target, codes, scale));
    size_t at = 0;
    while (at < codes.size() && codes[at] == problem.codes.max)
      codes[at++] = problem.codes.min;
    if (at == codes.size())
      return best;
    ++codes[at];
  }
}

TEST(BestScale, HasTheLeastError) {
  for (unsigned bits : {2u, 4u, 8u})
    for (uint32_t seed = 0; seed < 20; ++seed) {
      SCOPED_TRACE(testing::Message() << bits << " bits, seed " << seed);
      std::vector<double> weights = realWeights(13, seed), importance;
      for (int64_t value : randoms(13, 50, seed + 100))
        importance.push_back(std::abs(value));
      WeightCodes codes = weightCodes(bits);
      auto error = [&](double scale) {
        double sum = 0;
        std::vector<int8_t> nearest = nearestCodes(weights, scale, codes);
        for (size_t i = 0; i < weights.size(); ++i)
          sum += importance[i] * std::pow(weights[i] - scale * nearest[i], 2);
        return sum;
      };
      double cover = coveringScale(weights, codes);
      double best = error(bestScale(weights, importance, codes));
      // Eight bits are searched from half of what covers the weights on.
      for (int step = bits == 8 ? 5001 : 1001; step <= 15000; step += 7)
        ASSERT_LE(best, error(cover * step / 10000) * (1 + 1e-12)) << step;
    }
}

TEST(BestScale, IsExactForWeightsOnAGrid) {
  EXPECT_DOUBLE_EQ(bestScale({-3.5, 1.0, 0.5, 0.0}, {}, weightCodes(4)), 0.5);
  EXPECT_DOUBLE_EQ(bestScale({-0.5, 0.25}, {}, weightCodes(2)), 0.25);
}

TEST(BestScale, OfNothingIsZero) {
  EXPECT_EQ(bestScale({0.0, 0.0}, {}, weightCodes(4)), 0);
  EXPECT_EQ(bestScale({1.0, 2.0}, {0.0, 0.0}, weightCodes(4)), 0);
  EXPECT_EQ(bestScale({}, {}, weightCodes(4)), 0);
}

TEST(Nearest, TiesGoAwayFromZero) {
  EXPECT_THAT(nearestCodes({0.5, -0.5, 1.49, 9.0, -9.0}, 1, weightCodes(4)),
              ElementsAre(1, -1, 1, 7, -7));
  EXPECT_THAT(nearestCodes({0.5, -1.5, 9.0, -9.0}, 1, weightCodes(2)),
              ElementsAre(1, -2, 1, -2));
}

TEST(Comq, IsNearExhaustiveSearch) {
  double comq = 0, best = 0, nearest = 0;
  for (uint32_t seed = 0; seed < 30; ++seed) {
    Example example(5, 2, seed);
    auto rounded = roundGroup(example.problem, optionsOf(RoundingKind::Comq));
    double here = lossOf(example.problem, rounded);
    double least = exhaustive(example.problem);
    ASSERT_GE(here, least - 1e-9 * std::fabs(least)) << seed;
    comq += here;
    best += least;
    nearest +=
        lossOf(example.problem,
               roundGroup(example.problem, optionsOf(RoundingKind::Nearest)));
  }
  // All are negative; the constant part of the loss is left out.
  EXPECT_LT(comq - best, 0.25 * (nearest - best));
}

class Methods : public testing::TestWithParam<RoundingKind> {};

TEST_P(Methods, LoseLessThanNearest) {
  // GPTQ now and then loses more on a channel.
  bool isDescent = GetParam() == RoundingKind::Comq;
  for (unsigned bits : {2u, 4u}) {
    SCOPED_TRACE(bits);
    double gain = 0, exact = 0;
    for (uint32_t seed = 0; seed < 10; ++seed) {
      Example example(24, bits, seed, 60);
      double method = lossOf(
          example.problem, roundGroup(example.problem, optionsOf(GetParam())));
      double nearest =
          lossOf(example.problem,
                 roundGroup(example.problem, optionsOf(RoundingKind::Nearest)));
      if (isDescent) {
        EXPECT_LT(method, nearest) << seed;
      }
      std::vector<double> target = multiply(example.gram, example.weights);
      double floor = 0;
      for (int64_t i = 0; i < 24; ++i)
        floor -= target[i] * example.weights[i];
      gain += nearest - method;
      exact += nearest - floor;
    }
    EXPECT_GT(gain, 0.15 * exact);
  }
}

TEST_P(Methods, KeepWeightsOnAGrid) {
  Example example(4, 4, 3);
  example.weights = {-1.75, 0.5, 0.25, 1.5};
  example.problem.weights = example.weights;
  auto rounded = roundGroup(example.problem, optionsOf(GetParam(), 0.01));
  EXPECT_THAT(rounded.codes, ElementsAre(-7, 2, 1, 6));
  EXPECT_NEAR(rounded.scales[0], 0.25, 1e-12);
}

/// A channel of zeros, inputs that are always zero, a single row, which leaves
/// the matrix singular.
TEST_P(Methods, TakeDegenerateChannels) {
  Example zeros(6, 4, 1);
  std::fill(zeros.weights.begin(), zeros.weights.end(), 0.0);
  auto rounded = roundGroup(zeros.problem, optionsOf(GetParam(), 0.01));
  EXPECT_THAT(rounded.codes, testing::Each(0));
  EXPECT_EQ(rounded.scales[0], 0);

  Example dead(6, 4, 2);
  std::fill(dead.gram.begin(), dead.gram.end(), 0.0);
  rounded = roundGroup(dead.problem, optionsOf(GetParam(), 0.01));
  EXPECT_EQ(rounded.codes,
            nearestCodes(dead.weights, rounded.scales[0], dead.problem.codes));

  Example single(6, 4, 3, /*rows=*/1);
  auto nearest =
      roundGroup(single.problem, optionsOf(RoundingKind::Nearest, 0.01));
  rounded = roundGroup(single.problem, optionsOf(GetParam(), 0.01));
  EXPECT_TRUE(std::isfinite(rounded.scales[0]));
  EXPECT_GT(rounded.scales[0], 0);
  EXPECT_LE(lossOf(single.problem, rounded),
            lossOf(single.problem, nearest) + 1e-9);
}

/// Without damping the matrix has no inverse; GPTQ rounds to nearest then.
TEST_P(Methods, TakeSingularMatrices) {
  Example single(6, 4, 3, /*rows=*/1);
  auto rounded = roundGroup(single.problem, optionsOf(GetParam()));
  EXPECT_TRUE(std::isfinite(rounded.scales[0]));
  EXPECT_GT(rounded.scales[0], 0);
}

TEST_P(Methods, RoundEveryChannelByItself) {
  Example one(7, 4, 4), two(7, 4, 5);
  auto first = roundGroup(one.problem, optionsOf(GetParam(), 0.01));
  std::vector<double> both = two.weights;
  both.insert(both.end(), one.weights.begin(), one.weights.end());
  RoundingProblem problem = one.problem;
  problem.channels = 2;
  problem.weights = both;
  auto rounded = roundGroup(problem, optionsOf(GetParam(), 0.01));
  ASSERT_EQ(rounded.scales.size(), 2u);
  EXPECT_EQ(rounded.scales[1], first.scales[0]);
  EXPECT_TRUE(std::equal(first.codes.begin(), first.codes.end(),
                         rounded.codes.begin() + 7));
}

INSTANTIATE_TEST_SUITE_P(All, Methods,
                         testing::Values(RoundingKind::Comq, RoundingKind::Gptq,
                                         RoundingKind::GptqV2,
                                         RoundingKind::Qep));

TEST(CoordinateDescentStep, NeverRaisesTheLoss) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    Example example(16, 4, seed);
    std::vector<double> target = multiply(example.gram, example.weights);
    std::vector<double> diagonal;
    for (int i = 0; i < 16; ++i)
      diagonal.push_back(example.gram[i * 17]);
    double scale = coveringScale(example.weights, example.problem.codes);
    double before = 0;
    for (int sweeps = 0; sweeps < 8; ++sweeps) {
      CoordinateDescent descent(example.gram, target, diagonal,
                                example.problem.codes, sweeps);
      ChannelRounding channel{
          nearestCodes(example.weights, scale, example.problem.codes), scale};
      double loss = descent.run(channel);
      EXPECT_NEAR(
          loss,
          roundingLoss(example.gram, target, channel.codes, channel.scale),
          1e-9 * std::fabs(loss));
      if (sweeps > 0) {
        EXPECT_LE(loss, before) << seed << " " << sweeps;
      }
      before = loss;
    }
  }
}

TEST(Gptq, FactorIsThatOfTheInverse) {
  std::vector<double> gram = gramOf(5, 12, 8);
  std::vector<double> upper = inverseFactor(gram, 5);
  ASSERT_EQ(upper.size(), 25u);
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j) {
      if (j < i) {
        EXPECT_EQ(upper[i * 5 + j], 0);
      }
      double sum = 0; // of U'U times the matrix
      for (int k = 0; k < 5; ++k)
        for (int l = 0; l < 5; ++l)
          sum += upper[l * 5 + i] * upper[l * 5 + k] * gram[k * 5 + j];
      EXPECT_NEAR(sum, i == j, 1e-9);
    }
}

TEST(Gptq, FollowingWeightsTakeOverErrors) {
  // Two inputs that are nearly the same: what the first lacks the second adds.
  std::vector<double> gram = {100, 99, 99, 100};
  std::vector<double> upper = inverseFactor(gram, 2);
  EXPECT_THAT(propagateErrors({0.4, 0.4}, upper, 1, weightCodes(4)),
              ElementsAre(0, 1));
}

TEST(Targets, DriftMovesTheOptimum) {
  // The integer network's input is half of the float network's: twice the
  // weight is wanted.
  RoundingProblem problem;
  std::vector<double> weights = {1.0}, gram = {100.0}, drift = {100.0};
  problem.channels = problem.size = 1;
  problem.weights = weights;
  problem.gram = gram;
  problem.drift = drift;
  problem.codes = weightCodes(4);
  auto value = [&](RoundingKind kind, std::optional<double> strength) {
    RoundingOptions options = optionsOf(kind);
    options.strength = strength;
    RoundedWeights rounded = roundGroup(problem, options);
    return rounded.scales[0] * rounded.codes[0];
  };
  EXPECT_NEAR(value(RoundingKind::Comq, std::nullopt), 2, 1e-12);
  EXPECT_NEAR(value(RoundingKind::Comq, 0), 1, 1e-12);
  EXPECT_NEAR(value(RoundingKind::Gptq, std::nullopt), 1, 1e-12);
  EXPECT_NEAR(value(RoundingKind::GptqV2, std::nullopt), 2, 1e-12);
  EXPECT_NEAR(value(RoundingKind::Qep, std::nullopt), 1.5, 1e-12);
  EXPECT_NEAR(value(RoundingKind::Qep, 0.25), 1.25, 1e-12);
}

/// Two groups of one input each with means 3 and 0.5.
Gram twoGroups(bool targets) {
  Gram gram;
  gram.groups = 2;
  gram.size = 1;
  gram.rows = 4;
  gram.scale = 0.5;
  gram.products = {4 * 40, 4 * 5};
  gram.sums = {4 * 6, 4 * 1};
  if (targets) {
    gram.targetScale = 0.25;
    gram.cross = gram.products;
    gram.targetSums = {4 * 16, 4 * 2};
  }
  return gram;
}

TEST(Layer, GroupsHaveTheirOwnInputs) {
  Gram gram = twoGroups(false);
  RoundedWeights rounded = roundLayer({0.75f, -1.5f}, 2, weightCodes(4), &gram,
                                      optionsOf(RoundingKind::Comq, 0.01));
  EXPECT_NEAR(rounded.scales[0] * rounded.codes[0], 0.75, 1e-6);
  EXPECT_NEAR(rounded.scales[1] * rounded.codes[1], -1.5, 1e-6);
}

TEST(Layer, BiasesMakeUpForMeans) {
  RoundedWeights rounded;
  rounded.codes = {2, -3};
  rounded.scales = {0.5, 0.25};
  // Means 3 and 0.5 times 1.5 - 1 and -1 + 0.75.
  EXPECT_THAT(biasCorrections({1.5f, -1.0f}, rounded, twoGroups(false)),
              ElementsAre(1.5, -0.125));
  // Means of the targets 4 and 0.5.
  EXPECT_THAT(biasCorrections({1.5f, -1.0f}, rounded, twoGroups(true)),
              ElementsAre(4 * 1.5 - 3 * 1.0, 0.5 * -1.0 - 0.5 * -0.75));
}

TEST(Layer, WithoutSumsAllInputsCountTheSame) {
  RoundedWeights rounded =
      roundLayer({0.7f, -0.1f, 0.2f, 1.4f}, 2, weightCodes(4), nullptr,
                 optionsOf(RoundingKind::Comq));
  EXPECT_THAT(rounded.codes, ElementsAre(7, -1, 1, 7));
  EXPECT_NEAR(rounded.scales[0], 0.1, 1e-6);
  EXPECT_NEAR(rounded.scales[1], 0.2, 1e-6);
}

std::string parseError(const char *text) {
  auto parsed = parseRounding(text);
  return parsed ? "success" : llvm::toString(parsed.takeError());
}

TEST(ParseRounding, KnowsNamesAndStrengths) {
  for (const char *name :
       {"nearest", "comq", "gptq", "gptqv2", "qep", "adaquant"}) {
    auto parsed = parseRounding(name);
    ASSERT_TRUE(bool(parsed)) << llvm::toString(parsed.takeError());
    EXPECT_EQ(roundingName(parsed->kind), name);
  }
  auto parsed = parseRounding("qep=0.75");
  ASSERT_TRUE(bool(parsed)) << llvm::toString(parsed.takeError());
  EXPECT_EQ(parsed->effectiveStrength(), 0.75);
  EXPECT_EQ(parseError("best"), "unknown rounding 'best', expected nearest, "
                                "comq, gptq, gptqv2, qep or adaquant");
  EXPECT_EQ(parseError("qep=2"), "rounding 'qep=2' has no strength in [0, 1]");
  EXPECT_EQ(parseError("qep="), "rounding 'qep=' has no strength in [0, 1]");
  EXPECT_EQ(parseError("qep=nan"),
            "rounding 'qep=nan' has no strength in [0, 1]");
  EXPECT_EQ(parseError("adaquant=1"),
            "rounding 'adaquant=1' has no strength in [0, 1]");
  EXPECT_EQ(parseError("nearest=1"),
            "rounding 'nearest=1' has no strength in [0, 1]");
}

} // namespace
