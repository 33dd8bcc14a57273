// The steps of rounding one channel. Matrices are row-major and symmetric but
// for factors.
#ifndef QCC_PASSES_QUANTIZE_ROUNDINGMATH_H
#define QCC_PASSES_QUANTIZE_ROUNDINGMATH_H

#include "passes/Quantize/Weights.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace qcc::quantize {

struct ChannelRounding {
  std::vector<int8_t> codes;
  double scale = 0;
};

/// The least scale with which no weight saturates.
double coveringScale(llvm::ArrayRef<double> weights, WeightCodes codes);

/// Ties go away from zero; scale 0 gives codes 0.
std::vector<int8_t> nearestCodes(llvm::ArrayRef<double> weights, double scale,
                                 WeightCodes codes);

/// The square `matrix` times `vector`.
std::vector<double> multiply(llvm::ArrayRef<double> matrix,
                             llvm::ArrayRef<double> vector);

/// The scale that is best for `codes`, or `scale` if there is none above 0.
double refitScale(llvm::ArrayRef<double> gram, llvm::ArrayRef<double> target,
                  llvm::ArrayRef<int8_t> codes, double scale);

/// The upper triangular U with U'U = matrix^-1; empty if the matrix is not
/// positive definite to working precision.
std::vector<double> inverseFactor(std::vector<double> matrix, int64_t size);

/// matrix^-1 times `vector`, by U.
std::vector<double> solve(llvm::ArrayRef<double> factor,
                          llvm::ArrayRef<double> vector);

/// GPTQ's rounding in the order of the matrix: every error is spread over the
/// weights that follow as U says.
std::vector<int8_t> propagateErrors(llvm::ArrayRef<double> weights,
                                    llvm::ArrayRef<double> factor, double scale,
                                    WeightCodes codes);

/// Coordinate descent on s^2 q'Gq - 2 s q'c.
class CoordinateDescent {
public:
  /// All must outlive the descent.
  CoordinateDescent(llvm::ArrayRef<double> gram, llvm::ArrayRef<double> target,
                    llvm::ArrayRef<double> diagonal, WeightCodes codes,
                    int sweeps)
      : gram(gram), target(target), diagonal(diagonal), codes(codes),
        sweeps(sweeps) {}

  /// Improves codes and scale until no single change helps; returns the loss,
  /// which no step raises.
  double run(ChannelRounding &channel) const;

private:
  /// One visit of every coordinate, those that count most first; true if a
  /// code changed. `products` is G q.
  bool sweep(ChannelRounding &channel, llvm::ArrayRef<int64_t> order,
             std::vector<double> &products) const;

  llvm::ArrayRef<double> gram, target, diagonal;
  WeightCodes codes;
  int sweeps;
};

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_ROUNDINGMATH_H
