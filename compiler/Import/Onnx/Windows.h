// The attributes that convolutions and pools share.
#ifndef QCC_COMPILER_IMPORT_ONNX_WINDOWS_H
#define QCC_COMPILER_IMPORT_ONNX_WINDOWS_H

#include "compiler/Import/Onnx/Node.h"

namespace qcc::import::onnx {

/// One number per spatial axis, of which there are one or two.
struct Window {
  Shape kernel, strides, dilations, before, after;

  /// Elements that the window covers along an axis.
  int64_t extent(size_t axis) const {
    return (kernel[axis] - 1) * dilations[axis] + 1;
  }
  // Rows and columns: an image has one row when there is one axis.
  Shape kernel2() const { return twoAxes(kernel, 1); }
  Shape strides2() const { return twoAxes(strides, 1); }
  Shape dilations2() const { return twoAxes(dilations, 1); }
  /// {top, bottom, left, right}
  Shape pads2() const;
  static Shape twoAxes(Shape numbers, int64_t otherwise) {
    if (numbers.size() == 1)
      numbers.insert(numbers.begin(), otherwise);
    return numbers;
  }
};

/// Reads `strides`, `dilations`, `pads` and `auto_pad` for a window over input
/// 0. `auto_pad` of a transposed convolution is left to its handler. Errors:
/// attributes of the wrong length or range, a kernel_shape that is not
/// `kernel`.
llvm::Expected<Window> readWindow(Node &node, llvm::ArrayRef<int64_t> kernel,
                                  bool transposed = false);

} // namespace qcc::import::onnx

#endif // QCC_COMPILER_IMPORT_ONNX_WINDOWS_H
