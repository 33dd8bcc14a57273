#include "test/tflite/Oracle.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <stdexcept>

namespace oracle {
namespace {

//===----------------------------------------------------------------------===//
// The file: tables by hand, from the format's definition
//===----------------------------------------------------------------------===//

template <typename T> T at(const uint8_t *p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}

/// Where field number `id` of a table lies; null when it is left out.
const uint8_t *field(const uint8_t *table, int id) {
  const uint8_t *vtable = table - at<int32_t>(table);
  int size = at<uint16_t>(vtable);
  int slot = 4 + 2 * id;
  if (slot + 2 > size || at<uint16_t>(vtable + slot) == 0)
    return nullptr;
  return table + at<uint16_t>(vtable + slot);
}

template <typename T> T scalar(const uint8_t *table, int id, T otherwise = 0) {
  const uint8_t *p = table ? field(table, id) : nullptr;
  return p ? at<T>(p) : otherwise;
}

const uint8_t *follow(const uint8_t *p) {
  return p ? p + at<uint32_t>(p) : nullptr;
}

template <typename T> std::vector<T> numbers(const uint8_t *table, int id) {
  const uint8_t *p = follow(field(table, id));
  std::vector<T> result(p ? at<uint32_t>(p) : 0);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = at<T>(p + 4 + i * sizeof(T));
  return result;
}

std::vector<const uint8_t *> tables(const uint8_t *table, int id) {
  const uint8_t *p = follow(field(table, id));
  std::vector<const uint8_t *> result(p ? at<uint32_t>(p) : 0);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = follow(p + 4 + 4 * i);
  return result;
}

enum Code {
  kAdd = 0,
  kAveragePool = 1,
  kConcatenation = 2,
  kConv = 3,
  kDepthwise = 4,
  kDequantize = 6,
  kFullyConnected = 9,
  kLogistic = 14,
  kMaxPool = 17,
  kMul = 18,
  kRelu = 19,
  kReluN1To1 = 20,
  kRelu6 = 21,
  kReshape = 22,
  kSoftmax = 25,
  kTanh = 28,
  kTransposeConv = 67,
  kPad = 34,
  kMean = 40,
  kSub = 41,
  kSum = 74,
  kLeakyRelu = 98,
  kQuantize = 114,
};

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

[[noreturn]] void refuse(const std::string &why) {
  throw std::runtime_error(why);
}

int32_t saturated(int64_t v) {
  return static_cast<int32_t>(
      std::min<int64_t>(std::max<int64_t>(v, INT32_MIN), INT32_MAX));
}

/// The published form: nudged by the product's sign, divided towards zero.
int32_t highMul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN)
    return INT32_MAX;
  int64_t ab = static_cast<int64_t>(a) * b;
  int64_t nudge = ab >= 0 ? (1 << 30) : (1 - (1 << 30));
  return static_cast<int32_t>((ab + nudge) / (1ll << 31));
}

int32_t divideByPot(int32_t x, int exponent) {
  int32_t mask = static_cast<int32_t>((1ll << exponent) - 1);
  int32_t remainder = x & mask;
  int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

struct Multiplier {
  int32_t m;
  int e;
};

Multiplier quantizeMultiplier(double real) {
  if (real == 0)
    return {0, 0};
  int e;
  double q = std::frexp(real, &e);
  int64_t m = std::llround(q * 2147483648.0);
  if (m == 2147483648ll) {
    m /= 2;
    ++e;
  }
  if (e < -31) {
    e = 0;
    m = 0;
  }
  return {static_cast<int32_t>(m), e};
}

int32_t apply(int32_t x, Multiplier k, Rounding rounding) {
  if (rounding == Rounding::Single) {
    int total = 31 - k.e;
    int64_t sum = static_cast<int64_t>(x) * k.m + (1ll << (total - 1));
    return static_cast<int32_t>(sum >> total);
  }
  int left = std::max(k.e, 0), right = std::max(-k.e, 0);
  return divideByPot(highMul(static_cast<int32_t>(x * (1ll << left)), k.m),
                     right);
}

int clampTo(int64_t v, int low, int high) {
  return static_cast<int>(std::min<int64_t>(std::max<int64_t>(v, low), high));
}

struct Range {
  int low, high;
};

Range activationRange(const Tensor &out, int activation) {
  auto code = [&](float real) {
    return out.zero() + static_cast<int>(std::round(real / out.scale()));
  };
  Range r{out.least(), out.most()};
  if (activation == 1 || activation == 3)
    r.low = std::max(r.low, code(0));
  if (activation == 3)
    r.high = std::min(r.high, code(6));
  if (activation == 2) {
    r.low = std::max(r.low, code(-1));
    r.high = std::min(r.high, code(1));
  }
  if (activation > 3)
    refuse("activation");
  return r;
}

int padBefore(int in, int window, int stride, int dilation, int out,
              bool same) {
  int extent = (window - 1) * dilation + 1;
  int total = std::max((out - 1) * stride + extent - in, 0);
  return same ? total / 2 : 0;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// CONV_2D and DEPTHWISE_CONV_2D.
void conv(const Tensor &in, const Tensor &filter, const Tensor *bias,
          Tensor &out, const uint8_t *o, bool depthwise, Rounding rounding) {
  bool same = scalar<int8_t>(o, 0) == 0;
  int strideW = scalar<int32_t>(o, 1), strideH = scalar<int32_t>(o, 2);
  int activation = scalar<int8_t>(o, depthwise ? 4 : 3);
  int dilationW = scalar<int32_t>(o, depthwise ? 5 : 4, 1);
  int dilationH = scalar<int32_t>(o, depthwise ? 6 : 5, 1);
  int H = in.shape[1], W = in.shape[2], C = in.shape[3];
  int OH = out.shape[1], OW = out.shape[2], OC = out.shape[3];
  int KH = filter.shape[1], KW = filter.shape[2], FC = filter.shape[3];
  int top = padBefore(H, KH, strideH, dilationH, OH, same);
  int left = padBefore(W, KW, strideW, dilationW, OW, same);
  Range range = activationRange(out, activation);
  int perGroup = depthwise ? 1 : FC;
  int outputsPerGroup = depthwise ? OC / C : OC / (C / FC);
  for (int c = 0; c < OC; ++c) {
    float filterScale = filter.scales[filter.scales.size() > 1 ? c : 0];
    double real = static_cast<double>(in.scale()) *
                  static_cast<double>(filterScale) /
                  static_cast<double>(out.scale());
    if (in.type == 3)
      real = static_cast<double>(in.scale() * filterScale) /
             static_cast<double>(out.scale());
    Multiplier k = quantizeMultiplier(real);
    int64_t wz = filter.zeroPoints[filter.zeroPoints.size() > 1 ? c : 0];
    int first = c / outputsPerGroup * perGroup;
    for (int b = 0; b < out.shape[0]; ++b)
      for (int y = 0; y < OH; ++y)
        for (int x = 0; x < OW; ++x) {
          int64_t sum = bias ? bias->values[c] : 0;
          for (int ky = 0; ky < KH; ++ky)
            for (int kx = 0; kx < KW; ++kx) {
              int iy = y * strideH - top + ky * dilationH;
              int ix = x * strideW - left + kx * dilationW;
              if (iy < 0 || iy >= H || ix < 0 || ix >= W)
                continue;
              const int64_t *pixel =
                  &in.values[((int64_t(b) * H + iy) * W + ix) * C + first];
              for (int i = 0; i < perGroup; ++i) {
                int64_t at = depthwise
                                 ? (int64_t(ky) * KW + kx) * OC + c
                                 : ((int64_t(c) * KH + ky) * KW + kx) * FC + i;
                sum += (pixel[i] - in.zero()) * (filter.values[at] - wz);
              }
            }
          int64_t v = apply(static_cast<int32_t>(sum), k, rounding);
          out.values[((int64_t(b) * OH + y) * OW + x) * OC + c] =
              clampTo(v + out.zero(), range.low, range.high);
        }
  }
}

/// TRANSPOSE_CONV: every input element is spread over its window.
void transposeConv(const Tensor &in, const Tensor &filter, const Tensor *bias,
                   Tensor &out, const uint8_t *o, Rounding rounding) {
  bool same = scalar<int8_t>(o, 0) == 0;
  int strideW = scalar<int32_t>(o, 1), strideH = scalar<int32_t>(o, 2);
  Range range = activationRange(out, scalar<int8_t>(o, 3));
  int H = in.shape[1], W = in.shape[2], C = in.shape[3];
  int OH = out.shape[1], OW = out.shape[2], OC = out.shape[3];
  int KH = filter.shape[1], KW = filter.shape[2];
  // The padding of the convolution from the output to the input.
  int top = padBefore(OH, KH, strideH, 1, H, same);
  int left = padBefore(OW, KW, strideW, 1, W, same);
  for (int c = 0; c < OC; ++c) {
    double real =
        static_cast<double>(in.scale()) *
        static_cast<double>(filter.scales[filter.scales.size() > 1 ? c : 0]) /
        static_cast<double>(out.scale());
    Multiplier k = quantizeMultiplier(real);
    for (int b = 0; b < out.shape[0]; ++b) {
      std::vector<int64_t> sums(int64_t(OH) * OW, bias ? bias->values[c] : 0);
      for (int y = 0; y < H; ++y)
        for (int x = 0; x < W; ++x)
          for (int ky = 0; ky < KH; ++ky)
            for (int kx = 0; kx < KW; ++kx) {
              int oy = y * strideH - top + ky, ox = x * strideW - left + kx;
              if (oy < 0 || oy >= OH || ox < 0 || ox >= OW)
                continue;
              for (int i = 0; i < C; ++i)
                sums[int64_t(oy) * OW + ox] +=
                    (in.values[((int64_t(b) * H + y) * W + x) * C + i] -
                     in.zero()) *
                    filter.values[((int64_t(c) * KH + ky) * KW + kx) * C + i];
            }
      for (int64_t i = 0; i < int64_t(OH) * OW; ++i)
        out.values[(int64_t(b) * OH * OW + i) * OC + c] =
            clampTo(int64_t(apply(static_cast<int32_t>(sums[i]), k, rounding)) +
                        out.zero(),
                    range.low, range.high);
    }
  }
}

void fullyConnected(const Tensor &in, const Tensor &filter, const Tensor *bias,
                    Tensor &out, const uint8_t *o, Rounding rounding) {
  int N = filter.shape[0], K = filter.shape[1];
  int64_t rows = in.size() / K;
  Range range = activationRange(out, scalar<int8_t>(o, 0));
  for (int64_t r = 0; r < rows; ++r)
    for (int n = 0; n < N; ++n) {
      int64_t sum = bias ? bias->values[n] : 0;
      for (int k = 0; k < K; ++k)
        sum += (in.values[r * K + k] - in.zero()) *
               (filter.values[int64_t(n) * K + k] - filter.zeroPoints[0]);
      float product = in.scale() * filter.scales[0];
      double real =
          static_cast<double>(product) / static_cast<double>(out.scale());
      if (filter.scales.size() > 1)
        real = static_cast<double>(in.scale()) *
               static_cast<double>(filter.scales[n]) /
               static_cast<double>(out.scale());
      int64_t v =
          apply(static_cast<int32_t>(sum), quantizeMultiplier(real), rounding);
      out.values[r * N + n] = clampTo(v + out.zero(), range.low, range.high);
    }
}

/// Calls f(a, b) for elements of two tensors broadcast to the output's shape.
void broadcast(const Tensor &a, const Tensor &b, Tensor &out,
               const std::function<int64_t(int64_t, int64_t)> &f) {
  auto offset = [&](const Tensor &t, int64_t flat) {
    int64_t result = 0, unit = 1;
    int rank = out.shape.size(), lead = rank - int(t.shape.size());
    for (int axis = rank - 1; axis >= 0; --axis) {
      int64_t index = flat % out.shape[axis];
      flat /= out.shape[axis];
      if (axis < lead)
        continue;
      int size = t.shape[axis - lead];
      if (size != 1)
        result += index * unit;
      unit *= size;
    }
    return result;
  };
  for (int64_t i = 0; i < out.size(); ++i)
    out.values[i] = f(a.values[offset(a, i)], b.values[offset(b, i)]);
}

void addOrSub(const Tensor &a, const Tensor &b, Tensor &out, const uint8_t *o,
              bool subtract, Rounding rounding) {
  double twice = 2 * std::max(a.scale(), b.scale());
  Multiplier ma = quantizeMultiplier(a.scale() / twice);
  Multiplier mb = quantizeMultiplier(b.scale() / twice);
  Multiplier mo = quantizeMultiplier(twice / ((1 << 20) * double(out.scale())));
  Range range = activationRange(out, scalar<int8_t>(o, 0));
  broadcast(a, b, out, [&](int64_t x, int64_t y) -> int64_t {
    auto l = static_cast<int32_t>((x - a.zero()) * (1 << 20));
    auto r = static_cast<int32_t>((y - b.zero()) * (1 << 20));
    if (subtract)
      r = -r;
    int32_t sum = apply(l, ma, rounding) + apply(r, mb, rounding);
    return clampTo(int64_t(apply(sum, mo, rounding)) + out.zero(), range.low,
                   range.high);
  });
}

void mul(const Tensor &a, const Tensor &b, Tensor &out, const uint8_t *o,
         Rounding rounding) {
  float real = a.scale() * b.scale() / out.scale();
  Multiplier k = quantizeMultiplier(real);
  Range range = activationRange(out, scalar<int8_t>(o, 0));
  broadcast(a, b, out, [&](int64_t x, int64_t y) -> int64_t {
    auto product = static_cast<int32_t>((x - a.zero()) * (y - b.zero()));
    return clampTo(int64_t(apply(product, k, rounding)) + out.zero(), range.low,
                   range.high);
  });
}

void pool(const Tensor &in, Tensor &out, const uint8_t *o, bool average) {
  bool same = scalar<int8_t>(o, 0) == 0;
  int strideW = scalar<int32_t>(o, 1), strideH = scalar<int32_t>(o, 2);
  int KW = scalar<int32_t>(o, 3), KH = scalar<int32_t>(o, 4);
  Range range = activationRange(out, scalar<int8_t>(o, 5));
  int H = in.shape[1], W = in.shape[2], C = in.shape[3];
  int top = padBefore(H, KH, strideH, 1, out.shape[1], same);
  int left = padBefore(W, KW, strideW, 1, out.shape[2], same);
  int64_t next = 0;
  for (int b = 0; b < out.shape[0]; ++b)
    for (int y = 0; y < out.shape[1]; ++y)
      for (int x = 0; x < out.shape[2]; ++x)
        for (int c = 0; c < C; ++c) {
          int64_t sum = 0, count = 0, best = INT32_MIN;
          for (int iy = std::max(0, y * strideH - top);
               iy < std::min(H, y * strideH - top + KH); ++iy)
            for (int ix = std::max(0, x * strideW - left);
                 ix < std::min(W, x * strideW - left + KW); ++ix) {
              int64_t v = in.values[((int64_t(b) * H + iy) * W + ix) * C + c];
              sum += v;
              ++count;
              best = std::max(best, v);
            }
          int64_t mean =
              sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
          out.values[next++] =
              clampTo(average ? mean : best, range.low, range.high);
        }
}

/// MEAN and SUM; the axes are a constant operand.
void reduce(const Tensor &in, const Tensor &axes, Tensor &out, bool mean,
            Rounding rounding) {
  int rank = in.shape.size();
  std::vector<bool> gone(rank, false);
  for (int64_t axis : axes.values)
    gone[axis < 0 ? axis + rank : axis] = true;
  std::vector<int64_t> sums(out.size(), 0);
  for (int64_t i = 0; i < in.size(); ++i) {
    int64_t rest = i, to = 0, unit = 1;
    for (int axis = rank - 1; axis >= 0; --axis) {
      int64_t index = rest % in.shape[axis];
      rest /= in.shape[axis];
      if (gone[axis])
        continue;
      to += index * unit;
      unit *= in.shape[axis];
    }
    sums[to] += in.values[i] - in.zero();
  }
  int64_t count = in.size() / out.size();
  Multiplier k = quantizeMultiplier(static_cast<double>(in.scale()) /
                                    static_cast<double>(out.scale()));
  if (mean) {
    int shift = 63 - __builtin_clzll(static_cast<uint64_t>(count));
    shift = std::min(std::min(shift, 32), 31 + k.e);
    k.m = static_cast<int32_t>((int64_t(k.m) << shift) / count);
    k.e -= shift;
  }
  for (int64_t i = 0; i < out.size(); ++i)
    out.values[i] = clampTo(
        int64_t(apply(static_cast<int32_t>(sums[i]), k, rounding)) + out.zero(),
        out.least(), out.most());
}

int32_t saturatingShift(int32_t x, int bits) {
  return saturated(static_cast<int64_t>(x) * (1ll << bits));
}

/// exp of a number at most 0 with 5 integer bits.
int32_t expOfNegative(int32_t a) {
  int32_t quarter = 1 << 24;
  int32_t inside = (a & (quarter - 1)) - quarter;
  int32_t x = saturatingShift(inside, 5) + (1 << 28);
  int32_t x2 = highMul(x, x);
  int32_t x3 = highMul(x2, x);
  int32_t x4 = highMul(x2, x2);
  int32_t poly =
      divideByPot(highMul(divideByPot(x4, 2) + x3, 715827883) + x2, 1);
  int32_t result = 1895147668 + highMul(1895147668, x + poly);
  int32_t remainder = inside - a;
  const int32_t steps[7] = {1672461947, 1302514674, 790015084, 290630308,
                            39332535,   720401,     242};
  for (int bit = 0; bit < 7; ++bit)
    if (remainder & (1 << (24 + bit)))
      result = highMul(result, steps[bit]);
  return a == 0 ? INT32_MAX : result;
}

/// 1 / (1 + a) for a in [0, 1) with 31 fractional bits.
int32_t oneOverOnePlus(int32_t a) {
  int64_t sum = int64_t(a) + INT32_MAX;
  auto half = static_cast<int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  int32_t x = 1515870810 + highMul(half, -1010580540);
  for (int i = 0; i < 3; ++i) {
    int32_t rest = (1 << 29) - highMul(half, x);
    x = x + saturatingShift(highMul(x, rest), 2);
  }
  return saturatingShift(x, 1);
}

void softmax(const Tensor &in, Tensor &out, const uint8_t *o,
             Rounding rounding) {
  double beta = scalar<float>(o, 0);
  double limit = (rounding == Rounding::Single ? 1ll << 30 : 1ll << 31) - 1.0;
  Multiplier k = quantizeMultiplier(
      std::min(beta * static_cast<double>(in.scale()) * (1 << 26), limit));
  int least = -static_cast<int>(
      std::floor(31.0 * (1ll << 26) / static_cast<double>(1ll << k.e)));
  int depth = in.shape.back();
  for (int64_t row = 0; row < in.size() / depth; ++row) {
    const int64_t *x = &in.values[row * depth];
    int64_t largest = *std::max_element(x, x + depth);
    std::vector<int32_t> exps(depth, 0);
    int32_t sum = 0;
    for (int c = 0; c < depth; ++c) {
      auto difference = static_cast<int32_t>(x[c] - largest);
      if (difference < least)
        continue;
      exps[c] = expOfNegative(apply(difference, k, rounding));
      sum += divideByPot(exps[c], 12);
    }
    int zeros = __builtin_clz(static_cast<uint32_t>(sum));
    auto fraction = static_cast<int32_t>((static_cast<uint32_t>(sum) << zeros) -
                                         (uint32_t(1) << 31));
    int32_t scale = oneOverOnePlus(fraction);
    int exponent = 12 - zeros + 31 - 8;
    for (int c = 0; c < depth; ++c) {
      int64_t v = out.least();
      if (x[c] - largest >= least && exponent <= 31)
        v += divideByPot(highMul(scale, exps[c]), exponent);
      out.values[row * depth + c] = clampTo(v, out.least(), out.most());
    }
  }
}

void table(const Tensor &in, Tensor &out, float (*f)(float)) {
  float inverse = 1 / out.scale();
  for (int64_t i = 0; i < in.size(); ++i) {
    float x = in.scale() * static_cast<float>(in.values[i] - in.zero());
    float rescaled = std::round(f(x) * inverse);
    out.values[i] = clampTo(static_cast<int32_t>(rescaled + out.zero()),
                            out.least(), out.most());
  }
}

/// QUANTIZE of codes, RELU and its kin: a rescale between two bounds.
void rescale(const Tensor &in, Tensor &out, int activation, Rounding rounding) {
  Multiplier k = quantizeMultiplier(static_cast<double>(in.scale()) /
                                    static_cast<double>(out.scale()));
  Range range = activationRange(out, activation);
  for (int64_t i = 0; i < in.size(); ++i)
    out.values[i] =
        clampTo(int64_t(apply(static_cast<int32_t>(in.values[i] - in.zero()), k,
                              rounding)) +
                    out.zero(),
                range.low, range.high);
}

void leakyRelu(const Tensor &in, Tensor &out, const uint8_t *o,
               Rounding rounding) {
  float alpha = scalar<float>(o, 0);
  Multiplier below = quantizeMultiplier(in.scale() * alpha / out.scale());
  Multiplier same = quantizeMultiplier(in.scale() / out.scale());
  for (int64_t i = 0; i < in.size(); ++i) {
    auto v = static_cast<int32_t>(in.values[i] - in.zero());
    out.values[i] =
        clampTo(int64_t(apply(v, v >= 0 ? same : below, rounding)) + out.zero(),
                out.least(), out.most());
  }
}

void pad(const Tensor &in, const Tensor &amounts, Tensor &out) {
  int rank = in.shape.size();
  std::fill(out.values.begin(), out.values.end(), out.zero());
  for (int64_t i = 0; i < in.size(); ++i) {
    int64_t rest = i, to = 0, unit = 1;
    for (int axis = rank - 1; axis >= 0; --axis) {
      to += (rest % in.shape[axis] + amounts.values[2 * axis]) * unit;
      rest /= in.shape[axis];
      unit *= out.shape[axis];
    }
    out.values[to] = in.values[i];
  }
}

/// UINT8 codes into another scale, in f32, as CONCATENATION does.
void rescaleInFloat(const Tensor &in, Tensor &out) {
  float scale = in.scale() * (1.0f / out.scale());
  float bias = -static_cast<float>(in.zero()) * scale;
  for (int64_t i = 0; i < in.size(); ++i)
    out.values[i] =
        clampTo(static_cast<int32_t>(std::round(
                    static_cast<float>(in.values[i]) * scale + bias)) +
                    out.zero(),
                0, 255);
}

void concatenate(const std::vector<const Tensor *> &parts, Tensor &out,
                 int axis, Rounding rounding) {
  int rank = out.shape.size();
  axis = axis < 0 ? axis + rank : axis;
  int64_t inner = 1, outer = 1;
  for (int i = 0; i < rank; ++i)
    (i < axis ? outer : inner) *= i == axis ? 1 : out.shape[i];
  int64_t start = 0, whole = out.shape[axis];
  for (const Tensor *part : parts) {
    Tensor codes = out;
    codes.shape = part->shape;
    codes.values.resize(part->size());
    if (part->scales == out.scales && part->zeroPoints == out.zeroPoints)
      codes.values = part->values;
    else if (out.type == 3)
      rescaleInFloat(*part, codes);
    else
      rescale(*part, codes, 0, rounding);
    int64_t size = part->shape[axis];
    for (int64_t a = 0; a < outer; ++a)
      for (int64_t b = 0; b < size * inner; ++b)
        out.values[(a * whole + start) * inner + b] =
            codes.values[a * size * inner + b];
    start += size;
  }
}

} // namespace

int64_t Tensor::size() const {
  int64_t count = 1;
  for (int n : shape)
    count *= n;
  return count;
}

int32_t multiplied(int32_t value, double real, Rounding rounding) {
  return apply(value, quantizeMultiplier(real), rounding);
}

Model::Model(std::string contents) : bytes(std::move(contents)) { read(); }

void Model::read() {
  auto *start = reinterpret_cast<const uint8_t *>(bytes.data());
  const uint8_t *model = follow(start);
  std::vector<const uint8_t *> codes = tables(model, 1);
  const uint8_t *graph = tables(model, 2).at(0);
  std::vector<const uint8_t *> buffers = tables(model, 4);
  for (const uint8_t *from : tables(graph, 0)) {
    Tensor t;
    t.shape = numbers<int32_t>(from, 0);
    t.type = scalar<int8_t>(from, 1);
    if (const uint8_t *q = follow(field(from, 4))) {
      t.scales = numbers<float>(q, 2);
      t.zeroPoints = numbers<int64_t>(q, 3);
      t.zeroPoints.resize(t.scales.size(), 0);
    }
    std::vector<uint8_t> data =
        numbers<uint8_t>(buffers.at(scalar<uint32_t>(from, 2)), 0);
    t.isConstant = !data.empty();
    t.values.resize(t.size());
    for (int64_t i = 0; t.isConstant && i < t.size(); ++i) {
      const uint8_t *p = data.data();
      switch (t.type) {
      case 2:
        t.values[i] = at<int32_t>(p + 4 * i);
        break;
      case 3:
        t.values[i] = p[i];
        break;
      case 4:
        t.values[i] = at<int64_t>(p + 8 * i);
        break;
      case 9:
        t.values[i] = static_cast<int8_t>(p[i]);
        break;
      default:
        refuse("constant of type " + std::to_string(t.type));
      }
    }
    tensors.push_back(std::move(t));
  }
  inputs = numbers<int32_t>(graph, 1);
  outputs = numbers<int32_t>(graph, 2);
  for (const uint8_t *from : tables(graph, 3)) {
    Op op;
    const uint8_t *code = codes.at(scalar<uint32_t>(from, 0));
    op.code = std::max<int>(scalar<int8_t>(code, 0), scalar<int32_t>(code, 3));
    op.inputs = numbers<int32_t>(from, 1);
    op.outputs = numbers<int32_t>(from, 2);
    op.options = follow(field(from, 4));
    ops.push_back(std::move(op));
  }
}

size_t Model::inputBytes() const {
  size_t count = 0;
  for (int i : inputs)
    count += tensors[i].size();
  return count;
}

void Model::runOp(const Op &op, Rounding rounding) {
  auto in = [&](size_t i) -> const Tensor & {
    return tensors[op.inputs.at(i)];
  };
  const Tensor *bias = op.inputs.size() > 2 && op.inputs[2] >= 0
                           ? &tensors[op.inputs[2]]
                           : nullptr;
  Tensor &out = tensors[op.outputs.at(0)];
  const uint8_t *o = op.options;
  switch (op.code) {
  case kAdd:
  case kSub:
    return addOrSub(in(0), in(1), out, o, op.code == kSub, rounding);
  case kMul:
    return mul(in(0), in(1), out, o, rounding);
  case kConv:
  case kDepthwise:
    return conv(in(0), in(1), bias, out, o, op.code == kDepthwise, rounding);
  case kTransposeConv:
    return transposeConv(in(2), in(1), op.inputs.size() > 3 ? &in(3) : nullptr,
                         out, o, rounding);
  case kFullyConnected:
    return fullyConnected(in(0), in(1), bias, out, o, rounding);
  case kAveragePool:
  case kMaxPool:
    return pool(in(0), out, o, op.code == kAveragePool);
  case kMean:
  case kSum:
    return reduce(in(0), in(1), out, op.code == kMean, rounding);
  case kSoftmax:
    return softmax(in(0), out, o, rounding);
  case kLogistic:
    return table(in(0), out,
                 [](float x) { return 1.0f / (1.0f + std::exp(-x)); });
  case kTanh:
    return table(in(0), out, [](float x) { return std::tanh(x); });
  case kRelu:
    return rescale(in(0), out, 1, rounding);
  case kReluN1To1:
    return rescale(in(0), out, 2, rounding);
  case kRelu6:
    return rescale(in(0), out, 3, rounding);
  case kQuantize:
    if (in(0).type == 0) { // the network's edge
      out.values = in(0).values;
      return;
    }
    return rescale(in(0), out, 0, rounding);
  case kLeakyRelu:
    return leakyRelu(in(0), out, o, rounding);
  case kReshape:
  case kDequantize:
    out.values = in(0).values;
    return;
  case kPad:
    return pad(in(0), in(1), out);
  case kConcatenation: {
    std::vector<const Tensor *> parts;
    for (size_t i = 0; i < op.inputs.size(); ++i)
      parts.push_back(&in(i));
    return concatenate(parts, out, scalar<int32_t>(o, 0), rounding);
  }
  default:
    refuse("operator " + std::to_string(op.code));
  }
}

std::vector<uint8_t> Model::run(const std::vector<uint8_t> &codes,
                                Rounding rounding) {
  size_t next = 0;
  for (int i : inputs)
    for (int64_t &value : tensors[i].values) {
      uint8_t byte = codes.at(next++);
      value = tensors[i].type == 3 ? byte : static_cast<int8_t>(byte);
    }
  for (const Op &op : ops)
    runOp(op, rounding);
  std::vector<uint8_t> result;
  for (int i : outputs)
    for (int64_t value : tensors[i].values)
      result.push_back(static_cast<uint8_t>(value));
  return result;
}

} // namespace oracle
