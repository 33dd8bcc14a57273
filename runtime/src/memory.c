/* memcpy, memmove and memset for firmware without a C library.
 *
 * Generated models call nothing else. The definitions are weak: a C library
 * that is linked as well wins. Forward copies and fills go by words, because
 * models copy rows of activations; everything else is small.
 */
#include <stddef.h>
#include <stdint.h>

/* An optimizer recognises these loops as memcpy and memset, which here would
 * be calls of the functions to themselves. */
#if defined(__clang__)
#define QCC_MEMORY __attribute__((weak, no_builtin))
#define QCC_HELPER static __attribute__((noinline, no_builtin))
#else
#define QCC_PLAIN_LOOPS optimize("no-tree-loop-distribute-patterns")
#define QCC_MEMORY __attribute__((weak, QCC_PLAIN_LOOPS))
#define QCC_HELPER static __attribute__((noinline, QCC_PLAIN_LOOPS))
#endif

/* Loops that are unrolled by hand, or short, gain only size from a vectorizer
 * (Helium: twice the code). */
#if defined(__clang__)
#define QCC_SCALAR_LOOP _Pragma("clang loop vectorize(disable)")
#else
#define QCC_SCALAR_LOOP
#endif

/* Where the machine loads and stores words at any address, copies need not
 * wait until both pointers are aligned. Cortex-M0 faults. */
#if defined(__ARM_FEATURE_UNALIGNED) || defined(__x86_64__)
#define QCC_UNALIGNED_WORDS 1
typedef struct {
  uintptr_t bits;
} __attribute__((packed, may_alias)) word;
#else
#define QCC_UNALIGNED_WORDS 0
typedef struct {
  uintptr_t bits;
} __attribute__((may_alias)) word;
#endif

enum { WORD = sizeof(word) };

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

/* Copies from low to high addresses. Also right when the ranges overlap and
 * `d` is the lower one: every store is behind all later loads. */
QCC_HELPER void copyForward(unsigned char *d, const unsigned char *s,
                            size_t bytes) {
  if (QCC_UNALIGNED_WORDS || (((uintptr_t)d ^ (uintptr_t)s) % WORD) == 0) {
    QCC_SCALAR_LOOP
    while (!QCC_UNALIGNED_WORDS && bytes && (uintptr_t)d % WORD) {
      *d++ = *s++;
      --bytes;
    }
    QCC_SCALAR_LOOP
    for (; bytes >= 4 * WORD; bytes -= 4 * WORD, d += 4 * WORD, s += 4 * WORD) {
      const word *from = (const word *)s;
      word *to = (word *)d;
      const word w0 = from[0], w1 = from[1], w2 = from[2], w3 = from[3];
      to[0] = w0;
      to[1] = w1;
      to[2] = w2;
      to[3] = w3;
    }
    QCC_SCALAR_LOOP
    for (; bytes >= WORD; bytes -= WORD, d += WORD, s += WORD)
      *(word *)d = *(const word *)s;
  }
  QCC_SCALAR_LOOP
  for (; bytes; --bytes)
    *d++ = *s++;
}

QCC_MEMORY void *memcpy(void *restrict to, const void *restrict from,
                        size_t bytes) {
  copyForward(to, from, bytes);
  return to;
}

QCC_MEMORY void *memmove(void *to, const void *from, size_t bytes) {
  unsigned char *d = to;
  const unsigned char *s = from;
  /* One unsigned comparison for "below the source or past its end". */
  if ((uintptr_t)d - (uintptr_t)s >= bytes) {
    copyForward(d, s, bytes);
    return to;
  }
  QCC_SCALAR_LOOP
  for (; bytes; --bytes)
    d[bytes - 1] = s[bytes - 1];
  return to;
}

QCC_MEMORY void *memset(void *to, int value, size_t bytes) {
  unsigned char *d = to;
  const unsigned char byte = (unsigned char)value;
  const word pattern = {(uintptr_t)-1 / 255 * byte};
  QCC_SCALAR_LOOP
  for (; bytes && (uintptr_t)d % WORD; --bytes)
    *d++ = byte;
  QCC_SCALAR_LOOP
  for (; bytes >= WORD; bytes -= WORD, d += WORD)
    *(word *)d = pattern;
  QCC_SCALAR_LOOP
  for (; bytes; --bytes)
    *d++ = byte;
  return to;
}
