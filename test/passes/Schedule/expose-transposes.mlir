// Reshapes between transpositions and products change sides.
// RUN: qcc-opt %s --qcc-expose-transposes | FileCheck %s

// CHECK-LABEL: func.func @factor(
// CHECK-NEXT: %0 = qint.reshape %arg0 {qint.layer = "drop"} : (tensor<1x5x3x4xi8>) -> tensor<5x3x4xi8>
// CHECK-NEXT: %1 = qint.transpose %0 {permutation = array<i64: 1, 0, 2>, qint.layer = "split"} : (tensor<5x3x4xi8>) -> tensor<3x5x4xi8>
// CHECK-NEXT: %2 = qint.matmul %1, %arg1
// CHECK-NEXT: return
func.func @factor(%q: tensor<1x5x3x4xi8>, %k: tensor<3x4x2xi8>) -> tensor<3x5x2xi32> {
  %0 = qint.transpose %q {permutation = array<i64: 0, 2, 1, 3>, qint.layer = "split"} : (tensor<1x5x3x4xi8>) -> tensor<1x3x5x4xi8>
  %1 = qint.reshape %0 {qint.layer = "drop"} : (tensor<1x3x5x4xi8>) -> tensor<3x5x4xi8>
  %2 = qint.matmul %1, %k {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32} : (tensor<3x5x4xi8>, tensor<3x4x2xi8>) -> tensor<3x5x2xi32>
  return %2 : tensor<3x5x2xi32>
}

// Of two axes of size 1, one stays.
// CHECK-LABEL: func.func @one_stays(
// CHECK-NEXT: %0 = qint.reshape %arg0 : (tensor<7x1x1x4xi8>) -> tensor<7x1x4xi8>
// CHECK-NEXT: %1 = qint.transpose %0 {permutation = array<i64: 1, 2, 0>} : (tensor<7x1x4xi8>) -> tensor<1x4x7xi8>
// CHECK-NEXT: %2 = qint.matmul %arg1, %1
func.func @one_stays(%k: tensor<7x1x1x4xi8>, %q: tensor<1x5x4xi8>) -> tensor<1x5x7xi32> {
  %0 = qint.transpose %k {permutation = array<i64: 1, 2, 3, 0>} : (tensor<7x1x1x4xi8>) -> tensor<1x1x4x7xi8>
  %1 = qint.reshape %0 : (tensor<1x1x4x7xi8>) -> tensor<1x4x7xi8>
  %2 = qint.matmul %q, %1 {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32} : (tensor<1x5x4xi8>, tensor<1x4x7xi8>) -> tensor<1x5x7xi32>
  return %2 : tensor<1x5x7xi32>
}

// CHECK-LABEL: func.func @result(
// CHECK: %1 = qint.requantize %0
// CHECK-NEXT: %2 = qint.transpose %1 {permutation = array<i64: 1, 0, 2>, qint.layer = "join"} : (tensor<3x5x2xi8>) -> tensor<5x3x2xi8>
// CHECK-NEXT: %3 = qint.reshape %2 {qint.layer = "add"} : (tensor<5x3x2xi8>) -> tensor<1x5x3x2xi8>
// CHECK-NEXT: return %3
func.func @result(%q: tensor<3x5x4xi8>, %k: tensor<3x4x2xi8>) -> tensor<1x5x3x2xi8> {
  %0 = qint.matmul %q, %k {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32} : (tensor<3x5x4xi8>, tensor<3x4x2xi8>) -> tensor<3x5x2xi32>
  %1 = qint.requantize %0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -100, max = 127>} : (tensor<3x5x2xi32>) -> tensor<3x5x2xi8>
  %2 = qint.reshape %1 {qint.layer = "add"} : (tensor<3x5x2xi8>) -> tensor<1x3x5x2xi8>
  %3 = qint.transpose %2 {permutation = array<i64: 0, 2, 1, 3>, qint.layer = "join"} : (tensor<1x3x5x2xi8>) -> tensor<1x5x3x2xi8>
  return %3 : tensor<1x5x3x2xi8>
}

// A batch of two and its heads become one axis: nothing to change sides.
// CHECK-LABEL: func.func @joins_axes(
// CHECK-NEXT: qint.transpose %arg0 {{.*}} -> tensor<2x3x5x4xi8>
// CHECK-NEXT: qint.reshape
// CHECK-NEXT: qint.matmul
func.func @joins_axes(%q: tensor<2x5x3x4xi8>, %k: tensor<6x4x2xi8>) -> tensor<6x5x2xi32> {
  %0 = qint.transpose %q {permutation = array<i64: 0, 2, 1, 3>} : (tensor<2x5x3x4xi8>) -> tensor<2x3x5x4xi8>
  %1 = qint.reshape %0 : (tensor<2x3x5x4xi8>) -> tensor<6x5x4xi8>
  %2 = qint.matmul %1, %k {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32} : (tensor<6x5x4xi8>, tensor<6x4x2xi8>) -> tensor<6x5x2xi32>
  return %2 : tensor<6x5x2xi32>
}

// Somebody else reads the transposition.
// CHECK-LABEL: func.func @read_elsewhere(
// CHECK-NEXT: qint.transpose %arg0 {{.*}} -> tensor<1x3x5x4xi8>
// CHECK-NEXT: qint.reshape
// CHECK-NEXT: qint.matmul
func.func @read_elsewhere(%q: tensor<1x5x3x4xi8>, %k: tensor<3x4x2xi8>) -> (tensor<3x5x2xi32>, tensor<1x3x5x4xi8>) {
  %0 = qint.transpose %q {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x5x3x4xi8>) -> tensor<1x3x5x4xi8>
  %1 = qint.reshape %0 : (tensor<1x3x5x4xi8>) -> tensor<3x5x4xi8>
  %2 = qint.matmul %1, %k {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32} : (tensor<3x5x4xi8>, tensor<3x4x2xi8>) -> tensor<3x5x2xi32>
  return %2, %0 : tensor<3x5x2xi32>, tensor<1x3x5x4xi8>
}

// Functions of rows take the shape of the product; a constant follows.
// CHECK-LABEL: func.func @softmax(
// CHECK: %[[CODES:.*]] = qint.requantize
// CHECK-NEXT: %[[MASK:.*]] = qint.constant dense<-9> : tensor<1x1x2xi8>
// CHECK-NEXT: %[[MASKED:.*]] = qint.maximum %[[CODES]], %[[MASK]] {qint.layer = "mask"} : (tensor<3x5x2xi8>, tensor<1x1x2xi8>) -> tensor<3x5x2xi8>
// CHECK-NEXT: %[[MOST:.*]] = qint.reduce <max> %[[MASKED]] {axes = array<i64: 2>, zero_point = 0 : i32} : (tensor<3x5x2xi8>) -> tensor<3x5x1xi8>
// CHECK-NEXT: %[[LEAST:.*]] = qint.minimum %[[MASKED]], %[[MOST]] : (tensor<3x5x2xi8>, tensor<3x5x1xi8>) -> tensor<3x5x2xi8>
// CHECK-NEXT: qint.matmul %[[LEAST]], %arg2
func.func @softmax(%q: tensor<3x5x4xi8>, %k: tensor<3x4x2xi8>, %v: tensor<3x2x4xi8>) -> tensor<3x5x4xi32> {
  %m = qint.constant dense<-9> : tensor<1x1x1x2xi8> -> tensor<1x1x1x2xi8>
  %0 = qint.matmul %q, %k {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32} : (tensor<3x5x4xi8>, tensor<3x4x2xi8>) -> tensor<3x5x2xi32>
  %1 = qint.requantize %0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -100, max = 127>} : (tensor<3x5x2xi32>) -> tensor<3x5x2xi8>
  %2 = qint.reshape %1 : (tensor<3x5x2xi8>) -> tensor<1x3x5x2xi8>
  %3 = qint.maximum %2, %m {qint.layer = "mask"} : (tensor<1x3x5x2xi8>, tensor<1x1x1x2xi8>) -> tensor<1x3x5x2xi8>
  %4 = qint.reduce <max> %3 {axes = array<i64: 3>, zero_point = 0 : i32} : (tensor<1x3x5x2xi8>) -> tensor<1x3x5x1xi8>
  %5 = qint.minimum %3, %4 : (tensor<1x3x5x2xi8>, tensor<1x3x5x1xi8>) -> tensor<1x3x5x2xi8>
  %6 = qint.reshape %5 : (tensor<1x3x5x2xi8>) -> tensor<3x5x2xi8>
  %7 = qint.matmul %6, %v {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32} : (tensor<3x5x2xi8>, tensor<3x2x4xi8>) -> tensor<3x5x4xi32>
  return %7 : tensor<3x5x4xi32>
}
