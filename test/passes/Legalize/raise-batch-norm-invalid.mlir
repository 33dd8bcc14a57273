// RUN: qcc-opt %s --qcc-raise-batch-norm --split-input-file --verify-diagnostics

func.func @infinite(%x: tensor<2xf32>) -> tensor<2xf32> {
  %zero = qgraph.constant dense<[1.0, 0.0]> : tensor<2xf32> -> tensor<2xf32>
  // expected-error @+1 {{'qgraph.unary' op computes a constant that is no finite number}}
  %0 = qgraph.unary <rsqrt> %zero : (tensor<2xf32>) -> tensor<2xf32>
  %1 = qgraph.add %x, %0 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
