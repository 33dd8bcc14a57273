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

} // namespace qcc::qint::reference
