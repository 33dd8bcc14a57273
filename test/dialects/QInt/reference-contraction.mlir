// Convolutions and products against sums that PyTorch and NumPy computed.
// RUN: qcc-opt %s --check-run-reference

// Asymmetric window, strides, pads, a zero point outside.
func.func @conv2d() {
  %c0 = qint.constant dense<[[[[-128, 32, 47], [101, 20, 70], [85, -71, -114], [-52, -56, 95]], [[105, -127, -1], [82, -95, 76], [-98, -9, 81], [-51, -41, -57]], [[56, -63, 125], [-15, -6, 1], [21, 13, 2], [126, 78, 74]]], [[[51, 31, -41], [125, -9, -73], [88, -87, 91], [28, -99, -117]], [[-15, -119, -92], [3, 120, -9], [78, 106, 82], [33, -16, 3]], [[-60, -1, -31], [-65, 126, -125], [-104, -79, 120], [49, 97, 127]]]]> : tensor<2x3x4x3xi8> -> tensor<2x3x4x3xi8>
  %c1 = qint.constant dense<[[[[-128, -34, -3], [-128, 30, 84], [41, -89, 8]], [[-60, 119, 97], [-81, 2, 112], [88, 53, 35]]], [[[-118, 61, -7], [-105, -66, 10], [58, 1, 28]], [[95, 47, -36], [36, 25, -101], [-113, 41, 127]]]]> : tensor<2x2x3x3xi8> -> tensor<2x2x3x3xi8>
  %c2 = qint.constant dense<[98, -177]> : tensor<2xi32> -> tensor<2xi32>
  %r = qint.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 2, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = -7 : i32} : (tensor<2x3x4x3xi8>, tensor<2x2x3x3xi8>, tensor<2xi32>) -> tensor<2x3x3x2xi32>
  check.expect_eq %r, dense<[[[[-7615, 22072], [17104, -41487], [-9468, -3621]], [[-5218, -22339], [-8399, 24927], [14309, -14381]], [[21592, 13835], [-13362, -29830], [10982, 18314]]], [[[5004, -9372], [-13718, 18261], [-21977, 11749]], [[-11815, -12091], [-25528, -3456], [-12296, -5150]], [[2850, 173], [-13928, 26136], [-212, -33413]]]]> : tensor<2x3x3x2xi32>
  return
}

// Two groups; the window stops short of the end.
func.func @conv2d_grouped() {
  %c0 = qint.constant dense<[[[[-128, -90, -31, 80], [-26, -31, 19, 122], [-28, 23, -16, 26], [-14, 35, 12, 45], [116, -90, 15, -16]], [[-37, -67, -115, -25], [83, -104, -25, 119], [115, -73, -127, 43], [-125, -52, -1, 95], [-105, 41, 8, -95]], [[88, 88, -5, 113], [27, 103, 117, 17], [-57, -91, 16, -79], [64, 109, -66, 13], [-116, -82, -32, 98]], [[120, 36, 21, 17], [-113, -32, 123, -23], [-74, -67, 54, -119], [120, 96, 17, -9], [66, 12, -6, 127]]]]> : tensor<1x4x5x4xi8> -> tensor<1x4x5x4xi8>
  %c1 = qint.constant dense<[[[[-128, 64], [-114, -122]], [[56, -33], [77, -121]]], [[[104, -97], [-22, 119]], [[-101, 40], [58, -19]]], [[[-108, 6], [-18, 95]], [[46, -40], [-114, 23]]], [[[-57, 47], [93, -38]], [[103, 4], [7, 67]]], [[[74, 104], [127, -90]], [[-23, 110], [-50, -127]]], [[[19, 64], [62, 79]], [[36, -93], [88, 127]]]]> : tensor<6x2x2x2xi8> -> tensor<6x2x2x2xi8>
  %c2 = qint.constant dense<[347, 315, 470, -486, 366, 128]> : tensor<6xi32> -> tensor<6xi32>
  %r = qint.conv2d %c0, %c1, %c2 {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64, pad_value = 0 : i32} : (tensor<1x4x5x4xi8>, tensor<6x2x2x2xi8>, tensor<6xi32>) -> tensor<1x2x2x6xi32>
  check.expect_eq %r, dense<[[[[36831, 463, 401, -1975, -16143, 26573], [8245, -21152, 28473, -5497, -5004, 9193]], [[-20226, -4032, 17019, 16896, 23235, 22940], [-23084, 24707, 3087, -7141, -30257, 5675]]]]> : tensor<1x2x2x6xi32>
  return
}

// One input channel per group, dilated rows, ui8 codes, 64-bit sums.
func.func @conv2d_depthwise_dilated() {
  %c0 = qint.constant dense<[[[[0, 203, 243], [131, 22, 185], [59, 57, 49], [50, 232, 92]], [[27, 45, 101], [88, 79, 242], [221, 146, 252], [87, 35, 69]], [[22, 243, 56], [113, 51, 250], [40, 131, 243], [133, 230, 229]], [[196, 190, 147], [148, 212, 109], [242, 224, 95], [105, 182, 236]], [[24, 17, 63], [110, 41, 132], [138, 243, 190], [64, 201, 255]]]]> : tensor<1x5x4x3xui8> -> tensor<1x5x4x3xui8>
  %c1 = qint.constant dense<[[[[-128], [45]], [[-49], [55]]], [[[-94], [33]], [[107], [120]]], [[[-52], [-43]], [[30], [127]]]]> : tensor<3x2x2x1xi8> -> tensor<3x2x2x1xi8>
  %c2 = qint.constant dense<[231, -298, -332]> : tensor<3xi64> -> tensor<3xi64>
  %r = qint.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 0, 1>, dilations = array<i64: 2, 1>, groups = 3 : i64, pad_value = 255 : i32} : (tensor<1x5x4x3xui8>, tensor<3x2x2x1xi8>, tensor<3xi64>) -> tensor<1x5x4x3xi64>
  check.expect_eq %r, dense<[[[[-17417, -1558, 9207], [-13091, 10120, 14707], [-26978, 3969, -8234], [-11172, 18492, 9898]], [[11263, 13467, 12507], [-17219, 20692, 26302], [284, 43617, 29537], [12814, 41519, 23174]], [[-729, 43849, 2263], [4970, 46658, -8417], [-30225, 32941, 16419], [9450, 54901, 24580]], [[7374, -14718, 4660], [-10233, 32778, 4309], [-2146, 45099, 15270], [5571, 38604, 16830]], [[-16667, 46723, 27372], [-6293, 45051, 29950], [-24490, 42537, 24615], [-204, 48894, 16466]]]]> : tensor<1x5x4x3xi64>
  return
}

// Weights of four bits.
func.func @conv2d_i4() {
  %c0 = qint.constant dense<[[[[-32768, -2001, -18815], [-13138, 27227, 20597]], [[22293, 6111, -25402], [16167, 6801, 32767]]]]> : tensor<1x2x2x3xi16> -> tensor<1x2x2x3xi16>
  %c1 = qint.constant dense<[[[[-8, -6, 1]]], [[[-1, 2, 7]]]]> : tensor<2x1x1x3xi4> -> tensor<2x1x1x3xi4>
  %c2 = qint.constant dense<[-194, -375]> : tensor<2xi32> -> tensor<2xi32>
  %r = qint.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x2x2x3xi16>, tensor<2x1x1x3xi4>, tensor<2xi32>) -> tensor<1x2x2x2xi32>
  check.expect_eq %r, dense<[[[[255141, -103314], [-37855, 211396]], [[-240606, -188260], [-137569, 226429]]]]> : tensor<1x2x2x2xi32>
  return
}

// Weights of two bits.
func.func @conv2d_i2() {
  %c0 = qint.constant dense<[[[[-128, 65, -9], [-68, 32, -23]], [[34, -105, -81], [60, -113, 127]]]]> : tensor<1x2x2x3xi8> -> tensor<1x2x2x3xi8>
  %c1 = qint.constant dense<[[[[-2, -2, 1]], [[0, 1, 1]]], [[[0, 1, -2]], [[1, 1, 1]]]]> : tensor<2x2x1x3xi2> -> tensor<2x2x1x3xi2>
  %c2 = qint.constant dense<[302, 241]> : tensor<2xi32> -> tensor<2xi32>
  %r = qint.conv2d %c0, %c1, %c2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x2x2x3xi8>, tensor<2x2x1x3xi2>, tensor<2xi32>) -> tensor<1x1x2x2xi32>
  check.expect_eq %r, dense<[[[[233, 172], [365, 393]]]]> : tensor<1x1x2x2xi32>
  return
}

// Both zero points are subtracted, batch by batch.
func.func @matmul() {
  %c0 = qint.constant dense<[[[-128, 99, 5], [80, 106, -52]], [[-117, -85, -121], [-17, -123, 127]]]> : tensor<2x2x3xi8> -> tensor<2x2x3xi8>
  %c1 = qint.constant dense<[[[0, 180], [63, 243], [48, 248]], [[145, 62], [9, 78], [151, 255]]]> : tensor<2x3x2xui8> -> tensor<2x3x2xui8>
  %r = qint.matmul %c0, %c1 {lhs_zero_point = -5 : i32, rhs_zero_point = 128 : i32} : (tensor<2x2x3xi8>, tensor<2x3x2xui8>) -> tensor<2x2x2xi32>
  check.expect_eq %r, dense<[[[8184, 6764], [-14335, 11545]], [[4948, -3340], [16874, 23456]]]> : tensor<2x2x2xi32>
  return
}
