// Hessians by products against dense ones, Fisher matrices and perturbations
// against plain loops.
#include "Network.h"

#include "compiler/Evaluate/Sensitivity.h"

#include "mlir/AsmParser/AsmParser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cmath>
#include <functional>

namespace qcc::evaluate {
namespace {

using testing::HasSubstr;
using Matrix = std::vector<std::vector<double>>;

/// Second differences of `loss` with respect to `parameters`, in double.
Matrix
denseHessian(const std::function<double(const std::vector<double> &)> &loss,
             std::vector<double> parameters) {
  constexpr double step = 1e-4;
  size_t n = parameters.size();
  auto at = [&](size_t i, double di, size_t j, double dj) {
    std::vector<double> moved = parameters;
    moved[i] += di;
    moved[j] += dj;
    return loss(moved);
  };
  Matrix hessian(n, std::vector<double>(n));
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j)
      hessian[i][j] = (at(i, step, j, step) - at(i, step, j, -step) -
                       at(i, -step, j, step) + at(i, -step, j, -step)) /
                      (4 * step * step);
  return hessian;
}

double traceOf(const Matrix &matrix, size_t first, size_t count) {
  double trace = 0;
  for (size_t i = first; i < first + count; ++i)
    trace += matrix[i][i];
  return trace;
}

/// The eigenvalue of largest magnitude of a diagonal block, by many iterations.
double topOf(const Matrix &matrix, size_t first, size_t count) {
  std::vector<double> v(count, 1.0);
  v[0] = 0.3;
  double value = 0;
  for (int iteration = 0; iteration < 20000; ++iteration) {
    std::vector<double> w(count, 0.0);
    double length = 0;
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = 0; j < count; ++j)
        w[i] += matrix[first + i][first + j] * v[j];
      length += w[i] * w[i];
    }
    value = 0;
    for (size_t i = 0; i < count; ++i)
      value += v[i] * w[i];
    for (size_t i = 0; i < count; ++i)
      v[i] = w[i] / std::sqrt(length);
  }
  return value;
}

std::string denseLayer(const char *name, int64_t ins, int64_t outs,
                       const char *input, uint32_t seed) {
  std::string n = name;
  std::vector<int64_t> filter = {outs, 1, 1, ins};
  return "  %" + n + "w = qgraph.constant " +
         dense(filter, randoms(outs * ins, seed)) + " -> " + tensor(filter) +
         "\n  %" + n + "b = qgraph.constant " +
         dense({outs}, randoms(outs, seed + 1)) + " -> " + tensor({outs}) +
         "\n  %" + n + " = qgraph.conv2d %" + input + ", %" + n + "w, %" + n +
         "b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, "
         "dilations = array<i64: 1, 1>, groups = 1 : i64, qgraph.layer = \"" +
         n + "\"} : (" + tensor({1, 1, 1, ins}) + ", " + tensor(filter) + ", " +
         tensor({outs}) + ") -> " + tensor({1, 1, 1, outs}) + "\n";
}

/// y = W x + b, whose squared error is a quadratic function of W.
std::string linear() {
  return "func.func @f(%a: tensor<1x1x1x3xf32>) -> tensor<1x1x1x2xf32> {\n" +
         denseLayer("fc", 3, 2, "a", 1) +
         "  return %fc : tensor<1x1x1x2xf32>\n}\n";
}

/// Three inputs, four hidden units with tanh, three classes.
std::string twoLayers() {
  return "func.func @f(%a: tensor<1x1x1x3xf32>) -> tensor<1x1x1x3xf32> {\n" +
         denseLayer("first", 3, 4, "a", 1) +
         "  %h = qgraph.unary <tanh> %first : (tensor<1x1x1x4xf32>) -> "
         "tensor<1x1x1x4xf32>\n" +
         denseLayer("second", 4, 3, "h", 5) +
         "  return %second : tensor<1x1x1x3xf32>\n}\n";
}

constexpr int64_t samples = 7;
const std::vector<int64_t> labels = {0, 2, 1, 1, 0, 2, 2};

/// The mean cross-entropy of twoLayers() with the filters `w`.
double lossOfTwoLayers(const std::vector<double> &w, const Floats &input) {
  Floats firstBias = randoms(4, 2), secondBias = randoms(3, 6);
  double loss = 0;
  for (int64_t n = 0; n < samples; ++n) {
    double hidden[4], logits[3], sum = 0;
    for (int o = 0; o < 4; ++o) {
      hidden[o] = firstBias[o];
      for (int i = 0; i < 3; ++i)
        hidden[o] += w[o * 3 + i] * input[n * 3 + i];
      hidden[o] = std::tanh(hidden[o]);
    }
    for (int o = 0; o < 3; ++o) {
      logits[o] = secondBias[o];
      for (int i = 0; i < 4; ++i)
        logits[o] += w[12 + o * 4 + i] * hidden[i];
      sum += std::exp(logits[o]);
    }
    loss += (std::log(sum) - logits[labels[n]]) / samples;
  }
  return loss;
}

std::unique_ptr<FloatEvaluator> evaluatorOf(Network &network) {
  EvaluatorOptions options;
  options.threads = 1;
  options.gradients.parameters = true;
  return llvm::cantFail(FloatEvaluator::create(network.function(), options));
}

TEST(HessianProducts, OfAQuadratic) {
  Network network(linear());
  auto evaluator = evaluatorOf(network);
  Floats input = randoms(samples * 3, 11);
  llvm::ArrayRef<float> view(input);
  Hessian hessian(*evaluator, samples, view,
                  squaredError(randoms(samples * 2, 12), {1, 1, 1, 2}));
  ASSERT_EQ(hessian.layers().size(), 1u);
  EXPECT_EQ(hessian.layers()[0].name, "fc");
  // The Hessian is the second moment of the inputs, once for each output.
  Matrix exact(6, std::vector<double>(6, 0.0));
  for (int64_t n = 0; n < samples; ++n)
    for (int o = 0; o < 2; ++o)
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j)
          exact[o * 3 + i][o * 3 + j] += static_cast<double>(input[n * 3 + i]) *
                                         input[n * 3 + j] / samples;
  auto product = hessian.blockProduct(0, {1, -2, 0.5f, 0, 3, 0.25f});
  ASSERT_TRUE(bool(product)) << llvm::toString(product.takeError());
  const double v[] = {1, -2, 0.5, 0, 3, 0.25};
  for (int i = 0; i < 6; ++i) {
    double expected = 0;
    for (int j = 0; j < 6; ++j)
      expected += exact[i][j] * v[j];
    EXPECT_NEAR((*product)[i], expected, 1e-3);
  }
  TraceOptions traces;
  traces.maxProbes = 8; // the rows of a matrix of 6 columns at least
  traces.tolerance = 0;
  auto estimates = estimateTraces(hessian, traces);
  ASSERT_TRUE(bool(estimates));
  double trace = traceOf(exact, 0, 6);
  EXPECT_NEAR((*estimates)[0].trace, trace, 0.01 * trace);
  auto tops = topEigenvalues(hessian, {200, 1e-5, 3});
  ASSERT_TRUE(bool(tops));
  double top = topOf(exact, 0, 3);
  EXPECT_NEAR((*tops)[0], top, 0.01 * top);
}

/// The weights are what they were after every product.
TEST(HessianProducts, OfTwoLayers) {
  Network network(twoLayers());
  auto evaluator = evaluatorOf(network);
  Floats input = randoms(samples * 3, 11);
  llvm::ArrayRef<float> view(input);
  auto loss = crossEntropy(labels, samples, {1, 1, 1, 3}, OutputKind::Logits);
  Hessian hessian(*evaluator, samples, view, llvm::cantFail(std::move(loss)));
  std::vector<double> weights;
  for (const Hessian::Layer &layer : hessian.layers())
    for (float value : evaluator->parameter(layer.parameter))
      weights.push_back(value);
  ASSERT_EQ(weights.size(), 24u);
  Matrix exact = denseHessian(
      [&](const std::vector<double> &w) { return lossOfTwoLayers(w, input); },
      weights);
  for (bool separately : {false, true}) {
    TraceOptions options;
    options.maxProbes = 32; // at least as many as weights
    options.tolerance = 0;
    options.separately = separately;
    auto estimates = estimateTraces(hessian, options);
    ASSERT_TRUE(bool(estimates));
    for (size_t k = 0; k < 2; ++k) {
      double trace = traceOf(exact, 12 * k, 12);
      EXPECT_NEAR((*estimates)[k].trace, trace, 0.01 * std::fabs(trace));
    }
  }
  auto tops = topEigenvalues(hessian, {500, 1e-5, 3});
  ASSERT_TRUE(bool(tops));
  for (size_t k = 0; k < 2; ++k) {
    double top = topOf(exact, 12 * k, 12);
    EXPECT_NEAR((*tops)[k], top, 0.01 * std::fabs(top));
  }
  std::vector<double> after;
  for (const Hessian::Layer &layer : hessian.layers())
    for (float value : evaluator->parameter(layer.parameter))
      after.push_back(value);
  EXPECT_EQ(after, weights);
}

/// Few probes are right in the mean over seeds, and as far off as they say.
TEST(HessianProducts, FewProbesAreUnbiased) {
  Network network(twoLayers());
  auto evaluator = evaluatorOf(network);
  Floats input = randoms(samples * 3, 11);
  llvm::ArrayRef<float> view(input);
  Hessian hessian(*evaluator, samples, view,
                  llvm::cantFail(crossEntropy(labels, samples, {1, 1, 1, 3},
                                              OutputKind::Logits)));
  TraceOptions exactly;
  exactly.maxProbes = 32;
  exactly.tolerance = 0;
  double exact = llvm::cantFail(estimateTraces(hessian, exactly))[1].trace;
  double sum = 0, squares = 0, claimed = 0;
  constexpr int seeds = 100;
  for (int seed = 0; seed < seeds; ++seed) {
    TraceOptions options;
    options.maxProbes = 4;
    options.separately = false;
    options.seed = seed;
    TraceEstimate one = llvm::cantFail(estimateTraces(hessian, options))[1];
    sum += one.trace / seeds;
    squares += (one.trace - exact) * (one.trace - exact) / seeds;
    claimed += one.error * one.error / seeds;
  }
  EXPECT_NEAR(sum, exact, 4 * std::sqrt(squares / seeds));
  EXPECT_NEAR(std::sqrt(claimed / squares), 1, 0.5);
}

TEST(HessianProducts, SeedsReproduce) {
  Network network(twoLayers());
  auto evaluator = evaluatorOf(network);
  Floats input = randoms(samples * 3, 11);
  llvm::ArrayRef<float> view(input);
  Hessian hessian(
      *evaluator, samples, view,
      divergence(randoms(samples * 3, 8), {1, 1, 1, 3}, OutputKind::Logits));
  TraceOptions options;
  options.maxProbes = 5;
  options.seed = 1;
  auto first = estimateTraces(hessian, options);
  auto again = estimateTraces(hessian, options);
  options.seed = 2;
  auto other = estimateTraces(hessian, options);
  ASSERT_TRUE(first && again && other);
  EXPECT_EQ((*first)[0].trace, (*again)[0].trace);
  EXPECT_NE((*first)[0].trace, (*other)[0].trace);
}

/// Weights of zero have no scale, inputs of zero no curvature.
TEST(HessianProducts, ZerosAreNoError) {
  Network network(linear());
  auto evaluator = evaluatorOf(network);
  ASSERT_FALSE(bool(evaluator->setParameter(0, Floats(6, 0.0f))));
  Floats input(samples * 3, 0.0f);
  llvm::ArrayRef<float> view(input);
  Hessian hessian(*evaluator, samples, view,
                  squaredError(Floats(samples * 2, 1.0f), {1, 1, 1, 2}));
  auto traces = estimateTraces(hessian);
  auto tops = topEigenvalues(hessian);
  ASSERT_TRUE(traces && tops);
  EXPECT_EQ((*traces)[0].trace, 0);
  EXPECT_EQ((*tops)[0], 0);
  auto product = hessian.blockProduct(0, Floats(6, 0.0f));
  ASSERT_TRUE(bool(product));
  EXPECT_EQ(*product, std::vector<double>(6, 0.0));
}

class Sensitivity : public testing::Test {
protected:
  llvm::Expected<quantize::Sensitivities>
  measure(const SensitivityOptions &options, int64_t count = samples) {
    llvm::ArrayRef<float> view(input);
    view = view.take_front(count * 3);
    return measureSensitivities(network.function(), count, {view}, options);
  }

  Network network{twoLayers()};
  Floats input = randoms(samples * 3, 11);
};

/// The Fisher matrix is the mean of products of the samples' gradients, which
/// are differences of the loss here.
TEST_F(Sensitivity, Fisher) {
  SensitivityOptions options;
  options.labels = labels;
  options.measureFisher = true;
  options.measureEigenvalues = true;
  auto result = measure(options);
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  ASSERT_EQ(result->size(), 2u);
  const quantize::LayerSensitivity &second = result->at("second");
  EXPECT_EQ(second.elements, 12);
  EXPECT_GT(second.topEigenvalue, 0);
  EXPECT_DOUBLE_EQ(second.meanTrace(), second.trace / 12);
  // For the last layer: (p - onehot)_o * hidden_i.
  Floats first = randoms(12, 1), firstBias = randoms(4, 2);
  Floats last = randoms(12, 5), lastBias = randoms(3, 6);
  std::vector<double> expected(12, 0.0);
  double total = 0;
  for (int64_t n = 0; n < samples; ++n) {
    double hidden[4], p[3], sum = 0;
    for (int o = 0; o < 4; ++o) {
      hidden[o] = firstBias[o];
      for (int i = 0; i < 3; ++i)
        hidden[o] += first[o * 3 + i] * input[n * 3 + i];
      hidden[o] = std::tanh(hidden[o]);
    }
    for (int o = 0; o < 3; ++o) {
      p[o] = lastBias[o];
      for (int i = 0; i < 4; ++i)
        p[o] += last[o * 4 + i] * hidden[i];
      sum += p[o] = std::exp(p[o]);
    }
    for (int o = 0; o < 3; ++o)
      for (int i = 0; i < 4; ++i) {
        double slope = (p[o] / sum - (labels[n] == o)) * hidden[i];
        expected[o * 4 + i] += slope * slope / samples;
        total += slope * slope / samples;
      }
  }
  ASSERT_EQ(second.fisherDiagonal.size(), 12u);
  for (int i = 0; i < 12; ++i)
    EXPECT_NEAR(second.fisherDiagonal[i], expected[i], 1e-4);
  EXPECT_NEAR(second.fisher, total, 1e-3);
}

/// Without labels the Hessian at the network's own results is the Gauss-Newton
/// matrix, whose trace the sum over all classes gives too.
TEST_F(Sensitivity, WithoutLabels) {
  SensitivityOptions options;
  options.measureFisher = true;
  options.trace.tolerance = 0;
  options.trace.maxProbes = 32;
  std::vector<std::string> told;
  options.progress = [&](llvm::StringRef what, int64_t done, int64_t total) {
    told.push_back(what.str() + std::to_string(done) + "/" +
                   std::to_string(total));
  };
  auto result = measure(options);
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  for (const auto &[layer, entry] : *result) {
    EXPECT_GT(entry.trace, 0) << layer;
    EXPECT_NEAR(entry.fisher, entry.trace, 0.01 * entry.trace) << layer;
    EXPECT_EQ(entry.probes, 32) << layer;
  }
  EXPECT_THAT(told, testing::ElementsAre("trace0/0", "fisher0/3", "fisher1/3",
                                         "fisher2/3"));
}

/// With many classes one label is drawn for each sample: right in the mean.
TEST_F(Sensitivity, DrawnLabels) {
  SensitivityOptions options;
  options.measureTrace = false;
  options.measureFisher = true;
  auto exact = measure(options);
  ASSERT_TRUE(bool(exact));
  EXPECT_EQ(exact->at("first").probes, 0);
  options.maxClasses = 2;
  double sum = 0, squares = 0;
  constexpr int seeds = 200;
  for (int seed = 0; seed < seeds; ++seed) {
    options.trace.seed = seed;
    double fisher = llvm::cantFail(measure(options)).at("first").fisher;
    sum += fisher / seeds;
    squares += fisher * fisher / seeds;
  }
  double error = std::sqrt((squares - sum * sum) / seeds);
  EXPECT_GT(error, 0);
  EXPECT_NEAR(sum, exact->at("first").fisher, 4 * error);
}

TEST_F(Sensitivity, Errors) {
  SensitivityOptions options;
  options.labels = {0, 1};
  auto few = measure(options);
  ASSERT_FALSE(bool(few));
  EXPECT_THAT(llvm::toString(few.takeError()),
              HasSubstr("found 2 labels, expected 7"));
  auto none = measure({}, 0);
  ASSERT_FALSE(bool(none));
  EXPECT_EQ(llvm::toString(none.takeError()),
            "sensitivities need at least one sample");
  EXPECT_TRUE(bool(measure({}, 1)));
}

TEST_F(Sensitivity, Perturbation) {
  llvm::ArrayRef<float> view(input);
  auto meter = PerturbationMeter::create(network.function(), samples, {view});
  ASSERT_TRUE(bool(meter));
  auto same = (*meter)->measure({});
  ASSERT_TRUE(bool(same));
  EXPECT_EQ(same->divergence, 0);
  EXPECT_TRUE(std::isinf(same->sqnr));
  auto rounded = [&](const char *layer, const char *type) {
    Simulation simulation;
    simulation.weights[layer].type =
        mlir::parseType(type, network.function().getContext());
    return llvm::cantFail((*meter)->measure(simulation));
  };
  OutputDistance fine = rounded("second", "!quant.uniform<i8:f32, 0.0078125>");
  OutputDistance coarse = rounded("second", "!quant.uniform<i4:f32, 0.125>");
  EXPECT_GT(fine.divergence, 0);
  EXPECT_GT(coarse.divergence, fine.divergence);
  // Each bit is worth 6 dB.
  EXPECT_NEAR(fine.sqnr - coarse.sqnr, 24, 6);
}

TEST(OutputDistances, OfKnownResults) {
  OutputDistance distance =
      compareResults({0.5, 0.5, 0.75, 0.25}, {0.25, 0.75, 0.75, 0.25}, 2,
                     OutputKind::Probabilities);
  EXPECT_NEAR(distance.divergence, 0.143841 / 2, 1e-5);
  EXPECT_NEAR(distance.changedLabels, 0.5, 1e-12);
  EXPECT_NEAR(distance.sqnr, 10 * std::log10(1.125 / 0.125), 1e-5);
}

} // namespace
} // namespace qcc::evaluate
