// Simulation of quantized types.
#include "Network.h"

#include "gtest/gtest.h"

namespace qcc::evaluate {
namespace {

/// Values are rounded to their type, ties away from zero, and saturate.
TEST(Quantized, ArgumentsAndResultsAreRounded) {
  Network network(R"(
    !in = tensor<1x4x!quant.uniform<i8:f32, 0.5:-126>>
    !out = tensor<1x4x!quant.uniform<i8:f32, 0.25:0>>
    func.func @f(%a: !in) -> !out {
      %r = qgraph.requantize %a : (!in) -> !out
      return %r : !out
    })");
  // -1 and 126.5 are the ends of the argument, 31.75 that of the result.
  expectNear(network.run(1, {{-7, 0.25, 0.7f, 200}}), {-1, 0.5, 0.5, 31.75});
}

/// Weights have a scale per output channel, biases that times the input's.
TEST(Quantized, ConvolutionWeights) {
  Network network(R"(
    !x = tensor<1x1x1x1x!quant.uniform<u8:f32, 0.5:128>>
    !w = tensor<2x1x1x1x!quant.uniform<i8<-127:127>:f32:0, {0.5, 0.25}>>
    !b = tensor<2x!quant.uniform<i32:f32:0, {0.25, 0.125}>>
    !y = tensor<1x1x1x2x!quant.uniform<i8:f32, 0.125:0>>
    func.func @f(%a: !x) -> !y {
      %w = qgraph.constant dense<[[[[-127]]], [[[4]]]]> : tensor<2x1x1x1xi8> -> !w
      %b = qgraph.constant dense<[257, -3]> : tensor<2xi32> -> !b
      %r = qgraph.conv2d %a, %w, %b {strides = array<i64: 1, 1>,
        pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
        groups = 1 : i64} : (!x, !w, !b) -> !y
      return %r : !y
    })");
  // 1 * -63.5 + 64.25 = 0.75; 1 * 1 - 0.375 = 0.625.
  expectNear(network.run(1, {{1}}), {0.75, 0.625});
}

TEST(Quantized, TableIsIndexedByCode) {
  std::string table;
  for (int i = 0; i < 256; ++i)
    table += (i ? ", " : "") + std::to_string(127 - i);
  Network network(R"(
    !x = tensor<1x3x!quant.uniform<i8:f32, 0.5:1>>
    !y = tensor<1x3x!quant.uniform<i8:f32, 2.0:-1>>
    func.func @f(%a: !x) -> !y {
      %r = qgraph.table %a {table = array<i8: )" +
                  table + R"(>} : (!x) -> !y
      return %r : !y
    })");
  // Codes 1, 3, -128 become -2, -4, 127.
  expectNear(network.run(1, {{0, 1, -100}}), {-2, -6, 256});
}

} // namespace
} // namespace qcc::evaluate
