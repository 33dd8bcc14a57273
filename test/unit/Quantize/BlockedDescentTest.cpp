//===- BlockedDescentTest.cpp ---------------------------------------------===//

#include "passes/Quantize/BlockedDescent.h"
#include "passes/Quantize/RoundWeights.h"

#include "SampleData.h"

using namespace qcc::quantize;
using qcc::test::normal;

namespace {

TEST(ChunkedProducts, EqualPlainLoops) {
  constexpr int64_t rows = 70, columns = 37, channels = 3, first = 5,
                    count = 64;
  ChunkedMatrix matrix(rows, columns), out(channels, columns);
  std::vector<float> values = normal(rows * columns, 1),
                     some = normal(channels * count, 2);
  for (int64_t i = 0; i < rows * columns; ++i)
    matrix.at(i / columns, i % columns) = values[i];
  std::vector<double> factors(some.begin(), some.end());
  for (size_t i = 0; i < factors.size(); i += 3)
    factors[i] = 0;
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t i = 0; i < columns; ++i)
      out.at(c, i) = c - i;
  addProducts(matrix, first, count, factors, out);
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t i = 0; i < columns; ++i) {
      double sum = c - i;
      for (int64_t k = 0; k < count; ++k)
        sum += factors[c * count + k] * values[(first + k) * columns + i];
      EXPECT_DOUBLE_EQ(out.at(c, i), sum) << c << " " << i;
    }
}

/// Weights of some channels, and sums of products of dependent inputs.
struct Problem {
  int64_t size, channels;
  std::vector<double> weights, gram, diagonal;
  WeightCodes codes;

  Problem(int64_t size, int64_t channels, unsigned bits)
      : size(size), channels(channels), gram(size * size),
        codes(weightCodes(bits)) {
    std::vector<float> w = normal(channels * size, 3);
    weights.assign(w.begin(), w.end());
    constexpr int64_t causes = 5;
    std::vector<float> mixture = normal(size * causes, 4);
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j < size; ++j) {
        gram[i * size + j] = i == j ? 2 + i % 3 : 0;
        for (int64_t k = 0; k < causes; ++k)
          gram[i * size + j] +=
              mixture[i * causes + k] * mixture[j * causes + k];
      }
    for (int64_t i = 0; i < size; ++i)
      diagonal.push_back(gram[i * size + i]);
  }

  llvm::ArrayRef<double> weightsOf(int64_t c) const {
    return llvm::ArrayRef(weights).slice(c * size, size);
  }
  std::vector<double> targetOf(int64_t c) const {
    return multiply(gram, weightsOf(c));
  }
  ChannelRounding start(int64_t c) const {
    double scale = 0.6 * coveringScale(weightsOf(c), codes);
    return {nearestCodes(weightsOf(c), scale, codes), scale};
  }
};

struct Result {
  std::vector<ChannelRounding> channels;
  std::vector<double> losses;
};

Result descend(const Problem &problem, int sweeps) {
  ChunkedMatrix gram(problem.size, problem.size),
      targets(problem.channels, problem.size);
  Result result;
  for (int64_t i = 0; i < problem.size; ++i)
    for (int64_t j = 0; j < problem.size; ++j)
      gram.at(i, j) = problem.gram[i * problem.size + j];
  for (int64_t c = 0; c < problem.channels; ++c) {
    std::vector<double> target = problem.targetOf(c);
    for (int64_t i = 0; i < problem.size; ++i)
      targets.at(c, i) = target[i];
    result.channels.push_back(problem.start(c));
  }
  result.losses =
      BlockedDescent(gram, problem.codes, sweeps).run(result.channels, targets);
  return result;
}

/// Sizes around those of blocks and chunks.
TEST(BlockedDescent, NeverRaisesTheLoss) {
  for (int64_t size : {1, 31, 64, 65, 130})
    for (unsigned bits : {2u, 4u}) {
      SCOPED_TRACE(testing::Message() << size << " " << bits);
      Problem problem(size, 3, bits);
      std::vector<double> before = descend(problem, 0).losses;
      for (int sweeps : {1, 2, 5}) {
        Result result = descend(problem, sweeps);
        for (int64_t c = 0; c < 3; ++c) {
          const ChannelRounding &channel = result.channels[c];
          double loss = roundingLoss(problem.gram, problem.targetOf(c),
                                     channel.codes, channel.scale);
          EXPECT_NEAR(result.losses[c], loss, 1e-9 * std::fabs(loss));
          EXPECT_LE(result.losses[c], before[c]);
          for (int8_t code : channel.codes)
            EXPECT_TRUE(code >= problem.codes.min && code <= problem.codes.max);
        }
        before = result.losses;
      }
    }
}

TEST(BlockedDescent, IsAsGoodAsChannelByChannel) {
  for (unsigned bits : {2u, 4u}) {
    Problem problem(200, 12, bits);
    Result result = descend(problem, 24);
    double blocked = 0, single = 0, none = 0;
    for (int64_t c = 0; c < 12; ++c) {
      std::vector<double> target = problem.targetOf(c);
      ChannelRounding channel = problem.start(c);
      double least = 0;
      for (int64_t i = 0; i < 200; ++i)
        least -= target[i] * problem.weightsOf(c)[i];
      none += roundingLoss(problem.gram, target, channel.codes, channel.scale) -
              least;
      single += CoordinateDescent(problem.gram, target, problem.diagonal,
                                  problem.codes, 24)
                    .run(channel) -
                least;
      blocked += result.losses[c] - least;
    }
    EXPECT_LT(single, 0.8 * none);
    EXPECT_LT(blocked, 1.05 * single);
  }
}

TEST(BlockedDescent, LeavesChannelsWithoutAScale) {
  Problem problem(70, 2, 4);
  std::fill_n(problem.weights.begin(), 70, 0.0);
  Result result = descend(problem, 8);
  EXPECT_EQ(result.channels[0].scale, 0);
  EXPECT_THAT(result.channels[0].codes, testing::Each(0));
  EXPECT_GT(result.channels[1].scale, 0);
}

/// Through the interface, with so many inputs that blocks are used: input 1
/// takes over what the float network has of input 0.
TEST(BlockedDescent, GoesTowardsTheFloatNetwork) {
  constexpr int64_t size = 800;
  RoundingProblem problem;
  std::vector<double> weights(2 * size, 0), gram(size * size, 0),
      drift(size * size, 0);
  weights[0] = 1, weights[1] = 2, weights[2] = -7;
  weights[size + 1] = 1, weights[size + 3] = 7;
  for (int64_t i = 0; i < size; ++i)
    gram[i * size + i] = 100;
  drift[1 * size + 0] = 100;
  problem.channels = 2;
  problem.size = size;
  problem.weights = weights;
  problem.gram = gram;
  problem.drift = drift;
  problem.codes = weightCodes(4);
  RoundingOptions options;
  options.kind = RoundingKind::Comq;
  options.damping = 0;
  RoundedWeights rounded = roundGroup(problem, options);
  std::vector<int8_t> expected(2 * size, 0);
  expected[0] = 1, expected[1] = 3, expected[2] = -7;
  expected[size + 1] = 1, expected[size + 3] = 7;
  EXPECT_EQ(rounded.codes, expected);
  EXPECT_NEAR(rounded.scales[0], 1, 1e-12);
  options.strength = 0;
  expected[1] = 2;
  EXPECT_EQ(roundGroup(problem, options).codes, expected);
}

} // namespace
