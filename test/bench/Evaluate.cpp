// How many samples a second the float evaluator runs, forwards and with the
// gradients of all weights: the best of several rounds, since other programs
// share the machine.
//
//   qcc-bench-evaluate test/models/fmnist_resnet8.mlir [batch]
#include "compiler/Driver/Compilation.h"
#include "compiler/Evaluate/Loss.h"

#include "llvm/Support/FormatVariadic.h"

#include <chrono>
#include <cstdlib>

using namespace qcc;
using evaluate::FloatEvaluator;

namespace {

template <typename T> T orExit(llvm::Expected<T> value) {
  if (value)
    return std::move(*value);
  llvm::errs() << llvm::toString(value.takeError()) << "\n";
  std::exit(1);
}

/// Prints samples per second of the fastest of ten calls.
void report(llvm::StringRef what, int64_t samples,
            llvm::function_ref<void()> run) {
  using Clock = std::chrono::steady_clock;
  double best = 0;
  for (int round = 0; round < 10; ++round) {
    Clock::time_point start = Clock::now();
    run();
    double seconds =
        std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, static_cast<double>(samples) / seconds);
  }
  llvm::outs() << llvm::formatv("{0,-9} {1,8:f0} samples/s\n", what, best);
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
