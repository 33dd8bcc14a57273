// Shares that are factors get their own steps from a profile, results of the
// network and of foreign kernels do not (rule softmax-x8). The profile's shares
// are 0.2, so that steps of 2^-10 reach them, and codes of 204.8 become 205: what
// they are multiplied by is 1, so the scale is 2^-10 * 204.8 / 205.
// RUN: split-file %s %t
// RUN: qcc-opt %t/network.mlir --qcc-scale-shares="profile=%t/p.qprof" --split-input-file | FileCheck %s
// RUN: qcc-opt %t/network.mlir --qcc-scale-shares --split-input-file | FileCheck %s --check-prefix=NONE
// NONE-NOT: share_bits
// RUN: not qcc-opt %t/network.mlir --qcc-scale-shares="profile=%t/none.qprof" 2>&1 | FileCheck %s --check-prefix=FILE
// FILE: none.qprof

//--- p.qprof
{"format":"qprof","version":1,"model":"","values":[
{"key":"input1","samples":6,"elements":60,"zeros":0,"min":1.0,"max":1.0,"sum":60.0,"sumSquares":60.0,"histogram":{"widthLog2":-11,"first":2048,"counts":[60]}},
{"key":"s","samples":6,"elements":30,"zeros":0,"min":0.20000000298023224,"max":0.20000000298023224,"sum":6.000000089406967,"sumSquares":1.2000000357627871,"histogram":{"widthLog2":-14,"first":3276,"counts":[30]}}
]}
//--- network.mlir
// CHECK-LABEL: @factor
// CHECK: qgraph.softmax {{.*}}qgraph.layer = "s", qgraph.share_bits = 10 : i64, qgraph.type = !quant.uniform<i8:f32, 9.756097{{[0-9]*}}E-4:-128>
func.func @factor(%a: tensor<3x1x5xf32>, %b: tensor<3x5x2xf32>) -> tensor<3x1x2xf32> {
  %0 = qgraph.softmax %a {axis = 2 : i64, qgraph.layer = "s"} : (tensor<3x1x5xf32>) -> tensor<3x1x5xf32>
  %1 = qgraph.matmul %0, %b {qgraph.layer = "p"} : (tensor<3x1x5xf32>, tensor<3x5x2xf32>) -> tensor<3x1x2xf32>
  return %1 : tensor<3x1x2xf32>
}

// -----

// CHECK-LABEL: @kept
// CHECK-NOT: share_bits
func.func @kept(%a: tensor<3x5x5xf32>, %b: tensor<3x5x2xf32>) -> (tensor<3x5x5xf32>, tensor<3x5x2xf32>, tensor<3x5x2xf32>, tensor<3x5x2xf32>) {
  %0 = qgraph.softmax %a {axis = 2 : i64, qgraph.layer = "s"} : (tensor<3x5x5xf32>) -> tensor<3x5x5xf32>
  %1 = qgraph.matmul %0, %b {qgraph.layer = "p"} : (tensor<3x5x5xf32>, tensor<3x5x2xf32>) -> tensor<3x5x2xf32>
  %2 = qgraph.softmax %a {axis = 2 : i64, qgraph.layer = "s", qgraph.rounding = "double"} : (tensor<3x5x5xf32>) -> tensor<3x5x5xf32>
  %3 = qgraph.matmul %2, %b {qgraph.layer = "q"} : (tensor<3x5x5xf32>, tensor<3x5x2xf32>) -> tensor<3x5x2xf32>
  %4 = qgraph.softmax %a {axis = 2 : i64, qgraph.layer = "s", qgraph.bits = 16 : i64} : (tensor<3x5x5xf32>) -> tensor<3x5x5xf32>
  %5 = qgraph.matmul %4, %b {qgraph.layer = "r"} : (tensor<3x5x5xf32>, tensor<3x5x2xf32>) -> tensor<3x5x2xf32>
  return %0, %1, %3, %5 : tensor<3x5x5xf32>, tensor<3x5x2xf32>, tensor<3x5x2xf32>, tensor<3x5x2xf32>
}
