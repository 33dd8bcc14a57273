//===- ByteOrder.h - Byte swapping of arrays --------------------*- C++ -*-===//

#ifndef QCC_COMPILER_DATA_BYTEORDER_H
#define QCC_COMPILER_DATA_BYTEORDER_H

#include "compiler/Data/Array.h"

#include <algorithm>

namespace qcc::data {

/// Reverses the bytes of every element.
inline void swapByteOrder(Array &array) {
  size_t size = elementSize(array.dtype);
  if (size == 1)
    return;
  for (size_t i = 0; i + size <= array.bytes.size(); i += size)
    std::reverse(array.bytes.begin() + i, array.bytes.begin() + i + size);
}

} // namespace qcc::data

#endif // QCC_COMPILER_DATA_BYTEORDER_H
