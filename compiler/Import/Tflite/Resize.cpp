// Resizing of images.
#include "compiler/Import/Tflite/Importer.h"

#include <cmath>

using namespace mlir;

namespace qcc::import::tflite {
namespace {

constexpr uint8_t bilinearOptions = 15, nearestOptions = 74;

/// qgraph.resize on one axis.
struct AxisScale {
  int64_t numerator, denominator, offset, border;
};

AxisScale bilinearScale(int64_t in, int64_t out, bool alignCorners,
                        bool halfPixel) {
  AxisScale s{out, in, 0, 0};
  if (alignCorners && out > 1)
    s = {out - 1, in - 1, 0, 0};
  else if (halfPixel)
    s = {2 * out, 2 * in, in - out, 0};
  // An image of one row has only this row.
  if (s.denominator == 0)
    s = {1, 1, 0, out - 1};
  s.border = (out - 1) * s.denominator - (in - 1) * s.numerator + s.offset;
  return s;
}

/// The row that each output row copies, computed in f32 as the kernel does.
SmallVector<int64_t> nearestRows(int64_t in, int64_t out, bool alignCorners,
                                 bool halfPixel) {
  float scale = alignCorners && out > 1
                    ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                    : static_cast<float>(in) / static_cast<float>(out);
  float offset = halfPixel ? 0.5f : 0.0f;
  SmallVector<int64_t> rows;
  for (int64_t o = 0; o < out; ++o) {
    float at = (static_cast<float>(o) + offset) * scale;
    auto row =
        static_cast<int64_t>(alignCorners ? std::round(at) : std::floor(at));
    rows.push_back(std::clamp<int64_t>(row, 0, in - 1));
  }
  return rows;
}

} // namespace

Value Importer::resizeBilinear() {
  auto *o = network.options<ResizeBilinearOptions>(*op, bilinearOptions);
  Value in = operand(0);
  if (!in || !o || build::shapeOf(in).size() != 4 ||
      output().shape.size() != 4 || output().elements() == 0)
    return fail("needs options and an image of four axes");
  ArrayRef<int64_t> from = build::shapeOf(in), to = output().shape;
  if (isQuantizedOp())
    return integerBilinear(in, o->align_corners(), o->half_pixel_centers());
  AxisScale y = bilinearScale(from[1], to[1], o->align_corners(),
                              o->half_pixel_centers());
  AxisScale x = bilinearScale(from[2], to[2], o->align_corners(),
                              o->half_pixel_centers());
  return build::resize(builder, loc, qgraph::ResizeMode::Bilinear, in,
                       {y.numerator, y.denominator, x.numerator, x.denominator},
                       {y.offset, x.offset}, {y.border, x.border});
}

/// Rule resize-k1: coordinates in 1/1024 of a pixel.
Value Importer::integerBilinear(Value in, bool alignCorners, bool halfPixel) {
  if (!keepsType())
    return {};
  if (output().type == ElementType::UInt8)
    return fail("on UINT8 is computed in float by TensorFlow Lite; expected "
                "INT8 or INT16");
  constexpr int64_t unit = 1024;
  ArrayRef<int64_t> from = build::shapeOf(in), to = output().shape;
  AxisScale axes[2];
  for (int axis : {0, 1}) {
    int64_t have = from[axis + 1], want = to[axis + 1];
    bool corners = alignCorners && want > 1;
    if (!mayIndex(have) || !mayIndex(want))
      return {};
    int64_t whole = corners ? have - 1 : have,
            parts = corners ? want - 1 : want;
    int64_t step = (unit * whole + parts / 2) / parts;
    AxisScale &s = axes[axis];
    s = {unit, step, halfPixel ? step / 2 - unit / 2 : 0, 0};
    // A step of 0 repeats the first row.
    if (step == 0)
      s = {unit, 1, -unit * want, 0};
    if (((want - 1) * s.denominator + s.offset) / unit >= have)
      return fail("has so large an output that the kernel reads outside its "
                  "input");
    s.border = (want - 1) * s.denominator - (have - 1) * unit + s.offset;
  }
  return typed(build::resize(builder, loc, qgraph::ResizeMode::Bilinear, in,
                             {axes[0].numerator, axes[0].denominator,
                              axes[1].numerator, axes[1].denominator},
                             {axes[0].offset, axes[1].offset},
                             {axes[0].border, axes[1].border}));
}

Value Importer::resizeNearest() {
  auto *o = network.options<ResizeNearestNeighborOptions>(*op, nearestOptions);
  Value in = operand(0);
  if (!in || !o || build::shapeOf(in).size() != 4 ||
      output().shape.size() != 4 || output().elements() == 0 || !keepsType())
    return fail("needs options and an image of four axes");
  for (int64_t axis : {1, 2}) {
    if (!mayIndex(output().shape[axis]) || build::shapeOf(in)[axis] == 0)
      return fail("has an image without elements");
    in = build::gather(builder, loc, in,
                       nearestRows(build::shapeOf(in)[axis],
                                   output().shape[axis], o->align_corners(),
                                   o->half_pixel_centers()),
                       axis);
  }
  return in;
}

} // namespace qcc::import::tflite
