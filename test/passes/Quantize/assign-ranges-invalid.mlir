// RUN: split-file %s %t
// RUN: not qcc-opt %t/plain.mlir --qcc-assign-ranges="observer=best" 2>&1 | FileCheck %s --check-prefix=OBSERVER
// RUN: not qcc-opt %t/plain.mlir --qcc-assign-ranges="input-type=u4" 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not qcc-opt %t/plain.mlir --qcc-assign-ranges="profile=%t/none.qprof" 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not qcc-opt %t/plain.mlir --qcc-assign-ranges="profile=%t/empty.qprof" 2>&1 | FileCheck %s --check-prefix=LAYER
// RUN: not qcc-opt %t/plain.mlir --qcc-assign-ranges="input-type=u8 input-std=0" 2>&1 | FileCheck %s --check-prefix=STD
// RUN: not qcc-opt %t/plain.mlir --qcc-assign-ranges="input-type=s8 input-mean=127.6" 2>&1 | FileCheck %s --check-prefix=MEAN
// RUN: not qcc-opt %t/kind.mlir --qcc-assign-ranges 2>&1 | FileCheck %s --check-prefix=KIND
// RUN: not qcc-opt %t/range.mlir --qcc-assign-ranges 2>&1 | FileCheck %s --check-prefix=RANGE
// RUN: not qcc-opt %t/cast.mlir --qcc-assign-ranges 2>&1 | FileCheck %s --check-prefix=CAST
// RUN: not qcc-opt %t/refused.mlir --qcc-assign-ranges 2>&1 | FileCheck %s --check-prefix=REFUSED
// RUN: not qcc-opt %t/none.mlir --qcc-assign-ranges 2>&1 | FileCheck %s --check-prefix=NONE

// OBSERVER: error: {{.*}}'best'
// TYPE: error: input type must be f32, u8 or s8, found 'u4'
// FILE: error: {{.*}}none.qprof
// LAYER: error: the profile has no statistics of layer 'input0', expected one that was collected from this network
// STD: error: argument 'input0' needs an input deviation above 0, found 0
// MEAN: error: argument 'input0' needs an input mean in [-128, 127], found 127.6
// KIND: error: argument 'input0' has input type 'u3', expected u8 or s8
// RANGE: error: layer 'n' has the range [2, 1], expected two ordered finite numbers
// CAST: error: 'quant.qcast' op makes codes of a constant; expected them in a qgraph.constant
// REFUSED: error: 'qgraph.softmax' op layer 'first' and 1 more of its kind cannot be quantized yet; supported are convolutions, matrix products, pooling, reductions, sums, products, maxima, normalization over the last axes, softmax of less than 65536 elements along the last axis, data movement and functions of one element
// REFUSED: error: 'qgraph.div' op layer 'quotient' cannot be quantized yet
// REFUSED: error: 'qgraph.pow' op layer 'power' cannot be quantized yet
// NONE: error: needs a function of one block, found none

//--- plain.mlir
func.func @main(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qgraph.unary <negate> %a {qgraph.layer = "n"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

//--- empty.qprof
{"format": "qprof", "version": 1, "model": "", "values": [
]}

//--- kind.mlir
func.func @main(%a: tensor<2x3xf32> {qgraph.input_type = "u3"}) -> tensor<2x3xf32> {
  return %a : tensor<2x3xf32>
}

//--- range.mlir
func.func @main(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qgraph.unary <negate> %a {qgraph.layer = "n", qgraph.range = array<f64: 2.0, 1.0>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

//--- cast.mlir
func.func @main(%a: tensor<3xf32>) -> tensor<3x!quant.uniform<i8:f32, 0.5>> {
  %c = qgraph.constant {qgraph.layer = "c"} dense<1.0> : tensor<3xf32> -> tensor<3xf32>
  %0 = quant.qcast %c : tensor<3xf32> to tensor<3x!quant.uniform<i8:f32, 0.5>>
  return %0 : tensor<3x!quant.uniform<i8:f32, 0.5>>
}

//--- refused.mlir
func.func @main(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qgraph.softmax %a {axis = 0 : i64, qgraph.layer = "first"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.div %0, %a {qgraph.layer = "quotient"} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = qgraph.pow %3, %a {qgraph.layer = "power"} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %6 = qgraph.softmax %4 {axis = 0 : i64, qgraph.layer = "second"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %6 : tensor<2x3xf32>
}

//--- none.mlir
module {}
