// Codes between kernels become u8 and everything that names a code follows.
// RUN: qcc-opt %s --qcc-hold-unsigned | FileCheck %s

// The input flips at the edge, the sum's bias takes 128 * (1 + 2) and 128 * (-4 + 5) back.
// CHECK-LABEL: func.func @conv(
// CHECK-NEXT: %0 = qint.flip_sign %arg0 {qint.layer = "input0"} : (tensor<1x1x3x1xi8>) -> tensor<1x1x3x1xui8>
// CHECK-NEXT{LITERAL}: %1 = qint.constant dense<[[[[1], [2]]], [[[-4], [5]]]]> : tensor<2x1x2x1xi8> -> tensor<2x1x2x1xi8>
// CHECK-NEXT: %2 = qint.constant dense<[1000, -50]> : tensor<2xi32> -> tensor<2xi32>
// CHECK-NEXT: %3 = qint.constant dense<[616, -178]> : tensor<2xi32> -> tensor<2xi32>
// CHECK-NEXT: %4 = qint.conv2d %0, %1, %3 {dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 121 : i32, pads = array<i64: 0, 0, 1, 1>, strides = array<i64: 1, 1>} : (tensor<1x1x3x1xui8>, tensor<2x1x2x1xi8>, tensor<2xi32>) -> tensor<1x1x4x2xi32>
// CHECK-NEXT: %5 = qint.requantize %4 {rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = 121, min = 28, max = 255>, zero_point = 0 : i32} : (tensor<1x1x4x2xi32>) -> tensor<1x1x4x2xui8>
// CHECK-NEXT: %6 = qint.flip_sign %5 : (tensor<1x1x4x2xui8>) -> tensor<1x1x4x2xi8>
// CHECK-NEXT: return %6 : tensor<1x1x4x2xi8>
func.func @conv(%x: tensor<1x1x3x1xi8>) -> tensor<1x1x4x2xi8> {
  %w = qint.constant dense<[[[[1], [2]]], [[[-4], [5]]]]> : tensor<2x1x2x1xi8> -> tensor<2x1x2x1xi8>
  %b = qint.constant dense<[1000, -50]> : tensor<2xi32> -> tensor<2xi32>
  %0 = qint.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = -7 : i32} : (tensor<1x1x3x1xi8>, tensor<2x1x2x1xi8>, tensor<2xi32>) -> tensor<1x1x4x2xi32>
  %1 = qint.requantize %0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -100, max = 127>} : (tensor<1x1x4x2xi32>) -> tensor<1x1x4x2xi8>
  return %1 : tensor<1x1x4x2xi8>
}

// CHECK-LABEL: func.func @add(
// CHECK-NEXT: %0 = qint.flip_sign %arg0 {qint.layer = "input0"} : (tensor<3xi8>) -> tensor<3xui8>
// CHECK-NEXT: %1 = qint.add %0, %arg1 {lhs_multiplier = 5 : i32, lhs_zero_point = 125 : i32, max = 228 : i32, min = 0 : i32, rhs_multiplier = 7 : i32, rhs_zero_point = 9 : i32, rounding = #qint.rounding<single>, shift = 3 : i32, zero_point = 130 : i32} : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
// CHECK-NEXT: %2 = qint.flip_sign %1 : (tensor<3xui8>) -> tensor<3xi8>
// CHECK-NEXT: return %2 : tensor<3xi8>
func.func @add(%x: tensor<3xi8>, %u: tensor<3xui8>) -> tensor<3xi8> {
  %0 = qint.add %x, %u {lhs_zero_point = -3 : i32, rhs_zero_point = 9 : i32, lhs_multiplier = 5 : i32, rhs_multiplier = 7 : i32, shift = 3 : i32, rounding = #qint.rounding<single>, zero_point = 2 : i32, min = -128 : i32, max = 100 : i32} : (tensor<3xi8>, tensor<3xui8>) -> tensor<3xi8>
  return %0 : tensor<3xi8>
}

// CHECK-LABEL: func.func @products(
// CHECK-NEXT: %0 = qint.flip_sign %arg1 {qint.layer = "input1"} : (tensor<1x5x3xi8>) -> tensor<1x5x3xui8>
// CHECK-NEXT: %1 = qint.flip_sign %arg0 {qint.layer = "input0"} : (tensor<1x3x5xi8>) -> tensor<1x3x5xui8>
// CHECK-NEXT: %2 = qint.matmul %1, %0 {lhs_zero_point = 0 : i32, rhs_zero_point = 132 : i32} : (tensor<1x3x5xui8>, tensor<1x5x3xui8>) -> tensor<1x3x3xi32>
// CHECK-NEXT: %3 = qint.mul %1, %1 {lhs_zero_point = 129 : i32, rhs_zero_point = 130 : i32} : (tensor<1x3x5xui8>, tensor<1x3x5xui8>) -> tensor<1x3x5xi32>
// CHECK-NEXT: return %2, %3 : tensor<1x3x3xi32>, tensor<1x3x5xi32>
func.func @products(%x: tensor<1x3x5xi8>, %y: tensor<1x5x3xi8>) -> (tensor<1x3x3xi32>, tensor<1x3x5xi32>) {
  %0 = qint.matmul %x, %y {lhs_zero_point = -128 : i32, rhs_zero_point = 4 : i32} : (tensor<1x3x5xi8>, tensor<1x5x3xi8>) -> tensor<1x3x3xi32>
  %1 = qint.mul %x, %x {lhs_zero_point = 1 : i32, rhs_zero_point = 2 : i32} : (tensor<1x3x5xi8>, tensor<1x3x5xi8>) -> tensor<1x3x5xi32>
  return %0, %1 : tensor<1x3x3xi32>, tensor<1x3x5xi32>
}

// CHECK-LABEL: func.func @pools(
// CHECK-NEXT: %0 = qint.flip_sign %arg0 {qint.layer = "input0"} : (tensor<1x2x3x1xi8>) -> tensor<1x2x3x1xui8>
// CHECK-NEXT: %1 = qint.avg_pool2d %0 {input_zero_point = 133 : i32, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 133, min = 0, max = 255>, strides = array<i64: 1, 1>} : (tensor<1x2x3x1xui8>) -> tensor<1x1x2x1xui8>
// CHECK-NEXT: %2 = qint.max_pool2d %0 {kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x3x1xui8>) -> tensor<1x1x2x1xui8>
// CHECK-NEXT: %3 = qint.flip_sign %1 : (tensor<1x1x2x1xui8>) -> tensor<1x1x2x1xi8>
// CHECK-NEXT: %4 = qint.flip_sign %2 : (tensor<1x1x2x1xui8>) -> tensor<1x1x2x1xi8>
// CHECK-NEXT: return %3, %4 : tensor<1x1x2x1xi8>, tensor<1x1x2x1xi8>
func.func @pools(%x: tensor<1x2x3x1xi8>) -> (tensor<1x1x2x1xi8>, tensor<1x1x2x1xi8>) {
  %0 = qint.avg_pool2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, input_zero_point = 5 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 5, min = -128, max = 127>} : (tensor<1x2x3x1xi8>) -> tensor<1x1x2x1xi8>
  %1 = qint.max_pool2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x2x3x1xi8>) -> tensor<1x1x2x1xi8>
  return %0, %1 : tensor<1x1x2x1xi8>, tensor<1x1x2x1xi8>
}

// CHECK-LABEL: func.func @bounds(
// CHECK-NEXT: %0 = qint.flip_sign %arg0 {qint.layer = "input0"} : (tensor<2xi8>) -> tensor<2xui8>
// CHECK-NEXT: %1 = qint.clamp %0 {max = 134 : i32, min = 123 : i32} : (tensor<2xui8>) -> tensor<2xui8>
// CHECK-NEXT: %2 = qint.pad %1 {high = array<i64: 1>, interior = array<i64: 0>, low = array<i64: 1>, value = 0 : i32} : (tensor<2xui8>) -> tensor<4xui8>
// CHECK-NEXT: %3 = qint.flip_sign %2 : (tensor<4xui8>) -> tensor<4xi8>
// CHECK-NEXT: return %3 : tensor<4xi8>
func.func @bounds(%x: tensor<2xi8>) -> tensor<4xi8> {
  %0 = qint.clamp %x {min = -5 : i32, max = 6 : i32} : (tensor<2xi8>) -> tensor<2xi8>
  %1 = qint.pad %0 {low = array<i64: 1>, high = array<i64: 1>, interior = array<i64: 0>, value = -128 : i32} : (tensor<2xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}

// A constant that stands for an activation follows.
// CHECK-LABEL: func.func @constant(
// CHECK-NEXT: %0 = qint.flip_sign %arg0 {qint.layer = "input0"} : (tensor<3xi8>) -> tensor<3xui8>
// CHECK-NEXT: %1 = qint.constant dense<[0, 128, 255]> : tensor<3xui8> -> tensor<3xui8>
// CHECK-NEXT: %2 = qint.constant dense<[-128, 0, 127]> : tensor<3xi8> -> tensor<3xi8>
// CHECK-NEXT: %3 = qint.maximum %0, %1 : (tensor<3xui8>, tensor<3xui8>) -> tensor<3xui8>
// CHECK-NEXT: %4 = qint.flip_sign %3 : (tensor<3xui8>) -> tensor<3xi8>
// CHECK-NEXT: return %4 : tensor<3xi8>
func.func @constant(%x: tensor<3xi8>) -> tensor<3xi8> {
  %c = qint.constant dense<[-128, 0, 127]> : tensor<3xi8> -> tensor<3xi8>
  %0 = qint.maximum %x, %c : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  return %0 : tensor<3xi8>
}

// CHECK-LABEL: func.func @reductions(
// CHECK-NEXT: %0 = qint.flip_sign %arg0 {qint.layer = "input0"} : (tensor<2x3xi8>) -> tensor<2x3xui8>
// CHECK-NEXT: %1 = qint.reduce <sum> %0 {axes = array<i64: 1>, zero_point = 125 : i32} : (tensor<2x3xui8>) -> tensor<2x1xi32>
// CHECK-NEXT: %2 = qint.reduce <min> %0 {axes = array<i64: 1>, zero_point = 125 : i32} : (tensor<2x3xui8>) -> tensor<2x1xui8>
// CHECK-NEXT: %3 = qint.argmax %0 {axis = 1 : i64} : (tensor<2x3xui8>) -> tensor<2xi32>
// CHECK-NEXT: %4 = qint.flip_sign %2 : (tensor<2x1xui8>) -> tensor<2x1xi8>
// CHECK-NEXT: return %1, %4, %3 : tensor<2x1xi32>, tensor<2x1xi8>, tensor<2xi32>
func.func @reductions(%x: tensor<2x3xi8>) -> (tensor<2x1xi32>, tensor<2x1xi8>, tensor<2xi32>) {
  %0 = qint.reduce <sum> %x {axes = array<i64: 1>, zero_point = -3 : i32} : (tensor<2x3xi8>) -> tensor<2x1xi32>
  %1 = qint.reduce <min> %x {axes = array<i64: 1>, zero_point = -3 : i32} : (tensor<2x3xi8>) -> tensor<2x1xi8>
  %2 = qint.argmax %x {axis = 1 : i64} : (tensor<2x3xi8>) -> tensor<2xi32>
  return %0, %1, %2 : tensor<2x1xi32>, tensor<2x1xi8>, tensor<2xi32>
}

// 16-bit codes and 8-bit unsigned codes of the caller stay.
// CHECK-LABEL: func.func @others(
// CHECK-NEXT: %0 = qint.clamp %arg0 {max = 6 : i32, min = -300 : i32} : (tensor<3xi16>) -> tensor<3xi16>
// CHECK-NEXT: %1 = qint.clamp %arg1 {max = 6 : i32, min = 3 : i32} : (tensor<3xui8>) -> tensor<3xui8>
// CHECK-NEXT: return %0, %1 : tensor<3xi16>, tensor<3xui8>
func.func @others(%x: tensor<3xi16>, %u: tensor<3xui8>) -> (tensor<3xi16>, tensor<3xui8>) {
  %0 = qint.clamp %x {min = -300 : i32, max = 6 : i32} : (tensor<3xi16>) -> tensor<3xi16>
  %1 = qint.clamp %u {min = 3 : i32, max = 6 : i32} : (tensor<3xui8>) -> tensor<3xui8>
  return %0, %1 : tensor<3xi16>, tensor<3xui8>
}
