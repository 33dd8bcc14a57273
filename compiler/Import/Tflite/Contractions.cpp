// Convolutions, fully connected layers, products of matrices and pools.
#include "compiler/Import/Tflite/Importer.h"

#include <limits>

using namespace mlir;

namespace qcc::import::tflite {
namespace {

constexpr uint8_t conv2dOptions = 1, depthwiseOptions = 2, poolOptions = 5,
                  fullyConnectedOptions = 8, transposeConvOptions = 49,
                  batchMatMulOptions = 101;

/// The elements of a tensor of `shape` with its axes in the order `order`.
template <typename T>
std::vector<T> permuted(const std::vector<T> &from, ArrayRef<int64_t> shape,
                        ArrayRef<int64_t> order) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  std::vector<T> to;
  to.reserve(from.size());
  SmallVector<int64_t> index(shape.size(), 0);
  while (to.size() < from.size()) {
    int64_t offset = 0;
    for (auto [i, axis] : llvm::enumerate(order))
      offset += index[i] * strides[axis];
    to.push_back(from[offset]);
    for (size_t i = shape.size(); i-- > 0;) {
      if (++index[i] < shape[order[i]])
        break;
      index[i] = 0;
    }
  }
  return to;
}

SmallVector<int64_t, 4> permuteShape(ArrayRef<int64_t> shape,
                                     ArrayRef<int64_t> order) {
  SmallVector<int64_t, 4> result;
  for (int64_t axis : order)
    result.push_back(shape[axis]);
  return result;
}

int64_t effectiveWindow(int64_t window, int64_t dilation) {
  return (window - 1) * dilation + 1;
}

} // namespace

/// Pads {top, bottom, left, right}: SAME puts the odd one at the end.
std::optional<SmallVector<int64_t, 4>>
Importer::windowPads(int8_t padding, ArrayRef<int64_t> image,
                     ArrayRef<int64_t> window, ArrayRef<int64_t> strides,
                     ArrayRef<int64_t> dilations) {
  SmallVector<int64_t, 4> pads(4, 0);
  auto kind = static_cast<Padding>(padding);
  if (kind != Padding::Same && kind != Padding::Valid) {
    fail("has padding " + Twine(int(padding)) + ", expected SAME or VALID");
    return std::nullopt;
  }
  for (int axis : {0, 1}) {
    if (strides[axis] < 1 || strides[axis] > 4096 || dilations[axis] < 1 ||
        dilations[axis] > 4096 || window[axis] < 1) {
      fail("has stride " + Twine(strides[axis]) + ", dilation " +
           Twine(dilations[axis]) + " and window " + Twine(window[axis]) +
           ", expected positive numbers");
      return std::nullopt;
    }
    int64_t extent = effectiveWindow(window[axis], dilations[axis]);
    if (kind == Padding::Valid) {
      if (extent > image[axis]) {
        fail("has a window of " + Twine(extent) + " over an image of " +
             Twine(image[axis]));
        return std::nullopt;
      }
      continue;
    }
    int64_t outputs = (image[axis] + strides[axis] - 1) / strides[axis];
    int64_t total = std::max<int64_t>(0, (outputs - 1) * strides[axis] +
                                             extent - image[axis]);
    pads[2 * axis] = total / 2;
    pads[2 * axis + 1] = total - total / 2;
  }
  return pads;
}

/// A type with scales on axis 0; null when they are out of range.
Type Importer::perChannel(bool isSigned, unsigned width,
                          ArrayRef<double> scales,
                          ArrayRef<int64_t> zeroPoints) {
  int64_t range = int64_t(1) << width;
  int64_t min = isSigned ? -range / 2 : 0;
  return quant::UniformQuantizedPerAxisType::getChecked(
      [&] { return mlir::emitError(loc); },
      isSigned ? unsigned(quant::QuantizationFlags::Signed) : 0,
      builder.getIntegerType(width), builder.getF32Type(), scales, zeroPoints,
      /*quantizedDimension=*/0, min, min + range - 1);
}

/// The bias, or zeros. One of 64 bits must fit 32.
std::optional<std::vector<int64_t>>
Importer::integerBias(size_t bias, int64_t channels, bool mayBeLong) {
  if (!hasInput(bias))
    return std::vector<int64_t>(channels, 0);
  std::optional<std::vector<int64_t>> given = integers(bias);
  if (!given)
    return std::nullopt;
  bool isLong = mayBeLong && input(bias)->type == ElementType::Int64;
  if (static_cast<int64_t>(given->size()) != channels ||
      (input(bias)->type != ElementType::Int32 && !isLong)) {
    fail("has a bias of " + Twine(given->size()) + " elements of " +
         nameOf(input(bias)->type) + ", expected " + Twine(channels) +
         (mayBeLong ? " of INT32 or INT64" : " of INT32"));
    return std::nullopt;
  }
  for (int64_t value : *given)
    if (value != static_cast<int32_t>(value)) {
      fail("has a bias of " + Twine(value) + ", which leaves 32 bits");
      return std::nullopt;
    }
  return given;
}

/// Codes of a filter as they are; biases in units of input times filter scale.
std::optional<Importer::Parameters>
Importer::quantizedParameters(const TensorInfo &in, const TensorInfo &filter,
                              size_t bias, ArrayRef<int64_t> shape,
                              ArrayRef<int64_t> order, bool singleScale) {
  int64_t channels = shape[order[0]];
  const Quantization &q = *filter.quantization;
  auto count = static_cast<int64_t>(q.scales.size());
  if (count > 1 && count != channels) {
    fail("has " + Twine(count) + " filter scales for " + Twine(channels) +
         " output channels");
    return std::nullopt;
  }
  // Kernels with one scale multiply in f32, those with one per channel in
  // double precision.
  bool inFloat = count == 1 && (singleScale || in.type == ElementType::UInt8);
  bool isSigned = filter.type == ElementType::Int8;
  int64_t least = isSigned ? -128 : 0;
  SmallVector<double> scales, units;
  SmallVector<int64_t> filterZeros, zeros(channels, 0);
  float inputScale = in.quantization->scales[0];
  for (int64_t o = 0; o < channels; ++o) {
    float scale = q.scales[count > 1 ? o : 0];
    scales.push_back(scale);
    units.push_back(inFloat ? static_cast<double>(inputScale * scale)
                            : static_cast<double>(inputScale) * scale);
    filterZeros.push_back(q.zeroPoints[count > 1 ? o : 0]);
    if (filterZeros.back() < least || filterZeros.back() > least + 255) {
      fail("has the filter zero point " + Twine(filterZeros.back()));
      return std::nullopt;
    }
  }
  std::vector<int64_t> weights;
  for (uint8_t byte : *filter.data)
    weights.push_back(isSigned ? static_cast<int8_t>(byte) : byte);
  std::optional<std::vector<int64_t>> biases =
      integerBias(bias, channels, in.type == ElementType::Int16);
  if (!biases)
    return std::nullopt;
  Type filterType = perChannel(isSigned, 8, scales, filterZeros);
  Type biasType = perChannel(true, 32, units, zeros);
  if (!filterType || !biasType) {
    fail("has filter scales that are out of range");
    return std::nullopt;
  }
  return Parameters{codes(filterType, permuteShape(shape, order),
                          permuted(weights, shape, order)),
                    codes(biasType, {channels}, *biases)};
}

std::optional<Importer::Parameters>
Importer::parameters(size_t filter, size_t bias, ArrayRef<int64_t> shape,
                     ArrayRef<int64_t> order, bool singleScale, size_t image) {
  const TensorInfo *weights = input(filter);
  if (!weights || !weights->data) {
    fail("needs a constant filter");
    return std::nullopt;
  }
  if (isQuantizedOp()) {
    const TensorInfo *in = input(image);
    if (!in || !in->isQuantized() || !weights->isQuantized() ||
        !elementType(*in) || weights->type == ElementType::Int16 ||
        (in->type == ElementType::Int16) !=
            (output().type == ElementType::Int16)) {
      fail("needs an input of its output's width and a filter of 8 bits, with "
           "scales");
      return std::nullopt;
    }
    return quantizedParameters(*in, *weights, bias, shape, order, singleScale);
  }
  std::optional<std::vector<float>> numbers = reals(*weights);
  if (!numbers)
    return std::nullopt;
  int64_t channels = shape[order[0]];
  std::vector<float> biases(channels, 0.0f);
  if (hasInput(bias)) {
    std::optional<std::vector<float>> given = reals(bias);
    if (!given)
      return std::nullopt;
    if (static_cast<int64_t>(given->size()) != channels) {
      fail("has a bias of " + Twine(given->size()) + " elements, expected " +
           Twine(channels));
      return std::nullopt;
    }
    biases = std::move(*given);
  }
  return Parameters{build::constant(builder, loc, permuteShape(shape, order),
                                    permuted(*numbers, shape, order)),
                    build::constant(builder, loc, {channels}, biases)};
}

Value Importer::typedSums(Value sums, size_t bias, int8_t absentType) {
  Value result = typed(sums);
  auto type = static_cast<ElementType>(absentType);
  bool isLong =
      (hasInput(bias) ? input(bias)->type : type) != ElementType::Int32;
  if (result && isLong && output().type == ElementType::Int16)
    result.getDefiningOp()->setAttr("qgraph.wide_sum", builder.getUnitAttr());
  return result;
}

static int8_t absentBiasType(const Conv2DOptions &o) {
  return o.quantized_bias_type();
}
static int8_t absentBiasType(const DepthwiseConv2DOptions &) { return 0; }

/// A convolution whose filter has its axes [OC,H,W,I] in `order`.
template <typename Options>
Value Importer::convolution(const Options &o, ArrayRef<int64_t> order) {
  Value in = operand(0);
  ArrayRef<int64_t> image = build::shapeOf(in), filter = input(1)->shape;
  int64_t inputs = filter[order[3]];
  if (inputs < 1 || image[3] % inputs != 0 ||
      filter[order[0]] % (image[3] / inputs) != 0)
    return fail("has a filter of " + Twine(filter[3]) + " channels for " +
                Twine(image[3]));
  auto given = parameters(1, 2, filter, order, false);
  SmallVector<int64_t> strides = {o.stride_h(), o.stride_w()};
  SmallVector<int64_t> dilations = {o.dilation_h_factor(),
                                    o.dilation_w_factor()};
  auto pads = windowPads(o.padding(), image.slice(1, 2), filter.slice(1, 2),
                         strides, dilations);
  if (!given || !pads)
    return {};
  Value sums = build::conv2d(builder, loc, in, given->filter, given->bias,
                             strides, *pads, dilations, image[3] / inputs);
  return activate(typedSums(sums, 2, absentBiasType(o)),
                  static_cast<Activation>(o.fused_activation_function()));
}

Value Importer::conv2d() {
  auto *o = network.options<Conv2DOptions>(*op, conv2dOptions);
  Value in = operand(0);
  if (!in || !o || build::shapeOf(in).size() != 4 || !input(1) ||
      input(1)->shape.size() != 4)
    return fail("needs options, an image and a filter of four axes");
  return convolution(*o, {0, 1, 2, 3});
}

Value Importer::depthwiseConv2d() {
  auto *o = network.options<DepthwiseConv2DOptions>(*op, depthwiseOptions);
  Value in = operand(0);
  if (!in || !o || build::shapeOf(in).size() != 4 || !input(1) ||
      input(1)->shape.size() != 4 || input(1)->shape[0] != 1)
    return fail("needs options, an image and a filter [1,H,W,C]");
  return convolution(*o, {3, 1, 2, 0});
}

/// [..., K] x [N, K]: a 1x1 convolution over rows.
Value Importer::fullyConnected() {
  auto *o = network.options<FullyConnectedOptions>(*op, fullyConnectedOptions);
  Value in = operand(0);
  if (!in || !o || o->weights_format() != 0 || !input(1) ||
      input(1)->shape.size() != 2 || input(1)->elements() == 0)
    return fail("needs options and a filter of two axes, not shuffled");
  ArrayRef<int64_t> filter = input(1)->shape;
  int64_t elements = build::typeOf(in).getNumElements();
  if (elements % filter[1] != 0)
    return fail("has " + Twine(elements) + " input elements for rows of " +
                Twine(filter[1]));
  auto given =
      parameters(1, 2, {filter[0], 1, 1, filter[1]}, {0, 1, 2, 3}, true);
  if (!given)
    return {};
  int64_t rows = elements / filter[1];
  Value image = build::reshape(builder, loc, in, {rows, 1, 1, filter[1]});
  Value sums = build::conv2d(builder, loc, image, given->filter, given->bias,
                             {1, 1}, {0, 0, 0, 0}, {1, 1}, 1);
  Value result =
      activate(typedSums(sums, 2, o->quantized_bias_type()),
               static_cast<Activation>(o->fused_activation_function()));
  if (!result || output().elements() != rows * filter[0])
    return fail("has " + Twine(output().elements()) +
                " output elements, expected " + Twine(rows * filter[0]));
  return build::reshape(builder, loc, result, output().shape);
}

Value Importer::transposeConv2d() {
  auto *o = network.options<TransposeConvOptions>(*op, transposeConvOptions);
  Value in = operand(2);
  if (!in || !o || build::shapeOf(in).size() != 4 || !input(1) ||
      input(1)->shape.size() != 4 || output().shape.size() != 4)
    return fail("needs options, an image and a filter of four axes");
  ArrayRef<int64_t> image = build::shapeOf(in), filter = input(1)->shape;
  auto given = parameters(1, 3, filter, {0, 1, 2, 3}, false, /*image=*/2);
  SmallVector<int64_t> strides = {o->stride_h(), o->stride_w()};
  // The pads of the convolution that goes the other way.
  auto pads = windowPads(o->padding(), ArrayRef(output().shape).slice(1, 2),
                         filter.slice(1, 2), strides, {1, 1});
  if (!given || !pads)
    return {};
  SmallVector<int64_t> outPads(4);
  for (int axis : {0, 1}) {
    int64_t whole = (image[axis + 1] - 1) * strides[axis] + filter[axis + 1];
    outPads[2 * axis] = -(*pads)[2 * axis];
    outPads[2 * axis + 1] =
        output().shape[axis + 1] - whole - outPads[2 * axis];
  }
  Value sums = build::transposeConv2d(builder, loc, in, given->filter,
                                      given->bias, strides, outPads);
  return activate(typedSums(sums, 3, o->quantized_bias_type()),
                  static_cast<Activation>(o->fused_activation_function()));
}

Value Importer::batchMatMul() {
  auto *o = network.options<BatchMatMulOptions>(*op, batchMatMulOptions);
  Value lhs = operand(0), rhs = operand(1);
  if (!lhs || !rhs || !o || build::shapeOf(lhs).size() < 2 ||
      build::shapeOf(rhs).size() < 2)
    return fail("needs options and matrices");
  auto turned = [&](Value value) {
    SmallVector<int64_t> order;
    for (size_t i = 0; i < build::shapeOf(value).size(); ++i)
      order.push_back(i);
    std::swap(order[order.size() - 1], order[order.size() - 2]);
    return build::transpose(builder, loc, value, order);
  };
  if (o->adj_x())
    lhs = turned(lhs);
  if (o->adj_y())
    rhs = turned(rhs);
  SmallVector<int64_t> batch = build::broadcastShape(
      build::shapeOf(lhs).drop_back(2), build::shapeOf(rhs).drop_back(2));
  auto flattened = [&](Value value) {
    value = build::expandRank(builder, loc, value, batch.size() + 2);
    SmallVector<int64_t> multiples;
    int64_t count = 1;
    for (auto [have, want] : llvm::zip(build::shapeOf(value), batch)) {
      multiples.push_back(have == 1 ? want : 1);
      count *= want;
    }
    multiples.append({1, 1});
    if (llvm::any_of(multiples, [](int64_t n) { return n != 1; }))
      value = build::tile(builder, loc, value, multiples);
    ArrayRef<int64_t> shape = build::shapeOf(value).take_back(2);
    return build::reshape(builder, loc, value, {count, shape[0], shape[1]});
  };
  if (llvm::is_contained(batch, 0))
    return fail("has batches that do not match");
  Value product =
      typedSums(build::matmul(builder, loc, flattened(lhs), flattened(rhs)), 2);
  if (!product ||
      build::typeOf(product).getNumElements() != output().elements())
    return fail("has an output of another size than its product");
  return build::reshape(builder, loc, product, output().shape);
}

Value Importer::averagePool2d() {
  auto *o = network.options<Pool2DOptions>(*op, poolOptions);
  Value in = operand(0);
  if (!in || !o || build::shapeOf(in).size() != 4 || !keepsType())
    return fail("needs options and an image of four axes");
  SmallVector<int64_t> window = {o->filter_height(), o->filter_width()};
  SmallVector<int64_t> strides = {o->stride_h(), o->stride_w()};
  auto pads = windowPads(o->padding(), build::shapeOf(in).slice(1, 2), window,
                         strides, {1, 1});
  if (!pads)
    return {};
  Value pooled =
      build::avgPool2d(builder, loc, in, window, strides, *pads, false);
  return activate(typed(pooled),
                  static_cast<Activation>(o->fused_activation_function()));
}

Value Importer::maxPool2d() {
  auto *o = network.options<Pool2DOptions>(*op, poolOptions);
  Value in = operand(0);
  if (!in || !o || build::shapeOf(in).size() != 4 || !keepsType())
    return fail("needs options and an image of four axes");
  SmallVector<int64_t> window = {o->filter_height(), o->filter_width()};
  SmallVector<int64_t> strides = {o->stride_h(), o->stride_w()};
  auto pads = windowPads(o->padding(), build::shapeOf(in).slice(1, 2), window,
                         strides, {1, 1});
  if (!pads)
    return {};
  return activate(build::maxPool2d(builder, loc, in, window, strides, *pads),
                  static_cast<Activation>(o->fused_activation_function()));
}

} // namespace qcc::import::tflite
