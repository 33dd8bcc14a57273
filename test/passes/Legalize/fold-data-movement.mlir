// Pads, reshapes, transposes, clamps and concats that --qcc-fold-batch-norm
// also removes.
// RUN: qcc-opt %s --qcc-fold-batch-norm --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @pad_into_conv
// CHECK-SAME:    %[[X:.*]]: tensor<1x4x5x1xf32>
// CHECK-NOT:     qgraph.pad
// CHECK:         qgraph.conv2d %[[X]], {{.*}}pads = array<i64: 1, 3, 2, 4>
func.func @pad_into_conv(%x: tensor<1x4x5x1xf32>) -> tensor<1x8x11x2xf32> {
  %w = qgraph.constant dense<1.0> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[6.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.pad %x {low = array<i64: 0, 1, 2, 0>, high = array<i64: 0, 2, 4, 0>, value = 0.0 : f32} : (tensor<1x4x5x1xf32>) -> tensor<1x7x11x1xf32>
  %1 = qgraph.conv2d %0, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 1, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x7x11x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x8x11x2xf32>
  return %1 : tensor<1x8x11x2xf32>
}

// -----

// Another value, or more channels, is no convolution's padding.
// CHECK-LABEL: func.func @pad_stays
// CHECK:         qgraph.pad
// CHECK:         qgraph.pad
func.func @pad_stays(%x: tensor<1x2x3x1xf32>) -> tensor<1x4x3x2xf32> {
  %w = qgraph.constant dense<1.0> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>
  %b = qgraph.constant dense<[6.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.pad %x {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 0, 1>, value = 0.0 : f32} : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x2xf32>
  %1 = qgraph.conv2d %0, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x2x3x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x2x3x2xf32>
  %2 = qgraph.pad %1 {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 1, 0, 0>, value = 1.0 : f32} : (tensor<1x2x3x2xf32>) -> tensor<1x4x3x2xf32>
  %3 = qgraph.conv2d %2, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x4x3x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x4x3x2xf32>
  return %3 : tensor<1x4x3x2xf32>
}

// -----

// Zeros that count in a mean; zeros that cannot win after a ReLU; and zeros
// that can.
// CHECK-LABEL: func.func @pad_into_pools
// CHECK-SAME:    %[[X:.*]]: tensor<1x4x5x1xf32>
// CHECK:         %[[PAD:.*]] = qgraph.pad %[[X]]
// CHECK:         qgraph.avg_pool2d %[[X]] {count_include_pad, kernel = array<i64: 3, 2>, pads = array<i64: 1, 2, 1, 0>
// CHECK:         %[[RELU:.*]] = qgraph.clamp
// CHECK:         qgraph.max_pool2d %[[RELU]] {kernel = array<i64: 3, 2>, pads = array<i64: 1, 2, 1, 0>
// CHECK:         qgraph.max_pool2d %[[PAD]]
func.func @pad_into_pools(%x: tensor<1x4x5x1xf32>) -> (tensor<1x5x5x1xf32>, tensor<1x5x5x1xf32>, tensor<1x5x5x1xf32>) {
  %0 = qgraph.pad %x {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 2, 0, 0>, value = 0.0 : f32} : (tensor<1x4x5x1xf32>) -> tensor<1x7x6x1xf32>
  %1 = qgraph.avg_pool2d %0 {kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x7x6x1xf32>) -> tensor<1x5x5x1xf32>
  %2 = qgraph.clamp %x {min = 0.0 : f32, max = 6.0 : f32} : (tensor<1x4x5x1xf32>) -> tensor<1x4x5x1xf32>
  %3 = qgraph.pad %2 {low = array<i64: 0, 1, 1, 0>, high = array<i64: 0, 2, 0, 0>, value = 0.0 : f32} : (tensor<1x4x5x1xf32>) -> tensor<1x7x6x1xf32>
  %4 = qgraph.max_pool2d %3 {kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x7x6x1xf32>) -> tensor<1x5x5x1xf32>
  %5 = qgraph.max_pool2d %0 {kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x7x6x1xf32>) -> tensor<1x5x5x1xf32>
  return %1, %4, %5 : tensor<1x5x5x1xf32>, tensor<1x5x5x1xf32>, tensor<1x5x5x1xf32>
}

// -----

// CHECK-LABEL: func.func @reshapes
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x1x5xf32>
// CHECK-NEXT:    %[[Y:.*]] = qgraph.reshape %[[X]] : (tensor<2x3x1x5xf32>) -> tensor<30xf32>
// CHECK-NEXT:    return %[[Y]], %[[X]]
func.func @reshapes(%x: tensor<2x3x1x5xf32>) -> (tensor<30xf32>, tensor<2x3x1x5xf32>) {
  %0 = qgraph.transpose %x {permutation = array<i64: 2, 0, 1, 3>} : (tensor<2x3x1x5xf32>) -> tensor<1x2x3x5xf32>
  %1 = qgraph.reshape %0 : (tensor<1x2x3x5xf32>) -> tensor<6x5xf32>
  %2 = qgraph.reshape %1 : (tensor<6x5xf32>) -> tensor<30xf32>
  %3 = qgraph.reshape %1 : (tensor<6x5xf32>) -> tensor<2x3x1x5xf32>
  return %2, %3 : tensor<30xf32>, tensor<2x3x1x5xf32>
}

// -----

// CHECK-LABEL: func.func @transposes
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x5xf32>
// CHECK-NEXT:    %[[Y:.*]] = qgraph.transpose %[[X]] {permutation = array<i64: 2, 1, 0>}
// CHECK-NEXT:    return %[[X]], %[[Y]]
func.func @transposes(%x: tensor<2x3x5xf32>) -> (tensor<2x3x5xf32>, tensor<5x3x2xf32>) {
  %0 = qgraph.transpose %x {permutation = array<i64: 1, 2, 0>} : (tensor<2x3x5xf32>) -> tensor<3x5x2xf32>
  %1 = qgraph.transpose %0 {permutation = array<i64: 2, 0, 1>} : (tensor<3x5x2xf32>) -> tensor<2x3x5xf32>
  %2 = qgraph.transpose %0 {permutation = array<i64: 1, 0, 2>} : (tensor<3x5x2xf32>) -> tensor<5x3x2xf32>
  return %1, %2 : tensor<2x3x5xf32>, tensor<5x3x2xf32>
}

// -----

// clamp to [-1, 6], then to [0, inf]; to [-1, 6], then to [7, 9]: always 7.
// CHECK-LABEL: func.func @clamps
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-DAG:     qgraph.clamp %[[X]] {max = 6.000000e+00 : f32, min = 0.000000e+00 : f32}
// CHECK-DAG:     qgraph.clamp %[[X]] {max = 7.000000e+00 : f32, min = 7.000000e+00 : f32}
// CHECK-NOT:     qgraph.clamp
// CHECK:         return
func.func @clamps(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = qgraph.clamp %x {min = -1.0 : f32, max = 6.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.clamp %0 {min = 0.0 : f32, max = 0x7F800000 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.clamp %0 {min = 7.0 : f32, max = 9.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %2 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// A clamp comes before a reshape, where an op that computes may take it.
// CHECK-LABEL: func.func @clamp_reshape
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT:    %[[C:.*]] = qgraph.clamp %[[X]]
// CHECK-NEXT:    qgraph.reshape %[[C]]
func.func @clamp_reshape(%x: tensor<2x3xf32>) -> tensor<6xf32> {
  %0 = qgraph.reshape %x : (tensor<2x3xf32>) -> tensor<6xf32>
  %1 = qgraph.clamp %0 {min = -1.0 : f32, max = 6.0 : f32} : (tensor<6xf32>) -> tensor<6xf32>
  return %1 : tensor<6xf32>
}

// -----

// Ops that change nothing, and one that nothing uses.
// CHECK-LABEL: func.func @no_ops
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT:    return %[[X]]
func.func @no_ops(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qgraph.concat %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.slice %0 {starts = array<i64: 0, 0>, sizes = array<i64: 2, 3>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.pad %1 {low = array<i64: 0, 0>, high = array<i64: 0, 0>, value = 3.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.tile %2 {multiples = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.unary <exp> %3 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// -----

// Sums with 0 and products with 1 are dropped, c - x is none.
// CHECK-LABEL: func.func @neutral
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK:         %[[Y:.*]] = qgraph.sub %{{[^,]*}}, %[[X]]
// CHECK-NEXT:    return %[[X]], %[[X]], %[[X]], %[[Y]]
func.func @neutral(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %zero = qgraph.constant dense<0.0> : tensor<2x1xf32> -> tensor<2x1xf32>
  %one = qgraph.constant dense<1.0> : tensor<1x3xf32> -> tensor<1x3xf32>
  %0 = qgraph.add %zero, %x : (tensor<2x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.mul %x, %one : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.sub %x, %zero : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %3 = qgraph.sub %zero, %x : (tensor<2x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0, %1, %2, %3 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}
