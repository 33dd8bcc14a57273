// What runs: integers only.
#ifndef QCC_DIALECTS_QINT_QINTDIALECT_TD
#define QCC_DIALECTS_QINT_QINTDIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def QInt_Dialect : Dialect {
  let name = "qint";
  let cppNamespace = "::qcc::qint";
  let summary = "integer-only inference: integers, dyadic scales, tables";
  let description = [{
    No float type or float attribute is legal here. Tensors have static shapes
    and element types `i8`, `ui8`, `i16`, `i32` or `i64` (`i4` and `i2` for
    stored weights); signless types are read as signed. `docs/numerics.md`
    numbers the rule that defines each op's result to the bit, and
    `dialects/QInt/Reference` executes it.
  }];
  let useDefaultAttributePrinterParser = 1;
}

def QInt_Rounding : I32EnumAttr<"Rounding", "how a half is rounded", [
  I32EnumAttrCase<"Single", 0, "single">,
  I32EnumAttrCase<"Double", 1, "double">,
  I32EnumAttrCase<"Even", 2, "even">,
  I32EnumAttrCase<"Away", 3, "away">
]> {
  let cppNamespace = "::qcc::qint";
  let genSpecializedAttr = 0;
}
def QInt_RoundingAttr : EnumAttr<QInt_Dialect, QInt_Rounding, "rounding"> {
  let assemblyFormat = "`<` $value `>`";
}

def QInt_ReduceKind : I32EnumAttr<"ReduceKind", "reduction", [
  I32EnumAttrCase<"Sum", 0, "sum">,
  I32EnumAttrCase<"Max", 1, "max">,
  I32EnumAttrCase<"Min", 2, "min">,
  I32EnumAttrCase<"Squares", 3, "squares">
]> {
  let cppNamespace = "::qcc::qint";
  let genSpecializedAttr = 0;
}
def QInt_ReduceKindAttr : EnumAttr<QInt_Dialect, QInt_ReduceKind, "reduction"> {
  let assemblyFormat = "`<` $value `>`";
}

def QInt_Form : I32EnumAttr<"Form", "how a function is computed", [
  I32EnumAttrCase<"Polynomial", 0, "polynomial">,
  I32EnumAttrCase<"Shift", 1, "shift">,
  I32EnumAttrCase<"Table", 2, "table">
]> {
  let cppNamespace = "::qcc::qint";
  let genSpecializedAttr = 0;
}
def QInt_FormAttr : EnumAttr<QInt_Dialect, QInt_Form, "form"> {
  let assemblyFormat = "`<` $value `>`";
}

def QInt_GateKind : I32EnumAttr<"GateKind", "what is made of a gate", [
  I32EnumAttrCase<"Logistic", 0, "logistic">,
  I32EnumAttrCase<"Tanh", 1, "tanh">,
  I32EnumAttrCase<"Swish", 2, "swish">,
  I32EnumAttrCase<"Gelu", 3, "gelu">
]> {
  let cppNamespace = "::qcc::qint";
  let genSpecializedAttr = 0;
}
def QInt_GateKindAttr : EnumAttr<QInt_Dialect, QInt_GateKind, "gate"> {
  let assemblyFormat = "`<` $value `>`";
}

def QInt_ResizeMode : I32EnumAttr<"ResizeMode", "interpolation", [
  I32EnumAttrCase<"Nearest", 0, "nearest">,
  I32EnumAttrCase<"Bilinear", 1, "bilinear">
]> {
  let cppNamespace = "::qcc::qint";
  let genSpecializedAttr = 0;
}
def QInt_ResizeModeAttr
    : EnumAttr<QInt_Dialect, QInt_ResizeMode, "resize_mode"> {
  let assemblyFormat = "`<` $value `>`";
}

def QInt_RescaleAttr : AttrDef<QInt_Dialect, "Rescale"> {
  let mnemonic = "rescale";
  let summary = "a dyadic scale, its rounding and the saturation after it";
  let description = [{
    `clamp(round(v * multiplier / 2^shift) + zero_point, min, max)`, rules
    `rescale-s1` to `rescale-s6` in `docs/numerics.md`. `multipliers` and
    `shifts` have equal length: 1, or one per index of the axis that the op
    names. A multiplier is 0 or in [2^30, 2^31) for 32-bit values and in
    [2^14, 2^15) for 64-bit values; a shift is in [2, 62].
  }];
  let parameters = (ins "::mlir::DenseI32ArrayAttr":$multipliers,
                        "::mlir::DenseI32ArrayAttr":$shifts,
                        "::qcc::qint::Rounding":$rounding,
                        "int32_t":$zero_point, "int32_t":$min, "int32_t":$max);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif
