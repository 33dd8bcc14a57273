// One function for each kind of op: random shapes and attributes that the
// verifier accepts.
#include "dialects/Shapes.h"
#include "test/unit/EndToEnd/RandomWriter.h"

#include <algorithm>
#include <fmt/core.h>

namespace qcc::test {
namespace {

/// One axis of a window.
struct Axis {
  int64_t size, stride, dilation, before, after, out;
};

Axis windowAxis(RandomWriter &w, int64_t in, bool dilate, bool padBelowSize) {
  for (int tries = 0; tries < 50; ++tries) {
    Axis a;
    a.size = w.in(1, 5);
    a.stride = w.pick<int64_t>({1, 1, 2, 2, 3});
    a.dilation = dilate ? w.pick<int64_t>({1, 1, 2, 3}) : 1;
    int64_t most = padBelowSize ? a.size - 1 : 4;
    a.before = w.chance(50) ? 0 : w.in(0, most);
    a.after = w.chance(50) ? 0 : w.in(0, most);
    a.out = windowOutputs(in, a.before, a.after, a.size, a.stride, a.dilation);
    // A pool's window must hold an element of the input.
    bool inside = !padBelowSize || (a.out - 1) * a.stride - a.before < in;
    if (a.out > 0 && inside)
      return a;
  }
  return {1, 1, 1, 0, 0, in};
}

/// Sums of products fit 32 bits.
std::string accumulatorFor(double bound) {
  return bound < 2147483647.0 ? "i32" : "i64";
}

double magnitude(const Value &value, int64_t zero) {
  return double(
      std::max(codeMax(value.element) - zero, zero - codeMin(value.element)));
}

Value conv(RandomWriter &w) {
  Value x = w.image(w.chance(12) ? "i16" : w.chance(75) ? "i8" : "ui8");
  int64_t ic = x.shape[3];
  Axis h = windowAxis(w, x.shape[1], true, false);
  Axis v = windowAxis(w, x.shape[2], true, false);
  int64_t groups = w.chance(40) ? ic : w.in(1, ic);
  if (w.chance(45))
    groups = 1;
  while (ic % groups)
    --groups;
  int64_t oc =
      groups == 1 ? w.in(1, 19) : groups * w.in(1, groups > 20 ? 2 : 3);
  Shape filter = {oc, h.size, v.size, ic / groups};
  int64_t terms = filter[1] * filter[2] * filter[3];
  int64_t biasMost = w.pick<int64_t>({0, 1000, 200000});
  int bits = w.pick<int>({8, 8, 8, 4, 4, 2});
  int64_t most = (1 << (bits - 1)) - 1, least = bits == 8 ? -most : -most - 1;
  double bound = double(terms) * -least * (magnitude(x, 0) + 256) + biasMost;
  std::string acc = accumulatorFor(bound);
  Value weights = w.constant(filter, fmt::format("i{}", bits), least, most);
  Value bias = w.constant({oc}, acc, -biasMost, biasMost);
  Value sums = w.emit(
      "conv2d", {x, weights, bias},
      fmt::format("strides = {}, pads = {}, dilations = {}, groups = {} : i64, "
                  "pad_value = {} : i32",
                  arrayText({h.stride, v.stride}),
                  arrayText({h.before, h.after, v.before, v.after}),
                  arrayText({h.dilation, v.dilation}), groups,
                  w.code(x.element)),
      acc, {x.shape[0], h.out, v.out, oc});
  return w.requantize(sums, bound / 4);
}

Value transposed(RandomWriter &w, const Value &x, Shape order) {
  Shape shape;
  for (int64_t axis : order)
    shape.push_back(x.shape[axis]);
  return w.emit("transpose", {x}, "permutation = " + arrayText(order),
                x.element, shape);
}

/// The axes of a rank-3 value in another order, as heads of attention are split
/// and joined; maybe behind an axis of size 1.
Value moved(RandomWriter &w, const Value &x) {
  const std::vector<Shape> orders = {{0, 1, 2}, {0, 1, 2}, {1, 0, 2},
                                     {0, 2, 1}, {1, 2, 0}, {2, 0, 1}};
  Shape order = orders[w.in(0, 5)];
  if (order == orders[0])
    return x;
  if (w.chance(50))
    return transposed(w, x, order);
  Shape longer = x.shape, whole = {0};
  longer.insert(longer.begin(), 1);
  for (int64_t axis : order)
    whole.push_back(axis + 1);
  Value wide = transposed(w, w.reshape(x, longer), whole);
  return w.reshape(wide, Shape(wide.shape.begin() + 1, wide.shape.end()));
}

/// A right factor for `lhs`: the codes of `like` in another shape, or a
/// constant.
Value factorFor(RandomWriter &w, const Value &lhs, const Value &like) {
  int64_t depth = lhs.shape[2], batch = lhs.shape[0];
  int64_t elements = like.shape[0] * like.shape[1] * like.shape[2];
  if (elements % (batch * depth) || w.chance(40))
    return w.constant({batch, depth, w.in(1, 9)}, "i8", -128, 127);
  Value rhs =
      moved(w, w.reshape(like, {batch, elements / batch / depth, depth}));
  if (rhs.shape[0] == batch && rhs.shape[1] == depth)
    return rhs;
  return w.reshape(rhs, {batch, depth, elements / batch / depth});
}

Value product(RandomWriter &w, const Value &lhs, const Value &rhs) {
  int64_t lz = w.code(lhs.element), rz = w.code(rhs.element);
  double bound = lhs.shape[2] * magnitude(lhs, lz) * magnitude(rhs, rz);
  Value sums =
      w.emit("matmul", {lhs, rhs},
             fmt::format("lhs_zero_point = {} : i32, rhs_zero_point = "
                         "{} : i32",
                         lz, rz),
             accumulatorFor(bound), {lhs.shape[0], lhs.shape[1], rhs.shape[2]});
  return w.requantize(sums, bound / 4);
}

Value matmul(RandomWriter &w) {
  Value lhs = moved(w, w.operand(3));
  return moved(w, product(w, lhs, factorFor(w, lhs, lhs)));
}

Value addCase(RandomWriter &w) {
  Value lhs = w.operand(w.in(1, 5));
  Value rhs = w.partner(lhs, false);
  return w.tail(w.chance(50) ? w.add(lhs, rhs) : w.add(rhs, lhs));
}

Value mul(RandomWriter &w) {
  Value lhs = w.operand(w.in(1, 5)), rhs = w.partner(lhs, false);
  int64_t lz = w.code(lhs.element), rz = w.code(rhs.element);
  double bound = magnitude(lhs, lz) * magnitude(rhs, rz);
  Value product = w.emit("mul", {lhs, rhs},
                         fmt::format("lhs_zero_point = {} : i32, "
                                     "rhs_zero_point = {} : i32",
                                     lz, rz),
                         accumulatorFor(bound),
                         RandomWriter::broadcast(lhs.shape, rhs.shape));
  return w.requantize(product, bound);
}

Value select(RandomWriter &w) {
  Value lhs = w.operand(w.in(1, 5)), rhs = w.partner(lhs, true);
  return w.tail(w.emit(w.chance(50) ? "maximum" : "minimum", {lhs, rhs}, "",
                       lhs.element,
                       RandomWriter::broadcast(lhs.shape, rhs.shape)));
}

Value clamp(RandomWriter &w) {
  Value x = w.operand(w.in(1, 5));
  int64_t a = w.code(x.element), b = w.code(x.element);
  return w.emit("clamp", {x},
                fmt::format("min = {} : i32, max = {} : i32", std::min(a, b),
                            std::max(a, b)),
                x.element, x.shape);
}

Value tableCase(RandomWriter &w) {
  return w.table(w.operand(w.in(1, 5), w.chance(60) ? "i8" : "ui8"));
}

Value interpolate(RandomWriter &w) {
  Value x = w.operand(w.in(1, 5), "i16");
  Value points = w.constant({513}, "i16", -9000, 9000);
  return w.tail(w.emit("interpolate", {x, points}, "", "i16", x.shape));
}

/// Any table of positive numbers of 31 bits does for the reciprocals.
Value div(RandomWriter &w) {
  Value lhs = w.operand(w.in(1, 5), w.chance(60) ? "i8" : "ui8");
  Value rhs = w.partner(lhs, false);
  Value reciprocals = w.constant({256}, "i32", int64_t(1) << 30, INT32_MAX);
  std::string element = w.pick<const char *>({"i8", "ui8"});
  int64_t a = w.code(element), b = w.code(element);
  return w.tail(w.emit(
      "div", {lhs, rhs, reciprocals},
      fmt::format("lhs_zero_point = {} : i32, rhs_zero_point = {} : i32, "
                  "multiplier = {} : i32, exponent = {} : i32, rounding = "
                  "#qint.rounding<{}>, zero_point = {} : i32, min = {} : i32, "
                  "max = {} : i32",
                  w.code(lhs.element), w.code(rhs.element),
                  w.in(int64_t(1) << 30, INT32_MAX), w.in(-8, 21),
                  w.chance(50) ? "single" : "double", w.code(element),
                  std::min(a, b), std::max(a, b)),
      element, RandomWriter::broadcast(lhs.shape, rhs.shape)));
}

Value requantizeCodes(RandomWriter &w) {
  Value x = w.operand(w.in(1, 5));
  std::string element = w.pick<const char *>({"i8", "ui8", "i16"});
  int64_t zero = w.code(x.element);
  return w.tail(w.emit("requantize", {x},
                       fmt::format("zero_point = {} : i32, {}", zero,
                                   w.rescale(magnitude(x, zero), x.shape.back(),
                                             false, element)),
                       element, x.shape));
}

std::string poolText(const Axis &h, const Axis &v) {
  return fmt::format("kernel = {}, strides = {}, pads = {}",
                     arrayText({h.size, v.size}),
                     arrayText({h.stride, v.stride}),
                     arrayText({h.before, h.after, v.before, v.after}));
}

Value avgPool(RandomWriter &w) {
  Value x = w.image();
  Axis h = windowAxis(w, x.shape[1], false, true);
  Axis v = windowAxis(w, x.shape[2], false, true);
  int64_t zero = w.code(x.element);
  int64_t window = h.size * v.size;
  std::string element = w.pick<const char *>({"i8", "i8", "ui8", "i16"});
  return w.tail(w.emit("avg_pool2d", {x},
                       fmt::format("{}, input_zero_point = {} : i32, {}",
                                   poolText(h, v), zero,
                                   w.rescale(magnitude(x, zero) * window / 2,
                                             window, false, element)),
                       element, {x.shape[0], h.out, v.out, x.shape[3]}));
}

Value maxPool(RandomWriter &w) {
  Value x = w.image();
  Axis h = windowAxis(w, x.shape[1], false, true);
  Axis v = windowAxis(w, x.shape[2], false, true);
  return w.tail(w.emit("max_pool2d", {x}, poolText(h, v), x.element,
                       {x.shape[0], h.out, v.out, x.shape[3]}));
}

Value reduce(RandomWriter &w) {
  Value x = w.operand(w.in(1, 5));
  Shape axes, shape = x.shape;
  int64_t count = 1;
  for (size_t i = 0; i < shape.size(); ++i)
    if (w.chance(50) || (axes.empty() && i + 1 == shape.size())) {
      axes.push_back(i);
      count *= shape[i];
      shape[i] = 1;
    }
  std::string kind =
      w.pick<const char *>({"sum", "sum", "squares", "max", "min"});
  int64_t zero = w.code(x.element);
  if (kind == "squares") {
    double bound = magnitude(x, zero) * magnitude(x, zero) * count;
    return w.requantize(w.emit("reduce <squares>", {x},
                               fmt::format("axes = {}, zero_point = {} : i32",
                                           arrayText(axes), zero),
                               accumulatorFor(bound), shape),
                        bound / 3);
  }
  bool sum = kind == "sum";
  Value result = w.emit(
      "reduce <" + kind + ">", {x},
      fmt::format("axes = {}, zero_point = {} : i32", arrayText(axes), zero),
      sum ? "i32" : x.element, shape);
  return sum ? w.requantize(result, magnitude(x, zero) * count / 2)
             : w.tail(result);
}

Value concat(RandomWriter &w) {
  Value first = w.operand(w.in(1, 5));
  int64_t axis = w.in(0, first.shape.size() - 1);
  std::vector<Value> parts = {first};
  Shape shape = first.shape;
  for (int64_t n = w.in(1, 3); n > 0; --n) {
    Shape other = first.shape;
    other[axis] = w.in(1, 6);
    Value part = w.chance(50)
                     ? first
                     : w.constant(other, first.element, codeMin(first.element),
                                  codeMax(first.element));
    shape[axis] += part.shape[axis];
    parts.push_back(part);
  }
  if (w.chance(50))
    std::swap(parts.front(), parts.back());
  return w.emit("concat", parts, fmt::format("axis = {} : i64", axis),
                first.element, shape);
}

Value slice(RandomWriter &w) {
  Value x = w.operand(w.in(1, 5));
  Shape starts, sizes, strides;
  for (int64_t extent : x.shape) {
    int64_t start = w.in(0, extent - 1);
    int64_t stride = w.pick<int64_t>({1, 1, 2, 3});
    starts.push_back(start);
    strides.push_back(stride);
    sizes.push_back(w.in(1, (extent - start - 1) / stride + 1));
  }
  return w.emit("slice", {x},
                fmt::format("starts = {}, sizes = {}, strides = {}",
                            arrayText(starts), arrayText(sizes),
                            arrayText(strides)),
                x.element, sizes);
}

Value pad(RandomWriter &w) {
  Value x = w.operand(w.in(1, 5));
  Shape low, high, interior, shape;
  for (int64_t extent : x.shape) {
    int64_t between = w.chance(70) ? 0 : w.in(1, 2);
    int64_t size = extent + (extent - 1) * between;
    int64_t l =
        w.chance(60) ? w.in(0, 3) : -w.in(0, std::min<int64_t>(2, size - 1));
    int64_t h = w.chance(60) ? w.in(0, 3) : -w.in(0, 2);
    if (size + l + h < 1)
      h = 1 - size - l;
    low.push_back(l);
    high.push_back(h);
    interior.push_back(between);
    shape.push_back(size + l + h);
  }
  return w.emit("pad", {x},
                fmt::format("low = {}, high = {}, interior = {}, value = {} : "
                            "i32",
                            arrayText(low), arrayText(high),
                            arrayText(interior), w.code(x.element)),
                x.element, shape);
}

Value transpose(RandomWriter &w) {
  Value x = w.operand(w.in(2, 5));
  Shape order(x.shape.size()), shape;
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  for (size_t i = order.size(); i-- > 1;)
    std::swap(order[i], order[w.in(0, i)]);
  for (int64_t axis : order)
    shape.push_back(x.shape[axis]);
  return w.emit("transpose", {x}, "permutation = " + arrayText(order),
                x.element, shape);
}

Value tile(RandomWriter &w) {
  Value x = w.operand(w.in(1, 5));
  Shape multiples, shape;
  for (int64_t extent : x.shape) {
    multiples.push_back(w.chance(60) ? 1 : w.in(1, 3));
    shape.push_back(extent * multiples.back());
  }
  return w.emit("tile", {x}, "multiples = " + arrayText(multiples), x.element,
                shape);
}

Value gather(RandomWriter &w) {
  Value x = w.operand(w.in(1, 5));
  int64_t axis = w.in(0, x.shape.size() - 1);
  Shape indices, shape = x.shape;
  for (int64_t n = w.in(1, 7); n > 0; --n)
    indices.push_back(w.in(0, x.shape[axis] - 1));
  shape[axis] = indices.size();
  return w.emit(
      "gather", {x},
      fmt::format("indices = {}, axis = {} : i64", arrayText(indices), axis),
      x.element, shape);
}

Value resize(RandomWriter &w) {
  Value x = w.image(w.chance(70) ? "i8" : "ui8");
  Shape scale, offset, border, shape = x.shape;
  for (int axis : {1, 2}) {
    int64_t n, d, o, b, span;
    do {
      n = w.in(1, 4);
      d = w.in(1, 3);
      o = w.in(-2, 2);
      b = w.in(-2, 2);
      span = (x.shape[axis] - 1) * n - o + b;
    } while (span < 0);
    scale.insert(scale.end(), {n, d});
    offset.push_back(o);
    border.push_back(b);
    shape[axis] = span / d + 1;
  }
  bool bilinear = w.chance(60);
  int64_t zero = w.code(x.element);
  double bound = magnitude(x, zero) * scale[0] * scale[2];
  Value result = w.emit(
      bilinear ? "resize <bilinear>" : "resize <nearest>", {x},
      fmt::format("scale = {}, offset = {}, border = {}, zero_point = "
                  "{} : i32",
                  arrayText(scale), arrayText(offset), arrayText(border), zero),
      bilinear ? "i32" : x.element, shape);
  return bilinear ? w.requantize(result, bound) : result;
}

Value argmax(RandomWriter &w) {
  Value x = w.operand(w.in(2, 5));
  int64_t axis = w.in(0, x.shape.size() - 1);
  Shape shape = x.shape;
  shape.erase(shape.begin() + axis);
  Value index =
      w.emit("argmax", {x}, fmt::format("axis = {} : i64", axis), "i32", shape);
  // The index itself, as i16.
  return w.emit("requantize", {index},
                "zero_point = 0 : i32, rescale = #qint.rescale<multipliers = "
                "[1073741824], shifts = [30], rounding = single, zero_point = "
                "0, min = -32768, max = 32767>",
                "i16", shape);
}

struct Kind {
  const char *name;
  int weight;
  Value (*write)(RandomWriter &);
};

std::string formText(RandomWriter &w) {
  return fmt::format("form = #qint.form<{}>",
                     w.pick<const char *>({"polynomial", "shift", "table"}));
}

/// The bounds and zero point of a result.
std::string codesText(RandomWriter &w, const std::string &element) {
  int64_t a = w.code(element), b = w.code(element);
  return fmt::format("zero_point = {} : i32, min = {} : i32, max = {} : i32",
                     w.code(element), std::min(a, b), std::max(a, b));
}

/// The shape of one number for each row of the last axis.
Shape rowsOf(const Value &value) {
  Shape shape = value.shape;
  shape.back() = 1;
  return shape;
}

Value reduceRows(RandomWriter &w, const Value &x, const char *kind,
                 const std::string &element, int64_t zero) {
  return w.emit(fmt::format("reduce <{}>", kind), {x},
                fmt::format("axes = {}, zero_point = {} : i32",
                            arrayText({int64_t(x.shape.size()) - 1}), zero),
                element, rowsOf(x));
}

Value norm(RandomWriter &w) {
  Value x = w.operand(w.in(1, 4));
  int64_t depth = x.shape.back(), zero = w.code(x.element);
  bool centred = w.chance(70);
  int fraction = 28;
  for (int64_t n = 1; centred && n < depth; n *= 4)
    --fraction;
  double most = magnitude(x, zero);
  Value squares =
      reduceRows(w, x, "squares", accumulatorFor(depth * most * most), zero);
  std::vector<Value> root = {squares};
  if (centred)
    root.push_back(reduceRows(w, x, "sum", "i32", zero));
  Value scale =
      w.emit("inverse_root", root,
             fmt::format("count = {} : i64, addend = {} : i64, {}",
                         centred ? depth : 1,
                         w.pick<int64_t>({1, 77, 123456, int64_t(1) << 55}),
                         formText(w)),
             "i32", rowsOf(x));
  std::vector<Value> operands = {
      x, scale, w.constant({depth}, "i32", INT32_MIN, INT32_MAX),
      w.constant({depth}, "i32", -(1 << 29), 1 << 29)};
  if (centred)
    operands.push_back(root[1]);
  std::string element = w.pick<const char *>({"i8", "ui8", "i16"});
  return w.tail(
      w.emit("norm", operands,
             fmt::format("input_zero_point = {} : i32, fraction = {} "
                         ": i32, shift = {} : i32, {}",
                         zero, fraction, w.in(1, 22), codesText(w, element)),
             element, x.shape));
}

/// A softmax, or its logarithm.
Value softmaxOf(RandomWriter &w, const Value &x) {
  bool isByte = x.element != "i16", isLog = w.chance(30);
  std::string steps = fmt::format("multiplier = {} : i32, shift = {} : i32",
                                  w.in(0, (1 << (isByte ? 23 : 15)) - 1),
                                  w.in(0, isByte ? 20 : 12));
  std::string form = formText(w);
  Value largest = reduceRows(w, x, "max", x.element, 0);
  std::vector<Value> table;
  if (isByte && !isLog && w.chance(50))
    table.push_back(w.constant({256}, "i16", 1, 32767));
  auto with = [&](std::vector<Value> operands) {
    operands.insert(operands.end(), table.begin(), table.end());
    return operands;
  };
  // Where an element is the largest of its row it counts 2^15.
  Value sum = w.emit("power_sum", with({x, largest}), steps + ", " + form,
                     "i32", rowsOf(x));
  if (isLog) {
    Value logarithm = w.emit("logarithm", {sum}, formText(w), "i32", rowsOf(x));
    return w.requantize(w.emit("power_log", {x, largest, logarithm},
                               "multiplier = 300 : i32, shift = 1 : i32", "i32",
                               x.shape),
                        1 << 20);
  }
  Value scale = w.emit("reciprocal", {sum}, formText(w), "i32", rowsOf(x));
  std::string element = w.pick<const char *>({"i8", "ui8", "i16"});
  return w.tail(w.emit("power_share", with({x, largest, scale}),
                       fmt::format("{}, {}, bits = {} : i32, {}", steps, form,
                                   w.in(1, 15), codesText(w, element)),
                       element, x.shape));
}

Value softmax(RandomWriter &w) { return softmaxOf(w, w.operand(w.in(1, 4))); }

Value attention(RandomWriter &w) {
  Value query = w.operand(3), split = moved(w, query);
  Value scores = product(w, split, factorFor(w, split, query));
  if (w.chance(50)) { // with an axis of size 1, as exporters write it
    Shape shape = scores.shape;
    scores = w.reshape(scores, {1, shape[0], shape[1], shape[2]});
    scores = w.reshape(softmaxOf(w, scores), shape);
  } else {
    scores = softmaxOf(w, scores);
  }
  return moved(w, product(w, scores, factorFor(w, scores, query)));
}

Value gate(RandomWriter &w) {
  Value x = w.operand(w.in(1, 5));
  bool isByte = x.element != "i16";
  int64_t zero = isByte ? w.code(x.element) : 0;
  std::string kind =
      w.pick<const char *>({"logistic", "tanh", "swish", "gelu"});
  Value result =
      w.emit("gate <" + kind + ">", {x},
             fmt::format("zero_point = {} : i32, multiplier = {} : i32, shift "
                         "= {} : i32, form = #qint.form<{}>",
                         zero, w.in(0, isByte ? 1 << 22 : 65535),
                         w.in(0, isByte ? 20 : 14),
                         w.chance(70) ? "polynomial" : "shift"),
             "i32", x.shape);
  bool isProduct = kind == "swish" || kind == "gelu";
  return w.requantize(result, 32768.0 * (isProduct ? magnitude(x, zero) : 1));
}

const Kind kinds[] = {
    {"conv2d", 10, conv},
    {"matmul", 4, matmul},
    {"attention", 4, attention},
    {"add", 4, addCase},
    {"mul", 3, mul},
    {"select", 2, select},
    {"clamp", 1, clamp},
    {"table", 2, tableCase},
    {"requantize", 3, requantizeCodes},
    {"avg_pool2d", 3, avgPool},
    {"max_pool2d", 3, maxPool},
    {"reduce", 3, reduce},
    {"concat", 2, concat},
    {"slice", 2, slice},
    {"pad", 3, pad},
    {"transpose", 2, transpose},
    {"tile", 1, tile},
    {"gather", 1, gather},
    {"resize", 3, resize},
    {"argmax", 2, argmax},
    {"interpolate", 1, interpolate},
    {"div", 1, div},
    {"norm", 2, norm},
    {"softmax", 2, softmax},
    {"gate", 1, gate},
    {"lookup", 3, writeLookup},
};

} // namespace

Value writeRandomOp(RandomWriter &writer, std::string &name) {
  int total = 0;
  for (const Kind &kind : kinds)
    total += kind.weight;
  int64_t drawn = writer.in(0, total - 1);
  const Kind *kind = kinds;
  while (drawn >= kind->weight)
    drawn -= kind++->weight;
  name = kind->name;
  return kind->write(writer);
}

} // namespace qcc::test
