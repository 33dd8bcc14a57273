// QuantizeLinear and DequantizeLinear of constants.
#include "compiler/Import/Onnx/Operators.h"

#include <cmath>

namespace qcc::import::onnx {
namespace {

/// Scales and zero points from inputs 1 and 2 for a tensor of shape `shape`.
llvm::Expected<Quantization> readQuantization(Node &node, DataType storage) {
  Quantization result;
  result.storage = storage;
  auto scales = node.reals(1);
  if (!scales)
    return scales.takeError();
  result.scales = *scales;
  if (node.integer("block_size", 0))
    return node.fail("has a block_size; supported are scales per tensor and "
                     "per index of an axis");
  if (node.has(2)) {
    auto zeros = node.reals(2);
    if (!zeros)
      return zeros.takeError();
    for (double zero : *zeros)
      result.zeroPoints.push_back(static_cast<int64_t>(zero));
  } else {
    result.zeroPoints.assign(result.scales.size(), 0);
  }
  for (double scale : result.scales)
    if (!isScale(scale))
      return node.fail("has the scale " + std::to_string(scale) +
                       ", expected a positive number");
  if (result.zeroPoints.size() != result.scales.size())
    return node.fail("has " + llvm::Twine(result.scales.size()) +
                     " scales and " + llvm::Twine(result.zeroPoints.size()) +
                     " zero points");
  if (result.scales.size() == 1)
    return result;
  auto axis = node.axis(node.integer("axis", 1), node.rank(0));
  if (!axis)
    return axis.takeError();
  result.axis = *axis;
  if (node.shape(0)[*axis] != static_cast<int64_t>(result.scales.size()) ||
      node.rank(1) != 1)
    return node.fail("has " + llvm::Twine(result.scales.size()) +
                     " scales for an axis of size " +
                     llvm::Twine(node.shape(0)[*axis]));
  return result;
}

/// Calls `visit(element, scale, zero point)`.
void forEach(llvm::ArrayRef<int64_t> shape, const Quantization &quantization,
             llvm::function_ref<void(int64_t, double, int64_t)> visit) {
  int64_t inner = 1, size = 1, count = elementCount(shape);
  if (quantization.axis >= 0) {
    size = shape[quantization.axis];
    inner = elementCount(shape.drop_front(quantization.axis + 1));
  }
  for (int64_t i = 0; i < count; ++i) {
    int64_t channel = i / inner % size;
    visit(i, quantization.scales[channel], quantization.zeroPoints[channel]);
  }
}

} // namespace

llvm::Error foldDequantizeLinear(Node &node) {
  auto quantization = readQuantization(node, node.type(0));
  if (!quantization)
    return quantization.takeError();
  const Tensor &codes = node.tensor(0);
  if (codes.isFloat())
    return node.fail("has codes of " + typeName(codes.type) +
                     ", expected integers");
  Tensor result = Tensor::ofReals(codes.shape, {});
  result.reals.resize(codes.size());
  forEach(
      codes.shape, *quantization, [&](int64_t i, double scale, int64_t zero) {
        result.reals[i] = static_cast<double>(codes.integers[i] - zero) * scale;
      });
  result.quantization =
      std::make_shared<const Quantization>(std::move(*quantization));
  return node.set(0, std::move(result));
}

llvm::Error foldQuantizeLinear(Node &node) {
  DataType storage = node.has(2)
                         ? node.type(2)
                         : static_cast<DataType>(node.integer(
                               "output_dtype", proto::TensorProto::UINT8));
  auto quantization = readQuantization(node, storage);
  if (!quantization)
    return quantization.takeError();
  auto [low, high] = rangeOf(storage);
  if (low == high)
    return node.fail("makes " + typeName(storage));
  const Tensor &values = node.tensor(0);
  Tensor result;
  result.type = storage;
  result.shape = values.shape;
  result.integers.resize(values.size());
  double least = low, most = high;
  forEach(values.shape, *quantization,
          [&](int64_t i, double scale, int64_t zero) {
            // In float, as ONNX divides.
            float ratio =
                static_cast<float>(values.real(i)) / static_cast<float>(scale);
            double code = std::nearbyint(ratio) + zero;
            result.integers[i] =
                static_cast<int64_t>(std::clamp(code, least, most));
          });
  return node.set(0, std::move(result));
}

} // namespace qcc::import::onnx
