//===- FloatEvaluator.h - Runs a qgraph function in float -------*- C++ -*-===//
//
// Prepares a function once (primitives, reordered weights, buffers), then runs
// it on many samples.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EVALUATE_FLOATEVALUATOR_H
#define QCC_COMPILER_EVALUATE_FLOATEVALUATOR_H

#include "compiler/Evaluate/OpRegistry.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <deque>
#include <string>
#include <vector>

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

/// Called with the samples done so far.
using ProgressCallback = llvm::function_ref<void(int64_t done)>;

/// A sample is one run of the function as it stands: its arguments' elements,
/// whatever their leading axis is. Several samples are evaluated at once by
/// multiplying the leading axis of every tensor, if every op allows it.
///
/// A function with quantized types is simulated: ops compute in float on the
/// real values, and every argument and result is rounded to its type. That is
/// within a rounding of what the integer code does, not bit for bit.
class FloatEvaluator {
public:
  /// Prepares `function`, whose body is a single block of qgraph ops on
  /// static shapes, for up to `batch` samples at once. Errors name the layer.
  static llvm::Expected<std::unique_ptr<FloatEvaluator>>
  create(mlir::func::FuncOp function, int64_t batch = 32);

  /// Samples evaluated at once: 1 if an op of the function mixes samples.
  int64_t batch() const { return batchSize; }
  size_t numInputs() const { return inputShapes.size(); }
  size_t numOutputs() const { return outputs.size(); }
  /// Shapes of one sample, the leading axis included.
  llvm::ArrayRef<int64_t> inputShape(size_t k) const { return inputShapes[k]; }
  llvm::ArrayRef<int64_t> outputShape(size_t k) const {
    return outputShapes[k];
  }

  /// Runs `samples` samples. `inputs[k]` holds that many times the elements of
  /// argument k; returns the results likewise.
  llvm::Expected<std::vector<std::vector<float>>>
  run(int64_t samples, llvm::ArrayRef<llvm::ArrayRef<float>> inputs,
      ValueObserver observer = nullptr, ProgressCallback progress = nullptr);

private:
  /// Where a value lives while a batch runs.
  struct Slot {
    const float *constant = nullptr;
    size_t buffer = 0;
  };
  struct Step {
    std::string layer;
    std::unique_ptr<OpEvaluator> evaluator;
    llvm::SmallVector<Slot> operands;
    size_t buffer;
    Sizes shape;
    mlir::Type elementType;
  };
  struct Input {
    std::string layer;
    size_t buffer;
    mlir::Type elementType;
  };
  friend class EvaluatorBuilder;

  const float *data(const Slot &slot) const {
    return slot.constant ? slot.constant : buffers[slot.buffer].data();
  }
  llvm::Error runBatch(int64_t first, int64_t count,
                       llvm::ArrayRef<llvm::ArrayRef<float>> inputs,
                       std::vector<std::vector<float>> &results,
                       ValueObserver observer);

  int64_t batchSize = 1;
  std::vector<Sizes> inputShapes, outputShapes;
  std::vector<Input> arguments;
  std::vector<Step> steps;
  std::vector<Slot> outputs;
  std::vector<std::vector<float>> buffers;
  /// Constants, and their copies for a whole batch; addresses stay.
  std::deque<std::vector<float>> constants;
};

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_FLOATEVALUATOR_H
