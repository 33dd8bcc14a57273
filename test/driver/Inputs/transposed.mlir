// A 3x2 transposed convolution: [1,6,5,2] -> [1,13,10,2].
func.func @main(%image: tensor<1x6x5x2xf32>) -> tensor<1x13x10x2xf32> {
  %filter = "tosa.const"() <{values = dense<[
    [[[0.5, -0.25], [0.125, 0.75]], [[-0.5, 0.25], [0.375, 0.0]],
     [[1.0, -1.0], [0.0625, 0.5]]],
    [[[0.1, 0.2], [0.3, 0.4]], [[-0.1, -0.2], [-0.3, -0.4]],
     [[0.5, 0.6], [0.7, 0.8]]]
  ]> : tensor<2x3x2x2xf32>}> : () -> tensor<2x3x2x2xf32>
  %bias = "tosa.const"() <{values = dense<[0.25, -0.5]>
    : tensor<2xf32>}> : () -> tensor<2xf32>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}>
    : () -> tensor<1xf32>
  %conv = tosa.transpose_conv2d %image, %filter, %bias, %zero, %zero
    {acc_type = f32, out_pad = array<i64: 0, 0, 0, 0>,
     stride = array<i64: 2, 2>}
    : (tensor<1x6x5x2xf32>, tensor<2x3x2x2xf32>, tensor<2xf32>, tensor<1xf32>,
       tensor<1xf32>) -> tensor<1x13x10x2xf32>
  return %conv : tensor<1x13x10x2xf32>
}
