#include "passes/Legalize/Norm.h"

#include "dialects/QGraph/Build.h"
#include "passes/Legalize/Simplify.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace qcc::legalize {

std::optional<std::vector<double>>
evaluateAlong(Value value, ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
  ArrayRef<int64_t> given = shapeOf(value);
  if (given.size() != shape.size() || !isConstantExpression(value))
    return std::nullopt;
  for (auto [axis, size] : llvm::enumerate(given))
    if (size != 1 && (size != shape[axis] || !llvm::is_contained(axes, axis)))
      return std::nullopt;
  std::optional<ConstantTensor> tensor = evaluateConstant(value);
  if (!tensor)
    return std::nullopt;
  // The other axes have size 1: the elements are in order but for repetitions.
  std::vector<double> result = std::move(tensor->values);
  int64_t inner = 1;
  for (int64_t axis : llvm::reverse(axes)) {
    if (given[axis] == 1 && shape[axis] != 1) {
      std::vector<double> repeated;
      for (size_t start = 0; start < result.size(); start += inner)
        for (int64_t k = 0; k < shape[axis]; ++k)
          repeated.insert(repeated.end(), result.begin() + start,
                          result.begin() + start + inner);
      result = std::move(repeated);
    }
    inner *= shape[axis];
  }
  return result;
}

Value buildNorm(PatternRewriter &rewriter, Location loc,
                const NormParts &parts) {
  namespace build = qgraph::build;
  int64_t rank = tensorType(parts.x).getRank();
  SmallVector<int64_t> permutation, back(rank), shape;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(parts.axes, axis))
      permutation.push_back(axis);
  int64_t first = permutation.size();
  llvm::append_range(permutation, parts.axes);
  for (auto [i, axis] : llvm::enumerate(permutation))
    back[axis] = i;
  for (int64_t axis : parts.axes)
    shape.push_back(shapeOf(parts.x)[axis]);
  Value gamma = createConstant(rewriter, loc, shape, parts.gamma);
  Value x = build::transpose(rewriter, loc, parts.x, permutation);
  float epsilon = static_cast<float>(parts.epsilon);
  Value result;
  if (parts.isCentred) {
    Value beta = createConstant(rewriter, loc, shape, parts.beta);
    result = build::layerNorm(rewriter, loc, x, gamma, beta, first, epsilon);
  } else {
    result = build::rmsNorm(rewriter, loc, x, gamma, first, epsilon);
  }
  return build::transpose(rewriter, loc, result, back);
}

namespace {

SmallVector<int64_t> axesFrom(int64_t first, int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(first, rank));
}

/// A constant in the shape of the normalized axes of `norm`.
template <typename Norm>
std::optional<std::vector<double>> parameterOf(Value value, Norm norm) {
  ArrayRef<int64_t> shape = shapeOf(norm);
  return evaluateAlong(value, shape, axesFrom(norm.getAxis(), shape.size()));
}

/// The norm that makes `value` and has no other user, when its parameters are
/// constant.
template <typename Norm> Norm foldableNorm(Value value) {
  auto norm = value.getDefiningOp<Norm>();
  if (!norm || !norm->hasOneUse() ||
      !llvm::all_of(norm->getOperands().drop_front(), isConstantExpression))
    return {};
  return norm;
}

/// Operand `i` of `norm`, changed at each element by `change`.
template <typename Norm>
void changeParameter(PatternRewriter &rewriter, Norm norm, unsigned i,
                     ArrayRef<double> operands,
                     llvm::function_ref<double(double, double)> change) {
  Value old = norm->getOperand(i);
  std::optional<ConstantTensor> tensor = evaluateConstant(old);
  for (auto [value, operand] : llvm::zip_equal(tensor->values, operands))
    value = change(value, operand);
  rewriter.setInsertionPoint(norm);
  Value changed =
      createConstant(rewriter, old.getLoc(), tensor->shape, tensor->values);
  norm->setOperand(i, changed);
}

/// norm(x) * c -> norm(x), with other parameters.
template <typename Norm>
struct FactorIntoNorm : OpRewritePattern<qgraph::MulOp> {
  using OpRewritePattern<qgraph::MulOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::MulOp op,
                                PatternRewriter &rewriter) const override {
    for (auto [value, constant] : {std::pair(op.getLhs(), op.getRhs()),
                                   std::pair(op.getRhs(), op.getLhs())}) {
      Norm norm = foldableNorm<Norm>(value);
      auto factors = norm && value.getType() == op.getType()
                         ? parameterOf(constant, norm)
                         : std::nullopt;
      if (!factors)
        continue;
      rewriter.modifyOpInPlace(norm, [&] {
        for (unsigned i = 1; i < norm->getNumOperands(); ++i)
          changeParameter(rewriter, norm, i, *factors,
                          [](double a, double b) { return a * b; });
      });
      rewriter.replaceOp(op, value);
      return success();
    }
    return failure();
  }
};

/// layer_norm(x) + c, layer_norm(x) - c.
template <typename Op> struct TermIntoNorm : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    constexpr bool isDifference = std::is_same_v<Op, qgraph::SubOp>;
    for (auto [value, constant] : {std::pair(op.getLhs(), op.getRhs()),
                                   std::pair(op.getRhs(), op.getLhs())}) {
      auto norm = foldableNorm<qgraph::LayerNormOp>(value);
      auto terms = norm && value.getType() == op.getType()
                       ? parameterOf(constant, norm)
                       : std::nullopt;
      if (terms) {
        double sign = isDifference ? -1 : 1;
        rewriter.modifyOpInPlace(norm, [&] {
          changeParameter(rewriter, norm, 2, *terms,
                          [&](double a, double b) { return a + sign * b; });
        });
        rewriter.replaceOp(op, value);
        return success();
      }
      // c - norm(x) is left alone.
      if (isDifference)
        break;
    }
    return failure();
  }
};

/// Parameters that are computed -> a product and a sum after the norm.
template <typename Norm> struct SplitParameters : OpRewritePattern<Norm> {
  using OpRewritePattern<Norm>::OpRewritePattern;

  LogicalResult matchAndRewrite(Norm norm,
                                PatternRewriter &rewriter) const override {
    namespace build = qgraph::build;
    if (llvm::all_of(norm->getOperands().drop_front(), isConstantExpression))
      return failure();
    Location loc = norm.getLoc();
    ArrayRef<int64_t> shape = shapeOf(norm.getGamma());
    Operation *plain = rewriter.clone(*norm.getOperation());
    rewriter.setInsertionPoint(plain);
    for (unsigned i = 1; i < plain->getNumOperands(); ++i)
      plain->setOperand(i, build::splat(rewriter, loc, shape, i == 1));
    rewriter.setInsertionPointAfter(plain);
    Value result = build::binary<qgraph::MulOp>(
        rewriter, loc, plain->getResult(0), norm.getGamma());
    if (norm->getNumOperands() > 2)
      result = build::binary<qgraph::AddOp>(rewriter, loc, result,
                                            norm->getOperand(2));
    rewriter.replaceOp(norm, result);
    return success();
  }
};

/// Several axes become one.
template <typename Norm> struct FlattenNorm : OpRewritePattern<Norm> {
  using OpRewritePattern<Norm>::OpRewritePattern;

  LogicalResult matchAndRewrite(Norm norm,
                                PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> shape = shapeOf(norm);
    int64_t axis = norm.getAxis(), rank = shape.size();
    if (axis + 1 == rank && rank > 1)
      return failure();
    int64_t size = elementCount(shape.drop_front(axis));
    SmallVector<int64_t> flat(shape.take_front(axis));
    if (flat.empty())
      flat.push_back(1);
    flat.push_back(size);
    Location loc = norm.getLoc();
    Operation *moved = rewriter.clone(*norm.getOperation());
    rewriter.setInsertionPoint(moved);
    moved->setOperand(
        0, qgraph::build::reshape(rewriter, loc, norm.getInput(), flat));
    for (unsigned i = 1; i < moved->getNumOperands(); ++i)
      moved->setOperand(i, qgraph::build::reshape(
                               rewriter, loc, moved->getOperand(i), {size}));
    moved->getResult(0).setType(norm.getType().clone(flat));
    cast<Norm>(moved).setAxis(flat.size() - 1);
    rewriter.setInsertionPointAfter(moved);
    rewriter.replaceOp(norm, qgraph::build::reshape(
                                 rewriter, loc, moved->getResult(0), shape));
    return success();
  }
};

} // namespace

void addNormParameterPatterns(RewritePatternSet &patterns) {
  patterns
      .add<FactorIntoNorm<qgraph::LayerNormOp>,
           FactorIntoNorm<qgraph::RmsNormOp>, TermIntoNorm<qgraph::AddOp>,
           TermIntoNorm<qgraph::SubOp>, SplitParameters<qgraph::LayerNormOp>,
           SplitParameters<qgraph::RmsNormOp>>(patterns.getContext());
}

void addNormLayoutPatterns(RewritePatternSet &patterns) {
  patterns
      .add<FlattenNorm<qgraph::LayerNormOp>, FlattenNorm<qgraph::RmsNormOp>>(
          patterns.getContext());
}

} // namespace qcc::legalize
