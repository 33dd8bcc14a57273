#include "targets/cortexm/ConvPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>
#include <tuple>

using namespace mlir;

namespace qcc::targets::cortexm {

namespace {

/// The ops of a body that is conv2d, requantize, perhaps add, and yield.
struct Body {
  qint::Conv2DOp conv;
  qint::RequantizeOp requantize;
  qint::AddOp add;
};

std::optional<Body> matchBody(qint::KernelOp kernel) {
  llvm::SmallVector<Operation *, 4> ops;
  for (Operation &op : kernel.getBody().front())
    ops.push_back(&op);
  if (ops.size() != 3 && ops.size() != 4)
    return std::nullopt;
  Body body{dyn_cast<qint::Conv2DOp>(ops[0]),
            dyn_cast<qint::RequantizeOp>(ops[1]),
            dyn_cast<qint::AddOp>(ops[2])};
  if (!body.conv || !body.requantize || bool(body.add) != (ops.size() == 4) ||
      body.requantize.getInput() != body.conv.getOutput())
    return std::nullopt;
  return body;
}

Type elementOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

llvm::ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

bool isByte(Value value) {
  return elementOf(value).getIntOrFloatBitWidth() == 8;
}

/// Whether SMMLA with the rounding and zero point in its addend, then a shift,
/// gives rule `rescale-s1` for every 32-bit sum: 33 <= shift, and the addend
/// leaves room for the product's high half.
bool isExact(int32_t multiplier, int32_t shift, int32_t zeroPoint) {
  if (multiplier == 0)
    return true;
  if (shift < 33)
    return false;
  int64_t right = shift - 32;
  int64_t largest = (std::abs(int64_t(zeroPoint)) << right) +
                    (int64_t(1) << (right - 1)) + (int64_t(1) << 30);
  return largest <= std::numeric_limits<int32_t>::max();
}

/// `more` is what shifts grow by.
bool canRescale(qint::RequantizeOp op, int64_t more) {
  qint::RescaleAttr r = op.getRescale();
  if (op.getZeroPoint() != 0 || r.getRounding() != qint::Rounding::Single)
    return false;
  for (auto [m, s] :
       llvm::zip(r.getMultipliers().asArrayRef(), r.getShifts().asArrayRef()))
    if (!isExact(m, int32_t(s + more), r.getZeroPoint()))
      return false;
  return true;
}

/// Bits that lift the least shift to 33 together with `bits`, as many as leave
/// activations in 16 bits.
int64_t liftFor(qint::RescaleAttr r, int64_t bits) {
  int64_t least = 33;
  for (auto [m, s] :
       llvm::zip(r.getMultipliers().asArrayRef(), r.getShifts().asArrayRef()))
    if (m != 0)
      least = std::min<int64_t>(least, s);
  return std::clamp<int64_t>(33 - bits - least, 0, 7 - bits);
}

bool hasTypes(Body body) {
  auto conv = body.conv;
  return conv.getGroups() == 1 && isByte(conv.getInput()) &&
         elementOf(conv.getFilter()).getIntOrFloatBitWidth() <= 8 &&
         elementOf(conv.getOutput()).isInteger(32) &&
         elementOf(conv.getBias()).isInteger(32) &&
         isByte(body.requantize.getOutput());
}

/// Operand numbers, when the weights and biases are constants and the input is
/// none.
bool findOperands(const KernelSource &source, ConvPlan &plan) {
  auto input = dyn_cast<BlockArgument>(plan.conv.getInput());
  auto filter = dyn_cast<BlockArgument>(plan.conv.getFilter());
  auto bias = dyn_cast<BlockArgument>(plan.conv.getBias());
  if (!input || !filter || !bias)
    return false;
  plan.input = input.getArgNumber();
  plan.filter = filter.getArgNumber();
  plan.bias = bias.getArgNumber();
  return !source.constants[plan.input] && source.constants[plan.filter] &&
         source.constants[plan.bias];
}

/// Whether every sum fits 32 bits with what it grows by, the weights being as
/// they are.
bool canScaleSums(const KernelSource &source, const ConvPlan &plan) {
  llvm::SmallVector<int64_t> sums;
  for (const llvm::APInt &b :
       source.constants[plan.bias].getValues<llvm::APInt>())
    sums.push_back(std::abs(b.getSExtValue()));
  int64_t largest = plan.isUnsigned ? 255 : 128, i = 0;
  DenseElementsAttr filter = source.constants[plan.filter];
  int64_t window = filter.getNumElements() / int64_t(sums.size());
  for (const llvm::APInt &w : filter.getValues<llvm::APInt>())
    sums[i++ / window] += std::abs(w.getSExtValue()) * largest;
  return llvm::all_of(sums, [&](int64_t sum) {
    return sum < int64_t(1) << (31 - plan.shiftGrowth());
  });
}

PixelMap mapOf(const Layout &layout) {
  llvm::SmallVector<int64_t, 4> s = layout.strides();
  return {layout.shape[1], layout.shape[2], layout.origin(), s[0], s[1], s[2]};
}

/// Plans `add`, one of whose operands is the requantized code and the other an
/// operand of the kernel of the same shape.
bool planResidual(const KernelSource &source, Body body, ConvPlan &plan) {
  qint::AddOp add = body.add;
  Value code = body.requantize.getOutput();
  bool left = add.getLhs() == code;
  Value otherValue = left ? add.getRhs() : add.getLhs();
  auto other = dyn_cast<BlockArgument>(otherValue);
  if (!other || source.constants[other.getArgNumber()] || !isByte(other) ||
      !isByte(add.getOutput()) || !(left || add.getRhs() == code) ||
      shapeOf(other) != shapeOf(code) || shapeOf(code).size() != 4 ||
      add.getRounding() != qint::Rounding::Single)
    return false;
  Residual r;
  r.operand = other.getArgNumber();
  r.map = mapOf(source.inputs[r.operand]);
  r.isUnsigned = elementOf(other).isUnsignedInteger();
  auto signedOf = [](uint32_t value) { return static_cast<int32_t>(value); };
  int32_t multipliers[] = {signedOf(add.getLhsMultiplier()),
                           signedOf(add.getRhsMultiplier())};
  r.multiplier = multipliers[left ? 0 : 1];
  r.otherMultiplier = multipliers[left ? 1 : 0];
  r.shift = signedOf(add.getShift());
  r.constant = (int64_t(1) << (r.shift - 1)) -
               int64_t(signedOf(add.getLhsZeroPoint())) * multipliers[0] -
               int64_t(signedOf(add.getRhsZeroPoint())) * multipliers[1];
  r.zeroPoint = signedOf(add.getZeroPoint());
  r.min = signedOf(add.getMin());
  r.max = signedOf(add.getMax());
  plan.residual = r;
  return true;
}

/// Whether every element that the windows touch is in the input's buffer.
bool isCovered(ConvPlan &plan, const Layout &layout) {
  auto conv = plan.conv;
  llvm::ArrayRef<int64_t> window = shapeOf(conv.getFilter());
  int64_t before[] = {layout.top, layout.left};
  int64_t after[] = {layout.bottom, layout.right};
  int64_t extent[] = {plan.out.height, plan.out.width};
  for (int axis : {0, 1}) {
    int64_t first = -conv.getPads()[2 * axis];
    int64_t last = first + (extent[axis] - 1) * conv.getStrides()[axis] +
                   (window[axis + 1] - 1) * conv.getDilations()[axis];
    if (-first > before[axis] || last >= layout.shape[axis + 1] + after[axis])
      return false;
  }
  return true;
}

void mapPixels(const KernelSource &source, ConvPlan &plan) {
  auto conv = plan.conv;
  const Layout &in = source.inputs[plan.input];
  llvm::SmallVector<int64_t, 4> s = in.strides();
  plan.in = {plan.out.height,
             plan.out.width,
             in.origin() - conv.getPads()[0] * s[1] - conv.getPads()[2] * s[2],
             s[0],
             s[1] * conv.getStrides()[0],
             s[2] * conv.getStrides()[1]};
  plan.out = mapOf(source.output);
  llvm::ArrayRef<int64_t> filter = shapeOf(conv.getFilter());
  bool touching = conv.getDilations()[1] == 1 || filter[2] == 1;
  plan.runs.rows = filter[1];
  plan.runs.columns = touching ? 1 : filter[2];
  plan.runs.rowStep = s[1] * conv.getDilations()[0];
  plan.runs.columnStep = s[2] * conv.getDilations()[1];
  plan.runs.bytes = (touching ? filter[2] : 1) * filter[3];
}

/// Words per turn of the inner loop: the fewest left over, then the most.
int64_t chooseBlock(int64_t words, int64_t step) {
  int64_t most = step == 4 ? 8 : 6;
  if (words <= most)
    return words;
  int64_t best = 0;
  for (int64_t block = most; block >= 3; --block)
    if (block % step == 0 && (!best || words % block < words % best))
      best = block;
  return best;
}

/// Instructions of all passes over one window, without the constant part.
int64_t singlePixelCost(const ConvPlan &plan, int64_t channels) {
  int64_t each = plan.tile.isNarrow() ? 10 : 9;
  return llvm::divideCeil(plan.outputs, channels) *
         (plan.tile.words / 2 * (2 + each * channels) + 6 * channels + 8);
}

void chooseTile(ConvPlan &plan) {
  Tile &tile = plan.tile;
  tile.words = plan.runs.rows * plan.runs.columns * plan.runs.words();
  tile.pixels = std::min<int64_t>(plan.pixels, 3);
  tile.channels = std::min<int64_t>(plan.outputs, 2);
  tile.words = llvm::alignTo(tile.words, tile.stepWords());
  if (tile.pixels == 1)
    // Words of 2-bit weights stay in registers over two loads of activations.
    for (int64_t channels = 3; channels <= (tile.bits == 2 ? 3 : 4); ++channels)
      if (channels <= plan.outputs && singlePixelCost(plan, channels) <
                                          singlePixelCost(plan, tile.channels))
        tile.channels = channels;
  tile.block = chooseBlock(tile.words, tile.stepWords());
  bool dense = plan.residual || plan.out.isDense(plan.images);
  tile.outputStep = plan.residual ? plan.outputs : plan.out.pixelStep;
  tile.staged = plan.residual ? tile.pixels * plan.outputs : 0;
  // STRB reaches 4095 bytes.
  tile.scattered = tile.pixels > 1 &&
                   (!dense || (tile.pixels - 1) * tile.outputStep + 1 > 4095);
  tile.min = plan.rescale.getMin();
  tile.max = plan.rescale.getMax();
}

} // namespace

bool PixelMap::isDense(int64_t images) const {
  return (height == 1 || rowStep == width * pixelStep) &&
         (images == 1 || imageStep == height * width * pixelStep);
}

bool PixelMap::operator==(const PixelMap &other) const {
  auto all = [](const PixelMap &m) {
    return std::tie(m.height, m.width, m.origin, m.imageStep, m.rowStep,
                    m.pixelStep);
  };
  return all(*this) == all(other);
}

bool ConvPlan::mayOverwriteResidual() const {
  return residual && residual->operand != input && residual->map == out;
}

std::vector<int64_t> ConvPlan::passes() const {
  std::vector<int64_t> first = {0};
  int64_t next = outputs % tile.channels;
  if (next == 0)
    next = tile.channels;
  for (; next < outputs; next += tile.channels)
    first.push_back(next);
  return first;
}

std::optional<ConvPlan> planConv(const KernelSource &source) {
  std::optional<Body> body = matchBody(source.op);
  if (!body || !hasTypes(*body))
    return std::nullopt;
  ConvPlan plan;
  plan.conv = body->conv;
  plan.tile.bits = elementOf(plan.conv.getFilter()).getIntOrFloatBitWidth();
  if (plan.tile.isNarrow())
    plan.tile.lift = liftFor(body->requantize.getRescale(), plan.tile.bits);
  if (!canRescale(body->requantize, plan.shiftGrowth()))
    return std::nullopt;
  plan.rescale = body->requantize.getRescale();
  if (body->add && !planResidual(source, *body, plan))
    return std::nullopt;
  if (!findOperands(source, plan))
    return std::nullopt;
  llvm::ArrayRef<int64_t> out = source.output.shape;
  plan.images = out[0];
  plan.pixels = out[0] * out[1] * out[2];
  plan.outputs = out[3];
  plan.out.height = out[1];
  plan.out.width = out[2];
  if (plan.pixels == 0 || plan.outputs == 0 ||
      !isCovered(plan, source.inputs[plan.input]))
    return std::nullopt;
  plan.isUnsigned = elementOf(plan.conv.getInput()).isUnsignedInteger();
  if (plan.tile.isNarrow() && !canScaleSums(source, plan))
    return std::nullopt;
  plan.tile.isUnsigned =
      elementOf(body->requantize.getOutput()).isUnsignedInteger();
  mapPixels(source, plan);
  chooseTile(plan);
  return plan;
}

} // namespace qcc::targets::cortexm
