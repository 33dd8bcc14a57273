// Elementwise ops, reductions and data movement.
#include "Network.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cmath>

namespace qcc::evaluate {
namespace {

using testing::HasSubstr;

TEST(Elementwise, BinaryBroadcastsBothWays) {
  Floats a = {1, 2, 3}, b = {10, 20};
  struct Case {
    const char *op;
    Floats expected;
  };
  for (const Case &c : std::vector<Case>{{"add", {11, 12, 13, 21, 22, 23}},
                                         {"sub", {-9, -8, -7, -19, -18, -17}},
                                         {"mul", {10, 20, 30, 20, 40, 60}},
                                         {"maximum", {10, 10, 10, 20, 20, 20}},
                                         {"minimum", {1, 2, 3, 1, 2, 3}}}) {
    Network network(oneOp({{1, 1, 3}, {1, 2, 1}},
                          std::string("qgraph.") + c.op + " %a, %b",
                          {1, 2, 3}));
    expectNear(network.run(1, {a, b}), c.expected);
  }
}

TEST(Elementwise, Unary) {
  struct Case {
    const char *kind;
    float in;
    double expected;
  };
  for (const Case &c : std::vector<Case>{{"sigmoid", 0.5f, 0.62245933},
                                         {"tanh", -0.5f, -0.46211716},
                                         {"exp", 1.5f, 4.4816891},
                                         {"log", 3.0f, 1.0986123},
                                         {"rsqrt", 4.0f, 0.5},
                                         {"reciprocal", -8.0f, -0.125},
                                         {"abs", -2.5f, 2.5},
                                         {"negate", 1.25f, -1.25},
                                         {"erf", 0.5f, 0.52049988},
                                         {"hard_swish", 1.5f, 1.125},
                                         {"hard_swish", -4.0f, 0},
                                         {"silu", -1.0f, -0.26894142}}) {
    SCOPED_TRACE(c.kind);
    Network network(oneOp(
        {{1, 1}}, std::string("qgraph.unary <") + c.kind + "> %a", {1, 1}));
    expectNear(network.run(1, {{c.in}}), {static_cast<float>(c.expected)});
  }
}

TEST(Elementwise, ClampToInfinity) {
  Network network(oneOp(
      {{1, 3}}, "qgraph.clamp %a {min = -1.5 : f32, max = 0x7F800000 : f32}",
      {1, 3}));
  expectNear(network.run(1, {{-2, 0.5, 1e30f}}), {-1.5, 0.5, 1e30f});
}

TEST(Elementwise, BatchNorm) {
  Network network(R"(
    func.func @f(%a: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
      %g = qgraph.constant dense<[2.0, 3.0]> : tensor<2xf32> -> tensor<2xf32>
      %b = qgraph.constant dense<[0.5, -1.0]> : tensor<2xf32> -> tensor<2xf32>
      %m = qgraph.constant dense<[1.0, 2.0]> : tensor<2xf32> -> tensor<2xf32>
      %v = qgraph.constant dense<[3.0, 8.0]> : tensor<2xf32> -> tensor<2xf32>
      %r = qgraph.batch_norm %a, %g, %b, %m, %v {epsilon = 1.0 : f32}
        : (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>,
           tensor<2xf32>) -> tensor<1x2x2xf32>
      return %r : tensor<1x2x2xf32>
    })");
  expectNear(network.run(1, {{1, 2, 3, 5}}), {0.5, -1, 2.5, 2});
}

TEST(Reduction, OverMiddleAndLastAxes) {
  Floats in = {1, 5, 3, -2, 0, 4, 8, -6};
  struct Case {
    const char *kind, *axes;
    std::vector<int64_t> shape;
    Floats expected;
  };
  for (const Case &c :
       std::vector<Case>{{"sum", "1", {1, 1, 2, 2}, {1, 9, 11, -8}},
                         {"mean", "1, 2", {1, 1, 1, 2}, {3, 0.25}},
                         {"max", "3", {1, 2, 2, 1}, {5, 3, 4, 8}},
                         {"min", "2, 3", {1, 2, 1, 1}, {-2, -6}}}) {
    Network network(oneOp({{1, 2, 2, 2}},
                          std::string("qgraph.reduce <") + c.kind +
                              "> %a {axes = array<i64: " + c.axes + ">}",
                          c.shape));
    expectNear(network.run(1, {in}), c.expected);
  }
}

TEST(Reduction, ArgMaxTakesTheFirst) {
  Network network("func.func @f(%a: tensor<1x3x2xf32>) -> tensor<1x2xi32> {\n"
                  "%r = qgraph.argmax %a {axis = 1 : i64} : "
                  "(tensor<1x3x2xf32>) -> tensor<1x2xi32>\n"
                  "return %r : tensor<1x2xi32>\n}");
  expectNear(network.run(1, {{1, 9, 4, 2, 4, 9}}), {1, 0});
}

TEST(Movement, Reshape) {
  Network network(oneOp({{1, 2, 3}}, "qgraph.reshape %a", {3, 2}));
  expectNear(network.run(1, {{1, 2, 3, 4, 5, 6}}), {1, 2, 3, 4, 5, 6});
}

TEST(Movement, Transpose) {
  Network network(oneOp(
      {{1, 2, 3}}, "qgraph.transpose %a {permutation = array<i64: 0, 2, 1>}",
      {1, 3, 2}));
  expectNear(network.run(1, {{1, 2, 3, 4, 5, 6}}), {1, 4, 2, 5, 3, 6});
}

TEST(Movement, SliceWithStride) {
  Network network(oneOp({{1, 3, 4}},
                        "qgraph.slice %a {starts = array<i64: 0, 1, 1>, sizes "
                        "= array<i64: 1, 2, 2>, strides = array<i64: 1, 1, 2>}",
                        {1, 2, 2}));
  expectNear(network.run(1, {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}),
             {5, 7, 9, 11});
}

TEST(Movement, Pad) {
  Network network(oneOp({{1, 1, 2}},
                        "qgraph.pad %a {low = array<i64: 0, 1, 0>, high = "
                        "array<i64: 0, 0, 1>, value = -3.0 : f32}",
                        {1, 2, 3}));
  expectNear(network.run(1, {{1, 2}}), {-3, -3, -3, 1, 2, -3});
}

TEST(Movement, Tile) {
  Network network(oneOp({{1, 2, 2}},
                        "qgraph.tile %a {multiples = array<i64: 1, 2, 3>}",
                        {1, 4, 6}));
  expectNear(
      network.run(1, {{1, 2, 3, 4}}),
      {1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4});
}

TEST(Movement, Gather) {
  Network network(
      oneOp({{1, 3, 2}},
            "qgraph.gather %a {indices = array<i64: 2, 0, 2>, axis = 1 : i64}",
            {1, 3, 2}));
  expectNear(network.run(1, {{1, 2, 3, 4, 5, 6}}), {5, 6, 1, 2, 5, 6});
}

TEST(Movement, ConcatOfThree) {
  Network network(oneOp({{1, 2, 1}, {1, 2, 2}, {1, 2, 1}},
                        "qgraph.concat %a, %b, %c {axis = 2 : i64}",
                        {1, 2, 4}));
  expectNear(network.run(1, {{1, 2}, {3, 4, 5, 6}, {7, 8}}),
             {1, 3, 4, 7, 2, 5, 6, 8});
}

/// Constants that an op mixes with its operand along other axes are repeated
/// for every sample.
TEST(Batching, ConstantsAreRepeated) {
  Network network(R"(
    func.func @f(%a: tensor<1x2xf32>) -> tensor<1x3xf32> {
      %c = qgraph.constant dense<9.0> : tensor<1x1xf32> -> tensor<1x1xf32>
      %r = qgraph.concat %a, %c {axis = 1 : i64}
        : (tensor<1x2xf32>, tensor<1x1xf32>) -> tensor<1x3xf32>
      return %r : tensor<1x3xf32>
    })");
  expectNear(network.run(3, {{1, 2, 3, 4, 5, 6}}, 2),
             {1, 2, 9, 3, 4, 9, 5, 6, 9});
}

/// A reshape may move the samples' axis into rows.
TEST(Batching, RowsOfSeveralSamples) {
  Network network(R"(
    func.func @f(%a: tensor<1x2x2xf32>) -> tensor<2x2xf32> {
      %c = qgraph.constant dense<[[1.0, 2.0], [30.0, 40.0]]> : tensor<2x2xf32> -> tensor<2x2xf32>
      %s = qgraph.reshape %a : (tensor<1x2x2xf32>) -> tensor<2x2xf32>
      %r = qgraph.add %s, %c : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
      return %r : tensor<2x2xf32>
    })");
  expectNear(network.run(2, {{1, 1, 1, 1, 2, 2, 2, 2}}, 8),
             {2, 3, 31, 41, 3, 4, 32, 42});
}

TEST(Batching, OpsThatMixSamplesRunOneAtATime) {
  Network network(
      oneOp({{2, 2}}, "qgraph.reduce <sum> %a {axes = array<i64: 0>}", {1, 2}));
  auto evaluator = FloatEvaluator::create(network.function(), 16);
  ASSERT_TRUE(bool(evaluator));
  EXPECT_EQ((*evaluator)->batch(), 1);
  expectNear(network.run(2, {{1, 2, 3, 4, 5, 6, 7, 8}}, 16), {4, 6, 12, 14});
}

/// Buffers are shared between values that do not live at the same time.
TEST(Buffers, AValueOutlivesLaterOnes) {
  Network network(R"(
    func.func @f(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %n = qgraph.unary <negate> %a : (tensor<1x2xf32>) -> tensor<1x2xf32>
      %s = qgraph.add %n, %n : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
      %t = qgraph.mul %s, %s : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
      %u = qgraph.add %t, %n : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
      return %u : tensor<1x2xf32>
    })");
  expectNear(network.run(1, {{1, 3}}), {3, 33});
}

std::string errorOf(const std::string &text) {
  Network network(text);
  auto evaluator = FloatEvaluator::create(network.function());
  return evaluator ? "" : llvm::toString(evaluator.takeError());
}

TEST(Errors, FilterMustBeConstant) {
  EXPECT_THAT(
      errorOf("func.func @f(%a: tensor<1x1x1x1xf32>, %w: tensor<1x1x1x1xf32>, "
              "%b: tensor<1xf32>) -> tensor<1x1x1x1xf32> {\n"
              "%r = qgraph.conv2d %a, %w, %b {strides = array<i64: 1, 1>, pads "
              "= array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups "
              "= 1 : i64, qgraph.layer = \"c\"} : (tensor<1x1x1x1xf32>, "
              "tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>\n"
              "return %r : tensor<1x1x1x1xf32>\n}"),
      HasSubstr("layer 'c': the filter and bias must be constants"));
}

TEST(Errors, OtherOps) {
  EXPECT_THAT(errorOf("func.func @f(%a: tensor<1xf32>) -> tensor<1xf32> {\n"
                      "%r = func.call @f(%a) : (tensor<1xf32>) -> "
                      "tensor<1xf32>\nreturn %r : tensor<1xf32>\n}"),
              HasSubstr("'func.call' cannot be evaluated"));
}

TEST(Errors, FunctionsThatCannotBeRun) {
  EXPECT_THAT(errorOf("func.func private @f(tensor<1xf32>)"),
              HasSubstr("function 'f' must have one block, found 0"));
  EXPECT_THAT(errorOf("func.func @f(%a: tensor<?xf32>) -> tensor<?xf32> {\n"
                      "return %a : tensor<?xf32>\n}"),
              HasSubstr("argument of type tensor<?xf32> is no tensor of static "
                        "shape"));
}

TEST(Errors, ConstantsWithoutElements) {
  EXPECT_THAT(
      errorOf("func.func @f(%a: tensor<1xf32>) -> tensor<1xf32> {\n"
              "%c = qgraph.constant dense_resource<blob> : tensor<1xf32> -> "
              "tensor<1xf32>\n"
              "%r = qgraph.add %a, %c {qgraph.layer = \"sum\"} : "
              "(tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>\n"
              "return %r : tensor<1xf32>\n}\n"
              "{-# dialect_resources: { builtin: { blob: "
              "\"0x040000000000803F\" } } #-}"),
      HasSubstr("layer 'sum': constants of type tensor<1xf32> cannot be "
                "evaluated"));
}

TEST(Errors, NumberOfElements) {
  Network network(oneOp({{1, 2}}, "qgraph.unary <abs> %a", {1, 2}));
  auto evaluator = FloatEvaluator::create(network.function());
  ASSERT_TRUE(bool(evaluator));
  Floats three = {1, 2, 3};
  auto result = (*evaluator)->run(2, {llvm::ArrayRef<float>(three)});
  ASSERT_FALSE(bool(result));
  EXPECT_THAT(llvm::toString(result.takeError()),
              HasSubstr("argument 0 of 2 samples must have 4 elements, got 3"));
  auto none = (*evaluator)->run(2, {});
  ASSERT_FALSE(bool(none));
  EXPECT_THAT(llvm::toString(none.takeError()),
              HasSubstr("the function has 1 arguments, got 0"));
}

} // namespace
} // namespace qcc::evaluate
