//===- ObserversTest.cpp --------------------------------------------------===//

#include "passes/Quantize/Observers.h"
#include "test/unit/Quantize/SampleData.h"

#include <algorithm>

using namespace qcc::quantize;
using namespace qcc::test;
using testing::HasSubstr;

namespace {

constexpr Observer minMax = {ObserverKind::MinMax};
constexpr Observer mse = {ObserverKind::Mse};
constexpr Observer entropy = {ObserverKind::Entropy};
Observer percentile(double percent) {
  return {ObserverKind::Percentile, percent};
}

QuantScheme asymmetric(unsigned bits = 8) { return {bits, true, false}; }
QuantScheme symmetric(unsigned bits = 8) { return {bits, true, true}; }

std::vector<float> relu(std::vector<float> values) {
  for (float &value : values)
    value = std::max(value, 0.0f);
  return values;
}

/// Normal values with a few far outliers.
std::vector<float> withOutliers(unsigned seed) {
  std::vector<float> values = normal(20000, seed);
  values[5] = 40;
  values[77] = -25;
  return values;
}

/// Squared error on the values themselves.
double errorOnData(llvm::ArrayRef<float> values, Range range,
                   const QuantScheme &scheme) {
  QuantParams params = chooseQuantParams(range, scheme);
  double sum = 0;
  for (float value : values)
    sum += std::pow(value - fakeQuantize(value, params, scheme), 2);
  return sum / values.size();
}

TEST(Observers, MinMaxIncludesZero) {
  EXPECT_EQ(chooseRange(statsOf({-2.0f, 5.0f}), minMax, asymmetric()),
            (Range{-2, 5}));
  EXPECT_EQ(chooseRange(statsOf({2.0f, 5.0f}), minMax, asymmetric()),
            (Range{0, 5}));
  EXPECT_EQ(chooseRange(statsOf({-2.0f, -5.0f}), minMax, asymmetric()),
            (Range{-5, 0}));
  EXPECT_EQ(chooseRange(statsOf({-2.0f, 5.0f}), minMax, symmetric()),
            (Range{-5, 5}));
}

TEST(Observers, NothingAndAllZeroGiveTheEmptyRange) {
  for (const Observer &observer : {minMax, percentile(99), mse, entropy})
    for (const QuantScheme &scheme : {asymmetric(), symmetric()}) {
      EXPECT_EQ(chooseRange(ValueStats(), observer, scheme), (Range{0, 0}));
      EXPECT_EQ(chooseRange(statsOf({0.0f, -0.0f}), observer, scheme),
                (Range{0, 0}));
    }
}

TEST(Observers, ConstantsStayRepresentable) {
  for (const Observer &observer : {minMax, percentile(99), mse, entropy})
    for (const QuantScheme &scheme : {asymmetric(), symmetric()})
      for (float constant : {3.7f, -3.7f}) {
        ValueStats stats = statsOf({constant, constant, constant});
        Range range = chooseRange(stats, observer, scheme);
        double back =
            fakeQuantize(constant, chooseQuantParams(range, scheme), scheme);
        EXPECT_NEAR(back, constant, 0.01);
      }
}

TEST(Observers, RangesIncludeZeroAndStayWithinMinMax) {
  for (const std::vector<float> &values :
       {normal(3000, 1), relu(normal(3000, 2)), normal(3000, 3, 50, 1),
        normal(3000, 4, -50, 1), withOutliers(5), wild(500, 6)})
    for (const Observer &observer : {percentile(99.9), mse, entropy})
      for (const QuantScheme &scheme :
           {asymmetric(8), symmetric(8), asymmetric(4), symmetric(3)}) {
        ValueStats stats = statsOf(values);
        Range full = chooseRange(stats, minMax, scheme);
        Range range = chooseRange(stats, observer, scheme);
        EXPECT_LE(range.lo, 0);
        EXPECT_GE(range.hi, 0);
        EXPECT_LT(range.lo, range.hi);
        EXPECT_GE(range.lo, full.lo);
        EXPECT_LE(range.hi, full.hi);
        if (scheme.symmetric)
          EXPECT_EQ(range.lo, -range.hi);
      }
}

TEST(Observers, PercentileCutsBothTails) {
  std::vector<float> values;
  for (int i = -500; i < 500; ++i)
    values.push_back(i + 0.5f);
  Range range = chooseRange(statsOf(values), percentile(90), asymmetric());
  EXPECT_NEAR(range.lo, -450, 1);
  EXPECT_NEAR(range.hi, 450, 1);
}

TEST(Observers, PercentileOfOneSidedValuesCutsOneTail) {
  std::vector<float> values, negated;
  for (int i = 0; i < 1000; ++i) {
    values.push_back(i + 0.5f);
    negated.push_back(-i - 0.5f);
  }
  Range range = chooseRange(statsOf(values), percentile(90), asymmetric());
  EXPECT_EQ(range.lo, 0);
  EXPECT_NEAR(range.hi, 900, 1);
  range = chooseRange(statsOf(negated), percentile(90), asymmetric());
  EXPECT_NEAR(range.lo, -900, 1);
  EXPECT_EQ(range.hi, 0);
}

TEST(Observers, PercentileOfASymmetricSchemeIsThatOfMagnitudes) {
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i)
    values.push_back((i % 2 ? -1 : 1) * (i + 0.5f));
  Range range = chooseRange(statsOf(values), percentile(80), symmetric());
  EXPECT_NEAR(range.hi, 800, 1);
}

TEST(Observers, SymmetricRangesDoNotDependOnTheSign) {
  std::vector<float> values = normal(5000, 11, 0.7), negated;
  for (float value : values)
    negated.push_back(-value);
  for (const Observer &observer : {minMax, percentile(99), mse, entropy})
    EXPECT_EQ(chooseRange(statsOf(values), observer, symmetric(4)),
              chooseRange(statsOf(negated), observer, symmetric(4)));
}

TEST(Observers, PercentileOfAllIsMinMax) {
  ValueStats stats = statsOf(withOutliers(3));
  EXPECT_EQ(chooseRange(stats, percentile(100), asymmetric()),
            chooseRange(stats, minMax, asymmetric()));
}

TEST(Observers, PercentileThatCutsEverythingFallsBack) {
  std::vector<float> values(1000, 0.0f);
  values[3] = 8;
  EXPECT_EQ(chooseRange(statsOf(values), percentile(99), symmetric()).hi, 8);
}

TEST(Observers, ErrorOnTheHistogramIsCloseToThatOnTheData) {
  for (unsigned bits : {3u, 4u, 8u}) {
    std::vector<float> values = normal(20000, 8);
    Range range = {-2.5, 3};
    double onData = errorOnData(values, range, asymmetric(bits));
    EXPECT_NEAR(quantizationError(statsOf(values), range, asymmetric(bits)),
                onData, 0.03 * onData);
  }
}

TEST(Observers, ErrorCountsZerosAsExact) {
  // All in the bin of zero, which is far wider than 0.1 beside 4000.
  std::vector<float> values(100, 0.0f);
  values.push_back(4000);
  EXPECT_NEAR(quantizationError(statsOf(values), {0, 4000}, asymmetric()), 0,
              1e-12);
}

TEST(Observers, ErrorOfNothingIsZero) {
  EXPECT_EQ(quantizationError(ValueStats(), {-1, 1}, asymmetric()), 0);
}

/// The least error of `steps` clipping ratios of both ends together.
double bruteForceBoth(const ValueStats &stats, const QuantScheme &scheme,
                      int steps) {
  Range full = chooseRange(stats, minMax, scheme);
  double best = HUGE_VAL;
  for (int i = 1; i <= steps; ++i) {
    double ratio = static_cast<double>(i) / steps;
    best = std::min(
        best,
        quantizationError(stats, {full.lo * ratio, full.hi * ratio}, scheme));
  }
  return best;
}

TEST(Observers, MseReachesTheBruteForceOptimum) {
  constexpr int steps = 1000;
  for (const std::vector<float> &values :
       {normal(20000, 1), relu(normal(20000, 2)), withOutliers(3)})
    for (unsigned bits : {2u, 3u, 4u, 6u, 8u}) {
      ValueStats stats = statsOf(values);
      double found = quantizationError(
          stats, chooseRange(stats, mse, symmetric(bits)), symmetric(bits));
      EXPECT_LE(found, 1.005 * bruteForceBoth(stats, symmetric(bits), steps))
          << bits;
    }
}

TEST(Observers, MseOfBothEndsReachesABruteForceGrid) {
  // Skewed, so that the ends want different ratios.
  std::vector<float> values = normal(20000, 4);
  for (float &value : values)
    value = value > 0 ? value * value : value / 2;
  ValueStats stats = statsOf(values);
  for (unsigned bits : {3u, 4u, 8u}) {
    Range full = chooseRange(stats, minMax, asymmetric(bits));
    double best = HUGE_VAL;
    for (int i = 1; i <= 40; ++i)
      for (int j = 1; j <= 40; ++j)
        best = std::min(
            best, quantizationError(stats, {full.lo * i / 40, full.hi * j / 40},
                                    asymmetric(bits)));
    double found = quantizationError(
        stats, chooseRange(stats, mse, asymmetric(bits)), asymmetric(bits));
    EXPECT_LE(found, 1.02 * best) << bits;
  }
}

TEST(Observers, MseIsNeverWorseThanMinMax) {
  for (unsigned seed = 0; seed < 3; ++seed)
    for (const std::vector<float> &values :
         {normal(500, seed, 0.3), relu(normal(500, seed)), wild(300, seed)})
      for (unsigned bits : {2u, 8u, 10u})
        for (bool isSymmetric : {false, true}) {
          QuantScheme scheme = {bits, true, isSymmetric};
          ValueStats stats = statsOf(values);
          Range range = chooseRange(stats, mse, scheme);
          Range full = chooseRange(stats, minMax, scheme);
          EXPECT_LE(quantizationError(stats, range, scheme),
                    quantizationError(stats, full, scheme));
        }
}

TEST(Observers, MseClipsOutliersAtFewBits) {
  std::vector<float> values = withOutliers(7);
  Range range = chooseRange(statsOf(values), mse, asymmetric(4));
  EXPECT_LT(range.hi, 10);
  EXPECT_GT(range.lo, -10);
  EXPECT_LT(errorOnData(values, range, asymmetric(4)),
            0.2 * errorOnData(values, {-25, 40}, asymmetric(4)));
}

TEST(Observers, MseKeepsMinMaxAtManyBits) {
  ValueStats stats = statsOf(withOutliers(7));
  EXPECT_EQ(chooseRange(stats, mse, asymmetric(16)), (Range{-25, 40}));
}

TEST(Observers, EntropyClipsOutliers) {
  for (const QuantScheme &scheme : {symmetric(), asymmetric()}) {
    Range range = chooseRange(statsOf(withOutliers(9)), entropy, scheme);
    EXPECT_LT(range.hi, 20);
    EXPECT_GT(range.hi, 1);
  }
}

TEST(Observers, EntropyKeepsUniformValues) {
  std::vector<float> values;
  for (int i = 0; i < 40000; ++i)
    values.push_back(i / 40000.0f);
  Range range = chooseRange(statsOf(values), entropy, asymmetric());
  EXPECT_EQ(range.lo, 0);
  EXPECT_GT(range.hi, 0.95);
}

/// Zeros are exact in every range, so that they cannot argue for clipping.
TEST(Observers, EntropyIgnoresExactZeros) {
  std::vector<float> values = relu(normal(20000, 11));
  Range few = chooseRange(statsOf(values), entropy, asymmetric());
  values.insert(values.end(), 500000, 0.0f);
  EXPECT_EQ(chooseRange(statsOf(values), entropy, asymmetric()), few);
  EXPECT_GT(few.hi, 2);
}

TEST(Observers, EntropyNeedsMoreBinsThanLevels) {
  ValueStats stats = statsOf(normal(1000, 5));
  EXPECT_EQ(chooseRange(stats, entropy, asymmetric(16)),
            chooseRange(stats, minMax, asymmetric(16)));
}

/// No scale on a fine grid is better by much, whatever the zero point: the
/// search end by end misses nothing, though zero points move by whole steps.
TEST(Observers, MseIsTheBestOfAllZeroPointsAtFewBits) {
  for (unsigned seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<float> values = normal(3000, seed, 0.3 * seed);
    for (int i = 0; i < 20; ++i)
      values.push_back(-3 - 0.2f * seed);
    ValueStats stats = statsOf(values);
    QuantScheme scheme = asymmetric(seed % 2 ? 4 : 3);
    double error =
        quantizationError(stats, chooseRange(stats, mse, scheme), scheme);
    int steps = scheme.storageMax() - scheme.storageMin();
    double best = error;
    for (int below = 0; below <= steps; ++below)
      for (int step = 1; step < 300; ++step) {
        double scale = step * 0.006;
        best = std::min(
            best,
            quantizationError(stats, {-below * scale, (steps - below) * scale},
                              scheme));
      }
    EXPECT_LE(error, 1.002 * best);
  }
}

TEST(Observers, NamesParse) {
  EXPECT_EQ(parseObserver("minmax")->kind, ObserverKind::MinMax);
  EXPECT_EQ(parseObserver("mse")->kind, ObserverKind::Mse);
  EXPECT_EQ(parseObserver("entropy")->kind, ObserverKind::Entropy);
  EXPECT_EQ(parseObserver("auto")->kind, ObserverKind::Auto);
  EXPECT_EQ(parseObserver("percentile")->percentile, 99.99);
  EXPECT_EQ(parseObserver("percentile=99.5")->percentile, 99.5);
  EXPECT_EQ(parseObserver("percentile=100")->percentile, 100);
}

TEST(Observers, WrongNamesAreErrors) {
  for (const char *text : {"", "max", "mse=3", "minmax=", "=99"})
    EXPECT_THAT(message(parseObserver(text).takeError()),
                HasSubstr("unknown observer '" + std::string(text) + "'"));
  for (const char *text : {"", "50", "100.5", "nan", "x", "-99"})
    EXPECT_THAT(
        message(parseObserver(std::string("percentile=") + text).takeError()),
        HasSubstr("percentile '" + std::string(text) +
                  "' is not a number in (50, 100]"));
}

TEST(TryRanges, BestScoreIsFirst) {
  for (unsigned bits : {4u, 8u, 16u}) {
    SCOPED_TRACE(bits);
    ValueStats stats = statsOf(normal(20000, 5));
    QuantScheme scheme{bits, true, bits == 16};
    std::vector<RangeChoice> choices = tryRanges(stats, scheme);
    ASSERT_EQ(choices.size(), 4u);
    double signal = stats.sumSquares / static_cast<double>(stats.elements);
    for (const RangeChoice &choice : choices) {
      Observer observer;
      observer.kind = choice.kind;
      EXPECT_EQ(choice.range, chooseRange(stats, observer, scheme));
      EXPECT_NEAR(choice.sqnr,
                  10 * std::log10(signal / quantizationError(
                                               stats, choice.range, scheme)),
                  1e-9);
      EXPECT_GE(choices.front().sqnr, choice.sqnr);
    }
    EXPECT_EQ(chooseRange(stats, *parseObserver("auto"), scheme),
              choices.front().range);
  }
}

TEST(TryRanges, WithoutErrorsMinMaxIsFirst) {
  std::vector<RangeChoice> choices =
      tryRanges(statsOf({0.0f, 0.0f}), QuantScheme());
  EXPECT_EQ(choices.front().kind, ObserverKind::MinMax);
  EXPECT_EQ(choices.front().range, (Range{0, 0}));
  EXPECT_EQ(observerName(choices.front().kind), "minmax");
}

/// Uniform values up to 1: every code as often as its steps are wide.
TEST(SumOfCodes, IsThatOfTheValues) {
  std::vector<float> values;
  for (int i = 0; i < 4096; ++i)
    values.push_back(static_cast<float>(i + 0.5) / 4096);
  ValueStats stats = statsOf(values);
  for (int32_t most : {255, 100}) {
    SCOPED_TRACE(most);
    double sum = 0;
    for (float value : values)
      sum += std::min<double>(std::floor(value * 256.0 + 0.5), most);
    EXPECT_NEAR(sumOfCodes(stats, 0x1p-8, most), sum, 1e-4 * sum);
  }
}

/// One value is its code; 254.5 steps are 255 of them, 0.49 are none.
TEST(SumOfCodes, OfOneValue) {
  EXPECT_EQ(sumOfCodes(statsOf({0x1.fdp-1f}), 0x1p-8, 255), 255);
  EXPECT_EQ(sumOfCodes(statsOf({1.0f, 1.0f, 0.0f}), 0x1p-8, 255), 510);
  EXPECT_EQ(sumOfCodes(statsOf({0x0.7dp-8f}), 0x1p-8, 255), 0);
}

} // namespace
