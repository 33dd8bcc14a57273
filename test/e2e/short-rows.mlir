// Rows no longer than a vector compile for the baseline of x86-64, whose vector
// shifts by a variable go through floats.
// RUN: qcc %s -target=generic -functions=polynomial -quiet -prefix=model -o %t.o
// RUN: qcc %s -target=x86-64 -functions=polynomial -quiet -prefix=model -o %t.o
// RUN: qcc %s -target=x86-64 -functions=table -quiet -prefix=model -o %t.o
// RUN: qcc %s -target=x86-64 -activation-bits=16 -quiet -prefix=model -o %t.o
func.func @main(%a: tensor<192x4xf32>, %b: tensor<33x7x8xf32>, %c: tensor<429x1xf32>) -> (tensor<192x4xf32>, tensor<33x7x8xf32>, tensor<429x1xf32>) {
  %g = qgraph.constant dense<0.5> : tensor<1xf32> -> tensor<1xf32>
  %0 = qgraph.softmax %a {axis = 1 : i64} : (tensor<192x4xf32>) -> tensor<192x4xf32>
  %1 = qgraph.softmax %b {axis = 2 : i64} : (tensor<33x7x8xf32>) -> tensor<33x7x8xf32>
  %2 = qgraph.layer_norm %c, %g, %g {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<429x1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<429x1xf32>
  return %0, %1, %2 : tensor<192x4xf32>, tensor<33x7x8xf32>, tensor<429x1xf32>
}
