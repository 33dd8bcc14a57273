// Pools, reductions and resizes; expected values are sums and fractions that Python computed.
// RUN: qcc-opt %s --check-run-reference

// The divisor is the number of elements inside: one scale for each count.
func.func @avg_pool2d() {
  %c0 = qint.constant dense<[[[[-128, -12], [41, -115], [33, 105], [82, 47]], [[77, -36], [-45, -107], [56, -48], [94, -9]], [[100, -93], [-87, -40], [-122, -3], [38, 127]]]]> : tensor<1x3x4x2xi8> -> tensor<1x3x4x2xi8>
  %r = qint.avg_pool2d %c0 {kernel = array<i64: 2, 3>, strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 1, 1>, input_zero_point = -5 : i32, rescale = #qint.rescale<multipliers = [1073741824, 1073741824, 1431655765, 1073741824, 1717986918, 1431655765], shifts = [30, 31, 32, 32, 33, 33], rounding = away, zero_point = -5, min = -128, max = 127>} : (tensor<1x3x4x2xi8>) -> tensor<1x3x2x2xi8>
  check.expect_eq %r, dense<[[[[-44, -64], [52, 12]], [[-14, -68], [43, -21]], [[11, -69], [-11, -13]]]]> : tensor<1x3x2x2xi8>
  return
}

// One scale for every window (padding counts).
func.func @avg_pool2d_full() {
  %c0 = qint.constant dense<[[[[-128], [-86], [16]], [[34], [113], [101]]], [[[-31], [-87], [-64]], [[97], [-12], [127]]]]> : tensor<2x2x3x1xi8> -> tensor<2x2x3x1xi8>
  %r = qint.avg_pool2d %c0 {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 1, 1, 0>, input_zero_point = 3 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 1, min = -128, max = 127>} : (tensor<2x2x3x1xi8>) -> tensor<2x2x3x1xi8>
  check.expect_eq %r, dense<[[[[-24], [-19], [34]], [[9], [36], [53]]], [[[16], [-10], [-11]], [[25], [21], [28]]]]> : tensor<2x2x3x1xi8>
  return
}

// Codes of ui8.
func.func @avg_pool2d_ui8() {
  %c0 = qint.constant dense<[[[[0], [152], [25], [151]], [[97], [215], [34], [255]]]]> : tensor<1x2x4x1xui8> -> tensor<1x2x4x1xui8>
  %r = qint.avg_pool2d %c0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, input_zero_point = 128 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 100, min = 0, max = 255>} : (tensor<1x2x4x1xui8>) -> tensor<1x1x2x1xui8>
  check.expect_eq %r, dense<[[[[88], [88]]]]> : tensor<1x1x2x1xui8>
  return
}

// Padding never wins, even over negative codes.
func.func @max_pool2d() {
  %c0 = qint.constant dense<[[[[-128, 46], [84, 6], [-32, -50], [-33, 41]], [[10, -53], [-73, 53], [-65, -75], [-44, 90]], [[-11, 24], [-108, -40], [64, 69], [20, 127]]]]> : tensor<1x3x4x2xi8> -> tensor<1x3x4x2xi8>
  %r = qint.max_pool2d %c0 {kernel = array<i64: 2, 3>, strides = array<i64: 2, 1>, pads = array<i64: 1, 1, 2, 1>} : (tensor<1x3x4x2xi8>) -> tensor<1x2x5x2xi8>
  check.expect_eq %r, dense<[[[[-128, 46], [84, 46], [84, 46], [84, 41], [-32, 41]], [[10, 24], [10, 53], [64, 69], [64, 127], [64, 127]]]]> : tensor<1x2x5x2xi8>
  return
}

// Sums of codes less the zero point over two axes.
func.func @reduce_sum() {
  %c0 = qint.constant dense<[[[[-128, -86], [-109, -77]], [[67, 103], [-95, 0]], [[-94, 88], [-95, 35]]], [[[-108, 60], [104, 59]], [[-60, 87], [-50, 64]], [[85, -4], [30, 127]]]]> : tensor<2x3x2x2xi8> -> tensor<2x3x2x2xi8>
  %r = qint.reduce <sum> %c0 {axes = array<i64: 1, 2>, zero_point = -128 : i32} : (tensor<2x3x2x2xi8>) -> tensor<2x1x1x2xi32>
  check.expect_eq %r, dense<[[[[314, 831]]], [[[769, 1161]]]]> : tensor<2x1x1x2xi32>
  return
}

// The zero point does not matter.
func.func @reduce_max() {
  %c0 = qint.constant dense<[[[-128, -123], [-17, -82], [98, 93]], [[-32, -49], [53, -12], [-104, 127]]]> : tensor<2x3x2xi8> -> tensor<2x3x2xi8>
  %r = qint.reduce <max> %c0 {axes = array<i64: 0, 2>, zero_point = 7 : i32} : (tensor<2x3x2xi8>) -> tensor<1x3x1xi8>
  check.expect_eq %r, dense<[[[-32], [53], [127]]]> : tensor<1x3x1xi8>
  return
}

// Unsigned codes.
func.func @reduce_min() {
  %c0 = qint.constant dense<[[[0, 17], [198, 136], [211, 217]], [[172, 85], [94, 185], [16, 255]]]> : tensor<2x3x2xui8> -> tensor<2x3x2xui8>
  %r = qint.reduce <min> %c0 {axes = array<i64: 1>, zero_point = 7 : i32} : (tensor<2x3x2xui8>) -> tensor<2x1x2xui8>
  check.expect_eq %r, dense<[[[0, 17]], [[16, 85]]]> : tensor<2x1x2xui8>
  return
}

// The first of equal codes wins.
func.func @argmax() {
  %c0 = qint.constant dense<[[[3, -128], [127, 5], [127, 5]], [[-1, -128], [-1, -128], [-2, 127]]]> : tensor<2x3x2xi8> -> tensor<2x3x2xi8>
  %r = qint.argmax %c0 {axis = 1 : i64} : (tensor<2x3x2xi8>) -> tensor<2x2xi32>
  check.expect_eq %r, dense<[[1, 1], [0, 2]]> : tensor<2x2xi32>
  return
}

// Doubled rows, halved columns; a half goes up.
func.func @resize_nearest() {
  %c0 = qint.constant dense<[[[[-128], [113], [65], [80]], [[-80], [-57], [-60], [127]]]]> : tensor<1x2x4x1xi8> -> tensor<1x2x4x1xi8>
  %r = qint.resize <nearest> %c0 {scale = array<i64: 4, 2, 1, 2>, offset = array<i64: -1, 0>, border = array<i64: 1, 1>, zero_point = 0 : i32} : (tensor<1x2x4x1xi8>) -> tensor<1x4x3x1xi8>
  check.expect_eq %r, dense<[[[[-128], [65], [80]], [[-128], [65], [80]], [[-80], [-60], [127]], [[-80], [-60], [127]]]]> : tensor<1x4x3x1xi8>
  return
}

// Half-pixel centres: coordinates left of the image are clamped.
func.func @resize_bilinear() {
  %c0 = qint.constant dense<[[[[-128, -74], [63, 35], [101, 15]], [[-96, 99], [-81, -114], [76, 127]]]]> : tensor<1x2x3x2xi8> -> tensor<1x2x3x2xi8>
  %r = qint.resize <bilinear> %c0 {scale = array<i64: 4, 2, 4, 2>, offset = array<i64: -1, -1>, border = array<i64: 1, 1>, zero_point = -128 : i32} : (tensor<1x2x3x2xi8>) -> tensor<1x4x6x2xi32>
  check.expect_eq %r, dense<[[[[0, 864], [764, 1300], [2292, 2172], [3208, 2528], [3512, 2368], [3664, 2288]], [[128, 1556], [716, 1670], [1892, 1898], [2751, 2193], [3293, 2555], [3564, 2736]], [[384, 2940], [620, 2410], [1092, 1350], [1837, 1523], [2855, 2929], [3364, 3632]], [[512, 3632], [572, 2780], [692, 1076], [1380, 1188], [2636, 3116], [3264, 4080]]]]> : tensor<1x4x6x2xi32>
  return
}

// Three output columns for every two.
func.func @resize_bilinear_uneven() {
  %c0 = qint.constant dense<[[[[-128], [-95], [56]], [[-25], [127], [34]], [[112], [74], [127]]]]> : tensor<1x3x3x1xi8> -> tensor<1x3x3x1xi8>
  %r = qint.resize <bilinear> %c0 {scale = array<i64: 2, 1, 3, 2>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>, zero_point = 5 : i32} : (tensor<1x3x3x1xi8>) -> tensor<1x5x4x1xi32>
  check.expect_eq %r, dense<[[[[-798], [-666], [-298], [306]], [[-489], [-119], [124], [240]], [[-180], [428], [546], [174]], [[231], [459], [533], [453]], [[642], [490], [520], [732]]]]> : tensor<1x5x4x1xi32>
  return
}
