// Convolutions that other ops around them belong to.
#include "passes/Legalize/Constants.h"
#include "passes/Legalize/Simplify.h"

using namespace mlir;

namespace qcc::legalize {
namespace {

/// Whether `value` is channels [first, first + count) of `source`, all of N, H
/// and W.
bool isChannelSlice(qgraph::SliceOp slice, Value source, int64_t first,
                    int64_t count) {
  if (slice.getInput() != source || tensorType(source).getRank() != 4)
    return false;
  ArrayRef<int64_t> whole = shapeOf(source);
  for (int64_t axis = 0; axis < 4; ++axis) {
    bool channels = axis == 3;
    if (slice.getStrides()[axis] != 1 ||
        slice.getStarts()[axis] != (channels ? first : 0) ||
        slice.getSizes()[axis] != (channels ? count : whole[axis]))
      return false;
  }
  return true;
}

bool haveEqualGeometry(qgraph::Conv2DOp a, qgraph::Conv2DOp b) {
  return a.getStrides() == b.getStrides() && a.getPads() == b.getPads() &&
         a.getDilations() == b.getDilations() &&
         a.getGroups() == b.getGroups() &&
         a.getFilter().getType() == b.getFilter().getType();
}

/// concat(conv(slice 0 of x), conv(slice 1 of x), ...) along channels is one
/// grouped convolution: TOSA has no other way to say it.
struct MergeGroups : OpRewritePattern<qgraph::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  /// The convolutions, in order; none when something does not fit.
  static SmallVector<qgraph::Conv2DOp> match(qgraph::ConcatOp concat) {
    SmallVector<qgraph::Conv2DOp> convs;
    Value source;
    int64_t first = 0;
    for (Value input : concat.getInputs()) {
      auto conv = input.getDefiningOp<qgraph::Conv2DOp>();
      if (!conv || !conv->hasOneUse() ||
          !isConstantExpression(conv.getFilter()) ||
          !isConstantExpression(conv.getBias()) ||
          (!convs.empty() && !haveEqualGeometry(convs.front(), conv)))
        return {};
      auto slice = conv.getInput().getDefiningOp<qgraph::SliceOp>();
      if (!slice)
        return {};
      if (!source)
        source = slice.getInput();
      int64_t channels = shapeOf(conv.getInput())[3];
      if (!isChannelSlice(slice, source, first, channels))
        return {};
      first += channels;
      convs.push_back(conv);
    }
    if (convs.size() < 2 || shapeOf(source)[3] != first)
      return {};
    return convs;
  }

  LogicalResult matchAndRewrite(qgraph::ConcatOp concat,
                                PatternRewriter &rewriter) const override {
    if (tensorType(concat).getRank() != 4 || concat.getAxis() != 3)
      return failure();
    SmallVector<qgraph::Conv2DOp> convs = match(concat);
    if (convs.empty())
      return failure();
    std::vector<double> filters, biases;
    for (qgraph::Conv2DOp conv : convs) {
      llvm::append_range(filters, evaluateConstant(conv.getFilter())->values);
      llvm::append_range(biases, evaluateConstant(conv.getBias())->values);
    }
    qgraph::Conv2DOp conv = convs.front();
    SmallVector<int64_t> shape(shapeOf(conv.getFilter()));
    shape[0] *= convs.size();
    Location loc = concat.getLoc();
    Value filter = createConstant(rewriter, loc, shape, filters);
    Value bias = createConstant(rewriter, loc, {shape[0]}, biases);
    Value source = conv.getInput().getDefiningOp<qgraph::SliceOp>().getInput();
    rewriter.replaceOpWithNewOp<qgraph::Conv2DOp>(
        concat, concat.getType(), source, filter, bias, conv.getStrides(),
        conv.getPads(), conv.getDilations(), conv.getGroups() * convs.size());
    return success();
  }
};

bool isPointwise(qgraph::Conv2DOp conv) {
  auto all = [](ArrayRef<int64_t> numbers, int64_t value) {
    return llvm::all_of(numbers, [&](int64_t n) { return n == value; });
  };
  ArrayRef<int64_t> filter = shapeOf(conv.getFilter());
  return conv.getGroups() == 1 && filter[1] == 1 && filter[2] == 1 &&
         all(conv.getStrides(), 1) && all(conv.getPads(), 0);
}

/// A fully connected layer on the flattened transpose of an image, as networks
/// in NCHW have it: the filter's columns are reordered instead.
struct TransposeIntoFilter : OpRewritePattern<qgraph::Conv2DOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(qgraph::Conv2DOp conv,
                                PatternRewriter &rewriter) const override {
    auto reshape = conv.getInput().getDefiningOp<qgraph::ReshapeOp>();
    auto transpose =
        reshape ? reshape.getInput().getDefiningOp<qgraph::TransposeOp>()
                : qgraph::TransposeOp();
    if (!transpose || !isPointwise(conv) ||
        !isConstantExpression(conv.getFilter()))
      return failure();
    // Rows must stay whole: the first axis is the batch, the others are one
    // row of the product.
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    ArrayRef<int64_t> image = shapeOf(transpose);
    int64_t columns = shapeOf(conv.getInput())[3];
    if (permutation.empty() || permutation[0] != 0 ||
        elementCount(image.drop_front()) != columns)
      return failure();
    std::optional<ConstantTensor> filter = evaluateConstant(conv.getFilter());
    if (!filter)
      return failure();
    SmallVector<int64_t> shape = {filter->shape[0]};
    llvm::append_range(shape, image.drop_front());
    SmallVector<int64_t> back(permutation.size());
    for (auto [i, axis] : llvm::enumerate(permutation))
      back[axis] = i;
    Value reordered =
        createConstant(rewriter, conv.getFilter().getLoc(), filter->shape,
                       permute(filter->values, shape, back));
    Value flat = qgraph::ReshapeOp::create(
        rewriter, reshape.getLoc(), reshape.getType(), transpose.getInput());
    rewriter.modifyOpInPlace(conv, [&] {
      conv.getInputMutable().assign(flat);
      conv.getFilterMutable().assign(reordered);
    });
    return success();
  }
};

} // namespace

void addContractionPatterns(RewritePatternSet &patterns) {
  patterns.add<MergeGroups, TransposeIntoFilter>(patterns.getContext());
}

} // namespace qcc::legalize
