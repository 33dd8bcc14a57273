"""Compiles test/models/fmnist_dscnn.mlir for three targets and runs all three.

Usage: demo.py BUILD [IMAGES]. Prints top-1 accuracy beside the float
network's, flash, arena, and whether all targets gave the same bytes.
"""

import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

DATA = "/usr/share/datasets/fashion-mnist"
MODEL = "test/models/fmnist_dscnn.mlir"
# (x / 255 - 0.286) / 0.353 in bytes.
INPUT = ["-input-type=u8", "-input-mean=72.93", "-input-std=90.015"]
TARGETS = [  # target, emulator, how it runs
    ("x86-64", "host", "this machine"),
    ("armv8", "aarch64-cortex-a53", "qemu-aarch64"),
    ("cortex-m4", "cortex-m4", "qemu-system-arm"),
]


def data(name):
    found = glob.glob(os.path.join(DATA, name + "*"))
    if not found:
        sys.exit(f"{name} is not in {DATA}; install dataset-fashion-mnist")
    return found[0]


def payload(name, header):
    with gzip.open(data(name)) as file:
        return file.read()[header:]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def accuracy(outputs, labels):
    right = 0
    for index, label in enumerate(labels):
        codes = [byte - 256 if byte > 127 else byte
                 for byte in outputs[10 * index:10 * index + 10]]
        right += codes.index(max(codes)) == label
    return 100.0 * right / len(labels)


def main():
    build = os.path.abspath(sys.argv[1])
    images = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    tool = lambda name: os.path.join(build, "bin", name)
    labels = payload("t10k-labels", 8)[:images]
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.join(folder, "inputs.bin")
        with open(inputs, "wb") as file:
            file.write(payload("t10k-images", 16)[:784 * images])
        reference = os.path.join(folder, "float.json")
        run(tool("qcc-eval"), MODEL, "-run=float",
            "-samples=" + data("t10k-images"), "-labels=" + data("t10k-labels"),
            f"-count={images}", "-json=" + reference, *INPUT)
        with open(reference) as file:
            top1 = json.load(file)["results"][0]["top1"]
        print(f"\n{MODEL}, {images} test images\n")
        print(f"{'':<12}{'top-1 %':>8}{'flash B':>9}{'arena B':>9}  "
              f"{'runs on':<16} outputs")
        print(f"{'float':<12}{100 * top1 if top1 <= 1 else top1:>8.2f}",
              flush=True)
        first = None
        for target, emulator, where in TARGETS:
            model = os.path.join(folder, target, "model.o")
            os.mkdir(os.path.dirname(model))
            report, outputs = model[:-2] + ".json", model[:-2] + ".bin"
            run(tool("qcc"), MODEL, "-target=" + target, "-o", model, "-quiet", "-prefix=model",
                "-calibration=" + data("train-images"),
                "-calibration-samples=256", "-report=" + report, *INPUT)
            run(tool("qcc-count"), model, "-emulator=" + emulator, "-name=" +
                "model", "-inputs=" + inputs, "-outputs=" + outputs,
                "-no-count", "-timeout=1200")
            with open(report) as file:
                sizes = json.load(file)
            with open(outputs, "rb") as file:
                codes = file.read()
            first = first or codes
            same = "identical" if codes == first else "DIFFERENT"
            print(f"{target:<12}{accuracy(codes, labels):>8.2f}"
                  f"{sizes['flash_bytes']:>9}{sizes['arena_bytes']:>9}  "
                  f"{where:<16} {same}", flush=True)
            if codes != first or len(codes) != 10 * images:
                sys.exit("the targets disagree")


if __name__ == "__main__":
    main()
