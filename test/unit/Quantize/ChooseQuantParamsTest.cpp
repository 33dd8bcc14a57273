//===- ChooseQuantParamsTest.cpp ------------------------------------------===//

#include "passes/Quantize/Observers.h"

#include <cfloat>
#include <cmath>
#include <gtest/gtest.h>

using namespace qcc::quantize;

namespace {

constexpr QuantScheme s8 = {8, true, false};
constexpr QuantScheme u8 = {8, false, false};
constexpr QuantScheme s8Symmetric = {8, true, true};
constexpr QuantScheme u8Symmetric = {8, false, true};

TEST(QuantScheme, StorageOfEveryKind) {
  EXPECT_EQ(s8.storageMin(), -128);
  EXPECT_EQ(s8.storageMax(), 127);
  EXPECT_EQ(u8.storageMin(), 0);
  EXPECT_EQ(u8.storageMax(), 255);
  EXPECT_EQ(s8Symmetric.storageMin(), -127);
  EXPECT_EQ(u8Symmetric.storageMin(), 1);
  EXPECT_EQ((QuantScheme{4, true, true}.storageMin()), -7);
  EXPECT_EQ((QuantScheme{2, true, true}.storageMax()), 1);
  EXPECT_EQ((QuantScheme{16, true, false}.storageMin()), -32768);
}

TEST(ChooseQuantParams, AsymmetricCoversTheRange) {
  QuantParams params = chooseQuantParams({-1.0, 4.1}, s8);
  EXPECT_DOUBLE_EQ(params.scale, 5.1 / 255);
  EXPECT_EQ(params.zeroPoint, -78);
  EXPECT_EQ(chooseQuantParams({-1.0, 4.1}, u8).zeroPoint, 50);
}

TEST(ChooseQuantParams, TiesOfTheZeroPointGoAwayFromZero) {
  // -128 + 127.5 = -0.5
  EXPECT_EQ(chooseQuantParams({-1.0, 1.0}, s8).zeroPoint, -1);
  EXPECT_EQ(chooseQuantParams({-1.0, 1.0}, u8).zeroPoint, 128);
}

TEST(ChooseQuantParams, SymmetricUsesTheLargerSide) {
  QuantParams params = chooseQuantParams({-2.54, 1.0}, s8Symmetric);
  EXPECT_DOUBLE_EQ(params.scale, 2.54 / 127);
  EXPECT_EQ(params.zeroPoint, 0);
  EXPECT_EQ(chooseQuantParams({-2.54, 1.0}, u8Symmetric).zeroPoint, 128);
  EXPECT_DOUBLE_EQ(chooseQuantParams({-1.0, 2.54}, u8Symmetric).scale,
                   2.54 / 127);
}

TEST(ChooseQuantParams, RangesWithoutZeroAreWidened) {
  EXPECT_EQ(chooseQuantParams({3.0, 5.1}, u8).zeroPoint, 0);
  EXPECT_DOUBLE_EQ(chooseQuantParams({3.0, 5.1}, u8).scale, 5.1 / 255);
  EXPECT_EQ(chooseQuantParams({-5.1, -3.0}, s8).zeroPoint, 127);
}

TEST(ChooseQuantParams, AllZeroHasScaleOne) {
  for (const QuantScheme &scheme : {s8, u8, s8Symmetric}) {
    EXPECT_EQ(chooseQuantParams({0, 0}, scheme).scale, 1.0);
    EXPECT_EQ(chooseQuantParams({0, 0}, scheme).zeroPoint, 0);
  }
  EXPECT_EQ(chooseQuantParams({0, 0}, u8Symmetric).zeroPoint, 128);
}

TEST(ChooseQuantParams, ConstantsAreExact) {
  for (double constant : {7.25, -7.25, 1e-3, -1e20})
    for (const QuantScheme &scheme : {s8, u8, s8Symmetric, u8Symmetric}) {
      QuantParams params = chooseQuantParams({constant, constant}, scheme);
      EXPECT_NEAR(fakeQuantize(constant, params, scheme) / constant, 1, 1e-15);
    }
}

TEST(ChooseQuantParams, ZeroIsAlwaysExactAndWithinStorage) {
  for (unsigned bits : {2u, 3u, 4u, 8u, 16u})
    for (bool isSigned : {false, true})
      for (bool symmetric : {false, true})
        for (double lo : {0.0, -1e-30, -0.3, -1.0, -1e30})
          for (double hi : {0.0, 1e-30, 0.7, 1.0, 1e30}) {
            QuantScheme scheme = {bits, isSigned, symmetric};
            QuantParams params = chooseQuantParams({lo, hi}, scheme);
            EXPECT_GE(params.zeroPoint, scheme.storageMin());
            EXPECT_LE(params.zeroPoint, scheme.storageMax());
            EXPECT_EQ(fakeQuantize(0, params, scheme), 0);
          }
}

TEST(ChooseQuantParams, EndsLoseAtMostHalfAStep) {
  for (double lo : {-3.3, -0.01, 0.0})
    for (double hi : {0.0, 0.02, 5.7}) {
      if (lo == hi)
        continue;
      QuantParams params = chooseQuantParams({lo, hi}, s8);
      double slack = params.scale * (0.5 + 1e-9);
      EXPECT_NEAR(fakeQuantize(lo, params, s8), lo, slack);
      EXPECT_NEAR(fakeQuantize(hi, params, s8), hi, slack);
    }
}

TEST(ChooseQuantParams, ScaleStaysWithinNormalFloats) {
  EXPECT_EQ(chooseQuantParams({0, FLT_TRUE_MIN}, u8).scale, FLT_MIN);
  EXPECT_EQ(chooseQuantParams({-FLT_TRUE_MIN, 0}, s8Symmetric).scale, FLT_MIN);
  EXPECT_EQ(chooseQuantParams({-1e300, 1e300}, s8).scale, FLT_MAX);
}

TEST(FakeQuantize, RoundsTiesAwayAndClamps) {
  QuantParams params = {0.5, 3};
  EXPECT_EQ(fakeQuantize(0.25, params, s8), 0.5);
  EXPECT_EQ(fakeQuantize(-0.25, params, s8), -0.5);
  EXPECT_EQ(fakeQuantize(1000, params, s8), (127 - 3) * 0.5);
  EXPECT_EQ(fakeQuantize(-1000, params, s8), (-128 - 3) * 0.5);
}

} // namespace
