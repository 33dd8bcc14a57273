// Ops that move elements, and reductions.
#include "compiler/Import/Tflite/Importer.h"

#include <cmath>
#include <numeric>

using namespace mlir;

namespace qcc::import::tflite {
namespace {

constexpr uint8_t concatenationOptions = 10, spaceToDepthOptions = 19,
                  stridedSliceOptions = 32, packOptions = 59,
                  unpackOptions = 64, mirrorPadOptions = 77,
                  depthToSpaceOptions = 94;

} // namespace

/// `axis` from the front; nothing after an error.
std::optional<int64_t> Importer::axisOf(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  fail("has axis " + Twine(axis) + " of " + Twine(rank));
  return std::nullopt;
}

/// RESHAPE, SQUEEZE and EXPAND_DIMS: the file states the result's shape.
Value Importer::reshape() {
  if (isConstant(0))
    return foldBytes(input(0)->data->vec());
  Value in = operand(0);
  if (!in || !keepsType())
    return {};
  if (build::typeOf(in).getNumElements() != output().elements())
    return fail("has " + Twine(build::typeOf(in).getNumElements()) +
                " elements, its output " + Twine(output().elements()));
  return build::reshape(builder, loc, in, output().shape);
}

Value Importer::transpose() {
  Value in = operand(0);
  auto order = integers(1);
  if (!in || !order || !keepsType())
    return {};
  std::vector<int64_t> seen(*order);
  llvm::sort(seen);
  for (size_t i = 0; i < seen.size(); ++i)
    if (seen[i] != static_cast<int64_t>(i) ||
        seen.size() != build::shapeOf(in).size())
      return fail("has a permutation that is none");
  return build::transpose(builder, loc, in, *order);
}

Value Importer::pad() {
  Value in = operand(0);
  auto amounts = integers(1);
  if (!in || !amounts || !keepsType())
    return {};
  size_t rank = build::shapeOf(in).size();
  SmallVector<int64_t> low, high;
  for (size_t i = 0; i + 1 < amounts->size(); i += 2) {
    low.push_back((*amounts)[i]);
    high.push_back((*amounts)[i + 1]);
  }
  if (low.size() != rank || amounts->size() != 2 * rank ||
      llvm::any_of(*amounts, [](int64_t n) { return n < 0 || n > 1 << 20; }))
    return fail("needs two amounts from 0 for each axis");
  float value = 0;
  if (hasInput(2)) {
    auto number = reals(2);
    if (!number || number->size() != 1)
      return fail("needs one number to pad with");
    value = number->front();
  }
  return build::pad(builder, loc, in, low, high, value);
}

/// REFLECT leaves the border out, SYMMETRIC repeats it.
Value Importer::mirrorPad() {
  auto *o = network.options<MirrorPadOptions>(*op, mirrorPadOptions);
  Value in = operand(0);
  auto amounts = integers(1);
  if (!in || !amounts || !o || !keepsType())
    return fail("needs options");
  SmallVector<int64_t> shape(build::shapeOf(in));
  if (amounts->size() != 2 * shape.size())
    return fail("needs two amounts for each axis");
  int64_t border = o->mode() == 0 ? 0 : 1;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    int64_t before = (*amounts)[2 * axis], after = (*amounts)[2 * axis + 1];
    int64_t size = shape[axis], most = size - 1 + border;
    if (before < 0 || after < 0 || before > most || after > most)
      return fail("pads axis " + Twine(axis) + " by " + Twine(before) +
                  " and " + Twine(after) + ", expected at most " + Twine(most));
    if (before == 0 && after == 0)
      continue;
    if (!mayIndex(size))
      return {};
    SmallVector<int64_t> indices;
    for (int64_t i = -before; i < size + after; ++i)
      indices.push_back(i < 0      ? -i - border
                        : i < size ? i
                                   : 2 * size - 2 - i + border);
    in = build::gather(builder, loc, in, indices, axis);
  }
  return in;
}

Value Importer::slice() {
  Value in = operand(0);
  auto begin = integers(1), size = integers(2);
  if (!in || !begin || !size || !keepsType())
    return {};
  ArrayRef<int64_t> shape = build::shapeOf(in);
  if (begin->size() != shape.size() || size->size() != shape.size())
    return fail("needs a begin and a size for each axis");
  for (size_t i = 0; i < shape.size(); ++i) {
    if ((*size)[i] == -1)
      (*size)[i] = shape[i] - (*begin)[i];
    if ((*begin)[i] < 0 || (*size)[i] < 1 || (*size)[i] > shape[i] ||
        (*begin)[i] > shape[i] - (*size)[i])
      return fail("takes " + Twine((*size)[i]) + " elements from " +
                  Twine((*begin)[i]) + " of " + Twine(shape[i]));
  }
  return build::slice(builder, loc, in, *begin, *size,
                      SmallVector<int64_t>(shape.size(), 1));
}

bool Importer::mayIndex(int64_t size) {
  if (size <= int64_t(1) << 24)
    return true;
  fail("has an axis of " + Twine(size) + " elements, expected at most 2^24");
  return false;
}

namespace {

/// For each axis of the operand the number of its begin, end and stride; -1
/// where the whole axis is taken. An ellipsis stands for as many axes as the
/// others leave, a new axis for none. Nothing when they do not fit.
std::optional<SmallVector<int64_t>> axesOfSlice(const StridedSliceOptions &o,
                                                size_t given, size_t rank) {
  auto isSet = [](int32_t mask, size_t i) { return i < 32 && mask >> i & 1; };
  size_t named = 0;
  for (size_t i = 0; i < given; ++i)
    named += !isSet(o.ellipsis_mask(), i) && !isSet(o.new_axis_mask(), i);
  if (given > 32 || named > rank)
    return std::nullopt;
  SmallVector<int64_t> axes;
  bool seen = false;
  for (size_t i = 0; i < given; ++i) {
    if (isSet(o.ellipsis_mask(), i)) {
      if (seen)
        return std::nullopt;
      axes.append(rank - named, -1);
      seen = true;
    } else if (!isSet(o.new_axis_mask(), i)) {
      axes.push_back(static_cast<int64_t>(i));
    }
  }
  axes.resize(rank, -1);
  return axes;
}

/// The indices from `first` on that lie before `last`.
SmallVector<int64_t> indicesBetween(int64_t first, int64_t last,
                                    int64_t stride) {
  SmallVector<int64_t> taken;
  for (int64_t i = first; stride > 0 ? i < last : i > last; i += stride)
    taken.push_back(i);
  return taken;
}

} // namespace

std::optional<SmallVector<SmallVector<int64_t>>>
Importer::slicedIndices(ArrayRef<int64_t> shape) {
  auto *o = network.options<StridedSliceOptions>(*op, stridedSliceOptions);
  auto begin = integers(1), end = integers(2), step = integers(3);
  if (!begin || !end || !step || !o) {
    fail("needs options");
    return std::nullopt;
  }
  auto axes = axesOfSlice(*o, begin->size(), shape.size());
  if (!axes || end->size() != begin->size() || step->size() != begin->size()) {
    fail("needs begin, end and stride for the same axes");
    return std::nullopt;
  }
  SmallVector<SmallVector<int64_t>> indices;
  for (auto [axis, number] : llvm::enumerate(*axes)) {
    int64_t size = shape[axis];
    bool whole = number < 0;
    int64_t stride = whole ? 1 : (*step)[number];
    if (!mayIndex(size))
      return std::nullopt;
    if (stride == 0 || size == 0) {
      fail("has a stride of 0 or an empty axis");
      return std::nullopt;
    }
    bool back = stride < 0;
    auto place = [&](int64_t value) {
      return std::clamp<int64_t>(value < 0 ? value + size : value,
                                 back ? -1 : 0, back ? size - 1 : size);
    };
    bool one = !whole && (o->shrink_axis_mask() >> number & 1);
    bool open = whole || ((o->begin_mask() >> number & 1) && !one);
    int64_t first = open ? (back ? size - 1 : 0) : place((*begin)[number]);
    int64_t last = back ? -1 : size;
    if (one) {
      stride = 1;
      last = first + 1;
    } else if (!whole && !(o->end_mask() >> number & 1)) {
      // An end that is an offset counts from the first.
      last = o->offset()
                 ? std::clamp<int64_t>(first + (*end)[number], back ? -1 : 0,
                                       back ? size - 1 : size)
                 : place((*end)[number]);
    }
    SmallVector<int64_t> taken = indicesBetween(first, last, stride);
    if (taken.empty() || taken.front() < 0 || taken.back() >= size) {
      fail("takes nothing of axis " + Twine(axis));
      return std::nullopt;
    }
    indices.push_back(std::move(taken));
  }
  return indices;
}

Value Importer::take(Value in, ArrayRef<SmallVector<int64_t>> indices) {
  SmallVector<int64_t> starts, sizes, strides;
  for (auto [axis, taken] : llvm::enumerate(indices)) {
    int64_t stride = taken.size() > 1 ? taken[1] - taken[0] : 1;
    if (stride < 0) {
      in = build::gather(builder, loc, in, taken, axis);
      starts.push_back(0);
      stride = 1;
    } else {
      starts.push_back(taken.front());
    }
    sizes.push_back(taken.size());
    strides.push_back(stride);
  }
  if (ArrayRef(sizes) == build::shapeOf(in))
    return in;
  return build::slice(builder, loc, in, starts, sizes, strides);
}

Value Importer::stridedSlice() {
  const TensorInfo *from = input(0);
  if (!from || !keepsType())
    return fail("lacks its operand");
  auto indices = slicedIndices(from->shape);
  if (!indices)
    return {};
  if (from->data && !from->isQuantized() &&
      from->type != ElementType::Float32 && from->shape.size() == 1) {
    auto numbers = integers(0);
    std::vector<int64_t> taken;
    for (int64_t i : indices->front())
      taken.push_back(numbers ? (*numbers)[i] : 0);
    return numbers ? fold(ArrayRef<int64_t>(taken)) : Value();
  }
  Value in = operand(0);
  if (!in)
    return {};
  in = take(in, *indices);
  if (build::typeOf(in).getNumElements() != output().elements())
    return fail("has an output of another size than it takes");
  return build::reshape(builder, loc, in, output().shape);
}

/// All operands' integers, one after another.
Value Importer::foldJoined() {
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < op->inputs.size(); ++i) {
    auto part = integers(i);
    if (!part)
      return {};
    numbers.insert(numbers.end(), part->begin(), part->end());
  }
  return fold(ArrayRef<int64_t>(numbers));
}

Value Importer::concatenation() {
  auto *o = network.options<ConcatenationOptions>(*op, concatenationOptions);
  if (!o || op->inputs.empty())
    return fail("needs options and operands");
  auto axis = axisOf(o->axis(), output().shape.size());
  if (!axis)
    return {};
  bool whole = !isQuantizedOp() && output().type != ElementType::Float32;
  if (whole && output().shape.size() == 1)
    return foldJoined();
  SmallVector<Value> parts;
  for (size_t i = 0; i < op->inputs.size(); ++i) {
    Value part = operand(i);
    if (!part)
      return {};
    if (build::shapeOf(part).size() != output().shape.size())
      return fail("has operands of different rank");
    Type element = build::typeOf(part).getElementType();
    if (isQuantizedOp() && element != elementType(output())) {
      if (!isa<quant::QuantizedType>(element))
        return fail("joins codes and floats");
      part = output().type == ElementType::UInt8
                 ? rescaleTable(i, part)
                 : typed(qgraph::RequantizeOp::create(builder, loc,
                                                      part.getType(), part));
      if (!part)
        return {};
    }
    parts.push_back(part);
  }
  Value joined = build::concat(builder, loc, parts, *axis);
  return activate(joined,
                  static_cast<Activation>(o->fused_activation_function()));
}

/// SPLIT (axis, value) and SPLIT_V (value, sizes, axis); the outputs' shapes
/// tell the sizes.
Value Importer::split() {
  bool sized = op->code == Builtin::SplitV;
  auto number = integers(sized ? 2 : 0);
  Value in = operand(sized ? 0 : 1);
  if (!in || !number || number->size() != 1 || !keepsType(sized ? 0 : 1))
    return fail("needs one constant axis");
  auto axis = axisOf(number->front(), build::shapeOf(in).size());
  if (!axis)
    return {};
  int64_t start = 0, whole = build::shapeOf(in)[*axis];
  SmallVector<Value> parts;
  for (size_t i = 0; i < op->outputs.size(); ++i) {
    const TensorInfo &made = output(i);
    if (made.shape.size() != build::shapeOf(in).size() ||
        made.shape[*axis] < 1 || made.shape[*axis] > whole - start)
      return fail("has outputs that are no parts of its input");
    parts.push_back(
        build::sliceAxis(builder, loc, in, *axis, start, made.shape[*axis]));
    start += made.shape[*axis];
  }
  furtherResults.append(parts.begin() + 1, parts.end());
  return parts.front();
}

Value Importer::pack() {
  auto *o = network.options<PackOptions>(*op, packOptions);
  if (!o || op->inputs.empty())
    return fail("needs options and operands");
  auto axis = axisOf(o->axis(), output().shape.size());
  if (!axis)
    return {};
  bool whole = !isQuantizedOp() && output().type != ElementType::Float32;
  if (whole && output().shape.size() == 1)
    return foldJoined();
  SmallVector<int64_t, 4> shape(output().shape);
  shape[*axis] = 1;
  SmallVector<Value> parts;
  for (size_t i = 0; i < op->inputs.size(); ++i) {
    Value part = operand(i);
    if (!part || !keepsType(i))
      return {};
    if (build::typeOf(part).getNumElements() !=
        std::accumulate(shape.begin(), shape.end(), int64_t(1),
                        std::multiplies<int64_t>()))
      return fail("has operands of different size");
    parts.push_back(build::reshape(builder, loc, part, shape));
  }
  return build::concat(builder, loc, parts, *axis);
}

Value Importer::unpack() {
  auto *o = network.options<UnpackOptions>(*op, unpackOptions);
  Value in = operand(0);
  if (!in || !o || !keepsType())
    return fail("needs options");
  auto axis = axisOf(o->axis(), build::shapeOf(in).size());
  if (!axis)
    return {};
  if (build::shapeOf(in)[*axis] != static_cast<int64_t>(op->outputs.size()))
    return fail("has " + Twine(op->outputs.size()) + " outputs, expected " +
                Twine(build::shapeOf(in)[*axis]));
  SmallVector<int64_t> shape(build::shapeOf(in));
  shape.erase(shape.begin() + *axis);
  SmallVector<Value> parts;
  for (size_t i = 0; i < op->outputs.size(); ++i)
    parts.push_back(build::reshape(
        builder, loc, build::sliceAxis(builder, loc, in, *axis, i, 1), shape));
  furtherResults.append(parts.begin() + 1, parts.end());
  return parts.front();
}

Value Importer::tile() {
  Value in = operand(0);
  auto multiples = integers(1);
  if (!in || !multiples || !keepsType())
    return {};
  if (multiples->size() != build::shapeOf(in).size() ||
      llvm::any_of(*multiples, [](int64_t n) { return n < 1 || n > 1 << 20; }))
    return fail("needs a positive multiple for each axis");
  return build::tile(builder, loc, in, *multiples);
}

Value Importer::broadcastTo() {
  Value in = operand(0);
  if (!in || !keepsType() || build::shapeOf(in).size() > output().shape.size())
    return fail("has a shape of fewer axes than its operand");
  in = build::expandRank(builder, loc, in, output().shape.size());
  SmallVector<int64_t> multiples;
  for (auto [have, want] : llvm::zip(build::shapeOf(in), output().shape)) {
    if (have < 1 || want % have != 0)
      return fail("cannot make an axis of " + Twine(want) + " of " +
                  Twine(have));
    multiples.push_back(want / have);
  }
  return build::tile(builder, loc, in, multiples);
}

Value Importer::spaceToDepth() {
  auto *o = network.options<BlockOptions>(*op, spaceToDepthOptions);
  Value in = operand(0);
  if (!in || !o || build::shapeOf(in).size() != 4 || !keepsType())
    return fail("needs options and an image of four axes");
  ArrayRef<int64_t> s = build::shapeOf(in);
  int64_t b = o->block_size();
  if (b < 1 || s[1] % b || s[2] % b)
    return fail("has block size " + Twine(b) + ", which does not divide " +
                Twine(s[1]) + " and " + Twine(s[2]));
  SmallVector<int64_t> result = {s[0], s[1] / b, s[2] / b, s[3] * b * b};
  Value blocks =
      build::reshape(builder, loc, in, {s[0], s[1] / b, b, s[2] / b, b, s[3]});
  return build::reshape(
      builder, loc, build::transpose(builder, loc, blocks, {0, 1, 3, 2, 4, 5}),
      result);
}

Value Importer::depthToSpace() {
  auto *o = network.options<BlockOptions>(*op, depthToSpaceOptions);
  Value in = operand(0);
  if (!in || !o || build::shapeOf(in).size() != 4 || !keepsType())
    return fail("needs options and an image of four axes");
  ArrayRef<int64_t> s = build::shapeOf(in);
  int64_t b = o->block_size();
  if (b < 1 || b > 4096 || s[3] % (b * b))
    return fail("has block size " + Twine(b) + " for " + Twine(s[3]) +
                " channels");
  SmallVector<int64_t> result = {s[0], s[1] * b, s[2] * b, s[3] / (b * b)};
  Value blocks = build::reshape(builder, loc, in,
                                {s[0], s[1], s[2], b, b, s[3] / (b * b)});
  return build::reshape(
      builder, loc, build::transpose(builder, loc, blocks, {0, 1, 3, 2, 4, 5}),
      result);
}

Value Importer::reverse() {
  Value in = operand(0);
  auto axes = integers(1);
  if (!in || !axes || !keepsType())
    return {};
  for (int64_t number : *axes) {
    auto axis = axisOf(number, build::shapeOf(in).size());
    if (!axis)
      return {};
    if (!mayIndex(build::shapeOf(in)[*axis]))
      return {};
    SmallVector<int64_t> indices;
    for (int64_t i = build::shapeOf(in)[*axis]; i-- > 0;)
      indices.push_back(i);
    in = build::gather(builder, loc, in, indices, *axis);
  }
  return in;
}

Value Importer::reduce() {
  using qgraph::ReduceKind;
  Value in = operand(0);
  auto given = integers(1);
  if (!in || !given)
    return {};
  ReduceKind kind = op->code == Builtin::Mean        ? ReduceKind::Mean
                    : op->code == Builtin::Sum       ? ReduceKind::Sum
                    : op->code == Builtin::ReduceMax ? ReduceKind::Max
                                                     : ReduceKind::Min;
  bool arithmetic = kind == ReduceKind::Mean || kind == ReduceKind::Sum;
  if (!arithmetic && !keepsType())
    return {};
  if (isQuantizedOp() &&
      (!input(0)->isQuantized() || input(0)->type != output().type))
    return fail("needs an input of its output's type with a scale");
  SmallVector<int64_t> axes;
  for (int64_t number : *given) {
    auto axis = axisOf(number, build::shapeOf(in).size());
    if (!axis)
      return {};
    if (!llvm::is_contained(axes, *axis))
      axes.push_back(*axis);
  }
  llvm::sort(axes);
  if (axes.empty())
    return fail("has no axes");
  Value reduced = build::reduce(builder, loc, kind, in, axes);
  if (arithmetic)
    reduced = typed(reduced);
  if (!reduced ||
      build::typeOf(reduced).getNumElements() != output().elements())
    return fail("has an output of another size than its axes leave");
  return build::reshape(builder, loc, reduced, output().shape);
}

Value Importer::argMax() {
  Value in = operand(0);
  auto number = integers(1);
  if (!in || !number || number->size() != 1)
    return fail("needs one constant axis");
  auto axis = axisOf(number->front(), build::shapeOf(in).size());
  if (!axis)
    return {};
  return build::argmax(builder, loc, in, *axis, builder.getI32Type());
}

Value Importer::shape() {
  const TensorInfo *from = input(0);
  if (!from)
    return fail("lacks its operand");
  return fold(ArrayRef<int64_t>(from->shape));
}

} // namespace qcc::import::tflite
