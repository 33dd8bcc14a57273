// Ops that move elements, and resize.
// RUN: qcc-opt %s --qcc-legalize-tosa | FileCheck %s

// CHECK-LABEL: func.func @movement
// CHECK-SAME:    %[[A:.*]]: tensor<2x3x5xf32>
// CHECK:         %[[CONCAT:.*]] = qgraph.concat %[[A]], %[[A]] {axis = 1 : i64} {{.*}} -> tensor<2x6x5xf32>
// CHECK:         %[[SLICE:.*]] = qgraph.slice %[[CONCAT]] {sizes = array<i64: 1, 4, 3>, starts = array<i64: 1, 0, 2>, strides = array<i64: 1, 1, 1>}
// CHECK:         %[[PAD:.*]] = qgraph.pad %[[SLICE]] {high = array<i64: 2, 0, 1>, low = array<i64: 0, 1, 0>, value = 2.500000e+00 : f32} {{.*}} -> tensor<3x5x4xf32>
// CHECK:         %[[RESHAPE:.*]] = qgraph.reshape %[[PAD]] {{.*}} -> tensor<15x4xf32>
// CHECK:         %[[TRANSPOSE:.*]] = qgraph.transpose %[[RESHAPE]] {permutation = array<i64: 1, 0>} {{.*}} -> tensor<4x15xf32>
// CHECK:         qgraph.tile %[[TRANSPOSE]] {multiples = array<i64: 3, 1>} {{.*}} -> tensor<12x15xf32>
func.func @movement(%a: tensor<2x3x5xf32>) -> tensor<12x15xf32> {
  %start = "tosa.const_shape"() <{values = dense<[1, 0, 2]> : tensor<3xindex>}> : () -> !tosa.shape<3>
  %size = "tosa.const_shape"() <{values = dense<[1, 4, 3]> : tensor<3xindex>}> : () -> !tosa.shape<3>
  %padding = "tosa.const_shape"() <{values = dense<[0, 2, 1, 0, 0, 1]> : tensor<6xindex>}> : () -> !tosa.shape<6>
  %shape = "tosa.const_shape"() <{values = dense<[15, 4]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  %multiples = "tosa.const_shape"() <{values = dense<[3, 1]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  %c = "tosa.const"() <{values = dense<2.5> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.concat %a, %a {axis = 1 : i32} : (tensor<2x3x5xf32>, tensor<2x3x5xf32>) -> tensor<2x6x5xf32>
  %1 = tosa.slice %0, %start, %size : (tensor<2x6x5xf32>, !tosa.shape<3>, !tosa.shape<3>) -> tensor<1x4x3xf32>
  %2 = tosa.pad %1, %padding, %c : (tensor<1x4x3xf32>, !tosa.shape<6>, tensor<1xf32>) -> tensor<3x5x4xf32>
  %3 = tosa.reshape %2, %shape : (tensor<3x5x4xf32>, !tosa.shape<2>) -> tensor<15x4xf32>
  %4 = tosa.transpose %3 {perms = array<i32: 1, 0>} : (tensor<15x4xf32>) -> tensor<4x15xf32>
  %5 = tosa.tile %4, %multiples : (tensor<4x15xf32>, !tosa.shape<2>) -> tensor<12x15xf32>
  return %5 : tensor<12x15xf32>
}

// CHECK-LABEL: func.func @gather
// CHECK:         qgraph.gather %{{.*}} {axis = 1 : i64, indices = array<i64: 4, 0, 4>} {{.*}} -> tensor<2x3x3xf32>
func.func @gather(%a: tensor<2x5x3xf32>) -> tensor<2x3x3xf32> {
  %i = "tosa.const"() <{values = dense<[[4, 0, 4], [4, 0, 4]]> : tensor<2x3xi32>}> : () -> tensor<2x3xi32>
  %0 = tosa.gather %a, %i : (tensor<2x5x3xf32>, tensor<2x3xi32>) -> tensor<2x3x3xf32>
  return %0 : tensor<2x3x3xf32>
}

// CHECK-LABEL: func.func @gather_at_run_time
// CHECK-SAME:    (%[[A:.*]]: tensor<2x5x3xf32>, %[[I:.*]]: tensor<6xi32>)
// CHECK:         %[[R:.*]] = qgraph.reshape %[[I]] : (tensor<6xi32>) -> tensor<2x3xi32>
// CHECK:         qgraph.lookup %[[A]], %[[R]] : (tensor<2x5x3xf32>, tensor<2x3xi32>) -> tensor<2x3x3xf32>
func.func @gather_at_run_time(%a: tensor<2x5x3xf32>, %i: tensor<6xi32>) -> tensor<2x3x3xf32> {
  %s = "tosa.const_shape"() <{values = dense<[2, 3]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  %r = tosa.reshape %i, %s : (tensor<6xi32>, !tosa.shape<2>) -> tensor<2x3xi32>
  %0 = tosa.gather %a, %r : (tensor<2x5x3xf32>, tensor<2x3xi32>) -> tensor<2x3x3xf32>
  return %0 : tensor<2x3x3xf32>
}

// What argmax finds may be looked up.
// CHECK-LABEL: func.func @gather_found
// CHECK:         %[[I:.*]] = qgraph.argmax
// CHECK:         qgraph.lookup %{{.*}}, %[[I]]
func.func @gather_found(%a: tensor<2x5x3xf32>, %b: tensor<2x4x3xf32>) -> tensor<2x3x3xf32> {
  %i = tosa.argmax %b {axis = 1 : i32} : (tensor<2x4x3xf32>) -> tensor<2x3xi32>
  %0 = tosa.gather %a, %i : (tensor<2x5x3xf32>, tensor<2x3xi32>) -> tensor<2x3x3xf32>
  return %0 : tensor<2x3x3xf32>
}

// CHECK-LABEL: func.func @resize
// CHECK:         qgraph.resize <bilinear> %{{.*}} {border = array<i64: 1, 2>, offset = array<i64: -1, 0>, scale = array<i64: 4, 2, 3, 1>} {{.*}} -> tensor<1x8x12x2xf32>
// CHECK:         qgraph.resize <nearest>
func.func @resize(%a: tensor<1x4x4x2xf32>) -> (tensor<1x8x12x2xf32>, tensor<1x8x12x2xf32>) {
  %scale = "tosa.const_shape"() <{values = dense<[4, 2, 3, 1]> : tensor<4xindex>}> : () -> !tosa.shape<4>
  %offset = "tosa.const_shape"() <{values = dense<[-1, 0]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  %border = "tosa.const_shape"() <{values = dense<[1, 2]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  %0 = tosa.resize %a, %scale, %offset, %border {mode = BILINEAR} : (tensor<1x4x4x2xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x8x12x2xf32>
  %1 = tosa.resize %a, %scale, %offset, %border {mode = NEAREST_NEIGHBOR} : (tensor<1x4x4x2xf32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x8x12x2xf32>
  return %0, %1 : tensor<1x8x12x2xf32>, tensor<1x8x12x2xf32>
}

// A network in NCHW: of the two transposes around each convolution only those
// at the network's ends remain.
// CHECK-LABEL: func.func @nchw
// CHECK:         qgraph.transpose %{{.*}} {permutation = array<i64: 0, 2, 3, 1>}
// CHECK-NOT:     qgraph.transpose %{{.*}} : (tensor<{{[0-9x]+}}xf32>)
// CHECK:         qgraph.conv2d
// CHECK:         qgraph.clamp
// CHECK:         qgraph.add {{.*}}tensor<1x4x5x3xf32>
// CHECK:         qgraph.conv2d
// CHECK:         qgraph.reduce <sum> %{{.*}} {axes = array<i64: 1, 2>}
// CHECK:         qgraph.reshape %{{.*}} : (tensor<1x1x1x3xf32>) -> tensor<1x3xf32>
// CHECK-NEXT:    return
func.func @nchw(%a: tensor<1x3x4x5xf32>) -> tensor<1x3xf32> {
  %w = "tosa.const"() <{values = dense<0.5> : tensor<3x1x1x3xf32>}> : () -> tensor<3x1x1x3xf32>
  %b = "tosa.const"() <{values = dense<1.0> : tensor<3xf32>}> : () -> tensor<3xf32>
  %c = "tosa.const"() <{values = dense<[[[[1.0]], [[2.0]], [[3.0]]]]> : tensor<1x3x1x1xf32>}> : () -> tensor<1x3x1x1xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %shape = "tosa.const_shape"() <{values = dense<[1, 3]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  %0 = tosa.transpose %a {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x3x4x5xf32>) -> tensor<1x4x5x3xf32>
  %1 = tosa.conv2d %0, %w, %b, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x5x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x5x3xf32>
  %2 = tosa.transpose %1 {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x5x3xf32>) -> tensor<1x3x4x5xf32>
  %3 = tosa.clamp %2 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x3x4x5xf32>) -> tensor<1x3x4x5xf32>
  %4 = tosa.add %3, %c : (tensor<1x3x4x5xf32>, tensor<1x3x1x1xf32>) -> tensor<1x3x4x5xf32>
  %5 = tosa.transpose %4 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x3x4x5xf32>) -> tensor<1x4x5x3xf32>
  %6 = tosa.conv2d %5, %w, %b, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x4x5x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x4x5x3xf32>
  %7 = tosa.transpose %6 {perms = array<i32: 0, 3, 1, 2>} : (tensor<1x4x5x3xf32>) -> tensor<1x3x4x5xf32>
  %8 = tosa.reduce_sum %7 {axis = 2 : i32} : (tensor<1x3x4x5xf32>) -> tensor<1x3x1x5xf32>
  %9 = tosa.reduce_sum %8 {axis = 3 : i32} : (tensor<1x3x1x5xf32>) -> tensor<1x3x1x1xf32>
  %10 = tosa.reshape %9, %shape : (tensor<1x3x1x1xf32>, !tosa.shape<2>) -> tensor<1x3xf32>
  return %10 : tensor<1x3xf32>
}

// Two transposes of different orders: what is added moves along.
// CHECK-LABEL: func.func @sinking
// CHECK-SAME:    %[[A:.*]]: tensor<2x3x5xf32>, %[[B:.*]]: tensor<2x3x5xf32>
// CHECK:         %[[SUM:.*]] = qgraph.add %[[A]], %[[B]]
// CHECK:         %[[CONCAT:.*]] = qgraph.concat %[[SUM]], %[[A]] {axis = 2 : i64}
// CHECK:         %[[PAD:.*]] = qgraph.pad %[[CONCAT]] {high = array<i64: 6, 4, 2>, low = array<i64: 5, 3, 1>
// CHECK:         %[[SLICE:.*]] = qgraph.slice %[[PAD]] {sizes = array<i64: 6, 4, 2>, starts = array<i64: 5, 3, 1>
// CHECK:         qgraph.transpose %[[SLICE]] {permutation = array<i64: 2, 1, 0>}
// CHECK-NEXT:    return
func.func @sinking(%a: tensor<2x3x5xf32>, %b: tensor<2x3x5xf32>) -> tensor<2x4x6xf32> {
  %padding = "tosa.const_shape"() <{values = dense<[1, 2, 3, 4, 5, 6]> : tensor<6xindex>}> : () -> !tosa.shape<6>
  %start = "tosa.const_shape"() <{values = dense<[1, 3, 5]> : tensor<3xindex>}> : () -> !tosa.shape<3>
  %size = "tosa.const_shape"() <{values = dense<[2, 4, 6]> : tensor<3xindex>}> : () -> !tosa.shape<3>
  %c = "tosa.const"() <{values = dense<2.5> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.transpose %a {perms = array<i32: 2, 1, 0>} : (tensor<2x3x5xf32>) -> tensor<5x3x2xf32>
  %1 = tosa.transpose %b {perms = array<i32: 2, 1, 0>} : (tensor<2x3x5xf32>) -> tensor<5x3x2xf32>
  %2 = tosa.add %0, %1 : (tensor<5x3x2xf32>, tensor<5x3x2xf32>) -> tensor<5x3x2xf32>
  %3 = tosa.concat %2, %0 {axis = 0 : i32} : (tensor<5x3x2xf32>, tensor<5x3x2xf32>) -> tensor<10x3x2xf32>
  %4 = tosa.pad %3, %padding, %c : (tensor<10x3x2xf32>, !tosa.shape<6>, tensor<1xf32>) -> tensor<13x10x13xf32>
  %5 = tosa.slice %4, %start, %size : (tensor<13x10x13xf32>, !tosa.shape<3>, !tosa.shape<3>) -> tensor<2x4x6xf32>
  return %5 : tensor<2x4x6xf32>
}

// CHECK-LABEL: func.func @reverse
// CHECK:         qgraph.gather %{{.*}} {axis = 1 : i64, indices = array<i64: 2, 1, 0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @reverse(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = tosa.reverse %a {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
