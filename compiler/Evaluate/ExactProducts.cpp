//===- ExactProducts.cpp - Products of integer matrices -------------------===//

#include "compiler/Evaluate/ExactProducts.h"

#include "compiler/Evaluate/OneDnn.h"

#include <algorithm>
#include <cstdlib>

namespace qcc::evaluate {

/// Digits up to this need no further plane: codes of 8 bits less a zero point.
static constexpr int64_t kLargestDigit = 512;
/// Whole numbers up to this are floats, and so are all between.
static constexpr int64_t kExact = int64_t(1) << 24;

template <typename Int> static int64_t largestOf(llvm::ArrayRef<Int> values) {
  Int least = 0, most = 0;
  for (Int value : values) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  return std::max<int64_t>(most, -static_cast<int64_t>(least));
}

DigitMatrix::DigitMatrix(llvm::ArrayRef<int32_t> codes, int64_t columns)
    : rows(columns ? codes.size() / columns : 0), columns(columns) {
  std::vector<int32_t> rest = codes.vec();
  while (true) {
    Plane plane;
    plane.largest = largestOf<int32_t>(rest);
    plane.digits.resize(rest.size());
    if (plane.largest <= kLargestDigit) {
      std::copy(rest.begin(), rest.end(), plane.digits.begin());
      planes.push_back(std::move(plane));
      return;
    }
    plane.largest = 128;
    for (size_t i = 0; i < rest.size(); ++i) {
      // The digit in [-128, 127] that leaves a multiple of 256.
      int32_t digit = ((rest[i] + 128) & 255) - 128;
      plane.digits[i] = static_cast<float>(digit);
      rest[i] = (rest[i] - digit) / 256;
    }
    planes.push_back(std::move(plane));
  }
}

llvm::Error addExactProducts(const DigitMatrix &a, int64_t firstA, int64_t m,
                             const DigitMatrix &b, int64_t firstB, int64_t n,
                             int64_t *sums) {
  std::vector<float> block(m * n);
  int64_t weightA = 1;
  for (const DigitMatrix::Plane &left : a.planes) {
    int64_t weight = weightA;
    for (const DigitMatrix::Plane &right : b.planes) {
      int64_t bound = std::max<int64_t>(left.largest * right.largest, 1);
      int64_t step = std::max<int64_t>(kExact / bound, 1);
      for (int64_t row = 0; row < a.rows; row += step) {
        if (llvm::Error error = multiplyTransposed(
                std::min(step, a.rows - row), m, n,
                left.digits.data() + row * a.columns + firstA, a.columns,
                right.digits.data() + row * b.columns + firstB, b.columns,
                block.data()))
          return error;
        for (int64_t i = 0; i < m * n; ++i)
          sums[i] += static_cast<int64_t>(block[i]) * weight;
      }
      weight *= 256;
    }
    weightA *= 256;
  }
  return llvm::Error::success();
}

} // namespace qcc::evaluate
