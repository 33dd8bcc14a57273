//===- Sensitivity.h - Which layers need precision --------------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_SENSITIVITY_H
#define QCC_COMPILER_EVALUATE_SENSITIVITY_H

#include "compiler/Evaluate/Hessian.h"
#include "passes/Quantize/Sensitivity.h"

namespace qcc::evaluate {

struct SensitivityOptions {
  /// A class for every row of every sample's result; empty: the network's own
  /// results are the target.
  std::vector<int64_t> labels;
  bool measureTrace = true;
  TraceOptions trace;
  bool measureEigenvalues = false;
  EigenvalueOptions eigenvalues;
  bool measureFisher = false;
  /// Without labels and with at most so many classes (and one row to a sample)
  /// the Fisher matrix is the mean over all classes by their probabilities,
  /// which is the Gauss-Newton matrix; else labels are drawn.
  int64_t maxClasses = 32;
  /// Called with what is measured and how much of it is done.
  std::function<void(llvm::StringRef what, int64_t done, int64_t total)>
      progress;
};

/// Sensitivities of all layers with weights, on `samples` samples (`inputs` as
/// in FloatEvaluator::run()). With labels the loss is cross-entropy; without,
/// the divergence from the results of the function itself, where the gradient
/// is zero and the Hessian is the Gauss-Newton matrix, whose trace and diagonal
/// the Fisher matrix then gives exactly and cheaply; drawn labels come from the
/// network's probabilities and the trace's seed.
/// Errors: no samples; labels that do not fit; an op without a gradient.
llvm::Expected<quantize::Sensitivities>
measureSensitivities(mlir::func::FuncOp function, int64_t samples,
                     llvm::ArrayRef<llvm::ArrayRef<float>> inputs,
                     const SensitivityOptions &options);

/// How far results are from those of the float network.
struct OutputDistance {
  /// Mean divergence of a row, in nats.
  double divergence = 0;
  /// Signal-to-noise ratio in dB; 0 noise gives infinity.
  double sqnr = 0;
  /// Rows whose largest element is another one, as a fraction.
  double changedLabels = 0;
};

/// Compares the first result under simulations with that of the float network,
/// which is computed once. One layer rounded at a time shows each layer's part.
class PerturbationMeter {
public:
  static llvm::Expected<std::unique_ptr<PerturbationMeter>>
  create(mlir::func::FuncOp function, int64_t samples,
         llvm::ArrayRef<llvm::ArrayRef<float>> inputs);

  llvm::Expected<OutputDistance> measure(const Simulation &simulation);

  /// The evaluator, whose parameters may be changed between measurements.
  FloatEvaluator &evaluator() { return *runner; }
  llvm::ArrayRef<float> reference() const { return exact; }
  /// The first result of the last measurement.
  llvm::ArrayRef<float> results() const { return last; }

private:
  std::unique_ptr<FloatEvaluator> runner;
  int64_t samples = 0;
  std::vector<llvm::ArrayRef<float>> inputs;
  OutputKind kind = OutputKind::Logits;
  std::vector<float> exact, last;
};

/// The distance of `results` from `exact`, rows of `classes` elements.
OutputDistance compareResults(llvm::ArrayRef<float> exact,
                              llvm::ArrayRef<float> results, int64_t classes,
                              OutputKind kind);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_SENSITIVITY_H
