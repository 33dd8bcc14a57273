//===- Npy.h - NumPy .npy and .npz files ------------------------*- C++ -*-===//
//
// The interchange format of calibration and evaluation data. The format is
// described in NumPy's NEP 1; versions 1.0 to 3.0 are read, 1.0 is written.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_DATA_NPY_H
#define QCC_COMPILER_DATA_NPY_H

#include "compiler/Data/Array.h"

#include <utility>

namespace qcc::data {

/// Parses the bytes of a .npy file. Either byte order and either memory order
/// are accepted and converted to the host's and to row-major. Errors (all
/// start with `name`): wrong magic, truncated or damaged header, unsupported
/// version or element type, bytes missing or left over, absurd shapes.
llvm::Expected<Array> parseNpy(llvm::StringRef bytes, llvm::StringRef name);

/// The bytes of a .npy file up to the data: its magic, version and header,
/// padded so that the data is aligned to 64 bytes.
std::string npyHeader(const Array &array);

llvm::Expected<Array> readNpy(llvm::StringRef path);

/// Writes a .npy file atomically.
llvm::Error writeNpy(llvm::StringRef path, const Array &array);

using NamedArray = std::pair<std::string, Array>;

/// The names of the arrays of a .npz file in the order of its directory,
/// without ".npy"; other members are left out.
llvm::Expected<std::vector<std::string>> npzNames(llvm::StringRef bytes,
                                                  llvm::StringRef name);

/// Reads the arrays `wanted` (in that order) from the bytes of a .npz file.
/// Memory is bounded by what the members' compressed sizes can justify.
/// Errors (all start with `name`): not a zip file, damaged, encrypted or
/// unsupported compression, no such array (lists those found), CRC mismatch,
/// and those of parseNpy.
llvm::Expected<std::vector<Array>> parseNpz(llvm::StringRef bytes,
                                            llvm::StringRef name,
                                            llvm::ArrayRef<std::string> wanted);

/// All arrays of a .npz file.
llvm::Expected<std::vector<NamedArray>> readNpz(llvm::StringRef path);

enum class NpzCompression { Store, Deflate };

/// Writes a .npz file atomically. Time stamps are fixed, so equal arrays give
/// equal bytes. Errors: empty or repeated names, and failures to write.
llvm::Error writeNpz(llvm::StringRef path, llvm::ArrayRef<NamedArray> arrays,
                     NpzCompression compression = NpzCompression::Deflate);

} // namespace qcc::data

#endif // QCC_COMPILER_DATA_NPY_H
