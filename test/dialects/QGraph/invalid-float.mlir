// What the ops of float networks must be.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: tensor<2x3xf32>, %b: tensor<1x3xf32>) {
  // expected-error @+1 {{op output has shape [1, 3], expected [2, 3]}}
  %0 = qgraph.div %a, %b : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %b: tensor<2x2xf32>) {
  // expected-error @+1 {{op rhs has size 2 along axis 1, expected 1 or 3}}
  %0 = qgraph.pow %a, %b : (tensor<2x3xf32>, tensor<2x2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op condition has element type 'i8', expected i1}}
  %0 = qgraph.select %a, %a {condition = dense<1> : tensor<2x3xi8>} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op condition is not a dense attribute}}
  %0 = qgraph.select %a, %a {condition = sparse<[[0, 0]], [true]> : tensor<2x3xi1>} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op condition has rank 1, expected 2}}
  %0 = qgraph.select %a, %a {condition = dense<true> : tensor<3xi1>} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op condition has size 2 along axis 1, expected 1 or 3}}
  %0 = qgraph.select %a, %a {condition = dense<true> : tensor<2x2xi1>} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{op rhs has rank 1, expected 2}}
  %0 = qgraph.select %a, %b {condition = dense<true> : tensor<2x3xi1>} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<1x3xf32>) {
  // expected-error @+1 {{op output has shape [1, 3], expected [2, 3]}}
  %0 = qgraph.select %a, %a {condition = dense<true> : tensor<2x1xi1>} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op axis is 2, expected one in [0, 2)}}
  %0 = qgraph.softmax %a {axis = 2 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op axis is -1, expected one in [0, 2)}}
  %0 = qgraph.softmax %a {axis = -1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op output has shape [3, 2], expected [2, 3]}}
  %0 = qgraph.softmax %a {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %g: tensor<3xf32>) {
  // expected-error @+1 {{op axis is 2, expected one in [0, 2)}}
  %0 = qgraph.layer_norm %a, %g, %g {axis = 2 : i64, epsilon = 0.5 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %g: tensor<3xf32>) {
  // expected-error @+1 {{op gamma has shape [3], expected [2, 3]}}
  %0 = qgraph.layer_norm %a, %g, %g {axis = 0 : i64, epsilon = 0.5 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %g: tensor<3xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{op beta has shape [2], expected [3]}}
  %0 = qgraph.layer_norm %a, %g, %b {axis = 1 : i64, epsilon = 0.5 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %g: tensor<3xf32>) {
  // expected-error @+1 {{op epsilon is -0.5, expected a finite number of at least 0}}
  %0 = qgraph.layer_norm %a, %g, %g {axis = 1 : i64, epsilon = -0.5 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %g: tensor<3xf32>) {
  // expected-error @+1 {{op output has shape [3, 3], expected [2, 3]}}
  %0 = qgraph.layer_norm %a, %g, %g {axis = 1 : i64, epsilon = 0.5 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %g: tensor<2xf32>) {
  // expected-error @+1 {{op gamma has shape [2], expected [3]}}
  %0 = qgraph.rms_norm %a, %g {axis = 1 : i64, epsilon = 0.5 : f32} : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %g: tensor<3xf32>) {
  // expected-error @+1 {{op epsilon is inf, expected a finite number of at least 0}}
  %0 = qgraph.rms_norm %a, %g {axis = 1 : i64, epsilon = 0x7F800000 : f32} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op alpha is 0.5, expected 0 as gelu does not use it}}
  %0 = qgraph.unary <gelu> %a {alpha = 0.5 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op alpha is -inf, expected a finite number}}
  %0 = qgraph.unary <elu> %a {alpha = 0xFF800000 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3x!quant.uniform<i8:f32, 0.5:3>>) {
  // expected-error @+1 {{op operand 0 has element type '!quant.uniform<i8:f32, 5.000000e-01:3>' and the result 'f32', expected both float or both integer}}
  %0 = qgraph.softmax %a {axis = 1 : i64} : (tensor<2x3x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<2x3xf32>
  return
}
