// Which ops share a kernel.
// RUN: qcc-opt %s --qcc-form-kernels | FileCheck %s

// A root and the elementwise ops after it; the table's constant stays outside.
// CHECK-LABEL: func.func @chain(
// CHECK-NEXT: %0 = qint.constant dense<7> : tensor<256xi8> -> tensor<256xi8>
// CHECK-NEXT: %1 = qint.kernel "pool"(%arg0, %0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<1x3x5x2xi8>, %arg2: tensor<256xi8>):
// CHECK-NEXT: %2 = qint.max_pool2d %arg1 {kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, qint.layer = "pool", strides = array<i64: 1, 1>} : (tensor<1x3x5x2xi8>) -> tensor<1x2x4x2xi8>
// CHECK-NEXT: %3 = qint.clamp %2 {max = 5 : i32, min = -1 : i32, qint.layer = "act"} : (tensor<1x2x4x2xi8>) -> tensor<1x2x4x2xi8>
// CHECK-NEXT: %4 = qint.table %3, %arg2 {qint.layer = "table"} : (tensor<1x2x4x2xi8>, tensor<256xi8>) -> tensor<1x2x4x2xi8>
// CHECK-NEXT: qint.yield %4 : tensor<1x2x4x2xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<1x3x5x2xi8>, tensor<256xi8>) -> tensor<1x2x4x2xi8>
// CHECK-NEXT: return %1 : tensor<1x2x4x2xi8>
func.func @chain(%x: tensor<1x3x5x2xi8>) -> tensor<1x2x4x2xi8> {
  %t = qint.constant dense<7> : tensor<256xi8> -> tensor<256xi8>
  %0 = qint.max_pool2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, qint.layer = "pool"} : (tensor<1x3x5x2xi8>) -> tensor<1x2x4x2xi8>
  %1 = qint.clamp %0 {min = -1 : i32, max = 5 : i32, qint.layer = "act"} : (tensor<1x2x4x2xi8>) -> tensor<1x2x4x2xi8>
  %2 = qint.table %1, %t {qint.layer = "table"} : (tensor<1x2x4x2xi8>, tensor<256xi8>) -> tensor<1x2x4x2xi8>
  return %2 : tensor<1x2x4x2xi8>
}

// Two read the first op: it is stored.
// CHECK-LABEL: func.func @shared(
// CHECK-NEXT: %0 = qint.kernel "first"(%arg0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<3xi8>):
// CHECK-NEXT: %2 = qint.clamp %arg1 {max = 5 : i32, min = -1 : i32, qint.layer = "first"} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: qint.yield %2 : tensor<3xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: %1 = qint.kernel "left"(%0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<3xi8>):
// CHECK-NEXT: %2 = qint.clamp %arg1 {max = 5 : i32, min = 0 : i32, qint.layer = "left"} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: %3 = qint.maximum %arg1, %2 {qint.layer = "right"} : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: qint.yield %3 : tensor<3xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %1 : tensor<3xi8>
func.func @shared(%x: tensor<3xi8>) -> tensor<3xi8> {
  %0 = qint.clamp %x {min = -1 : i32, max = 5 : i32, qint.layer = "first"} : (tensor<3xi8>) -> tensor<3xi8>
  %1 = qint.clamp %0 {min = 0 : i32, max = 5 : i32, qint.layer = "left"} : (tensor<3xi8>) -> tensor<3xi8>
  %2 = qint.maximum %0, %1 {qint.layer = "right"} : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  return %2 : tensor<3xi8>
}

// The sum joins its last operand's kernel, the other is an input of it.
// CHECK-LABEL: func.func @residual(
// CHECK-NEXT: %0 = qint.kernel "early"(%arg0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<2x2xi8>):
// CHECK-NEXT: %2 = qint.transpose %arg1 {permutation = array<i64: 1, 0>, qint.layer = "early"} : (tensor<2x2xi8>) -> tensor<2x2xi8>
// CHECK-NEXT: qint.yield %2 : tensor<2x2xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<2x2xi8>) -> tensor<2x2xi8>
// CHECK-NEXT: %1 = qint.kernel "late"(%arg0, %0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<2x2xi8>, %arg2: tensor<2x2xi8>):
// CHECK-NEXT: %2 = qint.tile %arg1 {multiples = array<i64: 1, 1>, qint.layer = "late"} : (tensor<2x2xi8>) -> tensor<2x2xi8>
// CHECK-NEXT: %3 = qint.maximum %2, %arg2 {qint.layer = "max"} : (tensor<2x2xi8>, tensor<2x2xi8>) -> tensor<2x2xi8>
// CHECK-NEXT: qint.yield %3 : tensor<2x2xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<2x2xi8>, tensor<2x2xi8>) -> tensor<2x2xi8>
// CHECK-NEXT: return %1 : tensor<2x2xi8>
func.func @residual(%x: tensor<2x2xi8>) -> tensor<2x2xi8> {
  %0 = qint.transpose %x {permutation = array<i64: 1, 0>, qint.layer = "early"} : (tensor<2x2xi8>) -> tensor<2x2xi8>
  %1 = qint.tile %x {multiples = array<i64: 1, 1>, qint.layer = "late"} : (tensor<2x2xi8>) -> tensor<2x2xi8>
  %2 = qint.maximum %1, %0 {qint.layer = "max"} : (tensor<2x2xi8>, tensor<2x2xi8>) -> tensor<2x2xi8>
  return %2 : tensor<2x2xi8>
}

// A broadcast operand is stored whole.
// CHECK-LABEL: func.func @broadcast(
// CHECK-NEXT: %0 = qint.kernel "row"(%arg0) {
// CHECK-NEXT: ^bb0(%arg2: tensor<2x3xi8>):
// CHECK-NEXT: %2 = qint.reduce <max> %arg2 {axes = array<i64: 1>, qint.layer = "row", zero_point = 0 : i32} : (tensor<2x3xi8>) -> tensor<2x1xi8>
// CHECK-NEXT: qint.yield %2 : tensor<2x1xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<2x3xi8>) -> tensor<2x1xi8>
// CHECK-NEXT: %1 = qint.kernel "max"(%arg1, %0) {
// CHECK-NEXT: ^bb0(%arg2: tensor<2x3xi8>, %arg3: tensor<2x1xi8>):
// CHECK-NEXT: %2 = qint.maximum %arg2, %arg3 {qint.layer = "max"} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x3xi8>
// CHECK-NEXT: qint.yield %2 : tensor<2x3xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x3xi8>
// CHECK-NEXT: return %1 : tensor<2x3xi8>
func.func @broadcast(%x: tensor<2x3xi8>, %y: tensor<2x3xi8>) -> tensor<2x3xi8> {
  %0 = qint.reduce <max> %x {axes = array<i64: 1>, zero_point = 0 : i32, qint.layer = "row"} : (tensor<2x3xi8>) -> tensor<2x1xi8>
  %1 = qint.maximum %y, %0 {qint.layer = "max"} : (tensor<2x3xi8>, tensor<2x1xi8>) -> tensor<2x3xi8>
  return %1 : tensor<2x3xi8>
}

// Reshapes stay outside and cost nothing.
// CHECK-LABEL: func.func @reshape(
// CHECK-NEXT: %0 = qint.kernel "t"(%arg0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<2x3xi8>):
// CHECK-NEXT: %2 = qint.transpose %arg1 {permutation = array<i64: 1, 0>, qint.layer = "t"} : (tensor<2x3xi8>) -> tensor<3x2xi8>
// CHECK-NEXT: qint.yield %2 : tensor<3x2xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<2x3xi8>) -> tensor<3x2xi8>
// CHECK-NEXT: %1 = qint.reshape %0 : (tensor<3x2xi8>) -> tensor<6xi8>
// CHECK-NEXT: return %1 : tensor<6xi8>
func.func @reshape(%x: tensor<2x3xi8>) -> tensor<6xi8> {
  %0 = qint.transpose %x {permutation = array<i64: 1, 0>, qint.layer = "t"} : (tensor<2x3xi8>) -> tensor<3x2xi8>
  %1 = qint.reshape %0 : (tensor<3x2xi8>) -> tensor<6xi8>
  return %1 : tensor<6xi8>
}

// A returned argument, and a value that is returned twice, are copied.
// CHECK-LABEL: func.func @copies(
// CHECK-NEXT: %0 = qint.kernel "act"(%arg0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<3xi8>):
// CHECK-NEXT: %3 = qint.clamp %arg1 {max = 5 : i32, min = -1 : i32, qint.layer = "act"} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: qint.yield %3 : tensor<3xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: %1 = qint.kernel "output"(%arg0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<3xi8>):
// CHECK-NEXT: qint.yield %arg1 : tensor<3xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: %2 = qint.kernel "output"(%0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<3xi8>):
// CHECK-NEXT: qint.yield %arg1 : tensor<3xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<3xi8>) -> tensor<3xi8>
// CHECK-NEXT: return %1, %0, %2 : tensor<3xi8>, tensor<3xi8>, tensor<3xi8>
func.func @copies(%x: tensor<3xi8>) -> (tensor<3xi8>, tensor<3xi8>, tensor<3xi8>) {
  %0 = qint.clamp %x {min = -1 : i32, max = 5 : i32, qint.layer = "act"} : (tensor<3xi8>) -> tensor<3xi8>
  return %x, %0, %0 : tensor<3xi8>, tensor<3xi8>, tensor<3xi8>
}

// Transposed factors are read in place, and the product is stored transposed;
// an op behind that has a kernel of its own.
// CHECK-LABEL: func.func @heads(
// CHECK-NEXT: %0 = qint.kernel "product"(%arg0, %arg1) {
// CHECK-NEXT: ^bb0(%arg2: tensor<5x3x4xi8>, %arg3: tensor<6x3x4xi8>):
// CHECK-NEXT: %2 = qint.transpose %arg2
// CHECK-NEXT: %3 = qint.transpose %arg3
// CHECK-NEXT: %4 = qint.matmul %2, %3
// CHECK-NEXT: %5 = qint.requantize %4
// CHECK-NEXT: %6 = qint.transpose %5
// CHECK-NEXT: qint.yield %6 : tensor<5x3x6xi8>
// CHECK: %1 = qint.kernel "act"(%0)
func.func @heads(%q: tensor<5x3x4xi8>, %k: tensor<6x3x4xi8>) -> tensor<5x3x6xi8> {
  %0 = qint.transpose %q {permutation = array<i64: 1, 0, 2>, qint.layer = "split"} : (tensor<5x3x4xi8>) -> tensor<3x5x4xi8>
  %1 = qint.transpose %k {permutation = array<i64: 1, 2, 0>, qint.layer = "split2"} : (tensor<6x3x4xi8>) -> tensor<3x4x6xi8>
  %2 = qint.matmul %0, %1 {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32, qint.layer = "product"} : (tensor<3x5x4xi8>, tensor<3x4x6xi8>) -> tensor<3x5x6xi32>
  %3 = qint.requantize %2 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -100, max = 127>, qint.layer = "product"} : (tensor<3x5x6xi32>) -> tensor<3x5x6xi8>
  %4 = qint.transpose %3 {permutation = array<i64: 1, 0, 2>, qint.layer = "join"} : (tensor<3x5x6xi8>) -> tensor<5x3x6xi8>
  %5 = qint.clamp %4 {min = -1 : i32, max = 5 : i32, qint.layer = "act"} : (tensor<5x3x6xi8>) -> tensor<5x3x6xi8>
  return %5 : tensor<5x3x6xi8>
}

// Two read the transposition: it is stored.
// CHECK-LABEL: func.func @read_twice(
// CHECK-NEXT: %0 = qint.kernel "split"(%arg0) {
// CHECK: %1 = qint.kernel "product"(%0) {
// CHECK-NEXT: ^bb0(%arg1: tensor<3x4x4xi8>):
// CHECK-NEXT: %2 = qint.matmul %arg1, %arg1
func.func @read_twice(%x: tensor<4x3x4xi8>) -> tensor<3x4x4xi32> {
  %0 = qint.transpose %x {permutation = array<i64: 1, 0, 2>, qint.layer = "split"} : (tensor<4x3x4xi8>) -> tensor<3x4x4xi8>
  %1 = qint.matmul %0, %0 {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32, qint.layer = "product"} : (tensor<3x4x4xi8>, tensor<3x4x4xi8>) -> tensor<3x4x4xi32>
  return %1 : tensor<3x4x4xi32>
}

// Attention is one kernel: scores, functions of their rows, and the product
// with the values.
// CHECK-LABEL: func.func @attention(
// CHECK-NEXT: %0 = qint.kernel "values"(%arg0, %arg1, %arg2) {
// CHECK-NEXT: ^bb0(%arg3: tensor<3x5x4xi8>, %arg4: tensor<3x4x6xi8>, %arg5: tensor<3x6x4xi8>):
// CHECK-NEXT: qint.matmul %arg3, %arg4
// CHECK-NEXT: qint.requantize
// CHECK-NEXT: qint.reduce <max>
// CHECK-NEXT: qint.maximum
// CHECK-NEXT: qint.matmul
// CHECK-NEXT: qint.requantize
// CHECK-NEXT: qint.yield {{.*}} : tensor<3x5x4xi8>
// CHECK-NEXT: {{^ +}}} : (tensor<3x5x4xi8>, tensor<3x4x6xi8>, tensor<3x6x4xi8>) -> tensor<3x5x4xi8>
// CHECK-NEXT: return %0
func.func @attention(%q: tensor<3x5x4xi8>, %k: tensor<3x4x6xi8>, %v: tensor<3x6x4xi8>) -> tensor<3x5x4xi8> {
  %0 = qint.matmul %q, %k {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32, qint.layer = "scores"} : (tensor<3x5x4xi8>, tensor<3x4x6xi8>) -> tensor<3x5x6xi32>
  %1 = qint.requantize %0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -100, max = 127>, qint.layer = "scores"} : (tensor<3x5x6xi32>) -> tensor<3x5x6xi8>
  %2 = qint.reduce <max> %1 {axes = array<i64: 2>, zero_point = 0 : i32, qint.layer = "shares"} : (tensor<3x5x6xi8>) -> tensor<3x5x1xi8>
  %3 = qint.maximum %1, %2 {qint.layer = "shares"} : (tensor<3x5x6xi8>, tensor<3x5x1xi8>) -> tensor<3x5x6xi8>
  %4 = qint.matmul %3, %v {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32, qint.layer = "values"} : (tensor<3x5x6xi8>, tensor<3x6x4xi8>) -> tensor<3x5x4xi32>
  %5 = qint.requantize %4 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -100, max = 127>, qint.layer = "values"} : (tensor<3x5x4xi32>) -> tensor<3x5x4xi8>
  return %5 : tensor<3x5x4xi8>
}

// The caller gets the shares too: they are stored whole.
// CHECK-LABEL: func.func @shares_returned(
// CHECK: qint.kernel "scores"
// CHECK: qint.kernel "values"
func.func @shares_returned(%q: tensor<3x5x4xi8>, %k: tensor<3x4x6xi8>, %v: tensor<3x6x4xi8>) -> (tensor<3x5x6xi8>, tensor<3x5x4xi32>) {
  %0 = qint.matmul %q, %k {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32, qint.layer = "scores"} : (tensor<3x5x4xi8>, tensor<3x4x6xi8>) -> tensor<3x5x6xi32>
  %1 = qint.requantize %0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -100, max = 127>, qint.layer = "scores"} : (tensor<3x5x6xi32>) -> tensor<3x5x6xi8>
  %2 = qint.matmul %1, %v {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32, qint.layer = "values"} : (tensor<3x5x6xi8>, tensor<3x6x4xi8>) -> tensor<3x5x4xi32>
  return %1, %2 : tensor<3x5x6xi8>, tensor<3x5x4xi32>
}

// Rows are mixed between the products: no attention.
// CHECK-LABEL: func.func @mixes_rows(
// CHECK: qint.kernel "scores"
// CHECK: qint.kernel "turn"
// CHECK: qint.kernel "values"
func.func @mixes_rows(%q: tensor<3x5x4xi8>, %k: tensor<3x4x5xi8>, %v: tensor<3x5x4xi8>) -> tensor<3x5x4xi32> {
  %0 = qint.matmul %q, %k {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32, qint.layer = "scores"} : (tensor<3x5x4xi8>, tensor<3x4x5xi8>) -> tensor<3x5x5xi32>
  %1 = qint.requantize %0 {zero_point = 0 : i32, rescale = #qint.rescale<multipliers = [1073741824], shifts = [34], rounding = single, zero_point = -7, min = -100, max = 127>, qint.layer = "scores"} : (tensor<3x5x5xi32>) -> tensor<3x5x5xi8>
  %2 = qint.reduce <max> %1 {axes = array<i64: 1>, zero_point = 0 : i32, qint.layer = "turn"} : (tensor<3x5x5xi8>) -> tensor<3x1x5xi8>
  %3 = qint.maximum %1, %2 {qint.layer = "turn"} : (tensor<3x5x5xi8>, tensor<3x1x5xi8>) -> tensor<3x5x5xi8>
  %4 = qint.matmul %3, %v {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32, qint.layer = "values"} : (tensor<3x5x5xi8>, tensor<3x5x4xi8>) -> tensor<3x5x4xi32>
  return %4 : tensor<3x5x4xi32>
}
