// Kernels of TensorFlow Lite that work on rows of bytes: softmax and its
// logarithm, normalization; and quotients.
#include "dialects/QInt/Dyadic.h"
#include "dialects/QInt/FixedPoint.h"
#include "passes/LowerToInt/Lowering.h"

#include <cmath>

using namespace mlir;

namespace qcc {
namespace {

/// The exponents that tables of exponentials have.
struct ScaledDifferences {
  llvm::SmallVector<int32_t> values; ///< with 26 fractional bits, least last
  int64_t farthest = 0;              ///< beyond it there is nothing
};

/// Entry d: -d * scale (rule `softmax-x1`); nothing when no multiplier is that.
std::optional<ScaledDifferences> scaledDifferences(double scale,
                                                   qint::Rounding rounding) {
  bool single = rounding == qint::Rounding::Single;
  double most = (single ? 1 << 30 : int64_t(1) << 31) - 1.0;
  int left = 0;
  double fraction = std::frexp(std::min(scale * (1 << 26), most), &left);
  int64_t multiplier = std::llround(std::ldexp(fraction, 31));
  if (multiplier == int64_t(1) << 31) {
    multiplier /= 2;
    ++left;
  }
  if (left < 0)
    return std::nullopt;
  ScaledDifferences result;
  result.farthest = (int64_t(31) << 26) >> left;
  for (int64_t d = 0; d < 256 && d <= result.farthest; ++d)
    result.values.push_back(static_cast<int32_t>(
        qint::scaleByExponent(-d, multiplier, left, single)));
  return result;
}

} // namespace

Value Lowering::constant(Operation *op, llvm::ArrayRef<int32_t> values,
                         unsigned width) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())},
                                    builder.getIntegerType(width));
  llvm::SmallVector<llvm::APInt> entries;
  for (int32_t value : values)
    entries.emplace_back(width, static_cast<uint64_t>(int64_t(value)),
                         /*isSigned=*/true);
  return qint::ConstantOp::create(builder, op->getLoc(), type,
                                  DenseElementsAttr::get(type, entries));
}

std::optional<Lowering::Exponentials>
Lowering::sumExponentials(qgraph::SoftmaxOp op, const ActivationType &in) {
  auto type = cast<RankedTensorType>(op.getType());
  int64_t axis = type.getRank() - 1;
  auto beta = op->getAttrOfType<FloatAttr>("qgraph.beta");
  auto differences = scaledDifferences(
      (beta ? beta.getValueAsDouble() : 1.0) * in.scale, roundingOf(op));
  if (static_cast<int64_t>(op.getAxis()) != axis || !differences ||
      in.storage.getWidth() != 8 || type.getDimSize(axis) >= 4096)
    return std::nullopt;
  llvm::SmallVector<int32_t> exact, terms;
  for (size_t d = 0; d < 256; ++d) {
    exact.push_back(d < differences->values.size()
                        ? qint::exponentialOfNegative(differences->values[d])
                        : 0);
    terms.push_back(qint::divideByPowerOfTwo(exact.back(), 12));
  }
  llvm::SmallVector<int64_t> row(type.getShape());
  row.back() = 1;
  Location loc = op.getLoc();
  Exponentials result;
  result.largest = qint::ReduceOp::create(
      builder, loc, RankedTensorType::get(row, in.storage), get(op.getInput()),
      qint::ReduceKind::Max, llvm::ArrayRef<int64_t>{axis}, in.zeroPoint);
  result.sum = qint::ExpSumOp::create(
      builder, loc, RankedTensorType::get(row, builder.getI32Type()),
      get(op.getInput()), result.largest, constant(op, terms, 32));
  result.table = constant(op, exact, 32);
  result.scaled = std::move(differences->values);
  return result;
}

Value Lowering::lowerKernelSoftmax(qgraph::SoftmaxOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  if (in->storage.getWidth() == 16)
    return lowerWordSoftmax(op);
  bool scaled = out->scale == 1.0 / 256 && out->zeroPoint == out->min &&
                in->storage == out->storage;
  std::optional<Exponentials> parts;
  if (scaled)
    parts = sumExponentials(op, *in);
  if (!parts) {
    op.emitOpError("layer '")
        << layerName(op)
        << "' has no integer form; supported is a softmax of less than 4096 "
           "8-bit codes over the last axis to scale 1/256 from 0";
    return {};
  }
  return qint::SoftmaxOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(out->storage),
      get(op.getInput()), parts->largest, parts->sum, parts->table,
      out->zeroPoint, out->min, out->max);
}

/// Rule `logsoftmax-x1`.
Value Lowering::lowerKernelLogSoftmax(qgraph::SoftmaxOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  bool scaled = isForeignKernel(op) && out->scale == 1.0 / 16 &&
                out->zeroPoint == out->max && in->storage == out->storage;
  std::optional<Exponentials> parts;
  if (scaled)
    parts = sumExponentials(op, *in);
  if (!parts) {
    op.emitOpError("layer '")
        << layerName(op)
        << "' has no integer form; supported is TensorFlow Lite's logarithm "
           "of a softmax of less than 4096 8-bit codes over the last axis to "
           "scale 1/16 up to 0";
    return {};
  }
  // Whatever is this far away is the least code.
  constexpr int32_t least = -(3 << 29);
  llvm::SmallVector<int32_t> table;
  for (size_t d = 0; d < 256; ++d)
    table.push_back(d < parts->scaled.size() ? std::max(parts->scaled[d], least)
                                             : least);
  return qint::LogSoftmaxOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(out->storage),
      get(op.getInput()), parts->largest, parts->sum, constant(op, table, 32),
      out->zeroPoint, out->min, out->max);
}

/// Rule `div-k1`, with the scale made in f32.
Value Lowering::lowerKernelDiv(qgraph::DivOp op) {
  std::optional<ActivationType> lhs = activation(op, op.getLhs());
  std::optional<ActivationType> rhs = activation(op, op.getRhs());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!lhs || !rhs || !out)
    return {};
  float real =
      static_cast<float>(lhs->scale) /
      (static_cast<float>(rhs->scale) * static_cast<float>(out->scale));
  auto dyadic = qint::dyadicFromReal(static_cast<double>(real));
  if (!dyadic)
    llvm::consumeError(dyadic.takeError());
  if (!dyadic || dyadic->shift < 10 || out->storage.getWidth() != 8 ||
      lhs->storage.getWidth() != 8 || rhs->storage.getWidth() != 8) {
    op.emitOpError("layer '")
        << layerName(op)
        << "' divides codes that are not of 8 bits, or to a scale that is too "
           "small";
    return {};
  }
  llvm::SmallVector<int32_t> reciprocals = {0};
  for (int32_t divisor = 1; divisor < 256; ++divisor)
    reciprocals.push_back(qint::reciprocalOf(divisor));
  return qint::DivOp::create(
      builder, op.getLoc(),
      cast<RankedTensorType>(op.getType()).clone(out->storage),
      get(op.getLhs()), get(op.getRhs()), constant(op, reciprocals, 32),
      lhs->zeroPoint, rhs->zeroPoint, dyadic->multiplier, 31 - dyadic->shift,
      roundingOf(op), out->zeroPoint, out->min, out->max);
}

/// Rule `normalize-l2`: a row times itself, then each element times the inverse
/// of the root.
Value Lowering::lowerL2Normalization(qgraph::RmsNormOp op) {
  std::optional<ActivationType> in = activation(op, op.getInput());
  std::optional<ActivationType> out = activation(op, op.getOutput());
  if (!in || !out)
    return {};
  auto type = cast<RankedTensorType>(op.getType());
  int64_t depth = type.getRank() == 0 ? 1 : type.getShape().back();
  int64_t largest = in->largestOffset();
  if (static_cast<int64_t>(op.getAxis()) != type.getRank() - 1 ||
      out->scale != 1.0 / 128 || in->storage.getWidth() != 8 ||
      in->storage != out->storage ||
      depth > qint::codeMax(builder.getI32Type()) / (largest * largest)) {
    op.emitOpError("layer '")
        << layerName(op)
        << "' has no integer form; supported is TensorFlow Lite's "
           "L2_NORMALIZATION of 8-bit codes over the last axis to scale 1/128";
    return {};
  }
  Location loc = op.getLoc();
  Value input = get(op.getInput());
  int64_t rows = type.getNumElements() / depth;
  auto reshaped = [&](Value value, llvm::ArrayRef<int64_t> shape) -> Value {
    return qint::ReshapeOp::create(
        builder, loc, cast<RankedTensorType>(value.getType()).clone(shape),
        value);
  };
  Value squares = qint::MatMulOp::create(
      builder, loc, RankedTensorType::get({rows, 1, 1}, builder.getI32Type()),
      reshaped(input, {rows, 1, depth}), reshaped(input, {rows, depth, 1}),
      in->zeroPoint, in->zeroPoint);
  llvm::SmallVector<int64_t> row(type.getShape());
  row.back() = 1;
  return qint::NormalizeOp::create(
      builder, loc, type.clone(out->storage), input, reshaped(squares, row),
      in->zeroPoint, roundingOf(op), out->zeroPoint, out->min, out->max);
}

} // namespace qcc
