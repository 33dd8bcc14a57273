// Weights, biases, constants and the signature become quantized.
// RUN: qcc-opt %s --qcc-apply-types --qcc-verify-quantized --split-input-file | FileCheck %s
// RUN: qcc-opt %s --qcc-apply-types=granularity=tensor --qcc-verify-quantized --split-input-file | FileCheck %s --check-prefix=TENSOR

// With one scale it is the largest, 2: of all rows, and for all biases.
// TENSOR-LABEL: func.func @conv
// TENSOR: qgraph.constant {{.*}}64, 0, -1{{.*}}, {{.*}}-127, 0, 1{{.*}}, {{.*}}0, 0, 0{{.*}} tensor<3x1x1x3xi8> -> tensor<3x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {2.000000e+00,2.000000e+00,2.000000e+00}>>
// TENSOR: qgraph.constant {{.*}}dense<[10, -3, 1]> : tensor<3xi32>

// Channel 0: scale 127/127 = 1; 0.5 and -2.5 are ties, which go away from zero;
// bias 10 / (0.5 * 1). Channel 1: scale 2; bias -3 / 1 = -3. Channel 2 has no
// weights: scale 0.25 / 0.5 / 1024, bias 1 / (0.5 * scale) = 4096.
// CHECK-LABEL: func.func @conv
// CHECK-SAME: (%[[A:.*]]: tensor<1x1x1x3x!quant.uniform<i8:f32, 5.000000e-01:3>>
// CHECK-SAME: -> tensor<1x1x1x3x!quant.uniform<i8:f32, 2.500000e-01:-128>>
// CHECK: qgraph.constant {{.*}}127, 1, -3{{.*}}, {{.*}}-127, 0, 1{{.*}}, {{.*}}0, 0, 0{{.*}} tensor<3x1x1x3xi8> -> tensor<3x1x1x3x!quant.uniform<i8<-127:127>:f32:0, {1.000000e+00,2.000000e+00,4.8828125E-4}>>
// CHECK: qgraph.constant {{.*}}dense<[20, -3, 4096]> : tensor<3xi32> -> tensor<3x!quant.uniform<i32:f32:0, {5.000000e-01,1.000000e+00,2.44140625E-4}>>
// CHECK: qgraph.conv2d
// CHECK-NOT: qgraph.type
func.func @conv(%a: tensor<1x1x1x3xf32> {qgraph.type = !quant.uniform<i8:f32, 0.5:3>}) -> tensor<1x1x1x3xf32> {
  %w = qgraph.constant dense<[[[[127.0, 0.5, -2.5]]], [[[-254.0, 0.9, 1.0]]], [[[0.0, 0.0, 0.0]]]]> : tensor<3x1x1x3xf32> -> tensor<3x1x1x3xf32>
  %b = qgraph.constant dense<[10.0, -3.0, 1.0]> : tensor<3xf32> -> tensor<3xf32>
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", qgraph.type = !quant.uniform<i8:f32, 0.25:-128>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x3xf32>, tensor<3x1x1x3xf32>, tensor<3xf32>) -> tensor<1x1x1x3xf32>
  return %0 : tensor<1x1x1x3xf32>
}

// -----

// A bias of 2^31 input steps of the smallest weight: the scale doubles, so that
// the bias is 2^30 and the weight 64 instead of 127.
// CHECK-LABEL: func.func @large_bias
// CHECK: qgraph.constant dense<64> : tensor<1x1x1x1xi8> -> tensor<1x1x1x1x!quant.uniform<i8<-127:127>:f32:0, {2.000000e+00}>>
// CHECK: qgraph.constant dense<1073741824> : tensor<1xi32>
func.func @large_bias(%a: tensor<1x1x1x1xf32> {qgraph.type = !quant.uniform<i8:f32, 1.0>}) -> tensor<1x1x1x1xf32> {
  %w = qgraph.constant dense<127.0> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  %b = qgraph.constant dense<2147483648.0> : tensor<1xf32> -> tensor<1xf32>
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", qgraph.type = !quant.uniform<i8:f32, 33554432.0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %0 : tensor<1x1x1x1xf32>
}

// -----

// A constant that is read as an activation: [-1, 254] has the scale 1.
// CHECK-LABEL: func.func @constant
// CHECK: qgraph.constant {{.*}}dense<{{.*}}126, -127, 127, -128{{.*}}> : tensor<1x4xi8> -> tensor<1x4x!quant.uniform<i8:f32, 1.000000e+00:-127>>
func.func @constant(%a: tensor<1x4xf32> {qgraph.type = !quant.uniform<i8:f32, 1.0>}) -> tensor<1x4xf32> {
  %c = qgraph.constant dense<[[253.4, 0.0, 254.0, -1.0]]> : tensor<1x4xf32> -> tensor<1x4xf32>
  %0 = qgraph.add %a, %c {qgraph.layer = "a", qgraph.type = !quant.uniform<i8:f32, 2.0>} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// A constant may be a result; the signature follows.
// CHECK-LABEL: func.func @returned
// CHECK-SAME: -> (tensor<2x!quant.uniform<i8:f32, 1.000000e+00>>, tensor<2x!quant.uniform<i8:f32, 1.000000e+00:-127>>)
// CHECK: %[[C:.*]] = qgraph.constant dense<[127, -128]> : tensor<2xi8>
// CHECK: return %{{.*}}, %[[C]]
func.func @returned(%a: tensor<2xf32> {qgraph.type = !quant.uniform<i8:f32, 1.0>}) -> (tensor<2xf32>, tensor<2xf32>) {
  %c = qgraph.constant dense<[254.0, -1.0]> : tensor<2xf32> -> tensor<2xf32>
  return %a, %c : tensor<2xf32>, tensor<2xf32>
}

// -----

// A table keeps the types of its codes; values in other types are rounded.
// CHECK-LABEL: func.func @table
// CHECK: %[[I:.*]] = qgraph.requantize %{{.*}} {qgraph.layer = "t_input"} : (tensor<2x!quant.uniform<i8:f32, 1.000000e+00>>) -> tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK: %[[T:.*]] = qgraph.table %[[I]] {qgraph.layer = "t", table = {{.*}}} : (tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>) -> tensor<2x!quant.uniform<i8:f32, 2.500000e-01:7>>
// CHECK: qgraph.requantize %[[T]] {qgraph.layer = "t_output"} : (tensor<2x!quant.uniform<i8:f32, 2.500000e-01:7>>) -> tensor<2x!quant.uniform<i8:f32, 2.000000e+00>>
func.func @table(%a: tensor<2xf32> {qgraph.type = !quant.uniform<i8:f32, 1.0>}) -> tensor<2xf32> {
  %0 = qgraph.table %a {qgraph.layer = "t", qgraph.type = !quant.uniform<i8:f32, 2.0>, input_type = !quant.uniform<i8:f32, 0.5>, output_type = !quant.uniform<i8:f32, 0.25:7>, table = array<i8: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0>} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// The table of a lookup takes the type of what is looked up, saturating; one
// constant for two lookups of one type. Another reader has its own. Indices
// stay as they are.
// CHECK-LABEL: func.func @lookup
// CHECK-SAME: (%[[I:.*]]: tensor<1x2xi32>)
// CHECK: %[[T:.*]] = qgraph.constant {{.*}}dense<{{\[\[}}[2, -3], [127, -128]]]> : tensor<1x2x2xi8> -> tensor<1x2x2x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK: %[[OWN:.*]] = qgraph.constant {{.*}}dense<{{.*}}> : tensor<1x2x2xi8> -> tensor<1x2x2x!quant.uniform<i8:f32, {{.*}}>>
// CHECK: qgraph.lookup %[[T]], %[[I]]
// CHECK: qgraph.lookup %[[T]], %[[I]] {{.*}}wraps
// CHECK: qgraph.add %[[OWN]]
func.func @lookup(%i: tensor<1x2xi32>) -> (tensor<1x2x2xf32>, tensor<1x2x2xf32>, tensor<1x2x2xf32>) {
  %t = qgraph.constant {qgraph.layer = "t"} dense<[[[1.0, -1.25], [100.0, -100.0]]]> : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %0 = qgraph.lookup %t, %i {qgraph.layer = "a", qgraph.type = !quant.uniform<i8:f32, 0.5>} : (tensor<1x2x2xf32>, tensor<1x2xi32>) -> tensor<1x2x2xf32>
  %1 = qgraph.lookup %t, %i {wraps, qgraph.layer = "b", qgraph.type = !quant.uniform<i8:f32, 0.5>} : (tensor<1x2x2xf32>, tensor<1x2xi32>) -> tensor<1x2x2xf32>
  %2 = qgraph.add %t, %0 {qgraph.layer = "c", qgraph.type = !quant.uniform<i8:f32, 2.0>} : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  return %0, %1, %2 : tensor<1x2x2xf32>, tensor<1x2x2xf32>, tensor<1x2x2xf32>
}
