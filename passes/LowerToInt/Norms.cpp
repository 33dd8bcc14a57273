// Layer and root mean square normalization (rules root-n1, norm-n2, norm-n3).
#include "dialects/QInt/Dyadic.h"
#include "passes/LowerToInt/Lowering.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <numeric>

using namespace mlir;

namespace qcc {
namespace {

/// The values of an f32 constant, or nothing.
std::optional<llvm::SmallVector<float>> valuesOf(Value value) {
  auto constant = value.getDefiningOp<qgraph::ConstantOp>();
  auto values = constant ? dyn_cast<DenseFPElementsAttr>(constant.getValue())
                         : DenseFPElementsAttr();
  if (!values || !values.getElementType().isF32())
    return std::nullopt;
  return llvm::SmallVector<float>(values.value_begin<float>(),
                                  values.value_end<float>());
}

/// Gamma and beta in units of the result's steps, as integers.
struct Affine {
  llvm::SmallVector<int32_t> gamma, beta;
  int shift = 0;
};

/// Rule norm-n3 for rows of magnitude at most `most` with `fraction` bits;
/// nothing when no shift fits.
std::optional<Affine> chooseAffine(llvm::ArrayRef<double> gamma,
                                   llvm::ArrayRef<double> beta, double most,
                                   int fraction) {
  constexpr double limit = 0x1p31 - 2;
  auto fits = [&](int shift) {
    for (auto [g, b] : llvm::zip(gamma, beta)) {
      double factor = std::ldexp(std::abs(g), 32 + shift - fraction);
      double sum = std::ldexp(most * std::abs(g) + std::abs(b) + 1, shift);
      if (factor >= limit || sum >= limit)
        return false;
    }
    return true;
  };
  Affine result;
  for (result.shift = 24; result.shift > 0 && !fits(result.shift);)
    --result.shift;
  if (result.shift == 0)
    return std::nullopt;
  for (auto [g, b] : llvm::zip(gamma, beta)) {
    result.gamma.push_back(static_cast<int32_t>(
        std::llround(std::ldexp(g, 32 + result.shift - fraction))));
    result.beta.push_back(
        static_cast<int32_t>(std::llround(std::ldexp(b, result.shift)) +
                             (int64_t(1) << (result.shift - 1))));
  }
  return result;
}

} // namespace

Value Lowering::inShape(Operation *op, Value value,
                        llvm::ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  return qint::ReshapeOp::create(builder, op->getLoc(), type.clone(shape),
                                 value);
}

Value Lowering::lowerNorm(Operation *op, double epsilon, Value gammaValue,
                          Value betaValue) {
  std::optional<ActivationType> in = activation(op, op->getOperand(0));
  std::optional<ActivationType> out = activation(op, op->getResult(0));
  if (!in || !out)
    return {};
  auto fail = [&]() {
    return op->emitOpError("layer '") << layerName(op) << "' ";
  };
  auto gamma = valuesOf(gammaValue);
  auto beta = betaValue ? valuesOf(betaValue) : llvm::SmallVector<float>();
  if (!gamma || !beta) {
    fail() << "must have constant f32 parameters";
    return {};
  }
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  bool centred = betaValue != nullptr;
  auto count = static_cast<int64_t>(gamma->size());
  int64_t rows = type.getNumElements() / count;
  int64_t most = in->largestOffset();
  if (2 * count * most >= int64_t(1) << 31 || count > 1 << 16) {
    fail() << "normalizes rows of " << count << " codes of "
           << in->storage.getWidth()
           << " bits, which are too long for sums of 32 bits";
    return {};
  }
  // In units of the input's steps the radicand is count^2 times the variance;
  // of a mean square 2^16 times the sum, so that epsilon is no rough integer.
  double scale = centred ? static_cast<double>(count) : std::sqrt(count) * 256;
  double addend = std::round(epsilon * scale * scale / in->scale / in->scale);
  if (!(addend < 0x1p60)) {
    fail() << "has an epsilon of " << epsilon
           << ", which is too large for inputs in steps of " << in->scale;
    return {};
  }
  int fraction = centred ? 28 - (llvm::Log2_64_Ceil(count) + 1) / 2 : 36;
  double root = std::sqrt(static_cast<double>(count));
  llvm::SmallVector<double> factors, offsets;
  for (int64_t i = 0; i < count; ++i) {
    factors.push_back((*gamma)[i] * (centred ? 1 : 256 * root) / out->scale);
    offsets.push_back(centred ? (*beta)[i] / out->scale : 0.0);
  }
  // The roughest form is a tenth too large.
  std::optional<Affine> affine =
      chooseAffine(factors, offsets, 1.1 * (centred ? root : 0x1p-8), fraction);
  if (!affine) {
    fail() << "has a gamma or beta that is too large for results in steps of "
           << out->scale;
    return {};
  }
  Location loc = op->getLoc();
  Value input = inShape(op, get(op->getOperand(0)), {rows, count});
  auto rowsOf = [&](qint::ReduceKind kind, Type element) -> Value {
    return qint::ReduceOp::create(
        builder, loc, RankedTensorType::get({rows, 1}, element), input, kind,
        llvm::ArrayRef<int64_t>{1}, in->zeroPoint);
  };
  Value sum =
      centred ? rowsOf(qint::ReduceKind::Sum, builder.getI32Type()) : Value();
  Type wide = accumulatorFor(op, count * most * most);
  if (!wide)
    return {};
  Value squares = rowsOf(qint::ReduceKind::Squares, wide);
  Value inverse = qint::InverseRootOp::create(
      builder, loc, RankedTensorType::get({rows, 1}, builder.getI32Type()),
      squares, sum, centred ? count : 1 << 16,
      std::max<int64_t>(static_cast<int64_t>(addend), 1),
      formOf(op).value_or(qint::Form::Polynomial));
  Value result = qint::NormOp::create(
      builder, loc, RankedTensorType::get({rows, count}, out->storage), input,
      inverse, constant(op, affine->gamma, 32), constant(op, affine->beta, 32),
      sum, in->zeroPoint, fraction, affine->shift, out->zeroPoint, out->min,
      out->max);
  return inShape(op, result, type.getShape());
}

Value Lowering::lowerLayerNorm(qgraph::LayerNormOp op) {
  return lowerNorm(op, op.getEpsilon().convertToDouble(), op.getGamma(),
                   op.getBeta());
}

Value Lowering::lowerRmsNorm(qgraph::RmsNormOp op) {
  return lowerNorm(op, op.getEpsilon().convertToDouble(), op.getGamma(),
                   Value());
}

} // namespace qcc
