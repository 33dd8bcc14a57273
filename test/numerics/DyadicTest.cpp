// Rules dyadic-n1 to dyadic-n4: multipliers and shifts from real scales.
#include "dialects/QInt/Dyadic.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <random>

using namespace qcc::qint;

namespace {

/// |m / 2^s - real| / real in 64-bit precision, exact for these operands.
double relativeError(Dyadic dyadic, double real) {
  long double value =
      std::ldexp(static_cast<long double>(dyadic.multiplier), -dyadic.shift);
  return static_cast<double>(std::fabs(value - real) / real);
}

std::string messageOf(llvm::Error error) {
  return llvm::toString(std::move(error));
}

TEST(Dyadic, IsNearest) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> exponent(-31.99, 28.99);
  for (int i = 0; i < 200000; ++i) {
    double real = std::exp2(exponent(random));
    llvm::Expected<Dyadic> dyadic = dyadicFromReal(real);
    ASSERT_TRUE(bool(dyadic));
    ASSERT_GE(dyadic->multiplier, 1 << 30);
    ASSERT_GE(dyadic->shift, 2);
    ASSERT_LE(dyadic->shift, 62);
    // Half a unit of the multiplier, which is at least 2^30.
    ASSERT_LE(relativeError(*dyadic, real), 0x1p-31) << real;
    long double unit = std::ldexp(1.0L, -dyadic->shift);
    ASSERT_LE(std::fabs(dyadic->multiplier * unit - real), unit / 2) << real;
  }
}

TEST(Dyadic, PowersOfTwoAreExact) {
  for (int e = -32; e < 29; ++e) {
    Dyadic dyadic = llvm::cantFail(dyadicFromReal(std::ldexp(1.0, e)));
    EXPECT_EQ(dyadic.multiplier, 1 << 30);
    EXPECT_EQ(dyadic.shift, 30 - e);
  }
}

TEST(Dyadic, IsNotRoundedToFloat) {
  // f32 would give 1431655808 and 32.
  Dyadic third = llvm::cantFail(dyadicFromReal(1.0 / 3));
  EXPECT_EQ(third.multiplier, 1431655765);
  EXPECT_EQ(third.shift, 32);
}

TEST(Dyadic, RoundsHalfAwayFromZero) {
  // 2^30 + 1/2 of 2^-31.
  Dyadic dyadic = llvm::cantFail(dyadicFromReal(0.5 + 0x1p-32));
  EXPECT_EQ(dyadic.multiplier, (1 << 30) + 1);
  EXPECT_EQ(dyadic.shift, 31);
}

TEST(Dyadic, MultiplierNeverReachesTwoToThe31) {
  Dyadic dyadic = llvm::cantFail(dyadicFromReal(1.0 - 0x1p-53));
  EXPECT_EQ(dyadic.multiplier, 1 << 30);
  EXPECT_EQ(dyadic.shift, 30);
}

TEST(Dyadic, SmallScalesAreZero) {
  for (double real : {0.0, 0x1p-1074, 0x1p-100, 0x1.ffffffp-33}) {
    Dyadic dyadic = llvm::cantFail(dyadicFromReal(real));
    EXPECT_EQ(dyadic.multiplier, 0) << real;
    EXPECT_EQ(dyadic.shift, 62) << real;
  }
  EXPECT_EQ(llvm::cantFail(dyadicFromReal(0x1p-32)).multiplier, 1 << 30);
}

TEST(Dyadic, LargeScalesAreErrors) {
  EXPECT_EQ(llvm::cantFail(dyadicFromReal(0x1.fffffffp28)).shift, 2);
  for (double real : {0x1p29, 1e300})
    EXPECT_THAT(messageOf(dyadicFromReal(real).takeError()),
                testing::HasSubstr("too large for a multiplier and a shift; "
                                   "expected less than 2^29"));
  // Rounds up to 2^29.
  EXPECT_THAT(messageOf(dyadicFromReal(0x1p29 * (1 - 0x1p-53)).takeError()),
              testing::HasSubstr("too large"));
}

TEST(Dyadic, WhatIsNoScaleIsAnError) {
  double infinity = std::numeric_limits<double>::infinity();
  for (double real : {-1.0, -0x1p-1074, infinity, -infinity, std::nan("")})
    EXPECT_THAT(messageOf(dyadicFromReal(real).takeError()),
                testing::HasSubstr("cannot be a multiplier and a shift"));
}

TEST(Dyadic, SixteenBits) {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> exponent(-47.99, 12.99);
  for (int i = 0; i < 100000; ++i) {
    double real = std::exp2(exponent(random));
    Dyadic dyadic = llvm::cantFail(dyadicFromReal16(real));
    ASSERT_EQ(dyadic.multiplier >> 14, 1);
    ASSERT_LE(relativeError(dyadic, real), 0x1p-15) << real;
  }
  EXPECT_EQ(llvm::cantFail(dyadicFromReal16(0x1p-49)).multiplier, 0);
  EXPECT_EQ(llvm::cantFail(dyadicFromReal16(0x1p-48)).shift, 62);
  EXPECT_THAT(messageOf(dyadicFromReal16(0x1p13).takeError()),
              testing::HasSubstr("expected less than 2^13"));
}

/// Rounded to 31 bits and then to 15; never to 2^15.
TEST(Dyadic, ReducedMultipliers) {
  auto reduced = [](double real) {
    return llvm::cantFail(reducedDyadicFromReal(real));
  };
  EXPECT_EQ(reduced(0.75).multiplier, 0x6000);
  EXPECT_EQ(reduced(0.75).shift, 15);
  EXPECT_EQ(reduced(1 - 0x1p-20).multiplier, 0x7fff);
  EXPECT_EQ(reduced(1 - 0x1p-20).shift, 15);
  EXPECT_EQ(llvm::cantFail(dyadicFromReal16(1 - 0x1p-20)).multiplier, 0x4000);
  // A half of the last bit goes up, and so does what 31 bits round to one.
  EXPECT_EQ(reduced(0.5 + 0x1p-16).multiplier, 0x4001);
  EXPECT_EQ(reduced(0.5 + 0x1p-16 - 0x1p-40).multiplier, 0x4001);
  EXPECT_EQ(reduced(0.5 + 0x1p-16 - 0x1p-31).multiplier, 0x4000);
  EXPECT_EQ(reduced(0x1p-33).multiplier, 0);
  EXPECT_EQ(reduced(0x1p12).shift, 2);
  EXPECT_THAT(messageOf(reducedDyadicFromReal(0x1p13).takeError()),
              testing::HasSubstr("too large for a multiplier of 15 bits"));
}

TEST(Rescale, HoldsOneNumberForEachScale) {
  mlir::MLIRContext context;
  context.loadDialect<QIntDialect>();
  RescaleAttr attr = llvm::cantFail(rescaleFromReal(
      &context, {0.25, 1.0 / 3, 0.0}, Rounding::Even, -3, -128, 100));
  EXPECT_THAT(attr.getMultipliers().asArrayRef(),
              testing::ElementsAre(1 << 30, 1431655765, 0));
  EXPECT_THAT(attr.getShifts().asArrayRef(), testing::ElementsAre(32, 32, 62));
  EXPECT_EQ(attr.getRounding(), Rounding::Even);
  EXPECT_EQ(attr.getZeroPoint(), -3);
  EXPECT_EQ(attr.getMin(), -128);
  EXPECT_EQ(attr.getMax(), 100);
  EXPECT_THAT(
      messageOf(rescaleFromReal(&context, {0.5, -1}, Rounding::Single, 0, 0, 1)
                    .takeError()),
      testing::HasSubstr("scale -1"));
}

TEST(AddScales, LargestShiftThatFits) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> exponent(-12, 12);
  std::uniform_int_distribution<int64_t> magnitude(127, 65535);
  for (int i = 0; i < 50000; ++i) {
    double lhs = std::exp2(exponent(random));
    double rhs = (i % 2 ? -1 : 1) * std::exp2(exponent(random));
    int64_t lhsMax = magnitude(random), rhsMax = magnitude(random);
    llvm::Expected<AddScales> scales =
        chooseAddScales(lhs, rhs, lhsMax, rhsMax);
    if (!scales) {
      llvm::consumeError(scales.takeError());
      continue;
    }
    auto [l, r, shift] = *scales;
    ASSERT_TRUE(addFits(*scales, lhsMax, rhsMax));
    ASSERT_EQ(l, std::llround(lhs * std::exp2(shift)));
    ASSERT_EQ(r, std::llround(rhs * std::exp2(shift)));
    if (shift == 30)
      continue;
    // One more bit would not fit.
    long double sum =
        lhsMax * std::fabs(std::round(lhs * std::exp2(shift + 1))) +
        rhsMax * std::fabs(std::round(rhs * std::exp2(shift + 1))) +
        std::exp2(shift);
    ASSERT_GT(sum, 2147483647.0L);
  }
}

TEST(AddScales, EqualScalesOfBytes) {
  // 2 * 255 * 2^s + 2^(s-1) < 2^31: s = 22.
  AddScales scales = llvm::cantFail(chooseAddScales(1, 1, 255, 255));
  EXPECT_EQ(scales.lhs, 1 << 22);
  EXPECT_EQ(scales.rhs, 1 << 22);
  EXPECT_EQ(scales.shift, 22);
}

TEST(AddScales, BoundIsExact) {
  // 2^21 * 1023 + 2^20 + 2^20 is 2^31: one too many.
  EXPECT_FALSE(addFits({1 << 21, 1 << 20, 21}, 1023, 1));
  EXPECT_TRUE(addFits({1 << 21, (1 << 20) - 1, 21}, 1023, 1));
  EXPECT_TRUE(addFits({-(1 << 21), -(1 << 20) + 1, 21}, 1023, 1));
  EXPECT_FALSE(addFits({INT32_MIN, INT32_MIN, 30}, INT32_MAX, INT32_MAX));
}

TEST(AddScales, WhatDoesNotFitIsAnError) {
  EXPECT_THAT(messageOf(chooseAddScales(0x1p24, 1, 255, 255).takeError()),
              testing::HasSubstr("too large for 32 bits"));
  EXPECT_THAT(messageOf(chooseAddScales(std::nan(""), 1, 255, 255).takeError()),
              testing::HasSubstr("are not finite"));
}

TEST(Magnitude, IsTheFarEnd) {
  EXPECT_EQ(magnitudeOf(-128, 127, 127), 255);
  EXPECT_EQ(magnitudeOf(-128, 127, -128), 255);
  EXPECT_EQ(magnitudeOf(-128, 127, 0), 128);
  EXPECT_EQ(magnitudeOf(0, 255, 3), 252);
}

} // namespace
