/* The names under which code for 32-bit ARM calls memcpy and its family
 * (Run-time ABI for the Arm Architecture, section 5.3.4). The suffixes 4 and 8
 * promise aligned pointers, which these functions do not need to know.
 */
#if defined(__arm__)
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

#define QCC_WEAK __attribute__((weak))
#define QCC_SAME_AS(function) __attribute__((weak, alias(#function)))

void __aeabi_memcpy(void *to, const void *from, size_t bytes);
void __aeabi_memmove(void *to, const void *from, size_t bytes);
void __aeabi_memset(void *to, size_t bytes, int value);
void __aeabi_memclr(void *to, size_t bytes);

QCC_WEAK void __aeabi_memcpy(void *to, const void *from, size_t bytes) {
  memcpy(to, from, bytes);
}

QCC_WEAK void __aeabi_memmove(void *to, const void *from, size_t bytes) {
  memmove(to, from, bytes);
}

/* Unlike memset's, the value comes last. */
QCC_WEAK void __aeabi_memset(void *to, size_t bytes, int value) {
  memset(to, value, bytes);
}

QCC_WEAK void __aeabi_memclr(void *to, size_t bytes) { memset(to, 0, bytes); }

void __aeabi_memcpy4(void *to, const void *from, size_t bytes)
    QCC_SAME_AS(__aeabi_memcpy);
void __aeabi_memcpy8(void *to, const void *from, size_t bytes)
    QCC_SAME_AS(__aeabi_memcpy);
void __aeabi_memmove4(void *to, const void *from, size_t bytes)
    QCC_SAME_AS(__aeabi_memmove);
void __aeabi_memmove8(void *to, const void *from, size_t bytes)
    QCC_SAME_AS(__aeabi_memmove);
void __aeabi_memset4(void *to, size_t bytes, int value)
    QCC_SAME_AS(__aeabi_memset);
void __aeabi_memset8(void *to, size_t bytes, int value)
    QCC_SAME_AS(__aeabi_memset);
void __aeabi_memclr4(void *to, size_t bytes) QCC_SAME_AS(__aeabi_memclr);
void __aeabi_memclr8(void *to, size_t bytes) QCC_SAME_AS(__aeabi_memclr);

#else
/* ISO C wants at least one declaration in a file. */
typedef int qcc_aeabi_is_for_arm;
#endif
