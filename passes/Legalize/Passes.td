#ifndef QCC_PASSES_LEGALIZE_PASSES_TD
#define QCC_PASSES_LEGALIZE_PASSES_TD

include "mlir/Pass/PassBase.td"

def LegalizeTosa : Pass<"qcc-legalize-tosa", "::mlir::ModuleOp"> {
  let summary = "TOSA on f32 becomes qgraph";
  let description = [{
    In: functions of one block on statically shaped `f32` tensors, in TOSA,
    `arith.constant` and `quant.qcast`/`quant.dcast` (range hints, kept as
    they are). Out: the same functions in qgraph. Layouts are NHWC in both.
    Functions that are in qgraph already are only simplified.

    Expressions of constants stay ops here, because `qcc-raise-batch-norm`
    reads them. Means, products and roots that are a layer or RMS norm become
    that op, over any axes. Reductions of several axes, means, slice-convolve-concat forms
    of grouped convolutions and transposes around elementwise ops are put into
    their shortest form.

    Every op that is not supported is reported, each with one error that says
    what was found and what is supported; then the pass fails.
  }];
  let dependentDialects = ["::qcc::qgraph::QGraphDialect"];
}

def CancelTransposes : Pass<"qcc-cancel-transposes", "::mlir::ModuleOp"> {
  let summary = "transposes of networks in NCHW meet and cancel";
  let description = [{
    In: qgraph on `f32`. Out: the same with fewer transposes. They move towards
    the results, through elementwise ops, reductions, concat, pad, slice,
    gather, tile, softmax and select, where an inverse one takes them away. A
    transpose, a reshape and another transpose become at most one transpose
    between reshapes; one that moves only axes of size 1 is a reshape. One at a
    fully connected layer is put into the order of its weights.

    Arguments and results keep their layouts, so that a transpose may remain at
    the edge of a network.
  }];
  let dependentDialects = ["::qcc::qgraph::QGraphDialect"];
}

def RaiseBatchNorm : Pass<"qcc-raise-batch-norm", "::mlir::ModuleOp"> {
  let summary = "chains of elementwise ops become batch_norm and activations";
  let description = [{
    In: qgraph on `f32`. Out: the same, where a per-channel
    `(x - mean) * rsqrt(variance + epsilon) * gamma + beta`, in any usual
    association, is one `qgraph.batch_norm` that has the original parameters;
    `x * sigmoid(x)` is silu, `x * clamp(x + 3, 0, 6) / 6` hard_swish; gelu,
    softplus, leaky_relu and softmax are found as well. Quotients with a constant
    become products, powers with a few exponents products and roots. A norm has
    one axis afterwards, the last of two or more; what a mask hides from a
    softmax by minus infinity gets the least number of its row minus 16.
    What remains of the expressions of constants is then evaluated, in double,
    and rounded to `f32` once.
  }];
  let dependentDialects = ["::qcc::qgraph::QGraphDialect"];
}

def FoldBatchNorm : Pass<"qcc-fold-batch-norm", "::mlir::ModuleOp"> {
  let summary = "batch_norm and its like move into convolutions";
  let description = [{
    In: qgraph on `f32`. Out: the same without `qgraph.batch_norm`. One after a
    convolution with no other user is folded into filter and bias, in double;
    the convolution gets `qgraph.output_mean` (beta) and `qgraph.output_std`
    (the absolute value of gamma), arrays of `f32` per output channel, from
    which ranges can be estimated without data. Any other one becomes a
    depthwise 1x1 convolution.

    Also folded: multiplication and addition of constants per channel after a
    convolution, a number by which scores of attention are multiplied into the
    layer of its queries or keys, zero padding before one, transposes that cancel, reshape of
    reshape, clamp of clamp, concat of one tensor, dead ops. A fully connected
    layer whose columns are sliced apart becomes one layer for each slice.
  }];
  let dependentDialects = ["::qcc::qgraph::QGraphDialect"];
}

def NameLayers : Pass<"qcc-name-layers", "::mlir::ModuleOp"> {
  let summary = "every qgraph op gets a unique name";
  let description = [{
    Sets the attribute `qgraph.layer` of every qgraph op: its `NameLoc` when it
    has one, else mnemonic and running number. Among ops of one name those that
    compute come first and keep it; the others get `_2`, `_3`. A constant is
    named after its first user, `conv1.filter`, `conv1.bias`.

    Profiles refer to layers by these names, so they depend on nothing but the
    function itself.
  }];
}

def VerifyLegalized : Pass<"qcc-verify-legalized", "::mlir::ModuleOp"> {
  let summary = "checks what the Quantize phase relies on";
  let description = [{
    One function, of one block, of qgraph ops and `quant.qcast`/`quant.dcast`
    pairs only, on statically shaped `f32` tensors (integers only from
    `argmax` on), with constant weights and parameters of norms, no `batch_norm`, and a unique
    `qgraph.layer` on every op.
  }];
}

#endif
