/* The runner's platform on Linux without a C library: entry point and system
 * calls for x86-64 and AArch64, so that a static program runs on the host and
 * under QEMU's user emulation without a cross toolchain. */
#include "runner/platform.h"

#include <stdint.h>

int main(void);

#if defined(__x86_64__)

enum { SYS_READ = 0, SYS_WRITE = 1, SYS_OPENAT = 257, SYS_EXIT_GROUP = 231 };
enum { SYS_MMAP = 9, SYS_MPROTECT = 10 };

static long call(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                     "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

/* The kernel starts a program with an aligned stack pointer and no return
 * address. */
__asm__(".text\n"
        ".globl _start\n"
        "_start:\n"
        "  xor %ebp, %ebp\n"
        "  call main\n"
        "  mov %eax, %edi\n"
        "  call qcc_platform_exit\n");

#elif defined(__aarch64__)

enum { SYS_READ = 63, SYS_WRITE = 64, SYS_OPENAT = 56, SYS_EXIT_GROUP = 94 };
enum { SYS_MMAP = 222, SYS_MPROTECT = 226 };

static long call(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}

__asm__(".text\n"
        ".globl _start\n"
        "_start:\n"
        "  mov x29, #0\n"
        "  mov x30, #0\n"
        "  bl main\n"
        "  bl qcc_platform_exit\n");

#else
#error "qcc: which system calls does this machine have?"
#endif

enum { AT_FDCWD = -100, O_WRONLY = 1, O_CREAT = 0100, O_TRUNC = 01000 };
enum { PROT_NONE = 0, PROT_READ_WRITE = 3, MAP_PRIVATE_ANONYMOUS = 0x22 };
enum { PAGE = 4096 };

int qcc_platform_open(const char *name, int forWriting) {
  const long flags = forWriting ? O_WRONLY | O_CREAT | O_TRUNC : 0;
  return (int)call(SYS_OPENAT, AT_FDCWD, (intptr_t)name, flags, 0644, 0, 0);
}

size_t qcc_platform_read(int file, void *to, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    const long got = call(SYS_READ, file, (intptr_t)to + (intptr_t)done,
                          (long)(bytes - done), 0, 0, 0);
    if (got <= 0)
      break;
    done += (size_t)got;
  }
  return done;
}

int qcc_platform_write(int file, const void *from, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    const long put = call(SYS_WRITE, file, (intptr_t)from + (intptr_t)done,
                          (long)(bytes - done), 0, 0, 0);
    if (put <= 0)
      return -1;
    done += (size_t)put;
  }
  return 0;
}

void qcc_platform_message(const char *text) {
  size_t length = 0;
  while (text[length])
    ++length;
  (void)qcc_platform_write(2, text, length);
}

void qcc_platform_exit(int code) {
  for (;;)
    call(SYS_EXIT_GROUP, code, 0, 0, 0, 0, 0);
}

unsigned char *qcc_platform_fenced(size_t bytes) {
  const size_t inside = (bytes + PAGE - 1) / PAGE * PAGE;
  const long base = call(SYS_MMAP, 0, (long)(inside + 2 * PAGE),
                         PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  if (base < 0)
    return 0;
  call(SYS_MPROTECT, base, PAGE, PROT_NONE, 0, 0, 0);
  call(SYS_MPROTECT, base + PAGE + (long)inside, PAGE, PROT_NONE, 0, 0, 0);
  return (unsigned char *)(uintptr_t)base + PAGE + (inside - bytes);
}
