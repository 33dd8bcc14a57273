// Ops that compute each element of the result from one element per operand.
#include "dialects/QInt/Reference/Ops.h"

#include <algorithm>

namespace qcc::qint::reference {

namespace {

int64_t signedOf(uint32_t attribute) { return static_cast<int32_t>(attribute); }

/// out[i] = f(lhs[i], rhs[i]) with axes of size 1 broadcast.
llvm::Error combine(mlir::Operation *op, Operands in, Tensor &out,
                    llvm::function_ref<Wide(int64_t, int64_t)> f) {
  llvm::Error error = llvm::Error::success();
  int64_t offset = 0;
  forEachIndex(out.shape, [&](llvm::ArrayRef<int64_t> index) {
    if (error)
      return;
    int64_t lhs = in[0]->values[broadcastOffset(*in[0], index)];
    int64_t rhs = in[1]->values[broadcastOffset(*in[1], index)];
    error = store(op, out, offset++, f(lhs, rhs));
  });
  return error;
}

/// out[i] = f(in[i], i).
llvm::Error map(mlir::Operation *op, const Tensor &in, Tensor &out,
                llvm::function_ref<Wide(int64_t, int64_t)> f) {
  for (int64_t i = 0; i < in.elements(); ++i)
    if (llvm::Error error = store(op, out, i, f(in.values[i], i)))
      return error;
  return llvm::Error::success();
}

} // namespace

llvm::Error evaluate(RequantizeOp op, Operands in, Tensor &out) {
  int64_t zero = signedOf(op.getZeroPoint());
  int64_t channels = out.shape.empty() ? 1 : out.shape.back();
  return map(op, *in[0], out, [&](int64_t value, int64_t i) {
    return applyRescale(op.getRescale(), value - zero, i % channels);
  });
}

// Rule add-d1.
llvm::Error evaluate(AddOp op, Operands in, Tensor &out) {
  return combine(op, in, out, [&](int64_t lhs, int64_t rhs) -> Wide {
    Wide sum = Wide(lhs - signedOf(op.getLhsZeroPoint())) *
                   signedOf(op.getLhsMultiplier()) +
               Wide(rhs - signedOf(op.getRhsZeroPoint())) *
                   signedOf(op.getRhsMultiplier());
    int64_t rounded =
        shiftValue(static_cast<int64_t>(sum), static_cast<int>(op.getShift()),
                   modeOf(op.getRounding()));
    return saturate(rounded, signedOf(op.getZeroPoint()), signedOf(op.getMin()),
                    signedOf(op.getMax()));
  });
}

// Rule mul-u1.
llvm::Error evaluate(MulOp op, Operands in, Tensor &out) {
  return combine(op, in, out, [&](int64_t lhs, int64_t rhs) -> Wide {
    return Wide(lhs - signedOf(op.getLhsZeroPoint())) *
           (rhs - signedOf(op.getRhsZeroPoint()));
  });
}

// Rule select-e1, as the next two.
llvm::Error evaluate(MaximumOp op, Operands in, Tensor &out) {
  return combine(op, in, out, [](int64_t lhs, int64_t rhs) -> Wide {
    return std::max(lhs, rhs);
  });
}

llvm::Error evaluate(MinimumOp op, Operands in, Tensor &out) {
  return combine(op, in, out, [](int64_t lhs, int64_t rhs) -> Wide {
    return std::min(lhs, rhs);
  });
}

llvm::Error evaluate(ClampOp op, Operands in, Tensor &out) {
  return map(op, *in[0], out, [&](int64_t value, int64_t) -> Wide {
    return saturate(value, 0, signedOf(op.getMin()), signedOf(op.getMax()));
  });
}

// Rule table-t1.
llvm::Error evaluate(TableOp op, Operands in, Tensor &out) {
  return map(op, *in[0], out, [&](int64_t value, int64_t) -> Wide {
    return in[1]->values[value - minimumOf(in[0]->kind)];
  });
}

// Rule flip-f1: the least code of one type becomes the least of the other.
llvm::Error evaluate(FlipSignOp op, Operands in, Tensor &out) {
  int64_t moved = minimumOf(out.kind) - minimumOf(in[0]->kind);
  return map(op, *in[0], out,
             [&](int64_t value, int64_t) -> Wide { return value + moved; });
}

} // namespace qcc::qint::reference
