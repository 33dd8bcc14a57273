func.func @main(%a: tensor<1x3x7x70xf32>, %b: tensor<1x3x70x9xf32>) -> tensor<1x3x7x9xf32> {
  %0 = qgraph.softmax %a {qgraph.layer = "shares", axis = 3 : i64} : (tensor<1x3x7x70xf32>) -> tensor<1x3x7x70xf32>
  %1 = qgraph.reshape %0 {qgraph.layer = "r"} : (tensor<1x3x7x70xf32>) -> tensor<3x7x70xf32>
  %2 = qgraph.reshape %b {qgraph.layer = "v"} : (tensor<1x3x70x9xf32>) -> tensor<3x70x9xf32>
  %3 = qgraph.matmul %1, %2 {qgraph.layer = "p"} : (tensor<3x7x70xf32>, tensor<3x70x9xf32>) -> tensor<3x7x9xf32>
  %4 = qgraph.reshape %3 {qgraph.layer = "out"} : (tensor<3x7x9xf32>) -> tensor<1x3x7x9xf32>
  return %4 : tensor<1x3x7x9xf32>
}
