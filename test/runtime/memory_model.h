/* Checks of memcpy and its family that look like a model, so that the runner
 * takes them to every board. Input: one seed byte. Outputs: the number of
 * failed cases (expected 0) and of all cases, 32 bits each. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

#define MEMORY_ARENA_BYTES 256
#define MEMORY_ARENA_ALIGN 8
#define MEMORY_NUM_INPUTS 1
#define MEMORY_NUM_OUTPUTS 2
#define MEMORY_INPUT0_BYTES 1
#define MEMORY_OUTPUT0_BYTES 4
#define MEMORY_OUTPUT1_BYTES 4

typedef struct {
  const uint8_t *seed;
} memory_inputs;

typedef struct {
  uint32_t *failed;
  uint32_t *cases;
} memory_outputs;

int memory_run(const memory_inputs *inputs, const memory_outputs *outputs,
               void *arena);

#endif
