// What a kernel must be.
// RUN: qcc-opt %s --split-input-file --verify-diagnostics

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op body has 0 arguments, expected 1}}
  %0 = qint.kernel "k" (%a) {
    %c = qint.constant dense<1> : tensor<2xi8> -> tensor<2xi8>
    qint.yield %c : tensor<2xi8>
  } : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op body argument 0 has type 'tensor<3xi8>', expected 'tensor<2xi8>'}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<3xi8>):
    %c = qint.constant dense<1> : tensor<2xi8> -> tensor<2xi8>
    qint.yield %c : tensor<2xi8>
  } : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op body yields 'tensor<3xi8>', expected 'tensor<2xi8>'}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<2xi8>):
    %c = qint.constant dense<1> : tensor<3xi8> -> tensor<3xi8>
    qint.yield %c : tensor<3xi8>
  } : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op body holds 'arith.constant', expected ops of qint but no kernel}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<2xi8>):
    %c = arith.constant 1 : i32
    qint.yield %x : tensor<2xi8>
  } : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op body does not end in 'qint.yield'}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<2xi8>):
    %c = qint.reshape %x : (tensor<2xi8>) -> tensor<2xi8>
  } : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op has a halo and a result of rank 1, expected rank 4}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<2xi8>):
    qint.yield %x : tensor<2xi8>
  } {halo = array<i64: 0, 0, 0, 0>} : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x4xi8>) {
  // expected-error @+1 {{op halo has 3 numbers, expected 4}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<1x2x3x4xi8>):
    qint.yield %x : tensor<1x2x3x4xi8>
  } {halo = array<i64: 0, 1, 0>} : (tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x4xi8>) {
  // expected-error @+1 {{op halo has -1, expected at least 0}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<1x2x3x4xi8>):
    qint.yield %x : tensor<1x2x3x4xi8>
  } {halo = array<i64: 0, 1, 0, -1>} : (tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8>
  return
}

// -----

func.func @f(%a: tensor<1x2x3x4xi8>) {
  // expected-error @+1 {{op halo_value is 128, expected one in [-128, 127] of 'i8'}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<1x2x3x4xi8>):
    qint.yield %x : tensor<1x2x3x4xi8>
  } {halo = array<i64: 0, 1, 0, 1>, halo_value = 128 : i32} : (tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op offset is -64, expected at least 0}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<2xi8>):
    qint.yield %x : tensor<2xi8>
  } {offset = -64 : i64} : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op scratch is -1, expected at least 0}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<2xi8>):
    qint.yield %x : tensor<2xi8>
  } {scratch = -1 : i64} : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op scratch_offset is -1, expected at least 0}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<2xi8>):
    qint.yield %x : tensor<2xi8>
  } {scratch_offset = -1 : i64} : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%a: tensor<2xi8>) {
  // expected-error @+1 {{op attribute 'note' holds a float type or value}}
  %0 = qint.kernel "k" (%a) {
  ^bb0(%x: tensor<2xi8>):
    qint.yield %x : tensor<2xi8>
  } {note = f32} : (tensor<2xi8>) -> tensor<2xi8>
  return
}

// -----

func.func @f(%x: tensor<2xi8>) -> tensor<2xi8> {
  // expected-error @+1 {{op overwrites operand 1 of 1}}
  %0 = qint.kernel "k" (%x) {
  ^bb0(%i: tensor<2xi8>):
    qint.yield %i : tensor<2xi8>
  } {overwrites = 1 : i64} : (tensor<2xi8>) -> tensor<2xi8>
  return %0 : tensor<2xi8>
}

// -----

func.func @f(%x: tensor<2xi8>, %y: tensor<2xi16>) -> tensor<2xi8> {
  // expected-error @+1 {{op overwrites operand 1 of type 'tensor<2xi16>', expected the size of 'tensor<2xi8>'}}
  %0 = qint.kernel "k" (%x, %y) {
  ^bb0(%i: tensor<2xi8>, %j: tensor<2xi16>):
    qint.yield %i : tensor<2xi8>
  } {overwrites = 1 : i64} : (tensor<2xi8>, tensor<2xi16>) -> tensor<2xi8>
  return %0 : tensor<2xi8>
}
