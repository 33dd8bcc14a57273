// Transposes move towards the results. A network in NCHW has a pair of them
// around every convolution, which so meet and cancel.
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Simplify.h"

using namespace mlir;

namespace qcc::legalize {
namespace {

SmallVector<int64_t> inverse(ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> result(permutation.size());
  for (auto [i, axis] : llvm::enumerate(permutation))
    result[axis] = i;
  return result;
}

/// `permutation` applied to one number per axis.
SmallVector<int64_t> applyTo(ArrayRef<int64_t> numbers,
                             ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> result;
  for (int64_t axis : permutation)
    result.push_back(numbers[axis]);
  return result;
}

/// A transpose of something that is computed.
qgraph::TransposeOp transposeOf(Value value) {
  auto transpose = value.getDefiningOp<qgraph::TransposeOp>();
  if (transpose && !isConstantExpression(transpose.getInput()))
    return transpose;
  return {};
}

/// The type `type` had before `permutation` made it so.
RankedTensorType typeBefore(Type type, ArrayRef<int64_t> permutation) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.clone(applyTo(tensor.getShape(), inverse(permutation)));
}

/// Replaces `op` by a transpose of `op` on `operands`, with its attributes
/// changed by `change`.
template <typename Op>
void sink(
    PatternRewriter &rewriter, Op op, ArrayRef<int64_t> permutation,
    ValueRange operands, llvm::function_ref<void(Op)> change = [](Op) {}) {
  Operation *moved = rewriter.clone(*op.getOperation());
  moved->setOperands(operands);
  moved->getResult(0).setType(typeBefore(op.getType(), permutation));
  change(cast<Op>(moved));
  rewriter.replaceOpWithNewOp<qgraph::TransposeOp>(
      op, op.getType(), moved->getResult(0), permutation);
}

template <typename Op> struct SinkThroughUnary : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    qgraph::TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return failure();
    sink<Op>(rewriter, op, transpose.getPermutation(), {transpose.getInput()});
    return success();
  }
};

template <typename Op> struct SinkThroughBinary : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    qgraph::TransposeOp lhs = transposeOf(op.getLhs());
    qgraph::TransposeOp rhs = transposeOf(op.getRhs());
    SmallVector<Value, 2> operands;
    SmallVector<int64_t> permutation;
    if (lhs && rhs && lhs.getPermutation() == rhs.getPermutation()) {
      permutation.assign(lhs.getPermutation().begin(),
                         lhs.getPermutation().end());
      operands = {lhs.getInput(), rhs.getInput()};
    } else if (qgraph::TransposeOp only = lhs ? lhs : rhs;
               only && isConstantExpression(lhs ? op.getRhs() : op.getLhs())) {
      permutation.assign(only.getPermutation().begin(),
                         only.getPermutation().end());
      Value constant = lhs ? op.getRhs() : op.getLhs();
      Value turned = qgraph::TransposeOp::create(
          rewriter, constant.getLoc(),
          typeBefore(constant.getType(), permutation), constant,
          inverse(permutation));
      operands = {only.getInput(), turned};
      if (!lhs)
        std::swap(operands[0], operands[1]);
    } else {
      return failure();
    }
    sink<Op>(rewriter, op, permutation, operands);
    return success();
  }
};

struct SinkThroughConcat : OpRewritePattern<qgraph::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> operands;
    ArrayRef<int64_t> permutation;
    for (Value input : op.getInputs()) {
      qgraph::TransposeOp transpose = transposeOf(input);
      if (!transpose ||
          (!operands.empty() && transpose.getPermutation() != permutation))
        return failure();
      permutation = transpose.getPermutation();
      operands.push_back(transpose.getInput());
    }
    if (operands.empty())
      return failure();
    sink<qgraph::ConcatOp>(rewriter, op, permutation, operands,
                           [&](qgraph::ConcatOp moved) {
                             moved.setAxis(permutation[op.getAxis()]);
                           });
    return success();
  }
};

struct SinkThroughReduce : OpRewritePattern<qgraph::ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::ReduceOp op,
                                PatternRewriter &rewriter) const override {
    qgraph::TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return failure();
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> axes = applyTo(permutation, op.getAxes());
    llvm::sort(axes);
    sink<qgraph::ReduceOp>(
        rewriter, op, permutation, {transpose.getInput()},
        [&](qgraph::ReduceOp moved) { moved.setAxes(axes); });
    return success();
  }
};

struct SinkThroughPad : OpRewritePattern<qgraph::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::PadOp op,
                                PatternRewriter &rewriter) const override {
    qgraph::TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return failure();
    SmallVector<int64_t> back = inverse(transpose.getPermutation());
    sink<qgraph::PadOp>(rewriter, op, transpose.getPermutation(),
                        {transpose.getInput()}, [&](qgraph::PadOp moved) {
                          moved.setLow(applyTo(op.getLow(), back));
                          moved.setHigh(applyTo(op.getHigh(), back));
                        });
    return success();
  }
};

struct SinkThroughSlice : OpRewritePattern<qgraph::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::SliceOp op,
                                PatternRewriter &rewriter) const override {
    qgraph::TransposeOp transpose = transposeOf(op.getInput());
    if (!transpose)
      return failure();
    SmallVector<int64_t> back = inverse(transpose.getPermutation());
    sink<qgraph::SliceOp>(rewriter, op, transpose.getPermutation(),
                          {transpose.getInput()}, [&](qgraph::SliceOp moved) {
                            moved.setStarts(applyTo(op.getStarts(), back));
                            moved.setSizes(applyTo(op.getSizes(), back));
                            moved.setStrides(applyTo(op.getStrides(), back));
                          });
    return success();
  }
};

/// transpose(transpose(x)) -> transpose(x) or x.
struct MergeTransposes : OpRewritePattern<qgraph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::TransposeOp outer,
                                PatternRewriter &rewriter) const override {
    auto inner = outer.getInput().getDefiningOp<qgraph::TransposeOp>();
    if (!inner)
      return failure();
    SmallVector<int64_t> permutation =
        applyTo(inner.getPermutation(), outer.getPermutation());
    rewriter.replaceOpWithNewOp<qgraph::TransposeOp>(
        outer, outer.getType(), inner.getInput(), permutation);
    return success();
  }
};

/// A transpose that moves only axes of size 1 does not matter to a reshape.
struct ReshapeOfTranspose : OpRewritePattern<qgraph::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<qgraph::TransposeOp>();
    if (!transpose ||
        !isReshape(shapeOf(transpose.getInput()), transpose.getPermutation()))
      return failure();
    rewriter.replaceOpWithNewOp<qgraph::ReshapeOp>(op, op.getType(),
                                                   transpose.getInput());
    return success();
  }
};

} // namespace

void addLayoutPatterns(RewritePatternSet &patterns) {
  patterns.add<
      SinkThroughUnary<qgraph::UnaryOp>, SinkThroughUnary<qgraph::ClampOp>,
      SinkThroughBinary<qgraph::AddOp>, SinkThroughBinary<qgraph::SubOp>,
      SinkThroughBinary<qgraph::MulOp>, SinkThroughBinary<qgraph::MaximumOp>,
      SinkThroughBinary<qgraph::MinimumOp>, SinkThroughConcat,
      SinkThroughReduce, SinkThroughPad, SinkThroughSlice, MergeTransposes,
      ReshapeOfTranspose>(patterns.getContext());
}

} // namespace qcc::legalize
