// Bits by a plan, and the types that follow from them.
// RUN: split-file %s %t
// RUN: qcc-opt %t/net.mlir --qcc-assign-bits="plan=%t/p.qplan" | FileCheck %s --check-prefix=BITS
// RUN: qcc-opt %t/net.mlir --qcc-assign-bits="plan=%t/p.qplan" --qcc-assign-types --qcc-apply-types --qcc-verify-quantized | FileCheck %s --check-prefix=TYPES
// RUN: qcc-opt %t/net.mlir --qcc-assign-bits="weight-bits=2 activation-bits=16" --qcc-assign-types --qcc-apply-types --qcc-verify-quantized | FileCheck %s --check-prefix=WIDE
// RUN: qcc-opt %t/net.mlir --qcc-assign-bits="activation-bits=4" --qcc-assign-types 2>&1 | FileCheck %s --check-prefix=NARROW
// RUN: qcc-opt %t/net.mlir --qcc-assign-bits="weight-bits=6 activation-bits=6" --qcc-assign-types --qcc-apply-types --qcc-verify-quantized | FileCheck %s --check-prefix=SIX
// RUN: qcc-opt %t/net.mlir --qcc-assign-bits | FileCheck %s --check-prefix=EIGHT

// One name stands for all values of a type: the clamp has the bits of the
// convolution that only it reads.
// BITS: func.func @net(%{{.*}}: tensor<1x1x1x2xf32> {qgraph.bits = 16 : i64, qgraph.bits_given, qgraph.range
// BITS: qgraph.conv2d {{.*}}qgraph.bits = 4 : i64, qgraph.bits_given, qgraph.layer = "c", {{.*}}qgraph.weight_bits = 4 : i64
// BITS: qgraph.clamp {{.*}}qgraph.bits = 4 : i64, qgraph.bits_given, qgraph.layer = "r"
// BITS: qgraph.unary <tanh> {{.*}} {qgraph.layer = "t"
// BITS: qgraph.softmax {{.*}}qgraph.layer = "s"

// The range [0, 15] in 4 bits has the scale 1 and zero point -8; the largest
// weight of a channel becomes 7; an argument of 16 bits has the scale
// 32767 / 32767.
// TYPES: func.func @net(%{{.*}}: tensor<1x1x1x2x!quant.uniform<i16:f32, 1.000000e+00>>
// TYPES: qgraph.constant {{.*}}7, -1{{.*}}, {{.*}}-4, 7{{.*}} : tensor<2x1x1x2xi4> -> tensor<2x1x1x2x!quant.uniform<i4<-7:7>:f32:0, {1.000000e+00,2.000000e+00}>>
// TYPES: qgraph.conv2d
// TYPES-NOT: weight_bits
// TYPES-SAME: -> tensor<1x1x1x2x!quant.uniform<i8<-8:7>:f32, 1.000000e+00:-8>>
// TYPES: qgraph.clamp{{.*}} -> tensor<1x1x1x2x!quant.uniform<i8<-8:7>:f32, 1.000000e+00:-8>>
// TYPES: <tanh>{{.*}} -> tensor<1x1x1x2x!quant.uniform<i8:f32, 7.812500e-03>>
// TYPES: softmax{{.*}} -> tensor<1x1x1x2x!quant.uniform<i8:f32, 3.906250e-03:-128>>

// Two bits are -2 to 1, with a scale for the weight that needs it most; a
// constant beside 16 bits has 16 as well.
// WIDE: qgraph.constant {{.*}}1, 0{{.*}}, {{.*}}-1, 1{{.*}} : tensor<2x1x1x2xi2> -> tensor<2x1x1x2x!quant.uniform<i2:f32:0, {7.000000e+00,1.400000e+01}>>
// WIDE: qgraph.conv2d{{.*}} -> tensor<1x1x1x2x!quant.uniform<i16:f32,
// WIDE: <tanh>{{.*}} -> tensor<1x1x1x2x!quant.uniform<i16:f32, 3.0517578125E-5>>
// WIDE: softmax{{.*}} -> tensor<1x1x1x2x!quant.uniform<i16:f32, 3.0517578125E-5>>

// NARROW: <tanh>{{.*}}qgraph.type = !quant.uniform<i8<-8:7>:f32, 1.250000e-01>
// NARROW: softmax{{.*}}qgraph.type = !quant.uniform<i8<-8:7>:f32, 6.250000e-02:-8>

// Six bits are held in eight; the range [0, 15] has 63 steps.
// SIX: qgraph.constant {{.*}}31, -4{{.*}}, {{.*}}-18, 31{{.*}} : tensor<2x1x1x2xi8> -> tensor<2x1x1x2x!quant.uniform<i8<-31:31>:f32:0, {
// SIX: qgraph.conv2d{{.*}} -> tensor<1x1x1x2x!quant.uniform<i8<-32:31>:f32, 0.23809523{{[0-9]*}}:-32>>
// SIX: softmax{{.*}} -> tensor<1x1x1x2x!quant.uniform<i8<-32:31>:f32, 1.562500e-02:-32>>

// EIGHT-NOT: bits

//--- p.qplan
{"format":"qplan","version":1,"layers":[
{"layer":"c","weights":4,"activations":4},
{"layer":"input0","activations":16}
]}
//--- net.mlir
func.func @net(%a: tensor<1x1x1x2xf32> {qgraph.range = array<f64: -32767.0, 32767.0>}) -> tensor<1x1x1x2xf32> {
  %w = qgraph.constant dense<[[[[7.0, -1.0]]], [[[-8.0, 14.0]]]]> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>
  %b = qgraph.constant dense<0.0> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", qgraph.range = array<f64: -99.0, 99.0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x1x1x2xf32>
  %1 = qgraph.clamp %0 {qgraph.layer = "r", qgraph.range = array<f64: 0.0, 15.0>, min = 0.0 : f32, max = 0x7F800000 : f32} : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %2 = qgraph.unary <tanh> %1 {qgraph.layer = "t", qgraph.range = array<f64: -1.0, 1.0>} : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %3 = qgraph.softmax %2 {qgraph.layer = "s", qgraph.range = array<f64: 0.0, 1.0>, axis = 3 : i64} : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  return %3 : tensor<1x1x1x2xf32>
}
