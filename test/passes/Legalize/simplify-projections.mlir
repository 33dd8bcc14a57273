// The fully connected layers of attention.
// RUN: qcc-opt %s --qcc-fold-batch-norm --split-input-file | FileCheck %s

// A number by which scores are multiplied, into the layer of the queries.
// CHECK-LABEL: func.func @scale
// CHECK-DAG:     %[[Q:.*]] = qgraph.constant dense<[{{.*}}5.000000e-01{{.*}}1.000000e+00
// CHECK-DAG:     %[[QB:.*]] = qgraph.constant dense<[1.500000e+00, 2.000000e+00]>
// CHECK-DAG:     qgraph.conv2d %{{.*}}, %[[Q]], %[[QB]]
// CHECK:         %[[S:.*]] = qgraph.matmul
// CHECK-NEXT:    return %[[S]]
func.func @scale(%x: tensor<1x1x3x1xf32>, %k: tensor<2x1x3xf32>) -> tensor<2x3x3xf32> {
  %f = qgraph.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[3.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %c = qgraph.constant dense<0.5> : tensor<1x1x1xf32> -> tensor<1x1x1xf32>
  %0 = qgraph.conv2d %x, %f, %b {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x1x3x2xf32>
  %1 = qgraph.reshape %0 : (tensor<1x1x3x2xf32>) -> tensor<3x2x1xf32>
  %2 = qgraph.transpose %1 {permutation = array<i64: 1, 0, 2>} : (tensor<3x2x1xf32>) -> tensor<2x3x1xf32>
  %3 = qgraph.matmul %2, %k : (tensor<2x3x1xf32>, tensor<2x1x3xf32>) -> tensor<2x3x3xf32>
  %4 = qgraph.mul %3, %c : (tensor<2x3x3xf32>, tensor<1x1x1xf32>) -> tensor<2x3x3xf32>
  return %4 : tensor<2x3x3xf32>
}

// -----

// Only the keys come from a layer.
// CHECK-LABEL: func.func @scale_of_keys
// CHECK-DAG:     qgraph.constant dense<[3.000000e+00, 4.000000e+00]>
// CHECK:         %[[S:.*]] = qgraph.matmul
// CHECK-NEXT:    return %[[S]]
func.func @scale_of_keys(%x: tensor<1x1x3x1xf32>, %q: tensor<1x5x2xf32>) -> tensor<1x5x3xf32> {
  %f = qgraph.constant dense<1.0> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[6.0, 8.0]> : tensor<2xf32> -> tensor<2xf32>
  %c = qgraph.constant dense<0.5> : tensor<1x1x1xf32> -> tensor<1x1x1xf32>
  %0 = qgraph.conv2d %x, %f, %b {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x1x3x2xf32>
  %1 = qgraph.reshape %0 : (tensor<1x1x3x2xf32>) -> tensor<1x3x2xf32>
  %2 = qgraph.transpose %1 {permutation = array<i64: 0, 2, 1>} : (tensor<1x3x2xf32>) -> tensor<1x2x3xf32>
  %3 = qgraph.matmul %q, %2 : (tensor<1x5x2xf32>, tensor<1x2x3xf32>) -> tensor<1x5x3xf32>
  %4 = qgraph.mul %c, %3 : (tensor<1x1x1xf32>, tensor<1x5x3xf32>) -> tensor<1x5x3xf32>
  return %4 : tensor<1x5x3xf32>
}

// -----

// The scores are read before they are scaled, too.
// CHECK-LABEL: func.func @scores_elsewhere
// CHECK:         %[[S:.*]] = qgraph.matmul
// CHECK-NEXT:    %[[P:.*]] = qgraph.mul %[[S]]
// CHECK-NEXT:    return %[[S]], %[[P]]
func.func @scores_elsewhere(%x: tensor<1x1x3x1xf32>, %k: tensor<1x2x4xf32>) -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %f = qgraph.constant dense<1.0> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[6.0, 8.0]> : tensor<2xf32> -> tensor<2xf32>
  %c = qgraph.constant dense<0.5> : tensor<1x1x1xf32> -> tensor<1x1x1xf32>
  %0 = qgraph.conv2d %x, %f, %b {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x1x3x2xf32>
  %1 = qgraph.reshape %0 : (tensor<1x1x3x2xf32>) -> tensor<1x3x2xf32>
  %3 = qgraph.matmul %1, %k : (tensor<1x3x2xf32>, tensor<1x2x4xf32>) -> tensor<1x3x4xf32>
  %4 = qgraph.mul %3, %c : (tensor<1x3x4xf32>, tensor<1x1x1xf32>) -> tensor<1x3x4xf32>
  return %3, %4 : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}

// -----

// Several numbers are no scale.
// CHECK-LABEL: func.func @several_numbers
// CHECK:         qgraph.matmul
// CHECK-NEXT:    qgraph.mul
func.func @several_numbers(%x: tensor<1x1x3x1xf32>, %k: tensor<1x2x4xf32>) -> tensor<1x3x4xf32> {
  %f = qgraph.constant dense<1.0> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[6.0, 8.0]> : tensor<2xf32> -> tensor<2xf32>
  %c = qgraph.constant dense<[[[1.0], [2.0], [3.0]]]> : tensor<1x3x1xf32> -> tensor<1x3x1xf32>
  %0 = qgraph.conv2d %x, %f, %b {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x1x3x2xf32>
  %1 = qgraph.reshape %0 : (tensor<1x1x3x2xf32>) -> tensor<1x3x2xf32>
  %3 = qgraph.matmul %1, %k : (tensor<1x3x2xf32>, tensor<1x2x4xf32>) -> tensor<1x3x4xf32>
  %4 = qgraph.mul %3, %c : (tensor<1x3x4xf32>, tensor<1x3x1xf32>) -> tensor<1x3x4xf32>
  return %4 : tensor<1x3x4xf32>
}

// -----

// Query, key and value in one layer: [5,3,2] columns, taken apart behind a
// transpose.
// CHECK-LABEL: func.func @packed
// CHECK-SAME:    %[[X:.*]]: tensor<1x1x4x1xf32>
// CHECK-DAG:     %[[F0:.*]] = qgraph.constant dense<[{{.*}}1.000000e+00{{.*}}2.000000e+00{{.*}}]> : tensor<2x1x1x1xf32>
// CHECK-DAG:     %[[F2:.*]] = qgraph.constant dense<[{{.*}}5.000000e+00{{.*}}6.000000e+00{{.*}}]> : tensor<2x1x1x1xf32>
// CHECK-DAG:     %[[B2:.*]] = qgraph.constant dense<[5.000000e-01, 6.000000e-01]>
// CHECK-DAG:     qgraph.conv2d %[[X]], %[[F0]]
// CHECK-DAG:     qgraph.conv2d %[[X]], %[[F2]], %[[B2]]
// CHECK-NOT:     qgraph.slice
// CHECK:         return
func.func @packed(%x: tensor<1x1x4x1xf32>) -> (tensor<1x2x4x1xf32>, tensor<1x2x4x1xf32>) {
  %f = qgraph.constant dense<[[[[1.0]]], [[[2.0]]], [[[3.0]]], [[[4.0]]], [[[5.0]]], [[[6.0]]]]> : tensor<6x1x1x1xf32> -> tensor<6x1x1x1xf32>
  %b = qgraph.constant dense<[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]> : tensor<6xf32> -> tensor<6xf32>
  %0 = qgraph.conv2d %x, %f, %b {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x4x1xf32>, tensor<6x1x1x1xf32>, tensor<6xf32>) -> tensor<1x1x4x6xf32>
  %1 = qgraph.reshape %0 : (tensor<1x1x4x6xf32>) -> tensor<4x3x2x1xf32>
  %2 = qgraph.transpose %1 {permutation = array<i64: 1, 2, 0, 3>} : (tensor<4x3x2x1xf32>) -> tensor<3x2x4x1xf32>
  %3 = qgraph.slice %2 {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 2, 4, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<3x2x4x1xf32>) -> tensor<1x2x4x1xf32>
  %4 = qgraph.slice %2 {starts = array<i64: 2, 0, 0, 0>, sizes = array<i64: 1, 2, 4, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<3x2x4x1xf32>) -> tensor<1x2x4x1xf32>
  return %3, %4 : tensor<1x2x4x1xf32>, tensor<1x2x4x1xf32>
}

// -----

// Columns that are read twice, and a layer that is read whole, too.
// CHECK-LABEL: func.func @not_apart
// CHECK:         qgraph.conv2d {{.*}} -> tensor<1x1x4x3xf32>
// CHECK:         qgraph.slice
// CHECK:         qgraph.slice
// CHECK:         qgraph.conv2d {{.*}} -> tensor<1x1x4x3xf32>
// CHECK:         qgraph.slice
// CHECK:         return
func.func @not_apart(%x: tensor<1x1x4x1xf32>) -> (tensor<1x1x4x2xf32>, tensor<1x1x4x2xf32>, tensor<1x1x4x3xf32>, tensor<1x1x4x1xf32>) {
  %f = qgraph.constant dense<[[[[1.0]]], [[[2.0]]], [[[3.0]]]]> : tensor<3x1x1x1xf32> -> tensor<3x1x1x1xf32>
  %b = qgraph.constant dense<[0.1, 0.2, 0.3]> : tensor<3xf32> -> tensor<3xf32>
  %0 = qgraph.conv2d %x, %f, %b {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x4x1xf32>, tensor<3x1x1x1xf32>, tensor<3xf32>) -> tensor<1x1x4x3xf32>
  %1 = qgraph.slice %0 {starts = array<i64: 0, 0, 0, 0>, sizes = array<i64: 1, 1, 4, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x1x4x3xf32>) -> tensor<1x1x4x2xf32>
  %2 = qgraph.slice %0 {starts = array<i64: 0, 0, 0, 1>, sizes = array<i64: 1, 1, 4, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x1x4x3xf32>) -> tensor<1x1x4x2xf32>
  %3 = qgraph.conv2d %x, %f, %b {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x4x1xf32>, tensor<3x1x1x1xf32>, tensor<3xf32>) -> tensor<1x1x4x3xf32>
  %4 = qgraph.slice %3 {starts = array<i64: 0, 0, 0, 1>, sizes = array<i64: 1, 1, 4, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x1x4x3xf32>) -> tensor<1x1x4x1xf32>
  return %1, %2, %3, %4 : tensor<1x1x4x2xf32>, tensor<1x1x4x2xf32>, tensor<1x1x4x3xf32>, tensor<1x1x4x1xf32>
}

// -----

// A cut that is not the outermost one of an axis: every second column.
// CHECK-LABEL: func.func @inner_cut
// CHECK:         qgraph.conv2d
// CHECK-NEXT:    qgraph.reshape
// CHECK-NEXT:    qgraph.slice
func.func @inner_cut(%x: tensor<1x1x4x1xf32>) -> tensor<4x3x1xf32> {
  %f = qgraph.constant dense<1.0> : tensor<6x1x1x1xf32> -> tensor<6x1x1x1xf32>
  %b = qgraph.constant dense<1.0> : tensor<6xf32> -> tensor<6xf32>
  %0 = qgraph.conv2d %x, %f, %b {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x4x1xf32>, tensor<6x1x1x1xf32>, tensor<6xf32>) -> tensor<1x1x4x6xf32>
  %1 = qgraph.reshape %0 : (tensor<1x1x4x6xf32>) -> tensor<4x3x2xf32>
  %2 = qgraph.slice %1 {starts = array<i64: 0, 0, 1>, sizes = array<i64: 4, 3, 1>, strides = array<i64: 1, 1, 1>} : (tensor<4x3x2xf32>) -> tensor<4x3x1xf32>
  return %2 : tensor<4x3x1xf32>
}

// -----

// Reshapes that are alike are one; transposes too, unless they differ.
// CHECK-LABEL: func.func @alike
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x3xf32>
// CHECK-NEXT:    %[[R:.*]] = qgraph.reshape
// CHECK-NEXT:    %[[T:.*]] = qgraph.transpose
// CHECK-NEXT:    %[[U:.*]] = qgraph.transpose
// CHECK-NEXT:    return %[[R]], %[[R]], %[[T]], %[[T]], %[[U]]
func.func @alike(%x: tensor<2x3x3xf32>) -> (tensor<6x3xf32>, tensor<6x3xf32>, tensor<3x3x2xf32>, tensor<3x3x2xf32>, tensor<3x3x2xf32>) {
  %0 = qgraph.reshape %x : (tensor<2x3x3xf32>) -> tensor<6x3xf32>
  %1 = qgraph.reshape %x : (tensor<2x3x3xf32>) -> tensor<6x3xf32>
  %2 = qgraph.transpose %x {permutation = array<i64: 1, 2, 0>} : (tensor<2x3x3xf32>) -> tensor<3x3x2xf32>
  %3 = qgraph.transpose %x {permutation = array<i64: 1, 2, 0>} : (tensor<2x3x3xf32>) -> tensor<3x3x2xf32>
  %4 = qgraph.transpose %x {permutation = array<i64: 2, 1, 0>} : (tensor<2x3x3xf32>) -> tensor<3x3x2xf32>
  return %0, %1, %2, %3, %4 : tensor<6x3xf32>, tensor<6x3xf32>, tensor<3x3x2xf32>, tensor<3x3x2xf32>, tensor<3x3x2xf32>
}
