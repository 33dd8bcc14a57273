// Functions of one 8-bit code, tabulated as the integer kernels compute them
// (rule table-k1).
#include "compiler/Import/Tflite/Importer.h"
#include "dialects/QGraph/Unary.h"
#include "dialects/QInt/FixedPoint.h"

#include <cmath>

using namespace mlir;

namespace qcc::import::tflite {
namespace {

/// A real factor as gemmlowp's multiplier (of either sign) and power of two.
struct Factor {
  int64_t multiplier = 0;
  int exponent = 0;
};

Factor factorOf(double real) {
  if (real == 0)
    return {};
  Factor factor;
  double fraction = std::frexp(real, &factor.exponent);
  factor.multiplier = static_cast<int64_t>(std::round(fraction * 2147483648.0));
  if (factor.multiplier == int64_t(1) << 31) {
    factor.multiplier /= 2;
    ++factor.exponent;
  }
  return factor.exponent < -31 ? Factor() : factor;
}

int64_t scaled(int64_t value, Factor by, bool single) {
  return qint::scaleByExponent(value, by.multiplier, by.exponent, single);
}

/// The 16-bit fixed point of HARD_SWISH.
int16_t saturate16(int64_t value) {
  return static_cast<int16_t>(std::clamp<int64_t>(value, -32768, 32767));
}

/// a * factor / 2^15, a half up.
int16_t highProduct16(int16_t a, int16_t factor) {
  return static_cast<int16_t>((int32_t(a) * factor + (1 << 14)) >> 15);
}

/// The upper 15 bits of a multiplier of 31.
int16_t upperHalf(int64_t multiplier) {
  return static_cast<int16_t>(
      std::min<int64_t>((multiplier + (1 << 15)) >> 16, 32767));
}

/// One element of HARD_SWISH, from a code less its zero point: the input times
/// a number in [0, 1] that stands for min(max(x + 3, 0), 6) / 6.
int64_t hardSwish(int64_t value, Factor toOutput, Factor toShare) {
  auto fine = static_cast<int16_t>(value * 128);
  int16_t onOutputScale = highProduct16(fine, upperHalf(toOutput.multiplier));
  int16_t share = fine;
  if (toShare.exponent > 0)
    share = saturate16(int64_t(share) * (int64_t(1) << (toShare.exponent - 1)));
  share = highProduct16(share, upperHalf(toShare.multiplier));
  if (toShare.exponent > 0)
    share = saturate16(int64_t(share) * 2);
  else
    share = static_cast<int16_t>(
        qint::divideByPowerOfTwo(share, -toShare.exponent));
  int32_t fromZero = (int32_t(share) + (1 << 15)) >> 1;
  // Towards zero, which takes back the bias of the products before.
  int32_t product = fromZero * onOutputScale / (1 << 15);
  return qint::divideByPowerOfTwo(product, -toOutput.exponent);
}

} // namespace

/// Whether the op maps codes of 8 bits to codes of its input's type.
bool Importer::mapsBytes() {
  const TensorInfo *from = input(0);
  if (from && from->isQuantized() && from->type != ElementType::Int16 &&
      from->type == output().type && elementType(*from) &&
      elementType(output()))
    return true;
  fail("needs an input of 8 bits, of its output's type");
  return false;
}

/// A table of the codes that `function` gives, saturated. It gets the code less
/// its zero point; the result's zero point is added here.
Value Importer::codeTable(llvm::function_ref<int64_t(int64_t)> function) {
  Value in = operand(0);
  if (!in || !mapsBytes())
    return {};
  int64_t least = output().type == ElementType::Int8 ? -128 : 0;
  SmallVector<int8_t> codes;
  for (int64_t code = least; code < least + 256; ++code) {
    int64_t result = function(code - input(0)->quantization->zeroPoints[0]) +
                     output().quantization->zeroPoints[0];
    codes.push_back(
        static_cast<int8_t>(std::clamp(result, least, least + 255)));
  }
  return typed(qgraph::TableOp::create(builder, loc, in.getType(), in, codes));
}

/// Codes of the function in f32: scale, function, scale, round half away.
Value Importer::table(qgraph::UnaryKind kind) {
  if (!mapsBytes())
    return {};
  int64_t least = output().type == ElementType::Int8 ? -128 : 0;
  float low = static_cast<float>(least - output().quantization->zeroPoints[0]) *
              output().quantization->scales[0];
  float scale = input(0)->quantization->scales[0];
  float inverse = 1 / output().quantization->scales[0];
  auto zero = static_cast<float>(output().quantization->zeroPoints[0]);
  return codeTable([&](int64_t value) -> int64_t {
    float rescaled =
        std::round(qgraph::kernelFunction(
                       kind, scale * static_cast<float>(value), low, -low) *
                   inverse);
    if (std::isnan(rescaled))
      rescaled = 0;
    // The sum is f32 too.
    float sum = std::clamp(rescaled + zero, -65536.0f, 65536.0f);
    return static_cast<int64_t>(sum) - static_cast<int64_t>(zero);
  });
}

Value Importer::functionTable(qgraph::UnaryKind kind) {
  using qgraph::UnaryKind;
  switch (kind) {
  case UnaryKind::Sigmoid:
  case UnaryKind::Tanh:
  case UnaryKind::Exp:
  case UnaryKind::Elu:
  case UnaryKind::Gelu:
  case UnaryKind::GeluTanh:
  case UnaryKind::Log:
    return table(kind);
  case UnaryKind::HardSwish:
    return hardSwishTable();
  case UnaryKind::Abs:
    return absTable();
  case UnaryKind::Sqrt:
    return sqrtTable();
  case UnaryKind::Rsqrt:
    return rsqrtTable();
  default:
    return fail("on integers is not supported");
  }
}

bool Importer::roundsOnce() const {
  return options.tfliteRounding == TfliteRounding::Single;
}

Value Importer::leakyReluTable(float alpha) {
  if (!mapsBytes())
    return {};
  float in = input(0)->quantization->scales[0];
  float out = output().quantization->scales[0];
  auto same = static_cast<double>(in / out);
  auto below = static_cast<double>(in * alpha / out);
  if (!(same < 1 << 20) || !(std::abs(below) < 1 << 20))
    return fail("has scales and an alpha that are too far apart");
  return codeTable([&](int64_t value) {
    return scaled(value, factorOf(value >= 0 ? same : below), roundsOnce());
  });
}

Value Importer::hardSwishTable() {
  if (!mapsBytes())
    return {};
  float fine = (1.0f / 128.0f) * input(0)->quantization->scales[0];
  Factor toOutput =
      factorOf(static_cast<double>(fine / output().quantization->scales[0]));
  Factor toShare = factorOf(static_cast<double>(fine / (3.0f / 32768.0f)));
  if (toOutput.exponent > 0 || toOutput.exponent < -15 ||
      std::abs(toShare.exponent) > 15)
    return fail("has scales that are too far apart");
  return codeTable(
      [&](int64_t value) { return hardSwish(value, toOutput, toShare); });
}

/// A table of function(code less zero point) times `ratio`.
Value Importer::rescaledTable(llvm::function_ref<int64_t(int64_t)> function,
                              double ratio) {
  return codeTable([&](int64_t value) {
    return scaled(function(value), factorOf(ratio), roundsOnce());
  });
}

Value Importer::absTable() {
  if (!mapsBytes())
    return {};
  float in = input(0)->quantization->scales[0];
  float out = output().quantization->scales[0];
  auto magnitude = [](int64_t value) { return std::abs(value); };
  if (in == out)
    return codeTable(magnitude);
  if (!(in / out < 1 << 20))
    return fail("has scales that are too far apart");
  return rescaledTable(magnitude, static_cast<double>(in / out));
}

/// Truncated; the kernel refuses numbers below 0, which are 0 here.
Value Importer::sqrtTable() {
  if (!mapsBytes())
    return {};
  float in = input(0)->quantization->scales[0];
  float out = output().quantization->scales[0];
  return codeTable([&](int64_t value) {
    float root =
        std::sqrt(in * static_cast<float>(std::max<int64_t>(value, 0)));
    return static_cast<int64_t>(std::min(root / out, 65536.0f));
  });
}

/// 1 / sqrt(x) in fixed point with 20 more bits on the way. The kernel refuses
/// numbers below 0; here they are what 0 is, the largest code.
Value Importer::rsqrtTable() {
  if (!mapsBytes())
    return {};
  constexpr int more = 20;
  float root = std::sqrt(input(0)->quantization->scales[0]);
  Factor factor = factorOf(
      1.0 / static_cast<double>(root * output().quantization->scales[0]));
  if (factor.exponent > more + 10 || factor.exponent - more < -31)
    return fail("has scales that are too far apart");
  return codeTable([&](int64_t value) -> int64_t {
    if (value <= 0)
      return 512;
    qint::InverseRoot inverse = qint::inverseRoot(static_cast<int32_t>(value));
    int64_t wide = qint::scaleByExponent(1, inverse.multiplier,
                                         inverse.exponent + more, roundsOnce());
    return qint::scaleByExponent(wide, factor.multiplier,
                                 factor.exponent - more, roundsOnce());
  });
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
