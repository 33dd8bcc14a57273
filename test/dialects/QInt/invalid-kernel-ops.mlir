// What ops with foreign kernels' arithmetic must be.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x3xi8>) {
  // expected-error @+1 {{left_shift is 21, expected one in [0, 20]}}
  %0 = qint.rescaled_add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, left_shift = 21 : i32, lhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rescale = #qint.rescale<multipliers = [1073741824], shifts = [50], rounding = double, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi8>, tensor<2x3xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi16>, %b: tensor<2x3xi8>) {
  // expected-error @+1 {{lhs may reach 34359738368 before its rescale, more than i32 holds}}
  %0 = qint.rescaled_add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, left_shift = 20 : i32, lhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rescale = #qint.rescale<multipliers = [1073741824], shifts = [50], rounding = double, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi16>, tensor<2x3xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x3xi8>) {
  // expected-error @+1 {{lhs has a rescale by 2^-30, expected one that makes nothing bigger}}
  %0 = qint.rescaled_add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, left_shift = 20 : i32, lhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [30], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rescale = #qint.rescale<multipliers = [1073741824], shifts = [50], rounding = double, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi8>, tensor<2x3xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi16>, %b: tensor<2x3xi8>) {
  // expected-error @+1 {{parts may reach 1073741824 and 1073741824, their sum more than i32 holds}}
  %0 = qint.rescaled_add %a, %a {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, left_shift = 15 : i32, lhs_rescale = #qint.rescale<multipliers = [2147483647], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rhs_rescale = #qint.rescale<multipliers = [2147483647], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rescale = #qint.rescale<multipliers = [1073741824], shifts = [50], rounding = double, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi16>, tensor<2x3xi16>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x3xi8>) {
  // expected-error @+1 {{lhs has a rescale to zero point 5, expected 0}}
  %0 = qint.rescaled_add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, left_shift = 20 : i32, lhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 5, min = -2147483648, max = 2147483647>, rhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rescale = #qint.rescale<multipliers = [1073741824], shifts = [50], rounding = double, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi8>, tensor<2x3xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x3xi8>) {
  // expected-error @+1 {{lhs_zero_point is 128, expected one in [-128, 127]}}
  %0 = qint.rescaled_add %a, %b {lhs_zero_point = 128 : i32, rhs_zero_point = 0 : i32, left_shift = 20 : i32, lhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>, rescale = #qint.rescale<multipliers = [1073741824], shifts = [50], rounding = double, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi8>, tensor<2x3xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x3xi8>, %t: tensor<256xi32>) {
  // expected-error @+1 {{largest has type 'tensor<2x3xi8>', expected the input's shape with 1 for the last axis}}
  %0 = qint.exp_sum %x, %m, %t : (tensor<2x3xi8>, tensor<2x3xi8>, tensor<256xi32>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<i8>, %m: tensor<2x1xi8>, %t: tensor<256xi32>) {
  // expected-error @+1 {{input has no axis}}
  %0 = qint.exp_sum %x, %m, %t : (tensor<i8>, tensor<2x1xi8>, tensor<256xi32>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xui8>, %t: tensor<256xi32>) {
  // expected-error @+1 {{largest has element type 'ui8', expected 'i8'}}
  %0 = qint.exp_sum %x, %m, %t : (tensor<2x3xi8>, tensor<2x1xui8>, tensor<256xi32>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %t: tensor<255xi32>) {
  // expected-error @+1 {{table has type 'tensor<255xi32>', expected 256 entries of i32}}
  %0 = qint.exp_sum %x, %m, %t : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<255xi32>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %t: tensor<256xi32>) {
  // expected-error @+1 {{output has element type 'i64', expected i32}}
  %0 = qint.exp_sum %x, %m, %t : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<256xi32>) -> tensor<2x1xi64>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %s: tensor<2x1xi64>, %t: tensor<256xi32>) {
  // expected-error @+1 {{sum has element type 'i64', expected i32}}
  %0 = qint.softmax %x, %m, %s, %t {zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<2x1xi64>, tensor<256xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %s: tensor<1x1xi32>, %t: tensor<256xi32>) {
  // expected-error @+1 {{sum has type 'tensor<1x1xi32>', expected the input's shape}}
  %0 = qint.softmax %x, %m, %s, %t {zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<1x1xi32>, tensor<256xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %s: tensor<2x1xi32>, %t: tensor<256xi32>) {
  // expected-error @+1 {{min is 3, expected at most max, which is 2}}
  %0 = qint.softmax %x, %m, %s, %t {zero_point = 0 : i32, min = 3 : i32, max = 2 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<2x1xi32>, tensor<256xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %s: tensor<2x1xi32>, %t: tensor<256xi32>) {
  // expected-error @+1 {{zero_point is -129, expected one in [-128, 127]}}
  %0 = qint.softmax %x, %m, %s, %t {zero_point = -129 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<2x1xi32>, tensor<256xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %s: tensor<2x1xi64>, %t: tensor<256xi32>) {
  // expected-error @+1 {{sum has element type 'i64', expected i32}}
  %0 = qint.log_softmax %x, %m, %s, %t {zero_point = 127 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<2x1xi64>, tensor<256xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %s: tensor<2x1xi32>, %t: tensor<256xi32>) {
  // expected-error @+1 {{zero_point is 128, expected one in [-128, 127]}}
  %0 = qint.log_softmax %x, %m, %s, %t {zero_point = 128 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<2x1xi32>, tensor<256xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %s: tensor<2x1xi32>) {
  // expected-error @+1 {{rounding is even, expected single or double}}
  %0 = qint.normalize %x, %s {input_zero_point = 0 : i32, rounding = #qint.rounding<even>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %s: tensor<2x3xi32>) {
  // expected-error @+1 {{sum has type 'tensor<2x3xi32>', expected the input's shape with 1 for the last axis}}
  %0 = qint.normalize %x, %s {input_zero_point = 0 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %t: tensor<256xi32>) {
  // expected-error @+1 {{multiplier is 5, expected 0 or one in [2^30, 2^31)}}
  %0 = qint.div %x, %x, %t {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, multiplier = 5 : i32, exponent = 0 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x3xi8>, tensor<256xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %t: tensor<256xi32>) {
  // expected-error @+1 {{exponent is 22, expected one in [-31, 21]}}
  %0 = qint.div %x, %x, %t {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, multiplier = 1073741824 : i32, exponent = 22 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x3xi8>, tensor<256xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %t: tensor<255xi32>) {
  // expected-error @+1 {{reciprocals has type 'tensor<255xi32>', expected 256 entries of i32}}
  %0 = qint.div %x, %x, %t {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, multiplier = 1073741824 : i32, exponent = 0 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x3xi8>, tensor<255xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi16>, %t: tensor<512xi16>) {
  // expected-error @+1 {{table has type 'tensor<512xi16>', expected 513 entries of i16}}
  %0 = qint.interpolate %x, %t : (tensor<2x3xi16>, tensor<512xi16>) -> tensor<2x3xi16>
  return
}

// -----

func.func @f(%x: tensor<2x3xi64>, %t: tensor<256xi32>) {
  // expected-error @+1 {{input has element type 'i64', expected i32}}
  %0 = qint.sigmoid %x, %t : (tensor<2x3xi64>, tensor<256xi32>) -> tensor<2x3xi16>
  return
}

// -----

func.func @f(%x: tensor<2x3xi16>, %s: tensor<2x1xi32>, %t: tensor<256xi16>) {
  // expected-error @+1 {{table has type 'tensor<256xi16>', expected 513 entries of i16}}
  %0 = qint.share %x, %s, %t : (tensor<2x3xi16>, tensor<2x1xi32>, tensor<256xi16>) -> tensor<2x3xi16>
  return
}
