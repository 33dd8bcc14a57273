// What norms read gets 16 bits where 8 leave less than a threshold of what is
// left without the mean. The values of the profile are 99.9 to 100.2, and steps
// are 0.4: little is left of the deviation, but much of the mean square.
// RUN: split-file %s %t
// RUN: qcc-opt %t/network.mlir --qcc-widen-residuals="profile=%t/p.qprof threshold=25" 2>&1 | FileCheck %s --check-prefixes=CHECK,REMARK
// RUN: qcc-opt %t/network.mlir --qcc-widen-residuals="profile=%t/p.qprof threshold=-20" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: qcc-opt %t/network.mlir --qcc-widen-residuals 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: qcc-opt %t/network.mlir --qcc-widen-residuals="bits=6" 2>&1 | FileCheck %s --check-prefix=SIX
// RUN: not qcc-opt %t/network.mlir --qcc-widen-residuals="bits=5" 2>&1 | FileCheck %s --check-prefix=BITS
// RUN: not qcc-opt %t/network.mlir --qcc-widen-residuals="profile=%t/none.qprof" 2>&1 | FileCheck %s --check-prefix=FILE
// NONE-NOT: remark
// NONE-NOT: qgraph.bits = 16
// BITS: error: expected 4, 6, 8 or 16 bits of what norms read, found 5
// FILE: none.qprof
// REMARK: remark: 3 values before norms have 16 bits; 8 would leave {{[0-9.]+}} dB of layer 'r' (-residual-bits=8 keeps 8)

// The branch, which has no constant on it, keeps 8 bits; so does what only the
// RMS norm reads, and what a plan says.
// CHECK: qgraph.unary <exp> %{{.*}} {qgraph.bits = 16 : i64, qgraph.layer = "u"}
// CHECK: qgraph.unary <tanh> %{{.*}} {qgraph.layer = "b"}
// CHECK: qgraph.add {{.*}}qgraph.bits = 16 : i64, qgraph.layer = "s"
// CHECK: qgraph.reshape {{.*}}qgraph.bits = 16 : i64, qgraph.layer = "r"
// CHECK: qgraph.layer_norm {{.*}}qgraph.layer = "n"
// CHECK-NOT: qgraph.bits = 16
// CHECK: qgraph.add {{.*}}qgraph.bits = 8 : i64, qgraph.bits_given, qgraph.layer = "g"
// CHECK-NOT: qgraph.bits = 16
// SIX: qgraph.add {{.*}}qgraph.bits = 6 : i64, qgraph.layer = "s"
// SIX: qgraph.unary <exp> %{{.*}} {qgraph.bits = 6 : i64, qgraph.layer = "m"}
// SIX: qgraph.add {{.*}}qgraph.bits = 8 : i64, qgraph.bits_given, qgraph.layer = "g"

//--- p.qprof
{"format":"qprof","version":1,"model":"","values":[
{"key":"b","samples":1,"elements":4,"zeros":0,"min":0.009999999776482582,"max":0.011300000362098217,"sum":0.043499999679625034,"sumSquares":0.0004741299934563044,"histogram":{"widthLog2":-18,"first":2621,"counts":[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]}},
{"key":"m","samples":1,"elements":4,"zeros":0,"min":99.9000015258789,"max":100.19999694824219,"sum":400.1999969482422,"sumSquares":40040.0593878174,"histogram":{"widthLog2":-5,"first":3196,"counts":[1,0,0,0,1,0,0,1,0,0,1]}},
{"key":"r","samples":1,"elements":4,"zeros":0,"min":99.9000015258789,"max":100.19999694824219,"sum":400.1999969482422,"sumSquares":40040.0593878174,"histogram":{"widthLog2":-5,"first":3196,"counts":[1,0,0,0,1,0,0,1,0,0,1]}},
{"key":"s","samples":1,"elements":4,"zeros":0,"min":99.9000015258789,"max":100.19999694824219,"sum":400.1999969482422,"sumSquares":40040.0593878174,"histogram":{"widthLog2":-5,"first":3196,"counts":[1,0,0,0,1,0,0,1,0,0,1]}},
{"key":"u","samples":1,"elements":4,"zeros":0,"min":99.9000015258789,"max":100.19999694824219,"sum":400.1999969482422,"sumSquares":40040.0593878174,"histogram":{"widthLog2":-5,"first":3196,"counts":[1,0,0,0,1,0,0,1,0,0,1]}}
]}
//--- network.mlir
!t = tensor<1x2xf32>
func.func @main(%x: !t) -> (!t, !t, !t) {
  %c = qgraph.constant dense<1.0> : tensor<2xf32> -> tensor<2xf32>
  %u = qgraph.unary <exp> %x {qgraph.layer = "u"} : (!t) -> !t
  %b = qgraph.unary <tanh> %x {qgraph.layer = "b"} : (!t) -> !t
  %s = qgraph.add %u, %b {qgraph.layer = "s"} : (!t, !t) -> !t
  %r = qgraph.reshape %s {qgraph.layer = "r"} : (!t) -> !t
  %n = qgraph.layer_norm %r, %c, %c {qgraph.layer = "n", axis = 1 : i64, epsilon = 1.0e-5 : f32} : (!t, tensor<2xf32>, tensor<2xf32>) -> !t
  %m = qgraph.unary <exp> %x {qgraph.layer = "m"} : (!t) -> !t
  %q = qgraph.rms_norm %m, %c {qgraph.layer = "q", axis = 1 : i64, epsilon = 1.0e-5 : f32} : (!t, tensor<2xf32>) -> !t
  %g = qgraph.add %n, %n {qgraph.layer = "g", qgraph.bits = 8 : i64, qgraph.bits_given} : (!t, !t) -> !t
  %o = qgraph.layer_norm %g, %c, %c {qgraph.layer = "o", axis = 1 : i64, epsilon = 1.0e-5 : f32} : (!t, tensor<2xf32>, tensor<2xf32>) -> !t
  return %n, %q, %o : !t, !t, !t
}
