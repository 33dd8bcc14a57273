#include "test/bench/Peak.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace qcc::bench {

#if defined(__x86_64__)

__attribute__((target("avx512f,avx512vnni"))) static int32_t
multiplyAdds(int64_t steps) {
  __m512i sums[24];
  for (__m512i &sum : sums)
    sum = _mm512_setzero_si512();
  __m512i a = _mm512_set1_epi32(0x01020304);
  __m512i b = _mm512_set1_epi32(0x04030201);
  for (int64_t i = 0; i < steps; ++i) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 24; ++k)
      sums[k] = _mm512_dpbusd_epi32(sums[k], a, b);
    // The operands must not look loop-invariant.
    __asm__ volatile("" : "+v"(a), "+v"(b));
  }
  int32_t total = 0;
  for (const __m512i &sum : sums)
    total += _mm512_reduce_add_epi32(sum);
  return total;
}

bool peakVnni(int64_t steps) {
  if (!__builtin_cpu_supports("avx512vnni"))
    return false;
  volatile int32_t keep = multiplyAdds(steps);
  (void)keep;
  return true;
}

#else

bool peakVnni(int64_t) { return false; }

#endif

} // namespace qcc::bench
