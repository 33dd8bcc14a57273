// Forms of grouped convolution and of fully connected layers in NCHW.
// RUN: qcc-opt %s --qcc-fold-batch-norm --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @groups
// CHECK-SAME:    %[[X:.*]]: tensor<1x3x2x4xf32>
// CHECK-DAG:     %[[W:.*]] = qgraph.constant dense<{{\[\[\[\[}}1.000000e+00, 2.000000e+00]]], {{\[\[\[}}3.000000e+00, 4.000000e+00]]], {{\[\[\[}}5.000000e+00, 6.000000e+00]]], {{\[\[\[}}7.000000e+00, 8.000000e+00]]]]> : tensor<4x1x1x2xf32>
// CHECK-DAG:     %[[B:.*]] = qgraph.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>
// CHECK:         %[[Y:.*]] = qgraph.conv2d %[[X]], %[[W]], %[[B]] {dilations = array<i64: 1, 1>, groups = 2 : i64, pads = array<i64: 0, 0, 1, 0>, strides = array<i64: 1, 1>}
// CHECK-NEXT:    return %[[Y]]
func.func @groups(%x: tensor<1x3x2x4xf32>) -> tensor<1x3x3x4xf32> {
  %w0 = qgraph.constant dense<[[[[1.0, 2.0]]], [[[3.0, 4.0]]]]> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>
  %w1 = qgraph.constant dense<[[[[5.0, 6.0]]], [[[7.0, 8.0]]]]> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>
  %b0 = qgraph.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %b1 = qgraph.constant dense<[3.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.slice %x {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 3, 2, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x2x4xf32>) -> tensor<1x3x2x2xf32>
  %1 = qgraph.slice %x {starts = array<i64: 0, 0, 0, 2>, sizes = array<i64: 1, 3, 2, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x2x4xf32>) -> tensor<1x3x2x2xf32>
  %2 = qgraph.conv2d %0, %w0, %b0 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 1, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x3x3x2xf32>
  %3 = qgraph.conv2d %1, %w1, %b1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 1, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x3x3x2xf32>
  %4 = qgraph.concat %2, %3 {axis = 3 : i64} : (tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>) -> tensor<1x3x3x4xf32>
  return %4 : tensor<1x3x3x4xf32>
}

// -----

// Slices in another order are no groups.
// CHECK-LABEL: func.func @shuffled
// CHECK:         qgraph.concat
func.func @shuffled(%x: tensor<1x3x2x4xf32>) -> tensor<1x3x2x4xf32> {
  %w = qgraph.constant dense<[[[[1.0, 2.0]]], [[[3.0, 4.0]]]]> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>
  %b = qgraph.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.slice %x {starts = array<i64: 0, 0, 0, 2>, sizes = array<i64: 1, 3, 2, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x2x4xf32>) -> tensor<1x3x2x2xf32>
  %1 = qgraph.slice %x {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 3, 2, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x2x4xf32>) -> tensor<1x3x2x2xf32>
  %2 = qgraph.conv2d %0, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x3x2x2xf32>
  %3 = qgraph.conv2d %1, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x2x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x3x2x2xf32>
  %4 = qgraph.concat %2, %3 {axis = 3 : i64} : (tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>) -> tensor<1x3x2x4xf32>
  return %4 : tensor<1x3x2x4xf32>
}

// -----

// [2,2,1,3] in NHWC, flattened as [2,3,2,1]: column c*2+h becomes h*3+c.
// CHECK-LABEL: func.func @flatten
// CHECK-SAME:    %[[X:.*]]: tensor<2x2x1x3xf32>
// CHECK-DAG:     %[[W:.*]] = qgraph.constant dense<{{\[\[\[\[}}1.000000e+00, 3.000000e+00, 5.000000e+00, 2.000000e+00, 4.000000e+00, 6.000000e+00]]]]> : tensor<1x1x1x6xf32>
// CHECK-DAG:     %[[FLAT:.*]] = qgraph.reshape %[[X]] : (tensor<2x2x1x3xf32>) -> tensor<1x1x2x6xf32>
// CHECK:         %[[Y:.*]] = qgraph.conv2d %[[FLAT]], %[[W]]
// CHECK-NEXT:    return %[[Y]]
func.func @flatten(%x: tensor<2x2x1x3xf32>) -> tensor<1x1x2x1xf32> {
  %w = qgraph.constant dense<[[[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]]]> : tensor<1x1x1x6xf32> -> tensor<1x1x1x6xf32>
  %b = qgraph.constant dense<1.0> : tensor<1xf32> -> tensor<1xf32>
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : (tensor<2x2x1x3xf32>) -> tensor<2x3x2x1xf32>
  %1 = qgraph.reshape %0 : (tensor<2x3x2x1xf32>) -> tensor<2x6xf32>
  %2 = qgraph.reshape %1 : (tensor<2x6xf32>) -> tensor<1x1x2x6xf32>
  %3 = qgraph.conv2d %2, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x2x6xf32>, tensor<1x1x1x6xf32>, tensor<1xf32>) -> tensor<1x1x2x1xf32>
  return %3 : tensor<1x1x2x1xf32>
}
