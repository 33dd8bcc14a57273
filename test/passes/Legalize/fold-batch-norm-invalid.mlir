// RUN: qcc-opt %s --qcc-fold-batch-norm --verify-diagnostics

func.func @computed(%x: tensor<3x2xf32>, %p: tensor<2xf32>) -> tensor<3x2xf32> {
  // expected-error @+1 {{'qgraph.batch_norm' op has parameters that are computed; only constant ones are supported}}
  %0 = qgraph.batch_norm %x, %p, %p, %p, %p {epsilon = 0.25 : f32} : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}
