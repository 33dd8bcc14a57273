// A planted float of every kind is found.
// RUN: qcc-opt %s --allow-unregistered-dialect --qcc-verify-integer-only --split-input-file --verify-diagnostics

func.func @clean(%x: tensor<3xi8>) -> tensor<3xi8> {
  %0 = qint.clamp %x {min = -1 : i32, max = 5 : i32} : (tensor<3xi8>) -> tensor<3xi8>
  return %0 : tensor<3xi8>
}

// -----

// expected-error @+2 {{has attribute 'function_type' of float type 'f32', but only integers may be left}}
// expected-error @+1 {{has an argument of float type 'f32', but only integers may be left}}
func.func @argument(%x: tensor<3xf32>) {
  return
}

// -----

func.func @result() {
  // expected-error @+1 {{has a result of float type 'f32', but only integers may be left}}
  %0 = "test.op"() : () -> tensor<3xf32>
  return
}

// -----

func.func @operand() {
  // expected-error @+2 {{has a result of float type 'f64', but only integers may be left}}
  // expected-note @+1 {{the float enters here}}
  %0 = "test.op"() : () -> f64
  // expected-error @+1 {{has an operand of float type 'f64', but only integers may be left}}
  "test.op"(%0) : (f64) -> ()
  return
}

// -----

func.func @quantized() {
  // expected-error @+1 {{has a result of float type '!quant.uniform<i8:f32, 5.000000e-01>', but only integers may be left}}
  %0 = "test.op"() : () -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @attribute() {
  // expected-error @+1 {{has attribute 'value' of float type 'f16', but only integers may be left}}
  "test.op"() {value = 0.5 : f16} : () -> ()
  return
}

// -----

func.func @nested_attribute() {
  // expected-error @+1 {{has attribute 'value' of float type 'bf16', but only integers may be left}}
  "test.op"() {value = [1 : i32, {inner = 2.0 : bf16}]} : () -> ()
  return
}

// -----

func.func @type_attribute() {
  // expected-error @+1 {{has attribute 'value' of float type 'f8E4M3FN', but only integers may be left}}
  "test.op"() {value = tensor<2xf8E4M3FN>} : () -> ()
  return
}

// -----

func.func @dense() {
  // expected-error @+1 {{has attribute 'value' of float type 'f32', but only integers may be left}}
  "test.op"() {value = dense<1.0> : tensor<2xf32>} : () -> ()
  return
}

// -----

func.func @dense_array() {
  // expected-error @+1 {{has attribute 'value' of float type 'f64', but only integers may be left}}
  "test.op"() {value = array<f64: 1.0, 2.0>} : () -> ()
  return
}

// -----

func.func @resource() {
  // expected-error @+1 {{has attribute 'value' of float type 'f32', but only integers may be left}}
  "test.op"() {value = dense_resource<blob> : tensor<1xf32>} : () -> ()
  return
}
{-# dialect_resources: { builtin: { blob: "0x0400000000000000" } } #-}

// -----

func.func @complex() {
  // expected-error @+1 {{has a result of float type 'f32', but only integers may be left}}
  %0 = "test.op"() : () -> tensor<2xcomplex<f32>>
  return
}

// -----

func.func @block_argument() {
  // expected-error @+1 {{has an argument of float type 'tf32', but only integers may be left}}
  "test.op"() ({
  ^bb0(%x: tf32):
    "test.end"() : () -> ()
  }) : () -> ()
  return
}

// -----

func.func @inside_a_region() {
  "test.op"() ({
    // expected-error @+1 {{has attribute 'value' of float type 'f32', but only integers may be left}}
    "test.inner"() {value = vector<2xf32>} : () -> ()
  }) : () -> ()
  return
}
