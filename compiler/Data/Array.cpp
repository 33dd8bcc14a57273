//===- Array.cpp - Dense arrays of samples --------------------------------===//

#include "compiler/Data/Array.h"
#include "compiler/Data/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace llvm;

namespace qcc::data {

size_t elementSize(DType dtype) {
  switch (dtype) {
  case DType::U8:
  case DType::I8:
    return 1;
  case DType::I16:
    return 2;
  case DType::F32:
  case DType::I32:
    return 4;
  case DType::F64:
  case DType::I64:
    return 8;
  }
  llvm_unreachable("all element types are handled");
}

StringRef dtypeName(DType dtype) {
  switch (dtype) {
  case DType::F32:
    return "f32";
  case DType::F64:
    return "f64";
  case DType::U8:
    return "u8";
  case DType::I8:
    return "i8";
  case DType::I16:
    return "i16";
  case DType::I32:
    return "i32";
  case DType::I64:
    return "i64";
  }
  llvm_unreachable("all element types are handled");
}

bool isFloat(DType dtype) { return dtype == DType::F32 || dtype == DType::F64; }

static int64_t product(ArrayRef<int64_t> dims) {
  int64_t result = 1;
  for (int64_t dim : dims)
    result *= dim;
  return result;
}

int64_t Array::numElements() const { return product(shape); }

int64_t Array::sampleElements() const {
  return shape.empty() ? 0 : product(ArrayRef<int64_t>(shape).drop_front());
}

std::string shapeString(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return formatv("{0:$[x]}", make_range(shape.begin(), shape.end())).str();
}

Expected<int64_t> checkedByteSize(ArrayRef<int64_t> shape, DType dtype) {
  // Zero dimensions are left out of the bound, so that no partial product of
  // an accepted shape (say 0 x 2^40 x 2^40 without its first axis) overflows.
  int64_t bound = elementSize(dtype);
  bool empty = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return makeError("shape {0} has a negative dimension",
                       shapeString(shape));
    empty |= dim == 0;
    if (MulOverflow(bound, std::max<int64_t>(dim, 1), bound))
      return makeError(
          "shape {0} of {1} is larger than any memory (2^63 bytes)",
          shapeString(shape), dtypeName(dtype));
  }
  return empty ? 0 : bound;
}

Expected<Array> sliceSamples(const Array &array, int64_t begin, int64_t end) {
  if (array.shape.empty())
    return makeError("a scalar has no samples to slice");
  if (begin < 0 || end < begin || end > array.numSamples())
    return makeError(
        "sample range [{0},{1}) is not within the {2} samples found", begin,
        end, array.numSamples());
  Array result;
  result.dtype = array.dtype;
  result.shape = array.shape;
  result.shape.front() = end - begin;
  result.bytes.assign(array.bytes.begin() + begin * array.sampleBytes(),
                      array.bytes.begin() + end * array.sampleBytes());
  return result;
}

Expected<Array> gatherSamples(const Array &array, ArrayRef<int64_t> indices) {
  if (array.shape.empty())
    return makeError("a scalar has no samples to gather");
  for (int64_t index : indices)
    if (index < 0 || index >= array.numSamples())
      return makeError("sample index {0} is not within the {1} samples found",
                       index, array.numSamples());
  Array result;
  result.dtype = array.dtype;
  result.shape = array.shape;
  result.shape.front() = indices.size();
  size_t stride = array.sampleBytes();
  result.bytes.resize(indices.size() * stride);
  if (stride == 0)
    return result;
  for (auto [i, index] : enumerate(indices))
    std::memcpy(result.bytes.data() + i * stride, array.sample(index), stride);
  return result;
}

/// Calls `visit(i, value)` for elements [begin, end) in order, with the value
/// in its own type, until `visit` returns false.
template <typename T, typename Visitor>
static void visitTyped(const Array &array, int64_t begin, int64_t end,
                       Visitor visit) {
  for (int64_t i = begin; i < end; ++i) {
    T value;
    std::memcpy(&value, array.bytes.data() + i * sizeof(T), sizeof(T));
    if (!visit(i, value))
      return;
  }
}

template <typename Visitor>
static void visitElements(const Array &array, int64_t begin, int64_t end,
                          Visitor visit) {
  switch (array.dtype) {
  case DType::F32:
    return visitTyped<float>(array, begin, end, visit);
  case DType::F64:
    return visitTyped<double>(array, begin, end, visit);
  case DType::U8:
    return visitTyped<uint8_t>(array, begin, end, visit);
  case DType::I8:
    return visitTyped<int8_t>(array, begin, end, visit);
  case DType::I16:
    return visitTyped<int16_t>(array, begin, end, visit);
  case DType::I32:
    return visitTyped<int32_t>(array, begin, end, visit);
  case DType::I64:
    return visitTyped<int64_t>(array, begin, end, visit);
  }
}

/// Conversion to float that is defined for every value: a double that rounds
/// beyond the largest float is infinite (plain C++ leaves that undefined).
template <typename T> static float asFloat(T value) {
  return static_cast<float>(value);
}
static float asFloat(double value) {
  // Halfway between the largest float and 2^128: from here on, nearest-even
  // rounding gives infinity.
  constexpr double limit = 0x1.ffffffp127;
  if (std::fabs(value) >= limit)
    return std::copysign(std::numeric_limits<float>::infinity(), value);
  return static_cast<float>(value);
}

static std::vector<float> elementsToFloat(const Array &array, int64_t begin,
                                          int64_t end) {
  std::vector<float> result(end - begin);
  visitElements(array, begin, end, [&](int64_t i, auto value) {
    result[i - begin] = asFloat(value);
    return true;
  });
  return result;
}

std::vector<float> toFloat(const Array &array) {
  return elementsToFloat(array, 0, array.numElements());
}

std::vector<float> toFloat(const Array &array, int64_t begin, int64_t end) {
  assert(0 <= begin && begin <= end && end <= array.numSamples());
  int64_t stride = array.sampleElements();
  return elementsToFloat(array, begin * stride, end * stride);
}

Expected<std::vector<int64_t>> toIntegers(const Array &array, StringRef what) {
  std::vector<int64_t> result;
  result.reserve(array.numElements());
  int64_t bad = -1;
  visitElements(array, 0, array.numElements(), [&](int64_t i, auto value) {
    if constexpr (std::is_floating_point_v<decltype(value)>) {
      // The comparison is also false for NaN.
      if (!(std::fabs(value) < 0x1p53) || std::trunc(value) != value) {
        bad = i;
        return false;
      }
    }
    result.push_back(static_cast<int64_t>(value));
    return true;
  });
  if (bad >= 0)
    return makeError(
        "{0}: element {1} is not an integer; labels must be integers", what,
        bad);
  return result;
}

Error checkFinite(const Array &array, StringRef what) {
  if (!isFloat(array.dtype))
    return Error::success();
  int64_t bad = -1;
  double found = 0;
  visitElements(array, 0, array.numElements(), [&](int64_t i, auto value) {
    if (std::isfinite(asFloat(value)))
      return true;
    bad = i;
    found = value;
    return false;
  });
  if (bad < 0)
    return Error::success();
  std::string text = std::isnan(found) ? "NaN" : formatv("{0}", found).str();
  if (array.shape.empty())
    return makeError("{0}: the value is {1}; expected a finite f32", what,
                     text);
  return makeError(
      "{0}: sample {1} has {2} at element {3}; expected finite f32 values",
      what, bad / array.sampleElements(), text, bad % array.sampleElements());
}

static SmallVector<int64_t> withoutUnitDims(ArrayRef<int64_t> dims) {
  SmallVector<int64_t> result;
  copy_if(dims, std::back_inserter(result), [](int64_t d) { return d != 1; });
  return result;
}

Error checkSampleShape(const Array &array, ArrayRef<int64_t> inputShape,
                       StringRef file, StringRef arrayName) {
  assert(!inputShape.empty() && "a model input has a batch axis");
  std::string where = arrayName.empty()
                          ? file.str()
                          : formatv("{0}: array '{1}'", file, arrayName).str();
  if (array.shape.empty())
    return makeError(
        "{0} is a scalar; expected an array with a leading sample axis", where);
  ArrayRef<int64_t> found = ArrayRef<int64_t>(array.shape).drop_front();
  ArrayRef<int64_t> expected = inputShape.drop_front();
  SmallVector<int64_t> foundDims = withoutUnitDims(found);
  SmallVector<int64_t> expectedDims = withoutUnitDims(expected);
  if (foundDims == expectedDims)
    return Error::success();
  StringRef hint;
  if (found.size() == 3 && expected.size() == 3 && found[0] == expected[2] &&
      found[1] == expected[0] && found[2] == expected[1])
    hint = " (the data is channels-first, the model channels-last)";
  return makeError(
      "{0} has samples of shape {1}; the model input expects {2}{3}", where,
      shapeString(found), shapeString(expected), hint);
}

} // namespace qcc::data
