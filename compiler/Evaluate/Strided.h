//===- Strided.h - Walks over strided tensors -------------------*- C++ -*-===//
//
// The one loop nest of all data movement and broadcasting ops.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EVALUATE_STRIDED_H
#define QCC_COMPILER_EVALUATE_STRIDED_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace qcc::evaluate {

using Sizes = llvm::SmallVector<int64_t, 6>;

int64_t numElements(llvm::ArrayRef<int64_t> shape);

/// Elements between neighbours of each axis in a dense row-major tensor.
Sizes rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// rowMajorStrides with 0 for every axis of size 1, which repeats that axis.
Sizes broadcastStrides(llvm::ArrayRef<int64_t> shape);

/// Calls `row(a, b)` for the start of every innermost row of a box of `shape`,
/// with its offsets in two tensors of the given strides; the row itself has
/// shape.back() elements, strides.back() apart. A box of rank 0 is one row of
/// one element.
template <typename Row>
void forEachRow(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> stridesA,
                llvm::ArrayRef<int64_t> stridesB, Row row) {
  if (numElements(shape) == 0)
    return;
  Sizes index(shape.size(), 0);
  int64_t a = 0, b = 0;
  while (true) {
    row(a, b);
    int axis = static_cast<int>(shape.size()) - 2;
    for (; axis >= 0; --axis) {
      a += stridesA[axis];
      b += stridesB[axis];
      if (++index[axis] < shape[axis])
        break;
      a -= stridesA[axis] * shape[axis];
      b -= stridesB[axis] * shape[axis];
      index[axis] = 0;
    }
    if (axis < 0)
      return;
  }
}

/// Copies a box of `shape` from `source` to `target`.
void copyStrided(llvm::ArrayRef<int64_t> shape, const float *source,
                 llvm::ArrayRef<int64_t> sourceStrides, float *target,
                 llvm::ArrayRef<int64_t> targetStrides);

/// Like copyStrided(), but adds. An element of `target` that several elements
/// of the box are (a stride of 0) gathers them all.
void addStrided(llvm::ArrayRef<int64_t> shape, const float *source,
                llvm::ArrayRef<int64_t> sourceStrides, float *target,
                llvm::ArrayRef<int64_t> targetStrides);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_STRIDED_H
