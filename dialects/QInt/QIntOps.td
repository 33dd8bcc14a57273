#ifndef QCC_DIALECTS_QINT_QINTOPS_TD
#define QCC_DIALECTS_QINT_QINTOPS_TD

include "dialects/QInt/QIntDialect.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def QInt_Tensor : RankedTensorOf<
    [I<2>, I<4>, I8, UI8, I16, I32, I64]>;
def QInt_Code : RankedTensorOf<[I8, UI8, I16]>;
def QInt_Byte : RankedTensorOf<[I8, UI8]>;
def QInt_Word : RankedTensorOf<[I16]>;
def QInt_Wide : RankedTensorOf<[I32, I64]>;
def QInt_Weight : RankedTensorOf<[I<2>, I<4>, I8]>;

class QInt_Op<string mnemonic, list<Trait> traits = []>
    : Op<QInt_Dialect, mnemonic, !listconcat([Pure], traits)>;

def QInt_ConstantOp : QInt_Op<"constant", [ConstantLike]> {
  let summary = "weights, biases, tables";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = "attr-dict $value `->` type($output)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def QInt_Conv2DOp : QInt_Op<"conv2d"> {
  let summary = "sum of products of stored codes, plus bias";
  let description = [{
    `acc[n,y,x,o] = bias[o] + sum in[n, y*sh - top + ky*dh, x*sw - left + kx*dw,
    g*(IC/groups) + i] * filter[o,ky,kx,i]`, exact, no zero point is subtracted:
    LowerToInt has folded it into the bias. Outside the input the code is
    `pad_value` (the input's zero point). Shapes as in `qgraph.conv2d`. The
    accumulator type is proven wide enough (rule `accumulate-a1`).
  }];
  let arguments = (ins QInt_Code:$input, QInt_Weight:$filter,
                       QInt_Wide:$bias, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations,
                       I64Attr:$groups, I32Attr:$pad_value);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $input `,` $filter `,` $bias attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_MatMulOp : QInt_Op<"matmul"> {
  let summary = "batched product of two activations, zero points subtracted";
  let description = [{
    `acc[b,m,n] = sum_k (lhs[b,m,k] - lhs_zero_point) *
    (rhs[b,k,n] - rhs_zero_point)`, exact.
  }];
  let arguments = (ins QInt_Code:$lhs, QInt_Code:$rhs,
                       I32Attr:$lhs_zero_point, I32Attr:$rhs_zero_point);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_RequantizeOp : QInt_Op<"requantize"> {
  let summary = "dyadic rescale to codes, one rounding, saturated";
  let description = [{
    `out = rescale(in - zero_point)`, per index of the last axis when the
    rescale has more than one multiplier. Rules `rescale-s1` to `rescale-s6`.
  }];
  let arguments = (ins QInt_Tensor:$input, I32Attr:$zero_point,
                       QInt_RescaleAttr:$rescale);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_AddOp : QInt_Op<"add"> {
  let summary = "sum of two tensors in their own scales, one rounding";
  let description = [{
    `out = clamp(round(((lhs - lhs_zero_point) * lhs_multiplier +
    (rhs - rhs_zero_point) * rhs_multiplier) / 2^shift) + zero_point, min,
    max)`; the sum fits 32 bits (rule `add-d1`); `shift` is in [1, 30]. A
    negative multiplier subtracts. Axes of size 1 are broadcast.
  }];
  let arguments = (ins QInt_Code:$lhs, QInt_Code:$rhs,
                       I32Attr:$lhs_zero_point, I32Attr:$rhs_zero_point,
                       I32Attr:$lhs_multiplier, I32Attr:$rhs_multiplier,
                       I32Attr:$shift, QInt_RoundingAttr:$rounding,
                       I32Attr:$zero_point, I32Attr:$min, I32Attr:$max);
  let results = (outs QInt_Code:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_MulOp : QInt_Op<"mul"> {
  let summary = "product of two tensors, zero points subtracted, not rescaled";
  let arguments = (ins QInt_Code:$lhs, QInt_Code:$rhs,
                       I32Attr:$lhs_zero_point, I32Attr:$rhs_zero_point);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

class QInt_SelectOp<string mnemonic, string what> : QInt_Op<mnemonic> {
  let summary = what;
  let arguments = (ins QInt_Code:$lhs, QInt_Code:$rhs);
  let results = (outs QInt_Code:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}
def QInt_MaximumOp : QInt_SelectOp<"maximum",
    "elementwise maximum of codes of one scale">;
def QInt_MinimumOp : QInt_SelectOp<"minimum",
    "elementwise minimum of codes of one scale">;

def QInt_ClampOp : QInt_Op<"clamp"> {
  let summary = "elementwise clamp of codes";
  let arguments = (ins QInt_Code:$input, I32Attr:$min, I32Attr:$max);
  let results = (outs QInt_Code:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_TableOp : QInt_Op<"table"> {
  let summary = "look-up of 256 entries by 8-bit code";
  let description = [{
    `out = table[in]` for `ui8` input and `table[in + 128]` for `i8` (rule
    `table-t1`). `table` has shape `[256]` and the result's element type.
  }];
  let arguments = (ins QInt_Byte:$input, QInt_Tensor:$table);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $input `,` $table attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_AvgPool2DOp : QInt_Op<"avg_pool2d"> {
  let summary = "rescaled sum over a window, one rounding";
  let description = [{
    `out = rescale(sum of (in - input_zero_point) over the window's elements
    inside the input)`, with multiplier and shift number `count - 1`, where
    `count` is the number of those elements (or number 0 when there is only
    one). Rule `pool-p1`.
  }];
  let arguments = (ins QInt_Code:$input, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       I32Attr:$input_zero_point, QInt_RescaleAttr:$rescale);
  let results = (outs QInt_Code:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_MaxPool2DOp : QInt_Op<"max_pool2d"> {
  let summary = "maximum code over a window; padding never wins";
  let arguments = (ins QInt_Code:$input, DenseI64ArrayAttr:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads);
  let results = (outs QInt_Code:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_ReduceOp : QInt_Op<"reduce"> {
  let summary = "sum (of codes less the zero point, or their squares), maximum "
                "or minimum";
  let description = [{
    The reduced axes become 1. `sum` gives an accumulator of
    `in - zero_point`, `squares` one of `(in - zero_point)^2`; `max` and `min`
    give codes and ignore `zero_point`.
  }];
  let arguments = (ins QInt_Code:$input, QInt_ReduceKindAttr:$kind,
                       DenseI64ArrayAttr:$axes, I32Attr:$zero_point);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $kind $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_ConcatOp : QInt_Op<"concat"> {
  let summary = "concatenation of codes of one scale";
  let arguments = (ins Variadic<QInt_Code>:$inputs, I64Attr:$axis);
  let results = (outs QInt_Code:$output);
  let assemblyFormat = [{
    $inputs attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_SliceOp : QInt_Op<"slice"> {
  let summary = "strided sub-tensor";
  let arguments = (ins QInt_Tensor:$input, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_PadOp : QInt_Op<"pad"> {
  let summary = "padding with a code, around and between the elements";
  let description = [{
    `interior[i]` codes stand between two neighbours along axis `i`; `low` and
    `high` codes before the first and after the last, where a negative number
    crops. Output size: `low + high + n + (n - 1) * interior`.
  }];
  let arguments = (ins QInt_Tensor:$input, DenseI64ArrayAttr:$low,
                       DenseI64ArrayAttr:$high, DenseI64ArrayAttr:$interior,
                       I32Attr:$value);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_ReshapeOp : QInt_Op<"reshape"> {
  let summary = "the same elements in another shape";
  let arguments = (ins QInt_Tensor:$input);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def QInt_TransposeOp : QInt_Op<"transpose"> {
  let summary = "permutation of axes: out axis i is in axis permutation[i]";
  let arguments = (ins QInt_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_TileOp : QInt_Op<"tile"> {
  let summary = "repetition along each axis";
  let arguments = (ins QInt_Tensor:$input, DenseI64ArrayAttr:$multiples);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_GatherOp : QInt_Op<"gather"> {
  let summary = "selection of constant indices along one axis";
  let arguments = (ins QInt_Tensor:$input, DenseI64ArrayAttr:$indices,
                       I64Attr:$axis);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_LookupOp : QInt_Op<"lookup"> {
  let summary = "selection of rows by indices known at run time";
  let description = [{
    `out[b,w,c] = input[b, row(indices[b,w]), c]` on shapes as in
    `qgraph.lookup`. An index, an `i32` of any value, is clamped to
    `[0, N-1]`; with `wraps`, `N` is added to a negative one before. Rule
    `move-c2`.
  }];
  let arguments = (ins QInt_Tensor:$input, QInt_Tensor:$indices,
                       UnitAttr:$wraps);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $input `,` $indices attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_ResizeOp : QInt_Op<"resize"> {
  let summary = "nearest (codes) or bilinear (accumulator) resize of H and W";
  let description = [{
    Coordinates as in `qgraph.resize`. `nearest` copies codes. `bilinear`
    gives `sum of (in - zero_point) * wy * wx` over the four neighbours, where
    the integer weights of an axis add up to its numerator `scale[0]` or
    `scale[2]`: the accumulator is `scale[0] * scale[2]` times the result.
    Rule `resize-z1`.
  }];
  let arguments = (ins QInt_Code:$input, QInt_ResizeModeAttr:$mode,
                       DenseI64ArrayAttr:$scale, DenseI64ArrayAttr:$offset,
                       DenseI64ArrayAttr:$border, I32Attr:$zero_point);
  let results = (outs QInt_Tensor:$output);
  let assemblyFormat = [{
    $mode $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_ArgMaxOp : QInt_Op<"argmax"> {
  let summary = "index of the first largest code along an axis (removed)";
  let arguments = (ins QInt_Code:$input, I64Attr:$axis);
  let results = (outs QInt_Wide:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_FlipSignOp : QInt_Op<"flip_sign"> {
  let summary = "i8 code c becomes ui8 code c + 128, or back";
  let arguments = (ins QInt_Byte:$input);
  let results = (outs QInt_Byte:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
}

def QInt_KernelOp : QInt_Op<"kernel", [IsolatedFromAbove, SingleBlock]> {
  let summary = "ops that become one function";
  let description = [{
    The body computes one value from the operands, which are its block
    arguments; everything between is never stored whole. Schedule forms
    kernels and adds where the result lives:

    - `halo`: `[top, bottom, left, right]` rows and columns that the buffer of
      a rank-4 result has around it; the kernel fills them with `halo_value`.
    - `offset`: byte offset of the result's buffer (with its halo) in the
      arena; absent when the result is an output of the function.
    - `scratch`, `scratch_offset`: bytes of working memory that the code
      provider asked for, and where they lie.
    - `overwrites`: the operand whose buffer the result takes, element by
      element.

    ```mlir
    %1 = qint.kernel "conv1" (%0, %w, %b) {
    ^bb0(%x: tensor<1x5x7x3xi8>, %f: tensor<4x3x3x3xi8>, %c: tensor<4xi32>):
      ...
      qint.yield %r : tensor<1x5x7x4xi8>
    } : (tensor<1x5x7x3xi8>, tensor<4x3x3x3xi8>, tensor<4xi32>) -> tensor<1x5x7x4xi8>
    ```
  }];
  let arguments = (ins StrAttr:$layer, Variadic<QInt_Tensor>:$inputs,
                       OptionalAttr<DenseI64ArrayAttr>:$halo,
                       OptionalAttr<I32Attr>:$halo_value,
                       OptionalAttr<I64Attr>:$offset,
                       OptionalAttr<I64Attr>:$scratch,
                       OptionalAttr<I64Attr>:$scratch_offset,
                       OptionalAttr<I64Attr>:$overwrites);
  let results = (outs QInt_Tensor:$output);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $layer `(` $inputs `)` $body attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def QInt_YieldOp : QInt_Op<"yield",
    [Terminator, ReturnLike, HasParent<"KernelOp">]> {
  let summary = "the value of a kernel";
  let arguments = (ins QInt_Tensor:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

include "dialects/QInt/QIntFunctionOps.td"
include "dialects/QInt/QIntKernelOps.td"

#endif
