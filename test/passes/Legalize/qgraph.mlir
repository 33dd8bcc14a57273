// A network that is in qgraph already takes the same way as one in TOSA.
// RUN: qcc-opt %s --qcc-legalize-tosa | FileCheck %s

// Consecutive reductions become one; the hint stays.
// CHECK-LABEL: func.func @main
// CHECK-NEXT:    %[[Q:.*]] = quant.qcast
// CHECK-NEXT:    %[[D:.*]] = quant.dcast %[[Q]]
// CHECK-NEXT:    %[[R:.*]] = qgraph.reduce <sum> %[[D]] {axes = array<i64: 1, 2>}
// CHECK-NEXT:    qgraph.softmax %[[R]]
func.func @main(%x: tensor<2x3x4x5xf32>) -> tensor<2x1x1x5xf32> {
  %q = quant.qcast %x : tensor<2x3x4x5xf32> to tensor<2x3x4x5x!quant.uniform<i8:f32, 0.5>>
  %d = quant.dcast %q : tensor<2x3x4x5x!quant.uniform<i8:f32, 0.5>> to tensor<2x3x4x5xf32>
  %0 = qgraph.reduce <sum> %d {axes = array<i64: 1>} : (tensor<2x3x4x5xf32>) -> tensor<2x1x4x5xf32>
  %1 = qgraph.reduce <sum> %0 {axes = array<i64: 2>} : (tensor<2x1x4x5xf32>) -> tensor<2x1x1x5xf32>
  %2 = qgraph.softmax %1 {axis = 3 : i64} : (tensor<2x1x1x5xf32>) -> tensor<2x1x1x5xf32>
  return %2 : tensor<2x1x1x5xf32>
}
