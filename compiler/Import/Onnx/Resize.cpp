// Resampling: axis by axis, every element of the result is a weighted sum of
// elements of the input.
#include "compiler/Import/Onnx/Operators.h"
#include "compiler/Import/Onnx/Selection.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <numeric>

namespace qcc::import::onnx {
namespace {

struct Settings {
  std::string mode, coordinates, nearest;
  bool antialias = false, excludeOutside = false;
  double cubicA = -0.75, extrapolation = 0;
};

/// One axis that changes. `scale` is that of the coordinates, which need not be
/// out / in.
struct Axis {
  int64_t axis, in, out;
  double scale, roiStart = 0, roiEnd = 1;
};

/// Weights of input elements; none where a constant stands instead.
using Taps = std::vector<std::pair<int64_t, double>>;

//===----------------------------------------------------------------------===//
// Coordinates and weights
//===----------------------------------------------------------------------===//

double coordinateOf(const Settings &settings, const Axis &axis, int64_t y) {
  const std::string &kind = settings.coordinates;
  double last = axis.in - 1.0;
  if (kind == "asymmetric")
    return y / axis.scale;
  if (kind == "align_corners")
    return axis.out > 1 ? y * last / (axis.out - 1.0) : 0;
  if (kind == "tf_half_pixel_for_nn")
    return (y + 0.5) / axis.scale;
  if (kind == "tf_crop_and_resize") {
    if (axis.out == 1)
      return 0.5 * (axis.roiStart + axis.roiEnd) * last;
    return axis.roiStart * last +
           y * (axis.roiEnd - axis.roiStart) * last / (axis.out - 1.0);
  }
  if (kind == "pytorch_half_pixel" && axis.out == 1)
    return 0;
  double x = (y + 0.5) / axis.scale - 0.5;
  if (kind == "half_pixel_symmetric")
    // The size was rounded down; the image stays in the middle.
    x += axis.in / 2.0 * (1 - axis.out / (axis.scale * axis.in));
  return x;
}

int64_t nearestTo(const Settings &settings, double x) {
  if (settings.nearest == "floor")
    return static_cast<int64_t>(std::floor(x));
  if (settings.nearest == "ceil")
    return static_cast<int64_t>(std::ceil(x));
  if (settings.nearest == "round_prefer_ceil")
    return static_cast<int64_t>(std::floor(x + 0.5));
  return static_cast<int64_t>(std::ceil(x - 0.5));
}

double cubicWeight(double a, double distance) {
  double d = std::fabs(distance);
  if (d <= 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2)
    return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return 0;
}

/// The elements around `x`, of which those outside are the edge or left out.
Taps interpolate(const Settings &settings, const Axis &axis, double x) {
  bool cubic = settings.mode == "cubic";
  // A smaller image needs a wider filter lest it drop lines.
  double stretch = settings.antialias ? std::min(1.0, axis.scale) : 1;
  double radius = (cubic ? 2 : 1) / stretch;
  bool exclude = settings.excludeOutside || settings.antialias;
  Taps taps;
  double sum = 0;
  int64_t first = static_cast<int64_t>(std::floor(x - radius)) + 1;
  for (int64_t i = first; i < x + radius; ++i) {
    double distance = (i - x) * stretch;
    double weight = cubic ? cubicWeight(settings.cubicA, distance)
                          : std::max(0.0, 1 - std::fabs(distance));
    if (weight == 0 || (exclude && (i < 0 || i >= axis.in)))
      continue;
    taps.emplace_back(std::clamp<int64_t>(i, 0, axis.in - 1), weight);
    sum += weight;
  }
  if (exclude)
    for (auto &[index, weight] : taps)
      weight /= sum;
  return taps;
}

std::vector<Taps> tapsOf(const Settings &settings, const Axis &axis) {
  std::vector<Taps> result;
  for (int64_t y = 0; y < axis.out; ++y) {
    double x = coordinateOf(settings, axis, y);
    bool outside = settings.coordinates == "tf_crop_and_resize" &&
                   !(x >= 0 && x <= axis.in - 1.0);
    // Far outside of any image; keeps the conversion to integers defined.
    x = std::clamp(x, -4.0 - 4 / axis.scale, axis.in + 4.0 + 4 / axis.scale);
    if (outside)
      result.emplace_back();
    else if (settings.mode == "nearest")
      result.push_back(
          {{std::clamp<int64_t>(nearestTo(settings, x), 0, axis.in - 1), 1.0}});
    else
      result.push_back(interpolate(settings, axis, x));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

/// The indices, where every element is a copy of one.
std::optional<std::vector<int64_t>> copies(llvm::ArrayRef<Taps> taps) {
  std::vector<int64_t> indices;
  for (const Taps &element : taps) {
    if (element.size() != 1 || element.front().second != 1)
      return std::nullopt;
    indices.push_back(element.front().first);
  }
  return indices;
}

Value resampleAxis(Node &node, const Settings &settings, const Axis &axis,
                   Value x) {
  std::vector<Taps> taps = tapsOf(settings, axis);
  if (auto indices = copies(taps)) {
    Selection selection(build::shapeOf(x).size());
    selection[axis.axis] = *indices;
    return select(node, x, selection);
  }
  size_t count = 0;
  for (const Taps &element : taps)
    count = std::max(count, element.size());
  Shape shape(build::shapeOf(x).size(), 1);
  shape[axis.axis] = axis.out;
  Value sum;
  for (size_t t = 0; t < count; ++t) {
    std::vector<int64_t> indices;
    std::vector<float> weights;
    for (const Taps &element : taps) {
      bool there = t < element.size();
      indices.push_back(there ? element[t].first : 0);
      weights.push_back(there ? static_cast<float>(element[t].second) : 0);
    }
    Value part = node.mul(node.gather(x, indices, axis.axis),
                          node.constant(shape, weights));
    sum = sum ? node.add(sum, part) : part;
  }
  std::vector<float> constants;
  for (const Taps &element : taps)
    constants.push_back(
        element.empty() ? static_cast<float>(settings.extrapolation) : 0);
  if (!sum)
    return node.mul(x, 0); // Everything is outside.
  return llvm::any_of(constants, [](float c) { return c != 0; })
             ? node.add(sum, node.constant(shape, constants))
             : sum;
}

/// A coordinate (y * den + offset) / num of qgraph.resize.
struct Ratio {
  int64_t num, den, offset;
};

/// Whether `ratio` gives the same elements as `taps`.
bool agrees(const Settings &settings, const Axis &axis, Ratio ratio,
            llvm::ArrayRef<Taps> taps) {
  for (int64_t y = 0; y < axis.out; ++y) {
    int64_t scaled = y * ratio.den + ratio.offset;
    if (settings.mode == "nearest") {
      double index = std::floor(double(scaled) / ratio.num + 0.5);
      if (taps[y].size() != 1 ||
          taps[y].front().first != std::clamp<double>(index, 0, axis.in - 1.0))
        return false;
      continue;
    }
    double x = double(scaled) / ratio.num;
    if (std::fabs(x - coordinateOf(settings, axis, y)) > 1e-9)
      return false;
  }
  return true;
}

/// Says `axis` as qgraph.resize does, if that can.
std::optional<Ratio> ratioOf(const Settings &settings, const Axis &axis) {
  if (settings.antialias || settings.mode == "cubic" ||
      settings.coordinates == "tf_crop_and_resize" || axis.in > 4096 ||
      axis.out > 4096)
    return std::nullopt;
  std::vector<Taps> taps = tapsOf(settings, axis);
  int64_t in = axis.in, out = axis.out;
  const Ratio candidates[] = {{2 * out, 2 * in, in - out},
                              {2 * out, 2 * in, -out},
                              {out, in, 0},
                              {std::max<int64_t>(out - 1, 1), in - 1, 0}};
  for (Ratio ratio : candidates) {
    if (ratio.den < 1 || !agrees(settings, axis, ratio, taps))
      continue;
    int64_t common = std::gcd(std::gcd(ratio.num, ratio.den), ratio.offset);
    return Ratio{ratio.num / common, ratio.den / common, ratio.offset / common};
  }
  return std::nullopt;
}

/// H and W of an image as one qgraph.resize; null when that cannot say it.
Value resizeImage(Node &node, const Settings &settings,
                  llvm::ArrayRef<Axis> axes) {
  if (node.rank(0) != 4)
    return {};
  Shape scale = {1, 1, 1, 1}, offset = {0, 0}, border = {0, 0};
  for (const Axis &axis : axes) {
    auto ratio = axis.axis >= 2 ? ratioOf(settings, axis) : std::nullopt;
    if (!ratio)
      return {};
    int64_t at = axis.axis - 2;
    scale[2 * at] = ratio->num;
    scale[2 * at + 1] = ratio->den;
    offset[at] = ratio->offset;
    border[at] = (axis.out - 1) * ratio->den - (axis.in - 1) * ratio->num +
                 ratio->offset;
  }
  auto mode = settings.mode == "nearest" ? qgraph::ResizeMode::Nearest
                                         : qgraph::ResizeMode::Bilinear;
  Value result =
      build::resize(node.builder, node.loc, mode,
                    channelsLast(node, node.value(0)), scale, offset, border);
  return channelsFirst(node, result);
}

llvm::Error setResized(Node &node, const Settings &settings,
                       llvm::ArrayRef<Axis> axes) {
  for (const Axis &axis : axes)
    if (axis.out < 1 || axis.out > (1 << 20) || !(axis.scale > 1e-6) ||
        !(axis.scale < 1e6))
      return node.fail("resizes axis " + llvm::Twine(axis.axis) + " to " +
                       llvm::Twine(axis.out) + " elements");
  if (Value image = resizeImage(node, settings, axes))
    return node.set(image);
  Value x = node.value(0);
  for (const Axis &axis : axes)
    x = resampleAxis(node, settings, axis, x);
  return node.set(x);
}

//===----------------------------------------------------------------------===//
// Attributes and inputs
//===----------------------------------------------------------------------===//

llvm::Expected<Settings> readSettings(Node &node) {
  Settings settings;
  settings.mode = node.text("mode", "nearest");
  bool old = node.opset < 11;
  settings.coordinates = node.text("coordinate_transformation_mode",
                                   old ? "asymmetric" : "half_pixel");
  settings.nearest =
      node.text("nearest_mode", old ? "floor" : "round_prefer_floor");
  settings.antialias = node.integer("antialias", 0) != 0;
  settings.excludeOutside = node.integer("exclude_outside", 0) != 0;
  settings.cubicA = node.number("cubic_coeff_a", -0.75f);
  settings.extrapolation = node.number("extrapolation_value", 0);
  if (settings.mode == "bilinear") // Upsample's older name.
    settings.mode = "linear";
  auto check =
      [&](llvm::StringRef name, const std::string &found,
          std::initializer_list<llvm::StringRef> known) -> llvm::Error {
    if (llvm::is_contained(known, found))
      return llvm::Error::success();
    return node.fail("has the " + name + " '" + found + "', expected " +
                     llvm::join(known, ", "));
  };
  if (llvm::Error error =
          check("mode", settings.mode, {"nearest", "linear", "cubic"}))
    return std::move(error);
  if (llvm::Error error =
          check("coordinate_transformation_mode", settings.coordinates,
                {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
                 "align_corners", "asymmetric", "tf_half_pixel_for_nn",
                 "tf_crop_and_resize"}))
    return std::move(error);
  if (llvm::Error error =
          check("nearest_mode", settings.nearest,
                {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}))
    return std::move(error);
  return settings;
}

/// The axes that scales and sizes are about: all, or those given (opset 18).
llvm::Expected<Shape> readAxes(Node &node) {
  Shape axes = node.integers("axes");
  if (node.hasAttr("axes")) {
    if (auto sorted = node.axes(axes, node.rank(0)); !sorted)
      return sorted.takeError();
    for (int64_t &axis : axes)
      axis += axis < 0 ? node.rank(0) : 0;
    return axes;
  }
  for (int64_t axis = 0; axis < node.rank(0); ++axis)
    axes.push_back(axis);
  return axes;
}

llvm::Expected<std::vector<Axis>> axesOfScales(Node &node,
                                               llvm::ArrayRef<int64_t> axes,
                                               llvm::ArrayRef<double> scales) {
  if (scales.size() != axes.size())
    return node.fail("has " + llvm::Twine(scales.size()) +
                     " scales, expected " + llvm::Twine(axes.size()));
  std::vector<Axis> result;
  for (auto [axis, scale] : llvm::zip(axes, scales)) {
    int64_t in = node.shape(0)[axis];
    double out = std::floor(in * scale);
    if (!(out >= 0 && out < 1e9))
      return node.fail("has the scale " + std::to_string(scale));
    result.push_back({axis, in, static_cast<int64_t>(out), scale});
  }
  return result;
}

llvm::Expected<std::vector<Axis>> axesOfSizes(Node &node,
                                              llvm::ArrayRef<int64_t> axes,
                                              llvm::ArrayRef<int64_t> sizes) {
  if (sizes.size() != axes.size())
    return node.fail("has " + llvm::Twine(sizes.size()) + " sizes, expected " +
                     llvm::Twine(axes.size()));
  std::string policy = node.text("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    return node.fail("has the keep_aspect_ratio_policy '" + policy +
                     "', expected stretch, not_larger or not_smaller");
  std::vector<Axis> result;
  for (auto [axis, size] : llvm::zip(axes, sizes)) {
    int64_t in = node.shape(0)[axis];
    result.push_back({axis, in, size, double(size) / in});
  }
  if (policy == "stretch" || result.empty())
    return result;
  double common = result.front().scale;
  for (const Axis &axis : result)
    common = policy == "not_larger" ? std::min(common, axis.scale)
                                    : std::max(common, axis.scale);
  for (Axis &axis : result) {
    axis.scale = common;
    axis.out = static_cast<int64_t>(
        std::floor(std::clamp(common * axis.in, 0.0, 1e9) + 0.5));
  }
  return result;
}

/// Drops axes that nothing happens to.
void dropUnchanged(std::vector<Axis> &axes) {
  llvm::erase_if(axes, [](const Axis &axis) {
    return axis.in == axis.out && axis.scale == 1 && axis.roiStart == 0 &&
           axis.roiEnd == 1;
  });
}

} // namespace

llvm::Error importResize(Node &node) {
  auto settings = readSettings(node);
  if (!settings)
    return settings.takeError();
  auto axes = readAxes(node);
  if (!axes)
    return axes.takeError();
  // Opset 10 has inputs X and scales, later ones X, roi, scales and sizes.
  size_t scalesAt = node.opset < 11 ? 1 : 2;
  bool bySizes = node.has(3) && elementCount(node.shape(3)) != 0;
  llvm::Expected<std::vector<Axis>> changed = std::vector<Axis>();
  if (bySizes) {
    auto sizes = node.ints(3);
    if (!sizes)
      return sizes.takeError();
    changed = axesOfSizes(node, *axes, *sizes);
  } else if (node.has(scalesAt)) {
    auto scales = node.reals(scalesAt);
    if (!scales)
      return scales.takeError();
    changed = axesOfScales(node, *axes, *scales);
  } else {
    return node.fail("has neither scales nor sizes");
  }
  if (!changed)
    return changed.takeError();
  if (settings->coordinates == "tf_crop_and_resize") {
    if (!node.has(1))
      return node.fail("has no roi");
    auto roi = node.reals(1);
    if (!roi)
      return roi.takeError();
    if (roi->size() != 2 * changed->size())
      return node.fail("has a roi of " + llvm::Twine(roi->size()) +
                       " numbers, expected " +
                       llvm::Twine(2 * changed->size()));
    for (size_t i = 0; i < changed->size(); ++i) {
      (*changed)[i].roiStart = (*roi)[i];
      (*changed)[i].roiEnd = (*roi)[i + changed->size()];
    }
  }
  dropUnchanged(*changed);
  return setResized(node, *settings, *changed);
}

/// Up to opset 8 the scales are an attribute.
llvm::Error importUpsample(Node &node) {
  Settings settings;
  settings.mode = node.text("mode", "nearest");
  if (settings.mode == "bilinear")
    settings.mode = "linear";
  if (settings.mode != "nearest" && settings.mode != "linear")
    return node.fail("has the mode '" + settings.mode +
                     "', expected nearest, linear");
  settings.coordinates = "asymmetric";
  settings.nearest = "floor";
  std::vector<double> scales;
  if (const auto *attribute = node.find("scales")) {
    scales.assign(attribute->floats().begin(), attribute->floats().end());
  } else {
    if (!node.has(1))
      return node.fail("has no scales");
    auto given = node.reals(1);
    if (!given)
      return given.takeError();
    scales = *given;
  }
  auto axes = readAxes(node);
  if (!axes)
    return axes.takeError();
  auto changed = axesOfScales(node, *axes, scales);
  if (!changed)
    return changed.takeError();
  dropUnchanged(*changed);
  return setResized(node, settings, *changed);
}

} // namespace qcc::import::onnx
