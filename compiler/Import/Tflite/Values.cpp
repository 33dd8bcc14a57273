// Tensors of the file as MLIR types, values and constants.
#include "compiler/Import/Tflite/Importer.h"

#include "llvm/Support/Endian.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir;

namespace qcc::import::tflite {
namespace {

constexpr float unbounded = std::numeric_limits<float>::max();

float halfToFloat(uint16_t bits) {
  int exponent = (bits >> 10) & 31;
  int fraction = bits & 1023;
  float magnitude =
      exponent == 31  ? (fraction ? std::numeric_limits<float>::quiet_NaN()
                                  : std::numeric_limits<float>::infinity())
      : exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                      : std::ldexp(1024.0f + fraction, exponent - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

template <typename T> T load(ArrayRef<uint8_t> bytes, int64_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

/// Element `index` as an integer; only for integer types.
int64_t loadInteger(ElementType type, ArrayRef<uint8_t> bytes, int64_t index) {
  switch (type) {
  case ElementType::Int8:
    return load<int8_t>(bytes, index);
  case ElementType::UInt8:
  case ElementType::Bool:
    return load<uint8_t>(bytes, index);
  case ElementType::Int16:
    return load<int16_t>(bytes, index);
  case ElementType::Int32:
    return load<int32_t>(bytes, index);
  default:
    return load<int64_t>(bytes, index);
  }
}

bool isInteger(ElementType type) {
  return type != ElementType::Float32 && type != ElementType::Float16 &&
         bytesOf(type) != 0;
}

} // namespace

const TensorInfo *Importer::input(size_t index) const {
  if (index >= op->inputs.size() || op->inputs[index] < 0)
    return nullptr;
  auto constant = folded.find(op->inputs[index]);
  if (constant != folded.end())
    return &constant->second;
  return &network.tensors[op->inputs[index]];
}

const TensorInfo &Importer::output(size_t index) const {
  return network.tensors[op->outputs[index]];
}

bool Importer::isConstant(size_t index) const {
  const TensorInfo *tensor = input(index);
  return tensor && tensor->data;
}

/// The type of an activation: f32, codes with one scale, or i32 for indices.
Type Importer::elementType(const TensorInfo &tensor) {
  switch (tensor.type) {
  case ElementType::Float32:
    return builder.getF32Type();
  case ElementType::Int32:
  case ElementType::Int64:
    return builder.getI32Type();
  case ElementType::Int8:
  case ElementType::UInt8:
  case ElementType::Int16:
    break;
  default:
    return {};
  }
  if (!tensor.quantization || tensor.quantization->scales.size() != 1)
    return {};
  bool isSigned = tensor.type != ElementType::UInt8;
  unsigned width = tensor.type == ElementType::Int16 ? 16 : 8;
  int64_t min = isSigned ? -(int64_t(1) << (width - 1)) : 0;
  int64_t max = isSigned ? (int64_t(1) << (width - 1)) - 1 : 255;
  int64_t zeroPoint = tensor.quantization->zeroPoints[0];
  if (zeroPoint < min || zeroPoint > max || (width == 16 && zeroPoint != 0)) {
    fail("has zero point " + Twine(zeroPoint) + " on '" + tensor.name + "'");
    return {};
  }
  auto type = quant::UniformQuantizedType::getChecked(
      [&] { return mlir::emitError(loc); },
      isSigned ? unsigned(quant::QuantizationFlags::Signed) : 0,
      builder.getIntegerType(width), builder.getF32Type(),
      static_cast<double>(tensor.quantization->scales[0]), zeroPoint, min, max);
  if (!type)
    fail("has a scale on '" + tensor.name + "' that is out of range");
  return type;
}

RankedTensorType Importer::typeOf(const TensorInfo &tensor) {
  Type element = elementType(tensor);
  return element ? RankedTensorType::get(tensor.shape, element)
                 : RankedTensorType();
}

std::optional<std::vector<float>> Importer::reals(const TensorInfo &tensor) {
  if (!tensor.data) {
    fail("needs a constant for '" + tensor.name + "'");
    return std::nullopt;
  }
  std::vector<float> result(tensor.elements());
  ArrayRef<uint8_t> bytes = *tensor.data;
  if (tensor.type == ElementType::Float32) {
    std::memcpy(result.data(), bytes.data(), bytes.size());
    return result;
  }
  if (tensor.type == ElementType::Float16) {
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = halfToFloat(load<uint16_t>(bytes, i));
    return result;
  }
  // Elements between two steps of the axis that has the scales.
  int64_t inner = 1, scales = 1;
  if (tensor.quantization) {
    scales = tensor.quantization->scales.size();
    for (size_t axis = tensor.quantization->axis + 1;
         scales > 1 && axis < tensor.shape.size(); ++axis)
      inner *= tensor.shape[axis];
  }
  for (size_t i = 0; i < result.size(); ++i) {
    int64_t code = loadInteger(tensor.type, bytes, i);
    if (!tensor.quantization) {
      result[i] = static_cast<float>(code);
      continue;
    }
    int64_t channel = scales > 1 ? (i / inner) % scales : 0;
    result[i] =
        tensor.quantization->scales[channel] *
        static_cast<float>(code - tensor.quantization->zeroPoints[channel]);
  }
  return result;
}

std::optional<std::vector<float>> Importer::reals(size_t index) {
  const TensorInfo *tensor = input(index);
  if (!tensor) {
    fail("lacks operand " + Twine(index));
    return std::nullopt;
  }
  return reals(*tensor);
}

std::optional<std::vector<int64_t>> Importer::integers(size_t index) {
  const TensorInfo *tensor = input(index);
  if (tensor && tensor->elements() == 0)
    return std::vector<int64_t>();
  if (!tensor || !tensor->data || !isInteger(tensor->type)) {
    fail("needs constant integers for operand " + Twine(index) +
         (tensor ? " ('" + tensor->name + "')" : ""));
    return std::nullopt;
  }
  std::vector<int64_t> result(tensor->elements());
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = loadInteger(tensor->type, *tensor->data, i);
  return result;
}

Value Importer::codes(Type element, ArrayRef<int64_t> shape,
                      ArrayRef<int64_t> values) {
  auto quantized = cast<quant::QuantizedType>(element);
  auto stored = cast<IntegerType>(quantized.getStorageType());
  SmallVector<APInt> numbers;
  numbers.reserve(values.size());
  for (int64_t value : values)
    numbers.emplace_back(stored.getWidth(), static_cast<uint64_t>(value),
                         /*isSigned=*/true, /*implicitTrunc=*/true);
  return qgraph::ConstantOp::create(
      builder, loc, RankedTensorType::get(shape, element),
      DenseElementsAttr::get(RankedTensorType::get(shape, stored), numbers));
}

Value Importer::constantOf(const TensorInfo &tensor) {
  if (!tensor.isQuantized()) {
    std::optional<std::vector<float>> numbers = reals(tensor);
    if (!numbers)
      return {};
    return qgraph::build::constant(builder, loc, tensor.shape, *numbers);
  }
  Type element = elementType(tensor);
  if (!element)
    return fail("needs one scale for '" + tensor.name + "'");
  std::vector<int64_t> numbers(tensor.elements());
  for (size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = loadInteger(tensor.type, *tensor.data, i);
  return codes(element, tensor.shape, numbers);
}

Value Importer::operand(size_t index) {
  const TensorInfo *tensor = input(index);
  if (!tensor)
    return fail("lacks operand " + Twine(index));
  if (tensor->data)
    return constantOf(*tensor);
  Value value = values.lookup(op->inputs[index]);
  if (!value)
    return fail("reads '" + tensor->name + "', which is not supported");
  bool isFloat = build::typeOf(value).getElementType().isF32();
  if (isFloat && tensor->isQuantized())
    return fail("reads '" + tensor->name + "' as integers");
  return value;
}

Value Importer::scalar(float value, int64_t rank) {
  return build::splat(builder, loc, SmallVector<int64_t>(rank, 1), value);
}

Value Importer::typed(Value value) {
  if (!value || !isQuantizedOp())
    return value;
  return typed(value, elementType(output()));
}

Value Importer::typed(Value value, Type element) {
  Operation *made = value ? value.getDefiningOp() : nullptr;
  if (!made || !element)
    return fail("has a result of no supported type");
  value.setType(build::typeOf(value).clone(element));
  made->setAttr("qgraph.rounding",
                builder.getStringAttr(roundsOnce() ? "single" : "double"));
  return value;
}

/// [low, high] in codes, rounded as the kernels do it, in f32.
Value Importer::clampCodes(Value value, float low, float high) {
  auto type = dyn_cast<quant::UniformQuantizedType>(
      build::typeOf(value).getElementType());
  if (!type)
    return build::clamp(builder, loc, value, low, high);
  auto scale = static_cast<float>(type.getScale());
  int64_t zero = type.getZeroPoint();
  int64_t min = type.getStorageTypeMin(), max = type.getStorageTypeMax();
  auto code = [&](float real) {
    float steps = std::round(real / scale);
    return std::clamp<int64_t>(
        zero + static_cast<int64_t>(std::clamp(steps, -65536.0f, 65536.0f)),
        min, max);
  };
  int64_t least = low == -unbounded ? min : code(low);
  int64_t most = high == unbounded ? max : code(high);
  if (least == min && most == max)
    return value;
  auto real = [&](int64_t c) { return scale * static_cast<float>(c - zero); };
  return build::clamp(builder, loc, value,
                      least == min ? -unbounded : real(least),
                      most == max ? unbounded : real(most));
}

Value Importer::activate(Value value, Activation activation) {
  if (!value)
    return {};
  switch (activation) {
  case Activation::None:
    return value;
  case Activation::Relu:
    return clampCodes(value, 0, unbounded);
  case Activation::ReluN1To1:
    return clampCodes(value, -1, 1);
  case Activation::Relu6:
    return clampCodes(value, 0, 6);
  case Activation::Tanh:
    if (!isQuantizedOp())
      return build::unary(builder, loc, qgraph::UnaryKind::Tanh, value);
    break;
  }
  return fail("has fused activation " + Twine(static_cast<int>(activation)) +
              ", expected none, RELU, RELU6, RELU_N1_TO_1 or TANH (in float)");
}

bool Importer::keepsType(size_t index) {
  if (!isQuantizedOp())
    return true;
  const TensorInfo *tensor = input(index);
  if (tensor && tensor->isQuantized() && elementType(*tensor) &&
      elementType(*tensor) == elementType(output()))
    return true;
  fail("must keep the scale and zero point of its operand " + Twine(index));
  return false;
}

Value Importer::foldBytes(std::vector<uint8_t> bytes) {
  TensorInfo constant = output();
  if (static_cast<int64_t>(bytes.size()) !=
      constant.elements() * bytesOf(constant.type))
    return fail("computes a constant of another shape than the file says");
  foldedBytes.push_back(std::move(bytes));
  constant.data = ArrayRef<uint8_t>(foldedBytes.back());
  folded[op->outputs[0]] = std::move(constant);
  return {};
}

Value Importer::fold(ArrayRef<float> numbers) {
  if (output().type != ElementType::Float32)
    return fail("computes a constant of " + nameOf(output().type));
  std::vector<uint8_t> bytes(numbers.size() * 4);
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return foldBytes(std::move(bytes));
}

Value Importer::fold(ArrayRef<int64_t> numbers) {
  ElementType type = output().type;
  if (!isInteger(type))
    return fail("computes a constant of " + nameOf(type));
  std::vector<uint8_t> bytes;
  for (int64_t number : numbers)
    for (int64_t i = 0; i < bytesOf(type); ++i)
      bytes.push_back(static_cast<uint8_t>(number >> (8 * i)));
  return foldBytes(std::move(bytes));
}

int64_t Importer::readers(int32_t number) const {
  int64_t count = llvm::count(network.outputs, number);
  for (const OpInfo &info : network.ops)
    count += llvm::count(info.inputs, number);
  return count;
}

bool Importer::isResult(int32_t number) const {
  return llvm::is_contained(network.outputs, number);
}

} // namespace qcc::import::tflite
