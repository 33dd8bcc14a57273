// RUN: qcc-opt %s --qcc-assign-forms=form=shift | FileCheck %s
// RUN: not qcc-opt %s --qcc-assign-forms=form=lut 2>&1 | FileCheck %s --check-prefix=ERROR
// ERROR: error: functions must be polynomial, shift or table, found 'lut'

// Forms that are stated stay, a foreign kernel has its own, and a negation has
// none.
// CHECK: qgraph.softmax {{.*}}qgraph.form = "shift"
// CHECK: qgraph.layer_norm {{.*}}qgraph.form = "shift"
// CHECK: qgraph.rms_norm {{.*}}qgraph.form = "table"
// CHECK-NOT: qgraph.form
// CHECK: qgraph.softmax {{.*}}qgraph.rounding
// CHECK: <negate>
// CHECK: <gelu> {{.*}}qgraph.form = "shift"
func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %g = qgraph.constant dense<1.0> : tensor<3xf32> -> tensor<3xf32>
  %0 = qgraph.softmax %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.layer_norm %0, %g, %g {axis = 1 : i64, epsilon = 0.1 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.rms_norm %1, %g {axis = 1 : i64, epsilon = 0.1 : f32, qgraph.form = "table"} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.softmax %2 {axis = 1 : i64, qgraph.rounding = "single"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.unary <negate> %3 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = qgraph.unary <gelu> %4 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}
