// Elementwise ops and reductions.
// RUN: qcc-opt %s --qcc-legalize-tosa | FileCheck %s

// CHECK-LABEL: func.func @binary
// CHECK-SAME:    %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<2x1xf32>
// CHECK:         %[[ADD:.*]] = qgraph.add %[[A]], %[[B]]
// CHECK:         %[[SUB:.*]] = qgraph.sub %[[B]], %[[ADD]]
// CHECK:         %[[MUL:.*]] = qgraph.mul %[[SUB]], %[[A]]
// CHECK:         %[[MAX:.*]] = qgraph.maximum %[[MUL]], %[[B]]
// CHECK:         qgraph.minimum %[[MAX]], %[[A]]
func.func @binary(%a: tensor<2x3xf32>, %b: tensor<2x1xf32>) -> tensor<2x3xf32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.add %a, %b : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %1 = tosa.sub %b, %0 : (tensor<2x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = tosa.mul %1, %a, %s : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<1xi8>) -> tensor<2x3xf32>
  %3 = tosa.maximum %2, %b : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %4 = tosa.minimum %3, %a : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @unary
// CHECK:         qgraph.unary <sigmoid>
// CHECK-NEXT:    qgraph.unary <tanh>
// CHECK-NEXT:    qgraph.unary <exp>
// CHECK-NEXT:    qgraph.unary <log>
// CHECK-NEXT:    qgraph.unary <rsqrt>
// CHECK-NEXT:    qgraph.unary <reciprocal>
// CHECK-NEXT:    qgraph.unary <abs>
// CHECK-NEXT:    qgraph.unary <erf>
// CHECK-NEXT:    qgraph.unary <negate>
// CHECK-NEXT:    qgraph.clamp %{{.*}} {max = 6.000000e+00 : f32, min = -1.000000e+00 : f32}
// CHECK-NEXT:    return
func.func @unary(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.sigmoid %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = tosa.tanh %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = tosa.exp %1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = tosa.log %2 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = tosa.rsqrt %3 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = tosa.reciprocal %4 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = tosa.abs %5 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = tosa.erf %6 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %8 = tosa.negate %7, %z, %z : (tensor<2x3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<2x3xf32>
  %9 = tosa.clamp %8 {min_val = -1.0 : f32, max_val = 6.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %10 = tosa.identity %9 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %11 = tosa.cast %10 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %11 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @reductions
// CHECK-SAME:    %[[A:.*]]: tensor<2x3x5xf32>
// CHECK-DAG:     qgraph.reduce <sum> %[[A]] {axes = array<i64: 1>}
// CHECK-DAG:     qgraph.reduce <max> %[[A]] {axes = array<i64: 0, 2>}
// CHECK-DAG:     qgraph.reduce <min> %[[A]] {axes = array<i64: 2>}
func.func @reductions(%a: tensor<2x3x5xf32>) -> (tensor<2x1x5xf32>, tensor<1x3x1xf32>, tensor<2x3x1xf32>) {
  %0 = tosa.reduce_sum %a {axis = 1 : i32} : (tensor<2x3x5xf32>) -> tensor<2x1x5xf32>
  %1 = tosa.reduce_max %a {axis = 2 : i32} : (tensor<2x3x5xf32>) -> tensor<2x3x1xf32>
  %2 = tosa.reduce_max %1 {axis = 0 : i32} : (tensor<2x3x1xf32>) -> tensor<1x3x1xf32>
  %3 = tosa.reduce_min %a {axis = 2 : i32} : (tensor<2x3x5xf32>) -> tensor<2x3x1xf32>
  return %0, %2, %3 : tensor<2x1x5xf32>, tensor<1x3x1xf32>, tensor<2x3x1xf32>
}

// The factor is 1/15 in f32.
// CHECK-LABEL: func.func @mean
// CHECK:         qgraph.reduce <mean> %{{.*}} {axes = array<i64: 1, 2>} : (tensor<2x3x5x7xf32>) -> tensor<2x1x1x7xf32>
// CHECK-NEXT:    return
func.func @mean(%a: tensor<2x3x5x7xf32>) -> tensor<2x1x1x7xf32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %c = "tosa.const"() <{values = dense<0.06666667> : tensor<1x1x1x1xf32>}> : () -> tensor<1x1x1x1xf32>
  %0 = tosa.reduce_sum %a {axis = 1 : i32} : (tensor<2x3x5x7xf32>) -> tensor<2x1x5x7xf32>
  %1 = tosa.reduce_sum %0 {axis = 2 : i32} : (tensor<2x1x5x7xf32>) -> tensor<2x1x1x7xf32>
  %2 = tosa.mul %c, %1, %s : (tensor<1x1x1x1xf32>, tensor<2x1x1x7xf32>, tensor<1xi8>) -> tensor<2x1x1x7xf32>
  return %2 : tensor<2x1x1x7xf32>
}

// The number of elements may be a constant to divide by, after a reshape.
// CHECK-LABEL: func.func @mean_reshaped
// CHECK:         %[[MEAN:.*]] = qgraph.reduce <mean> %{{.*}} {axes = array<i64: 1>}
// CHECK-NEXT:    qgraph.reshape %[[MEAN]]
// CHECK-NEXT:    return
func.func @mean_reshaped(%a: tensor<2x3x7xf32>) -> tensor<2x7xf32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %n = "tosa.const"() <{values = dense<3.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %d = "tosa.const_shape"() <{values = dense<[2, 7]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  %0 = tosa.reduce_sum %a {axis = 1 : i32} : (tensor<2x3x7xf32>) -> tensor<2x1x7xf32>
  %1 = tosa.reshape %0, %d : (tensor<2x1x7xf32>, !tosa.shape<2>) -> tensor<2x7xf32>
  %2 = tosa.reciprocal %n : (tensor<1x1xf32>) -> tensor<1x1xf32>
  %3 = tosa.mul %1, %2, %s : (tensor<2x7xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x7xf32>
  return %3 : tensor<2x7xf32>
}

// 1/4 is no mean of 3 elements.
// CHECK-LABEL: func.func @no_mean
// CHECK:         qgraph.reduce <sum>
// CHECK-NOT:     mean
func.func @no_mean(%a: tensor<2x3x7xf32>) -> tensor<2x1x7xf32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %c = "tosa.const"() <{values = dense<0.25> : tensor<1x1x1xf32>}> : () -> tensor<1x1x1xf32>
  %0 = tosa.reduce_sum %a {axis = 1 : i32} : (tensor<2x3x7xf32>) -> tensor<2x1x7xf32>
  %1 = tosa.mul %0, %c, %s : (tensor<2x1x7xf32>, tensor<1x1x1xf32>, tensor<1xi8>) -> tensor<2x1x7xf32>
  return %1 : tensor<2x1x7xf32>
}

// CHECK-LABEL: func.func @argmax
// CHECK:         qgraph.argmax %{{.*}} {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2xi32>
func.func @argmax(%a: tensor<2x3xf32>) -> tensor<2xi32> {
  %0 = tosa.argmax %a {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// CHECK-LABEL: func.func @long_indices
// CHECK-SAME:    -> tensor<2x1xi32>
// CHECK:         %[[I:.*]] = qgraph.argmax %{{.*}} {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2xi32>
// CHECK-NEXT:    %[[R:.*]] = qgraph.reshape %[[I]] : (tensor<2xi32>) -> tensor<2x1xi32>
// CHECK-NEXT:    return %[[R]] : tensor<2x1xi32>
func.func @long_indices(%a: tensor<2x3xf32>) -> tensor<2x1xi64> {
  %s = tosa.const_shape {values = dense<[2, 1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.argmax %a {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2xi64>
  %1 = tosa.reshape %0, %s : (tensor<2xi64>, !tosa.shape<2>) -> tensor<2x1xi64>
  return %1 : tensor<2x1xi64>
}

// Indices may be moved; the transpose sinks.
// CHECK-LABEL: func.func @moved_indices
// CHECK:         qgraph.slice %{{.*}} : (tensor<2x3xi32>) -> tensor<2x1xi32>
// CHECK:         qgraph.concat %{{.*}} : (tensor<2x1xi32>, tensor<2x1xi32>) -> tensor<4x1xi32>
// CHECK:         qgraph.transpose %{{.*}} : (tensor<4x1xi32>) -> tensor<1x4xi32>
func.func @moved_indices(%a: tensor<2x3x5xf32>) -> tensor<1x4xi32> {
  %b = tosa.const_shape {values = dense<[2, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %n = tosa.const_shape {values = dense<[1, 2]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %0 = tosa.argmax %a {axis = 2 : i32} : (tensor<2x3x5xf32>) -> tensor<2x3xi32>
  %1 = tosa.transpose %0 {perms = array<i32: 1, 0>} : (tensor<2x3xi32>) -> tensor<3x2xi32>
  %2 = tosa.slice %1, %b, %n : (tensor<3x2xi32>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x2xi32>
  %3 = tosa.concat %2, %2 {axis = 1 : i32} : (tensor<1x2xi32>, tensor<1x2xi32>) -> tensor<1x4xi32>
  return %3 : tensor<1x4xi32>
}

// CHECK-LABEL: func.func @functions
// CHECK:         qgraph.unary <sin>
// CHECK-NEXT:    qgraph.unary <cos>
// CHECK-NEXT:    qgraph.unary <floor>
// CHECK-NEXT:    qgraph.unary <ceil>
// CHECK-NEXT:    return
func.func @functions(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = tosa.sin %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = tosa.cos %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = tosa.floor %1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = tosa.ceil %2 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @computed_power
// CHECK-SAME:    %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<1x3xf32>
// CHECK-NEXT:    qgraph.pow %[[A]], %[[B]] : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
func.func @computed_power(%a: tensor<2x3xf32>, %b: tensor<1x3xf32>) -> tensor<2x3xf32> {
  %0 = tosa.pow %a, %b : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// Powers with a few exponents are simpler ops; others stay.
// CHECK-LABEL: func.func @powers
// CHECK-SAME:    %[[X:.*]]: tensor<2xf32>
// CHECK:         %[[SQUARE:.*]] = qgraph.mul %[[X]], %[[X]]
// CHECK:         %[[A:.*]] = qgraph.mul %[[X]], %[[X]]
// CHECK:         %[[CUBE:.*]] = qgraph.mul %[[A]], %[[X]]
// CHECK:         %[[ROOT:.*]] = qgraph.unary <sqrt> %[[X]]
// CHECK:         %[[INVERSE:.*]] = qgraph.unary <reciprocal> %[[X]]
// CHECK:         %[[RSQRT:.*]] = qgraph.unary <rsqrt> %[[X]]
// CHECK:         %[[OTHER:.*]] = qgraph.pow %[[X]]
// CHECK:         return %[[X]], %[[SQUARE]], %[[CUBE]], %[[ROOT]], %[[INVERSE]], %[[RSQRT]], %[[OTHER]]
func.func @powers(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %c1 = "tosa.const"() <{values = dense<1.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %c2 = "tosa.const"() <{values = dense<2.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %c3 = "tosa.const"() <{values = dense<3.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %c4 = "tosa.const"() <{values = dense<0.5> : tensor<1xf32>}> : () -> tensor<1xf32>
  %c5 = "tosa.const"() <{values = dense<-1.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %c6 = "tosa.const"() <{values = dense<-0.5> : tensor<1xf32>}> : () -> tensor<1xf32>
  %c7 = "tosa.const"() <{values = dense<1.5> : tensor<1xf32>}> : () -> tensor<1xf32>
  %1 = tosa.pow %x, %c1 : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %2 = tosa.pow %x, %c2 : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %3 = tosa.pow %x, %c3 : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %4 = tosa.pow %x, %c4 : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %5 = tosa.pow %x, %c5 : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %6 = tosa.pow %x, %c6 : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  %7 = tosa.pow %x, %c7 : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  return %1, %2, %3, %4, %5, %6, %7 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// CHECK-LABEL: func.func @select_by_constant
// CHECK-SAME:    %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<1x3xf32>
// CHECK:         qgraph.select %[[A]], %[[B]] {condition = dense<{{\[\[}}true], [false]]> : tensor<2x1xi1>} : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
func.func @select_by_constant(%a: tensor<2x3xf32>, %b: tensor<1x3xf32>) -> tensor<2x3xf32> {
  %c = "tosa.const"() <{values = dense<[[true], [false]]> : tensor<2x1xi1>}> : () -> tensor<2x1xi1>
  %0 = tosa.select %c, %a, %b : (tensor<2x1xi1>, tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// A condition that is the same everywhere; of a narrower operand it is kept.
// CHECK-LABEL: func.func @select_all
// CHECK-SAME:    %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<1x3xf32>
// CHECK:         %[[WIDE:.*]] = qgraph.select %[[A]], %[[B]]
// CHECK-NEXT:    return %[[A]], %[[WIDE]]
func.func @select_all(%a: tensor<2x3xf32>, %b: tensor<1x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %t = "tosa.const"() <{values = dense<true> : tensor<1x1xi1>}> : () -> tensor<1x1xi1>
  %f = "tosa.const"() <{values = dense<false> : tensor<1x1xi1>}> : () -> tensor<1x1xi1>
  %0 = tosa.select %t, %a, %b : (tensor<1x1xi1>, tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  %1 = tosa.select %f, %a, %b : (tensor<1x1xi1>, tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xf32>
}

// Leaky ReLU, as x >= 0 ? x : 0.25 * x and as 0 > x ? slopes * x : x.
// CHECK-LABEL: func.func @leaky
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK:         %[[Y:.*]] = qgraph.unary <leaky_relu> %[[X]] {alpha = 2.500000e-01 : f32}
// CHECK:         %[[B:.*]] = qgraph.mul %{{.*}}, %[[Y]]
// CHECK:         qgraph.maximum %[[Y]], %[[B]]
func.func @leaky(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %c = "tosa.const"() <{values = dense<0.25> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %d = "tosa.const"() <{values = dense<[[0.5, 1.0, 0.0]]> : tensor<1x3xf32>}> : () -> tensor<1x3xf32>
  %0 = tosa.mul %x, %c, %s : (tensor<2x3xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x3xf32>
  %1 = tosa.greater_equal %x, %z : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xi1>
  %2 = tosa.select %1, %x, %0 : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = tosa.mul %d, %2, %s : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<1xi8>) -> tensor<2x3xf32>
  %4 = tosa.greater %z, %2 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
  %5 = tosa.select %4, %3, %2 : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}

// A slope above 1 makes no difference when there is one.
// CHECK-LABEL: func.func @steep
// CHECK:         qgraph.unary <leaky_relu> %{{.*}} {alpha = 2.000000e+00 : f32}
func.func @steep(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %c = "tosa.const"() <{values = dense<2.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %0 = tosa.mul %x, %c, %s : (tensor<2x3xf32>, tensor<1x1xf32>, tensor<1xi8>) -> tensor<2x3xf32>
  %1 = tosa.greater %x, %z : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xi1>
  %2 = tosa.select %1, %x, %0 : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// ReLU.
// CHECK-LABEL: func.func @select_relu
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK:         %[[ZERO:.*]] = qgraph.constant dense<0.000000e+00>
// CHECK:         qgraph.maximum %[[X]], %[[ZERO]]
func.func @select_relu(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %1 = tosa.greater %x, %z : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xi1>
  %2 = tosa.select %1, %x, %z : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// Constants of upstream's other dialect, and a resource, which becomes dense.
// CHECK-LABEL: func.func @constants
// CHECK-DAG:     qgraph.constant dense<[1.500000e+00, 2.500000e+00]> : tensor<2xf32>
// CHECK-DAG:     qgraph.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
func.func @constants(%a: tensor<2xf32>) -> tensor<2xf32> {
  %c = arith.constant dense<[1.5, 2.5]> : tensor<2xf32>
  %r = "tosa.const"() <{values = dense_resource<two> : tensor<2xf32>}> : () -> tensor<2xf32>
  %0 = tosa.add %a, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = tosa.add %0, %r : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// Ranges that the network states are kept.
// CHECK-LABEL: func.func @range_hint
// CHECK:         %[[Q:.*]] = quant.qcast %{{.*}} : tensor<2xf32> to tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK:         %[[D:.*]] = quant.dcast %[[Q]]
// CHECK:         qgraph.unary <abs> %[[D]]
func.func @range_hint(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = quant.qcast %a : tensor<2xf32> to tensor<2x!quant.uniform<i8:f32, 0.5>>
  %1 = quant.dcast %0 : tensor<2x!quant.uniform<i8:f32, 0.5>> to tensor<2xf32>
  %2 = tosa.abs %1 : (tensor<2xf32>) -> tensor<2xf32>
  return %2 : tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      two: "0x040000000000803F00000040"
    }
  }
#-}
