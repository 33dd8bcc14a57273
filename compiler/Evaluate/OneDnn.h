//===- OneDnn.h - The ops that oneDNN computes ------------------*- C++ -*-===//
//
// Nothing of oneDNN's interface shows here: its exceptions end in the files
// that implement this one, as errors with oneDNN's message.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EVALUATE_ONEDNN_H
#define QCC_COMPILER_EVALUATE_ONEDNN_H

#include "compiler/Evaluate/OpEvaluator.h"

#include <cstdint>

namespace qcc::evaluate {

/// A window moving over an NHWC image; `pads` is {top, bottom, left, right}.
struct WindowShape {
  int64_t batch, height, width, channels;
  int64_t outHeight, outWidth, outChannels;
  int64_t kernel[2], strides[2], pads[4], dilations[2] = {1, 1};
  int64_t groups = 1;
};

/// qgraph.conv2d with the constant `filter` [OC, KH, KW, IC/groups] and `bias`
/// [OC], which are kept reordered; see OpEvaluator::constantChanged().
llvm::Expected<std::unique_ptr<OpEvaluator>>
makeConvolution(const WindowShape &shape, const float *filter,
                const float *bias);

enum class PoolKind { Max, Average, AverageWithPadding };

/// qgraph.max_pool2d and qgraph.avg_pool2d.
llvm::Expected<std::unique_ptr<OpEvaluator>> makePool(const WindowShape &shape,
                                                      PoolKind kind);

/// [batch, m, k] x [batch, k, n] -> [batch, m, n].
llvm::Expected<std::unique_ptr<OpEvaluator>>
makeMatMul(int64_t batch, int64_t m, int64_t k, int64_t n);

/// qgraph.softmax along the middle axis of [outer, size, inner].
llvm::Expected<std::unique_ptr<OpEvaluator>>
makeSoftmax(int64_t outer, int64_t size, int64_t inner, bool log);

/// out [m, n] = a^T b, where a is [rows, m] and b [rows, n], with the given
/// distances between rows.
llvm::Error multiplyTransposed(int64_t rows, int64_t m, int64_t n,
                               const float *a, int64_t strideA, const float *b,
                               int64_t strideB, float *out);

/// While it lives, oneDNN computes what this thread asks of it with this thread
/// alone: other threads are busy with other samples, or the work is too small
/// to share.
class OneThread {
public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread &) = delete;
  OneThread &operator=(const OneThread &) = delete;

private:
  int before;
};

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_ONEDNN_H
