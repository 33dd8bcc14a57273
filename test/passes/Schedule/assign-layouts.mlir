// Halos that convolutions read.
// RUN: qcc-opt %s --qcc-form-kernels --qcc-assign-layouts | FileCheck %s

 

// The 3x3 window reads one row above, none below, one column on each side.
// CHECK-LABEL: func.func @halo(
// CHECK: %2 = qint.kernel "act"(%arg0) {
// CHECK: {{^ +}}} {halo = array<i64: 1, 0, 1, 1>, halo_value = -7 : i32} : (tensor<1x5x4x2xi8>) -> tensor<1x5x4x2xi8>
// CHECK-NEXT: %3 = qint.kernel "conv"(%2, %0, %1) {
// CHECK: {{^ +}}} : (tensor<1x5x4x2xi8>, tensor<1x3x3x2xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi8>
func.func @halo(%x: tensor<1x5x4x2xi8>) -> tensor<1x4x4x1xi8> {
  %w = qint.constant dense<1> : tensor<1x3x3x2xi8> -> tensor<1x3x3x2xi8>
  %b = qint.constant dense<0> : tensor<1xi32> -> tensor<1xi32>
  %0 = qint.clamp %x {min = -1 : i32, max = 5 : i32, qint.layer = "act"} : (tensor<1x5x4x2xi8>) -> tensor<1x5x4x2xi8>
  %1 = qint.conv2d %0, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = -7 : i32, qint.layer = "conv"} : (tensor<1x5x4x2xi8>, tensor<1x3x3x2xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi32>
  %2 = qint.requantize %1 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -100, max = 127>} : (tensor<1x4x4x1xi32>) -> tensor<1x4x4x1xi8>
  return %2 : tensor<1x4x4x1xi8>
}

// With stride 2 the window never reaches the padding below; dilation 2 reaches further.
// CHECK-LABEL: func.func @strided(
// CHECK: %2 = qint.kernel "act"(%arg0) {
// CHECK: {{^ +}}} {halo = array<i64: 0, 0, 2, 2>, halo_value = 9 : i32} : (tensor<1x4x7x1xi8>) -> tensor<1x4x7x1xi8>
// CHECK-NEXT: %3 = qint.kernel "conv"(%2, %0, %1) {
// CHECK: {{^ +}}} : (tensor<1x4x7x1xi8>, tensor<1x2x3x1xi8>, tensor<1xi32>) -> tensor<1x2x7x1xi32>
func.func @strided(%x: tensor<1x4x7x1xi8>) -> tensor<1x2x7x1xi32> {
  %w = qint.constant dense<1> : tensor<1x2x3x1xi8> -> tensor<1x2x3x1xi8>
  %b = qint.constant dense<0> : tensor<1xi32> -> tensor<1xi32>
  %0 = qint.clamp %x {min = -1 : i32, max = 5 : i32, qint.layer = "act"} : (tensor<1x4x7x1xi8>) -> tensor<1x4x7x1xi8>
  %1 = qint.conv2d %0, %w, %b {strides = array<i64: 2, 1>, pads = array<i64: 0, 1, 2, 2>, dilations = array<i64: 1, 2>, groups = 1 : i64, pad_value = 9 : i32, qint.layer = "conv"} : (tensor<1x4x7x1xi8>, tensor<1x2x3x1xi8>, tensor<1xi32>) -> tensor<1x2x7x1xi32>
  return %1 : tensor<1x2x7x1xi32>
}

// One channel per group is read in pairs, one byte past the end: also an
// argument in another shape is copied, and the copy is what gets that shape.
// CHECK-LABEL: func.func @reshaped_argument(
// CHECK-NEXT: %[[COPY:.*]] = qint.kernel "input0"(%arg0) {
// CHECK: %[[X:.*]] = qint.reshape %[[COPY]]
// CHECK: qint.kernel "conv"(%[[X]],
func.func @reshaped_argument(%a: tensor<768xi8>) -> tensor<1x2x14x8xi32> {
  %w = qint.constant dense<1> : tensor<8x5x3x1xi8> -> tensor<8x5x3x1xi8>
  %b = qint.constant dense<0> : tensor<8xi32> -> tensor<8xi32>
  %x = qint.reshape %a : (tensor<768xi8>) -> tensor<1x12x16x4xi8>
  %0 = qint.conv2d %x, %w, %b {strides = array<i64: 3, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 2, 1>, groups = 4 : i64, pad_value = 3 : i32, qint.layer = "conv"} : (tensor<1x12x16x4xi8>, tensor<8x5x3x1xi8>, tensor<8xi32>) -> tensor<1x2x14x8xi32>
  return %0 : tensor<1x2x14x8xi32>
}

// Nor has the caller's buffer of a result room behind it: what is read so stays
// inside and the result is a copy.
// CHECK-LABEL: func.func @returned(
// CHECK: %[[ACT:.*]] = qint.kernel "act"(%arg0)
// CHECK: %[[CONV:.*]] = qint.kernel "conv"(%[[ACT]],
// CHECK: %[[COPY:.*]] = qint.kernel "output0"(%[[ACT]])
// CHECK: return %[[COPY]], %[[CONV]]
func.func @returned(%a: tensor<1x12x16x4xi8>) -> (tensor<1x12x16x4xi8>, tensor<1x2x14x8xi32>) {
  %w = qint.constant dense<1> : tensor<8x5x3x1xi8> -> tensor<8x5x3x1xi8>
  %b = qint.constant dense<0> : tensor<8xi32> -> tensor<8xi32>
  %x = qint.clamp %a {min = -3 : i32, max = 5 : i32, qint.layer = "act"} : (tensor<1x12x16x4xi8>) -> tensor<1x12x16x4xi8>
  %0 = qint.conv2d %x, %w, %b {strides = array<i64: 3, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 2, 1>, groups = 4 : i64, pad_value = 3 : i32, qint.layer = "conv"} : (tensor<1x12x16x4xi8>, tensor<8x5x3x1xi8>, tensor<8xi32>) -> tensor<1x2x14x8xi32>
  return %x, %0 : tensor<1x12x16x4xi8>, tensor<1x2x14x8xi32>
}

// An argument that a window reads beyond is copied into a buffer with a halo.
// CHECK-LABEL: func.func @argument(
// CHECK-NEXT: %0 = qint.kernel "input0"(%arg0) {
// CHECK: {{^ +}}} {halo = array<i64: 0, 0, 0, 1>, halo_value = 3 : i32} : (tensor<1x5x4x1xi8>) -> tensor<1x5x4x1xi8>
// CHECK: %3 = qint.kernel "conv"(%0, %1, %2) {
// CHECK: {{^ +}}} : (tensor<1x5x4x1xi8>, tensor<1x1x2x1xi8>, tensor<1xi32>) -> tensor<1x5x4x1xi32>
func.func @argument(%x: tensor<1x5x4x1xi8>) -> tensor<1x5x4x1xi32> {
  %w = qint.constant dense<1> : tensor<1x1x2x1xi8> -> tensor<1x1x2x1xi8>
  %b = qint.constant dense<0> : tensor<1xi32> -> tensor<1xi32>
  %0 = qint.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 3 : i32, qint.layer = "conv"} : (tensor<1x5x4x1xi8>, tensor<1x1x2x1xi8>, tensor<1xi32>) -> tensor<1x5x4x1xi32>
  return %0 : tensor<1x5x4x1xi32>
}

// Two windows that want different codes around one tensor get none.
// CHECK-LABEL: func.func @conflict(
// CHECK: %2 = qint.kernel "act"(%arg0) {
// CHECK: {{^ +}}} : (tensor<1x5x4x1xi8>) -> tensor<1x5x4x1xi8>
// CHECK-NEXT: %3 = qint.kernel "one"(%2, %0, %1) {
// CHECK: {{^ +}}} : (tensor<1x5x4x1xi8>, tensor<1x1x2x1xi8>, tensor<1xi32>) -> tensor<1x5x4x1xi32>
// CHECK-NEXT: %4 = qint.kernel "two"(%2, %0, %1) {
// CHECK: {{^ +}}} : (tensor<1x5x4x1xi8>, tensor<1x1x2x1xi8>, tensor<1xi32>) -> tensor<1x5x4x1xi32>
func.func @conflict(%x: tensor<1x5x4x1xi8>) -> (tensor<1x5x4x1xi32>, tensor<1x5x4x1xi32>) {
  %w = qint.constant dense<1> : tensor<1x1x2x1xi8> -> tensor<1x1x2x1xi8>
  %b = qint.constant dense<0> : tensor<1xi32> -> tensor<1xi32>
  %0 = qint.clamp %x {min = -1 : i32, max = 5 : i32, qint.layer = "act"} : (tensor<1x5x4x1xi8>) -> tensor<1x5x4x1xi8>
  %1 = qint.conv2d %0, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 3 : i32, qint.layer = "one"} : (tensor<1x5x4x1xi8>, tensor<1x1x2x1xi8>, tensor<1xi32>) -> tensor<1x5x4x1xi32>
  %2 = qint.conv2d %0, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 4 : i32, qint.layer = "two"} : (tensor<1x5x4x1xi8>, tensor<1x1x2x1xi8>, tensor<1xi32>) -> tensor<1x5x4x1xi32>
  return %1, %2 : tensor<1x5x4x1xi32>, tensor<1x5x4x1xi32>
}

// The sum may take the place of %a, whose halo is larger than the one that the
// convolution after it wants: both get the larger.
// CHECK-LABEL: func.func @together(
// CHECK: qint.kernel "a"(
// CHECK: {halo = array<i64: 1, 1, 1, 1>, halo_value = 5 : i32}
// CHECK: qint.kernel "b"(
// CHECK: qint.add
// CHECK: {halo = array<i64: 1, 1, 1, 1>, halo_value = 0 : i32}
func.func @together(%x: tensor<1x8x8x8xi8>) -> tensor<1x4x4x8xi32> {
  %w = qint.constant dense<1> : tensor<8x3x3x8xi8> -> tensor<8x3x3x8xi8>
  %z = qint.constant dense<0> : tensor<8xi32> -> tensor<8xi32>
  %a = qint.clamp %x {min = -3 : i32, max = 9 : i32, qint.layer = "a"} : (tensor<1x8x8x8xi8>) -> tensor<1x8x8x8xi8>
  %0 = qint.conv2d %a, %w, %z {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 5 : i32, qint.layer = "m"} : (tensor<1x8x8x8xi8>, tensor<8x3x3x8xi8>, tensor<8xi32>) -> tensor<1x8x8x8xi32>
  %m = qint.requantize %0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1288490189], shifts = [40], rounding = single, zero_point = 0, min = -128, max = 127>, qint.layer = "m"} : (tensor<1x8x8x8xi32>) -> tensor<1x8x8x8xi8>
  %1 = qint.conv2d %m, %w, %z {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32, qint.layer = "b"} : (tensor<1x8x8x8xi8>, tensor<8x3x3x8xi8>, tensor<8xi32>) -> tensor<1x8x8x8xi32>
  %2 = qint.requantize %1 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1288490189], shifts = [40], rounding = single, zero_point = 0, min = -128, max = 127>, qint.layer = "b"} : (tensor<1x8x8x8xi32>) -> tensor<1x8x8x8xi8>
  %s = qint.add %2, %a {lhs_zero_point = 2 : i32, rhs_zero_point = 2 : i32, lhs_multiplier = 700001 : i32, rhs_multiplier = 612345 : i32, shift = 20 : i32, rounding = #qint.rounding<single>, zero_point = 3 : i32, min = -128 : i32, max = 127 : i32, qint.layer = "b"} : (tensor<1x8x8x8xi8>, tensor<1x8x8x8xi8>) -> tensor<1x8x8x8xi8>
  %3 = qint.conv2d %s, %w, %z {strides = array<i64: 2, 2>, pads = array<i64: 0, 1, 0, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32, qint.layer = "c"} : (tensor<1x8x8x8xi8>, tensor<8x3x3x8xi8>, tensor<8xi32>) -> tensor<1x4x4x8xi32>
  return %3 : tensor<1x4x4x8xi32>
}
