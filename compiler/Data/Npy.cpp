//===- Npy.cpp - NumPy .npy files -----------------------------------------===//

#include "compiler/Data/Npy.h"
#include "compiler/Data/ByteOrder.h"
#include "compiler/Data/Error.h"
#include "compiler/Data/FileIO.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/SwapByteOrder.h"

#include <optional>

using namespace llvm;

namespace qcc::data {

static constexpr StringLiteral magic = "\x93NUMPY";

/// NumPy's own limit on dimensions.
static constexpr size_t maxRank = 64;

namespace {

struct Header {
  DType dtype = DType::F32;
  bool swapBytes = false;
  bool fortranOrder = false;
  std::vector<int64_t> shape;
};

/// Reads the header, a Python literal such as
///   {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
/// with its keys in any order. Only what NumPy writes is accepted.
class HeaderParser {
public:
  explicit HeaderParser(StringRef text) : rest(text) {}

  Expected<Header> parse();

private:
  /// Skips blanks, then the character `c` if it is next.
  bool eat(char c) {
    rest = rest.ltrim(" \t\n");
    return rest.consume_front(StringRef(&c, 1));
  }
  Expected<StringRef> parseString(const char *what);
  Error parseEntry(StringRef key);
  Error parseDescr();
  Error parseOrder();
  Error parseShape();

  StringRef rest;
  Header header;
};

} // namespace

Expected<StringRef> HeaderParser::parseString(const char *what) {
  char quote = eat('\'') ? '\'' : eat('"') ? '"' : 0;
  size_t end = quote ? rest.find(quote) : StringRef::npos;
  if (end == StringRef::npos)
    return makeError("damaged header: expected {0} in quotes", what);
  StringRef text = rest.take_front(end);
  rest = rest.drop_front(end + 1);
  return text;
}

/// The element type of a descriptor without its byte-order character.
static std::optional<DType> dtypeFromCode(StringRef code) {
  if (code == "f4")
    return DType::F32;
  if (code == "f8")
    return DType::F64;
  if (code == "u1")
    return DType::U8;
  if (code == "i1")
    return DType::I8;
  if (code == "i2")
    return DType::I16;
  if (code == "i4")
    return DType::I32;
  if (code == "i8")
    return DType::I64;
  return std::nullopt;
}

Error HeaderParser::parseDescr() {
  if (eat('['))
    return makeError("structured element types are not supported");
  Expected<StringRef> descr = parseString("the element type");
  if (!descr)
    return descr.takeError();
  if (descr->ends_with("O"))
    return makeError("the array holds pickled Python objects; save it with a "
                     "numeric dtype");
  StringRef code = descr->drop_front(descr->empty() ? 0 : 1);
  std::optional<DType> dtype = dtypeFromCode(code);
  char order = descr->empty() ? 0 : descr->front();
  if (!dtype || !StringRef("<>=|").contains(order))
    return makeError("element type '{0}' is not supported; expected f4, f8, "
                     "u1, i1, i2, i4 or i8",
                     printable(*descr));
  header.dtype = *dtype;
  header.swapBytes = elementSize(*dtype) > 1 &&
                     (order == '>') == sys::IsLittleEndianHost &&
                     (order == '<' || order == '>');
  return Error::success();
}

Error HeaderParser::parseOrder() {
  eat(' ');
  if (rest.consume_front("True"))
    header.fortranOrder = true;
  else if (!rest.consume_front("False"))
    return makeError("damaged header: fortran_order is neither True nor False");
  return Error::success();
}

Error HeaderParser::parseShape() {
  if (!eat('('))
    return makeError("damaged header: shape is not a tuple");
  while (!eat(')')) {
    rest = rest.ltrim(" \t\n");
    uint64_t dim;
    if (rest.consumeInteger(10, dim) || dim > uint64_t(INT64_MAX))
      return makeError("damaged header: a dimension is not a number in "
                       "[0, 2^63)");
    rest.consume_front("L"); // Python 2 wrote long integers so
    header.shape.push_back(dim);
    if (header.shape.size() > maxRank)
      return makeError("the array has more than {0} dimensions", maxRank);
    if (!eat(',') && !rest.starts_with(")"))
      return makeError("damaged header: shape is not a tuple of numbers");
  }
  return Error::success();
}

Error HeaderParser::parseEntry(StringRef key) {
  if (!eat(':'))
    return makeError("damaged header: no value for key '{0}'", printable(key));
  if (key == "descr")
    return parseDescr();
  if (key == "fortran_order")
    return parseOrder();
  if (key == "shape")
    return parseShape();
  return makeError("damaged header: unknown key '{0}'", printable(key));
}

Expected<Header> HeaderParser::parse() {
  if (!eat('{'))
    return makeError("damaged header: expected a dictionary");
  SmallVector<StringRef, 3> seen;
  while (!eat('}')) {
    Expected<StringRef> key = parseString("a key");
    if (!key)
      return key.takeError();
    if (is_contained(seen, *key))
      return makeError("damaged header: key '{0}' twice", printable(*key));
    seen.push_back(*key);
    if (Error error = parseEntry(*key))
      return error;
    if (!eat(',') && !rest.starts_with("}"))
      return makeError("damaged header: expected ',' or '}'");
  }
  if (seen.size() != 3)
    return makeError("damaged header: expected the keys descr, fortran_order "
                     "and shape");
  return header;
}

/// Splits off the header text. `bytes` becomes the data that follows.
static Expected<StringRef> takeHeader(StringRef &bytes) {
  if (!bytes.consume_front(magic))
    return makeError("not a .npy file (wrong magic)");
  if (bytes.size() < 4)
    return makeError("file is truncated within the header");
  unsigned major = static_cast<uint8_t>(bytes[0]);
  if (major < 1 || major > 3)
    return makeError("version {0}.{1} of the format is not supported; expected "
                     "1.0 to 3.0",
                     major, static_cast<uint8_t>(bytes[1]));
  bytes = bytes.drop_front(2);
  size_t lengthSize = major == 1 ? 2 : 4;
  if (bytes.size() < lengthSize)
    return makeError("file is truncated within the header");
  size_t length = major == 1 ? support::endian::read16le(bytes.data())
                             : support::endian::read32le(bytes.data());
  bytes = bytes.drop_front(lengthSize);
  if (length > bytes.size())
    return makeError("file is truncated within the header: {0} bytes announced,"
                     " {1} found",
                     length, bytes.size());
  StringRef text = bytes.take_front(length);
  bytes = bytes.drop_front(length);
  return text;
}

/// Column-major to row-major: walks the result in order while an odometer
/// keeps the position in the source, whose first axis is the fastest.
static void reorderFromFortran(Array &array) {
  size_t rank = array.shape.size(), size = elementSize(array.dtype);
  if (rank < 2 || array.bytes.empty())
    return;
  std::vector<int64_t> strides(rank, size), index(rank, 0);
  for (size_t axis = 1; axis < rank; ++axis)
    strides[axis] = strides[axis - 1] * array.shape[axis - 1];
  std::vector<char> result(array.bytes.size());
  int64_t source = 0;
  for (size_t target = 0; target < result.size(); target += size) {
    std::memcpy(result.data() + target, array.bytes.data() + source, size);
    for (size_t axis = rank; axis-- > 0;) {
      source += strides[axis];
      if (++index[axis] < array.shape[axis])
        break;
      source -= strides[axis] * array.shape[axis];
      index[axis] = 0;
    }
  }
  array.bytes = std::move(result);
}

static Expected<Array> parse(StringRef bytes) {
  Expected<StringRef> text = takeHeader(bytes);
  if (!text)
    return text.takeError();
  Expected<Header> header = HeaderParser(*text).parse();
  if (!header)
    return header.takeError();
  Expected<int64_t> size = checkedByteSize(header->shape, header->dtype);
  if (!size)
    return size.takeError();
  if (bytes.size() != static_cast<uint64_t>(*size))
    return makeError("shape {0} of {1} needs {2} bytes of data, {3} found",
                     shapeString(header->shape), dtypeName(header->dtype),
                     *size, bytes.size());
  Array array;
  array.dtype = header->dtype;
  array.shape = std::move(header->shape);
  array.bytes.assign(bytes.begin(), bytes.end());
  if (header->swapBytes)
    swapByteOrder(array);
  if (header->fortranOrder)
    reorderFromFortran(array);
  return array;
}

Expected<Array> parseNpy(StringRef bytes, StringRef name) {
  Expected<Array> array = parse(bytes);
  if (!array)
    return prefixError(name, array.takeError());
  return array;
}

static StringRef npyCode(DType dtype) {
  switch (dtype) {
  case DType::F32:
    return "<f4";
  case DType::F64:
    return "<f8";
  case DType::U8:
    return "|u1";
  case DType::I8:
    return "|i1";
  case DType::I16:
    return "<i2";
  case DType::I32:
    return "<i4";
  case DType::I64:
    return "<i8";
  }
  llvm_unreachable("all element types are handled");
}

std::string npyHeader(const Array &array) {
  static_assert(sys::IsLittleEndianHost, "the writer copies host bytes");
  std::string shape;
  for (int64_t dim : array.shape)
    shape += std::to_string(dim) + ", ";
  if (array.shape.size() > 1)
    shape.resize(shape.size() - 2);
  else if (array.shape.size() == 1)
    shape.pop_back(); // a tuple of one keeps its comma
  std::string text =
      formatv("{{'descr': '{0}', 'fortran_order': False, 'shape': ({1}), }",
              npyCode(array.dtype), shape);
  size_t prefix = magic.size() + 4;
  size_t total = alignTo(prefix + text.size() + 1, 64);
  text.append(total - prefix - text.size() - 1, ' ');
  text += '\n';
  std::string result = magic.str();
  result += {'\x01', '\x00', static_cast<char>(text.size() & 0xff),
             static_cast<char>(text.size() >> 8)};
  return result + text;
}

Expected<Array> readNpy(StringRef path) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  return parseNpy((*buffer)->getBuffer(), path);
}

Error writeNpy(StringRef path, const Array &array) {
  std::string header = npyHeader(array);
  return writeFileAtomically(
      path, {header, StringRef(array.bytes.data(), array.bytes.size())});
}

} // namespace qcc::data
