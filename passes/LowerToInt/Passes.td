#ifndef QCC_PASSES_LOWERTOINT_PASSES_TD
#define QCC_PASSES_LOWERTOINT_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertQGraphToQInt : Pass<"convert-qgraph-to-qint", "::mlir::ModuleOp"> {
  let summary = "quantized network ops become integer ops";
  let description = [{
    In: a function that `qcc-verify-quantized` accepts. Out: the same function
    on plain integers: zero points of convolution inputs folded into the bias,
    real scales turned into dyadic ones (rule `dyadic-n1`), functions of one
    8-bit number turned into tables, clamps merged into the rescale before
    them. Scale and zero point of every argument and result stay as the
    argument attributes `qint.scale` (decimal text) and `qint.zero_point`.

    Every accumulator is proven to fit (rule `accumulate-a1`); one that may not
    is an error naming the layer.
  }];
  let dependentDialects = ["::qcc::qint::QIntDialect"];
}

def VerifyIntegerOnly : Pass<"qcc-verify-integer-only", "::mlir::ModuleOp"> {
  let summary = "no float type, attribute or constant is left";
  let description = [{
    An error at every op that has one, with what was found.
  }];
}

#endif
