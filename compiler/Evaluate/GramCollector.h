//===- GramCollector.h - Products of layers' inputs on data -----*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_GRAMCOLLECTOR_H
#define QCC_COMPILER_EVALUATE_GRAMCOLLECTOR_H

#include "compiler/Evaluate/FloatEvaluator.h"
#include "passes/Quantize/Gram.h"

#include <functional>

namespace qcc::evaluate {

struct GramOptions {
  /// The types of values and weights, as far as the function's own do not say.
  Simulation simulation;
  /// The layers wanted; empty: every convolution, transposed ones too.
  std::vector<std::string> layers;
  /// Also sums products with the inputs that the network has without any
  /// rounding, as methods with an asymmetric target want (GPTQv2, QEP).
  bool collectTargets = false;
  /// The network that targets are taken from, if it is not the function itself:
  /// layers have the same names.
  mlir::func::FuncOp exact;
  /// Targets are whole numbers of an input step divided by this.
  static constexpr int64_t targetSteps = 256;
};

/// Collects over several runs; memory does not grow with their number. The
/// sums depend on the samples, not on their order or grouping, nor on threads;
/// inputs themselves may differ in rare roundings between machines whose
/// oneDNN sums in another order.
class GramCollector {
public:
  /// Prepares for layers of `function` with inputs of a quantized type: from
  /// `options.simulation` or the function, of the value itself or of one that
  /// only moves, selects or clamps at zero its elements. With targets,
  /// `function` must be a float one. Errors: a layer that does not exist, is no
  /// convolution, or reads a value without a quantized type per tensor.
  static llvm::Expected<std::unique_ptr<GramCollector>>
  create(mlir::func::FuncOp function, const GramOptions &options);

  /// Adds `samples` samples; `inputs` as in FloatEvaluator::run().
  llvm::Error add(int64_t samples,
                  llvm::ArrayRef<llvm::ArrayRef<float>> inputs);

  const quantize::Grams &grams() const { return result; }

private:
  struct Layer;

  llvm::Error addLayer(mlir::Operation *op, const GramOptions &options);
  llvm::Error addBatch(int64_t samples,
                       llvm::ArrayRef<llvm::ArrayRef<float>> inputs);
  llvm::Error accumulate(const Layer &layer, llvm::ArrayRef<float> values,
                         llvm::ArrayRef<float> targets, int64_t samples);

  std::unique_ptr<FloatEvaluator> quantized, exact;
  std::vector<Layer> layers;
  quantize::Grams result;

public:
  GramCollector();
  ~GramCollector();
};

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_GRAMCOLLECTOR_H
