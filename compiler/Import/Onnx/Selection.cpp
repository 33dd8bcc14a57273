#include "compiler/Import/Onnx/Selection.h"

#include "compiler/Import/Onnx/Operators.h"

namespace qcc::import::onnx {

Tensor select(const Tensor &tensor, const Selection &selection) {
  std::vector<int64_t> indices = {0};
  Shape shape;
  for (size_t axis = 0; axis < selection.size(); ++axis) {
    int64_t size = tensor.shape[axis];
    const auto &chosen = selection[axis];
    shape.push_back(chosen ? chosen->size() : size);
    std::vector<int64_t> longer;
    longer.reserve(indices.size() * shape.back());
    for (int64_t index : indices)
      for (int64_t k = 0; k < shape.back(); ++k)
        longer.push_back(index * size + (chosen ? (*chosen)[k] : k));
    indices = std::move(longer);
  }
  return tensor.pick(shape, indices);
}

/// The step between evenly spaced, growing indices; 0 when they are not.
static int64_t stepOf(llvm::ArrayRef<int64_t> indices) {
  if (indices.size() < 2)
    return 1;
  int64_t step = indices[1] - indices[0];
  for (size_t i = 1; i < indices.size(); ++i)
    if (indices[i] - indices[i - 1] != step)
      return 0;
  return std::max<int64_t>(step, 0);
}

Value select(Node &node, Value value, const Selection &selection) {
  Shape sizes(build::shapeOf(value)), starts(sizes.size(), 0);
  Shape whole = sizes, steps(sizes.size(), 1);
  for (size_t axis = 0; axis < selection.size(); ++axis) {
    if (!selection[axis] || selection[axis]->empty())
      continue;
    int64_t step = stepOf(*selection[axis]);
    if (!step)
      continue;
    starts[axis] = selection[axis]->front();
    sizes[axis] = selection[axis]->size();
    steps[axis] = step;
  }
  if (sizes != whole)
    value = build::slice(node.builder, node.loc, value, starts, sizes, steps);
  for (size_t axis = 0; axis < selection.size(); ++axis)
    if (selection[axis] &&
        (selection[axis]->empty() || !stepOf(*selection[axis])))
      value = node.gather(value, *selection[axis], axis);
  return value;
}

llvm::Error setSelected(Node &node, const Selection &selection, size_t i) {
  if (node.isConstant(0)) {
    Shape shape = node.shape(0);
    for (size_t axis = 0; axis < shape.size(); ++axis)
      if (selection[axis])
        shape[axis] = selection[axis]->size();
    if (elementCount(shape) > maxFoldedElements)
      return node.fail("computes a constant of too many elements");
    return node.set(i, select(node.tensor(0), selection));
  }
  return node.set(i, select(node, node.value(0), selection), node.type(0));
}

//===----------------------------------------------------------------------===//
// Slice, Gather, Pad
//===----------------------------------------------------------------------===//

/// The indices from `start` to `end`, which count from the end when negative
/// and are cut to the axis.
static std::vector<int64_t> sliceIndices(int64_t start, int64_t end,
                                         int64_t step, int64_t size) {
  auto inside = [&](int64_t index, int64_t low, int64_t high) {
    return std::clamp(index < 0 ? index + size : index, low, high);
  };
  std::vector<int64_t> indices;
  if (step > 0) {
    start = inside(start, 0, size);
    end = inside(end, 0, size);
    // The sum may overflow where no index follows.
    for (int64_t i = start; i < end; i += step) {
      indices.push_back(i);
      if (step >= end - i)
        break;
    }
  } else {
    start = inside(start, 0, size - 1);
    end = inside(end, -1, size - 1);
    for (int64_t i = start; i > end; i += step) {
      indices.push_back(i);
      if (step <= end - i)
        break;
    }
  }
  return indices;
}

/// Since opset 10 everything but the data are inputs.
llvm::Error importSlice(Node &node) {
  Shape parts[4]; // starts, ends, axes, steps
  static constexpr const char *names[] = {"starts", "ends", "axes"};
  for (size_t i = 0; i < 4; ++i) {
    if (node.opset < 10) {
      if (i < 3)
        parts[i] = node.integers(names[i]);
      continue;
    }
    if (!node.has(i + 1))
      continue;
    auto given = node.ints(i + 1);
    if (!given)
      return given.takeError();
    parts[i] = *given;
  }
  auto &[starts, ends, axes, steps] = parts;
  if (axes.empty())
    for (size_t i = 0; i < starts.size(); ++i)
      axes.push_back(i);
  if (steps.empty())
    steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size())
    return node.fail("has starts, ends, axes and steps of different lengths");
  if (auto sorted = node.axes(axes, node.rank(0)); !sorted)
    return sorted.takeError();
  Selection selection(node.rank(0));
  for (size_t i = 0; i < starts.size(); ++i) {
    int64_t axis = axes[i] < 0 ? axes[i] + node.rank(0) : axes[i];
    if (steps[i] == 0)
      return node.fail("has the step 0");
    // A size can hold fewer elements than 2^31, whatever the number says.
    constexpr int64_t far = int64_t(1) << 40;
    if (node.shape(0)[axis] > maxFoldedElements)
      return node.fail("selects from an axis of more than " +
                       llvm::Twine(maxFoldedElements) + " elements");
    selection[axis] = sliceIndices(
        std::clamp(starts[i], -far, far), std::clamp(ends[i], -far, far),
        std::clamp(steps[i], -far, far), node.shape(0)[axis]);
  }
  return setSelected(node, selection);
}

/// The shape of input 0 with that of the indices in the place of `axis`.
static Shape gatheredShape(const Node &node, int64_t axis) {
  Shape shape(node.shape(0).begin(), node.shape(0).begin() + axis);
  shape.append(node.shape(1).begin(), node.shape(1).end());
  shape.append(node.shape(0).begin() + axis + 1, node.shape(0).end());
  return shape;
}

/// Indices that are known at run time only. Those of a first axis keep their
/// own first axis apart, which counts samples as a rule.
static llvm::Error importLookup(Node &node, int64_t axis) {
  if (!isIndexType(node.type(1)))
    return node.fail("has indices of " + typeName(node.type(1)) +
                     "; expected int32 or int64");
  if (!isFloatType(node.type(0)))
    return node.fail("selects from " + typeName(node.type(0)) +
                     " by indices that are not constant; only float is "
                     "supported");
  Shape data = node.shape(0), indices = node.shape(1);
  Shape shape = gatheredShape(node, axis);
  if (elementCount(data) == 0)
    return node.fail("selects from an empty input");
  if (elementCount(shape) > maxElements)
    return node.fail("makes a tensor of more than " + llvm::Twine(maxElements) +
                     " elements");
  int64_t outer = elementCount(llvm::ArrayRef(data).take_front(axis));
  int64_t inner = elementCount(llvm::ArrayRef(data).drop_front(axis + 1));
  int64_t count = elementCount(indices);
  int64_t lists = outer == 1 && indices.size() > 1 ? indices.front() : 1;
  Shape tableShape = {outer, data[axis], inner};
  Value table = node.isConstant(0)
                    ? node.constant(node.tensor(0).reshaped(tableShape))
                    : node.reshape(node.value(0), tableShape);
  Value list = node.reshape(node.value(1), {lists, count / lists});
  Value taken =
      build::lookup(node.builder, node.loc, table, list, /*wraps=*/true);
  return node.set(0, node.reshape(taken, shape), node.type(0));
}

llvm::Error importGather(Node &node) {
  auto axis = node.axis(node.integer("axis", 0), node.rank(0));
  if (!axis)
    return axis.takeError();
  if (!node.isConstant(1))
    return importLookup(node, *axis);
  auto indices = node.ints(1);
  if (!indices)
    return indices.takeError();
  int64_t size = node.shape(0)[*axis];
  Selection selection(node.rank(0));
  selection[*axis].emplace();
  for (int64_t index : *indices) {
    if (index < -size || index >= size)
      return node.fail("has the index " + llvm::Twine(index) +
                       " into an axis of size " + llvm::Twine(size));
    selection[*axis]->push_back(index < 0 ? index + size : index);
  }
  Shape shape = gatheredShape(node, *axis);
  if (elementCount(shape) > maxElements)
    return node.fail("makes a tensor of more than " + llvm::Twine(maxElements) +
                     " elements");
  if (node.isConstant(0))
    return node.set(0, select(node.tensor(0), selection).reshaped(shape));
  Value value = select(node, node.value(0), selection);
  return node.set(0, node.reshape(value, shape), node.type(0));
}

/// Where the element at `i`, outside of [0, size), comes from.
static int64_t sourceOf(int64_t i, int64_t size, llvm::StringRef mode) {
  if (mode == "edge")
    return std::clamp<int64_t>(i, 0, size - 1);
  if (mode == "wrap")
    return (i % size + size) % size;
  // reflect: the edge is not repeated.
  int64_t period = std::max<int64_t>(1, 2 * (size - 1));
  i = (i % period + period) % period;
  return i < size ? i : period - i;
}

namespace {
struct Padding {
  Shape before, after;
  std::string mode;
  float value = 0;
};
} // namespace

/// Since opset 11 pads and value are inputs, since 18 there may be axes.
static llvm::Expected<Padding> readPadding(Node &node) {
  Padding result;
  result.mode = node.text("mode", "constant");
  auto pads = node.attrOrInput("pads", 11, 1);
  if (!pads)
    return pads.takeError();
  result.value = node.number("value", 0);
  if (node.opset >= 11 && node.has(2)) {
    auto value = node.real(2);
    if (!value)
      return value.takeError();
    result.value = static_cast<float>(*value);
  }
  int64_t rank = node.rank(0);
  Shape axes;
  if (node.has(3)) {
    auto given = node.ints(3);
    if (!given)
      return given.takeError();
    if (auto sorted = node.axes(*given, rank); !sorted)
      return sorted.takeError();
    for (int64_t axis : *given)
      axes.push_back(axis < 0 ? axis + rank : axis);
  } else {
    for (int64_t axis = 0; axis < rank; ++axis)
      axes.push_back(axis);
  }
  if (pads->size() != 2 * axes.size())
    return node.fail("has " + llvm::Twine(pads->size()) + " pads, expected " +
                     llvm::Twine(2 * axes.size()));
  result.before.assign(rank, 0);
  result.after.assign(rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    result.before[axes[i]] = (*pads)[i];
    result.after[axes[i]] = (*pads)[i + axes.size()];
  }
  for (int64_t pad : *pads)
    if (std::abs(pad) > maxElements)
      return node.fail("has the pad " + llvm::Twine(pad));
  return result;
}

llvm::Error importPad(Node &node) {
  auto padding = readPadding(node);
  if (!padding)
    return padding.takeError();
  const std::string &mode = padding->mode;
  if (mode != "constant" && mode != "reflect" && mode != "edge" &&
      mode != "wrap")
    return node.fail("has the mode '" + mode +
                     "', expected constant, reflect, edge or wrap");
  bool constant = mode == "constant";
  Selection selection(node.rank(0));
  Shape low, high;
  bool padded = false;
  int64_t elements = 1;
  for (int64_t axis = 0; axis < node.rank(0); ++axis) {
    int64_t size = node.shape(0)[axis];
    int64_t before = padding->before[axis], after = padding->after[axis];
    elements =
        elementCount({elements, std::max<int64_t>(0, size + before + after)});
    // Negative pads crop.
    low.push_back(std::max<int64_t>(before, 0));
    high.push_back(std::max<int64_t>(after, 0));
    padded |= low.back() || high.back();
    if (elements > maxElements)
      return node.fail("makes a tensor of more than " +
                       llvm::Twine(maxElements) + " elements");
    if (before == 0 && after == 0)
      continue;
    if (size + before + after > maxFoldedElements)
      return node.fail("pads an axis to more than " +
                       llvm::Twine(maxFoldedElements) + " elements");
    selection[axis].emplace();
    for (int64_t i = constant ? std::max<int64_t>(0, -before) : -before,
                 end = size + (constant ? std::min<int64_t>(0, after) : after);
         i < end; ++i)
      selection[axis]->push_back(sourceOf(i, size, mode));
  }
  Value value = select(node, node.value(0), selection);
  if (constant && padded)
    value =
        build::pad(node.builder, node.loc, value, low, high, padding->value);
  return node.set(value);
}

} // namespace qcc::import::onnx
