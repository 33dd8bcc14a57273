// Internal: the evaluator of each op family. `in` are the operands; `out`
// arrives as zeros of the result's type.
#ifndef QCC_DIALECTS_QINT_REFERENCE_OPS_H
#define QCC_DIALECTS_QINT_REFERENCE_OPS_H

#include "dialects/QInt/QInt.h"
#include "dialects/QInt/Reference/Arithmetic.h"
#include "dialects/QInt/Reference/Tensor.h"

namespace qcc::qint::reference {

using Operands = llvm::ArrayRef<const Tensor *>;

/// An error that starts with the op's name and, when it has one, its layer.
llvm::Error errorAt(mlir::Operation *op, const llvm::Twine &message);

/// Writes an exact value to `out[offset]`; an error when its type lacks it.
llvm::Error store(mlir::Operation *op, Tensor &out, int64_t offset, Wide value);

/// The position in a tensor of `shape`, whose axes of size 1 are broadcast, for
/// an index of the result.
int64_t broadcastOffset(const Tensor &tensor, llvm::ArrayRef<int64_t> index);

inline RoundingMode modeOf(Rounding rounding) {
  return static_cast<RoundingMode>(rounding);
}

/// Rules rescale-s1 to rescale-s6 with multiplier and shift number `which`, or
/// number 0 when there is only one.
int64_t applyRescale(RescaleAttr rescale, int64_t value, int64_t which);

// Contraction.cpp
llvm::Error evaluate(Conv2DOp op, Operands in, Tensor &out);
llvm::Error evaluate(MatMulOp op, Operands in, Tensor &out);

// Elementwise.cpp
llvm::Error evaluate(RequantizeOp op, Operands in, Tensor &out);
llvm::Error evaluate(AddOp op, Operands in, Tensor &out);
llvm::Error evaluate(MulOp op, Operands in, Tensor &out);
llvm::Error evaluate(MaximumOp op, Operands in, Tensor &out);
llvm::Error evaluate(MinimumOp op, Operands in, Tensor &out);
llvm::Error evaluate(ClampOp op, Operands in, Tensor &out);
llvm::Error evaluate(TableOp op, Operands in, Tensor &out);
llvm::Error evaluate(FlipSignOp op, Operands in, Tensor &out);

// FunctionOps.cpp
llvm::Error evaluate(InverseRootOp op, Operands in, Tensor &out);
llvm::Error evaluate(NormOp op, Operands in, Tensor &out);
llvm::Error evaluate(PowerSumOp op, Operands in, Tensor &out);
llvm::Error evaluate(PowerShareOp op, Operands in, Tensor &out);
llvm::Error evaluate(PowerLogOp op, Operands in, Tensor &out);
llvm::Error evaluate(ReciprocalOp op, Operands in, Tensor &out);
llvm::Error evaluate(LogarithmOp op, Operands in, Tensor &out);
llvm::Error evaluate(GateOp op, Operands in, Tensor &out);

// KernelOps.cpp
llvm::Error evaluate(RescaledAddOp op, Operands in, Tensor &out);
llvm::Error evaluate(ExpSumOp op, Operands in, Tensor &out);
llvm::Error evaluate(SoftmaxOp op, Operands in, Tensor &out);
llvm::Error evaluate(LogSoftmaxOp op, Operands in, Tensor &out);
llvm::Error evaluate(NormalizeOp op, Operands in, Tensor &out);
llvm::Error evaluate(DivOp op, Operands in, Tensor &out);
llvm::Error evaluate(InterpolateOp op, Operands in, Tensor &out);
llvm::Error evaluate(SigmoidOp op, Operands in, Tensor &out);
llvm::Error evaluate(ShareOp op, Operands in, Tensor &out);

// Window.cpp
llvm::Error evaluate(AvgPool2DOp op, Operands in, Tensor &out);
llvm::Error evaluate(MaxPool2DOp op, Operands in, Tensor &out);
llvm::Error evaluate(ReduceOp op, Operands in, Tensor &out);
llvm::Error evaluate(ArgMaxOp op, Operands in, Tensor &out);
llvm::Error evaluate(ResizeOp op, Operands in, Tensor &out);

// Movement.cpp
llvm::Error evaluate(ConcatOp op, Operands in, Tensor &out);
llvm::Error evaluate(SliceOp op, Operands in, Tensor &out);
llvm::Error evaluate(PadOp op, Operands in, Tensor &out);
llvm::Error evaluate(ReshapeOp op, Operands in, Tensor &out);
llvm::Error evaluate(TransposeOp op, Operands in, Tensor &out);
llvm::Error evaluate(TileOp op, Operands in, Tensor &out);
llvm::Error evaluate(GatherOp op, Operands in, Tensor &out);
llvm::Error evaluate(LookupOp op, Operands in, Tensor &out);

} // namespace qcc::qint::reference

#endif // QCC_DIALECTS_QINT_REFERENCE_OPS_H
