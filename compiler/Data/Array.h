//===- Array.h - Dense arrays of samples ------------------------*- C++ -*-===//
//
// What every reader of calibration and evaluation data returns: a dense
// row-major array whose leading axis counts samples.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_DATA_ARRAY_H
#define QCC_COMPILER_DATA_ARRAY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace qcc::data {

/// The element types that the readers accept.
enum class DType { F32, F64, U8, I8, I16, I32, I64 };

/// Bytes of one element: 1, 2, 4 or 8.
size_t elementSize(DType dtype);

/// "f32", "u8", ... as written in messages.
llvm::StringRef dtypeName(DType dtype);

/// True for f32 and f64.
bool isFloat(DType dtype);

/// Maps a C++ element type to its DType.
template <typename T> DType dtypeOf() = delete;
template <> inline DType dtypeOf<float>() { return DType::F32; }
template <> inline DType dtypeOf<double>() { return DType::F64; }
template <> inline DType dtypeOf<uint8_t>() { return DType::U8; }
template <> inline DType dtypeOf<int8_t>() { return DType::I8; }
template <> inline DType dtypeOf<int16_t>() { return DType::I16; }
template <> inline DType dtypeOf<int32_t>() { return DType::I32; }
template <> inline DType dtypeOf<int64_t>() { return DType::I64; }

/// A dense array: row-major, host byte order. Invariant, guaranteed by all
/// readers: every dimension is at least 0, the product of the non-zero
/// dimensions times the element size fits int64, and `bytes` holds exactly
/// numElements() elements.
struct Array {
  DType dtype = DType::F32;
  std::vector<int64_t> shape;
  std::vector<char> bytes;

  /// Product of all dimensions; 1 for a scalar.
  int64_t numElements() const;
  /// Leading dimension; 0 for a scalar, which has no samples.
  int64_t numSamples() const { return shape.empty() ? 0 : shape.front(); }
  /// Elements of one sample: product of all dimensions but the first.
  int64_t sampleElements() const;
  size_t sampleBytes() const { return sampleElements() * elementSize(dtype); }
  /// First byte of sample `i`, 0 <= i < numSamples().
  const char *sample(int64_t i) const {
    return bytes.data() + i * sampleBytes();
  }

  /// Copies `values` (row-major, as many as `shape` says) into a new array; T
  /// is given explicitly, as in Array::from<float>({2, 3}, values).
  template <typename T>
  static Array from(std::vector<int64_t> shape, llvm::ArrayRef<T> values) {
    Array result;
    result.dtype = dtypeOf<T>();
    result.shape = std::move(shape);
    const char *begin = reinterpret_cast<const char *>(values.data());
    result.bytes.assign(begin, begin + values.size() * sizeof(T));
    assert(result.numElements() == static_cast<int64_t>(values.size()) &&
           "number of values must match the shape");
    return result;
  }
};

/// "2x3x5"; "scalar" without dimensions.
std::string shapeString(llvm::ArrayRef<int64_t> shape);

/// Bytes of an array, or an error if a dimension is negative or the product
/// of the non-zero dimensions overflows int64. Allocates nothing.
llvm::Expected<int64_t> checkedByteSize(llvm::ArrayRef<int64_t> shape,
                                        DType dtype);

/// Samples [begin, end); an error unless 0 <= begin <= end <= numSamples().
llvm::Expected<Array> sliceSamples(const Array &array, int64_t begin,
                                   int64_t end);

/// The samples at `indices`, in that order; repeats are allowed.
llvm::Expected<Array> gatherSamples(const Array &array,
                                    llvm::ArrayRef<int64_t> indices);

/// All elements as float, rounded to nearest. f64 beyond the range of float
/// becomes infinite: call checkFinite on the result's source first, which
/// treats such values as infinite.
std::vector<float> toFloat(const Array &array);

/// Samples [begin, end) as float, for batch-wise evaluation. The range must
/// be valid.
std::vector<float> toFloat(const Array &array, int64_t begin, int64_t end);

/// All elements as integers (class labels). Floats are accepted only when
/// integral and below 2^53 in magnitude; `what` names the array in errors.
llvm::Expected<std::vector<int64_t>> toIntegers(const Array &array,
                                                llvm::StringRef what);

/// An error naming the first sample and element that is NaN, infinite, or an
/// f64 that does not fit f32. Integer arrays always pass.
llvm::Error checkFinite(const Array &array, llvm::StringRef what);

/// Checks that a sample of `array` has the element layout of a model input.
/// `inputShape` is the model's shape with its batch axis in front, whose size
/// is ignored. Both are compared without dimensions of size 1, so that
/// [N,28,28], [N,28,28,1] and [N,1,28,28] all fit an input of 1x28x28x1.
/// `file` and `arrayName` are named in the error.
llvm::Error checkSampleShape(const Array &array,
                             llvm::ArrayRef<int64_t> inputShape,
                             llvm::StringRef file, llvm::StringRef arrayName);

} // namespace qcc::data

#endif // QCC_COMPILER_DATA_ARRAY_H
