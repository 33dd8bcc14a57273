#ifndef QCC_DIALECTS_QGRAPH_QGRAPHOPS_TD
#define QCC_DIALECTS_QGRAPH_QGRAPHOPS_TD

include "dialects/QGraph/QGraphDialect.td"
include "mlir/Dialect/Quant/IR/QuantBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def QGraph_Tensor
    : RankedTensorOf<[F32, quant_QuantizedType, AnySignlessInteger]>;

class QGraph_Op<string mnemonic, list<Trait> traits = []>
    : Op<QGraph_Dialect, mnemonic, !listconcat([Pure], traits)>;

def QGraph_ConstantOp : QGraph_Op<"constant", [ConstantLike]> {
  let summary = "weights, biases and other constants";
  let description = [{
    `value` holds `f32` elements for an `f32` result, and the stored integers
    for a quantized or integer result.

    ```mlir
    %w = qgraph.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = "attr-dict $value `->` type($output)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def QGraph_Conv2DOp : QGraph_Op<"conv2d"> {
  let summary = "two-dimensional convolution, grouped or depthwise";
  let description = [{
    `out[n,y,x,o] = bias[o] + sum in[n, y*sh - top + ky*dh, x*sw - left + kx*dw,
    g*(IC/groups) + i] * filter[o,ky,kx,i]` with `g = o / (OC/groups)`; outside
    the input the value is zero. `groups = IC` is a depthwise convolution; a
    fully connected layer is a 1x1 convolution.

    Shapes: input `[N,H,W,IC]`, filter `[OC,KH,KW,IC/groups]`, bias `[OC]`.
    The window may stop short of the padded input's end (floor mode).
    `pads` is `[top, bottom, left, right]`.
  }];
  let arguments = (ins QGraph_Tensor:$input, QGraph_Tensor:$filter,
                       QGraph_Tensor:$bias, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
                       I64Attr:$groups);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input `,` $filter `,` $bias attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_TransposeConv2DOp : QGraph_Op<"transpose_conv2d"> {
  let summary = "transposed two-dimensional convolution";
  let description = [{
    Every input element adds `in * filter[o,ky,kx,i]` to the output at
    `y*sh + ky + top`, `x*sw + kx + left`; the bias is added once.
    Shapes: input `[N,H,W,IC]`, filter `[OC,KH,KW,IC]`, bias `[OC]`, output
    height `(H-1)*sh + top + bottom + KH`. `out_pads` is
    `[top, bottom, left, right]` and may be negative, which crops.
  }];
  let arguments = (ins QGraph_Tensor:$input, QGraph_Tensor:$filter,
                       QGraph_Tensor:$bias, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$out_pads);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input `,` $filter `,` $bias attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_MatMulOp : QGraph_Op<"matmul"> {
  let summary = "batched product of two matrices";
  let description = [{
    `[B,M,K] x [B,K,N] -> [B,M,N]`. A product with a constant right-hand side
    is legalized to a 1x1 `qgraph.conv2d` instead.
  }];
  let arguments = (ins QGraph_Tensor:$lhs, QGraph_Tensor:$rhs);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

class QGraph_PoolOp<string mnemonic> : QGraph_Op<mnemonic> {
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}
def QGraph_AvgPool2DOp : QGraph_PoolOp<"avg_pool2d"> {
  let summary = "mean over a window";
  let description = [{
    The divisor is the number of window elements inside the input, or the whole
    window's size with `count_include_pad`. `pads` as in `qgraph.conv2d`.
  }];
  let arguments = (ins QGraph_Tensor:$input, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       UnitAttr:$count_include_pad);
}
def QGraph_MaxPool2DOp : QGraph_PoolOp<"max_pool2d"> {
  let summary = "maximum over a window; padding never wins";
  let arguments = (ins QGraph_Tensor:$input, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads);
}

def QGraph_ReduceOp : QGraph_Op<"reduce"> {
  let summary = "sum, mean, maximum or minimum over axes, which become 1";
  let arguments = (ins QGraph_Tensor:$input, QGraph_ReduceKindAttr:$kind,
                       DenseI64ArrayAttr:$axes);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $kind $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

class QGraph_BinaryOp<string mnemonic, string what> : QGraph_Op<mnemonic> {
  let summary = what;
  let description = [{
    Operands have equal rank; an axis of size 1 is broadcast.
  }];
  let arguments = (ins QGraph_Tensor:$lhs, QGraph_Tensor:$rhs);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}
def QGraph_AddOp : QGraph_BinaryOp<"add", "elementwise sum">;
def QGraph_SubOp : QGraph_BinaryOp<"sub", "elementwise difference">;
def QGraph_MulOp : QGraph_BinaryOp<"mul", "elementwise product">;
def QGraph_MaximumOp : QGraph_BinaryOp<"maximum", "elementwise maximum">;
def QGraph_MinimumOp : QGraph_BinaryOp<"minimum", "elementwise minimum">;

def QGraph_DivOp : QGraph_BinaryOp<"div", "elementwise quotient">;
def QGraph_PowOp
    : QGraph_BinaryOp<"pow", "elementwise power: lhs to the rhs-th">;

def QGraph_SelectOp : QGraph_Op<"select"> {
  let summary = "elementwise choice by a constant condition";
  let description = [{
    `out = condition ? lhs : rhs`. The condition holds `i1` elements. Condition
    and operands have equal rank; an axis of size 1 is broadcast.

    ```mlir
    %y = qgraph.select %a, %b {condition = dense<[true, false]> : tensor<2xi1>}
        : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
    ```
  }];
  let arguments = (ins QGraph_Tensor:$lhs, QGraph_Tensor:$rhs,
                       ElementsAttr:$condition);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_UnaryOp : QGraph_Op<"unary"> {
  let summary = "elementwise function of one tensor";
  let description = [{
    | kind | function |
    |------|----------|
    | `sigmoid`, `tanh`, `exp`, `log`, `erf`, `sin`, `cos`, `sqrt` | as in C |
    | `rsqrt`, `reciprocal` | `1 / sqrt(x)`, `1 / x` |
    | `abs`, `negate`, `floor`, `ceil` | as in C |
    | `round` | the nearest integer, ties to even |
    | `hard_swish` | `x * clamp(x + 3, 0, 6) / 6` |
    | `silu` | `x * sigmoid(alpha * x)`, where an alpha of 0 stands for 1 |
    | `gelu` | `x / 2 * (1 + erf(x / sqrt(2)))` |
    | `gelu_tanh` | `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))` |
    | `elu` | `x` from 0, `alpha * (exp(x) - 1)` below |
    | `leaky_relu` | `x` from 0, `alpha * x` below |
    | `softplus` | `log(1 + exp(x))` |

    `alpha` is 0 for the kinds that do not use it.
  }];
  let arguments = (ins QGraph_Tensor:$input, QGraph_UnaryKindAttr:$kind,
                       DefaultValuedAttr<F32Attr, "::llvm::APFloat(0.0f)">:$alpha);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $kind $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_TableOp : QGraph_Op<"table"> {
  let summary = "elementwise look-up by stored 8-bit code";
  let description = [{
    `out = table[code(in) + 128]`: 256 entries, indexed by the stored signed
    code of the input; entries are stored codes of the result. Input and
    output are quantized or plain `i8`. On `f32`, in a network that is not
    quantized yet, `input_type` and `output_type` are the quantized types of
    the codes: the input is rounded to its type first.
  }];
  let arguments = (ins QGraph_Tensor:$input, DenseI8ArrayAttr:$table,
                       OptionalAttr<TypeAttr>:$input_type,
                       OptionalAttr<TypeAttr>:$output_type);
  let builders = [
    // On codes.
    OpBuilder<(ins "mlir::Type":$output, "mlir::Value":$input,
                   "llvm::ArrayRef<int8_t>":$table), [{
      build($_builder, $_state, output, input, table, nullptr, nullptr);
    }]>
  ];
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_ClampOp : QGraph_Op<"clamp"> {
  let summary = "elementwise clamp to [min, max]; ReLU is [0, +inf]";
  let arguments = (ins QGraph_Tensor:$input, F32Attr:$min, F32Attr:$max);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def QGraph_BatchNormOp : QGraph_Op<"batch_norm"> {
  let summary = "inference-mode batch normalization over the last axis";
  let description = [{
    `(in - mean) / sqrt(variance + epsilon) * gamma + beta`; the four
    parameters have shape `[C]`.
  }];
  let arguments = (ins QGraph_Tensor:$input, QGraph_Tensor:$gamma,
                       QGraph_Tensor:$beta, QGraph_Tensor:$mean,
                       QGraph_Tensor:$variance, F32Attr:$epsilon);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input `,` $gamma `,` $beta `,` $mean `,` $variance attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_SoftmaxOp : QGraph_Op<"softmax"> {
  let summary = "exponentials along an axis, divided by their sum";
  let description = [{
    `exp(in) / sum exp(in)` along `axis`; with `log` the logarithm of that.
  }];
  let arguments = (ins QGraph_Tensor:$input, I64Attr:$axis, UnitAttr:$log);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_LayerNormOp : QGraph_Op<"layer_norm"> {
  let summary = "normalization over the last axes of each sample";
  let description = [{
    `(in - mean) / sqrt(variance + epsilon) * gamma + beta` with mean and
    (biased) variance of the elements along `axis` and all later axes; `gamma`
    and `beta` have the shape of these axes.
  }];
  let arguments = (ins QGraph_Tensor:$input, QGraph_Tensor:$gamma,
                       QGraph_Tensor:$beta, I64Attr:$axis, F32Attr:$epsilon);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input `,` $gamma `,` $beta attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_RmsNormOp : QGraph_Op<"rms_norm"> {
  let summary = "division by the root mean square of the last axes";
  let description = [{
    `in / sqrt(mean(in^2) + epsilon) * gamma` with the mean along `axis` and all
    later axes; `gamma` has the shape of these axes.
  }];
  let arguments = (ins QGraph_Tensor:$input, QGraph_Tensor:$gamma,
                       I64Attr:$axis, F32Attr:$epsilon);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input `,` $gamma attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_ConcatOp : QGraph_Op<"concat"> {
  let summary = "concatenation along an axis";
  let arguments = (ins Variadic<QGraph_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $inputs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_SliceOp : QGraph_Op<"slice"> {
  let summary = "strided sub-tensor; strides are positive";
  let arguments = (ins QGraph_Tensor:$input, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_PadOp : QGraph_Op<"pad"> {
  let summary = "padding with a constant";
  let arguments = (ins QGraph_Tensor:$input, DenseI64ArrayAttr:$low,
                       DenseI64ArrayAttr:$high, F32Attr:$value);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_ReshapeOp : QGraph_Op<"reshape"> {
  let summary = "the same elements in another shape";
  let arguments = (ins QGraph_Tensor:$input);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def QGraph_TransposeOp : QGraph_Op<"transpose"> {
  let summary = "permutation of axes: out axis i is in axis permutation[i]";
  let arguments = (ins QGraph_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def QGraph_TileOp : QGraph_Op<"tile"> {
  let summary = "repetition along each axis";
  let arguments = (ins QGraph_Tensor:$input, DenseI64ArrayAttr:$multiples);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_GatherOp : QGraph_Op<"gather"> {
  let summary = "selection of constant indices along one axis";
  let arguments = (ins QGraph_Tensor:$input, DenseI64ArrayAttr:$indices,
                       I64Attr:$axis);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_LookupOp : QGraph_Op<"lookup"> {
  let summary = "selection of rows by indices known at run time";
  let description = [{
    `out[b,w,c] = input[b, row(indices[b,w]), c]`. Shapes: input `[B,N,C]`,
    indices `[B,W]`, output `[B,W,C]`; input or indices may have 1 instead of
    `B`. Indices are `i32` of any value: an index is clamped to `[0, N-1]`.
    With `wraps`, one in `[-N, -1]` counts from the end before.

    ```mlir
    %e = qgraph.lookup %table, %ids {wraps}
      : (tensor<1x100x16xf32>, tensor<2x7xi32>) -> tensor<2x7x16xf32>
    ```
  }];
  let arguments = (ins QGraph_Tensor:$input, QGraph_Tensor:$indices,
                       UnitAttr:$wraps);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input `,` $indices attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_ResizeOp : QGraph_Op<"resize"> {
  let summary = "nearest or bilinear resize of H and W";
  let description = [{
    TOSA's definition: the input coordinate of output row `y` is
    `(y * scale[1] + offset[0]) / scale[0]` (numerator, denominator), likewise
    for columns with `scale[2]`, `scale[3]`, `offset[1]`. Nearest rounds a half
    up; coordinates are clamped to the image. Output height is
    `((H - 1) * scale[0] - offset[0] + border[0]) / scale[1] + 1`.
  }];
  let arguments = (ins QGraph_Tensor:$input, QGraph_ResizeModeAttr:$mode,
                       DenseI64ArrayAttr:$scale, DenseI64ArrayAttr:$offset,
                       DenseI64ArrayAttr:$border);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $mode $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_ArgMaxOp : QGraph_Op<"argmax"> {
  let summary = "index of the first largest element along an axis (removed)";
  let arguments = (ins QGraph_Tensor:$input, I64Attr:$axis);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QGraph_RequantizeOp : QGraph_Op<"requantize"> {
  let summary = "the same real values in another quantized type";
  let arguments = (ins QGraph_Tensor:$input);
  let results = (outs QGraph_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif
