//===- Gram.cpp - Products of a layer's inputs ----------------------------===//

#include "passes/Quantize/Gram.h"

#include "llvm/Support/FormatVariadic.h"

namespace qcc::quantize {

/// `count` sums from `first` on, times `factor`.
static std::vector<double> scaled(const std::vector<int64_t> &sums,
                                  int64_t first, int64_t count, double factor) {
  std::vector<double> result;
  if (sums.empty())
    return result;
  result.reserve(count);
  for (int64_t i = first; i < first + count; ++i)
    result.push_back(static_cast<double>(sums[i]) * factor);
  return result;
}

std::vector<double> Gram::realProducts(int64_t group) const {
  return scaled(products, group * size * size, size * size, scale * scale);
}

std::vector<double> Gram::realCross(int64_t group) const {
  return scaled(cross, group * size * size, size * size, scale * targetScale);
}

std::vector<double> Gram::means(int64_t group) const {
  return scaled(sums, group * size, size, rows ? scale / rows : 0);
}

std::vector<double> Gram::targetMeans(int64_t group) const {
  return scaled(targetSums, group * size, size, rows ? targetScale / rows : 0);
}

llvm::Error Gram::merge(const Gram &other) {
  auto fail = [](const llvm::formatv_object_base &text) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s",
                                   text.str().c_str());
  };
  if (groups != other.groups || size != other.size ||
      cross.size() != other.cross.size())
    return fail(llvm::formatv(
        "sums of {0} groups of {1} inputs {2} targets do not merge with those "
        "of {3} groups of {4} {5}",
        groups, size, cross.empty() ? "without" : "with", other.groups,
        other.size, other.cross.empty() ? "without" : "with"));
  if (scale != other.scale || targetScale != other.targetScale)
    return fail(llvm::formatv("sums of inputs of scale {0} do not merge with "
                              "those of scale {1}",
                              scale, other.scale));
  auto add = [](std::vector<int64_t> &to, const std::vector<int64_t> &from) {
    for (size_t i = 0; i < to.size(); ++i)
      to[i] += from[i];
  };
  rows += other.rows;
  add(products, other.products);
  add(cross, other.cross);
  add(sums, other.sums);
  add(targetSums, other.targetSums);
  return llvm::Error::success();
}

} // namespace qcc::quantize
