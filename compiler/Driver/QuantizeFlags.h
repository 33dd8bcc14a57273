// The command-line options with which tools say how a network is quantized.
#ifndef QCC_COMPILER_DRIVER_QUANTIZEFLAGS_H
#define QCC_COMPILER_DRIVER_QUANTIZEFLAGS_H

#include "compiler/Driver/Compilation.h"

#include "llvm/Support/CommandLine.h"

namespace qcc::driver {

/// Declares `-observer`, `-rounding`, `-bias-correction`, `-plan`,
/// `-weight-bits`, `-activation-bits`, `-weight-granularity`, `-equalize`,
/// `-reparameterize`, `-residual-bits`, `-softmax-correction`, `-functions`
/// and `-distill`; one static object per program.
class QuantizeFlags {
public:
  explicit QuantizeFlags(llvm::cl::OptionCategory &category);

  /// Writes what the user asked for into `options`, reading the plan. Errors
  /// name the option, what was found and what was expected.
  llvm::Error apply(CompileOptions &options) const;

  /// How ranges are chosen, as the user put it.
  const std::string &ranges() const { return observer.getValue(); }
  const llvm::cl::opt<int64_t> &distilled() const { return distill; }
  const std::string &planPath() const { return plan.getValue(); }

private:
  llvm::cl::opt<std::string> observer;
  llvm::cl::opt<std::string> plan;
  llvm::cl::opt<std::string> rounding, biasCorrection;
  llvm::cl::opt<unsigned> weightBits, activationBits;
  llvm::cl::opt<std::string> granularity, equalization, reparameterize,
      residualBits, softmaxCorrection, functions;
  llvm::cl::opt<int64_t> distill;
};

} // namespace qcc::driver

#endif // QCC_COMPILER_DRIVER_QUANTIZEFLAGS_H
