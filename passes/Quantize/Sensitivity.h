//===- Sensitivity.h - How much a layer's precision matters -----*- C++ -*-===//
//
// Measured by compiler/Evaluate, used by allocation: both only share this.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_PASSES_QUANTIZE_SENSITIVITY_H
#define QCC_PASSES_QUANTIZE_SENSITIVITY_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace qcc::quantize {

/// Of one layer's weights w, for the mean loss of a sample (in nats for
/// cross-entropy and divergence). A small change d of the weights raises the
/// loss by about d^T H d / 2, where H is the layer's block of the Hessian.
struct LayerSensitivity {
  int64_t elements = 0;
  /// Trace of H (Hutchinson's estimate) and the standard error of the estimate.
  double trace = 0, traceError = 0;
  int64_t probes = 0;
  /// Largest eigenvalue of H by magnitude; 0 unless measured.
  double topEigenvalue = 0;
  /// Trace of the empirical Fisher matrix: mean squared norm of a sample's
  /// gradient; 0 unless measured.
  double fisher = 0;
  /// Its diagonal, by weight; empty unless measured.
  std::vector<float> fisherDiagonal;

  /// HAWQ-V2's score: the mean eigenvalue. Times the squared norm of the
  /// weights' rounding errors and halved, the expected rise of the loss for
  /// errors in random directions.
  double meanTrace() const {
    return elements ? trace / static_cast<double>(elements) : 0;
  }
};

/// By layer name.
using Sensitivities = std::map<std::string, LayerSensitivity>;

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_SENSITIVITY_H
