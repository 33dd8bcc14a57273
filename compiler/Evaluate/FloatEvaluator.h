//===- FloatEvaluator.h - Runs a qgraph function in float -------*- C++ -*-===//
//
// Prepares a function once (primitives, reordered weights, buffers), then runs
// it on many samples, forwards and, if asked for, backwards.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EVALUATE_FLOATEVALUATOR_H
#define QCC_COMPILER_EVALUATE_FLOATEVALUATOR_H

#include "compiler/Evaluate/Program.h"

#include "llvm/ADT/StringMap.h"

namespace qcc::evaluate {

/// A value seen during a run: `shape` is the value's with its leading axis
/// multiplied by the number of samples in this part of the run.
struct Observation {
  /// The op's `qgraph.layer`, or "input<k>" for argument k.
  llvm::StringRef layer;
  llvm::ArrayRef<float> values;
  llvm::ArrayRef<int64_t> shape;
  int64_t samples;
};

/// Called for every argument and every named op result; an error ends the run.
using ValueObserver = llvm::function_ref<llvm::Error(const Observation &)>;

/// A value and the gradient of the loss with respect to it, complete but for
/// what the observer adds to it: terms of the loss that depend on this value
/// itself.
struct GradientObservation {
  llvm::StringRef layer;
  llvm::ArrayRef<float> values;
  llvm::MutableArrayRef<float> gradient;
  llvm::ArrayRef<int64_t> shape;
  int64_t first, samples;
};

/// Called backwards, for every named op result and every argument that the
/// gradient passes.
using GradientObserver =
    llvm::function_ref<llvm::Error(const GradientObservation &)>;

/// The results of samples [first, first + samples) of a run, and where the
/// gradient of the loss goes, which is zero before.
struct LossBatch {
  int64_t first, samples;
  llvm::ArrayRef<llvm::ArrayRef<float>> outputs;
  llvm::ArrayRef<llvm::MutableArrayRef<float>> gradients;
};

/// Returns the sum of the samples' losses. Called by several threads at once
/// for different samples. See Loss.h.
using Loss = llvm::function_ref<llvm::Expected<double>(const LossBatch &)>;

/// Called with the samples done so far.
using ProgressCallback = llvm::function_ref<void(int64_t done)>;

struct EvaluatorOptions {
  /// Samples that a thread evaluates at once, by multiplying the leading axis
  /// of every tensor, if every op allows it.
  int64_t batch = 16;
  /// Threads, each on other samples; 0: one for every core, where oneDNN uses
  /// its own if a run has one batch or an observer.
  unsigned threads = 0;
  GradientKinds gradients;
};

/// Sums over all samples of a run.
struct LossAndGradients {
  double loss = 0;
  /// For every parameter, if asked for.
  std::vector<std::vector<float>> parameters;
  /// Sums of squares over batches, likewise.
  std::vector<std::vector<double>> squares;
  /// For every argument, of all samples one after the other, if asked for.
  std::vector<std::vector<float>> inputs;
};

/// The types that a run rounds to instead of those of the function.
struct Simulation {
  /// Of arguments and results by name ("input0", "conv1", ...).
  llvm::StringMap<Rounding> values;
  /// Of weights by layer: the filter of a convolution, the constant factor of
  /// a matmul.
  llvm::StringMap<Rounding> weights;
};

/// A sample is one run of the function as it stands: its arguments' elements,
/// whatever their leading axis is.
///
/// A function with quantized types is simulated: ops compute in float on the
/// real values, and every argument and result is rounded to its type. That is
/// within a rounding of what the integer code does, not bit for bit.
class FloatEvaluator {
public:
  /// Prepares `function`, whose body is a single block of qgraph ops on
  /// static shapes. Errors name the layer.
  static llvm::Expected<std::unique_ptr<FloatEvaluator>>
  create(mlir::func::FuncOp function, const EvaluatorOptions &options);
  static llvm::Expected<std::unique_ptr<FloatEvaluator>>
  create(mlir::func::FuncOp function, int64_t batch = 16);

  /// Samples evaluated at once: 1 if an op of the function mixes samples.
  int64_t batch() const { return main().batch; }
  size_t numInputs() const { return main().inputShapes.size(); }
  size_t numOutputs() const { return main().outputs.size(); }
  /// Shapes of one sample, the leading axis included.
  llvm::ArrayRef<int64_t> inputShape(size_t k) const {
    return main().inputShapes[k];
  }
  llvm::ArrayRef<int64_t> outputShape(size_t k) const {
    return main().outputShapes[k];
  }

  /// Runs `samples` samples. `inputs[k]` holds that many times the elements of
  /// argument k; returns the results likewise. With an observer, one thread
  /// does everything, sample by sample in order.
  llvm::Expected<std::vector<std::vector<float>>>
  run(int64_t samples, llvm::ArrayRef<llvm::ArrayRef<float>> inputs,
      ValueObserver observer = nullptr, ProgressCallback progress = nullptr);

  /// Runs forwards and backwards. The rounding of a quantized type counts as
  /// identity where the value did not saturate (straight-through). Errors: an
  /// op without a gradient, by layer; gradients that create() was not asked
  /// for. Sums are in double over batches, so that another number of threads
  /// changes last bits only.
  llvm::Expected<LossAndGradients>
  gradients(int64_t samples, llvm::ArrayRef<llvm::ArrayRef<float>> inputs,
            Loss loss, GradientObserver observer = nullptr);

  /// The constants that ops read, in order of ops and operands.
  llvm::ArrayRef<Parameter> parameters() const { return main().parameters; }
  /// The parameter that holds a layer's weights, or none: see Simulation.
  std::optional<size_t> weightsOf(llvm::StringRef layer) const;
  llvm::ArrayRef<float> parameter(size_t index) const;
  /// Replaces the elements of a parameter; an error for another number.
  llvm::Error setParameter(size_t index, llvm::ArrayRef<float> values);

  /// From now on rounds to the given types; an empty simulation restores the
  /// function's own. Weights are rounded from what parameter() was before any
  /// simulation, or setParameter() since. Errors, upon which nothing has
  /// changed: a name or axis that does not exist.
  llvm::Error simulate(const Simulation &simulation);

private:
  const Program &main() const { return *programs.front(); }
  llvm::Error checkInputs(int64_t samples,
                          llvm::ArrayRef<llvm::ArrayRef<float>> inputs) const;
  /// Calls `body(thread, first, count)` for all batches; thread k takes every
  /// k-th.
  llvm::Error
  forEachBatch(int64_t samples, unsigned threads,
               llvm::function_ref<llvm::Error(unsigned, int64_t, int64_t)> body,
               ProgressCallback progress);
  llvm::Error checkSimulation(const Simulation &simulation) const;

  bool isSingleThreaded = false;
  /// One for every thread.
  std::vector<std::unique_ptr<Program>> programs;
  /// Elements of parameters that a simulation rounds, before it.
  std::map<size_t, std::vector<float>> unrounded;
};

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_FLOATEVALUATOR_H
