// Losses, and how gradients run through a network.
#include "Network.h"

#include "compiler/Evaluate/Loss.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cmath>

namespace qcc::evaluate {
namespace {

using testing::HasSubstr;

llvm::Expected<LossAndGradients> gradientsOf(Network &network,
                                             const Floats &input) {
  EvaluatorOptions options;
  options.gradients = {false, true};
  auto evaluator = FloatEvaluator::create(network.function(), options);
  if (!evaluator)
    return evaluator.takeError();
  llvm::ArrayRef<int64_t> shape = (*evaluator)->outputShape(0);
  return (*evaluator)
      ->gradients(1, {llvm::ArrayRef<float>(input)},
                  weightedSum(Floats(numElements(shape), 1.0f), shape));
}

TEST(Gradients, OpsWithoutOneSaySo) {
  Network network("func.func @f(%a: tensor<1x3xf32>) -> tensor<1xi32> {\n"
                  "%r = qgraph.argmax %a {axis = 1 : i64, qgraph.layer = "
                  "\"best\"} : (tensor<1x3xf32>) -> tensor<1xi32>\n"
                  "return %r : tensor<1xi32>\n}");
  auto result = gradientsOf(network, {1, 2, 3});
  ASSERT_FALSE(bool(result));
  EXPECT_THAT(llvm::toString(result.takeError()),
              HasSubstr("layer 'best': the op has no gradient"));
}

TEST(Gradients, MustBeAskedFor) {
  Network network(oneOp({{1, 2}}, "qgraph.unary <abs> %a", {1, 2}));
  auto evaluator = FloatEvaluator::create(network.function());
  ASSERT_TRUE(bool(evaluator));
  Floats input = {1, 2};
  auto result = (*evaluator)
                    ->gradients(1, {llvm::ArrayRef<float>(input)},
                                weightedSum({1, 1}, {1, 2}));
  ASSERT_FALSE(bool(result));
  EXPECT_THAT(llvm::toString(result.takeError()),
              HasSubstr("the evaluator was not made for gradients"));
}

/// Of equal elements the first one of a maximum has the gradient.
TEST(Gradients, Ties) {
  Network largest(
      oneOp({{1, 3}}, "qgraph.reduce <max> %a {axes = array<i64: 1>}", {1, 1}));
  auto result = gradientsOf(largest, {2, 3, 3});
  ASSERT_TRUE(bool(result));
  expectNear(result->inputs[0], {0, 1, 0});
}

/// Rounding has the gradient 1 where it does not saturate: the type ends at
/// -1 and 62.75, and half a step beyond still rounds to an end.
TEST(Gradients, GoStraightThroughRounding) {
  Network network(R"(
    !t = tensor<1x4x!quant.uniform<i8:f32, 0.25:-124>>
    func.func @f(%a: tensor<1x4xf32>) -> !t {
      %r = quant.qcast %a : tensor<1x4xf32> to !t
      return %r : !t
    })");
  auto result = gradientsOf(network, {0.26f, 200, -1.1f, 62.75f});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  expectNear(result->inputs[0], {1, 0, 1, 1});
  auto far = gradientsOf(network, {-1.2f, -1.1f, 62.8f, 63});
  ASSERT_TRUE(bool(far));
  expectNear(far->inputs[0], {0, 1, 1, 0});
}

/// A value used twice gathers both gradients; the observer sees them whole and
/// may add its own.
TEST(Gradients, ObserverAddsTerms) {
  Network network(R"(
    !t = tensor<1x2xf32>
    func.func @f(%a: !t) -> !t {
      %s = qgraph.mul %a, %a {qgraph.layer = "square"} : (!t, !t) -> !t
      %t = qgraph.add %s, %a {qgraph.layer = "sum"} : (!t, !t) -> !t
      return %t : !t
    })");
  EvaluatorOptions options;
  options.batch = 2;
  options.gradients = {false, true};
  auto evaluator = FloatEvaluator::create(network.function(), options);
  ASSERT_TRUE(bool(evaluator));
  Floats input = {1, 2, 3, 4, 5, 6};
  std::vector<std::string> seen;
  auto observe = [&](const GradientObservation &at) {
    seen.push_back(at.layer.str() + "@" + std::to_string(at.first));
    if (at.layer == "square")
      for (float &slope : at.gradient)
        slope += 10;
    return llvm::Error::success();
  };
  auto result =
      (*evaluator)
          ->gradients(3, {llvm::ArrayRef<float>(input)},
                      weightedSum({1, 1, 1, 1, 1, 1}, {1, 2}), observe);
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  // (1 + 10) * 2a + 1
  expectNear(result->inputs[0], {23, 45, 67, 89, 111, 133});
  EXPECT_THAT(seen, testing::ElementsAre("sum@0", "square@0", "input0@0",
                                         "sum@2", "square@2", "input0@2"));
}

double valueOf(const LossFunction &loss, int64_t samples, const Floats &outputs,
               Floats &slopes) {
  slopes.assign(outputs.size(), 0.0f);
  llvm::ArrayRef<float> view(outputs);
  llvm::MutableArrayRef<float> slopeView(slopes);
  return llvm::cantFail(loss({0, samples, view, slopeView}));
}

TEST(Losses, GradientsEqualCentralDifferences) {
  std::vector<int64_t> shape = {1, 2, 3}; // two rows of three classes
  Floats reference = {0.1f, 0.2f, 0.7f, 0.5f, 0.25f, 0.25f,
                      0.3f, 0.3f, 0.4f, 0.9f, 0.05f, 0.05f};
  Floats outputs = {0.2f, 0.3f, 0.5f, 0.1f, 0.3f, 0.6f,
                    0.3f, 0.5f, 0.2f, 0.8f, 0.1f, 0.1f};
  std::vector<LossFunction> losses = {squaredError(reference, shape)};
  for (OutputKind kind : {OutputKind::Logits, OutputKind::Probabilities,
                          OutputKind::LogProbabilities}) {
    losses.push_back(divergence(reference, shape, kind));
    losses.push_back(
        llvm::cantFail(crossEntropy({2, 0, 1, 1}, 2, shape, kind)));
  }
  for (size_t k = 0; k < losses.size(); ++k) {
    SCOPED_TRACE(k);
    Floats slopes, ignored;
    valueOf(losses[k], 2, outputs, slopes);
    for (size_t i = 0; i < outputs.size(); ++i) {
      Floats above = outputs, below = outputs;
      above[i] += 1.0f / 1024, below[i] -= 1.0f / 1024;
      double slope = (valueOf(losses[k], 2, above, ignored) -
                      valueOf(losses[k], 2, below, ignored)) *
                     512;
      EXPECT_NEAR(slopes[i], slope, 1e-3 * std::max(1.0, std::fabs(slope)));
    }
  }
}

TEST(Losses, Values) {
  Floats slopes;
  auto entropy = [](OutputKind kind) {
    return llvm::cantFail(crossEntropy({1}, 1, {1, 3}, kind));
  };
  EXPECT_NEAR(valueOf(entropy(OutputKind::Logits), 1, {1, 1, 1}, slopes),
              std::log(3), 1e-6);
  EXPECT_NEAR(
      valueOf(entropy(OutputKind::Probabilities), 1, {0.5, 0.25, 0.25}, slopes),
      std::log(4), 1e-6);
  EXPECT_NEAR(valueOf(entropy(OutputKind::LogProbabilities), 1, {-3, -2, -0.2f},
                      slopes),
              2, 1e-6);
  // Logits that differ by a constant mean the same.
  EXPECT_NEAR(valueOf(divergence({2, 3, 5}, {1, 3}, OutputKind::Logits), 1,
                      {1, 2, 4}, slopes),
              0, 1e-6);
  // 0.5 log(0.5 / 0.25) + 0.5 log(0.5 / 0.75)
  EXPECT_NEAR(valueOf(divergence({0.5, 0.5}, {1, 2}, OutputKind::Probabilities),
                      1, {0.25, 0.75}, slopes),
              0.143841, 1e-5);
}

TEST(Losses, BadLabels) {
  auto few = crossEntropy({1, 0}, 3, {1, 4}, OutputKind::Logits);
  ASSERT_FALSE(bool(few));
  EXPECT_THAT(
      llvm::toString(few.takeError()),
      HasSubstr("found 2 labels, expected 3, one for each of 3 samples"));
  for (int64_t label : {-1, 4}) {
    auto wrong = crossEntropy({1, label}, 2, {1, 4}, OutputKind::Logits);
    ASSERT_FALSE(bool(wrong));
    EXPECT_THAT(llvm::toString(wrong.takeError()),
                HasSubstr("label 1 is " + std::to_string(label) +
                          ", expected a class from 0 to 3"));
  }
}

TEST(Losses, OutputKindLooksForSoftmax) {
  auto kindOf = [](const std::string &op) {
    Network network("func.func @f(%a: tensor<1x3xf32>) -> tensor<1x3x1xf32> {\n"
                    "%s = qgraph." +
                    op +
                    " : (tensor<1x3xf32>) -> tensor<1x3xf32>\n"
                    "%r = qgraph.reshape %s : (tensor<1x3xf32>) -> "
                    "tensor<1x3x1xf32>\nreturn %r : tensor<1x3x1xf32>\n}");
    return outputKind(network.function());
  };
  EXPECT_EQ(kindOf("softmax %a {axis = 1 : i64}"), OutputKind::Probabilities);
  EXPECT_EQ(kindOf("softmax %a {axis = 1 : i64, log}"),
            OutputKind::LogProbabilities);
  EXPECT_EQ(kindOf("softmax %a {axis = 0 : i64}"), OutputKind::Logits);
  EXPECT_EQ(kindOf("unary <exp> %a"), OutputKind::Logits);
}

} // namespace
} // namespace qcc::evaluate
