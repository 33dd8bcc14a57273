// Ops that move codes (rule move-c1).
// RUN: qcc-opt %s --check-run-reference

// Three parts along the last axis.
func.func @concat() {
  %c0 = qint.constant dense<[[[-128, 70], [26, 127]]]> : tensor<1x2x2xi8> -> tensor<1x2x2xi8>
  %c1 = qint.constant dense<[[[-128, 36, -78], [-81, 95, 127]]]> : tensor<1x2x3xi8> -> tensor<1x2x3xi8>
  %c2 = qint.constant dense<[[[-128], [127]]]> : tensor<1x2x1xi8> -> tensor<1x2x1xi8>
  %r = qint.concat %c0, %c1, %c2 {axis = 2 : i64} : (tensor<1x2x2xi8>, tensor<1x2x3xi8>, tensor<1x2x1xi8>) -> tensor<1x2x6xi8>
  check.expect_eq %r, dense<[[[-128, 70, -128, 36, -78, -128], [26, 127, -81, 95, 127, 127]]]> : tensor<1x2x6xi8>
  return
}

// Starts, sizes and strides differ along every axis.
func.func @slice() {
  %c0 = qint.constant dense<[[[-32768, 14502, -19286, -3618], [-23128, -7984, -10465, -5258], [-1543, -30584, -10337, 22565], [-4374, 2776, -26027, -7372], [30788, 3147, -31442, 14525]], [[17684, -7769, -30676, 21668], [-16230, 27489, -8955, -7378], [19231, -23737, -30831, 17063], [27904, 32305, -24337, -23070], [-10573, 13937, 27013, 32767]]]> : tensor<2x5x4xi16> -> tensor<2x5x4xi16>
  %r = qint.slice %c0 {starts = array<i64: 1, 0, 1>, sizes = array<i64: 1, 3, 2>, strides = array<i64: 1, 2, 2>} : (tensor<2x5x4xi16>) -> tensor<1x3x2xi16>
  check.expect_eq %r, dense<[[[-7769, 21668], [-23737, 17063], [13937, 32767]]]> : tensor<1x3x2xi16>
  return
}

// Codes between neighbours; a negative number crops.
func.func @pad() {
  %c0 = qint.constant dense<[[-128, 107, -63], [-97, -17, 127]]> : tensor<2x3xi8> -> tensor<2x3xi8>
  %r = qint.pad %c0 {low = array<i64: 1, -1>, high = array<i64: 0, 2>, interior = array<i64: 1, 1>, value = -9 : i32} : (tensor<2x3xi8>) -> tensor<4x6xi8>
  check.expect_eq %r, dense<[[-9, -9, -9, -9, -9, -9], [-9, 107, -9, -63, -9, -9], [-9, -9, -9, -9, -9, -9], [-9, -17, -9, 127, -9, -9]]> : tensor<4x6xi8>
  return
}

// Row-major order stays.
func.func @reshape() {
  %c0 = qint.constant dense<[[0, 252, 27], [29, 45, 255]]> : tensor<2x3xui8> -> tensor<2x3xui8>
  %r = qint.reshape %c0 : (tensor<2x3xui8>) -> tensor<3x1x2xui8>
  check.expect_eq %r, dense<[[[0, 252]], [[27, 29]], [[45, 255]]]> : tensor<3x1x2xui8>
  return
}

// Out axis i is in axis permutation[i].
func.func @transpose() {
  %c0 = qint.constant dense<[[[-128, 19, 115, -14], [109, 64, 90, -80], [-12, 106, 64, -73]], [[88, 68, -91, -111], [-62, -7, -89, -120], [-100, -48, -29, 127]]]> : tensor<2x3x4xi8> -> tensor<2x3x4xi8>
  %r = qint.transpose %c0 {permutation = array<i64: 2, 0, 1>} : (tensor<2x3x4xi8>) -> tensor<4x2x3xi8>
  check.expect_eq %r, dense<[[[-128, 109, -12], [88, -62, -100]], [[19, 64, 106], [68, -7, -48]], [[115, 90, 64], [-91, -89, -29]], [[-14, -80, -73], [-111, -120, 127]]]> : tensor<4x2x3xi8>
  return
}

// Repetition along both axes.
func.func @tile() {
  %c0 = qint.constant dense<[[-128, 56, -65], [-12, 58, 127]]> : tensor<2x3xi8> -> tensor<2x3xi8>
  %r = qint.tile %c0 {multiples = array<i64: 2, 3>} : (tensor<2x3xi8>) -> tensor<4x9xi8>
  check.expect_eq %r, dense<[[-128, 56, -65, -128, 56, -65, -128, 56, -65], [-12, 58, 127, -12, 58, 127, -12, 58, 127], [-128, 56, -65, -128, 56, -65, -128, 56, -65], [-12, 58, 127, -12, 58, 127, -12, 58, 127]]> : tensor<4x9xi8>
  return
}

// Indices may repeat and come in any order.
func.func @gather() {
  %c0 = qint.constant dense<[[[-128, 126], [-54, 99], [-64, 106], [40, -65]], [[-113, -28], [62, -70], [3, -97], [-20, 127]]]> : tensor<2x4x2xi8> -> tensor<2x4x2xi8>
  %r = qint.gather %c0 {indices = array<i64: 3, 0, 3>, axis = 1 : i64} : (tensor<2x4x2xi8>) -> tensor<2x3x2xi8>
  check.expect_eq %r, dense<[[[40, -65], [-128, 126], [40, -65]], [[-20, 127], [-113, -28], [-20, 127]]]> : tensor<2x3x2xi8>
  return
}

// The body of a kernel runs on its operands.
func.func @kernel() {
  %x = qint.constant dense<[[-128, 127, 5]]> : tensor<1x3xi8> -> tensor<1x3xi8>
  %y = qint.constant dense<[[1, 2, 3]]> : tensor<1x3xi8> -> tensor<1x3xi8>
  %r = qint.kernel "k" (%x, %y) {
  ^bb0(%a: tensor<1x3xi8>, %b: tensor<1x3xi8>):
    %p = qint.mul %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32} : (tensor<1x3xi8>, tensor<1x3xi8>) -> tensor<1x3xi32>
    %q = qint.requantize %p {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<1x3xi32>) -> tensor<1x3xi8>
    qint.yield %q : tensor<1x3xi8>
  } : (tensor<1x3xi8>, tensor<1x3xi8>) -> tensor<1x3xi8>
  // Halves of 0, 127 and 10: 63.5 goes up.
  check.expect_eq %r, dense<[[0, 64, 5]]> : tensor<1x3xi8>
  return
}

// Indices of any value: they are clamped, and count from the end only if asked
// to (rule move-c2).
func.func @lookup() {
  %c0 = qint.constant dense<[[[-128, 126], [-54, 99], [127, -65]]]> : tensor<1x3x2xi8> -> tensor<1x3x2xi8>
  %c1 = qint.constant dense<[[1, 2, -1, 3], [0, -3, -2147483648, 2147483647]]> : tensor<2x4xi32> -> tensor<2x4xi32>
  %r = qint.lookup %c0, %c1 : (tensor<1x3x2xi8>, tensor<2x4xi32>) -> tensor<2x4x2xi8>
  check.expect_eq %r, dense<[[[-54, 99], [127, -65], [-128, 126], [127, -65]], [[-128, 126], [-128, 126], [-128, 126], [127, -65]]]> : tensor<2x4x2xi8>
  %w = qint.lookup %c0, %c1 {wraps} : (tensor<1x3x2xi8>, tensor<2x4xi32>) -> tensor<2x4x2xi8>
  check.expect_eq %w, dense<[[[-54, 99], [127, -65], [127, -65], [127, -65]], [[-128, 126], [-128, 126], [-128, 126], [127, -65]]]> : tensor<2x4x2xi8>
  return
}

// A table for every list of indices, and one list for all tables.
func.func @lookup_batches() {
  %c0 = qint.constant dense<[[[1], [2], [3]], [[4], [5], [6]]]> : tensor<2x3x1xi16> -> tensor<2x3x1xi16>
  %c1 = qint.constant dense<[[2, 0], [1, -1]]> : tensor<2x2xi32> -> tensor<2x2xi32>
  %c2 = qint.constant dense<[[2, -2]]> : tensor<1x2xi32> -> tensor<1x2xi32>
  %r = qint.lookup %c0, %c1 {wraps} : (tensor<2x3x1xi16>, tensor<2x2xi32>) -> tensor<2x2x1xi16>
  check.expect_eq %r, dense<[[[3], [1]], [[5], [6]]]> : tensor<2x2x1xi16>
  %s = qint.lookup %c0, %c2 {wraps} : (tensor<2x3x1xi16>, tensor<1x2xi32>) -> tensor<2x2x1xi16>
  check.expect_eq %s, dense<[[[3], [2]], [[6], [5]]]> : tensor<2x2x1xi16>
  return
}
