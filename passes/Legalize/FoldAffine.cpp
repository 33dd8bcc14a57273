// Multiplications and additions of one constant per channel.
#include "passes/Legalize/Convolution.h"
#include "passes/Legalize/Simplify.h"

using namespace mlir;

namespace qcc::legalize {
namespace {

/// `op` as an affine function of `input`, one of its operands; the other one
/// must be constant per channel and must not broadcast `input`.
std::optional<Affine> affineIn(Operation *op, Value input) {
  auto type = cast<RankedTensorType>(input.getType());
  if (op->getResult(0).getType() != type || type.getRank() == 0)
    return std::nullopt;
  bool first = op->getOperand(0) == input;
  Value other = op->getOperand(first ? 1 : 0);
  int64_t channels = type.getShape().back();
  std::optional<std::vector<double>> values =
      evaluatePerChannel(other, channels);
  if (!values)
    return std::nullopt;
  std::vector<double> zeros(channels, 0), ones(channels, 1);
  if (isa<qgraph::MulOp>(op))
    return Affine{std::move(*values), zeros};
  if (isa<qgraph::AddOp>(op))
    return Affine{ones, std::move(*values)};
  // x - c or c - x.
  for (double &number : first ? *values : ones)
    number = -number;
  return Affine{ones, std::move(*values)};
}

/// add, sub or mul of a convolution and a constant -> the convolution.
template <typename Op> struct AffineIntoConvolution : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    for (Value input : op->getOperands()) {
      Operation *conv = foldableConvolution(input);
      if (!conv)
        continue;
      if (std::optional<Affine> affine = affineIn(op, input)) {
        foldAffine(rewriter, conv, op, *affine, std::nullopt);
        return success();
      }
    }
    return failure();
  }
};

/// x * a + b of what is no convolution -> a depthwise convolution.
template <typename Op> struct AffineToDepthwise : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    for (Value input : op->getOperands()) {
      auto mul = input.getDefiningOp<qgraph::MulOp>();
      std::optional<Affine> outer;
      if (mul && mul->hasOneUse())
        outer = affineIn(op, input);
      if (!outer)
        continue;
      for (Value x : mul->getOperands()) {
        std::optional<Affine> inner;
        if (!isConstantExpression(x))
          inner = affineIn(mul, x);
        if (!inner)
          continue;
        for (size_t i = 0; i < inner->scale.size(); ++i)
          inner->scale[i] *= outer->scale[i];
        inner->shift = outer->shift;
        replaceByDepthwise(rewriter, op, x, *inner, std::nullopt);
        return success();
      }
    }
    return failure();
  }
};

/// add(reshape(conv), c) -> reshape(add(conv, c)), when both have the channels
/// in the last axis.
template <typename Op> struct AffineThroughReshape : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    for (auto [position, input] : llvm::enumerate(op->getOperands())) {
      auto reshape = input.template getDefiningOp<qgraph::ReshapeOp>();
      if (!reshape || !reshape->hasOneUse() ||
          !foldableConvolution(reshape.getInput()) || !affineIn(op, input))
        continue;
      Value image = reshape.getInput();
      Value constant = op->getOperand(1 - position);
      auto imageType = tensorType(image);
      int64_t channels = imageType.getShape().back();
      if (shapeOf(input).back() != channels)
        continue;
      SmallVector<int64_t> shape(imageType.getRank(), 1);
      shape.back() = channels;
      Value vector = createConstant(rewriter, constant.getLoc(), shape,
                                    *evaluatePerChannel(constant, channels));
      SmallVector<Value, 2> operands = {image, vector};
      if (position == 1)
        std::swap(operands[0], operands[1]);
      auto moved = Op::create(rewriter, op.getLoc(), imageType, operands[0],
                              operands[1]);
      rewriter.replaceOpWithNewOp<qgraph::ReshapeOp>(op, op.getType(), moved);
      return success();
    }
    return failure();
  }
};

template <typename Op> void addFor(RewritePatternSet &patterns) {
  // Folding into a convolution that exists comes before making one.
  patterns.add<AffineIntoConvolution<Op>>(patterns.getContext(), 3);
  patterns.add<AffineThroughReshape<Op>>(patterns.getContext(), 2);
}

} // namespace

void addAffinePatterns(RewritePatternSet &patterns) {
  addFor<qgraph::AddOp>(patterns);
  addFor<qgraph::SubOp>(patterns);
  addFor<qgraph::MulOp>(patterns);
}

void addDepthwisePatterns(RewritePatternSet &patterns) {
  patterns
      .add<AffineToDepthwise<qgraph::AddOp>, AffineToDepthwise<qgraph::SubOp>>(
          patterns.getContext());
}

} // namespace qcc::legalize
