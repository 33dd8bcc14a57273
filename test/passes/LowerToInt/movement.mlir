// Ops that move codes keep them; only other scales are rescaled.
// RUN: qcc-opt %s --convert-qgraph-to-qint | FileCheck %s

!a = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 0.25:-128>
!u = !quant.uniform<u8:f32, 0.5:128>

// Only the operand in another scale is rescaled.
// CHECK-LABEL: func.func @concat(
// CHECK-SAME: %arg0: tensor<2x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, %arg1: tensor<1x3xi8> {qint.scale = "0.25", qint.zero_point = -128 : i32}) -> (tensor<3x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.requantize %arg1 {qint.layer = "qgraph.concat", rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = single, zero_point = 3, min = -128, max = 127>, zero_point = -128 : i32} : (tensor<1x3xi8>) -> tensor<1x3xi8>
// CHECK-NEXT: %1 = qint.concat %arg0, %0 {axis = 0 : i64, qint.layer = "qgraph.concat"} : (tensor<2x3xi8>, tensor<1x3xi8>) -> tensor<3x3xi8>
// CHECK-NEXT: return %1 : tensor<3x3xi8>
func.func @concat(%x: tensor<2x3x!a>, %y: tensor<1x3x!b>) -> tensor<3x3x!a> {
  %0 = qgraph.concat %x, %y {axis = 0 : i64} : (tensor<2x3x!a>, tensor<1x3x!b>) -> tensor<3x3x!a>
  return %0 : tensor<3x3x!a>
}

// CHECK-LABEL: func.func @max_pool(
// CHECK-SAME: %arg0: tensor<1x3x5x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<1x2x2x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.max_pool2d %arg0 {kernel = array<i64: 2, 3>, pads = array<i64: 0, 0, 0, 0>, qint.layer = "qgraph.max_pool2d", strides = array<i64: 1, 2>} : (tensor<1x3x5x1xi8>) -> tensor<1x2x2x1xi8>
// CHECK-NEXT: return %0 : tensor<1x2x2x1xi8>
func.func @max_pool(%x: tensor<1x3x5x1x!a>) -> tensor<1x2x2x1x!a> {
  %0 = qgraph.max_pool2d %x {kernel = array<i64: 2, 3>, strides = array<i64: 1, 2>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x3x5x1x!a>) -> tensor<1x2x2x1x!a>
  return %0 : tensor<1x2x2x1x!a>
}

// The real number -1.3 is -2.6 steps: the code nearest to it.
// CHECK-LABEL: func.func @pad(
// CHECK-SAME: %arg0: tensor<2xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<5xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.pad %arg0 {high = array<i64: 2>, interior = array<i64: 0>, low = array<i64: 1>, qint.layer = "qgraph.pad", value = 0 : i32} : (tensor<2xi8>) -> tensor<5xi8>
// CHECK-NEXT: return %0 : tensor<5xi8>
func.func @pad(%x: tensor<2x!a>) -> tensor<5x!a> {
  %0 = qgraph.pad %x {low = array<i64: 1>, high = array<i64: 2>, value = -1.3 : f32} : (tensor<2x!a>) -> tensor<5x!a>
  return %0 : tensor<5x!a>
}

// CHECK-LABEL: func.func @pad_saturated(
// CHECK-SAME: %arg0: tensor<2xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<5xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.pad %arg0 {high = array<i64: 2>, interior = array<i64: 0>, low = array<i64: 1>, qint.layer = "qgraph.pad", value = 127 : i32} : (tensor<2xi8>) -> tensor<5xi8>
// CHECK-NEXT: return %0 : tensor<5xi8>
func.func @pad_saturated(%x: tensor<2x!a>) -> tensor<5x!a> {
  %0 = qgraph.pad %x {low = array<i64: 1>, high = array<i64: 2>, value = 1000.0 : f32} : (tensor<2x!a>) -> tensor<5x!a>
  return %0 : tensor<5x!a>
}

// CHECK-LABEL: func.func @resize_nearest(
// CHECK-SAME: %arg0: tensor<1x2x3x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<1x3x5x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.resize <nearest> %arg0 {border = array<i64: 0, 0>, offset = array<i64: 0, 0>, qint.layer = "qgraph.resize", scale = array<i64: 2, 1, 2, 1>, zero_point = 3 : i32} : (tensor<1x2x3x1xi8>) -> tensor<1x3x5x1xi8>
// CHECK-NEXT: return %0 : tensor<1x3x5x1xi8>
func.func @resize_nearest(%x: tensor<1x2x3x1x!a>) -> tensor<1x3x5x1x!a> {
  %0 = qgraph.resize <nearest> %x {scale = array<i64: 2, 1, 2, 1>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>} : (tensor<1x2x3x1x!a>) -> tensor<1x3x5x1x!a>
  return %0 : tensor<1x3x5x1x!a>
}

// The weights of four neighbours add up to 4.
// CHECK-LABEL: func.func @resize_bilinear(
// CHECK-SAME: %arg0: tensor<1x2x3x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<1x3x5x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.resize <bilinear> %arg0 {border = array<i64: 0, 0>, offset = array<i64: 0, 0>, qint.layer = "qgraph.resize", scale = array<i64: 2, 1, 2, 1>, zero_point = 3 : i32} : (tensor<1x2x3x1xi8>) -> tensor<1x3x5x1xi32>
// CHECK-NEXT: %1 = qint.requantize %0 {qint.layer = "qgraph.resize", rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 3, min = -128, max = 127>, zero_point = 0 : i32} : (tensor<1x3x5x1xi32>) -> tensor<1x3x5x1xi8>
// CHECK-NEXT: return %1 : tensor<1x3x5x1xi8>
func.func @resize_bilinear(%x: tensor<1x2x3x1x!a>) -> tensor<1x3x5x1x!a> {
  %0 = qgraph.resize <bilinear> %x {scale = array<i64: 2, 1, 2, 1>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>} : (tensor<1x2x3x1x!a>) -> tensor<1x3x5x1x!a>
  return %0 : tensor<1x3x5x1x!a>
}

// CHECK-LABEL: func.func @slice(
// CHECK-SAME: %arg0: tensor<4x5xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<2x2xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.slice %arg0 {qint.layer = "qgraph.slice", sizes = array<i64: 2, 2>, starts = array<i64: 1, 0>, strides = array<i64: 1, 3>} : (tensor<4x5xi8>) -> tensor<2x2xi8>
// CHECK-NEXT: return %0 : tensor<2x2xi8>
func.func @slice(%x: tensor<4x5x!a>) -> tensor<2x2x!a> {
  %0 = qgraph.slice %x {starts = array<i64: 1, 0>, sizes = array<i64: 2, 2>, strides = array<i64: 1, 3>} : (tensor<4x5x!a>) -> tensor<2x2x!a>
  return %0 : tensor<2x2x!a>
}

// Moved first, then rescaled.
// CHECK-LABEL: func.func @slice_rescaled(
// CHECK-SAME: %arg0: tensor<4xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<2xi8> {qint.scale = "0.25", qint.zero_point = -128 : i32}) {
// CHECK-NEXT: %0 = qint.slice %arg0 {qint.layer = "qgraph.slice", sizes = array<i64: 2>, starts = array<i64: 1>, strides = array<i64: 1>} : (tensor<4xi8>) -> tensor<2xi8>
// CHECK-NEXT: %1 = qint.requantize %0 {qint.layer = "qgraph.slice", rescale = #qint.rescale<multipliers = [1073741824], shifts = [29], rounding = single, zero_point = -128, min = -128, max = 127>, zero_point = 3 : i32} : (tensor<2xi8>) -> tensor<2xi8>
// CHECK-NEXT: return %1 : tensor<2xi8>
func.func @slice_rescaled(%x: tensor<4x!a>) -> tensor<2x!b> {
  %0 = qgraph.slice %x {starts = array<i64: 1>, sizes = array<i64: 2>, strides = array<i64: 1>} : (tensor<4x!a>) -> tensor<2x!b>
  return %0 : tensor<2x!b>
}

// CHECK-LABEL: func.func @reshape(
// CHECK-SAME: %arg0: tensor<4x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<2x6xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.reshape %arg0 {qint.layer = "qgraph.reshape"} : (tensor<4x3xi8>) -> tensor<2x6xi8>
// CHECK-NEXT: return %0 : tensor<2x6xi8>
func.func @reshape(%x: tensor<4x3x!a>) -> tensor<2x6x!a> {
  %0 = qgraph.reshape %x : (tensor<4x3x!a>) -> tensor<2x6x!a>
  return %0 : tensor<2x6x!a>
}

// CHECK-LABEL: func.func @transpose(
// CHECK-SAME: %arg0: tensor<4x3xui8> {qint.scale = "0.5", qint.zero_point = 128 : i32}) -> (tensor<3x4xui8> {qint.scale = "0.5", qint.zero_point = 128 : i32}) {
// CHECK-NEXT: %0 = qint.transpose %arg0 {permutation = array<i64: 1, 0>, qint.layer = "qgraph.transpose"} : (tensor<4x3xui8>) -> tensor<3x4xui8>
// CHECK-NEXT: return %0 : tensor<3x4xui8>
func.func @transpose(%x: tensor<4x3x!u>) -> tensor<3x4x!u> {
  %0 = qgraph.transpose %x {permutation = array<i64: 1, 0>} : (tensor<4x3x!u>) -> tensor<3x4x!u>
  return %0 : tensor<3x4x!u>
}

// CHECK-LABEL: func.func @tile(
// CHECK-SAME: %arg0: tensor<4x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<4x9xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.tile %arg0 {multiples = array<i64: 1, 3>, qint.layer = "qgraph.tile"} : (tensor<4x3xi8>) -> tensor<4x9xi8>
// CHECK-NEXT: return %0 : tensor<4x9xi8>
func.func @tile(%x: tensor<4x3x!a>) -> tensor<4x9x!a> {
  %0 = qgraph.tile %x {multiples = array<i64: 1, 3>} : (tensor<4x3x!a>) -> tensor<4x9x!a>
  return %0 : tensor<4x9x!a>
}

// CHECK-LABEL: func.func @gather(
// CHECK-SAME: %arg0: tensor<4x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<4x2xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.gather %arg0 {axis = 1 : i64, indices = array<i64: 2, 0>, qint.layer = "qgraph.gather"} : (tensor<4x3xi8>) -> tensor<4x2xi8>
// CHECK-NEXT: return %0 : tensor<4x2xi8>
func.func @gather(%x: tensor<4x3x!a>) -> tensor<4x2x!a> {
  %0 = qgraph.gather %x {indices = array<i64: 2, 0>, axis = 1 : i64} : (tensor<4x3x!a>) -> tensor<4x2x!a>
  return %0 : tensor<4x2x!a>
}

// CHECK-LABEL: func.func @argmax(
// CHECK-SAME: %arg0: tensor<4x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> tensor<4xi32> {
// CHECK-NEXT: %0 = qint.argmax %arg0 {axis = 1 : i64, qint.layer = "qgraph.argmax"} : (tensor<4x3xi8>) -> tensor<4xi32>
// CHECK-NEXT: return %0 : tensor<4xi32>
func.func @argmax(%x: tensor<4x3x!a>) -> tensor<4xi32> {
  %0 = qgraph.argmax %x {axis = 1 : i64} : (tensor<4x3x!a>) -> tensor<4xi32>
  return %0 : tensor<4xi32>
}

// Codes of the constant stay as they are.
// CHECK-LABEL: func.func @constant(
// CHECK-SAME: %arg0: tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.constant dense<[-128, 0, 127]> : tensor<3xi8> -> tensor<3xi8>
// CHECK-NEXT: %1 = qint.requantize %0 {qint.layer = "qgraph.maximum", rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = single, zero_point = 3, min = -128, max = 127>, zero_point = -128 : i32} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: %2 = qint.maximum %arg0, %1 {qint.layer = "qgraph.maximum"} : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %2 : tensor<3xi8>
func.func @constant(%x: tensor<3x!a>) -> tensor<3x!a> {
  %c = qgraph.constant dense<[-128, 0, 127]> : tensor<3xi8> -> tensor<3x!b>
  %0 = qgraph.maximum %x, %c : (tensor<3x!a>, tensor<3x!b>) -> tensor<3x!a>
  return %0 : tensor<3x!a>
}

// Indices have no scale.
// CHECK-LABEL: func.func @lookup(
// CHECK-SAME: %arg0: tensor<1x4x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, %arg1: tensor<1x2xi32>) -> (tensor<1x2x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.lookup %arg0, %arg1 {qint.layer = "qgraph.lookup", wraps} : (tensor<1x4x3xi8>, tensor<1x2xi32>) -> tensor<1x2x3xi8>
// CHECK-NEXT: return %0 : tensor<1x2x3xi8>
func.func @lookup(%x: tensor<1x4x3x!a>, %i: tensor<1x2xi32>) -> tensor<1x2x3x!a> {
  %0 = qgraph.lookup %x, %i {wraps} : (tensor<1x4x3x!a>, tensor<1x2xi32>) -> tensor<1x2x3x!a>
  return %0 : tensor<1x2x3x!a>
}
