#include "dialects/Shapes.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using llvm::ArrayRef;
using llvm::Twine;

namespace qcc {

namespace {

/// Numbers in attributes stay below this, so that no product of a size and an
/// attribute leaves 64 bits.
constexpr int64_t attributeLimit = int64_t(1) << 20;
constexpr int64_t elementLimit = int64_t(1) << 40;

LogicalResult verifyNumber(Operation *op, const Twine &what, int64_t found,
                           int64_t least, int64_t most = attributeLimit) {
  if (found < least)
    return op->emitOpError()
           << what.str() << " is " << found << ", expected at least " << least;
  if (found > most)
    return op->emitOpError()
           << what.str() << " is " << found << ", expected at most " << most;
  return success();
}

/// `length` numbers in [least, most].
LogicalResult verifyNumbers(Operation *op, llvm::StringRef name,
                            ArrayRef<int64_t> found, size_t length,
                            int64_t least, int64_t most = attributeLimit) {
  if (found.size() != length)
    return op->emitOpError() << name << " has " << found.size()
                             << " numbers, expected " << length;
  for (auto [i, number] : llvm::enumerate(found))
    if (failed(
            verifyNumber(op, name + "[" + Twine(i) + "]", number, least, most)))
      return failure();
  return success();
}

LogicalResult verifyRank(Operation *op, llvm::StringRef what,
                         RankedTensorType type, int64_t rank) {
  if (type.getRank() == rank)
    return success();
  return op->emitOpError() << what << " has rank " << type.getRank()
                           << ", expected " << rank;
}

LogicalResult verifyShape(Operation *op, llvm::StringRef what,
                          RankedTensorType type, ArrayRef<int64_t> expected) {
  if (type.getShape() == expected)
    return success();
  auto text = [](ArrayRef<int64_t> shape) {
    return "[" +
           llvm::join(llvm::map_range(
                          shape, [](int64_t n) { return std::to_string(n); }),
                      ", ") +
           "]";
  };
  return op->emitOpError() << what << " has shape " << text(type.getShape())
                           << ", expected " << text(expected);
}

/// Widens `shape` so that `type` fits it, where an axis of size 1 fits any.
LogicalResult broadcastInto(Operation *op, llvm::StringRef what,
                            ShapedType type,
                            llvm::SmallVectorImpl<int64_t> &shape) {
  if (type.getRank() != static_cast<int64_t>(shape.size()))
    return op->emitOpError() << what << " has rank " << type.getRank()
                             << ", expected " << shape.size();
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    if (size != shape[i] && size != 1 && shape[i] != 1)
      return op->emitOpError() << what << " has size " << size << " along axis "
                               << i << ", expected 1 or " << shape[i];
    shape[i] = std::max(shape[i], size);
  }
  return success();
}

/// Output size of a window, an error when the window does not fit.
FailureOr<int64_t> outputSize(Operation *op, llvm::StringRef axis, int64_t in,
                              int64_t before, int64_t after, int64_t size,
                              int64_t stride, int64_t dilation) {
  int64_t out = windowOutputs(in, before, after, size, stride, dilation);
  if (out > 0)
    return out;
  return op->emitOpError() << "window covers " << windowExtent(size, dilation)
                           << " " << axis << ", padded input has "
                           << in + before + after;
}

LogicalResult verifyWindowOutput(Operation *op, RankedTensorType input,
                                 RankedTensorType output, int64_t channels,
                                 ArrayRef<int64_t> kernel,
                                 ArrayRef<int64_t> strides,
                                 ArrayRef<int64_t> pads,
                                 ArrayRef<int64_t> dilations) {
  auto height = outputSize(op, "rows", input.getDimSize(1), pads[0], pads[1],
                           kernel[0], strides[0], dilations[0]);
  if (failed(height))
    return failure();
  auto width = outputSize(op, "columns", input.getDimSize(2), pads[2], pads[3],
                          kernel[1], strides[1], dilations[1]);
  if (failed(width))
    return failure();
  return verifyShape(op, "output", output,
                     {input.getDimSize(0), *height, *width, channels});
}

/// Ranks of a convolution's tensors, and the bias.
LogicalResult verifyConvTensors(Operation *op, RankedTensorType input,
                                RankedTensorType filter, RankedTensorType bias,
                                RankedTensorType output) {
  if (failed(verifyRank(op, "input", input, 4)) ||
      failed(verifyRank(op, "filter", filter, 4)) ||
      failed(verifyRank(op, "output", output, 4)))
    return failure();
  return verifyShape(op, "bias", bias, {filter.getDimSize(0)});
}

} // namespace

LogicalResult verifyTensors(Operation *op) {
  auto check = [&](Type type, llvm::StringRef what, size_t i) -> LogicalResult {
    auto tensor = llvm::dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return op->emitOpError() << what << " " << i << " has type " << type
                               << ", expected a tensor of static shape";
    int64_t elements = 1;
    for (int64_t size : tensor.getShape()) {
      if (size == 0)
        return op->emitOpError() << what << " " << i << " has type " << type
                                 << ", expected no axis of size 0";
      if (size >= elementLimit / elements)
        return op->emitOpError() << what << " " << i << " has type " << type
                                 << ", expected fewer than 2^40 elements";
      elements *= size;
    }
    return success();
  };
  for (auto [i, type] : llvm::enumerate(op->getOperandTypes()))
    if (failed(check(type, "operand", i)))
      return failure();
  for (auto [i, type] : llvm::enumerate(op->getResultTypes()))
    if (failed(check(type, "result", i)))
      return failure();
  return success();
}

LogicalResult verifyResource(Operation *op, ElementsAttr value) {
  auto resource = llvm::dyn_cast<DenseResourceElementsAttr>(value);
  if (!resource)
    return success();
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  int64_t bytes = value.getNumElements() *
                  ((value.getElementType().getIntOrFloatBitWidth() + 7) / 8);
  int64_t found = blob ? static_cast<int64_t>(blob->getData().size()) : 0;
  if (found == bytes)
    return success();
  return op->emitOpError() << "value has " << found << " bytes, expected "
                           << bytes;
}

LogicalResult verifyAxis(Operation *op, int64_t axis, RankedTensorType type) {
  if (axis >= 0 && axis < type.getRank())
    return success();
  return op->emitOpError() << "axis is " << axis << ", expected one in [0, "
                           << type.getRank() << ")";
}

LogicalResult verifySameElementType(Operation *op, llvm::StringRef what,
                                    Type found, Type expected) {
  Type foundElement = getElementTypeOrSelf(found);
  Type expectedElement = getElementTypeOrSelf(expected);
  if (foundElement == expectedElement)
    return success();
  return op->emitOpError() << what << " has element type " << foundElement
                           << ", expected " << expectedElement;
}

LogicalResult verifyConv2D(Operation *op, RankedTensorType input,
                           RankedTensorType filter, RankedTensorType bias,
                           RankedTensorType output, ArrayRef<int64_t> strides,
                           ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations,
                           int64_t groups) {
  if (failed(verifyConvTensors(op, input, filter, bias, output)) ||
      failed(verifyNumbers(op, "strides", strides, 2, 1)) ||
      failed(verifyNumbers(op, "pads", pads, 4, 0)) ||
      failed(verifyNumbers(op, "dilations", dilations, 2, 1)) ||
      failed(verifyNumber(op, "groups", groups, 1)))
    return failure();
  int64_t in = input.getDimSize(3), out = filter.getDimSize(0);
  if (in % groups != 0)
    return op->emitOpError() << "input has " << in << " channels, expected a "
                             << "multiple of " << groups << " groups";
  if (out % groups != 0)
    return op->emitOpError() << "filter has " << out
                             << " output channels, expected a multiple of "
                             << groups << " groups";
  if (filter.getDimSize(3) != in / groups)
    return op->emitOpError()
           << "filter has " << filter.getDimSize(3)
           << " input channels per group, expected " << in / groups
           << " (input has " << in << " channels in " << groups << " groups)";
  return verifyWindowOutput(op, input, output, out,
                            filter.getShape().slice(1, 2), strides, pads,
                            dilations);
}

LogicalResult verifyTransposeConv2D(Operation *op, RankedTensorType input,
                                    RankedTensorType filter,
                                    RankedTensorType bias,
                                    RankedTensorType output,
                                    ArrayRef<int64_t> strides,
                                    ArrayRef<int64_t> outPads) {
  if (failed(verifyConvTensors(op, input, filter, bias, output)) ||
      failed(verifyNumbers(op, "strides", strides, 2, 1)) ||
      failed(verifyNumbers(op, "out_pads", outPads, 4, -attributeLimit)))
    return failure();
  if (filter.getDimSize(3) != input.getDimSize(3))
    return op->emitOpError()
           << "filter has " << filter.getDimSize(3)
           << " input channels, expected " << input.getDimSize(3);
  auto size = [&](int axis) {
    return (input.getDimSize(axis) - 1) * strides[axis - 1] +
           outPads[2 * axis - 2] + outPads[2 * axis - 1] +
           filter.getDimSize(axis);
  };
  return verifyShape(
      op, "output", output,
      {input.getDimSize(0), size(1), size(2), filter.getDimSize(0)});
}

LogicalResult verifyPool2D(Operation *op, RankedTensorType input,
                           RankedTensorType output, ArrayRef<int64_t> kernel,
                           ArrayRef<int64_t> strides, ArrayRef<int64_t> pads) {
  if (failed(verifyRank(op, "input", input, 4)) ||
      failed(verifyRank(op, "output", output, 4)) ||
      failed(verifyNumbers(op, "kernel", kernel, 2, 1)) ||
      failed(verifyNumbers(op, "strides", strides, 2, 1)) ||
      failed(verifyNumbers(op, "pads", pads, 4, 0)))
    return failure();
  for (auto [i, pad] : llvm::enumerate(pads))
    if (failed(verifyNumber(op, "pads[" + Twine(i) + "]", pad, 0,
                            kernel[i / 2] - 1)))
      return failure();
  return verifyWindowOutput(op, input, output, input.getDimSize(3), kernel,
                            strides, pads, {1, 1});
}

LogicalResult verifyMatMul(Operation *op, RankedTensorType lhs,
                           RankedTensorType rhs, RankedTensorType output) {
  if (failed(verifyRank(op, "lhs", lhs, 3)) ||
      failed(verifyRank(op, "rhs", rhs, 3)))
    return failure();
  if (rhs.getDimSize(0) != lhs.getDimSize(0))
    return op->emitOpError() << "rhs has " << rhs.getDimSize(0)
                             << " matrices, expected " << lhs.getDimSize(0);
  if (rhs.getDimSize(1) != lhs.getDimSize(2))
    return op->emitOpError()
           << "rhs has " << rhs.getDimSize(1) << " rows, expected "
           << lhs.getDimSize(2) << " as lhs has columns";
  return verifyShape(op, "output", output,
                     {lhs.getDimSize(0), lhs.getDimSize(1), rhs.getDimSize(2)});
}

LogicalResult verifyBroadcast(Operation *op, RankedTensorType lhs,
                              RankedTensorType rhs, RankedTensorType output) {
  llvm::SmallVector<int64_t, 4> shape(lhs.getShape());
  if (failed(broadcastInto(op, "rhs", rhs, shape)))
    return failure();
  return verifyShape(op, "output", output, shape);
}

LogicalResult verifySelect(Operation *op, ShapedType condition,
                           RankedTensorType lhs, RankedTensorType rhs,
                           RankedTensorType output) {
  llvm::SmallVector<int64_t, 4> shape(lhs.getShape());
  if (failed(broadcastInto(op, "rhs", rhs, shape)) ||
      failed(broadcastInto(op, "condition", condition, shape)))
    return failure();
  return verifyShape(op, "output", output, shape);
}

LogicalResult verifyNormalization(
    Operation *op, RankedTensorType input,
    ArrayRef<std::pair<llvm::StringRef, RankedTensorType>> parameters,
    RankedTensorType output, int64_t axis) {
  if (failed(verifyAxis(op, axis, input)))
    return failure();
  for (auto [name, type] : parameters)
    if (failed(verifyShape(op, name, type, input.getShape().drop_front(axis))))
      return failure();
  return verifySameShape(op, input, output);
}

LogicalResult verifySameShape(Operation *op, RankedTensorType input,
                              RankedTensorType output) {
  return verifyShape(op, "output", output, input.getShape());
}

LogicalResult verifyReduce(Operation *op, RankedTensorType input,
                           RankedTensorType output, ArrayRef<int64_t> axes) {
  llvm::SmallVector<int64_t, 4> shape(input.getShape());
  llvm::SmallVector<bool, 4> seen(shape.size(), false);
  if (axes.empty())
    return op->emitOpError() << "axes has 0 numbers, expected at least 1";
  for (int64_t axis : axes) {
    if (failed(verifyAxis(op, axis, input)))
      return failure();
    if (seen[axis])
      return op->emitOpError()
             << "axes has " << axis << " twice, expected different axes";
    seen[axis] = true;
    shape[axis] = 1;
  }
  return verifyShape(op, "output", output, shape);
}

LogicalResult verifyConcat(Operation *op, TypeRange inputs,
                           RankedTensorType output, int64_t axis) {
  if (inputs.empty())
    return op->emitOpError() << "has no inputs, expected at least 1";
  if (failed(verifyAxis(op, axis, output)))
    return failure();
  llvm::SmallVector<int64_t, 4> shape(output.getShape());
  shape[axis] = 0;
  for (auto [i, type] : llvm::enumerate(inputs)) {
    auto input = llvm::cast<RankedTensorType>(type);
    if (input.getRank() != output.getRank())
      return op->emitOpError()
             << "input " << i << " has rank " << input.getRank()
             << ", expected " << output.getRank();
    for (int64_t a = 0; a < output.getRank(); ++a)
      if (a != axis && input.getDimSize(a) != output.getDimSize(a))
        return op->emitOpError()
               << "input " << i << " has size " << input.getDimSize(a)
               << " along axis " << a << ", expected " << output.getDimSize(a);
    shape[axis] += input.getDimSize(axis);
  }
  return verifyShape(op, "output", output, shape);
}

LogicalResult verifySlice(Operation *op, RankedTensorType input,
                          RankedTensorType output, ArrayRef<int64_t> starts,
                          ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  size_t rank = input.getRank();
  if (failed(verifyNumbers(op, "starts", starts, rank, 0, elementLimit)) ||
      failed(verifyNumbers(op, "sizes", sizes, rank, 1, elementLimit)) ||
      failed(verifyNumbers(op, "strides", strides, rank, 1)))
    return failure();
  for (auto [i, size] : llvm::enumerate(input.getShape())) {
    int64_t last = starts[i] + (sizes[i] - 1) * strides[i];
    if (last >= size)
      return op->emitOpError() << "slice ends at element " << last
                               << " along axis " << i << ", input has " << size;
  }
  return verifyShape(op, "output", output, sizes);
}

LogicalResult verifyPad(Operation *op, RankedTensorType input,
                        RankedTensorType output, ArrayRef<int64_t> low,
                        ArrayRef<int64_t> high, ArrayRef<int64_t> interior) {
  size_t rank = input.getRank();
  if (failed(verifyNumbers(op, "low", low, rank, -attributeLimit)) ||
      failed(verifyNumbers(op, "high", high, rank, -attributeLimit)) ||
      failed(verifyNumbers(op, "interior", interior, rank, 0)))
    return failure();
  llvm::SmallVector<int64_t, 4> shape;
  for (auto [i, size] : llvm::enumerate(input.getShape()))
    shape.push_back(low[i] + high[i] + size + (size - 1) * interior[i]);
  return verifyShape(op, "output", output, shape);
}

LogicalResult verifyReshape(Operation *op, RankedTensorType input,
                            RankedTensorType output) {
  if (input.getNumElements() == output.getNumElements())
    return success();
  return op->emitOpError() << "output has " << output.getNumElements()
                           << " elements, expected " << input.getNumElements();
}

LogicalResult verifyTranspose(Operation *op, RankedTensorType input,
                              RankedTensorType output,
                              ArrayRef<int64_t> permutation) {
  if (failed(verifyNumbers(op, "permutation", permutation, input.getRank(), 0,
                           input.getRank() - 1)))
    return failure();
  llvm::SmallVector<bool, 4> seen(permutation.size(), false);
  llvm::SmallVector<int64_t, 4> shape;
  for (int64_t axis : permutation) {
    if (seen[axis])
      return op->emitOpError()
             << "permutation has " << axis << " twice, expected different axes";
    seen[axis] = true;
    shape.push_back(input.getDimSize(axis));
  }
  return verifyShape(op, "output", output, shape);
}

LogicalResult verifyTile(Operation *op, RankedTensorType input,
                         RankedTensorType output, ArrayRef<int64_t> multiples) {
  if (failed(verifyNumbers(op, "multiples", multiples, input.getRank(), 1)))
    return failure();
  llvm::SmallVector<int64_t, 4> shape;
  for (auto [size, times] : llvm::zip_equal(input.getShape(), multiples))
    shape.push_back(size * times);
  return verifyShape(op, "output", output, shape);
}

LogicalResult verifyGather(Operation *op, RankedTensorType input,
                           RankedTensorType output, ArrayRef<int64_t> indices,
                           int64_t axis) {
  if (failed(verifyAxis(op, axis, input)) ||
      failed(verifyNumbers(op, "indices", indices, indices.size(), 0,
                           input.getDimSize(axis) - 1)))
    return failure();
  llvm::SmallVector<int64_t, 4> shape(input.getShape());
  shape[axis] = indices.size();
  return verifyShape(op, "output", output, shape);
}

LogicalResult verifyLookup(Operation *op, RankedTensorType input,
                           RankedTensorType indices, RankedTensorType output) {
  if (failed(verifyRank(op, "input", input, 3)) ||
      failed(verifyRank(op, "indices", indices, 2)))
    return failure();
  if (!indices.getElementType().isSignlessInteger(32))
    return op->emitOpError() << "indices have element type "
                             << indices.getElementType() << ", expected i32";
  int64_t tables = input.getDimSize(0), lists = indices.getDimSize(0);
  if (tables != lists && tables != 1 && lists != 1)
    return op->emitOpError() << "input has " << tables << " tables for "
                             << lists << " lists of indices";
  return verifyShape(
      op, "output", output,
      {std::max(tables, lists), indices.getDimSize(1), input.getDimSize(2)});
}

LogicalResult verifyResize(Operation *op, RankedTensorType input,
                           RankedTensorType output, ArrayRef<int64_t> scale,
                           ArrayRef<int64_t> offset, ArrayRef<int64_t> border) {
  if (failed(verifyRank(op, "input", input, 4)) ||
      failed(verifyNumbers(op, "scale", scale, 4, 1)) ||
      failed(verifyNumbers(op, "offset", offset, 2, -attributeLimit)) ||
      failed(verifyNumbers(op, "border", border, 2, -attributeLimit)))
    return failure();
  llvm::SmallVector<int64_t, 4> shape(input.getShape());
  for (int axis : {0, 1}) {
    int64_t span = (input.getDimSize(axis + 1) - 1) * scale[2 * axis] -
                   offset[axis] + border[axis];
    if (span < 0)
      return op->emitOpError() << "resized axis " << axis + 1 << " spans "
                               << span << " steps, expected at least 0";
    shape[axis + 1] = span / scale[2 * axis + 1] + 1;
  }
  return verifyShape(op, "output", output, shape);
}

LogicalResult verifyArgMax(Operation *op, RankedTensorType input,
                           RankedTensorType output, int64_t axis) {
  if (failed(verifyAxis(op, axis, input)))
    return failure();
  llvm::SmallVector<int64_t, 4> shape(input.getShape());
  shape.erase(shape.begin() + axis);
  return verifyShape(op, "output", output, shape);
}

} // namespace qcc
