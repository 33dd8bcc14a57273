// Operators that move elements and compute none.
#include "compiler/Import/Onnx/Operators.h"
#include "compiler/Import/Onnx/Selection.h"

namespace qcc::import::onnx {

/// Input 0 in another shape.
static llvm::Error setReshaped(Node &node, llvm::ArrayRef<int64_t> shape) {
  if (elementCount(shape) != elementCount(node.shape(0)))
    return node.fail("reshapes " + llvm::Twine(elementCount(node.shape(0))) +
                     " elements into " + llvm::Twine(elementCount(shape)));
  if (node.isConstant(0))
    return node.set(0, node.tensor(0).reshaped(shape));
  return node.set(0, node.reshape(node.value(0), shape), node.type(0));
}

llvm::Error importIdentity(Node &node) {
  return setReshaped(node, node.shape(0));
}

llvm::Error importDropout(Node &node) {
  if (node.has(2)) {
    auto training = node.real(2);
    if (!training)
      return training.takeError();
    if (*training != 0)
      return node.fail("is in training mode; only inference is supported");
  }
  if (node.wants(1)) {
    Tensor mask;
    mask.type = proto::TensorProto::BOOL;
    mask.shape = node.shape(0);
    mask.integers.assign(mask.size(), 1);
    if (llvm::Error error = node.set(1, std::move(mask)))
      return error;
  }
  return setReshaped(node, node.shape(0));
}

/// Between float types nothing happens: qgraph computes in f32. Constants are
/// converted by foldCast.
llvm::Error importCast(Node &node) {
  DataType to = static_cast<DataType>(node.integer("to", 0));
  if (node.proto.op_type() == "CastLike")
    to = node.type(1);
  bool areFloats = isFloatType(node.type(0)) && isFloatType(to);
  bool areIndices = isIndexType(node.type(0)) && isIndexType(to);
  if (!areFloats && !areIndices)
    return node.fail("converts " + typeName(node.type(0)) + " to " +
                     typeName(to) +
                     "; supported are float to float and int32 to or from "
                     "int64");
  return node.set(0, node.value(0), to);
}

/// 0 stands for the input's size, -1 for what is left.
llvm::Error importReshape(Node &node) {
  auto shape = node.ints(1);
  if (!shape)
    return shape.takeError();
  bool zeroIsSize = node.integer("allowzero", 0) != 0;
  std::optional<size_t> open;
  int64_t rest = 1;
  for (size_t i = 0; i < shape->size(); ++i) {
    int64_t &size = (*shape)[i];
    if (size == 0 && !zeroIsSize) {
      if (i >= node.shape(0).size())
        return node.fail("copies the size of axis " + llvm::Twine(i) +
                         ", which its input does not have");
      size = node.shape(0)[i];
    }
    if (size == -1 && !open) {
      open = i;
      continue;
    }
    if (size < 0)
      return node.fail("has the size " + llvm::Twine(size) + " in its shape");
    rest = elementCount({rest, size});
  }
  if (open)
    (*shape)[*open] = rest ? elementCount(node.shape(0)) / rest : 0;
  return setReshaped(node, *shape);
}

llvm::Error importFlatten(Node &node) {
  int64_t axis = node.integer("axis", 1), rank = node.rank(0);
  if (axis < -rank || axis > rank)
    return node.fail("has the axis " + llvm::Twine(axis) +
                     ", expected one in [" + llvm::Twine(-rank) + ", " +
                     llvm::Twine(rank) + "]");
  if (axis < 0)
    axis += rank;
  auto shape = llvm::ArrayRef(node.shape(0));
  return setReshaped(node, {elementCount(shape.take_front(axis)),
                            elementCount(shape.drop_front(axis))});
}

llvm::Error importSqueeze(Node &node) {
  auto given = node.attrOrInput("axes", 13, 1);
  if (!given)
    return given.takeError();
  auto axes = node.axes(*given, node.rank(0));
  if (!axes)
    return axes.takeError();
  Shape shape;
  for (int64_t axis = 0; axis < node.rank(0); ++axis) {
    int64_t size = node.shape(0)[axis];
    bool named = llvm::is_contained(*axes, axis);
    if (named && size != 1)
      return node.fail("removes axis " + llvm::Twine(axis) + " of size " +
                       llvm::Twine(size) + ", expected 1");
    if (!named && (size != 1 || !given->empty()))
      shape.push_back(size);
  }
  return setReshaped(node, shape);
}

llvm::Error importUnsqueeze(Node &node) {
  auto given = node.attrOrInput("axes", 13, 1);
  if (!given)
    return given.takeError();
  auto axes = node.axes(*given, node.rank(0) + given->size());
  if (!axes)
    return axes.takeError();
  Shape shape = node.shape(0);
  for (int64_t axis : *axes)
    shape.insert(shape.begin() + axis, 1);
  return setReshaped(node, shape);
}

llvm::Error importTranspose(Node &node) {
  Shape permutation = node.integers("perm");
  int64_t rank = node.rank(0);
  if (!node.hasAttr("perm"))
    for (int64_t axis = rank; axis-- > 0;)
      permutation.push_back(axis);
  auto axes = node.axes(permutation, rank);
  if (!axes)
    return axes.takeError();
  if (static_cast<int64_t>(axes->size()) != rank)
    return node.fail("permutes " + llvm::Twine(axes->size()) +
                     " axes of an input of rank " + llvm::Twine(rank));
  for (int64_t &axis : permutation)
    axis += axis < 0 ? rank : 0;
  if (node.isConstant(0))
    return node.set(0, node.tensor(0).transposed(permutation));
  return node.set(0, node.transpose(node.value(0), permutation), node.type(0));
}

llvm::Error importConcat(Node &node) {
  auto axis = node.axis(node.integer("axis", 1), node.rank(0));
  if (!axis)
    return axis.takeError();
  llvm::SmallVector<Value> parts;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (!node.has(i) || node.rank(i) != node.rank(0))
      return node.fail("joins inputs of different ranks");
    // Constants may be empty, values may not.
    if (node.shape(i)[*axis] != 0)
      parts.push_back(node.value(i));
  }
  if (parts.size() == 1)
    return node.set(0, parts.front(), node.type(0));
  return node.set(0, build::concat(node.builder, node.loc, parts, *axis),
                  node.type(0));
}

/// Sizes of equal parts; the last one may be smaller.
static llvm::Expected<Shape> splitSizes(Node &node, int64_t size) {
  auto given = node.attrOrInput("split", 13, 1);
  if (!given)
    return given.takeError();
  int64_t parts = node.integer("num_outputs", node.numOutputs());
  if (parts < 1 || parts > static_cast<int64_t>(node.numOutputs()) + 1)
    return node.fail("makes " + llvm::Twine(parts) + " parts");
  if (given->empty())
    for (int64_t i = 0, step = (size + parts - 1) / parts; i < parts; ++i)
      given->push_back(std::min(step, size - std::min(size, i * step)));
  int64_t sum = 0;
  for (int64_t part : *given)
    sum += part < 0 || part > size ? size + 1 : part;
  if (sum != size || given->size() < node.numOutputs())
    return node.fail("splits an axis of size " + llvm::Twine(size) +
                     " into parts that do not add up");
  return given;
}

llvm::Error importSplit(Node &node) {
  auto axis = node.axis(node.integer("axis", 0), node.rank(0));
  if (!axis)
    return axis.takeError();
  if (node.shape(0)[*axis] > maxFoldedElements)
    return node.fail("splits an axis of more than " +
                     llvm::Twine(maxFoldedElements) + " elements");
  auto sizes = splitSizes(node, node.shape(0)[*axis]);
  if (!sizes)
    return sizes.takeError();
  int64_t start = 0;
  for (size_t i = 0; i < node.numOutputs(); ++i) {
    Selection selection(node.rank(0));
    selection[*axis].emplace();
    for (int64_t k = 0; k < (*sizes)[i]; ++k)
      selection[*axis]->push_back(start + k);
    start += (*sizes)[i];
    if (node.wants(i))
      if (llvm::Error error = setSelected(node, selection, i))
        return error;
  }
  return llvm::Error::success();
}

/// Input 0 repeated so that it has the shape `shape`.
static llvm::Error setRepeated(Node &node, Shape from,
                               llvm::ArrayRef<int64_t> multiples) {
  Shape shape;
  Selection selection(from.size());
  for (size_t axis = 0; axis < from.size(); ++axis) {
    if (multiples[axis] < 0)
      return node.fail("repeats an axis " + llvm::Twine(multiples[axis]) +
                       " times");
    shape.push_back(elementCount({from[axis], multiples[axis]}));
  }
  if (elementCount(shape) > maxElements)
    return node.fail("makes a tensor of more than " + llvm::Twine(maxElements) +
                     " elements");
  if (!node.isConstant(0) || elementCount(shape) > maxFoldedElements) {
    Value value = node.reshape(node.value(0), from);
    if (shape != from)
      value = build::tile(node.builder, node.loc, value, multiples);
    return node.set(0, value, node.type(0));
  }
  for (size_t axis = 0; axis < from.size(); ++axis) {
    selection[axis].emplace();
    for (int64_t k = 0; k < shape[axis]; ++k)
      selection[axis]->push_back(k % from[axis]);
  }
  return node.set(0, select(node.tensor(0).reshaped(from), selection));
}

llvm::Error importExpand(Node &node) {
  auto given = node.ints(1);
  if (!given)
    return given.takeError();
  Shape shape = build::broadcastShape(node.shape(0), *given);
  Shape from = node.shape(0), multiples;
  from.insert(from.begin(), shape.size() - from.size(), 1);
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] < 1)
      return node.fail("expands to a shape that its input does not fit");
    multiples.push_back(from[axis] == shape[axis] ? 1 : shape[axis]);
  }
  return setRepeated(node, from, multiples);
}

llvm::Error importTile(Node &node) {
  auto repeats = node.ints(1);
  if (!repeats)
    return repeats.takeError();
  if (static_cast<int64_t>(repeats->size()) != node.rank(0))
    return node.fail("repeats " + llvm::Twine(repeats->size()) +
                     " axes of an input of rank " + llvm::Twine(node.rank(0)));
  return setRepeated(node, node.shape(0), *repeats);
}

/// [N,C,H,W] and a block size that divides what it must.
static llvm::Expected<int64_t> readBlock(Node &node, bool ofChannels) {
  int64_t block = node.integer("blocksize", 0);
  if (node.rank(0) != 4)
    return node.fail("has an input of rank " + llvm::Twine(node.rank(0)) +
                     ", expected 4");
  const Shape &shape = node.shape(0);
  bool fits = block > 0 && block < (1 << 15);
  if (fits)
    fits = ofChannels ? shape[1] % (block * block) == 0
                      : shape[2] % block == 0 && shape[3] % block == 0;
  if (!fits)
    return node.fail("has the blocksize " + llvm::Twine(block) +
                     ", which does not divide its input");
  return block;
}

llvm::Error importDepthToSpace(Node &node) {
  auto block = readBlock(node, /*ofChannels=*/true);
  if (!block)
    return block.takeError();
  std::string mode = node.text("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return node.fail("has the mode '" + mode + "', expected DCR or CRD");
  int64_t b = *block, n = node.shape(0)[0], h = node.shape(0)[2];
  int64_t w = node.shape(0)[3], c = node.shape(0)[1] / (b * b);
  Value x = node.value(0);
  if (mode == "DCR")
    x = node.transpose(node.reshape(x, {n, b, b, c, h, w}), {0, 3, 4, 1, 5, 2});
  else
    x = node.transpose(node.reshape(x, {n, c, b, b, h, w}), {0, 1, 4, 2, 5, 3});
  return node.set(node.reshape(x, {n, c, h * b, w * b}));
}

llvm::Error importSpaceToDepth(Node &node) {
  auto block = readBlock(node, /*ofChannels=*/false);
  if (!block)
    return block.takeError();
  int64_t b = *block, n = node.shape(0)[0], c = node.shape(0)[1];
  int64_t h = node.shape(0)[2] / b, w = node.shape(0)[3] / b;
  Value x = node.reshape(node.value(0), {n, c, h, b, w, b});
  x = node.transpose(x, {0, 3, 5, 1, 2, 4});
  return node.set(node.reshape(x, {n, c * b * b, h, w}));
}

} // namespace qcc::import::onnx
