//===- Program.h - A function prepared for one thread -----------*- C++ -*-===//
//
// What FloatEvaluator makes of a function, once for each of its threads: steps
// with primitives, constants and buffers.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EVALUATE_PROGRAM_H
#define QCC_COMPILER_EVALUATE_PROGRAM_H

#include "compiler/Evaluate/OpRegistry.h"
#include "compiler/Evaluate/Rounding.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <deque>
#include <string>
#include <vector>

namespace qcc::evaluate {

struct Observation;
struct GradientObservation;
struct LossBatch;

/// A constant operand of an op. A qgraph.constant that several ops read is a
/// parameter of each.
struct Parameter {
  /// The op's `qgraph.layer`, or the op's name.
  std::string layer;
  unsigned operand;
  Sizes shape;
  /// The filter of a convolution or the constant factor of a matmul.
  bool isWeight = false;
};

/// Which gradients a program can take; values keep their buffers if any.
struct GradientKinds {
  bool parameters = false, inputs = false;
  /// Also the sums of squares of the parameters' gradients, batch by batch: of
  /// the samples' gradients in batches of one.
  bool squares = false;

  explicit operator bool() const { return parameters || inputs; }
};

class Program {
public:
  /// Prepares `function` for `batch` samples at once, fewer if an op mixes
  /// samples. Errors name the layer.
  static llvm::Expected<std::unique_ptr<Program>>
  create(mlir::func::FuncOp function, int64_t batch, GradientKinds kinds);

  /// Where a value lives while a batch runs.
  struct Slot {
    const float *constant = nullptr;
    size_t buffer = 0;
  };
  struct Step {
    std::string layer;
    std::unique_ptr<OpEvaluator> evaluator;
    llvm::SmallVector<Slot> operands;
    /// For every operand the constant that gets its gradient, or -1.
    llvm::SmallVector<int> parameters;
    size_t buffer;
    Sizes shape;
    /// The result is rounded to `rounding`, which is `ownRounding`, that of
    /// its type, unless a simulation says otherwise.
    Rounding rounding, ownRounding;
    /// Which elements did not saturate; empty if gradients are not taken.
    std::vector<uint8_t> inside;
    /// Whether the result depends on something a gradient is taken of.
    bool isDifferentiated = false;
  };
  struct Input {
    std::string layer;
    size_t buffer;
    Rounding rounding, ownRounding;
    std::vector<uint8_t> inside;
  };
  struct Constant {
    size_t step;
    unsigned operand;
    /// The elements, `copies` times.
    std::vector<float> data;
    int64_t copies;
    /// Gradient of this batch (like data), and the sum over batches.
    std::vector<float> gradient;
    std::vector<double> sum, squares;
  };

  /// Runs samples [first, first + count) of `inputs`; results go to the same
  /// place of `results`.
  llvm::Error
  forward(int64_t first, int64_t count,
          llvm::ArrayRef<llvm::ArrayRef<float>> inputs,
          std::vector<std::vector<float>> *results,
          llvm::function_ref<llvm::Error(const Observation &)> observer);

  /// After forward() on the same samples: adds the parameters' gradients to
  /// their sums, writes those of the inputs, and returns the loss.
  llvm::Expected<double> backward(
      int64_t first, int64_t count,
      llvm::function_ref<llvm::Expected<double>(const LossBatch &)> loss,
      llvm::function_ref<llvm::Error(const GradientObservation &)> observer,
      std::vector<std::vector<float>> *inputGradients);

  /// Replaces the elements of a parameter.
  llvm::Error setParameter(size_t index, llvm::ArrayRef<float> values);

  int64_t batch = 1;
  GradientKinds kinds;
  std::vector<Sizes> inputShapes, outputShapes;
  std::vector<Parameter> parameters;
  std::vector<Input> arguments;
  std::vector<Step> steps;
  std::vector<Slot> outputs;
  std::vector<std::vector<float>> buffers;
  /// Gradient of every buffer; empty where none is wanted.
  std::vector<std::vector<float>> gradients;
  /// Addresses stay. The first ones are those of `parameters`.
  std::deque<Constant> constants;
  /// Constants that the function returns.
  std::deque<std::vector<float>> returned;

private:
  const float *data(const Slot &slot) const {
    return slot.constant ? slot.constant : buffers[slot.buffer].data();
  }
  llvm::Error stepBackward(Step &step);
  void addToSums();
};

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_PROGRAM_H
