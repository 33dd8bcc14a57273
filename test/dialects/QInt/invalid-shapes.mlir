// The other shape rules that both dialects share.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: tensor<2x3xi8>, %b: tensor<3xi8>) {
  // expected-error @+1 {{op rhs has rank 1, expected 2}}
  %0 = qint.maximum %a, %b {} : (tensor<2x3xi8>, tensor<3xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x2xi8>) {
  // expected-error @+1 {{op rhs has size 2 along axis 1, expected 1 or 3}}
  %0 = qint.maximum %a, %b {} : (tensor<2x3xi8>, tensor<2x2xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x1xi8>, %b: tensor<1x3xi8>) {
  // expected-error @+1 {{op output has shape [1, 3], expected [2, 3]}}
  %0 = qint.maximum %a, %b {} : (tensor<2x1xi8>, tensor<1x3xi8>) -> tensor<1x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op axes has 0 numbers, expected at least 1}}
  %0 = qint.reduce <max> %a {axes = array<i64>, zero_point = 0 : i32} : (tensor<2x3xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op axis is 2, expected one in [0, 2)}}
  %0 = qint.reduce <max> %a {axes = array<i64: 2>, zero_point = 0 : i32} : (tensor<2x3xi8>) -> tensor<2x1xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op axes has 1 twice, expected different axes}}
  %0 = qint.reduce <max> %a {axes = array<i64: 1, 1>, zero_point = 0 : i32} : (tensor<2x3xi8>) -> tensor<2x1xi8>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op has no inputs, expected at least 1}}
  %0 = qint.concat {axis = 0 : i64} : () -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x3xi8>) {
  // expected-error @+1 {{op axis is -1, expected one in [0, 2)}}
  %0 = qint.concat %a, %b {axis = -1 : i64} : (tensor<2x3xi8>, tensor<2x3xi8>) -> tensor<2x6xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<3xi8>) {
  // expected-error @+1 {{op input 1 has rank 1, expected 2}}
  %0 = qint.concat %a, %b {axis = 1 : i64} : (tensor<2x3xi8>, tensor<3xi8>) -> tensor<2x6xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<4x3xi8>) {
  // expected-error @+1 {{op input 1 has size 4 along axis 0, expected 2}}
  %0 = qint.concat %a, %b {axis = 1 : i64} : (tensor<2x3xi8>, tensor<4x3xi8>) -> tensor<2x6xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>, %b: tensor<2x2xi8>) {
  // expected-error @+1 {{op output has shape [2, 6], expected [2, 5]}}
  %0 = qint.concat %a, %b {axis = 1 : i64} : (tensor<2x3xi8>, tensor<2x2xi8>) -> tensor<2x6xi8>
  return
}

// -----

func.func @f(%a: tensor<2x5xi8>) {
  // expected-error @+1 {{op slice ends at element 5 along axis 1, input has 5}}
  %0 = qint.slice %a {starts = array<i64: 0, 1>, sizes = array<i64: 1, 3>, strides = array<i64: 1, 2>} : (tensor<2x5xi8>) -> tensor<1x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x5xi8>) {
  // expected-error @+1 {{op starts[0] is -1, expected at least 0}}
  %0 = qint.slice %a {starts = array<i64: -1, 1>, sizes = array<i64: 1, 3>, strides = array<i64: 1, 2>} : (tensor<2x5xi8>) -> tensor<1x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x5xi8>) {
  // expected-error @+1 {{op sizes[1] is 0, expected at least 1}}
  %0 = qint.slice %a {starts = array<i64: 0, 1>, sizes = array<i64: 1, 0>, strides = array<i64: 1, 2>} : (tensor<2x5xi8>) -> tensor<1x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x5xi8>) {
  // expected-error @+1 {{op strides[0] is -1, expected at least 1}}
  %0 = qint.slice %a {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, strides = array<i64: -1, 2>} : (tensor<2x5xi8>) -> tensor<1x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op low has 1 numbers, expected 2}}
  %0 = qint.pad %a {low = array<i64: 1>, high = array<i64: 0, 1>, interior = array<i64: 0, 0>, value = 0 : i32} : (tensor<2x3xi8>) -> tensor<3x4xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op interior[0] is -1, expected at least 0}}
  %0 = qint.pad %a {low = array<i64: 1, 0>, high = array<i64: 0, 1>, interior = array<i64: -1, 0>, value = 0 : i32} : (tensor<2x3xi8>) -> tensor<3x4xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op output has shape [3, 4], expected [3, 8]}}
  %0 = qint.pad %a {low = array<i64: 1, 0>, high = array<i64: 0, 1>, interior = array<i64: 0, 2>, value = 0 : i32} : (tensor<2x3xi8>) -> tensor<3x4xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op output has 7 elements, expected 6}}
  %0 = qint.reshape %a {} : (tensor<2x3xi8>) -> tensor<7xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op permutation[1] is 2, expected at most 1}}
  %0 = qint.transpose %a {permutation = array<i64: 1, 2>} : (tensor<2x3xi8>) -> tensor<3x2xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op permutation has 1 twice, expected different axes}}
  %0 = qint.transpose %a {permutation = array<i64: 1, 1>} : (tensor<2x3xi8>) -> tensor<3x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op multiples[0] is 0, expected at least 1}}
  %0 = qint.tile %a {multiples = array<i64: 0, 1>} : (tensor<2x3xi8>) -> tensor<2x3xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op indices[1] is 3, expected at most 2}}
  %0 = qint.gather %a {indices = array<i64: 0, 3>, axis = 1 : i64} : (tensor<2x3xi8>) -> tensor<2x2xi8>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x1xi8>) {
  // expected-error @+1 {{op scale[3] is 0, expected at least 1}}
  %0 = qint.resize <nearest> %a {scale = array<i64: 2, 1, 2, 0>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>, zero_point = 0 : i32} : (tensor<1x2x3x1xi8>) -> tensor<1x4x6x1xi8>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x1xi8>) {
  // expected-error @+1 {{op offset has 1 numbers, expected 2}}
  %0 = qint.resize <nearest> %a {scale = array<i64: 2, 1, 2, 1>, offset = array<i64: 0>, border = array<i64: 0, 0>, zero_point = 0 : i32} : (tensor<1x2x3x1xi8>) -> tensor<1x4x6x1xi8>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x1xi8>) {
  // expected-error @+1 {{op resized axis 2 spans -1 steps, expected at least 0}}
  %0 = qint.resize <nearest> %a {scale = array<i64: 2, 1, 2, 1>, offset = array<i64: 0, 0>, border = array<i64: 1, -5>, zero_point = 0 : i32} : (tensor<1x2x3x1xi8>) -> tensor<1x4x6x1xi8>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x1xi8>) {
  // expected-error @+1 {{op output has shape [1, 4, 6, 1], expected [1, 3, 5, 1]}}
  %0 = qint.resize <nearest> %a {scale = array<i64: 2, 1, 2, 1>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>, zero_point = 0 : i32} : (tensor<1x2x3x1xi8>) -> tensor<1x4x6x1xi8>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op axis is 3, expected one in [0, 2)}}
  %0 = qint.argmax %a {axis = 3 : i64} : (tensor<2x3xi8>) -> tensor<2xi32>
  return
}

// -----

func.func @f(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{op output has shape [3], expected [2]}}
  %0 = qint.argmax %a {axis = 1 : i64} : (tensor<2x3xi8>) -> tensor<3xi32>
  return
}

// -----

func.func @f(%a: tensor<1x3x2x1xi8>, %i: tensor<1x4xi32>) {
  // expected-error @+1 {{op input has rank 4, expected 3}}
  %0 = qint.lookup %a, %i : (tensor<1x3x2x1xi8>, tensor<1x4xi32>) -> tensor<1x4x2xi8>
  return
}

// -----

func.func @f(%a: tensor<1x3x2xi8>, %i: tensor<4xi32>) {
  // expected-error @+1 {{op indices has rank 1, expected 2}}
  %0 = qint.lookup %a, %i : (tensor<1x3x2xi8>, tensor<4xi32>) -> tensor<1x4x2xi8>
  return
}

// -----

func.func @f(%a: tensor<1x3x2xi8>, %i: tensor<1x4xi64>) {
  // expected-error @+1 {{op indices have element type 'i64', expected i32}}
  %0 = qint.lookup %a, %i : (tensor<1x3x2xi8>, tensor<1x4xi64>) -> tensor<1x4x2xi8>
  return
}

// -----

func.func @f(%a: tensor<3x3x2xi8>, %i: tensor<2x4xi32>) {
  // expected-error @+1 {{op input has 3 tables for 2 lists of indices}}
  %0 = qint.lookup %a, %i : (tensor<3x3x2xi8>, tensor<2x4xi32>) -> tensor<3x4x2xi8>
  return
}

// -----

func.func @f(%a: tensor<1x3x2xi8>, %i: tensor<1x4xi32>) {
  // expected-error @+1 {{op output has shape [1, 3, 2], expected [1, 4, 2]}}
  %0 = qint.lookup %a, %i : (tensor<1x3x2xi8>, tensor<1x4xi32>) -> tensor<1x3x2xi8>
  return
}

// -----

func.func @f(%a: tensor<1x3x2xi8>, %i: tensor<1x4xi32>) {
  // expected-error @+1 {{op input has element type 'i8', expected the output's, 'i16'}}
  %0 = qint.lookup %a, %i : (tensor<1x3x2xi8>, tensor<1x4xi32>) -> tensor<1x4x2xi16>
  return
}
