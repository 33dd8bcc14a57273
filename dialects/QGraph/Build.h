// Makes qgraph ops with the result type inferred from operands and attributes.
//
// No function asserts: where operands or attributes do not fit, the op gets a
// type that its verifier refuses with a message (as with an axis out of range
// or a window bigger than its image). Results have the element type of the
// first operand.
#ifndef QCC_DIALECTS_QGRAPH_BUILD_H
#define QCC_DIALECTS_QGRAPH_BUILD_H

#include "dialects/QGraph/QGraph.h"

#include "mlir/IR/Builders.h"

namespace qcc::qgraph::build {

inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return typeOf(value).getShape();
}

/// An f32 constant; `values` holds one number per element, or one for all.
mlir::Value constant(mlir::OpBuilder &builder, mlir::Location loc,
                     llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<float> values);
/// An f32 constant whose elements are all `value`.
mlir::Value splat(mlir::OpBuilder &builder, mlir::Location loc,
                  llvm::ArrayRef<int64_t> shape, float value);

/// Shapes: input [N,H,W,IC], filter [OC,KH,KW,IC/groups], bias [OC]. `strides`
/// and `dilations` are {rows, columns}, `pads` {top, bottom, left, right}.
mlir::Value conv2d(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value input, mlir::Value filter, mlir::Value bias,
                   llvm::ArrayRef<int64_t> strides,
                   llvm::ArrayRef<int64_t> pads,
                   llvm::ArrayRef<int64_t> dilations, int64_t groups);
mlir::Value transposeConv2d(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value input, mlir::Value filter,
                            mlir::Value bias, llvm::ArrayRef<int64_t> strides,
                            llvm::ArrayRef<int64_t> outPads);
/// A fully connected layer over the last axis: input [...,K], filter
/// [N,1,1,K], bias [N] give [...,N]. Made of a 1x1 convolution.
mlir::Value linear(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value input, mlir::Value filter, mlir::Value bias);
/// [B,M,K] x [B,K,N].
mlir::Value matmul(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value lhs, mlir::Value rhs);

mlir::Value avgPool2d(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value input, llvm::ArrayRef<int64_t> kernel,
                      llvm::ArrayRef<int64_t> strides,
                      llvm::ArrayRef<int64_t> pads, bool countIncludePad);
mlir::Value maxPool2d(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value input, llvm::ArrayRef<int64_t> kernel,
                      llvm::ArrayRef<int64_t> strides,
                      llvm::ArrayRef<int64_t> pads);
/// The axes stay, with size 1.
mlir::Value reduce(mlir::OpBuilder &builder, mlir::Location loc,
                   ReduceKind kind, mlir::Value input,
                   llvm::ArrayRef<int64_t> axes);

mlir::Value unary(mlir::OpBuilder &builder, mlir::Location loc, UnaryKind kind,
                  mlir::Value input, float alpha = 0);
mlir::Value clamp(mlir::OpBuilder &builder, mlir::Location loc,
                  mlir::Value input, float min, float max);
/// `value` with leading axes of size 1 up to `rank`.
mlir::Value expandRank(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value, int64_t rank);
/// The result of broadcasting two shapes of any ranks; 0 where they disagree.
llvm::SmallVector<int64_t> broadcastShape(llvm::ArrayRef<int64_t> lhs,
                                          llvm::ArrayRef<int64_t> rhs);
/// AddOp, SubOp, MulOp, DivOp, PowOp, MaximumOp or MinimumOp. The operand of
/// the smaller rank gets leading axes of size 1.
template <typename Op>
mlir::Value binary(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value lhs, mlir::Value rhs) {
  auto shape = broadcastShape(shapeOf(lhs), shapeOf(rhs));
  lhs = expandRank(builder, loc, lhs, shape.size());
  rhs = expandRank(builder, loc, rhs, shape.size());
  return Op::create(builder, loc, typeOf(lhs).clone(shape), lhs, rhs);
}
/// `condition` (i1, dense), `lhs` and `rhs` broadcast as operands of binary.
mlir::Value select(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::DenseElementsAttr condition, mlir::Value lhs,
                   mlir::Value rhs);

mlir::Value softmax(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value input, int64_t axis, bool log = false);
mlir::Value layerNorm(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value input, mlir::Value gamma, mlir::Value beta,
                      int64_t axis, float epsilon);
mlir::Value rmsNorm(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value input, mlir::Value gamma, int64_t axis,
                    float epsilon);
/// Over the last axis; parameters have shape [C].
mlir::Value batchNorm(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value input, mlir::Value gamma, mlir::Value beta,
                      mlir::Value mean, mlir::Value variance, float epsilon);

mlir::Value concat(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::ValueRange inputs, int64_t axis);
mlir::Value slice(mlir::OpBuilder &builder, mlir::Location loc,
                  mlir::Value input, llvm::ArrayRef<int64_t> starts,
                  llvm::ArrayRef<int64_t> sizes,
                  llvm::ArrayRef<int64_t> strides);
/// Elements [start, start + size) of one axis.
mlir::Value sliceAxis(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value input, int64_t axis, int64_t start,
                      int64_t size);
mlir::Value pad(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input,
                llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
                float value = 0);
/// `value` itself when it has the shape.
mlir::Value reshape(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value, llvm::ArrayRef<int64_t> shape);
/// Result axis i is axis permutation[i]; `value` itself when nothing moves.
mlir::Value transpose(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value value, llvm::ArrayRef<int64_t> permutation);
mlir::Value tile(mlir::OpBuilder &builder, mlir::Location loc,
                 mlir::Value input, llvm::ArrayRef<int64_t> multiples);
mlir::Value gather(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value input, llvm::ArrayRef<int64_t> indices,
                   int64_t axis);
/// See qgraph.lookup; `input` [B,N,C], `indices` [B,W].
mlir::Value lookup(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value input, mlir::Value indices, bool wraps);
/// See qgraph.resize for `scale`, `offset` and `border`.
mlir::Value resize(mlir::OpBuilder &builder, mlir::Location loc,
                   ResizeMode mode, mlir::Value input,
                   llvm::ArrayRef<int64_t> scale,
                   llvm::ArrayRef<int64_t> offset,
                   llvm::ArrayRef<int64_t> border);
/// The axis is removed; `element` is the integer type of the indices.
mlir::Value argmax(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Value input, int64_t axis, mlir::Type element);

} // namespace qcc::qgraph::build

#endif // QCC_DIALECTS_QGRAPH_BUILD_H
