#include "dialects/QGraph/Build.h"

#include "dialects/Shapes.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using llvm::ArrayRef;

namespace qcc::qgraph::build {

namespace {

using Shape = llvm::SmallVector<int64_t>;

/// Beyond this a size is refused whatever it is.
constexpr int64_t sizeLimit = int64_t(1) << 40;

/// A size that a tensor type can hold; verifiers refuse 0 and the limit.
int64_t limited(__int128 size) {
  return static_cast<int64_t>(
      std::clamp<__int128>(size, 0, static_cast<__int128>(sizeLimit)));
}

/// Number `i`, or 0 where there is none.
int64_t at(ArrayRef<int64_t> numbers, int64_t i) {
  return i >= 0 && i < static_cast<int64_t>(numbers.size()) ? numbers[i] : 0;
}

RankedTensorType withShape(Value like, Shape shape) {
  for (int64_t &size : shape)
    size = limited(size);
  return typeOf(like).clone(shape);
}

int64_t windowSize(int64_t in, int64_t before, int64_t after, int64_t size,
                   int64_t stride, int64_t dilation) {
  __int128 room = __int128(in) + before + after -
                  (__int128(size) - 1) * __int128(dilation) - 1;
  return room < 0 || stride < 1 ? 0 : limited(room / stride + 1);
}

/// [N, rows, columns, channels] of a window that moves over `input`.
RankedTensorType windowType(Value input, ArrayRef<int64_t> kernel,
                            ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                            ArrayRef<int64_t> dilations, int64_t channels) {
  Shape shape = {at(shapeOf(input), 0)};
  for (int64_t axis : {0, 1})
    shape.push_back(windowSize(at(shapeOf(input), axis + 1), at(pads, 2 * axis),
                               at(pads, 2 * axis + 1), at(kernel, axis),
                               at(strides, axis), at(dilations, axis)));
  shape.push_back(channels);
  return withShape(input, shape);
}

/// The shape of `value` with the size of an axis replaced.
Shape replaced(Value value, int64_t axis, int64_t size) {
  Shape shape(shapeOf(value));
  if (axis >= 0 && axis < static_cast<int64_t>(shape.size()))
    shape[axis] = size;
  return shape;
}

} // namespace

Value constant(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
               ArrayRef<float> values) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return ConstantOp::create(
      builder, loc, type,
      llvm::cast<ElementsAttr>(DenseElementsAttr::get(type, values)));
}

Value splat(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
            float value) {
  return constant(builder, loc, shape, ArrayRef<float>(value));
}

Value conv2d(OpBuilder &builder, Location loc, Value input, Value filter,
             Value bias, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
             ArrayRef<int64_t> dilations, int64_t groups) {
  ArrayRef<int64_t> shape = shapeOf(filter);
  auto type = windowType(input, {at(shape, 1), at(shape, 2)}, strides, pads,
                         dilations, at(shape, 0));
  return Conv2DOp::create(builder, loc, type, input, filter, bias, strides,
                          pads, dilations, groups);
}

Value transposeConv2d(OpBuilder &builder, Location loc, Value input,
                      Value filter, Value bias, ArrayRef<int64_t> strides,
                      ArrayRef<int64_t> outPads) {
  Shape shape = {at(shapeOf(input), 0)};
  for (int64_t axis : {0, 1})
    shape.push_back(limited((__int128(at(shapeOf(input), axis + 1)) - 1) *
                                at(strides, axis) +
                            at(outPads, 2 * axis) + at(outPads, 2 * axis + 1) +
                            at(shapeOf(filter), axis + 1)));
  shape.push_back(at(shapeOf(filter), 0));
  return TransposeConv2DOp::create(builder, loc, withShape(input, shape), input,
                                   filter, bias, strides, outPads);
}

Value linear(OpBuilder &builder, Location loc, Value input, Value filter,
             Value bias) {
  Shape shape(shapeOf(input));
  int64_t inner = shape.empty() ? 1 : shape.back();
  int64_t rows = inner ? typeOf(input).getNumElements() / inner : 0;
  Value image = reshape(builder, loc, input, {1, 1, rows, inner});
  Value product = conv2d(builder, loc, image, filter, bias, {1, 1},
                         {0, 0, 0, 0}, {1, 1}, 1);
  if (!shape.empty())
    shape.back() = at(shapeOf(filter), 0);
  return reshape(builder, loc, product, shape);
}

Value matmul(OpBuilder &builder, Location loc, Value lhs, Value rhs) {
  ArrayRef<int64_t> left = shapeOf(lhs);
  auto type = withShape(lhs, {at(left, 0), at(left, 1), at(shapeOf(rhs), 2)});
  return MatMulOp::create(builder, loc, type, lhs, rhs);
}

Value avgPool2d(OpBuilder &builder, Location loc, Value input,
                ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                ArrayRef<int64_t> pads, bool countIncludePad) {
  auto type =
      windowType(input, kernel, strides, pads, {1, 1}, at(shapeOf(input), 3));
  return AvgPool2DOp::create(builder, loc, type, input, kernel, strides, pads,
                             countIncludePad);
}

Value maxPool2d(OpBuilder &builder, Location loc, Value input,
                ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides,
                ArrayRef<int64_t> pads) {
  auto type =
      windowType(input, kernel, strides, pads, {1, 1}, at(shapeOf(input), 3));
  return MaxPool2DOp::create(builder, loc, type, input, kernel, strides, pads);
}

Value reduce(OpBuilder &builder, Location loc, ReduceKind kind, Value input,
             ArrayRef<int64_t> axes) {
  Shape shape(shapeOf(input));
  for (int64_t axis : axes)
    if (axis >= 0 && axis < static_cast<int64_t>(shape.size()))
      shape[axis] = 1;
  return ReduceOp::create(builder, loc, withShape(input, shape), input, kind,
                          axes);
}

Value unary(OpBuilder &builder, Location loc, UnaryKind kind, Value input,
            float alpha) {
  return UnaryOp::create(builder, loc, input.getType(), input, kind,
                         llvm::APFloat(alpha));
}

Value clamp(OpBuilder &builder, Location loc, Value input, float min,
            float max) {
  return ClampOp::create(builder, loc, input.getType(), input,
                         llvm::APFloat(min), llvm::APFloat(max));
}

Value expandRank(OpBuilder &builder, Location loc, Value value, int64_t rank) {
  Shape shape(shapeOf(value));
  while (static_cast<int64_t>(shape.size()) < rank)
    shape.insert(shape.begin(), 1);
  return reshape(builder, loc, value, shape);
}

Shape broadcastShape(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  Shape shape(std::max(lhs.size(), rhs.size()), 1);
  for (size_t i = 0; i < shape.size(); ++i) {
    // From the last axis backwards.
    int64_t left = i < lhs.size() ? lhs[lhs.size() - 1 - i] : 1;
    int64_t right = i < rhs.size() ? rhs[rhs.size() - 1 - i] : 1;
    bool agree = left == right || left == 1 || right == 1;
    shape[shape.size() - 1 - i] = agree ? std::max(left, right) : 0;
  }
  return shape;
}

Value select(OpBuilder &builder, Location loc, DenseElementsAttr condition,
             Value lhs, Value rhs) {
  Shape shape = broadcastShape(broadcastShape(shapeOf(lhs), shapeOf(rhs)),
                               condition.getType().getShape());
  Shape expanded(condition.getType().getShape());
  expanded.insert(expanded.begin(), shape.size() - expanded.size(), 1);
  condition = condition.reshape(
      RankedTensorType::get(expanded, condition.getElementType()));
  lhs = expandRank(builder, loc, lhs, shape.size());
  rhs = expandRank(builder, loc, rhs, shape.size());
  return SelectOp::create(builder, loc, withShape(lhs, shape), lhs, rhs,
                          condition);
}

Value softmax(OpBuilder &builder, Location loc, Value input, int64_t axis,
              bool log) {
  return SoftmaxOp::create(builder, loc, input.getType(), input, axis, log);
}

Value layerNorm(OpBuilder &builder, Location loc, Value input, Value gamma,
                Value beta, int64_t axis, float epsilon) {
  return LayerNormOp::create(builder, loc, input.getType(), input, gamma, beta,
                             axis, llvm::APFloat(epsilon));
}

Value rmsNorm(OpBuilder &builder, Location loc, Value input, Value gamma,
              int64_t axis, float epsilon) {
  return RmsNormOp::create(builder, loc, input.getType(), input, gamma, axis,
                           llvm::APFloat(epsilon));
}

Value batchNorm(OpBuilder &builder, Location loc, Value input, Value gamma,
                Value beta, Value mean, Value variance, float epsilon) {
  return BatchNormOp::create(builder, loc, input.getType(), input, gamma, beta,
                             mean, variance, llvm::APFloat(epsilon));
}

Value concat(OpBuilder &builder, Location loc, ValueRange inputs,
             int64_t axis) {
  int64_t size = 0;
  for (Value input : inputs)
    size += at(shapeOf(input), axis);
  Shape shape = replaced(inputs.front(), axis, size);
  return ConcatOp::create(builder, loc, withShape(inputs.front(), shape),
                          inputs, axis);
}

Value slice(OpBuilder &builder, Location loc, Value input,
            ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes,
            ArrayRef<int64_t> strides) {
  return SliceOp::create(builder, loc, withShape(input, Shape(sizes)), input,
                         starts, sizes, strides);
}

Value sliceAxis(OpBuilder &builder, Location loc, Value input, int64_t axis,
                int64_t start, int64_t size) {
  Shape starts(shapeOf(input).size(), 0), strides(starts.size(), 1);
  if (axis >= 0 && axis < static_cast<int64_t>(starts.size()))
    starts[axis] = start;
  else
    starts.push_back(start); // One too many, which the verifier refuses.
  return slice(builder, loc, input, starts, replaced(input, axis, size),
               strides);
}

Value pad(OpBuilder &builder, Location loc, Value input, ArrayRef<int64_t> low,
          ArrayRef<int64_t> high, float value) {
  Shape shape(shapeOf(input));
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] = limited(__int128(shape[i]) + at(low, i) + at(high, i));
  return PadOp::create(builder, loc, withShape(input, shape), input, low, high,
                       llvm::APFloat(value));
}

Value reshape(OpBuilder &builder, Location loc, Value value,
              ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return value;
  return ReshapeOp::create(builder, loc, withShape(value, Shape(shape)), value);
}

Value transpose(OpBuilder &builder, Location loc, Value value,
                ArrayRef<int64_t> permutation) {
  Shape shape, unmoved;
  for (auto [i, axis] : llvm::enumerate(permutation)) {
    shape.push_back(at(shapeOf(value), axis));
    unmoved.push_back(i);
  }
  if (ArrayRef<int64_t>(unmoved) == permutation &&
      unmoved.size() == shapeOf(value).size())
    return value;
  return TransposeOp::create(builder, loc, withShape(value, shape), value,
                             permutation);
}

Value tile(OpBuilder &builder, Location loc, Value input,
           ArrayRef<int64_t> multiples) {
  Shape shape(shapeOf(input));
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] = limited(__int128(shape[i]) * at(multiples, i));
  return TileOp::create(builder, loc, withShape(input, shape), input,
                        multiples);
}

Value gather(OpBuilder &builder, Location loc, Value input,
             ArrayRef<int64_t> indices, int64_t axis) {
  auto type = withShape(input, replaced(input, axis, indices.size()));
  return GatherOp::create(builder, loc, type, input, indices, axis);
}

Value lookup(OpBuilder &builder, Location loc, Value input, Value indices,
             bool wraps) {
  ArrayRef<int64_t> table = shapeOf(input), list = shapeOf(indices);
  auto type = withShape(
      input, {std::max(at(table, 0), at(list, 0)), at(list, 1), at(table, 2)});
  return LookupOp::create(builder, loc, type, input, indices, wraps);
}

Value resize(OpBuilder &builder, Location loc, ResizeMode mode, Value input,
             ArrayRef<int64_t> scale, ArrayRef<int64_t> offset,
             ArrayRef<int64_t> border) {
  Shape shape(shapeOf(input));
  for (int64_t axis : {0, 1}) {
    __int128 span = (__int128(at(shape, axis + 1)) - 1) * at(scale, 2 * axis) -
                    at(offset, axis) + at(border, axis);
    int64_t step = at(scale, 2 * axis + 1);
    if (axis + 1 < static_cast<int64_t>(shape.size()))
      shape[axis + 1] = span < 0 || step < 1 ? 0 : limited(span / step + 1);
  }
  return ResizeOp::create(builder, loc, withShape(input, shape), input, mode,
                          scale, offset, border);
}

Value argmax(OpBuilder &builder, Location loc, Value input, int64_t axis,
             Type element) {
  Shape shape(shapeOf(input));
  if (axis >= 0 && axis < static_cast<int64_t>(shape.size()))
    shape.erase(shape.begin() + axis);
  return ArgMaxOp::create(builder, loc, RankedTensorType::get(shape, element),
                          input, axis);
}

} // namespace qcc::qgraph::build
