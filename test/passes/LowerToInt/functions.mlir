// Softmax, norms and gates in our own fixed point; RowsTest and FunctionsTest
// check what they compute.
// RUN: qcc-opt %s --convert-qgraph-to-qint | FileCheck %s

!a = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i16:f32, 6.103515625e-05>
!p = !quant.uniform<i8:f32, 3.906250e-03:-128>
!q = !quant.uniform<i8:f32, 0.3:-128>

// Bytes have a table, 0.5 * log2(e) * 2^16 = 6051101 / 2^7.
// CHECK-LABEL: @softmax
// CHECK-DAG: %[[LARGEST:.*]] = qint.reduce <max>
// CHECK-DAG: %[[TABLE:.*]] = qint.constant {{.*}} : tensor<256xi16>
// CHECK: %[[SUM:.*]] = qint.power_sum %{{.*}}, %[[LARGEST]], %[[TABLE]] {form = #qint.form<polynomial>, multiplier = 6051102 : i32, {{.*}}shift = 7 : i32}
// CHECK: %[[SCALE:.*]] = qint.reciprocal %[[SUM]] {form = #qint.form<polynomial>
// CHECK: qint.power_share %{{.*}}, %[[LARGEST]], %[[SCALE]], %[[TABLE]] {bits = 8 : i32, {{.*}}max = 127 : i32, min = -128 : i32, {{.*}}zero_point = -128 : i32}
func.func @softmax(%x: tensor<2x3x!a>) -> tensor<2x3x!p> {
  %0 = qgraph.softmax %x {axis = 1 : i64} : (tensor<2x3x!a>) -> tensor<2x3x!p>
  return %0 : tensor<2x3x!p>
}

// Another form has none; a scale that is no power of two is rounded to after
// 15 bits.
// CHECK-LABEL: @softmax_scale
// CHECK: qint.power_sum %{{.*}}, %{{[0-9]+}} {form = #qint.form<shift>
// CHECK: qint.power_share {{.*}}bits = 15 : i32{{.*}} -> tensor<2x3xi16>
// CHECK: qint.requantize {{.*}} -> tensor<2x3xi8>
func.func @softmax_scale(%x: tensor<2x3x!a>) -> tensor<2x3x!q> {
  %0 = qgraph.softmax %x {axis = 1 : i64, qgraph.form = "shift"} : (tensor<2x3x!a>) -> tensor<2x3x!q>
  return %0 : tensor<2x3x!q>
}

// CHECK-LABEL: @log_softmax
// CHECK: qint.power_sum
// CHECK: qint.logarithm
// CHECK: qint.power_log
// CHECK: qint.requantize
func.func @log_softmax(%x: tensor<2x3x!w>) -> tensor<2x3x!q> {
  %0 = qgraph.softmax %x {axis = 1 : i64, log} : (tensor<2x3x!w>) -> tensor<2x3x!q>
  return %0 : tensor<2x3x!q>
}

// Rows of 6: the last two axes. 36 * 0.25 / 0.5^2 is added.
// CHECK-LABEL: @layer_norm
// CHECK: %[[X:.*]] = qint.reshape {{.*}} -> tensor<4x6xi8>
// CHECK: %[[SUM:.*]] = qint.reduce <sum> %[[X]] {{.*}} -> tensor<4x1xi32>
// CHECK: %[[SQUARES:.*]] = qint.reduce <squares> %[[X]] {{.*}} -> tensor<4x1xi32>
// CHECK: %[[SCALE:.*]] = qint.inverse_root %[[SQUARES]], %[[SUM]] {addend = 36 : i64, count = 6 : i64, form = #qint.form<table>
// CHECK: qint.norm %[[X]], %[[SCALE]], %{{.*}}, %{{.*}}, %[[SUM]] {fraction = 26 : i32
// CHECK: qint.reshape {{.*}} -> tensor<4x3x2xi8>
func.func @layer_norm(%x: tensor<4x3x2x!a>) -> tensor<4x3x2x!a> {
  %g = qgraph.constant dense<1.0> : tensor<3x2xf32> -> tensor<3x2xf32>
  %0 = qgraph.layer_norm %x, %g, %g {axis = 1 : i64, epsilon = 0.25 : f32, qgraph.form = "table"} : (tensor<4x3x2x!a>, tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<4x3x2x!a>
  return %0 : tensor<4x3x2x!a>
}

// CHECK-LABEL: @rms_norm
// CHECK-NOT: <sum>
// CHECK: qint.inverse_root %{{[0-9]+}} {addend = 196608 : i64, count = 65536 : i64
// CHECK: qint.norm {{.*}}fraction = 36 : i32
func.func @rms_norm(%x: tensor<4x3x!a>) -> tensor<4x3x!a> {
  %g = qgraph.constant dense<1.0> : tensor<3xf32> -> tensor<3xf32>
  %0 = qgraph.rms_norm %x, %g {axis = 1 : i64, epsilon = 0.25 : f32} : (tensor<4x3x!a>, tensor<3xf32>) -> tensor<4x3x!a>
  return %0 : tensor<4x3x!a>
}

// A gate where a form is asked for that is no table.
// CHECK-LABEL: @gates
// CHECK: qint.table
// CHECK: qint.gate <gelu> {{.*}}form = #qint.form<polynomial>, {{.*}}zero_point = 3 : i32
// CHECK: qint.requantize
// CHECK: qint.gate <swish> {{.*}}form = #qint.form<shift>
// CHECK: qint.gate <tanh>
// CHECK: qint.gate <logistic>
func.func @gates(%x: tensor<4x3x!a>) -> tensor<4x3x!a> {
  %0 = qgraph.unary <gelu> %x : (tensor<4x3x!a>) -> tensor<4x3x!a>
  %1 = qgraph.unary <gelu> %0 {qgraph.form = "polynomial"} : (tensor<4x3x!a>) -> tensor<4x3x!a>
  %2 = qgraph.unary <silu> %1 {qgraph.form = "shift"} : (tensor<4x3x!a>) -> tensor<4x3x!a>
  %3 = qgraph.unary <tanh> %2 {qgraph.form = "polynomial"} : (tensor<4x3x!a>) -> tensor<4x3x!a>
  %4 = qgraph.unary <sigmoid> %3 {qgraph.form = "shift"} : (tensor<4x3x!a>) -> tensor<4x3x!a>
  return %4 : tensor<4x3x!a>
}
