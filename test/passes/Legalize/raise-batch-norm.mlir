// The associations in which frameworks write batch normalization, and
// activation functions written as elementwise ops.
// RUN: qcc-opt %s --qcc-raise-batch-norm --split-input-file | FileCheck %s

// (x - mean) * rsqrt(variance + epsilon) * gamma + beta.
// CHECK-LABEL: func.func @plain
// CHECK-SAME:    %[[X:.*]]: tensor<1x4x5x2xf32>
// CHECK-DAG:     %[[GAMMA:.*]] = qgraph.constant dense<[2.000000e+00, -3.000000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[BETA:.*]] = qgraph.constant dense<[5.000000e-01, 1.500000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[MEAN:.*]] = qgraph.constant dense<[1.000000e+00, 7.000000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[VAR:.*]] = qgraph.constant dense<[4.000000e+00, 9.000000e+00]> : tensor<2xf32>
// CHECK:         %[[Y:.*]] = qgraph.batch_norm %[[X]], %[[GAMMA]], %[[BETA]], %[[MEAN]], %[[VAR]] {epsilon = 1.000000e-03 : f32}
// CHECK-NEXT:    return %[[Y]]
func.func @plain(%x: tensor<1x4x5x2xf32>) -> tensor<1x4x5x2xf32> {
  %mean = qgraph.constant dense<[[[[1.0, 7.0]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %var = qgraph.constant dense<[[[[4.0, 9.0]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %gamma = qgraph.constant dense<[[[[2.0, -3.0]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %beta = qgraph.constant dense<[[[[0.5, 1.5]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %eps = qgraph.constant dense<0.001> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  %0 = qgraph.sub %x, %mean : (tensor<1x4x5x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x4x5x2xf32>
  %1 = qgraph.add %var, %eps : (tensor<1x1x1x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x2xf32>
  %2 = qgraph.unary <rsqrt> %1 : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %3 = qgraph.mul %2, %0 : (tensor<1x1x1x2xf32>, tensor<1x4x5x2xf32>) -> tensor<1x4x5x2xf32>
  %4 = qgraph.mul %3, %gamma : (tensor<1x4x5x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x4x5x2xf32>
  %5 = qgraph.add %beta, %4 : (tensor<1x1x1x2xf32>, tensor<1x4x5x2xf32>) -> tensor<1x4x5x2xf32>
  return %5 : tensor<1x4x5x2xf32>
}

// -----

// (x + -mean) * (gamma * rsqrt(epsilon + variance)) - -beta, one channel.
// CHECK-LABEL: func.func @merged_scale
// CHECK-DAG:     %[[GAMMA:.*]] = qgraph.constant dense<2.000000e+00> : tensor<1xf32>
// CHECK-DAG:     %[[BETA:.*]] = qgraph.constant dense<5.000000e-01> : tensor<1xf32>
// CHECK-DAG:     %[[MEAN:.*]] = qgraph.constant dense<3.000000e+00> : tensor<1xf32>
// CHECK-DAG:     %[[VAR:.*]] = qgraph.constant dense<4.000000e+00> : tensor<1xf32>
// CHECK:         qgraph.batch_norm %{{.*}}, %[[GAMMA]], %[[BETA]], %[[MEAN]], %[[VAR]] {epsilon = 1.000000e-03 : f32}
func.func @merged_scale(%x: tensor<6x1xf32>) -> tensor<6x1xf32> {
  %mean = qgraph.constant dense<-3.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %var = qgraph.constant dense<4.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %gamma = qgraph.constant dense<2.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %beta = qgraph.constant dense<-0.5> : tensor<1x1xf32> -> tensor<1x1xf32>
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.add %x, %mean : (tensor<6x1xf32>, tensor<1x1xf32>) -> tensor<6x1xf32>
  %1 = qgraph.add %eps, %var : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %2 = qgraph.unary <rsqrt> %1 : (tensor<1x1xf32>) -> tensor<1x1xf32>
  %3 = qgraph.mul %gamma, %2 : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %4 = qgraph.mul %0, %3 : (tensor<6x1xf32>, tensor<1x1xf32>) -> tensor<6x1xf32>
  %5 = qgraph.sub %4, %beta : (tensor<6x1xf32>, tensor<1x1xf32>) -> tensor<6x1xf32>
  return %5 : tensor<6x1xf32>
}

// -----

// x * scale + (beta - mean * scale), scale = rsqrt(variance + epsilon) * gamma.
// CHECK-LABEL: func.func @scale_and_shift
// CHECK-DAG:     %[[GAMMA:.*]] = qgraph.constant dense<[2.000000e+00, -3.000000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[BETA:.*]] = qgraph.constant dense<[5.000000e-01, 1.500000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[MEAN:.*]] = qgraph.constant dense<[1.000000e+00, 7.000000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[VAR:.*]] = qgraph.constant dense<[4.000000e+00, 9.000000e+00]> : tensor<2xf32>
// CHECK:         qgraph.batch_norm %{{.*}}, %[[GAMMA]], %[[BETA]], %[[MEAN]], %[[VAR]] {epsilon = 1.000000e-03 : f32}
// CHECK-NEXT:    return
func.func @scale_and_shift(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %mean = qgraph.constant dense<[[1.0, 7.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %var = qgraph.constant dense<[[4.0, 9.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %gamma = qgraph.constant dense<[[2.0, -3.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %beta = qgraph.constant dense<[[0.5, 1.5]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %1 = qgraph.add %var, %eps : (tensor<1x2xf32>, tensor<1x1xf32>) -> tensor<1x2xf32>
  %2 = qgraph.unary <rsqrt> %1 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %3 = qgraph.mul %gamma, %2 : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %4 = qgraph.mul %mean, %3 : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %5 = qgraph.sub %beta, %4 : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %6 = qgraph.mul %x, %3 : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %7 = qgraph.add %6, %5 : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  return %7 : tensor<3x2xf32>
}

// -----

// Folded already: 0.5 and 0.25 were rsqrt(4) and rsqrt(16).
// CHECK-LABEL: func.func @folded
// CHECK-DAG:     %[[GAMMA:.*]] = qgraph.constant dense<[2.000000e+00, -3.000000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[BETA:.*]] = qgraph.constant dense<[5.000000e-01, 1.500000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[MEAN:.*]] = qgraph.constant dense<[1.000000e+00, 7.000000e+00]> : tensor<2xf32>
// CHECK-DAG:     %[[VAR:.*]] = qgraph.constant dense<[4.000000e+00, 1.600000e+01]> : tensor<2xf32>
// CHECK:         qgraph.batch_norm %{{.*}}, %[[GAMMA]], %[[BETA]], %[[MEAN]], %[[VAR]] {epsilon = 0.000000e+00 : f32}
func.func @folded(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %mean = qgraph.constant dense<[[1.0, 7.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %scale = qgraph.constant dense<[[0.5, 0.25]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %gamma = qgraph.constant dense<[[2.0, -3.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %beta = qgraph.constant dense<[[0.5, 1.5]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %0 = qgraph.sub %x, %mean : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %1 = qgraph.mul %0, %scale : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %2 = qgraph.mul %1, %gamma : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %3 = qgraph.add %2, %beta : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  return %3 : tensor<3x2xf32>
}

// -----

// The normalized value has another user, so it must exist: no batch_norm.
// CHECK-LABEL: func.func @used_inside
// CHECK-NOT:     batch_norm
func.func @used_inside(%x: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %mean = qgraph.constant dense<[[1.0, 7.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %scale = qgraph.constant dense<[[0.5, 0.25]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %gamma = qgraph.constant dense<[[2.0, -3.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %0 = qgraph.sub %x, %mean : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %1 = qgraph.mul %0, %scale : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %2 = qgraph.mul %1, %gamma : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  return %1, %2 : tensor<3x2xf32>, tensor<3x2xf32>
}

// -----

// One scale of unknown origin says nothing about gamma.
// CHECK-LABEL: func.func @one_scale
// CHECK-NOT:     batch_norm
func.func @one_scale(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %mean = qgraph.constant dense<[[1.0, 7.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %scale = qgraph.constant dense<[[0.5, 0.25]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %0 = qgraph.sub %x, %mean : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %1 = qgraph.mul %0, %scale : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}

// -----

// mean - x is something else.
// CHECK-LABEL: func.func @reversed
// CHECK-NOT:     batch_norm
func.func @reversed(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %mean = qgraph.constant dense<[[1.0, 7.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %scale = qgraph.constant dense<[[0.5, 0.25]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %gamma = qgraph.constant dense<[[2.0, -3.0]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %0 = qgraph.sub %mean, %x : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  %1 = qgraph.mul %0, %scale : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %2 = qgraph.mul %1, %gamma : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  return %2 : tensor<3x2xf32>
}

// -----

// Constants per row are no channels.
// CHECK-LABEL: func.func @rows
// CHECK-NOT:     batch_norm
func.func @rows(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %mean = qgraph.constant dense<[[1.0], [7.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %scale = qgraph.constant dense<[[0.5], [0.25]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %gamma = qgraph.constant dense<[[2.0], [-3.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %0 = qgraph.sub %x, %mean : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %1 = qgraph.mul %0, %scale : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %2 = qgraph.mul %1, %gamma : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @silu
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT:    %[[Y:.*]] = qgraph.unary <silu> %[[X]]
// CHECK-NEXT:    qgraph.unary <silu> %[[Y]]
// CHECK-NEXT:    return
func.func @silu(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %one = qgraph.constant dense<1.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.unary <sigmoid> %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.mul %0, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.unary <negate> %1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.unary <exp> %2 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.add %one, %3 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = qgraph.unary <reciprocal> %4 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = qgraph.mul %1, %5 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %6 : tensor<2x3xf32>
}

// -----

// The division by 6 at three places.
// CHECK-LABEL: func.func @hard_swish
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT:    %[[A:.*]] = qgraph.unary <hard_swish> %[[X]]
// CHECK-NEXT:    %[[B:.*]] = qgraph.unary <hard_swish> %[[A]]
// CHECK-NEXT:    %[[C:.*]] = qgraph.unary <hard_swish> %[[B]]
// CHECK-NEXT:    qgraph.unary <hard_swish> %[[C]]
// CHECK-NEXT:    return
func.func @hard_swish(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %three = qgraph.constant dense<3.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %half = qgraph.constant dense<0.5> : tensor<1x1xf32> -> tensor<1x1xf32>
  %sixth = qgraph.constant dense<0.16666667> : tensor<1x1xf32> -> tensor<1x1xf32>
  %a0 = qgraph.add %x, %three : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %a1 = qgraph.clamp %a0 {min = 0.0 : f32, max = 6.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %a2 = qgraph.mul %x, %a1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %a = qgraph.mul %a2, %sixth : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %b0 = qgraph.add %three, %a : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %b1 = qgraph.clamp %b0 {min = 0.0 : f32, max = 6.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %b2 = qgraph.mul %b1, %sixth : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %b = qgraph.mul %b2, %a : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %c0 = qgraph.add %b, %three : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %c1 = qgraph.clamp %c0 {min = 0.0 : f32, max = 6.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %c2 = qgraph.mul %sixth, %b : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %c = qgraph.mul %c2, %c1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %d0 = qgraph.mul %c, %sixth : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %d1 = qgraph.add %d0, %half : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %d2 = qgraph.clamp %d1 {min = 0.0 : f32, max = 1.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %d = qgraph.mul %c, %d2 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %d : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @relu6
// CHECK:         qgraph.clamp %{{.*}} {max = 3.40282347E+38 : f32, min = 0.000000e+00 : f32}
// CHECK-NEXT:    qgraph.clamp %{{.*}} {max = 6.000000e+00 : f32, min = -3.40282347E+38 : f32}
func.func @relu6(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %zero = qgraph.constant dense<0.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %six = qgraph.constant dense<6.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.maximum %zero, %x : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.minimum %0, %six : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

// Constant expressions are evaluated in double: 2^24 + 1 - 2^24 is 1.
// CHECK-LABEL: func.func @constants
// CHECK:         %[[C:.*]] = qgraph.constant dense<{{\[\[}}1.000000e+00, 3.000000e+00], [1.000000e+00, 3.000000e+00], [2.000000e+00, 4.000000e+00], [2.000000e+00, 4.000000e+00]]> : tensor<4x2xf32>
// CHECK-NEXT:    qgraph.add %{{.*}}, %[[C]]
// CHECK-NEXT:    return
func.func @constants(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %a = qgraph.constant dense<[[[9.0, 1.0, 2.0], [9.0, 3.0, 4.0]]]> : tensor<1x2x3xf32> -> tensor<1x2x3xf32>
  %b = qgraph.constant dense<16777216.0> : tensor<1x1x1xf32> -> tensor<1x1x1xf32>
  %0 = qgraph.add %a, %b : (tensor<1x2x3xf32>, tensor<1x1x1xf32>) -> tensor<1x2x3xf32>
  %1 = qgraph.sub %0, %b : (tensor<1x2x3xf32>, tensor<1x1x1xf32>) -> tensor<1x2x3xf32>
  %2 = qgraph.slice %1 {starts = array<i64: 0, 0, 1>, sizes = array<i64: 1, 2, 2>, strides = array<i64: 1, 1, 1>} : (tensor<1x2x3xf32>) -> tensor<1x2x2xf32>
  %3 = qgraph.transpose %2 {permutation = array<i64: 2, 0, 1>} : (tensor<1x2x2xf32>) -> tensor<2x1x2xf32>
  %4 = qgraph.tile %3 {multiples = array<i64: 1, 2, 1>} : (tensor<2x1x2xf32>) -> tensor<2x2x2xf32>
  %5 = qgraph.reshape %4 : (tensor<2x2x2xf32>) -> tensor<4x2xf32>
  %6 = qgraph.add %x, %5 : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
  return %6 : tensor<4x2xf32>
}
