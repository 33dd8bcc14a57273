// Elementwise ops: one rounding, bounds merged, functions as tables.
// RUN: qcc-opt %s --convert-qgraph-to-qint | FileCheck %s

!a = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 0.25:-128>
!u = !quant.uniform<u8:f32, 0.5:128>
!s = !quant.uniform<i16:f32, 0.0009765625>

// The largest shift at which the sum of 131 and 255 times the multipliers fits.
// CHECK-LABEL: func.func @add(
// CHECK-SAME: %arg0: tensor<2x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, %arg1: tensor<1x3xi8> {qint.scale = "0.25", qint.zero_point = -128 : i32}) -> (tensor<2x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.add %arg0, %arg1 {lhs_multiplier = 4194304 : i32, lhs_zero_point = 3 : i32, max = 127 : i32, min = -128 : i32, qint.layer = "sum", rhs_multiplier = 2097152 : i32, rhs_zero_point = -128 : i32, rounding = #qint.rounding<single>, shift = 22 : i32, zero_point = 3 : i32} : (tensor<2x3xi8>, tensor<1x3xi8>) -> tensor<2x3xi8>
// CHECK-NEXT: return %0 : tensor<2x3xi8>
func.func @add(%x: tensor<2x3x!a>, %y: tensor<1x3x!b>) -> tensor<2x3x!a> {
  %0 = qgraph.add %x, %y {qgraph.layer = "sum"} : (tensor<2x3x!a>, tensor<1x3x!b>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// CHECK-LABEL: func.func @sub(
// CHECK-SAME: %arg0: tensor<2x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, %arg1: tensor<2x3xi8> {qint.scale = "0.25", qint.zero_point = -128 : i32}) -> (tensor<2x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.add %arg0, %arg1 {lhs_multiplier = 4194304 : i32, lhs_zero_point = 3 : i32, max = 127 : i32, min = -128 : i32, qint.layer = "qgraph.sub", rhs_multiplier = -2097152 : i32, rhs_zero_point = -128 : i32, rounding = #qint.rounding<single>, shift = 22 : i32, zero_point = 3 : i32} : (tensor<2x3xi8>, tensor<2x3xi8>) -> tensor<2x3xi8>
// CHECK-NEXT: return %0 : tensor<2x3xi8>
func.func @sub(%x: tensor<2x3x!a>, %y: tensor<2x3x!b>) -> tensor<2x3x!a> {
  %0 = qgraph.sub %x, %y : (tensor<2x3x!a>, tensor<2x3x!b>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// CHECK-LABEL: func.func @mul(
// CHECK-SAME: %arg0: tensor<2x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, %arg1: tensor<2x3xi8> {qint.scale = "0.25", qint.zero_point = -128 : i32}) -> (tensor<2x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.mul %arg0, %arg1 {lhs_zero_point = 3 : i32, qint.layer = "qgraph.mul", rhs_zero_point = -128 : i32} : (tensor<2x3xi8>, tensor<2x3xi8>) -> tensor<2x3xi32>
// CHECK-NEXT: %1 = qint.requantize %0 {qint.layer = "qgraph.mul", rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 3, min = -128, max = 127>, zero_point = 0 : i32} : (tensor<2x3xi32>) -> tensor<2x3xi8>
// CHECK-NEXT: return %1 : tensor<2x3xi8>
func.func @mul(%x: tensor<2x3x!a>, %y: tensor<2x3x!b>) -> tensor<2x3x!a> {
  %0 = qgraph.mul %x, %y : (tensor<2x3x!a>, tensor<2x3x!b>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// CHECK-LABEL: func.func @mul_wide(
// CHECK-SAME: %arg0: tensor<2x3xi16> {qint.scale = "0.0009765625", qint.zero_point = 0 : i32}, %arg1: tensor<2x3xi16> {qint.scale = "0.0009765625", qint.zero_point = 0 : i32}) -> (tensor<2x3xi16> {qint.scale = "0.0009765625", qint.zero_point = 0 : i32}) {
// CHECK-NEXT: %0 = qint.mul %arg0, %arg1 {lhs_zero_point = 0 : i32, qint.layer = "qgraph.mul", rhs_zero_point = 0 : i32} : (tensor<2x3xi16>, tensor<2x3xi16>) -> tensor<2x3xi32>
// CHECK-NEXT: %1 = qint.requantize %0 {qint.layer = "qgraph.mul", rescale = #qint.rescale<multipliers = [1073741824], shifts = [40], rounding = single, zero_point = 0, min = -32768, max = 32767>, zero_point = 0 : i32} : (tensor<2x3xi32>) -> tensor<2x3xi16>
// CHECK-NEXT: return %1 : tensor<2x3xi16>
func.func @mul_wide(%x: tensor<2x3x!s>, %y: tensor<2x3x!s>) -> tensor<2x3x!s> {
  %0 = qgraph.mul %x, %y : (tensor<2x3x!s>, tensor<2x3x!s>) -> tensor<2x3x!s>
  return %0 : tensor<2x3x!s>
}

// CHECK-LABEL: func.func @maximum(
// CHECK-SAME: %arg0: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, %arg1: tensor<3xi8> {qint.scale = "0.25", qint.zero_point = -128 : i32}) -> (tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.requantize %arg1 {qint.layer = "qgraph.maximum", rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = single, zero_point = 3, min = -128, max = 127>, zero_point = -128 : i32} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: %1 = qint.maximum %arg0, %0 {qint.layer = "qgraph.maximum"} : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %1 : tensor<3xi8>
func.func @maximum(%x: tensor<3x!a>, %y: tensor<3x!b>) -> tensor<3x!a> {
  %0 = qgraph.maximum %x, %y : (tensor<3x!a>, tensor<3x!b>) -> tensor<3x!a>
  return %0 : tensor<3x!a>
}

// CHECK-LABEL: func.func @minimum(
// CHECK-SAME: %arg0: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, %arg1: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.minimum %arg0, %arg1 {qint.layer = "qgraph.minimum"} : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %0 : tensor<3xi8>
func.func @minimum(%x: tensor<3x!a>, %y: tensor<3x!a>) -> tensor<3x!a> {
  %0 = qgraph.minimum %x, %y : (tensor<3x!a>, tensor<3x!a>) -> tensor<3x!a>
  return %0 : tensor<3x!a>
}

// CHECK-LABEL: func.func @clamp_alone(
// CHECK-SAME: %arg0: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.clamp %arg0 {max = 9 : i32, min = 3 : i32, qint.layer = "qgraph.clamp"} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %0 : tensor<3xi8>
func.func @clamp_alone(%x: tensor<3x!a>) -> tensor<3x!a> {
  %0 = qgraph.clamp %x {min = 0.0 : f32, max = 3.0 : f32} : (tensor<3x!a>) -> tensor<3x!a>
  return %0 : tensor<3x!a>
}

// [0, 3] are the codes 3 and 9.
// CHECK-LABEL: func.func @clamp_merged(
// CHECK-SAME: %arg0: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, %arg1: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.add %arg0, %arg1 {lhs_multiplier = 4194304 : i32, lhs_zero_point = 3 : i32, max = 9 : i32, min = 3 : i32, qint.layer = "qgraph.add", rhs_multiplier = 4194304 : i32, rhs_zero_point = 3 : i32, rounding = #qint.rounding<single>, shift = 22 : i32, zero_point = 3 : i32} : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %0 : tensor<3xi8>
func.func @clamp_merged(%x: tensor<3x!a>, %y: tensor<3x!a>) -> tensor<3x!a> {
  %0 = qgraph.add %x, %y : (tensor<3x!a>, tensor<3x!a>) -> tensor<3x!a>
  %1 = qgraph.clamp %0 {min = 0.0 : f32, max = 3.0 : f32} : (tensor<3x!a>) -> tensor<3x!a>
  return %1 : tensor<3x!a>
}

// Who else reads the sum must not see the bounds.
// CHECK-LABEL: func.func @clamp_of_shared(
// CHECK-SAME: %arg0: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.add %arg0, %arg0 {lhs_multiplier = 4194304 : i32, lhs_zero_point = 3 : i32, max = 127 : i32, min = -128 : i32, qint.layer = "qgraph.add", rhs_multiplier = 4194304 : i32, rhs_zero_point = 3 : i32, rounding = #qint.rounding<single>, shift = 22 : i32, zero_point = 3 : i32} : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: %1 = qint.clamp %0 {max = 9 : i32, min = 3 : i32, qint.layer = "qgraph.clamp"} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %0, %1 : tensor<3xi8>, tensor<3xi8>
func.func @clamp_of_shared(%x: tensor<3x!a>) -> (tensor<3x!a>, tensor<3x!a>) {
  %0 = qgraph.add %x, %x : (tensor<3x!a>, tensor<3x!a>) -> tensor<3x!a>
  %1 = qgraph.clamp %0 {min = 0.0 : f32, max = 3.0 : f32} : (tensor<3x!a>) -> tensor<3x!a>
  return %0, %1 : tensor<3x!a>, tensor<3x!a>
}

// CHECK-LABEL: func.func @clamp_rescaled(
// CHECK-SAME: %arg0: tensor<3xi8> {qint.scale = "0.25", qint.zero_point = -128 : i32}) -> (tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.requantize %arg0 {qint.layer = "qgraph.clamp", rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = single, zero_point = 3, min = 3, max = 127>, zero_point = -128 : i32} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %0 : tensor<3xi8>
func.func @clamp_rescaled(%x: tensor<3x!b>) -> tensor<3x!a> {
  %0 = qgraph.clamp %x {min = 0.0 : f32, max = 3.4e38 : f32} : (tensor<3x!b>) -> tensor<3x!a>
  return %0 : tensor<3x!a>
}

// Entry 0 is code -128, -65.5, which saturates; entry 131 is the real 0.
// CHECK-LABEL: func.func @abs(
// CHECK-SAME: %arg0: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<3xi8> {qint.scale = "0.25", qint.zero_point = -128 : i32}) {
// CHECK-NEXT: %0 = qint.constant dense<"0x7F7F7F7F7E7C7A78767472706E6C6A68666462605E5C5A58565452504E4C4A48464442403E3C3A38363432302E2C2A28262422201E1C1A18161412100E0C0A0806040200FEFCFAF8F6F4F2F0EEECEAE8E6E4E2E0DEDCDAD8D6D4D2D0CECCCAC8C6C4C2C0BEBCBAB8B6B4B2B0AEACAAA8A6A4A2A09E9C9A98969492908E8C8A8886848280828486888A8C8E90929496989A9C9EA0A2A4A6A8AAACAEB0B2B4B6B8BABCBEC0C2C4C6C8CACCCED0D2D4D6D8DADCDEE0E2E4E6E8EAECEEF0F2F4F6F8FAFCFE00020406080A0C0E10121416181A1C1E20222426282A2C2E30323436383A3C3E40424446484A4C4E50525456585A5C5E60626466686A6C6E7072747678"> : tensor<256xi8> -> tensor<256xi8>
// CHECK-NEXT: %1 = qint.table %arg0, %0 {qint.layer = "qgraph.unary"} : (tensor<3xi8>, tensor<256xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %1 : tensor<3xi8>
func.func @abs(%x: tensor<3x!a>) -> tensor<3x!b> {
  %0 = qgraph.unary <abs> %x : (tensor<3x!a>) -> tensor<3x!b>
  return %0 : tensor<3x!b>
}

// Entries below the zero point have no root: the zero point; 1 / 0 saturates.
// Codes from 3 on are kept; below, half the distance to 3, ties away from it:
// -128 -> -62.5 -> -63, -127 -> -62.
// CHECK-LABEL: func.func @leaky_relu(
// CHECK-NEXT: %0 = qint.constant dense<"0xC1C2C2C3C3{{.*}}0202030405{{.*}}7D7E7F"> : tensor<256xi8> -> tensor<256xi8>
// CHECK-NEXT: %1 = qint.table %arg0, %0 {qint.layer = "qgraph.unary"} : (tensor<3xi8>, tensor<256xi8>) -> tensor<3xi8>
func.func @leaky_relu(%x: tensor<3x!a>) -> tensor<3x!a> {
  %0 = qgraph.unary <leaky_relu> %x {alpha = 0.5 : f32} : (tensor<3x!a>) -> tensor<3x!a>
  return %0 : tensor<3x!a>
}
// The operand that is not chosen becomes the smallest code.
// CHECK-LABEL: func.func @select(
// CHECK-NEXT: %0 = qint.constant dense<{{\[\[}}127, -128, 127]]> : tensor<1x3xi8> -> tensor<1x3xi8>
// CHECK-NEXT: %1 = qint.minimum %arg0, %0 {qint.layer = "qgraph.select"} : (tensor<2x1xi8>, tensor<1x3xi8>) -> tensor<2x3xi8>
// CHECK-NEXT: %2 = qint.constant dense<{{\[\[}}-128, 127, -128]]> : tensor<1x3xi8> -> tensor<1x3xi8>
// CHECK-NEXT: %3 = qint.minimum %arg1, %2 {qint.layer = "qgraph.select"} : (tensor<1x1xi8>, tensor<1x3xi8>) -> tensor<1x3xi8>
// CHECK-NEXT: %4 = qint.maximum %1, %3 {qint.layer = "qgraph.select"} : (tensor<2x3xi8>, tensor<1x3xi8>) -> tensor<2x3xi8>
// CHECK-NEXT: return %4
func.func @select(%x: tensor<2x1x!a>, %y: tensor<1x1x!a>) -> tensor<2x3x!a> {
  %0 = qgraph.select %x, %y {condition = dense<[[true, false, true]]> : tensor<1x3xi1>} : (tensor<2x1x!a>, tensor<1x1x!a>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}
// CHECK-LABEL: func.func @rsqrt_unsigned(
// CHECK-SAME: %arg0: tensor<3xui8> {qint.scale = "0.5", qint.zero_point = 128 : i32}) -> (tensor<3xi8> {qint.scale = "0.25", qint.zero_point = -128 : i32}) {
// CHECK-NEXT: %0 = qint.constant dense<"0x80808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080808080807F86848383838282828282828282828181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181818181"> : tensor<256xi8> -> tensor<256xi8>
// CHECK-NEXT: %1 = qint.table %arg0, %0 {qint.layer = "qgraph.unary"} : (tensor<3xui8>, tensor<256xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %1 : tensor<3xi8>
func.func @rsqrt_unsigned(%x: tensor<3x!u>) -> tensor<3x!b> {
  %0 = qgraph.unary <rsqrt> %x : (tensor<3x!u>) -> tensor<3x!b>
  return %0 : tensor<3x!b>
}

// CHECK-LABEL: func.func @requantize(
// CHECK-SAME: %arg0: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<3xui8> {qint.scale = "0.5", qint.zero_point = 128 : i32}) {
// CHECK-NEXT: %0 = qint.requantize %arg0 {qint.layer = "qgraph.requantize", rescale = #qint.rescale<multipliers = [1073741824], shifts = [30], rounding = single, zero_point = 128, min = 0, max = 255>, zero_point = 3 : i32} : (tensor<3xi8>) -> tensor<3xui8>
// CHECK-NEXT: return %0 : tensor<3xui8>
func.func @requantize(%x: tensor<3x!a>) -> tensor<3x!u> {
  %0 = qgraph.requantize %x : (tensor<3x!a>) -> tensor<3x!u>
  return %0 : tensor<3x!u>
}
