// Activation functions written as elementwise ops, and arithmetic that simpler
// ops can say.
// RUN: qcc-opt %s --qcc-raise-batch-norm --split-input-file | FileCheck %s

// x * 0.5 * (1 + erf(x / sqrt(2))), with a quotient.
// CHECK-LABEL: func.func @gelu
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT:    %[[Y:.*]] = qgraph.unary <gelu> %[[X]]
// CHECK-NEXT:    return %[[Y]]
func.func @gelu(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %root = qgraph.constant dense<1.4142135> : tensor<1x1xf32> -> tensor<1x1xf32>
  %one = qgraph.constant dense<1.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %half = qgraph.constant dense<0.5> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.div %x, %root : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <erf> %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.add %1, %one : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %3 = qgraph.mul %x, %2 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.mul %3, %half : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
}

// -----

// The half beside the sum.
// CHECK-LABEL: func.func @gelu_half_first
// CHECK-NEXT:    qgraph.unary <gelu>
// CHECK-NEXT:    return
func.func @gelu_half_first(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %root = qgraph.constant dense<0.70710677> : tensor<1x1xf32> -> tensor<1x1xf32>
  %one = qgraph.constant dense<1.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %half = qgraph.constant dense<0.5> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.mul %root, %x : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <erf> %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.add %one, %1 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.mul %half, %2 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.mul %3, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
}

// -----

// Another number than 1/2, and another argument of erf.
// CHECK-LABEL: func.func @no_gelu
// CHECK-NOT:     gelu
// CHECK:         return
func.func @no_gelu(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %root = qgraph.constant dense<0.70710677> : tensor<1x1xf32> -> tensor<1x1xf32>
  %one = qgraph.constant dense<1.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %half = qgraph.constant dense<0.5> : tensor<1x1xf32> -> tensor<1x1xf32>
  %third = qgraph.constant dense<0.333> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.mul %root, %x : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <erf> %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.add %one, %1 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.mul %third, %2 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.mul %3, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = qgraph.unary <erf> %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = qgraph.add %one, %5 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = qgraph.mul %half, %6 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %8 = qgraph.mul %7, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %4, %8 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))) with pow, and with
// x * (1 + 0.044715 x^2).
// CHECK-LABEL: func.func @gelu_tanh
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-DAG:     %[[A:.*]] = qgraph.unary <gelu_tanh> %[[X]]
// CHECK-DAG:     %[[B:.*]] = qgraph.unary <gelu_tanh> %[[X]]
// CHECK-NEXT:    return
func.func @gelu_tanh(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %three = qgraph.constant dense<3.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %a = qgraph.constant dense<0.044715> : tensor<1x1xf32> -> tensor<1x1xf32>
  %s = qgraph.constant dense<0.7978845> : tensor<1x1xf32> -> tensor<1x1xf32>
  %one = qgraph.constant dense<1.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %half = qgraph.constant dense<0.5> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.pow %x, %three : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %1 = qgraph.mul %0, %a : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %2 = qgraph.add %x, %1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.mul %2, %s : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %4 = qgraph.unary <tanh> %3 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = qgraph.add %4, %one : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %6 = qgraph.mul %x, %half : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %7 = qgraph.mul %6, %5 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %8 = qgraph.mul %x, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %9 = qgraph.mul %a, %8 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %10 = qgraph.add %9, %one : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %11 = qgraph.mul %x, %10 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %12 = qgraph.mul %11, %s : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %13 = qgraph.unary <tanh> %12 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %14 = qgraph.add %13, %one : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %15 = qgraph.mul %14, %6 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %7, %15 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @softplus
// CHECK-NEXT:    qgraph.unary <softplus>
// CHECK-NEXT:    return
func.func @softplus(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %one = qgraph.constant dense<1.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.unary <exp> %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.add %0, %one : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %2 = qgraph.unary <log> %1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

// A slope above 1 makes the minimum of it.
// CHECK-LABEL: func.func @leaky_relu
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK:         %[[Y:.*]] = qgraph.unary <leaky_relu> %[[X]] {alpha = 2.500000e-01 : f32}
// CHECK:         %[[STEEP:.*]] = qgraph.maximum %[[X]], %{{.*}}
// CHECK-NEXT:    return %[[Y]], %[[STEEP]]
func.func @leaky_relu(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %a = qgraph.constant dense<0.25> : tensor<1x1xf32> -> tensor<1x1xf32>
  %b = qgraph.constant dense<1.5> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.mul %x, %a : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %1 = qgraph.maximum %0, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.mul %b, %x : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.maximum %x, %2 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %3 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// Quotients with a constant; of two computed values one is kept.
// CHECK-LABEL: func.func @quotients
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<1x3xf32>
// CHECK-DAG:     %[[QUARTERS:.*]] = qgraph.constant dense<{{\[\[}}2.500000e-01, 5.000000e-01, -1.250000e-01]]>
// CHECK-DAG:     %[[A:.*]] = qgraph.mul %[[X]], %[[QUARTERS]]
// CHECK-DAG:     %[[B:.*]] = qgraph.unary <reciprocal> %[[X]]
// CHECK-DAG:     %[[C:.*]] = qgraph.mul %{{.*}}, %{{.*}} : (tensor<1x1xf32>, tensor<2x3xf32>)
// CHECK-DAG:     %[[D:.*]] = qgraph.div %[[X]], %[[Y]]
// CHECK:         return %[[A]], %[[B]], %[[C]], %[[D]]
func.func @quotients(%x: tensor<2x3xf32>, %y: tensor<1x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %c = qgraph.constant dense<[[4.0, 2.0, -8.0]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %one = qgraph.constant dense<1.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %two = qgraph.constant dense<2.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.div %x, %c : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.div %one, %x : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.div %two, %x : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.div %x, %y : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %0, %1, %2, %3 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @reciprocal_root
// CHECK-NEXT:    qgraph.unary <rsqrt>
// CHECK-NEXT:    return
func.func @reciprocal_root(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qgraph.unary <sqrt> %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <reciprocal> %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

// Quotients and powers of constants are constants.
// CHECK-LABEL: func.func @constants
// CHECK:         qgraph.constant dense<{{\[\[}}6.400000e+01, 9.000000e+00, 1.000000e+00]]>
func.func @constants(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %a = qgraph.constant dense<[[4.0, 3.0, 1.0]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %b = qgraph.constant dense<[[3.0, 2.0, 7.0]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %c = qgraph.constant dense<[[1.0, 1.0, 1.0]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %0 = qgraph.pow %a, %b : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  %1 = qgraph.div %0, %c : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  %2 = qgraph.maximum %x, %1 : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

// Along the last axis, with and without the maximum, as a product and as a
// quotient.
// CHECK-LABEL: func.func @softmax
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-DAG:     %[[A:.*]] = qgraph.softmax %[[X]] {axis = 1 : i64}
// CHECK-DAG:     %[[B:.*]] = qgraph.softmax %[[X]] {axis = 1 : i64}
// CHECK-NEXT:    return
func.func @softmax(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = qgraph.reduce <max> %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %1 = qgraph.sub %x, %0 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %2 = qgraph.unary <exp> %1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.reduce <sum> %2 {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %4 = qgraph.unary <reciprocal> %3 : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %5 = qgraph.mul %4, %2 : (tensor<2x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = qgraph.unary <exp> %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = qgraph.reduce <sum> %6 {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %8 = qgraph.div %6, %7 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  return %5, %8 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// The sum of something else, of another number of axes, and too many elements.
// CHECK-LABEL: func.func @no_softmax
// CHECK-NOT:     softmax
// CHECK:         return
func.func @no_softmax(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>, %z: tensor<65536xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<65536xf32>) {
  %0 = qgraph.unary <exp> %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.reduce <sum> %0 {axes = array<i64: 0, 1>} : (tensor<2x3xf32>) -> tensor<1x1xf32>
  %2 = qgraph.div %0, %1 : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %3 = qgraph.reduce <sum> %y {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %4 = qgraph.div %0, %3 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %5 = qgraph.unary <exp> %z : (tensor<65536xf32>) -> tensor<65536xf32>
  %6 = qgraph.reduce <sum> %5 {axes = array<i64: 0>} : (tensor<65536xf32>) -> tensor<1xf32>
  %7 = qgraph.div %5, %6 : (tensor<65536xf32>, tensor<1xf32>) -> tensor<65536xf32>
  return %2, %4, %7 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<65536xf32>
}

// -----

// Along another axis, with the maximum of each column taken out.
// CHECK-LABEL: func.func @softmax_of_columns
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-NEXT:    %[[T:.*]] = qgraph.transpose %[[X]]
// CHECK-NEXT:    %[[S:.*]] = qgraph.softmax %[[T]] {axis = 1 : i64} : (tensor<3x2xf32>)
// CHECK-NEXT:    %[[Y:.*]] = qgraph.transpose %[[S]]
// CHECK-NEXT:    return %[[Y]]
func.func @softmax_of_columns(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qgraph.reduce <max> %x {axes = array<i64: 0>} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  %1 = qgraph.sub %x, %0 : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.unary <exp> %1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.reduce <sum> %2 {axes = array<i64: 0>} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  %4 = qgraph.div %2, %3 : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
}

// -----

// An offset that is not the same along the axis counts.
// CHECK-LABEL: func.func @softmax_of_difference
// CHECK:         %[[D:.*]] = qgraph.sub
// CHECK-NEXT:    qgraph.softmax %[[D]]
func.func @softmax_of_difference(%x: tensor<2x3xf32>, %y: tensor<1x3xf32>) -> tensor<2x3xf32> {
  %1 = qgraph.sub %x, %y : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.unary <exp> %1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.reduce <sum> %2 {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %4 = qgraph.div %2, %3 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @softmax_axis
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x5xf32>
// CHECK-NEXT:    %[[T:.*]] = qgraph.transpose %[[X]] {permutation = array<i64: 2, 1, 0>} : (tensor<2x3x5xf32>) -> tensor<5x3x2xf32>
// CHECK-NEXT:    %[[S:.*]] = qgraph.softmax %[[T]] {axis = 2 : i64}
// CHECK-NEXT:    %[[Y:.*]] = qgraph.transpose %[[S]] {permutation = array<i64: 2, 1, 0>} : (tensor<5x3x2xf32>) -> tensor<2x3x5xf32>
// CHECK-NEXT:    return %[[Y]]
func.func @softmax_axis(%x: tensor<2x3x5xf32>) -> tensor<2x3x5xf32> {
  %0 = qgraph.softmax %x {axis = 0 : i64} : (tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  return %0 : tensor<2x3x5xf32>
}

// -----

// CHECK-LABEL: func.func @softmax_of_pixel
// CHECK-NEXT:    qgraph.reshape {{.*}} -> tensor<2x3xf32>
// CHECK-NEXT:    qgraph.softmax {{.*}} {axis = 1 : i64}
// CHECK-NEXT:    qgraph.reshape {{.*}} -> tensor<2x3x1x1xf32>
// CHECK-NEXT:    return
func.func @softmax_of_pixel(%x: tensor<2x3x1x1xf32>) -> tensor<2x3x1x1xf32> {
  %0 = qgraph.softmax %x {axis = 1 : i64} : (tensor<2x3x1x1xf32>) -> tensor<2x3x1x1xf32>
  return %0 : tensor<2x3x1x1xf32>
}

// -----

// CHECK-LABEL: func.func @log_softmax_axis
// CHECK:         qgraph.transpose
// CHECK-NEXT:    qgraph.softmax {{.*}} {axis = 1 : i64, log}
// CHECK-NEXT:    qgraph.transpose
func.func @log_softmax_axis(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qgraph.softmax %x {axis = 0 : i64, log} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// log(softmax(x)), (x - m) - log(sum(exp(x - m))), and with the maximum m added
// to the logarithm.
// CHECK-LABEL: func.func @log_softmax
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-DAG:     %[[A:.*]] = qgraph.softmax %[[X]] {axis = 1 : i64, log}
// CHECK-DAG:     %[[B:.*]] = qgraph.softmax %[[X]] {axis = 1 : i64, log}
// CHECK-DAG:     %[[C:.*]] = qgraph.softmax %[[X]] {axis = 1 : i64, log}
// CHECK-NEXT:    return
func.func @log_softmax(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = qgraph.softmax %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <log> %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.reduce <max> %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %3 = qgraph.sub %x, %2 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %4 = qgraph.unary <exp> %3 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = qgraph.reduce <sum> %4 {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %6 = qgraph.unary <log> %5 : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %7 = qgraph.sub %3, %6 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %8 = qgraph.add %6, %2 : (tensor<2x1xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  %9 = qgraph.sub %x, %8 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  return %1, %7, %9 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// Another offset within the power than before it.
// CHECK-LABEL: func.func @no_log_softmax
// CHECK-NOT:     softmax
// CHECK:         return
func.func @no_log_softmax(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %2 = qgraph.reduce <max> %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %n = qgraph.reduce <min> %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %3 = qgraph.sub %x, %2 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %4 = qgraph.unary <exp> %3 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = qgraph.reduce <sum> %4 {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %6 = qgraph.unary <log> %5 : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %7 = qgraph.sub %x, %6 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %8 = qgraph.add %6, %n : (tensor<2x1xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  %9 = qgraph.sub %x, %8 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  return %7, %9 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// x * sigmoid(1.702 x), and what is none: another x, two numbers.
// CHECK-LABEL: func.func @swish
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>, %[[Z:.*]]: tensor<2x3xf32>
// CHECK:         qgraph.unary <sigmoid>
// CHECK:         %[[Y:.*]] = qgraph.unary <silu> %[[X]] {alpha = 1.702000e+00 : f32}
// CHECK:         %[[B:.*]] = qgraph.mul %[[Z]]
// CHECK:         qgraph.unary <sigmoid>
// CHECK:         %[[C:.*]] = qgraph.mul %[[X]]
// CHECK:         return %[[Y]], %[[B]], %[[C]]
func.func @swish(%x: tensor<2x3xf32>, %z: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %c = qgraph.constant dense<1.702> : tensor<1x1xf32> -> tensor<1x1xf32>
  %d = qgraph.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %0 = qgraph.mul %c, %x : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <sigmoid> %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.mul %1, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.mul %z, %1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.mul %d, %x : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = qgraph.unary <sigmoid> %4 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = qgraph.mul %x, %5 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %2, %3, %6 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// x * (1/2 + erf(x / sqrt(2)) / 2), and tanh as a sigmoid.
// CHECK-LABEL: func.func @gelu_otherwise
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK-DAG:     qgraph.unary <gelu> %[[X]]
// CHECK-DAG:     qgraph.unary <gelu_tanh> %[[X]]
// CHECK-NEXT:    return
func.func @gelu_otherwise(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %root = qgraph.constant dense<0.70710677> : tensor<1x1xf32> -> tensor<1x1xf32>
  %half = qgraph.constant dense<0.5> : tensor<1x1xf32> -> tensor<1x1xf32>
  %a = qgraph.constant dense<0.044715> : tensor<1x1xf32> -> tensor<1x1xf32>
  %s = qgraph.constant dense<1.595769> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.mul %root, %x : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <erf> %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.mul %1, %half : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %3 = qgraph.add %2, %half : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %4 = qgraph.mul %x, %3 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = qgraph.mul %x, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = qgraph.mul %5, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = qgraph.mul %6, %a : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %8 = qgraph.add %x, %7 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %9 = qgraph.mul %8, %s : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %10 = qgraph.unary <sigmoid> %9 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %11 = qgraph.mul %10, %x : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %4, %11 : tensor<2x3xf32>, tensor<2x3xf32>
}
