// Ops that say with `qgraph.rounding` = "double" or "single" that they are what
// an integer kernel of TensorFlow Lite computes, bit for bit.
#include "dialects/QInt/Dyadic.h"
#include "dialects/QInt/FixedPoint.h"
#include "passes/LowerToInt/Lowering.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace qcc {
namespace {

constexpr int32_t least32 = std::numeric_limits<int32_t>::min();
constexpr int32_t most32 = std::numeric_limits<int32_t>::max();

/// A rescale by one dyadic number.
qint::RescaleAttr one(MLIRContext *context, int32_t multiplier, int32_t shift,
                      qint::Rounding rounding, int32_t zeroPoint, int32_t min,
                      int32_t max) {
  return qint::RescaleAttr::get(
      context, DenseI32ArrayAttr::get(context, {multiplier}),
      DenseI32ArrayAttr::get(context, {shift}), rounding, zeroPoint, min, max);
}

} // namespace

qint::Rounding roundingOf(Operation *op) {
  auto name = op->getAttrOfType<StringAttr>("qgraph.rounding");
  if (!name)
    return qint::Rounding::Single;
  return qint::symbolizeRounding(name.getValue())
      .value_or(qint::Rounding::Single);
}

bool isForeignKernel(Operation *op) {
  auto name = op->getAttrOfType<StringAttr>("qgraph.rounding");
  return name && (name.getValue() == "double" || name.getValue() == "single");
}

std::optional<Value> Lowering::lowerKernel(Operation *op) {
  if (!isForeignKernel(op))
    return std::nullopt;
  return llvm::TypeSwitch<Operation *, std::optional<Value>>(op)
      .Case([&](qgraph::SoftmaxOp o) {
        return o.getLog() ? lowerKernelLogSoftmax(o) : lowerKernelSoftmax(o);
      })
      .Case([&](qgraph::AddOp) { return lowerRescaledAdd(op, false); })
      .Case([&](qgraph::SubOp) { return lowerRescaledAdd(op, true); })
      .Case([&](qgraph::DivOp o) { return lowerKernelDiv(o); })
      .Case([&](qgraph::RmsNormOp o) { return lowerL2Normalization(o); })
      .Case([&](qgraph::UnaryOp o) -> std::optional<Value> {
        if (o.getKind() == qgraph::UnaryKind::Sigmoid ||
            o.getKind() == qgraph::UnaryKind::Tanh)
          return lowerWordSigmoid(o);
        return std::nullopt;
      })
      .Case([&](qgraph::ResizeOp o) -> std::optional<Value> {
        if (o.getMode() == qgraph::ResizeMode::Nearest)
          return std::nullopt;
        return lowerKernelResize(o);
      })
      .Case([&](qgraph::AvgPool2DOp o) { return lowerKernelAvgPool(o); })
      .Case([&](qgraph::ReduceOp o) -> std::optional<Value> {
        if (o.getKind() == qgraph::ReduceKind::Max ||
            o.getKind() == qgraph::ReduceKind::Min)
          return std::nullopt;
        return lowerKernelSum(o);
      })
      .Default([](Operation *) { return std::nullopt; });
}

/// Rule `add-d2` with the multipliers of rule `add-d3`.
Value Lowering::lowerRescaledAdd(Operation *op, bool subtract) {
  std::optional<ActivationType> lhs = activation(op, op->getOperand(0));
  std::optional<ActivationType> rhs = activation(op, op->getOperand(1));
  std::optional<ActivationType> out = activation(op, op->getResult(0));
  if (!lhs || !rhs || !out)
    return {};
  int left = lhs->storage.getWidth() == 8 ? 20 : 15;
  if (auto given = op->getAttrOfType<IntegerAttr>("qgraph.left_shift"))
    left = static_cast<int>(given.getInt());
  double twice = 2 * std::max(lhs->scale, rhs->scale);
  ActivationType sum;
  sum.scale = 1;
  sum.zeroPoint = 0;
  sum.min = least32;
  sum.max = most32;
  qint::RescaleAttr first = rescale(op, {lhs->scale / twice}, sum, false);
  qint::RescaleAttr second = rescale(op, {rhs->scale / twice}, sum, false);
  qint::RescaleAttr last =
      rescale(op, {twice / (std::ldexp(1.0, left) * out->scale)}, *out, false);
  if (!first || !second || !last)
    return {};
  return qint::RescaledAddOp::create(
      builder, op->getLoc(),
      cast<RankedTensorType>(op->getResult(0).getType()).clone(out->storage),
      get(op->getOperand(0)), get(op->getOperand(1)), lhs->zeroPoint,
      rhs->zeroPoint, left, first, second, last, subtract);
}

/// Rule `resize-k1`: the codes themselves, their weights add up to 2^20.
Value Lowering::lowerKernelResize(qgraph::ResizeOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  auto scale = op.getScale();
  int64_t weight = scale[0] * scale[2];
  if (!llvm::isPowerOf2_64(weight) || weight > int64_t(1) << 30) {
    op.emitOpError("layer '")
        << layerName(op) << "' has weights that add up to " << weight
        << ", expected a power of two of at most 2^30";
    return {};
  }
  auto type = cast<RankedTensorType>(op.getType());
  Type accumulator = accumulatorFor(
      op, weight * qint::magnitudeOf(in->min, in->max, /*zeroPoint=*/0));
  if (!accumulator)
    return {};
  Value sums = qint::ResizeOp::create(
      builder, op.getLoc(), type.clone(accumulator), get(op.getInput()),
      qint::ResizeMode::Bilinear, scale, op.getOffset(), op.getBorder(),
      /*zero_point=*/0);
  int bits = accumulator.isInteger(64) ? 14 : 30;
  bool once = roundingOf(op) == qint::Rounding::Single;
  return qint::RequantizeOp::create(
      builder, op.getLoc(), type.clone(out->storage), sums, /*zero_point=*/0,
      one(op.getContext(), 1 << bits,
          bits + static_cast<int>(llvm::Log2_64(weight)),
          once ? qint::Rounding::Single : qint::Rounding::Away,
          /*zeroPoint=*/0, out->min, out->max));
}

/// The mean of the codes themselves, a half away from zero (rule `pool-p3`).
Value Lowering::lowerKernelAvgPool(qgraph::AvgPool2DOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  int64_t window = op.getKernel()[0] * op.getKernel()[1];
  int exact = in->storage.getWidth() == 8 ? 21 : 14;
  if (window >= int64_t(1) << exact) {
    op.emitOpError("layer '") << layerName(op) << "' averages " << window
                              << " codes of " << in->storage.getWidth()
                              << " bits, supported are less than 2^" << exact;
    return {};
  }
  llvm::SmallVector<int32_t> multipliers, shifts;
  bool padded =
      llvm::any_of(op.getPads(), [](int64_t pad) { return pad != 0; });
  for (int64_t count = padded ? 1 : window; count <= window; ++count) {
    int shift = 30 + static_cast<int>(llvm::Log2_64_Ceil(count));
    multipliers.push_back(
        static_cast<int32_t>(llvm::divideCeil(uint64_t(1) << shift, count)));
    shifts.push_back(shift);
  }
  MLIRContext *context = op.getContext();
  auto scale = qint::RescaleAttr::get(
      context, DenseI32ArrayAttr::get(context, multipliers),
      DenseI32ArrayAttr::get(context, shifts), qint::Rounding::Away,
      /*zero_point=*/0, out->min, out->max);
  return qint::AvgPool2DOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(out->storage),
      get(op.getInput()), op.getKernel(), op.getStrides(), op.getPads(),
      /*input_zero_point=*/0, scale);
}

/// Rule `reduce-v3`: the division of a mean goes into the multiplier, which is
/// truncated.
Value Lowering::lowerKernelSum(qgraph::ReduceOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  auto type = cast<RankedTensorType>(op.getType());
  int64_t count =
      cast<RankedTensorType>(op.getInput().getType()).getNumElements() /
      type.getNumElements();
  auto dyadic = qint::dyadicFromReal(in->scale / out->scale);
  if (!dyadic || count * in->largestOffset() > most32) {
    if (!dyadic)
      llvm::consumeError(dyadic.takeError());
    op.emitOpError("layer '") << layerName(op) << "' sums up " << count
                              << " codes with a scale of no 32-bit form";
    return {};
  }
  int64_t multiplier = dyadic->multiplier;
  int shift = dyadic->shift;
  if (op.getKind() == qgraph::ReduceKind::Mean) {
    int fold = std::min<int>(llvm::Log2_64(count), 62 - shift);
    multiplier = (multiplier << fold) / count;
    shift += fold;
  }
  qint::Rounding rounding = roundingOf(op);
  // One rounding does not see the difference.
  while (rounding == qint::Rounding::Single && multiplier != 0 &&
         multiplier < int64_t(1) << 30 && shift < 62) {
    multiplier *= 2;
    ++shift;
  }
  if (multiplier >> 29 == 0 || shift > 62) {
    op.emitOpError("layer '")
        << layerName(op) << "' has a scale too small for its mean of " << count
        << " codes";
    return {};
  }
  Value sums = qint::ReduceOp::create(
      builder, op.getLoc(), type.clone(builder.getI32Type()),
      get(op.getInput()), qint::ReduceKind::Sum, op.getAxes(), in->zeroPoint);
  return qint::RequantizeOp::create(
      builder, op.getLoc(), type.clone(out->storage), sums, /*zero_point=*/0,
      one(op.getContext(), static_cast<int32_t>(multiplier), shift, rounding,
          out->zeroPoint, out->min, out->max));
}

} // namespace qcc
