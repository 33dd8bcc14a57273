"""Prints what compiled networks cost, layer by layer, and qcc itself.

Usage: bench.py BUILD [MODEL ...]. Instructions are counted under QEMU, exact;
milliseconds are the median of 1,000 runs of the object on this machine;
seconds are those of one run of qcc per target, calibration with 256 images of
Fashion-MNIST included.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time

MODELS = ["test/models/fmnist_dscnn.mlir", "test/models/fmnist_resnet8.mlir"]
INPUT = ["-input-type=u8", "-input-mean=72.93", "-input-std=90.015"]
COUNTED = [("cortex-m4", "cortex-m4"), ("cortex-m55", "cortex-m55"),
           ("armv8", "aarch64-cortex-a53"),
           ("armv8.2-dotprod", "aarch64-cortex-a76")]
CALIBRATION = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz"
TIMED = ["x86-64", "x86-64-v3", "x86-64-v4", "x86-64-vnni"]

TIMER = r"""
#include "model.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
enum { RUNS = 1000 };
static uint64_t arena[MODEL_ARENA_BYTES / 8 + 8];
static unsigned char in[MODEL_INPUT0_BYTES], out[MODEL_OUTPUT0_BYTES];
static double times[RUNS];
static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
int main(void) {
  model_inputs inputs = {(const void *)in};
  model_outputs outputs = {(void *)out};
  void *aligned = (void *)(((uintptr_t)arena + 63) & ~(uintptr_t)63);
  for (int i = -100; i < RUNS; ++i) {
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    model_run(&inputs, &outputs, aligned);
    clock_gettime(CLOCK_MONOTONIC, &b);
    if (i >= 0)
      times[i] = (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6;
  }
  qsort(times, RUNS, sizeof *times, compare);
  printf("%.4f %.4f\n", times[RUNS / 2], times[0]);
  return 0;
}
"""


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def compiled(build, model, target, folder):
    path = os.path.join(folder, target, "model.o")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    run(os.path.join(build, "bin", "qcc"), model, "-target=" + target, "-o",
        path, "-quiet", "-prefix=model", "-report=" + path[:-2] + ".json",
        *INPUT)
    with open(path[:-2] + ".json") as file:
        return path, json.load(file)


def count(build, model, folder):
    print(f"\n{model}: instructions per inference\n")
    columns, rows, macs = [], {}, {}
    for target, emulator in COUNTED:
        path, report = compiled(build, model, target, folder)
        counts = json.loads(run(
            os.path.join(build, "bin", "qcc-count"), path, "-json",
            "-emulator=" + emulator, "-name=model", "-samples=1"))
        columns.append((target, counts))
        for kernel in report["kernels"]:
            macs.setdefault(kernel["name"], kernel["macs"])
        for function in counts["functions"]:
            # model_<number>_<layer>; equal layers share one function, which
            # then counts for all of them.
            named = re.fullmatch(r"model_\d+_(.*)", function["name"])
            cells = rows.setdefault(named[1] if named else function["name"], {})
            cells[target] = cells.get(target, 0) + function["instructions"]
    print(f"{'function':<26}" + "".join(f"{t:>17}" for t, _ in columns))
    for name in rows:
        cells = [rows[name].get(target) for target, _ in columns]
        if any(cells):
            print(f"{name:<26}" + "".join(
                f"{cell if cell is not None else '-':>17}" for cell in cells))
    totals = [counts["instructions"] for _, counts in columns]
    print(f"{'total':<26}" + "".join(f"{total:>17}" for total in totals))
    work = sum(macs.values())
    print(f"{'per multiply-add':<26}" + "".join(
        f"{total / work:>17.3f}" for total in totals))


def measure(build, model, folder):
    print(f"\n{model}: milliseconds on this machine, one thread\n")
    timer = os.path.join(folder, "timer.c")
    with open(timer, "w") as file:
        file.write(TIMER)
    with open("/proc/cpuinfo") as file:
        flags = file.read().split()
    for target in TIMED:
        if target in ("x86-64-v4", "x86-64-vnni") and (
                "avx512bw" not in flags
                or target.endswith("vnni") and "avx512_vnni" not in flags):
            print(f"{target:<14} not run: the CPU lacks AVX-512")
            continue
        path, _ = compiled(build, model, target, folder)
        program = path[:-2]
        run("clang-22", "-O2", "-I", os.path.dirname(path), timer, path, "-o",
            program)
        median, best = run(program).split()
        print(f"{target:<14} median {median}  best {best}")


def time_compiler(build, model, folder):
    print(f"\n{model}: seconds to compile\n")
    qcc = os.path.join(build, "bin", "qcc")
    data = []
    if os.path.exists(CALIBRATION) and "fmnist" in model:
        data = ["-calibration=" + CALIBRATION, "-calibration-samples=256"]
    else:
        print("without calibration data")
    for line in run(qcc, "-list-targets").splitlines():
        target = line.split()[0]
        begin = time.monotonic()
        run(qcc, model, "-target=" + target, "-quiet", *INPUT, *data,
            "-o", os.path.join(folder, "timed.o"))
        print(f"{target:<17} {time.monotonic() - begin:.2f}")


def main():
    build = os.path.abspath(sys.argv[1])
    for model in sys.argv[2:] or MODELS:
        with tempfile.TemporaryDirectory() as folder:
            count(build, model, folder)
            measure(build, model, folder)
            time_compiler(build, model, folder)


if __name__ == "__main__":
    main()
