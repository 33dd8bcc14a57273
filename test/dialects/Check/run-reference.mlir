// The reference reports what differs, and functions that cannot tell anything.
// RUN: qcc-opt %s --check-run-reference --split-input-file --verify-diagnostics

func.func @equal() {
  %0 = qint.constant dense<[[-128, 127, 3]]> : tensor<1x3xi8> -> tensor<1x3xi8>
  check.expect_eq %0, dense<[[-128, 127, 3]]> : tensor<1x3xi8>
  return
}

// -----

func.func @different() {
  %0 = qint.constant dense<[[-128, 127, 3]]> : tensor<1x3xi8> -> tensor<1x3xi8>
  // expected-error @+1 {{element [0, 1] is 127, expected 126}}
  check.expect_eq %0, dense<[[-128, 126, 3]]> : tensor<1x3xi8>
  return
}

// -----

// expected-error @+1 {{checks nothing}}
func.func @nothing() {
  return
}

// -----

// expected-error @+1 {{'arith.constant': the reference does not know this op}}
func.func @foreign() {
  %0 = arith.constant dense<1> : tensor<2xi8>
  check.expect_eq %0, dense<1> : tensor<2xi8>
  return
}

// -----

// expected-error @+1 {{'qint.conv2d' of layer 'c': result 2147483648 does not fit i32}}
func.func @overflow() {
  %x = qint.constant dense<1> : tensor<1x1x1x1xi8> -> tensor<1x1x1x1xi8>
  %w = qint.constant dense<1> : tensor<1x1x1x1xi8> -> tensor<1x1x1x1xi8>
  %b = qint.constant dense<2147483647> : tensor<1xi32> -> tensor<1xi32>
  %0 = qint.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pad_value = 0 : i32, qint.layer = "c"} : (tensor<1x1x1x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x1x1x1xi32>
  check.expect_eq %0, dense<0> : tensor<1x1x1x1xi32>
  return
}

// -----

func.func private @g()

// expected-error @+1 {{cannot run 'func.call'}}
func.func @call() {
  func.call @g() : () -> ()
  return
}
