// Rules rescale-s1 to rescale-s6 on edges and ties; expected values are exact fractions.
// RUN: qcc-opt %s --check-run-reference

// A half goes up. Scale 1/4.
func.func @ties_single() {
  %c0 = qint.constant dense<[-2147483648, -1022, -10, -6, -3, -2, -1, 0, 1, 2, 3, 6, 10, 1018, 2147483647]> : tensor<15xi32> -> tensor<15xi32>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = -1, min = -128, max = 127>} : (tensor<15xi32>) -> tensor<15xi8>
  check.expect_eq %r, dense<[-128, -128, -3, -2, -2, -1, -1, -1, -1, 0, 0, 1, 2, 127, 127]> : tensor<15xi8>
  return
}

// gemmlowp: a half of the high product goes up, one of the shift away from zero. Scale 1/4.
func.func @ties_double() {
  %c0 = qint.constant dense<[-2147483648, -1022, -10, -6, -3, -2, -1, 0, 1, 2, 3, 6, 10, 1018, 2147483647]> : tensor<15xi32> -> tensor<15xi32>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = double, zero_point = -1, min = -128, max = 127>} : (tensor<15xi32>) -> tensor<15xi8>
  check.expect_eq %r, dense<[-128, -128, -4, -3, -2, -2, -1, -1, 0, 0, 0, 1, 2, 127, 127]> : tensor<15xi8>
  return
}

// A half goes to the even code. Scale 1/4.
func.func @ties_even() {
  %c0 = qint.constant dense<[-2147483648, -1022, -10, -6, -3, -2, -1, 0, 1, 2, 3, 6, 10, 1018, 2147483647]> : tensor<15xi32> -> tensor<15xi32>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = even, zero_point = -1, min = -128, max = 127>} : (tensor<15xi32>) -> tensor<15xi8>
  check.expect_eq %r, dense<[-128, -128, -3, -3, -2, -1, -1, -1, -1, -1, 0, 1, 1, 127, 127]> : tensor<15xi8>
  return
}

// A half goes away from zero. Scale 1/4.
func.func @ties_away() {
  %c0 = qint.constant dense<[-2147483648, -1022, -10, -6, -3, -2, -1, 0, 1, 2, 3, 6, 10, 1018, 2147483647]> : tensor<15xi32> -> tensor<15xi32>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = away, zero_point = -1, min = -128, max = 127>} : (tensor<15xi32>) -> tensor<15xi8>
  check.expect_eq %r, dense<[-128, -128, -4, -3, -2, -2, -1, -1, -1, 0, 0, 1, 2, 127, 127]> : tensor<15xi8>
  return
}

// 0.4999999995 rounds to a half first, then to 1.
func.func @double_rounds_twice() {
  %c0 = qint.constant dense<[-1, 0, 1]> : tensor<3xi32> -> tensor<3xi32>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [2147483647], shifts = [32], rounding = double, zero_point = 0, min = -128, max = 127>} : (tensor<3xi32>) -> tensor<3xi8>
  check.expect_eq %r, dense<[-1, 0, 1]> : tensor<3xi8>
  return
}

// The same scale with one rounding gives 0.
func.func @single_rounds_once() {
  %c0 = qint.constant dense<[-1, 0, 1]> : tensor<3xi32> -> tensor<3xi32>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [2147483647], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<3xi32>) -> tensor<3xi8>
  check.expect_eq %r, dense<[0, 0, 0]> : tensor<3xi8>
  return
}

// One scale per index of the last axis; a multiplier of zero; both ends of the shift.
func.func @per_channel() {
  %c0 = qint.constant dense<[[[-40079, -46221, 21344, -49426], [-57471, -5311, -22732, 8408], [52600, 42907, 4607, 17145]], [[37390, -7514, 18963, -34032], [13290, -31562, -37050, 31371], [8927, -14787, -55238, -31573]]]> : tensor<2x3x4xi32> -> tensor<2x3x4xi32>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1518500250, 0, 1073741824, 2147483647], shifts = [42, 62, 2, 62], rounding = single, zero_point = 3, min = -100, max = 120>} : (tensor<2x3x4xi32>) -> tensor<2x3x4xi8>
  check.expect_eq %r, dense<[[[-11, 3, 120, 3], [-17, 3, -100, 3], [21, 3, 120, 3]], [[16, 3, 120, 3], [8, 3, -100, 3], [6, 3, -100, 3]]]> : tensor<2x3x4xi8>
  return
}

// Codes of one scale become codes of another.
func.func @from_codes() {
  %c0 = qint.constant dense<[[0, 1, 127, 128, 200, 255]]> : tensor<1x6xui8> -> tensor<1x6xui8>
  %r = qint.requantize %c0 {zero_point = 128 : i32, rescale = #qint.rescale<multipliers = [1288490189], shifts = [30], rounding = single, zero_point = -4, min = -128, max = 127>} : (tensor<1x6xui8>) -> tensor<1x6xi8>
  check.expect_eq %r, dense<[[-128, -128, -5, -4, 82, 127]]> : tensor<1x6xi8>
  return
}

// 64-bit sums take 15-bit multipliers.
func.func @wide_values() {
  %c0 = qint.constant dense<[-140737488355327, -98304, -32768, 32767, 98304, 140737488355327]> : tensor<6xi64> -> tensor<6xi64>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [24576], shifts = [30], rounding = single, zero_point = 0, min = -32768, max = 32767>} : (tensor<6xi64>) -> tensor<6xi16>
  check.expect_eq %r, dense<[-32768, -2, -1, 1, 2, 32767]> : tensor<6xi16>
  return
}

// The same, a half to even.
func.func @wide_even() {
  %c0 = qint.constant dense<[-98304, -32768, 32768, 98304]> : tensor<4xi64> -> tensor<4xi64>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [16384], shifts = [30], rounding = even, zero_point = 7, min = -32768, max = 32767>} : (tensor<4xi64>) -> tensor<4xi16>
  check.expect_eq %r, dense<[5, 7, 7, 9]> : tensor<4xi16>
  return
}

// The zero point is added before the clamp.
func.func @to_ui8() {
  %c0 = qint.constant dense<[-300, -1, 0, 1, 300]> : tensor<5xi32> -> tensor<5xi32>
  %r = qint.requantize %c0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [30], rounding = single, zero_point = 250, min = 2, max = 253>} : (tensor<5xi32>) -> tensor<5xui8>
  check.expect_eq %r, dense<[2, 249, 250, 251, 253]> : tensor<5xui8>
  return
}
