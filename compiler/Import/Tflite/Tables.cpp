// Functions of one 8-bit code, tabulated as the integer kernels compute them.
#include "compiler/Import/Tflite/Importer.h"

#include <cmath>

using namespace mlir;

namespace qcc::import::tflite {
namespace {

/// gemmlowp's two roundings of value * multiplier, for a real multiplier of
/// either sign; `single` rounds once.
int64_t scaled(int64_t value, double multiplier, bool single) {
  if (multiplier == 0)
    return 0;
  int exponent;
  double fraction = std::frexp(multiplier, &exponent);
  auto m = static_cast<int64_t>(std::round(fraction * 2147483648.0));
  if (m == int64_t(1) << 31) {
    m /= 2;
    ++exponent;
  }
  if (exponent < -31)
    return 0;
  if (single) {
    int shift = 31 - exponent;
    return (value * m + (int64_t(1) << (shift - 1))) >> shift;
  }
  int64_t left = exponent > 0 ? exponent : 0;
  int right = exponent > 0 ? 0 : -exponent;
  int64_t high = ((value << left) * m + (int64_t(1) << 30)) >> 31;
  if (right == 0)
    return high;
  int64_t half = int64_t(1) << (right - 1);
  return high < 0 ? -((-high + half) >> right) : (high + half) >> right;
}

} // namespace

/// Codes of function(x), in f32: scale, function, scale, round half away.
Value Importer::table(llvm::function_ref<float(float)> function) {
  Value in = operand(0);
  const TensorInfo *from = input(0);
  if (!in || !from->isQuantized() || from->type == ElementType::Int16 ||
      from->type != output().type || !elementType(output()))
    return fail("needs an input of 8 bits, of its output's type");
  const Quantization &a = *from->quantization, &b = *output().quantization;
  bool isSigned = from->type == ElementType::Int8;
  int32_t least = isSigned ? -128 : 0;
  float inverse = 1 / b.scales[0];
  SmallVector<int8_t> codes;
  for (int32_t code = least; code < least + 256; ++code) {
    float x = a.scales[0] *
              static_cast<float>(code - static_cast<int32_t>(a.zeroPoints[0]));
    float rescaled = std::round(function(x) * inverse);
    if (std::isnan(rescaled))
      rescaled = 0;
    float sum = rescaled + static_cast<float>(b.zeroPoints[0]);
    codes.push_back(static_cast<int8_t>(static_cast<int32_t>(std::clamp(
        sum, static_cast<float>(least), static_cast<float>(least + 255)))));
  }
  return typed(qgraph::TableOp::create(builder, loc, in.getType(), in, codes));
}

Value Importer::leakyReluTable(float alpha) {
  Value in = operand(0);
  const TensorInfo *from = input(0);
  if (!in || !from->isQuantized() || from->type == ElementType::Int16 ||
      from->type != output().type || !elementType(output()))
    return fail("needs an input of 8 bits, of its output's type");
  const Quantization &a = *from->quantization, &b = *output().quantization;
  double same = static_cast<double>(a.scales[0] / b.scales[0]);
  double below = static_cast<double>(a.scales[0] * alpha / b.scales[0]);
  if (!(same < 1 << 20) || !(std::abs(below) < 1 << 20))
    return fail("has scales and an alpha that are too far apart");
  int64_t least = from->type == ElementType::Int8 ? -128 : 0;
  bool single = options.tfliteRounding == TfliteRounding::Single;
  SmallVector<int8_t> codes;
  for (int64_t code = least; code < least + 256; ++code) {
    int64_t value = code - a.zeroPoints[0];
    int64_t result =
        b.zeroPoints[0] + scaled(value, value >= 0 ? same : below, single);
    codes.push_back(
        static_cast<int8_t>(std::clamp(result, least, least + 255)));
  }
  return typed(qgraph::TableOp::create(builder, loc, in.getType(), in, codes));
}

/// What CONCATENATION of UINT8 does, in f32.
Value Importer::rescaleTable(size_t index, Value value) {
  const Quantization &a = *input(index)->quantization,
                     &b = *output().quantization;
  float inverse = 1.0f / b.scales[0];
  float scale = a.scales[0] * inverse;
  float bias = -static_cast<float>(a.zeroPoints[0]) * scale;
  SmallVector<int8_t> codes;
  for (int32_t code = 0; code < 256; ++code) {
    float sum = std::round(static_cast<float>(code) * scale + bias) +
                static_cast<float>(b.zeroPoints[0]);
    codes.push_back(static_cast<int8_t>(
        static_cast<int32_t>(std::clamp(sum, 0.0f, 255.0f))));
  }
  return typed(
      qgraph::TableOp::create(builder, loc, value.getType(), value, codes));
}

} // namespace qcc::import::tflite
