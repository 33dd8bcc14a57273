/* See memory_model.h. Every alignment of both pointers and every size up to
 * several words, by all names that generated code uses. */
#include "memory_model.h"

#include <stddef.h>

typedef void *copy(void *to, const void *from, size_t bytes);
typedef void *fill(void *to, int value, size_t bytes);

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
copy memmove;
fill memset;

#if defined(__arm__)
void __aeabi_memcpy(void *to, const void *from, size_t bytes);
void __aeabi_memcpy4(void *to, const void *from, size_t bytes);
void __aeabi_memcpy8(void *to, const void *from, size_t bytes);
void __aeabi_memmove(void *to, const void *from, size_t bytes);
void __aeabi_memmove4(void *to, const void *from, size_t bytes);
void __aeabi_memmove8(void *to, const void *from, size_t bytes);
void __aeabi_memset(void *to, size_t bytes, int value);
void __aeabi_memset4(void *to, size_t bytes, int value);
void __aeabi_memset8(void *to, size_t bytes, int value);
void __aeabi_memclr(void *to, size_t bytes);
void __aeabi_memclr4(void *to, size_t bytes);
void __aeabi_memclr8(void *to, size_t bytes);
#endif

enum { ROOM = 112 };

/* The byte at `i` before a case. */
static uint8_t old(uint8_t seed, size_t i) { return (uint8_t)(i * 7 + seed); }

static void start(uint8_t *data, uint8_t seed) {
  size_t i;
  for (i = 0; i < ROOM; ++i) {
    data[i] = old(seed, i);
    __asm__ volatile("" ::: "memory");
  }
}

/* Is [to, to + bytes) what was at `from`, and everything else as before? */
static uint32_t copied(const uint8_t *data, uint8_t seed, size_t to,
                       size_t from, size_t bytes) {
  size_t i;
  for (i = 0; i < ROOM; ++i) {
    const size_t origin = i >= to && i < to + bytes ? i - to + from : i;
    if (data[i] != old(seed, origin))
      return 0;
  }
  return 1;
}

static uint32_t filled(const uint8_t *data, uint8_t seed, size_t to,
                       uint8_t value, size_t bytes) {
  size_t i;
  for (i = 0; i < ROOM; ++i) {
    const uint8_t expected = i >= to && i < to + bytes ? value : old(seed, i);
    if (data[i] != expected)
      return 0;
  }
  return 1;
}

#define CHECK(call, good)                                                      \
  do {                                                                         \
    start(data, seed);                                                         \
    call;                                                                      \
    __asm__ volatile("" ::: "memory");                                         \
    *out->failed += !(good);                                                   \
    ++*out->cases;                                                             \
  } while (0)

#define CHECK_COPY(function)                                                   \
  CHECK(function(data + to, data + from, bytes),                               \
        copied(data, seed, to, from, bytes))

static void checkCopies(const memory_outputs *out, uint8_t *data, uint8_t seed,
                        size_t to, size_t from, size_t bytes) {
  const int apart = to >= from + bytes || from >= to + bytes;
  if (apart)
    CHECK_COPY(memcpy);
  CHECK_COPY(memmove);
#if defined(__arm__)
  if (apart)
    CHECK_COPY(__aeabi_memcpy);
  CHECK_COPY(__aeabi_memmove);
  if (to % 4 == 0 && from % 4 == 0) {
    if (apart)
      CHECK_COPY(__aeabi_memcpy4);
    CHECK_COPY(__aeabi_memmove4);
  }
  if (to % 8 == 0 && from % 8 == 0) {
    if (apart)
      CHECK_COPY(__aeabi_memcpy8);
    CHECK_COPY(__aeabi_memmove8);
  }
#endif
}

#define CHECK_FILL(call, value)                                                \
  CHECK(call, filled(data, seed, to, value, bytes))

static void checkFills(const memory_outputs *out, uint8_t *data, uint8_t seed,
                       size_t to, size_t bytes) {
  CHECK_FILL(memset(data + to, 0x1a5, bytes), 0xa5);
#if defined(__arm__)
  CHECK_FILL(__aeabi_memset(data + to, bytes, 0xa5), 0xa5);
  CHECK_FILL(__aeabi_memclr(data + to, bytes), 0);
  if (to % 4 == 0) {
    CHECK_FILL(__aeabi_memset4(data + to, bytes, 0xa5), 0xa5);
    CHECK_FILL(__aeabi_memclr4(data + to, bytes), 0);
  }
  if (to % 8 == 0) {
    CHECK_FILL(__aeabi_memset8(data + to, bytes, 0xa5), 0xa5);
    CHECK_FILL(__aeabi_memclr8(data + to, bytes), 0);
  }
#endif
}

int memory_run(const memory_inputs *in, const memory_outputs *out,
               void *arena) {
  uint8_t *data = arena;
  const uint8_t seed = *in->seed;
  size_t to, from, bytes;
  *out->failed = 0;
  *out->cases = 0;
  for (to = 0; to < 8; ++to)
    for (bytes = 0; bytes < 44; ++bytes) {
      for (from = 0; from < 8; ++from) {
        checkCopies(out, data, seed, to, from, bytes);
        checkCopies(out, data, seed, to, 56 + from, bytes);
        checkCopies(out, data, seed, 56 + to, from, bytes);
      }
      checkFills(out, data, seed, to, bytes);
    }
  return 0;
}
