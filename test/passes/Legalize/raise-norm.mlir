// Norms written as means, products and roots.
// RUN: qcc-opt %s --qcc-legalize-tosa --split-input-file | FileCheck %s

// As PyTorch exports it: Pow, Sqrt, Div, then weight and bias.
// CHECK-LABEL: func.func @pow_div
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x3xf32>
// CHECK-DAG:     %[[GAMMA:.*]] = qgraph.constant dense<[1.000000e+00, 2.000000e+00, -3.000000e+00]>
// CHECK-DAG:     %[[BETA:.*]] = qgraph.constant dense<[4.000000e+00, 5.000000e+00, 6.000000e+00]>
// CHECK:         %[[Y:.*]] = qgraph.layer_norm %[[X]], %[[GAMMA]], %[[BETA]] {axis = 2 : i64, epsilon = 9.99999974E-6 : f32}
// CHECK-NEXT:    return %[[Y]]
func.func @pow_div(%x: tensor<2x5x3xf32>) -> tensor<2x5x3xf32> {
  %two = qgraph.constant dense<2.0> : tensor<1x1x1xf32> -> tensor<1x1x1xf32>
  %eps = qgraph.constant dense<1.0e-5> : tensor<1x1x1xf32> -> tensor<1x1x1xf32>
  %gamma = qgraph.constant dense<[[[1.0, 2.0, -3.0]]]> : tensor<1x1x3xf32> -> tensor<1x1x3xf32>
  %beta = qgraph.constant dense<[[[4.0, 5.0, 6.0]]]> : tensor<1x1x3xf32> -> tensor<1x1x3xf32>
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 2>} : (tensor<2x5x3xf32>) -> tensor<2x5x1xf32>
  %1 = qgraph.sub %x, %0 : (tensor<2x5x3xf32>, tensor<2x5x1xf32>) -> tensor<2x5x3xf32>
  %2 = qgraph.pow %1, %two : (tensor<2x5x3xf32>, tensor<1x1x1xf32>) -> tensor<2x5x3xf32>
  %3 = qgraph.reduce <mean> %2 {axes = array<i64: 2>} : (tensor<2x5x3xf32>) -> tensor<2x5x1xf32>
  %4 = qgraph.add %3, %eps : (tensor<2x5x1xf32>, tensor<1x1x1xf32>) -> tensor<2x5x1xf32>
  %5 = qgraph.unary <sqrt> %4 : (tensor<2x5x1xf32>) -> tensor<2x5x1xf32>
  %6 = qgraph.div %1, %5 : (tensor<2x5x3xf32>, tensor<2x5x1xf32>) -> tensor<2x5x3xf32>
  %7 = qgraph.mul %6, %gamma : (tensor<2x5x3xf32>, tensor<1x1x3xf32>) -> tensor<2x5x3xf32>
  %8 = qgraph.add %7, %beta : (tensor<2x5x3xf32>, tensor<1x1x3xf32>) -> tensor<2x5x3xf32>
  return %8 : tensor<2x5x3xf32>
}

// -----

// As in TOSA, with sums and 1/n, rsqrt and no parameters; x - mean twice.
// CHECK-LABEL: func.func @tosa
// CHECK-SAME:    %[[X:.*]]: tensor<2x5x4xf32>
// CHECK-DAG:     %[[ONE:.*]] = qgraph.constant dense<1.000000e+00> : tensor<4xf32>
// CHECK-DAG:     %[[ZERO:.*]] = qgraph.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK:         qgraph.layer_norm %[[X]], %[[ONE]], %[[ZERO]] {axis = 2 : i64, epsilon = 1.000000e-03 : f32}
// CHECK-NEXT:    return
func.func @tosa(%x: tensor<2x5x4xf32>) -> tensor<2x5x4xf32> {
  %n = "tosa.const"() <{values = dense<0.25> : tensor<1x1x1xf32>}> : () -> tensor<1x1x1xf32>
  %eps = "tosa.const"() <{values = dense<0.001> : tensor<1x1x1xf32>}> : () -> tensor<1x1x1xf32>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.reduce_sum %x {axis = 2 : i32} : (tensor<2x5x4xf32>) -> tensor<2x5x1xf32>
  %1 = tosa.mul %n, %0, %shift : (tensor<1x1x1xf32>, tensor<2x5x1xf32>, tensor<1xi8>) -> tensor<2x5x1xf32>
  %2 = tosa.sub %x, %1 : (tensor<2x5x4xf32>, tensor<2x5x1xf32>) -> tensor<2x5x4xf32>
  %3 = tosa.sub %x, %1 : (tensor<2x5x4xf32>, tensor<2x5x1xf32>) -> tensor<2x5x4xf32>
  %4 = tosa.mul %2, %3, %shift : (tensor<2x5x4xf32>, tensor<2x5x4xf32>, tensor<1xi8>) -> tensor<2x5x4xf32>
  %5 = tosa.reduce_sum %4 {axis = 2 : i32} : (tensor<2x5x4xf32>) -> tensor<2x5x1xf32>
  %6 = tosa.mul %5, %n, %shift : (tensor<2x5x1xf32>, tensor<1x1x1xf32>, tensor<1xi8>) -> tensor<2x5x1xf32>
  %7 = tosa.add %eps, %6 : (tensor<1x1x1xf32>, tensor<2x5x1xf32>) -> tensor<2x5x1xf32>
  %8 = tosa.rsqrt %7 : (tensor<2x5x1xf32>) -> tensor<2x5x1xf32>
  %9 = tosa.mul %8, %3, %shift : (tensor<2x5x1xf32>, tensor<2x5x4xf32>, tensor<1xi8>) -> tensor<2x5x4xf32>
  return %9 : tensor<2x5x4xf32>
}

// -----

// Keras: x * scale + (beta - mean * scale) with scale = rsqrt(...) * gamma.
// CHECK-LABEL: func.func @scaled
// CHECK-SAME:    %[[X:.*]]: tensor<5x3xf32>
// CHECK-DAG:     %[[GAMMA:.*]] = qgraph.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]>
// CHECK-DAG:     %[[BETA:.*]] = qgraph.constant dense<[4.000000e+00, 5.000000e+00, 6.000000e+00]>
// CHECK:         qgraph.layer_norm %[[X]], %[[GAMMA]], %[[BETA]] {axis = 1 : i64, epsilon = 1.000000e-03 : f32}
// CHECK-NEXT:    return
func.func @scaled(%x: tensor<5x3xf32>) -> tensor<5x3xf32> {
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %gamma = qgraph.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %beta = qgraph.constant dense<[[4.0, 5.0, 6.0]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %1 = qgraph.sub %x, %0 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %2 = qgraph.mul %1, %1 : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %3 = qgraph.reduce <mean> %2 {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %4 = qgraph.add %3, %eps : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %5 = qgraph.unary <rsqrt> %4 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %6 = qgraph.mul %5, %gamma : (tensor<5x1xf32>, tensor<1x3xf32>) -> tensor<5x3xf32>
  %7 = qgraph.mul %x, %6 : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %8 = qgraph.mul %0, %6 : (tensor<5x1xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %9 = qgraph.sub %beta, %8 : (tensor<1x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %10 = qgraph.add %7, %9 : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  return %10 : tensor<5x3xf32>
}

// -----

// Flax: mean(x^2) - mean(x)^2, not below 0.
// CHECK-LABEL: func.func @difference_of_squares
// CHECK:         qgraph.layer_norm %{{.*}} {axis = 1 : i64, epsilon = 1.000000e-03 : f32}
// CHECK-NEXT:    return
func.func @difference_of_squares(%x: tensor<5x3xf32>) -> tensor<5x3xf32> {
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %zero = qgraph.constant dense<0.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %1 = qgraph.mul %x, %x : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %2 = qgraph.reduce <mean> %1 {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %3 = qgraph.mul %0, %0 : (tensor<5x1xf32>, tensor<5x1xf32>) -> tensor<5x1xf32>
  %4 = qgraph.sub %2, %3 : (tensor<5x1xf32>, tensor<5x1xf32>) -> tensor<5x1xf32>
  %5 = qgraph.maximum %4, %zero : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %6 = qgraph.add %5, %eps : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %7 = qgraph.unary <rsqrt> %6 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %8 = qgraph.sub %x, %0 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %9 = qgraph.mul %8, %7 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  return %9 : tensor<5x3xf32>
}

// -----

// Rows and columns of an image in NHWC, as in instance normalization: these
// axes come last, and a number per channel stays a product.
// CHECK-LABEL: func.func @instance
// CHECK-SAME:    %[[X:.*]]: tensor<1x4x5x2xf32>
// CHECK:         %[[T:.*]] = qgraph.transpose %[[X]] {permutation = array<i64: 0, 3, 1, 2>}
// CHECK:         %[[N:.*]] = qgraph.layer_norm %[[T]], {{.*}} {axis = 2 : i64
// CHECK-SAME:      (tensor<1x2x4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>)
// CHECK:         qgraph.mul %[[N]]
func.func @instance(%x: tensor<1x4x5x2xf32>) -> tensor<1x4x5x2xf32> {
  %eps = qgraph.constant dense<0.001> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  %gamma = qgraph.constant dense<[[[[1.0, 2.0]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1, 2>} : (tensor<1x4x5x2xf32>) -> tensor<1x1x1x2xf32>
  %1 = qgraph.sub %x, %0 : (tensor<1x4x5x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x4x5x2xf32>
  %2 = qgraph.mul %1, %1 : (tensor<1x4x5x2xf32>, tensor<1x4x5x2xf32>) -> tensor<1x4x5x2xf32>
  %3 = qgraph.reduce <mean> %2 {axes = array<i64: 1, 2>} : (tensor<1x4x5x2xf32>) -> tensor<1x1x1x2xf32>
  %4 = qgraph.add %3, %eps : (tensor<1x1x1x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x2xf32>
  %5 = qgraph.unary <rsqrt> %4 : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %6 = qgraph.mul %5, %gamma : (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %7 = qgraph.mul %1, %6 : (tensor<1x4x5x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x4x5x2xf32>
  return %7 : tensor<1x4x5x2xf32>
}

// -----

// CHECK-LABEL: func.func @rms
// CHECK-SAME:    %[[X:.*]]: tensor<5x3xf32>
// CHECK:         %[[GAMMA:.*]] = qgraph.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]>
// CHECK:         %[[Y:.*]] = qgraph.rms_norm %[[X]], %[[GAMMA]] {axis = 1 : i64, epsilon = 1.000000e-03 : f32}
// CHECK-NEXT:    return %[[Y]]
func.func @rms(%x: tensor<5x3xf32>) -> tensor<5x3xf32> {
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %gamma = qgraph.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %1 = qgraph.mul %x, %x : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %2 = qgraph.reduce <mean> %1 {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %3 = qgraph.add %2, %eps : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %4 = qgraph.unary <sqrt> %3 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %5 = qgraph.unary <reciprocal> %4 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %6 = qgraph.mul %x, %5 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %7 = qgraph.mul %gamma, %6 : (tensor<1x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  return %7 : tensor<5x3xf32>
}

// -----

// x / max(|x|, 1e-6): gamma is 1 / sqrt(4), epsilon (1e-6)^2 / 4.
// CHECK-LABEL: func.func @l2
// CHECK-SAME:    %[[X:.*]]: tensor<5x4xf32>
// CHECK:         %[[GAMMA:.*]] = qgraph.constant dense<5.000000e-01> : tensor<4xf32>
// CHECK:         qgraph.rms_norm %[[X]], %[[GAMMA]] {axis = 1 : i64, epsilon = 2.500000e-13 : f32}
// CHECK-NEXT:    return
func.func @l2(%x: tensor<5x4xf32>) -> tensor<5x4xf32> {
  %eps = qgraph.constant dense<1.0e-6> : tensor<1x1xf32> -> tensor<1x1xf32>
  %1 = qgraph.mul %x, %x : (tensor<5x4xf32>, tensor<5x4xf32>) -> tensor<5x4xf32>
  %2 = qgraph.reduce <sum> %1 {axes = array<i64: 1>} : (tensor<5x4xf32>) -> tensor<5x1xf32>
  %3 = qgraph.unary <sqrt> %2 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %4 = qgraph.maximum %3, %eps : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %5 = qgraph.tile %4 {multiples = array<i64: 1, 4>} : (tensor<5x1xf32>) -> tensor<5x4xf32>
  %6 = qgraph.div %x, %5 : (tensor<5x4xf32>, tensor<5x4xf32>) -> tensor<5x4xf32>
  return %6 : tensor<5x4xf32>
}

// -----

// Parts that others read, too, stay for them.
// CHECK-LABEL: func.func @other_users
// CHECK-SAME:    %[[X:.*]]: tensor<5x3xf32>
// CHECK:         %[[MEAN:.*]] = qgraph.reduce <mean> %[[X]]
// CHECK:         %[[REST:.*]] = qgraph.sub %[[X]], %[[MEAN]]
// CHECK:         %[[Y:.*]] = qgraph.layer_norm %[[X]]
// CHECK-NEXT:    return %[[MEAN]], %[[REST]], %[[Y]]
func.func @other_users(%x: tensor<5x3xf32>) -> (tensor<5x1xf32>, tensor<5x3xf32>, tensor<5x3xf32>) {
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %1 = qgraph.sub %x, %0 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %2 = qgraph.mul %1, %1 : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %3 = qgraph.reduce <mean> %2 {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %4 = qgraph.add %3, %eps : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %5 = qgraph.unary <rsqrt> %4 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %6 = qgraph.mul %1, %5 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  return %0, %1, %6 : tensor<5x1xf32>, tensor<5x3xf32>, tensor<5x3xf32>
}

// -----

// A factor that is computed stays a product.
// CHECK-LABEL: func.func @computed_gamma
// CHECK-SAME:    %[[X:.*]]: tensor<5x3xf32>, %[[GAMMA:.*]]: tensor<1x3xf32>
// CHECK:         %[[Y:.*]] = qgraph.layer_norm %[[X]]
// CHECK-NEXT:    %[[Z:.*]] = qgraph.mul %[[Y]], %[[GAMMA]]
// CHECK-NEXT:    return %[[Z]]
func.func @computed_gamma(%x: tensor<5x3xf32>, %gamma: tensor<1x3xf32>) -> tensor<5x3xf32> {
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %1 = qgraph.sub %x, %0 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %2 = qgraph.mul %1, %1 : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %3 = qgraph.reduce <mean> %2 {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %4 = qgraph.add %3, %eps : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %5 = qgraph.unary <rsqrt> %4 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %6 = qgraph.mul %1, %5 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %7 = qgraph.mul %6, %gamma : (tensor<5x3xf32>, tensor<1x3xf32>) -> tensor<5x3xf32>
  return %7 : tensor<5x3xf32>
}

// -----

// Mean and variance along different axes.
// CHECK-LABEL: func.func @other_axis
// CHECK-NOT:     layer_norm
// CHECK:         return
func.func @other_axis(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 0, 1>} : (tensor<3x3xf32>) -> tensor<1x1xf32>
  %1 = qgraph.sub %x, %0 : (tensor<3x3xf32>, tensor<1x1xf32>) -> tensor<3x3xf32>
  %m = qgraph.reduce <mean> %x {axes = array<i64: 1>} : (tensor<3x3xf32>) -> tensor<3x1xf32>
  %d = qgraph.sub %x, %m : (tensor<3x3xf32>, tensor<3x1xf32>) -> tensor<3x3xf32>
  %2 = qgraph.mul %d, %d : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  %3 = qgraph.reduce <mean> %2 {axes = array<i64: 1>} : (tensor<3x3xf32>) -> tensor<3x1xf32>
  %4 = qgraph.add %3, %eps : (tensor<3x1xf32>, tensor<1x1xf32>) -> tensor<3x1xf32>
  %5 = qgraph.unary <rsqrt> %4 : (tensor<3x1xf32>) -> tensor<3x1xf32>
  %6 = qgraph.mul %1, %5 : (tensor<3x3xf32>, tensor<3x1xf32>) -> tensor<3x3xf32>
  return %6 : tensor<3x3xf32>
}

// -----

// The epsilon beside the root, and below 0.
// CHECK-LABEL: func.func @epsilon_elsewhere
// CHECK-NOT:     layer_norm
// CHECK:         return
func.func @epsilon_elsewhere(%x: tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>) {
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %minus = qgraph.constant dense<-0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %1 = qgraph.sub %x, %0 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %2 = qgraph.mul %1, %1 : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %3 = qgraph.reduce <mean> %2 {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %4 = qgraph.unary <sqrt> %3 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %5 = qgraph.add %4, %eps : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %6 = qgraph.div %1, %5 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %7 = qgraph.add %3, %minus : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %8 = qgraph.unary <rsqrt> %7 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %9 = qgraph.mul %1, %8 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  return %6, %9 : tensor<5x3xf32>, tensor<5x3xf32>
}

// -----

// Not the tensor that was normalized: x * rsqrt(variance), and y / |x|.
// CHECK-LABEL: func.func @other_numerator
// CHECK-NOT:     _norm
// CHECK:         return
func.func @other_numerator(%x: tensor<5x3xf32>, %y: tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>) {
  %eps = qgraph.constant dense<0.001> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %1 = qgraph.sub %x, %0 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %2 = qgraph.mul %1, %1 : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %3 = qgraph.reduce <mean> %2 {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %4 = qgraph.add %3, %eps : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %5 = qgraph.unary <rsqrt> %4 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %6 = qgraph.mul %x, %5 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  %7 = qgraph.mul %x, %x : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %8 = qgraph.reduce <sum> %7 {axes = array<i64: 1>} : (tensor<5x3xf32>) -> tensor<5x1xf32>
  %9 = qgraph.unary <rsqrt> %8 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %10 = qgraph.mul %y, %9 : (tensor<5x3xf32>, tensor<5x1xf32>) -> tensor<5x3xf32>
  return %6, %10 : tensor<5x3xf32>, tensor<5x3xf32>
}

// -----

// A bound that inputs may be below: no addition can stand for it.
// CHECK-LABEL: func.func @large_bound
// CHECK-NOT:     rms_norm
// CHECK:         return
func.func @large_bound(%x: tensor<5x4xf32>) -> tensor<5x4xf32> {
  %eps = qgraph.constant dense<1.0> : tensor<1x1xf32> -> tensor<1x1xf32>
  %1 = qgraph.mul %x, %x : (tensor<5x4xf32>, tensor<5x4xf32>) -> tensor<5x4xf32>
  %2 = qgraph.reduce <sum> %1 {axes = array<i64: 1>} : (tensor<5x4xf32>) -> tensor<5x1xf32>
  %3 = qgraph.unary <sqrt> %2 : (tensor<5x1xf32>) -> tensor<5x1xf32>
  %4 = qgraph.maximum %3, %eps : (tensor<5x1xf32>, tensor<1x1xf32>) -> tensor<5x1xf32>
  %6 = qgraph.div %x, %4 : (tensor<5x4xf32>, tensor<5x1xf32>) -> tensor<5x4xf32>
  return %6 : tensor<5x4xf32>
}

// -----

// Parameters of norm ops that are computed become ops of their own.
// CHECK-LABEL: func.func @computed_parameters
// CHECK-SAME:    %[[X:.*]]: tensor<5x3xf32>, %[[P:.*]]: tensor<3xf32>
// CHECK-DAG:     %[[C:.*]] = qgraph.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]>
// CHECK-DAG:     %[[ZERO:.*]] = qgraph.constant dense<0.000000e+00>
// CHECK:         %[[Y:.*]] = qgraph.layer_norm %[[X]], %[[C]], %[[ZERO]]
// CHECK:         %[[W:.*]] = qgraph.add %[[Y]]
// CHECK:         %[[R:.*]] = qgraph.rms_norm %[[X]]
// CHECK:         %[[S:.*]] = qgraph.mul %[[R]]
// CHECK-NEXT:    return %[[W]], %[[S]]
func.func @computed_parameters(%x: tensor<5x3xf32>, %p: tensor<3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>) {
  %c = qgraph.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32> -> tensor<3xf32>
  %0 = qgraph.layer_norm %x, %c, %p {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<5x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<5x3xf32>
  %1 = qgraph.rms_norm %x, %p {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<5x3xf32>, tensor<3xf32>) -> tensor<5x3xf32>
  return %0, %1 : tensor<5x3xf32>, tensor<5x3xf32>
}
