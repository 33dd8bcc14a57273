// A 3x2 convolution with bias and ReLU6: [1,6,5,2] -> [1,6,5,3].
func.func @main(%image: tensor<1x6x5x2xf32>) -> tensor<1x6x5x3xf32> {
  %filter = "tosa.const"() <{values = dense<[
    [[[0.5, -0.25], [0.125, 0.75]], [[-0.5, 0.25], [0.375, 0.0]],
     [[1.0, -1.0], [0.0625, 0.5]]],
    [[[0.1, 0.2], [0.3, 0.4]], [[-0.1, -0.2], [-0.3, -0.4]],
     [[0.5, 0.6], [0.7, 0.8]]],
    [[[-2.0, 0.01], [0.3, 1.4]], [[0.9, -0.2], [0.6, -1.4]],
     [[-0.5, 0.3], [0.2, 0.1]]]
  ]> : tensor<3x3x2x2xf32>}> : () -> tensor<3x3x2x2xf32>
  %bias = "tosa.const"() <{values = dense<[0.25, -0.5, 1.5]>
    : tensor<3xf32>}> : () -> tensor<3xf32>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}>
    : () -> tensor<1xf32>
  %conv = tosa.conv2d %image, %filter, %bias, %zero, %zero {acc_type = f32,
    dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 0, 1>,
    stride = array<i64: 1, 1>}
    : (tensor<1x6x5x2xf32>, tensor<3x3x2x2xf32>, tensor<3xf32>, tensor<1xf32>,
       tensor<1xf32>) -> tensor<1x6x5x3xf32>
  %relu = tosa.clamp %conv {min_val = 0.0 : f32, max_val = 6.0 : f32}
    : (tensor<1x6x5x3xf32>) -> tensor<1x6x5x3xf32>
  return %relu : tensor<1x6x5x3xf32>
}
