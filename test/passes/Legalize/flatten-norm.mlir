// Norms have one axis, the last of two or more; constants become parameters.
// RUN: qcc-opt %s --qcc-legalize-tosa --qcc-raise-batch-norm --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @axes
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x2xf32>
// CHECK-DAG:     %[[GAMMA:.*]] = qgraph.constant dense<[2.000000e+00, 4.000000e+00, 6.000000e+00, 8.000000e+00, 1.000000e+01, 1.200000e+01]> : tensor<6xf32>
// CHECK-DAG:     %[[BETA:.*]] = qgraph.constant dense<[1.000000e+00, 2.000000e+00, 1.000000e+00, 2.000000e+00, 1.000000e+00, 2.000000e+00]> : tensor<6xf32>
// CHECK-DAG:     %[[FLAT:.*]] = qgraph.reshape %[[X]] : (tensor<2x3x2xf32>) -> tensor<2x6xf32>
// CHECK:         %[[Y:.*]] = qgraph.layer_norm %[[FLAT]], %[[GAMMA]], %[[BETA]] {axis = 1 : i64
// CHECK:         qgraph.reshape %[[Y]] : (tensor<2x6xf32>) -> tensor<2x3x2xf32>
func.func @axes(%x: tensor<2x3x2xf32>) -> tensor<2x3x2xf32> {
  %gamma = qgraph.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32> -> tensor<3x2xf32>
  %beta = qgraph.constant dense<0.0> : tensor<3x2xf32> -> tensor<3x2xf32>
  %two = qgraph.constant dense<2.0> : tensor<1x1x1xf32> -> tensor<1x1x1xf32>
  %c = qgraph.constant dense<[[[-1.0, -2.0]]]> : tensor<1x1x2xf32> -> tensor<1x1x2xf32>
  %0 = qgraph.layer_norm %x, %gamma, %beta {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<2x3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<2x3x2xf32>
  %1 = qgraph.mul %two, %0 : (tensor<1x1x1xf32>, tensor<2x3x2xf32>) -> tensor<2x3x2xf32>
  %2 = qgraph.sub %1, %c : (tensor<2x3x2xf32>, tensor<1x1x2xf32>) -> tensor<2x3x2xf32>
  return %2 : tensor<2x3x2xf32>
}

// -----

// CHECK-LABEL: func.func @rank_1
// CHECK:         qgraph.rms_norm {{.*}} {axis = 1 : i64, {{.*}}} : (tensor<1x4xf32>, tensor<4xf32>)
// CHECK:         qgraph.reshape {{.*}} -> tensor<4xf32>
func.func @rank_1(%x: tensor<4xf32>) -> tensor<4xf32> {
  %gamma = qgraph.constant dense<1.0> : tensor<4xf32> -> tensor<4xf32>
  %0 = qgraph.rms_norm %x, %gamma {axis = 0 : i64, epsilon = 1.0e-5 : f32} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Constants of another axis, and a norm that others read, too.
// CHECK-LABEL: func.func @not_folded
// CHECK:         %[[Y:.*]] = qgraph.layer_norm
// CHECK:         qgraph.mul %[[Y]]
// CHECK:         %[[Z:.*]] = qgraph.layer_norm
// CHECK:         qgraph.add %[[Z]]
// CHECK:         qgraph.sub %{{.*}}, %{{.*}} : (tensor<1x1xf32>, tensor<3x2xf32>)
func.func @not_folded(%x: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>) {
  %one = qgraph.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  %rows = qgraph.constant dense<[[1.0], [2.0], [3.0]]> : tensor<3x1xf32> -> tensor<3x1xf32>
  %two = qgraph.constant dense<2.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.layer_norm %x, %one, %one {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %1 = qgraph.mul %0, %rows : (tensor<3x2xf32>, tensor<3x1xf32>) -> tensor<3x2xf32>
  %2 = qgraph.layer_norm %x, %one, %one {axis = 1 : i64, epsilon = 1.0e-4 : f32} : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %3 = qgraph.add %2, %two : (tensor<3x2xf32>, tensor<1x1xf32>) -> tensor<3x2xf32>
  %4 = qgraph.layer_norm %x, %one, %one {axis = 1 : i64, epsilon = 1.0e-3 : f32} : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %5 = qgraph.sub %two, %4 : (tensor<1x1xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  return %1, %2, %3, %5 : tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
}
