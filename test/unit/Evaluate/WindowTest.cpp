// Convolutions, pools, products and resize against plain loops.
#include "Network.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

namespace qcc::evaluate {
namespace {

struct Window {
  int64_t batch, height, width, channels, outs;
  int64_t kernel[2], strides[2], pads[4], dilations[2];
  int64_t groups;

  int64_t outSize(int axis) const {
    int64_t in = axis ? width : height;
    int64_t extent = (kernel[axis] - 1) * dilations[axis] + 1;
    return (in + pads[2 * axis] + pads[2 * axis + 1] - extent) / strides[axis] +
           1;
  }

  /// Calls `visit(output pixel, ky, kx, input pixel or -1)`.
  template <typename Visit> void forEachTap(Visit visit) const {
    for (int64_t n = 0; n < batch; ++n)
      for (int64_t y = 0; y < outSize(0); ++y)
        for (int64_t x = 0; x < outSize(1); ++x)
          for (int64_t ky = 0; ky < kernel[0]; ++ky)
            for (int64_t kx = 0; kx < kernel[1]; ++kx) {
              int64_t iy = y * strides[0] - pads[0] + ky * dilations[0];
              int64_t ix = x * strides[1] - pads[2] + kx * dilations[1];
              bool inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
              visit((n * outSize(0) + y) * outSize(1) + x, ky, kx,
                    inside ? (n * height + iy) * width + ix : -1);
            }
  }

  std::string attributes(bool dilated) const {
    auto list = [](const int64_t *values, int count) {
      std::string text = "array<i64: " + std::to_string(values[0]);
      for (int i = 1; i < count; ++i)
        text += ", " + std::to_string(values[i]);
      return text + ">";
    };
    std::string text =
        "strides = " + list(strides, 2) + ", pads = " + list(pads, 4);
    if (dilated)
      return "{" + text + ", dilations = " + list(dilations, 2) +
             ", groups = " + std::to_string(groups) + " : i64}";
    return "{" + text + ", kernel = " + list(kernel, 2) + "}";
  }
};

Floats convolve(const Window &w, const Floats &in, const Floats &filter,
                const Floats &bias) {
  int64_t ins = w.channels / w.groups, perGroup = w.outs / w.groups;
  Floats out(w.batch * w.outSize(0) * w.outSize(1) * w.outs);
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = bias[i % w.outs];
  w.forEachTap([&](int64_t to, int64_t ky, int64_t kx, int64_t from) {
    if (from < 0)
      return;
    for (int64_t o = 0; o < w.outs; ++o)
      for (int64_t i = 0; i < ins; ++i)
        out[to * w.outs + o] +=
            in[from * w.channels + o / perGroup * ins + i] *
            filter[((o * w.kernel[0] + ky) * w.kernel[1] + kx) * ins + i];
  });
  return out;
}

void checkConvolution(const Window &w, int64_t samples = 1) {
  int64_t ins = w.channels / w.groups;
  std::vector<int64_t> filterShape = {w.outs, w.kernel[0], w.kernel[1], ins};
  std::vector<int64_t> inShape = {w.batch, w.height, w.width, w.channels};
  std::vector<int64_t> outShape = {w.batch, w.outSize(0), w.outSize(1), w.outs};
  Floats filter = randoms(w.outs * w.kernel[0] * w.kernel[1] * ins, 1);
  Floats bias = randoms(w.outs, 2);
  Network network(
      "func.func @f(%a: " + tensor(inShape) + ") -> " + tensor(outShape) +
      " {\n%w = qgraph.constant " + dense(filterShape, filter) + " -> " +
      tensor(filterShape) + "\n%b = qgraph.constant " + dense({w.outs}, bias) +
      " -> " + tensor({w.outs}) + "\n%r = qgraph.conv2d %a, %w, %b " +
      w.attributes(true) + " : (" + tensor(inShape) + ", " +
      tensor(filterShape) + ", " + tensor({w.outs}) + ") -> " +
      tensor(outShape) + "\nreturn %r : " + tensor(outShape) + "\n}");
  Window whole = w;
  whole.batch *= samples;
  Floats in = randoms(whole.batch * w.height * w.width * w.channels, 3);
  expectNear(network.run(samples, {in}, samples),
             convolve(whole, in, filter, bias));
}

TEST(Convolution, UnevenStridesAndPads) {
  checkConvolution({1, 7, 9, 3, 5, {3, 2}, {2, 1}, {1, 0, 0, 2}, {1, 1}, 1});
}
TEST(Convolution, WindowStopsShort) {
  checkConvolution({1, 8, 10, 4, 3, {3, 3}, {2, 3}, {0, 0, 0, 0}, {1, 1}, 1});
}
TEST(Convolution, Dilated) {
  checkConvolution({1, 11, 8, 2, 6, {3, 2}, {1, 2}, {2, 1, 1, 1}, {2, 3}, 1});
}
TEST(Convolution, Grouped) {
  checkConvolution({1, 5, 6, 8, 12, {3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, 4});
}
TEST(Convolution, Depthwise) {
  checkConvolution({1, 6, 7, 10, 10, {3, 3}, {2, 2}, {0, 1, 0, 1}, {1, 1}, 10});
}
TEST(Convolution, DepthwiseWithMultiplier) {
  checkConvolution({1, 4, 5, 3, 6, {2, 3}, {1, 1}, {0, 1, 1, 1}, {1, 1}, 3});
}
TEST(Convolution, SeveralSamplesAtOnce) {
  checkConvolution({1, 5, 4, 3, 7, {1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}, 1}, 5);
}
TEST(Convolution, BatchInTheGraph) {
  checkConvolution({2, 5, 4, 3, 7, {2, 2}, {1, 1}, {1, 0, 0, 1}, {1, 1}, 1}, 3);
}

struct PoolCase {
  Window window;
  bool max, countPadding;
};

void checkPool(const PoolCase &c) {
  const Window &w = c.window;
  std::vector<int64_t> inShape = {w.batch, w.height, w.width, w.channels};
  std::vector<int64_t> outShape = {w.batch, w.outSize(0), w.outSize(1),
                                   w.channels};
  std::string attributes = w.attributes(false);
  if (c.countPadding)
    attributes.insert(attributes.size() - 1, ", count_include_pad");
  Network network(oneOp(
      {inShape},
      (c.max ? "qgraph.max_pool2d %a " : "qgraph.avg_pool2d %a ") + attributes,
      outShape));
  Floats in = randoms(w.batch * w.height * w.width * w.channels, 4);
  size_t outs = w.batch * w.outSize(0) * w.outSize(1) * w.channels;
  Floats most(outs, -std::numeric_limits<float>::infinity()), sum(outs, 0.0f),
      counts(outs, 0.0f);
  w.forEachTap([&](int64_t to, int64_t, int64_t, int64_t from) {
    for (int64_t i = 0; i < w.channels; ++i) {
      size_t o = to * w.channels + i;
      counts[o] += from >= 0 || c.countPadding;
      if (from < 0)
        continue;
      most[o] = std::max(most[o], in[from * w.channels + i]);
      sum[o] += in[from * w.channels + i];
    }
  });
  for (size_t o = 0; o < outs; ++o)
    sum[o] /= counts[o];
  expectNear(network.run(1, {in}), c.max ? most : sum);
}

TEST(Pool, Max) {
  checkPool(
      {{1, 7, 6, 3, 3, {3, 2}, {2, 1}, {1, 0, 0, 1}, {1, 1}, 1}, true, false});
}
TEST(Pool, AverageOverInsideElements) {
  checkPool(
      {{2, 7, 6, 3, 3, {3, 2}, {2, 1}, {1, 1, 0, 1}, {1, 1}, 1}, false, false});
}
TEST(Pool, AverageOverWholeWindow) {
  checkPool(
      {{1, 7, 6, 5, 5, {2, 3}, {1, 2}, {1, 0, 1, 2}, {1, 1}, 1}, false, true});
}

TEST(TransposeConvolution, CropsAndPads) {
  int64_t h = 3, w = 4, ins = 2, outs = 3, kh = 3, kw = 2, sh = 2, sw = 3;
  int64_t pads[4] = {-1, 1, 0, -1};
  int64_t oh = (h - 1) * sh + pads[0] + pads[1] + kh;
  int64_t ow = (w - 1) * sw + pads[2] + pads[3] + kw;
  Floats filter = randoms(outs * kh * kw * ins, 5), bias = randoms(outs, 6);
  Floats in = randoms(h * w * ins, 7), expected(oh * ow * outs);
  for (int64_t oy = 0; oy < oh; ++oy)
    for (int64_t ox = 0; ox < ow; ++ox)
      for (int64_t o = 0; o < outs; ++o) {
        float sum = bias[o];
        for (int64_t y = 0; y < h; ++y)
          for (int64_t x = 0; x < w; ++x) {
            int64_t ky = oy - pads[0] - y * sh, kx = ox - pads[2] - x * sw;
            if (ky < 0 || ky >= kh || kx < 0 || kx >= kw)
              continue;
            for (int64_t i = 0; i < ins; ++i)
              sum += in[(y * w + x) * ins + i] *
                     filter[((o * kh + ky) * kw + kx) * ins + i];
          }
        expected[(oy * ow + ox) * outs + o] = sum;
      }
  std::string f = tensor({outs, kh, kw, ins}), out = tensor({1, oh, ow, outs});
  Network network(
      "func.func @f(%a: tensor<1x3x4x2xf32>) -> " + out +
      " {\n%w = qgraph.constant " + dense({outs, kh, kw, ins}, filter) +
      " -> " + f + "\n%b = qgraph.constant " + dense({outs}, bias) +
      " -> tensor<3xf32>\n%r = qgraph.transpose_conv2d %a, %w, %b {strides = "
      "array<i64: 2, 3>, out_pads = array<i64: -1, 1, 0, -1>} : "
      "(tensor<1x3x4x2xf32>, " +
      f + ", tensor<3xf32>) -> " + out + "\nreturn %r : " + out + "\n}");
  expectNear(network.run(1, {in}), expected);
}

TEST(MatMul, EverySampleHasItsOwnMatrices) {
  int64_t batch = 2, m = 3, k = 5, n = 4, samples = 3;
  Network network(oneOp({{batch, m, k}, {batch, k, n}}, "qgraph.matmul %a, %b",
                        {batch, m, n}));
  Floats a = randoms(samples * batch * m * k, 8);
  Floats b = randoms(samples * batch * k * n, 9);
  Floats expected;
  for (int64_t s = 0; s < samples * batch; ++s)
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j) {
        float sum = 0;
        for (int64_t l = 0; l < k; ++l)
          sum += a[(s * m + i) * k + l] * b[(s * k + l) * n + j];
        expected.push_back(sum);
      }
  expectNear(network.run(samples, {a, b}, 2), expected);
}

TEST(Resize, NearestRoundsAHalfUp) {
  Network network(oneOp(
      {{1, 1, 2, 1}},
      "qgraph.resize <nearest> %a {scale = array<i64: 1, 1, 2, 1>, offset = "
      "array<i64: 0, 0>, border = array<i64: 0, 1>}",
      {1, 1, 4, 1}));
  expectNear(network.run(1, {{5, 7}}), {5, 7, 7, 7});
}

TEST(Resize, BilinearWithNegativeOffset) {
  // Half-pixel centres: positions -1/4, 1/4, 3/4, 5/4 in steps of a quarter.
  Network network(oneOp(
      {{1, 2, 1, 1}},
      "qgraph.resize <bilinear> %a {scale = array<i64: 4, 2, 1, 1>, offset = "
      "array<i64: -1, 0>, border = array<i64: 1, 0>}",
      {1, 4, 1, 1}));
  expectNear(network.run(1, {{0, 8}}), {0, 2, 6, 8});
}

} // namespace
} // namespace qcc::evaluate
