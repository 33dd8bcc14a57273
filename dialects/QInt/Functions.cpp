#include "dialects/QInt/Functions.h"

#include <cmath>

namespace qcc::qint {

/// function(i) for i in [0, count], rounded.
template <typename Function>
static std::vector<int32_t> points(int count, Function function) {
  std::vector<int32_t> result;
  for (int i = 0; i <= count; ++i)
    result.push_back(static_cast<int32_t>(std::llround(function(i))));
  return result;
}

llvm::ArrayRef<int32_t> powerPoints() {
  static const std::vector<int32_t> made =
      points(64, [](int i) { return 0x1p15 * std::exp2(-i / 64.0); });
  return made;
}

llvm::ArrayRef<int32_t> reciprocalPoints() {
  static const std::vector<int32_t> made =
      points(128, [](int i) { return 0x1p30 / (1 + i / 128.0); });
  return made;
}

llvm::ArrayRef<int32_t> inverseRootPoints() {
  static const std::vector<int32_t> made =
      points(96, [](int i) { return 0x1p29 / std::sqrt((32 + i) / 128.0); });
  return made;
}

llvm::ArrayRef<int32_t> logarithmPoints() {
  static const std::vector<int32_t> made =
      points(64, [](int i) { return 0x1p15 * std::log2(1 + i / 64.0); });
  return made;
}

int32_t rowScale(int64_t mantissa, int exponent) {
  int64_t rounded =
      (std::min<int64_t>(mantissa, (1 << 30) - 65) * 2 + 128) & ~int64_t(255);
  return static_cast<int32_t>(rounded + exponent + kExponentBias);
}

} // namespace qcc::qint
