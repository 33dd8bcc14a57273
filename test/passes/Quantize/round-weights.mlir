// Without data: filters of few bits get the scale of least squared error.
// RUN: qcc-opt %s --qcc-round-weights --split-input-file | FileCheck %s
// RUN: qcc-opt %s --qcc-round-weights="bias-correction" --split-input-file | FileCheck %s --check-prefix=MEANS
// RUN: qcc-opt %s --qcc-round-weights --qcc-apply-types --qcc-verify-quantized --split-input-file | FileCheck %s --check-prefix=INTEGERS

// Channels on a grid stay as they are; zeros have no scale until types are
// applied.
// CHECK-LABEL: func.func @two
// CHECK: %[[W:.*]] = qgraph.constant dense<{{\[+}}1.000000e+00, 1.000000e+00, 1.000000e+00, -1.000000e+00]]], {{\[+}}5.000000e-01, -1.000000e+00, 0.000000e+00, 5.000000e-01]]], {{\[+}}0.000000e+00,
// CHECK: qgraph.conv2d %{{.*}}, %[[W]], {{.*}}qgraph.weight_scales = array<f64: 1.000000e+00, 5.000000e-01, 0.000000e+00>
// INTEGERS-LABEL: func.func @two
// INTEGERS: qgraph.constant {{.*}}1, 1, 1, -1{{.*}}, {{.*}}1, -2, 0, 1{{.*}}, {{.*}}0, 0, 0, 0{{.*}}!quant.uniform<i2:f32:0, {1.000000e+00,5.000000e-01,4.8828125E-4}>
// INTEGERS-NOT: weight_scales
func.func @two(%a: tensor<1x1x1x4xf32> {qgraph.type = !quant.uniform<i8:f32, 0.5:3>}) -> tensor<1x1x1x3xf32> {
  %w = qgraph.constant dense<[[[[1.0, 1.0, 1.0, -1.0]]], [[[0.5, -1.0, 0.0, 0.5]]], [[[0.0, 0.0, 0.0, 0.0]]]]> : tensor<3x1x1x4xf32> -> tensor<3x1x1x4xf32>
  %b = qgraph.constant dense<0.0> : tensor<3xf32> -> tensor<3xf32>
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", qgraph.weight_bits = 2 : i64, qgraph.type = !quant.uniform<i8:f32, 0.25:-128>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x4xf32>, tensor<3x1x1x4xf32>, tensor<3xf32>) -> tensor<1x1x1x3xf32>
  return %0 : tensor<1x1x1x3xf32>
}

// -----

// At 4 bits the best scale is where the parabola of these codes has its minimum:
// (8 * 1 * 1 + 7 * 7.5) / (8 + 7 * 7) = 60.5 / 57.
// CHECK-LABEL: func.func @clipped
// CHECK: qgraph.weight_scales = array<f64: 1.06140350877192{{[0-9]+}}>
// INTEGERS-LABEL: func.func @clipped
// INTEGERS: qgraph.constant {{.*}}1, 1, 1, 1, -1, -1, -1, -1, 7{{.*}}i4<-7:7>
func.func @clipped(%a: tensor<1x1x1x9xf32> {qgraph.type = !quant.uniform<i8:f32, 0.5:3>}) -> tensor<1x1x1x1xf32> {
  %w = qgraph.constant dense<[[[[1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, 7.5]]]]> : tensor<1x1x1x9xf32> -> tensor<1x1x1x9xf32>
  %b = qgraph.constant dense<0.0> : tensor<1xf32> -> tensor<1xf32>
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", qgraph.weight_bits = 4 : i64, qgraph.type = !quant.uniform<i8:f32, 0.25:-128>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x9xf32>, tensor<1x1x1x9xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %0 : tensor<1x1x1x1xf32>
}

// -----

// Eight bits are left to qcc-apply-types.
// CHECK-LABEL: func.func @eight
// CHECK-NOT: weight_scales
// INTEGERS-LABEL: func.func @eight
// MEANS-LABEL: func.func @eight
func.func @eight(%a: tensor<1x1x1x2xf32> {qgraph.type = !quant.uniform<i8:f32, 0.5:3>}) -> tensor<1x1x1x1xf32> {
  %w = qgraph.constant dense<[[[[1.0, 7.5]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %b = qgraph.constant dense<0.0> : tensor<1xf32> -> tensor<1xf32>
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", qgraph.type = !quant.uniform<i8:f32, 0.25:-128>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %0 : tensor<1x1x1x1xf32>
}

// -----

// Biases without data: the inputs' means are 2 and -1 by batch normalization. Of
// the first filter nothing is lost; the second one, which sees the second input,
// has 0.1 rounded to 0, for which the bias gets -1 * 0.1.
// CHECK-LABEL: func.func @means
// MEANS-LABEL: func.func @means
// MEANS: %[[B:.*]] = qgraph.constant dense<[1.000000e+00, 1.900000e+00]>
// MEANS: qgraph.conv2d %{{.*}}, %{{.*}}, %[[B]] {{.*}}qgraph.layer = "c"
// INTEGERS-LABEL: func.func @means
func.func @means(%a: tensor<1x1x1x2xf32> {qgraph.range = array<f64: -1.0, 1.0>, qgraph.type = !quant.uniform<i8:f32, 0.5:3>}) -> tensor<1x1x1x2xf32> {
  %e = qgraph.unary <negate> %a {qgraph.layer = "n", qgraph.type = !quant.uniform<i8:f32, 0.5:3>, qgraph.output_mean = array<f32: 2.0, -1.0>, qgraph.output_std = array<f32: 1.0, 1.0>} : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %w = qgraph.constant dense<[[[[1.0]], [[0.0]]], [[[-0.5]], [[0.1]]]]> : tensor<2x2x1x1xf32> -> tensor<2x2x1x1xf32>
  %b = qgraph.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.conv2d %e, %w, %b {qgraph.layer = "c", qgraph.weight_bits = 2 : i64, qgraph.type = !quant.uniform<i8:f32, 0.25:-128>, dilations = array<i64: 1, 1>, groups = 2 : i64, pads = array<i64: 1, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x2xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x1x1x2xf32>
  return %0 : tensor<1x1x1x2xf32>
}
