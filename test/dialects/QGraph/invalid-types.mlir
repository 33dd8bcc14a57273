// Quantized types that upstream accepts, and constants that do not fit theirs.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: tensor<2x3x!quant.uniform<i8:f32, 0.5:128>>) {
  // expected-error @+1 {{op zero point is 128, expected one in [-128, 127] of '!quant.uniform<i8:f32, 5.000000e-01:128>'}}
  %0 = qgraph.requantize %a : (tensor<2x3x!quant.uniform<i8:f32, 0.5:128>>) -> tensor<2x3x!quant.uniform<i8:f32, 0.5:128>>
  return
}

// -----

func.func @f(%a: tensor<2x3x!quant.uniform<u8:f32, 0.5:-1>>) {
  // expected-error @+1 {{op zero point is -1, expected one in [0, 255] of}}
  %0 = qgraph.requantize %a : (tensor<2x3x!quant.uniform<u8:f32, 0.5:-1>>) -> tensor<2x3x!quant.uniform<u8:f32, 0.5:-1>>
  return
}

// -----

func.func @f(%a: tensor<2x3x!quant.uniform<i8<-127:127>:f32, 0.5:-128>>) {
  // expected-error @+1 {{op zero point is -128, expected one in [-127, 127] of}}
  %0 = qgraph.requantize %a : (tensor<2x3x!quant.uniform<i8<-127:127>:f32, 0.5:-128>>) -> tensor<2x3x!quant.uniform<i8<-127:127>:f32, 0.5:-128>>
  return
}

// -----

func.func @f(%a: tensor<2x3x!quant.uniform<i2:f32, 0.5:100>>) {
  // expected-error @+1 {{op zero point is 100, expected one in [-2, 1] of}}
  %0 = qgraph.requantize %a : (tensor<2x3x!quant.uniform<i2:f32, 0.5:100>>) -> tensor<2x3x!quant.uniform<i2:f32, 0.5:100>>
  return
}

// -----

func.func @f(%a: tensor<2x2x!quant.uniform<i4:f32:1, {0.5, 0.25:9}>>) {
  // expected-error @+1 {{op zero point is 9, expected one in [-8, 7] of}}
  %0 = qgraph.requantize %a : (tensor<2x2x!quant.uniform<i4:f32:1, {0.5, 0.25:9}>>) -> tensor<2x2x!quant.uniform<i4:f32:1, {0.5, 0.25:9}>>
  return
}

// -----

func.func @f(%a: tensor<2x3x!quant.uniform<i8:f32:1, {0.5, 0.25}>>) {
  // expected-error @+1 {{op quantized type has 2 scales, expected 3 along axis 1}}
  %0 = qgraph.requantize %a : (tensor<2x3x!quant.uniform<i8:f32:1, {0.5, 0.25}>>) -> tensor<2x3x!quant.uniform<i8:f32:1, {0.5, 0.25}>>
  return
}

// -----

func.func @f(%a: tensor<2x3x!quant.uniform<i8:f32:7, {0.5, 0.25}>>) {
  // expected-error @+1 {{op quantized axis is 7, expected one in [0, 2)}}
  %0 = qgraph.requantize %a : (tensor<2x3x!quant.uniform<i8:f32:7, {0.5, 0.25}>>) -> tensor<2x3x!quant.uniform<i8:f32:7, {0.5, 0.25}>>
  return
}

// -----

func.func @f(%a: tensor<4x6x!quant.uniform<i8:f32:{0:2, 1:3}, {{{0.5}, {0.25}}}>>) {
  // expected-error @+1 {{op scales of the quantized type have rank 3, expected 2}}
  %0 = qgraph.requantize %a : (tensor<4x6x!quant.uniform<i8:f32:{0:2, 1:3}, {{{0.5}, {0.25}}}>>) -> tensor<4x6x!quant.uniform<i8:f32:{0:2, 1:3}, {{{0.5}, {0.25}}}>>
  return
}

// -----

func.func @f(%a: tensor<2x6x!quant.uniform<i8:f32:{1:4}, {{0.5}, {0.25}}>>) {
  // expected-error @+1 {{op quantized blocks have 4 elements along axis 1, expected a divisor of 6}}
  %0 = qgraph.requantize %a : (tensor<2x6x!quant.uniform<i8:f32:{1:4}, {{0.5}, {0.25}}>>) -> tensor<2x6x!quant.uniform<i8:f32:{1:4}, {{0.5}, {0.25}}>>
  return
}

// -----

func.func @f(%a: tensor<2x6x!quant.uniform<i8:f32:{1:3}, {{0.5}, {0.25}}>>) {
  // expected-error @+1 {{op quantized type has 2 scales along axis 0, expected 1}}
  %0 = qgraph.requantize %a : (tensor<2x6x!quant.uniform<i8:f32:{1:3}, {{0.5}, {0.25}}>>) -> tensor<2x6x!quant.uniform<i8:f32:{1:3}, {{0.5}, {0.25}}>>
  return
}

// -----

func.func @f(%a: tensor<2x6x!quant.uniform<i8:f32:{2:3}, {{0.5}, {0.25}}>>) {
  // expected-error @+1 {{op quantized axis is 2, expected one in [0, 2)}}
  %0 = qgraph.requantize %a : (tensor<2x6x!quant.uniform<i8:f32:{2:3}, {{0.5}, {0.25}}>>) -> tensor<2x6x!quant.uniform<i8:f32:{2:3}, {{0.5}, {0.25}}>>
  return
}

// -----

func.func @f(%a: tensor<2x3x!quant.uniform<i8:f16, 0.5>>) {
  // expected-error @+1 {{op quantized type '!quant.uniform<i8:f16, 5.000000e-01>' does not express f32}}
  %0 = qgraph.requantize %a : (tensor<2x3x!quant.uniform<i8:f16, 0.5>>) -> tensor<2x3x!quant.uniform<i8:f16, 0.5>>
  return
}

// -----

func.func @f(%a: tensor<2x!quant.any<i8:f32>>) {
  // expected-error @+1 {{op quantized type '!quant.any<i8:f32>' is not uniform, expected !quant.uniform}}
  %0 = qgraph.requantize %a : (tensor<2x!quant.any<i8:f32>>) -> tensor<2x!quant.any<i8:f32>>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value holds -128, expected codes in [-127, 127]}}
  %0 = qgraph.constant dense<[1, -128]> : tensor<2xi8> -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value holds -128, expected codes in [-127, 127]}}
  %0 = qgraph.constant dense<-128> : tensor<2xi8> -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value holds 8, expected codes in [-8, 7]}}
  %0 = qgraph.constant dense<[7, 8]> : tensor<2xi8> -> tensor<2x!quant.uniform<i4:f32, 0.5>>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value holds 255, expected codes in [0, 254]}}
  %0 = qgraph.constant dense<[3, 255]> : tensor<2xui8> -> tensor<2x!quant.uniform<u8<0:254>:f32, 0.5>>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value holds -32768, expected codes in [-32767, 32767]}}
  %0 = qgraph.constant dense<[1, -32768]> : tensor<2xi16> -> tensor<2x!quant.uniform<i16<-32767:32767>:f32, 0.5>>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has element type 'i16', expected i8 as stored by}}
  %0 = qgraph.constant dense<1> : tensor<2xi16> -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has element type 'ui8', expected i8 as stored by}}
  %0 = qgraph.constant dense<1> : tensor<2xui8> -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has element type 'f32', expected i8 as stored by}}
  %0 = qgraph.constant dense<1.0> : tensor<2xf32> -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has element type 'f64', expected 'f32'}}
  %0 = qgraph.constant dense<1.0> : tensor<2xf64> -> tensor<2xf32>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has type 'tensor<3xf32>', expected the shape of 'tensor<2xf32>'}}
  %0 = qgraph.constant dense<1.0> : tensor<3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has element type 'complex<f32>', expected integers or f32}}
  %0 = qgraph.constant dense<(1.0, 2.0)> : tensor<2xcomplex<f32>> -> tensor<2xf32>
  return
}

// -----

func.func @f(%a: tensor<2xf32>, %b: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{op operand 1 has element type '!quant.uniform<i8:f32, 5.000000e-01>' and the result 'f32', expected both float or both integer}}
  %0 = qgraph.add %a, %b : (tensor<2xf32>, tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2xf32>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{op value has 2 bytes, expected 3}}
  %0 = qgraph.constant dense_resource<short> : tensor<3xi8> -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  return
}

{-#
  dialect_resources: {
    builtin: {
      short: "0x010000000102"
    }
  }
#-}
