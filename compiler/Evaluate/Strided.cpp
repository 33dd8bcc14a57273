//===- Strided.cpp - Walks over strided tensors ---------------------------===//

#include "compiler/Evaluate/Strided.h"

#include <algorithm>

namespace qcc::evaluate {

int64_t numElements(llvm::ArrayRef<int64_t> shape) {
  int64_t product = 1;
  for (int64_t size : shape)
    product *= size;
  return product;
}

Sizes rowMajorStrides(llvm::ArrayRef<int64_t> shape) {
  Sizes strides(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * shape[axis];
  return strides;
}

Sizes broadcastStrides(llvm::ArrayRef<int64_t> shape) {
  Sizes strides = rowMajorStrides(shape);
  for (size_t axis = 0; axis < shape.size(); ++axis)
    if (shape[axis] == 1)
      strides[axis] = 0;
  return strides;
}

void copyStrided(llvm::ArrayRef<int64_t> shape, const float *source,
                 llvm::ArrayRef<int64_t> sourceStrides, float *target,
                 llvm::ArrayRef<int64_t> targetStrides) {
  int64_t length = shape.empty() ? 1 : shape.back();
  int64_t stepIn = shape.empty() ? 1 : sourceStrides.back();
  int64_t stepOut = shape.empty() ? 1 : targetStrides.back();
  forEachRow(shape, sourceStrides, targetStrides, [&](int64_t a, int64_t b) {
    if (stepIn == 1 && stepOut == 1) {
      std::copy_n(source + a, length, target + b);
      return;
    }
    for (int64_t i = 0; i < length; ++i)
      target[b + i * stepOut] = source[a + i * stepIn];
  });
}

void addStrided(llvm::ArrayRef<int64_t> shape, const float *source,
                llvm::ArrayRef<int64_t> sourceStrides, float *target,
                llvm::ArrayRef<int64_t> targetStrides) {
  int64_t length = shape.empty() ? 1 : shape.back();
  int64_t stepIn = shape.empty() ? 1 : sourceStrides.back();
  int64_t stepOut = shape.empty() ? 1 : targetStrides.back();
  forEachRow(shape, sourceStrides, targetStrides, [&](int64_t a, int64_t b) {
    for (int64_t i = 0; i < length; ++i)
      target[b + i * stepOut] += source[a + i * stepIn];
  });
}

} // namespace qcc::evaluate
