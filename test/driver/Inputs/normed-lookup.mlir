func.func @main(%x: tensor<1x2x2x3xf32>, %i: tensor<1x4xi32>) -> tensor<1x4x2xf32> {
  %w = qgraph.constant dense<[[[[1.0, -0.5, 0.25]]], [[[0.5, 2.0, -1.0]]]]> : tensor<2x1x1x3xf32> -> tensor<2x1x1x3xf32>
  %b = qgraph.constant dense<[0.5, -1.0]> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.conv2d %x, %w, %b {qgraph.output_mean = array<f32: 0.5, -1.0>, qgraph.output_std = array<f32: 1.0, 2.0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x2x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = qgraph.reshape %0 : (tensor<1x2x2x2xf32>) -> tensor<1x4x2xf32>
  %2 = qgraph.lookup %1, %i : (tensor<1x4x2xf32>, tensor<1x4xi32>) -> tensor<1x4x2xf32>
  return %2 : tensor<1x4x2xf32>
}
