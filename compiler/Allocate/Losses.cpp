#include "compiler/Allocate/Losses.h"

#include "passes/Quantize/Values.h"

#include <cmath>

using namespace mlir;

namespace qcc::allocate {

llvm::Expected<std::unique_ptr<LossMeter>>
LossMeter::create(const driver::Compilation &base,
                  const AllocateOptions &options) {
  auto result = std::make_unique<LossMeter>();
  result->score = options.score;
  auto inputs = base.calibrationInputs(options.samples);
  if (!inputs)
    return inputs.takeError();
  result->inputs = std::move(*inputs);
  auto meter = evaluate::PerturbationMeter::create(
      base.legalizedFunction(), result->inputs.runs, result->inputs.views());
  if (!meter)
    return meter.takeError();
  result->meter = std::move(*meter);
  if (!result->isMeasured())
    if (llvm::Error error = result->measureSensitivities(base, options))
      return std::move(error);
  return result;
}

llvm::Error LossMeter::measureSensitivities(const driver::Compilation &base,
                                            const AllocateOptions &options) {
  evaluate::SensitivityOptions wanted;
  wanted.measureTrace = options.score == Score::Trace;
  wanted.measureFisher = options.score == Score::Fisher;
  wanted.measureEigenvalues = options.score == Score::Eigenvalue;
  wanted.eigenvalues.seed = options.seed;
  if (!options.labels.empty()) {
    auto labels = base.calibrationLabels(inputs.samples);
    if (!labels)
      return labels.takeError();
    wanted.labels = std::move(*labels);
  }
  wanted.trace.seed = options.seed;
  wanted.progress = [&](llvm::StringRef what, int64_t done, int64_t total) {
    if (base.options().progress)
      base.options().progress(Phase::Quantize, what, done, total);
  };
  auto measured = evaluate::measureSensitivities(
      base.legalizedFunction(), inputs.runs, inputs.views(), wanted);
  if (!measured)
    return measured.takeError();
  sensitivities = std::move(*measured);
  return llvm::Error::success();
}

double LossMeter::scored(const quantize::LayerSensitivity &sensitivity,
                         llvm::ArrayRef<float> exact,
                         llvm::ArrayRef<float> rounded) const {
  // A negative curvature says nothing of how much worse it can get but its
  // size.
  double curvature = score == Score::Eigenvalue
                         ? std::fabs(sensitivity.topEigenvalue)
                         : std::max(0.0, sensitivity.meanTrace());
  double sum = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    double error = static_cast<double>(exact[i]) - rounded[i];
    sum += error * error *
           (score == Score::Fisher ? sensitivity.fisherDiagonal[i] : curvature);
  }
  return sum / 2;
}

llvm::Expected<double>
LossMeter::ofWeights(llvm::StringRef layer,
                     const evaluate::FloatEvaluator &rounded) {
  evaluate::FloatEvaluator &evaluator = meter->evaluator();
  auto index = evaluator.weightsOf(layer), other = rounded.weightsOf(layer);
  if (!index || !other)
    return llvm::createStringError("layer '" + layer +
                                   "' has no weights to measure");
  std::vector<float> exact = evaluator.parameter(*index).vec();
  if (!isMeasured())
    return scored(sensitivities[layer.str()], exact, rounded.parameter(*other));
  return measureWith({{layer.str(), rounded.parameter(*other)}}, {});
}

llvm::Expected<double> LossMeter::measureWith(
    const std::map<std::string, llvm::ArrayRef<float>> &filters,
    const evaluate::Simulation &simulation) {
  evaluate::FloatEvaluator &evaluator = meter->evaluator();
  // A simulation rounds from what parameters were before it.
  if (llvm::Error error = evaluator.simulate({}))
    return std::move(error);
  std::map<size_t, std::vector<float>> exact;
  llvm::Error failure = llvm::Error::success();
  for (const auto &[layer, values] : filters) {
    auto index = evaluator.weightsOf(layer);
    if (failure || !index)
      continue;
    exact[*index] = evaluator.parameter(*index).vec();
    failure = evaluator.setParameter(*index, values);
  }
  llvm::Expected<evaluate::OutputDistance> distance =
      failure ? llvm::Expected<evaluate::OutputDistance>(std::move(failure))
              : meter->measure(simulation);
  if (llvm::Error error = evaluator.simulate({}))
    return llvm::joinErrors(std::move(error), distance.takeError());
  for (const auto &[index, values] : exact)
    if (llvm::Error error = evaluator.setParameter(index, values))
      return llvm::joinErrors(std::move(error), distance.takeError());
  if (!distance)
    return distance.takeError();
  if (score == Score::Sqnr)
    return std::pow(10, -distance->sqnr / 10);
  return std::max(0.0, distance->divergence);
}

/// Rounds values to their types in `quantized`: those named, or all.
static evaluate::Simulation
simulationOf(func::FuncOp quantized, llvm::ArrayRef<std::string> names = {}) {
  evaluate::Simulation simulation;
  auto add = [&](Value value) {
    std::string name = quantize::layerOf(value);
    if (!name.empty() && (names.empty() || llvm::is_contained(names, name)))
      simulation.values[name] = {quantize::elementTypeOf(value)};
  };
  for (Value value : quantized.getArguments())
    add(value);
  for (Operation &op : quantized.front())
    if (!isa<qgraph::ConstantOp>(op))
      for (Value value : op.getResults())
        add(value);
  return simulation;
}

llvm::Expected<double>
LossMeter::ofActivations(llvm::ArrayRef<std::string> names,
                         func::FuncOp quantized) {
  return measureWith({}, simulationOf(quantized, names));
}

llvm::Expected<double>
LossMeter::together(const std::map<std::string, llvm::ArrayRef<float>> &filters,
                    func::FuncOp quantized) {
  Score wanted = std::exchange(score, Score::Divergence);
  auto divergence = measureWith(filters, simulationOf(quantized));
  score = wanted;
  return divergence;
}

} // namespace qcc::allocate
