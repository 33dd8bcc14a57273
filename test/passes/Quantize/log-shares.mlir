// Shares of 4 bits that are factors become logarithms: codes 7 to -8 stand for
// sqrt(1/2)^0 to sqrt(1/2)^15.
// RUN: qcc-opt %s --qcc-log-shares --split-input-file | FileCheck %s

// What lies between the shares and the product has 8 bits again.
// CHECK-LABEL: @factor
// CHECK: %[[LOG:.*]] = qgraph.softmax %{{.*}} {axis = 2 : i64, log, qgraph.bits = 4 : i64, qgraph.layer = "s.log", {{.*}}qgraph.type = !quant.uniform<i8<-8:7>:f32, 0.34657359027997264:7>}
// CHECK: %[[SHARES:.*]] = qgraph.unary <exp> %[[LOG]] {qgraph.layer = "s", {{.*}}qgraph.type = !quant.uniform<i8:f32, 0.0039215686274509803:-128>}
// CHECK: %[[MOVED:.*]] = qgraph.reshape %[[SHARES]]
// CHECK-NOT: qgraph.bits = 4
// CHECK: qgraph.matmul %[[MOVED]]
func.func @factor(%a: tensor<1x3x5xf32>, %b: tensor<3x5x2xf32>) -> tensor<3x1x2xf32> {
  %0 = qgraph.softmax %a {axis = 2 : i64, qgraph.layer = "s", qgraph.bits = 4 : i64} : (tensor<1x3x5xf32>) -> tensor<1x3x5xf32>
  %1 = qgraph.reshape %0 {qgraph.layer = "r", qgraph.bits = 4 : i64} : (tensor<1x3x5xf32>) -> tensor<3x1x5xf32>
  %2 = qgraph.matmul %1, %b {qgraph.layer = "p"} : (tensor<3x1x5xf32>, tensor<3x5x2xf32>) -> tensor<3x1x2xf32>
  return %2 : tensor<3x1x2xf32>
}

// -----

// Results keep their bits, and 8 bits are enough for shares.
// CHECK-LABEL: @kept
// CHECK-NOT: log
// CHECK-NOT: exp
func.func @kept(%a: tensor<3x5x5xf32>, %b: tensor<3x5x2xf32>) -> (tensor<3x5x5xf32>, tensor<3x5x2xf32>, tensor<3x5x2xf32>) {
  %0 = qgraph.softmax %a {axis = 2 : i64, qgraph.layer = "s", qgraph.bits = 4 : i64} : (tensor<3x5x5xf32>) -> tensor<3x5x5xf32>
  %1 = qgraph.matmul %0, %b {qgraph.layer = "p"} : (tensor<3x5x5xf32>, tensor<3x5x2xf32>) -> tensor<3x5x2xf32>
  %2 = qgraph.softmax %a {axis = 2 : i64, qgraph.layer = "t"} : (tensor<3x5x5xf32>) -> tensor<3x5x5xf32>
  %3 = qgraph.matmul %2, %b {qgraph.layer = "q"} : (tensor<3x5x5xf32>, tensor<3x5x2xf32>) -> tensor<3x5x2xf32>
  return %0, %1, %3 : tensor<3x5x5xf32>, tensor<3x5x2xf32>, tensor<3x5x2xf32>
}
