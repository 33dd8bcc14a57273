// Products of two activations: the right factor is packed as the weights of a
// convolution are, then register tiles do the rest. With codes a and b, of zero
// points z and y, over k of depth K,
//   sum (a - z)(b - y) = sum a b - z sum b - y sum a + K z y:
// the second and fourth term make a bias, the third takes sums of rows of a.
// Where weights have 16 bits, y is taken off b at once.
#include "passes/LowerToLLVM/Halide/PlanConv.h"
#include "passes/LowerToLLVM/Halide/Stage.h"

using namespace mlir;
using Halide::ImageParam;
using Halide::Var;

namespace qcc::kernels {

namespace {

Expr constant(Halide::Type type, int64_t v) {
  return Halide::Internal::make_const(type, v);
}

/// The zero point of the right factor as it is packed: bytes become signed.
int64_t rightZero(qint::MatMulOp op) {
  auto zero = static_cast<int32_t>(op.getRhsZeroPoint());
  return elementType(op.getRhs().getType()).is_uint() ? zero - 128 : zero;
}

int64_t leftZero(qint::MatMulOp op) {
  return static_cast<int32_t>(op.getLhsZeroPoint());
}

/// Vectors hold neighbouring channels of one step; cores without vectors read
/// the steps of one channel, which LLVM may vectorise.
bool isChannelMajor(const targets::Target &target) {
  return target.vectorBytes == 0;
}

size_t numberOf(const ConvPlan &c, const ChannelSegment &s) {
  return &s - c.segments.begin();
}

} // namespace

/// A dense array in scratch memory.
ImageParam Stage::scratchParam(Halide::Type type, llvm::ArrayRef<int64_t> shape,
                               int64_t offset) {
  llvm::SmallVector<int64_t, 5> strides(shape.size(), 1);
  for (int i = int(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return newParam(type, strides, {Binding::Scratch, 0, offset});
}

/// The packed factor, with the seven axes of a filter; where its codes lie as
/// tiles read them, itself.
WeightReader Stage::factorWeights(qint::MatMulOp op) {
  const ConvPlan &c = context.plan.convs.at(op);
  const ChannelSegment &s = *region.channels;
  const ProductPlan &plan = context.plan.products.find(op)->second;
  if (plan.direct) {
    Value in = get(op.getRhs());
    int begin = int(s.begin), width = int(s.width);
    return [=](const WeightPlace &at) {
      Point p;
      p.at = {at.group, at.step, begin + at.tile * width + at.slot};
      return in.at(p);
    };
  }
  int64_t channel = c.depth, step = c.depth * s.padded;
  if (isChannelMajor(context.target))
    channel = c.reductionPadded, step = c.depth;
  int64_t tile = c.reductionPadded * s.padded;
  ImageParam packed =
      newParam(Halide::Int(8 * int(c.weightBytes)),
               {s.tiles * tile, tile, step, channel, 1},
               {Binding::Scratch, 0, plan.weights[numberOf(c, s)]});
  return [=](const WeightPlace &at) {
    return packed(at.part, at.slot, at.step, at.tile, at.group);
  };
}

/// Code (group, k, channel) of the right factor as it is packed.
Expr Stage::factorCode(qint::MatMulOp op, const Value &in, const Point &p) {
  const ConvPlan &c = context.plan.convs.at(op);
  Halide::Type type = Halide::Int(8 * int(c.weightBytes));
  Expr code = in.at(p);
  if (context.plan.products.find(op)->second.centred)
    return Halide::cast(type, code) -
           constant(type, static_cast<int32_t>(op.getRhsZeroPoint()));
  if (in.type.is_uint())
    return Halide::reinterpret(type, code ^ constant(in.type, 128));
  return code;
}

/// Stores the codes of the right factor in the order of weights, zero where
/// steps are padded. Vectors run along the axis that is dense in memory, where
/// they may read past the end.
void Stage::buildPackedFactor(qint::MatMulOp op, Binding where) {
  const ConvPlan &c = context.plan.convs.at(op);
  const ChannelSegment &s = *region.channels;
  Value in = get(op.getRhs());
  bool alongSteps = readsStepsDensely(op);
  Halide::Type type = Halide::Int(8 * int(c.weightBytes));
  Var depth("depth"), channel("channel"), step("step"), tile("tile"),
      group("group");
  Expr k = step * int(c.depth) + depth;
  Expr n = int(s.begin) + tile * int(s.width) + channel;
  bool padded = c.reductionPadded != c.reduction;
  Point p;
  p.at = {group, k, n};
  if (padded && !alongSteps)
    p.at[1] = Halide::min(k, int(c.reduction - 1));
  if (s.padded != s.width && alongSteps)
    p.at[2] = Halide::min(n, int(c.groupOutputs - 1));
  Expr code = factorCode(op, in, p);
  if (padded)
    code = Halide::select(k < int(c.reduction), code, constant(type, 0));
  output(depth, channel, step, tile, group) = code;

  int64_t extents[] = {c.depth, s.padded, c.steps(), s.tiles, c.groups};
  int64_t strides[] = {1, c.depth, c.depth * s.padded,
                       s.padded * c.reductionPadded,
                       s.tiles * s.padded * c.reductionPadded};
  if (isChannelMajor(context.target))
    strides[1] = c.reductionPadded, strides[2] = c.depth;
  Var vars[] = {depth, channel, step, tile, group};
  for (int i = 0; i < 5; ++i) {
    output.bound(vars[i], 0, int(extents[i]));
    output.output_buffer().dim(i).set_bounds(0, int(extents[i]));
    output.output_buffer().dim(i).set_stride(int(strides[i]));
  }
  if (isChannelMajor(context.target)) {
    if (alongSteps)
      output.reorder(step, channel);
  } else if (effort != Effort::Scalar) {
    if (alongSteps) {
      output.vectorize(depth).unroll(channel, s.padded % 8 ? 1 : 8);
    } else {
      int64_t lanes = vectorLanes(s.padded, context.target, 8);
      while (s.padded % lanes)
        lanes /= 2;
      output.unroll(depth);
      if (lanes > 1)
        output.vectorize(channel, int(lanes), Halide::TailStrategy::RoundUp);
    }
  }
  finish(where);
}

/// The constant terms of each channel's sum: a row of ones times the weights.
void Stage::buildProductBias(qint::MatMulOp op, Binding where) {
  const ConvPlan &c = context.plan.convs.at(op);
  const ChannelSegment &s = *region.channels;
  Halide::Type type = elementType(op.getType());
  WeightReader weights = factorWeights(op);
  int64_t left = leftZero(op);
  bool centred = context.plan.products.find(op)->second.centred;
  int64_t start = centred ? 0 : c.reduction * left * rightZero(op);
  Var lane("lane"), tile("tile"), group("group");
  Halide::RDom r(0, int(c.depth), 0, int(c.steps()));
  Halide::Func sums("sums");
  sums(lane, tile, group) = constant(type, 0);
  WeightPlace at{r.x, lane, r.y, 0, 0, tile, group};
  sums(lane, tile, group) += Halide::cast(type, weights(at));
  output(lane, tile, group) =
      constant(type, start) - sums(lane, tile, group) * constant(type, left);
  int64_t extents[] = {s.padded, s.tiles, c.groups};
  int64_t strides[] = {1, s.padded, s.padded * s.tiles};
  Var vars[] = {lane, tile, group};
  for (int i = 0; i < 3; ++i) {
    output.bound(vars[i], 0, int(extents[i]));
    output.output_buffer().dim(i).set_bounds(0, int(extents[i]));
    output.output_buffer().dim(i).set_stride(int(strides[i]));
  }
  Halide::Stage update = sums.update();
  update.reorder({r.x, lane, r.y, tile, group});
  if (isChannelMajor(context.target)) {
    update.reorder({r.x, r.y, lane, tile, group});
    sums.compute_at(output, lane);
  } else {
    sums.compute_at(output, tile);
    if (effort != Effort::Scalar) {
      int lanes = int(c.lanes);
      if (c.depth > 1)
        update.atomic().vectorize(r.x);
      output.vectorize(lane, lanes);
      sums.vectorize(lane, lanes);
      update.vectorize(lane, lanes);
      if (s.padded > lanes) {
        sums.unroll(lane);
        update.unroll(lane);
      }
    }
  }
  finish(where);
}

/// Sums of the codes of rows of the left factor.
void Stage::buildRowSums(qint::MatMulOp op, Binding where) {
  const ConvPlan &c = context.plan.convs.at(op);
  Value in = get(op.getLhs());
  Halide::Type type = elementType(op.getType());
  Halide::RDom r(0, int(c.reduction));
  Var x("x"), group("group");
  Halide::Func sums("sums");
  Point p;
  p.at = {group, x, r};
  sums(x, group) = constant(type, 0);
  sums(x, group) += Halide::cast(type, in.at(p));
  output(x, group) = sums(x, group);
  output.bound(x, 0, int(c.ow)).bound(group, 0, int(c.groups));
  output.output_buffer().dim(0).set_bounds(0, int(c.ow)).set_stride(1);
  output.output_buffer()
      .dim(1)
      .set_bounds(0, int(c.groups))
      .set_stride(int(c.ow));
  sums.compute_at(output, x);
  int64_t lanes = vectorLanes(c.reduction, context.target, 8);
  while (c.reduction % lanes)
    lanes /= 2;
  if (lanes > 1 && effort != Effort::Scalar)
    sums.update().atomic().vectorize(r, int(lanes));
  finish(where);
}

void Stage::buildProductPart(qint::MatMulOp op, Binding where) {
  switch (region.part) {
  case ProductPart::Weights:
    return buildPackedFactor(op, where);
  case ProductPart::Bias:
    return buildProductBias(op, where);
  default:
    return buildRowSums(op, where);
  }
}

Value Stage::product(qint::MatMulOp op) {
  const ConvPlan &c = context.plan.convs.at(op);
  const ChannelSegment &s = *region.channels;
  const ProductPlan &plan = context.plan.products.find(op)->second;
  Value in = get(op.getLhs());
  Halide::Type type = elementType(op.getType());
  WeightReader weights = factorWeights(op);
  ImageParam bias = scratchParam(type, {c.groups, s.tiles, s.padded},
                                 plan.bias[numberOf(c, s)]);
  auto activation = [&](const TilePlace &at) {
    Point p;
    p.at = {at.group, at.x, at.step * int(c.depth) + at.part};
    return in.at(p);
  };
  Halide::Func sums = sumProducts(op, type, weights, bias, activation);
  ImageParam rows;
  if (plan.needsRowSums)
    rows = scratchParam(type, {c.groups, c.ow}, plan.rowSums);
  int64_t zero = rightZero(op);
  bool adjust = plan.needsRowSums;
  Value result;
  result.shape = {c.groups, c.ow, c.groupOutputs};
  result.type = type;
  result.at = [=](const Point &q) -> Expr {
    Expr sum = sums(q.lane, q.tile, q.group, q.at[1], 0, 0);
    if (!adjust)
      return sum;
    return sum - rows(q.at[1], q.at[0]) * constant(type, zero);
  };
  return result;
}

} // namespace qcc::kernels
