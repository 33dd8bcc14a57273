// Functions of rows in 32-bit fixed point.
#include "dialects/QInt/Functions.h"
#include "dialects/QInt/Reference/Ops.h"

#include "llvm/ADT/bit.h"

namespace qcc::qint::reference {

namespace {

int64_t signedOf(uint32_t attribute) { return static_cast<int32_t>(attribute); }

} // namespace

// Rule root-n1.
llvm::Error evaluate(InverseRootOp op, Operands in, Tensor &out) {
  for (int64_t i = 0; i < out.elements(); ++i) {
    Wide sum = in.size() > 1 ? in[1]->values[i] : 0;
    Wide radicand = Wide(op.getCount()) * in[0]->values[i] - sum * sum +
                    static_cast<int64_t>(op.getAddend());
    if (radicand < 1 || radicand >> 62 != 0)
      return errorAt(op, "a radicand is outside [1, 2^62)");
    auto bits = static_cast<uint64_t>(radicand);
    int places = llvm::countl_zero(bits) & ~1;
    auto w = static_cast<int64_t>((bits << places) >> 33);
    int64_t mantissa = functions::inverseRoot(Exact(), w, op.getForm());
    out.values[i] = rowScale(mantissa, 31 - places / 2);
  }
  return llvm::Error::success();
}

// Rule norm-n2.
llvm::Error evaluate(NormOp op, Operands in, Tensor &out) {
  const Tensor &input = *in[0], &scales = *in[1], &gamma = *in[2],
               &beta = *in[3];
  int64_t depth = input.shape.back();
  int64_t zero = signedOf(op.getInputZeroPoint());
  for (int64_t i = 0; i < input.elements(); ++i) {
    int64_t row = i / depth, channel = i % depth;
    int64_t centred = input.values[i] - zero;
    if (in.size() > 4)
      centred = depth * centred - in[4]->values[row];
    int64_t scale = scales.values[row] & ~int64_t(255);
    int64_t right = (scales.values[row] & 255) - kExponentBias -
                    static_cast<int64_t>(op.getFraction()) - 1;
    Wide moved = right < 0 ? Wide(centred) << -right
                           : floorShift(centred, static_cast<int>(right));
    Wide share = floorShift(moved * scale, 32);
    Wide value =
        floorShift(share * gamma.values[channel], 32) + beta.values[channel];
    for (Wide part : {moved, share, value})
      if (part < INT32_MIN || part > INT32_MAX)
        return errorAt(op, "an intermediate does not fit 32 bits");
    int64_t code = static_cast<int64_t>(
        floorShift(value, static_cast<int>(op.getShift())));
    if (llvm::Error error =
            store(op, out, i,
                  saturate(code, signedOf(op.getZeroPoint()),
                           signedOf(op.getMin()), signedOf(op.getMax()))))
      return error;
  }
  return llvm::Error::success();
}

namespace {

/// 2^15 * 2^-(steps below the largest of the row), or the table's entry.
template <typename Op>
llvm::Expected<int64_t> powerAt(Op op, Operands in, const Tensor *table,
                                int64_t element) {
  int64_t row = element / in[0]->shape.back();
  int64_t difference = in[1]->values[row] - in[0]->values[element];
  if (difference < 0)
    return errorAt(op, "an element is " + llvm::Twine(-difference) +
                           " above the largest of its row");
  if (table)
    return table->values[difference] + (1 << 15);
  int64_t steps = difference * op.getMultiplier() >> op.getShift();
  return functions::powerOf(Exact(), steps, op.getForm());
}

/// A positive 32-bit number as a fraction in [1, 2) of 30 bits times
/// 2^(30 - places).
struct Fraction {
  int64_t value;
  int places;
};

/// Stores `function` of each element's fraction; an error for one that is not
/// positive.
llvm::Error forEachFraction(mlir::Operation *op, const Tensor &in, Tensor &out,
                            llvm::function_ref<int64_t(Fraction)> function) {
  for (int64_t i = 0; i < out.elements(); ++i) {
    int64_t number = in.values[i];
    if (number <= 0)
      return errorAt(op, "an element is " + llvm::Twine(number) +
                             ", expected a positive one");
    int places = llvm::countl_zero(static_cast<uint32_t>(number)) - 1;
    out.values[i] = function({number << places, places});
  }
  return llvm::Error::success();
}

} // namespace

// Rule softmax-x5.
llvm::Error evaluate(PowerSumOp op, Operands in, Tensor &out) {
  std::vector<Wide> sums(out.elements(), 0);
  for (int64_t i = 0; i < in[0]->elements(); ++i) {
    auto power = powerAt(op, in, op.getTable() ? in[2] : nullptr, i);
    if (!power)
      return power.takeError();
    sums[i / in[0]->shape.back()] += *power;
  }
  for (size_t row = 0; row < sums.size(); ++row)
    if (llvm::Error error = store(op, out, row, sums[row]))
      return error;
  return llvm::Error::success();
}

// Rule softmax-x6.
llvm::Error evaluate(PowerShareOp op, Operands in, Tensor &out) {
  for (int64_t i = 0; i < in[0]->elements(); ++i) {
    auto power = powerAt(op, in, op.getTable() ? in[3] : nullptr, i);
    if (!power)
      return power.takeError();
    int64_t scale = in[2]->values[i / in[0]->shape.back()];
    Wide share = floorShift(Wide(*power << 14) * (scale & ~int64_t(255)), 32);
    int64_t places = std::clamp<int64_t>(
        (scale & 255) - kExponentBias + 13 - op.getBits(), 1, 31);
    auto code =
        static_cast<int64_t>(roundHalfUp(share, static_cast<int>(places)));
    if (llvm::Error error =
            store(op, out, i,
                  saturate(code, signedOf(op.getZeroPoint()),
                           signedOf(op.getMin()), signedOf(op.getMax()))))
      return error;
  }
  return llvm::Error::success();
}

// Rule logsoftmax-x2.
llvm::Error evaluate(PowerLogOp op, Operands in, Tensor &out) {
  for (int64_t i = 0; i < out.elements(); ++i) {
    int64_t row = i / out.shape.back();
    int64_t difference = in[1]->values[row] - in[0]->values[i];
    Wide steps = difference * int64_t(op.getMultiplier()) >> op.getShift();
    if (llvm::Error error = store(op, out, i, -steps - in[2]->values[row]))
      return error;
  }
  return llvm::Error::success();
}

// Rule reciprocal-n4.
llvm::Error evaluate(ReciprocalOp op, Operands in, Tensor &out) {
  return forEachFraction(op, *in[0], out, [&](Fraction number) -> int64_t {
    return rowScale(functions::reciprocal(Exact(), number.value, op.getForm()),
                    30 - number.places);
  });
}

// Rule logarithm-n5.
llvm::Error evaluate(LogarithmOp op, Operands in, Tensor &out) {
  return forEachFraction(op, *in[0], out, [&](Fraction number) {
    return functions::logarithm(Exact(), number.value, op.getForm()) +
           int64_t(15 - number.places) * (1 << 16);
  });
}

// Rule gate-f5.
llvm::Error evaluate(GateOp op, Operands in, Tensor &out) {
  for (int64_t i = 0; i < out.elements(); ++i) {
    int64_t code = in[0]->values[i] - signedOf(op.getZeroPoint());
    int64_t value = functions::gate(
        Exact(), code, op.getKind(), static_cast<int32_t>(op.getMultiplier()),
        static_cast<int>(op.getShift()), op.getForm());
    if (llvm::Error error = store(op, out, i, value))
      return error;
  }
  return llvm::Error::success();
}

} // namespace qcc::qint::reference
