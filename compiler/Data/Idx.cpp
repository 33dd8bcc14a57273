//===- Idx.cpp - IDX files (MNIST and Fashion-MNIST) ----------------------===//

#include "compiler/Data/Idx.h"
#include "compiler/Data/ByteOrder.h"
#include "compiler/Data/Error.h"

#include "llvm/Support/Endian.h"

#include <optional>

using namespace llvm;

namespace qcc::data {

// The type codes of the format.
static constexpr std::pair<uint8_t, DType> typeCodes[] = {
    {0x08, DType::U8},  {0x09, DType::I8},  {0x0B, DType::I16},
    {0x0C, DType::I32}, {0x0D, DType::F32}, {0x0E, DType::F64}};

static std::optional<DType> dtypeFromCode(uint8_t code) {
  for (auto [known, dtype] : typeCodes)
    if (known == code)
      return dtype;
  return std::nullopt;
}

Expected<Array> parseIdx(StringRef bytes, StringRef name) {
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0)
    return makeError("{0}: not an IDX file (wrong magic)", name);
  uint8_t code = bytes[2], rank = bytes[3];
  std::optional<DType> dtype = dtypeFromCode(code);
  if (!dtype)
    return makeError("{0}: IDX element type {1:x} is not known", name, code);
  if (rank == 0)
    return makeError("{0}: IDX file without dimensions", name);
  bytes = bytes.drop_front(4);
  if (bytes.size() < 4 * size_t(rank))
    return makeError("{0}: IDX file is truncated within its {1} dimensions",
                     name, rank);
  Array array;
  array.dtype = *dtype;
  for (uint8_t axis = 0; axis < rank; ++axis)
    array.shape.push_back(support::endian::read32be(bytes.data() + 4 * axis));
  bytes = bytes.drop_front(4 * size_t(rank));
  Expected<int64_t> size = checkedByteSize(array.shape, array.dtype);
  if (!size)
    return prefixError(name, size.takeError());
  if (bytes.size() != static_cast<uint64_t>(*size))
    return makeError("{0}: shape {1} of {2} needs {3} bytes of data, {4} found",
                     name, shapeString(array.shape), dtypeName(array.dtype),
                     *size, bytes.size());
  array.bytes.assign(bytes.begin(), bytes.end());
  if constexpr (sys::IsLittleEndianHost)
    swapByteOrder(array);
  return array;
}

std::string idxBytes(const Array &array) {
  std::string result(2, '\0');
  for (auto [code, dtype] : typeCodes)
    if (dtype == array.dtype)
      result += static_cast<char>(code);
  result += static_cast<char>(array.shape.size());
  for (int64_t dim : array.shape) {
    char text[4];
    support::endian::write32be(text, dim);
    result.append(text, 4);
  }
  Array swapped = array;
  if constexpr (sys::IsLittleEndianHost)
    swapByteOrder(swapped);
  result.append(swapped.bytes.begin(), swapped.bytes.end());
  return result;
}

} // namespace qcc::data
