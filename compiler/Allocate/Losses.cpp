#include "compiler/Allocate/Losses.h"

#include "passes/Quantize/Values.h"

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
  if (options.score != Score::Divergence)
    if (llvm::Error error = result->measureSensitivities(base, options))
      return std::move(error);
  return result;
}

llvm::Error LossMeter::measureSensitivities(const driver::Compilation &base,
                                            const AllocateOptions &options) {
  evaluate::SensitivityOptions wanted;
  wanted.measureTrace = options.score == Score::Trace;
  wanted.measureFisher = options.score == Score::Fisher;
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
  double sum = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    double error = static_cast<double>(exact[i]) - rounded[i];
    sum += error * error *
           (score == Score::Fisher ? sensitivity.fisherDiagonal[i]
                                   : std::max(0.0, sensitivity.meanTrace()));
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
  if (score != Score::Divergence)
    return scored(sensitivities[layer.str()], exact, rounded.parameter(*other));
  if (llvm::Error error =
          evaluator.setParameter(*index, rounded.parameter(*other)))
    return std::move(error);
  auto distance = meter->measure({});
  if (llvm::Error error = evaluator.setParameter(*index, exact)) {
    llvm::consumeError(distance.takeError());
    return std::move(error);
  }
  if (!distance)
    return distance.takeError();
  return std::max(0.0, distance->divergence);
}

llvm::Expected<double>
LossMeter::ofActivations(llvm::ArrayRef<std::string> names,
                         func::FuncOp quantized) {
  llvm::StringMap<Type> types;
  for (Value value : quantized.getArguments())
    types[quantize::layerOf(value)] = quantize::elementTypeOf(value);
  for (Operation &op : quantized.front())
    for (Value value : op.getResults())
      types[quantize::layerOf(value)] = quantize::elementTypeOf(value);
  evaluate::Simulation simulation;
  for (const std::string &name : names)
    if (auto found = types.find(name); found != types.end())
      simulation.values[name] = {found->second};
  auto distance = meter->measure(simulation);
  if (!distance)
    return distance.takeError();
  return std::max(0.0, distance->divergence);
}

} // namespace qcc::allocate
