#include "passes/LowerToLLVM/Halide/PlanConv.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/TargetParser/Triple.h"

#include <limits>

using namespace mlir;

namespace qcc::kernels {

namespace {

/// Costs of one step of the reduction, in cycles of a typical core: a product
/// of one register, the latency of its chain, loading weights, spreading an
/// activation over a register.
struct StepCost {
  double product, latency, weights, spread;
  int temporaries;
};

Type elementOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

void readShapes(ConvPlan &c, qint::Conv2DOp conv, bool collapse) {
  llvm::ArrayRef<int64_t> in = shapeOf(conv.getInput());
  llvm::ArrayRef<int64_t> out = shapeOf(conv.getOutput());
  llvm::ArrayRef<int64_t> filter = shapeOf(conv.getFilter());
  c.n = in[0], c.ih = in[1], c.iw = in[2], c.ic = in[3];
  c.oh = out[1], c.ow = out[2], c.oc = out[3];
  c.kh = filter[1], c.kw = filter[2];
  c.weightBits = cast<RankedTensorType>(conv.getFilter().getType())
                     .getElementTypeBitWidth();
  c.strideH = conv.getStrides()[0], c.strideW = conv.getStrides()[1];
  c.top = conv.getPads()[0], c.left = conv.getPads()[2];
  c.dilationH = conv.getDilations()[0], c.dilationW = conv.getDilations()[1];
  c.collapsed = collapse;
  if (collapse) {
    c.iw = c.ow = c.n * c.oh * c.ow;
    c.n = c.ih = c.oh = 1;
  }
  c.groups = conv.getGroups();
  c.groupInputs = filter[3];
  c.depthwise = c.groups == c.ic && c.groups == c.oc && c.groups > 1;
  if (c.depthwise)
    c.groups = 1;
  c.groupOutputs = c.oc / c.groups;
}

/// Picks the instruction that sums up products: a dot product of the table,
/// pairs of 16-bit products, pairs of 8-bit products, or plain ones.
StepCost chooseProducts(ConvPlan &c, Value activations, Value sums,
                        const targets::Target &target) {
  Type input = elementOf(activations);
  bool wide = elementOf(sums).isInteger(64);
  bool bytes = input.getIntOrFloatBitWidth() == 8;
  c.inputBytes = bytes ? 1 : 2;
  c.lanes = std::max(1, target.vectorBytes / (wide ? 8 : 4));
  c.depth = 1;
  c.weightBytes = 1;
  // Pointers and the counter take general registers too.
  if (target.vectorBytes == 0)
    return {1, 1, 1, 1, 4};
  bool x86 = llvm::Triple(target.triple).isX86();
  if (wide || c.depthwise) {
    // A 32-bit product of sign-extended 16-bit values is one multiply-add of
    // pairs on x86; elsewhere products of bytes are widened.
    c.weightBytes = x86 || !bytes ? 2 : 1;
    return {1, 4, 1, 1, 2};
  }
  for (const targets::DotProduct &dot : target.dots)
    if (bytes && dot.unsignedLhs == input.isUnsignedInteger()) {
      c.depth = dot.depth;
      c.lanes = dot.lanes;
      return {0.5, 5, 0.5, 0.5, 0};
    }
  if (x86) {
    c.depth = 2;
    c.weightBytes = 2;
    return {1, 1, 0.5, 1.5, 1};
  }
  if (bytes && !input.isUnsignedInteger()) {
    c.depth = 2;
    return {2, 4, 1, 1, 2};
  }
  c.weightBytes = 2;
  return {1, 4, 1, 1, 2};
}

void layOutReduction(ConvPlan &c) {
  bool touching = c.dilationW == 1 && c.groups == 1 && !c.depthwise;
  c.reduction = touching ? c.kw * c.ic : c.groupInputs;
  c.taps = touching ? 1 : c.kw;
  if (c.depthwise)
    c.reduction = 1;
  c.reductionPadded = llvm::alignTo(c.reduction, c.depth);
}

void fitLanes(ConvPlan &c) {
  while (c.lanes > 4 && c.lanes / 2 >= c.groupOutputs)
    c.lanes /= 2;
}

/// Cycles of a tile of `vectors` registers of channels and `pixels` pixels
/// over the whole reduction.
double tileCost(const ConvPlan &c, const StepCost &step, int64_t vectors,
                int64_t pixels) {
  // Where the window is unrolled, products with nothing go.
  bool unrolled = c.steps() == 1 && c.depth == 1 && c.taps * c.kh <= 25;
  auto computed = [&](SharedAxis axis, int64_t extent) {
    return unrolled ? extent : c.computed(axis, extent);
  };
  double steps = double(computed(SharedAxis::Rows, c.kh)) *
                 computed(SharedAxis::Taps, c.taps) * c.steps();
  double products = step.product * vectors * pixels;
  double spread = step.spread * pixels * (c.depthwise ? vectors : 1);
  double each = std::max(products, step.latency) +
                0.25 * (step.weights * vectors + spread) + 0.5;
  if (c.shared != SharedAxis::None)
    each += 0.5 * step.product * vectors; // moving codes apart
  // Storing a register of results costs about a dozen instructions.
  return steps * each + 6.0 * vectors * pixels + 10;
}

void setSegments(ConvPlan &c, int64_t vectors) {
  int64_t width = vectors * c.lanes;
  int64_t full = c.groupOutputs / width;
  int64_t rest = c.groupOutputs % width;
  c.segments.clear();
  if (full)
    c.segments.push_back({0, full, width, width});
  if (rest)
    c.segments.push_back(
        {full * width, 1, rest, int64_t(llvm::alignTo(rest, c.lanes))});
}

/// Tries every tile that fits the registers and keeps the cheapest. Returns
/// its cost.
double chooseTile(ConvPlan &c, const StepCost &step,
                  const targets::Target &target) {
  double best = std::numeric_limits<double>::max();
  int64_t bestVectors = 1, bestPixels = 1, bestRows = 1;
  int64_t most = std::max<int64_t>(1, target.registers);
  // Whole units, so that only the last tile may waste bits.
  int64_t each = c.shared == SharedAxis::Vectors ? c.codes : 1;
  // Packed weights stand beside those taken apart, and a mask.
  auto packed = [&](int64_t vectors) {
    return c.shared != SharedAxis::None && target.vectorBytes ? vectors + 1 : 0;
  };
  for (int64_t vectors = each; vectors <= 8; vectors += each)
    for (int64_t pixels = 1; pixels <= std::min<int64_t>(c.ow, 16); ++pixels)
      for (int64_t rows = 1; rows <= std::min<int64_t>(c.oh, 4); ++rows) {
        int64_t area = pixels * rows;
        bool first = vectors == each && area == 1;
        int64_t used = vectors * area + vectors + 1 + step.temporaries;
        if (!first && used + packed(vectors) > most)
          continue;
        if (rows > 1 && pixels < c.ow)
          continue;
        setSegments(c, vectors);
        double cost = 0;
        for (const ChannelSegment &s : c.segments)
          cost += s.tiles * tileCost(c, step, s.padded / c.lanes, area);
        cost *= double(llvm::divideCeil(c.ow, pixels)) *
                llvm::divideCeil(c.oh, rows) * c.groups;
        cost *= c.segments.size() > 1 ? 1.05 : 1.0;
        if (cost < best) {
          best = cost;
          bestVectors = vectors, bestPixels = pixels, bestRows = rows;
        }
      }
  setSegments(c, bestVectors);
  c.pixels = bestPixels;
  c.rows = bestRows;
  return best;
}

/// Whether sums of products with codes in the highest bits of a byte fit 32
/// bits, whatever the codes.
bool mayScale(const ConvPlan &c, qint::Conv2DOp conv,
              const targets::Target &target) {
  Type input = elementOf(conv.getInput());
  bool wide = elementOf(conv.getOutput()).isInteger(64);
  int64_t largest = input.isUnsignedInteger() ? 255 : 128;
  int64_t products = c.kh * c.kw * c.groupInputs;
  return target.vectorBytes > 0 && c.weightBytes == 1 && c.inputBytes == 1 &&
         !wide && products < (int64_t(1) << 31) / (128 * largest);
}

/// One way to store narrow codes and what it costs.
struct Storage {
  ConvPlan plan;
  double cost;
};

/// Every way to let codes share units.
std::vector<Storage> packedStorages(const ConvPlan &whole, const StepCost &step,
                                    qint::Conv2DOp conv,
                                    const targets::Target &target) {
  std::vector<Storage> found;
  int64_t fit = 8 * whole.weightBytes / whole.weightBits;
  auto add = [&](SharedAxis axis, int64_t codes) {
    if (codes < 2)
      return;
    ConvPlan c = whole;
    c.shared = axis;
    c.codes = codes;
    c.scaled = mayScale(c, conv, target);
    if (axis == SharedAxis::Steps)
      c.reductionPadded = llvm::alignTo(c.steps(), codes) * c.depth;
    double cost = chooseTile(c, step, target);
    found.push_back({std::move(c), cost});
  };
  // Cores without vectors load one byte for several channels at a time, and
  // LLVM, where it makes vectors itself, neighbouring bytes. The weights of a
  // depthwise window, though, stay in registers, as many as one channel has.
  bool scalar = target.vectorBytes == 0;
  bool keepsWindow = whole.depthwise && whole.kh * whole.kw > 1;
  if (scalar && !keepsWindow && whole.groupOutputs >= fit) {
    add(SharedAxis::Vectors, fit);
    return found;
  }
  add(SharedAxis::Steps, std::min(fit, whole.steps()));
  add(SharedAxis::Taps, std::min(fit, whole.taps));
  add(SharedAxis::Rows, std::min(fit, whole.kh));
  for (int64_t codes = 2; codes <= fit && !(scalar && keepsWindow); codes *= 2)
    add(SharedAxis::Vectors, codes);
  return found;
}

/// The one place that decides how codes of less than 8 bits are stored: the
/// quickest of the ways that take at most a quarter more bytes than the
/// smallest. Whole bytes (or what products take) stay where sharing saves less
/// than a tenth; and where a window has less than 16 weights, if it does not
/// halve them, since the code that moves codes apart outgrows them, or takes
/// half as long again.
ConvPlan chooseStorage(ConvPlan whole, const StepCost &step,
                       qint::Conv2DOp conv, const targets::Target &target) {
  double wholeCost = chooseTile(whole, step, target);
  if (whole.weightBits >= 8)
    return whole;
  auto packed = packedStorages(whole, step, conv, target);
  int64_t fewest = std::numeric_limits<int64_t>::max();
  for (const Storage &s : packed)
    fewest = std::min(fewest, s.plan.storedBytes());
  const Storage *best = nullptr;
  for (const Storage &s : packed)
    if (s.plan.storedBytes() <= fewest + fewest / 4 &&
        (!best || s.cost < best->cost))
      best = &s;
  int64_t window = whole.kh * whole.kw * whole.groupInputs;
  int64_t wholeBytes = whole.storedBytes();
  if (!best || best->plan.storedBytes() * 10 > wholeBytes * 9)
    return whole;
  if (window < 16 && (best->plan.storedBytes() * 2 > wholeBytes ||
                      best->cost > 1.5 * wholeCost))
    return whole;
  return best->plan;
}

} // namespace

int64_t ConvPlan::paddedOutputs() const {
  int64_t sum = 0;
  for (const ChannelSegment &s : segments)
    sum += s.tiles * s.padded;
  return sum;
}

int64_t ConvPlan::storedOutputs() const {
  int64_t sum = 0;
  for (const ChannelSegment &s : segments)
    sum += s.tiles * storedChannels(s);
  return sum;
}

bool isUnitWindow(qint::Conv2DOp conv) {
  llvm::ArrayRef<int64_t> filter = shapeOf(conv.getFilter());
  return filter[1] == 1 && filter[2] == 1 &&
         llvm::all_of(conv.getStrides(), [](int64_t s) { return s == 1; }) &&
         llvm::all_of(conv.getPads(), [](int64_t p) { return p == 0; });
}

ConvPlan planConv(qint::Conv2DOp conv, bool collapse,
                  const targets::Target &target) {
  ConvPlan c;
  readShapes(c, conv, collapse);
  StepCost step = chooseProducts(c, conv.getInput(), conv.getOutput(), target);
  fitLanes(c);
  layOutReduction(c);
  return chooseStorage(std::move(c), step, conv, target);
}

std::optional<ConvPlan> planProduct(qint::MatMulOp product, bool &isCentred,
                                    const targets::Target &target) {
  Type lhs = elementOf(product.getLhs()), rhs = elementOf(product.getRhs());
  unsigned widest =
      std::max(lhs.getIntOrFloatBitWidth(), rhs.getIntOrFloatBitWidth());
  bool bytes = widest == 8;
  llvm::ArrayRef<int64_t> left = shapeOf(product.getLhs());
  llvm::ArrayRef<int64_t> right = shapeOf(product.getRhs());
  // Sums hold, on the way, what zero points add and take off again: up to
  // thrice what the result may be.
  int64_t leftMost = int64_t(1) << lhs.getIntOrFloatBitWidth();
  int64_t rightMost = int64_t(1) << rhs.getIntOrFloatBitWidth();
  bool fits = elementOf(product.getOutput()).isInteger(64) ||
              left[2] < (int64_t(1) << 29) / (leftMost * rightMost);
  bool isWord = rhs.getIntOrFloatBitWidth() == 16;
  // Tiles of 64-bit sums do not fit general registers.
  if (target.vectorBytes == 0 && elementOf(product.getOutput()).isInteger(64))
    return std::nullopt;
  if (!fits || left[0] != right[0] || widest > 16 ||
      (isWord && product.getRhsZeroPoint() != 0) ||
      (!bytes && (lhs.isUnsignedInteger() || rhs.isUnsignedInteger())))
    return std::nullopt;
  ConvPlan c;
  c.n = c.ih = c.oh = c.kh = c.kw = 1;
  c.iw = c.ow = left[1];
  c.groups = left[0];
  c.groupInputs = c.reduction = left[2];
  c.groupOutputs = right[2];
  c.ic = c.groups * c.groupInputs;
  c.oc = c.groups * c.groupOutputs;
  c.strideH = c.strideW = c.dilationH = c.dilationW = 1;
  c.top = c.left = 0;
  StepCost step =
      chooseProducts(c, product.getLhs(), product.getOutput(), target);
  if (!bytes)
    c.weightBytes = 2;
  isCentred = c.weightBytes == 2;
  fitLanes(c);
  c.reductionPadded = llvm::alignTo(c.reduction, c.depth);
  chooseTile(c, step, target);
  return c;
}

int64_t innermostAxis(Value factor) {
  auto transpose = factor.getDefiningOp<qint::TransposeOp>();
  if (!transpose)
    return 2;
  return llvm::find(transpose.getPermutation(), 2) -
         transpose.getPermutation().begin();
}

bool readsStepsDensely(qint::MatMulOp product) {
  return innermostAxis(product.getRhs()) == 1;
}

HaloNeed haloNeed(const ConvPlan &c) {
  int64_t lastRow = (c.oh - 1) * c.strideH - c.top + (c.kh - 1) * c.dilationH;
  int64_t lastColumn =
      (c.ow - 1) * c.strideW - c.left + (c.kw - 1) * c.dilationW;
  return {std::max<int64_t>(c.top, 0), std::max<int64_t>(lastRow - c.ih + 1, 0),
          std::max<int64_t>(c.left, 0),
          std::max<int64_t>(lastColumn - c.iw + 1, 0)};
}

} // namespace qcc::kernels
