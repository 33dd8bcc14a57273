// Shape rules of convolutions, pools and products, which both dialects share.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: tensor<?x2xi8>) {
  // expected-error @+1 {{'qint.reshape' op operand 0 has type 'tensor<?x2xi8>', expected a tensor of static shape}}
  %0 = qint.reshape %a {} : (tensor<?x2xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%a: tensor<4xi8>) {
  // expected-error @+1 {{'qint.reshape' op result 0 has type 'tensor<0x4xi8>', expected no axis of size 0}}
  %0 = qint.reshape %a {} : (tensor<4xi8>) -> tensor<0x4xi8>
  return
}

// -----

func.func @f(%a: tensor<1048576x1048576xi8>) {
  // expected-error @+1 {{'qint.reshape' op operand 0 has type 'tensor<1048576x1048576xi8>', expected fewer than 2^40 elements}}
  %0 = qint.reshape %a {} : (tensor<1048576x1048576xi8>) -> tensor<4xi8>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x8xi8>, %b: tensor<2x3x2x5xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op filter has 5 input channels per group, expected 4 (input has 8 channels in 2 groups)}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64, pad_value = 0 : i32} : (tensor<1x5x4x8xi8>, tensor<2x3x2x5xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op input has 3 channels, expected a multiple of 2 groups}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x4xi8>, %b: tensor<3x3x2x2xi8>, %c: tensor<3xi32>) {
  // expected-error @+1 {{op filter has 3 output channels, expected a multiple of 2 groups}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64, pad_value = 0 : i32} : (tensor<1x5x4x4xi8>, tensor<3x3x2x2xi8>, tensor<3xi32>) -> tensor<1x3x3x3xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op groups is 0, expected at least 1}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 0 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op groups is -1, expected at least 1}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = -1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op strides has 1 numbers, expected 2}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op strides[1] is 0, expected at least 1}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 0>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op strides[0] is 9223372036854775807, expected at most 1048576}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 9223372036854775807, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op pads has 0 numbers, expected 4}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op pads[2] is -1, expected at least 0}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, -1, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op dilations[0] is 0, expected at least 1}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 0, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op input has rank 3, expected 4}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op filter has rank 2, expected 4}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op output has rank 1, expected 4}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<3xi32>) {
  // expected-error @+1 {{op bias has shape [3], expected [2]}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<3xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op output has shape [1, 4, 3, 2], expected [1, 3, 3, 2]}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x4x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op window covers 7 rows, padded input has 6}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 1, 0, 0, 0>, dilations = array<i64: 3, 1>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>, %b: tensor<2x3x2x3xi8>, %c: tensor<2xi32>) {
  // expected-error @+1 {{op window covers 5 columns, padded input has 4}}
  %0 = qint.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 4>, groups = 1 : i64, pad_value = 0 : i32} : (tensor<1x5x4x3xi8>, tensor<2x3x2x3xi8>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>) {
  // expected-error @+1 {{op kernel has 3 numbers, expected 2}}
  %0 = qint.max_pool2d %a {kernel = array<i64: 2, 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x5x4x3xi8>) -> tensor<1x4x3x3xi8>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xi8>) {
  // expected-error @+1 {{op pads[3] is 3, expected at most 2}}
  %0 = qint.max_pool2d %a {kernel = array<i64: 2, 3>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 3>} : (tensor<1x5x4x3xi8>) -> tensor<1x4x5x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<1x3x2xi8>) {
  // expected-error @+1 {{op lhs has rank 2, expected 3}}
  %0 = qint.matmul %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32} : (tensor<2x3xi8>, tensor<1x3x2xi8>) -> tensor<1x2x2xi32>
  return
}

// -----

func.func @f(%a: tensor<2x4x3xi8>, %b: tensor<1x3x2xi8>) {
  // expected-error @+1 {{op rhs has 1 matrices, expected 2}}
  %0 = qint.matmul %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32} : (tensor<2x4x3xi8>, tensor<1x3x2xi8>) -> tensor<2x4x2xi32>
  return
}

// -----

func.func @f(%a: tensor<2x4x3xi8>, %b: tensor<2x5x2xi8>) {
  // expected-error @+1 {{op rhs has 5 rows, expected 3 as lhs has columns}}
  %0 = qint.matmul %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32} : (tensor<2x4x3xi8>, tensor<2x5x2xi8>) -> tensor<2x4x2xi32>
  return
}
