// RUN: qcc-opt %s --qcc-verify-legalized --split-input-file --verify-diagnostics

// expected-error @+1 {{module has 2 functions; expected one}}
module {
  func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
    return %x : tensor<2xf32>
  }
  func.func @g(%x: tensor<2xf32>) -> tensor<2xf32> {
    return %x : tensor<2xf32>
  }
}

// -----

// expected-error @+1 {{has 2 blocks; expected one}}
func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  "func.return"(%x) : (tensor<2xf32>) -> ()
^unreachable:
  "func.return"(%x) : (tensor<2xf32>) -> ()
}

// -----

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'tosa.abs' op is no qgraph op}}
  %0 = tosa.abs %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  %p = qgraph.constant {qgraph.layer = "p"} dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  // expected-error @+1 {{'qgraph.batch_norm' op must have been folded}}
  %0 = qgraph.batch_norm %x, %p, %p, %p, %p {epsilon = 0.25 : f32, qgraph.layer = "a"} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'qgraph.unary' op has no qgraph.layer}}
  %0 = qgraph.unary <abs> %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qgraph.unary <abs> %x {qgraph.layer = "a"} : (tensor<2xf32>) -> tensor<2xf32>
  // expected-error @+1 {{'qgraph.unary' op has the layer name 'a' of another op}}
  %1 = qgraph.unary <exp> %0 {qgraph.layer = "a"} : (tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// expected-error @+1 {{has element type 'i8'; expected f32}}
func.func @f(%x: tensor<2xi8>) -> tensor<2xi8> {
  return %x : tensor<2xi8>
}

// -----

// expected-error @+1 {{has a tensor of type 'tensor<?xf32>'; expected a static shape}}
func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

// -----

func.func @f(%x: tensor<1x1x1x3xf32>, %w: tensor<2x1x1x3xf32>) -> tensor<1x1x1x2xf32> {
  %b = qgraph.constant {qgraph.layer = "b"} dense<2.0> : tensor<2xf32> -> tensor<2xf32>
  // expected-error @+1 {{'qgraph.conv2d' op has a filter or bias that is not constant}}
  %1 = qgraph.conv2d %x, %w, %b {qgraph.layer = "a", strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x1x3xf32>, tensor<2x1x1x3xf32>, tensor<2xf32>) -> tensor<1x1x1x2xf32>
  return %1 : tensor<1x1x1x2xf32>
}

// -----

func.func @f(%x: tensor<2xf32>) -> tensor<2x!quant.uniform<i4:f32, 0.5>> {
  // expected-error @+1 {{'quant.qcast' op makes codes of '!quant.uniform<i4:f32, 5.000000e-01>'; expected one scale, and 8 bits or signed 16 bits}}
  %0 = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i4:f32, 0.5>>
  return %0 : tensor<2x!quant.uniform<i4:f32, 0.5>>
}

// -----

func.func @f(%x: tensor<2xi8>) -> tensor<2xf32> {
  // expected-error @-1 {{has element type 'i8'; expected f32}}
  // expected-error @+1 {{'quant.scast' op is no qgraph op}}
  %0 = quant.scast %x : tensor<2xi8> to tensor<2x!quant.uniform<i8:f32, 0.5>>
  %1 = quant.dcast %0 : tensor<2x!quant.uniform<i8:f32, 0.5>> to tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'qgraph.constant' op has a value that is not dense}}
  %c = qgraph.constant {qgraph.layer = "c"} dense_resource<two> : tensor<2xf32> -> tensor<2xf32>
  return %c : tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      two: "0x040000000000803F00000040"
    }
  }
#-}

// -----

func.func @f(%x: tensor<2x3xf32>, %g: tensor<3xf32>) -> tensor<2x3xf32> {
  // expected-error @+1 {{'qgraph.rms_norm' op has a gamma or beta that is not constant}}
  %1 = qgraph.rms_norm %x, %g {axis = 1 : i64, epsilon = 0.1 : f32, qgraph.layer = "a"} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

func.func @integers_read(%i: tensor<2x3xi32>) -> tensor<2x3xi32> {
  // expected-error @+2 {{'qgraph.pad' op has element type 'i32'; expected f32}}
  // expected-error @+1 {{'qgraph.pad' op reads argument 0, which holds integers; only the indices of a lookup may}}
  %0 = qgraph.pad %i {low = array<i64: 0, 0>, high = array<i64: 0, 0>, value = 0.0 : f32, qgraph.layer = "pad"} : (tensor<2x3xi32>) -> tensor<2x3xi32>
  return %0 : tensor<2x3xi32>
}

// -----

// expected-error @+1 {{'func.func' op has element type 'i16'; expected f32}}
func.func @narrow(%i: tensor<2x3xi16>, %x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}
