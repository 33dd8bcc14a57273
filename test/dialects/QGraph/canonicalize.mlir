// Ops that change nothing fold away, and chains of movements become one.
// RUN: qcc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @same_reshape
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @same_reshape(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qgraph.reshape %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: func @two_reshapes
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
// CHECK-NEXT: %[[R:.*]] = qgraph.reshape %[[X]] : (tensor<2x3xf32>) -> tensor<3x2xf32>
// CHECK-NEXT: return %[[R]]
func.func @two_reshapes(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %0 = qgraph.reshape %x : (tensor<2x3xf32>) -> tensor<6xf32>
  %1 = qgraph.reshape %0 : (tensor<6xf32>) -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}

// A reshape that also rescales stays.
// CHECK-LABEL: func @rescaling_reshape
// CHECK-COUNT-2: qgraph.reshape
func.func @rescaling_reshape(%x: tensor<2x3x!quant.uniform<i8:f32, 0.5>>) -> tensor<3x2x!quant.uniform<i8:f32, 0.5>> {
  %0 = qgraph.reshape %x : (tensor<2x3x!quant.uniform<i8:f32, 0.5>>) -> tensor<6x!quant.uniform<i8:f32, 2.0>>
  %1 = qgraph.reshape %0 : (tensor<6x!quant.uniform<i8:f32, 2.0>>) -> tensor<3x2x!quant.uniform<i8:f32, 0.5>>
  return %1 : tensor<3x2x!quant.uniform<i8:f32, 0.5>>
}

// CHECK-LABEL: func @still_transpose
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @still_transpose(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 1>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// NHWC to NCHW and back.
// CHECK-LABEL: func @back_and_forth
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x3x4xf32>)
// CHECK-NEXT: return %[[X]]
func.func @back_and_forth(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  %0 = qgraph.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : (tensor<1x2x3x4xf32>) -> tensor<1x4x2x3xf32>
  %1 = qgraph.transpose %0 {permutation = array<i64: 0, 2, 3, 1>} : (tensor<1x4x2x3xf32>) -> tensor<1x2x3x4xf32>
  return %1 : tensor<1x2x3x4xf32>
}

// Two rotations of three axes are the third.
// CHECK-LABEL: func @two_transposes
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x4xf32>)
// CHECK-NEXT: qgraph.transpose %[[X]] {permutation = array<i64: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
// CHECK-NEXT: return
func.func @two_transposes(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = qgraph.transpose %x {permutation = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %1 = qgraph.transpose %0 {permutation = array<i64: 1, 2, 0>} : (tensor<3x4x2xf32>) -> tensor<4x2x3xf32>
  return %1 : tensor<4x2x3xf32>
}

// CHECK-LABEL: func @unbounded_clamp
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
// CHECK-NEXT: return %[[X]]
func.func @unbounded_clamp(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qgraph.clamp %x {min = 0xFF800000 : f32, max = 3.40282347E+38 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: func @relu
// CHECK: qgraph.clamp
func.func @relu(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qgraph.clamp %x {min = 0.0 : f32, max = 3.40282347E+38 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
