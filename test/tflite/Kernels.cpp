#include "test/tflite/Kernels.h"
#include "test/tflite/Arithmetic.h"
#include "test/tflite/File.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

namespace oracle {

/// A convolution's sum: of INT16 in 64 bits unless its bias has 32, or would
/// have.
static int32_t requantized(int64_t sum, Multiplier k, const Tensor &in,
                           const Tensor *bias, int absentType,
                           Rounding rounding) {
  if (in.isWord() && (bias ? bias->type : absentType) != 2)
    return applyWide(sum, k);
  return apply(static_cast<int32_t>(sum), k, rounding);
}

/// CONV_2D and DEPTHWISE_CONV_2D.
void conv(const Tensor &in, const Tensor &filter, const Tensor *bias,
          Tensor &out, const uint8_t *o, bool depthwise, Rounding rounding) {
  bool same = scalar<int8_t>(o, 0) == 0;
  int strideW = scalar<int32_t>(o, 1), strideH = scalar<int32_t>(o, 2);
  int activation = scalar<int8_t>(o, depthwise ? 4 : 3);
  int absent = depthwise ? 0 : scalar<int8_t>(o, 6);
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
          int64_t v = requantized(sum, k, in, bias, absent, rounding);
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
  int absent = scalar<int8_t>(o, 4);
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
        out.values[(int64_t(b) * OH * OW + i) * OC + c] = clampTo(
            int64_t(requantized(sums[i], k, in, bias, absent, rounding)) +
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
      int64_t v = requantized(sum, quantizeMultiplier(real), in, bias,
                              scalar<int8_t>(o, 4), rounding);
      out.values[r * N + n] = clampTo(v + out.zero(), range.low, range.high);
    }
}

void addOrSub(const Tensor &a, const Tensor &b, Tensor &out, const uint8_t *o,
              bool subtract, Rounding rounding) {
  double twice = 2 * std::max(a.scale(), b.scale());
  Multiplier ma = quantizeMultiplier(a.scale() / twice);
  Multiplier mb = quantizeMultiplier(b.scale() / twice);
  const int left = a.isWord() ? 15 : 20;
  Multiplier mo =
      quantizeMultiplier(twice / ((1 << left) * double(out.scale())));
  Range range = activationRange(out, scalar<int8_t>(o, 0));
  broadcast(a, b, out, [&](int64_t x, int64_t y) -> int64_t {
    auto l = static_cast<int32_t>((x - a.zero()) * (1 << left));
    auto r = static_cast<int32_t>((y - b.zero()) * (1 << left));
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

/// Codes times codes: of INT8 in 32 bits, of INT16 in 64.
void batchMatMul(const Tensor &a, const Tensor &b, Tensor &out,
                 Rounding rounding) {
  int rank = a.shape.size();
  int64_t M = a.shape[rank - 2], K = a.shape[rank - 1], N = b.shape[rank - 1];
  float product = a.scale() * b.scale();
  Multiplier k = quantizeMultiplier(static_cast<double>(product) /
                                    static_cast<double>(out.scale()));
  for (int64_t i = 0; i < out.size(); ++i) {
    int64_t n = i % N, m = i / N % M, batch = i / (N * M), sum = 0;
    for (int64_t j = 0; j < K; ++j)
      sum += (a.values[(batch * M + m) * K + j] - a.zero()) *
             (b.values[(batch * K + j) * N + n] - b.zero());
    int64_t v = a.isWord() ? applyWide(sum, k)
                           : apply(static_cast<int32_t>(sum), k, rounding);
    out.values[i] = clampTo(v + out.zero(), out.least(), out.most());
  }
}

void table(const Tensor &in, Tensor &out,
           const std::function<float(float)> &f) {
  if (in.isWord()) {
    std::vector<int16_t> points = floatPointsOf(in.scale(), out.scale(), f);
    for (int64_t i = 0; i < in.size(); ++i)
      out.values[i] = between(points, static_cast<int16_t>(in.values[i]));
    return;
  }
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
static void rescaleInFloat(const Tensor &in, Tensor &out) {
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

} // namespace oracle
