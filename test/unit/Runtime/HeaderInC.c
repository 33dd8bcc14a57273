/* qcc.h as a C99 program includes it; HeaderTest.cpp compares. */
#include "qcc/qcc.h"

int32_t scaleInC(int32_t value, int32_t multiplier, int shift);
size_t alignmentInC(void);

static QCC_ALIGN(64) unsigned char arena[QCC_ROUND_UP(65, 64)];

int32_t scaleInC(int32_t value, int32_t multiplier, int shift) {
  return qcc_scale(value, multiplier, shift);
}

size_t alignmentInC(void) {
  return sizeof(arena) == 128 && qcc_is_aligned(arena, 64) &&
         !qcc_is_aligned(arena + 32, 64);
}
