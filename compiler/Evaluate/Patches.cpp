#include "compiler/Evaluate/Patches.h"

#include "dialects/QGraph/QGraph.h"

#include <algorithm>

using namespace mlir;

namespace qcc::evaluate {

std::optional<Patches> Patches::of(Operation *op) {
  auto conv = dyn_cast<qgraph::Conv2DOp>(op);
  auto transposed = dyn_cast<qgraph::TransposeConv2DOp>(op);
  if (!conv && !transposed)
    return std::nullopt;
  auto shapeOf = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getShape();
  };
  ArrayRef<int64_t> in = shapeOf(op->getOperand(0));
  ArrayRef<int64_t> filter = shapeOf(op->getOperand(1));
  ArrayRef<int64_t> out = shapeOf(op->getResult(0));
  Patches result;
  result.images = in[0], result.channels = in[3];
  result.outHeight = out[1], result.outWidth = out[2];
  result.isTransposed = bool(transposed);
  if (conv)
    result.numGroups = conv.getGroups();
  for (int axis = 0; axis < 2; ++axis) {
    result.inSize[axis] = in[1 + axis];
    result.kernel[axis] = filter[1 + axis];
    result.strides[axis] =
        conv ? conv.getStrides()[axis] : transposed.getStrides()[axis];
    if (conv)
      result.dilations[axis] = conv.getDilations()[axis];
    result.before[axis] =
        conv ? conv.getPads()[2 * axis] : transposed.getOutPads()[2 * axis];
  }
  return result;
}

Patches Patches::repeated(int64_t samples) const {
  Patches result = *this;
  result.images *= samples;
  return result;
}

int64_t Patches::inputAt(int axis, int64_t out, int64_t tap) const {
  int64_t at;
  if (isTransposed) {
    int64_t distance = out - before[axis] - tap;
    if (distance < 0 || distance % strides[axis] != 0)
      return -1;
    at = distance / strides[axis];
  } else {
    at = out * strides[axis] - before[axis] + tap * dilations[axis];
  }
  return at >= 0 && at < inSize[axis] ? at : -1;
}

std::vector<int32_t> Patches::cut(ArrayRef<int32_t> image, int64_t first,
                                  int64_t count) const {
  const int64_t length = size(), part = perGroup();
  std::vector<int32_t> rows(count * numGroups * length, 0);
  for (int64_t row = 0; row < count; ++row) {
    int64_t at = first + row, x = at % outWidth;
    int64_t y = at / outWidth % outHeight, n = at / outWidth / outHeight;
    for (int64_t ky = 0; ky < kernel[0]; ++ky) {
      int64_t iy = inputAt(0, y, ky);
      for (int64_t kx = 0; iy >= 0 && kx < kernel[1]; ++kx) {
        int64_t ix = inputAt(1, x, kx);
        if (ix < 0)
          continue;
        const int32_t *pixel =
            image.data() + ((n * inSize[0] + iy) * inSize[1] + ix) * channels;
        int32_t *to = rows.data() + row * numGroups * length +
                      (ky * kernel[1] + kx) * part;
        for (int64_t g = 0; g < numGroups; ++g)
          std::copy_n(pixel + g * part, part, to + g * length);
      }
    }
  }
  return rows;
}

} // namespace qcc::evaluate
