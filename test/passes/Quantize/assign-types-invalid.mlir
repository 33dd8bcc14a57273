// RUN: qcc-opt %s --qcc-assign-types --split-input-file --verify-diagnostics

// expected-error @+1 {{argument 'input0' has no 'qgraph.range', run qcc-assign-ranges before}}
func.func @argument(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  return %a : tensor<2x3xf32>
}

// -----

func.func @layer(%a: tensor<2x3xf32> {qgraph.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf32> {
  // expected-error @+1 {{layer 'n' has no 'qgraph.range', run qcc-assign-ranges before}}
  %0 = qgraph.unary <negate> %a {qgraph.layer = "n"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

func.func @norm(%a: tensor<2x1xf32> {qgraph.range = array<f64: -1.0, 1.0>}) -> tensor<2x1xf32> {
  %c = qgraph.constant dense<1.0> : tensor<1xf32> -> tensor<1xf32>
  // expected-error @+1 {{must be folded into a convolution before quantization: layer 'bn'}}
  %0 = qgraph.batch_norm %a, %c, %c, %c, %c {qgraph.layer = "bn", epsilon = 0.1 : f32} : (tensor<2x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x1xf32>
  return %0 : tensor<2x1xf32>
}
