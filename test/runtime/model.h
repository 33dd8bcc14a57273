/* A hand-made model that follows the contract of generated headers: two inputs
 * of 5 and 3 bytes, outputs of 5 and 7 bytes, 40 bytes of arena. */
#ifndef MODEL_H
#define MODEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MODEL_ARENA_BYTES 40
#define MODEL_ARENA_ALIGN 16
#define MODEL_NUM_INPUTS 2
#define MODEL_NUM_OUTPUTS 2
#define MODEL_INPUT0_ELEMENTS 5
#define MODEL_INPUT0_BYTES 5
#define MODEL_INPUT0_SCALE 0.5
#define MODEL_INPUT0_ZERO_POINT 3
#define MODEL_INPUT1_ELEMENTS 3
#define MODEL_INPUT1_BYTES 3
#define MODEL_INPUT1_SCALE 0.25
#define MODEL_INPUT1_ZERO_POINT 0
#define MODEL_OUTPUT0_ELEMENTS 5
#define MODEL_OUTPUT0_BYTES 5
#define MODEL_OUTPUT0_SCALE 0.5
#define MODEL_OUTPUT0_ZERO_POINT 3
#define MODEL_OUTPUT1_ELEMENTS 7
#define MODEL_OUTPUT1_BYTES 7
#define MODEL_OUTPUT1_SCALE 0.25
#define MODEL_OUTPUT1_ZERO_POINT 0

typedef struct {
  const int8_t *a;
  const uint8_t *b;
} model_inputs;

typedef struct {
  int8_t *sum;
  uint8_t *copy;
} model_outputs;

int model_run(const model_inputs *inputs, const model_outputs *outputs,
              void *arena);

#ifdef __cplusplus
}
#endif

#endif
