/* What the runner needs from the machine below it. Implemented twice:
 * boards/common/semihosting.c (a debugger or emulator serves files) and
 * linux/platform.c (system calls). */
#ifndef QCC_RUNNER_PLATFORM_H
#define QCC_RUNNER_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/* Exit codes of the runner; 0 is success. */
enum {
  QCC_EXIT_FILE = 10,  /* a file is missing, cut short or not writable */
  QCC_EXIT_RUN = 11,   /* the model's run function returned an error */
  QCC_EXIT_GUARD = 12, /* the model wrote outside of a buffer */
  QCC_EXIT_INPUT = 13, /* the model wrote to its input */
  QCC_EXIT_FAULT = 14, /* the processor took a fault */
  QCC_EXIT_STACK = 15  /* the model needs more stack than there is */
};

/* Opens a file of the current directory, for reading or for writing from
 * empty. Returns a handle, or a negative number. */
int qcc_platform_open(const char *name, int forWriting);

/* Reads up to `bytes` bytes; fewer only at the end of the file. Returns the
 * number of bytes read. */
size_t qcc_platform_read(int file, void *to, size_t bytes);

/* Writes all of `bytes` bytes. Returns 0, or -1. */
int qcc_platform_write(int file, const void *from, size_t bytes);

/* Prints a text on the terminal. */
void qcc_platform_message(const char *text);

__attribute__((noreturn)) void qcc_platform_exit(int code);

/* The lowest stack address that may be used below the stack pointer `top`. */
#if defined(__linux__)
#define QCC_PLATFORM_STACK_BOTTOM(top) ((top) - 65536)
#else
extern uint32_t __stack_bottom[];
#define QCC_PLATFORM_STACK_BOTTOM(top) ((void)(top), __stack_bottom)
#endif

/* With an MMU: zeroed memory of `bytes` bytes that ends where no page follows,
 * so that even a read past its end faults. Null when there is none. */
#if defined(__linux__)
#define QCC_PLATFORM_HAS_FENCES 1
unsigned char *qcc_platform_fenced(size_t bytes);
#else
#define QCC_PLATFORM_HAS_FENCES 0
#endif

#endif
