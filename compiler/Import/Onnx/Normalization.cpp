// Normalization, with stored statistics or those of the input.
#include "compiler/Import/Onnx/Operators.h"

namespace qcc::import::onnx {

static Shape axesFrom(int64_t first, int64_t rank) {
  Shape axes;
  for (int64_t axis = first; axis < rank; ++axis)
    axes.push_back(axis);
  return axes;
}

/// Input `i` of one number per channel, against [N,C,...].
static llvm::Expected<Value> channelValue(Node &node, size_t i,
                                          int64_t channels, int64_t rank) {
  if (elementCount(node.shape(i)) != channels)
    return node.fail("has the input " + llvm::Twine(i) + " of " +
                     llvm::Twine(elementCount(node.shape(i))) +
                     " elements, expected " + llvm::Twine(channels));
  Shape shape(rank, 1);
  shape[1] = channels;
  if (node.isConstant(i))
    return node.constant(shape, node.tensor(i).floats());
  return node.reshape(node.value(i), shape);
}

llvm::Error importBatchNormalization(Node &node) {
  if (node.integer("training_mode", 0))
    return node.fail("is in training mode; only inference is supported");
  if (!node.integer("spatial", 1))
    return node.fail("has spatial 0; supported is 1");
  if (node.rank(0) < 2)
    return node.fail("has an input of rank " + llvm::Twine(node.rank(0)) +
                     ", expected at least 2");
  Value result = build::batchNorm(node.builder, node.loc,
                                  channelsLast(node, node.value(0)),
                                  node.value(1), node.value(2), node.value(3),
                                  node.value(4), node.number("epsilon", 1e-5f));
  return node.set(channelsFirst(node, result));
}

/// Input `i` with the shape `shape`, to which it may be broadcast.
static Value parameter(Node &node, size_t i, llvm::ArrayRef<int64_t> shape,
                       float otherwise) {
  if (!node.has(i))
    return node.splat(shape, otherwise);
  int64_t rank = shape.size();
  // Leading axes of size 1 say nothing.
  Shape given = node.shape(i);
  while (static_cast<int64_t>(given.size()) > rank && given.front() == 1)
    given.erase(given.begin());
  if (node.isConstant(i) && llvm::ArrayRef<int64_t>(given) == shape)
    return node.constant(shape, node.tensor(i).floats());
  if (llvm::ArrayRef<int64_t>(given) == shape)
    return node.reshape(node.value(i), shape);
  return {};
}

llvm::Error importLayerNormalization(Node &node) {
  int64_t rank = node.rank(0);
  auto axis = node.axis(node.integer("axis", -1), rank);
  if (!axis)
    return axis.takeError();
  if (node.integer("stash_type", 1) != 1)
    return node.fail("computes in another type than float");
  float epsilon = node.number("epsilon", 1e-5f);
  auto shape = llvm::ArrayRef(node.shape(0)).drop_front(*axis);
  Value x = node.value(0);
  Value gamma = parameter(node, 1, shape, 1);
  Value beta = parameter(node, 2, shape, 0);
  Value result;
  if (gamma && beta) {
    result = build::layerNorm(node.builder, node.loc, x, gamma, beta, *axis,
                              epsilon);
  } else {
    for (size_t i : {1, 2})
      if (node.has(i) &&
          build::broadcastShape(node.shape(0), node.shape(i)) != node.shape(0))
        return node.fail("has a " + llvm::Twine(i == 1 ? "scale" : "bias") +
                         " of shape " + textOf(node.shape(i)) + ", expected " +
                         textOf(shape) + " or what broadcasts to " +
                         textOf(node.shape(0)));
    Value plain =
        build::layerNorm(node.builder, node.loc, x, node.splat(shape, 1),
                         node.splat(shape, 0), *axis, epsilon);
    result = node.mul(plain, node.valueOfRank(1, rank));
    if (node.has(2))
      result = node.add(result, node.valueOfRank(2, rank));
  }
  if (llvm::Error error = node.set(result))
    return error;
  if (!node.wants(1) && !node.wants(2))
    return llvm::Error::success();
  Shape axes = axesFrom(*axis, rank);
  Value mean = node.reduce(ReduceKind::Mean, x, axes);
  Value rest = node.sub(x, mean);
  Value variance = node.reduce(ReduceKind::Mean, node.mul(rest, rest), axes);
  if (llvm::Error error = node.set(1, mean))
    return error;
  return node.set(2, node.unary(UnaryKind::Rsqrt, node.add(variance, epsilon)));
}

static llvm::Error setRms(Node &node, Value x, size_t scale, int64_t axis,
                          float epsilon) {
  auto shape = build::shapeOf(x).drop_front(axis);
  Value gamma = parameter(node, scale, shape, 1);
  if (!gamma)
    return node.fail("has a scale of another shape than the normalized axes");
  return node.set(
      build::rmsNorm(node.builder, node.loc, x, gamma, axis, epsilon));
}

/// SimplifiedLayerNormalization is another name of it.
llvm::Error importRMSNormalization(Node &node) {
  auto axis = node.axis(node.integer("axis", -1), node.rank(0));
  if (!axis)
    return axis.takeError();
  return setRms(node, node.value(0), 1, *axis, node.number("epsilon", 1e-5f));
}

/// Input + skip (+ bias, input `bias`), which is output 3, too.
static llvm::Expected<Value> skipSum(Node &node, size_t bias) {
  int64_t rank = node.rank(0);
  if (rank < 2 || node.rank(1) > rank ||
      build::broadcastShape(node.shape(0), node.shape(1)) != node.shape(0))
    return node.fail("has a skip that does not fit its input");
  Value sum = node.add(node.value(0), node.valueOfRank(1, rank));
  if (node.has(bias)) {
    if (node.shape(bias) != Shape{node.shape(0).back()})
      return node.fail("has a bias of another size than the last axis");
    sum = node.add(sum, node.valueOfRank(bias, rank));
  }
  if (node.wants(3))
    if (llvm::Error error = node.set(3, sum))
      return std::move(error);
  return sum;
}

/// com.microsoft: input, skip, gamma, beta, bias.
llvm::Error importSkipLayerNormalization(Node &node) {
  auto sum = skipSum(node, 4);
  if (!sum)
    return sum.takeError();
  int64_t axis = node.rank(0) - 1;
  auto shape = build::shapeOf(*sum).drop_front(axis);
  Value gamma = parameter(node, 2, shape, 1),
        beta = parameter(node, 3, shape, 0);
  if (!gamma || !beta)
    return node.fail("has a scale or bias of another size than the last axis");
  return node.set(build::layerNorm(node.builder, node.loc, *sum, gamma, beta,
                                   axis, node.number("epsilon", 1e-12f)));
}

/// com.microsoft: input, skip, gamma, bias.
llvm::Error importSkipSimplifiedLayerNormalization(Node &node) {
  auto sum = skipSum(node, 3);
  if (!sum)
    return sum.takeError();
  return setRms(node, *sum, 2, node.rank(0) - 1,
                node.number("epsilon", 1e-12f));
}

/// `x` [N,C,...] with the mean and variance of each of `groups` groups of
/// channels taken out.
static Value normalizeGroups(Node &node, Value x, int64_t groups,
                             float epsilon) {
  Shape shape(build::shapeOf(x));
  int64_t size = elementCount(shape) / shape[0] / groups;
  Value flat = node.reshape(x, {shape[0], groups, size});
  Value result =
      build::layerNorm(node.builder, node.loc, flat, node.splat({size}, 1),
                       node.splat({size}, 0), 2, epsilon);
  return node.reshape(result, shape);
}

static llvm::Error setScaled(Node &node, Value x, Value scale, Value shift) {
  return node.set(node.add(node.mul(x, scale), shift));
}

llvm::Error importInstanceNormalization(Node &node) {
  int64_t rank = node.rank(0);
  if (rank < 3)
    return node.fail("has an input of rank " + llvm::Twine(rank) +
                     ", expected at least 3");
  int64_t channels = node.shape(0)[1];
  auto scale = channelValue(node, 1, channels, rank);
  if (!scale)
    return scale.takeError();
  auto shift = channelValue(node, 2, channels, rank);
  if (!shift)
    return shift.takeError();
  Value x = normalizeGroups(node, node.value(0), channels,
                            node.number("epsilon", 1e-5f));
  return setScaled(node, x, *scale, *shift);
}

/// Scale and bias are one number per group up to opset 20, per channel since.
llvm::Error importGroupNormalization(Node &node) {
  int64_t rank = node.rank(0), groups = node.integer("num_groups", 0);
  if (rank < 3 || groups < 1 || node.shape(0)[1] % groups != 0)
    return node.fail("has " + llvm::Twine(groups) +
                     " groups of an input's channels");
  int64_t channels = node.shape(0)[1];
  Value x = normalizeGroups(node, node.value(0), groups,
                            node.number("epsilon", 1e-5f));
  Shape shape = node.shape(0);
  bool perGroup = node.opset < 21 && elementCount(node.shape(1)) == groups;
  if (perGroup) {
    Shape flat = {shape[0], groups, channels / groups};
    flat.append(shape.begin() + 2, shape.end());
    x = node.reshape(x, flat);
  }
  int64_t count = perGroup ? groups : channels;
  auto scale = channelValue(node, 1, count, perGroup ? rank + 1 : rank);
  if (!scale)
    return scale.takeError();
  auto shift = channelValue(node, 2, count, perGroup ? rank + 1 : rank);
  if (!shift)
    return shift.takeError();
  return node.set(node.reshape(node.add(node.mul(x, *scale), *shift), shape));
}

llvm::Error importLpNormalization(Node &node) {
  auto axis = node.axis(node.integer("axis", -1), node.rank(0));
  if (!axis)
    return axis.takeError();
  int64_t p = node.integer("p", 2);
  if (p != 1 && p != 2)
    return node.fail("has p " + llvm::Twine(p) + ", expected 1 or 2");
  Value x = node.value(0), norm;
  if (p == 1)
    norm = node.reduce(ReduceKind::Sum, node.unary(UnaryKind::Abs, x), {*axis});
  else
    norm = node.unary(UnaryKind::Sqrt,
                      node.reduce(ReduceKind::Sum, node.mul(x, x), {*axis}));
  return node.set(node.div(x, norm));
}

/// (x - mean) / (deviation + 1e-9).
llvm::Error importMeanVarianceNormalization(Node &node) {
  Shape given = node.integers("axes");
  if (!node.hasAttr("axes"))
    given = {0, 2, 3};
  auto axes = node.axes(given, node.rank(0));
  if (!axes)
    return axes.takeError();
  Value x = node.value(0);
  Value rest = node.sub(x, node.reduce(ReduceKind::Mean, x, *axes));
  Value variance = node.reduce(ReduceKind::Mean, node.mul(rest, rest), *axes);
  Value deviation = node.add(node.unary(UnaryKind::Sqrt, variance), 1e-9f);
  return node.set(node.div(rest, deviation));
}

} // namespace qcc::import::onnx
