func.func @main(%x: tensor<1x6x40xf32>) -> tensor<1x6x40xf32> {
  %g = qgraph.constant dense<1.5> : tensor<40xf32> -> tensor<40xf32>
  %b = qgraph.constant dense<0.25> : tensor<40xf32> -> tensor<40xf32>
  %0 = qgraph.layer_norm %x, %g, %b {qgraph.layer = "norm", axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x6x40xf32>, tensor<40xf32>, tensor<40xf32>) -> tensor<1x6x40xf32>
  %1 = qgraph.unary <gelu> %0 {qgraph.layer = "gate"} : (tensor<1x6x40xf32>) -> tensor<1x6x40xf32>
  %2 = qgraph.softmax %1 {qgraph.layer = "shares", axis = 2 : i64} : (tensor<1x6x40xf32>) -> tensor<1x6x40xf32>
  return %2 : tensor<1x6x40xf32>
}
