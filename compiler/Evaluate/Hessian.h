//===- Hessian.h - The Hessian of the loss, by its products -----*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_HESSIAN_H
#define QCC_COMPILER_EVALUATE_HESSIAN_H

#include "compiler/Evaluate/Loss.h"

namespace qcc::evaluate {

/// The Hessian of a network's mean loss over samples with respect to the
/// weights of its layers, as products with vectors: the central difference of
/// two gradients. (Dong et al., HAWQ-V2, NeurIPS 2020, use a second
/// differentiation instead.) Kinks such as ReLU's contribute as far as the
/// difference steps over them.
class Hessian {
public:
  struct Layer {
    std::string name;
    size_t parameter;
    int64_t elements;
  };

  /// `inputs` as in FloatEvaluator::run(); they and `evaluator`, which must
  /// take gradients of parameters, must outlive this. Weights are moved and
  /// put back by every product.
  Hessian(FloatEvaluator &evaluator, int64_t samples,
          llvm::ArrayRef<llvm::ArrayRef<float>> inputs, LossFunction loss);

  /// All layers with weights, in order.
  llvm::ArrayRef<Layer> layers() const { return all; }

  /// H_kk v: the product of layer k's block with `direction`, which has its
  /// elements.
  llvm::Expected<std::vector<double>>
  blockProduct(size_t k, llvm::ArrayRef<float> direction);

  /// v_k^T H_kk v_k for the direction v_k of every layer; one without elements
  /// stands for zeros. All layers move together, so that each form has the
  /// terms between its layer and the others added, whose mean over random
  /// signs is zero.
  llvm::Expected<std::vector<double>>
  quadraticForms(llvm::ArrayRef<std::vector<float>> directions);

  /// A product moves a layer's weights by this, relative to the root mean
  /// squares of weights and direction.
  double relativeStep = 1e-2;

private:
  double stepOf(size_t k, llvm::ArrayRef<float> direction) const;
  llvm::Expected<std::vector<std::vector<float>>>
  gradientAt(llvm::ArrayRef<std::vector<float>> directions,
             llvm::ArrayRef<double> steps, double sign);
  llvm::Expected<std::vector<std::vector<double>>>
  difference(llvm::ArrayRef<std::vector<float>> directions,
             llvm::ArrayRef<double> steps);

  FloatEvaluator &evaluator;
  int64_t samples;
  std::vector<llvm::ArrayRef<float>> inputs;
  LossFunction loss;
  std::vector<Layer> all;
  std::vector<std::vector<float>> weights;
};

struct TraceOptions {
  /// Probes are drawn until the standard error of a layer's trace is at most
  /// `tolerance` of it, but no more than this.
  int64_t minProbes = 8, maxProbes = 16;
  double tolerance = 0.1;
  uint64_t seed = 0;
  /// Moves one layer at a time. All layers in one move make a probe cheaper,
  /// two gradients instead of two for each layer, but disturb each other: on a
  /// ResNet of ten layers such a probe has forty times the variance.
  bool separately = true;
};

struct TraceEstimate {
  double trace = 0, error = 0;
  int64_t probes = 0;
};

/// Hutchinson's estimate of the trace of every layer's block, with random
/// signs that are orthogonal from probe to probe: for few weights it is exact
/// once there are as many probes (the next power of two). The standard error
/// is that of independent probes.
llvm::Expected<std::vector<TraceEstimate>>
estimateTraces(Hessian &hessian, const TraceOptions &options = {});

struct EigenvalueOptions {
  int64_t maxIterations = 20;
  /// Ends when the estimate changes by less than this of itself.
  double tolerance = 1e-2;
  uint64_t seed = 0;
};

/// The eigenvalue of largest magnitude of every layer's block, by power
/// iteration.
llvm::Expected<std::vector<double>>
topEigenvalues(Hessian &hessian, const EigenvalueOptions &options = {});

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_HESSIAN_H
