// The inputs that each output element of a convolution sees.
#ifndef QCC_COMPILER_EVALUATE_PATCHES_H
#define QCC_COMPILER_EVALUATE_PATCHES_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace qcc::evaluate {

/// The windows of a qgraph.conv2d or qgraph.transpose_conv2d over one sample
/// (whose leading axis may be a batch of its own). The window of a transposed
/// convolution has an input where the stride lets one contribute, else zero.
class Patches {
public:
  /// Nothing for another op.
  static std::optional<Patches> of(mlir::Operation *op);

  /// Output elements of a channel, over all images.
  int64_t rows() const { return images * outHeight * outWidth; }
  int64_t groups() const { return numGroups; }
  /// Elements of a row of one group.
  int64_t size() const { return kernel[0] * kernel[1] * perGroup(); }
  /// For `samples` samples one after the other.
  Patches repeated(int64_t samples) const;

  /// Rows [first, first + count) of [groups, KH, KW, channels of the group];
  /// zero in the padding.
  std::vector<int32_t> cut(llvm::ArrayRef<int32_t> image, int64_t first,
                           int64_t count) const;

private:
  int64_t perGroup() const { return channels / numGroups; }
  /// The input under tap `tap` of the window at `out`, or -1.
  int64_t inputAt(int axis, int64_t out, int64_t tap) const;

  int64_t images, inSize[2], channels, outHeight, outWidth, numGroups = 1;
  int64_t kernel[2], strides[2], dilations[2] = {1, 1}, before[2];
  bool isTransposed = false;
};

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_PATCHES_H
