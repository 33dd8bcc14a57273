// Shape rules that qgraph and qint share, checked by both dialects' verifiers.
// Every function emits one error on the op and fails when a rule is broken.
#ifndef QCC_DIALECTS_SHAPES_H
#define QCC_DIALECTS_SHAPES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/TypeUtilities.h"

namespace qcc {

/// Elements that a window covers along one axis: `(size - 1) * dilation + 1`.
inline int64_t windowExtent(int64_t size, int64_t dilation) {
  return (size - 1) * dilation + 1;
}

/// Output positions along one axis in floor mode, 0 when the window does not
/// fit.
inline int64_t windowOutputs(int64_t in, int64_t before, int64_t after,
                             int64_t size, int64_t stride, int64_t dilation) {
  int64_t room = in + before + after - windowExtent(size, dilation);
  return room < 0 ? 0 : room / stride + 1;
}

/// Every operand and result is a ranked tensor with a static shape, no axis of
/// size 0 and fewer than 2^40 elements. To be checked before all others.
llvm::LogicalResult verifyTensors(mlir::Operation *op);
/// A constant that is a resource holds as many bytes as its type says, where
/// elements narrower than a byte take one each.
llvm::LogicalResult verifyResource(mlir::Operation *op,
                                   mlir::ElementsAttr value);
/// `axis` is in [0, rank).
llvm::LogicalResult verifyAxis(mlir::Operation *op, int64_t axis,
                               mlir::RankedTensorType type);
/// The element types of the two are equal; `what` names the first.
llvm::LogicalResult verifySameElementType(mlir::Operation *op,
                                          llvm::StringRef what,
                                          mlir::Type found,
                                          mlir::Type expected);

llvm::LogicalResult
verifyConv2D(mlir::Operation *op, mlir::RankedTensorType input,
             mlir::RankedTensorType filter, mlir::RankedTensorType bias,
             mlir::RankedTensorType output, llvm::ArrayRef<int64_t> strides,
             llvm::ArrayRef<int64_t> pads, llvm::ArrayRef<int64_t> dilations,
             int64_t groups);
llvm::LogicalResult verifyTransposeConv2D(mlir::Operation *op,
                                          mlir::RankedTensorType input,
                                          mlir::RankedTensorType filter,
                                          mlir::RankedTensorType bias,
                                          mlir::RankedTensorType output,
                                          llvm::ArrayRef<int64_t> strides,
                                          llvm::ArrayRef<int64_t> outPads);
/// Every window must hold an element of the input: a pad is smaller than the
/// kernel.
llvm::LogicalResult
verifyPool2D(mlir::Operation *op, mlir::RankedTensorType input,
             mlir::RankedTensorType output, llvm::ArrayRef<int64_t> kernel,
             llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> pads);
llvm::LogicalResult verifyMatMul(mlir::Operation *op,
                                 mlir::RankedTensorType lhs,
                                 mlir::RankedTensorType rhs,
                                 mlir::RankedTensorType output);
/// Equal ranks; each output axis is the larger of two that are equal or 1.
llvm::LogicalResult verifyBroadcast(mlir::Operation *op,
                                    mlir::RankedTensorType lhs,
                                    mlir::RankedTensorType rhs,
                                    mlir::RankedTensorType output);
/// As verifyBroadcast, of three.
llvm::LogicalResult verifySelect(mlir::Operation *op,
                                 mlir::ShapedType condition,
                                 mlir::RankedTensorType lhs,
                                 mlir::RankedTensorType rhs,
                                 mlir::RankedTensorType output);
/// `axis` exists, and each parameter (name, type) has the shape of the input's
/// axes from `axis` on.
llvm::LogicalResult verifyNormalization(
    mlir::Operation *op, mlir::RankedTensorType input,
    llvm::ArrayRef<std::pair<llvm::StringRef, mlir::RankedTensorType>>
        parameters,
    mlir::RankedTensorType output, int64_t axis);
llvm::LogicalResult verifySameShape(mlir::Operation *op,
                                    mlir::RankedTensorType input,
                                    mlir::RankedTensorType output);
llvm::LogicalResult verifyReduce(mlir::Operation *op,
                                 mlir::RankedTensorType input,
                                 mlir::RankedTensorType output,
                                 llvm::ArrayRef<int64_t> axes);
llvm::LogicalResult verifyConcat(mlir::Operation *op, mlir::TypeRange inputs,
                                 mlir::RankedTensorType output, int64_t axis);
llvm::LogicalResult
verifySlice(mlir::Operation *op, mlir::RankedTensorType input,
            mlir::RankedTensorType output, llvm::ArrayRef<int64_t> starts,
            llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<int64_t> strides);
llvm::LogicalResult verifyPad(mlir::Operation *op, mlir::RankedTensorType input,
                              mlir::RankedTensorType output,
                              llvm::ArrayRef<int64_t> low,
                              llvm::ArrayRef<int64_t> high,
                              llvm::ArrayRef<int64_t> interior);
llvm::LogicalResult verifyReshape(mlir::Operation *op,
                                  mlir::RankedTensorType input,
                                  mlir::RankedTensorType output);
llvm::LogicalResult verifyTranspose(mlir::Operation *op,
                                    mlir::RankedTensorType input,
                                    mlir::RankedTensorType output,
                                    llvm::ArrayRef<int64_t> permutation);
llvm::LogicalResult verifyTile(mlir::Operation *op,
                               mlir::RankedTensorType input,
                               mlir::RankedTensorType output,
                               llvm::ArrayRef<int64_t> multiples);
llvm::LogicalResult verifyGather(mlir::Operation *op,
                                 mlir::RankedTensorType input,
                                 mlir::RankedTensorType output,
                                 llvm::ArrayRef<int64_t> indices, int64_t axis);
/// input [B,N,C] and i32 indices [B,W], either B may be 1.
llvm::LogicalResult verifyLookup(mlir::Operation *op,
                                 mlir::RankedTensorType input,
                                 mlir::RankedTensorType indices,
                                 mlir::RankedTensorType output);
llvm::LogicalResult
verifyResize(mlir::Operation *op, mlir::RankedTensorType input,
             mlir::RankedTensorType output, llvm::ArrayRef<int64_t> scale,
             llvm::ArrayRef<int64_t> offset, llvm::ArrayRef<int64_t> border);
llvm::LogicalResult verifyArgMax(mlir::Operation *op,
                                 mlir::RankedTensorType input,
                                 mlir::RankedTensorType output, int64_t axis);

} // namespace qcc

#endif // QCC_DIALECTS_SHAPES_H
