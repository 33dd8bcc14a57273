#include "targets/KernelProvider.h"

namespace qcc::targets {

llvm::SmallVector<int64_t, 4> Layout::strides() const {
  if (!partOf.empty())
    return partOf;
  llvm::SmallVector<int64_t, 4> result(shape.size(), 1);
  for (int64_t axis = static_cast<int64_t>(shape.size()) - 2; axis >= 0;
       --axis) {
    int64_t extent = shape[axis + 1];
    if (shape.size() == 4 && axis + 1 == 2)
      extent += left + right;
    if (shape.size() == 4 && axis + 1 == 1)
      extent += top + bottom;
    result[axis] = result[axis + 1] * extent;
  }
  return result;
}

int64_t Layout::origin() const {
  if (!hasHalo())
    return 0;
  llvm::SmallVector<int64_t, 4> s = strides();
  return top * s[1] + left * s[2];
}

int64_t Layout::elements() const {
  if (shape.empty())
    return 1;
  int64_t outer = shape[0];
  if (shape.size() == 4)
    return outer * (shape[1] + top + bottom) * (shape[2] + left + right) *
           shape[3];
  for (size_t axis = 1; axis < shape.size(); ++axis)
    outer *= shape[axis];
  return outer;
}

const KernelProvider &selectProvider(const KernelSource &source,
                                     const Target &target,
                                     const KernelProvider &portable) {
  for (const KernelProvider *own : target.providers)
    if (own->supports(source, target))
      return *own;
  return portable;
}

} // namespace qcc::targets
