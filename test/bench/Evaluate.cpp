// How many samples a second the float evaluator runs, forwards, with values
// rounded to 8 bits, and with the gradients of all weights: the best of several
// rounds, since other programs share the machine.
//
//   qcc-bench-evaluate test/models/fmnist_resnet8.mlir [batch]
#include "compiler/Driver/Compilation.h"
#include "compiler/Evaluate/Loss.h"
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

  auto type = mlir::quant::UniformQuantizedType::get(
      mlir::quant::QuantizationFlags::Signed,
      mlir::IntegerType::get(function.getContext(), 8),
      mlir::Float32Type::get(function.getContext()), 0.1, -100, -128, 127);
  evaluate::Simulation simulation;
  for (mlir::Operation &op : function.front())
    if (auto layer = op.getAttrOfType<mlir::StringAttr>("qgraph.layer"))
      if (!mlir::isa<qgraph::ConstantOp>(op))
        simulation.values[layer.getValue()].type = type;
  if (llvm::Error error = forwards->simulate(simulation))
    orExit(llvm::Expected<int>(std::move(error)));
  report("simulate", samples, [&] { orExit(forwards->run(samples, views)); });

  options.gradients.parameters = true;
  auto backwards = orExit(FloatEvaluator::create(function, options));
  evaluate::LossFunction loss = evaluate::divergence(
      results, forwards->outputShape(0), evaluate::outputKind(function));
  report("gradient", samples,
         [&] { orExit(backwards->gradients(samples, views, loss)); });
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 2) {
    llvm::errs() << "usage: qcc-bench-evaluate <network> [batch]\n";
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
  return 0;
}
