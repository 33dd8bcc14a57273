// Convolutions and products of matrices.
#include "compiler/Import/Onnx/Operators.h"
#include "compiler/Import/Onnx/Windows.h"

namespace qcc::import::onnx {
namespace {

/// A convolution's filter [M,C,...] as [M,KH,KW,C]; constants are permuted
/// here.
Value filterOf(Node &node, size_t i) {
  if (!node.isConstant(i))
    return toImage(node, node.value(i));
  Tensor last = node.rank(i) == 3 ? node.tensor(i).transposed({0, 2, 1})
                                  : node.tensor(i).transposed({0, 2, 3, 1});
  Shape shape = last.shape;
  if (shape.size() == 3)
    shape.insert(shape.begin() + 1, 1);
  return node.constant(last.reshaped(shape));
}

Value biasOf(Node &node, size_t i, int64_t channels) {
  return node.has(i) ? node.value(i) : node.splat({channels}, 0);
}

llvm::Error checkImages(Node &node) {
  if (node.rank(0) != 3 && node.rank(0) != 4)
    return node.fail("has an input of rank " + llvm::Twine(node.rank(0)) +
                     "; supported are 3 and 4");
  if (node.rank(1) != node.rank(0))
    return node.fail("has a filter of rank " + llvm::Twine(node.rank(1)) +
                     ", expected " + llvm::Twine(node.rank(0)));
  if (llvm::is_contained(node.shape(1), 0))
    return node.fail("has an empty filter");
  return llvm::Error::success();
}

/// The filter of one group of a transposed convolution, [C,M,...] as
/// [M,KH,KW,C].
Value transposedFilter(Node &node, Value filter) {
  if (build::shapeOf(filter).size() == 3) {
    auto shape = build::shapeOf(filter);
    filter = node.reshape(filter, {shape[0], shape[1], 1, shape[2]});
  }
  return node.transpose(filter, {1, 2, 3, 0});
}

/// `filter` with `dilation - 1` zeros between its elements; none when these are
/// too many.
Tensor spread(const Tensor &filter, llvm::ArrayRef<int64_t> dilations) {
  Tensor result;
  result.shape = filter.shape;
  Shape &shape = result.shape;
  for (size_t axis = 2; axis < shape.size(); ++axis)
    shape[axis] = (shape[axis] - 1) * dilations[axis - 2] + 1;
  if (result.size() > maxFoldedElements)
    return result;
  result.reals.assign(result.size(), 0);
  Shape position(shape.size(), 0);
  for (int64_t i = 0, size = filter.size(); i < size; ++i) {
    int64_t at = 0;
    for (size_t axis = 0; axis < shape.size(); ++axis)
      at = at * shape[axis] +
           position[axis] * (axis < 2 ? 1 : dilations[axis - 2]);
    result.reals[at] = filter.real(i);
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (++position[axis] < filter.shape[axis])
        break;
      position[axis] = 0;
    }
  }
  return result;
}

/// What is added around the result, from the attributes of ConvTranspose.
llvm::Expected<Shape> transposedPads(Node &node, const Window &window) {
  size_t axes = window.kernel.size();
  Shape added = node.integers("output_padding");
  added.resize(axes, 0);
  Shape wanted = node.integers("output_shape");
  if (!wanted.empty() && wanted.size() != axes)
    return node.fail("has an output_shape of " + llvm::Twine(wanted.size()) +
                     " sizes, expected " + llvm::Twine(axes));
  std::string mode = node.text("auto_pad", "NOTSET");
  Shape result;
  for (size_t axis = 0; axis < axes; ++axis) {
    int64_t in = node.shape(0)[axis + 2];
    int64_t before = window.before[axis];
    int64_t whole = window.strides[axis] * (in - 1) + window.extent(axis);
    int64_t out = whole + added[axis] - before - window.after[axis];
    if (!wanted.empty() || mode == "SAME_UPPER" || mode == "SAME_LOWER") {
      out = wanted.empty() ? in * window.strides[axis] : wanted[axis];
      int64_t total = std::max<int64_t>(0, whole + added[axis] - out);
      before = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
    }
    result.append({-before, out - whole + before});
  }
  if (axes == 1)
    result.insert(result.begin(), {0, 0});
  return result;
}

Value transposeConvGroup(Node &node, Value image, Value filter, Value bias,
                         const Window &window, llvm::ArrayRef<int64_t> pads) {
  return build::transposeConv2d(node.builder, node.loc, image,
                                transposedFilter(node, filter), bias,
                                window.strides2(), pads);
}

} // namespace

llvm::Error importConv(Node &node) {
  if (llvm::Error error = checkImages(node))
    return error;
  auto window = readWindow(node, llvm::ArrayRef(node.shape(1)).drop_front(2));
  if (!window)
    return window.takeError();
  int64_t groups = node.integer("group", 1);
  Value image = toImage(node, node.value(0));
  Value result =
      build::conv2d(node.builder, node.loc, image, filterOf(node, 1),
                    biasOf(node, 2, node.shape(1)[0]), window->strides2(),
                    window->pads2(), window->dilations2(), groups);
  return node.set(fromImage(node, result, node.rank(0)));
}

llvm::Error importConvTranspose(Node &node) {
  if (llvm::Error error = checkImages(node))
    return error;
  auto window = readWindow(node, llvm::ArrayRef(node.shape(1)).drop_front(2),
                           /*transposed=*/true);
  if (!window)
    return window.takeError();
  auto pads = transposedPads(node, *window);
  if (!pads)
    return pads.takeError();
  bool dilated =
      llvm::any_of(window->dilations, [](int64_t d) { return d > 1; });
  if (dilated && !node.isConstant(1))
    return node.fail("has dilations and a filter that is not constant");
  Tensor given;
  if (node.isConstant(1))
    given = spread(node.tensor(1), window->dilations);
  if (node.isConstant(1) && given.reals.empty())
    return node.fail("has a filter of too many elements");
  Value filter = node.isConstant(1) ? node.constant(given.shape, given.floats())
                                    : node.value(1);
  int64_t groups = node.integer("group", 1);
  int64_t in = node.shape(1)[0], out = node.shape(1)[1];
  if (groups < 1 || in % groups != 0)
    return node.fail("has " + llvm::Twine(groups) + " groups of " +
                     llvm::Twine(in) + " channels");
  Value image = toImage(node, node.value(0));
  Value bias = biasOf(node, 2, out * groups);
  llvm::SmallVector<Value> parts;
  for (int64_t g = 0; g < groups; ++g) {
    if (groups == 1) {
      parts.push_back(
          transposeConvGroup(node, image, filter, bias, *window, *pads));
      break;
    }
    int64_t size = in / groups;
    parts.push_back(
        transposeConvGroup(node, node.slice(image, 3, g * size, size),
                           node.slice(filter, 0, g * size, size),
                           node.slice(bias, 0, g * out, out), *window, *pads));
  }
  Value result = parts.size() == 1
                     ? parts.front()
                     : build::concat(node.builder, node.loc, parts, 3);
  return node.set(fromImage(node, result, node.rank(0)));
}

//===----------------------------------------------------------------------===//
// Products of matrices
//===----------------------------------------------------------------------===//

/// Constant rows [N,K] as a filter, scaled.
static Value filterOfRows(Node &node, const Tensor &rows, double scale) {
  Tensor filter = rows.reshaped({rows.shape[0], 1, 1, rows.shape[1]});
  if (scale == 1)
    return node.constant(filter);
  std::vector<float> values = filter.floats();
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(filter.real(i) * scale);
  return node.constant(filter.shape, values);
}

/// A bias of one number per column, when C of a Gemm is that; else null.
static Value columnBias(Node &node, int64_t columns, double scale) {
  if (!node.has(2))
    return node.splat({columns}, 0);
  if (!node.isConstant(2))
    return {};
  const Tensor &c = node.tensor(2);
  bool isRow =
      c.size() == columns && (c.shape.empty() || c.shape.back() == columns);
  if (!isRow && c.size() != 1)
    return {};
  if (isRow && scale == 1)
    return node.constant(c.reshaped({columns}));
  std::vector<float> values(columns);
  for (int64_t i = 0; i < columns; ++i)
    values[i] = static_cast<float>(c.real(c.size() == 1 ? 0 : i) * scale);
  return node.constant({columns}, values);
}

llvm::Error importGemm(Node &node) {
  if (node.rank(0) != 2 || node.rank(1) != 2)
    return node.fail("has inputs of ranks " + llvm::Twine(node.rank(0)) +
                     " and " + llvm::Twine(node.rank(1)) + ", expected 2");
  float alpha = node.number("alpha", 1), beta = node.number("beta", 1);
  bool turned = node.integer("transB", 0) != 0;
  Value lhs = node.value(0);
  if (node.integer("transA", 0))
    lhs = node.transpose(lhs, {1, 0});
  int64_t columns = node.shape(1)[turned ? 0 : 1];
  Value bias = columnBias(node, columns, beta);
  Value result;
  if (node.isConstant(1)) {
    Tensor rows = turned ? node.tensor(1) : node.tensor(1).transposed({1, 0});
    result = linear(node, lhs, filterOfRows(node, rows, alpha),
                    bias ? bias : node.splat({columns}, 0));
  } else {
    Value rhs = node.value(1);
    if (turned)
      rhs = node.transpose(rhs, {1, 0});
    auto left = build::shapeOf(lhs), right = build::shapeOf(rhs);
    result = build::matmul(node.builder, node.loc,
                           node.reshape(lhs, {1, left[0], left[1]}),
                           node.reshape(rhs, {1, right[0], right[1]}));
    result = node.reshape(result, {left[0], right[1]});
    if (alpha != 1)
      result = node.mul(result, alpha);
    if (bias && node.has(2))
      result = node.add(result, bias);
  }
  if (!bias) {
    Value c = node.value(2);
    result = node.add(result, beta == 1 ? c : node.mul(c, beta));
  }
  return node.set(result);
}

/// `value` [...,R,C] with leading axes `batch`, as [B,R,C].
static Value batched(Node &node, Value value, llvm::ArrayRef<int64_t> batch) {
  int64_t rank = batch.size() + 2;
  value = build::expandRank(node.builder, node.loc, value, rank);
  Shape shape(build::shapeOf(value)), multiples(rank, 1);
  for (size_t axis = 0; axis < batch.size(); ++axis)
    if (shape[axis] != batch[axis])
      multiples[axis] = batch[axis];
  if (llvm::any_of(multiples, [](int64_t n) { return n != 1; }))
    value = build::tile(node.builder, node.loc, value, multiples);
  return node.reshape(value,
                      {elementCount(batch), shape[rank - 2], shape[rank - 1]});
}

llvm::Error importMatMul(Node &node) {
  if (node.rank(0) == 0 || node.rank(1) == 0)
    return node.fail("has an input of rank 0, expected at least 1");
  Shape left = node.shape(0), right = node.shape(1);
  bool row = left.size() == 1, column = right.size() == 1;
  if (row)
    left.insert(left.begin(), 1);
  if (column)
    right.push_back(1);
  if (left.back() != right[right.size() - 2])
    return node.fail("multiplies " + llvm::Twine(left.back()) + " columns by " +
                     llvm::Twine(right[right.size() - 2]) + " rows");
  Shape batch = build::broadcastShape(llvm::ArrayRef(left).drop_back(2),
                                      llvm::ArrayRef(right).drop_back(2));
  Shape shape = batch;
  if (!row)
    shape.push_back(left[left.size() - 2]);
  if (!column)
    shape.push_back(right.back());
  if (node.isConstant(1) && right.size() == 2) {
    Tensor rows = node.tensor(1).reshaped(right).transposed({1, 0});
    Value result =
        linear(node, node.reshape(node.value(0), left),
               filterOfRows(node, rows, 1), node.splat({right.back()}, 0));
    return node.set(node.reshape(result, shape));
  }
  Value lhs = batched(node, node.reshape(node.value(0), left), batch);
  Value rhs = batched(node, node.reshape(node.value(1), right), batch);
  Value result = build::matmul(node.builder, node.loc, lhs, rhs);
  return node.set(node.reshape(result, shape));
}

} // namespace qcc::import::onnx
