// Masks of attention: "minus infinity" for what may not be read. Integers have
// no such number, and a range that reaches to -1e9 has no room for anything
// else.
#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Simplify.h"

using namespace mlir;

namespace qcc::legalize {
namespace {

/// Numbers up to this hide what they are added to: exp of it is 0 whatever
/// scores a network may have.
constexpr double hidden = -1e4;
/// How far below the least score a hidden one is put: exp(-16) is 2^-23, the
/// resolution of f32 in a sum that is at least 1.
constexpr float distance = 16;

/// A number per row that is far below all of the row.
Value farBelow(PatternRewriter &rewriter, Location loc, Value scores) {
  namespace build = qgraph::build;
  int64_t rank = tensorType(scores).getRank();
  Value least =
      build::reduce(rewriter, loc, qgraph::ReduceKind::Min, scores, {rank - 1});
  Value number =
      build::splat(rewriter, loc, SmallVector<int64_t>(rank, 1), -distance);
  return build::binary<qgraph::AddOp>(rewriter, loc, least, number);
}

/// Whether each row of the last axis has an element that is set.
bool hasOneInEachRow(ArrayRef<bool> visible, int64_t length) {
  for (size_t start = 0; start < visible.size(); start += length)
    if (llvm::none_of(visible.slice(start, length), [](bool b) { return b; }))
      return false;
  return true;
}

bool isLastAxis(qgraph::SoftmaxOp op) {
  return static_cast<int64_t>(op.getAxis()) + 1 == op.getType().getRank();
}

/// softmax(x + c) where c hides some: softmax(select(visible, x + c, least)).
struct SelectMasked : OpRewritePattern<qgraph::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    auto add = op.getInput().getDefiningOp<qgraph::AddOp>();
    if (!add || !isLastAxis(op))
      return failure();
    for (auto [scores, constant] : {std::pair(add.getLhs(), add.getRhs()),
                                    std::pair(add.getRhs(), add.getLhs())}) {
      std::optional<ConstantTensor> mask = evaluateConstant(constant);
      if (!mask || scores.getType() != op.getType())
        continue;
      SmallVector<bool> visible;
      bool others = false;
      for (double &number : mask->values) {
        visible.push_back(number > hidden);
        if (number <= hidden)
          number = 0;
        others |= number != 0;
      }
      if (llvm::all_of(visible, [](bool b) { return b; }) ||
          !hasOneInEachRow(visible, mask->shape.back()))
        continue;
      Location loc = add.getLoc();
      Value kept = scores;
      if (others)
        kept = qgraph::build::binary<qgraph::AddOp>(
            rewriter, loc, scores,
            createConstant(rewriter, constant.getLoc(), mask->shape,
                           mask->values));
      auto condition = DenseElementsAttr::get(
          RankedTensorType::get(mask->shape, rewriter.getI1Type()),
          ArrayRef<bool>(visible));
      Value chosen = qgraph::build::select(rewriter, loc, condition, kept,
                                           farBelow(rewriter, loc, kept));
      rewriter.modifyOpInPlace(op,
                               [&] { op.getInputMutable().assign(chosen); });
      return success();
    }
    return failure();
  }
};

/// softmax(select(c, x, -1e9)), with the number on either side.
struct RaiseHidden : OpRewritePattern<qgraph::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    auto select = op.getInput().getDefiningOp<qgraph::SelectOp>();
    if (!select || !isLastAxis(op))
      return failure();
    for (bool left : {true, false}) {
      Value number = left ? select.getLhs() : select.getRhs();
      Value scores = left ? select.getRhs() : select.getLhs();
      std::optional<double> splat = evaluateSplat(number);
      if (!splat || *splat > hidden || scores.getType() != op.getType())
        continue;
      Value least = farBelow(rewriter, select.getLoc(), scores);
      Value chosen =
          qgraph::build::select(rewriter, select.getLoc(),
                                cast<DenseElementsAttr>(select.getCondition()),
                                left ? least : scores, left ? scores : least);
      rewriter.modifyOpInPlace(op,
                               [&] { op.getInputMutable().assign(chosen); });
      return success();
    }
    return failure();
  }
};

} // namespace

void addMaskPatterns(RewritePatternSet &patterns) {
  patterns.add<SelectMasked, RaiseHidden>(patterns.getContext());
}

} // namespace qcc::legalize
