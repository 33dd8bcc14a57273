// Kernels of INT16 that are not those of INT8 on wider codes.
#include "test/tflite/Arithmetic.h"
#include "test/tflite/File.h"
#include "test/tflite/Kernels.h"

namespace oracle {
namespace {

template <typename Real, typename Function>
std::vector<int16_t> sampled(Real inScale, int inZero, Real outScale,
                             const Function &f) {
  Real first = inScale * (INT16_MIN - inZero);
  Real last = inScale * (INT16_MAX - inZero);
  Real span = outScale * INT16_MAX - outScale * INT16_MIN;
  Real step = (last - first) / 512;
  Real toCodes = Real(65536) / span;
  auto cut = [](Real v) {
    return static_cast<int16_t>(
        std::min<Real>(std::max<Real>(v, INT16_MIN), INT16_MAX));
  };
  std::vector<int16_t> points(513);
  for (int i = 0; i < 512; ++i) {
    Real here = std::round(f(first + i * step) * toCodes);
    Real middle = std::round(f(first + i * step + step / 2) * toCodes);
    Real straight =
        std::round((f(first + (i + 1) * step) * toCodes + here) / 2);
    points[i] = cut(here - std::round((straight - middle) / 2));
  }
  points[512] = cut(std::round(f(last) * toCodes));
  return points;
}

} // namespace

std::vector<int16_t> pointsOf(double inScale, int inZero, double outScale,
                              const std::function<double(double)> &f) {
  return sampled<double>(inScale, inZero, outScale, f);
}

std::vector<int16_t> floatPointsOf(float inScale, float outScale,
                                   const std::function<float(float)> &f) {
  return sampled<float>(inScale, 0, outScale, f);
}

int16_t between(const std::vector<int16_t> &points, int16_t x) {
  int index = 256 + (x >> 7), offset = x & 0x7f;
  auto slope = static_cast<int16_t>(points[index + 1] - points[index]);
  return static_cast<int16_t>(points[index] + ((slope * offset + 64) >> 7));
}

void wordSoftmax(const Tensor &in, Tensor &out, const uint8_t *o,
                 Rounding rounding) {
  float scaled = in.scale() * scalar<float>(o, 0);
  Multiplier k =
      quantizeMultiplier(static_cast<double>(scaled) / (10.0 / 65535.0));
  std::vector<int16_t> exps = pointsOf(10.0 / 65535, INT16_MAX, 2.0 / 65535,
                                       [](double x) { return std::exp(x); });
  std::vector<int16_t> inverses =
      pointsOf(1.0 / 65535, INT16_MIN, 2.0 / 65535,
               [](double x) { return 1.0 / (1.0 + x); });
  int depth = in.shape.back();
  for (int64_t row = 0; row < in.size() / depth; ++row) {
    const int64_t *x = &in.values[row * depth];
    int64_t largest = *std::max_element(x, x + depth);
    std::vector<int32_t> terms;
    int32_t sum = 0;
    for (int c = 0; c < depth; ++c) {
      int64_t v =
          int64_t(apply(static_cast<int32_t>(x[c] - largest), k, rounding)) +
          INT16_MAX;
      terms.push_back(between(
          exps, static_cast<int16_t>(clampTo(v, INT16_MIN, INT16_MAX))));
      sum += terms.back();
    }
    int zeros = __builtin_clz(static_cast<uint32_t>(sum));
    auto mantissa = static_cast<int32_t>(
        ((static_cast<int64_t>(sum) << (zeros - 1)) + (1 << 13)) >> 14);
    int16_t inverse = between(
        inverses, static_cast<int16_t>(clampTo(mantissa - (1 << 15) - (1 << 16),
                                               INT16_MIN, INT16_MAX)));
    int right = 31 - zeros;
    for (int c = 0; c < depth; ++c)
      out.values[row * depth + c] =
          clampTo((int64_t(terms[c]) * inverse + (1 << (right - 1))) >> right,
                  0, INT16_MAX);
  }
}

/// LOGISTIC and TANH between 256 points of the logistic function, 24 of which
/// are one unit apart; the published table is these numbers.
void wordSigmoid(const Tensor &in, Tensor &out, bool tanh) {
  uint32_t points[256];
  auto exact = [](double x) { return 65536.0 / (1.0 + std::exp(-x / 24)); };
  for (int i = 0; i < 255; ++i) {
    double bulge = exact(i + 0.5) - 0.5 * (exact(i) + exact(i + 1));
    points[i] = static_cast<uint32_t>(std::lround(exact(i) + 0.5 * bulge));
  }
  points[255] = 65535;
  float log2 = std::log(in.scale()) * (1.0f / std::log(2.0f));
  float whole = std::round(log2);
  int shift = 12 + static_cast<int>(whole);
  int32_t multiplier = 0;
  if (std::abs(log2 - whole) < 1e-3f && (shift == 0 || (tanh && shift == 1))) {
    multiplier = 3 << shift;
    shift = 0;
  } else {
    double m = in.scale() * 4096.0 * 3.0;
    for (shift = 0; m <= 32767.0 / 2.0 && shift <= 30; ++shift)
      m *= 2;
    multiplier = static_cast<int32_t>(m);
  }
  int32_t round = shift > 0 ? 1 << (shift - 1) : 0;
  for (int64_t i = 0; i < in.size(); ++i) {
    auto x = static_cast<int32_t>((in.values[i] * multiplier + round) >> shift);
    uint32_t distance = std::abs(x);
    int bits = tanh ? 8 : 9;
    uint32_t high = distance >> bits, low = distance & ((1u << bits) - 1);
    int64_t y = tanh ? int64_t(0xFFFF) << 8 : int64_t(0x7FFF) << 10;
    if (high < 255)
      y = (int64_t(points[high]) << bits) +
          int64_t(low) * (points[high + 1] - points[high]);
    if (tanh)
      y = (x >= 0 ? y - (1 << 23) + (1 << 7) : -y + (1 << 23) + (1 << 7) - 1) >>
          8;
    else
      y = (x >= 0 ? y + (1 << 9) : (1 << 25) - y + (1 << 9) - 1) >> 10;
    out.values[i] = static_cast<int16_t>(y);
  }
}

} // namespace oracle
