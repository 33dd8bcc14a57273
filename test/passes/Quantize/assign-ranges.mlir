// Ranges come from casts or from batch normalization. (Those from profiles are
// tested in test/unit/Evaluate, since a profile is too long to be read here.)
// RUN: split-file %s %t
// RUN: qcc-opt %t/network.mlir --qcc-assign-ranges="input-low=-1 input-high=2 spread=2" 2>&1 | FileCheck %s --check-prefix=ESTIMATE
// RUN: qcc-opt %t/network.mlir --qcc-assign-ranges="input-type=u8 input-mean=127.5 input-std=64" 2>&1 | FileCheck %s --check-prefix=BYTES
// RUN: qcc-opt %t/hints.mlir --qcc-assign-ranges 2>&1 | FileCheck %s --check-prefix=HINTS

// RUN: qcc-opt %t/lookup.mlir --qcc-assign-ranges | FileCheck %s --check-prefix=LOOKUP

// What is looked up has the range of the whole table, indices have none.
// LOOKUP: func.func @main(%{{[a-z0-9]*}}: tensor<1x1xi32>)
// LOOKUP: qgraph.lookup
// LOOKUP-SAME: qgraph.range = array<f64: -2.500000e-01, 7.000000e+00>

// Channel 0 is 1 +- 2 * 0.5 and channel 1 is -1 +- 2 * 1; the clamp cuts that.
// ESTIMATE: remark: ranges are estimates from the weights and norms, since there is no calibration data; inputs are taken to be in [-1, 2]
// ESTIMATE: qgraph.range = array<f64: -1.000000e+00, 2.000000e+00>
// ESTIMATE: qgraph.conv2d
// ESTIMATE-SAME: qgraph.range = array<f64: -3.000000e+00, 2.000000e+00>
// ESTIMATE: qgraph.clamp
// ESTIMATE-SAME: qgraph.range = array<f64: 0.000000e+00, 2.000000e+00>

// BYTES: remark: argument 'input0': input mean 127.5 is no integer, bytes stand for (byte - 128) / 64
// BYTES: qgraph.input_mean = 1.275000e+02 : f64, qgraph.input_std = 6.400000e+01 : f64, qgraph.input_type = "u8"
// BYTES-SAME: qgraph.range = array<f64: -2.000000e+00, 1.984375>
// BYTES-SAME: qgraph.type = !quant.uniform<u8:f32, 1.562500e-02:128>

// HINTS-NOT: remark
// HINTS: qgraph.range = array<f64: -6.400000e+01, 6.350000e+01>, qgraph.type = !quant.uniform<i8:f32, 5.000000e-01>
// HINTS-NOT: quant.qcast
// HINTS: qgraph.unary <abs> %arg0
// HINTS-SAME: qgraph.range = array<f64: 0.000000e+00, 6.375000e+01>
// HINTS-SAME: qgraph.type = !quant.uniform<i8:f32, 2.500000e-01:-128>

//--- network.mlir
func.func @main(%a: tensor<1x2x3x1xf32>) -> tensor<1x2x3x2xf32> {
  %w = qgraph.constant dense<[[[[1.0]]], [[[-2.0]]]]> : tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>
  %b = qgraph.constant dense<[1.0, -1.0]> : tensor<2xf32> -> tensor<2xf32>
  %c = qgraph.conv2d %a, %w, %b {qgraph.layer = "c",
      qgraph.output_mean = array<f32: 1.0, -1.0>, qgraph.output_std = array<f32: 0.5, 1.0>,
      dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>}
    : (tensor<1x2x3x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x3x2xf32>
  %r = qgraph.clamp %c {qgraph.layer = "r", min = 0.0 : f32, max = 0x7F800000 : f32}
    : (tensor<1x2x3x2xf32>) -> tensor<1x2x3x2xf32>
  return %r : tensor<1x2x3x2xf32>
}

//--- hints.mlir
func.func @main(%a: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %0 = quant.qcast %a : tensor<1x3xf32> to tensor<1x3x!quant.uniform<i8:f32, 0.5>>
  %1 = quant.dcast %0 : tensor<1x3x!quant.uniform<i8:f32, 0.5>> to tensor<1x3xf32>
  %2 = qgraph.unary <abs> %1 {qgraph.layer = "abs"} : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %3 = quant.qcast %2 : tensor<1x3xf32> to tensor<1x3x!quant.uniform<i8:f32, 0.25:-128>>
  %4 = quant.dcast %3 : tensor<1x3x!quant.uniform<i8:f32, 0.25:-128>> to tensor<1x3xf32>
  return %4 : tensor<1x3xf32>
}
//--- lookup.mlir
func.func @main(%i: tensor<1x1xi32>) -> tensor<1x1x2xf32> {
  %t = qgraph.constant dense<[[[1.0, -0.25], [3.0, 7.0]]]> : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %0 = qgraph.lookup %t, %i {qgraph.layer = "a"} : (tensor<1x2x2xf32>, tensor<1x1xi32>) -> tensor<1x1x2xf32>
  return %0 : tensor<1x1x2xf32>
}
