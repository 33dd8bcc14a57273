// Transposes of networks in NCHW meet and cancel, also where a reshape is
// between them or only one operand has one.
// RUN: qcc-opt %s --qcc-cancel-transposes --split-input-file | FileCheck %s

// An image in NCHW, normalized along its channels, between two ops in NHWC.
// CHECK-LABEL: func.func @softmax_of_channels
// CHECK-NEXT: %[[S:.*]] = qgraph.softmax %arg0 {axis = 3 : i64} : (tensor<1x2x3x5xf32>) -> tensor<1x2x3x5xf32>
// CHECK-NEXT: return %[[S]]
func.func @softmax_of_channels(%x: tensor<1x2x3x5xf32>) -> tensor<1x2x3x5xf32> {
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : (tensor<1x2x3x5xf32>) -> tensor<1x5x2x3xf32>
  %1 = qgraph.softmax %0 {axis = 1 : i64} : (tensor<1x5x2x3xf32>) -> tensor<1x5x2x3xf32>
  %2 = qgraph.transpose %1 {permutation = array<i64: 0, 2, 3, 1>} : (tensor<1x5x2x3xf32>) -> tensor<1x2x3x5xf32>
  return %2 : tensor<1x2x3x5xf32>
}

// -----

// Tokens of an image: flattened and turned, in NHWC a reshape.
// CHECK-LABEL: func.func @tokens
// CHECK-NEXT: %[[R:.*]] = qgraph.reshape %arg0 : (tensor<1x2x3x5xf32>) -> tensor<1x6x5xf32>
// CHECK-NEXT: return %[[R]]
func.func @tokens(%x: tensor<1x2x3x5xf32>) -> tensor<1x6x5xf32> {
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : (tensor<1x2x3x5xf32>) -> tensor<1x5x2x3xf32>
  %1 = qgraph.reshape %0 : (tensor<1x5x2x3xf32>) -> tensor<1x5x6xf32>
  %2 = qgraph.transpose %1 {permutation = array<i64: 0, 2, 1>} : (tensor<1x5x6xf32>) -> tensor<1x6x5xf32>
  return %2 : tensor<1x6x5xf32>
}

// -----

// Channels are shuffled between two groups: one transpose of the three stays.
// CHECK-LABEL: func.func @shuffle
// CHECK-NEXT: %[[A:.*]] = qgraph.reshape %arg0 : (tensor<1x2x3x6xf32>) -> tensor<6x2x3xf32>
// CHECK-NEXT: %[[T:.*]] = qgraph.transpose %[[A]] {permutation = array<i64: 0, 2, 1>} : (tensor<6x2x3xf32>) -> tensor<6x3x2xf32>
// CHECK-NEXT: %[[B:.*]] = qgraph.reshape %[[T]] : (tensor<6x3x2xf32>) -> tensor<1x2x3x6xf32>
// CHECK-NEXT: return %[[B]]
func.func @shuffle(%x: tensor<1x2x3x6xf32>) -> tensor<1x2x3x6xf32> {
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : (tensor<1x2x3x6xf32>) -> tensor<1x6x2x3xf32>
  %1 = qgraph.reshape %0 : (tensor<1x6x2x3xf32>) -> tensor<1x2x3x2x3xf32>
  %2 = qgraph.transpose %1 {permutation = array<i64: 0, 2, 1, 3, 4>} : (tensor<1x2x3x2x3xf32>) -> tensor<1x3x2x2x3xf32>
  %3 = qgraph.reshape %2 : (tensor<1x3x2x2x3xf32>) -> tensor<1x6x2x3xf32>
  %4 = qgraph.transpose %3 {permutation = array<i64: 0, 2, 3, 1>} : (tensor<1x6x2x3xf32>) -> tensor<1x2x3x6xf32>
  return %4 : tensor<1x2x3x6xf32>
}

// -----

// The gate of a squeeze-and-excitation block has one element per channel, so it
// may be in either layout.
// CHECK-LABEL: func.func @gate
// CHECK-NEXT: %[[G:.*]] = qgraph.reshape %arg1 : (tensor<1x5x1x1xf32>) -> tensor<1x1x1x5xf32>
// CHECK-NEXT: %[[M:.*]] = qgraph.mul %arg0, %[[G]] : (tensor<1x2x3x5xf32>, tensor<1x1x1x5xf32>) -> tensor<1x2x3x5xf32>
// CHECK-NEXT: return %[[M]]
func.func @gate(%x: tensor<1x2x3x5xf32>, %gate: tensor<1x5x1x1xf32>) -> tensor<1x2x3x5xf32> {
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : (tensor<1x2x3x5xf32>) -> tensor<1x5x2x3xf32>
  %1 = qgraph.mul %0, %gate : (tensor<1x5x2x3xf32>, tensor<1x5x1x1xf32>) -> tensor<1x5x2x3xf32>
  %2 = qgraph.transpose %1 {permutation = array<i64: 0, 2, 3, 1>} : (tensor<1x5x2x3xf32>) -> tensor<1x2x3x5xf32>
  return %2 : tensor<1x2x3x5xf32>
}

// -----

// The other operand is needed in NHWC anyway.
// CHECK-LABEL: func.func @shared
// CHECK-NEXT: %[[T:.*]] = qgraph.transpose %arg1
// CHECK-NOT: qgraph.transpose
// CHECK: qgraph.sub %arg0, %{{.*}} : (tensor<1x2x3x5xf32>, tensor<1x2x3x5xf32>) -> tensor<1x2x3x5xf32>
func.func @shared(%x: tensor<1x2x3x5xf32>, %y: tensor<1x5x2x3xf32>) -> (tensor<1x2x3x5xf32>, tensor<1x2x3x5xf32>) {
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : (tensor<1x2x3x5xf32>) -> tensor<1x5x2x3xf32>
  %1 = qgraph.transpose %y {permutation = array<i64: 0, 2, 3, 1>} : (tensor<1x5x2x3xf32>) -> tensor<1x2x3x5xf32>
  %2 = qgraph.sub %0, %y : (tensor<1x5x2x3xf32>, tensor<1x5x2x3xf32>) -> tensor<1x5x2x3xf32>
  %3 = qgraph.transpose %2 {permutation = array<i64: 0, 2, 3, 1>} : (tensor<1x5x2x3xf32>) -> tensor<1x2x3x5xf32>
  return %1, %3 : tensor<1x2x3x5xf32>, tensor<1x2x3x5xf32>
}

// -----

// A condition is turned with the operands.
// CHECK-LABEL: func.func @select
// CHECK: qgraph.select %arg0, %{{.*}} {condition = dense<{{\[}}[true, false], [false, false], [true, true]]> : tensor<3x2xi1>}
// CHECK-NOT: qgraph.transpose
func.func @select(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %c = qgraph.constant dense<-1.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.transpose %x {permutation = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %1 = qgraph.select %0, %c {condition = dense<[[true, false, true], [false, false, true]]> : tensor<2x3xi1>} : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %2 = qgraph.transpose %1 {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %2 : tensor<3x2xf32>
}

// -----

// The bias of a product of matrices comes to its convolution.
// CHECK-LABEL: func.func @bias
// CHECK: %[[C:.*]] = qgraph.conv2d
// CHECK: %[[A:.*]] = qgraph.add %[[C]], %{{.*}} : (tensor<2x1x3x4xf32>, tensor<1x1x1x4xf32>) -> tensor<2x1x3x4xf32>
// CHECK: qgraph.reshape %[[A]]
func.func @bias(%x: tensor<2x1x3x5xf32>) -> tensor<2x3x4xf32> {
  %w = qgraph.constant dense<0.5> : tensor<4x1x1x5xf32> -> tensor<4x1x1x5xf32>
  %z = qgraph.constant dense<0.0> : tensor<4xf32> -> tensor<4xf32>
  %b = qgraph.constant dense<[[[1.0, 2.0, 3.0, 4.0]]]> : tensor<1x1x4xf32> -> tensor<1x1x4xf32>
  %0 = qgraph.conv2d %x, %w, %z {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<2x1x3x5xf32>, tensor<4x1x1x5xf32>, tensor<4xf32>) -> tensor<2x1x3x4xf32>
  %1 = qgraph.reshape %0 : (tensor<2x1x3x4xf32>) -> tensor<2x3x4xf32>
  %2 = qgraph.add %1, %b : (tensor<2x3x4xf32>, tensor<1x1x4xf32>) -> tensor<2x3x4xf32>
  return %2 : tensor<2x3x4xf32>
}

// -----

// Positions that are added to the tokens of an image in NCHW.
// CHECK-LABEL: func.func @positions
// CHECK-SAME:    %[[X:.*]]: tensor<1x2x3x4xf32>
// CHECK:         %[[R:.*]] = qgraph.reshape %[[X]] : (tensor<1x2x3x4xf32>) -> tensor<1x6x4xf32>
// CHECK:         %[[Y:.*]] = qgraph.add %[[R]]
// CHECK-NEXT:    return %[[Y]], %[[Y]]
func.func @positions(%x: tensor<1x2x3x4xf32>) -> (tensor<1x6x4xf32>, tensor<1x6x4xf32>) {
  %c = qgraph.constant dense<[[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]]> : tensor<1x1x6xf32> -> tensor<1x1x6xf32>
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : (tensor<1x2x3x4xf32>) -> tensor<1x4x2x3xf32>
  %1 = qgraph.reshape %0 : (tensor<1x4x2x3xf32>) -> tensor<1x4x6xf32>
  %2 = qgraph.add %1, %c : (tensor<1x4x6xf32>, tensor<1x1x6xf32>) -> tensor<1x4x6xf32>
  %3 = qgraph.transpose %2 {permutation = array<i64: 0, 2, 1>} : (tensor<1x4x6xf32>) -> tensor<1x6x4xf32>
  %4 = qgraph.transpose %2 {permutation = array<i64: 0, 2, 1>} : (tensor<1x4x6xf32>) -> tensor<1x6x4xf32>
  return %3, %4 : tensor<1x6x4xf32>, tensor<1x6x4xf32>
}

// -----

// The sum is read as it is, too.
// CHECK-LABEL: func.func @positions_elsewhere
// CHECK:         qgraph.transpose
// CHECK:         %[[S:.*]] = qgraph.add
// CHECK:         %[[T:.*]] = qgraph.transpose %[[S]]
// CHECK-NEXT:    return %[[S]], %[[T]]
func.func @positions_elsewhere(%x: tensor<1x2x3x4xf32>) -> (tensor<1x4x6xf32>, tensor<1x6x4xf32>) {
  %c = qgraph.constant dense<[[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]]> : tensor<1x1x6xf32> -> tensor<1x1x6xf32>
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : (tensor<1x2x3x4xf32>) -> tensor<1x4x2x3xf32>
  %1 = qgraph.reshape %0 : (tensor<1x4x2x3xf32>) -> tensor<1x4x6xf32>
  %2 = qgraph.add %1, %c : (tensor<1x4x6xf32>, tensor<1x1x6xf32>) -> tensor<1x4x6xf32>
  %3 = qgraph.transpose %2 {permutation = array<i64: 0, 2, 1>} : (tensor<1x4x6xf32>) -> tensor<1x6x4xf32>
  return %2, %3 : tensor<1x4x6xf32>, tensor<1x6x4xf32>
}
