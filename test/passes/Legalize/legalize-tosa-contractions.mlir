// Convolutions, products and pools of TOSA in qgraph's terms.
// RUN: qcc-opt %s --qcc-legalize-tosa | FileCheck %s

// CHECK-LABEL: func.func @conv
// CHECK-SAME:    %[[X:.*]]: tensor<1x5x4x2xf32>
// CHECK-DAG:     %[[W:.*]] = qgraph.constant dense<{{.*}}1.000000e+00{{.*}}2.000000e+00{{.*}}-3.000000e+00{{.*}}> : tensor<3x1x1x2xf32>
// CHECK-DAG:     %[[B:.*]] = qgraph.constant dense<[5.000000e-01, -5.000000e-01, 2.000000e+00]> : tensor<3xf32>
// CHECK:         qgraph.conv2d %[[X]], %[[W]], %[[B]]
// CHECK-SAME:      dilations = array<i64: 1, 2>, groups = 1 : i64, pads = array<i64: 1, 1, 2, 1>, strides = array<i64: 2, 3>
// CHECK-SAME:      -> tensor<1x4x3x3xf32>
func.func @conv(%x: tensor<1x5x4x2xf32>) -> tensor<1x4x3x3xf32> {
  %w = "tosa.const"() <{values = dense<[[[[1.0, 2.0]]], [[[-3.0, 4.0]]], [[[5.0, 6.0]]]]> : tensor<3x1x1x2xf32>}> : () -> tensor<3x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<[0.5, -0.5, 2.0]> : tensor<3xf32>}> : () -> tensor<3xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, pad = array<i64: 1, 1, 2, 1>, stride = array<i64: 2, 3>, dilation = array<i64: 1, 2>} : (tensor<1x5x4x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x3x3xf32>
  return %0 : tensor<1x4x3x3xf32>
}

// A bias of one element is one for every channel; weights may be computed from
// constants.
// CHECK-LABEL: func.func @conv_expressions
// CHECK-DAG:     %[[W:.*]] = qgraph.constant dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}3.000000e+00]]], {{\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]]]> : tensor<2x2x1x1xf32>
// CHECK-DAG:     %[[B:.*]] = qgraph.constant dense<7.000000e+00> : tensor<2xf32>
// CHECK:         qgraph.conv2d %{{.*}}, %[[W]], %[[B]]
func.func @conv_expressions(%x: tensor<2x3x1x1xf32>) -> tensor<2x2x1x2xf32> {
  %w = "tosa.const"() <{values = dense<[[[[1.0, 2.0]]], [[[3.0, 4.0]]]]> : tensor<2x1x1x2xf32>}> : () -> tensor<2x1x1x2xf32>
  %t = tosa.transpose %w {perms = array<i32: 3, 0, 1, 2>} : (tensor<2x1x1x2xf32>) -> tensor<2x2x1x1xf32>
  %b = "tosa.const"() <{values = dense<7.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %t, %b, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<2x3x1x1xf32>, tensor<2x2x1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x2x1x2xf32>
  return %0 : tensor<2x2x1x2xf32>
}

// [KH,KW,C,M] = [1,2,3,2]: the filter of output channel c*2+m is w[0,:,c,m].
// CHECK-LABEL: func.func @depthwise
// CHECK:         qgraph.constant dense<{{\[\[\[\[}}1.000000e+00], [7.000000e+00]]], {{\[\[\[}}2.000000e+00], [8.000000e+00]]], {{\[\[\[}}3.000000e+00], [9.000000e+00]]], {{\[\[\[}}4.000000e+00], [1.000000e+01]]], {{\[\[\[}}5.000000e+00], [1.100000e+01]]], {{\[\[\[}}6.000000e+00], [1.200000e+01]]]]> : tensor<6x1x2x1xf32>
// CHECK:         qgraph.conv2d {{.*}}groups = 3 : i64
// CHECK-SAME:      -> tensor<1x4x4x6xf32>
func.func @depthwise(%x: tensor<1x4x5x3xf32>) -> tensor<1x4x4x6xf32> {
  %w = "tosa.const"() <{values = dense<[[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]]]> : tensor<1x2x3x2xf32>}> : () -> tensor<1x2x3x2xf32>
  %b = "tosa.const"() <{values = dense<1.0> : tensor<6xf32>}> : () -> tensor<6xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.depthwise_conv2d %x, %w, %b, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x5x3xf32>, tensor<1x2x3x2xf32>, tensor<6xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x4x6xf32>
  return %0 : tensor<1x4x4x6xf32>
}

// CHECK-LABEL: func.func @transpose_conv
// CHECK:         qgraph.transpose_conv2d {{.*}}out_pads = array<i64: 0, 1, -1, 0>, strides = array<i64: 2, 3>
// CHECK-SAME:      -> tensor<1x8x10x2xf32>
func.func @transpose_conv(%x: tensor<1x3x4x1xf32>) -> tensor<1x8x10x2xf32> {
  %w = "tosa.const"() <{values = dense<0.5> : tensor<2x3x2x1xf32>}> : () -> tensor<2x3x2x1xf32>
  %b = "tosa.const"() <{values = dense<1.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.transpose_conv2d %x, %w, %b, %z, %z {acc_type = f32, out_pad = array<i64: 0, 1, -1, 0>, stride = array<i64: 2, 3>} : (tensor<1x3x4x1xf32>, tensor<2x3x2x1xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x8x10x2xf32>
  return %0 : tensor<1x8x10x2xf32>
}

// A constant right-hand side [1,K,N] = [1,2,3] becomes filters [N,1,1,K].
// CHECK-LABEL: func.func @dense
// CHECK-SAME:    %[[X:.*]]: tensor<1x5x2xf32>
// CHECK:         %[[W:.*]] = qgraph.constant dense<{{\[\[\[\[}}1.000000e+00, 4.000000e+00]]], {{\[\[\[}}2.000000e+00, 5.000000e+00]]], {{\[\[\[}}3.000000e+00, 6.000000e+00]]]]> : tensor<3x1x1x2xf32>
// CHECK:         %[[B:.*]] = qgraph.constant dense<0.000000e+00> : tensor<3xf32>
// CHECK:         %[[IMAGE:.*]] = qgraph.reshape %[[X]] {{.*}} -> tensor<1x1x5x2xf32>
// CHECK:         %[[Y:.*]] = qgraph.conv2d %[[IMAGE]], %[[W]], %[[B]]
// CHECK:         qgraph.reshape %{{.*}} -> tensor<1x5x3xf32>
func.func @dense(%x: tensor<1x5x2xf32>) -> tensor<1x5x3xf32> {
  %w = "tosa.const"() <{values = dense<[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]> : tensor<1x2x3xf32>}> : () -> tensor<1x2x3xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.matmul %x, %w, %z, %z : (tensor<1x5x2xf32>, tensor<1x2x3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x3xf32>
  return %0 : tensor<1x5x3xf32>
}

// The same matrix for both batches: one product of all rows.
// CHECK-LABEL: func.func @dense_shared
// CHECK:         qgraph.conv2d {{.*}} -> tensor<1x1x6x1xf32>
// CHECK-NOT:     qgraph.conv2d
func.func @dense_shared(%x: tensor<2x3x2xf32>) -> tensor<2x3x1xf32> {
  %w = "tosa.const"() <{values = dense<[[[1.0], [4.0]], [[1.0], [4.0]]]> : tensor<2x2x1xf32>}> : () -> tensor<2x2x1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.matmul %x, %w, %z, %z : (tensor<2x3x2xf32>, tensor<2x2x1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x3x1xf32>
  return %0 : tensor<2x3x1xf32>
}

// Different matrices: one product each.
// CHECK-LABEL: func.func @dense_batches
// CHECK:         qgraph.slice {{.*}}sizes = array<i64: 1, 3, 2>, starts = array<i64: 0, 0, 0>
// CHECK:         qgraph.constant dense<{{.*}}1.000000e+00, 4.000000e+00{{.*}}> : tensor<1x1x1x2xf32>
// CHECK:         qgraph.slice {{.*}}sizes = array<i64: 1, 3, 2>, starts = array<i64: 1, 0, 0>
// CHECK:         qgraph.constant dense<{{.*}}1.000000e+00, 5.000000e+00{{.*}}> : tensor<1x1x1x2xf32>
// CHECK:         qgraph.concat {{.*}}axis = 0 : i64
func.func @dense_batches(%x: tensor<2x3x2xf32>) -> tensor<2x3x1xf32> {
  %w = "tosa.const"() <{values = dense<[[[1.0], [4.0]], [[1.0], [5.0]]]> : tensor<2x2x1xf32>}> : () -> tensor<2x2x1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.matmul %x, %w, %z, %z : (tensor<2x3x2xf32>, tensor<2x2x1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x3x1xf32>
  return %0 : tensor<2x3x1xf32>
}

// A constant left-hand side [1,M,K] = [1,3,2]: filters [M,1,1,K], and the
// result is turned.
// CHECK-LABEL: func.func @constant_left
// CHECK:         qgraph.transpose %{{.*}} {permutation = array<i64: 0, 2, 1>}
// CHECK:         qgraph.constant dense<{{\[\[\[\[}}1.000000e+00, 2.000000e+00]]], {{\[\[\[}}3.000000e+00, 4.000000e+00]]], {{\[\[\[}}5.000000e+00, 6.000000e+00]]]]> : tensor<3x1x1x2xf32>
// CHECK:         qgraph.conv2d {{.*}} -> tensor<1x1x4x3xf32>
// CHECK:         qgraph.transpose {{.*}} -> tensor<1x3x4xf32>
func.func @constant_left(%x: tensor<1x2x4xf32>) -> tensor<1x3x4xf32> {
  %w = "tosa.const"() <{values = dense<[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]]> : tensor<1x3x2xf32>}> : () -> tensor<1x3x2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.matmul %w, %x, %z, %z : (tensor<1x3x2xf32>, tensor<1x2x4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x4xf32>
  return %0 : tensor<1x3x4xf32>
}

// CHECK-LABEL: func.func @matmul
// CHECK-SAME:    %[[A:.*]]: tensor<2x3x4xf32>, %[[B:.*]]: tensor<2x4x5xf32>
// CHECK-NEXT:    qgraph.matmul %[[A]], %[[B]]
func.func @matmul(%a: tensor<2x3x4xf32>, %b: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.matmul %a, %b, %z, %z : (tensor<2x3x4xf32>, tensor<2x4x5xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x3x5xf32>
  return %0 : tensor<2x3x5xf32>
}

// TOSA's mean does not count padding.
// CHECK-LABEL: func.func @pools
// CHECK:         qgraph.avg_pool2d %{{.*}} {kernel = array<i64: 3, 2>, pads = array<i64: 1, 0, 0, 1>, strides = array<i64: 2, 1>}
// CHECK:         qgraph.max_pool2d %{{.*}} {kernel = array<i64: 2, 3>, pads = array<i64: 0, 1, 1, 1>, strides = array<i64: 1, 2>}
func.func @pools(%x: tensor<1x6x5x2xf32>) -> (tensor<1x3x5x2xf32>, tensor<1x3x3x2xf32>) {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.avg_pool2d %x, %z, %z {acc_type = f32, kernel = array<i64: 3, 2>, pad = array<i64: 1, 0, 0, 1>, stride = array<i64: 2, 1>} : (tensor<1x6x5x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x3x5x2xf32>
  %1 = tosa.max_pool2d %0 {kernel = array<i64: 2, 3>, pad = array<i64: 0, 1, 1, 1>, stride = array<i64: 1, 2>} : (tensor<1x3x5x2xf32>) -> tensor<1x3x3x2xf32>
  return %0, %1 : tensor<1x3x5x2xf32>, tensor<1x3x3x2xf32>
}
