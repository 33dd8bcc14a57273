// 16-bit activations: functions from 513 points, sums in 32 or 64 bits.
// RUN: qcc-opt %s --convert-qgraph-to-qint --canonicalize | FileCheck %s

!a = !quant.uniform<i16:f32, 2.44140625e-04>
!p = !quant.uniform<i16:f32, 3.0517578125e-05>
!w = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 1.220703125e-04>

// Our own: the points of rule table-t3.
// CHECK-LABEL: @own
// CHECK: qint.interpolate %arg0, %{{.*}} : (tensor<3xi16>, tensor<513xi16>) -> tensor<3xi16>
func.func @own(%x: tensor<3x!a>) -> tensor<3x!p> {
  %0 = qgraph.unary <tanh> %x : (tensor<3x!a>) -> tensor<3x!p>
  return %0 : tensor<3x!p>
}

// TensorFlow Lite's: 2^-12 is a step of 3 in its table.
// CHECK-LABEL: @kernel
// CHECK: qint.requantize
// CHECK-SAME: multipliers = [1610612736], shifts = [29]
// CHECK: qint.sigmoid
// CHECK-SAME: tanh
func.func @kernel(%x: tensor<3x!a>) -> tensor<3x!p> {
  %0 = qgraph.unary <tanh> %x {qgraph.rounding = "double"} : (tensor<3x!a>) -> tensor<3x!p>
  return %0 : tensor<3x!p>
}

// CHECK-LABEL: @softmax
// CHECK: qint.reduce <max>
// CHECK: qint.rescaled_add
// CHECK-SAME: left_shift = 1
// CHECK-SAME: subtract
// CHECK: qint.interpolate
// CHECK: qint.reduce <sum>
// CHECK: qint.share
func.func @softmax(%x: tensor<2x3x!a>) -> tensor<2x3x!p> {
  %0 = qgraph.softmax %x {axis = 1 : i64, qgraph.rounding = "single"} : (tensor<2x3x!a>) -> tensor<2x3x!p>
  return %0 : tensor<2x3x!p>
}

// A 64-bit bias: 0.3 in 15 bits, with 16 more as the sum fits 32 bits.
// CHECK-LABEL: @wide
// CHECK: qint.conv2d
// CHECK-SAME: -> tensor<1x1x1x1xi32>
// CHECK: qint.requantize
// CHECK-SAME: multipliers = [1288503296], shifts = [32], rounding = single
func.func @wide(%x: tensor<1x1x1x1x!a>) -> tensor<1x1x1x1x!quant.uniform<i16:f32, 4.0690104166666667e-04>> {
  %w = qgraph.constant dense<3> : tensor<1x1x1x1xi8> -> tensor<1x1x1x1x!w>
  %b = qgraph.constant dense<7> : tensor<1xi32> -> tensor<1x!b>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.rounding = "double", qgraph.wide_sum} : (tensor<1x1x1x1x!a>, tensor<1x1x1x1x!w>, tensor<1x!b>) -> tensor<1x1x1x1x!quant.uniform<i16:f32, 4.0690104166666667e-04>>
  return %0 : tensor<1x1x1x1x!quant.uniform<i16:f32, 4.0690104166666667e-04>>
}

// A 32-bit bias: the kernel's two roundings; a sum that may need more bits than
// the kernel has is saturated to them.
// CHECK-LABEL: @narrow
// CHECK: qint.conv2d
// CHECK-SAME: -> tensor<1x1x1x1xi64>
// CHECK: qint.requantize
// CHECK-SAME: multipliers = [16384], shifts = [14], rounding = single, zero_point = 0, min = -2147483648, max = 2147483647
// CHECK: qint.requantize
// CHECK-SAME: rounding = double
func.func @narrow(%x: tensor<1x1x1x600x!a>) -> tensor<1x1x1x1x!a> {
  %w = qgraph.constant dense<127> : tensor<1x1x1x600xi8> -> tensor<1x1x1x600x!w>
  %b = qgraph.constant dense<7> : tensor<1xi32> -> tensor<1x!b>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.rounding = "double"} : (tensor<1x1x1x600x!a>, tensor<1x1x1x600x!w>, tensor<1x!b>) -> tensor<1x1x1x1x!a>
  return %0 : tensor<1x1x1x1x!a>
}

// Bytes of a function of words, and of a softmax: rounded from words of the
// same range, 2^8 times as fine. 2^-15 / 2^-8 = 2^30 / 2^37.
// CHECK-LABEL: @bytes
// CHECK: qint.interpolate{{.*}} -> tensor<2x3xi16>
// CHECK: qint.requantize {{.*}}multipliers = [1073741824], shifts = [38], rounding = single, zero_point = -128, min = -128, max = 127>, zero_point = -32768 : i32{{.*}} -> tensor<2x3xi8>
// CHECK: qint.share{{.*}} -> tensor<2x3xi16>
// CHECK: qint.requantize {{.*}}multipliers = [1073741824], shifts = [37], rounding = single, zero_point = -128, min = -128, max = 127>{{.*}} -> tensor<2x3xi8>
func.func @bytes(%x: tensor<2x3x!a>) -> (tensor<2x3x!quant.uniform<i8:f32, 0.00390625:-128>>, tensor<2x3x!quant.uniform<i8:f32, 0.00390625:-128>>) {
  %0 = qgraph.unary <sigmoid> %x : (tensor<2x3x!a>) -> tensor<2x3x!quant.uniform<i8:f32, 0.00390625:-128>>
  %1 = qgraph.softmax %x {axis = 1 : i64, qgraph.rounding = "single"} : (tensor<2x3x!a>) -> tensor<2x3x!quant.uniform<i8:f32, 0.00390625:-128>>
  return %0, %1 : tensor<2x3x!quant.uniform<i8:f32, 0.00390625:-128>>, tensor<2x3x!quant.uniform<i8:f32, 0.00390625:-128>>
}
