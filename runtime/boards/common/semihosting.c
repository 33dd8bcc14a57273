/* The runner's platform over Arm semihosting (BKPT 0xAB): files, messages and
 * the exit code go through the attached debugger or emulator. */
#include "runner/platform.h"

#include <stdint.h>

enum {
  SYS_OPEN = 0x01,
  SYS_WRITE0 = 0x04,
  SYS_WRITE = 0x05,
  SYS_READ = 0x06,
  SYS_EXIT_EXTENDED = 0x20
};

enum { OPEN_RB = 1, OPEN_WB = 5 };
enum { ADP_STOPPED_APPLICATION_EXIT = 0x20026 };

__attribute__((noreturn)) void qcc_board_exit(int code);
void HardFault_Handler(void);

static int call(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

static uint32_t word(const void *pointer) {
  return (uint32_t)(uintptr_t)pointer;
}

int qcc_platform_open(const char *name, int forWriting) {
  uint32_t length = 0;
  uint32_t arguments[3];
  while (name[length])
    ++length;
  arguments[0] = word(name);
  arguments[1] = forWriting ? OPEN_WB : OPEN_RB;
  arguments[2] = length;
  return call(SYS_OPEN, arguments);
}

size_t qcc_platform_read(int file, void *to, size_t bytes) {
  const uint32_t arguments[3] = {(uint32_t)file, word(to), (uint32_t)bytes};
  return bytes - (size_t)call(SYS_READ, arguments); /* it says what is left */
}

int qcc_platform_write(int file, const void *from, size_t bytes) {
  const uint32_t arguments[3] = {(uint32_t)file, word(from), (uint32_t)bytes};
  return call(SYS_WRITE, arguments) == 0 ? 0 : -1;
}

void qcc_platform_message(const char *text) { call(SYS_WRITE0, text); }

void qcc_platform_exit(int code) { qcc_board_exit(code); }

void qcc_board_exit(int code) {
  const uint32_t arguments[2] = {ADP_STOPPED_APPLICATION_EXIT, (uint32_t)code};
  for (;;)
    call(SYS_EXIT_EXTENDED, arguments);
}

__attribute__((used, noreturn)) static void reportFault(const uint32_t *frame) {
  static const char digits[] = "0123456789abcdef";
  char text[] = "runner: fault at address 0x00000000\n";
  uint32_t pc;
  int i;
  if (frame < __stack_bottom) {
    qcc_platform_message("runner: the stack overflowed\n");
    qcc_board_exit(QCC_EXIT_STACK);
  }
  pc = frame[6]; /* the processor pushed r0-r3, r12, lr, pc, xpsr */
  for (i = 0; i < 8; ++i, pc >>= 4)
    text[sizeof(text) - 3 - (unsigned)i] = digits[pc & 15];
  qcc_platform_message(text);
  qcc_board_exit(QCC_EXIT_FAULT);
}

/* The stack pointer may have left RAM: report on a fresh stack. */
__attribute__((naked)) void HardFault_Handler(void) {
  __asm__ volatile("mrs r0, msp\n"
                   "ldr r1, =__stack_top\n"
                   "mov sp, r1\n"
                   "bl  reportFault\n");
}
