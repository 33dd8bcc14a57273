#include "compiler/Import/Onnx/Tensor.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA1.h"

#include <numeric>

namespace qcc::import::onnx {

using proto::TensorProto;

namespace {

struct TypeInfo {
  DataType type;
  const char *name;
  unsigned bits;
  enum { Real, Signed, Unsigned } kind;
};
constexpr TypeInfo types[] = {
    {TensorProto::FLOAT, "float", 32, TypeInfo::Real},
    {TensorProto::DOUBLE, "double", 64, TypeInfo::Real},
    {TensorProto::FLOAT16, "float16", 16, TypeInfo::Real},
    {TensorProto::BFLOAT16, "bfloat16", 16, TypeInfo::Real},
    {TensorProto::BOOL, "bool", 8, TypeInfo::Unsigned},
    {TensorProto::INT8, "int8", 8, TypeInfo::Signed},
    {TensorProto::UINT8, "uint8", 8, TypeInfo::Unsigned},
    {TensorProto::INT16, "int16", 16, TypeInfo::Signed},
    {TensorProto::UINT16, "uint16", 16, TypeInfo::Unsigned},
    {TensorProto::INT32, "int32", 32, TypeInfo::Signed},
    {TensorProto::UINT32, "uint32", 32, TypeInfo::Unsigned},
    {TensorProto::INT64, "int64", 64, TypeInfo::Signed},
    {TensorProto::UINT64, "uint64", 64, TypeInfo::Unsigned},
    {int4Type, "int4", 4, TypeInfo::Signed},
    {uint4Type, "uint4", 4, TypeInfo::Unsigned},
};

const TypeInfo *findType(DataType type) {
  for (const TypeInfo &info : types)
    if (info.type == type)
      return &info;
  return nullptr;
}

/// The number that the bits of a float of `semantics` stand for.
double decode(const llvm::fltSemantics &semantics, uint16_t bits) {
  llvm::APFloat value(semantics, llvm::APInt(16, bits));
  bool lost;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven,
                &lost);
  return value.convertToDouble();
}

double decode16(DataType type, uint16_t bits) {
  return decode(type == TensorProto::FLOAT16 ? llvm::APFloat::IEEEhalf()
                                             : llvm::APFloat::BFloat(),
                bits);
}

/// Bits `bits` of `word`, as a signed or unsigned number.
int64_t integerOf(const TypeInfo &info, uint64_t word) {
  if (info.bits == 64)
    return static_cast<int64_t>(word);
  word &= (uint64_t(1) << info.bits) - 1;
  if (info.kind == TypeInfo::Signed)
    return llvm::SignExtend64(word, info.bits);
  return static_cast<int64_t>(word);
}

/// Appends element `i` of little-endian `bytes`.
void appendRaw(const TypeInfo &info, llvm::StringRef bytes, int64_t i,
               Tensor &tensor) {
  using namespace llvm::support;
  const char *at = bytes.data() + i * info.bits / 8;
  switch (info.bits) {
  case 64: {
    uint64_t word = endian::read64le(at);
    if (info.kind == TypeInfo::Real)
      tensor.reals.push_back(llvm::bit_cast<double>(word));
    else
      tensor.integers.push_back(integerOf(info, word));
    return;
  }
  case 32: {
    uint32_t word = endian::read32le(at);
    if (info.kind == TypeInfo::Real)
      tensor.reals.push_back(llvm::bit_cast<float>(word));
    else
      tensor.integers.push_back(integerOf(info, word));
    return;
  }
  case 16: {
    uint16_t word = endian::read16le(at);
    if (info.kind == TypeInfo::Real)
      tensor.reals.push_back(decode16(info.type, word));
    else
      tensor.integers.push_back(integerOf(info, word));
    return;
  }
  case 8:
    tensor.integers.push_back(integerOf(info, static_cast<uint8_t>(*at)));
    return;
  default: // Two in a byte, the first in the low half.
    tensor.integers.push_back(
        integerOf(info, static_cast<uint8_t>(*at) >> (i % 2 * 4)));
  }
}

int64_t bytesOf(const TypeInfo &info, int64_t count) {
  return (count * info.bits + 7) / 8;
}

llvm::Error readRaw(const TypeInfo &info, llvm::StringRef bytes,
                    Tensor &tensor) {
  int64_t count = tensor.size(), expected = bytesOf(info, count);
  if (static_cast<int64_t>(bytes.size()) != expected)
    return llvm::createStringError("has %zu bytes of data, expected %lld",
                                   bytes.size(), (long long)expected);
  (info.kind == TypeInfo::Real ? tensor.reals.reserve(count)
                               : tensor.integers.reserve(count));
  for (int64_t i = 0; i < count; ++i)
    appendRaw(info, bytes, i, tensor);
  return llvm::Error::success();
}

template <typename Field, typename Convert, typename Element>
llvm::Error readField(const Field &field, int64_t count, Convert convert,
                      std::vector<Element> &to) {
  if (field.size() != count)
    return llvm::createStringError("has %d elements, expected %lld",
                                   field.size(), (long long)count);
  to.reserve(count);
  for (auto element : field)
    to.push_back(convert(element));
  return llvm::Error::success();
}

/// Elements of a field of numbers: which one depends on the type.
llvm::Error readNumbers(const TypeInfo &info, const TensorProto &from,
                        Tensor &tensor) {
  int64_t count = tensor.size();
  auto same = [](double value) { return value; };
  auto integer = [&](uint64_t value) { return integerOf(info, value); };
  switch (info.type) {
  case TensorProto::FLOAT:
    return readField(from.float_data(), count, same, tensor.reals);
  case TensorProto::DOUBLE:
    return readField(from.double_data(), count, same, tensor.reals);
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
    return readField(
        from.int32_data(), count,
        [&](int32_t bits) {
          return decode16(info.type, static_cast<uint16_t>(bits));
        },
        tensor.reals);
  case TensorProto::INT64:
    return readField(from.int64_data(), count, integer, tensor.integers);
  case TensorProto::UINT32:
  case TensorProto::UINT64:
    return readField(from.uint64_data(), count, integer, tensor.integers);
  case int4Type:
  case uint4Type:
    if (from.int32_data_size() != (count + 1) / 2)
      return llvm::createStringError("has %d pairs of elements, expected %lld",
                                     from.int32_data_size(),
                                     (long long)(count + 1) / 2);
    for (int64_t i = 0; i < count; ++i)
      tensor.integers.push_back(integer(
          static_cast<uint32_t>(from.int32_data(i / 2)) >> (i % 2 * 4)));
    return llvm::Error::success();
  default:
    return readField(from.int32_data(), count, integer, tensor.integers);
  }
}

//===----------------------------------------------------------------------===//
// External data
//===----------------------------------------------------------------------===//

struct ExternalData {
  std::string location, checksum;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};

llvm::Expected<ExternalData> readExternalEntry(const TensorProto &tensor) {
  ExternalData data;
  for (const auto &entry : tensor.external_data()) {
    llvm::StringRef key(entry.key()), value(entry.value());
    uint64_t number = 0;
    bool isNumber = key == "offset" || key == "length";
    if (isNumber && value.getAsInteger(10, number))
      return llvm::createStringError("has the external " + key + " '" + value +
                                     "', expected a number");
    if (key == "location")
      data.location = value.str();
    else if (key == "offset")
      data.offset = number;
    else if (key == "length")
      data.length = number;
    else if (key == "checksum")
      data.checksum = value.lower();
  }
  if (data.location.empty())
    return llvm::createStringError("has external data without a location");
  if (llvm::sys::path::is_absolute(data.location) ||
      llvm::is_contained(llvm::make_range(llvm::sys::path::begin(data.location),
                                          llvm::sys::path::end(data.location)),
                         ".."))
    return llvm::createStringError("has external data in '" + data.location +
                                   "'; only files beside the model are read");
  return data;
}

llvm::Error checkSum(const ExternalData &data, llvm::StringRef file) {
  if (data.checksum.empty())
    return llvm::Error::success();
  auto digest = llvm::SHA1::hash(llvm::arrayRefFromStringRef(file));
  std::string found = llvm::toHex(digest, /*LowerCase=*/true);
  if (found == data.checksum)
    return llvm::Error::success();
  return llvm::createStringError("has external data in '" + data.location +
                                 "' with the SHA-1 checksum " + found +
                                 ", expected " + data.checksum);
}

llvm::Error readExternal(const TypeInfo &info, const TensorProto &from,
                         llvm::StringRef directory, Tensor &tensor) {
  auto data = readExternalEntry(from);
  if (!data)
    return data.takeError();
  llvm::SmallString<128> path(directory);
  llvm::sys::path::append(path, data->location);
  // Some files are of a kind that reading would not end.
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path))
    return llvm::createStringError("has external data in '" + data->location +
                                   "', which is no file");
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return llvm::createStringError("has external data in '" + data->location +
                                   "': " + file.getError().message());
  llvm::StringRef bytes = (*file)->getBuffer();
  if (llvm::Error error = checkSum(*data, bytes))
    return error;
  uint64_t length = data->length.value_or(bytesOf(info, tensor.size()));
  if (data->offset > bytes.size() || length > bytes.size() - data->offset)
    return llvm::createStringError("has external data in '" + data->location +
                                   "', bytes " + llvm::Twine(data->offset) +
                                   " to " + llvm::Twine(data->offset + length) +
                                   " of " + llvm::Twine(bytes.size()));
  return readRaw(info, bytes.substr(data->offset, length), tensor);
}

} // namespace

bool isIndexType(DataType type) {
  return type == proto::TensorProto::INT32 || type == proto::TensorProto::INT64;
}

bool isFloatType(DataType type) {
  const TypeInfo *info = findType(type);
  return info && info->kind == TypeInfo::Real;
}

bool isIntegerType(DataType type) {
  const TypeInfo *info = findType(type);
  return info && info->kind != TypeInfo::Real;
}

std::string typeName(DataType type) {
  if (const TypeInfo *info = findType(type))
    return info->name;
  if (type == TensorProto::STRING)
    return "string";
  return "type " + std::to_string(type);
}

std::pair<int64_t, int64_t> rangeOf(DataType type) {
  const TypeInfo *info = findType(type);
  if (!info || info->kind == TypeInfo::Real || info->bits > 32)
    return {0, 0};
  if (type == TensorProto::BOOL)
    return {0, 1};
  if (info->kind == TypeInfo::Unsigned)
    return {0, (int64_t(1) << info->bits) - 1};
  return {-(int64_t(1) << (info->bits - 1)),
          (int64_t(1) << (info->bits - 1)) - 1};
}

std::string textOf(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

int64_t elementCount(llvm::ArrayRef<int64_t> shape) {
  constexpr int64_t limit = int64_t(1) << 62;
  int64_t count = 1;
  for (int64_t size : shape) {
    if (size < 0)
      return -1;
    if (__builtin_mul_overflow(count, size, &count) || count > limit)
      count = limit;
    if (size == 0)
      return 0;
  }
  return count;
}

std::vector<float> Tensor::floats() const {
  std::vector<float> result(size());
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<float>(real(i));
  return result;
}

Tensor Tensor::ofInts(llvm::ArrayRef<int64_t> values) {
  Tensor tensor;
  tensor.type = TensorProto::INT64;
  tensor.shape = {static_cast<int64_t>(values.size())};
  tensor.integers.assign(values.begin(), values.end());
  return tensor;
}

Tensor Tensor::ofReals(llvm::ArrayRef<int64_t> shape,
                       std::vector<double> values, DataType type) {
  Tensor tensor;
  tensor.type = type;
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.reals = std::move(values);
  return tensor;
}

Tensor Tensor::pick(llvm::ArrayRef<int64_t> shape,
                    llvm::ArrayRef<int64_t> indices) const {
  Tensor result;
  result.type = type;
  result.shape.assign(shape.begin(), shape.end());
  for (int64_t i : indices) {
    if (isFloat())
      result.reals.push_back(reals[i]);
    else
      result.integers.push_back(integers[i]);
  }
  return result;
}

Tensor Tensor::transposed(llvm::ArrayRef<int64_t> permutation) const {
  Shape strides(shape.size(), 1), turned, steps;
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  for (int64_t axis : permutation) {
    turned.push_back(shape[axis]);
    steps.push_back(strides[axis]);
  }
  std::vector<int64_t> indices;
  int64_t count = size(), at = 0;
  indices.reserve(count);
  Shape position(turned.size(), 0);
  for (int64_t i = 0; i < count; ++i) {
    indices.push_back(at);
    for (size_t axis = turned.size(); axis-- > 0;) {
      at += steps[axis];
      if (++position[axis] < turned[axis])
        break;
      at -= steps[axis] * turned[axis];
      position[axis] = 0;
    }
  }
  Tensor result = pick(turned, indices);
  if (quantization) {
    auto moved = std::make_shared<Quantization>(*quantization);
    if (moved->axis >= 0)
      moved->axis = llvm::find(permutation, moved->axis) - permutation.begin();
    result.quantization = std::move(moved);
  }
  return result;
}

Tensor Tensor::reshaped(llvm::ArrayRef<int64_t> shape) const {
  Tensor result = *this;
  result.shape.assign(shape.begin(), shape.end());
  // Rows stay rows.
  if (quantization && quantization->axis >= 0 &&
      (quantization->axis != 0 || shape.empty() ||
       shape.front() != this->shape.front()))
    result.quantization = nullptr;
  return result;
}

llvm::Expected<Tensor> readTensor(const TensorProto &from,
                                  llvm::StringRef directory) {
  Tensor tensor;
  tensor.type = from.data_type();
  const TypeInfo *info = findType(tensor.type);
  if (!info)
    return llvm::createStringError("has elements of " + typeName(tensor.type) +
                                   ", expected float, double, float16, "
                                   "bfloat16, bool or integers");
  tensor.shape.assign(from.dims().begin(), from.dims().end());
  int64_t count = tensor.size();
  if (count < 0 || count > maxElements)
    return llvm::createStringError(
        "has a shape of %s elements; at most %lld are supported",
        count < 0 ? "negative" : std::to_string(count).c_str(),
        (long long)maxElements);
  llvm::Error error = from.data_location() == TensorProto::EXTERNAL
                          ? readExternal(*info, from, directory, tensor)
                      : from.has_raw_data()
                          ? readRaw(*info, from.raw_data(), tensor)
                          : readNumbers(*info, from, tensor);
  if (error)
    return std::move(error);
  if (tensor.type == TensorProto::BOOL)
    for (int64_t &value : tensor.integers)
      value = value != 0;
  return tensor;
}

} // namespace qcc::import::onnx
