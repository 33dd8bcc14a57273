// Linear programs in whole numbers, solved by Cbc.
#ifndef QCC_PASSES_QUANTIZE_INTEGERPROGRAM_H
#define QCC_PASSES_QUANTIZE_INTEGERPROGRAM_H

#include "llvm/Support/Error.h"

#include <optional>
#include <utility>
#include <vector>

namespace qcc::quantize {

/// Minimises sum objective[j] * x[j], x[j] >= 0, within rows.
struct IntegerProgram {
  struct Row {
    std::vector<std::pair<int, double>> terms; ///< variable and factor
    double low, high;                          ///< of their sum
  };
  std::vector<double> objective;
  /// By variable: 0 or 1, else any number that is not negative.
  std::vector<bool> isBinary;
  std::vector<Row> rows;
};

/// The values of the variables, or none if no values meet all rows. Rows hold
/// to about 1e-7, so that they should be of the size of 1. An error if Cbc
/// fails.
llvm::Expected<std::optional<std::vector<double>>>
solve(const IntegerProgram &program);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_INTEGERPROGRAM_H
