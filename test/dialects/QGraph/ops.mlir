// Every qgraph op is printed as it was read.
// RUN: qcc-opt %s | qcc-opt | FileCheck %s
// RUN: qcc-opt %s --mlir-print-op-generic | qcc-opt | FileCheck %s

// CHECK-LABEL: func.func @conv2d(
// CHECK: %{{.*}} = qgraph.conv2d %{{.*}}, %{{.*}}, %{{.*}} {dilations = array<i64: 1, 2>, groups = 1 : i64, pads = array<i64: 1, 0, 0, 1>, strides = array<i64: 2, 1>} : (tensor<1x5x4x3xf32>, tensor<2x3x2x3xf32>, tensor<2xf32>) -> tensor<1x2x3x2xf32>
func.func @conv2d(%a: tensor<1x5x4x3xf32>, %b: tensor<2x3x2x3xf32>, %c: tensor<2xf32>) {
  %0 = qgraph.conv2d %a, %b, %c {strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 1>, dilations = array<i64: 1, 2>, groups = 1 : i64} : (tensor<1x5x4x3xf32>, tensor<2x3x2x3xf32>, tensor<2xf32>) -> tensor<1x2x3x2xf32>
  return
}

// CHECK-LABEL: func.func @conv2d_quantized(
// CHECK: %{{.*}} = qgraph.conv2d %{{.*}}, %{{.*}}, %{{.*}} {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, qgraph.layer = "conv1", strides = array<i64: 1, 1>} : (tensor<1x5x4x3x!quant.uniform<u8:f32, 5.000000e-01:128>>, tensor<2x3x2x3x!quant.uniform<i8<-127:127>:f32:0, {5.000000e-01,2.500000e-01}>>, tensor<2x!quant.uniform<i32:f32:0, {2.500000e-01,1.250000e-01}>>) -> tensor<1x3x3x2x!quant.uniform<i8:f32, 7.500000e-01:-128>>
func.func @conv2d_quantized(%a: tensor<1x5x4x3x!quant.uniform<u8:f32, 0.5:128>>, %b: tensor<2x3x2x3x!quant.uniform<i8<-127:127>:f32:0, {0.5,0.25}>>, %c: tensor<2x!quant.uniform<i32:f32:0, {0.25,0.125}>>) {
  %0 = qgraph.conv2d %a, %b, %c {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.layer = "conv1"} : (tensor<1x5x4x3x!quant.uniform<u8:f32, 0.5:128>>, tensor<2x3x2x3x!quant.uniform<i8<-127:127>:f32:0, {0.5,0.25}>>, tensor<2x!quant.uniform<i32:f32:0, {0.25,0.125}>>) -> tensor<1x3x3x2x!quant.uniform<i8:f32, 0.75:-128>>
  return
}

// CHECK-LABEL: func.func @transpose_conv2d(
// CHECK: %{{.*}} = qgraph.transpose_conv2d %{{.*}}, %{{.*}}, %{{.*}} {out_pads = array<i64: 1, -1, 0, 1>, strides = array<i64: 2, 2>} : (tensor<1x5x4x3xf32>, tensor<2x3x2x3xf32>, tensor<2xf32>) -> tensor<1x11x9x2xf32>
func.func @transpose_conv2d(%a: tensor<1x5x4x3xf32>, %b: tensor<2x3x2x3xf32>, %c: tensor<2xf32>) {
  %0 = qgraph.transpose_conv2d %a, %b, %c {strides = array<i64: 2, 2>, out_pads = array<i64: 1, -1, 0, 1>} : (tensor<1x5x4x3xf32>, tensor<2x3x2x3xf32>, tensor<2xf32>) -> tensor<1x11x9x2xf32>
  return
}

// CHECK-LABEL: func.func @matmul(
// CHECK: %{{.*}} = qgraph.matmul %{{.*}}, %{{.*}} : (tensor<2x4x3xf32>, tensor<2x3x5xf32>) -> tensor<2x4x5xf32>
func.func @matmul(%a: tensor<2x4x3xf32>, %b: tensor<2x3x5xf32>) {
  %0 = qgraph.matmul %a, %b : (tensor<2x4x3xf32>, tensor<2x3x5xf32>) -> tensor<2x4x5xf32>
  return
}

// CHECK-LABEL: func.func @avg_pool2d(
// CHECK: %{{.*}} = qgraph.avg_pool2d %{{.*}} {count_include_pad, kernel = array<i64: 2, 3>, pads = array<i64: 0, 0, 0, 1>, strides = array<i64: 1, 2>} : (tensor<1x5x4x3xf32>) -> tensor<1x4x2x3xf32>
func.func @avg_pool2d(%a: tensor<1x5x4x3xf32>) {
  %0 = qgraph.avg_pool2d %a {kernel = array<i64: 2, 3>, strides = array<i64: 1, 2>, pads = array<i64: 0, 0, 0, 1>, count_include_pad} : (tensor<1x5x4x3xf32>) -> tensor<1x4x2x3xf32>
  return
}

// CHECK-LABEL: func.func @max_pool2d(
// CHECK: %{{.*}} = qgraph.max_pool2d %{{.*}} {kernel = array<i64: 2, 2>, pads = array<i64: 1, 0, 0, 0>, strides = array<i64: 1, 2>} : (tensor<1x5x4x3xf32>) -> tensor<1x5x2x3xf32>
func.func @max_pool2d(%a: tensor<1x5x4x3xf32>) {
  %0 = qgraph.max_pool2d %a {kernel = array<i64: 2, 2>, strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 0, 0>} : (tensor<1x5x4x3xf32>) -> tensor<1x5x2x3xf32>
  return
}

// CHECK-LABEL: func.func @reduce_sum(
// CHECK: %{{.*}} = qgraph.reduce <sum> %{{.*}} {axes = array<i64: 1, 2>} : (tensor<2x3x4xf32>) -> tensor<2x1x1xf32>
func.func @reduce_sum(%a: tensor<2x3x4xf32>) {
  %0 = qgraph.reduce <sum> %a {axes = array<i64: 1, 2>} : (tensor<2x3x4xf32>) -> tensor<2x1x1xf32>
  return
}

// CHECK-LABEL: func.func @reduce_mean(
// CHECK: %{{.*}} = qgraph.reduce <mean> %{{.*}} {axes = array<i64: 1, 2>} : (tensor<2x3x4xf32>) -> tensor<2x1x1xf32>
func.func @reduce_mean(%a: tensor<2x3x4xf32>) {
  %0 = qgraph.reduce <mean> %a {axes = array<i64: 1, 2>} : (tensor<2x3x4xf32>) -> tensor<2x1x1xf32>
  return
}

// CHECK-LABEL: func.func @reduce_max(
// CHECK: %{{.*}} = qgraph.reduce <max> %{{.*}} {axes = array<i64: 1, 2>} : (tensor<2x3x4xf32>) -> tensor<2x1x1xf32>
func.func @reduce_max(%a: tensor<2x3x4xf32>) {
  %0 = qgraph.reduce <max> %a {axes = array<i64: 1, 2>} : (tensor<2x3x4xf32>) -> tensor<2x1x1xf32>
  return
}

// CHECK-LABEL: func.func @reduce_min(
// CHECK: %{{.*}} = qgraph.reduce <min> %{{.*}} {axes = array<i64: 1, 2>} : (tensor<2x3x4xf32>) -> tensor<2x1x1xf32>
func.func @reduce_min(%a: tensor<2x3x4xf32>) {
  %0 = qgraph.reduce <min> %a {axes = array<i64: 1, 2>} : (tensor<2x3x4xf32>) -> tensor<2x1x1xf32>
  return
}

// CHECK-LABEL: func.func @add(
// CHECK: %{{.*}} = qgraph.add %{{.*}}, %{{.*}} : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
func.func @add(%a: tensor<2x1x4xf32>, %b: tensor<1x3x4xf32>) {
  %0 = qgraph.add %a, %b : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// CHECK-LABEL: func.func @sub(
// CHECK: %{{.*}} = qgraph.sub %{{.*}}, %{{.*}} : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
func.func @sub(%a: tensor<2x1x4xf32>, %b: tensor<1x3x4xf32>) {
  %0 = qgraph.sub %a, %b : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// CHECK-LABEL: func.func @mul(
// CHECK: %{{.*}} = qgraph.mul %{{.*}}, %{{.*}} : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
func.func @mul(%a: tensor<2x1x4xf32>, %b: tensor<1x3x4xf32>) {
  %0 = qgraph.mul %a, %b : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// CHECK-LABEL: func.func @maximum(
// CHECK: %{{.*}} = qgraph.maximum %{{.*}}, %{{.*}} : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
func.func @maximum(%a: tensor<2x1x4xf32>, %b: tensor<1x3x4xf32>) {
  %0 = qgraph.maximum %a, %b : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// CHECK-LABEL: func.func @minimum(
// CHECK: %{{.*}} = qgraph.minimum %{{.*}}, %{{.*}} : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
func.func @minimum(%a: tensor<2x1x4xf32>, %b: tensor<1x3x4xf32>) {
  %0 = qgraph.minimum %a, %b : (tensor<2x1x4xf32>, tensor<1x3x4xf32>) -> tensor<2x3x4xf32>
  return
}

// CHECK-LABEL: func.func @unary_sigmoid(
// CHECK: %{{.*}} = qgraph.unary <sigmoid> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_sigmoid(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <sigmoid> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_tanh(
// CHECK: %{{.*}} = qgraph.unary <tanh> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_tanh(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <tanh> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_exp(
// CHECK: %{{.*}} = qgraph.unary <exp> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_exp(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <exp> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_log(
// CHECK: %{{.*}} = qgraph.unary <log> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_log(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <log> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_rsqrt(
// CHECK: %{{.*}} = qgraph.unary <rsqrt> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_rsqrt(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <rsqrt> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_reciprocal(
// CHECK: %{{.*}} = qgraph.unary <reciprocal> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_reciprocal(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <reciprocal> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_abs(
// CHECK: %{{.*}} = qgraph.unary <abs> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_abs(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <abs> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_negate(
// CHECK: %{{.*}} = qgraph.unary <negate> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_negate(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <negate> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_erf(
// CHECK: %{{.*}} = qgraph.unary <erf> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_erf(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <erf> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_hard_swish(
// CHECK: %{{.*}} = qgraph.unary <hard_swish> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_hard_swish(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <hard_swish> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @unary_silu(
// CHECK: %{{.*}} = qgraph.unary <silu> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_silu(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <silu> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @clamp(
// CHECK: %{{.*}} = qgraph.clamp %{{.*}} {max = 6.000000e+00 : f32, min = 0.000000e+00 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @clamp(%a: tensor<2x3xf32>) {
  %0 = qgraph.clamp %a {min = 0.0 : f32, max = 6.0 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @batch_norm(
// CHECK: %{{.*}} = qgraph.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {epsilon = 1.250000e-01 : f32} : (tensor<1x5x4x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x5x4x3xf32>
func.func @batch_norm(%a: tensor<1x5x4x3xf32>, %b: tensor<3xf32>, %c: tensor<3xf32>, %d: tensor<3xf32>, %e: tensor<3xf32>) {
  %0 = qgraph.batch_norm %a, %b, %c, %d, %e {epsilon = 0.125 : f32} : (tensor<1x5x4x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x5x4x3xf32>
  return
}

// CHECK-LABEL: func.func @concat(
// CHECK: %{{.*}} = qgraph.concat %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x1xf32>, tensor<2x2xf32>) -> tensor<2x6xf32>
func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x1xf32>, %c: tensor<2x2xf32>) {
  %0 = qgraph.concat %a, %b, %c {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x1xf32>, tensor<2x2xf32>) -> tensor<2x6xf32>
  return
}

// CHECK-LABEL: func.func @slice(
// CHECK: %{{.*}} = qgraph.slice %{{.*}} {sizes = array<i64: 2, 3>, starts = array<i64: 1, 0>, strides = array<i64: 3, 1>} : (tensor<5x4xf32>) -> tensor<2x3xf32>
func.func @slice(%a: tensor<5x4xf32>) {
  %0 = qgraph.slice %a {starts = array<i64: 1, 0>, sizes = array<i64: 2, 3>, strides = array<i64: 3, 1>} : (tensor<5x4xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @pad(
// CHECK: %{{.*}} = qgraph.pad %{{.*}} {high = array<i64: 0, 2>, low = array<i64: 1, 0>, value = -1.000000e+00 : f32} : (tensor<2x3xf32>) -> tensor<3x5xf32>
func.func @pad(%a: tensor<2x3xf32>) {
  %0 = qgraph.pad %a {low = array<i64: 1, 0>, high = array<i64: 0, 2>, value = -1.0 : f32} : (tensor<2x3xf32>) -> tensor<3x5xf32>
  return
}

// CHECK-LABEL: func.func @reshape(
// CHECK: %{{.*}} = qgraph.reshape %{{.*}} : (tensor<2x3xf32>) -> tensor<3x1x2xf32>
func.func @reshape(%a: tensor<2x3xf32>) {
  %0 = qgraph.reshape %a : (tensor<2x3xf32>) -> tensor<3x1x2xf32>
  return
}

// CHECK-LABEL: func.func @transpose(
// CHECK: %{{.*}} = qgraph.transpose %{{.*}} {permutation = array<i64: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
func.func @transpose(%a: tensor<2x3x4xf32>) {
  %0 = qgraph.transpose %a {permutation = array<i64: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  return
}

// CHECK-LABEL: func.func @tile(
// CHECK: %{{.*}} = qgraph.tile %{{.*}} {multiples = array<i64: 2, 3>} : (tensor<2x3xf32>) -> tensor<4x9xf32>
func.func @tile(%a: tensor<2x3xf32>) {
  %0 = qgraph.tile %a {multiples = array<i64: 2, 3>} : (tensor<2x3xf32>) -> tensor<4x9xf32>
  return
}

// CHECK-LABEL: func.func @gather(
// CHECK: %{{.*}} = qgraph.gather %{{.*}} {axis = 1 : i64, indices = array<i64: 2, 0, 0, 1>} : (tensor<2x3xf32>) -> tensor<2x4xf32>
func.func @gather(%a: tensor<2x3xf32>) {
  %0 = qgraph.gather %a {indices = array<i64: 2, 0, 0, 1>, axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x4xf32>
  return
}

// CHECK-LABEL: func.func @lookup(
// CHECK: %{{.*}} = qgraph.lookup %{{.*}}, %{{.*}} {wraps} : (tensor<1x3x4xf32>, tensor<2x5xi32>) -> tensor<2x5x4xf32>
func.func @lookup(%a: tensor<1x3x4xf32>, %i: tensor<2x5xi32>) {
  %0 = qgraph.lookup %a, %i {wraps} : (tensor<1x3x4xf32>, tensor<2x5xi32>) -> tensor<2x5x4xf32>
  return
}

// CHECK-LABEL: func.func @resize(
// CHECK: %{{.*}} = qgraph.resize <bilinear> %{{.*}} {border = array<i64: 1, 1>, offset = array<i64: -1, -1>, scale = array<i64: 4, 2, 4, 2>} : (tensor<1x5x4x3xf32>) -> tensor<1x10x8x3xf32>
func.func @resize(%a: tensor<1x5x4x3xf32>) {
  %0 = qgraph.resize <bilinear> %a {scale = array<i64: 4, 2, 4, 2>, offset = array<i64: -1, -1>, border = array<i64: 1, 1>} : (tensor<1x5x4x3xf32>) -> tensor<1x10x8x3xf32>
  return
}

// CHECK-LABEL: func.func @argmax(
// CHECK: %{{.*}} = qgraph.argmax %{{.*}} {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2xi32>
func.func @argmax(%a: tensor<2x3xf32>) {
  %0 = qgraph.argmax %a {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2xi32>
  return
}

// CHECK-LABEL: func.func @requantize(
// CHECK: %{{.*}} = qgraph.requantize %{{.*}} : (tensor<2x3x!quant.uniform<i8:f32, 5.000000e-01:3>>) -> tensor<2x3x!quant.uniform<u8:f32, 2.500000e-01:128>>
func.func @requantize(%a: tensor<2x3x!quant.uniform<i8:f32, 0.5:3>>) {
  %0 = qgraph.requantize %a : (tensor<2x3x!quant.uniform<i8:f32, 0.5:3>>) -> tensor<2x3x!quant.uniform<u8:f32, 0.25:128>>
  return
}

// CHECK-LABEL: func.func @constants(
// CHECK: %{{.*}} = qgraph.constant dense<{{\[\[}}1.000000e+00], [-2.000000e+00]]> : tensor<2x1xf32> -> tensor<2x1xf32>
// CHECK: %{{.*}} = qgraph.constant dense<[-127, 127]> : tensor<2xi8> -> tensor<2x!quant.uniform<i8<-127:127>:f32, 5.000000e-01>>
// CHECK: %{{.*}} = qgraph.constant dense<[-8, 7]> : tensor<2xi4> -> tensor<2x!quant.uniform<i4:f32, 5.000000e-01>>
// CHECK: %{{.*}} = qgraph.constant dense<[-2, 1]> : tensor<2xi8> -> tensor<2x!quant.uniform<i2:f32, 5.000000e-01>>
// CHECK: %{{.*}} = qgraph.constant dense<[0, 255]> : tensor<2xui8> -> tensor<2x!quant.uniform<u8:f32, 5.000000e-01:7>>
// CHECK: %{{.*}} = qgraph.constant dense<3> : tensor<2xi32> -> tensor<2xi32>
func.func @constants() {
  %0 = qgraph.constant dense<[[1.0], [-2.0]]> : tensor<2x1xf32> -> tensor<2x1xf32>
  %1 = qgraph.constant dense<[-127, 127]> : tensor<2xi8> -> tensor<2x!quant.uniform<i8<-127:127>:f32, 0.5>>
  %2 = qgraph.constant dense<[-8, 7]> : tensor<2xi4> -> tensor<2x!quant.uniform<i4:f32, 0.5>>
  %3 = qgraph.constant dense<[-2, 1]> : tensor<2xi8> -> tensor<2x!quant.uniform<i2:f32, 0.5>>
  %4 = qgraph.constant dense<[0, 255]> : tensor<2xui8> -> tensor<2x!quant.uniform<u8:f32, 0.5:7>>
  %5 = qgraph.constant dense<3> : tensor<2xi32> -> tensor<2xi32>
  return
}

// CHECK-LABEL: func.func @sub_channel(
// CHECK: %{{.*}} = qgraph.constant dense<1> : tensor<4x6xi8> -> tensor<4x6x!quant.uniform<i8:f32:{0:2, 1:3}, {{[{][{]}}5.000000e-01, 2.500000e-01}, {7.500000e-01, 1.500000e+00}}>>
func.func @sub_channel() {
  %0 = qgraph.constant dense<1> : tensor<4x6xi8> -> tensor<4x6x!quant.uniform<i8:f32:{0:2, 1:3}, {{0.5, 0.25}, {0.75, 1.5}}>>
  return
}

// CHECK-LABEL: func.func @table(
// CHECK: %{{.*}} = qgraph.table %{{.*}} {table = array<i8: -128, -121, -114, -107, -100, -93, -86, -79, -72, -65, -58, -51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26, 33, 40, 47, 54, 61, 68, 75, 82, 89, 96, 103, 110, 117, 124, -125, -118, -111, -104, -97, -90, -83, -76, -69, -62, -55, -48, -41, -34, -27, -20, -13, -6, 1, 8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 85, 92, 99, 106, 113, 120, 127, -122, -115, -108, -101, -94, -87, -80, -73, -66, -59, -52, -45, -38, -31, -24, -17, -10, -3, 4, 11, 18, 25, 32, 39, 46, 53, 60, 67, 74, 81, 88, 95, 102, 109, 116, 123, -126, -119, -112, -105, -98, -91, -84, -77, -70, -63, -56, -49, -42, -35, -28, -21, -14, -7, 0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, -123, -116, -109, -102, -95, -88, -81, -74, -67, -60, -53, -46, -39, -32, -25, -18, -11, -4, 3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73, 80, 87, 94, 101, 108, 115, 122, -127, -120, -113, -106, -99, -92, -85, -78, -71, -64, -57, -50, -43, -36, -29, -22, -15, -8, -1, 6, 13, 20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90, 97, 104, 111, 118, 125, -124, -117, -110, -103, -96, -89, -82, -75, -68, -61, -54, -47, -40, -33, -26, -19, -12, -5, 2, 9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86, 93, 100, 107, 114, 121>} : (tensor<2x3x!quant.uniform<i8:f32, 5.000000e-01>>) -> tensor<2x3x!quant.uniform<i8:f32, 2.500000e-01:-4>>
func.func @table(%a: tensor<2x3x!quant.uniform<i8:f32, 0.5>>) {
  %0 = qgraph.table %a {table = array<i8: -128, -121, -114, -107, -100, -93, -86, -79, -72, -65, -58, -51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26, 33, 40, 47, 54, 61, 68, 75, 82, 89, 96, 103, 110, 117, 124, -125, -118, -111, -104, -97, -90, -83, -76, -69, -62, -55, -48, -41, -34, -27, -20, -13, -6, 1, 8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 85, 92, 99, 106, 113, 120, 127, -122, -115, -108, -101, -94, -87, -80, -73, -66, -59, -52, -45, -38, -31, -24, -17, -10, -3, 4, 11, 18, 25, 32, 39, 46, 53, 60, 67, 74, 81, 88, 95, 102, 109, 116, 123, -126, -119, -112, -105, -98, -91, -84, -77, -70, -63, -56, -49, -42, -35, -28, -21, -14, -7, 0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, -123, -116, -109, -102, -95, -88, -81, -74, -67, -60, -53, -46, -39, -32, -25, -18, -11, -4, 3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73, 80, 87, 94, 101, 108, 115, 122, -127, -120, -113, -106, -99, -92, -85, -78, -71, -64, -57, -50, -43, -36, -29, -22, -15, -8, -1, 6, 13, 20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90, 97, 104, 111, 118, 125, -124, -117, -110, -103, -96, -89, -82, -75, -68, -61, -54, -47, -40, -33, -26, -19, -12, -5, 2, 9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86, 93, 100, 107, 114, 121>} : (tensor<2x3x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x3x!quant.uniform<i8:f32, 0.25:-4>>
  return
}

// CHECK-LABEL: func.func @div(
// CHECK: %{{.*}} = qgraph.div %{{.*}}, %{{.*}} : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
func.func @div(%a: tensor<2x3xf32>, %b: tensor<1x3xf32>) {
  %0 = qgraph.div %a, %b : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @pow(
// CHECK: %{{.*}} = qgraph.pow %{{.*}}, %{{.*}} : (tensor<2x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @pow(%a: tensor<2x1xf32>, %b: tensor<2x3xf32>) {
  %0 = qgraph.pow %a, %b : (tensor<2x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @select(
// CHECK: %{{.*}} = qgraph.select %{{.*}}, %{{.*}} {condition = dense<{{\[\[}}true, false, true]]> : tensor<1x3xi1>} : (tensor<2x1xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
func.func @select(%a: tensor<2x1xf32>, %b: tensor<1x1xf32>) {
  %0 = qgraph.select %a, %b {condition = dense<[[true, false, true]]> : tensor<1x3xi1>} : (tensor<2x1xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @softmax(
// CHECK: %{{.*}} = qgraph.softmax %{{.*}} {axis = 1 : i64} : (tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
// CHECK: %{{.*}} = qgraph.softmax %{{.*}} {axis = 2 : i64, log} : (tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
func.func @softmax(%a: tensor<2x3x5xf32>) {
  %0 = qgraph.softmax %a {axis = 1 : i64} : (tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %1 = qgraph.softmax %a {axis = 2 : i64, log} : (tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  return
}

// CHECK-LABEL: func.func @layer_norm(
// CHECK: %{{.*}} = qgraph.layer_norm %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64, epsilon = 9.99999974E-6 : f32} : (tensor<2x3x5xf32>, tensor<3x5xf32>, tensor<3x5xf32>) -> tensor<2x3x5xf32>
func.func @layer_norm(%a: tensor<2x3x5xf32>, %g: tensor<3x5xf32>) {
  %0 = qgraph.layer_norm %a, %g, %g {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<2x3x5xf32>, tensor<3x5xf32>, tensor<3x5xf32>) -> tensor<2x3x5xf32>
  return
}

// CHECK-LABEL: func.func @rms_norm(
// CHECK: %{{.*}} = qgraph.rms_norm %{{.*}}, %{{.*}} {axis = 2 : i64, epsilon = 0.000000e+00 : f32} : (tensor<2x3x5xf32>, tensor<5xf32>) -> tensor<2x3x5xf32>
func.func @rms_norm(%a: tensor<2x3x5xf32>, %g: tensor<5xf32>) {
  %0 = qgraph.rms_norm %a, %g {axis = 2 : i64, epsilon = 0.0 : f32} : (tensor<2x3x5xf32>, tensor<5xf32>) -> tensor<2x3x5xf32>
  return
}

// CHECK-LABEL: func.func @unary_kinds(
// CHECK: %{{.*}} = qgraph.unary <sqrt> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <gelu> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <gelu_tanh> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <softplus> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <sin> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <cos> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <floor> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <ceil> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <round> %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <elu> %{{.*}} {alpha = 2.500000e-01 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK: %{{.*}} = qgraph.unary <leaky_relu> %{{.*}} {alpha = 2.500000e-01 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @unary_kinds(%a: tensor<2x3xf32>) {
  %0 = qgraph.unary <sqrt> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.unary <gelu> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.unary <gelu_tanh> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.unary <softplus> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.unary <sin> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = qgraph.unary <cos> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = qgraph.unary <floor> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %7 = qgraph.unary <ceil> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %8 = qgraph.unary <round> %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %9 = qgraph.unary <elu> %a {alpha = 0.25 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %10 = qgraph.unary <leaky_relu> %a {alpha = 0.25 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}
