// Convolution and matrix product: exact sums of products (rule accumulate-a1).
#include "dialects/QInt/Reference/Ops.h"

namespace qcc::qint::reference {

namespace {

/// One convolution with everything that does not change over the output.
struct Convolution {
  const Tensor &input, &filter, &bias;
  llvm::ArrayRef<int64_t> strides, pads, dilations;
  int64_t padValue, outputsPerGroup;

  /// Sum over the filter's input channels at one position of its window.
  Wide sumChannels(int64_t n, int64_t y, int64_t x, int64_t o, int64_t ky,
                   int64_t kx) const {
    bool inside = y >= 0 && y < input.shape[1] && x >= 0 && x < input.shape[2];
    int64_t channels = filter.shape[3];
    int64_t first = o / outputsPerGroup * channels;
    const int64_t *codes =
        inside ? &input.values[input.offsetOf({n, y, x, first})] : nullptr;
    const int64_t *weights = &filter.values[filter.offsetOf({o, ky, kx, 0})];
    Wide sum = 0;
    for (int64_t i = 0; i < channels; ++i)
      sum += Wide(inside ? codes[i] : padValue) * weights[i];
    return sum;
  }

  Wide at(int64_t n, int64_t oy, int64_t ox, int64_t o) const {
    Wide sum = bias.values[o];
    for (int64_t ky = 0; ky < filter.shape[1]; ++ky)
      for (int64_t kx = 0; kx < filter.shape[2]; ++kx)
        sum += sumChannels(n, oy * strides[0] - pads[0] + ky * dilations[0],
                           ox * strides[1] - pads[2] + kx * dilations[1], o, ky,
                           kx);
    return sum;
  }
};

} // namespace

// Rule accumulate-a1.
llvm::Error evaluate(Conv2DOp op, Operands in, Tensor &out) {
  Convolution convolution{*in[0],
                          *in[1],
                          *in[2],
                          op.getStrides(),
                          op.getPads(),
                          op.getDilations(),
                          static_cast<int32_t>(op.getPadValue()),
                          out.shape[3] / static_cast<int64_t>(op.getGroups())};
  int64_t offset = 0;
  for (int64_t n = 0; n < out.shape[0]; ++n)
    for (int64_t y = 0; y < out.shape[1]; ++y)
      for (int64_t x = 0; x < out.shape[2]; ++x)
        for (int64_t o = 0; o < out.shape[3]; ++o)
          if (llvm::Error error =
                  store(op, out, offset++, convolution.at(n, y, x, o)))
            return error;
  return llvm::Error::success();
}

// Rule matmul-m1.
llvm::Error evaluate(MatMulOp op, Operands in, Tensor &out) {
  const Tensor &lhs = *in[0], &rhs = *in[1];
  int64_t lhsZero = static_cast<int32_t>(op.getLhsZeroPoint());
  int64_t rhsZero = static_cast<int32_t>(op.getRhsZeroPoint());
  int64_t offset = 0;
  for (int64_t b = 0; b < out.shape[0]; ++b)
    for (int64_t m = 0; m < out.shape[1]; ++m)
      for (int64_t n = 0; n < out.shape[2]; ++n) {
        Wide sum = 0;
        for (int64_t k = 0; k < lhs.shape[2]; ++k)
          sum +=
              Wide(lhs.at({b, m, k}) - lhsZero) * (rhs.at({b, k, n}) - rhsZero);
        if (llvm::Error error = store(op, out, offset++, sum))
          return error;
      }
  return llvm::Error::success();
}

} // namespace qcc::qint::reference
