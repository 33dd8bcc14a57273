// RUN: qcc-opt %s --qcc-verify-quantized --split-input-file --verify-diagnostics

// expected-error @+1 {{argument 'input0' has element type 'f32', expected one quantized per tensor}}
func.func @float(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error @+1 {{layer 'n' has element type 'f32', expected one quantized per tensor}}
  %0 = qgraph.unary <negate> %a {qgraph.layer = "n"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

!q4 = tensor<2x3x!quant.uniform<i4:f32, 1.0>>
// expected-error @+1 {{argument 'input0' has 4-bit storage, expected 8 bits or signed 16 bits}}
func.func @width(%a: !q4) -> !q4 {
  return %a : !q4
}

// -----

!q = tensor<2x3x!quant.uniform<i8:f32, 1.0>>
!r = tensor<2x3x!quant.uniform<i8:f32, 2.0>>
func.func @clamp(%a: !q) -> !r {
  // expected-error @+1 {{layer 'r' must keep the type '!quant.uniform<i8:f32, 1.000000e+00>' of its input, found '!quant.uniform<i8:f32, 2.000000e+00>'}}
  %0 = qgraph.clamp %a {qgraph.layer = "r", min = 0.0 : f32, max = 6.0 : f32} : (!q) -> !r
  return %0 : !r
}

// -----

!q = tensor<1x1x1x1x!quant.uniform<i8:f32, 0.5>>
!w = tensor<1x1x1x1x!quant.uniform<i8<-127:127>:f32:0, {4.0}>>
!b = tensor<1x!quant.uniform<i32:f32:0, {3.0}>>
func.func @scale(%a: !q) -> !q {
  %w = qgraph.constant dense<1> : tensor<1x1x1x1xi8> -> !w
  %b = qgraph.constant dense<1> : tensor<1xi32> -> !b
  // expected-error @+1 {{layer 'c' has bias scale 3 in channel 0, expected 2, the product of input and filter scales}}
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (!q, !w, !b) -> !q
  return %0 : !q
}

// -----

!q = tensor<1x1x1x1x!quant.uniform<i8:f32, 0.5>>
!b = tensor<1x!quant.uniform<i32:f32:0, {0.25}>>
func.func @filter(%a: !q) -> !q {
  %b = qgraph.constant dense<1> : tensor<1xi32> -> !b
  // expected-error @+1 {{expected 8-bit weights with scales on axis 0}}
  %0 = qgraph.conv2d %a, %a, %b {qgraph.layer = "c", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (!q, !q, !b) -> !q
  return %0 : !q
}

// -----

!q = tensor<1x1x1x1x!quant.uniform<i8:f32, 0.5>>
!w = tensor<1x1x1x1x!quant.uniform<i8<-127:127>:f32:0, {4.0}>>
!b = tensor<1x!quant.uniform<i16:f32:0, {2.0}>>
func.func @bias(%a: !q) -> !q {
  %w = qgraph.constant dense<1> : tensor<1x1x1x1xi8> -> !w
  %b = qgraph.constant dense<1> : tensor<1xi16> -> !b
  // expected-error @+1 {{expected 32 bits with scales on axis 0}}
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (!q, !w, !b) -> !q
  return %0 : !q
}
