/* qcc runtime: what a program needs besides the generated model.h.
 *
 * C99 and C++11. Nothing here allocates, keeps state, uses floating point or
 * needs a C library; every function is inline and costs nothing unless called.
 *
 * Fixed-point numbers: "Q16.16" is an int32_t that holds real * 65536, so it
 * reaches from -32768 to 32767.99998 in steps of 1/65536.
 *
 * Dyadic scales: a real factor f is given as multiplier * 2^-shift with
 * multiplier in [2^30, 2^31) and shift in [2, 62].
 */
#ifndef QCC_QCC_H
#define QCC_QCC_H

#include <stddef.h>
#include <stdint.h>

#define QCC_VERSION_MAJOR 0
#define QCC_VERSION_MINOR 1
#define QCC_VERSION_PATCH 0
/* Compares as a number: QCC_VERSION >= 200 means 0.2.0 or later. */
#define QCC_VERSION                                                            \
  (QCC_VERSION_MAJOR * 10000 + QCC_VERSION_MINOR * 100 + QCC_VERSION_PATCH)

/* What <model>_run and the checks below return: 0, or a negative error. */
enum qcc_status {
  QCC_OK = 0,
  QCC_ERROR_NULL = -1,      /* a pointer is null */
  QCC_ERROR_ALIGNMENT = -2, /* a buffer is aligned less than required */
  QCC_ERROR_SIZE = -3       /* a buffer is smaller than required */
};

/* Alignment of an object, in bytes, a power of two:
 *   static QCC_ALIGN(MODEL_ARENA_ALIGN) unsigned char arena[MODEL_ARENA_BYTES];
 */
#if defined(__GNUC__) || defined(__clang__)
#define QCC_ALIGN(bytes) __attribute__((aligned(bytes)))
#elif defined(_MSC_VER)
#define QCC_ALIGN(bytes) __declspec(align(bytes))
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define QCC_ALIGN(bytes) _Alignas(bytes)
#elif defined(__cplusplus) && __cplusplus >= 201103L
#define QCC_ALIGN(bytes) alignas(bytes)
#else
#error "qcc: how does this compiler align an object?"
#endif

/* The number of bytes that hold `bytes` and end on a multiple of `align`. */
#define QCC_ROUND_UP(bytes, align) (((bytes) + (align) - 1) / (align) * (align))

/* 1 when `pointer` is a multiple of `align` bytes (a power of two), else 0. */
static inline int qcc_is_aligned(const void *pointer, size_t align) {
  return ((uintptr_t)pointer & (uintptr_t)(align - 1)) == 0;
}

/* Is `arena`, of `bytes` bytes, good for a model that needs `needBytes` bytes
 * aligned to `needAlign`? A model without scratch (0 bytes) takes any pointer.
 * Returns QCC_OK or the first error found. */
static inline int qcc_check_arena(const void *arena, size_t bytes,
                                  size_t needBytes, size_t needAlign) {
  if (needBytes == 0)
    return QCC_OK;
  if (arena == NULL)
    return QCC_ERROR_NULL;
  if (!qcc_is_aligned(arena, needAlign))
    return QCC_ERROR_ALIGNMENT;
  return bytes < needBytes ? QCC_ERROR_SIZE : QCC_OK;
}

/* Unsigned samples (a camera's bytes) as signed ones and back: moves the value
 * and thereby the zero point by 128; the scale stays. Total on all 256 values.
 */
static inline int8_t qcc_s8_from_u8(uint8_t value) {
  return (int8_t)((int)value - 128);
}

static inline uint8_t qcc_u8_from_s8(int8_t value) {
  return (uint8_t)((int)value + 128);
}

/* The same over `count` elements; `to` and `from` may be the same buffer. */
static inline void qcc_convert_u8_to_s8(int8_t *to, const uint8_t *from,
                                        size_t count) {
  size_t i;
  for (i = 0; i < count; ++i)
    to[i] = qcc_s8_from_u8(from[i]);
}

static inline void qcc_convert_s8_to_u8(uint8_t *to, const int8_t *from,
                                        size_t count) {
  size_t i;
  for (i = 0; i < count; ++i)
    to[i] = qcc_u8_from_s8(from[i]);
}

/* Index of the largest of `count` values, the first one on a tie; 0 when
 * count is 0. Scores need no dequantization: a positive scale keeps order. */
static inline size_t qcc_argmax_s8(const int8_t *values, size_t count) {
  size_t best = 0, i;
  for (i = 1; i < count; ++i)
    if (values[i] > values[best])
      best = i;
  return best;
}

static inline size_t qcc_argmax_u8(const uint8_t *values, size_t count) {
  size_t best = 0, i;
  for (i = 1; i < count; ++i)
    if (values[i] > values[best])
      best = i;
  return best;
}

/* `value` limited to [low, high]. */
static inline int32_t qcc_clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : (value > high ? high : value);
}

/* value * multiplier * 2^-shift, rounded to nearest with ties towards +infinity
 * (the rounding `single` of the generated code), limited to int32_t.
 *
 * The 64-bit product is kept in two words made of 16-bit products, so that not
 * even a Cortex-M0 needs a 64-bit helper function. Any int32_t value, any
 * non-negative multiplier, shift in [2, 62]. */
static inline int32_t qcc_scale(int32_t value, int32_t multiplier, int shift) {
  const uint32_t m = (uint32_t)multiplier;
  const uint32_t valueLow = (uint32_t)value & 0xffffu;
  const int32_t valueHigh = value >> 16;
  const uint32_t lowLow = valueLow * (m & 0xffffu);
  const uint32_t lowHigh = valueLow * (m >> 16);
  /* Fits: |valueHigh| <= 2^15, the other factor < 2^16, and the sum too. */
  const int32_t middle =
      valueHigh * (int32_t)(m & 0xffffu) + (int32_t)(lowLow >> 16);
  const uint32_t carry = lowHigh + ((uint32_t)middle & 0xffffu);
  uint32_t low = (carry << 16) | (lowLow & 0xffffu);
  int32_t high =
      valueHigh * (int32_t)(m >> 16) + (middle >> 16) + (int32_t)(carry >> 16);

  /* Add one half of the last kept bit. */
  if (shift > 32) {
    high += (int32_t)((uint32_t)1 << (shift - 33));
    return high >> (shift - 32);
  }
  low += (uint32_t)1 << (shift - 1);
  if (low < (uint32_t)1 << (shift - 1))
    ++high;
  if (shift == 32)
    return high;
  /* The result is an int32_t when all bits above its sign equal the sign. */
  if ((high >> (shift - 1)) != (high >> 31))
    return high < 0 ? INT32_MIN : INT32_MAX;
  return (int32_t)(((uint32_t)high << (32 - shift)) | (low >> shift));
}

/* A Q16.16 number as an 8-bit sample: clamp(round(real / scale) + zeroPoint).
 * multiplier * 2^-shift is 1 / (65536 * scale); zeroPoint is in the range of
 * the type. */
static inline int8_t qcc_quantize_s8(int32_t q16, int32_t multiplier, int shift,
                                     int32_t zeroPoint) {
  /* Clamp first: the sum of a large number and a zero point may overflow. */
  const int32_t scaled =
      qcc_clamp(qcc_scale(q16, multiplier, shift), -256, 255);
  return (int8_t)qcc_clamp(scaled + zeroPoint, -128, 127);
}

static inline uint8_t qcc_quantize_u8(int32_t q16, int32_t multiplier,
                                      int shift, int32_t zeroPoint) {
  const int32_t scaled =
      qcc_clamp(qcc_scale(q16, multiplier, shift), -256, 255);
  return (uint8_t)qcc_clamp(scaled + zeroPoint, 0, 255);
}

/* A sample as a Q16.16 number: (value - zeroPoint) * scale, limited to the
 * range of Q16.16. multiplier * 2^-shift is 65536 * scale. */
static inline int32_t qcc_dequantize_s8(int8_t value, int32_t multiplier,
                                        int shift, int32_t zeroPoint) {
  return qcc_scale((int32_t)value - zeroPoint, multiplier, shift);
}

static inline int32_t qcc_dequantize_u8(uint8_t value, int32_t multiplier,
                                        int shift, int32_t zeroPoint) {
  return qcc_scale((int32_t)value - zeroPoint, multiplier, shift);
}

#endif
