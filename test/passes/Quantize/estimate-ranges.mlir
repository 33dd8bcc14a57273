// How estimated ranges pass through ops. Every input is known to be in [-1, 2].
// RUN: qcc-opt %s --qcc-assign-ranges="input-low=-1 input-high=2" --split-input-file 2>/dev/null | FileCheck %s

// Independent deviations add as squares: [-1, 2] has mean 0.5 and reaches 1.5
// to either side, two of them have mean 1 and reach 2.12.
// CHECK-LABEL: func.func @add
// CHECK: qgraph.add{{.*}}qgraph.range = array<f64: -1.12132{{[0-9]*}}, 3.12132
// CHECK: qgraph.sub{{.*}}qgraph.range = array<f64: -2.12132{{[0-9]*}}, 2.12132
// CHECK: qgraph.maximum{{.*}}qgraph.range = array<f64: -1.0{{[0-9e+]*}}, 2.0
func.func @add(%a: tensor<1x2x3xf32>, %b: tensor<1x2x3xf32>) -> (tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>) {
  %0 = qgraph.add %a, %b {qgraph.layer = "add"} : (tensor<1x2x3xf32>, tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %1 = qgraph.sub %a, %b {qgraph.layer = "sub"} : (tensor<1x2x3xf32>, tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %2 = qgraph.maximum %a, %b {qgraph.layer = "max"} : (tensor<1x2x3xf32>, tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  return %0, %1, %2 : tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>
}

// -----

// CHECK-LABEL: func.func @products
// CHECK: qgraph.mul{{.*}}qgraph.range = array<f64: -6.000000e+00, 3.000000e+00>
// CHECK: qgraph.mul{{.*}}qgraph.range = array<f64: -2.000000e+00, 4.000000e+00>
func.func @products(%a: tensor<1x2xf32>, %b: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %c = qgraph.constant dense<[[0.5, -3.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %0 = qgraph.mul %a, %c {qgraph.layer = "constant"} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = qgraph.mul %a, %b {qgraph.layer = "values"} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

// A convolution without batch normalization: 1 + 2 * x - 2 * y has mean 1 and
// reaches 3 * sqrt(2) to either side, inside of [-5, 7].
// CHECK-LABEL: func.func @convolution
// CHECK: qgraph.conv2d{{.*}}qgraph.range = array<f64: -3.24264{{[0-9]*}}, 5.24264
func.func @convolution(%a: tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32> {
  %w = qgraph.constant dense<[[[[2.0, -2.0]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %b = qgraph.constant dense<1.0> : tensor<1xf32> -> tensor<1xf32>
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %0 : tensor<1x1x1x1xf32>
}

// -----

// CHECK-LABEL: func.func @functions
// CHECK: <sigmoid>{{.*}}qgraph.range = array<f64: 0.000000e+00, 0.88079
// CHECK: <abs>{{.*}}qgraph.range = array<f64: 0.000000e+00, 2.000000e+00>
// CHECK: <reciprocal>{{.*}}qgraph.range = array<f64:
// CHECK: <sum>{{.*}}qgraph.range = array<f64: -3.000000e+00, 6.000000e+00>
// CHECK: <mean>{{.*}}qgraph.range = array<f64: -1.000000e+00, 2.000000e+00>
// CHECK: qgraph.pad{{.*}}qgraph.range = array<f64: -7.000000e+00, 2.000000e+00>
// CHECK: qgraph.concat{{.*}}qgraph.range = array<f64: -1.000000e+00, 2.000000e+00>
func.func @functions(%a: tensor<1x2x3xf32>) -> (tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x1xf32>, tensor<1x1x1xf32>, tensor<1x2x4xf32>, tensor<1x2x6xf32>) {
  %0 = qgraph.unary <sigmoid> %a {qgraph.layer = "0"} : (tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %1 = qgraph.unary <abs> %a {qgraph.layer = "1"} : (tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %2 = qgraph.unary <reciprocal> %a {qgraph.layer = "2"} : (tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %3 = qgraph.reduce <sum> %a {qgraph.layer = "3", axes = array<i64: 2>} : (tensor<1x2x3xf32>) -> tensor<1x2x1xf32>
  %4 = qgraph.reduce <mean> %a {qgraph.layer = "4", axes = array<i64: 1, 2>} : (tensor<1x2x3xf32>) -> tensor<1x1x1xf32>
  %5 = qgraph.pad %a {qgraph.layer = "5", low = array<i64: 0, 0, 1>, high = array<i64: 0, 0, 0>, value = -7.0 : f32} : (tensor<1x2x3xf32>) -> tensor<1x2x4xf32>
  %6 = qgraph.concat %a, %1 {qgraph.layer = "6", axis = 2 : i64} : (tensor<1x2x3xf32>, tensor<1x2x3xf32>) -> tensor<1x2x6xf32>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x1xf32>, tensor<1x1x1xf32>, tensor<1x2x4xf32>, tensor<1x2x6xf32>
}

// -----

// Whatever the input is, and functions of further kinds at the ends.
// CHECK-LABEL: func.func @functions
// CHECK: qgraph.softmax{{.*}}qgraph.range = array<f64: 0.000000e+00, 1.000000e+00>
// CHECK: qgraph.unary <leaky_relu>{{.*}}qgraph.range = array<f64: -2.500000e-01, 2.000000e+00>
// CHECK: qgraph.unary <round>{{.*}}qgraph.range = array<f64: -1.000000e+00, 2.000000e+00>
// CHECK: qgraph.select{{.*}}qgraph.range = array<f64: -2.000000e+00, 2.000000e+00>
func.func @functions(%a: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %c = qgraph.constant dense<-2.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.softmax %a {axis = 1 : i64, qgraph.layer = "s"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <leaky_relu> %a {alpha = 0.25 : f32, qgraph.layer = "l"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.unary <round> %a {qgraph.layer = "r"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.select %a, %c {condition = dense<[[true, false, true]]> : tensor<1x3xi1>, qgraph.layer = "c"} : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  return %0, %1, %2, %3 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}
