// Pads, reshapes, clamps and concats that need not be ops of their own.
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Simplify.h"

#include <limits>

using namespace mlir;

namespace qcc::legalize {
namespace {

/// `pads` plus what `pad` adds to H and W; nothing when it adds to N or C.
std::optional<SmallVector<int64_t>> addPads(ArrayRef<int64_t> pads,
                                            qgraph::PadOp pad) {
  ArrayRef<int64_t> low = pad.getLow(), high = pad.getHigh();
  if (low.size() != 4 || low[0] || low[3] || high[0] || high[3])
    return std::nullopt;
  return SmallVector<int64_t>{pads[0] + low[1], pads[1] + high[1],
                              pads[2] + low[2], pads[3] + high[2]};
}

/// Zeros around the input are what a convolution's own padding is.
struct PadIntoConv : OpRewritePattern<qgraph::Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::Conv2DOp conv,
                                PatternRewriter &rewriter) const override {
    auto pad = conv.getInput().getDefiningOp<qgraph::PadOp>();
    if (!pad || !pad.getValue().isZero())
      return failure();
    auto pads = addPads(conv.getPads(), pad);
    if (!pads)
      return failure();
    rewriter.modifyOpInPlace(conv, [&] {
      conv.getInputMutable().assign(pad.getInput());
      conv.setPads(*pads);
    });
    return success();
  }
};

/// Whether a pool may have these pads: every window meets the input.
bool fitsPool(ArrayRef<int64_t> pads, ArrayRef<int64_t> kernel) {
  return pads[0] < kernel[0] && pads[1] < kernel[0] && pads[2] < kernel[1] &&
         pads[3] < kernel[1];
}

bool hasPads(ArrayRef<int64_t> pads) {
  return llvm::any_of(pads, [](int64_t pad) { return pad != 0; });
}

/// Zeros that count in the mean.
struct PadIntoAvgPool : OpRewritePattern<qgraph::AvgPool2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::AvgPool2DOp pool,
                                PatternRewriter &rewriter) const override {
    auto pad = pool.getInput().getDefiningOp<qgraph::PadOp>();
    if (!pad || !pad.getValue().isZero() ||
        (hasPads(pool.getPads()) && !pool.getCountIncludePad()))
      return failure();
    auto pads = addPads(pool.getPads(), pad);
    if (!pads || !fitsPool(*pads, pool.getKernel()))
      return failure();
    rewriter.modifyOpInPlace(pool, [&] {
      pool.getInputMutable().assign(pad.getInput());
      pool.setPads(*pads);
      pool.setCountIncludePad(true);
    });
    return success();
  }
};

/// Numbers that never win: the smallest one, or any that no input is below.
struct PadIntoMaxPool : OpRewritePattern<qgraph::MaxPool2DOp> {
  using OpRewritePattern::OpRewritePattern;

  static bool neverWins(qgraph::PadOp pad) {
    float value = pad.getValue().convertToFloat();
    if (value <= -std::numeric_limits<float>::max())
      return true;
    auto clamp = pad.getInput().getDefiningOp<qgraph::ClampOp>();
    return clamp && clamp.getMin().convertToFloat() >= value;
  }

  LogicalResult matchAndRewrite(qgraph::MaxPool2DOp pool,
                                PatternRewriter &rewriter) const override {
    auto pad = pool.getInput().getDefiningOp<qgraph::PadOp>();
    if (!pad || !neverWins(pad))
      return failure();
    auto pads = addPads(pool.getPads(), pad);
    if (!pads || !fitsPool(*pads, pool.getKernel()))
      return failure();
    rewriter.modifyOpInPlace(pool, [&] {
      pool.getInputMutable().assign(pad.getInput());
      pool.setPads(*pads);
    });
    return success();
  }
};

struct ReshapeOfReshape : OpRewritePattern<qgraph::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<qgraph::ReshapeOp>();
    if (!inner)
      return failure();
    rewriter.replaceOpWithNewOp<qgraph::ReshapeOp>(op, op.getType(),
                                                   inner.getInput());
    return success();
  }
};

/// A transpose that moves only axes of size 1.
struct TransposeToReshape : OpRewritePattern<qgraph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    if (!isReshape(shapeOf(op.getInput()), op.getPermutation()))
      return failure();
    rewriter.replaceOpWithNewOp<qgraph::ReshapeOp>(op, op.getType(),
                                                   op.getInput());
    return success();
  }
};

float clampTo(float value, float low, float high) {
  return std::min(std::max(value, low), high);
}

struct ClampOfClamp : OpRewritePattern<qgraph::ClampOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::ClampOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<qgraph::ClampOp>();
    if (!inner)
      return failure();
    float low = op.getMin().convertToFloat();
    float high = op.getMax().convertToFloat();
    rewriter.replaceOpWithNewOp<qgraph::ClampOp>(
        op, op.getType(), inner.getInput(),
        llvm::APFloat(clampTo(inner.getMin().convertToFloat(), low, high)),
        llvm::APFloat(clampTo(inner.getMax().convertToFloat(), low, high)));
    return success();
  }
};

/// A clamp belongs to the op that computes; reshapes come after it.
struct ClampThroughReshape : OpRewritePattern<qgraph::ClampOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::ClampOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<qgraph::ReshapeOp>();
    if (!reshape || !reshape->hasOneUse())
      return failure();
    Value input = reshape.getInput();
    auto moved =
        qgraph::ClampOp::create(rewriter, op.getLoc(), input.getType(), input,
                                op.getMinAttr(), op.getMaxAttr());
    rewriter.replaceOpWithNewOp<qgraph::ReshapeOp>(op, op.getType(), moved);
    return success();
  }
};

/// x * 1, x + 0, x - 0.
template <typename Op> struct DropNeutral : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    constexpr bool isDifference = std::is_same_v<Op, qgraph::SubOp>;
    constexpr double neutral = std::is_same_v<Op, qgraph::MulOp> ? 1 : 0;
    for (auto [x, other] : {std::pair(op.getLhs(), op.getRhs()),
                            std::pair(op.getRhs(), op.getLhs())}) {
      if (x.getType() == op.getType() && !isConstantExpression(x) &&
          evaluateSplat(other) == neutral) {
        rewriter.replaceOp(op, x);
        return success();
      }
      if (isDifference)
        break;
    }
    return failure();
  }
};

struct ConcatOfOne : OpRewritePattern<qgraph::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getInputs().size() != 1)
      return failure();
    rewriter.replaceOp(op, op.getInputs().front());
    return success();
  }
};

/// Slices, pads and tiles that change nothing: equal shapes say so.
template <typename Op> struct DropIdentity : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (op.getInput().getType() != op.getType())
      return failure();
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

} // namespace

bool isReshape(ArrayRef<int64_t> shape, ArrayRef<int64_t> permutation) {
  int64_t last = -1;
  for (int64_t axis : permutation) {
    if (shape[axis] == 1)
      continue;
    if (axis < last)
      return false;
    last = axis;
  }
  return true;
}

void addReshapePatterns(RewritePatternSet &patterns) {
  patterns.add<ReshapeOfReshape, TransposeToReshape>(patterns.getContext());
}

void addDataMovementPatterns(RewritePatternSet &patterns) {
  addReshapePatterns(patterns);
  patterns.add<PadIntoConv, PadIntoAvgPool, PadIntoMaxPool, ClampOfClamp,
               ClampThroughReshape, ConcatOfOne, DropIdentity<qgraph::SliceOp>,
               DropIdentity<qgraph::PadOp>, DropIdentity<qgraph::TileOp>,
               DropNeutral<qgraph::AddOp>, DropNeutral<qgraph::SubOp>,
               DropNeutral<qgraph::MulOp>>(patterns.getContext());
}

} // namespace qcc::legalize
