//===- Sensitivity.cpp - Which layers need precision ----------------------===//

#include "compiler/Evaluate/Sensitivity.h"

#include "compiler/Data/Random.h"
#include "compiler/Evaluate/LayerNoise.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace qcc::evaluate {

namespace {

/// A class for every row, drawn from the probabilities that `results` mean.
std::vector<int64_t> drawLabels(ArrayRef<float> results, int64_t classes,
                                OutputKind kind, uint64_t seed) {
  data::SplitMix64 random(seed);
  std::vector<int64_t> labels;
  for (size_t row = 0; row < results.size(); row += classes) {
    std::vector<double> logs =
        logProbabilities(results.slice(row, classes), kind);
    double rest = random.uniform();
    int64_t label = 0;
    for (; label + 1 < classes; ++label)
      if ((rest -= std::exp(logs[label])) < 0)
        break;
    labels.push_back(label);
  }
  return labels;
}

class Measurement {
public:
  Measurement(func::FuncOp function, int64_t samples,
              ArrayRef<ArrayRef<float>> inputs,
              const SensitivityOptions &options)
      : function(function), samples(samples), inputs(inputs), options(options),
        kind(outputKind(function)) {}

  llvm::Expected<quantize::Sensitivities> run() {
    if (samples < 1)
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "sensitivities need at least one sample");
    if (llvm::Error error = prepare())
      return std::move(error);
    if (llvm::Error error = measureHessian())
      return std::move(error);
    if (options.measureFisher)
      if (llvm::Error error = measureFisher())
        return std::move(error);
    return std::move(result);
  }

private:
  void tell(StringRef what, int64_t done, int64_t total) {
    if (options.progress)
      options.progress(what, done, total);
  }

  llvm::Error prepare() {
    EvaluatorOptions evaluatorOptions;
    evaluatorOptions.gradients.parameters = true;
    auto made = FloatEvaluator::create(function, evaluatorOptions);
    if (!made)
      return made.takeError();
    evaluator = std::move(*made);
    if (evaluator->numOutputs() == 0)
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "the function has no result");
    shape = Sizes(evaluator->outputShape(0));
    auto results = evaluator->run(samples, inputs);
    if (!results)
      return results.takeError();
    exact = std::move(results->front());
    if (options.labels.empty()) {
      loss = divergence(exact, shape, kind);
      return llvm::Error::success();
    }
    auto entropy = crossEntropy(options.labels, samples, shape, kind);
    if (!entropy)
      return entropy.takeError();
    loss = std::move(*entropy);
    return llvm::Error::success();
  }

  llvm::Error measureHessian() {
    Hessian hessian(*evaluator, samples, inputs, loss);
    for (const Hessian::Layer &layer : hessian.layers())
      result[layer.name].elements = layer.elements;
    if (options.measureTrace) {
      tell("trace", 0, 0);
      auto traces = estimateTraces(hessian, options.trace);
      if (!traces)
        return traces.takeError();
      for (auto [layer, estimate] : llvm::zip(hessian.layers(), *traces)) {
        quantize::LayerSensitivity &entry = result[layer.name];
        entry.trace = estimate.trace;
        entry.traceError = estimate.error;
        entry.probes = estimate.probes;
      }
    }
    if (!options.measureEigenvalues)
      return llvm::Error::success();
    tell("eigenvalues", 0, 0);
    auto eigenvalues = topEigenvalues(hessian, options.eigenvalues);
    if (!eigenvalues)
      return eigenvalues.takeError();
    for (auto [layer, value] : llvm::zip(hessian.layers(), *eigenvalues))
      result[layer.name].topEigenvalue = value;
    return llvm::Error::success();
  }

  /// The losses whose squared gradients sum to the Fisher matrix's diagonal.
  llvm::Expected<std::vector<LossFunction>> fisherLosses() {
    int64_t classes = shape.empty() ? 1 : shape.back();
    std::vector<LossFunction> losses;
    bool oneRow = numElements(shape) == classes;
    if (options.labels.empty() && oneRow && classes <= options.maxClasses) {
      for (int64_t c = 0; c < classes; ++c)
        losses.push_back(rootWeightedEntropy(exact, c, shape, kind));
      return losses;
    }
    auto entropy =
        crossEntropy(options.labels.empty()
                         ? drawLabels(exact, classes, kind, options.trace.seed)
                         : options.labels,
                     samples, shape, kind);
    if (!entropy)
      return entropy.takeError();
    losses.push_back(std::move(*entropy));
    return losses;
  }

  llvm::Error measureFisher() {
    auto losses = fisherLosses();
    if (!losses)
      return losses.takeError();
    EvaluatorOptions evaluatorOptions;
    evaluatorOptions.batch = 1;
    evaluatorOptions.gradients.parameters = true;
    evaluatorOptions.gradients.squares = true;
    auto single = FloatEvaluator::create(function, evaluatorOptions);
    if (!single)
      return single.takeError();
    std::map<std::string, std::vector<double>> sums;
    for (auto [i, fisherLoss] : llvm::enumerate(*losses)) {
      tell("fisher", i, losses->size());
      auto gradients = (*single)->gradients(samples, inputs, fisherLoss);
      if (!gradients)
        return gradients.takeError();
      for (auto [k, parameter] : llvm::enumerate((*single)->parameters())) {
        if (!parameter.isWeight)
          continue;
        std::vector<double> &sum = sums[parameter.layer];
        sum.resize(gradients->squares[k].size(), 0.0);
        for (size_t j = 0; j < sum.size(); ++j)
          sum[j] += gradients->squares[k][j] / samples;
      }
    }
    for (const auto &[layer, sum] : sums) {
      quantize::LayerSensitivity &entry = result[layer];
      entry.fisherDiagonal.assign(sum.begin(), sum.end());
      for (double value : sum)
        entry.fisher += value;
    }
    return llvm::Error::success();
  }

  func::FuncOp function;
  int64_t samples;
  ArrayRef<ArrayRef<float>> inputs;
  const SensitivityOptions &options;
  OutputKind kind;
  Sizes shape;
  std::unique_ptr<FloatEvaluator> evaluator;
  std::vector<float> exact;
  LossFunction loss;
  quantize::Sensitivities result;
};

} // namespace

llvm::Expected<quantize::Sensitivities>
measureSensitivities(func::FuncOp function, int64_t samples,
                     ArrayRef<ArrayRef<float>> inputs,
                     const SensitivityOptions &options) {
  return Measurement(function, samples, inputs, options).run();
}

OutputDistance compareResults(ArrayRef<float> exact, ArrayRef<float> results,
                              int64_t classes, OutputKind kind) {
  OutputDistance distance;
  NoiseSum noise;
  noise.add(exact, results);
  distance.sqnr = noise.noise > 0 ? noise.decibels().value_or(0)
                                  : std::numeric_limits<double>::infinity();
  int64_t rows = static_cast<int64_t>(exact.size()) / classes;
  for (int64_t row = 0; row < rows; ++row) {
    ArrayRef<float> before = exact.slice(row * classes, classes);
    ArrayRef<float> after = results.slice(row * classes, classes);
    std::vector<double> p = logProbabilities(before, kind);
    std::vector<double> q = logProbabilities(after, kind);
    for (int64_t c = 0; c < classes; ++c)
      distance.divergence += std::exp(p[c]) * (p[c] - q[c]) / rows;
    if (llvm::max_element(before) - before.begin() !=
        llvm::max_element(after) - after.begin())
      distance.changedLabels += 1.0 / rows;
  }
  return distance;
}

llvm::Expected<std::unique_ptr<PerturbationMeter>>
PerturbationMeter::create(func::FuncOp function, int64_t samples,
                          ArrayRef<ArrayRef<float>> inputs) {
  auto meter = std::make_unique<PerturbationMeter>();
  auto runner = FloatEvaluator::create(function);
  if (!runner)
    return runner.takeError();
  meter->runner = std::move(*runner);
  meter->samples = samples;
  meter->inputs.assign(inputs.begin(), inputs.end());
  meter->kind = outputKind(function);
  auto results = meter->runner->run(samples, inputs);
  if (!results)
    return results.takeError();
  if (results->empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "the function has no result");
  meter->exact = std::move(results->front());
  return meter;
}

llvm::Expected<OutputDistance>
PerturbationMeter::measure(const Simulation &simulation) {
  if (llvm::Error error = runner->simulate(simulation))
    return std::move(error);
  auto results = runner->run(samples, inputs);
  if (!results)
    return results.takeError();
  last = std::move(results->front());
  ArrayRef<int64_t> shape = runner->outputShape(0);
  return compareResults(exact, last, shape.empty() ? 1 : shape.back(), kind);
}

} // namespace qcc::evaluate
