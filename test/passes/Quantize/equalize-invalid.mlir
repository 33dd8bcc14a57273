// RUN: qcc-opt %s --qcc-equalize --split-input-file --verify-diagnostics

func.func @weight(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = qgraph.constant dense<0x7FC00000> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  %b = qgraph.constant dense<1.0> : tensor<1xf32> -> tensor<1xf32>
  // expected-error @+1 {{layer 'c' has weight 0 = nan, expected finite numbers}}
  %0 = qgraph.conv2d %x, %w, %b {qgraph.layer = "c", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %0 : tensor<1x2x2x1xf32>
}

// -----

func.func @bias(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x2xf32> {
  %w = qgraph.constant dense<1.0> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[1.0, 0x7F800000]> : tensor<2xf32> -> tensor<2xf32>
  // expected-error @+1 {{layer 'c' has bias 1 = inf, expected finite numbers}}
  %0 = qgraph.conv2d %x, %w, %b {qgraph.layer = "c", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}
