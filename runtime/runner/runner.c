/* Runs a compiled model over a file of samples: the main program of every
 * example and of every test on an emulator.
 *
 * inputs.bin holds samples, each one all inputs in order, without padding.
 * outputs.bin receives all outputs in order for each sample, stack.bin (an
 * uint32_t) the bytes of stack that the hungriest run took. The model and its
 * header are chosen when this file is compiled:
 *
 *   -DQCC_MODEL_HEADER="\"model.h\"" -DQCC_MODEL=model -DQCC_MODEL_UPPER=MODEL
 *   -DQCC_IO_ALIGN=N   how inputs and outputs are aligned, in bytes (16)
 *
 * A model must not count on the contents of arena and outputs, must stay inside
 * its buffers and must leave its inputs alone. All of it is checked: buffers
 * hold noise before each run, guards around them are compared after it, and
 * where there is an MMU a read past the end faults. Buffers are aligned as
 * required and, without an MMU, no better.
 */
#include QCC_MODEL_HEADER

#include "qcc/qcc.h"
#include "runner/platform.h"

#ifndef QCC_IO_ALIGN
#define QCC_IO_ALIGN 16
#endif

#define QCC_PASTE_(a, b) a##b
#define QCC_PASTE(a, b) QCC_PASTE_(a, b)
#define QCC_PASTE4_(a, b, c, d) a##b##c##d
#define QCC_PASTE4(a, b, c, d) QCC_PASTE4_(a, b, c, d)

/* MODEL_ARENA_BYTES and its like; MODEL_INPUT0_BYTES and its like. */
#define QCC_OF(what) QCC_PASTE(QCC_MODEL_UPPER, what)
#define QCC_IO_BYTES(kind, k) QCC_PASTE4(QCC_MODEL_UPPER, kind, k, _BYTES)

#define QCC_FOR_1(do, kind)                                                    \
  do                                                                           \
  (kind, 0)
#define QCC_FOR_2(do, kind) QCC_FOR_1(do, kind) do(kind, 1)
#define QCC_FOR_3(do, kind) QCC_FOR_2(do, kind) do(kind, 2)
#define QCC_FOR_4(do, kind) QCC_FOR_3(do, kind) do(kind, 3)
#define QCC_FOR_5(do, kind) QCC_FOR_4(do, kind) do(kind, 4)
#define QCC_FOR_6(do, kind) QCC_FOR_5(do, kind) do(kind, 5)
#define QCC_FOR_7(do, kind) QCC_FOR_6(do, kind) do(kind, 6)
#define QCC_FOR_8(do, kind) QCC_FOR_7(do, kind) do(kind, 7)
#define QCC_FOR_INPUTS(do) QCC_PASTE(QCC_FOR_, QCC_OF(_NUM_INPUTS))(do, _INPUT)
#define QCC_FOR_OUTPUTS(do)                                                    \
  QCC_PASTE(QCC_FOR_, QCC_OF(_NUM_OUTPUTS))(do, _OUTPUT)

#if QCC_OF(_NUM_INPUTS) < 1 || QCC_OF(_NUM_INPUTS) > 8 ||                      \
    QCC_OF(_NUM_OUTPUTS) < 1 || QCC_OF(_NUM_OUTPUTS) > 8
#error "runner: a model has 1 to 8 inputs and 1 to 8 outputs"
#endif

/* A buffer given to the model and the guards before and behind it. */
typedef struct {
  unsigned char *storage;
  size_t storageBytes;
  unsigned char *data;
  size_t bytes;
  size_t align;
} buffer;

enum {
  GUARD = 64,
  NUM_INPUTS = QCC_OF(_NUM_INPUTS),
  NUM_OUTPUTS = QCC_OF(_NUM_OUTPUTS)
};

#if QCC_PLATFORM_HAS_FENCES

#define QCC_STORAGE(name, size, alignment)
#define QCC_BUFFER(name, size, alignment) {0, 0, 0, size, alignment},

static void place(buffer *b) {
  b->storageBytes = GUARD + QCC_ROUND_UP(b->bytes, b->align);
  b->storage = qcc_platform_fenced(b->storageBytes);
  if (!b->storage) {
    qcc_platform_message("runner: out of memory\n");
    qcc_platform_exit(QCC_EXIT_FILE);
  }
  b->data = b->storage + GUARD;
}

#else

/* The first offset, GUARD or more, that is a multiple of `align` and not of
 * twice as much. */
#define QCC_OFFSET(align)                                                      \
  ((align) > GUARD ? (align)                                                   \
                   : QCC_ROUND_UP(GUARD - (align), 2 * (align)) + (align))
#define QCC_STORAGE_BYTES(size, align) (QCC_OFFSET(align) + (size) + GUARD)
#define QCC_STORAGE(name, size, alignment)                                     \
  static QCC_ALIGN(                                                            \
      2 * (alignment)) unsigned char name[QCC_STORAGE_BYTES(size, alignment)];
#define QCC_BUFFER(name, size, alignment)                                      \
  {name, sizeof(name), name + QCC_OFFSET(alignment), size, alignment},

static void place(buffer *b) { (void)b; }

#endif

#define QCC_IO_STORAGE(kind, k)                                                \
  QCC_STORAGE(storage##kind##k, QCC_IO_BYTES(kind, k), QCC_IO_ALIGN)
#define QCC_IO_BUFFER(kind, k)                                                 \
  QCC_BUFFER(storage##kind##k, QCC_IO_BYTES(kind, k), QCC_IO_ALIGN)

QCC_FOR_INPUTS(QCC_IO_STORAGE)
QCC_FOR_OUTPUTS(QCC_IO_STORAGE)
QCC_STORAGE(storageArena, QCC_OF(_ARENA_BYTES), QCC_OF(_ARENA_ALIGN))

static buffer inputs[] = {QCC_FOR_INPUTS(QCC_IO_BUFFER)};
static buffer outputs[] = {QCC_FOR_OUTPUTS(QCC_IO_BUFFER)};
static buffer arena[] = {
    QCC_BUFFER(storageArena, QCC_OF(_ARENA_BYTES), QCC_OF(_ARENA_ALIGN))};

/* Prints a number. By subtraction: Cortex-M0 has no division. */
static void printNumber(uint32_t number) {
  static const uint32_t powers[] = {1000000000, 100000000, 10000000, 1000000,
                                    100000,     10000,     1000,     100,
                                    10,         1};
  char digits[sizeof(powers) / sizeof(powers[0]) + 1];
  char *to = digits;
  size_t i;
  for (i = 0; i < sizeof(powers) / sizeof(powers[0]); ++i) {
    *to = '0';
    for (; number >= powers[i]; number -= powers[i])
      ++*to;
    if (*to != '0' || to != digits || powers[i] == 1)
      ++to;
  }
  *to = 0;
  qcc_platform_message(digits);
}

__attribute__((noreturn)) static void fail(const char *what, unsigned sample,
                                           int code) {
  qcc_platform_message("runner: ");
  qcc_platform_message(what);
  qcc_platform_message(", sample ");
  printNumber(sample);
  qcc_platform_message("\n");
  qcc_platform_exit(code);
}

/* Marker functions: a counter of instructions starts at one and stops at the
 * other, so they must stay functions and stay different. */
__attribute__((noinline, used)) void qcc_marker_begin(void) {
  __asm__ volatile("" ::"r"(1) : "memory");
}
__attribute__((noinline, used)) void qcc_marker_end(void) {
  __asm__ volatile("" ::"r"(2) : "memory");
}

/* The stack below this function is painted before a run and looked at after it,
 * which must happen without a call in between: calls paint, too. */
enum { STACK_PAINT = 0x5eac4b1d };
static uint32_t stackUsed;

static inline __attribute__((always_inline)) uint32_t *stackPointer(void) {
  uint32_t *pointer;
#if defined(__x86_64__)
  __asm__ volatile("mov %%rsp, %0" : "=r"(pointer));
#else
  __asm__ volatile("mov %0, sp" : "=r"(pointer));
#endif
  return pointer;
}

__attribute__((noinline)) static int qcc_runner_call(void *arenaData) {
  const void *inputData[NUM_INPUTS];
  void *outputData[NUM_OUTPUTS];
  int k, status;
  volatile uint32_t *top, *at;
  for (k = 0; k < NUM_INPUTS; ++k)
    inputData[k] = inputs[k].data;
  for (k = 0; k < NUM_OUTPUTS; ++k)
    outputData[k] = outputs[k].data;
  top = stackPointer();
  for (at = QCC_PLATFORM_STACK_BOTTOM(top); at < top; ++at)
    *at = STACK_PAINT;
  qcc_marker_begin();
  /* The model's argument structs hold pointers only, in this order. */
  status = QCC_PASTE(QCC_MODEL, _run)(
      (const QCC_PASTE(QCC_MODEL, _inputs) *)(const void *)inputData,
      (const QCC_PASTE(QCC_MODEL, _outputs) *)(const void *)outputData,
      arenaData);
  qcc_marker_end();
  at = QCC_PLATFORM_STACK_BOTTOM(top);
  while (at < top && *at == STACK_PAINT)
    ++at;
  /* Not every board faults when the stack leaves RAM. */
  if (at == QCC_PLATFORM_STACK_BOTTOM(top)) {
    qcc_platform_message("runner: the model used up the stack\n");
    qcc_platform_exit(QCC_EXIT_STACK);
  }
  if ((uint32_t)(top - at) > stackUsed / sizeof(*at))
    stackUsed = (uint32_t)(top - at) * (uint32_t)sizeof(*at);
  return status;
}

/* Byte i of the noise of one run. Differs from run to run; never a constant
 * that a lucky program could rely on. */
static unsigned char noise(size_t i, unsigned sample) {
  return (unsigned char)(i * 31u + (i >> 8) * 7u + sample * 101u + 0xa5u);
}

static void fillWithNoise(const buffer *b, unsigned sample) {
  size_t i;
  for (i = 0; i < b->storageBytes; ++i)
    b->storage[i] = noise(i, sample);
}

static void checkGuards(const buffer *b, const char *what, unsigned sample) {
  const size_t begin = (size_t)(b->data - b->storage);
  size_t i;
  for (i = 0; i < begin; ++i)
    if (b->storage[i] != noise(i, sample))
      fail(what, sample, QCC_EXIT_GUARD);
  for (i = begin + b->bytes; i < b->storageBytes; ++i)
    if (b->storage[i] != noise(i, sample))
      fail(what, sample, QCC_EXIT_GUARD);
}

static uint32_t hashInputs(void) {
  uint32_t hash = 0;
  int k;
  size_t i;
  for (k = 0; k < NUM_INPUTS; ++k)
    for (i = 0; i < inputs[k].bytes; ++i)
      hash = hash * 31u + inputs[k].data[i];
  return hash;
}

/* Fills the inputs. Returns 0 at the end of the file. */
static int readSample(int file, unsigned sample) {
  int k;
  for (k = 0; k < NUM_INPUTS; ++k) {
    size_t got;
    fillWithNoise(&inputs[k], sample);
    got = qcc_platform_read(file, inputs[k].data, inputs[k].bytes);
    if (k == 0 && got == 0)
      return 0;
    if (got != inputs[k].bytes)
      fail("inputs.bin ends inside of a sample", sample, QCC_EXIT_FILE);
  }
  return 1;
}

static void runSample(unsigned sample) {
  uint32_t hash;
  int k;
  fillWithNoise(&arena[0], sample);
  for (k = 0; k < NUM_OUTPUTS; ++k)
    fillWithNoise(&outputs[k], sample);
  hash = hashInputs();
  if (qcc_runner_call(arena[0].data) != 0)
    fail("the model returned an error", sample, QCC_EXIT_RUN);
  checkGuards(&arena[0], "the model wrote outside of its arena", sample);
  for (k = 0; k < NUM_OUTPUTS; ++k)
    checkGuards(&outputs[k], "the model wrote outside of an output", sample);
  for (k = 0; k < NUM_INPUTS; ++k)
    checkGuards(&inputs[k], "the model wrote outside of an input", sample);
  if (hash != hashInputs())
    fail("the model wrote to an input", sample, QCC_EXIT_INPUT);
}

static void writeSample(int file, unsigned sample) {
  int k;
  for (k = 0; k < NUM_OUTPUTS; ++k)
    if (qcc_platform_write(file, outputs[k].data, outputs[k].bytes))
      fail("cannot write outputs.bin", sample, QCC_EXIT_FILE);
}

int main(void) {
  unsigned sample;
  int k;
  const int from = qcc_platform_open("inputs.bin", 0);
  int to = qcc_platform_open("outputs.bin", 1);
  if (from < 0)
    fail("cannot open inputs.bin", 0, QCC_EXIT_FILE);
  if (to < 0)
    fail("cannot open outputs.bin", 0, QCC_EXIT_FILE);
  for (k = 0; k < NUM_INPUTS; ++k)
    place(&inputs[k]);
  for (k = 0; k < NUM_OUTPUTS; ++k)
    place(&outputs[k]);
  place(&arena[0]);
  for (sample = 0; readSample(from, sample); ++sample) {
    runSample(sample);
    writeSample(to, sample);
  }
  to = qcc_platform_open("stack.bin", 1);
  if (to < 0 || qcc_platform_write(to, &stackUsed, sizeof(stackUsed)))
    fail("cannot write stack.bin", sample, QCC_EXIT_FILE);
  return 0;
}
