/* The model of model.h: sum[i] = a[i] + b[i % 3] modulo 256 through the arena;
 * copy = b, then the first four bytes of sum. FAULT_* make it break one rule of
 * the contract each. */
#include "model.h"

void *memcpy(void *to, const void *from, __SIZE_TYPE__ bytes);

/* Called as layers of a network are, so that instructions can be counted. */
__attribute__((noinline)) void model_layer_add(const model_inputs *in,
                                               int8_t *to) {
  int i;
  for (i = 0; i < MODEL_OUTPUT0_BYTES; ++i)
    to[i] = (int8_t)(uint8_t)(in->a[i] + in->b[i % 3]);
}

__attribute__((noinline)) void
model_layer_copy(const model_inputs *in, const int8_t *sum, uint8_t *to) {
  /* An unknown size keeps the call. */
  volatile unsigned four = 4;
  memcpy(to, in->b, 3);
  memcpy(to + 3, sum, four);
}

#if defined(EXACT_COUNT)
/* Executes 1 + 100 * 2 + 7 + 1 = 209 instructions. */
__attribute__((naked)) void model_exact(void) {
  __asm__ volatile("movs r0, #100\n"
                   "0: subs r0, #1\n"
                   "bne 0b\n"
                   ".rept 7\n"
                   "nop\n"
                   ".endr\n"
                   "bx lr\n");
}
#endif

int model_run(const model_inputs *in, const model_outputs *out, void *arena) {
  int8_t *sum = (int8_t *)arena;
#if defined(EXACT_COUNT)
  model_exact();
#endif
#if defined(FAULT_ARENA)
  sum[MODEL_ARENA_BYTES] ^= 1;
#elif defined(FAULT_BEFORE_ARENA)
  sum[-1] ^= 1;
#elif defined(FAULT_OUTPUT)
  out->sum[MODEL_OUTPUT0_BYTES] ^= 1;
#elif defined(FAULT_INPUT)
  ((int8_t *)in->a)[4] ^= 1;
#elif defined(FAULT_STATUS)
  return -1;
#elif defined(FAULT_TRAP)
  __builtin_trap();
#elif defined(FAULT_LOOP)
  for (;;)
    __asm__ volatile("");
#elif defined(FAULT_STACK)
  volatile char large[FAULT_STACK];
  unsigned k;
  for (k = 0; k < sizeof(large); ++k)
    large[k] = 1;
#elif defined(FAULT_STACK_BOTTOM) && defined(__arm__)
  extern unsigned __stack_bottom[];
  __stack_bottom[0] = 0;
#elif defined(FAULT_UNALIGNED)
  *(volatile int *)(sum + 1) = 1;
#elif defined(FAULT_READ)
  out->sum[0] = ((const volatile int8_t *)in->a)[16];
#endif
  model_layer_add(in, sum);
  memcpy(out->sum, sum, MODEL_OUTPUT0_BYTES);
  model_layer_copy(in, sum, out->copy);
  return 0;
}
