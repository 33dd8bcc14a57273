// Scales move between layers, and every convolution says what became of it.
// RUN: qcc-opt %s --qcc-equalize --split-input-file | FileCheck %s
// RUN: qcc-opt %s --qcc-equalize=absorb=true --split-input-file | FileCheck %s --check-prefix=ABSORB

// Rows 1 and 16, columns 1 and 1: channel 0 is divided by sqrt(1/16).
// CHECK-LABEL: func.func @chain
// CHECK: %[[W:.*]] = qgraph.constant dense<{{\[+}}4.000000e+00]]], {{\[+}}1.600000e+01{{\]+}}> : tensor<2x1x1x1xf32>
// CHECK: qgraph.conv2d %{{.*}}, %[[W]],
// CHECK-SAME: qgraph.equalization = "2 of 2 channels equalized with second, mean part of the filter's range that a channel takes up 0.53 -> 0.62"
// CHECK-SAME: qgraph.output_mean = array<f32: 2.000000e+01, 2.000000e+00>
// CHECK-SAME: qgraph.output_std = array<f32: 4.000000e+00, 1.000000e+00>
// CHECK: qgraph.constant dense<{{\[+}}2.500000e-01, 1.000000e+00{{\]+}}> : tensor<1x1x1x2xf32>
// CHECK: qgraph.equalization = "not equalized: the network returns it"
// Channel 0 stays above 20 - 3 * 4.
// ABSORB-LABEL: func.func @chain
// ABSORB: qgraph.constant dense<[-4.000000e+00, 1.000000e+00]> : tensor<2xf32>
// ABSORB: 1 channels absorbed
// ABSORB: qgraph.output_mean = array<f32: 1.200000e+01, 2.000000e+00>
// ABSORB: qgraph.constant dense<3.000000e+00> : tensor<1xf32>
func.func @chain(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w0 = qgraph.constant dense<[[[[1.0]]], [[[16.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b0 = qgraph.constant dense<[1.0, 1.0]> : tensor<2xf32> -> tensor<2xf32>
  %w1 = qgraph.constant dense<[[[[1.0, 1.0]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %b1 = qgraph.constant dense<1.0> : tensor<1xf32> -> tensor<1xf32>
  %0 = qgraph.conv2d %x, %w0, %b0 {qgraph.layer = "first", qgraph.output_mean = array<f32: 5.0, 2.0>, qgraph.output_std = array<f32: 1.0, 1.0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = qgraph.clamp %0 {qgraph.layer = "relu", min = 0.0 : f32, max = 0x7F800000 : f32} : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = qgraph.conv2d %1, %w1, %b1 {qgraph.layer = "second", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %2 : tensor<1x2x2x1xf32>
}
