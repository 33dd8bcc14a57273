// The debugging flow: where a quantized network loses its accuracy.
#ifndef QCC_COMPILER_TOOLS_QCC_EVAL_DEBUG_H
#define QCC_COMPILER_TOOLS_QCC_EVAL_DEBUG_H

#include "compiler/Driver/Compilation.h"
#include "compiler/Evaluate/Blame.h"

#include "llvm/Support/raw_ostream.h"

namespace qcc::eval {

/// One form of the float network beside the first that can be evaluated.
struct FloatForm {
  std::string name; ///< "as imported", "legalized", "equalized"
  /// Largest difference of a result, in parts of the largest result.
  std::optional<double> difference;
  std::string problem; ///< why it cannot be evaluated; "" if it can
};

struct Debugging {
  std::string model, dataset;
  int64_t samples = 0;
  std::vector<FloatForm> forms;
  evaluate::Blame blame;
  evaluate::BlameOrder order = evaluate::BlameOrder::Noise;
};

/// Compiles up to Quantize and measures on the first `samples` samples.
/// `labels` has one class for each, or is empty.
llvm::Expected<Debugging> debugNetwork(const driver::CompileOptions &options,
                                       llvm::ArrayRef<data::Dataset> datasets,
                                       int64_t samples,
                                       llvm::ArrayRef<int64_t> labels,
                                       evaluate::BlameOrder order);

void printText(const Debugging &debugging, llvm::raw_ostream &os);
std::string toJson(const Debugging &debugging);

} // namespace qcc::eval

#endif // QCC_COMPILER_TOOLS_QCC_EVAL_DEBUG_H
