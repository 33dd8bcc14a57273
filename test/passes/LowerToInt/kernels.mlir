// Ops that say how TensorFlow Lite's kernels round keep that arithmetic.
// RUN: qcc-opt %s --convert-qgraph-to-qint | FileCheck %s

!a = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 0.25:-5>
!c = !quant.uniform<i8:f32, 2.0:7>

// t = 1: parts times 1/2 and 1/4, their sum times 2^-20 / 2.
// CHECK-LABEL: @add
// CHECK: qint.rescaled_add
// CHECK-SAME: left_shift = 20
// CHECK-SAME: lhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0
// CHECK-SAME: lhs_zero_point = 3
// CHECK-SAME: rescale = #qint.rescale<multipliers = [1073741824], shifts = [51], rounding = double, zero_point = 7, min = 7, max = 127>
// CHECK-SAME: rhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = double
// CHECK-NOT: clamp
func.func @add(%x: tensor<2x3x!a>, %y: tensor<2x3x!b>) -> tensor<2x3x!c> {
  %0 = qgraph.add %x, %y {qgraph.rounding = "double"} : (tensor<2x3x!a>, tensor<2x3x!b>) -> tensor<2x3x!c>
  %1 = qgraph.clamp %0 {min = 0.0 : f32, max = 3.40282347E+38 : f32} : (tensor<2x3x!c>) -> tensor<2x3x!c>
  return %1 : tensor<2x3x!c>
}

// CHECK-LABEL: @sub
// CHECK: qint.rescaled_add
// CHECK-SAME: rounding = single
// CHECK-SAME: subtract
func.func @sub(%x: tensor<2x3x!a>, %y: tensor<2x3x!b>) -> tensor<2x3x!c> {
  %0 = qgraph.sub %x, %y {qgraph.rounding = "single"} : (tensor<2x3x!a>, tensor<2x3x!b>) -> tensor<2x3x!c>
  return %0 : tensor<2x3x!c>
}

// Rule square-k1: a difference in 16 bits, in units of t / 2^7.
// CHECK-LABEL: @difference
// CHECK: qint.rescaled_add
// CHECK-SAME: left_shift = 7
// CHECK-SAME: rescale = #qint.rescale<multipliers = [1073741824], shifts = [30], rounding = double, zero_point = 0, min = -32768, max = 32767>
// CHECK: qint.mul
// CHECK: qint.requantize
// CHECK-SAME: multipliers = [1073741824], shifts = [45]
func.func @difference(%x: tensor<2x3x!a>, %y: tensor<2x3x!b>) -> tensor<2x3x!c> {
  %0 = qgraph.sub %x, %y {qgraph.rounding = "double", qgraph.left_shift = 7 : i32} : (tensor<2x3x!a>, tensor<2x3x!b>) -> tensor<2x3x!quant.uniform<i16:f32, 7.812500e-03>>
  %1 = qgraph.mul %0, %0 {qgraph.rounding = "double", qgraph.exact_scale} : (tensor<2x3x!quant.uniform<i16:f32, 7.812500e-03>>, tensor<2x3x!quant.uniform<i16:f32, 7.812500e-03>>) -> tensor<2x3x!c>
  return %1 : tensor<2x3x!c>
}

// Rule resize-k1: 2 * 4 weights, the codes themselves.
// CHECK-LABEL: @resize
// CHECK: qint.resize <bilinear>
// CHECK-SAME: zero_point = 0
// CHECK: qint.requantize
// CHECK-SAME: multipliers = [1073741824], shifts = [33], rounding = away, zero_point = 0, min = -128, max = 127
func.func @resize(%x: tensor<1x3x2x1x!a>) -> tensor<1x5x5x1x!a> {
  %0 = qgraph.resize <bilinear> %x {scale = array<i64: 2, 1, 4, 1>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>, qgraph.rounding = "double"} : (tensor<1x3x2x1x!a>) -> tensor<1x5x5x1x!a>
  return %0 : tensor<1x5x5x1x!a>
}

// Rule pool-p3: ceil(2^32 / 3).
// CHECK-LABEL: @pool
// CHECK: qint.avg_pool2d
// CHECK-SAME: input_zero_point = 0
// CHECK-SAME: multipliers = [1431655766], shifts = [32], rounding = away, zero_point = 0, min = -128, max = 127
func.func @pool(%x: tensor<1x3x1x2x!a>) -> tensor<1x1x1x2x!a> {
  %0 = qgraph.avg_pool2d %x {kernel = array<i64: 3, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, qgraph.rounding = "double"} : (tensor<1x3x1x2x!a>) -> tensor<1x1x1x2x!a>
  return %0 : tensor<1x1x1x2x!a>
}

// Rule reduce-v3: 2^30 / 2^30 becomes floor(2^31 / 3) / 2^31.
// CHECK-LABEL: @mean
// CHECK: qint.reduce <sum>
// CHECK: qint.requantize
// CHECK-SAME: multipliers = [715827882], shifts = [31], rounding = double
func.func @mean(%x: tensor<2x3x!a>) -> tensor<2x1x!a> {
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>, qgraph.rounding = "double"} : (tensor<2x3x!a>) -> tensor<2x1x!a>
  return %0 : tensor<2x1x!a>
}

// CHECK-LABEL: @softmax
// CHECK: qint.reduce <max>
// CHECK: qint.exp_sum
// CHECK: qint.softmax
func.func @softmax(%x: tensor<2x3x!a>) -> tensor<2x3x!quant.uniform<i8:f32, 3.906250e-03:-128>> {
  %0 = qgraph.softmax %x {axis = 1 : i64, qgraph.rounding = "double"} : (tensor<2x3x!a>) -> tensor<2x3x!quant.uniform<i8:f32, 3.906250e-03:-128>>
  return %0 : tensor<2x3x!quant.uniform<i8:f32, 3.906250e-03:-128>>
}

// Rule accumulate-a4: 255 - 5 is 127 + 123, 0 - 5 is -5 + 0; each channel is
// read twice.
// CHECK-LABEL: @unsigned_filter
// CHECK-DAG: qint.constant dense<{{\[\[\[\[}}127, 123, -5, 0]]]]> : tensor<1x1x1x4xi8>
// CHECK: qint.gather {{.*}}axis = 3 : i64, indices = array<i64: 0, 0, 1, 1>
// CHECK: qint.conv2d
func.func @unsigned_filter(%x: tensor<1x1x1x2x!quant.uniform<u8:f32, 0.5:3>>) -> tensor<1x1x1x1x!quant.uniform<u8:f32, 8.0:7>> {
  %w = qgraph.constant dense<[[[[-1, 0]]]]> : tensor<1x1x1x2xi8> -> tensor<1x1x1x2x!quant.uniform<u8:f32:0, {0.25:5}>>
  %b = qgraph.constant dense<9> : tensor<1xi32> -> tensor<1x!quant.uniform<i32:f32:0, {0.125}>>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.rounding = "double"} : (tensor<1x1x1x2x!quant.uniform<u8:f32, 0.5:3>>, tensor<1x1x1x2x!quant.uniform<u8:f32:0, {0.25:5}>>, tensor<1x!quant.uniform<i32:f32:0, {0.125}>>) -> tensor<1x1x1x1x!quant.uniform<u8:f32, 8.0:7>>
  return %0 : tensor<1x1x1x1x!quant.uniform<u8:f32, 8.0:7>>
}
