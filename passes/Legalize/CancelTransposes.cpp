// What is left of the transposes of networks in NCHW after those around single
// ops have met: transposes through reshapes, and those that only one operand
// has.
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Legalize.h"
#include "passes/Legalize/Simplify.h"

namespace qcc {
#define GEN_PASS_DEF_CANCELTRANSPOSES
#include "passes/Legalize/Passes.h.inc"
} // namespace qcc

using namespace mlir;

namespace qcc::legalize {
namespace {

using Axes = SmallVector<int64_t>;

Axes inverse(ArrayRef<int64_t> permutation) {
  Axes result(permutation.size());
  for (auto [i, axis] : llvm::enumerate(permutation))
    result[axis] = i;
  return result;
}

Axes permuted(ArrayRef<int64_t> numbers, ArrayRef<int64_t> permutation) {
  Axes result;
  for (int64_t axis : permutation)
    result.push_back(numbers[axis]);
  return result;
}

RankedTensorType permutedType(Value value, ArrayRef<int64_t> permutation) {
  auto type = tensorType(value);
  return type.clone(permuted(type.getShape(), permutation));
}

qgraph::TransposeOp transposeOf(Value value) {
  auto transpose = value.getDefiningOp<qgraph::TransposeOp>();
  if (transpose && !isConstantExpression(transpose.getInput()))
    return transpose;
  return {};
}

//===----------------------------------------------------------------------===//
// Ops of one computed operand
//===----------------------------------------------------------------------===//

/// op(transpose(x)) -> transpose(op(x)). `change` adapts the attributes of the
/// copy to the permutation.
template <typename Op>
LogicalResult sink(PatternRewriter &rewriter, Op op,
                   llvm::function_ref<void(Op, ArrayRef<int64_t>)> change) {
  auto transpose = transposeOf(op->getOperand(0));
  if (!transpose)
    return failure();
  Axes permutation(transpose.getPermutation());
  Operation *moved = rewriter.clone(*op.getOperation());
  moved->setOperand(0, transpose.getInput());
  moved->getResult(0).setType(
      permutedType(op.getResult(), inverse(permutation)));
  change(cast<Op>(moved), permutation);
  rewriter.replaceOpWithNewOp<qgraph::TransposeOp>(
      op, op.getType(), moved->getResult(0), permutation);
  return success();
}

/// Softmax and gather work along one axis, which has another number before.
template <typename Op> struct SinkThroughAxis : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    return sink<Op>(rewriter, op, [](Op moved, ArrayRef<int64_t> permutation) {
      moved.setAxis(permutation[moved.getAxis()]);
    });
  }
};

struct SinkThroughTile : OpRewritePattern<qgraph::TileOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::TileOp op,
                                PatternRewriter &rewriter) const override {
    return sink<qgraph::TileOp>(
        rewriter, op, [](qgraph::TileOp moved, ArrayRef<int64_t> permutation) {
          moved.setMultiples(
              permuted(moved.getMultiples(), inverse(permutation)));
        });
  }
};

//===----------------------------------------------------------------------===//
// Ops of two operands
//===----------------------------------------------------------------------===//

/// Whether something has `value` transposed by `permutation`.
bool isTransposed(Value value, ArrayRef<int64_t> permutation) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    auto transpose = dyn_cast<qgraph::TransposeOp>(user);
    return transpose && transpose.getPermutation() == permutation;
  });
}

/// Whether all that reads `value` transposes it by `permutation`.
bool isOnlyTransposed(Value value, ArrayRef<int64_t> permutation) {
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    auto transpose = dyn_cast<qgraph::TransposeOp>(user);
    return transpose && transpose.getPermutation() == permutation;
  });
}

/// Whether `value` costs nothing before `permutation`: as the input of such a
/// transpose, as a reshape or as a constant.
bool isFreeBefore(Value value, ArrayRef<int64_t> permutation) {
  auto transpose = transposeOf(value);
  return (transpose && transpose.getPermutation() == permutation) ||
         isReshape(shapeOf(value), inverse(permutation)) ||
         isConstantExpression(value);
}

Value before(PatternRewriter &rewriter, Value value,
             ArrayRef<int64_t> permutation) {
  if (auto transpose = transposeOf(value);
      transpose && transpose.getPermutation() == permutation)
    return transpose.getInput();
  Axes back = inverse(permutation);
  auto type = permutedType(value, back);
  if (isReshape(shapeOf(value), back))
    return qgraph::ReshapeOp::create(rewriter, value.getLoc(), type, value);
  return qgraph::TransposeOp::create(rewriter, value.getLoc(), type, value,
                                     back);
}

/// The permutation of one operand of `op`, if both cost nothing before it.
std::optional<Axes> sharedPermutation(Operation *op) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1);
  for (Value side : {lhs, rhs}) {
    auto transpose = transposeOf(side);
    if (!transpose)
      continue;
    Axes permutation(transpose.getPermutation());
    if (isFreeBefore(lhs, permutation) && isFreeBefore(rhs, permutation))
      return permutation;
  }
  return std::nullopt;
}

template <typename Op> struct SinkThroughBinary : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    auto permutation = sharedPermutation(op);
    if (!permutation)
      return failure();
    auto type = permutedType(op.getResult(), inverse(*permutation));
    Value lhs = before(rewriter, op.getLhs(), *permutation);
    Value rhs = before(rewriter, op.getRhs(), *permutation);
    auto moved = Op::create(rewriter, op.getLoc(), type, lhs, rhs);
    moved->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.replaceOpWithNewOp<qgraph::TransposeOp>(op, op.getType(), moved,
                                                     *permutation);
    return success();
  }
};

/// transpose(op(transpose(x), y)) -> op(x, transpose(y)) where that transpose
/// of y is there already. Everything at once: half of it could be undone.
template <typename Op> struct CancelAroundBinary : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  /// One transpose of `value` in place of all others, where everything can use
  /// it.
  static Value onlyTransposed(PatternRewriter &rewriter, Value value,
                              ArrayRef<int64_t> permutation) {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointAfterValue(value);
    Value result = qgraph::TransposeOp::create(rewriter, value.getLoc(),
                                               permutedType(value, permutation),
                                               value, permutation);
    for (Operation *user : llvm::make_early_inc_range(value.getUsers()))
      if (auto other = dyn_cast<qgraph::TransposeOp>(user);
          other && other != result.getDefiningOp() &&
          other.getPermutation() == permutation)
        rewriter.replaceOp(other, result);
    return result;
  }

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    for (auto [side, other] : {std::pair(op.getLhs(), op.getRhs()),
                               std::pair(op.getRhs(), op.getLhs())}) {
      auto transpose = transposeOf(side);
      if (!transpose || op->use_empty())
        continue;
      Axes permutation(transpose.getPermutation());
      Axes back = inverse(permutation);
      if (!isOnlyTransposed(op, back) || !isTransposed(other, back))
        continue;
      Value turned = onlyTransposed(rewriter, other, back);
      bool left = side == op.getLhs();
      auto moved =
          Op::create(rewriter, op.getLoc(), permutedType(op.getResult(), back),
                     left ? transpose.getInput() : turned,
                     left ? turned : transpose.getInput());
      moved->setDiscardableAttrs(op->getDiscardableAttrDictionary());
      for (Operation *user :
           llvm::make_early_inc_range(op.getResult().getUsers()))
        rewriter.replaceOp(user, moved);
      rewriter.eraseOp(op);
      return success();
    }
    return failure();
  }
};

/// The elements of a constant condition, transposed.
DenseElementsAttr transposed(DenseElementsAttr condition,
                             ArrayRef<int64_t> permutation) {
  ArrayRef<int64_t> shape = condition.getType().getShape();
  auto type = condition.getType().clone(permuted(shape, permutation));
  if (condition.isSplat())
    return DenseElementsAttr::get(type, condition.getSplatValue<bool>());
  std::vector<double> values;
  for (bool value : condition.getValues<bool>())
    values.push_back(value);
  SmallVector<bool> bits;
  for (double value : permute(values, shape, permutation))
    bits.push_back(value != 0);
  return DenseElementsAttr::get(type, bits);
}

struct SinkThroughSelect : OpRewritePattern<qgraph::SelectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::SelectOp op,
                                PatternRewriter &rewriter) const override {
    auto condition = dyn_cast<DenseElementsAttr>(op.getCondition());
    auto permutation = sharedPermutation(op);
    if (!condition || !permutation)
      return failure();
    Axes back = inverse(*permutation);
    Value lhs = before(rewriter, op.getLhs(), *permutation);
    Value rhs = before(rewriter, op.getRhs(), *permutation);
    auto moved = qgraph::SelectOp::create(
        rewriter, op.getLoc(), permutedType(op.getResult(), back), lhs, rhs,
        transposed(condition, back));
    rewriter.replaceOpWithNewOp<qgraph::TransposeOp>(op, op.getType(), moved,
                                                     *permutation);
    return success();
  }
};

/// add(reshape(x), c) -> reshape(add(x, c)) for constants per element of the
/// last axis, which the reshape keeps: so the bias of a product of matrices
/// comes to the convolution that the product is.
template <typename Op> struct BiasThroughReshape : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    bool left = !isConstantExpression(op.getLhs());
    Value value = left ? op.getLhs() : op.getRhs();
    Value constant = left ? op.getRhs() : op.getLhs();
    auto reshape = value.getDefiningOp<qgraph::ReshapeOp>();
    if (!reshape || !reshape->hasOneUse() || !isConstantExpression(constant) ||
        !reshape.getInput().getDefiningOp<qgraph::Conv2DOp>() ||
        op.getType() != value.getType() ||
        !tensorType(op).getElementType().isF32())
      return failure();
    ArrayRef<int64_t> from = shapeOf(reshape.getInput()), to = shapeOf(value);
    int64_t size = elementCount(shapeOf(constant));
    if (from.empty() || to.empty() || from.back() != to.back() ||
        (size != 1 && (size != to.back() || shapeOf(constant).back() != size)))
      return failure();
    Axes shape(from.size(), 1);
    shape.back() = size;
    Value flat =
        qgraph::ReshapeOp::create(rewriter, constant.getLoc(),
                                  tensorType(constant).clone(shape), constant);
    Value lhs = left ? reshape.getInput() : flat;
    Value rhs = left ? flat : reshape.getInput();
    auto moved = Op::create(rewriter, op.getLoc(), reshape.getInput().getType(),
                            lhs, rhs);
    rewriter.replaceOpWithNewOp<qgraph::ReshapeOp>(op, op.getType(), moved);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Through reshapes
//===----------------------------------------------------------------------===//

/// Cuts two shapes of one number of elements into the same factors: `[6,4]` and
/// `[3,8]` are not, `[6,4]` and `[2,3,4]` are `2,3,4`. For each axis the number
/// of its factors.
struct Factors {
  Axes sizes, ofFrom, ofTo;

  static std::optional<Factors> of(ArrayRef<int64_t> from,
                                   ArrayRef<int64_t> to) {
    Factors result;
    result.ofFrom.assign(from.size(), 0);
    result.ofTo.assign(to.size(), 0);
    size_t i = 0, k = 0;
    int64_t left = 1, right = 1; // What is to be cut of axes i - 1 and k - 1.
    while (true) {
      while (left == 1 && i < from.size())
        left = from[i++];
      while (right == 1 && k < to.size())
        right = to[k++];
      if (left == 1 && right == 1)
        return result;
      int64_t size = std::min(left, right);
      if (size == 1 || left % size != 0 || right % size != 0)
        return std::nullopt;
      result.sizes.push_back(size);
      ++result.ofFrom[i - 1];
      ++result.ofTo[k - 1];
      left /= size;
      right /= size;
    }
  }
};

/// The factors of the axes, in the order in which the axes are permuted.
Axes permuteGroups(ArrayRef<int64_t> counts, ArrayRef<int64_t> permutation) {
  Axes starts, result;
  int64_t next = 0;
  for (int64_t count : counts) {
    starts.push_back(next);
    next += count;
  }
  for (int64_t axis : permutation)
    for (int64_t k = 0; k < counts[axis]; ++k)
      result.push_back(starts[axis] + k);
  return result;
}

/// Joins factors that stay side by side: a shape and its permutation with as
/// few axes as can be.
void joinNeighbours(Axes &sizes, Axes &permutation) {
  for (size_t i = 0; i + 1 < permutation.size();) {
    int64_t axis = permutation[i];
    if (permutation[i + 1] != axis + 1) {
      ++i;
      continue;
    }
    sizes[axis] *= sizes[axis + 1];
    sizes.erase(sizes.begin() + axis + 1);
    permutation.erase(permutation.begin() + i + 1);
    for (int64_t &other : permutation)
      other -= other > axis;
  }
}

/// What transpose(reshape(transpose(x))) is: x in the shape `sizes`, permuted,
/// in some shape.
struct Merged {
  Value x;
  Axes sizes, permutation;

  bool moves() const { return permutation.size() > 1; }

  /// Of `value`, a reshape of a transpose, transposed by `outer`.
  static std::optional<Merged> of(Value value, ArrayRef<int64_t> outer) {
    auto reshape = value.getDefiningOp<qgraph::ReshapeOp>();
    auto inner =
        reshape ? transposeOf(reshape.getInput()) : qgraph::TransposeOp();
    auto factors =
        inner ? Factors::of(shapeOf(inner), shapeOf(reshape)) : std::nullopt;
    if (!factors)
      return std::nullopt;
    // Factors in the order of the inner transpose's result; `from` tells where
    // in x each is, `to` where the outer one puts it.
    ArrayRef<int64_t> first = inner.getPermutation();
    Axes counts(first.size());
    for (auto [i, axis] : llvm::enumerate(first))
      counts[axis] = factors->ofFrom[i];
    Axes from = permuteGroups(counts, first);
    Axes to = permuteGroups(factors->ofTo, outer);
    Merged result;
    result.x = inner.getInput();
    result.sizes.resize(from.size());
    for (auto [i, at] : llvm::enumerate(from))
      result.sizes[at] = factors->sizes[i];
    for (int64_t i : to)
      result.permutation.push_back(from[i]);
    joinNeighbours(result.sizes, result.permutation);
    // Several transposes would remain for one that others use, too.
    if (result.moves() && !(reshape->hasOneUse() && inner->hasOneUse()))
      return std::nullopt;
    return result;
  }
};

/// transpose(reshape(transpose(x))) -> one transpose between reshapes, or a
/// reshape alone: what flattening an image in NCHW to tokens is in NHWC.
struct MergeThroughReshape : OpRewritePattern<qgraph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::TransposeOp outer,
                                PatternRewriter &rewriter) const override {
    auto merged = Merged::of(outer.getInput(), outer.getPermutation());
    if (!merged)
      return failure();
    Location loc = outer.getLoc();
    Value value = merged->x;
    if (merged->moves()) {
      auto type = tensorType(value).clone(merged->sizes);
      value = qgraph::ReshapeOp::create(rewriter, loc, type, value);
      value = qgraph::TransposeOp::create(
          rewriter, loc, permutedType(value, merged->permutation), value,
          merged->permutation);
    }
    rewriter.replaceOpWithNewOp<qgraph::ReshapeOp>(outer, outer.getType(),
                                                   value);
    return success();
  }
};

/// transpose(reshape(transpose(x)) + c) -> reshape(x) + transpose(c) where x
/// has all elements in order: positions that are added to the tokens of an
/// image.
template <typename Op> struct MergeAroundConstant : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    bool left = !isConstantExpression(op.getLhs());
    Value value = left ? op.getLhs() : op.getRhs();
    Value constant = left ? op.getRhs() : op.getLhs();
    if (op->use_empty() || value.getType() != op.getType() ||
        !isConstantExpression(constant))
      return failure();
    auto outer = dyn_cast<qgraph::TransposeOp>(*op->user_begin());
    if (!outer || !isOnlyTransposed(op, outer.getPermutation()))
      return failure();
    Axes permutation(outer.getPermutation());
    auto merged = Merged::of(value, permutation);
    if (!merged || merged->moves())
      return failure();
    auto type = cast<RankedTensorType>(outer.getType());
    Value same =
        qgraph::ReshapeOp::create(rewriter, value.getLoc(), type, merged->x);
    Value turned = qgraph::TransposeOp::create(
        rewriter, constant.getLoc(), permutedType(constant, permutation),
        constant, permutation);
    Value moved = Op::create(rewriter, op.getLoc(), type, left ? same : turned,
                             left ? turned : same);
    for (Operation *user :
         llvm::make_early_inc_range(op.getResult().getUsers()))
      rewriter.replaceOp(user, moved);
    rewriter.eraseOp(op);
    return success();
  }
};

template <typename... Ops> void addBinary(RewritePatternSet &patterns) {
  patterns.add<SinkThroughBinary<Ops>..., CancelAroundBinary<Ops>...>(
      patterns.getContext());
}

struct CancelTransposes : public impl::CancelTransposesBase<CancelTransposes> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    addLayoutPatterns(patterns);
    addContractionPatterns(patterns);
    patterns.add<
        SinkThroughAxis<qgraph::SoftmaxOp>, SinkThroughAxis<qgraph::GatherOp>,
        SinkThroughTile, SinkThroughSelect, BiasThroughReshape<qgraph::AddOp>,
        BiasThroughReshape<qgraph::MulOp>, MergeThroughReshape,
        MergeAroundConstant<qgraph::AddOp>, MergeAroundConstant<qgraph::SubOp>,
        MergeAroundConstant<qgraph::MulOp>>(patterns.getContext());
    addReshapePatterns(patterns);
    addBinary<qgraph::AddOp, qgraph::SubOp, qgraph::MulOp, qgraph::DivOp,
              qgraph::PowOp, qgraph::MaximumOp, qgraph::MinimumOp>(patterns);
    // Elements move and are not computed, except by TransposeIntoFilter and
    // BiasThroughReshape, which know constants of f32 only.
    if (failed(simplify(getOperation(), std::move(patterns),
                        /*quantizedToo=*/true)))
      signalPassFailure();
  }
};

} // namespace
} // namespace qcc::legalize
