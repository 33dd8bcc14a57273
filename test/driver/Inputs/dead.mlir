// Channel 1 of %a is dead, channel 2 always the same, and nothing reads what %c
// makes of its channel 0: all weights of %d are zero.
func.func @main(%x: tensor<1x4x3x1xf32>) -> tensor<1x4x3x2xf32> {
  %wa = qgraph.constant dense<[[[[2.0]]], [[[0.0]]], [[[0.0]]]]> : tensor<3x1x1x1xf32> -> tensor<3x1x1x1xf32>
  %ba = qgraph.constant dense<[0.5, 0.0, 3.0]> : tensor<3xf32> -> tensor<3xf32>
  %a = qgraph.conv2d %x, %wa, %ba {qgraph.layer = "a", qgraph.output_mean = array<f32: 0.5, 0.0, 3.0>, qgraph.output_std = array<f32: 2.0, 0.0, 0.0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x4x3x1xf32>, tensor<3x1x1x1xf32>, tensor<3xf32>) -> tensor<1x4x3x3xf32>
  %r = qgraph.clamp %a {qgraph.layer = "r", min = 0.0 : f32, max = 0x7F800000 : f32} : (tensor<1x4x3x3xf32>) -> tensor<1x4x3x3xf32>
  %wc = qgraph.constant dense<[[[[1.0, 2.0, 3.0]]], [[[0.0, 0.0, 0.0]]]]> : tensor<2x1x1x3xf32> -> tensor<2x1x1x3xf32>
  %bc = qgraph.constant dense<0.0> : tensor<2xf32> -> tensor<2xf32>
  %c = qgraph.conv2d %r, %wc, %bc {qgraph.layer = "c", qgraph.output_mean = array<f32: 0.0, 0.0>, qgraph.output_std = array<f32: 0.0, 0.0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x4x3x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x4x3x2xf32>
  %wd = qgraph.constant dense<0.0> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>
  %d = qgraph.conv2d %c, %wd, %bc {qgraph.layer = "d", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x4x3x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x4x3x2xf32>
  return %d : tensor<1x4x3x2xf32>
}
