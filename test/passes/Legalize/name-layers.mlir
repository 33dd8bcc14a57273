// RUN: qcc-opt %s --qcc-name-layers --split-input-file | FileCheck %s

// The reshape and the convolution came from one op of the network; the one
// that computes has its name. What has no name gets its mnemonic and a number.
// "input0" would be the name of the argument.
// CHECK-LABEL: func.func @names
// CHECK:         qgraph.constant {qgraph.layer = "fc.filter"}
// CHECK:         qgraph.constant {qgraph.layer = "fc.bias"}
// CHECK:         qgraph.constant {qgraph.layer = "add0.constant"}
// CHECK:         qgraph.constant {qgraph.layer = "constant0"}
// CHECK:         qgraph.reshape {{.*}}qgraph.layer = "fc_2"
// CHECK:         qgraph.conv2d {{.*}}qgraph.layer = "fc"
// CHECK:         qgraph.reshape {{.*}}qgraph.layer = "reshape0"
// CHECK:         qgraph.add {{.*}}qgraph.layer = "add0"
// CHECK:         qgraph.add {{.*}}qgraph.layer = "add2"
// CHECK:         qgraph.clamp {{.*}}qgraph.layer = "fused"
// CHECK:         qgraph.clamp {{.*}}qgraph.layer = "input0_2"
// CHECK:         qgraph.clamp {{.*}}qgraph.layer = "add1"
// CHECK:         qgraph.clamp {{.*}}qgraph.layer = "kept"
func.func @names(%x: tensor<3xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %w = qgraph.constant dense<1.0> : tensor<2x1x1x3xf32> -> tensor<2x1x1x3xf32>
  %b = qgraph.constant dense<2.0> : tensor<2xf32> -> tensor<2xf32>
  %c = qgraph.constant dense<3.0> : tensor<2xf32> -> tensor<2xf32>
  %r = qgraph.constant dense<4.0> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.reshape %x : (tensor<3xf32>) -> tensor<1x1x1x3xf32> loc("fc")
  %1 = qgraph.conv2d %0, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x1x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x1x1x2xf32> loc("fc")
  %2 = qgraph.reshape %1 : (tensor<1x1x1x2xf32>) -> tensor<2xf32>
  %3 = qgraph.add %2, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %4 = qgraph.add %3, %2 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %5 = qgraph.clamp %4 {min = 0.0 : f32, max = 1.0 : f32} : (tensor<2xf32>) -> tensor<2xf32> loc(fused["file":1:2, "fused", "second"])
  %6 = qgraph.clamp %5 {min = 0.0 : f32, max = 2.0 : f32} : (tensor<2xf32>) -> tensor<2xf32> loc("input0")
  %7 = qgraph.clamp %6 {min = 0.0 : f32, max = 3.0 : f32} : (tensor<2xf32>) -> tensor<2xf32> loc(callsite("add1" at "file":3:4))
  %8 = qgraph.clamp %7 {min = 0.0 : f32, max = 4.0 : f32, qgraph.layer = "kept"} : (tensor<2xf32>) -> tensor<2xf32> loc("dropped")
  return %8, %r : tensor<2xf32>, tensor<2xf32>
}
