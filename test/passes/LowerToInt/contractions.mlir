// Sums of products: zero points go into the bias, scales into one rescale.
// RUN: qcc-opt %s --convert-qgraph-to-qint | FileCheck %s

!in = !quant.uniform<i8:f32, 0.5:3>
!out = !quant.uniform<i8:f32, 2.0:-7>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.25, 0.5}>
!b = !quant.uniform<i32:f32:0, {0.125, 0.25}>
!w1 = !quant.uniform<i8<-127:127>:f32, 0.25>

// Weights sum to 3 and 1 per channel; 3 times that leaves the bias.
// CHECK-LABEL: func.func @conv(
// CHECK-SAME: %arg0: tensor<1x1x3x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<1x1x2x2xi8> {qint.scale = "2", qint.zero_point = -7 : i32}) {
// CHECK-NEXT{LITERAL}: %0 = qint.constant dense<[[[[1], [2]]], [[[-4], [5]]]]> : tensor<2x1x2x1xi8> -> tensor<2x1x2x1xi8>
// CHECK-NEXT: %1 = qint.constant dense<[91, -53]> : tensor<2xi32> -> tensor<2xi32>
// CHECK-NEXT: %2 = qint.conv2d %arg0, %0, %1 {dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 3 : i32, pads = array<i64: 0, 0, 0, 0>, qint.layer = "first", strides = array<i64: 1, 1>} : (tensor<1x1x3x1xi8>, tensor<2x1x2x1xi8>, tensor<2xi32>) -> tensor<1x1x2x2xi32>
// CHECK-NEXT: %3 = qint.requantize %2 {qint.layer = "first", rescale = #qint.rescale<multipliers = [1073741824, 1073741824], shifts = [34, 33], rounding = single, zero_point = -7, min = -128, max = 127>, zero_point = 0 : i32} : (tensor<1x1x2x2xi32>) -> tensor<1x1x2x2xi8>
// CHECK-NEXT: return %3 : tensor<1x1x2x2xi8>
func.func @conv(%x: tensor<1x1x3x1x!in>) -> tensor<1x1x2x2x!out> {
  %w = qgraph.constant dense<[[[[1], [2]]], [[[-4], [5]]]]> : tensor<2x1x2x1xi8> -> tensor<2x1x2x1x!w>
  %b = qgraph.constant dense<[100, -50]> : tensor<2xi32> -> tensor<2x!b>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.layer = "first"} : (tensor<1x1x3x1x!in>, tensor<2x1x2x1x!w>, tensor<2x!b>) -> tensor<1x1x2x2x!out>
  return %0 : tensor<1x1x2x2x!out>
}

// The window is reversed over the input with zero points between its rows.
// CHECK-LABEL: func.func @transpose_conv(
// CHECK-SAME: %arg0: tensor<1x2x3x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<1x4x5x1xi8> {qint.scale = "2", qint.zero_point = -7 : i32}) {
// CHECK-NEXT: %0 = qint.pad %arg0 {high = array<i64: 0, 1, 2, 0>, interior = array<i64: 0, 1, 0, 0>, low = array<i64: 0, 1, 2, 0>, qint.layer = "qgraph.transpose_conv2d", value = 3 : i32} : (tensor<1x2x3x1xi8>) -> tensor<1x5x7x1xi8>
// CHECK-NEXT{LITERAL}: %1 = qint.constant dense<[[[[6], [5], [4]], [[3], [2], [1]]]]> : tensor<1x2x3x1xi8> -> tensor<1x2x3x1xi8>
// CHECK-NEXT: %2 = qint.constant dense<-63> : tensor<1xi32> -> tensor<1xi32>
// CHECK-NEXT: %3 = qint.conv2d %0, %1, %2 {dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 3 : i32, pads = array<i64: 0, 0, 0, 0>, qint.layer = "qgraph.transpose_conv2d", strides = array<i64: 1, 1>} : (tensor<1x5x7x1xi8>, tensor<1x2x3x1xi8>, tensor<1xi32>) -> tensor<1x4x5x1xi32>
// CHECK-NEXT: %4 = qint.requantize %3 {qint.layer = "qgraph.transpose_conv2d", rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -128, max = 127>, zero_point = 0 : i32} : (tensor<1x4x5x1xi32>) -> tensor<1x4x5x1xi8>
// CHECK-NEXT: return %4 : tensor<1x4x5x1xi8>
func.func @transpose_conv(%x: tensor<1x2x3x1x!in>) -> tensor<1x4x5x1x!out> {
  %w = qgraph.constant dense<[[[[1], [2], [3]], [[4], [5], [6]]]]> : tensor<1x2x3x1xi8> -> tensor<1x2x3x1x!w1>
  %b = qgraph.constant dense<0> : tensor<1xi32> -> tensor<1x!quant.uniform<i32:f32, 0.125>>
  %0 = qgraph.transpose_conv2d %x, %w, %b {strides = array<i64: 2, 1>, out_pads = array<i64: 0, 0, 0, 0>} : (tensor<1x2x3x1x!in>, tensor<1x2x3x1x!w1>, tensor<1x!quant.uniform<i32:f32, 0.125>>) -> tensor<1x4x5x1x!out>
  return %0 : tensor<1x4x5x1x!out>
}

// Codes of four bits keep their width, whatever holds them. The bias loses 3
// times -1 and 3 times 15.
// CHECK-LABEL: func.func @conv_i4(
// CHECK-NEXT{LITERAL}: %0 = qint.constant dense<[[[[-8], [7]]], [[[-8], [-7]]]]> : tensor<2x1x2x1xi4> -> tensor<2x1x2x1xi4>
// CHECK-NEXT: %1 = qint.constant dense<[103, -5]> : tensor<2xi32> -> tensor<2xi32>
// CHECK-NEXT: qint.conv2d %arg0, %0, %1 {{.*}} : (tensor<1x1x3x1xi8>, tensor<2x1x2x1xi4>, tensor<2xi32>) -> tensor<1x1x2x2xi32>
func.func @conv_i4(%x: tensor<1x1x3x1x!in>) -> tensor<1x1x2x2x!out> {
  %w = qgraph.constant dense<[[[[-8], [7]]], [[[-8], [-7]]]]> : tensor<2x1x2x1xi8> -> tensor<2x1x2x1x!quant.uniform<i4:f32:0, {0.25, 0.5}>>
  %b = qgraph.constant dense<[100, -50]> : tensor<2xi32> -> tensor<2x!b>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x3x1x!in>, tensor<2x1x2x1x!quant.uniform<i4:f32:0, {0.25, 0.5}>>, tensor<2x!b>) -> tensor<1x1x2x2x!out>
  return %0 : tensor<1x1x2x2x!out>
}

// Codes of two bits with a zero point are the sum of two of two bits.
// CHECK-LABEL: func.func @conv_i2_zero_point(
// CHECK-NEXT{LITERAL}: %0 = qint.constant dense<[[[[-2, -1], [0, 0], [-1, 0]]]]> : tensor<1x1x3x2xi2> -> tensor<1x1x3x2xi2>
// CHECK-NEXT: %1 = qint.gather %arg0 {axis = 3 : i64, indices = array<i64: 0, 0>
func.func @conv_i2_zero_point(%x: tensor<1x1x3x1x!in>) -> tensor<1x1x1x1x!out> {
  %w = qgraph.constant dense<[[[[-2], [1], [0]]]]> : tensor<1x1x3x1xi2> -> tensor<1x1x3x1x!quant.uniform<i2:f32, 0.25:1>>
  %b = qgraph.constant dense<0> : tensor<1xi32> -> tensor<1x!quant.uniform<i32:f32, 0.125>>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x3x1x!in>, tensor<1x1x3x1x!quant.uniform<i2:f32, 0.25:1>>, tensor<1x!quant.uniform<i32:f32, 0.125>>) -> tensor<1x1x1x1x!out>
  return %0 : tensor<1x1x1x1x!out>
}

// The window of a transposed convolution is reversed as four bits too.
// CHECK-LABEL: func.func @transpose_conv_i4(
// CHECK{LITERAL}: qint.constant dense<[[[[6], [-8], [4]], [[3], [7], [-1]]]]> : tensor<1x2x3x1xi4> -> tensor<1x2x3x1xi4>
func.func @transpose_conv_i4(%x: tensor<1x2x3x1x!in>) -> tensor<1x4x5x1x!out> {
  %w = qgraph.constant dense<[[[[-1], [7], [3]], [[4], [-8], [6]]]]> : tensor<1x2x3x1xi4> -> tensor<1x2x3x1x!quant.uniform<i4:f32, 0.25>>
  %b = qgraph.constant dense<0> : tensor<1xi32> -> tensor<1x!quant.uniform<i32:f32, 0.125>>
  %0 = qgraph.transpose_conv2d %x, %w, %b {strides = array<i64: 2, 1>, out_pads = array<i64: 0, 0, 0, 0>} : (tensor<1x2x3x1x!in>, tensor<1x2x3x1x!quant.uniform<i4:f32, 0.25>>, tensor<1x!quant.uniform<i32:f32, 0.125>>) -> tensor<1x4x5x1x!out>
  return %0 : tensor<1x4x5x1x!out>
}

// CHECK-LABEL: func.func @matmul(
// CHECK-SAME: %arg0: tensor<2x3x5xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}, %arg1: tensor<2x5x7xi8> {qint.scale = "2", qint.zero_point = -7 : i32}) -> (tensor<2x3x7xi8> {qint.scale = "2", qint.zero_point = -7 : i32}) {
// CHECK-NEXT: %0 = qint.matmul %arg0, %arg1 {lhs_zero_point = 3 : i32, qint.layer = "qgraph.matmul", rhs_zero_point = -7 : i32} : (tensor<2x3x5xi8>, tensor<2x5x7xi8>) -> tensor<2x3x7xi32>
// CHECK-NEXT: %1 = qint.requantize %0 {qint.layer = "qgraph.matmul", rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = single, zero_point = -7, min = -128, max = 127>, zero_point = 0 : i32} : (tensor<2x3x7xi32>) -> tensor<2x3x7xi8>
// CHECK-NEXT: return %1 : tensor<2x3x7xi8>
func.func @matmul(%x: tensor<2x3x5x!in>, %y: tensor<2x5x7x!out>) -> tensor<2x3x7x!out> {
  %0 = qgraph.matmul %x, %y : (tensor<2x3x5x!in>, tensor<2x5x7x!out>) -> tensor<2x3x7x!out>
  return %0 : tensor<2x3x7x!out>
}

// CHECK-LABEL: func.func @avg_pool(
// CHECK-SAME: %arg0: tensor<1x3x4x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<1x3x2x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.avg_pool2d %arg0 {input_zero_point = 3 : i32, kernel = array<i64: 1, 2>, pads = array<i64: 0, 0, 0, 0>, qint.layer = "qgraph.avg_pool2d", rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = single, zero_point = 3, min = -128, max = 127>, strides = array<i64: 1, 2>} : (tensor<1x3x4x1xi8>) -> tensor<1x3x2x1xi8>
// CHECK-NEXT: return %0 : tensor<1x3x2x1xi8>
func.func @avg_pool(%x: tensor<1x3x4x1x!in>) -> tensor<1x3x2x1x!in> {
  %0 = qgraph.avg_pool2d %x {kernel = array<i64: 1, 2>, strides = array<i64: 1, 2>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x3x4x1x!in>) -> tensor<1x3x2x1x!in>
  return %0 : tensor<1x3x2x1x!in>
}

// One multiplier for each count of elements inside: 1, 1/2.
// CHECK-LABEL: func.func @avg_pool_padded(
// CHECK-SAME: %arg0: tensor<1x3x4x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<1x3x5x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.avg_pool2d %arg0 {input_zero_point = 3 : i32, kernel = array<i64: 1, 2>, pads = array<i64: 0, 0, 1, 1>, qint.layer = "qgraph.avg_pool2d", rescale = #qint.rescale<multipliers = [1073741824, 1073741824], shifts = [30, 31], rounding = single, zero_point = 3, min = -128, max = 127>, strides = array<i64: 1, 1>} : (tensor<1x3x4x1xi8>) -> tensor<1x3x5x1xi8>
// CHECK-NEXT: return %0 : tensor<1x3x5x1xi8>
func.func @avg_pool_padded(%x: tensor<1x3x4x1x!in>) -> tensor<1x3x5x1x!in> {
  %0 = qgraph.avg_pool2d %x {kernel = array<i64: 1, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 1, 1>} : (tensor<1x3x4x1x!in>) -> tensor<1x3x5x1x!in>
  return %0 : tensor<1x3x5x1x!in>
}

// CHECK-LABEL: func.func @avg_pool_count(
// CHECK-SAME: %arg0: tensor<1x3x4x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<1x3x5x1xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.avg_pool2d %arg0 {input_zero_point = 3 : i32, kernel = array<i64: 1, 2>, pads = array<i64: 0, 0, 1, 1>, qint.layer = "qgraph.avg_pool2d", rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = single, zero_point = 3, min = -128, max = 127>, strides = array<i64: 1, 1>} : (tensor<1x3x4x1xi8>) -> tensor<1x3x5x1xi8>
// CHECK-NEXT: return %0 : tensor<1x3x5x1xi8>
func.func @avg_pool_count(%x: tensor<1x3x4x1x!in>) -> tensor<1x3x5x1x!in> {
  %0 = qgraph.avg_pool2d %x {kernel = array<i64: 1, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 1, 1>, count_include_pad} : (tensor<1x3x4x1x!in>) -> tensor<1x3x5x1x!in>
  return %0 : tensor<1x3x5x1x!in>
}

// A quarter of the sum.
// CHECK-LABEL: func.func @mean(
// CHECK-SAME: %arg0: tensor<2x4x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<2x1x3xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) {
// CHECK-NEXT: %0 = qint.reduce <sum> %arg0 {axes = array<i64: 1>, qint.layer = "qgraph.reduce", zero_point = 3 : i32} : (tensor<2x4x3xi8>) -> tensor<2x1x3xi32>
// CHECK-NEXT: %1 = qint.requantize %0 {qint.layer = "qgraph.reduce", rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 3, min = -128, max = 127>, zero_point = 0 : i32} : (tensor<2x1x3xi32>) -> tensor<2x1x3xi8>
// CHECK-NEXT: return %1 : tensor<2x1x3xi8>
func.func @mean(%x: tensor<2x4x3x!in>) -> tensor<2x1x3x!in> {
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>} : (tensor<2x4x3x!in>) -> tensor<2x1x3x!in>
  return %0 : tensor<2x1x3x!in>
}

// CHECK-LABEL: func.func @maximum_then_rescale(
// CHECK-SAME: %arg0: tensor<2x4xi8> {qint.scale = "0.5", qint.zero_point = 3 : i32}) -> (tensor<2x1xi8> {qint.scale = "2", qint.zero_point = -7 : i32}) {
// CHECK-NEXT: %0 = qint.reduce <max> %arg0 {axes = array<i64: 1>, qint.layer = "qgraph.reduce", zero_point = 3 : i32} : (tensor<2x4xi8>) -> tensor<2x1xi8>
// CHECK-NEXT: %1 = qint.requantize %0 {qint.layer = "qgraph.reduce", rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = -7, min = -128, max = 127>, zero_point = 3 : i32} : (tensor<2x1xi8>) -> tensor<2x1xi8>
// CHECK-NEXT: return %1 : tensor<2x1xi8>
func.func @maximum_then_rescale(%x: tensor<2x4x!in>) -> tensor<2x1x!out> {
  %0 = qgraph.reduce <max> %x {axes = array<i64: 1>} : (tensor<2x4x!in>) -> tensor<2x1x!out>
  return %0 : tensor<2x1x!out>
}
