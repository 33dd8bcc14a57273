// The rounding rules of docs/numerics.md on dense grids, on ties and on random
// values. The oracles here share nothing with Arithmetic.h: they check the
// inequality that defines each rounding, or are gemmlowp's own two functions.
#include "dialects/QInt/Reference/Arithmetic.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <random>

using namespace qcc::qint::reference;

namespace {

using Exact = __int128;

/// Random cases of each test; 1 million unless QCC_NUMERICS_CASES says more.
int64_t cases() {
  const char *text = std::getenv("QCC_NUMERICS_CASES");
  return text ? std::atoll(text) : 1000000;
}

Exact magnitude(Exact value) { return value < 0 ? -value : value; }

/// Whether r is numerator / 2^shift rounded by the rule of `mode`.
bool isRounded(int64_t r, Exact numerator, int shift, RoundingMode mode) {
  Exact unit = Exact(1) << shift;
  Exact twiceError = 2 * (r * unit - numerator);
  if (magnitude(twiceError) != unit)
    return magnitude(twiceError) < unit;
  switch (mode) {
  case RoundingMode::Single:
    return twiceError > 0;
  case RoundingMode::Even:
    return r % 2 == 0;
  default:
    return magnitude(Exact(r) * unit) > magnitude(numerator);
  }
}

/// gemmlowp's SaturatingRoundingDoublingHighMul, written from its description.
int32_t highMul(int32_t a, int32_t b) {
  if (a == b && a == INT32_MIN)
    return INT32_MAX;
  int64_t product = int64_t(a) * b;
  int64_t nudge = product >= 0 ? int64_t(1) << 30 : 1 - (int64_t(1) << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t(1) << 31));
}

/// gemmlowp's RoundingDivideByPOT.
int32_t divideByPowerOfTwo(int32_t x, int exponent) {
  int64_t mask = (int64_t(1) << exponent) - 1;
  int64_t remainder = x & mask;
  int64_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/// TOSA's apply_scale_32 with double rounding.
int64_t tosaDouble(int32_t v, int32_t m, int s) {
  Exact round = Exact(1) << (s - 1);
  if (s > 31)
    round += v >= 0 ? Exact(1) << 30 : -(Exact(1) << 30);
  return static_cast<int64_t>((Exact(v) * m + round) >> s);
}

/// Values, multipliers and shifts; half of the values are small, since small
/// shifts make large values all alike after saturation.
struct Source {
  std::mt19937_64 random{20220131};

  int32_t value() {
    uint64_t bits = random();
    return static_cast<int32_t>(static_cast<uint32_t>(bits)) >> (bits >> 59);
  }
  int32_t multiplier() { return (1 << 30) | (random() & 0x3fffffff); }
  int shift() { return 2 + static_cast<int>(random() % 61); }
};

struct Case {
  int32_t v, m;
  int s;
};

/// Calls visit for values at, just below and just above exact halves: with
/// m = a * 2^t and v = b * 2^(s-1-t), a and b odd, v * m / 2^s is a half.
template <typename Visit> void forEachTie(Visit visit) {
  Source source;
  for (int s = 2; s <= 61; ++s)
    for (int t = std::max(0, s - 31); t <= std::min(30, s - 1); ++t)
      for (int repeat = 0; repeat < 200; ++repeat) {
        int64_t a = source.multiplier() >> t | 1;
        int32_t m = static_cast<int32_t>(a << t);
        int power = s - 1 - t;
        int64_t b = (source.value() >> power) | 1;
        for (int near = -1; near <= 1; ++near) {
          int64_t v = b * (int64_t(1) << power) + near;
          if (v >= INT32_MIN && v <= INT32_MAX)
            visit(Case{static_cast<int32_t>(v), m, s});
        }
      }
  // The one tie of the largest shift.
  visit(Case{INT32_MIN, 1 << 30, 62});
  visit(Case{INT32_MAX, 1 << 30, 62});
}

template <typename Visit> void forEachRandom(Visit visit) {
  Source source;
  for (int64_t i = 0, n = cases(); i < n; ++i)
    visit(Case{source.value(), source.multiplier(), source.shift()});
}

/// Ends of every range together.
template <typename Visit> void forEachEdge(Visit visit) {
  for (int s = 2; s <= 62; ++s)
    for (int32_t m : {0, 1 << 30, (1 << 30) + 1, INT32_MAX - 1, INT32_MAX})
      for (int32_t v : {INT32_MIN, INT32_MIN + 1, -129, -128, -2, -1, 0, 1, 2,
                        127, 128, INT32_MAX - 1, INT32_MAX})
        visit(Case{v, m, s});
}

template <typename Visit> void forEachCase(Visit visit) {
  forEachEdge(visit);
  forEachTie(visit);
  forEachRandom(visit);
}

/// Runs check on every case and stops at the first failure.
template <typename Check> void expectAll(Check check) {
  int64_t wrong = 0, tried = 0;
  Case first{};
  forEachCase([&](Case c) {
    ++tried;
    if (!check(c) && wrong++ == 0)
      first = c;
  });
  EXPECT_EQ(wrong, 0) << "first: v " << first.v << ", m " << first.m << ", s "
                      << first.s;
  EXPECT_GT(tried, cases());
}

void expectMode(RoundingMode mode) {
  expectAll([&](Case c) {
    return isRounded(rescaleValue(c.v, c.m, c.s, mode), Exact(c.v) * c.m, c.s,
                     mode);
  });
}

TEST(Rescale, SingleIsHalfUp) { expectMode(RoundingMode::Single); }
TEST(Rescale, EvenIsHalfToEven) { expectMode(RoundingMode::Even); }
TEST(Rescale, AwayIsHalfAwayFromZero) { expectMode(RoundingMode::Away); }

TEST(Rescale, TiesAreReallyTried) {
  int64_t ties = 0;
  forEachTie([&](Case c) {
    Exact unit = Exact(1) << c.s;
    ties += ((Exact(c.v) * c.m) % unit + unit) % unit == unit / 2;
  });
  EXPECT_GT(ties, 50000);
}

TEST(Rescale, ModesDifferOnTiesOnly) {
  expectAll([](Case c) {
    Exact unit = Exact(1) << c.s, product = Exact(c.v) * c.m;
    bool tie = (product % unit + unit) % unit == unit / 2;
    int64_t up = rescaleValue(c.v, c.m, c.s, RoundingMode::Single);
    int64_t even = rescaleValue(c.v, c.m, c.s, RoundingMode::Even);
    int64_t away = rescaleValue(c.v, c.m, c.s, RoundingMode::Away);
    return tie ? (away == up) == (c.v > 0) && (even == up) == (up % 2 == 0)
               : up == even && up == away;
  });
}

TEST(Rescale, DoubleIsGemmlowp) {
  int64_t compared = 0;
  expectAll([&](Case c) {
    int left = std::max(31 - c.s, 0), right = std::max(c.s - 31, 0);
    int64_t shifted = int64_t(c.v) * (int64_t(1) << left);
    if (shifted < INT32_MIN || shifted > INT32_MAX)
      return true; // gemmlowp leaves its range; DoubleIsTosa has these.
    ++compared;
    int32_t expected =
        divideByPowerOfTwo(highMul(static_cast<int32_t>(shifted), c.m), right);
    return rescaleValue(c.v, c.m, c.s, RoundingMode::Double) == expected;
  });
  EXPECT_GT(compared, cases() / 2);
}

TEST(Rescale, DoubleIsTosa) {
  expectAll([](Case c) {
    return rescaleValue(c.v, c.m, c.s, RoundingMode::Double) ==
           tosaDouble(c.v, c.m, c.s);
  });
}

TEST(Rescale, DoubleDiffersFromSingle) {
  // 0.4999999998 becomes a half and then 1.
  EXPECT_EQ(rescaleValue(1, INT32_MAX, 32, RoundingMode::Single), 0);
  EXPECT_EQ(rescaleValue(1, INT32_MAX, 32, RoundingMode::Double), 1);
  EXPECT_EQ(rescaleValue(-1, INT32_MAX, 32, RoundingMode::Double), -1);
}

// Rule rescale-s7.
TEST(Rescale, TruncatingHighMultiplyIsExactFrom33) {
  expectAll([](Case c) {
    if (c.s < 33)
      return true;
    int32_t high = static_cast<int32_t>((int64_t(c.v) * c.m) >> 32);
    int64_t cheap = (int64_t(high) + (int64_t(1) << (c.s - 33))) >> (c.s - 32);
    return cheap == rescaleValue(c.v, c.m, c.s, RoundingMode::Single);
  });
}

// Rule rescale-s7, the doubling form.
TEST(Rescale, DoublingHighMultiplyIsExactFrom32) {
  expectAll([](Case c) {
    if (c.s < 32)
      return true;
    int32_t high = static_cast<int32_t>((2 * (int64_t(c.v) * c.m)) >> 32);
    int64_t cheap = (int64_t(high) + (int64_t(1) << (c.s - 32))) >> (c.s - 31);
    return cheap == rescaleValue(c.v, c.m, c.s, RoundingMode::Single);
  });
}

// Rule rescale-s1: 64-bit arithmetic is enough.
TEST(Rescale, SingleFits64Bits) {
  expectAll([](Case c) {
    int64_t sum;
    if (__builtin_add_overflow(int64_t(c.v) * c.m, int64_t(1) << (c.s - 1),
                               &sum))
      return false;
    return sum >> c.s == rescaleValue(c.v, c.m, c.s, RoundingMode::Single);
  });
}

TEST(Rescale, SixtyFourBitValues) {
  Source source;
  constexpr int64_t limit = (int64_t(1) << 47) - 1;
  auto check = [&](int64_t v, int32_t m, int s) {
    for (RoundingMode mode :
         {RoundingMode::Single, RoundingMode::Even, RoundingMode::Away})
      ASSERT_TRUE(isRounded(rescaleValue(v, m, s, mode), Exact(v) * m, s, mode))
          << v << " " << m << " " << s;
  };
  for (int64_t i = 0, n = cases(); i < n; ++i) {
    int64_t v = static_cast<int64_t>(source.random()) >> (16 + i % 40);
    check(v / 2, (1 << 14) | (source.random() & 0x3fff), source.shift());
  }
  for (int s = 2; s <= 62; ++s)
    for (int64_t v : {-limit, -limit + 1, int64_t(-1), int64_t(0), limit})
      for (int32_t m : {0, 1 << 14, (1 << 15) - 1})
        check(v, m, s);
}

// Rule shift-r1.
TEST(Shift, EveryModeOnEveryResidue) {
  for (int s = 1; s <= 30; ++s)
    for (int64_t base : {int64_t(0), int64_t(1) << s, -(int64_t(3) << s)})
      for (int64_t near : {int64_t(0), int64_t(1) << (s - 1)})
        for (int64_t d = -3; d <= 3; ++d)
          for (RoundingMode mode : {RoundingMode::Single, RoundingMode::Double,
                                    RoundingMode::Even, RoundingMode::Away}) {
            int64_t v = base + near + d;
            EXPECT_TRUE(isRounded(shiftValue(v, s, mode), v, s, mode))
                << v << " " << s;
          }
}

TEST(Shift, DoubleIsGemmlowp) {
  Source source;
  for (int64_t i = 0, n = cases(); i < n; ++i) {
    int32_t v = source.value();
    int s = 1 + static_cast<int>(i % 30);
    ASSERT_EQ(shiftValue(v, s, RoundingMode::Double), divideByPowerOfTwo(v, s));
  }
}

// Rule rescale-s6, exhaustively around i8.
TEST(Saturate, AddsTheZeroPointBeforeItClamps) {
  for (int64_t r = -600; r <= 600; ++r)
    for (int64_t zero = -128; zero <= 127; ++zero) {
      int64_t out = saturate(r, zero, -128, 127);
      EXPECT_EQ(out, r + zero < -128 ? -128 : r + zero > 127 ? 127 : r + zero);
    }
}

TEST(Saturate, NeverWraps) {
  EXPECT_EQ(saturate(INT64_MAX, 127, -128, 127), 127);
  EXPECT_EQ(saturate(INT64_MIN, -128, -128, 127), -128);
  EXPECT_EQ(saturate(INT64_MAX, INT32_MIN, INT32_MIN, INT32_MAX), INT32_MAX);
}

} // namespace
