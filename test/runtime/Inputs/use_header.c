/* Uses every helper of qcc.h once. */
#include "qcc/qcc.h"

#ifdef __cplusplus
extern "C" {
#endif

int useHeader(int32_t value, int8_t *s8, uint8_t *u8, size_t count);

int useHeader(int32_t value, int8_t *s8, uint8_t *u8, size_t count) {
  static QCC_ALIGN(16) unsigned char arena[QCC_ROUND_UP(20, 16)];
  int result = qcc_check_arena(arena, sizeof(arena), 32, 16);
  qcc_convert_u8_to_s8(s8, u8, count);
  qcc_convert_s8_to_u8(u8, s8, count);
  result += qcc_quantize_s8(value, 1 << 30, 38, 3);
  result += qcc_quantize_u8(value, 1 << 30, 38, 3);
  result += qcc_dequantize_s8(s8[0], value, (int)count, 3) >> 16;
  result += qcc_dequantize_u8(u8[0], value, (int)count, 3) >> 16;
  result += (int)qcc_argmax_s8(s8, count) + (int)qcc_argmax_u8(u8, count);
  return result == QCC_OK ? QCC_VERSION : result;
}

#ifdef __cplusplus
}
#endif
