// Types, ranges of codes and bounds of sums.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op attribute 'note' holds a float type or value}}
  %0 = qint.reshape %a {note = 1.0 : f32} : (tensor<2x3xi8>) -> tensor<6xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op attribute 'note' holds a float type or value}}
  %0 = qint.reshape %a {note = [[f64]]} : (tensor<2x3xi8>) -> tensor<6xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op attribute 'note' holds a float type or value}}
  %0 = qint.reshape %a {note = dense<1.0> : tensor<2xf32>} : (tensor<2x3xi8>) -> tensor<6xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has type 'tensor<2xi8>', expected 'tensor<2xi16>'}}
  %0 = qint.constant dense<1> : tensor<2xi8> -> tensor<2xi16>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has type 'tensor<2xi8>', expected 'tensor<3xi8>'}}
  %0 = qint.constant dense<1> : tensor<2xi8> -> tensor<3xi8>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op bias has element type 'i32', expected 'i64'}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi64>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op pad_value is 128, expected one in [-128, 127] of 'i8'}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 128 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xui8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op pad_value is -1, expected one in [0, 255] of 'ui8'}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = -1 : i32} : (tensor<1x5x4x3xui8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x2x3xi8>, %b: tensor<1x3x2xi8>) {
  // expected-error @+1 {{op lhs_zero_point is -129, expected one in [-128, 127] of 'i8'}}
  %0 = qint.matmul %a, %b {lhs_zero_point = -129 : i32, rhs_zero_point = 0 : i32} : (tensor<1x2x3xi8>, tensor<1x3x2xi8>) -> tensor<1x2x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x2x3xi8>, %b: tensor<1x3x2xi8>) {
  // expected-error @+1 {{op rhs_zero_point is 128, expected one in [-128, 127] of 'i8'}}
  %0 = qint.matmul %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 128 : i32} : (tensor<1x2x3xi8>, tensor<1x3x2xi8>) -> tensor<1x2x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x2x33026xi8>, %b: tensor<1x33026x2xi8>) {
  // expected-error @+1 {{op a sum may reach 33026 * 255 * 255, more than 'i32' holds}}
  %0 = qint.matmul %a, %b {lhs_zero_point = 127 : i32, rhs_zero_point = 127 : i32} : (tensor<1x2x33026xi8>, tensor<1x33026x2xi8>) -> tensor<1x2x2xi32>
  return
}

// -----

func.func @f(%a: tensor<2xi16>, %b: tensor<2xi16>) {
  // expected-error @+1 {{op a sum may reach 1 * 65535 * 65535, more than 'i32' holds}}
  %0 = qint.mul %a, %b {lhs_zero_point = -32768 : i32, rhs_zero_point = 32767 : i32} : (tensor<2xi16>, tensor<2xi16>) -> tensor<2xi32>
  return
}

// -----

func.func @f(%a: tensor<2xi8>, %b: tensor<2xui8>) {
  // expected-error @+1 {{op rhs has element type 'ui8', expected 'i8'}}
  %0 = qint.maximum %a, %b {} : (tensor<2xi8>, tensor<2xui8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>, %b: tensor<2xi8>) {
  // expected-error @+1 {{op output has element type 'i16', expected 'i8'}}
  %0 = qint.minimum %a, %b {} : (tensor<2xi8>, tensor<2xi8>) -> tensor<2xi16>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op output has element type 'ui8', expected 'i8'}}
  %0 = qint.clamp %a {min = 0 : i32, max = 1 : i32} : (tensor<2xi8>) -> tensor<2xui8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op max is 128, expected one in [-128, 127] of 'i8'}}
  %0 = qint.clamp %a {min = 0 : i32, max = 128 : i32} : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>, %b: tensor<255xi8>) {
  // expected-error @+1 {{op table has type 'tensor<255xi8>', expected 256 entries}}
  %0 = qint.table %a, %b {} : (tensor<2xi8>, tensor<255xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>, %b: tensor<256xi16>) {
  // expected-error @+1 {{op table has element type 'i16', expected 'i8'}}
  %0 = qint.table %a, %b {} : (tensor<2xi8>, tensor<256xi16>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<1x3x3x1xi8>) {
  // expected-error @+1 {{op rescale has 3 multipliers, expected 1 or 4}}
  %0 = qint.avg_pool2d %a {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, input_zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824, 1073741824, 1073741824], shifts = [32, 32, 32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<1x3x3x1xi8>) -> tensor<1x2x2x1xi8>
  return
}

// -----

func.func @f(%a: tensor<1x3x3x1xi8>) {
  // expected-error @+1 {{op input_zero_point is 300, expected one in [-128, 127] of 'i8'}}
  %0 = qint.avg_pool2d %a {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, input_zero_point = 300 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<1x3x3x1xi8>) -> tensor<1x2x2x1xi8>
  return
}

// -----

func.func @f(%a: tensor<1x3000x2810x1xi8>) {
  // expected-error @+1 {{op a sum may reach 8430000 * 255 * 1, more than 'i32' holds}}
  %0 = qint.avg_pool2d %a {kernel = array<i64: 3000, 2810>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, input_zero_point = 127 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = -128, max = 127>} : (tensor<1x3000x2810x1xi8>) -> tensor<1x1x1x1xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op output has element type 'i16', expected i32 or i64 for a sum}}
  %0 = qint.reduce <sum> %a {axes = array<i64: 1>, zero_point = 0 : i32} : (tensor<2x3xi8>) -> tensor<2x1xi16>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op output has element type 'i32', expected 'i8'}}
  %0 = qint.reduce <max> %a {axes = array<i64: 1>, zero_point = 0 : i32} : (tensor<2x3xi8>) -> tensor<2x1xi32>
  return
}

// -----

func.func @f(%a: tensor<16777216xi8>) {
  // expected-error @+1 {{op a sum may reach 16777216 * 128 * 1, more than 'i32' holds}}
  %0 = qint.reduce <sum> %a {axes = array<i64: 0>, zero_point = 0 : i32} : (tensor<16777216xi8>) -> tensor<1xi32>
  return
}

// -----

func.func @f(%a: tensor<2xi8>, %b: tensor<2xui8>) {
  // expected-error @+1 {{op input has element type 'ui8', expected 'i8'}}
  %0 = qint.concat %a, %b {axis = 0 : i64} : (tensor<2xi8>, tensor<2xui8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op value is 255, expected one in [-128, 127] of 'i8'}}
  %0 = qint.pad %a {low = array<i64: 1>, high = array<i64: 0>, interior = array<i64: 0>, value = 255 : i32} : (tensor<2xi8>) -> tensor<3xi8>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x1xi8>) {
  // expected-error @+1 {{op output has element type 'i32', expected 'i8'}}
  %0 = qint.resize <nearest> %a {scale = array<i64: 2, 1, 2, 1>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>, zero_point = 0 : i32} : (tensor<1x2x3x1xi8>) -> tensor<1x3x5x1xi32>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x1xi8>) {
  // expected-error @+1 {{op a sum may reach 128 * 4096 * 4096, more than 'i32' holds}}
  %0 = qint.resize <bilinear> %a {scale = array<i64: 4096, 1, 4096, 1>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>, zero_point = 0 : i32} : (tensor<1x2x3x1xi8>) -> tensor<1x4097x8193x1xi32>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op input and output both have element type 'i8', expected i8 and ui8}}
  %0 = qint.flip_sign %a {} : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has 2 bytes, expected 4}}
  %0 = qint.constant dense_resource<short> : tensor<2xi16> -> tensor<2xi16>
  return
}

{-#
  dialect_resources: {
    builtin: {
      short: "0x010000000102"
    }
  }
#-}
