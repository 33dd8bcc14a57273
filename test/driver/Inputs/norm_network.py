"""Writes model.mlir, a norm of 16 channels and a layer that reads it, and x.npz.

Two channels have a gamma that is 64 times that of the others, and weights that
are as much smaller; the values have long tails on one side.
"""
import numpy

CHANNELS, ROWS, SAMPLES = 16, 6, 64


def text(values):
    return "[" + ", ".join("%.6e" % value for value in values) + "]"


def main():
    noise = numpy.random.default_rng(3)
    factors = numpy.ones(CHANNELS)
    factors[[3, 10]] = 64
    weights = noise.normal(size=(5, CHANNELS)) / factors
    numpy.savez("x.npz", x=noise.gumbel(
        size=(SAMPLES, ROWS, CHANNELS)).astype("f4"))
    x, y, c = f"tensor<1x{ROWS}x{CHANNELS}xf32>", f"tensor<1x1x{ROWS}x5xf32>", f"tensor<{CHANNELS}xf32>"
    rows, image = f"tensor<5x1x1x{CHANNELS}xf32>", f"tensor<1x1x{ROWS}x{CHANNELS}xf32>"
    filters = "[" + ", ".join(f"[[{text(row)}]]" for row in weights) + "]"
    with open("model.mlir", "w") as file:
        file.write(f"""func.func @main(%x: {x}) -> {y} {{
  %g = qgraph.constant dense<{text(factors)}> : {c} -> {c}
  %b = qgraph.constant dense<{text(0.1 * factors)}> : {c} -> {c}
  %w = qgraph.constant dense<{filters}> : {rows} -> {rows}
  %z = qgraph.constant dense<0.0> : tensor<5xf32> -> tensor<5xf32>
  %0 = qgraph.layer_norm %x, %g, %b {{axis = 2 : i64, epsilon = 1.0e-5 : f32}} : ({x}, {c}, {c}) -> {x}
  %1 = qgraph.reshape %0 : ({x}) -> {image}
  %2 = qgraph.conv2d %1, %w, %z {{dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>}} : ({image}, {rows}, tensor<5xf32>) -> {y}
  return %2 : {y}
}}
""")


if __name__ == "__main__":
    main()
