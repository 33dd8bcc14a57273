#include "passes/Schedule/Layouts.h"

using namespace mlir;

namespace qcc {

Value storageOf(Value value) {
  while (auto reshape = value.getDefiningOp<qint::ReshapeOp>())
    value = reshape.getInput();
  return value;
}

targets::Layout layoutOf(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  targets::Layout layout;
  layout.shape.assign(type.getShape().begin(), type.getShape().end());
  layout.elementBytes = (type.getElementTypeBitWidth() + 7) / 8;
  layout.isUnsigned = type.getElementType().isUnsignedInteger();
  auto kernel = value.getDefiningOp<qint::KernelOp>();
  if (!kernel || !kernel.getHalo())
    return layout;
  llvm::ArrayRef<int64_t> halo = *kernel.getHalo();
  layout.top = halo[0];
  layout.bottom = halo[1];
  layout.left = halo[2];
  layout.right = halo[3];
  return layout;
}

targets::KernelSource sourceOf(qint::KernelOp kernel) {
  targets::KernelSource source;
  source.op = kernel;
  for (Value input : kernel.getInputs()) {
    source.inputs.push_back(layoutOf(input));
    auto constant = input.getDefiningOp<qint::ConstantOp>();
    source.constants.push_back(
        constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                 : DenseElementsAttr());
  }
  source.output = layoutOf(kernel.getOutput());
  return source;
}

} // namespace qcc
