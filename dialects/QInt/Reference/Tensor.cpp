#include "dialects/QInt/Reference/Tensor.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <numeric>

using namespace mlir;

namespace qcc::qint::reference {

namespace {

/// 2 GiB of values: more is a mistake rather than a network.
constexpr int64_t elementLimit = int64_t(1) << 28;

struct KindFacts {
  llvm::StringRef name;
  int64_t bytes, min, max;
};

const KindFacts &factsOf(ElementKind kind) {
  static const KindFacts facts[] = {
      {"i2", 1, -2, 1},
      {"i4", 1, -8, 7},
      {"i8", 1, -128, 127},
      {"ui8", 1, 0, 255},
      {"i16", 2, -32768, 32767},
      {"i32", 4, INT32_MIN, INT32_MAX},
      {"i64", 8, INT64_MIN, INT64_MAX},
  };
  return facts[static_cast<int>(kind)];
}

int64_t product(llvm::ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<int64_t>());
}

/// The element at `bytes`, little-endian, as its kind reads it.
int64_t readElement(const uint8_t *bytes, ElementKind kind) {
  uint64_t bits = 0;
  int64_t size = elementBytes(kind);
  for (int64_t i = 0; i < size; ++i)
    bits |= uint64_t(bytes[i]) << (8 * i);
  if (kind == ElementKind::U8)
    return static_cast<int64_t>(bits);
  int unused = 64 - 8 * static_cast<int>(size);
  return static_cast<int64_t>(bits << unused) >> unused;
}

} // namespace

int64_t elementBytes(ElementKind kind) { return factsOf(kind).bytes; }
int64_t minimumOf(ElementKind kind) { return factsOf(kind).min; }
int64_t maximumOf(ElementKind kind) { return factsOf(kind).max; }
llvm::StringRef nameOf(ElementKind kind) { return factsOf(kind).name; }

llvm::Expected<ElementKind> elementKindOf(Type type) {
  auto integer = llvm::dyn_cast_or_null<IntegerType>(type);
  if (integer && integer.isUnsigned() && integer.getWidth() == 8)
    return ElementKind::U8;
  if (integer && !integer.isUnsigned())
    switch (integer.getWidth()) {
    case 2:
      return ElementKind::I2;
    case 4:
      return ElementKind::I4;
    case 8:
      return ElementKind::I8;
    case 16:
      return ElementKind::I16;
    case 32:
      return ElementKind::I32;
    case 64:
      return ElementKind::I64;
    }
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return llvm::createStringError("element type " + text +
                                 " is not one of i2, i4, i8, ui8, i16, i32, "
                                 "i64");
}

Tensor::Tensor(llvm::ArrayRef<int64_t> shape, ElementKind kind)
    : shape(shape), kind(kind), values(product(shape), 0) {}

int64_t Tensor::offsetOf(llvm::ArrayRef<int64_t> index) const {
  int64_t offset = 0;
  for (auto [position, size] : llvm::zip_equal(index, shape))
    offset = offset * size + position;
  return offset;
}

std::vector<uint8_t> Tensor::toBytes() const {
  std::vector<uint8_t> bytes;
  int64_t size = elementBytes(kind);
  bytes.reserve(values.size() * size);
  for (int64_t value : values)
    for (int64_t i = 0; i < size; ++i)
      bytes.push_back(static_cast<uint8_t>(uint64_t(value) >> (8 * i)));
  return bytes;
}

llvm::Expected<Tensor> Tensor::fromBytes(llvm::ArrayRef<int64_t> shape,
                                         ElementKind kind,
                                         llvm::ArrayRef<uint8_t> bytes) {
  Tensor tensor(shape, kind);
  int64_t size = elementBytes(kind);
  if (static_cast<int64_t>(bytes.size()) != tensor.elements() * size)
    return llvm::createStringError(
        "tensor of " + llvm::Twine(tensor.elements()) + " elements of type " +
        nameOf(kind) + " needs " + llvm::Twine(tensor.elements() * size) +
        " bytes, got " + llvm::Twine(bytes.size()));
  for (int64_t i = 0; i < tensor.elements(); ++i)
    tensor.values[i] = readElement(bytes.data() + i * size, kind);
  return tensor;
}

llvm::Expected<Tensor> Tensor::fromAttr(ElementsAttr attr) {
  llvm::Expected<Tensor> tensor = zeros(attr.getShapedType());
  if (!tensor)
    return tensor;
  if (auto resource = llvm::dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return llvm::createStringError("constant has no data");
    ArrayRef<char> data = blob->getData();
    return fromBytes(
        tensor->shape, tensor->kind,
        {reinterpret_cast<const uint8_t *>(data.data()), data.size()});
  }
  auto values = attr.tryGetValues<APInt>();
  if (!values)
    return llvm::createStringError("constant is not of integers");
  bool isUnsigned = tensor->kind == ElementKind::U8;
  for (auto [to, from] : llvm::zip_equal(tensor->values, *values))
    to = isUnsigned ? static_cast<int64_t>(from.getZExtValue())
                    : from.getSExtValue();
  return tensor;
}

llvm::Expected<Tensor> Tensor::zeros(Type type) {
  auto ranked = llvm::dyn_cast<RankedTensorType>(type);
  if (!ranked || !ranked.hasStaticShape())
    return llvm::createStringError("tensor type has no static shape");
  if (ranked.getNumElements() > elementLimit)
    return llvm::createStringError(
        "tensor has " + llvm::Twine(ranked.getNumElements()) +
        " elements, the reference takes at most " + llvm::Twine(elementLimit));
  llvm::Expected<ElementKind> kind = elementKindOf(ranked.getElementType());
  if (!kind)
    return kind.takeError();
  return Tensor(ranked.getShape(), *kind);
}

void forEachIndex(llvm::ArrayRef<int64_t> shape,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit) {
  if (llvm::is_contained(shape, 0))
    return;
  llvm::SmallVector<int64_t, 4> index(shape.size(), 0);
  for (;;) {
    visit(index);
    int64_t axis = static_cast<int64_t>(shape.size()) - 1;
    for (; axis >= 0 && ++index[axis] == shape[axis]; --axis)
      index[axis] = 0;
    if (axis < 0)
      return;
  }
}

} // namespace qcc::qint::reference
