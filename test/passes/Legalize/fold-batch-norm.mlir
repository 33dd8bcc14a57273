// What moves into convolutions, and what does not.
// RUN: qcc-opt %s --qcc-fold-batch-norm --split-input-file | FileCheck %s

// scale = gamma / sqrt(variance + epsilon) = [2/2, -3/4]; the filter of a
// channel is scaled and the bias is (bias - mean) * scale + beta.
// CHECK-LABEL: func.func @conv
// CHECK-DAG:     %[[W:.*]] = qgraph.constant dense<{{\[\[\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00]]], {{\[\[\[}}-3.000000e+00, -6.000000e+00, 3.000000e+00]]]]> : tensor<2x1x1x3xf32>
// CHECK-DAG:     %[[B:.*]] = qgraph.constant dense<[5.500000e+00, 5.250000e+00]> : tensor<2xf32>
// CHECK:         %[[Y:.*]] = qgraph.conv2d %{{.*}}, %[[W]], %[[B]]
// CHECK-SAME:      qgraph.output_mean = array<f32: 5.000000e-01, 1.500000e+00>
// CHECK-SAME:      qgraph.output_std = array<f32: 2.000000e+00, 3.000000e+00>
// CHECK-NEXT:    return %[[Y]]
func.func @conv(%x: tensor<1x4x5x3xf32>) -> tensor<1x4x5x2xf32> {
  %w = qgraph.constant dense<[[[[1.0, 2.0, 3.0]]], [[[4.0, 8.0, -4.0]]]]> : tensor<2x1x1x3xf32> -> tensor<2x1x1x3xf32>
  %b = qgraph.constant dense<[6.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %gamma = qgraph.constant dense<[2.0, -3.0]> : tensor<2xf32> -> tensor<2xf32>
  %beta = qgraph.constant dense<[0.5, 1.5]> : tensor<2xf32> -> tensor<2xf32>
  %mean = qgraph.constant dense<[1.0, 7.0]> : tensor<2xf32> -> tensor<2xf32>
  %var = qgraph.constant dense<[3.75, 15.75]> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x4x5x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x4x5x2xf32>
  %1 = qgraph.batch_norm %0, %gamma, %beta, %mean, %var {epsilon = 0.25 : f32} : (tensor<1x4x5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x4x5x2xf32>
  return %1 : tensor<1x4x5x2xf32>
}

// -----

// CHECK-LABEL: func.func @transpose_conv
// CHECK-DAG:     %[[W:.*]] = qgraph.constant dense<{{\[\[\[\[}}1.500000e+00]]], {{\[\[\[}}4.000000e+00]]]]> : tensor<2x1x1x1xf32>
// CHECK:         qgraph.transpose_conv2d %{{.*}}, %[[W]]
// CHECK-NEXT:    return
func.func @transpose_conv(%x: tensor<1x2x3x1xf32>) -> tensor<1x2x3x2xf32> {
  %w = qgraph.constant dense<[[[[3.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[6.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %scale = qgraph.constant dense<[[[[0.5, 2.0]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %0 = qgraph.transpose_conv2d %x, %w, %b {strides = array<i64: 1, 1>, out_pads = array<i64: 0, 0, 0, 0>} : (tensor<1x2x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x3x2xf32>
  %1 = qgraph.mul %scale, %0 : (tensor<1x1x1x2xf32>, tensor<1x2x3x2xf32>) -> tensor<1x2x3x2xf32>
  return %1 : tensor<1x2x3x2xf32>
}

// -----

// A convolution with another user stays; batch_norm is a depthwise one then.
// CHECK-LABEL: func.func @shared
// CHECK:         %[[A:.*]] = qgraph.conv2d {{.*}}groups = 1 : i64
// CHECK-DAG:     %[[W:.*]] = qgraph.constant dense<{{\[\[\[\[}}1.000000e+00]]], {{\[\[\[}}-7.500000e-01]]]]> : tensor<2x1x1x1xf32>
// CHECK-DAG:     %[[B:.*]] = qgraph.constant dense<[-5.000000e-01, 6.750000e+00]> : tensor<2xf32>
// CHECK:         %[[Y:.*]] = qgraph.conv2d %[[A]], %[[W]], %[[B]] {{.*}}groups = 2 : i64
// CHECK-SAME:      qgraph.output_mean = array<f32: 5.000000e-01, 1.500000e+00>
// CHECK-SAME:      qgraph.output_std = array<f32: 2.000000e+00, 3.000000e+00>
// CHECK:         return %[[A]], %[[Y]]
func.func @shared(%x: tensor<1x4x5x3xf32>) -> (tensor<1x4x5x2xf32>, tensor<1x4x5x2xf32>) {
  %w = qgraph.constant dense<[[[[1.0, 2.0, 3.0]]], [[[4.0, 8.0, -4.0]]]]> : tensor<2x1x1x3xf32> -> tensor<2x1x1x3xf32>
  %b = qgraph.constant dense<[6.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %gamma = qgraph.constant dense<[2.0, -3.0]> : tensor<2xf32> -> tensor<2xf32>
  %beta = qgraph.constant dense<[0.5, 1.5]> : tensor<2xf32> -> tensor<2xf32>
  %mean = qgraph.constant dense<[1.0, 7.0]> : tensor<2xf32> -> tensor<2xf32>
  %var = qgraph.constant dense<[3.75, 15.75]> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x4x5x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x4x5x2xf32>
  %1 = qgraph.batch_norm %0, %gamma, %beta, %mean, %var {epsilon = 0.25 : f32} : (tensor<1x4x5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x4x5x2xf32>
  return %0, %1 : tensor<1x4x5x2xf32>, tensor<1x4x5x2xf32>
}

// -----

// Of another rank: an image of one row.
// CHECK-LABEL: func.func @rank_two
// CHECK:         %[[IMAGE:.*]] = qgraph.reshape %{{.*}} : (tensor<3x2xf32>) -> tensor<1x1x3x2xf32>
// CHECK:         qgraph.conv2d %[[IMAGE]], {{.*}}groups = 2 : i64
// CHECK:         qgraph.reshape %{{.*}} : (tensor<1x1x3x2xf32>) -> tensor<3x2xf32>
// CHECK-NEXT:    return
func.func @rank_two(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %p = qgraph.constant dense<[2.0, 3.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.batch_norm %x, %p, %p, %p, %p {epsilon = 0.25 : f32} : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

// 5 - (y * 2 + 1), through a reshape that keeps channels last, with the
// statistics that the convolution has: mean 5 - (3 * 2 + 1), deviation 4 * 2.
// CHECK-LABEL: func.func @affine
// CHECK-DAG:     %[[W:.*]] = qgraph.constant dense<{{\[\[\[\[}}-2.000000e+00]]], {{\[\[\[}}-4.000000e+00]]]]> : tensor<2x1x1x1xf32>
// CHECK-DAG:     %[[B:.*]] = qgraph.constant dense<[-8.000000e+00, 0.000000e+00]> : tensor<2xf32>
// CHECK:         %[[Y:.*]] = qgraph.conv2d %{{.*}}, %[[W]], %[[B]]
// CHECK-SAME:      qgraph.output_mean = array<f32: -2.000000e+00, -2.000000e+00>
// CHECK-SAME:      qgraph.output_std = array<f32: 8.000000e+00, 8.000000e+00>
// CHECK-NEXT:    %[[R:.*]] = qgraph.reshape %[[Y]]
// CHECK-NEXT:    return %[[R]]
func.func @affine(%x: tensor<1x1x3x1xf32>) -> tensor<3x2xf32> {
  %w = qgraph.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[6.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %two = qgraph.constant dense<2.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %one = qgraph.constant dense<1.0> : tensor<1x2xf32> -> tensor<1x2xf32>
  %five = qgraph.constant dense<5.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.output_mean = array<f32: 3.0, 3.0>, qgraph.output_std = array<f32: 4.0, 4.0>} : (tensor<1x1x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x1x3x2xf32>
  %1 = qgraph.reshape %0 : (tensor<1x1x3x2xf32>) -> tensor<3x2xf32>
  %2 = qgraph.mul %1, %two : (tensor<3x2xf32>, tensor<1x1xf32>) -> tensor<3x2xf32>
  %3 = qgraph.add %2, %one : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %4 = qgraph.sub %five, %3 : (tensor<1x1xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  return %4 : tensor<3x2xf32>
}

// -----

// x * 2 - 3 of an input is a depthwise convolution; a multiplication alone
// stays what it is.
// CHECK-LABEL: func.func @input_scale
// CHECK-DAG:     %[[W:.*]] = qgraph.constant dense<2.000000e+00> : tensor<3x1x1x1xf32>
// CHECK-DAG:     %[[B:.*]] = qgraph.constant dense<-3.000000e+00> : tensor<3xf32>
// CHECK:         qgraph.conv2d %{{.*}}, %[[W]], %[[B]] {{.*}}groups = 3 : i64
// CHECK:         qgraph.mul
func.func @input_scale(%x: tensor<1x4x5x3xf32>) -> (tensor<1x4x5x3xf32>, tensor<1x4x5x3xf32>) {
  %two = qgraph.constant dense<2.0> : tensor<1x1x1x3xf32> -> tensor<1x1x1x3xf32>
  %three = qgraph.constant dense<3.0> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  %0 = qgraph.mul %x, %two : (tensor<1x4x5x3xf32>, tensor<1x1x1x3xf32>) -> tensor<1x4x5x3xf32>
  %1 = qgraph.sub %0, %three : (tensor<1x4x5x3xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x5x3xf32>
  %2 = qgraph.mul %x, %three : (tensor<1x4x5x3xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x5x3xf32>
  return %1, %2 : tensor<1x4x5x3xf32>, tensor<1x4x5x3xf32>
}

// -----

// Per row is not per channel; broadcasting the convolution is not elementwise.
// CHECK-LABEL: func.func @not_affine
// CHECK:         %[[W:.*]] = qgraph.constant dense<1.000000e+00> : tensor<2x1x1x1xf32>
// CHECK:         qgraph.conv2d %{{.*}}, %[[W]]
// CHECK:         qgraph.mul
// CHECK:         qgraph.add
func.func @not_affine(%x: tensor<1x3x1x1xf32>) -> tensor<1x3x4x2xf32> {
  %w = qgraph.constant dense<1.0> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[6.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %rows = qgraph.constant dense<[[[[2.0]], [[3.0]], [[4.0]]]]> : tensor<1x3x1x1xf32> -> tensor<1x3x1x1xf32>
  %wide = qgraph.constant dense<5.0> : tensor<1x1x4x2xf32> -> tensor<1x1x4x2xf32>
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x1x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x3x1x2xf32>
  %1 = qgraph.mul %0, %rows : (tensor<1x3x1x2xf32>, tensor<1x3x1x1xf32>) -> tensor<1x3x1x2xf32>
  %2 = qgraph.add %1, %wide : (tensor<1x3x1x2xf32>, tensor<1x1x4x2xf32>) -> tensor<1x3x4x2xf32>
  return %2 : tensor<1x3x4x2xf32>
}
