//===- ProfileTest.cpp ----------------------------------------------------===//

#include "test/unit/Quantize/SampleData.h"

#include <algorithm>
#include <cfloat>
#include <limits>

using namespace qcc::quantize;
using namespace qcc::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// Everything that does not depend on batching, bit for bit.
void expectSameExactParts(const ValueStats &a, const ValueStats &b) {
  EXPECT_EQ(a.samples, b.samples);
  EXPECT_EQ(a.elements, b.elements);
  EXPECT_EQ(a.zeros, b.zeros);
  EXPECT_EQ(a.min, b.min);
  EXPECT_EQ(std::signbit(a.min), std::signbit(b.min));
  EXPECT_EQ(a.max, b.max);
  EXPECT_EQ(std::signbit(a.max), std::signbit(b.max));
  EXPECT_TRUE(a.histogram == b.histogram);
  ASSERT_EQ(a.channels.size(), b.channels.size());
  for (size_t i = 0; i < a.channels.size(); ++i) {
    EXPECT_EQ(a.channels[i].min, b.channels[i].min);
    EXPECT_EQ(a.channels[i].max, b.channels[i].max);
    EXPECT_NEAR(a.channels[i].sum, b.channels[i].sum,
                1e-9 * (1 + std::fabs(b.channels[i].sum)));
  }
  EXPECT_NEAR(a.sum, b.sum, 1e-9 * a.elements * std::max(-a.min, a.max));
  EXPECT_NEAR(a.sumSquares, b.sumSquares, 1e-9 * b.sumSquares);
}

ValueStats merged(ValueStats a, const ValueStats &b) {
  EXPECT_EQ(message(a.merge(b)), "success");
  return a;
}

TEST(ValueStats, CollectsMoments) {
  ValueStats stats = statsOf({-1.5f, 0.0f, 2.0f, -0.0f, 4.0f, 0.5f}, 2);
  EXPECT_EQ(stats.samples, 2u);
  EXPECT_EQ(stats.elements, 6u);
  EXPECT_EQ(stats.zeros, 2u);
  EXPECT_EQ(stats.min, -1.5f);
  EXPECT_EQ(stats.max, 4.0f);
  EXPECT_DOUBLE_EQ(stats.sum, 5.0);
  EXPECT_DOUBLE_EQ(stats.sumSquares, 22.5);
  EXPECT_DOUBLE_EQ(stats.mean(), 5.0 / 6);
  EXPECT_DOUBLE_EQ(stats.variance(), 22.5 / 6 - 25.0 / 36);
}

TEST(ValueStats, MomentsOfLongArraysMatchADirectSum) {
  std::vector<float> values = normal(10007, 3, -2, 5);
  double sum = 0, squares = 0;
  for (float value : values) {
    sum += value;
    squares += double(value) * value;
  }
  ValueStats stats = statsOf(values);
  EXPECT_NEAR(stats.sum, sum, 1e-7);
  EXPECT_NEAR(stats.sumSquares, squares, 1e-6);
  EXPECT_EQ(stats.min, *std::min_element(values.begin(), values.end()));
  EXPECT_EQ(stats.max, *std::max_element(values.begin(), values.end()));
}

TEST(ValueStats, MinAndMaxAreFoundAtEveryPosition) {
  for (size_t size = 1; size <= 19; ++size)
    for (size_t at = 0; at < size; ++at) {
      std::vector<float> values(size, 1.0f);
      values[at] = -7;
      EXPECT_EQ(statsOf(values).min, -7) << size << " " << at;
      values[at] = 7;
      EXPECT_EQ(statsOf(values).max, 7) << size << " " << at;
    }
}

TEST(ValueStats, NegativeZeroIsZero) {
  expectSameExactParts(statsOf({-0.0f, 0.0f}, 2), statsOf({0.0f, -0.0f}, 2));
  EXPECT_FALSE(std::signbit(statsOf({-0.0f}).min));
}

TEST(ValueStats, CollectsChannelsOfTheLastAxis) {
  ValueStats stats = statsOf({1, -2, 30, 4, -5, 6}, 1, 3);
  ASSERT_EQ(stats.channels.size(), 3u);
  EXPECT_EQ(stats.channels[0].min, 1);
  EXPECT_EQ(stats.channels[0].max, 4);
  EXPECT_EQ(stats.channels[1].min, -5);
  EXPECT_EQ(stats.channels[1].max, -2);
  EXPECT_DOUBLE_EQ(stats.channels[1].sum, -7);
  EXPECT_DOUBLE_EQ(stats.channels[2].sumSquares, 936);
}

TEST(ValueStats, BatchesOfAnySizeGiveTheSameAsAllAtOnce) {
  for (const std::vector<float> &values : {normal(720, 5), wild(720, 6)}) {
    ValueStats whole = statsOf(values, 120, 6);
    for (size_t batch : {1, 7, 24, 119}) {
      ValueStats parts;
      for (size_t i = 0; i < 120; i += batch) {
        size_t count = std::min<size_t>(batch, 120 - i);
        ASSERT_EQ(message(parts.accumulate(
                      llvm::ArrayRef<float>(values).slice(i * 6, count * 6),
                      count, 6)),
                  "success");
      }
      expectSameExactParts(parts, whole);
    }
  }
}

TEST(ValueStats, MergingIsCommutativeAndAssociative) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    ValueStats a = statsOf(wild(60, seed), 5, 3);
    ValueStats b = statsOf(normal(90, seed, 3, 1e-3), 5, 3);
    ValueStats c = statsOf(normal(30, seed, -100, 40), 5, 3);
    expectSameExactParts(merged(a, b), merged(b, a));
    expectSameExactParts(merged(merged(a, b), c), merged(a, merged(b, c)));
    expectSameExactParts(merged(merged(c, b), a), merged(a, merged(b, c)));
  }
}

TEST(ValueStats, MergingEqualsCollectingAtOnce) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::vector<float> a = wild(60, seed), b = normal(90, seed, 3, 0.01);
    std::vector<float> all = a;
    all.insert(all.end(), b.begin(), b.end());
    expectSameExactParts(merged(statsOf(a, 2), statsOf(b, 3)), statsOf(all, 5));
  }
}

TEST(ValueStats, MergingSumsIsExactlyCommutative) {
  ValueStats a = statsOf(normal(33, 1)), b = statsOf(normal(77, 2));
  EXPECT_EQ(merged(a, b).sum, merged(b, a).sum);
  EXPECT_EQ(merged(a, b).sumSquares, merged(b, a).sumSquares);
}

TEST(ValueStats, EmptyStatisticsAreNeutral) {
  ValueStats a = statsOf(normal(33, 1), 3, 11);
  expectSameExactParts(merged(a, ValueStats()), a);
  expectSameExactParts(merged(ValueStats(), a), a);
}

TEST(ValueStats, RejectsNonFiniteValuesAndKeepsWhatWasThere) {
  for (float bad : {NAN, -NAN, INFINITY, -INFINITY}) {
    std::vector<float> values = normal(50, 4);
    ValueStats stats = statsOf(values), before = stats;
    values[37] = bad;
    EXPECT_EQ(message(stats.accumulate(values, 1)),
              std::string("element 37 of 50 is ") +
                  (std::isnan(bad) ? "NaN" : "infinite") +
                  "; expected finite values");
    expectSameExactParts(stats, before);
  }
}

TEST(ValueStats, AcceptsTheLargestAndSmallestFloats) {
  ValueStats stats = statsOf({FLT_MAX, -FLT_MAX, FLT_TRUE_MIN});
  EXPECT_EQ(stats.max, FLT_MAX);
  EXPECT_LE(stats.histogram.counts.size(), size_t(Histogram::maxBins));
}

TEST(ValueStats, RejectsShapesThatDoNotDivide) {
  ValueStats stats;
  EXPECT_THAT(message(stats.accumulate({}, 1)), HasSubstr("no values"));
  EXPECT_THAT(message(stats.accumulate({1.0f}, 0)), HasSubstr("no values"));
  EXPECT_THAT(message(stats.accumulate({1, 2, 3}, 2)),
              HasSubstr("3 values are not a multiple of 2 samples"));
  EXPECT_THAT(message(stats.accumulate({1, 2, 3}, 1, 2)),
              HasSubstr("3 values are not a multiple of 2 channels"));
  EXPECT_EQ(stats.elements, 0u);
}

TEST(ValueStats, RejectsOtherChannelsThanBefore) {
  ValueStats stats = statsOf({1, 2, 3, 4, 5, 6}, 1, 3);
  EXPECT_THAT(message(stats.accumulate({1, 2}, 1, 2)),
              HasSubstr("expected statistics of 3 channels as before, got 2"));
  EXPECT_THAT(message(stats.merge(statsOf({1, 2}, 1, 0))),
              HasSubstr("statistics of 3 and of 0 channels do not merge"));
  EXPECT_EQ(stats.elements, 6u);
}

TEST(ValueStats, RejectsCountsThatOverflow) {
  ValueStats stats = statsOf({1.0f});
  stats.elements = uint64_t(1) << 62;
  EXPECT_THAT(message(stats.accumulate({1.0f}, 1)),
              HasSubstr("more than 2^62 values"));
  EXPECT_THAT(message(stats.merge(statsOf({1.0f}))),
              HasSubstr("more than 2^62 values"));
}

TEST(Profile, AccumulatesByKeyAndNamesItInErrors) {
  Profile profile;
  EXPECT_EQ(message(profile.accumulate("conv1", {1.0f, 2.0f}, 2)), "success");
  EXPECT_EQ(message(profile.accumulate("conv1", {3.0f, 4.0f}, 2)), "success");
  EXPECT_EQ(profile.find("conv1")->elements, 4u);
  EXPECT_EQ(profile.find("conv2"), nullptr);
  EXPECT_EQ(message(profile.accumulate("conv2", {NAN}, 1)),
            "value 'conv2': element 0 of 1 is NaN; expected finite values");
  EXPECT_EQ(profile.find("conv2"), nullptr);
}

TEST(Profile, MergeTakesTheUnionOfKeys) {
  Profile a, b;
  a.model = b.model = "net";
  a.values["x"] = statsOf({1.0f});
  a.values["y"] = statsOf({2.0f});
  b.values["y"] = statsOf({-3.0f});
  b.values["z"] = statsOf({4.0f});
  ASSERT_EQ(message(a.merge(b)), "success");
  EXPECT_EQ(a.values.size(), 3u);
  EXPECT_EQ(a.find("y")->min, -3.0f);
  EXPECT_EQ(a.find("y")->elements, 2u);
}

TEST(Profile, MergeRejectsAnotherModel) {
  Profile a, b;
  a.model = "net1";
  b.model = "net2";
  EXPECT_EQ(message(a.merge(b)), "profiles of different models do not merge: "
                                 "'net1' and 'net2'");
}

TEST(Profile, FailedMergeChangesNothing) {
  Profile a, b;
  a.values["y"] = statsOf({2.0f, 3.0f}, 1, 2);
  b.values["x"] = statsOf({1.0f});
  b.values["y"] = statsOf({2.0f, 3.0f}, 1, 1);
  EXPECT_THAT(message(a.merge(b)),
              HasSubstr("value 'y': statistics of 2 and of 1 channels"));
  EXPECT_EQ(a.values.size(), 1u);
}

TEST(Profile, MergedTextDoesNotDependOnOrder) {
  auto profileOf = [](unsigned seed) {
    Profile profile;
    profile.model = "net";
    // Multiples of 2^-10 below 2^3: the sums are exact.
    std::vector<float> values = normal(64, seed);
    for (float &value : values)
      value = std::round(value * 1024) / 1024;
    profile.values["b"] = statsOf(values, 4, 2);
    profile.values["a" + std::to_string(seed % 2)] = statsOf(values, 4);
    return profile;
  };
  Profile a = profileOf(1), b = profileOf(2), c = profileOf(3);
  Profile ab = a, cba = c;
  cantFail(ab.merge(b));
  cantFail(ab.merge(c));
  cantFail(cba.merge(b));
  cantFail(cba.merge(a));
  EXPECT_EQ(ab.serialize(), cba.serialize());
}

} // namespace
