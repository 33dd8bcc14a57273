// What each qgraph op must be.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: tensor<1x5x4x3xf32>, %b: tensor<2x3x2x3xf32>, %c: tensor<2xf32>) {
  // expected-error @+1 {{op output has shape [1, 3, 2, 2], expected [1, 3, 3, 2]}}
  %0 = qgraph.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x4x3xf32>, tensor<2x3x2x3xf32>, tensor<2xf32>) -> tensor<1x3x2x2xf32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<2x3x2x3x!quant.uniform<i8:f32:3, {0.5, 0.5, 0.25}>>, %c: tensor<2x!quant.uniform<i32:f32, 0.5>>) {
  // expected-error @+1 {{op quantized axis of the filter or bias is 3, expected 0}}
  %0 = qgraph.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x4x3x!quant.uniform<i8:f32, 0.5:3>>, tensor<2x3x2x3x!quant.uniform<i8:f32:3, {0.5, 0.5, 0.25}>>, tensor<2x!quant.uniform<i32:f32, 0.5>>) -> tensor<1x3x3x2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3x!quant.uniform<i8:f32, 0.5:3>>, %b: tensor<2x3x2x3x!quant.uniform<i8:f32, 0.5:3>>, %c: tensor<2x!quant.uniform<i32:f32, 0.5>>) {
  // expected-error @+1 {{op input or output has element type '!quant.uniform<i8:f32:3, {5.000000e-01,2.500000e-01}>', expected one scale per tensor}}
  %0 = qgraph.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x4x3x!quant.uniform<i8:f32, 0.5:3>>, tensor<2x3x2x3x!quant.uniform<i8:f32, 0.5:3>>, tensor<2x!quant.uniform<i32:f32, 0.5>>) -> tensor<1x3x3x2x!quant.uniform<i8:f32:3, {0.5, 0.25}>>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xf32>, %b: tensor<2x3x2x3xf32>, %c: tensor<2xf32>) {
  // expected-error @+1 {{op output has shape [1, 12, 9, 2], expected [1, 11, 9, 2]}}
  %0 = qgraph.transpose_conv2d %a, %b, %c {strides = array<i64: 2, 2>, out_pads = array<i64: 1, -1, 0, 1>} : (tensor<1x5x4x3xf32>, tensor<2x3x2x3xf32>, tensor<2xf32>) -> tensor<1x12x9x2xf32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xf32>, %b: tensor<2x3x2x4xf32>, %c: tensor<2xf32>) {
  // expected-error @+1 {{op filter has 4 input channels, expected 3}}
  %0 = qgraph.transpose_conv2d %a, %b, %c {strides = array<i64: 2, 2>, out_pads = array<i64: 1, -1, 0, 1>} : (tensor<1x5x4x3xf32>, tensor<2x3x2x4xf32>, tensor<2xf32>) -> tensor<1x11x9x2xf32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xf32>, %b: tensor<2x3x2x3xf32>, %c: tensor<2xf32>) {
  // expected-error @+1 {{op strides[0] is 0, expected at least 1}}
  %0 = qgraph.transpose_conv2d %a, %b, %c {strides = array<i64: 0, 2>, out_pads = array<i64: 1, -1, 0, 1>} : (tensor<1x5x4x3xf32>, tensor<2x3x2x3xf32>, tensor<2xf32>) -> tensor<1x11x9x2xf32>
  return
}

// -----

func.func @f(%a: tensor<1x5x4x3xf32>, %b: tensor<2x3x2x3xf32>, %c: tensor<2xf32>) {
  // expected-error @+1 {{op out_pads has 2 numbers, expected 4}}
  %0 = qgraph.transpose_conv2d %a, %b, %c {strides = array<i64: 2, 2>, out_pads = array<i64: 0, 0>} : (tensor<1x5x4x3xf32>, tensor<2x3x2x3xf32>, tensor<2xf32>) -> tensor<1x11x9x2xf32>
  return
}

// -----

func.func @f(%a: tensor<5x4x3xf32>, %b: tensor<2x3x2x3xf32>, %c: tensor<2xf32>) {
  // expected-error @+1 {{op input has rank 3, expected 4}}
  %0 = qgraph.transpose_conv2d %a, %b, %c {strides = array<i64: 2, 2>, out_pads = array<i64: 1, -1, 0, 1>} : (tensor<5x4x3xf32>, tensor<2x3x2x3xf32>, tensor<2xf32>) -> tensor<1x11x9x2xf32>
  return
}

// -----

func.func @f(%a: tensor<2x!quant.uniform<i8:f32, 0.5:3>>) {
  // expected-error @+1 {{op table has 3 entries, expected 256}}
  %0 = qgraph.table %a {table = array<i8: 0, 0, 0>} : (tensor<2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<2x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// -----

func.func @f(%a: tensor<2xf32>) {
  // expected-error @+1 {{op on f32 has no input_type or output_type, expected 8-bit quantized types of one scale}}
  %0 = qgraph.table %a {table = array<i8: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0>} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @f(%a: tensor<2xf32>) {
  // expected-error @+1 {{op min is 1, expected at most max, which is 0}}
  %0 = qgraph.clamp %a {min = 1.0 : f32, max = 0.0 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @f(%a: tensor<2xf32>) {
  // expected-error @+1 {{op min is nan, expected at most max}}
  %0 = qgraph.clamp %a {min = 0x7FC00000 : f32, max = 0.0 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @f(%a: tensor<2xf32>) {
  // expected-error @+1 {{op output has shape [3], expected [2]}}
  %0 = qgraph.clamp %a {min = 0.0 : f32, max = 1.0 : f32} : (tensor<2xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @f(%a: tensor<2xf32>) {
  // expected-error @+1 {{op output has shape [3], expected [2]}}
  %0 = qgraph.unary <tanh> %a {} : (tensor<2xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %b: tensor<2xf32>, %c: tensor<3xf32>, %d: tensor<3xf32>, %e: tensor<3xf32>) {
  // expected-error @+1 {{op gamma has type 'tensor<2xf32>', expected 3 numbers}}
  %0 = qgraph.batch_norm %a, %b, %c, %d, %e {epsilon = 0.001 : f32} : (tensor<2x3xf32>, tensor<2xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>, %d: tensor<1x3xf32>, %e: tensor<3xf32>) {
  // expected-error @+1 {{op mean has type 'tensor<1x3xf32>', expected 3 numbers}}
  %0 = qgraph.batch_norm %a, %b, %c, %d, %e {epsilon = 0.001 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<1x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>, %d: tensor<3xf32>, %e: tensor<4xf32>) {
  // expected-error @+1 {{op variance has type 'tensor<4xf32>', expected 3 numbers}}
  %0 = qgraph.batch_norm %a, %b, %c, %d, %e {epsilon = 0.001 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>, %d: tensor<3xf32>, %e: tensor<3xf32>) {
  // expected-error @+1 {{op epsilon is -1, expected a finite number of at least 0}}
  %0 = qgraph.batch_norm %a, %b, %c, %d, %e {epsilon = -1.0 : f32} : (tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<f32>, %b: tensor<3xf32>, %c: tensor<3xf32>, %d: tensor<3xf32>, %e: tensor<3xf32>) {
  // expected-error @+1 {{op input has rank 0, expected at least 1}}
  %0 = qgraph.batch_norm %a, %b, %c, %d, %e {epsilon = 0.001 : f32} : (tensor<f32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op output has element type 'f32', expected integers}}
  %0 = qgraph.argmax %a {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @f(%a: tensor<2xf32>) {
  // expected-error @+1 {{op input or output has element type 'f32', expected a quantized type}}
  %0 = qgraph.requantize %a {} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @f(%a: tensor<2x!quant.uniform<i8:f32, 0.5:3>>) {
  // expected-error @+1 {{op output has shape [3], expected [2]}}
  %0 = qgraph.requantize %a {} : (tensor<2x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<3x!quant.uniform<i8:f32, 0.5:3>>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op output has 4 elements, expected 6}}
  %0 = qgraph.reshape %a {} : (tensor<2x3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op output has shape [2, 3], expected [3, 2]}}
  %0 = qgraph.transpose %a {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op multiples has 1 numbers, expected 2}}
  %0 = qgraph.tile %a {multiples = array<i64: 2>} : (tensor<2x3xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op indices[0] is -1, expected at least 0}}
  %0 = qgraph.gather %a {indices = array<i64: -1>, axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op output has shape [2, 4], expected [2, 3]}}
  %0 = qgraph.pad %a {low = array<i64: 0, 1>, high = array<i64: 0, -1>, value = 0.0 : f32} : (tensor<2x3xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op starts has 0 numbers, expected 2}}
  %0 = qgraph.slice %a {starts = array<i64>, sizes = array<i64: 1, 1>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x1xf32>) {
  // expected-error @+1 {{op kernel[0] is 0, expected at least 1}}
  %0 = qgraph.avg_pool2d %a {kernel = array<i64: 0, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x1xf32>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x1xf32>) {
  // expected-error @+1 {{op pads[1] is 2, expected at most 1}}
  %0 = qgraph.max_pool2d %a {kernel = array<i64: 2, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 2, 0, 0>} : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x1xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{op axis is 4, expected one in [0, 2)}}
  %0 = qgraph.reduce <mean> %a {axes = array<i64: 4>} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x1xf32>) {
  // expected-error @+1 {{op border[0] is -9000000000000000000, expected at least -1048576}}
  %0 = qgraph.resize <bilinear> %a {scale = array<i64: 1, 1, 1, 1>, offset = array<i64: 0, 0>, border = array<i64: -9000000000000000000, 0>} : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x1xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{op rhs has size 4 along axis 0, expected 1 or 3}}
  %0 = qgraph.sub %a, %b : (tensor<3xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @f(%a: tensor<2xf32>) {
  // expected-error @+1 {{op has no inputs, expected at least 1}}
  %0 = "qgraph.concat"() {axis = 0 : i64} : () -> tensor<2xf32>
  return
}

// -----

func.func @f(%a: tensor<1x2x3xf32>, %b: tensor<1x4x2xf32>) {
  // expected-error @+1 {{op rhs has 4 rows, expected 3 as lhs has columns}}
  %0 = qgraph.matmul %a, %b : (tensor<1x2x3xf32>, tensor<1x4x2xf32>) -> tensor<1x2x2xf32>
  return
}

// -----

func.func @table_on_f32_without_types(%a: tensor<2xf32>) {
  // expected-error @+1 {{op on f32 has no input_type or output_type, expected 8-bit quantized types of one scale}}
  %0 = qgraph.table %a {input_type = !quant.uniform<i8:f32, 0.5>, table = array<i8: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0>} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @table_with_two_types(%a: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{op has an input_type or output_type beside the types of its operands, expected them on f32 only}}
  %0 = qgraph.table %a {input_type = !quant.uniform<i8:f32, 0.5>, table = array<i8: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0>} : (tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @f(%a: tensor<1x3x2x1xf32>, %i: tensor<1x4xi32>) {
  // expected-error @+1 {{op input has rank 4, expected 3}}
  %0 = qgraph.lookup %a, %i : (tensor<1x3x2x1xf32>, tensor<1x4xi32>) -> tensor<1x4x2xf32>
  return
}

// -----

func.func @f(%a: tensor<1x3x2xf32>, %i: tensor<4xi32>) {
  // expected-error @+1 {{op indices has rank 1, expected 2}}
  %0 = qgraph.lookup %a, %i : (tensor<1x3x2xf32>, tensor<4xi32>) -> tensor<1x4x2xf32>
  return
}

// -----

func.func @f(%a: tensor<1x3x2xf32>, %i: tensor<1x4xi64>) {
  // expected-error @+1 {{op indices have element type 'i64', expected i32}}
  %0 = qgraph.lookup %a, %i : (tensor<1x3x2xf32>, tensor<1x4xi64>) -> tensor<1x4x2xf32>
  return
}

// -----

func.func @f(%a: tensor<3x3x2xf32>, %i: tensor<2x4xi32>) {
  // expected-error @+1 {{op input has 3 tables for 2 lists of indices}}
  %0 = qgraph.lookup %a, %i : (tensor<3x3x2xf32>, tensor<2x4xi32>) -> tensor<3x4x2xf32>
  return
}

// -----

func.func @f(%a: tensor<1x3x2xf32>, %i: tensor<1x4xi32>) {
  // expected-error @+1 {{op output has shape [1, 3, 2], expected [1, 4, 2]}}
  %0 = qgraph.lookup %a, %i : (tensor<1x3x2xf32>, tensor<1x4xi32>) -> tensor<1x3x2xf32>
  return
}
