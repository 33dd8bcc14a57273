// What fewer bits in one place lose.
#ifndef QCC_COMPILER_ALLOCATE_LOSSES_H
#define QCC_COMPILER_ALLOCATE_LOSSES_H

#include "compiler/Allocate/Allocate.h"
#include "compiler/Evaluate/Preprocess.h"
#include "compiler/Evaluate/Sensitivity.h"

namespace qcc::allocate {

/// Losses of a network, each with one layer rounded and all others in float.
class LossMeter {
public:
  /// For the float network of `base`, which has run to Quantize and outlives
  /// this.
  static llvm::Expected<std::unique_ptr<LossMeter>>
  create(const driver::Compilation &base, const AllocateOptions &options);

  /// With the filter of `layer` as `rounded` has it.
  llvm::Expected<double> ofWeights(llvm::StringRef layer,
                                   const evaluate::FloatEvaluator &rounded);
  /// With the values `names` rounded to their types in `quantized`.
  llvm::Expected<double> ofActivations(llvm::ArrayRef<std::string> names,
                                       mlir::func::FuncOp quantized);

  /// Divergence with all the given filters, by layer, and all values rounded to
  /// their types in `quantized`.
  llvm::Expected<double>
  together(const std::map<std::string, llvm::ArrayRef<float>> &filters,
           mlir::func::FuncOp quantized);

private:
  llvm::Expected<double>
  measureWith(const std::map<std::string, llvm::ArrayRef<float>> &filters,
              const evaluate::Simulation &simulation);
  llvm::Error measureSensitivities(const driver::Compilation &base,
                                   const AllocateOptions &options);
  bool isMeasured() const {
    return score == Score::Divergence || score == Score::Sqnr;
  }
  double scored(const quantize::LayerSensitivity &sensitivity,
                llvm::ArrayRef<float> exact,
                llvm::ArrayRef<float> rounded) const;

  Score score = Score::Divergence;
  evaluate::NetworkInputs inputs;
  std::unique_ptr<evaluate::PerturbationMeter> meter;
  quantize::Sensitivities sensitivities;
};

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_LOSSES_H
