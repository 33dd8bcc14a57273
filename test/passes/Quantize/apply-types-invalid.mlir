// RUN: qcc-opt %s --qcc-apply-types --split-input-file --verify-diagnostics

func.func @untyped(%a: tensor<2x3xf32> {qgraph.type = !quant.uniform<i8:f32, 0.5>}) -> tensor<2x3xf32> {
  // expected-error @+1 {{'n' has no quantized 'qgraph.type', run qcc-assign-types before}}
  %0 = qgraph.unary <negate> %a {qgraph.layer = "n"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

func.func @infinite(%a: tensor<1x1x1x1xf32> {qgraph.type = !quant.uniform<i8:f32, 1.0>}) -> tensor<1x1x1x1xf32> {
  %w = qgraph.constant dense<0x7F800000> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  %b = qgraph.constant dense<0.0> : tensor<1xf32> -> tensor<1xf32>
  // expected-error @+1 {{layer 'c' has weight 0 = inf, expected finite numbers}}
  %0 = qgraph.conv2d %a, %w, %b {qgraph.layer = "c", qgraph.type = !quant.uniform<i8:f32, 1.0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %0 : tensor<1x1x1x1xf32>
}

// -----

func.func @computed(%a: tensor<1x1x1x1xf32> {qgraph.type = !quant.uniform<i8:f32, 1.0>}) -> tensor<1x1x1x1xf32> {
  %b = qgraph.constant dense<0.0> : tensor<1xf32> -> tensor<1xf32>
  // expected-error @+1 {{layer 'c' must have a constant filter and bias}}
  %0 = qgraph.conv2d %a, %a, %b {qgraph.layer = "c", qgraph.type = !quant.uniform<i8:f32, 1.0>, dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %0 : tensor<1x1x1x1xf32>
}

// -----

func.func @elsewhere(%a: tensor<1x2xf32> {qgraph.type = !quant.uniform<i8:f32, 1.0>}) -> tensor<1x2xf32> {
  // expected-error @+1 {{has value 1 = nan, expected finite numbers}}
  %c = qgraph.constant dense<[[1.0, 0x7FC00000]]> : tensor<1x2xf32> -> tensor<1x2xf32>
  %0 = qgraph.add %a, %c {qgraph.layer = "a", qgraph.type = !quant.uniform<i8:f32, 2.0>} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
