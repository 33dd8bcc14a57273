// The network: one op per network operation.
#ifndef QCC_DIALECTS_QGRAPH_QGRAPHDIALECT_TD
#define QCC_DIALECTS_QGRAPH_QGRAPHDIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def QGraph_Dialect : Dialect {
  let name = "qgraph";
  let cppNamespace = "::qcc::qgraph";
  let summary = "a neural network, one op per network operation";
  let description = [{
    Tensors are NHWC with static shapes. Element types are `f32` before
    quantization and upstream `!quant.uniform` types after it; the op is the
    same. Integer element types appear only where the network itself computes
    integers (indices of `argmax`).

    Every op may carry `range = [lo, hi]`-like facts as discardable attributes
    with the prefix `qgraph.`; the passes that read them document them.
  }];
  let useDefaultAttributePrinterParser = 1;
}

def QGraph_UnaryKind : I32EnumAttr<"UnaryKind", "function of one number", [
  I32EnumAttrCase<"Sigmoid", 0, "sigmoid">,
  I32EnumAttrCase<"Tanh", 1, "tanh">,
  I32EnumAttrCase<"Exp", 2, "exp">,
  I32EnumAttrCase<"Log", 3, "log">,
  I32EnumAttrCase<"Rsqrt", 4, "rsqrt">,
  I32EnumAttrCase<"Reciprocal", 5, "reciprocal">,
  I32EnumAttrCase<"Abs", 6, "abs">,
  I32EnumAttrCase<"Negate", 7, "negate">,
  I32EnumAttrCase<"Erf", 8, "erf">,
  I32EnumAttrCase<"HardSwish", 9, "hard_swish">,
  I32EnumAttrCase<"Silu", 10, "silu">,
  I32EnumAttrCase<"Sqrt", 11, "sqrt">,
  I32EnumAttrCase<"Gelu", 12, "gelu">,
  I32EnumAttrCase<"GeluTanh", 13, "gelu_tanh">,
  I32EnumAttrCase<"Elu", 14, "elu">,
  I32EnumAttrCase<"LeakyRelu", 15, "leaky_relu">,
  I32EnumAttrCase<"Softplus", 16, "softplus">,
  I32EnumAttrCase<"Sin", 17, "sin">,
  I32EnumAttrCase<"Cos", 18, "cos">,
  I32EnumAttrCase<"Floor", 19, "floor">,
  I32EnumAttrCase<"Ceil", 20, "ceil">,
  I32EnumAttrCase<"Round", 21, "round">
]> {
  let cppNamespace = "::qcc::qgraph";
  let genSpecializedAttr = 0;
}
def QGraph_UnaryKindAttr : EnumAttr<QGraph_Dialect, QGraph_UnaryKind, "unary">{
  let assemblyFormat = "`<` $value `>`";
}

def QGraph_ReduceKind : I32EnumAttr<"ReduceKind", "reduction", [
  I32EnumAttrCase<"Sum", 0, "sum">,
  I32EnumAttrCase<"Mean", 1, "mean">,
  I32EnumAttrCase<"Max", 2, "max">,
  I32EnumAttrCase<"Min", 3, "min">
]> {
  let cppNamespace = "::qcc::qgraph";
  let genSpecializedAttr = 0;
}
def QGraph_ReduceKindAttr
    : EnumAttr<QGraph_Dialect, QGraph_ReduceKind, "reduction"> {
  let assemblyFormat = "`<` $value `>`";
}

def QGraph_ResizeMode : I32EnumAttr<"ResizeMode", "interpolation", [
  I32EnumAttrCase<"Nearest", 0, "nearest">,
  I32EnumAttrCase<"Bilinear", 1, "bilinear">
]> {
  let cppNamespace = "::qcc::qgraph";
  let genSpecializedAttr = 0;
}
def QGraph_ResizeModeAttr
    : EnumAttr<QGraph_Dialect, QGraph_ResizeMode, "resize_mode"> {
  let assemblyFormat = "`<` $value `>`";
}

#endif
