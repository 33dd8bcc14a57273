/* A plugin for QEMU (TCG plugin interface, version 1) that counts executed
 * instructions between two addresses, for each function exactly.
 *
 *   -plugin libqcc_count.so,begin=0xADDR,end=0xADDR,ranges=FILE,out=FILE
 *
 * begin, end  entry points of two marker functions; counting starts when the
 *             first is entered and stops when the second is. May repeat.
 * ranges      lines "address size name" (hexadecimal), sorted by address,
 *             without overlaps
 * out         receives lines "count function name" for every function that
 *             executed, "count other" for instructions outside of all, and
 *             "count runs", how often end was reached
 *
 * One guest processor. Every instruction adds to the counter of its range all
 * the time, which QEMU does inline; the markers take differences.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From QEMU's documentation of the plugin interface; Debian has no header. */
typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *,
                                                 size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id,
    void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *,
                                                enum qemu_plugin_op operation,
                                                void *counter, uint64_t value);
void qemu_plugin_register_vcpu_insn_exec_cb(
    struct qemu_plugin_insn *, void (*callback)(unsigned cpu, void *data),
    enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
                                    void (*callback)(qemu_plugin_id_t, void *),
                                    void *data);

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = 1;

typedef struct {
  uint64_t address, size;
  uint64_t executed;  /* since the start; QEMU adds to it */
  uint64_t atBegin;   /* `executed` when begin was last reached */
  uint64_t inRegions; /* the result */
  char *name;
} range;

/* ranges[count] stands for all addresses outside of the others. */
static range *ranges;
static size_t count;
static uint64_t beginAddress, endAddress, runs;
static int inRegion;
static const char *outPath;

static range *findRange(uint64_t address) {
  size_t low = 0, high = count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (address < ranges[middle].address)
      high = middle;
    else if (address - ranges[middle].address >= ranges[middle].size)
      low = middle + 1;
    else
      return &ranges[middle];
  }
  return &ranges[count];
}

static void reachBegin(unsigned cpu, void *data) {
  size_t i;
  (void)cpu;
  (void)data;
  for (i = 0; i <= count; ++i)
    ranges[i].atBegin = ranges[i].executed;
  inRegion = 1;
}

static void reachEnd(unsigned cpu, void *data) {
  size_t i;
  (void)cpu;
  (void)data;
  if (!inRegion)
    return;
  for (i = 0; i <= count; ++i)
    ranges[i].inRegions += ranges[i].executed - ranges[i].atBegin;
  inRegion = 0;
  ++runs;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  const size_t n = qemu_plugin_tb_n_insns(block);
  size_t i;
  (void)id;
  for (i = 0; i < n; ++i) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
    const uint64_t address = qemu_plugin_insn_vaddr(instruction);
    if (address == beginAddress)
      qemu_plugin_register_vcpu_insn_exec_cb(instruction, reachBegin,
                                             QEMU_PLUGIN_CB_NO_REGS, NULL);
    if (address == endAddress)
      qemu_plugin_register_vcpu_insn_exec_cb(instruction, reachEnd,
                                             QEMU_PLUGIN_CB_NO_REGS, NULL);
    qemu_plugin_register_vcpu_insn_exec_inline(
        instruction, QEMU_PLUGIN_INLINE_ADD_U64, &findRange(address)->executed,
        1);
  }
}

static void writeCounts(qemu_plugin_id_t id, void *data) {
  FILE *out = fopen(outPath, "w");
  size_t i;
  (void)id;
  (void)data;
  if (!out) {
    fprintf(stderr, "qcc-count: cannot write '%s'\n", outPath);
    return;
  }
  fprintf(out, "%" PRIu64 " runs\n", runs);
  for (i = 0; i < count; ++i)
    if (ranges[i].inRegions)
      fprintf(out, "%" PRIu64 " function %s\n", ranges[i].inRegions,
              ranges[i].name);
  fprintf(out, "%" PRIu64 " other\n", ranges[count].inRegions);
  fclose(out);
}

/* Returns 0, or -1 after a message. */
static int readRanges(const char *path) {
  char line[4096];
  FILE *in = fopen(path, "r");
  size_t room = 64;
  if (!in) {
    fprintf(stderr, "qcc-count: cannot read '%s'\n", path);
    return -1;
  }
  ranges = calloc(room, sizeof(range));
  while (ranges && fgets(line, sizeof(line), in)) {
    char *rest;
    range *r = &ranges[count];
    r->address = strtoull(line, &rest, 16);
    r->size = strtoull(rest, &rest, 16);
    rest[strcspn(rest, "\n")] = 0;
    if (*rest != ' ' || (count && r->address < r[-1].address)) {
      fprintf(stderr,
              "qcc-count: '%s' line %zu: expected a sorted list of 'address "
              "size name'\n",
              path, count + 1);
      fclose(in);
      return -1;
    }
    r->name = strdup(rest + 1);
    if (++count == room) {
      ranges = realloc(ranges, 2 * room * sizeof(range));
      if (ranges)
        memset(ranges + room, 0, room * sizeof(range));
      room *= 2;
    }
  }
  fclose(in);
  return ranges ? 0 : -1;
}

static const char *valueOf(const char *argument, const char *key) {
  const size_t length = strlen(key);
  return strncmp(argument, key, length) == 0 ? argument + length : NULL;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
                               int argc, char **argv) {
  const char *rangesPath = NULL, *value;
  int i;
  (void)info;
  for (i = 0; i < argc; ++i) {
    if ((value = valueOf(argv[i], "begin=")))
      beginAddress = strtoull(value, NULL, 0);
    else if ((value = valueOf(argv[i], "end=")))
      endAddress = strtoull(value, NULL, 0);
    else if ((value = valueOf(argv[i], "ranges=")))
      rangesPath = value;
    else if ((value = valueOf(argv[i], "out=")))
      outPath = strdup(value); /* QEMU frees the arguments */
    else {
      fprintf(stderr, "qcc-count: unknown argument '%s'\n", argv[i]);
      return -1;
    }
  }
  if (!rangesPath || !outPath || !beginAddress || !endAddress) {
    fprintf(stderr, "qcc-count: begin, end, ranges and out are needed\n");
    return -1;
  }
  if (readRanges(rangesPath))
    return -1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, writeCounts, NULL);
  return 0;
}
