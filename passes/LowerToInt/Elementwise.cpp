// Ops that work element by element.
#include "dialects/QGraph/Build.h"
#include "dialects/QGraph/Unary.h"
#include "dialects/QInt/Dyadic.h"
#include "passes/LowerToInt/Lowering.h"

#include <cmath>

using namespace mlir;

namespace qcc {
namespace {

/// The code of a real number, saturated (rule `quantize-q2`). NaN, which only
/// a function outside its domain gives, becomes the zero point.
int32_t codeOf(double real, const ActivationType &type) {
  if (std::isnan(real))
    return type.zeroPoint;
  double code = std::round(real / type.scale) + type.zeroPoint;
  return static_cast<int32_t>(std::clamp<double>(code, type.min, type.max));
}

/// Tightens the saturation bounds of the op that makes `value`; false when it
/// has none.
bool tightenBounds(Value value, int32_t min, int32_t max) {
  Operation *op = value.getDefiningOp();
  auto narrowed = [&](qint::RescaleAttr r) {
    return qint::RescaleAttr::get(
        r.getContext(), r.getMultipliers(), r.getShifts(), r.getRounding(),
        r.getZeroPoint(), std::max(r.getMin(), min), std::min(r.getMax(), max));
  };
  if (auto requantize = dyn_cast_or_null<qint::RequantizeOp>(op)) {
    requantize.setRescaleAttr(narrowed(requantize.getRescale()));
    return true;
  }
  if (auto pool = dyn_cast_or_null<qint::AvgPool2DOp>(op)) {
    pool.setRescaleAttr(narrowed(pool.getRescale()));
    return true;
  }
  if (auto add = dyn_cast_or_null<qint::RescaledAddOp>(op)) {
    add.setRescaleAttr(narrowed(add.getRescale()));
    return true;
  }
  if (auto add = dyn_cast_or_null<qint::AddOp>(op)) {
    add.setMin(std::max<int32_t>(add.getMin(), min));
    add.setMax(std::min<int32_t>(add.getMax(), max));
    return true;
  }
  return false;
}

} // namespace

/// One rounding: both inputs are multiplied into a common unit in which their
/// sum fits 32 bits (rule `add-d1`).
Value Lowering::lowerAdd(Operation *op, bool subtract) {
  std::optional<ActivationType> lhs = activation(op, op->getOperand(0));
  std::optional<ActivationType> rhs = activation(op, op->getOperand(1));
  std::optional<ActivationType> out = activation(op, op->getResult(0));
  if (!lhs || !rhs || !out)
    return {};
  double sign = subtract ? -1.0 : 1.0;
  llvm::Expected<qint::AddScales> scales = qint::chooseAddScales(
      lhs->scale / out->scale, sign * rhs->scale / out->scale,
      lhs->largestOffset(), rhs->largestOffset());
  if (!scales) {
    op->emitOpError("layer '")
        << layerName(op) << "': " << llvm::toString(scales.takeError());
    return {};
  }
  return qint::AddOp::create(
      builder, op->getLoc(),
      cast<RankedTensorType>(op->getResult(0).getType()).clone(out->storage),
      get(op->getOperand(0)), get(op->getOperand(1)), lhs->zeroPoint,
      rhs->zeroPoint, scales->lhs, scales->rhs, scales->shift,
      qint::Rounding::Single, out->zeroPoint, out->min, out->max);
}

Value Lowering::lowerMul(qgraph::MulOp op) {
  std::optional<ActivationType> lhs = activation(op, op.getLhs());
  std::optional<ActivationType> rhs = activation(op, op.getRhs());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!lhs || !rhs || !out)
    return {};
  Type accumulator =
      accumulatorFor(op, lhs->largestOffset() * rhs->largestOffset());
  if (!accumulator)
    return {};
  Value products = qint::MulOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(accumulator), get(op.getLhs()),
      get(op.getRhs()), lhs->zeroPoint, rhs->zeroPoint);
  double scale = lhs->scale * rhs->scale / out->scale;
  // A foreign kernel's scale is made in f32.
  if (isForeignKernel(op) && !op->hasAttr("qgraph.exact_scale"))
    scale = static_cast<double>(static_cast<float>(lhs->scale) *
                                static_cast<float>(rhs->scale) /
                                static_cast<float>(out->scale));
  qint::RescaleAttr attr =
      rescale(op, {scale}, *out, accumulator.isInteger(64));
  if (!attr)
    return {};
  return qint::RequantizeOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(out->storage), products,
      /*zero_point=*/0, attr);
}

Value Lowering::lowerMaximum(Operation *op, bool largest) {
  std::optional<ActivationType> out = activation(op, op->getResult(0));
  if (!out)
    return {};
  Value lhs = operandAs(op, 0, *out);
  Value rhs = operandAs(op, 1, *out);
  if (!lhs || !rhs)
    return {};
  Type type =
      cast<RankedTensorType>(op->getResult(0).getType()).clone(out->storage);
  if (largest)
    return qint::MaximumOp::create(builder, op->getLoc(), type, lhs, rhs);
  return qint::MinimumOp::create(builder, op->getLoc(), type, lhs, rhs);
}

/// The larger one of min(lhs, A) and min(rhs, B), where the masks A and B hold
/// the largest code for the operand that is chosen and the smallest for the
/// other.
Value Lowering::lowerSelect(qgraph::SelectOp op) {
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!out)
    return {};
  auto condition = cast<DenseElementsAttr>(op.getCondition());
  auto result = cast<RankedTensorType>(op.getType()).clone(out->storage);
  auto masked = [&](unsigned index, bool chosen) -> Value {
    Value operand = operandAs(op, index, *out);
    if (!operand)
      return {};
    unsigned width = out->storage.getWidth();
    llvm::SmallVector<llvm::APInt> codes;
    for (bool holds : condition.getValues<bool>())
      codes.emplace_back(width, holds == chosen ? out->max : out->min,
                         /*isSigned=*/true, /*implicitTrunc=*/true);
    auto maskType =
        RankedTensorType::get(condition.getType().getShape(), out->storage);
    Value mask =
        qint::ConstantOp::create(builder, op.getLoc(), maskType,
                                 DenseElementsAttr::get(maskType, codes));
    auto shape = qgraph::build::broadcastShape(
        cast<RankedTensorType>(operand.getType()).getShape(),
        maskType.getShape());
    return qint::MinimumOp::create(builder, op.getLoc(), result.clone(shape),
                                   operand, mask);
  };
  Value lhs = masked(0, true), rhs = masked(1, false);
  if (!lhs || !rhs)
    return {};
  return qint::MaximumOp::create(builder, op.getLoc(), result, lhs, rhs);
}

/// A table of 256 codes (rule `table-t2`).
Value Lowering::lowerUnary(qgraph::UnaryOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  if (std::optional<Value> gate = lowerGate(op, *in, *out))
    return *gate;
  if (in->storage.getWidth() == 16)
    return lowerWordFunction(op);
  bool isUnsigned = in->storage.isUnsigned();
  unsigned width = out->storage.getWidth();
  double alpha = op.getAlpha().convertToDouble();
  llvm::SmallVector<llvm::APInt> table;
  for (int32_t index = 0; index < 256; ++index) {
    int32_t code = isUnsigned ? index : index - 128;
    double x = in->scale * (code - in->zeroPoint);
    int32_t result =
        codeOf(qgraph::evaluateUnary(op.getKind(), alpha, x), *out);
    table.emplace_back(width, static_cast<uint64_t>(result), true, true);
  }
  auto type = RankedTensorType::get({256}, out->storage);
  Value constant = qint::ConstantOp::create(
      builder, op.getLoc(), type, DenseElementsAttr::get(type, table));
  return qint::TableOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(out->storage),
      get(op.getInput()), constant);
}

Value Lowering::lowerTable(qgraph::TableOp op) {
  auto result = storageTensor(op.getOutput());
  auto type = RankedTensorType::get({256}, result.getElementType());
  llvm::SmallVector<llvm::APInt> table;
  for (int8_t entry : op.getTable())
    table.emplace_back(8, static_cast<uint8_t>(entry));
  Value constant = qint::ConstantOp::create(
      builder, op.getLoc(), type, DenseElementsAttr::get(type, table));
  return qint::TableOp::create(builder, op.getLoc(), result, get(op.getInput()),
                               constant);
}

/// A clamp in its input's own scale becomes the bounds of the rescale before
/// it, when nothing else reads that.
Value Lowering::lowerClamp(qgraph::ClampOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  Value value = rescaleCodes(op, get(op.getInput()), *in, *out);
  if (!value)
    return {};
  int32_t min = codeOf(op.getMin().convertToDouble(), *out);
  int32_t max = codeOf(op.getMax().convertToDouble(), *out);
  bool ownsInput = value != get(op.getInput()) || op.getInput().hasOneUse();
  if (ownsInput && tightenBounds(value, min, max))
    return value;
  return qint::ClampOp::create(builder, op.getLoc(), value.getType(), value,
                               min, max);
}

} // namespace qcc
