// Tensors whose elements are known when a model is read.
#ifndef QCC_COMPILER_IMPORT_ONNX_TENSOR_H
#define QCC_COMPILER_IMPORT_ONNX_TENSOR_H

#include "onnx.pb.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <vector>

namespace qcc::import::onnx {

namespace proto = ::onnx;

using Shape = llvm::SmallVector<int64_t, 4>;

/// A number of proto::TensorProto::DataType, or of one the schema here is too
/// old for: 21 and 22 are uint4 and int4.
using DataType = int32_t;
constexpr DataType uint4Type = 21, int4Type = 22;

/// float, double, float16 or bfloat16.
bool isFloatType(DataType type);
/// INT32 and INT64: what may choose rows at run time.
bool isIndexType(DataType type);
/// Signed and unsigned integers of 4 to 64 bits, and bool.
bool isIntegerType(DataType type);
/// As in ONNX's documentation: "int64", "float", "bool".
std::string typeName(DataType type);
/// The range of an integer type of up to 32 bits.
std::pair<int64_t, int64_t> rangeOf(DataType type);

/// More elements than this are refused: a damaged file may ask for any number.
constexpr int64_t maxElements = int64_t(1) << 30;
/// The same for what expressions of constants may compute.
constexpr int64_t maxFoldedElements = int64_t(1) << 24;

/// The product of `shape`, at most 2^62; -1 when a size is negative.
int64_t elementCount(llvm::ArrayRef<int64_t> shape);

/// "2x3x4".
std::string textOf(llvm::ArrayRef<int64_t> shape);

/// Whether f32 holds it as a normal number above 0.
inline bool isScale(double scale) {
  return scale >= 1.2e-38 && scale <= 3.4e38;
}

/// How the elements of a float tensor were stored as integers:
/// `(code - zeroPoints) * scales`, one of each or one per index of `axis`.
struct Quantization {
  std::vector<double> scales;
  std::vector<int64_t> zeroPoints;
  int64_t axis = -1; ///< -1: all elements share one scale
  DataType storage = proto::TensorProto::INT8;
};

/// Row-major elements. Those of every float type are `reals`, those of every
/// integer type `integers` (uint64 modulo 2^64); the other vector is empty.
struct Tensor {
  DataType type = proto::TensorProto::FLOAT;
  Shape shape;
  std::vector<double> reals;
  std::vector<int64_t> integers;
  /// Of a constant that was dequantized; lost by all that computes.
  std::shared_ptr<const Quantization> quantization;

  bool isFloat() const { return isFloatType(type); }
  int64_t size() const { return elementCount(shape); }
  /// Element `i` as a real number.
  double real(int64_t i) const {
    return isFloat() ? reals[i] : static_cast<double>(integers[i]);
  }
  std::vector<float> floats() const;

  static Tensor ofInts(llvm::ArrayRef<int64_t> values);
  static Tensor ofReals(llvm::ArrayRef<int64_t> shape,
                        std::vector<double> values,
                        DataType type = proto::TensorProto::FLOAT);
  /// Elements `indices` of this one, in another shape.
  Tensor pick(llvm::ArrayRef<int64_t> shape,
              llvm::ArrayRef<int64_t> indices) const;
  /// Result axis i is axis permutation[i].
  Tensor transposed(llvm::ArrayRef<int64_t> permutation) const;
  Tensor reshaped(llvm::ArrayRef<int64_t> shape) const;
};

/// Reads a tensor of the file. `directory` is where external data lies, by
/// names that may not lead out of it. Errors, without the tensor's name:
/// unsupported type, too big, data that does not fit the shape, external data
/// that is missing, too short or has another SHA-1 checksum than stated.
llvm::Expected<Tensor> readTensor(const proto::TensorProto &tensor,
                                  llvm::StringRef directory);

} // namespace qcc::import::onnx

#endif // QCC_COMPILER_IMPORT_ONNX_TENSOR_H
