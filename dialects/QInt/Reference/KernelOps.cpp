// Ops with the arithmetic of other runtimes' kernels.
#include "dialects/QInt/FixedPoint.h"
#include "dialects/QInt/Reference/Ops.h"

namespace qcc::qint::reference {

namespace {

int64_t signedOf(uint32_t attribute) { return static_cast<int32_t>(attribute); }

/// The table's entry for an element and the largest one of its row.
llvm::Expected<int64_t> entryOf(mlir::Operation *op, Operands in,
                                const Tensor &table, int64_t element) {
  int64_t row = element / in[0]->shape.back();
  int64_t difference = in[1]->values[row] - in[0]->values[element];
  if (difference < 0 || difference > 255)
    return errorAt(op, "an element is " + llvm::Twine(difference) +
                           " below the largest of its row");
  return table.values[difference];
}

} // namespace

// Rule add-d2.
llvm::Error evaluate(RescaledAddOp op, Operands in, Tensor &out) {
  int64_t unit = int64_t(1) << signedOf(op.getLeftShift());
  int64_t sign = op.getSubtract() ? -1 : 1;
  llvm::Error error = llvm::Error::success();
  int64_t offset = 0;
  forEachIndex(out.shape, [&](llvm::ArrayRef<int64_t> index) {
    if (error)
      return;
    int64_t lhs = in[0]->values[broadcastOffset(*in[0], index)] -
                  signedOf(op.getLhsZeroPoint());
    int64_t rhs = in[1]->values[broadcastOffset(*in[1], index)] -
                  signedOf(op.getRhsZeroPoint());
    int64_t sum = applyRescale(op.getLhsRescale(), lhs * unit, 0) +
                  applyRescale(op.getRhsRescale(), sign * rhs * unit, 0);
    error = store(op, out, offset++, applyRescale(op.getRescale(), sum, 0));
  });
  return error;
}

// Rule softmax-x2.
llvm::Error evaluate(ExpSumOp op, Operands in, Tensor &out) {
  std::vector<Wide> sums(out.elements(), 0);
  for (int64_t i = 0; i < in[0]->elements(); ++i) {
    auto entry = entryOf(op, in, *in[2], i);
    if (!entry)
      return entry.takeError();
    sums[i / in[0]->shape.back()] += *entry;
  }
  for (size_t row = 0; row < sums.size(); ++row)
    if (llvm::Error error = store(op, out, row, sums[row]))
      return error;
  return llvm::Error::success();
}

// Rule softmax-x3.
llvm::Error evaluate(SoftmaxOp op, Operands in, Tensor &out) {
  for (int64_t i = 0; i < in[0]->elements(); ++i) {
    auto entry = entryOf(op, in, *in[3], i);
    if (!entry)
      return entry.takeError();
    int64_t sum = in[2]->values[i / in[0]->shape.back()];
    if (sum <= 0)
      return errorAt(op, "a sum is " + llvm::Twine(sum) +
                             ", expected a positive one");
    Reciprocal reciprocal = reciprocalOfSum(static_cast<int32_t>(sum));
    int32_t share =
        roundingDoublingHigh(reciprocal.scale, static_cast<int32_t>(*entry));
    int64_t rounded =
        reciprocal.shift > 31 ? 0 : divideByPowerOfTwo(share, reciprocal.shift);
    if (llvm::Error error =
            store(op, out, i,
                  saturate(rounded, signedOf(op.getZeroPoint()),
                           signedOf(op.getMin()), signedOf(op.getMax()))))
      return error;
  }
  return llvm::Error::success();
}

namespace {

/// `rounded` plus the op's zero point, in its bounds.
template <typename Op> int64_t codeOf(Op op, int64_t rounded) {
  return saturate(rounded, signedOf(op.getZeroPoint()), signedOf(op.getMin()),
                  signedOf(op.getMax()));
}

/// The sum of an element's row; an error when it is not positive.
llvm::Expected<int32_t> sumOf(mlir::Operation *op, const Tensor &sums,
                              const Tensor &in, int64_t element) {
  int64_t sum = sums.values[element / in.shape.back()];
  if (sum <= 0)
    return errorAt(op, "a sum is " + llvm::Twine(sum) +
                           ", expected a positive one");
  return static_cast<int32_t>(sum);
}

} // namespace

// Rule logsoftmax-x1.
llvm::Error evaluate(LogSoftmaxOp op, Operands in, Tensor &out) {
  for (int64_t i = 0; i < in[0]->elements(); ++i) {
    auto entry = entryOf(op, in, *in[3], i);
    if (!entry)
      return entry.takeError();
    auto sum = sumOf(op, *in[2], *in[0], i);
    if (!sum)
      return sum.takeError();
    auto difference = static_cast<int32_t>(*entry - logarithmOfSum(*sum));
    if (llvm::Error error =
            store(op, out, i, codeOf(op, divideByPowerOfTwo(difference, 22))))
      return error;
  }
  return llvm::Error::success();
}

// Rule normalize-l2.
llvm::Error evaluate(NormalizeOp op, Operands in, Tensor &out) {
  bool single = op.getRounding() == Rounding::Single;
  for (int64_t i = 0; i < in[0]->elements(); ++i) {
    int64_t sum = in[1]->values[i / in[0]->shape.back()];
    InverseRoot root = inverseRoot(static_cast<int32_t>(sum));
    int64_t value = in[0]->values[i] - signedOf(op.getInputZeroPoint());
    int64_t rounded =
        scaleByExponent(value, root.multiplier, root.exponent + 7, single);
    if (llvm::Error error = store(op, out, i, codeOf(op, rounded)))
      return error;
  }
  return llvm::Error::success();
}

namespace {

/// lhs / rhs times the op's scale, rounded, for rhs != 0 (rule div-k1).
int64_t quotient(DivOp op, const Tensor &reciprocals, int64_t lhs,
                 int64_t rhs) {
  bool single = op.getRounding() == Rounding::Single;
  if (rhs < 0) {
    lhs = -lhs;
    rhs = -rhs;
  }
  // As far to the left as 31 bits and a sign allow.
  int64_t sign = lhs < 0 ? ~lhs : lhs;
  int left = leadingZeros(static_cast<uint32_t>(sign)) - 1;
  if (single)
    left = std::min(left, 30);
  int log2 = 31 - leadingZeros(static_cast<uint32_t>(rhs));
  int64_t wide = scaleByExponent(lhs, reciprocals.values[rhs], left, single);
  int exponent = signedOf(op.getExponent()) - log2 - left;
  // Less than a half is left.
  if (exponent < -31)
    return 0;
  return scaleByExponent(wide, signedOf(op.getMultiplier()), exponent, single);
}

} // namespace

llvm::Error evaluate(DivOp op, Operands in, Tensor &out) {
  llvm::Error error = llvm::Error::success();
  int64_t offset = 0;
  forEachIndex(out.shape, [&](llvm::ArrayRef<int64_t> index) {
    if (error)
      return;
    int64_t lhs = in[0]->values[broadcastOffset(*in[0], index)] -
                  signedOf(op.getLhsZeroPoint());
    int64_t rhs = in[1]->values[broadcastOffset(*in[1], index)] -
                  signedOf(op.getRhsZeroPoint());
    int64_t code;
    if (rhs == 0 && lhs != 0)
      code = signedOf(lhs > 0 ? op.getMax() : op.getMin());
    else
      code = codeOf(op, rhs == 0 ? 0 : quotient(op, *in[2], lhs, rhs));
    error = store(op, out, offset++, code);
  });
  return error;
}

// Rule table-t3.
llvm::Error evaluate(InterpolateOp op, Operands in, Tensor &out) {
  for (int64_t i = 0; i < in[0]->elements(); ++i)
    if (llvm::Error error = store(
            op, out, i,
            interpolated(static_cast<int16_t>(in[0]->values[i]),
                         [&](int64_t point) { return in[1]->values[point]; })))
      return error;
  return llvm::Error::success();
}

// Rule sigmoid-k1.
llvm::Error evaluate(SigmoidOp op, Operands in, Tensor &out) {
  int bits = op.getTanh() ? 8 : 9;
  int64_t half = int64_t(1) << (op.getTanh() ? 7 : 9);
  for (int64_t i = 0; i < in[0]->elements(); ++i) {
    int64_t value = in[0]->values[i], distance = std::abs(value);
    int64_t index = distance >> bits, rest = distance & ((1 << bits) - 1);
    const std::vector<int64_t> &points = in[1]->values;
    int64_t share = op.getTanh() ? int64_t(0xffff) << 8 : int64_t(0x7fff) << 10;
    if (index < 255)
      share =
          (points[index] << bits) + rest * (points[index + 1] - points[index]);
    int64_t code =
        op.getTanh() ? (share - (1 << 23) + half) >> 8 : (share + half) >> 10;
    if (value < 0)
      code = (op.getTanh() ? 0 : 1 << 15) - code;
    if (llvm::Error error = store(op, out, i, code))
      return error;
  }
  return llvm::Error::success();
}

// Rule softmax-x4.
llvm::Error evaluate(ShareOp op, Operands in, Tensor &out) {
  for (int64_t i = 0; i < in[0]->elements(); ++i) {
    auto sum = sumOf(op, *in[1], *in[0], i);
    if (!sum)
      return sum.takeError();
    int zeros = leadingZeros(static_cast<uint32_t>(*sum));
    int64_t one = ((int64_t(*sum) << (zeros - 1)) + (1 << 13)) >> 14;
    auto x = static_cast<int16_t>(
        std::clamp<int64_t>(one - (1 << 15) - (1 << 16), -32768, 32767));
    int64_t reciprocal =
        interpolated(x, [&](int64_t point) { return in[2]->values[point]; });
    int right = 31 - zeros;
    int64_t half = right > 0 ? int64_t(1) << (right - 1) : 0;
    int64_t share = (in[0]->values[i] * reciprocal + half) >> right;
    if (llvm::Error error =
            store(op, out, i, std::clamp<int64_t>(share, 0, 32767)))
      return error;
  }
  return llvm::Error::success();
}

} // namespace qcc::qint::reference
