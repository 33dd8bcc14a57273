// What functions of rows in fixed point must be.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%x: tensor<2x1xi32>, %s: tensor<2x1xi64>) {
  // expected-error @+1 {{sum has element type 'i64', expected i32}}
  %0 = qint.inverse_root %x, %s {count = 3 : i64, addend = 1 : i64, form = #qint.form<shift>} : (tensor<2x1xi32>, tensor<2x1xi64>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x1xi32>) {
  // expected-error @+1 {{addend is 0, expected one in [1, 2305843009213693952]}}
  %0 = qint.inverse_root %x {count = 3 : i64, addend = 0 : i64, form = #qint.form<shift>} : (tensor<2x1xi32>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x1xi32>) {
  // expected-error @+1 {{count is 0, expected one in [1, 65536]}}
  %0 = qint.inverse_root %x {count = 0 : i64, addend = 1 : i64, form = #qint.form<shift>} : (tensor<2x1xi32>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %s: tensor<2x1xi32>, %g: tensor<2xi32>) {
  // expected-error @+1 {{gamma has type 'tensor<2xi32>', expected 3 elements of i32}}
  %0 = qint.norm %x, %s, %g, %g {input_zero_point = 0 : i32, fraction = 28 : i32, shift = 3 : i32, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %s: tensor<2x3xi32>, %g: tensor<3xi32>) {
  // expected-error @+1 {{scale has type 'tensor<2x3xi32>', expected the input's shape with 1 for the last axis}}
  %0 = qint.norm %x, %s, %g, %g {input_zero_point = 0 : i32, fraction = 28 : i32, shift = 3 : i32, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x3xi32>, tensor<3xi32>, tensor<3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %s: tensor<2x1xi32>, %g: tensor<3xi32>) {
  // expected-error @+1 {{fraction is 37, expected one in [14, 36]}}
  %0 = qint.norm %x, %s, %g, %g {input_zero_point = 0 : i32, fraction = 37 : i32, shift = 3 : i32, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi32>, tensor<3xi32>, tensor<3xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<1x32768xi16>, %s: tensor<1x1xi32>, %g: tensor<32768xi32>) {
  // expected-error @+1 {{an element may be 32768 * 32768 away from its mean, more than i32 holds twice}}
  %0 = qint.norm %x, %s, %g, %g, %s {input_zero_point = 0 : i32, fraction = 20 : i32, shift = 3 : i32, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x32768xi16>, tensor<1x1xi32>, tensor<32768xi32>, tensor<32768xi32>, tensor<1x1xi32>) -> tensor<1x32768xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi16>) {
  // expected-error @+1 {{largest has element type 'i16', expected 'i8'}}
  %0 = qint.power_sum %x, %m {multiplier = 1 : i32, shift = 0 : i32, form = #qint.form<shift>} : (tensor<2x3xi8>, tensor<2x1xi16>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>) {
  // expected-error @+1 {{multiplier is 8388608, expected one in [0, 8388607]}}
  %0 = qint.power_sum %x, %m {multiplier = 8388608 : i32, shift = 0 : i32, form = #qint.form<shift>} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %t: tensor<255xi16>) {
  // expected-error @+1 {{table has type 'tensor<255xi16>', expected 256 entries of i16}}
  %0 = qint.power_sum %x, %m, %t {multiplier = 1 : i32, shift = 0 : i32, form = #qint.form<shift>} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<255xi16>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi16>, %m: tensor<2x1xi16>, %t: tensor<256xi16>) {
  // expected-error @+1 {{has a table for codes of 'i16', expected codes of 8 bits}}
  %0 = qint.power_sum %x, %m, %t {multiplier = 1 : i32, shift = 0 : i32, form = #qint.form<shift>} : (tensor<2x3xi16>, tensor<2x1xi16>, tensor<256xi16>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<1x32768xi8>, %m: tensor<1x1xi8>, %t: tensor<256xi16>) {
  // expected-error @+1 {{sums up 32768 powers of 16 bits, more than i32 holds}}
  %0 = qint.power_sum %x, %m, %t {multiplier = 1 : i32, shift = 0 : i32, form = #qint.form<shift>} : (tensor<1x32768xi8>, tensor<1x1xi8>, tensor<256xi16>) -> tensor<1x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %s: tensor<2x1xi32>) {
  // expected-error @+1 {{bits is 16, expected one in [1, 15]}}
  %0 = qint.power_share %x, %m, %s {multiplier = 1 : i32, shift = 0 : i32, form = #qint.form<shift>, bits = 16 : i32, zero_point = 0 : i32, min = 0 : i32, max = 127 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<2x1xi32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>, %m: tensor<2x1xi8>, %s: tensor<2x1xi64>) {
  // expected-error @+1 {{logarithm has element type 'i64', expected i32}}
  %0 = qint.power_log %x, %m, %s {multiplier = 1 : i32, shift = 0 : i32} : (tensor<2x3xi8>, tensor<2x1xi8>, tensor<2x1xi64>) -> tensor<2x3xi32>
  return
}

// -----

func.func @f(%x: tensor<2x1xi64>) {
  // expected-error @+1 {{input has element type 'i64', expected i32}}
  %0 = qint.reciprocal %x {form = #qint.form<shift>} : (tensor<2x1xi64>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%x: tensor<2x1xi32>) {
  // expected-error @+1 {{output has element type 'i64', expected i32}}
  %0 = qint.logarithm %x {form = #qint.form<shift>} : (tensor<2x1xi32>) -> tensor<2x1xi64>
  return
}

// -----

func.func @f(%x: tensor<2x3xi8>) {
  // expected-error @+1 {{form is table, expected polynomial or shift}}
  %0 = qint.gate <tanh> %x {zero_point = 0 : i32, multiplier = 1 : i32, shift = 0 : i32, form = #qint.form<table>} : (tensor<2x3xi8>) -> tensor<2x3xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi16>) {
  // expected-error @+1 {{a code may be 32769 from its zero point, expected at most 2^15}}
  %0 = qint.gate <tanh> %x {zero_point = 1 : i32, multiplier = 1 : i32, shift = 0 : i32, form = #qint.form<shift>} : (tensor<2x3xi16>) -> tensor<2x3xi32>
  return
}

// -----

func.func @f(%x: tensor<2x3xi16>) {
  // expected-error @+1 {{multiplier is 65536, expected one in [0, 65535]}}
  %0 = qint.gate <tanh> %x {zero_point = 0 : i32, multiplier = 65536 : i32, shift = 0 : i32, form = #qint.form<shift>} : (tensor<2x3xi16>) -> tensor<2x3xi32>
  return
}
