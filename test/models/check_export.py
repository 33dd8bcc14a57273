#!/usr/bin/python3
"""Checks an exported network: the text, the graph and its float accuracy.

  check_export.py MODEL.mlir [--images N] [--minimum PERCENT] [--mlir-opt PROGRAM]

1. mlir-opt verifies the file, accepts it as strict TOSA (profile pro_fp), and
   prints a text that it reads back to the same text, locations included.
2. The graph is read from the text, not from the exporter, and run in numpy in
   the order written, BatchNorm unfolded, on the first N test images; every
   value must have the shape its type declares.  Prints the top-1 accuracy and
   fails when it is below PERCENT.

Needs numpy and Debian's dataset-fashion-mnist, but no torch.
"""

import argparse
import math
import os
import re
import subprocess

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import fashion_mnist

CONST = re.compile(
    r'(%\w+) = "tosa\.(?:const|const_shape)"\(\) '
    r'<\{values = dense<(.*)> : tensor<(?:([\dx]+)x)(\w+)>\}> : \(\) -> \S+$')
OP = re.compile(
    r"(%\w+) = tosa\.(\w+) ([%\w, ]+?)(?: \{(.*)\})? : "
    r'\(.*\) -> tensor<([\dx]+)xf32> loc\("([^"]+)"\)$')
ATTR = re.compile(r"(\w+) = (?:array<i(?:32|64): ([-\d, ]+)>|([-+.\dE]+|f32))")
TYPES = {"f32": "<f4", "i8": "i1", "index": "<i8"}


def dims(text):
    return tuple(int(d) for d in text.split("x"))


def parse_constant(match):
    _, value, shape, element = match.groups()
    dtype = np.dtype(TYPES[element])
    if value.startswith('"0x'):
        data = np.frombuffer(bytes.fromhex(value[3:-1]), dtype)
        return data.reshape(dims(shape))
    data = np.array([float(v) for v in value.strip("[]").split(",")])
    return np.broadcast_to(data.astype(dtype), dims(shape)) if data.size == 1 \
        else data.astype(dtype).reshape(dims(shape))


def parse_attributes(text):
    out = {}
    for name, array, scalar in ATTR.findall(text or ""):
        if array:
            out[name] = [int(v) for v in array.split(",")]
        else:
            out[name] = scalar if scalar == "f32" else float(scalar)
    return out


def windows(x, kernel, pad, stride):
    """[N,OH,OW,C,KH,KW] view of the zero-padded input."""
    x = np.pad(x, ((0, 0), (pad[0], pad[1]), (pad[2], pad[3]), (0, 0)))
    for axis in (0, 1):
        if (x.shape[1 + axis] - kernel[axis]) % stride[axis]:
            raise SystemExit(f"window {kernel} does not divide {x.shape}")
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(1, 2))
    return view[:, ::stride[0], ::stride[1]]


def conv2d(v, a):
    x, weight, bias, input_zp, weight_zp = v
    assert input_zp == 0 and weight_zp == 0 and a["dilation"] == [1, 1]
    w = windows(x, weight.shape[1:3], a["pad"], a["stride"])
    return np.tensordot(w, weight, ((4, 5, 3), (1, 2, 3))) + bias


def depthwise_conv2d(v, a):
    x, weight, bias, input_zp, weight_zp = v
    assert input_zp == 0 and weight_zp == 0 and a["dilation"] == [1, 1]
    assert weight.shape[3] == 1
    w = windows(x, weight.shape[:2], a["pad"], a["stride"])
    out = sum(w[..., i, j] * weight[i, j, :, 0] for i in range(weight.shape[0])
              for j in range(weight.shape[1]))
    return out + bias


def avg_pool2d(v, a):
    assert v[1] == 0 and v[2] == 0 and a["pad"] == [0, 0, 0, 0]
    return windows(v[0], a["kernel"], a["pad"], a["stride"]).mean((4, 5))


def matmul(v, a):
    assert v[2] == 0 and v[3] == 0
    return v[0] @ v[1]


def mul(v, a):
    assert v[2] == 0
    return v[0] * v[1]


def reshape(v, a):
    # Of several images at once the leading dimension is the batch.
    shape = tuple(v[1])
    if v[0].size != math.prod(shape):
        shape = (v[0].shape[0], *shape[1:])
    return v[0].reshape(shape)


def take(v, a):
    return v[0][tuple(slice(s, s + n) for s, n in zip(v[1], v[2]))]


def erf(v, a):
    return np.vectorize(math.erf, otypes=[np.float32])(v[0])


EVALUATE = {
    "conv2d": conv2d,
    "depthwise_conv2d": depthwise_conv2d,
    "avg_pool2d": avg_pool2d,
    "matmul": matmul,
    "mul": mul,
    "reshape": reshape,
    "add": lambda v, a: v[0] + v[1],
    "sub": lambda v, a: v[0] - v[1],
    "erf": erf,
    "exp": lambda v, a: np.exp(v[0]),
    "reciprocal": lambda v, a: np.float32(1) / v[0],
    "reduce_max": lambda v, a: v[0].max(int(a["axis"]), keepdims=True),
    "slice": take,
    "transpose": lambda v, a: v[0].transpose(a["perms"]),
    "rsqrt": lambda v, a: np.float32(1) / np.sqrt(v[0]),
    "clamp": lambda v, a: np.clip(v[0], np.float32(a["min_val"]),
                                  np.float32(a["max_val"])),
    "reduce_sum": lambda v, a: v[0].sum(int(a["axis"]), keepdims=True),
}


class Graph:
    """The one function of an exported file."""

    def __init__(self, path):
        self.constants = {}
        self.ops = []
        self.result = None
        with open(path, encoding="ascii") as f:
            for number, line in enumerate(f, 1):
                self.parse_line(line.strip(), f"{path}:{number}")
        if self.result is None:
            raise SystemExit(f"{path}: no return found")

    def parse_line(self, line, where):
        if not line or line == "}" or line.startswith(("//", "func.func @main")):
            return
        if line.startswith("return "):
            self.result = line.split()[1]
            return
        match = CONST.match(line)
        if match:
            self.constants[match.group(1)] = parse_constant(match)
            return
        match = OP.match(line)
        if not match or match.group(2) not in EVALUATE:
            raise SystemExit(f"{where}: not understood: {line[:80]}")
        result, name, operands, attrs, shape, _ = match.groups()
        self.ops.append((result, name, operands.split(", "), parse_attributes(attrs),
                         dims(shape)))

    def batch(self):
        """How many images to run at once: one where other things lead."""
        return 100 if all(op[-1][0] == 1 for op in self.ops) else 1

    def run(self, images):
        """Logits f32 [N,10] of images f32 [N,28,28,1]."""
        values = dict(self.constants)
        values["%arg0"] = images
        for result, name, operands, attrs, shape in self.ops:
            out = EVALUATE[name]([values[o] for o in operands], attrs)
            out = np.asarray(out, np.float32)
            # Values that depend on constants only keep a leading 1.
            if out.shape != shape and (out.shape[1:] != shape[1:] or
                                       out.shape[0] not in (1, len(images))):
                raise SystemExit(f"{result} ({name}): shape {out.shape}, declared {shape}")
            values[result] = out
        return values[self.result]


def check_text(program, path):
    def opt(text, *options):
        run = subprocess.run(
            [program, "-", "--verify-each", "--mlir-print-debuginfo", *options],
            input=text, capture_output=True, text=True)
        if run.returncode:
            raise SystemExit(f"{path}: {program} failed: {run.stderr[:500]}")
        return run.stdout

    with open(path, encoding="ascii") as f:
        once = opt(f.read())
    if opt(once) != once:
        raise SystemExit(f"{path}: does not round-trip")
    opt(once, "--pass-pipeline=builtin.module(tosa-attach-target{profiles=pro_fp},"
        "tosa-validate{strict-op-spec-alignment})")
    print(f"{path}: {os.path.getsize(path)} bytes, verified, strict TOSA, round-trips")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--images", type=int, default=10000)
    parser.add_argument("--minimum", type=float, default=0)
    parser.add_argument("--mlir-opt", default="mlir-opt-22")
    args = parser.parse_args()

    check_text(args.mlir_opt, args.model)
    graph = Graph(args.model)
    images, labels = fashion_mnist.load("t10k")
    images, labels = images[:args.images], labels[:args.images]
    step = graph.batch()
    logits = np.concatenate([graph.run(images[i:i + step])
                             for i in range(0, len(images), step)])
    hits = int((logits.argmax(1) == labels).sum())
    print(f"{args.model}: {len(graph.ops)} ops, {hits} of {len(labels)} right, "
          f"float accuracy {100 * hits / len(labels):.2f} %")
    if 100 * hits < args.minimum * len(labels):
        raise SystemExit(f"{args.model}: accuracy below {args.minimum} %")


if __name__ == "__main__":
    main()
