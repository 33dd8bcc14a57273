// Elementwise ops on edges and ties; expected values are exact fractions.
// RUN: qcc-opt %s --check-run-reference

// Halves of sums; rounding single.
func.func @add_single() {
  %c0 = qint.constant dense<[[-128, -3, -1, 0, 1, 3, 127]]> : tensor<1x7xi8> -> tensor<1x7xi8>
  %c1 = qint.constant dense<[[-128, 0, 0, 0, 0, 0, 127]]> : tensor<1x7xi8> -> tensor<1x7xi8>
  %r = qint.add %c0, %c1 {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 1 : i32, rhs_multiplier = 1 : i32, shift = 1 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x7xi8>, tensor<1x7xi8>) -> tensor<1x7xi8>
  check.expect_eq %r, dense<[[-128, -1, 0, 0, 1, 2, 127]]> : tensor<1x7xi8>
  return
}

// Halves of sums; rounding double.
func.func @add_double() {
  %c0 = qint.constant dense<[[-128, -3, -1, 0, 1, 3, 127]]> : tensor<1x7xi8> -> tensor<1x7xi8>
  %c1 = qint.constant dense<[[-128, 0, 0, 0, 0, 0, 127]]> : tensor<1x7xi8> -> tensor<1x7xi8>
  %r = qint.add %c0, %c1 {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 1 : i32, rhs_multiplier = 1 : i32, shift = 1 : i32, rounding = #qint.rounding<double>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x7xi8>, tensor<1x7xi8>) -> tensor<1x7xi8>
  check.expect_eq %r, dense<[[-128, -2, -1, 0, 1, 2, 127]]> : tensor<1x7xi8>
  return
}

// Halves of sums; rounding even.
func.func @add_even() {
  %c0 = qint.constant dense<[[-128, -3, -1, 0, 1, 3, 127]]> : tensor<1x7xi8> -> tensor<1x7xi8>
  %c1 = qint.constant dense<[[-128, 0, 0, 0, 0, 0, 127]]> : tensor<1x7xi8> -> tensor<1x7xi8>
  %r = qint.add %c0, %c1 {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 1 : i32, rhs_multiplier = 1 : i32, shift = 1 : i32, rounding = #qint.rounding<even>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x7xi8>, tensor<1x7xi8>) -> tensor<1x7xi8>
  check.expect_eq %r, dense<[[-128, -2, 0, 0, 0, 2, 127]]> : tensor<1x7xi8>
  return
}

// Halves of sums; rounding away.
func.func @add_away() {
  %c0 = qint.constant dense<[[-128, -3, -1, 0, 1, 3, 127]]> : tensor<1x7xi8> -> tensor<1x7xi8>
  %c1 = qint.constant dense<[[-128, 0, 0, 0, 0, 0, 127]]> : tensor<1x7xi8> -> tensor<1x7xi8>
  %r = qint.add %c0, %c1 {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 1 : i32, rhs_multiplier = 1 : i32, shift = 1 : i32, rounding = #qint.rounding<away>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x7xi8>, tensor<1x7xi8>) -> tensor<1x7xi8>
  check.expect_eq %r, dense<[[-128, -2, -1, 0, 1, 2, 127]]> : tensor<1x7xi8>
  return
}

// Different zero points, types and scales.
func.func @add_scaled() {
  %c0 = qint.constant dense<[[[-128, -9, 117], [102, 90, 127]]]> : tensor<1x2x3xi8> -> tensor<1x2x3xi8>
  %c1 = qint.constant dense<[[[0, 148, 86], [215, 81, 255]]]> : tensor<1x2x3xui8> -> tensor<1x2x3xui8>
  %r = qint.add %c0, %c1 {lhs_zero_point = -10 : i32, rhs_zero_point = 128 : i32, lhs_multiplier = 3000000 : i32, rhs_multiplier = 2500000 : i32, shift = 22 : i32, rounding = #qint.rounding<single>, zero_point = 5 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x2x3xi8>, tensor<1x2x3xui8>) -> tensor<1x2x3xi8>
  check.expect_eq %r, dense<[[[-128, 18, 71], [127, 49, 127]]]> : tensor<1x2x3xi8>
  return
}

// A negative multiplier subtracts; axes of size 1 are broadcast both ways.
func.func @sub_broadcast() {
  %c0 = qint.constant dense<[[[-128, -51, 32]], [[-96, 76, 127]]]> : tensor<2x1x3xi8> -> tensor<2x1x3xi8>
  %c1 = qint.constant dense<[[[-128], [127]]]> : tensor<1x2x1xi8> -> tensor<1x2x1xi8>
  %r = qint.add %c0, %c1 {lhs_zero_point = 4 : i32, rhs_zero_point = -3 : i32, lhs_multiplier = 65536 : i32, rhs_multiplier = -98304 : i32, shift = 17 : i32, rounding = #qint.rounding<single>, zero_point = -2 : i32, min = -100 : i32, max = 90 : i32} : (tensor<2x1x3xi8>, tensor<1x2x1xi8>) -> tensor<2x2x3xi8>
  check.expect_eq %r, dense<[[[26, 64, 90], [-100, -100, -85]], [[42, 90, 90], [-100, -63, -38]]]> : tensor<2x2x3xi8>
  return
}

// 16-bit codes.
func.func @add_i16() {
  %c0 = qint.constant dense<[[-32768, -4223, 19472, 32767]]> : tensor<1x4xi16> -> tensor<1x4xi16>
  %c1 = qint.constant dense<[[-32768, 21529, 17488, 32767]]> : tensor<1x4xi16> -> tensor<1x4xi16>
  %r = qint.add %c0, %c1 {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 16000 : i32, rhs_multiplier = 16000 : i32, shift = 15 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -32768 : i32, max = 32767 : i32} : (tensor<1x4xi16>, tensor<1x4xi16>) -> tensor<1x4xi16>
  check.expect_eq %r, dense<[[-32000, 8450, 18047, 31999]]> : tensor<1x4xi16>
  return
}

// Products less the zero points are not rescaled.
func.func @mul_broadcast() {
  %c0 = qint.constant dense<[[[-128, -1]], [[-78, 127]]]> : tensor<2x1x2xi8> -> tensor<2x1x2xi8>
  %c1 = qint.constant dense<[[[0, 98], [163, 67], [155, 255]]]> : tensor<1x3x2xui8> -> tensor<1x3x2xui8>
  %r = qint.mul %c0, %c1 {lhs_zero_point = -3 : i32, rhs_zero_point = 5 : i32} : (tensor<2x1x2xi8>, tensor<1x3x2xui8>) -> tensor<2x3x2xi32>
  check.expect_eq %r, dense<[[[625, 186], [-19750, 124], [-18750, 500]], [[375, 12090], [-11850, 8060], [-11250, 32500]]]> : tensor<2x3x2xi32>
  return
}

// Codes compare as signed numbers.
func.func @maximum() {
  %c0 = qint.constant dense<[[-128, 127, 5]]> : tensor<1x3xi8> -> tensor<1x3xi8>
  %c1 = qint.constant dense<[[4]]> : tensor<1x1xi8> -> tensor<1x1xi8>
  %r = qint.maximum %c0, %c1 : (tensor<1x3xi8>, tensor<1x1xi8>) -> tensor<1x3xi8>
  check.expect_eq %r, dense<[[4, 127, 5]]> : tensor<1x3xi8>
  return
}

// Codes compare as signed numbers.
func.func @minimum() {
  %c0 = qint.constant dense<[[-128, 127, 5]]> : tensor<1x3xi8> -> tensor<1x3xi8>
  %c1 = qint.constant dense<[[4]]> : tensor<1x1xi8> -> tensor<1x1xi8>
  %r = qint.minimum %c0, %c1 : (tensor<1x3xi8>, tensor<1x1xi8>) -> tensor<1x3xi8>
  check.expect_eq %r, dense<[[-128, 4, 4]]> : tensor<1x3xi8>
  return
}

// Codes of ui8 compare as unsigned numbers.
func.func @maximum_ui8() {
  %c0 = qint.constant dense<[[0, 127, 128, 255]]> : tensor<1x4xui8> -> tensor<1x4xui8>
  %c1 = qint.constant dense<[[127, 128, 127, 0]]> : tensor<1x4xui8> -> tensor<1x4xui8>
  %r = qint.maximum %c0, %c1 : (tensor<1x4xui8>, tensor<1x4xui8>) -> tensor<1x4xui8>
  check.expect_eq %r, dense<[[127, 128, 128, 255]]> : tensor<1x4xui8>
  return
}

// Both bounds are reached.
func.func @clamp() {
  %c0 = qint.constant dense<[-128, -101, -100, -99, 0, 99, 100, 127]> : tensor<8xi8> -> tensor<8xi8>
  %r = qint.clamp %c0 {min = -100 : i32, max = 99 : i32} : (tensor<8xi8>) -> tensor<8xi8>
  check.expect_eq %r, dense<[-100, -100, -100, -99, 0, 99, 99, 99]> : tensor<8xi8>
  return
}

// Entry 0 belongs to code -128.
func.func @table_i8() {
  %c0 = qint.constant dense<[-128, -127, -1, 0, 1, 127]> : tensor<6xi8> -> tensor<6xi8>
  %c1 = qint.constant dense<[-117, -80, -43, -6, 31, 68, 105, -114, -77, -40, -3, 34, 71, 108, -111, -74, -37, 0, 37, 74, 111, -108, -71, -34, 3, 40, 77, 114, -105, -68, -31, 6, 43, 80, 117, -102, -65, -28, 9, 46, 83, 120, -99, -62, -25, 12, 49, 86, 123, -96, -59, -22, 15, 52, 89, 126, -93, -56, -19, 18, 55, 92, -127, -90, -53, -16, 21, 58, 95, -124, -87, -50, -13, 24, 61, 98, -121, -84, -47, -10, 27, 64, 101, -118, -81, -44, -7, 30, 67, 104, -115, -78, -41, -4, 33, 70, 107, -112, -75, -38, -1, 36, 73, 110, -109, -72, -35, 2, 39, 76, 113, -106, -69, -32, 5, 42, 79, 116, -103, -66, -29, 8, 45, 82, 119, -100, -63, -26, 11, 48, 85, 122, -97, -60, -23, 14, 51, 88, 125, -94, -57, -20, 17, 54, 91, -128, -91, -54, -17, 20, 57, 94, -125, -88, -51, -14, 23, 60, 97, -122, -85, -48, -11, 26, 63, 100, -119, -82, -45, -8, 29, 66, 103, -116, -79, -42, -5, 32, 69, 106, -113, -76, -39, -2, 35, 72, 109, -110, -73, -36, 1, 38, 75, 112, -107, -70, -33, 4, 41, 78, 115, -104, -67, -30, 7, 44, 81, 118, -101, -64, -27, 10, 47, 84, 121, -98, -61, -24, 13, 50, 87, 124, -95, -58, -21, 16, 53, 90, 127, -92, -55, -18, 19, 56, 93, -126, -89, -52, -15, 22, 59, 96, -123, -86, -49, -12, 25, 62, 99, -120, -83, -46, -9, 28, 65, 102]> : tensor<256xi8> -> tensor<256xi8>
  %r = qint.table %c0, %c1 : (tensor<6xi8>, tensor<256xi8>) -> tensor<6xi8>
  check.expect_eq %r, dense<[-117, -80, -26, 11, 48, 102]> : tensor<6xi8>
  return
}

// Entry 0 belongs to code 0; entries of 16 bits.
func.func @table_ui8() {
  %c0 = qint.constant dense<[0, 1, 127, 128, 255]> : tensor<5xui8> -> tensor<5xui8>
  %c1 = qint.constant dense<[-32768, -32511, -32254, -31997, -31740, -31483, -31226, -30969, -30712, -30455, -30198, -29941, -29684, -29427, -29170, -28913, -28656, -28399, -28142, -27885, -27628, -27371, -27114, -26857, -26600, -26343, -26086, -25829, -25572, -25315, -25058, -24801, -24544, -24287, -24030, -23773, -23516, -23259, -23002, -22745, -22488, -22231, -21974, -21717, -21460, -21203, -20946, -20689, -20432, -20175, -19918, -19661, -19404, -19147, -18890, -18633, -18376, -18119, -17862, -17605, -17348, -17091, -16834, -16577, -16320, -16063, -15806, -15549, -15292, -15035, -14778, -14521, -14264, -14007, -13750, -13493, -13236, -12979, -12722, -12465, -12208, -11951, -11694, -11437, -11180, -10923, -10666, -10409, -10152, -9895, -9638, -9381, -9124, -8867, -8610, -8353, -8096, -7839, -7582, -7325, -7068, -6811, -6554, -6297, -6040, -5783, -5526, -5269, -5012, -4755, -4498, -4241, -3984, -3727, -3470, -3213, -2956, -2699, -2442, -2185, -1928, -1671, -1414, -1157, -900, -643, -386, -129, 128, 385, 642, 899, 1156, 1413, 1670, 1927, 2184, 2441, 2698, 2955, 3212, 3469, 3726, 3983, 4240, 4497, 4754, 5011, 5268, 5525, 5782, 6039, 6296, 6553, 6810, 7067, 7324, 7581, 7838, 8095, 8352, 8609, 8866, 9123, 9380, 9637, 9894, 10151, 10408, 10665, 10922, 11179, 11436, 11693, 11950, 12207, 12464, 12721, 12978, 13235, 13492, 13749, 14006, 14263, 14520, 14777, 15034, 15291, 15548, 15805, 16062, 16319, 16576, 16833, 17090, 17347, 17604, 17861, 18118, 18375, 18632, 18889, 19146, 19403, 19660, 19917, 20174, 20431, 20688, 20945, 21202, 21459, 21716, 21973, 22230, 22487, 22744, 23001, 23258, 23515, 23772, 24029, 24286, 24543, 24800, 25057, 25314, 25571, 25828, 26085, 26342, 26599, 26856, 27113, 27370, 27627, 27884, 28141, 28398, 28655, 28912, 29169, 29426, 29683, 29940, 30197, 30454, 30711, 30968, 31225, 31482, 31739, 31996, 32253, 32510, 32767]> : tensor<256xi16> -> tensor<256xi16>
  %r = qint.table %c0, %c1 : (tensor<5xui8>, tensor<256xi16>) -> tensor<5xi16>
  check.expect_eq %r, dense<[-32768, -32511, -129, 128, 32767]> : tensor<5xi16>
  return
}

// To ui8.
func.func @flip_sign() {
  %c0 = qint.constant dense<[-128, -1, 0, 127]> : tensor<4xi8> -> tensor<4xi8>
  %r = qint.flip_sign %c0 : (tensor<4xi8>) -> tensor<4xui8>
  check.expect_eq %r, dense<[0, 127, 128, 255]> : tensor<4xui8>
  return
}

// And back.
func.func @flip_sign_back() {
  %c0 = qint.constant dense<[0, 127, 128, 255]> : tensor<4xui8> -> tensor<4xui8>
  %r = qint.flip_sign %c0 : (tensor<4xui8>) -> tensor<4xi8>
  check.expect_eq %r, dense<[-128, -1, 0, 127]> : tensor<4xi8>
  return
}
