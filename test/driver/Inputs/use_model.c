/* Feeds the bytes of inputs.bin to `tiny` and writes outputs.bin. */
#include "tiny.h"

#include <stdio.h>

static unsigned char memory[TINY_ARENA_BYTES + TINY_ARENA_ALIGN];

int main(void) {
  int8_t input[TINY_INPUT0_ELEMENTS];
  int8_t output[TINY_OUTPUT0_ELEMENTS];
  tiny_inputs inputs;
  tiny_outputs outputs;
  unsigned char *arena = memory;
  FILE *file = fopen("inputs.bin", "rb");
  if (!file || fread(input, 1, TINY_INPUT0_BYTES, file) != TINY_INPUT0_BYTES)
    return 1;
  fclose(file);
  while ((uintptr_t)arena % TINY_ARENA_ALIGN)
    ++arena;
  inputs.input0 = input;
  outputs.output0 = output;
  if (tiny_run(&inputs, &outputs, arena) != 0)
    return 2;
  file = fopen("outputs.bin", "wb");
  if (!file || fwrite(output, 1, TINY_OUTPUT0_BYTES, file) != TINY_OUTPUT0_BYTES)
    return 3;
  return fclose(file);
}
