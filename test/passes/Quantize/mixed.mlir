// Float ops between integer ones: casts state the types of their float side and
// go; what is between is quantized like any network; integer ops stay.
// RUN: qcc-opt %s --qcc-verify-legalized --qcc-assign-ranges --qcc-assign-types --qcc-apply-types --qcc-verify-quantized 2>&1 | FileCheck %s

!a = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 7.812500e-03>

// CHECK: remark: ranges are estimates
// CHECK-LABEL: @main
// CHECK: %[[C:.*]] = qgraph.clamp %arg0
// CHECK-SAME: (tensor<2x3x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<2x3x!quant.uniform<i8:f32, 5.000000e-01:3>>
// CHECK-NOT: quant.dcast
// CHECK: %[[S:.*]] = qgraph.unary <sin> %[[C]]
// CHECK-SAME: -> tensor<2x3x!quant.uniform<i8:f32,
// CHECK: %[[N:.*]] = qgraph.unary <negate> %[[S]]
// CHECK-SAME: -> tensor<2x3x!quant.uniform<i8:f32, 7.812500e-03>>
// CHECK-NOT: quant.qcast
// CHECK: qgraph.add %[[N]], %[[N]]
// CHECK-SAME: qgraph.rounding = "double"
// CHECK-SAME: -> tensor<2x3x!quant.uniform<i8:f32, 5.000000e-01:3>>
func.func @main(%x: tensor<2x3x!a>) -> tensor<2x3x!a> {
  %0 = qgraph.clamp %x {qgraph.layer = "c", min = 0.0 : f32, max = 4.0 : f32} : (tensor<2x3x!a>) -> tensor<2x3x!a>
  %1 = quant.dcast %0 : tensor<2x3x!a> to tensor<2x3xf32>
  %2 = qgraph.unary <sin> %1 {qgraph.layer = "s"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.unary <negate> %2 {qgraph.layer = "n"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = quant.qcast %3 : tensor<2x3xf32> to tensor<2x3x!b>
  %5 = qgraph.add %4, %4 {qgraph.layer = "sum", qgraph.rounding = "double"} : (tensor<2x3x!b>, tensor<2x3x!b>) -> tensor<2x3x!a>
  return %5 : tensor<2x3x!a>
}
