// What a plan must not be. A kernel's result is 4 bytes in these tests.
// RUN: qcc-opt %s --qcc-verify-schedule --split-input-file --verify-diagnostics

func.func @good(%x: tensor<4xi8>) -> tensor<4xi8> attributes {qint.arena_bytes = 8 : i64} {
  %0 = qint.kernel "a" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64, scratch = 4 : i64, scratch_offset = 4 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = qint.kernel "b" (%0) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 4 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = qint.kernel "c" (%1) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}

// -----

func.func @outside(%x: tensor<4xi8>) -> tensor<4xi8> attributes {qint.arena_bytes = 8 : i64} {
  // expected-error @+1 {{is in no kernel}}
  %0 = qint.clamp %x {min = 0 : i32, max = 1 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}

// -----

// expected-error @+1 {{has no arena plan}}
func.func @unplanned(%x: tensor<4xi8>) {
  return
}

// -----

func.func @beyond(%x: tensor<4xi8>) -> tensor<4xi8> attributes {qint.arena_bytes = 6 : i64} {
  // expected-error @+1 {{'a' ends at byte 7 of an arena of 6}}
  %0 = qint.kernel "a" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 3 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}

// -----

// A halo is part of the buffer.
func.func @halo_beyond(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi8> attributes {qint.arena_bytes = 6 : i64} {
  // expected-error @+1 {{'a' ends at byte 8 of an arena of 6}}
  %0 = qint.kernel "a" (%x) {
  ^bb0(%i: tensor<1x2x2x1xi8>):
    qint.yield %i : tensor<1x2x2x1xi8>
  } {offset = 0 : i64, halo = array<i64: 1, 1, 0, 0>, halo_value = 3 : i32} : (tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi8>
  return %0 : tensor<1x2x2x1xi8>
}

// -----

func.func @overlap(%x: tensor<4xi8>) -> tensor<4xi8> attributes {qint.arena_bytes = 8 : i64} {
  // expected-note @+1 {{which is placed here}}
  %0 = qint.kernel "a" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error @+1 {{'b' overlaps 'a' in the arena}}
  %1 = qint.kernel "b" (%0) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 3 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  return %1 : tensor<4xi8>
}

// -----

// Read through a reshape, after the other was written.
func.func @alive(%x: tensor<4xi8>) -> tensor<4xi8> attributes {qint.arena_bytes = 8 : i64} {
  // expected-note @+1 {{which is placed here}}
  %0 = qint.kernel "a" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %r = qint.reshape %0 : (tensor<4xi8>) -> tensor<2x2xi8>
  // expected-error @+1 {{'b' overlaps 'a' in the arena}}
  %1 = qint.kernel "b" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = qint.kernel "c" (%1, %r) {
  ^bb0(%i: tensor<4xi8>, %j: tensor<2x2xi8>):
    qint.yield %i : tensor<4xi8>
  } : (tensor<4xi8>, tensor<2x2xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}

// -----

func.func @scratch(%x: tensor<4xi8>) -> tensor<4xi8> attributes {qint.arena_bytes = 8 : i64} {
  // expected-error @+2 {{'a' overlaps 'a' in the arena}}
  // expected-note @+1 {{which is placed here}}
  %0 = qint.kernel "a" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64, scratch = 4 : i64, scratch_offset = 2 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}

// -----

// A result may take the place of an operand that dies there.
func.func @in_place(%x: tensor<4xi8>) -> tensor<4xi8> attributes {qint.arena_bytes = 4 : i64} {
  %0 = qint.kernel "a" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = qint.kernel "b" (%0) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64, overwrites = 0 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = qint.kernel "c" (%1) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}

// -----

func.func @in_place_of_another(%x: tensor<4xi8>) -> tensor<4xi8> attributes {qint.arena_bytes = 8 : i64} {
  // expected-note @+1 {{which is placed here}}
  %0 = qint.kernel "a" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %1 = qint.kernel "b" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 4 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error @+1 {{'c' overlaps 'a' in the arena}}
  %2 = qint.kernel "c" (%0, %1) {
  ^bb0(%i: tensor<4xi8>, %j: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64, overwrites = 1 : i64} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}

// -----

func.func @in_place_too_early(%x: tensor<4xi8>) -> tensor<4xi8> attributes {qint.arena_bytes = 8 : i64} {
  // expected-note @+1 {{which is placed here}}
  %0 = qint.kernel "a" (%x) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  // expected-error @+1 {{'b' overlaps 'a' in the arena}}
  %1 = qint.kernel "b" (%0) {
  ^bb0(%i: tensor<4xi8>):
    qint.yield %i : tensor<4xi8>
  } {offset = 0 : i64, overwrites = 0 : i64} : (tensor<4xi8>) -> tensor<4xi8>
  %2 = qint.kernel "c" (%0, %1) {
  ^bb0(%i: tensor<4xi8>, %j: tensor<4xi8>):
    qint.yield %j : tensor<4xi8>
  } : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}
