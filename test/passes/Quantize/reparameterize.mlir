// Channels of norms get like ranges; without a profile these are `spread` times
// gamma around beta.
// RUN: qcc-opt %s --qcc-reparameterize --split-input-file | FileCheck %s
// RUN: qcc-opt %s --qcc-reparameterize=mode=off --split-input-file | FileCheck %s --check-prefix=OFF
// RUN: qcc-opt %s --qcc-reparameterize=mode=median --split-input-file | FileCheck %s --check-prefix=MEDIAN
// RUN: qcc-opt %s --qcc-reparameterize=mode=smooth --split-input-file | FileCheck %s --check-prefix=SMOOTH
// RUN: qcc-opt %s --qcc-reparameterize=mode=smooth=1 --split-input-file | FileCheck %s --check-prefix=WHOLE
// RUN: qcc-opt %s --qcc-reparameterize=mode=log --split-input-file | FileCheck %s --check-prefix=LOG
// RUN: not qcc-opt %s --qcc-reparameterize=mode=half --split-input-file 2>&1 | FileCheck %s --check-prefix=MODE
// RUN: not qcc-opt %s --qcc-reparameterize=profile=%t.none --split-input-file 2>&1 | FileCheck %s --check-prefix=FILE
// OFF-NOT: qgraph.equalization
// MODE: error: -reparameterize: found 'half', expected on, median, clip, smooth
// FILE: reparameterize.mlir.tmp.none

// Ranges [-8, 0] and [-4, 12], steps 8/255 and 16/255, of which 12/255 is the
// mean: channel 0 is divided by 2/3, channel 1 by 4/3, which makes 12 of both.
// Zero points 127 and -64.25: 31 in common, so -159 * 12/255 is the least.
// The median is the larger step. SmoothQuant divides by sqrt(8 / 3) and
// sqrt(12 / 1), or by 8 and 12, FPTQ by 8 / log2(10) and 12 / log2(14).
// MEDIAN: qgraph.constant dense<2.000000e+00> : tensor<2xf32>
// SMOOTH: qgraph.constant dense<[0.612372{{[0-9]*}}, 0.577350{{[0-9]*}}]>
// SMOOTH: qgraph.constant dense<[-2.449489{{[0-9]*}}, 1.154700{{[0-9]*}}]>
// SMOOTH: qgraph.layer_norm {{.*}}qgraph.range = array<f64: -4.89897{{[0-9]*}}, 3.46410{{[0-9]*}}>
// SMOOTH: qgraph.constant dense<{{\[+}}4.898979{{[0-9]*}}, -3.464101{{[0-9]*}}{{\]+}}>
// WHOLE: qgraph.constant dense<[1.250000e-01, 0.166666{{[0-9]*}}]>
// WHOLE: qgraph.layer_norm {{.*}}qgraph.range = array<f64: -1.000000e+00, 1.000000e+00>
// LOG: qgraph.constant dense<[4.152410e-01, 0.634559{{[0-9]*}}]>
// LOG: qgraph.constant dense<{{\[+}}7.224720e+00, -3.1517{{[0-9]*}}{{\]+}}>
// CHECK-LABEL: func.func @norm
// CHECK: %[[G:.*]] = qgraph.constant dense<1.500000e+00> : tensor<2xf32>
// CHECK: %[[B:.*]] = qgraph.constant dense<-1.48235297> : tensor<2xf32>
// CHECK: qgraph.layer_norm %{{.*}}, %[[G]], %[[B]] {{.*}}qgraph.equalization = "ranges of 2 channels made alike, 2.0 times apart before", {{.*}}qgraph.range = array<f64: -7.4823529411764707, 4.51764705882352{{.*}}>
// CHECK: qgraph.reshape {{.*}}qgraph.range = array<f64: -7.4823529411764707, 4.51764705882352{{.*}}>
// CHECK: qgraph.constant dense<{{\[+}}2.000000e+00, -1.33333337{{\]+}}> : tensor<1x1x1x2xf32>
// CHECK: qgraph.constant dense<
// CHECK: qgraph.conv2d
func.func @norm(%x: tensor<1x3x2xf32>) -> tensor<1x1x3x1xf32> {
  %g = qgraph.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
  %b = qgraph.constant dense<[-4.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %w = qgraph.constant dense<[[[[3.0, -1.0]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %c = qgraph.constant dense<0.5> : tensor<1xf32> -> tensor<1xf32>
  %0 = qgraph.layer_norm %x, %g, %b {qgraph.layer = "n", axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x3x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x3x2xf32>
  %1 = qgraph.reshape %0 {qgraph.layer = "r"} : (tensor<1x3x2xf32>) -> tensor<1x1x3x2xf32>
  %2 = qgraph.conv2d %1, %w, %c {qgraph.layer = "c", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x3x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x1x3x1xf32>
  return %2 : tensor<1x1x3x1xf32>
}

// -----

// A norm without beta, and one whose reader pads, keep their zero.
// CHECK-LABEL: func.func @scales
// CHECK: qgraph.rms_norm {{.*}}qgraph.equalization = "ranges of 2 channels made alike, 4.0 times apart before"
// CHECK-NOT: qgraph.constant dense<0.5{{.*}}> : tensor<1xf32>
func.func @scales(%x: tensor<1x1x3x2xf32>) -> tensor<1x1x5x1xf32> {
  %g = qgraph.constant dense<[1.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %w = qgraph.constant dense<[[[[3.0, -1.0]]]]> : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xf32>
  %c = qgraph.constant dense<0.25> : tensor<1xf32> -> tensor<1xf32>
  %0 = qgraph.rms_norm %x, %g {qgraph.layer = "n", axis = 3 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x1x3x2xf32>, tensor<2xf32>) -> tensor<1x1x3x2xf32>
  %2 = qgraph.conv2d %0, %w, %c {qgraph.layer = "c", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 1, 1>, strides = array<i64: 1, 1>} : (tensor<1x1x3x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x1x5x1xf32>
  return %2 : tensor<1x1x5x1xf32>
}

// -----

// Something else reads the norm: nothing changes.
// CHECK-LABEL: func.func @read_elsewhere
// CHECK-NOT: equalization
func.func @read_elsewhere(%x: tensor<1x1x3x2xf32>) -> tensor<1x1x3x2xf32> {
  %g = qgraph.constant dense<[1.0, 4.0]> : tensor<2xf32> -> tensor<2xf32>
  %w = qgraph.constant dense<[[[[3.0, -1.0]]], [[[3.0, -1.0]]]]> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>
  %c = qgraph.constant dense<0.25> : tensor<2xf32> -> tensor<2xf32>
  %0 = qgraph.layer_norm %x, %g, %g {qgraph.layer = "n", axis = 3 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x1x3x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x1x3x2xf32>
  %2 = qgraph.conv2d %0, %w, %c {qgraph.layer = "c", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x3x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x1x3x2xf32>
  %3 = qgraph.add %0, %2 {qgraph.layer = "a"} : (tensor<1x1x3x2xf32>, tensor<1x1x3x2xf32>) -> tensor<1x1x3x2xf32>
  return %3 : tensor<1x1x3x2xf32>
}
