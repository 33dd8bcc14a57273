// Softmax and its logarithm, in our own fixed point (rules softmax-x5 to
// softmax-x7, logsoftmax-x2), and gates (rule gate-f5).
#include "dialects/QGraph/Unary.h"
#include "dialects/QInt/Dyadic.h"
#include "dialects/QInt/Functions.h"
#include "passes/LowerToInt/Lowering.h"

#include <cmath>

using namespace mlir;

namespace qcc {
namespace {

constexpr double kLog2E = 1.4426950408889634;

/// multiplier / 2^shift is about `factor`.
struct Steps {
  int32_t multiplier;
  int32_t shift;
};

/// With a multiplier of at most `most`; nothing for factors that are larger.
std::optional<Steps> chooseSteps(double factor, int64_t most) {
  if (!(factor >= 0) || factor > static_cast<double>(most))
    return std::nullopt;
  int shift = 0;
  while (shift < 31 &&
         std::round(std::ldexp(factor, shift + 1)) <= static_cast<double>(most))
    ++shift;
  return Steps{static_cast<int32_t>(std::llround(std::ldexp(factor, shift))),
               shift};
}

} // namespace

std::optional<qint::Form> Lowering::formOf(Operation *op) {
  auto name = op->getAttrOfType<StringAttr>("qgraph.form");
  return name ? qint::symbolizeForm(name.getValue()) : std::nullopt;
}

std::optional<Lowering::Powers> Lowering::powersOf(qgraph::SoftmaxOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  if (!in)
    return std::nullopt;
  auto beta = op->getAttrOfType<FloatAttr>("qgraph.beta");
  double scale = in->scale * (beta ? beta.getValueAsDouble() : 1.0);
  unsigned width = in->storage.getWidth();
  auto steps =
      chooseSteps(scale * kLog2E * 0x1p16, (int64_t(1) << (31 - width)) - 1);
  auto type = cast<RankedTensorType>(op.getType());
  int64_t axis = type.getRank() - 1;
  if (static_cast<int64_t>(op.getAxis()) != axis ||
      type.getDimSize(axis) >= 1 << 16 || !steps) {
    op.emitOpError("layer '")
        << layerName(op)
        << "' has no integer form; supported is a softmax of less than 65536 "
           "elements over the last axis, of inputs in steps of at most "
        << (width == 8 ? "88" : "0.34");
    return std::nullopt;
  }
  Powers result;
  result.multiplier = steps->multiplier;
  result.shift = steps->shift;
  std::optional<qint::Form> form = formOf(op);
  result.form = form.value_or(qint::Form::Polynomial);
  Location loc = op.getLoc();
  if (width == 8 && !op.getLog() && type.getDimSize(axis) < 1 << 15 &&
      form.value_or(qint::Form::Table) == qint::Form::Table) {
    llvm::SmallVector<int32_t> entries;
    for (int d = 0; d < 256; ++d)
      entries.push_back(static_cast<int32_t>(
          std::min(std::round(0x1p16 * std::exp(-d * scale)), 65535.0) -
          0x1p15));
    result.table = constant(op, entries, 16);
  }
  result.row.assign(type.getShape().begin(), type.getShape().end());
  result.row.back() = 1;
  result.largest = qint::ReduceOp::create(
      builder, loc, RankedTensorType::get(result.row, in->storage),
      get(op.getInput()), qint::ReduceKind::Max, llvm::ArrayRef<int64_t>{axis},
      in->zeroPoint);
  result.sum = qint::PowerSumOp::create(
      builder, loc, RankedTensorType::get(result.row, builder.getI32Type()),
      get(op.getInput()), result.largest, result.table, result.multiplier,
      result.shift, result.form);
  return result;
}

/// Rule softmax-x7: shares in steps of a power of two: that of
/// `qgraph.share_bits`, else the result's, or 2^-15 where that is none.
Value Lowering::lowerSoftmax(qgraph::SoftmaxOp op) {
  std::optional<ActivationType> out = activation(op, op.getOutput());
  std::optional<Powers> powers = powersOf(op);
  if (!out || !powers)
    return {};
  ActivationType shares = *out;
  auto bits = op->getAttrOfType<IntegerAttr>("qgraph.share_bits");
  if (bits && (bits.getInt() < 1 || bits.getInt() > 15)) {
    op.emitOpError("layer '") << layerName(op) << "' has shares in steps of 2^-"
                              << bits.getInt() << ", expected 2^-1 to 2^-15";
    return {};
  }
  if (bits)
    shares.scale = std::ldexp(1, -static_cast<int>(bits.getInt()));
  int exponent = 0;
  bool isPower = std::frexp(shares.scale, &exponent) == 0.5;
  if (!isPower || exponent > 0 || exponent < -14) {
    shares.scale = 0x1p-15;
    shares.zeroPoint = 0;
    shares.min = 0;
    shares.max = 32767;
    shares.storage = builder.getI16Type();
    exponent = -14;
  }
  Location loc = op.getLoc();
  Value scale = qint::ReciprocalOp::create(
      builder, loc, RankedTensorType::get(powers->row, builder.getI32Type()),
      powers->sum, powers->form);
  Value codes = qint::PowerShareOp::create(
      builder, loc, cast<RankedTensorType>(op.getType()).clone(shares.storage),
      get(op.getInput()), powers->largest, scale, powers->table,
      powers->multiplier, powers->shift, powers->form, 1 - exponent,
      shares.zeroPoint, shares.min, shares.max);
  // Corrected scales are for readers: the codes are made as ever.
  return bits ? codes : rescaleCodes(op, codes, shares, *out);
}

Value Lowering::lowerLogSoftmax(qgraph::SoftmaxOp op) {
  std::optional<ActivationType> out = activation(op, op.getOutput());
  std::optional<Powers> powers = powersOf(op);
  if (!out || !powers)
    return {};
  Location loc = op.getLoc();
  Value logarithm = qint::LogarithmOp::create(
      builder, loc, RankedTensorType::get(powers->row, builder.getI32Type()),
      powers->sum, powers->form);
  Value sums = qint::PowerLogOp::create(
      builder, loc,
      cast<RankedTensorType>(op.getType()).clone(builder.getI32Type()),
      get(op.getInput()), powers->largest, logarithm, powers->multiplier,
      powers->shift);
  return requantize(op, sums, {0x1p-16 / kLog2E}, *out);
}

/// Nothing where a table serves.
std::optional<Value> Lowering::lowerGate(qgraph::UnaryOp op,
                                         const ActivationType &in,
                                         const ActivationType &out) {
  std::optional<qint::Form> form = formOf(op);
  if (!form || *form == qint::Form::Table)
    return std::nullopt;
  qint::GateKind kind;
  double factor = in.scale * kLog2E * 0x1p16, unit = 0x1p-15;
  switch (op.getKind()) {
  case qgraph::UnaryKind::Sigmoid:
    kind = qint::GateKind::Logistic;
    break;
  case qgraph::UnaryKind::Tanh:
    kind = qint::GateKind::Tanh;
    factor *= 2;
    break;
  case qgraph::UnaryKind::Silu:
    kind = qint::GateKind::Swish;
    factor *= qgraph::siluFactor(op.getAlpha().convertToDouble());
    unit *= in.scale;
    break;
  case qgraph::UnaryKind::Gelu:
  case qgraph::UnaryKind::GeluTanh:
    kind = qint::GateKind::Gelu;
    factor = *form == qint::Form::Shift ? factor * 1.702 : in.scale * 0x1p12;
    unit *= in.scale;
    break;
  default:
    return std::nullopt;
  }
  int64_t most = in.largestOffset();
  auto steps = chooseSteps(factor, ((int64_t(1) << 31) - 1) / most);
  if (!steps || most > 1 << 15)
    return std::nullopt;
  Value value = qint::GateOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(builder.getI32Type()),
      get(op.getInput()), kind, in.zeroPoint, steps->multiplier, steps->shift,
      *form);
  return requantize(op, value, {unit}, out);
}

} // namespace qcc
