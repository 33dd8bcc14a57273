// Every op's gradient against central differences, with respect to its
// arguments and its constants.
#include "Network.h"

#include "compiler/Evaluate/Loss.h"
#include "compiler/Evaluate/OpRegistry.h"
#include "dialects/QGraph/QGraph.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace qcc::evaluate {
namespace {

struct Case {
  const char *name;
  /// Shapes of the arguments %a, %b, ... and of the constants %c0, %c1, ...
  std::vector<std::vector<int64_t>> inputs, constants;
  std::string op;
  std::vector<int64_t> out;
  /// Smallest and largest element of arguments and constants.
  double low = -1, high = 1;
  /// Whether the last operand is %i, a constant of the indices 3, 0 and -1.
  bool hasIndices = false;
};

void PrintTo(const Case &c, std::ostream *os) { *os << c.name; }

/// Numbers in [low, high], in disorder and all at the same distance from their
/// neighbours, so that small steps change no maximum and cross no kink.
Floats spaced(int64_t count, uint32_t seed, double low, double high) {
  Floats values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<float>(low + (high - low) * (i + 0.37) /
                                                  static_cast<double>(count)));
  for (int64_t i = count - 1; i > 0; --i) {
    seed = seed * 1664525u + 1013904223u;
    std::swap(values[i], values[(seed >> 8) % (i + 1)]);
  }
  return values;
}

std::string moduleOf(const Case &c) {
  std::string arguments, types, constants;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    arguments += (i ? ", %" : "%") + std::string(1, char('a' + i)) + ": " +
                 tensor(c.inputs[i]);
    types += (types.empty() ? "" : ", ") + tensor(c.inputs[i]);
  }
  for (size_t i = 0; i < c.constants.size(); ++i) {
    const std::vector<int64_t> &shape = c.constants[i];
    constants +=
        "  %c" + std::to_string(i) + " = qgraph.constant " +
        dense(shape, spaced(numElements(shape), 70 + i, c.low, c.high)) +
        " -> " + tensor(shape) + "\n";
    types += (types.empty() ? "" : ", ") + tensor(shape);
  }
  if (c.hasIndices) {
    constants += "  %i = qgraph.constant dense<[[3, 0, -1]]> : tensor<1x3xi32> "
                 "-> tensor<1x3xi32>\n";
    types += ", tensor<1x3xi32>";
  }
  return "func.func @f(" + arguments + ") -> " + tensor(c.out) + " {\n" +
         constants + "  %r = " + c.op + " : (" + types + ") -> " +
         tensor(c.out) + "\n  return %r : " + tensor(c.out) + "\n}\n";
}

class Differences {
public:
  Differences(FloatEvaluator &evaluator, int64_t samples,
              std::vector<Floats> inputs, LossFunction loss)
      : evaluator(evaluator), samples(samples), inputs(std::move(inputs)),
        loss(std::move(loss)) {}

  LossAndGradients analytic() {
    auto result = evaluator.gradients(samples, views(), loss);
    EXPECT_TRUE(bool(result));
    if (!result) {
      ADD_FAILURE() << llvm::toString(result.takeError());
      return {};
    }
    return std::move(*result);
  }

  double value() {
    auto results = evaluator.run(samples, views());
    EXPECT_TRUE(bool(results));
    std::vector<float> gradient((*results)[0].size());
    llvm::ArrayRef<float> outputs((*results)[0]);
    llvm::MutableArrayRef<float> slopes(gradient);
    return llvm::cantFail(loss({0, samples, outputs, slopes}));
  }

  void checkInput(size_t k, const Floats &gradient) {
    ASSERT_EQ(gradient.size(), inputs[k].size());
    for (size_t i = 0; i < gradient.size(); ++i) {
      auto at = [&](float x) {
        float before = inputs[k][i];
        inputs[k][i] = x;
        double result = value();
        inputs[k][i] = before;
        return result;
      };
      check(gradient[i], slope(at, inputs[k][i]),
            "element " + std::to_string(i) + " of argument " +
                std::to_string(k));
    }
  }

  void checkParameter(size_t k, const Floats &gradient) {
    Floats values = evaluator.parameter(k).vec();
    ASSERT_EQ(gradient.size(), values.size());
    for (size_t i = 0; i < gradient.size(); ++i) {
      auto at = [&](float x) {
        Floats other = values;
        other[i] = x;
        llvm::cantFail(evaluator.setParameter(k, other));
        return value();
      };
      check(gradient[i], slope(at, values[i]),
            "element " + std::to_string(i) + " of operand " +
                std::to_string(evaluator.parameters()[k].operand));
    }
    llvm::cantFail(evaluator.setParameter(k, values));
  }

private:
  static constexpr float step = 1.0f / 512;

  template <typename At> static double slope(At at, float x) {
    return (at(x + step) - at(x - step)) /
           (static_cast<double>(x + step) - (x - step));
  }
  static void check(double actual, double expected, const std::string &what) {
    EXPECT_NEAR(actual, expected, 2e-3 * std::max(1.0, std::fabs(expected)))
        << what;
  }
  std::vector<llvm::ArrayRef<float>> views() const {
    return {inputs.begin(), inputs.end()};
  }

  FloatEvaluator &evaluator;
  int64_t samples;
  std::vector<Floats> inputs;
  LossFunction loss;
};

/// Checks a network of `samples` samples, two at once and by two threads, so
/// that the last batch is not full.
void checkNetwork(Network &network, int64_t samples, double low, double high) {
  EvaluatorOptions options;
  options.batch = 2;
  options.threads = 2;
  options.gradients = {true, true};
  auto evaluator = FloatEvaluator::create(network.function(), options);
  ASSERT_TRUE(bool(evaluator)) << llvm::toString(evaluator.takeError());
  std::vector<Floats> inputs;
  for (size_t k = 0; k < (*evaluator)->numInputs(); ++k)
    inputs.push_back(spaced(numElements((*evaluator)->inputShape(k)) * samples,
                            k + 3, low, high));
  llvm::ArrayRef<int64_t> shape = (*evaluator)->outputShape(0);
  Differences differences(
      **evaluator, samples, inputs,
      weightedSum(randoms(numElements(shape) * samples, 5), shape));
  LossAndGradients gradients = differences.analytic();
  EXPECT_NEAR(gradients.loss, differences.value(), 1e-5);
  ASSERT_EQ(gradients.inputs.size(), inputs.size());
  for (size_t k = 0; k < inputs.size(); ++k)
    differences.checkInput(k, gradients.inputs[k]);
  ASSERT_EQ(gradients.parameters.size(), (*evaluator)->parameters().size());
  for (size_t k = 0; k < gradients.parameters.size(); ++k)
    differences.checkParameter(k, gradients.parameters[k]);
}

class Gradient : public testing::TestWithParam<Case> {};

TEST_P(Gradient, EqualsCentralDifferences) {
  const Case &c = GetParam();
  Network network(moduleOf(c));
  checkNetwork(network, 3, c.low, c.high);
}

std::string window(const char *op, const char *rest) {
  return std::string("qgraph.") + op + " " + rest;
}

std::vector<Case> windowCases() {
  auto conv = [](const char *attributes) {
    return window("conv2d %a, %c0, %c1", attributes);
  };
  return {
      {"conv",
       {{1, 4, 5, 2}},
       {{3, 3, 2, 2}, {3}},
       conv("{strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 0, 1>, "
            "dilations = array<i64: 1, 1>, groups = 1 : i64}"),
       {1, 4, 5, 3}},
      {"convStridedShort",
       {{1, 6, 5, 2}},
       {{3, 2, 3, 2}, {3}},
       conv("{strides = array<i64: 3, 2>, pads = array<i64: 0, 0, 1, 0>, "
            "dilations = array<i64: 1, 1>, groups = 1 : i64}"),
       {1, 2, 2, 3}},
      {"convDilatedGroups",
       {{1, 5, 4, 4}},
       {{6, 2, 2, 2}, {6}},
       conv("{strides = array<i64: 1, 2>, pads = array<i64: 1, 0, 0, 1>, "
            "dilations = array<i64: 3, 2>, groups = 2 : i64}"),
       {1, 3, 2, 6}},
      {"convDepthwise",
       {{1, 4, 3, 3}},
       {{3, 3, 3, 1}, {3}},
       conv("{strides = array<i64: 2, 1>, pads = array<i64: 1, 1, 1, 1>, "
            "dilations = array<i64: 1, 1>, groups = 3 : i64}"),
       {1, 2, 3, 3}},
      {"convDense",
       {{1, 1, 1, 5}},
       {{4, 1, 1, 5}, {4}},
       conv("{strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, "
            "dilations = array<i64: 1, 1>, groups = 1 : i64}"),
       {1, 1, 1, 4}},
      {"transposeConv",
       {{1, 2, 3, 2}},
       {{3, 3, 2, 2}, {3}},
       window("transpose_conv2d %a, %c0, %c1",
              "{strides = array<i64: 2, 1>, out_pads = array<i64: -1, 0, 1, "
              "-1>}"),
       {1, 4, 4, 3}},
      {"maxPool",
       {{1, 5, 4, 2}},
       {},
       window("max_pool2d %a",
              "{kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, pads = "
              "array<i64: 1, 1, 0, 1>}"),
       {1, 3, 4, 2}},
      {"avgPool",
       {{1, 5, 4, 2}},
       {},
       window("avg_pool2d %a",
              "{kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, pads = "
              "array<i64: 1, 1, 0, 1>}"),
       {1, 3, 4, 2}},
      {"avgPoolWithPadding",
       {{1, 5, 4, 2}},
       {},
       window("avg_pool2d %a",
              "{kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, pads = "
              "array<i64: 1, 1, 0, 1>, count_include_pad}"),
       {1, 3, 4, 2}},
      {"matmul", {{2, 3, 4}, {2, 4, 5}}, {}, "qgraph.matmul %a, %b", {2, 3, 5}},
      {"matmulConstant",
       {{1, 3, 4}},
       {{1, 4, 5}},
       "qgraph.matmul %a, %c0",
       {1, 3, 5}},
      {"resizeBilinear",
       {{1, 2, 3, 2}},
       {},
       "qgraph.resize <bilinear> %a {scale = array<i64: 4, 2, 2, 1>, offset = "
       "array<i64: -1, 0>, border = array<i64: 1, 1>}",
       {1, 4, 6, 2}},
      {"resizeNearest",
       {{1, 2, 3, 2}},
       {},
       "qgraph.resize <nearest> %a {scale = array<i64: 4, 2, 2, 1>, offset = "
       "array<i64: -1, 0>, border = array<i64: 1, 1>}",
       {1, 4, 6, 2}}};
}

std::vector<Case> elementwiseCases() {
  std::vector<Case> cases;
  for (const char *op : {"add", "sub", "mul", "maximum", "minimum"}) {
    cases.push_back({op,
                     {{1, 2, 1}, {1, 1, 3}},
                     {},
                     std::string("qgraph.") + op + " %a, %b",
                     {1, 2, 3}});
    cases.push_back({op,
                     {{1, 1, 3}},
                     {{1, 2, 3}},
                     std::string("qgraph.") + op + " %a, %c0",
                     {1, 2, 3}});
  }
  cases.push_back({"div",
                   {{1, 2, 3}, {1, 2, 1}},
                   {},
                   "qgraph.div %a, %b",
                   {1, 2, 3},
                   1,
                   2});
  cases.push_back({"pow",
                   {{1, 2, 3}, {1, 1, 3}},
                   {},
                   "qgraph.pow %a, %b",
                   {1, 2, 3},
                   1,
                   2});
  cases.push_back({"select",
                   {{1, 2, 3}},
                   {{1, 1, 3}},
                   "qgraph.select %a, %c0 {condition = dense<[[[true], "
                   "[false]]]> : tensor<1x2x1xi1>}",
                   {1, 2, 3}});
  cases.push_back({"clamp",
                   {{1, 7}},
                   {},
                   "qgraph.clamp %a {min = -0.5 : f32, max = 0.25 : f32}",
                   {1, 7}});
  cases.push_back({"relu",
                   {{1, 7}},
                   {},
                   "qgraph.clamp %a {min = 0.0 : f32, max = 0x7F800000 : f32}",
                   {1, 7}});
  return cases;
}

/// Every kind of function, on both sides of its kinks or inside its domain.
std::vector<Case> unaryCases() {
  std::vector<Case> cases;
  for (uint32_t i = 0; i <= qgraph::getMaxEnumValForUnaryKind(); ++i) {
    auto kind = qgraph::symbolizeUnaryKind(i);
    if (!kind)
      continue;
    std::string name = qgraph::stringifyUnaryKind(*kind).str();
    static std::set<std::string> names;
    bool isPositive = name == "log" || name == "sqrt" || name == "rsqrt" ||
                      name == "reciprocal";
    cases.push_back({names.insert(name).first->c_str(),
                     {{1, 11}},
                     {},
                     "qgraph.unary <" + name + "> %a",
                     {1, 11},
                     isPositive ? 0.5 : -4.1,
                     isPositive ? 3 : 4.3});
    if (name == "elu" || name == "leaky_relu")
      cases.back().op += " {alpha = 0.375 : f32}";
  }
  return cases;
}

std::vector<Case> otherCases() {
  return {
      {"reshape", {{1, 2, 3}}, {}, "qgraph.reshape %a", {1, 6}},
      {"transpose",
       {{1, 2, 3}},
       {},
       "qgraph.transpose %a {permutation = array<i64: 0, 2, 1>}",
       {1, 3, 2}},
      {"slice",
       {{1, 5, 4}},
       {},
       "qgraph.slice %a {starts = array<i64: 0, 1, 0>, sizes = array<i64: 1, "
       "2, 3>, strides = array<i64: 1, 2, 1>}",
       {1, 2, 3}},
      {"tile",
       {{1, 2, 3}},
       {},
       "qgraph.tile %a {multiples = array<i64: 1, 3, 2>}",
       {1, 6, 6}},
      {"pad",
       {{1, 2, 3}},
       {},
       "qgraph.pad %a {low = array<i64: 0, 1, 0>, high = array<i64: 0, 0, 2>, "
       "value = 0.5 : f32}",
       {1, 3, 5}},
      {"concat",
       {{1, 2, 1}, {1, 2, 3}},
       {{1, 2, 2}},
       "qgraph.concat %a, %b, %c0 {axis = 2 : i64}",
       {1, 2, 6}},
      {"gather",
       {{1, 4, 2}},
       {},
       "qgraph.gather %a {indices = array<i64: 3, 0, 3>, axis = 1 : i64}",
       {1, 3, 2}},
      {"lookup",
       {{1, 4, 2}},
       {},
       "qgraph.lookup %a, %i {wraps}",
       {1, 3, 2},
       -1,
       1,
       true},
      {"reduceSum",
       {{1, 2, 3, 2}},
       {},
       "qgraph.reduce <sum> %a {axes = array<i64: 1, 3>}",
       {1, 1, 3, 1}},
      {"reduceMean",
       {{2, 3, 2}},
       {},
       "qgraph.reduce <mean> %a {axes = array<i64: 0, 1>}",
       {1, 1, 2}},
      {"reduceMax",
       {{1, 4, 3}},
       {},
       "qgraph.reduce <max> %a {axes = array<i64: 1>}",
       {1, 1, 3}},
      {"reduceMin",
       {{1, 4, 3}},
       {},
       "qgraph.reduce <min> %a {axes = array<i64: 2>}",
       {1, 4, 1}},
      {"softmax",
       {{1, 3, 4}},
       {},
       "qgraph.softmax %a {axis = 1 : i64}",
       {1, 3, 4}},
      {"logSoftmax",
       {{1, 2, 5}},
       {},
       "qgraph.softmax %a {axis = 2 : i64, log}",
       {1, 2, 5}},
      {"batchNorm",
       {{1, 2, 2, 3}},
       {{3}, {3}, {3}, {3}},
       "qgraph.batch_norm %a, %c0, %c1, %c2, %c3 {epsilon = 0.01 : f32}",
       {1, 2, 2, 3},
       0.5,
       2},
      {"layerNorm",
       {{1, 2, 2, 3}},
       {{2, 3}, {2, 3}},
       "qgraph.layer_norm %a, %c0, %c1 {axis = 2 : i64, epsilon = 0.01 : f32}",
       {1, 2, 2, 3}},
      {"rmsNorm",
       {{1, 2, 5}},
       {{5}},
       "qgraph.rms_norm %a, %c0 {axis = 2 : i64, epsilon = 0.01 : f32}",
       {1, 2, 5}}};
}

std::string nameOf(const testing::TestParamInfo<Case> &info) {
  return std::string(info.param.name) + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Window, Gradient, testing::ValuesIn(windowCases()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Elementwise, Gradient,
                         testing::ValuesIn(elementwiseCases()), nameOf);
INSTANTIATE_TEST_SUITE_P(Unary, Gradient, testing::ValuesIn(unaryCases()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Other, Gradient, testing::ValuesIn(otherCases()),
                         nameOf);

/// A new op needs a case above, or must be among those without a gradient.
TEST(Gradients, EveryOpHasACase) {
  std::set<std::string> tested = {"table", "argmax", "requantize", "constant"};
  for (const auto &cases :
       {windowCases(), elementwiseCases(), unaryCases(), otherCases()})
    for (const Case &c : cases)
      tested.insert(c.op.substr(7, c.op.find(' ') - 7));
  mlir::MLIRContext context;
  context.loadDialect<qgraph::QGraphDialect>();
  for (mlir::RegisteredOperationName op :
       context.getRegisteredOperationsByDialect("qgraph"))
    EXPECT_TRUE(tested.count(op.stripDialect().str()))
        << op.getStringRef().str();
}

} // namespace
} // namespace qcc::evaluate
