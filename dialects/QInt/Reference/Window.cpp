// Ops that combine many elements of one tensor: pools, reductions, resizes.
#include "dialects/QInt/Reference/Ops.h"

#include <algorithm>

namespace qcc::qint::reference {

namespace {

/// The part of a pooling window that lies inside the image along one axis.
struct Span {
  int64_t first, last; ///< inclusive
  int64_t size() const { return last - first + 1; }
};

Span spanOf(int64_t position, int64_t stride, int64_t before, int64_t kernel,
            int64_t image) {
  int64_t start = position * stride - before;
  return {std::max<int64_t>(start, 0), std::min(start + kernel, image) - 1};
}

/// Calls visit(offset of the result, rows, columns, index of the result).
template <typename PoolOp>
llvm::Error
forEachWindow(PoolOp op, const Tensor &in, const Tensor &out,
              llvm::function_ref<llvm::Error(int64_t, Span, Span,
                                             llvm::ArrayRef<int64_t>)>
                  visit) {
  auto kernel = op.getKernel(), strides = op.getStrides(), pads = op.getPads();
  llvm::Error error = llvm::Error::success();
  int64_t offset = 0;
  forEachIndex(out.shape, [&](llvm::ArrayRef<int64_t> index) {
    if (error)
      return;
    Span rows = spanOf(index[1], strides[0], pads[0], kernel[0], in.shape[1]);
    Span columns =
        spanOf(index[2], strides[1], pads[2], kernel[1], in.shape[2]);
    error = visit(offset++, rows, columns, index);
  });
  return error;
}

/// Coordinates and integer weights of one resized axis (rule resize-z1).
struct Sample {
  int64_t low, high; ///< neighbours, clamped to the image
  int64_t weight;    ///< of `high`; that of `low` is numerator - weight
};

Sample sampleAt(int64_t position, int64_t numerator, int64_t denominator,
                int64_t offset, int64_t image) {
  int64_t scaled = position * denominator + offset;
  int64_t weight = (scaled % numerator + numerator) % numerator;
  int64_t cell = (scaled - weight) / numerator;
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i, 0, image - 1); };
  return {clamp(cell), clamp(cell + 1), weight};
}

/// The bilinear sum of rule resize-z1.
Wide bilinear(const Tensor &in, llvm::ArrayRef<int64_t> index, Sample y,
              Sample x, llvm::ArrayRef<int64_t> scale, int64_t zero) {
  auto code = [&](int64_t row, int64_t column) -> Wide {
    return in.at({index[0], row, column, index[3]}) - zero;
  };
  Wide top = code(y.low, x.low) * (scale[2] - x.weight) +
             code(y.low, x.high) * x.weight;
  Wide bottom = code(y.high, x.low) * (scale[2] - x.weight) +
                code(y.high, x.high) * x.weight;
  return top * (scale[0] - y.weight) + bottom * y.weight;
}

} // namespace

// Rule pool-p1.
llvm::Error evaluate(AvgPool2DOp op, Operands in, Tensor &out) {
  const Tensor &input = *in[0];
  int64_t zero = static_cast<int32_t>(op.getInputZeroPoint());
  auto visit = [&](int64_t offset, Span rows, Span columns,
                   llvm::ArrayRef<int64_t> index) {
    int64_t sum = 0;
    for (int64_t y = rows.first; y <= rows.last; ++y)
      for (int64_t x = columns.first; x <= columns.last; ++x)
        sum += input.at({index[0], y, x, index[3]}) - zero;
    int64_t count = rows.size() * columns.size();
    return store(op, out, offset,
                 applyRescale(op.getRescale(), sum, count - 1));
  };
  return forEachWindow(op, input, out, visit);
}

// Rule pool-p2.
llvm::Error evaluate(MaxPool2DOp op, Operands in, Tensor &out) {
  const Tensor &input = *in[0];
  auto visit = [&](int64_t offset, Span rows, Span columns,
                   llvm::ArrayRef<int64_t> index) {
    int64_t largest = minimumOf(input.kind);
    for (int64_t y = rows.first; y <= rows.last; ++y)
      for (int64_t x = columns.first; x <= columns.last; ++x)
        largest = std::max(largest, input.at({index[0], y, x, index[3]}));
    return store(op, out, offset, largest);
  };
  return forEachWindow(op, input, out, visit);
}

// Rules reduce-v1, reduce-v2 and reduce-v4.
llvm::Error evaluate(ReduceOp op, Operands in, Tensor &out) {
  const Tensor &input = *in[0];
  ReduceKind kind = op.getKind();
  int64_t zero = static_cast<int32_t>(op.getZeroPoint());
  std::vector<Wide> results(out.elements(), 0);
  std::vector<bool> seen(out.elements(), false);
  int64_t position = 0;
  forEachIndex(input.shape, [&](llvm::ArrayRef<int64_t> index) {
    int64_t to = broadcastOffset(out, index);
    int64_t code = input.values[position++];
    if (kind == ReduceKind::Sum)
      results[to] += code - zero;
    else if (kind == ReduceKind::Squares)
      results[to] += Wide(code - zero) * (code - zero);
    else if (!seen[to])
      results[to] = code;
    else
      results[to] = kind == ReduceKind::Max ? std::max<Wide>(results[to], code)
                                            : std::min<Wide>(results[to], code);
    seen[to] = true;
  });
  for (int64_t i = 0; i < out.elements(); ++i)
    if (llvm::Error error = store(op, out, i, results[i]))
      return error;
  return llvm::Error::success();
}

// Rule argmax-x1.
llvm::Error evaluate(ArgMaxOp op, Operands in, Tensor &out) {
  const Tensor &input = *in[0];
  int64_t axis = static_cast<int64_t>(op.getAxis());
  int64_t offset = 0;
  forEachIndex(out.shape, [&](llvm::ArrayRef<int64_t> index) {
    llvm::SmallVector<int64_t, 4> at(index);
    at.insert(at.begin() + axis, 0);
    int64_t best = 0, largest = input.at(at);
    for (int64_t i = 1; i < input.shape[axis]; ++i) {
      at[axis] = i;
      if (input.at(at) <= largest)
        continue;
      best = i;
      largest = input.at(at);
    }
    out.values[offset++] = best;
  });
  return llvm::Error::success();
}

// Rule resize-z1.
llvm::Error evaluate(ResizeOp op, Operands in, Tensor &out) {
  const Tensor &input = *in[0];
  auto scale = op.getScale(), shift = op.getOffset();
  int64_t zero = static_cast<int32_t>(op.getZeroPoint());
  llvm::Error error = llvm::Error::success();
  int64_t offset = 0;
  forEachIndex(out.shape, [&](llvm::ArrayRef<int64_t> index) {
    if (error)
      return;
    Sample y = sampleAt(index[1], scale[0], scale[1], shift[0], input.shape[1]);
    Sample x = sampleAt(index[2], scale[2], scale[3], shift[1], input.shape[2]);
    Wide value;
    if (op.getMode() == ResizeMode::Bilinear)
      value = bilinear(input, index, y, x, scale, zero);
    else
      value = input.at({index[0], 2 * y.weight >= scale[0] ? y.high : y.low,
                        2 * x.weight >= scale[2] ? x.high : x.low, index[3]});
    error = store(op, out, offset++, value);
  });
  return error;
}

} // namespace qcc::qint::reference
