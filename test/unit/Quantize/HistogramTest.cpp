//===- HistogramTest.cpp --------------------------------------------------===//

#include "test/unit/Quantize/SampleData.h"

#include <algorithm>
#include <cfloat>

using namespace qcc::quantize;
using namespace qcc::test;
using testing::ElementsAre;

namespace {

/// Counts by the definition, one value at a time.
std::vector<uint64_t> countSlowly(const Histogram &histogram,
                                  llvm::ArrayRef<float> values) {
  std::vector<uint64_t> counts(histogram.counts.size());
  for (float value : values)
    for (size_t i = 0; i < counts.size(); ++i)
      counts[i] +=
          histogram.lowerEdge(i) <= value && value < histogram.lowerEdge(i + 1);
  return counts;
}

TEST(Histogram, BinsAreHalfOpenAndAlignedToZero) {
  EXPECT_EQ(Histogram::binOf(0, -2), 0);
  EXPECT_EQ(Histogram::binOf(0.25, -2), 1);
  EXPECT_EQ(Histogram::binOf(std::nextafter(0.25, 0), -2), 0);
  EXPECT_EQ(Histogram::binOf(-0.25, -2), -1);
  EXPECT_EQ(Histogram::binOf(std::nextafter(-0.25, -1), -2), -2);
}

TEST(Histogram, TinyNegativeValuesAreBelowZeroAtAnyWidth) {
  EXPECT_EQ(Histogram::binOf(-FLT_TRUE_MIN, 116), -1);
  std::vector<float> values = {-FLT_TRUE_MIN, FLT_MAX, 0};
  ValueStats stats = statsOf(values);
  EXPECT_EQ(stats.histogram.first, -1);
  EXPECT_EQ(stats.histogram.counts.front(), 1u);
}

TEST(Histogram, WidthIsTheSmallestThatCoversTheRange) {
  for (auto [min, max] : {std::pair(-1.0, 1.0),
                          {0.0, 1.0},
                          {-3.0, 5.0},
                          {900.0, 1000.0},
                          {-FLT_MAX, double(FLT_MAX)},
                          {-4096.0, -1.0},
                          {0.0, 4095.0},
                          {0.0, 4096.0},
                          {-1.0, 4094.5},
                          {-1.0, 4095.0}}) {
    auto bins = [&, low = std::min(min, 0.0),
                 high = std::max(max, 0.0)](int width) {
      return Histogram::binOf(high, width) - Histogram::binOf(low, width) + 1;
    };
    int width = Histogram::widthFor(min, max);
    EXPECT_LE(bins(width), Histogram::maxBins) << min << " " << max;
    EXPECT_GT(bins(width - 1), Histogram::maxBins) << min << " " << max;
  }
}

TEST(Histogram, WidthHasALowerBound) {
  EXPECT_EQ(Histogram::widthFor(0, 0), Histogram::minWidthLog2);
  EXPECT_EQ(Histogram::widthFor(-FLT_TRUE_MIN, FLT_TRUE_MIN),
            Histogram::minWidthLog2);
}

TEST(Histogram, WideningMergesAlignedPairs) {
  Histogram histogram;
  histogram.widthLog2 = 0;
  histogram.first = -3;
  histogram.counts = {1, 2, 4, 8, 16, 32}; // bins -3 to 2
  histogram.widenTo(1);
  EXPECT_EQ(histogram.first, -2);
  EXPECT_THAT(histogram.counts, ElementsAre(1, 6, 24, 32));
  histogram.widenTo(3);
  EXPECT_EQ(histogram.first, -1);
  EXPECT_THAT(histogram.counts, ElementsAre(7, 56));
  histogram.widenTo(200);
  EXPECT_EQ(histogram.first, -1);
  EXPECT_THAT(histogram.counts, ElementsAre(7, 56));
}

TEST(Histogram, WideningByTheWidthOfAnIntegerLeavesTheSigns) {
  Histogram histogram;
  histogram.widthLog2 = -30;
  histogram.first = -3;
  histogram.counts = {1, 2, 4, 8, 16, 32};
  histogram.widenTo(-30 + 64);
  EXPECT_EQ(histogram.first, -1);
  EXPECT_THAT(histogram.counts, ElementsAre(7, 56));
}

TEST(Histogram, ExtendingKeepsTheCounts) {
  Histogram histogram;
  histogram.extendTo(2, 3);
  histogram.counts = {5, 6};
  histogram.extendTo(0, 4);
  EXPECT_EQ(histogram.first, 0);
  EXPECT_THAT(histogram.counts, ElementsAre(0, 0, 5, 6, 0));
  histogram.extendTo(1, 2);
  EXPECT_THAT(histogram.counts, ElementsAre(0, 0, 5, 6, 0));
}

TEST(Histogram, CountsAreThoseOfTheDefinition) {
  for (unsigned seed : {1u, 2u, 3u})
    for (const std::vector<float> &values :
         {normal(301, seed), normal(1025, seed, 100, 3), wild(449, seed)}) {
      Histogram histogram = statsOf(values).histogram;
      EXPECT_EQ(histogram.counts, countSlowly(histogram, values));
    }
}

TEST(Histogram, ValuesOnEdgesBelongToTheBinAbove) {
  std::vector<float> values;
  for (int i = -2047; i <= 2047; ++i)
    values.push_back(i * 0.5f);
  Histogram histogram = statsOf(values).histogram;
  EXPECT_EQ(histogram.widthLog2, -1);
  EXPECT_EQ(histogram.first, -2047);
  EXPECT_THAT(histogram.counts, testing::Each(1));
}

} // namespace
