// Every qint op is printed as it was read.
// RUN: qcc-opt %s | qcc-opt | FileCheck %s
// RUN: qcc-opt %s --mlir-print-op-generic | qcc-opt | FileCheck %s

// CHECK-LABEL: func.func @conv2d(
// CHECK: %{{.*}} = qint.conv2d %{{.*}}, %{{.*}}, %{{.*}} {dilations = array<i64: 1, 2>, groups = 1 : i64, pad_value = 128 : i32, pads = array<i64: 1, 0, 0, 1>, qint.layer = "conv1", strides = array<i64: 2, 1>} : (tensor<1x5x4x3xui8>, tensor<2x3x2x3xi4>, tensor<2xi32>) -> tensor<1x2x3x2xi32>
func.func @conv2d(%a: tensor<1x5x4x3xui8>, %b: tensor<2x3x2x3xi4>, %c: tensor<2xi32>) {
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 1>, dilations = array<i64: 1, 2>, groups = 1 : i64, pad_value = 128 : i32, qint.layer = "conv1"} : (tensor<1x5x4x3xui8>, tensor<2x3x2x3xi4>, tensor<2xi32>) -> tensor<1x2x3x2xi32>
  return
}

// CHECK-LABEL: func.func @matmul(
// CHECK: %{{.*}} = qint.matmul %{{.*}}, %{{.*}} {lhs_zero_point = -128 : i32, rhs_zero_point = 255 : i32} : (tensor<2x4x3xi8>, tensor<2x3x5xui8>) -> tensor<2x4x5xi32>
func.func @matmul(%a: tensor<2x4x3xi8>, %b: tensor<2x3x5xui8>) {
  %0 = qint.matmul %a, %b {lhs_zero_point = -128 : i32, rhs_zero_point = 255 : i32} : (tensor<2x4x3xi8>, tensor<2x3x5xui8>) -> tensor<2x4x5xi32>
  return
}

// CHECK-LABEL: func.func @requantize_single(
// CHECK: %{{.*}} = qint.requantize %{{.*}} {rescale = #qint.rescale<multipliers = [1073741824, 0, 2147483647], shifts = [2, 62, 40], rounding = single, zero_point = -5, min = -100, max = 127>, zero_point = 0 : i32} : (tensor<2x3xi32>) -> tensor<2x3xi8>
func.func @requantize_single(%a: tensor<2x3xi32>) {
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824, 0, 2147483647], shifts = [2, 62, 40], rounding = single, zero_point = -5, min = -100, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// CHECK-LABEL: func.func @requantize_double(
// CHECK: %{{.*}} = qint.requantize %{{.*}} {rescale = #qint.rescale<multipliers = [1073741824, 0, 2147483647], shifts = [2, 62, 40], rounding = double, zero_point = -5, min = -100, max = 127>, zero_point = 0 : i32} : (tensor<2x3xi32>) -> tensor<2x3xi8>
func.func @requantize_double(%a: tensor<2x3xi32>) {
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824, 0, 2147483647], shifts = [2, 62, 40], rounding = double, zero_point = -5, min = -100, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// CHECK-LABEL: func.func @requantize_even(
// CHECK: %{{.*}} = qint.requantize %{{.*}} {rescale = #qint.rescale<multipliers = [1073741824, 0, 2147483647], shifts = [2, 62, 40], rounding = even, zero_point = -5, min = -100, max = 127>, zero_point = 0 : i32} : (tensor<2x3xi32>) -> tensor<2x3xi8>
func.func @requantize_even(%a: tensor<2x3xi32>) {
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824, 0, 2147483647], shifts = [2, 62, 40], rounding = even, zero_point = -5, min = -100, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// CHECK-LABEL: func.func @requantize_away(
// CHECK: %{{.*}} = qint.requantize %{{.*}} {rescale = #qint.rescale<multipliers = [1073741824, 0, 2147483647], shifts = [2, 62, 40], rounding = away, zero_point = -5, min = -100, max = 127>, zero_point = 0 : i32} : (tensor<2x3xi32>) -> tensor<2x3xi8>
func.func @requantize_away(%a: tensor<2x3xi32>) {
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824, 0, 2147483647], shifts = [2, 62, 40], rounding = away, zero_point = -5, min = -100, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// CHECK-LABEL: func.func @requantize_wide(
// CHECK: %{{.*}} = qint.requantize %{{.*}} {rescale = #qint.rescale<multipliers = [32767], shifts = [33], rounding = even, zero_point = 0, min = -32768, max = 32767>, zero_point = 0 : i32} : (tensor<2x3xi64>) -> tensor<2x3xi16>
func.func @requantize_wide(%a: tensor<2x3xi64>) {
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [32767], shifts = [33], rounding = even, zero_point = 0, min = -32768, max = 32767>} : (tensor<2x3xi64>) -> tensor<2x3xi16>
  return
}

// CHECK-LABEL: func.func @add(
// CHECK: %{{.*}} = qint.add %{{.*}}, %{{.*}} {lhs_multiplier = 4000000 : i32, lhs_zero_point = 127 : i32, max = 255 : i32, min = 0 : i32, rhs_multiplier = -4000000 : i32, rhs_zero_point = 0 : i32, rounding = #qint.rounding<away>, shift = 22 : i32, zero_point = 255 : i32} : (tensor<2x1xi8>, tensor<1x3xui8>) -> tensor<2x3xui8>
func.func @add(%a: tensor<2x1xi8>, %b: tensor<1x3xui8>) {
  %0 = qint.add %a, %b {lhs_zero_point = 127 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 4000000 : i32, rhs_multiplier = -4000000 : i32, shift = 22 : i32, rounding = #qint.rounding<away>, zero_point = 255 : i32, min = 0 : i32, max = 255 : i32} : (tensor<2x1xi8>, tensor<1x3xui8>) -> tensor<2x3xui8>
  return
}

// CHECK-LABEL: func.func @mul(
// CHECK: %{{.*}} = qint.mul %{{.*}}, %{{.*}} {lhs_zero_point = 1 : i32, rhs_zero_point = -2 : i32} : (tensor<2x1xi8>, tensor<1x3xi16>) -> tensor<2x3xi32>
func.func @mul(%a: tensor<2x1xi8>, %b: tensor<1x3xi16>) {
  %0 = qint.mul %a, %b {lhs_zero_point = 1 : i32, rhs_zero_point = -2 : i32} : (tensor<2x1xi8>, tensor<1x3xi16>) -> tensor<2x3xi32>
  return
}

// CHECK-LABEL: func.func @maximum(
// CHECK: %{{.*}} = qint.maximum %{{.*}}, %{{.*}} : (tensor<2x1xi8>, tensor<1x3xi8>) -> tensor<2x3xi8>
func.func @maximum(%a: tensor<2x1xi8>, %b: tensor<1x3xi8>) {
  %0 = qint.maximum %a, %b : (tensor<2x1xi8>, tensor<1x3xi8>) -> tensor<2x3xi8>
  return
}

// CHECK-LABEL: func.func @minimum(
// CHECK: %{{.*}} = qint.minimum %{{.*}}, %{{.*}} : (tensor<2x1xi8>, tensor<1x3xi8>) -> tensor<2x3xi8>
func.func @minimum(%a: tensor<2x1xi8>, %b: tensor<1x3xi8>) {
  %0 = qint.minimum %a, %b : (tensor<2x1xi8>, tensor<1x3xi8>) -> tensor<2x3xi8>
  return
}

// CHECK-LABEL: func.func @clamp(
// CHECK: %{{.*}} = qint.clamp %{{.*}} {max = -127 : i32, min = -128 : i32} : (tensor<2x3xi8>) -> tensor<2x3xi8>
func.func @clamp(%a: tensor<2x3xi8>) {
  %0 = qint.clamp %a {min = -128 : i32, max = -127 : i32} : (tensor<2x3xi8>) -> tensor<2x3xi8>
  return
}

// CHECK-LABEL: func.func @table(
// CHECK: %{{.*}} = qint.table %{{.*}}, %{{.*}} : (tensor<2x3xui8>, tensor<256xi16>) -> tensor<2x3xi16>
func.func @table(%a: tensor<2x3xui8>, %b: tensor<256xi16>) {
  %0 = qint.table %a, %b : (tensor<2x3xui8>, tensor<256xi16>) -> tensor<2x3xi16>
  return
}

// CHECK-LABEL: func.func @avg_pool2d(
// CHECK: %{{.*}} = qint.avg_pool2d %{{.*}} {input_zero_point = 3 : i32, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = away, zero_point = 3, min = -128, max = 127>, strides = array<i64: 1, 1>} : (tensor<1x5x4x3xi8>) -> tensor<1x4x3x3xi8>
func.func @avg_pool2d(%a: tensor<1x5x4x3xi8>) {
  %0 = qint.avg_pool2d %a {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, input_zero_point = 3 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = away, zero_point = 3, min = -128, max = 127>} : (tensor<1x5x4x3xi8>) -> tensor<1x4x3x3xi8>
  return
}

// CHECK-LABEL: func.func @max_pool2d(
// CHECK: %{{.*}} = qint.max_pool2d %{{.*}} {kernel = array<i64: 2, 2>, pads = array<i64: 1, 0, 0, 0>, strides = array<i64: 1, 2>} : (tensor<1x5x4x3xi8>) -> tensor<1x5x2x3xi8>
func.func @max_pool2d(%a: tensor<1x5x4x3xi8>) {
  %0 = qint.max_pool2d %a {kernel = array<i64: 2, 2>, strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 0, 0>} : (tensor<1x5x4x3xi8>) -> tensor<1x5x2x3xi8>
  return
}

// CHECK-LABEL: func.func @reduce_sum(
// CHECK: %{{.*}} = qint.reduce <sum> %{{.*}} {axes = array<i64: 1, 2>, zero_point = -3 : i32} : (tensor<2x3x4xi8>) -> tensor<2x1x1xi32>
func.func @reduce_sum(%a: tensor<2x3x4xi8>) {
  %0 = qint.reduce <sum> %a {axes = array<i64: 1, 2>, zero_point = -3 : i32} : (tensor<2x3x4xi8>) -> tensor<2x1x1xi32>
  return
}

// CHECK-LABEL: func.func @reduce_max(
// CHECK: %{{.*}} = qint.reduce <max> %{{.*}} {axes = array<i64: 2>, zero_point = 0 : i32} : (tensor<2x3x4xi8>) -> tensor<2x3x1xi8>
func.func @reduce_max(%a: tensor<2x3x4xi8>) {
  %0 = qint.reduce <max> %a {axes = array<i64: 2>, zero_point = 0 : i32} : (tensor<2x3x4xi8>) -> tensor<2x3x1xi8>
  return
}

// CHECK-LABEL: func.func @reduce_min(
// CHECK: %{{.*}} = qint.reduce <min> %{{.*}} {axes = array<i64: 0>, zero_point = 0 : i32} : (tensor<2x3x4xi8>) -> tensor<1x3x4xi8>
func.func @reduce_min(%a: tensor<2x3x4xi8>) {
  %0 = qint.reduce <min> %a {axes = array<i64: 0>, zero_point = 0 : i32} : (tensor<2x3x4xi8>) -> tensor<1x3x4xi8>
  return
}

// CHECK-LABEL: func.func @concat(
// CHECK: %{{.*}} = qint.concat %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<2x2xi8>) -> tensor<2x6xi8>
func.func @concat(%a: tensor<2x3xi8>, %b: tensor<2x1xi8>, %c: tensor<2x2xi8>) {
  %0 = qint.concat %a, %b, %c {axis = 1 : i64} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<2x2xi8>) -> tensor<2x6xi8>
  return
}

// CHECK-LABEL: func.func @slice(
// CHECK: %{{.*}} = qint.slice %{{.*}} {sizes = array<i64: 2, 3>, starts = array<i64: 1, 0>, strides = array<i64: 3, 1>} : (tensor<5x4xi16>) -> tensor<2x3xi16>
func.func @slice(%a: tensor<5x4xi16>) {
  %0 = qint.slice %a {starts = array<i64: 1, 0>, sizes = array<i64: 2, 3>, strides = array<i64: 3, 1>} : (tensor<5x4xi16>) -> tensor<2x3xi16>
  return
}

// CHECK-LABEL: func.func @pad(
// CHECK: %{{.*}} = qint.pad %{{.*}} {high = array<i64: 0, 1>, interior = array<i64: 1, 1>, low = array<i64: 1, -1>, value = -128 : i32} : (tensor<2x3xi8>) -> tensor<4x5xi8>
func.func @pad(%a: tensor<2x3xi8>) {
  %0 = qint.pad %a {low = array<i64: 1, -1>, high = array<i64: 0, 1>, interior = array<i64: 1, 1>, value = -128 : i32} : (tensor<2x3xi8>) -> tensor<4x5xi8>
  return
}

// CHECK-LABEL: func.func @reshape(
// CHECK: %{{.*}} = qint.reshape %{{.*}} : (tensor<2x3xi64>) -> tensor<3x1x2xi64>
func.func @reshape(%a: tensor<2x3xi64>) {
  %0 = qint.reshape %a : (tensor<2x3xi64>) -> tensor<3x1x2xi64>
  return
}

// CHECK-LABEL: func.func @transpose(
// CHECK: %{{.*}} = qint.transpose %{{.*}} {permutation = array<i64: 2, 0, 1>} : (tensor<2x3x4xi8>) -> tensor<4x2x3xi8>
func.func @transpose(%a: tensor<2x3x4xi8>) {
  %0 = qint.transpose %a {permutation = array<i64: 2, 0, 1>} : (tensor<2x3x4xi8>) -> tensor<4x2x3xi8>
  return
}

// CHECK-LABEL: func.func @tile(
// CHECK: %{{.*}} = qint.tile %{{.*}} {multiples = array<i64: 2, 3>} : (tensor<2x3xi8>) -> tensor<4x9xi8>
func.func @tile(%a: tensor<2x3xi8>) {
  %0 = qint.tile %a {multiples = array<i64: 2, 3>} : (tensor<2x3xi8>) -> tensor<4x9xi8>
  return
}

// CHECK-LABEL: func.func @gather(
// CHECK: %{{.*}} = qint.gather %{{.*}} {axis = 1 : i64, indices = array<i64: 2, 0, 0, 1>} : (tensor<2x3xi8>) -> tensor<2x4xi8>
func.func @gather(%a: tensor<2x3xi8>) {
  %0 = qint.gather %a {indices = array<i64: 2, 0, 0, 1>, axis = 1 : i64} : (tensor<2x3xi8>) -> tensor<2x4xi8>
  return
}

// CHECK-LABEL: func.func @lookup(
// CHECK: %{{.*}} = qint.lookup %{{.*}}, %{{.*}} {wraps} : (tensor<1x3x4xi8>, tensor<2x5xi32>) -> tensor<2x5x4xi8>
func.func @lookup(%a: tensor<1x3x4xi8>, %i: tensor<2x5xi32>) {
  %0 = qint.lookup %a, %i {wraps} : (tensor<1x3x4xi8>, tensor<2x5xi32>) -> tensor<2x5x4xi8>
  return
}

// CHECK-LABEL: func.func @resize_nearest(
// CHECK: %{{.*}} = qint.resize <nearest> %{{.*}} {border = array<i64: 0, 0>, offset = array<i64: 0, 0>, scale = array<i64: 2, 1, 2, 1>, zero_point = 0 : i32} : (tensor<1x5x4x3xi8>) -> tensor<1x9x7x3xi8>
func.func @resize_nearest(%a: tensor<1x5x4x3xi8>) {
  %0 = qint.resize <nearest> %a {scale = array<i64: 2, 1, 2, 1>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>, zero_point = 0 : i32} : (tensor<1x5x4x3xi8>) -> tensor<1x9x7x3xi8>
  return
}

// CHECK-LABEL: func.func @resize_bilinear(
// CHECK: %{{.*}} = qint.resize <bilinear> %{{.*}} {border = array<i64: 1, 1>, offset = array<i64: -1, -1>, scale = array<i64: 4, 2, 4, 2>, zero_point = 5 : i32} : (tensor<1x5x4x3xi8>) -> tensor<1x10x8x3xi32>
func.func @resize_bilinear(%a: tensor<1x5x4x3xi8>) {
  %0 = qint.resize <bilinear> %a {scale = array<i64: 4, 2, 4, 2>, offset = array<i64: -1, -1>, border = array<i64: 1, 1>, zero_point = 5 : i32} : (tensor<1x5x4x3xi8>) -> tensor<1x10x8x3xi32>
  return
}

// CHECK-LABEL: func.func @argmax(
// CHECK: %{{.*}} = qint.argmax %{{.*}} {axis = 1 : i64} : (tensor<2x3xi8>) -> tensor<2xi32>
func.func @argmax(%a: tensor<2x3xi8>) {
  %0 = qint.argmax %a {axis = 1 : i64} : (tensor<2x3xi8>) -> tensor<2xi32>
  return
}

// CHECK-LABEL: func.func @flip_sign(
// CHECK: %{{.*}} = qint.flip_sign %{{.*}} : (tensor<2x3xi8>) -> tensor<2x3xui8>
func.func @flip_sign(%a: tensor<2x3xi8>) {
  %0 = qint.flip_sign %a : (tensor<2x3xi8>) -> tensor<2x3xui8>
  return
}

// CHECK-LABEL: func.func @constants(
// CHECK: %{{.*}} = qint.constant dense<[-2, 1]> : tensor<2xi2> -> tensor<2xi2>
// CHECK: %{{.*}} = qint.constant dense<[-8, 7]> : tensor<2xi4> -> tensor<2xi4>
// CHECK: %{{.*}} = qint.constant dense<[0, 255]> : tensor<2xui8> -> tensor<2xui8>
// CHECK: %{{.*}} = qint.constant dense<-3> : tensor<i64> -> tensor<i64>
func.func @constants() {
  %0 = qint.constant dense<[-2, 1]> : tensor<2xi2> -> tensor<2xi2>
  %1 = qint.constant dense<[-8, 7]> : tensor<2xi4> -> tensor<2xi4>
  %2 = qint.constant dense<[0, 255]> : tensor<2xui8> -> tensor<2xui8>
  %3 = qint.constant dense<-3> : tensor<i64> -> tensor<i64>
  return
}

// CHECK-LABEL: func.func @kernel(
// CHECK: %{{.*}} = qint.kernel "conv1"(%{{.*}}, %{{.*}}) {
// CHECK: ^bb0(%{{.*}}: tensor<1x2x3x4xi8>, %{{.*}}: tensor<1x2x3x4xi8>):
// CHECK: %{{.*}} = qint.maximum %{{.*}}, %{{.*}} : (tensor<1x2x3x4xi8>, tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8>
// CHECK: qint.yield %{{.*}} : tensor<1x2x3x4xi8>
// CHECK: } {halo = array<i64: 1, 0, 2, 1>, halo_value = -128 : i32, offset = 64 : i64, scratch = 128 : i64, scratch_offset = 256 : i64} : (tensor<1x2x3x4xi8>, tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8>
func.func @kernel(%a: tensor<1x2x3x4xi8>, %b: tensor<1x2x3x4xi8>) {
  %0 = qint.kernel "conv1" (%a, %b) {
  ^bb0(%x: tensor<1x2x3x4xi8>, %y: tensor<1x2x3x4xi8>):
    %1 = qint.maximum %x, %y : (tensor<1x2x3x4xi8>, tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8>
    qint.yield %1 : tensor<1x2x3x4xi8>
  } {halo = array<i64: 1, 0, 2, 1>, halo_value = -128 : i32, offset = 64 : i64, scratch = 128 : i64, scratch_offset = 256 : i64} : (tensor<1x2x3x4xi8>, tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8>
  return
}
