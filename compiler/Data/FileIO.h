//===- FileIO.h - Whole-file reading and atomic writing ---------*- C++ -*-===//

#ifndef QCC_COMPILER_DATA_FILEIO_H
#define QCC_COMPILER_DATA_FILEIO_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace qcc::data {

/// The bytes of a file, copied rather than mapped, so that a file truncated
/// by another process cannot fault the reader.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readFile(llvm::StringRef path);

/// Writes the concatenation of `parts` to `path` through a temporary file in
/// the same folder that is renamed at the end: afterwards `path` holds either
/// all of the new contents or what it held before.
llvm::Error writeFileAtomically(llvm::StringRef path,
                                llvm::ArrayRef<llvm::StringRef> parts);

/// Deflate cannot shrink data further than this (1032:1 for zlib's longest
/// match); a reader rejects a claim beyond it before allocating anything.
constexpr uint64_t maxDeflateRatio = 1032;

/// The contents of a gzip file (one or several members). The memory used is
/// bounded by maxDeflateRatio times the size of `bytes`. `name` is named in
/// errors.
llvm::Expected<std::string> gunzip(llvm::StringRef bytes, llvm::StringRef name);

} // namespace qcc::data

#endif // QCC_COMPILER_DATA_FILEIO_H
