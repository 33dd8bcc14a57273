// Networks that have no integer form: each error names the layer.
// RUN: qcc-opt %s --convert-qgraph-to-qint --split-input-file --verify-diagnostics

!a = !quant.uniform<i8:f32, 0.5:3>
func.func @float_activation(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{layer 'sum' needs tensors quantized per tensor, found 'tensor<3xf32>'}}
  %0 = qgraph.add %x, %y {qgraph.layer = "sum"} : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----

!s = !quant.uniform<i4:f32, 0.5>
func.func @four_bits(%x: tensor<3x!s>) -> tensor<3x!s> {
  // expected-error @+1 {{layer 'sum' has 4-bit activations, supported are 8-bit and signed 16-bit}}
  %0 = qgraph.add %x, %x {qgraph.layer = "sum"} : (tensor<3x!s>, tensor<3x!s>) -> tensor<3x!s>
  return %0 : tensor<3x!s>
}

// -----

!s = !quant.uniform<u16:f32, 0.5>
func.func @unsigned_sixteen_bits(%x: tensor<3x!s>) -> tensor<3x!s> {
  // expected-error @+1 {{layer 'sum' has 16-bit activations, supported are 8-bit and signed 16-bit}}
  %0 = qgraph.add %x, %x {qgraph.layer = "sum"} : (tensor<3x!s>, tensor<3x!s>) -> tensor<3x!s>
  return %0 : tensor<3x!s>
}

// -----

!s = !quant.uniform<i16:f32, 0.5>
func.func @kernel_sigmoid(%x: tensor<3x!s>) -> tensor<3x!s> {
  // expected-error @+1 {{layer 'act' must make 16-bit codes of scale 2^-15 from 16-bit codes}}
  %0 = qgraph.unary <sigmoid> %x {qgraph.layer = "act", qgraph.rounding = "double"} : (tensor<3x!s>) -> tensor<3x!s>
  return %0 : tensor<3x!s>
}

// -----

!s = !quant.uniform<i16:f32, 1000.0>
!t = !quant.uniform<i16:f32, 3.0517578125e-05>
func.func @kernel_sigmoid_scale(%x: tensor<3x!s>) -> tensor<3x!t> {
  // expected-error @+1 {{layer 'act' has an input of a scale that is too large}}
  %0 = qgraph.unary <sigmoid> %x {qgraph.layer = "act", qgraph.rounding = "double"} : (tensor<3x!s>) -> tensor<3x!t>
  return %0 : tensor<3x!t>
}

// -----

!s = !quant.uniform<i16:f32, 0.5>
func.func @word_softmax(%x: tensor<2x3x!s>) -> tensor<2x3x!s> {
  // expected-error @+1 {{layer 'soft' has no integer form; supported is a softmax of less than 65536 16-bit codes}}
  %0 = qgraph.softmax %x {axis = 1 : i64, qgraph.rounding = "single", qgraph.layer = "soft"} : (tensor<2x3x!s>) -> tensor<2x3x!s>
  return %0 : tensor<2x3x!s>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
func.func @log_softmax(%x: tensor<2x3x!a>) -> tensor<2x3x!a> {
  // expected-error @+1 {{layer 'soft' has no integer form; supported is TensorFlow Lite's logarithm of a softmax}}
  %0 = qgraph.softmax %x {axis = 1 : i64, log, qgraph.rounding = "single", qgraph.layer = "soft"} : (tensor<2x3x!a>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 1.0e-09:3>
func.func @div(%x: tensor<2x3x!a>) -> tensor<2x3x!b> {
  // expected-error @+1 {{layer 'div' divides codes that are not of 8 bits, or to a scale that is too small}}
  %0 = qgraph.div %x, %x {qgraph.rounding = "double", qgraph.layer = "div"} : (tensor<2x3x!a>, tensor<2x3x!a>) -> tensor<2x3x!b>
  return %0 : tensor<2x3x!b>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
func.func @norm(%x: tensor<2x3x!a>, %g: tensor<3x!a>) -> tensor<2x3x!a> {
  // expected-error @+1 {{layer 'norm' has no integer form; supported is TensorFlow Lite's L2_NORMALIZATION}}
  %0 = qgraph.rms_norm %x, %g {axis = 1 : i64, epsilon = 0.0 : f32, qgraph.rounding = "double", qgraph.layer = "norm"} : (tensor<2x3x!a>, tensor<3x!a>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// -----

!a = !quant.uniform<i16:f32, 0.5>
!w = !quant.uniform<i8:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
!o = !quant.uniform<i16:f32, 1.0e-09>
func.func @reduced_scale(%x: tensor<1x1x1x1x!a>) -> tensor<1x1x1x1x!o> {
  %w = qgraph.constant dense<1> : tensor<1x1x1x1xi8> -> tensor<1x1x1x1x!w>
  %b = qgraph.constant dense<0> : tensor<1xi32> -> tensor<1x!b>
  // expected-error @+1 {{is too large for a multiplier of 15 bits and a shift}}
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.rounding = "double", qgraph.wide_sum, qgraph.layer = "conv"} : (tensor<1x1x1x1x!a>, tensor<1x1x1x1x!w>, tensor<1x!b>) -> tensor<1x1x1x1x!o>
  return %0 : tensor<1x1x1x1x!o>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
func.func @variable_filter(%x: tensor<1x1x1x1x!a>, %w: tensor<1x1x1x1x!w>) -> tensor<1x1x1x1x!a> {
  %b = qgraph.constant dense<0> : tensor<1xi32> -> tensor<1x!b>
  // expected-error @+1 {{layer 'conv1' needs a constant filter}}
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.layer = "conv1"} : (tensor<1x1x1x1x!a>, tensor<1x1x1x1x!w>, tensor<1x!b>) -> tensor<1x1x1x1x!a>
  return %0 : tensor<1x1x1x1x!a>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>
!b = !quant.uniform<i32:f32, 0.25>
func.func @variable_bias(%x: tensor<1x1x1x1x!a>, %b: tensor<1x!b>) -> tensor<1x1x1x1x!a> {
  %w = qgraph.constant dense<1> : tensor<1x1x1x1xi8> -> tensor<1x1x1x1x!w>
  // expected-error @+1 {{layer 'conv1' needs a constant bias}}
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.layer = "conv1"} : (tensor<1x1x1x1x!a>, tensor<1x1x1x1x!w>, tensor<1x!b>) -> tensor<1x1x1x1x!a>
  return %0 : tensor<1x1x1x1x!a>
}

// -----

!s = !quant.uniform<i16:f32, 0.5:-32768>
func.func @overflow(%x: tensor<1x1x32772x!s>, %y: tensor<1x32772x1x!s>) -> tensor<1x1x1x!s> {
  // expected-error @+1 {{layer 'product' may accumulate up to 140750372765700, which does not fit the 48 bits that a rescale takes}}
  %0 = qgraph.matmul %x, %y {qgraph.layer = "product"} : (tensor<1x1x32772x!s>, tensor<1x32772x1x!s>) -> tensor<1x1x1x!s>
  return %0 : tensor<1x1x1x!s>
}

// -----

!a = !quant.uniform<i8:f32, 1.0e+10>
!b = !quant.uniform<i8:f32, 1.0>
func.func @scale_out_of_range(%x: tensor<3x!a>) -> tensor<3x!b> {
  // expected-error @+1 {{layer 'q': scale 10000000000.00 is too large for a multiplier and a shift; expected less than 2^29}}
  %0 = qgraph.requantize %x {qgraph.layer = "q"} : (tensor<3x!a>) -> tensor<3x!b>
  return %0 : tensor<3x!b>
}

// -----

!a = !quant.uniform<i8:f32, 1.0e+12>
!b = !quant.uniform<i8:f32, 1.0>
func.func @add_out_of_range(%x: tensor<3x!a>) -> tensor<3x!b> {
  // expected-error @+1 {{layer 'sum': scales 1000000000000.00 and 1000000000000.00 of a sum are too large for 32 bits}}
  %0 = qgraph.add %x, %x {qgraph.layer = "sum"} : (tensor<3x!a>, tensor<3x!a>) -> tensor<3x!b>
  return %0 : tensor<3x!b>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
func.func @batch_norm(%x: tensor<2x3x!a>, %p: tensor<3x!a>) -> tensor<2x3x!a> {
  // expected-error @+1 {{has no integer form}}
  %0 = qgraph.batch_norm %x, %p, %p, %p, %p {epsilon = 0.1 : f32} : (tensor<2x3x!a>, tensor<3x!a>, tensor<3x!a>, tensor<3x!a>, tensor<3x!a>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// -----

func.func @float_constant(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{must hold integers after quantization, found 'f32' for 'tensor<3xf32>'}}
  %0 = qgraph.constant dense<1.0> : tensor<3xf32> -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
func.func @float_filter(%x: tensor<1x1x1x1x!a>) -> tensor<1x1x1x1x!a> {
  %w = qgraph.constant dense<1> : tensor<1x1x1x1xi8> -> tensor<1x1x1x1xi8>
  %b = qgraph.constant dense<1> : tensor<1xi32> -> tensor<1xi32>
  // expected-error @+1 {{layer 'conv1' needs a quantized filter, found 'tensor<1x1x1x1xi8>'}}
  %0 = qgraph.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.layer = "conv1"} : (tensor<1x1x1x1x!a>, tensor<1x1x1x1xi8>, tensor<1xi32>) -> tensor<1x1x1x1x!a>
  return %0 : tensor<1x1x1x1x!a>
}

// -----

// expected-error @+1 {{must have one block}}
func.func @branches(%x: tensor<3x!quant.uniform<i8:f32, 0.5>>) -> tensor<3x!quant.uniform<i8:f32, 0.5>> {
  llvm.br ^bb1
^bb1:
  return %x : tensor<3x!quant.uniform<i8:f32, 0.5>>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
func.func @softmax_scale(%x: tensor<2x3x!a>) -> tensor<2x3x!a> {
  // expected-error @+1 {{layer 'soft' has no integer form; supported is a softmax of less than 4096 8-bit codes over the last axis to scale 1/256 from 0}}
  %0 = qgraph.softmax %x {axis = 1 : i64, qgraph.rounding = "single", qgraph.layer = "soft"} : (tensor<2x3x!a>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 3.906250e-03:-128>
func.func @softmax_axis(%x: tensor<2x3x!a>) -> tensor<2x3x!b> {
  // expected-error @+1 {{layer 'soft' has no integer form; supported is a softmax of less than 65536 elements over the last axis, of inputs in steps of at most 88}}
  %0 = qgraph.softmax %x {axis = 0 : i64, qgraph.layer = "soft"} : (tensor<2x3x!a>) -> tensor<2x3x!b>
  return %0 : tensor<2x3x!b>
}

// -----

!a = !quant.uniform<i8:f32, 1.0e-9:3>
!b = !quant.uniform<i8:f32, 3.906250e-03:-128>
func.func @softmax_tiny_scale(%x: tensor<2x3x!a>) -> tensor<2x3x!b> {
  // expected-error @+1 {{has no integer form}}
  %0 = qgraph.softmax %x {axis = 1 : i64, qgraph.rounding = "single", qgraph.layer = "soft"} : (tensor<2x3x!a>) -> tensor<2x3x!b>
  return %0 : tensor<2x3x!b>
}

// -----

!a = !quant.uniform<i16:f32, 0.5:0>
func.func @words(%x: tensor<1x16384x1x2x!a>) -> tensor<1x1x1x2x!a> {
  // expected-error @+1 {{layer 'pool' averages 16384 codes of 16 bits, supported are less than 2^14}}
  %0 = qgraph.avg_pool2d %x {kernel = array<i64: 16384, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, qgraph.rounding = "double", qgraph.layer = "pool"} : (tensor<1x16384x1x2x!a>) -> tensor<1x1x1x2x!a>
  return %0 : tensor<1x1x1x2x!a>
}

// -----

!a = !quant.uniform<i8:f32, 1.0e+20:3>
!b = !quant.uniform<i8:f32, 1.0e-20:3>
func.func @huge_scale(%x: tensor<2x3x!a>) -> tensor<2x1x!b> {
  // expected-error @+1 {{layer 'mean' sums up 3 codes with a scale of no 32-bit form}}
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>, qgraph.rounding = "double", qgraph.layer = "mean"} : (tensor<2x3x!a>) -> tensor<2x1x!b>
  return %0 : tensor<2x1x!b>
}

// -----

!a = !quant.uniform<i8:f32, 4.6566128730773926e-10:3>
!b = !quant.uniform<i8:f32, 2.0:3>
func.func @tiny_scale(%x: tensor<2x3x!a>) -> tensor<2x1x!b> {
  // expected-error @+1 {{layer 'mean' has a scale too small for its mean of 3 codes}}
  %0 = qgraph.reduce <mean> %x {axes = array<i64: 1>, qgraph.rounding = "double", qgraph.layer = "mean"} : (tensor<2x3x!a>) -> tensor<2x1x!b>
  return %0 : tensor<2x1x!b>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
func.func @kernel_resize(%x: tensor<1x3x2x1x!a>) -> tensor<1x7x4x1x!a> {
  // expected-error @+1 {{layer 'up' has weights that add up to 9, expected a power of two of at most 2^30}}
  %0 = qgraph.resize <bilinear> %x {scale = array<i64: 3, 1, 3, 1>, offset = array<i64: 0, 0>, border = array<i64: 0, 0>, qgraph.layer = "up", qgraph.rounding = "double"} : (tensor<1x3x2x1x!a>) -> tensor<1x7x4x1x!a>
  return %0 : tensor<1x7x4x1x!a>
}

// -----

!a = !quant.uniform<i16:f32, 0.5:0>
!b = !quant.uniform<i16:f32, 3.0517578125e-05:0>
func.func @softmax_step(%x: tensor<2x3x!a>) -> tensor<2x3x!b> {
  // expected-error @+1 {{of inputs in steps of at most 0.34}}
  %0 = qgraph.softmax %x {axis = 1 : i64, qgraph.layer = "soft"} : (tensor<2x3x!a>) -> tensor<2x3x!b>
  return %0 : tensor<2x3x!b>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:3>
func.func @norm_parameter(%x: tensor<2x3x!a>, %g: tensor<3xf32>) -> tensor<2x3x!a> {
  %b = qgraph.constant dense<1.0> : tensor<3xf32> -> tensor<3xf32>
  // expected-error @+1 {{layer 'n' must have constant f32 parameters}}
  %0 = qgraph.layer_norm %x, %b, %g {axis = 1 : i64, epsilon = 1.0e-5 : f32, qgraph.layer = "n"} : (tensor<2x3x!a>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// -----

!a = !quant.uniform<i16:f32, 0.5:0>
func.func @norm_length(%x: tensor<2x32768x!a>) -> tensor<2x32768x!a> {
  %b = qgraph.constant dense<1.0> : tensor<32768xf32> -> tensor<32768xf32>
  // expected-error @+1 {{layer 'n' normalizes rows of 32768 codes of 16 bits, which are too long for sums of 32 bits}}
  %0 = qgraph.layer_norm %x, %b, %b {axis = 1 : i64, epsilon = 1.0e-5 : f32, qgraph.layer = "n"} : (tensor<2x32768x!a>, tensor<32768xf32>, tensor<32768xf32>) -> tensor<2x32768x!a>
  return %0 : tensor<2x32768x!a>
}

// -----

!a = !quant.uniform<i8:f32, 1.0e-12:3>
func.func @norm_epsilon(%x: tensor<2x3x!a>) -> tensor<2x3x!a> {
  %b = qgraph.constant dense<1.0> : tensor<3xf32> -> tensor<3xf32>
  // expected-error @+1 {{layer 'n' has an epsilon of 1.000000e+03, which is too large for inputs in steps of 1.000000e-12}}
  %0 = qgraph.rms_norm %x, %b {axis = 1 : i64, epsilon = 1.0e+3 : f32, qgraph.layer = "n"} : (tensor<2x3x!a>, tensor<3xf32>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// -----

!a = !quant.uniform<i8:f32, 1.0e-09:3>
func.func @norm_gamma(%x: tensor<2x3x!a>) -> tensor<2x3x!a> {
  %b = qgraph.constant dense<1.0e+3> : tensor<3xf32> -> tensor<3xf32>
  // expected-error @+1 {{layer 'n' has a gamma or beta that is too large for results in steps of 1.000000e-09}}
  %0 = qgraph.layer_norm %x, %b, %b {axis = 1 : i64, epsilon = 1.0e-20 : f32, qgraph.layer = "n"} : (tensor<2x3x!a>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x!a>
  return %0 : tensor<2x3x!a>
}

// -----

!a = !quant.uniform<i8:f32, 0.25:3>
!p = !quant.uniform<i8:f32, 0.0019:-128>
func.func @share_bits(%x: tensor<2x3x!a>) -> tensor<2x3x!p> {
  // expected-error @+1 {{layer 's' has shares in steps of 2^-16, expected 2^-1 to 2^-15}}
  %0 = qgraph.softmax %x {axis = 1 : i64, qgraph.layer = "s", qgraph.share_bits = 16 : i64} : (tensor<2x3x!a>) -> tensor<2x3x!p>
  return %0 : tensor<2x3x!p>
}
