//===- OpsWindow.cpp - Convolutions, pools, products, resize --------------===//

#include "compiler/Evaluate/OneDnn.h"
#include "compiler/Evaluate/OpRegistry.h"

#include "dialects/QGraph/QGraph.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace qcc::evaluate {

namespace {

void copyPair(ArrayRef<int64_t> from, int64_t (&to)[2]) {
  std::copy_n(from.begin(), 2, to);
}

WindowShape windowShape(const OpInstance &instance, ArrayRef<int64_t> kernel,
                        ArrayRef<int64_t> strides, ArrayRef<int64_t> pads) {
  WindowShape s;
  const Sizes &in = instance.operands[0].shape, &out = instance.shape;
  s.batch = in[0], s.height = in[1], s.width = in[2], s.channels = in[3];
  s.outHeight = out[1], s.outWidth = out[2], s.outChannels = out[3];
  copyPair(kernel, s.kernel);
  copyPair(strides, s.strides);
  std::copy_n(pads.begin(), 4, s.pads);
  return s;
}

llvm::Error needConstants(const OpInstance &instance, unsigned first) {
  for (const Operand &operand : llvm::drop_begin(instance.operands, first))
    if (!operand.constant)
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "the filter and bias must be constants");
  return llvm::Error::success();
}

EvaluatorOrError makeConv2D(const OpInstance &instance) {
  if (llvm::Error error = needConstants(instance, 1))
    return std::move(error);
  auto op = cast<qgraph::Conv2DOp>(instance.op);
  const Sizes &filter = instance.operands[1].shape;
  WindowShape s = windowShape(instance, ArrayRef(filter).slice(1, 2),
                              op.getStrides(), op.getPads());
  copyPair(op.getDilations(), s.dilations);
  s.groups = op.getGroups();
  return makeConvolution(s, instance.operands[1].constant,
                         instance.operands[2].constant);
}

/// Calls `visit(input pixel, tap of the filter, output pixel)` for all that a
/// transposed convolution connects.
template <typename Visit>
void forEachTransposedTap(const WindowShape &s, Visit visit) {
  for (int64_t row = 0; row < s.batch * s.height; ++row)
    for (int64_t x = 0; x < s.width; ++x)
      for (int64_t ky = 0; ky < s.kernel[0]; ++ky)
        for (int64_t kx = 0; kx < s.kernel[1]; ++kx) {
          int64_t n = row / s.height, y = row % s.height;
          int64_t oy = y * s.strides[0] + ky + s.pads[0];
          int64_t ox = x * s.strides[1] + kx + s.pads[2];
          if (oy >= 0 && oy < s.outHeight && ox >= 0 && ox < s.outWidth)
            visit(row * s.width + x, ky * s.kernel[1] + kx,
                  (n * s.outHeight + oy) * s.outWidth + ox);
        }
}

void transposeConv2D(const WindowShape &s, const float *input,
                     const float *filter, const float *bias, float *output) {
  int64_t pixels = s.batch * s.outHeight * s.outWidth;
  for (int64_t p = 0; p < pixels; ++p)
    std::copy_n(bias, s.outChannels, output + p * s.outChannels);
  int64_t filterStride = s.kernel[0] * s.kernel[1] * s.channels;
  forEachTransposedTap(s, [&](int64_t in, int64_t tap, int64_t out) {
    const float *pixel = input + in * s.channels;
    for (int64_t o = 0; o < s.outChannels; ++o) {
      const float *weights = filter + o * filterStride + tap * s.channels;
      float sum = 0;
      for (int64_t i = 0; i < s.channels; ++i)
        sum += pixel[i] * weights[i];
      output[out * s.outChannels + o] += sum;
    }
  });
}

void transposeConv2DBackward(const WindowShape &s, Inputs inputs,
                             const float *gradient, Gradients wanted) {
  int64_t filterStride = s.kernel[0] * s.kernel[1] * s.channels;
  std::vector<double> filterSum(wanted[1] ? s.outChannels * filterStride : 0);
  std::vector<double> biasSum(s.outChannels);
  forEachTransposedTap(s, [&](int64_t in, int64_t tap, int64_t out) {
    const float *pixel = inputs[0] + in * s.channels;
    for (int64_t o = 0; o < s.outChannels; ++o) {
      int64_t first = o * filterStride + tap * s.channels;
      double slope = gradient[out * s.outChannels + o];
      for (int64_t i = 0; wanted[0] && i < s.channels; ++i)
        wanted[0][in * s.channels + i] +=
            static_cast<float>(slope * inputs[1][first + i]);
      for (int64_t i = 0; wanted[1] && i < s.channels; ++i)
        filterSum[first + i] += slope * pixel[i];
    }
  });
  for (size_t i = 0; i < filterSum.size(); ++i)
    wanted[1][i] += static_cast<float>(filterSum[i]);
  if (!wanted[2])
    return;
  int64_t count = s.batch * s.outHeight * s.outWidth * s.outChannels;
  for (int64_t i = 0; i < count; ++i)
    biasSum[i % s.outChannels] += gradient[i];
  for (int64_t o = 0; o < s.outChannels; ++o)
    wanted[2][o] += static_cast<float>(biasSum[o]);
}

EvaluatorOrError makeTransposeConv2D(const OpInstance &instance) {
  auto op = cast<qgraph::TransposeConv2DOp>(instance.op);
  const Sizes &filter = instance.operands[1].shape;
  WindowShape s = windowShape(instance, ArrayRef(filter).slice(1, 2),
                              op.getStrides(), op.getOutPads());
  return makeFunctionEvaluator(
      [s](Inputs inputs, float *output) {
        transposeConv2D(s, inputs[0], inputs[1], inputs[2], output);
      },
      [s](Inputs inputs, const float *, const float *gradient,
          Gradients wanted) {
        transposeConv2DBackward(s, inputs, gradient, wanted);
      });
}

EvaluatorOrError makeAvgPool2D(const OpInstance &instance) {
  auto op = cast<qgraph::AvgPool2DOp>(instance.op);
  return makePool(
      windowShape(instance, op.getKernel(), op.getStrides(), op.getPads()),
      op.getCountIncludePad() ? PoolKind::AverageWithPadding
                              : PoolKind::Average);
}

EvaluatorOrError makeMaxPool2D(const OpInstance &instance) {
  auto op = cast<qgraph::MaxPool2DOp>(instance.op);
  return makePool(
      windowShape(instance, op.getKernel(), op.getStrides(), op.getPads()),
      PoolKind::Max);
}

EvaluatorOrError makeMatMulOp(const OpInstance &instance) {
  const Sizes &lhs = instance.operands[0].shape;
  return makeMatMul(lhs[0], lhs[1], lhs[2], instance.shape[2]);
}

/// Where one output row or column of a resize reads: (1 - weight) of `low` and
/// `weight` of `high`.
struct Tap {
  int64_t low, high;
  float weight;
};

/// TOSA's resize along one axis: position (o * denominator + offset) /
/// numerator.
std::vector<Tap> resizeTaps(int64_t outputs, int64_t size, int64_t numerator,
                            int64_t denominator, int64_t offset, bool nearest) {
  std::vector<Tap> taps;
  auto inside = [&](int64_t i) { return std::clamp<int64_t>(i, 0, size - 1); };
  for (int64_t o = 0; o < outputs; ++o) {
    int64_t position = o * denominator + offset;
    int64_t low = position >= 0 ? position / numerator
                                : -((-position + numerator - 1) / numerator);
    int64_t rest = position - low * numerator;
    if (nearest) {
      int64_t pick = inside(2 * rest >= numerator ? low + 1 : low);
      taps.push_back({pick, pick, 0.0f});
    } else {
      taps.push_back(
          {inside(low), inside(low + 1), static_cast<float>(rest) / numerator});
    }
  }
  return taps;
}

struct ResizePlan {
  std::vector<Tap> rows, columns;
  int64_t batch, height, width, channels;

  /// Calls `visit(offsets of the first elements of four pixels, the weights of
  /// the second row and column)` for every output pixel, in order.
  template <typename Visit> void forEachPixel(Visit visit) const {
    for (int64_t n = 0; n < batch; ++n)
      for (const Tap &row : rows)
        for (const Tap &column : columns) {
          auto pixel = [&](int64_t y, int64_t x) {
            return ((n * height + y) * width + x) * channels;
          };
          const int64_t at[] = {
              pixel(row.low, column.low), pixel(row.low, column.high),
              pixel(row.high, column.low), pixel(row.high, column.high)};
          visit(at, row.weight, column.weight);
        }
  }

  void forward(const float *input, float *output) const {
    forEachPixel([&](const int64_t (&at)[4], float row, float column) {
      const float *a = input + at[0], *b = input + at[1];
      const float *c = input + at[2], *d = input + at[3];
      for (int64_t i = 0; i < channels; ++i) {
        float top = a[i] + (b[i] - a[i]) * column;
        float bottom = c[i] + (d[i] - c[i]) * column;
        *output++ = top + (bottom - top) * row;
      }
    });
  }

  void backward(const float *gradient, float *sum) const {
    forEachPixel([&](const int64_t (&at)[4], float row, float column) {
      const float weights[] = {(1 - row) * (1 - column), (1 - row) * column,
                               row * (1 - column), row * column};
      for (int64_t i = 0; i < channels; ++i, ++gradient)
        for (int corner = 0; corner < 4; ++corner)
          sum[at[corner] + i] += weights[corner] * *gradient;
    });
  }
};

EvaluatorOrError makeResize(const OpInstance &instance) {
  auto op = cast<qgraph::ResizeOp>(instance.op);
  const Sizes &in = instance.operands[0].shape;
  ArrayRef<int64_t> scale = op.getScale(), offset = op.getOffset();
  bool nearest = op.getMode() == qgraph::ResizeMode::Nearest;
  ResizePlan plan;
  plan.rows = resizeTaps(instance.shape[1], in[1], scale[0], scale[1],
                         offset[0], nearest);
  plan.columns = resizeTaps(instance.shape[2], in[2], scale[2], scale[3],
                            offset[1], nearest);
  plan.batch = in[0], plan.height = in[1], plan.width = in[2];
  plan.channels = in[3];
  return makeFunctionEvaluator(
      [plan](Inputs inputs, float *output) { plan.forward(inputs[0], output); },
      [plan](Inputs, const float *, const float *gradient, Gradients wanted) {
        if (wanted[0])
          plan.backward(gradient, wanted[0]);
      });
}

} // namespace

void addWindowOps(OpRegistry &registry) {
  registry.add<qgraph::Conv2DOp>(makeConv2D);
  registry.add<qgraph::TransposeConv2DOp>(makeTransposeConv2D);
  registry.add<qgraph::AvgPool2DOp>(makeAvgPool2D);
  registry.add<qgraph::MaxPool2DOp>(makeMaxPool2D);
  registry.add<qgraph::MatMulOp>(makeMatMulOp);
  registry.add<qgraph::ResizeOp>(makeResize);
}

} // namespace qcc::evaluate
