// The fully connected layers of attention: one for each of query, key and
// value, with the scale of the scores in one of them.
#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Convolution.h"
#include "passes/Legalize/Simplify.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace qcc::legalize {
namespace {

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

/// The convolution of which `value` is a linear function of nothing else:
/// through reshapes, transposes and one side of matrix products, each with no
/// other user.
Operation *scalableConvolution(Value value) {
  while (!foldableConvolution(value)) {
    Operation *op = value.getDefiningOp();
    if (!op || !op->hasOneUse())
      return nullptr;
    if (isa<qgraph::MatMulOp>(op))
      for (Value side : op->getOperands().drop_back())
        if (Operation *conv = scalableConvolution(side))
          return conv;
    if (isa<qgraph::MatMulOp>(op))
      value = op->getOperand(1);
    else if (isa<qgraph::ReshapeOp, qgraph::TransposeOp>(op))
      value = op->getOperand(0);
    else
      return nullptr;
  }
  return foldableConvolution(value);
}

/// c * (q k) -> (c q) k, where q is a convolution that can take the factor: no
/// op of its own on the larger tensor of scores.
struct ScaleIntoProjection : OpRewritePattern<qgraph::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::MulOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [value, factor] : {std::pair(op.getLhs(), op.getRhs()),
                                 std::pair(op.getRhs(), op.getLhs())}) {
      std::optional<double> number = evaluateSplat(factor);
      Operation *conv = number && value.getType() == op.getType()
                            ? scalableConvolution(value)
                            : nullptr;
      if (!conv)
        continue;
      int64_t channels = shapeOf(conv->getResult(0)).back();
      // In place of the convolution itself, whose users stay.
      rewriter.setInsertionPointAfter(conv);
      auto same = qgraph::ReshapeOp::create(rewriter, conv->getLoc(),
                                            conv->getResult(0).getType(),
                                            conv->getResult(0));
      rewriter.replaceAllUsesExcept(conv->getResult(0), same.getResult(), same);
      foldAffine(rewriter, conv, same,
                 {std::vector<double>(channels, *number),
                  std::vector<double>(channels, 0)},
                 std::nullopt);
      rewriter.replaceOp(op, value);
      return success();
    }
    return failure();
  }
};

//===----------------------------------------------------------------------===//
// Packed projections
//===----------------------------------------------------------------------===//

/// All that reads `value` are slices with step 1.
bool isOnlySliced(Value value) {
  return llvm::all_of(value.getUsers(), [](Operation *user) {
    auto slice = dyn_cast<qgraph::SliceOp>(user);
    return slice && llvm::all_of(slice.getStrides(),
                                 [](int64_t stride) { return stride == 1; });
  });
}

/// The axes along which `slice` leaves something out.
SmallVector<int64_t> slicedAxes(qgraph::SliceOp slice) {
  SmallVector<int64_t> axes;
  for (auto [axis, size] : llvm::enumerate(shapeOf(slice.getInput())))
    if (slice.getSizes()[axis] != size)
      axes.push_back(axis);
  return axes;
}

/// slice(reshape(x)) -> reshape(slice(x)), where the axis is the outermost of
/// those that an axis of x was cut into.
struct SliceBeforeReshape : OpRewritePattern<qgraph::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  /// The axis of `from` with `before` elements in front of it that is `size`
  /// times something long.
  static std::optional<int64_t> axisBehind(ArrayRef<int64_t> from,
                                           int64_t before, int64_t size) {
    int64_t product = 1;
    for (auto [axis, length] : llvm::enumerate(from)) {
      if (product == before && length != 1)
        return length % size == 0 ? std::optional<int64_t>(axis) : std::nullopt;
      product *= length;
    }
    return std::nullopt;
  }

  LogicalResult matchAndRewrite(qgraph::SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<qgraph::ReshapeOp>();
    SmallVector<int64_t> axes = slicedAxes(op);
    if (!reshape || !isOnlySliced(reshape) || axes.size() != 1)
      return failure();
    ArrayRef<int64_t> from = shapeOf(reshape.getInput());
    ArrayRef<int64_t> to = shapeOf(reshape);
    int64_t size = to[axes[0]];
    auto axis = axisBehind(from, elementCount(to.take_front(axes[0])), size);
    if (!axis)
      return failure();
    int64_t step = from[*axis] / size;
    Value part = qgraph::build::sliceAxis(
        rewriter, op.getLoc(), reshape.getInput(), *axis,
        op.getStarts()[axes[0]] * step, op.getSizes()[axes[0]] * step);
    rewriter.replaceOpWithNewOp<qgraph::ReshapeOp>(op, op.getType(), part);
    return success();
  }
};

/// Slices of the columns of a fully connected layer -> one layer each: its
/// parts have scales of their own then, and need no copy.
struct SplitProjection : OpRewritePattern<qgraph::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Whether no column would be computed twice.
  static bool isDisjoint(Value value) {
    int64_t columns = 0;
    for (Operation *user : value.getUsers()) {
      auto slice = cast<qgraph::SliceOp>(user);
      SmallVector<int64_t> axes = slicedAxes(slice);
      if (axes.size() != 1 || axes[0] + 1 != tensorType(value).getRank())
        return false;
      columns += slice.getSizes().back();
    }
    return columns <= shapeOf(value).back();
  }

  static Value rowsOf(PatternRewriter &rewriter, Value constant, int64_t start,
                      int64_t count) {
    ConstantTensor tensor = *evaluateConstant(constant);
    int64_t size = elementCount(tensor.shape) / tensor.shape[0];
    tensor.shape[0] = count;
    return createConstant(
        rewriter, constant.getLoc(), tensor.shape,
        ArrayRef<double>(tensor.values).slice(start * size, count * size));
  }

  LogicalResult matchAndRewrite(qgraph::SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto conv = op.getInput().getDefiningOp<qgraph::Conv2DOp>();
    if (!conv || !isOnlySliced(conv) || !isDisjoint(conv) ||
        conv.getGroups() != 1 || shapeOf(conv.getFilter())[1] != 1 ||
        shapeOf(conv.getFilter())[2] != 1 ||
        !isConstantExpression(conv.getFilter()) ||
        !isConstantExpression(conv.getBias()))
      return failure();
    int64_t start = op.getStarts().back(), count = op.getSizes().back();
    rewriter.replaceOpWithNewOp<qgraph::Conv2DOp>(
        op, op.getType(), conv.getInput(),
        rowsOf(rewriter, conv.getFilter(), start, count),
        rowsOf(rewriter, conv.getBias(), start, count), conv.getStrides(),
        conv.getPads(), conv.getDilations(), conv.getGroups());
    return success();
  }
};

} // namespace

void addProjectionPatterns(RewritePatternSet &patterns) {
  patterns.add<ScaleIntoProjection, SliceBeforeReshape, SplitProjection>(
      patterns.getContext());
}

void joinEqualMovements(ModuleOp module) {
  using Key = std::tuple<Value, Type, Attribute>;
  module.walk([&](FunctionOpInterface function) {
    for (Block &block : function.getFunctionBody()) {
      DenseMap<Key, Operation *> known;
      for (Operation &op : llvm::make_early_inc_range(block)) {
        if (!isa<qgraph::ReshapeOp, qgraph::TransposeOp>(op))
          continue;
        Attribute permutation;
        if (auto transpose = dyn_cast<qgraph::TransposeOp>(op))
          permutation = transpose.getPermutationAttr();
        auto [entry, isNew] = known.try_emplace(
            {op.getOperand(0), op.getResult(0).getType(), permutation}, &op);
        if (isNew)
          continue;
        op.getResult(0).replaceAllUsesWith(entry->second->getResult(0));
        op.erase();
      }
    }
  });
}

} // namespace qcc::legalize
