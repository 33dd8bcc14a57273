// Convolution: a direct loop nest over register tiles.
#include "passes/LowerToLLVM/Halide/Stage.h"

using namespace mlir;
using Halide::Func;
using Halide::ImageParam;
using Halide::TailStrategy;
using Halide::Var;

namespace qcc::kernels {

/// A packed constant operand; `offset` bytes from its start.
ImageParam Stage::packed(mlir::Value constant, Halide::Type type,
                         llvm::ArrayRef<int64_t> strides, int64_t offset) {
  int number = cast<BlockArgument>(constant).getArgNumber();
  return newParam(type, strides, {Binding::Operand, number, offset});
}

/// The packed weights of this stage's segment.
ImageParam Stage::packedFilter(qint::Conv2DOp op, const ConvPlan &c) {
  const ChannelSegment &s = *region.channels;
  int64_t before = 0; // stored channels of earlier segments
  for (const ChannelSegment &other : c.segments)
    if (other.begin < s.begin)
      before += other.tiles * c.storedChannels(other);
  int64_t block = c.depth * c.storedChannels(s);
  int64_t tap = block * c.stored(SharedAxis::Steps, c.steps());
  int64_t row = tap * c.stored(SharedAxis::Taps, c.taps);
  return packed(op.getFilter(), Halide::Int(8 * int(c.weightBytes)),
                {c.storedOutputs() * c.storedChannel(),
                 row * c.stored(SharedAxis::Rows, c.kh), row, tap, block,
                 c.depth, 1},
                before * c.storedChannel() * c.weightBytes);
}

/// Code number `h` of a unit, counted from its lowest bits, in the type of the
/// unit: sign-extended, or where it counts most when `scaled` (rule
/// accumulate-a5).
static Expr unpackCode(const ConvPlan &c, const Expr &unit, const Expr &h) {
  if (c.shared == SharedAxis::None)
    return unit;
  int width = unit.type().bits(), bits = int(c.weightBits);
  Expr up = Halide::cast(unit.type(), width - bits - h * bits);
  if (!c.scaled)
    return (unit << up) >> Halide::cast(unit.type(), width - bits);
  return (unit << up) & Halide::Internal::make_const(
                            unit.type(), -(int64_t(1) << (width - bits)));
}

/// Whether all taps of the window are unrolled.
bool Stage::unrollsWindow(const ConvPlan &c) const {
  return effort == Effort::Tiled && c.reductionPadded == c.depth &&
         c.taps * c.kh <= 25;
}

/// The sums as a function of (lane, tile, group, x, y, n), for the channels of
/// this stage's segment.
Value Stage::conv(qint::Conv2DOp op) {
  const ConvPlan &c = context.plan.convs.at(op);
  const ChannelSegment &s = *region.channels;
  Value in = get(op.getInput());
  Halide::Type type = elementType(op.getType());
  int64_t before = 0; // packed channels of earlier segments
  for (const ChannelSegment &other : c.segments)
    if (other.begin < s.begin)
      before += other.tiles * other.padded;
  ImageParam filter = packedFilter(op, c);
  auto weights = [=](const WeightPlace &at) {
    return filter(at.part, at.slot, at.step, at.tap, at.row, at.tile, at.group);
  };
  ImageParam bias = packed(op.getBias(), type, {c.paddedOutputs(), s.padded, 1},
                           before * type.bytes());
  auto activation = [&](const TilePlace &at) {
    Expr channel =
        c.depthwise
            ? Expr(int(s.begin) + at.tile * int(s.width) + at.lane)
            : at.group * int(c.groupInputs) + at.step * int(c.depth) + at.part;
    Point p;
    p.at = {at.n,
            at.y * int(c.strideH) - int(c.top) + at.row * int(c.dilationH),
            at.x * int(c.strideW) - int(c.left) + at.tap * int(c.dilationW),
            channel};
    return in.at(p);
  };
  Func sums = sumProducts(op, type, weights, bias, activation);
  Value result;
  result.shape = {c.n, c.oh, c.ow, c.oc};
  result.type = type;
  int shift = int(8 - c.weightBits);
  result.at = [=](const Point &q) -> Expr {
    Expr sum = sums(q.lane, q.tile, q.group, q.at[2], q.at[1], q.at[0]);
    return c.scaled ? (sum >> shift) + bias(q.lane, q.tile, q.group) : sum;
  };
  return result;
}

/// The bias is read by (lane, tile, group).
Func Stage::sumProducts(
    Operation *op, Halide::Type type, const WeightReader &weights,
    const ImageParam &bias,
    llvm::function_ref<Expr(const TilePlace &)> activationAt) {
  const ConvPlan &c = context.plan.convs.at(op);
  const ChannelSegment &s = *region.channels;
  Var lane("lane"), tile("tile"), group("group"), x("x"), y("y"), n("n");
  accumulatorVars = {lane, tile, group, x, y, n};
  int64_t steps = c.stored(SharedAxis::Steps, c.steps());
  int64_t taps = c.stored(SharedAxis::Taps, c.taps);
  int64_t rows = c.stored(SharedAxis::Rows, c.kh);
  bool byVector = c.shared == SharedAxis::Vectors;
  Halide::RDom r(0, int(c.depth), 0, int(steps), 0, int(taps), 0, int(rows), 0,
                 int(byVector ? 1 : c.codes));
  reduction = r;
  // Vectors of a tile share their units with others `stored` lanes away.
  int stored = int(c.storedChannels(s));
  Expr slot = byVector ? lane % stored : Expr(lane);
  Expr code = byVector ? lane / stored : Expr(r[4]);
  // Products of what stands in for none, with a weight of zero, go where the
  // window is unrolled; elsewhere they read the last row or column again, and
  // more steps what `overread` provides for.
  Expr real;
  auto along = [&](SharedAxis axis, const Expr &at, int64_t extent) -> Expr {
    if (axis != c.shared)
      return at;
    Expr whole = at + r[4] * int(c.stored(axis, extent));
    if (axis == SharedAxis::Steps || c.computed(axis, extent) == extent)
      return whole;
    if (unrollsWindow(c) && c.depth == 1)
      real = whole < int(extent);
    return Halide::min(whole, int(extent - 1));
  };
  TilePlace at;
  at.lane = lane, at.tile = tile, at.group = group;
  at.x = x, at.y = y, at.n = n;
  at.part = r.x;
  at.step = along(SharedAxis::Steps, r.y, c.steps());
  at.tap = along(SharedAxis::Taps, r.z, c.taps);
  at.row = along(SharedAxis::Rows, r.w, c.kh);

  Func sums("sums");
  sums(lane, tile, group, x, y, n) =
      c.scaled ? Halide::cast(type, 0) : Expr(bias(lane, tile, group));
  Expr activation = activationAt(at);
  if (c.weightBytes == 2)
    activation = Halide::cast<int16_t>(activation);
  WeightPlace unit{r.x, slot, r.y, r.z, r.w, tile, group};
  Expr weight = unpackCode(c, weights(unit), code);
  Expr product = Halide::cast(type, activation) * Halide::cast(type, weight);
  sums(lane, tile, group, x, y, n) +=
      real.defined() ? Halide::select(real, product, Halide::cast(type, 0))
                     : product;
  accumulatorFunc = sums;
  tiledOp = op;
  return sums;
}

void Stage::buildConv(const Value &value, const targets::Layout &layout,
                      Binding where) {
  const ConvPlan &c = context.plan.convs.at(tiledOp);
  const ChannelSegment &s = *region.channels;
  const bool tiled = effort == Effort::Tiled;
  const int lanes = effort == Effort::Scalar ? 1 : int(c.lanes);
  const int pixels = tiled ? int(c.pixels) : 1, rows = tiled ? int(c.rows) : 1;
  Var lane("lane"), tile("tile"), group("group"), x("x"), y("y"), n("n");
  Point p;
  p.lane = lane, p.tile = tile, p.group = group;
  Expr channel = int(s.begin) + tile * int(s.width) + lane;
  llvm::SmallVector<int64_t, 4> strides = layout.strides();
  if (c.collapsed)
    strides = {c.ow * c.oc, c.ow * c.oc, c.oc, 1};
  int64_t extents[] = {s.width, s.tiles, c.groups, c.ow, c.oh, c.n};
  std::array<int64_t, 6> steps;
  if (context.plan.products.contains(tiledOp)) {
    llvm::SmallVector<int64_t, 3> axes = {0, 1, 2}; // of the result
    if (qint::TransposeOp stored = context.plan.stored;
        stored && stored.getOutput() == target)
      axes.assign(stored.getPermutation().begin(),
                  stored.getPermutation().end());
    const Expr coordinates[] = {group, x, channel};
    int64_t along[3];
    for (int i = 0; i < 3; ++i) {
      p.at.push_back(coordinates[axes[i]]);
      along[axes[i]] = strides[i];
    }
    steps = {along[2], s.width * along[2], along[0], along[1], 0, 0};
  } else {
    p.at = {n, y, x, group * int(c.groupOutputs) + channel};
    steps = {1, s.width, c.groupOutputs, strides[2], strides[1], strides[0]};
  }
  output(lane, tile, group, x, y, n) = value.at(p);
  where.offset += s.begin * steps[0] * layout.elementBytes;
  Var vars[] = {lane, tile, group, x, y, n};
  for (int i = 0; i < 6; ++i) {
    output.bound(vars[i], 0, int(extents[i]));
    output.output_buffer().dim(i).set_bounds(0, int(extents[i]));
    output.output_buffer().dim(i).set_stride(int(steps[i]));
  }

  Var xo("xo"), xi("xi"), yo("yo"), yi("yi");
  auto tail = [](int64_t extent, int64_t factor) {
    return extent % factor ? TailStrategy::ShiftInwards : TailStrategy::RoundUp;
  };
  output.split(x, xo, xi, pixels, tail(c.ow, pixels))
      .split(y, yo, yi, rows, tail(c.oh, rows))
      .reorder(lane, xi, yi, xo, yo, n, tile, group)
      .unroll(xi)
      .unroll(yi);
  if (lanes > 1) {
    if (s.width > lanes)
      output.vectorize(lane, lanes, tail(s.width, lanes));
    else
      output.vectorize(lane);
  }
  if (tiled && s.width > lanes)
    output.unroll(lane);

  Func sums = accumulatorFunc;
  std::vector<Var> &v = accumulatorVars;
  sums.compute_at(output, xo);
  sums.align_bounds(v[0], int(s.padded), 0);
  sums.reorder(v[0], v[3], v[4], v[1], v[2], v[5]).unroll(v[3]).unroll(v[4]);
  Halide::Stage update = sums.update();
  Halide::RDom &r = reduction;
  update.reorder(
      {r.x, v[0], v[3], v[4], r[4], r.y, r.z, r.w, v[1], v[2], v[5]});
  update.unroll(v[3]).unroll(v[4]).unroll(r[4]);
  if (c.depth > 1 && effort != Effort::Scalar)
    update.atomic().vectorize(r.x);
  if (lanes > 1) {
    sums.vectorize(v[0], lanes);
    update.vectorize(v[0], lanes);
  }
  // Codes are shifted by constants, so that no vector is shifted by a number
  // that the code computes.
  bool constant = c.shared == SharedAxis::Vectors && lanes > 1;
  if ((tiled || constant) && s.padded > lanes) {
    sums.unroll(v[0]);
    update.unroll(v[0]);
  }
  if (unrollsWindow(c))
    update.unroll(r.z).unroll(r.w);
  finish(where);
}

} // namespace qcc::kernels
