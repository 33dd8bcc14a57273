// Rescales: their numbers, types and bounds.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{rescale has no multipliers, expected at least 1}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [], shifts = [], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{rescale has 2 multipliers and 1 shifts, expected as many}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824, 0], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{rescale has multiplier 1073741823, expected 0 or one in [2^30, 2^31) or [2^14, 2^15)}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741823], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{rescale has multiplier -1073741824, expected 0 or one in}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [-1073741824], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{rescale has shift 1, expected one in [2, 62]}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [1], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{rescale has shift 63, expected one in [2, 62]}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [63], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{rescale has min 3, expected at most max, which is 2}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = 3, max = 2>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{op rescale has 2 multipliers, expected 1 or 3}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824, 0], shifts = [32, 32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{op rescale has multiplier 16384, expected 0 or one in [2^30, 2^31) for 32-bit values}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [16384], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi64>) {
  // expected-error @+1 {{op rescale has multiplier 1073741824, expected 0 or one in [2^14, 2^15) for 64-bit values}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi64>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi64>) {
  // expected-error @+1 {{op rounding is double, which 64-bit values do not have}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [16384], shifts = [32], rounding = double, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi64>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{op rescale zero point is 128, expected one in [-128, 127] of 'i8'}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 128, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{op min is -129, expected one in [-128, 127] of 'i8'}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = -129, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{op max is 256, expected one in [0, 255] of 'ui8'}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = 0, max = 256>} : (tensor<2x3xi32>) -> tensor<2x3xui8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{op zero_point is 1, expected 0 for 'i32' input}}
  %0 = qint.requantize %a {zero_point = 1 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op zero_point is 200, expected one in [-128, 127] of 'i8'}}
  %0 = qint.requantize %a {zero_point = 200 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{op output has shape [3, 2], expected [2, 3]}}
  %0 = qint.requantize %a {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<2x3xi32>) -> tensor<3x2xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x1xi8>) {
  // expected-error @+1 {{op shift is 0, expected one in [1, 30]}}
  %0 = qint.add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 1000 : i32, rhs_multiplier = 1000 : i32, shift = 0 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x1xi8>) {
  // expected-error @+1 {{op shift is 31, expected one in [1, 30]}}
  %0 = qint.add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 1000 : i32, rhs_multiplier = 1000 : i32, shift = 31 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x1xi8>) {
  // expected-error @+1 {{op sum may leave 32 bits: multipliers 8388608 and -8388608 of magnitudes up to 128 and 128}}
  %0 = qint.add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 8388608 : i32, rhs_multiplier = -8388608 : i32, shift = 10 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x1xi8>) {
  // expected-error @+1 {{op sum may leave 32 bits: multipliers 4205000 and 4205000 of magnitudes up to 255 and 255}}
  %0 = qint.add %a, %b {lhs_zero_point = 127 : i32, rhs_zero_point = 127 : i32, lhs_multiplier = 4205000 : i32, rhs_multiplier = 4205000 : i32, shift = 23 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x1xi8>) {
  // expected-error @+1 {{op zero_point is -200, expected one in [-128, 127] of 'i8'}}
  %0 = qint.add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 1000 : i32, rhs_multiplier = 1000 : i32, shift = 10 : i32, rounding = #qint.rounding<single>, zero_point = -200 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x1xi8>) {
  // expected-error @+1 {{op min is 5, expected at most max, which is 4}}
  %0 = qint.add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, lhs_multiplier = 1000 : i32, rhs_multiplier = 1000 : i32, shift = 10 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = 5 : i32, max = 4 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x3xi8>
  return
}
