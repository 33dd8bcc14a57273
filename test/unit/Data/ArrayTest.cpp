//===- ArrayTest.cpp ------------------------------------------------------===//

#include "compiler/Data/Array.h"
#include "test/unit/Data/TestFiles.h"

#include <cfloat>
#include <cmath>
#include <limits>

using namespace qcc::data;
using namespace qcc::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// Shape 3x2: samples (0, 1), (10, 11), (20, 21).
Array threeSamples() {
  return Array::from<int16_t>({3, 2}, {0, 1, 10, 11, 20, 21});
}

TEST(Array, CountsSamplesAndElements) {
  Array array = Array::from<uint8_t>({2, 3, 5}, std::vector<uint8_t>(30));
  EXPECT_EQ(array.numElements(), 30);
  EXPECT_EQ(array.numSamples(), 2);
  EXPECT_EQ(array.sampleElements(), 15);
  EXPECT_EQ(shapeString(array.shape), "2x3x5");
}

TEST(Array, ScalarHasOneElementAndNoSamples) {
  Array array = Array::from<double>({}, std::vector<double>{-128.5});
  EXPECT_EQ(array.numElements(), 1);
  EXPECT_EQ(array.numSamples(), 0);
  EXPECT_EQ(array.sampleElements(), 0);
  EXPECT_EQ(shapeString(array.shape), "scalar");
}

TEST(Array, ByteSizeRejectsOverflowAlsoBehindAZero) {
  EXPECT_EQ(unwrap(checkedByteSize({2, 3}, DType::F64)), 48);
  EXPECT_EQ(unwrap(checkedByteSize({0, 7}, DType::F32)), 0);
  EXPECT_THAT(message(checkedByteSize({1 << 20, 1ll << 43}, DType::U8)),
              HasSubstr("larger than any memory"));
  EXPECT_THAT(message(checkedByteSize({0, 1ll << 40, 1ll << 40}, DType::U8)),
              HasSubstr("larger than any memory"));
  EXPECT_THAT(message(checkedByteSize({2, -1}, DType::U8)),
              HasSubstr("shape 2x-1 has a negative dimension"));
}

TEST(Array, ByteSizeAcceptsTheLargestThatFits) {
  EXPECT_EQ(unwrap(checkedByteSize({INT64_MAX}, DType::U8)), INT64_MAX);
  EXPECT_THAT(message(checkedByteSize({INT64_MAX}, DType::I16)),
              HasSubstr("larger than any memory"));
}

TEST(Array, SlicesSamples) {
  Array slice = unwrap(sliceSamples(threeSamples(), 1, 3));
  EXPECT_THAT(slice.shape, ElementsAre(2, 2));
  EXPECT_THAT(toFloat(slice), ElementsAre(10, 11, 20, 21));
}

TEST(Array, SliceRejectsRangesBeyondTheSamples) {
  for (auto [begin, end] : {std::pair(0, 4), {-1, 2}, {2, 1}})
    EXPECT_THAT(message(sliceSamples(threeSamples(), begin, end)),
                HasSubstr("is not within the 3 samples found"));
  EXPECT_THAT(message(sliceSamples(Array::from<float>({}, {1.0f}), 0, 0)),
              HasSubstr("a scalar has no samples"));
}

TEST(Array, GathersSamplesInOrderWithRepeats) {
  Array chosen = unwrap(gatherSamples(threeSamples(), {2, 0, 2}));
  EXPECT_THAT(chosen.shape, ElementsAre(3, 2));
  EXPECT_THAT(toFloat(chosen), ElementsAre(20, 21, 0, 1, 20, 21));
}

TEST(Array, GatherRejectsAnIndexBeyondTheSamples) {
  EXPECT_THAT(message(gatherSamples(threeSamples(), {0, 3})),
              HasSubstr("sample index 3 is not within the 3 samples found"));
  EXPECT_THAT(message(gatherSamples(threeSamples(), {-1})),
              HasSubstr("sample index -1"));
}

TEST(Array, ConvertsEveryTypeToFloat) {
  EXPECT_THAT(toFloat(Array::from<int8_t>({2}, {-128, 127})),
              ElementsAre(-128, 127));
  EXPECT_THAT(toFloat(Array::from<uint8_t>({2}, {0, 255})),
              ElementsAre(0, 255));
  EXPECT_THAT(toFloat(Array::from<int16_t>({2}, {-32768, 32767})),
              ElementsAre(-32768, 32767));
  // 2^24 + 1 is a tie and goes to the even neighbour.
  EXPECT_THAT(toFloat(Array::from<int32_t>({2}, {INT32_MIN, 16777217})),
              ElementsAre(-0x1p31f, 0x1p24f));
  EXPECT_THAT(toFloat(Array::from<int64_t>({1}, {INT64_MIN})),
              ElementsAre(-0x1p63f));
  EXPECT_THAT(toFloat(Array::from<float>({1}, {0.1f})), ElementsAre(0.1f));
  EXPECT_THAT(toFloat(Array::from<double>({1}, {0.1})), ElementsAre(0.1f));
}

TEST(Array, ConvertsDoublesBeyondFloatToInfinity) {
  double tie = 0x1.ffffffp127; // halfway to 2^128
  std::vector<double> values = {tie, std::nextafter(tie, 0), -1e300};
  EXPECT_THAT(toFloat(Array::from<double>({3}, values)),
              ElementsAre(INFINITY, FLT_MAX, -INFINITY));
}

TEST(Array, ConvertsABatchOfSamples) {
  EXPECT_THAT(toFloat(threeSamples(), 1, 2), ElementsAre(10, 11));
}

TEST(Array, ReadsIntegersFromIntegralFloats) {
  EXPECT_THAT(
      unwrap(toIntegers(Array::from<float>({3}, {-2.0f, 0.0f, 9.0f}), "y")),
      ElementsAre(-2, 0, 9));
  EXPECT_THAT(unwrap(toIntegers(Array::from<int64_t>({1}, {INT64_MIN}), "y")),
              ElementsAre(INT64_MIN));
}

TEST(Array, RejectsFloatsThatAreNoIntegers) {
  for (double bad : {0.5, double(NAN), double(INFINITY), 0x1p53})
    EXPECT_THAT(
        message(toIntegers(Array::from<double>({2}, {1.0, bad}), "labels")),
        HasSubstr("labels: element 1 is not an integer"));
}

TEST(Array, FiniteCheckNamesSampleAndElement) {
  std::vector<float> values(12, 1.5f);
  values[7] = NAN;
  EXPECT_EQ(message(checkFinite(Array::from<float>({3, 4}, values), "f.npy")),
            "f.npy: sample 1 has NaN at element 3; expected finite f32 values");
  values[7] = -INFINITY;
  EXPECT_THAT(message(checkFinite(Array::from<float>({3, 4}, values), "f.npy")),
              HasSubstr("sample 1 has -INF at element 3"));
}

TEST(Array, FiniteCheckRejectsDoublesBeyondFloat) {
  EXPECT_THAT(message(checkFinite(Array::from<double>({2}, {1.0, 1e300}), "f")),
              HasSubstr("sample 1 has"));
}

TEST(Array, FiniteCheckPassesIntegersAndEmptyArrays) {
  EXPECT_EQ(message(checkFinite(threeSamples(), "f")), "success");
  EXPECT_EQ(message(checkFinite(Array::from<float>({0, 4}, {}), "f")),
            "success");
}

TEST(Array, FiniteCheckHandlesAScalar) {
  EXPECT_THAT(message(checkFinite(Array::from<float>({}, {NAN}), "f")),
              HasSubstr("f: the value is NaN"));
}

TEST(Array, SampleShapeIgnoresDimensionsOfSizeOne) {
  for (std::vector<int64_t> shape :
       {std::vector<int64_t>{7, 28, 20}, {7, 28, 20, 1}, {7, 1, 28, 20}}) {
    Array array;
    array.shape = shape;
    EXPECT_EQ(message(checkSampleShape(array, {1, 28, 20, 1}, "f", "x")),
              "success");
  }
}

TEST(Array, SampleShapeErrorNamesFileArrayAndBothShapes) {
  Array array;
  array.shape = {7, 20, 28};
  EXPECT_EQ(message(checkSampleShape(array, {1, 28, 20, 1}, "f.npz", "x")),
            "f.npz: array 'x' has samples of shape 20x28; the model input "
            "expects 28x20x1");
  EXPECT_THAT(message(checkSampleShape(array, {1, 560}, "f.npy", "")),
              HasSubstr("f.npy has samples of shape 20x28"));
}

TEST(Array, SampleShapeErrorRecognisesChannelsFirst) {
  Array array;
  array.shape = {7, 3, 32, 24};
  EXPECT_THAT(message(checkSampleShape(array, {1, 32, 24, 3}, "f", "x")),
              HasSubstr("the data is channels-first"));
}

TEST(Array, SampleShapeRejectsAScalar) {
  EXPECT_THAT(
      message(
          checkSampleShape(Array::from<float>({}, {1.0f}), {1, 4}, "f", "x")),
      HasSubstr("f: array 'x' is a scalar; expected an array with a leading"));
}

} // namespace
