/* Start-up of every Cortex-M board: vector table and reset handler.
 *
 * What differs between boards is in boards/<board>/link.ld alone. Handlers are
 * weak, so firmware replaces them by defining the same name.
 */
#include <stdint.h>

int main(void);
__attribute__((noreturn)) void qcc_board_exit(int code);
void Reset_Handler(void);
void HardFault_Handler(void);

/* From the linker script; only their addresses mean anything. */
extern uint32_t __stack_top[];
extern uint32_t __data_start[], __data_end[], __data_load[];
extern uint32_t __bss_start[], __bss_end[];

/* Without a debugger there is nobody to tell. */
__attribute__((weak, noreturn)) void qcc_board_exit(int code) {
  (void)code;
  for (;;)
    __asm__ volatile("");
}

__attribute__((weak)) void HardFault_Handler(void) { qcc_board_exit(1); }

/* Runs after the coprocessors are on, so the compiler may use any register. */
__attribute__((noinline, noreturn, used)) static void startProgram(void) {
  uint32_t *to;
  const uint32_t *from = __data_load;
  for (to = __data_start; to < __data_end; ++to) {
    *to = *from++;
    __asm__ volatile(""); /* else this becomes a call of memcpy */
  }
  for (to = __bss_start; to < __bss_end; ++to) {
    *to = 0;
    __asm__ volatile("");
  }
  qcc_board_exit(main());
}

/* Cores with an FPU or Helium fault on their first such instruction until CP10
 * and CP11 are enabled in CPACR; without them the write is ignored. Cortex-M0
 * has no CPACR; code for it that runs on a larger core must fault on unaligned
 * addresses as it would at home, so it sets UNALIGN_TRP in CCR. */
__attribute__((naked, noreturn)) void Reset_Handler(void) {
#if !defined(__ARM_ARCH_6M__)
  __asm__ volatile("ldr  r0, =0xE000ED88\n"
                   "ldr  r1, [r0]\n"
                   "orr  r1, r1, #0x00F00000\n"
                   "str  r1, [r0]\n"
                   "dsb\n"
                   "isb\n");
#else
  __asm__ volatile(".syntax unified\n"
                   "ldr  r0, =0xE000ED14\n"
                   "ldr  r1, [r0]\n"
                   "movs r2, #8\n"
                   "orrs r1, r2\n"
                   "str  r1, [r0]\n");
#endif
  __asm__ volatile("bl   startProgram\n");
}

/* The core's exceptions. Interrupts of a chip's peripherals would follow; the
 * examples enable none. MemManage, BusFault and UsageFault escalate. */
__attribute__((section(".vectors"),
               used)) static void (*const vectors[16])(void) = {
    (void (*)(void))__stack_top, /* initial stack pointer */
    Reset_Handler,
    HardFault_Handler, /* NMI */
    HardFault_Handler,
    HardFault_Handler, /* MemManage */
    HardFault_Handler, /* BusFault */
    HardFault_Handler, /* UsageFault */
    HardFault_Handler, /* SecureFault */
    0,
    0,
    0,
    HardFault_Handler, /* SVCall */
    HardFault_Handler, /* debug monitor */
    0,
    HardFault_Handler, /* PendSV */
    HardFault_Handler, /* SysTick */
};
