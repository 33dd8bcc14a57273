//===- HeaderTest.cpp - The inline helpers of qcc.h -----------------------===//

#include "qcc/qcc.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <random>
#include <vector>

extern "C" {
int32_t scaleInC(int32_t value, int32_t multiplier, int shift);
size_t alignmentInC(void);
}

namespace {

/// The rule, in wide integers: ties towards +infinity, then the type's limits.
int32_t scaleReference(int32_t value, int32_t multiplier, int shift) {
  __int128 sum = __int128(value) * multiplier + (__int128(1) << (shift - 1));
  __int128 result = sum >> shift;
  return int32_t(std::clamp<__int128>(result, INT32_MIN, INT32_MAX));
}

const std::vector<int32_t> edges = {
    0,      1,       -1,         2,         -2,        127,
    -128,   255,     65535,      65536,     -65535,    -65536,
    -65537, 1 << 30, -(1 << 30), INT32_MAX, INT32_MIN, INT32_MIN + 1,
    0x7fff, 0x8000,  -0x8000,    0x12348000};

const std::vector<int32_t> multipliers = {1 << 30,    (1 << 30) + 1, 0x40008000,
                                          0x5555ffff, 0x60000000,    0x7fff0000,
                                          INT32_MAX,  INT32_MAX - 1};

TEST(Scale, EdgesInEveryShift) {
  for (int shift = 2; shift <= 62; ++shift)
    for (int32_t multiplier : multipliers)
      for (int32_t value : edges)
        ASSERT_EQ(qcc_scale(value, multiplier, shift),
                  scaleReference(value, multiplier, shift))
            << value << " * " << multiplier << " >> " << shift;
}

TEST(Scale, RandomNumbers) {
  std::mt19937 random(7);
  for (int i = 0; i < 2000000; ++i) {
    int32_t value = int32_t(random()) >> (random() % 32);
    int32_t multiplier = int32_t((random() & 0x3fffffff) | 0x40000000);
    int shift = int(2 + random() % 61);
    ASSERT_EQ(qcc_scale(value, multiplier, shift),
              scaleReference(value, multiplier, shift))
        << value << " * " << multiplier << " >> " << shift;
  }
}

TEST(Scale, TiesGoUp) {
  // 1/2 of odd numbers.
  EXPECT_EQ(qcc_scale(3, 1 << 30, 31), 2);
  EXPECT_EQ(qcc_scale(-3, 1 << 30, 31), -1);
  EXPECT_EQ(qcc_scale(-1, 1 << 30, 31), 0);
}

TEST(Scale, SameInC) {
  EXPECT_EQ(scaleInC(-65537, 0x5555ffff, 40),
            qcc_scale(-65537, 0x5555ffff, 40));
  EXPECT_EQ(alignmentInC(), 1u);
}

// Scale 1/256: q = real * 256, so multiplier * 2^-shift = 1 / 256.
constexpr int32_t multiplier256 = 1 << 30;
constexpr int shift256 = 38;

TEST(Quantize, RoundsAndAddsTheZeroPoint) {
  EXPECT_EQ(qcc_quantize_s8(0, multiplier256, shift256, -5), -5);
  EXPECT_EQ(qcc_quantize_s8(256, multiplier256, shift256, -5), -4);
  EXPECT_EQ(qcc_quantize_s8(384, multiplier256, shift256, -5), -3); // tie, up
  EXPECT_EQ(qcc_quantize_s8(-384, multiplier256, shift256, -5), -6);
  EXPECT_EQ(qcc_quantize_u8(256, multiplier256, shift256, 200), 201);
}

TEST(Quantize, SaturatesWhateverTheZeroPoint) {
  EXPECT_EQ(qcc_quantize_s8(INT32_MAX, INT32_MAX, 2, 127), 127);
  EXPECT_EQ(qcc_quantize_s8(INT32_MIN, INT32_MAX, 2, -128), -128);
  EXPECT_EQ(qcc_quantize_s8(INT32_MAX, INT32_MAX, 2, -128), 127);
  EXPECT_EQ(qcc_quantize_s8(INT32_MIN, INT32_MAX, 2, 127), -128);
  EXPECT_EQ(qcc_quantize_u8(INT32_MAX, INT32_MAX, 2, 0), 255);
  EXPECT_EQ(qcc_quantize_u8(INT32_MIN, INT32_MAX, 2, 255), 0);
}

TEST(Quantize, DequantizeUndoesIt) {
  // 65536 * scale = 256 = 2^30 * 2^-22.
  for (int q = -128; q <= 127; ++q) {
    int32_t real = qcc_dequantize_s8(int8_t(q), 1 << 30, 22, 3);
    EXPECT_EQ(real, (q - 3) * 256);
    EXPECT_EQ(qcc_quantize_s8(real, multiplier256, shift256, 3), q);
  }
  for (int q = 0; q <= 255; ++q) {
    int32_t real = qcc_dequantize_u8(uint8_t(q), 1 << 30, 22, 7);
    EXPECT_EQ(real, (q - 7) * 256);
    EXPECT_EQ(qcc_quantize_u8(real, multiplier256, shift256, 7), q);
  }
}

TEST(Convert, MovesBy128) {
  for (int value = 0; value < 256; ++value) {
    EXPECT_EQ(qcc_s8_from_u8(uint8_t(value)), value - 128);
    EXPECT_EQ(qcc_u8_from_s8(int8_t(value - 128)), value);
  }
}

TEST(Convert, Arrays) {
  const uint8_t bytes[] = {0, 1, 127, 128, 255};
  int8_t numbers[] = {9, 9, 9, 9, 9, 9};
  qcc_convert_u8_to_s8(numbers, bytes, 5);
  const int8_t expected[] = {-128, -127, -1, 0, 127, 9};
  EXPECT_TRUE(std::equal(expected, expected + 6, numbers));
  uint8_t back[] = {9, 9, 9, 9, 9, 9};
  qcc_convert_s8_to_u8(back, numbers, 5);
  EXPECT_TRUE(std::equal(bytes, bytes + 5, back));
  EXPECT_EQ(back[5], 9);
}

TEST(Argmax, FirstOfTheLargest) {
  const int8_t numbers[] = {-128, -1, 127, 3, 127};
  EXPECT_EQ(qcc_argmax_s8(numbers, 5), 2u);
  EXPECT_EQ(qcc_argmax_s8(numbers, 2), 1u);
  const uint8_t bytes[] = {127, 128, 255, 255};
  EXPECT_EQ(qcc_argmax_u8(bytes, 4), 2u);
  EXPECT_EQ(qcc_argmax_u8(bytes, 0), 0u);
}

TEST(CheckArena, NamesTheFirstError) {
  QCC_ALIGN(16) unsigned char arena[32];
  EXPECT_EQ(qcc_check_arena(arena, 32, 32, 16), QCC_OK);
  EXPECT_EQ(qcc_check_arena(arena, 31, 32, 16), QCC_ERROR_SIZE);
  EXPECT_EQ(qcc_check_arena(arena + 8, 24, 24, 16), QCC_ERROR_ALIGNMENT);
  EXPECT_EQ(qcc_check_arena(nullptr, 32, 32, 16), QCC_ERROR_NULL);
  EXPECT_EQ(qcc_check_arena(nullptr, 0, 0, 16), QCC_OK);
}

TEST(Version, IsOneNumber) {
  EXPECT_EQ(QCC_VERSION, QCC_VERSION_MAJOR * 10000 + QCC_VERSION_MINOR * 100 +
                             QCC_VERSION_PATCH);
}

} // namespace
