//===- ExactProducts.h - Products of integer matrices -----------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_EXACTPRODUCTS_H
#define QCC_COMPILER_EVALUATE_EXACTPRODUCTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace qcc::evaluate {

/// A matrix of integers as a sum of planes of small ones, in base 256, held as
/// floats: element = sum of 256^k * planes[k].
class DigitMatrix {
public:
  /// `codes` has `rows` rows of `columns` elements of magnitude up to
  /// 2^30.
  DigitMatrix(llvm::ArrayRef<int32_t> codes, int64_t columns);

  int64_t rows, columns;
  struct Plane {
    std::vector<float> digits;
    /// Largest magnitude of a digit.
    int64_t largest;
  };
  std::vector<Plane> planes;
};

/// Adds A^T B to `sums` [m, n], where A is columns [firstA, firstA + m) of `a`
/// and B columns [firstB, firstB + n) of `b`, which has as many rows.
///
/// The products of planes are taken in float over so few rows that every
/// partial sum is a whole number below 2^24: they are exact in any order, with
/// or without fused multiply-add.
llvm::Error addExactProducts(const DigitMatrix &a, int64_t firstA, int64_t m,
                             const DigitMatrix &b, int64_t firstB, int64_t n,
                             int64_t *sums);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_EXACTPRODUCTS_H
