// Ops that change nothing fold away.
// RUN: qcc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @same_reshape
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xi8>)
// CHECK-NEXT: return %[[X]]
func.func @same_reshape(%x: tensor<2x3xi8>) -> tensor<2x3xi8> {
  %0 = qint.reshape %x : (tensor<2x3xi8>) -> tensor<2x3xi8>
  return %0 : tensor<2x3xi8>
}

// CHECK-LABEL: func @two_reshapes
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xi8>)
// CHECK-NEXT: %[[R:.*]] = qint.reshape %[[X]] : (tensor<2x3xi8>) -> tensor<3x2xi8>
// CHECK-NEXT: return %[[R]]
func.func @two_reshapes(%x: tensor<2x3xi8>) -> tensor<3x2xi8> {
  %0 = qint.reshape %x : (tensor<2x3xi8>) -> tensor<6xi8>
  %1 = qint.reshape %0 : (tensor<6xi8>) -> tensor<3x2xi8>
  return %1 : tensor<3x2xi8>
}

// CHECK-LABEL: func @two_flips
// CHECK-SAME: (%[[X:.*]]: tensor<2xi8>)
// CHECK-NEXT: return %[[X]]
func.func @two_flips(%x: tensor<2xi8>) -> tensor<2xi8> {
  %0 = qint.flip_sign %x : (tensor<2xi8>) -> tensor<2xui8>
  %1 = qint.flip_sign %0 : (tensor<2xui8>) -> tensor<2xi8>
  return %1 : tensor<2xi8>
}

// CHECK-LABEL: func @one_flip
// CHECK: qint.flip_sign
func.func @one_flip(%x: tensor<2xi8>) -> tensor<2xui8> {
  %0 = qint.flip_sign %x : (tensor<2xi8>) -> tensor<2xui8>
  return %0 : tensor<2xui8>
}
