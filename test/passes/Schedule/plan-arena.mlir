// Offsets in the arena of the generic target, whose alignment is 64.
// RUN: qcc-opt %s --qcc-form-kernels --qcc-assign-layouts --qcc-plan-arena | FileCheck %s

 

// Three kernels of 48 bytes in a row and a last one: two slots of 48 bytes.
// CHECK-LABEL: func.func @chain(
// CHECK-SAME: %arg0: tensor<6x8xi8>) -> tensor<6x8xi8> attributes {qint.arena_bytes = 128 : i64, qint.arena_lower_bound = 128 : i64} {
// CHECK-NEXT: %0 = qint.kernel "a"(%arg0) {
// CHECK: {{^ +}}} {offset = 0 : i64} : (tensor<6x8xi8>) -> tensor<8x6xi8>
// CHECK-NEXT: %1 = qint.kernel "b"(%0) {
// CHECK: {{^ +}}} {offset = 64 : i64} : (tensor<8x6xi8>) -> tensor<6x8xi8>
// CHECK-NEXT: %2 = qint.kernel "c"(%1) {
// CHECK: {{^ +}}} {offset = 0 : i64} : (tensor<6x8xi8>) -> tensor<8x6xi8>
// CHECK-NEXT: %3 = qint.kernel "d"(%2) {
// CHECK: {{^ +}}} : (tensor<8x6xi8>) -> tensor<6x8xi8>
func.func @chain(%x: tensor<6x8xi8>) -> tensor<6x8xi8> {
  %0 = qint.transpose %x {permutation = array<i64: 1, 0>, qint.layer = "a"} : (tensor<6x8xi8>) -> tensor<8x6xi8>
  %1 = qint.transpose %0 {permutation = array<i64: 1, 0>, qint.layer = "b"} : (tensor<8x6xi8>) -> tensor<6x8xi8>
  %2 = qint.transpose %1 {permutation = array<i64: 1, 0>, qint.layer = "c"} : (tensor<6x8xi8>) -> tensor<8x6xi8>
  %3 = qint.transpose %2 {permutation = array<i64: 1, 0>, qint.layer = "d"} : (tensor<8x6xi8>) -> tensor<6x8xi8>
  return %3 : tensor<6x8xi8>
}

// A reshape keeps the buffer alive until its reader.
// CHECK-LABEL: func.func @reshape(
// CHECK-SAME: %arg0: tensor<6x8xi8>) -> tensor<48xi8> attributes {qint.arena_bytes = 256 : i64, qint.arena_lower_bound = 256 : i64} {
// CHECK-NEXT: %0 = qint.kernel "a"(%arg0) {
// CHECK: {{^ +}}} {offset = 128 : i64} : (tensor<6x8xi8>) -> tensor<8x6xi8>
// CHECK: %2 = qint.kernel "b"(%arg0) {
// CHECK: {{^ +}}} {offset = 192 : i64} : (tensor<6x8xi8>) -> tensor<8x6xi8>
// CHECK: %4 = qint.kernel "c"(%1, %3) {
// CHECK: {{^ +}}} {offset = 0 : i64} : (tensor<48xi8>, tensor<48xi8>) -> tensor<96xi8>
// CHECK-NEXT: %5 = qint.kernel "d"(%4) {
// CHECK: {{^ +}}} : (tensor<96xi8>) -> tensor<48xi8>
func.func @reshape(%x: tensor<6x8xi8>) -> tensor<48xi8> {
  %0 = qint.transpose %x {permutation = array<i64: 1, 0>, qint.layer = "a"} : (tensor<6x8xi8>) -> tensor<8x6xi8>
  %1 = qint.reshape %0 : (tensor<8x6xi8>) -> tensor<48xi8>
  %2 = qint.transpose %x {permutation = array<i64: 1, 0>, qint.layer = "b"} : (tensor<6x8xi8>) -> tensor<8x6xi8>
  %3 = qint.reshape %2 : (tensor<8x6xi8>) -> tensor<48xi8>
  %4 = qint.concat %1, %3 {axis = 0 : i64, qint.layer = "c"} : (tensor<48xi8>, tensor<48xi8>) -> tensor<96xi8>
  %5 = qint.slice %4 {starts = array<i64: 0>, sizes = array<i64: 48>, strides = array<i64: 2>, qint.layer = "d"} : (tensor<96xi8>) -> tensor<48xi8>
  return %5 : tensor<48xi8>
}

// An output needs no room.
// CHECK-LABEL: func.func @output(
// CHECK-SAME: %arg0: tensor<6x8xi8>) -> tensor<8x6xi8> attributes {qint.arena_bytes = 0 : i64, qint.arena_lower_bound = 0 : i64} {
// CHECK-NEXT: %0 = qint.kernel "a"(%arg0) {
// CHECK: {{^ +}}} : (tensor<6x8xi8>) -> tensor<8x6xi8>
func.func @output(%x: tensor<6x8xi8>) -> tensor<8x6xi8> {
  %0 = qint.transpose %x {permutation = array<i64: 1, 0>, qint.layer = "a"} : (tensor<6x8xi8>) -> tensor<8x6xi8>
  return %0 : tensor<8x6xi8>
}

// The maximum takes the place of %0, which nothing reads after it: two slots.
// CHECK-LABEL: func.func @in_place(
// CHECK-SAME: attributes {qint.arena_bytes = 256 : i64, qint.arena_lower_bound = 256 : i64} {
// CHECK: %0 = qint.kernel "a"(%arg0) {
// CHECK: {offset = [[A:[0-9]+]] : i64}
// CHECK: %1 = qint.kernel "b"(%0) {
// CHECK: %2 = qint.kernel "c"(%1, %0) {
// CHECK: {offset = [[A]] : i64, overwrites = 1 : i64}
func.func @in_place(%x: tensor<16x8xi8>) -> tensor<16x8xi8> {
  %0 = qint.transpose %x {permutation = array<i64: 1, 0>, qint.layer = "a"} : (tensor<16x8xi8>) -> tensor<8x16xi8>
  %1 = qint.transpose %0 {permutation = array<i64: 1, 0>, qint.layer = "b"} : (tensor<8x16xi8>) -> tensor<16x8xi8>
  %2 = qint.transpose %1 {permutation = array<i64: 1, 0>, qint.layer = "c"} : (tensor<16x8xi8>) -> tensor<8x16xi8>
  %3 = qint.maximum %2, %0 {qint.layer = "c"} : (tensor<8x16xi8>, tensor<8x16xi8>) -> tensor<8x16xi8>
  %4 = qint.transpose %3 {permutation = array<i64: 1, 0>, qint.layer = "d"} : (tensor<8x16xi8>) -> tensor<16x8xi8>
  return %4 : tensor<16x8xi8>
}

// Here %0 is read later.
// CHECK-LABEL: func.func @read_later(
// CHECK-SAME: attributes {qint.arena_bytes = 384 : i64, qint.arena_lower_bound = 384 : i64} {
// CHECK-NOT: overwrites
func.func @read_later(%x: tensor<16x8xi8>) -> (tensor<16x8xi8>, tensor<16x8xi8>) {
  %0 = qint.transpose %x {permutation = array<i64: 1, 0>, qint.layer = "a"} : (tensor<16x8xi8>) -> tensor<8x16xi8>
  %1 = qint.transpose %0 {permutation = array<i64: 1, 0>, qint.layer = "b"} : (tensor<8x16xi8>) -> tensor<16x8xi8>
  %2 = qint.transpose %1 {permutation = array<i64: 1, 0>, qint.layer = "c"} : (tensor<16x8xi8>) -> tensor<8x16xi8>
  %3 = qint.maximum %2, %0 {qint.layer = "c"} : (tensor<8x16xi8>, tensor<8x16xi8>) -> tensor<8x16xi8>
  %4 = qint.transpose %3 {permutation = array<i64: 1, 0>, qint.layer = "d"} : (tensor<8x16xi8>) -> tensor<16x8xi8>
  %5 = qint.transpose %0 {permutation = array<i64: 1, 0>, qint.layer = "e"} : (tensor<8x16xi8>) -> tensor<16x8xi8>
  return %4, %5 : tensor<16x8xi8>, tensor<16x8xi8>
}
