#!/usr/bin/python3
"""Writes a trained network as MLIR text in LLVM 22's TOSA dialect, f32.

  export_tosa.py {dscnn,resnet8,vit} PARAMETERS.npz OUT.mlir

The graph is what a framework would hand over, not what a compiler would like:
BatchNorm, LayerNorm, softmax and GELU stay chains of primitives (TOSA has no
op for them), convolutions have a zero bias, and the networks use different
idioms for the same thing (see README.md).  Layout is NHWC, weights are [OC,KH,KW,IC] and [KH,KW,C,M].
"""

import argparse

import numpy as np

F32_MAX = "3.40282347E+38"
# As Keras; large enough that a nearly dead channel does not get a huge scale.
BN_EPS = 1e-3
LN_EPS = 1e-5
INPUT = "%arg0"


def tosa_padding(kernel, stride):
    """[top, bottom, left, right] so that every output size divides exactly.

    TOSA wants (in + pad - kernel) divisible by the stride.  All inputs here
    are even where the stride is 2 (28, 14), so a 3x3 window needs an odd sum:
    like TensorFlow's SAME, the extra row and column go to the far side.
    """
    if stride == 1:
        near = far = kernel // 2
    else:
        near, far = 0, kernel - stride
    return [near, far, near, far]


def tensor_type(shape, element="f32"):
    return "tensor<" + "".join(f"{d}x" for d in shape) + element + ">"


class Writer:
    """Emits one op a line; a value is its SSA name, its shape is kept here.

    Constants are uniqued by content and printed before the first op.
    """

    def __init__(self):
        self.constants = {}
        self.body = []
        self.types = {}
        self.shapes = {}
        self.count = 0

    def const(self, array):
        array = np.ascontiguousarray(array, "<f4")
        if array.size > 1 and (array != array.flat[0]).any():
            value = 'dense<"0x' + array.tobytes().hex().upper() + '">'
        else:
            # MLIR reads the shortest decimal text back to the same f32.
            value = "dense<" + np.format_float_scientific(
                array.flat[0], unique=True, trim="0", exp_digits=2) + ">"
        return self._constant("const", "cst", value, tensor_type(array.shape),
                              array.shape)

    def shift(self):
        """The shift operand of tosa.mul: must be zero for floats."""
        return self._constant("const", "cst", "dense<0>", "tensor<1xi8>", (1,))

    def const_shape(self, shape):
        values = ", ".join(map(str, shape))
        return self._constant("const_shape", "shape", f"dense<[{values}]>",
                              f"tensor<{len(shape)}xindex>", None,
                              f"!tosa.shape<{len(shape)}>")

    def _constant(self, op, prefix, value, attr_type, shape, result_type=None):
        key = (value, attr_type)
        if key not in self.constants:
            name = f"%{prefix}{len(self.constants)}"
            self.types[name] = result_type or attr_type
            self.shapes[name] = shape
            self.constants[key] = (
                name, f'{name} = "tosa.{op}"() <{{values = {value} : {attr_type}}}>'
                      f" : () -> {self.types[name]}")
        return self.constants[key][0]

    def op(self, name, operands, shape, loc, attrs=""):
        result = f"%{self.count}"
        self.count += 1
        self.shapes[result] = tuple(shape)
        self.types[result] = tensor_type(shape)
        types = ", ".join(self.types[v] for v in operands)
        attrs = f" {{{attrs}}}" if attrs else ""
        self.body.append(f"{result} = tosa.{name} {', '.join(operands)}{attrs} : "
                         f'({types}) -> {self.types[result]} loc("{loc}")')
        return result

    def text(self, header, result):
        lines = [f"// {line}" for line in header]
        lines.append(f"func.func @main({INPUT}: {self.types[INPUT]}) -> "
                     f"{self.types[result]} {{")
        lines += ["  " + text for _, text in self.constants.values()]
        lines += ["  " + text for text in self.body]
        lines.append(f"  return {result} : {self.types[result]}")
        lines.append("}")
        return "\n".join(lines) + "\n"


class Exporter(Writer):
    """TOSA idioms of the layers; parameters are in torch's layouts."""

    def __init__(self, parameters):
        super().__init__()
        self.parameters = parameters
        self.shapes[INPUT] = (1, 28, 28, 1)
        self.types[INPUT] = tensor_type(self.shapes[INPUT])

    def channels(self, name):
        """A parameter vector as [1,1,1,C]."""
        return self.const(self.parameters[name].reshape(1, 1, 1, -1))

    def mul(self, a, b, shape, loc):
        return self.op("mul", [a, b, self.shift()], shape, loc)

    def conv(self, x, weight, bias, kernel, stride, pad, loc, depthwise=False):
        _, height, width, channels = self.shapes[x]
        sums = [height + pad[0] + pad[1] - kernel, width + pad[2] + pad[3] - kernel]
        if any(s % stride for s in sums):
            raise SystemExit(f"{loc}: {sums} is not divisible by stride {stride}")
        out_channels = channels if depthwise else weight.shape[0]
        zero_point = self.const(np.zeros(1))
        return self.op(
            "depthwise_conv2d" if depthwise else "conv2d",
            [x, self.const(weight), self.const(bias), zero_point, zero_point],
            (1, sums[0] // stride + 1, sums[1] // stride + 1, out_channels), loc,
            f"acc_type = f32, dilation = array<i64: 1, 1>, "
            f"pad = array<i64: {pad[0]}, {pad[1]}, {pad[2]}, {pad[3]}>, "
            f"stride = array<i64: {stride}, {stride}>")

    def batch_norm(self, x, layer):
        """(x - mean) * rsqrt(var + eps) * gamma + beta, nothing folded."""
        loc = layer + ".bn"
        shape = self.shapes[x]
        vector = (1, 1, 1, shape[3])
        x = self.op("sub", [x, self.channels(layer + ".mean")], shape, loc)
        epsilon = self.const(np.full((1, 1, 1, 1), BN_EPS))
        scale = self.op("add", [self.channels(layer + ".var"), epsilon], vector, loc)
        scale = self.op("rsqrt", [scale], vector, loc)
        x = self.mul(x, scale, shape, loc)
        x = self.mul(x, self.channels(layer + ".gamma"), shape, loc)
        return self.op("add", [x, self.channels(layer + ".beta")], shape, loc)

    def relu(self, x, loc):
        return self.op("clamp", [x], self.shapes[x], loc,
                       f"max_val = {F32_MAX} : f32, min_val = 0.000000e+00 : f32")

    def conv_bn(self, x, layer, stride=1, relu=True, depthwise=False):
        weight = self.parameters[layer + ".weight"]
        kernel = weight.shape[2]
        if depthwise:
            weight = weight.transpose(2, 3, 0, 1)  # [C,1,KH,KW] to [KH,KW,C,1]
            bias = np.zeros(weight.shape[2])
        else:
            weight = weight.transpose(0, 2, 3, 1)  # [OC,IC,KH,KW] to [OC,KH,KW,IC]
            bias = np.zeros(weight.shape[0])
        x = self.conv(x, weight, bias, kernel, stride, tosa_padding(kernel, stride),
                      layer, depthwise)
        x = self.batch_norm(x, layer)
        return self.relu(x, layer + ".relu") if relu else x

    def reshape(self, x, shape, loc):
        return self.op("reshape", [x, self.const_shape(shape)], shape, loc)


def dscnn(e):
    """Mean as reduce_sum, reduce_sum, mul; FC as a 1x1 convolution with bias."""
    x = e.conv_bn(INPUT, "conv1", stride=2)
    x = e.conv_bn(x, "dw1", depthwise=True)
    x = e.conv_bn(x, "pw1")
    x = e.conv_bn(x, "dw2", stride=2, depthwise=True)
    x = e.conv_bn(x, "pw2")
    x = e.conv_bn(x, "dw3", depthwise=True)
    x = e.conv_bn(x, "pw3")
    _, height, width, channels = e.shapes[x]
    x = e.op("reduce_sum", [x], (1, 1, width, channels), "mean", "axis = 1 : i32")
    x = e.op("reduce_sum", [x], (1, 1, 1, channels), "mean", "axis = 2 : i32")
    share = e.const(np.full((1, 1, 1, 1), 1.0 / (height * width)))
    x = e.mul(x, share, (1, 1, 1, channels), "mean")
    weight = e.parameters["fc.weight"].reshape(10, 1, 1, channels)
    x = e.conv(x, weight, e.parameters["fc.bias"], 1, 1, [0, 0, 0, 0], "fc")
    return e.reshape(x, (1, 10), "logits")


def resnet8(e):
    """Mean as avg_pool2d; FC as matmul and add."""
    x = e.conv_bn(INPUT, "conv1")
    for block, stride in (("block1", 1), ("block2", 2), ("block3", 2)):
        y = e.conv_bn(x, block + "a", stride=stride)
        y = e.conv_bn(y, block + "b", relu=False)
        if stride != 1:
            x = e.conv_bn(x, block + "s", stride=stride, relu=False)
        x = e.op("add", [y, x], e.shapes[x], block + ".add")
        x = e.relu(x, block + ".relu")
    _, height, width, channels = e.shapes[x]
    zero_point = e.const(np.zeros(1))
    x = e.op("avg_pool2d", [x, zero_point, zero_point], (1, 1, 1, channels), "mean",
             f"acc_type = f32, kernel = array<i64: {height}, {width}>, "
             f"pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>")
    x = e.reshape(x, (1, 1, channels), "mean")
    weight = e.parameters["fc.weight"].T.reshape(1, channels, 10)
    x = e.op("matmul", [x, e.const(weight), zero_point, zero_point], (1, 1, 10), "fc")
    x = e.op("add", [x, e.const(e.parameters["fc.bias"].reshape(1, 1, 10))],
             (1, 1, 10), "fc")
    return e.reshape(x, (1, 10), "logits")


class TransformerExporter(Exporter):
    """Layers of a transformer on [1,TOKENS,DIM]."""

    def layer_norm(self, x, layer):
        """Sums times 1/n, squares, rsqrt; weight and bias."""
        shape = self.shapes[x]
        one = (*shape[:2], 1)
        share = self.const(np.full((1, 1, 1), 1.0 / shape[2]))
        sums = self.op("reduce_sum", [x], one, layer, "axis = 2 : i32")
        x = self.op("sub", [x, self.mul(sums, share, one, layer)], shape, layer)
        square = self.mul(x, x, shape, layer)
        sums = self.op("reduce_sum", [square], one, layer, "axis = 2 : i32")
        variance = self.mul(sums, share, one, layer)
        epsilon = self.const(np.full((1, 1, 1), LN_EPS))
        variance = self.op("add", [variance, epsilon], one, layer)
        factor = self.op("rsqrt", [variance], one, layer)
        x = self.mul(x, factor, shape, layer)
        vector = (1, 1, shape[2])
        weight = self.const(self.parameters[layer + ".weight"].reshape(vector))
        bias = self.const(self.parameters[layer + ".bias"].reshape(vector))
        x = self.mul(x, weight, shape, layer)
        return self.op("add", [x, bias], shape, layer)

    def matmul(self, a, b, loc):
        shape = (*self.shapes[a][:2], self.shapes[b][2])
        zero_point = self.const(np.zeros(1))
        return self.op("matmul", [a, b, zero_point, zero_point], shape, loc)

    def linear(self, x, layer):
        weight = self.parameters[layer + ".weight"].T
        bias = self.parameters[layer + ".bias"].reshape(1, 1, -1)
        x = self.matmul(x, self.const(weight.reshape(1, *weight.shape)), layer)
        return self.op("add", [x, self.const(bias)], self.shapes[x], layer)

    def softmax(self, x, loc):
        """Over the last axis, the largest taken out."""
        shape = self.shapes[x]
        one = (*shape[:2], 1)
        top = self.op("reduce_max", [x], one, loc, "axis = 2 : i32")
        x = self.op("exp", [self.op("sub", [x, top], shape, loc)], shape, loc)
        total = self.op("reduce_sum", [x], one, loc, "axis = 2 : i32")
        return self.mul(x, self.op("reciprocal", [total], one, loc), shape, loc)

    def gelu(self, x, loc):
        """x * 0.5 * (1 + erf(x / sqrt(2)))."""
        shape = self.shapes[x]
        number = lambda value: self.const(np.full((1, 1, 1), value))
        y = self.mul(x, number(0.5 ** 0.5), shape, loc)
        y = self.op("erf", [y], shape, loc)
        y = self.op("add", [y, number(1.0)], shape, loc)
        return self.mul(self.mul(x, number(0.5), shape, loc), y, shape, loc)

    def transpose(self, x, permutation, loc):
        shape = tuple(self.shapes[x][axis] for axis in permutation)
        perms = ", ".join(map(str, permutation))
        return self.op("transpose", [x], shape, loc, f"perms = array<i32: {perms}>")

    def slice(self, x, start, size, loc):
        operands = [x, self.const_shape(start), self.const_shape(size)]
        return self.op("slice", operands, size, loc)

    def attention(self, x, layer, heads):
        """Query, key and value from one layer, [TOKENS, 3, HEADS, DIM/HEADS]."""
        _, tokens, dim = self.shapes[x]
        size = dim // heads
        packed = self.reshape(self.linear(x, layer + ".qkv"),
                              (tokens, 3, heads, size), layer + ".heads")
        packed = self.transpose(packed, (1, 2, 0, 3), layer + ".heads")
        parts = []
        for i, name in enumerate(("query", "key", "value")):
            part = self.slice(packed, (i, 0, 0, 0), (1, heads, tokens, size),
                              f"{layer}.{name}")
            parts.append(self.reshape(part, (heads, tokens, size), f"{layer}.{name}"))
        query, key, value = parts
        key = self.transpose(key, (0, 2, 1), layer + ".key")
        scores = self.matmul(query, key, layer + ".scores")
        scale = self.const(np.full((1, 1, 1), size ** -0.5))
        scores = self.mul(scores, scale, self.shapes[scores], layer + ".scores")
        scores = self.softmax(scores, layer + ".softmax")
        x = self.matmul(scores, value, layer + ".mixed")
        x = self.transpose(x, (1, 0, 2), layer + ".mixed")
        x = self.reshape(x, (1, tokens, dim), layer + ".mixed")
        return self.linear(x, layer + ".proj")


def vit(e):
    """Patches, blocks of attention and GELU network, mean of the tokens."""
    from vit import DEPTH, DIM, HEADS, PATCH, TOKENS
    p = e.parameters
    x = e.conv(INPUT, p["patches.weight"].transpose(0, 2, 3, 1), p["patches.bias"],
               PATCH, PATCH, [0, 0, 0, 0], "patches")
    x = e.reshape(x, (1, TOKENS, DIM), "patches")
    x = e.op("add", [x, e.const(p["positions"])], e.shapes[x], "positions")
    for i in range(DEPTH):
        block = f"blocks.{i}"
        y = e.attention(e.layer_norm(x, block + ".norm1"), block, HEADS)
        x = e.op("add", [x, y], e.shapes[x], block + ".add1")
        y = e.linear(e.layer_norm(x, block + ".norm2"), block + ".fc1")
        y = e.linear(e.gelu(y, block + ".gelu"), block + ".fc2")
        x = e.op("add", [x, y], e.shapes[x], block + ".add2")
    x = e.layer_norm(x, "norm")
    x = e.op("reduce_sum", [x], (1, 1, DIM), "mean", "axis = 1 : i32")
    x = e.mul(x, e.const(np.full((1, 1, 1), 1.0 / TOKENS)), (1, 1, DIM), "mean")
    return e.reshape(e.linear(x, "fc"), (1, 10), "logits")


NETWORKS = {"dscnn": dscnn, "resnet8": resnet8, "vit": vit}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("network", choices=sorted(NETWORKS))
    parser.add_argument("parameters", help="npz file of train_fashion_mnist.py")
    parser.add_argument("out", help="MLIR file to write")
    parser.add_argument("--note", default="trained on Fashion-MNIST",
                        help="second line of the file's comment")
    args = parser.parse_args()

    with np.load(args.parameters) as data:
        exporter = (TransformerExporter if args.network == "vit"
                    else Exporter)(dict(data))
    result = NETWORKS[args.network](exporter)
    unfolded = "nothing" if args.network == "vit" else "BatchNorm not"
    header = [f"{args.network}: written by test/models/export_tosa.py, f32, "
              f"{unfolded} folded.", args.note + "."]
    with open(args.out, "w", encoding="ascii") as f:
        f.write(exporter.text(header, result))


if __name__ == "__main__":
    main()
