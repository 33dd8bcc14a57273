//===- Idx.h - IDX files (MNIST and Fashion-MNIST) --------------*- C++ -*-===//

#ifndef QCC_COMPILER_DATA_IDX_H
#define QCC_COMPILER_DATA_IDX_H

#include "compiler/Data/Array.h"

namespace qcc::data {

/// Parses the bytes of an IDX file (Y. LeCun's format of the MNIST database):
/// two zero bytes, an element type, the number of dimensions, the dimensions
/// as 32-bit big-endian integers, then the data, big-endian. Errors (all
/// start with `name`): wrong magic, unknown type, no dimensions, bytes missing
/// or left over.
llvm::Expected<Array> parseIdx(llvm::StringRef bytes, llvm::StringRef name);

/// The bytes of an IDX file.
std::string idxBytes(const Array &array);

} // namespace qcc::data

#endif // QCC_COMPILER_DATA_IDX_H
