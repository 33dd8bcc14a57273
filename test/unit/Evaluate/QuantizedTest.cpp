// Simulation of quantized types.
#include "Network.h"

#include "mlir/AsmParser/AsmParser.h"
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

/// Shares of 0.25 in steps of 2^-9 are 128 of them, which stand for other ones
/// (rule softmax-x8); in steps of 2^-10 they would be 256, one too many.
TEST(Quantized, StepsOfShares) {
  for (auto [bits, codes] : {std::pair(9, 128), {10, 255}}) {
    Network network(R"(
      !in = tensor<1x4x!quant.uniform<i8:f32, 0.5:0>>
      !out = tensor<1x4x!quant.uniform<i8:f32, 0.0078125:-128>>
      func.func @f(%a: !in) -> !out {
        %r = qgraph.softmax %a {axis = 1 : i64, qgraph.share_bits = )" +
                    std::to_string(bits) + R"( : i64} : (!in) -> !out
        return %r : !out
      })");
    float value = static_cast<float>(codes) / 128;
    expectNear(network.run(1, {{3, 3, 3, 3}}), {value, value, value, value});
  }
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

TEST(Quantized, TableOnFloatsTakesTheCodesOfItsTypes) {
  std::string table;
  for (int i = 0; i < 256; ++i)
    table += (i ? ", " : "") + std::to_string(127 - i);
  Network network(R"(
    func.func @f(%a: tensor<1x3xf32>) -> tensor<1x3xf32> {
      %r = qgraph.table %a {input_type = !quant.uniform<i8:f32, 0.5:1>,
        output_type = !quant.uniform<i8:f32, 2.0:-1>, table = array<i8: )" +
                  table + R"(>} : (tensor<1x3xf32>) -> tensor<1x3xf32>
      return %r : tensor<1x3xf32>
    })");
  expectNear(network.run(1, {{0.2, 1, -100}}), {-2, -6, 256});
}

/// 0.5, 1.5 and -0.5, -1.5 are in the middle.
TEST(Quantized, TiesFollowTheRounding) {
  struct Case {
    const char *rounding;
    Floats expected;
  };
  for (const Case &c : std::vector<Case>{{"away", {1, 2, -1, -2}},
                                         {"even", {0, 2, 0, -2}},
                                         {"single", {1, 2, 0, -1}}}) {
    SCOPED_TRACE(c.rounding);
    Network network(R"(
      !t = tensor<1x4x!quant.uniform<i8:f32, 1.0:3>>
      func.func @f(%a: tensor<1x4xf32>) -> !t {
        %r = quant.qcast %a {qgraph.rounding = ")" +
                    std::string(c.rounding) + R"("} : tensor<1x4xf32> to !t
        return %r : !t
      })");
    expectNear(network.run(1, {{0.5, 1.5, -0.5, -1.5}}), c.expected);
  }
}

/// Types of more bits than conversions to 32 bits can hold.
TEST(Quantized, WideTypes) {
  Network network(R"(
    !t = tensor<1x3x!quant.uniform<i32:f32, 0.5>>
    func.func @f(%a: tensor<1x3xf32>) -> !t {
      %r = quant.qcast %a : tensor<1x3xf32> to !t
      return %r : !t
    })");
  expectNear(network.run(1, {{1.24f, -1.25, 4e9f}}), {1, -1, 1073741824});
}

/// quant.qcast rounds ties to even, as ONNX does; channels have scales of
/// their own; weights may come through casts.
TEST(Quantized, Casts) {
  Network network(R"(
    !q = !quant.uniform<i8:f32:1, {0.5, 2.0}>
    !w = !quant.uniform<i8:f32, 0.5>
    func.func @f(%a: tensor<1x2x1x1xf32>) -> tensor<1x2x1x1xf32> {
      %q = quant.qcast %a : tensor<1x2x1x1xf32> to tensor<1x2x1x1x!q>
      %d = quant.dcast %q : tensor<1x2x1x1x!q> to tensor<1x2x1x1xf32>
      %c = qgraph.constant dense<1.3> : tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
      %wq = quant.qcast %c : tensor<1x1x1x1xf32> to tensor<1x1x1x1x!w>
      %w = quant.dcast %wq : tensor<1x1x1x1x!w> to tensor<1x1x1x1xf32>
      %b = qgraph.constant dense<0.0> : tensor<1xf32> -> tensor<1xf32>
      %r = qgraph.conv2d %d, %w, %b {strides = array<i64: 1, 1>,
        pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
        groups = 1 : i64} : (tensor<1x2x1x1xf32>, tensor<1x1x1x1xf32>,
        tensor<1xf32>) -> tensor<1x2x1x1xf32>
      return %r : tensor<1x2x1x1xf32>
    })");
  // The weight is 1.5; 0.75 is the middle of 0.5 and 1, 3 of 2 and 4.
  expectNear(network.run(2, {{0.75, 3, 0.25, 5}}, 2), {1.5, 6, 0, 6});
}

std::string simulated() {
  return R"(
    !t = tensor<1x1x1x2xf32>
    !w = tensor<2x1x1x2xf32>
    func.func @f(%a: !t) -> !t {
      %w = qgraph.constant dense<[[[[0.9, 0.3]]], [[[0.7, -0.2]]]]> : !w -> !w
      %b = qgraph.constant dense<[0.1, 0.2]> : tensor<2xf32> -> tensor<2xf32>
      %c = qgraph.conv2d %a, %w, %b {strides = array<i64: 1, 1>,
        pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
        groups = 1 : i64, qgraph.layer = "conv"} : (!t, !w, tensor<2xf32>) -> !t
      %r = qgraph.clamp %c {min = 0.0 : f32, max = 6.0 : f32,
        qgraph.layer = "relu"} : (!t) -> !t
      return %r : !t
    })";
}

class Simulated : public testing::Test {
protected:
  void SetUp() override {
    auto made = FloatEvaluator::create(network.function(), 2);
    ASSERT_TRUE(bool(made));
    evaluator = std::move(*made);
  }

  mlir::Type type(const std::string &text) {
    return mlir::parseType(text, network.function().getContext());
  }

  Floats run(Floats input) {
    auto results =
        evaluator->run(input.size() / 2, {llvm::ArrayRef<float>(input)});
    EXPECT_TRUE(bool(results));
    return (*results)[0];
  }

  std::string errorOf(const Simulation &simulation) {
    llvm::Error error = evaluator->simulate(simulation);
    EXPECT_TRUE(bool(error));
    return llvm::toString(std::move(error));
  }

  Network network{simulated()};
  std::unique_ptr<FloatEvaluator> evaluator;
};

TEST_F(Simulated, WeightsAndValuesUntilTakenBack) {
  expectNear(run({1, 1}), {1.3f, 0.7f});
  Simulation simulation;
  // 2 bits: codes -1, 0, 1 of scale 0.8 and 0.5.
  simulation.weights["conv"].type =
      type("!quant.uniform<i2<-1:1>:f32:0, {0.8, 0.5}>");
  ASSERT_FALSE(bool(evaluator->simulate(simulation)));
  expectNear(run({1, 1}), {0.9f, 0.7f});
  // The weights are rounded from what they were, not twice.
  simulation.weights["conv"].type = type("!quant.uniform<i4:f32, 0.25>");
  simulation.values["relu"] = {type("!quant.uniform<u4:f32, 0.25>"),
                               Ties::Even};
  simulation.values["input0"].type = type("!quant.uniform<u2:f32, 1.0>");
  ASSERT_FALSE(bool(evaluator->simulate(simulation)));
  // 1 + 0.25 + 0.1 = 1.35; 0.75 - 0.25 + 0.2 = 0.7
  expectNear(run({1.2f, 0.9f}), {1.25f, 0.75f});
  ASSERT_FALSE(bool(evaluator->simulate({})));
  expectNear(run({1, 1}), {1.3f, 0.7f});
}

TEST_F(Simulated, ParametersChange) {
  ASSERT_EQ(evaluator->parameters().size(), 2u);
  EXPECT_EQ(evaluator->weightsOf("conv"), std::optional<size_t>(0));
  EXPECT_EQ(evaluator->weightsOf("relu"), std::nullopt);
  EXPECT_EQ(evaluator->parameters()[1].operand, 2u);
  ASSERT_FALSE(bool(evaluator->setParameter(0, {1, 2, 3, 4})));
  ASSERT_FALSE(bool(evaluator->setParameter(1, {0, 1})));
  // Several batches, so that every thread has them.
  expectNear(run({0.1f, 0.2f, 0, 0, 0.3f, 0, 0, 0, 0, 0.4f, 0, 0}),
             {0.5f, 2.1f, 0, 1, 0.3f, 1.9f, 0, 1, 0.8f, 2.6f, 0, 1});
  llvm::Error error = evaluator->setParameter(1, {1});
  EXPECT_EQ(llvm::toString(std::move(error)),
            "operand 2 of layer 'conv' has 2 elements, got 1");
}

TEST_F(Simulated, UnknownLayersAndAxes) {
  Simulation values, weights, axis, weightAxis;
  values.values["other"].type = type("!quant.uniform<i8:f32, 0.5>");
  EXPECT_EQ(errorOf(values), "the function has no layer 'other' whose values "
                             "could be rounded");
  weights.weights["relu"].type = type("!quant.uniform<i8:f32, 0.5>");
  EXPECT_EQ(errorOf(weights), "the function has no layer 'relu' with weights");
  axis.values["relu"].type = type("!quant.uniform<i8:f32:3, {0.5, 1.0, 2.0}>");
  EXPECT_EQ(errorOf(axis), "layer 'relu': a type with 3 scales along axis 3 "
                           "does not fit a tensor of shape [1, 1, 1, 2]");
  weightAxis.weights["conv"].type =
      type("!quant.uniform<i8:f32:4, {0.5, 1.0}>");
  EXPECT_EQ(errorOf(weightAxis),
            "weights of layer 'conv': a type with 2 scales along axis 4 does "
            "not fit a tensor of shape [2, 1, 1, 2]");
  expectNear(run({1, 1}), {1.3f, 0.7f});
}

} // namespace
} // namespace qcc::evaluate
