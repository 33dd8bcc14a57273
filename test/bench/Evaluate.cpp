// How many samples a second the float evaluator runs, forwards, with values
// rounded to 8 bits, and with the gradients of all weights: the best of several
// rounds, since other programs share the machine.
//
//   qcc-bench-evaluate test/models/fmnist_resnet8.mlir [batch]
//
// With a file of samples also the sensitivity of every layer and the sums of
// products of its inputs, and how long these take on the first 256 samples:
//
//   qcc-bench-evaluate test/models/fmnist_resnet8.mlir 16 images.gz 0 255
//
// where bytes b stand for (b - mean) / std.
#include "compiler/Driver/Compilation.h"
#include "compiler/Evaluate/GramCollector.h"
#include "compiler/Evaluate/Preprocess.h"
#include "compiler/Evaluate/Sensitivity.h"
#include "dialects/QGraph/QGraph.h"

#include "llvm/Support/FormatVariadic.h"

#include <chrono>
#include <cstdlib>
#include <ctime>

using namespace qcc;
using evaluate::FloatEvaluator;

namespace {

template <typename T> T orExit(llvm::Expected<T> value) {
  if (value)
    return std::move(*value);
  llvm::errs() << llvm::toString(value.takeError()) << "\n";
  std::exit(1);
}

/// Prints samples per second of the fastest of ten calls, and the least time
/// that processors worked for a sample, which other programs disturb less.
void report(llvm::StringRef what, int64_t samples,
            llvm::function_ref<void()> run) {
  using Clock = std::chrono::steady_clock;
  double best = 0, work = 1e30;
  for (int round = 0; round < 10; ++round) {
    Clock::time_point start = Clock::now();
    std::clock_t worked = std::clock();
    run();
    std::chrono::duration<double> passed = Clock::now() - start;
    best = std::max(best, static_cast<double>(samples) / passed.count());
    work = std::min(work, static_cast<double>(std::clock() - worked) /
                              CLOCKS_PER_SEC / samples);
  }
  llvm::outs() << llvm::formatv("{0,-9} {1,8:f0} samples/s  {2,6:f0} us of "
                                "processor each\n",
                                what, best, work * 1e6);
  llvm::outs().flush();
}

/// Arguments and results in 8 bits that reach from -10 to 10.
evaluate::Simulation eightBits(mlir::func::FuncOp function) {
  auto type = mlir::quant::UniformQuantizedType::get(
      mlir::quant::QuantizationFlags::Signed,
      mlir::IntegerType::get(function.getContext(), 8),
      mlir::Float32Type::get(function.getContext()), 20.0 / 255, 0, -128, 127);
  evaluate::Simulation simulation;
  simulation.values["input0"].type = type;
  for (mlir::Operation &op : function.front())
    if (auto layer = op.getAttrOfType<mlir::StringAttr>("qgraph.layer"))
      if (!mlir::isa<qgraph::ConstantOp>(op))
        simulation.values[layer.getValue()].type = type;
  return simulation;
}

void measure(mlir::func::FuncOp function, int64_t batch) {
  evaluate::EvaluatorOptions options;
  options.batch = batch;
  auto forwards = orExit(FloatEvaluator::create(function, options));
  int64_t samples = 32 * batch;
  std::vector<std::vector<float>> inputs;
  for (size_t k = 0; k < forwards->numInputs(); ++k)
    inputs.emplace_back(
        samples * evaluate::numElements(forwards->inputShape(k)), 0.25f);
  std::vector<llvm::ArrayRef<float>> views(inputs.begin(), inputs.end());
  std::vector<float> results;
  report("forward", samples,
         [&] { results = orExit(forwards->run(samples, views)).front(); });

  if (llvm::Error error = forwards->simulate(eightBits(function)))
    orExit(llvm::Expected<int>(std::move(error)));
  report("simulate", samples, [&] { orExit(forwards->run(samples, views)); });

  options.gradients.parameters = true;
  auto backwards = orExit(FloatEvaluator::create(function, options));
  evaluate::LossFunction loss = evaluate::divergence(
      results, forwards->outputShape(0), evaluate::outputKind(function));
  report("gradient", samples,
         [&] { orExit(backwards->gradients(samples, views, loss)); });
}

/// Prints how long `run` takes.
void timed(llvm::StringRef what, llvm::function_ref<void()> run) {
  auto start = std::chrono::steady_clock::now();
  run();
  std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - start;
  llvm::outs() << llvm::formatv("{0}: {1:f2} s\n", what, passed.count());
  llvm::outs().flush();
}

void measureLayers(mlir::func::FuncOp function, const data::Dataset &dataset,
                   const InputFormat &format) {
  int64_t samples = std::min<int64_t>(256, dataset.size());
  std::vector<float> input =
      evaluate::networkInput(dataset, 0, samples, format);
  llvm::ArrayRef<float> view(input);
  quantize::Sensitivities sensitivities, fisher;
  auto measure = [&](evaluate::SensitivityOptions options) {
    return orExit(
        evaluate::measureSensitivities(function, samples, {view}, options));
  };
  evaluate::SensitivityOptions options;
  options.measureTrace = false;
  options.measureFisher = true;
  timed("Fisher matrix", [&] { fisher = measure(options); });
  options.measureTrace = true;
  options.measureFisher = false;
  timed("traces", [&] { sensitivities = measure(options); });
  for (const auto &[layer, entry] : sensitivities)
    llvm::outs() << llvm::formatv(
        "{0,-20} {1,7} weights, trace {2,9:f4} +- {3:f4} of {4} probes, "
        "Fisher {5:f4}\n",
        layer, entry.elements, entry.trace, entry.traceError, entry.probes,
        fisher[layer].fisher);
  evaluate::GramOptions grams;
  grams.simulation = eightBits(function);
  for (bool targets : {false, true}) {
    grams.collectTargets = targets;
    timed(targets ? "products, also with targets" : "products", [&] {
      auto collector = orExit(evaluate::GramCollector::create(function, grams));
      if (llvm::Error error = collector->add(samples, {view}))
        orExit(llvm::Expected<int>(std::move(error)));
    });
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 2) {
    llvm::errs() << "usage: qcc-bench-evaluate <network> [batch [samples [mean "
                    "[std]]]]\n";
    return 1;
  }
  driver::CompileOptions options;
  options.input = argv[1];
  driver::Compilation compilation(options);
  if (llvm::Error error = compilation.runTo(Phase::Legalize)) {
    llvm::errs() << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  measure(compilation.function(), argc > 2 ? std::atoll(argv[2]) : 16);
  if (argc < 4)
    return 0;
  InputFormat format;
  format.mean = argc > 4 ? std::atof(argv[4]) : 0;
  format.std = argc > 5 ? std::atof(argv[5]) : 1;
  measureLayers(compilation.function(), orExit(data::loadDataset(argv[3])),
                format);
  return 0;
}
