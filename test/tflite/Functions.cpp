// Functions of one or two codes.
#include "test/tflite/Arithmetic.h"
#include "test/tflite/File.h"
#include "test/tflite/Kernels.h"

namespace oracle {
namespace {

int16_t shortOf(int64_t v) {
  return static_cast<int16_t>(
      std::min<int64_t>(std::max<int64_t>(v, INT16_MIN), INT16_MAX));
}

/// gemmlowp's product for 16 bits: nudged by its sign, divided towards zero.
int16_t highMul16(int16_t a, int16_t b) {
  int32_t ab = int32_t(a) * b;
  int32_t nudge = ab >= 0 ? 1 << 14 : 1 - (1 << 14);
  return static_cast<int16_t>((ab + nudge) / (1 << 15));
}

int16_t narrowMultiplier(int32_t m) {
  if (m >= INT32_MAX - (1 << 15))
    return INT16_MAX;
  return static_cast<int16_t>((m + (1 << 15)) >> 16);
}

void store(Tensor &out, int64_t i, int64_t v) {
  out.values[i] = clampTo(v + out.zero(), out.least(), out.most());
}

/// 1 / sqrt(x) as a multiplier and a power of two.
Multiplier inverseSqrt(int32_t x) {
  if (x <= 1)
    return {INT32_MAX, 0};
  int right = 11;
  while (x >= (1 << 29)) {
    x /= 4;
    ++right;
  }
  int pairs = (__builtin_clz(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  right -= pairs;
  x <<= 2 * pairs;
  int32_t halfInput = divideByPot(x >> 1, 1);
  int32_t y = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    int32_t y3 = saturatingShift(highMul(highMul(y, y), y), 6);
    int32_t next = highMul((1 << 28) + (1 << 27), y) - highMul(halfInput, y3);
    y = saturatingShift(next, 3);
  }
  y = highMul(y, 1518500250);
  if (right < 0) {
    y *= 1 << -right;
    right = 0;
  }
  return {y, -right};
}

} // namespace

void hardSwish(const Tensor &in, Tensor &out) {
  float fine = (1.0f / 128.0f) * in.scale();
  Multiplier toOut = quantizeMultiplier(fine / out.scale());
  Multiplier toRelu = quantizeMultiplier(fine / (3.0f / 32768.0f));
  int16_t outFactor = narrowMultiplier(toOut.m);
  int16_t reluFactor = narrowMultiplier(toRelu.m);
  for (int64_t i = 0; i < in.size(); ++i) {
    auto fineValue = static_cast<int16_t>((in.values[i] - in.zero()) * 128);
    int16_t scaled = highMul16(fineValue, outFactor);
    int16_t relu = fineValue;
    if (toRelu.e > 0)
      relu = shortOf(int64_t(relu) * (1ll << (toRelu.e - 1)));
    relu = highMul16(relu, reluFactor);
    if (toRelu.e > 0)
      relu = shortOf(int64_t(relu) * 2);
    if (toRelu.e < 0)
      relu = static_cast<int16_t>(divideByPot(relu, -toRelu.e));
    relu = static_cast<int16_t>((relu + (1 << 15)) >> 1);
    int16_t product = static_cast<int16_t>(int32_t(relu) * scaled / (1 << 15));
    store(out, i, divideByPot(product, -toOut.e));
  }
}

void absolute(const Tensor &in, Tensor &out, Rounding rounding) {
  Multiplier k = quantizeMultiplier(in.scale() / out.scale());
  for (int64_t i = 0; i < in.size(); ++i) {
    auto v = static_cast<int32_t>(std::abs(in.values[i] - in.zero()));
    store(out, i, in.scale() == out.scale() ? v : apply(v, k, rounding));
  }
}

void squareRoot(const Tensor &in, Tensor &out) {
  for (int64_t i = 0; i < in.size(); ++i) {
    float x = in.scale() * static_cast<float>(
                               std::max<int64_t>(in.values[i] - in.zero(), 0));
    store(out, i, static_cast<int>(std::sqrt(x) / out.scale()));
  }
}

void inverseSquareRoot(const Tensor &in, Tensor &out, Rounding rounding) {
  Multiplier k = quantizeMultiplier(1. / (std::sqrt(in.scale()) * out.scale()));
  for (int64_t i = 0; i < in.size(); ++i) {
    auto v = static_cast<int32_t>(in.values[i] - in.zero());
    if (v <= 0) {
      out.values[i] = out.most();
      continue;
    }
    Multiplier inverse = inverseSqrt(v);
    int32_t wide = apply(1, {inverse.m, inverse.e + 20}, rounding);
    store(out, i, apply(wide, {k.m, k.e - 20}, rounding));
  }
}

void logarithm(const Tensor &in, Tensor &out) {
  float least = static_cast<float>(out.least() - out.zero()) * out.scale();
  float inverse = 1 / out.scale();
  for (int64_t i = 0; i < in.size(); ++i) {
    float x = in.scale() * static_cast<float>(in.values[i] - in.zero());
    float y = x <= 0 ? least : std::log(x);
    store(out, i, static_cast<int32_t>(std::round(y * inverse)));
  }
}

void prelu(const Tensor &in, const Tensor &slope, Tensor &out,
           Rounding rounding) {
  Multiplier above = quantizeMultiplier(in.scale() / out.scale());
  Multiplier below =
      quantizeMultiplier(in.scale() * slope.scale() / out.scale());
  broadcast(in, slope, out, [&](int64_t x, int64_t a) -> int64_t {
    auto v = static_cast<int32_t>(x - in.zero());
    int32_t r = v >= 0 ? apply(v, above, rounding)
                       : apply(static_cast<int32_t>(v * (a - slope.zero())),
                               below, rounding);
    return clampTo(int64_t(r) + out.zero(), out.least(), out.most());
  });
}

void squaredDifference(const Tensor &a, const Tensor &b, Tensor &out,
                       Rounding rounding) {
  const int left = a.type == 7 ? 0 : 7;
  double twice = 2.0 * static_cast<double>(std::max(a.scale(), b.scale()));
  Multiplier ka = quantizeMultiplier(static_cast<double>(a.scale()) / twice);
  Multiplier kb = quantizeMultiplier(static_cast<double>(b.scale()) / twice);
  Multiplier ko = quantizeMultiplier(
      twice * twice / static_cast<double>((1 << (2 * left)) * out.scale()));
  broadcast(a, b, out, [&](int64_t x, int64_t y) -> int64_t {
    auto l = static_cast<int32_t>((x - a.zero()) * (1 << left));
    auto r = static_cast<int32_t>((y - b.zero()) * (1 << left));
    int32_t d = apply(l, ka, rounding) - apply(r, kb, rounding);
    return clampTo(int64_t(apply(d * d, ko, rounding)) + out.zero(),
                   out.least(), out.most());
  });
}

/// RESIZE_BILINEAR with 10 fractional bits.
void resizeBilinear(const Tensor &in, Tensor &out, const uint8_t *o,
                    Rounding rounding) {
  bool corners = scalar<uint8_t>(o, 2), half = scalar<uint8_t>(o, 3);
  struct Place {
    int32_t at, low, high;
  };
  auto places = [&](int axis) {
    int32_t have = in.shape[axis], want = out.shape[axis];
    int32_t step = ((1 << 10) * have + want / 2) / want;
    if (corners && want > 1)
      step = ((1 << 10) * (have - 1) + (want - 1) / 2) / (want - 1);
    std::vector<Place> result;
    for (int32_t i = 0; i < want; ++i) {
      int32_t at = half ? i * step + step / 2 - (1 << 9) : i * step;
      result.push_back({at, std::max(at / (1 << 10), 0),
                        std::min((at + (1 << 10) - 1) / (1 << 10), have - 1)});
    }
    return result;
  };
  std::vector<Place> rows = places(1), columns = places(2);
  int C = in.shape[3];
  int64_t next = 0;
  for (int b = 0; b < out.shape[0]; ++b)
    for (const Place &y : rows)
      for (const Place &x : columns)
        for (int c = 0; c < C; ++c) {
          auto pixel = [&](int32_t row, int32_t column) {
            return in.values[((int64_t(b) * in.shape[1] + row) * in.shape[2] +
                              column) *
                                 C +
                             c];
          };
          int64_t dy = y.at - 1024 * y.low, dx = x.at - 1024 * x.low;
          int64_t sum = pixel(y.low, x.low) * (1024 - dy) * (1024 - dx) +
                        pixel(y.high, x.low) * dy * (1024 - dx) +
                        pixel(y.low, x.high) * (1024 - dy) * dx +
                        pixel(y.high, x.high) * dy * dx;
          if (rounding == Rounding::Single)
            out.values[next++] = (sum + (1 << 19)) >> 20;
          else
            out.values[next++] =
                (sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20);
        }
}

namespace {

int32_t plus(int32_t a, int32_t b) { return saturated(int64_t(a) + b); }

/// log(x) with 5 integer bits for x >= 1 with 12, as the kernels approximate
/// it: a rational function about the nearest power of 2 or of 2 / sqrt(2).
int32_t logOf(int32_t x) {
  auto clz = [](int32_t v) {
    return v == 0 ? 32 : __builtin_clz(static_cast<uint32_t>(v));
  };
  const int32_t quarter = divideByPot(1 << 29, 6);
  int32_t rA =
      saturatingShift(highMul(saturatingShift(x, clz(x) - 1), 1518500250), 1);
  int32_t powerA = plus(saturatingShift(12 - clz(x), 25), quarter);
  int32_t headroomB = clz(highMul(x, 1518500250)) - 1;
  int32_t rB = saturatingShift(x, headroomB);
  int32_t powerB = plus(saturatingShift(12 - headroomB, 25), -quarter);
  int32_t r = std::min(rA, rB);
  int64_t sum = int64_t(r) + 1805811301;
  auto p = static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  int32_t q = r - 1805811301;
  q = q + q;
  int32_t q2 = highMul(q, q);
  int32_t num = highMul(q, r) + highMul(highMul(q, q2), 117049297);
  int32_t denom = highMul(p, 1057819769 + q + highMul(127690142, q2)) +
                  highMul(638450708, q);
  int32_t result = highMul(std::max(powerA, powerB), 1488522236) +
                   highMul(divideByPot(num, 6), oneOverOnePlus(denom));
  return saturatingShift(result, 1);
}

} // namespace

void logSoftmax(const Tensor &in, Tensor &out, Rounding rounding) {
  double limit = (rounding == Rounding::Single ? 1ll << 30 : 1ll << 31) - 1.0;
  Multiplier k = quantizeMultiplier(
      std::min(static_cast<double>(in.scale()) * (1 << 26), limit));
  Multiplier back = quantizeMultiplier(static_cast<double>(1ll << (31 - k.e)) /
                                       static_cast<double>(k.m));
  int least = -static_cast<int>(
      std::floor(31.0 * (1ll << 26) / static_cast<double>(1ll << k.e)));
  int depth = in.shape.back();
  for (int64_t row = 0; row < in.size() / depth; ++row) {
    const int64_t *x = &in.values[row * depth];
    int64_t largest = *std::max_element(x, x + depth);
    int32_t sum = 0;
    for (int c = 0; c < depth; ++c) {
      auto difference = static_cast<int32_t>(x[c] - largest);
      if (difference >= least)
        sum += divideByPot(expOfNegative(apply(difference, k, rounding)), 12);
    }
    int32_t log = logOf(sum);
    int bound = std::max(
        least - 1,
        apply(static_cast<int32_t>(int64_t(log) + INT32_MIN), back, rounding));
    for (int c = 0; c < depth; ++c) {
      auto difference = static_cast<int32_t>(x[c] - largest);
      int64_t v = out.least();
      if (difference > bound) {
        int32_t scaled = apply(difference, k, rounding);
        v = divideByPot(scaled - log, 22) + out.most();
      }
      out.values[row * depth + c] = clampTo(v, out.least(), out.most());
    }
  }
}

void l2Normalization(const Tensor &in, Tensor &out, Rounding rounding) {
  int depth = in.shape.back();
  for (int64_t row = 0; row < in.size() / depth; ++row) {
    const int64_t *x = &in.values[row * depth];
    int64_t sum = 0;
    for (int c = 0; c < depth; ++c)
      sum += (x[c] - in.zero()) * (x[c] - in.zero());
    Multiplier k = inverseSqrt(static_cast<int32_t>(sum));
    for (int c = 0; c < depth; ++c)
      out.values[row * depth + c] =
          clampTo(apply(static_cast<int32_t>(x[c] - in.zero()), {k.m, k.e + 7},
                        rounding),
                  out.least(), out.most());
  }
}

/// Division by zero, which the kernels forbid, goes to the bounds.
void divide(const Tensor &a, const Tensor &b, Tensor &out, const uint8_t *o,
            Rounding rounding) {
  Multiplier k = quantizeMultiplier(a.scale() / (b.scale() * out.scale()));
  Range range = activationRange(out, scalar<int8_t>(o, 0));
  broadcast(a, b, out, [&](int64_t x, int64_t y) -> int64_t {
    auto l = static_cast<int32_t>(x - a.zero());
    auto r = static_cast<int32_t>(y - b.zero());
    if (r == 0 && l != 0)
      return l > 0 ? range.high : range.low;
    int32_t v = 0;
    if (l != 0) {
      if (r < 0) {
        l = -l;
        r = -r;
      }
      int zeros = __builtin_clz(static_cast<uint32_t>(r));
      int32_t inverse = oneOverOnePlus(static_cast<int32_t>(
          (static_cast<uint32_t>(r) << zeros) - (uint32_t(1) << 31)));
      int headroom = l > 0 ? __builtin_clz(static_cast<uint32_t>(l)) - 1
                           : __builtin_clz(2u * static_cast<uint32_t>(-l) - 1);
      if (rounding == Rounding::Single)
        headroom = std::min(headroom, 30);
      int32_t wide = apply(l, {inverse, headroom}, rounding);
      int e = k.e - (31 - zeros) - headroom;
      v = e < -31 ? 0 : apply(wide, {k.m, e}, rounding);
    }
    return clampTo(int64_t(v) + out.zero(), range.low, range.high);
  });
}

} // namespace oracle
