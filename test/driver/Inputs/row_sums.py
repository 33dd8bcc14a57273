"""Sums of attention's shares as integers have them.

    row_sums.py make LENGTH SPREAD   writes model.mlir, x.npz, c.npz and x.qplan
    row_sums.py run OBJECT.so HEADER prints the mean over all rows

The network multiplies shares by a column of ones; its results have 16 bits, and
twice the range that they need. Calibration (c.npz) has other scores.
"""
import ctypes
import re
import sys

import numpy

ROWS, SAMPLES = 16, 24


def make(length, spread):
    noise = numpy.random.default_rng(5)
    for name, factor in (("x.npz", 1), ("c.npz", 255 / 127)):
        scores = spread * noise.normal(size=(SAMPLES, ROWS, length))
        numpy.savez(name, input0=scores.astype("f4"),
                    input1=numpy.full((SAMPLES, length, 1), factor, "f4"))
    scores, ones = f"tensor<1x{ROWS}x{length}xf32>", f"tensor<1x{length}x1xf32>"
    sums = f"tensor<1x{ROWS}x1xf32>"
    with open("model.mlir", "w") as file:
        file.write(f"""func.func @main(%a: {scores}, %b: {ones}) -> {sums} {{
  %0 = qgraph.softmax %a {{qgraph.layer = "shares", axis = 2 : i64}} : ({scores}) -> {scores}
  %1 = qgraph.matmul %0, %b {{qgraph.layer = "sums"}} : ({scores}, {ones}) -> {sums}
  return %1 : {sums}
}}
""")
    with open("x.qplan", "w") as file:
        file.write('{"format":"qplan","version":1,'
                   '"layers":[{"layer":"sums","activations":16}]}')


def run(library, header):
    text = open(header).read()

    def number(name):
        found = re.search(rf"define M_{name} +\(?([-0-9.e]+)", text)
        return float(found[1])

    data = numpy.load("x.npz")
    function = ctypes.CDLL(library).m_run
    arena = ctypes.create_string_buffer(int(number("ARENA_BYTES")) + 64)
    start = (ctypes.addressof(arena) + 63) // 64 * 64
    sums = []
    for sample in zip(data["input0"], data["input1"]):
        codes = [
            numpy.clip(numpy.round(values / number(f"INPUT{k}_SCALE"))
                       + number(f"INPUT{k}_ZERO_POINT"), -128, 127).astype("i1")
            for k, values in enumerate(sample)]
        out = numpy.zeros(ROWS, "i2")
        inputs = (ctypes.c_void_p * 2)(*[code.ctypes.data for code in codes])
        outputs = (ctypes.c_void_p * 1)(out.ctypes.data)
        function(inputs, outputs, ctypes.c_void_p(start))
        sums.append(out * number("OUTPUT0_SCALE"))
    print("mean row sum %.5f" % numpy.mean(sums))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), float(sys.argv[3]))
    else:
        run(*sys.argv[2:])
