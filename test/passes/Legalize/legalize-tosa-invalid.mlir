// What cannot be legalized is named, with what was found and what is
// supported.
// RUN: qcc-opt %s --qcc-legalize-tosa --split-input-file --verify-diagnostics

// Every unsupported op of a function is reported, not only the first; ops that
// use their results are examined too and not blamed for them.
func.func @all_of_them(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error @+1 {{'tosa.reduce_product' op is not supported; docs/supported-ops.md lists the ops that are}}
  %0 = tosa.reduce_product %a {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %1 = tosa.abs %0 : (tensor<2x1xf32>) -> tensor<2x1xf32>
  // expected-error @+1 {{'tosa.greater' op is not supported}}
  %2 = tosa.greater %1, %a : (tensor<2x1xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
  // expected-error @+1 {{'tosa.logical_not' op is not supported}}
  %3 = tosa.logical_not %2 : (tensor<2x3xi1>) -> tensor<2x3xi1>
  return %a : tensor<2x3xf32>
}

// -----

// The weight depends on an op that has its error already.
func.func @depends_on_failure(%x: tensor<1x5x4x2xf32>) -> tensor<1x5x4x3xf32> {
  %w = "tosa.const"() <{values = dense<1.0> : tensor<3x1x1x2xf32>}> : () -> tensor<3x1x1x2xf32>
  // expected-error @+1 {{'tosa.reduce_product' op is not supported}}
  %c = tosa.reduce_product %w {axis = 1 : i32} : (tensor<3x1x1x2xf32>) -> tensor<3x1x1x2xf32>
  %b = "tosa.const"() <{values = dense<0.5> : tensor<3xf32>}> : () -> tensor<3xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %c, %b, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x5x4x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x4x3xf32>
  return %0 : tensor<1x5x4x3xf32>
}

// -----

// expected-error @+1 {{argument 1 has element type 'i8'; only f32 is supported}}
func.func @integer_argument(%a: tensor<2x3xf32>, %b: tensor<2x3xi8>) -> tensor<2x3xf32> {
  return %a : tensor<2x3xf32>
}

// -----

// expected-error @+1 {{argument 0 is 'tensor<?x3xf32>'; only static shapes are supported}}
func.func @dynamic(%a: tensor<?x3xf32>) -> tensor<?x3xf32> {
  return %a : tensor<?x3xf32>
}

// -----

// expected-error @+1 {{argument 0 is 'tensor<*xf32>'; only ranked tensors are supported}}
func.func @unranked(%a: tensor<*xf32>) -> tensor<*xf32> {
  return %a : tensor<*xf32>
}

// -----

// expected-error @+1 {{argument 0 is 'tensor<0x3xf32>' and empty}}
func.func @empty(%a: tensor<0x3xf32>) -> tensor<0x3xf32> {
  return %a : tensor<0x3xf32>
}

// -----

// expected-error @+1 {{argument 0 is 'tensor<65536x65536xf32>'; at most 2147483648 elements are supported}}
func.func @huge(%a: tensor<65536x65536xf32>) -> tensor<65536x65536xf32> {
  return %a : tensor<65536x65536xf32>
}

// -----

func.func @dynamic_result(%a: tensor<2x3xf32>) -> tensor<?x3xf32> {
  // expected-error @+1 {{'tosa.abs' op result is 'tensor<?x3xf32>'; only static shapes are supported}}
  %0 = tosa.abs %a : (tensor<2x3xf32>) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// -----

func.func @cast(%a: tensor<2x3xf32>) -> tensor<2x3xi32> {
  // expected-error @+1 {{'tosa.cast' op result has element type 'i32'; only f32 is supported}}
  %0 = tosa.cast %a : (tensor<2x3xf32>) -> tensor<2x3xi32>
  return %0 : tensor<2x3xi32>
}

// -----

func.func @half(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // expected-error @+1 {{'tosa.cast' op result has element type 'f16'; only f32 is supported}}
  %0 = tosa.cast %a : (tensor<2x3xf32>) -> tensor<2x3xf16>
  // The error above is the only one.
  %1 = tosa.cast %0 : (tensor<2x3xf16>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

func.func @integer_constant(%a: tensor<2xf32>) -> tensor<2xf32> {
  %c = "tosa.const"() <{values = dense<1> : tensor<2xi32>}> : () -> tensor<2xi32>
  // expected-error @+1 {{'tosa.cast' op operand 0 has element type 'i32'; only f32 is supported}}
  %0 = tosa.cast %c : (tensor<2xi32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @index_arithmetic(%a: tensor<2x3xf32>) -> tensor<2xi32> {
  %0 = tosa.argmax %a {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2xi32>
  // expected-error @+1 {{'tosa.add' op result has element type 'i32'; only f32 is supported}}
  %1 = tosa.add %0, %0 : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  return %1 : tensor<2xi32>
}

// -----

func.func @argmax_of_integers(%a: tensor<2x3xf32>) -> tensor<i32> {
  %0 = tosa.argmax %a {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2xi32>
  // expected-error @+1 {{'tosa.argmax' op operand 0 has element type 'i32'; only f32 is supported}}
  %1 = tosa.argmax %0 {axis = 0 : i32} : (tensor<2xi32>) -> tensor<i32>
  return %1 : tensor<i32>
}

// -----

func.func @short_indices(%a: tensor<2x3xf32>) -> tensor<2xi16> {
  // expected-error @+1 {{'tosa.argmax' op result has element type 'i16'; only f32, i32 and i64 are supported}}
  %0 = tosa.argmax %a {axis = 1 : i32} : (tensor<2x3xf32>) -> tensor<2xi16>
  return %0 : tensor<2xi16>
}

// -----

func.func @table_of_unknown_codes(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %t = "tosa.const"() <{values = dense<1> : tensor<256xi8>}> : () -> tensor<256xi8>
  %i = "tosa.const"() <{values = dense<1> : tensor<2x3xi8>}> : () -> tensor<2x3xi8>
  // expected-error @+1 {{'tosa.table' op reads codes of type 'tensor<2x3xi8>' whose scale is not known; expected the result of quant.qcast or of another table}}
  %0 = tosa.table %i, %t : (tensor<2x3xi8>, tensor<256xi8>) -> tensor<2x3xi8>
  // The error above is the only one.
  %1 = quant.scast %0 : tensor<2x3xi8> to tensor<2x3x!quant.uniform<i8:f32, 0.25>>
  %2 = quant.dcast %1 : tensor<2x3x!quant.uniform<i8:f32, 0.25>> to tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

func.func @table_to_unknown_codes(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %t = "tosa.const"() <{values = dense<1> : tensor<256xi8>}> : () -> tensor<256xi8>
  %0 = quant.qcast %a : tensor<2x3xf32> to tensor<2x3x!quant.uniform<i8:f32, 0.5>>
  %1 = quant.scast %0 : tensor<2x3x!quant.uniform<i8:f32, 0.5>> to tensor<2x3xi8>
  // expected-error @+1 {{'tosa.table' op gives codes of type 'tensor<2x3xi8>' whose scale is not known; expected only quant.scast to one quantized type to read them}}
  %2 = tosa.table %1, %t : (tensor<2x3xi8>, tensor<256xi8>) -> tensor<2x3xi8>
  %3 = quant.scast %2 : tensor<2x3xi8> to tensor<2x3x!quant.uniform<i8:f32, 0.25>>
  %4 = quant.scast %2 : tensor<2x3xi8> to tensor<2x3x!quant.uniform<i8:f32, 0.125>>
  %5 = quant.dcast %3 : tensor<2x3x!quant.uniform<i8:f32, 0.25>> to tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}

// -----

func.func @table_of_wide_codes(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %t = "tosa.const"() <{values = dense<1> : tensor<513xi16>}> : () -> tensor<513xi16>
  %0 = quant.qcast %a : tensor<2x3xf32> to tensor<2x3x!quant.uniform<i16:f32, 0.5>>
  // expected-error @+1 {{'tosa.table' op maps 'tensor<2x3x!quant.uniform<i16:f32, 5.000000e-01>>' to 'tensor<2x3x!quant.uniform<i32:f32, 2.500000e-01>>'; only signed 8-bit codes of one scale are supported}}
  %1 = tosa.table %0, %t : (tensor<2x3x!quant.uniform<i16:f32, 0.5>>, tensor<513xi16>) -> tensor<2x3x!quant.uniform<i32:f32, 0.25>>
  %2 = quant.dcast %1 : tensor<2x3x!quant.uniform<i32:f32, 0.25>> to tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

func.func @computed_table(%a: tensor<2x3xf32>, %b: tensor<256xf32>) -> tensor<2x3xf32> {
  %0 = quant.qcast %a : tensor<2x3xf32> to tensor<2x3x!quant.uniform<i8:f32, 0.5>>
  %1 = quant.qcast %b : tensor<256xf32> to tensor<256x!quant.uniform<i8:f32, 0.5>>
  %t = quant.scast %1 : tensor<256x!quant.uniform<i8:f32, 0.5>> to tensor<256xi8>
  // expected-error @+1 {{'tosa.table' op table must be constant, but is computed}}
  %2 = tosa.table %0, %t : (tensor<2x3x!quant.uniform<i8:f32, 0.5>>, tensor<256xi8>) -> tensor<2x3x!quant.uniform<i8:f32, 0.25>>
  %3 = quant.dcast %2 : tensor<2x3x!quant.uniform<i8:f32, 0.25>> to tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// -----

func.func @codes_of_two_types(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = quant.qcast %a : tensor<2x3xf32> to tensor<2x3x!quant.uniform<i8:f32, 0.5>>
  %1 = quant.scast %0 : tensor<2x3x!quant.uniform<i8:f32, 0.5>> to tensor<2x3xi8>
  // expected-error @+1 {{'quant.scast' op takes codes of '!quant.uniform<i8:f32, 5.000000e-01>' for codes of '!quant.uniform<i8:f32, 2.500000e-01>'; expected one type}}
  %2 = quant.scast %1 : tensor<2x3xi8> to tensor<2x3x!quant.uniform<i8:f32, 0.25>>
  %3 = quant.dcast %2 : tensor<2x3x!quant.uniform<i8:f32, 0.25>> to tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// -----

func.func @codes_of_no_type(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %i = "tosa.const"() <{values = dense<1> : tensor<2x3xi8>}> : () -> tensor<2x3xi8>
  // expected-error @+1 {{'quant.scast' op casts 'tensor<2x3xi8>' whose scale is not known; expected the result of quant.qcast or of tosa.table}}
  %0 = quant.scast %i : tensor<2x3xi8> to tensor<2x3x!quant.uniform<i8:f32, 0.25>>
  %1 = quant.dcast %0 : tensor<2x3x!quant.uniform<i8:f32, 0.25>> to tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

// A constant cannot be moved as the indices of argmax can.
func.func @moved_integers(%a: tensor<2xf32>) -> tensor<3x2xi32> {
  %c = "tosa.const"() <{values = dense<1> : tensor<2x3xi32>}> : () -> tensor<2x3xi32>
  // expected-error @+1 {{'tosa.transpose' op operand 0 has element type 'i32'; only f32 is supported}}
  %0 = tosa.transpose %c {perms = array<i32: 1, 0>} : (tensor<2x3xi32>) -> tensor<3x2xi32>
  return %0 : tensor<3x2xi32>
}

// -----

func.func @nan(%a: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'tosa.const' op has the element NaN at index 1; only finite numbers are supported}}
  %c = "tosa.const"() <{values = dense<[1.0, 0x7FC00000]> : tensor<2xf32>}> : () -> tensor<2xf32>
  %0 = tosa.add %a, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @infinity(%a: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'arith.constant' op has the element infinity at index 0; only finite numbers are supported}}
  %c = arith.constant dense<0xFF800000> : tensor<2xf32>
  %0 = tosa.add %a, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @sparse(%a: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'tosa.const' op has a value that cannot be read; only dense and dense_resource are supported}}
  %c = "tosa.const"() <{values = sparse<[[0]], 1.0> : tensor<2xf32>}> : () -> tensor<2xf32>
  %0 = tosa.add %a, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @computed_weight(%x: tensor<1x5x4x2xf32>, %w: tensor<3x1x1x2xf32>) -> tensor<1x5x4x3xf32> {
  %b = "tosa.const"() <{values = dense<0.5> : tensor<3xf32>}> : () -> tensor<3xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // expected-error @+1 {{'tosa.conv2d' op weight must be constant, but is computed}}
  %0 = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x5x4x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x4x3xf32>
  return %0 : tensor<1x5x4x3xf32>
}

// -----

func.func @computed_bias(%x: tensor<1x5x4x2xf32>, %b: tensor<3xf32>) -> tensor<1x5x4x3xf32> {
  %w = "tosa.const"() <{values = dense<0.5> : tensor<3x1x1x2xf32>}> : () -> tensor<3x1x1x2xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  // expected-error @+1 {{'tosa.conv2d' op bias must be constant, but is computed}}
  %0 = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>, dilation = array<i64: 1, 1>} : (tensor<1x5x4x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x4x3xf32>
  return %0 : tensor<1x5x4x3xf32>
}

// -----

func.func @computed_zero_point(%x: tensor<1x5x4x2xf32>, %z: tensor<1xf32>) -> tensor<1x5x4x2xf32> {
  // expected-error @+1 {{'tosa.negate' op input zero point must be the constant 0}}
  %0 = tosa.negate %x, %z, %z : (tensor<1x5x4x2xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x4x2xf32>
  return %0 : tensor<1x5x4x2xf32>
}

// -----

func.func @integers_to_add(%a: tensor<2x3xf32>, %i: tensor<2x3xi32>) -> tensor<2x3xi32> {
  // expected-error @+1 {{'tosa.add' op result has element type 'i32'; only f32 is supported}}
  %0 = tosa.add %i, %i : (tensor<2x3xi32>, tensor<2x3xi32>) -> tensor<2x3xi32>
  return %0 : tensor<2x3xi32>
}

// -----

func.func @integers_to_cast(%i: tensor<2x3xi32>) -> tensor<2x3xf32> {
  // expected-error @+1 {{'tosa.cast' op operand 0 has element type 'i32'; only f32 is supported}}
  %0 = tosa.cast %i : (tensor<2x3xi32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// expected-error @+1 {{'func.func' op argument 1 has element type 'i16'; only f32 is supported}}
func.func @narrow_indices(%a: tensor<2x3xf32>, %i: tensor<2x3xi16>) -> tensor<2x3xf32> {
  return %a : tensor<2x3xf32>
}

// -----

func.func @indices_per_batch(%a: tensor<2x5x3xf32>) -> tensor<2x2x3xf32> {
  %i = "tosa.const"() <{values = dense<[[4, 0], [4, 1]]> : tensor<2x2xi32>}> : () -> tensor<2x2xi32>
  // expected-error @+1 {{'tosa.gather' op has other indices for batch 1 than for batch 0, which is not supported}}
  %0 = tosa.gather %a, %i : (tensor<2x5x3xf32>, tensor<2x2xi32>) -> tensor<2x2x3xf32>
  return %0 : tensor<2x2x3xf32>
}

// -----

func.func @index_beyond(%a: tensor<1x5x3xf32>) -> tensor<1x2x3xf32> {
  %i = "tosa.const"() <{values = dense<[[4, 5]]> : tensor<1x2xi32>}> : () -> tensor<1x2xi32>
  // expected-error @+1 {{'tosa.gather' op has index 5; expected 0 to 4}}
  %0 = tosa.gather %a, %i : (tensor<1x5x3xf32>, tensor<1x2xi32>) -> tensor<1x2x3xf32>
  return %0 : tensor<1x2x3xf32>
}

// -----

func.func @computed_pad(%a: tensor<2xf32>, %c: tensor<1xf32>) -> tensor<4xf32> {
  %padding = "tosa.const_shape"() <{values = dense<[1, 1]> : tensor<2xindex>}> : () -> !tosa.shape<2>
  // expected-error @+1 {{'tosa.pad' op padded value must be constant, but is computed}}
  %0 = tosa.pad %a, %padding, %c : (tensor<2xf32>, !tosa.shape<2>, tensor<1xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// expected-error @+1 {{must have one block; control flow is not supported}}
func.func @blocks(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = tosa.abs %a : (tensor<2xf32>) -> tensor<2xf32>
  "func.return"(%0) : (tensor<2xf32>) -> ()
^unreachable:
  "func.return"(%a) : (tensor<2xf32>) -> ()
}

// -----

func.func @constant_result(%a: tensor<2xf32>) -> tensor<1xi32> {
  %c = "tosa.const"() <{values = dense<1> : tensor<1xi32>}> : () -> tensor<1xi32>
  // expected-error @+1 {{'func.return' op result 0 is an integer constant}}
  return %c : tensor<1xi32>
}

// -----

func.func @arithmetic_on_codes(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = quant.qcast %a : tensor<2xf32> to tensor<2x!quant.uniform<i8:f32, 0.5>>
  %1 = quant.scast %0 : tensor<2x!quant.uniform<i8:f32, 0.5>> to tensor<2xi8>
  // expected-error @+1 {{'tosa.abs' op result has element type 'i8'; only f32 is supported}}
  %2 = tosa.abs %1 : (tensor<2xi8>) -> tensor<2xi8>
  return %a : tensor<2xf32>
}

// -----

func.func @quantized_constant(%a: tensor<2xf32>) -> tensor<2xf32> {
  %c = "tosa.const"() <{values = dense<[1, 2]> : tensor<2xi8>}> : () -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  // expected-error @+1 {{'quant.dcast' op has an integer operand; only float tensors and their quantized forms are supported}}
  %1 = quant.dcast %c : tensor<2x!quant.uniform<i8:f32, 0.5>> to tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// 256 MiB that fit in a line of text.
func.func @huge_constant(%a: tensor<67108865xf32>) -> tensor<67108865xf32> {
  // expected-error @+1 {{'tosa.const' op has 67108865 elements; at most 67108864 are supported}}
  %c = "tosa.const"() <{values = dense<1.0> : tensor<67108865xf32>}> : () -> tensor<67108865xf32>
  %0 = tosa.add %a, %c : (tensor<67108865xf32>, tensor<67108865xf32>) -> tensor<67108865xf32>
  return %0 : tensor<67108865xf32>
}

// -----

func.func @huge_indices(%a: tensor<1x5x1xf32>) -> tensor<1x67108865x1xf32> {
  %i = "tosa.const"() <{values = dense<3> : tensor<1x67108865xi32>}> : () -> tensor<1x67108865xi32>
  // expected-error @+1 {{'tosa.gather' op indices has 67108865 elements; at most 67108864 are supported}}
  %0 = tosa.gather %a, %i : (tensor<1x5x1xf32>, tensor<1x67108865xi32>) -> tensor<1x67108865x1xf32>
  return %0 : tensor<1x67108865x1xf32>
}

// -----

// A slope above 1 is no maximum.
func.func @steep_channel(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %s = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1x1xf32>}> : () -> tensor<1x1xf32>
  %c = "tosa.const"() <{values = dense<[[0.5, 2.0, 1.0]]> : tensor<1x3xf32>}> : () -> tensor<1x3xf32>
  %0 = tosa.mul %x, %c, %s : (tensor<2x3xf32>, tensor<1x3xf32>, tensor<1xi8>) -> tensor<2x3xf32>
  %1 = tosa.greater %x, %z : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xi1>
  // expected-error @+1 {{'tosa.select' op has no constant condition and is not of the form x > 0 ? x : slope * x with one slope, or with several from 0 to 1, the only ones that are supported}}
  %2 = tosa.select %1, %x, %0 : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

func.func @condition_elsewhere(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<2x3xi1> {
  // expected-error @+1 {{'tosa.greater' op is not supported}}
  %0 = tosa.greater %x, %y : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
  return %0 : tensor<2x3xi1>
}
