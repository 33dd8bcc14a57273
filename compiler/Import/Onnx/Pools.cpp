// Windows, and the pools that they move.
#include "compiler/Import/Onnx/Operators.h"
#include "compiler/Import/Onnx/Windows.h"

#include <limits>

namespace qcc::import::onnx {

Shape Window::pads2() const {
  Shape pads;
  for (size_t axis = 0; axis < before.size(); ++axis)
    pads.append({before[axis], after[axis]});
  if (before.size() == 1)
    pads.insert(pads.begin(), {0, 0});
  return pads;
}

/// Beyond this no network goes, and sums of such numbers fit 64 bits.
constexpr int64_t largest = int64_t(1) << 24;

/// An attribute of `count` numbers in [least, 2^24]; `otherwise` when missing.
static llvm::Expected<Shape> readSizes(Node &node, llvm::StringRef name,
                                       size_t count, int64_t least,
                                       int64_t otherwise) {
  Shape sizes = node.integers(name);
  if (sizes.empty())
    return Shape(count, otherwise);
  if (sizes.size() != count)
    return node.fail("has " + name + " of " + llvm::Twine(sizes.size()) +
                     " numbers, expected " + llvm::Twine(count));
  for (int64_t size : sizes)
    if (size < least || size > largest)
      return node.fail("has " + name + " with " + llvm::Twine(size) +
                       ", expected at least " + llvm::Twine(least));
  return sizes;
}

/// Sets the pads with which the result is as large as the input divided by the
/// strides.
static void padToSame(Node &node, Window &window, bool upper) {
  for (size_t axis = 0; axis < window.kernel.size(); ++axis) {
    int64_t in = node.shape(0)[axis + 2], stride = window.strides[axis];
    int64_t out = (in + stride - 1) / stride;
    int64_t total =
        std::max<int64_t>(0, (out - 1) * stride + window.extent(axis) - in);
    window.before[axis] = upper ? total / 2 : total - total / 2;
    window.after[axis] = total - window.before[axis];
  }
}

llvm::Expected<Window> readWindow(Node &node, llvm::ArrayRef<int64_t> kernel,
                                  bool transposed) {
  size_t axes = kernel.size();
  if (static_cast<int64_t>(axes) + 2 != node.rank(0))
    return node.fail("has a window of " + llvm::Twine(axes) +
                     " axes and an input of rank " + llvm::Twine(node.rank(0)));
  if (node.hasAttr("kernel_shape") &&
      llvm::ArrayRef<int64_t>(node.integers("kernel_shape")) != kernel)
    return node.fail("has a kernel_shape that is not its filter's");
  Window window;
  window.kernel.assign(kernel.begin(), kernel.end());
  auto strides = readSizes(node, "strides", axes, 1, 1);
  if (!strides)
    return strides.takeError();
  auto dilations = readSizes(node, "dilations", axes, 1, 1);
  if (!dilations)
    return dilations.takeError();
  auto pads = readSizes(node, "pads", 2 * axes, 0, 0);
  if (!pads)
    return pads.takeError();
  window.strides = *strides;
  window.dilations = *dilations;
  window.before.assign(pads->begin(), pads->begin() + axes);
  window.after.assign(pads->begin() + axes, pads->end());
  for (int64_t size : kernel)
    if (size < 1 || size > largest)
      return node.fail("has a window of size " + llvm::Twine(size));
  std::string mode = node.text("auto_pad", "NOTSET");
  if (mode != "NOTSET" && mode != "VALID" && mode != "SAME_UPPER" &&
      mode != "SAME_LOWER")
    return node.fail("has the auto_pad '" + mode +
                     "', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  if (mode == "VALID") {
    window.before.assign(axes, 0);
    window.after.assign(axes, 0);
  } else if (mode != "NOTSET" && !transposed) {
    padToSame(node, window, mode == "SAME_UPPER");
  }
  return window;
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

/// The rows or columns that `ceil_mode` reads past the padded input, per axis:
/// so many that the last window is whole. A window that would start in the
/// padding at the end is none.
static Shape overhang(Node &node, const Window &window) {
  Shape result;
  for (size_t axis = 0; axis < window.kernel.size(); ++axis) {
    int64_t in = node.shape(0)[axis + 2], stride = window.strides[axis];
    int64_t room =
        in + window.before[axis] + window.after[axis] - window.extent(axis);
    int64_t more = (stride - room % stride) % stride;
    bool startsInside = room + more < in + window.before[axis];
    bool ceil = room >= 0 && node.integer("ceil_mode", 0) && startsInside;
    result.push_back(ceil ? more : 0);
  }
  return result;
}

static Value padImage(Node &node, Value image, llvm::ArrayRef<int64_t> pads,
                      float value) {
  if (llvm::all_of(pads, [](int64_t pad) { return pad == 0; }))
    return image;
  return build::pad(node.builder, node.loc, image, {0, pads[0], pads[2], 0},
                    {0, pads[1], pads[3], 0}, value);
}

/// Whether every window with these pads meets the input.
static bool fits(llvm::ArrayRef<int64_t> pads, llvm::ArrayRef<int64_t> kernel) {
  return pads[0] < kernel[0] && pads[1] < kernel[0] && pads[2] < kernel[1] &&
         pads[3] < kernel[1];
}

/// Combines shifted copies of `image`, one for each element of a dilated
/// window.
static Value combineDilated(Node &node, Value image, const Window &window,
                            llvm::function_ref<Value(Value, Value)> combine) {
  Shape shape(build::shapeOf(image)), kernel = window.kernel2();
  Shape strides = window.strides2(), dilations = window.dilations2();
  Shape sizes = shape;
  for (size_t axis : {0, 1})
    sizes[axis + 1] =
        (shape[axis + 1] - (kernel[axis] - 1) * dilations[axis] - 1) /
            strides[axis] +
        1;
  Value result;
  for (int64_t y = 0; y < kernel[0]; ++y)
    for (int64_t x = 0; x < kernel[1]; ++x) {
      Value part = build::slice(node.builder, node.loc, image,
                                {0, y * dilations[0], x * dilations[1], 0},
                                sizes, {1, strides[0], strides[1], 1});
      result = result ? combine(result, part) : part;
    }
  return result;
}

static bool isDilated(const Window &window) {
  return llvm::any_of(window.dilations, [](int64_t d) { return d != 1; });
}

/// Shifted copies are many ops; no network needs more.
static llvm::Error checkDilated(Node &node, const Window &window) {
  if (!isDilated(window) || elementCount(window.kernel) <= 64)
    return llvm::Error::success();
  return node.fail("has dilations and a window of " +
                   llvm::Twine(elementCount(window.kernel)) +
                   " elements; supported are up to 64");
}

static llvm::Expected<Window> readPool(Node &node) {
  if (node.rank(0) != 3 && node.rank(0) != 4)
    return node.fail("has an input of rank " + llvm::Twine(node.rank(0)) +
                     "; supported are 3 and 4");
  if (node.integer("storage_order", 0))
    return node.fail("has storage_order 1; supported is 0");
  auto window = readWindow(node, node.integers("kernel_shape"));
  if (!window)
    return window.takeError();
  if (llvm::Error error = checkDilated(node, *window))
    return std::move(error);
  return window;
}

llvm::Error importMaxPool(Node &node) {
  auto window = readPool(node);
  if (!window)
    return window.takeError();
  Shape over = overhang(node, *window);
  for (size_t axis = 0; axis < over.size(); ++axis)
    window->after[axis] += over[axis];
  Value image = toImage(node, node.value(0)), result;
  Shape pads = window->pads2(), kernel = window->kernel2();
  constexpr float lowest = std::numeric_limits<float>::lowest();
  if (isDilated(*window)) {
    image = padImage(node, image, pads, lowest);
    result = combineDilated(node, image, *window, [&](Value a, Value b) {
      return node.maximum(a, b);
    });
  } else {
    if (!fits(pads, kernel)) {
      image = padImage(node, image, pads, lowest);
      pads.assign(4, 0);
    }
    result = build::maxPool2d(node.builder, node.loc, image, kernel,
                              window->strides2(), pads);
  }
  return node.set(fromImage(node, result, node.rank(0)));
}

llvm::Error importAveragePool(Node &node) {
  auto window = readPool(node);
  if (!window)
    return window.takeError();
  bool countPads = node.integer("count_include_pad", 0) != 0;
  Shape over = overhang(node, *window);
  bool overhangs = llvm::any_of(over, [](int64_t n) { return n > 0; });
  Value image = toImage(node, node.value(0));
  if (isDilated(*window)) {
    bool padded = llvm::any_of(window->pads2(), [](int64_t n) { return n; });
    if (overhangs || (padded && !countPads))
      return node.fail("has dilations and pads that do not count; supported "
                       "is either");
    image = padImage(node, image, window->pads2(), 0);
    Value sum = combineDilated(
        node, image, *window, [&](Value a, Value b) { return node.add(a, b); });
    Value mean = node.mul(sum, 1.0f / elementCount(window->kernel));
    return node.set(fromImage(node, mean, node.rank(0)));
  }
  // Pads count, but not what lies beyond them.
  if (countPads && (overhangs || !fits(window->pads2(), window->kernel2()))) {
    image = padImage(node, image, window->pads2(), 0);
    window->before.assign(over.size(), 0);
    window->after.assign(over.size(), 0);
    countPads = false;
  }
  for (size_t axis = 0; axis < over.size(); ++axis)
    window->after[axis] += over[axis];
  Value result =
      build::avgPool2d(node.builder, node.loc, image, window->kernel2(),
                       window->strides2(), window->pads2(), countPads);
  return node.set(fromImage(node, result, node.rank(0)));
}

static llvm::Error importGlobalPool(Node &node, ReduceKind kind) {
  Shape axes;
  for (int64_t axis = 2; axis < node.rank(0); ++axis)
    axes.push_back(axis);
  if (axes.empty())
    return node.fail("has an input of rank " + llvm::Twine(node.rank(0)) +
                     ", expected at least 3");
  return node.set(node.reduce(kind, node.value(0), axes));
}

llvm::Error importGlobalMaxPool(Node &node) {
  return importGlobalPool(node, ReduceKind::Max);
}
llvm::Error importGlobalAveragePool(Node &node) {
  return importGlobalPool(node, ReduceKind::Mean);
}

} // namespace qcc::import::onnx
