"""Accuracy and noise of networks at several precisions, as a table.

Usage: precision.py QCC_EVAL [-draws=N] [-shared=FOLDER] [-network=NAME]

Runs qcc-eval (simulated in float, so that no target needs kernels) on the two
Fashion-MNIST networks of test/models and, if FOLDER has it, on the keyword
network of MLPerf Tiny; prints means over N draws of calibration samples.
Weights are rounded by COMQ below 8 bits, where biases are corrected as well,
unless a row says otherwise; bytes are those of packed weights.
"""

import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
FASHION = "/usr/share/datasets/fashion-mnist"
W4 = ["-weight-bits=4"]
W2 = ["-weight-bits=2"]
NO_BIAS = "-bias-correction=off"
CHOICES = [
    ("int8", []),
    ("int8, whole ranges", ["-observer=minmax"]),
    ("int8, equalized", ["-equalize=on"]),
    ("int8, biases as they are", [NO_BIAS]),
    ("W4A8", W4),
    ("W4A8, whole ranges", W4 + ["-observer=minmax"]),
    ("W4A8, equalized", W4 + ["-equalize=on"]),
    ("W4A8, biases as they are", W4 + [NO_BIAS]),
    ("W4A8 nearest", W4 + ["-rounding=nearest"]),
    ("W4A8 nearest, biases corrected",
     W4 + ["-rounding=nearest", "-bias-correction=on"]),
    ("W4A8 gptq", W4 + ["-rounding=gptq"]),
    ("W4A8 gptqv2", W4 + ["-rounding=gptqv2"]),
    ("W4A8 qep", W4 + ["-rounding=qep"]),
    ("W4A8 adaquant", W4 + ["-rounding=adaquant"]),
    ("W2A8", W2),
    ("W2A8, biases as they are", W2 + [NO_BIAS]),
    ("W2A8 nearest", W2 + ["-rounding=nearest"]),
    ("W2A8 adaquant", W2 + ["-rounding=adaquant"]),
    ("W8A4", ["-activation-bits=4"]),
    ("60 % of int8", ["-avg-bits=4.8"]),
    ("55 % of int8", ["-avg-bits=4.4"]),
    ("55 % of int8, nearest", ["-avg-bits=4.4", "-rounding=nearest"]),
    ("50 % of int8", ["-avg-bits=4"]),
]


def networks(shared):
    images = ["-samples=" + FASHION + "/t10k-images-idx3-ubyte.gz",
              "-labels=" + FASHION + "/t10k-labels-idx1-ubyte.gz",
              "-calibration=" + FASHION + "/train-images-idx3-ubyte.gz",
              "-calibration-samples=256", "-input-type=u8",
              "-input-mean=72.93", "-input-std=90.015"]
    found = []
    if os.path.isdir(FASHION):
        for name in ("fmnist_dscnn", "fmnist_resnet8"):
            model = os.path.join(ROOT, "test", "models", name + ".mlir")
            found.append((name, [model, *images]))
    keywords = os.path.join(shared, "models", "kws_fp32.onnx")
    if os.path.exists(keywords):
        data = os.path.join(shared, "data", "kws01_")
        found.append(("kws_fp32", [keywords, "-samples=" + data + "test.npz",
                                   "-calibration=" + data + "calibration.npz",
                                   "-calibration-samples=80"]))
    return found


def measure(program, arguments):
    """Results of qcc-eval: of the float network, and those of all draws."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result.json")
        subprocess.run([program, *arguments, "-run=float,simulated",
                        "-json=" + path], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(path) as file:
            results = json.load(file)["results"]
    return ([r for r in results if r["way"] == "float"],
            [r for r in results if r["way"] == "simulated"])


def mean(results, key):
    return sum(result[key] for result in results) / len(results)


def main():
    options = dict(argument.lstrip("-").split("=", 1)
                   for argument in sys.argv[2:])
    draws = options.get("draws", "5")
    shared = options.get("shared", os.path.join(ROOT, "..", "shared"))
    chosen = options.get("network", "")
    print(f"{'network':16} {'precision':32} {'top-1':>8} {'SQNR':>8} "
          f"{'bytes':>9}")
    for name, arguments in networks(shared):
        if chosen not in name:
            continue
        for index, (label, choice) in enumerate(CHOICES):
            exact, drawn = measure(
                sys.argv[1], [*arguments, *choice, "-draws=" + draws])
            if index == 0:
                print(f"{name:16} {'float':32} {mean(exact, 'top1'):8.2%}")
            print(f"{name:16} {label:32} {mean(drawn, 'top1'):8.2%} "
                  f"{mean(drawn, 'sqnr_db'):5.1f} dB "
                  f"{mean(drawn, 'weight_bytes'):9.0f}", flush=True)


if __name__ == "__main__":
    main()
