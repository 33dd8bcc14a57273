// Which values share a type, and which range it covers. The scale of a range
// [lo, hi] is (hi - lo) / 255.
// RUN: qcc-opt %s --qcc-assign-types --split-input-file | FileCheck %s

// The result of the clamp decides for the value that only the clamp reads; a
// value with another reader keeps its own range.
// CHECK-LABEL: func.func @clamps
// CHECK-SAME: qgraph.type = !quant.uniform<i8:f32, 2.000000e+00>}
// CHECK: <negate>{{.*}}qgraph.layer = "once",{{.*}}qgraph.type = !quant.uniform<i8:f32, 5.000000e-01:-128>
// CHECK: qgraph.clamp{{.*}}qgraph.layer = "r",{{.*}}qgraph.type = !quant.uniform<i8:f32, 5.000000e-01:-128>
// CHECK: <abs>{{.*}}qgraph.layer = "twice",{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00>
// CHECK: qgraph.clamp{{.*}}qgraph.layer = "s",{{.*}}qgraph.type = !quant.uniform<i8:f32, 2.500000e-01:-128>
func.func @clamps(%a: tensor<2x3xf32> {qgraph.range = array<f64: -256.0, 254.0>}) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = qgraph.unary <negate> %a {qgraph.layer = "once", qgraph.range = array<f64: -128.0, 127.0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.clamp %0 {qgraph.layer = "r", qgraph.range = array<f64: 0.0, 127.5>, min = 0.0 : f32, max = 0x7F800000 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.unary <abs> %a {qgraph.layer = "twice", qgraph.range = array<f64: -128.0, 127.0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.clamp %2 {qgraph.layer = "s", qgraph.range = array<f64: 0.0, 63.75>, min = 0.0 : f32, max = 0x7F800000 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %2, %3 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// Ops that move elements share their input's type; values that nothing outside
// reads do not count, the others are united: [-128, 0] and [0, 127].
// CHECK-LABEL: func.func @movement
// CHECK: <negate>{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00>
// CHECK: qgraph.reshape{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00>
// CHECK: qgraph.slice{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00>
// CHECK: qgraph.reduce <max>{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00>
func.func @movement(%a: tensor<2x3xf32> {qgraph.range = array<f64: -256.0, 254.0>}) -> (tensor<3x1xf32>, tensor<1x2xf32>) {
  %0 = qgraph.unary <negate> %a {qgraph.layer = "n", qgraph.range = array<f64: -999.0, 999.0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.reshape %0 {qgraph.layer = "re", qgraph.range = array<f64: -999.0, 999.0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %2 = qgraph.slice %1 {qgraph.layer = "s", qgraph.range = array<f64: -128.0, 0.0>, starts = array<i64: 0, 0>, sizes = array<i64: 3, 1>, strides = array<i64: 1, 1>} : (tensor<3x2xf32>) -> tensor<3x1xf32>
  %3 = qgraph.reduce <max> %1 {qgraph.layer = "m", qgraph.range = array<f64: 0.0, 127.0>, axes = array<i64: 0>} : (tensor<3x2xf32>) -> tensor<1x2xf32>
  return %2, %3 : tensor<3x1xf32>, tensor<1x2xf32>
}

// -----

// Inputs of a concat that nothing else reads are made in its type; sigmoid and
// tanh keep the types that their functions have.
// CHECK-LABEL: func.func @concat
// CHECK: <negate>{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00>
// CHECK: <abs>{{.*}}qgraph.type = !quant.uniform<i8:f32, 5.000000e-01:-128>
// CHECK: <sigmoid>{{.*}}qgraph.type = !quant.uniform<i8:f32, 3.906250e-03:-128>
// CHECK: <tanh>{{.*}}qgraph.type = !quant.uniform<i8:f32, 7.812500e-03>
// CHECK: qgraph.concat{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00>
func.func @concat(%a: tensor<2x3xf32> {qgraph.range = array<f64: -256.0, 254.0>}) -> (tensor<2x12xf32>, tensor<2x3xf32>) {
  %0 = qgraph.unary <negate> %a {qgraph.layer = "n", qgraph.range = array<f64: -1.0, 1.0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <abs> %a {qgraph.layer = "a", qgraph.range = array<f64: 0.0, 127.5>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.unary <sigmoid> %a {qgraph.layer = "s", qgraph.range = array<f64: 0.0, 0.5>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.unary <tanh> %a {qgraph.layer = "t", qgraph.range = array<f64: 0.0, 0.5>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.concat %0, %1, %2, %3 {qgraph.layer = "c", qgraph.range = array<f64: -128.0, 127.0>, axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x12xf32>
  return %4, %1 : tensor<2x12xf32>, tensor<2x3xf32>
}

// -----

// One-sided and empty ranges; a stated type wins and is shared.
// CHECK-LABEL: func.func @degenerate
// CHECK-SAME: qgraph.type = !quant.uniform<u8:f32, 1.562500e-02:128>
// CHECK: qgraph.reshape{{.*}}qgraph.type = !quant.uniform<u8:f32, 1.562500e-02:128>
// CHECK: <negate>{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00>
// CHECK: <abs>{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00:-128>
// CHECK: <exp>{{.*}}qgraph.type = !quant.uniform<i8:f32, 1.000000e+00:127>
func.func @degenerate(%a: tensor<2x3xf32> {qgraph.range = array<f64: -2.0, 2.0>, qgraph.type = !quant.uniform<u8:f32, 1.562500e-02:128>}) -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>) {
  %0 = qgraph.reshape %a {qgraph.layer = "r", qgraph.range = array<f64: -9.0, 9.0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = qgraph.unary <negate> %0 {qgraph.layer = "n", qgraph.range = array<f64: 0.0, 0.0>} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %2 = qgraph.unary <abs> %0 {qgraph.layer = "a", qgraph.range = array<f64: 250.0, 255.0>} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %3 = qgraph.unary <exp> %0 {qgraph.layer = "e", qgraph.range = array<f64: -255.0, -1.0>} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  return %1, %2, %3 : tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
}
