// Constants and ops that move codes without computing on them.
#include "passes/LowerToInt/Lowering.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;

namespace qcc {

/// Stored integers stay as they are, in the integer type that holds them.
Value Lowering::lowerConstant(qgraph::ConstantOp op) {
  RankedTensorType type = storageTensor(op.getOutput());
  auto codes = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!codes || !codes.getElementType().isInteger() ||
      !type.getElementType().isInteger()) {
    op.emitOpError("must hold integers after quantization, found ")
        << op.getValue().getElementType() << " for " << op.getType();
    return {};
  }
  unsigned width = type.getElementTypeBitWidth();
  llvm::SmallVector<llvm::APInt> values;
  for (const llvm::APInt &code : codes.getValues<llvm::APInt>())
    values.push_back(code.sextOrTrunc(width));
  return qint::ConstantOp::create(builder, op.getLoc(), type,
                                  DenseElementsAttr::get(type, values));
}

Value Lowering::lowerConcat(qgraph::ConcatOp op) {
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!out)
    return {};
  llvm::SmallVector<Value> inputs;
  for (unsigned i = 0; i < op.getInputs().size(); ++i) {
    inputs.push_back(operandAs(op, i, *out));
    if (!inputs.back())
      return {};
  }
  return qint::ConcatOp::create(builder, op.getLoc(),
                                storageTensor(op.getOutput()), inputs,
                                op.getAxis());
}

Value Lowering::lowerMaxPool2D(qgraph::MaxPool2DOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  Value codes = qint::MaxPool2DOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(in->storage),
      get(op.getInput()), op.getKernel(), op.getStrides(), op.getPads());
  return rescaleCodes(op, codes, *in, *out);
}

Value Lowering::lowerPad(qgraph::PadOp op) {
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!out)
    return {};
  Value input = operandAs(op, 0, *out);
  if (!input)
    return {};
  double code =
      std::round(op.getValue().convertToDouble() / out->scale) + out->zeroPoint;
  llvm::SmallVector<int64_t> interior(op.getLow().size(), 0);
  return qint::PadOp::create(
      builder, op.getLoc(), storageTensor(op.getOutput()), input, op.getLow(),
      op.getHigh(), interior,
      static_cast<int32_t>(std::clamp<double>(code, out->min, out->max)));
}

Value Lowering::lowerResize(qgraph::ResizeOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  auto shape = cast<RankedTensorType>(op.getType());
  auto scale = op.getScale();
  if (op.getMode() == qgraph::ResizeMode::Nearest) {
    Value codes = qint::ResizeOp::create(
        builder, op.getLoc(), shape.clone(in->storage), get(op.getInput()),
        qint::ResizeMode::Nearest, scale, op.getOffset(), op.getBorder(),
        in->zeroPoint);
    return rescaleCodes(op, codes, *in, *out);
  }
  int64_t weight = scale[0] * scale[2];
  Type accumulator = accumulatorFor(op, weight * in->largestOffset());
  if (!accumulator)
    return {};
  Value sums = qint::ResizeOp::create(
      builder, op.getLoc(), shape.clone(accumulator), get(op.getInput()),
      qint::ResizeMode::Bilinear, scale, op.getOffset(), op.getBorder(),
      in->zeroPoint);
  return requantize(op, sums, {in->scale / static_cast<double>(weight)}, *out);
}

/// `input` in another shape; a constant stays one.
static Value reshaped(OpBuilder &builder, Location loc, Value input,
                      RankedTensorType type) {
  auto constant = input.getDefiningOp<qint::ConstantOp>();
  auto codes = constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                        : DenseElementsAttr();
  if (codes)
    return qint::ConstantOp::create(builder, loc, type, codes.reshape(type));
  return qint::ReshapeOp::create(builder, loc, type, input);
}

/// Ops that keep every code: moved in the input's scale, then rescaled when
/// the result's differs.
Value Lowering::lowerMovement(Operation *op) {
  Location loc = op->getLoc();
  Value input = get(op->getOperand(0));
  auto element = cast<RankedTensorType>(input.getType()).getElementType();
  auto type = cast<RankedTensorType>(op->getResult(0).getType()).clone(element);
  if (auto argmax = dyn_cast<qgraph::ArgMaxOp>(op))
    return qint::ArgMaxOp::create(builder, loc,
                                  storageTensor(argmax.getOutput()), input,
                                  argmax.getAxis());
  Value moved =
      llvm::TypeSwitch<Operation *, Value>(op)
          .Case([&](qgraph::SliceOp o) {
            return qint::SliceOp::create(builder, loc, type, input,
                                         o.getStarts(), o.getSizes(),
                                         o.getStrides());
          })
          .Case([&](qgraph::ReshapeOp) {
            return reshaped(builder, loc, input, type);
          })
          .Case([&](qgraph::TransposeOp o) {
            return qint::TransposeOp::create(builder, loc, type, input,
                                             o.getPermutation());
          })
          .Case([&](qgraph::TileOp o) {
            return qint::TileOp::create(builder, loc, type, input,
                                        o.getMultiples());
          })
          .Case([&](qgraph::LookupOp o) {
            return qint::LookupOp::create(builder, loc, type, input,
                                          get(o.getIndices()), o.getWraps());
          })
          .Case([&](qgraph::GatherOp o) {
            return qint::GatherOp::create(builder, loc, type, input,
                                          o.getIndices(), o.getAxis());
          })
          .Default([&](Operation *) { return input; });
  Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
  if (cast<RankedTensorType>(from).getElementType() ==
      cast<RankedTensorType>(to).getElementType())
    return moved;
  std::optional<ActivationType> in = activation(op, op->getOperand(0));
  std::optional<ActivationType> out = activation(op, op->getResult(0));
  if (!in || !out)
    return {};
  return rescaleCodes(op, moved, *in, *out);
}

} // namespace qcc
