#include "passes/Legalize/Constants.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>
#include <limits>

using namespace mlir;

namespace qcc::legalize {

int64_t elementCount(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    if (llvm::MulOverflow(count, size, count))
      return std::numeric_limits<int64_t>::max();
  return count;
}

std::optional<std::vector<double>> readFloats(ElementsAttr attr) {
  if (!attr.getElementType().isF32())
    return std::nullopt;
  size_t count = attr.getNumElements();
  std::vector<double> values;
  if (auto dense = dyn_cast<DenseElementsAttr>(attr)) {
    if (dense.isSplat())
      return std::vector<double>(count, dense.getSplatValue<float>());
    values.reserve(count);
    for (float value : dense.getValues<float>())
      values.push_back(value);
    return values;
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || blob->getData().size() != count * sizeof(float))
      return std::nullopt;
    std::vector<float> floats(count);
    if (count)
      std::memcpy(floats.data(), blob->getData().data(), count * sizeof(float));
    return std::vector<double>(floats.begin(), floats.end());
  }
  return std::nullopt;
}

std::optional<double> evaluateSplat(Value value) {
  std::optional<ConstantTensor> tensor = evaluateConstant(value);
  if (!tensor || tensor->values.empty() || !llvm::all_equal(tensor->values))
    return std::nullopt;
  return tensor->values.front();
}

std::optional<std::vector<double>> evaluatePerChannel(Value value,
                                                      int64_t channels) {
  ArrayRef<int64_t> shape = shapeOf(value);
  for (int64_t size : shape.drop_back(shape.empty() ? 0 : 1))
    if (size != 1)
      return std::nullopt;
  std::optional<ConstantTensor> tensor = evaluateConstant(value);
  if (!tensor)
    return std::nullopt;
  if (tensor->values.size() == 1)
    return std::vector<double>(channels, tensor->values.front());
  if (static_cast<int64_t>(tensor->values.size()) != channels)
    return std::nullopt;
  return std::move(tensor->values);
}

Value createConstant(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
                     ArrayRef<double> values) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  std::vector<float> rounded(values.begin(), values.end());
  return qgraph::ConstantOp::create(builder, loc, type,
                                    cast<ElementsAttr>(DenseElementsAttr::get(
                                        type, ArrayRef<float>(rounded))));
}

std::vector<double> permute(ArrayRef<double> values, ArrayRef<int64_t> shape,
                            ArrayRef<int64_t> permutation) {
  size_t rank = shape.size();
  SmallVector<int64_t> strides(rank, 1);
  for (size_t i = rank; i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  std::vector<double> result;
  result.reserve(values.size());
  SmallVector<int64_t> index(rank, 0);
  int64_t offset = 0;
  for (size_t n = 0; n < values.size(); ++n) {
    result.push_back(values[offset]);
    for (size_t i = rank; i-- > 0;) {
      int64_t stride = strides[permutation[i]];
      offset += stride;
      if (++index[i] < shape[permutation[i]])
        break;
      offset -= stride * index[i];
      index[i] = 0;
    }
  }
  return result;
}

} // namespace qcc::legalize
