#include "passes/LowerToLLVM/Halide/Plan.h"
#include "passes/LowerToLLVM/Halide/PlanConv.h"
#include "passes/Schedule/ArenaPlanner.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;

namespace qcc::kernels {

namespace {

/// Walks the body once, in order, and decides which values go through memory.
class Planner {
public:
  Planner(const targets::KernelSource &source, const targets::Target &target)
      : source(source), target(target) {}

  llvm::Expected<KernelPlan> run();

private:
  llvm::Error visit(Operation *op);
  llvm::Error visitConv(qint::Conv2DOp conv);
  void placeFactor(Value factor, bool isDense, int64_t elements);
  int factorNumber(Value factor) const;
  bool storesProduct(qint::TransposeOp op) const;
  bool visitProduct(qint::MatMulOp op);
  void visitPointwise(Operation *op);
  void materializePending(Operation *op);
  Materialized &materialize(Value value);
  /// The kernel's operand number of a block argument, or -1.
  int operandNumber(Value value) const;
  bool allDense() const;
  bool isFlat() const;
  bool canCollapse(qint::Conv2DOp conv) const;
  llvm::Error constantRole(Value value, ConstantRole role, Operation *owner);
  void layOutScratch();
  llvm::SmallVector<Value, 8> readFor(Value value) const;

  const targets::KernelSource &source;
  const targets::Target &target;
  KernelPlan plan;
  /// The contraction that a value is computed from without memory between.
  llvm::DenseMap<Value, Operation *> pending;
};

/// Whether an op reads `operand` at places that its other operands tell.
bool isLookUpTable(Operation *op, Value operand) {
  if (isa<qint::TableOp, qint::InterpolateOp, qint::SigmoidOp>(op))
    return operand == op->getOperand(1);
  auto div = dyn_cast<qint::DivOp>(op);
  return div && operand == div.getReciprocals();
}

Type elementOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

llvm::Error unsupported(Operation *op, const llvm::Twine &why) {
  return llvm::createStringError("kernel op '" + op->getName().getStringRef() +
                                 "': " + why);
}

int Planner::operandNumber(Value value) const {
  auto argument = dyn_cast<BlockArgument>(value);
  return argument ? static_cast<int>(argument.getArgNumber()) : -1;
}

Materialized &Planner::materialize(Value value) {
  Materialized &m = plan.materialized[value];
  if (!m.layout.shape.empty())
    return m;
  auto type = cast<RankedTensorType>(value.getType());
  m.layout.shape.assign(type.getShape().begin(), type.getShape().end());
  m.layout.elementBytes =
      llvm::divideCeil(type.getElementType().getIntOrFloatBitWidth(), 8);
  m.layout.isUnsigned = type.getElementType().isUnsignedInteger();
  pending.erase(value);
  return m;
}

void Planner::materializePending(Operation *op) {
  for (Value operand : op->getOperands())
    if (pending.count(operand))
      materialize(operand);
}

/// A pointwise op may continue one contraction, of its own shape.
void Planner::visitPointwise(Operation *op) {
  Value result = op->getResult(0);
  Operation *root = nullptr;
  for (Value operand : op->getOperands()) {
    auto it = pending.find(operand);
    if (it == pending.end())
      continue;
    if (shapeOf(operand) != shapeOf(result) || (root && root != it->second))
      materialize(operand);
    else
      root = it->second;
  }
  if (root)
    pending[result] = root;
}

llvm::Error Planner::constantRole(Value value, ConstantRole role,
                                  Operation *owner) {
  int number = operandNumber(value);
  if (number < 0 || !source.constants[number])
    return unsupported(owner, "weights and bias must be constant operands");
  if (plan.owners[number] && plan.owners[number] != owner)
    return unsupported(owner, "a constant operand is shared by two ops");
  plan.roles[number] = role;
  plan.owners[number] = owner;
  return llvm::Error::success();
}

bool Planner::allDense() const {
  return !source.output.hasHalo() &&
         llvm::none_of(source.inputs,
                       [](const targets::Layout &l) { return l.hasHalo(); });
}

/// Whether every value but look-up tables has the result's shape and lies
/// dense, so that axes may be merged.
bool Planner::isFlat() const {
  if (!allDense() || source.output.shape.size() < 2)
    return false;
  for (Operation &op : bodyOf(source.op)) {
    if (!isPointwise(&op))
      return false;
    for (Value operand : op.getOperands())
      if (shapeOf(operand) != llvm::ArrayRef<int64_t>(source.output.shape) &&
          !isLookUpTable(&op, operand))
        return false;
  }
  return true;
}

/// A 1x1 convolution of dense tensors is a matrix product over all pixels.
bool Planner::canCollapse(qint::Conv2DOp conv) const {
  if (!allDense() || !isUnitWindow(conv) ||
      !isa<BlockArgument>(conv.getInput()))
    return false;
  for (Operation &op : bodyOf(source.op)) {
    if (&op == conv.getOperation())
      continue;
    if (!isPointwise(&op))
      return false;
    for (Value operand : op.getOperands())
      if (shapeOf(operand) != shapeOf(conv.getOutput()) &&
          !isLookUpTable(&op, operand))
        return false;
  }
  return true;
}

llvm::Error Planner::visitConv(qint::Conv2DOp conv) {
  if (auto error = constantRole(conv.getFilter(), ConstantRole::Filter, conv))
    return error;
  if (auto error = constantRole(conv.getBias(), ConstantRole::Bias, conv))
    return error;
  ConvPlan c = planConv(conv, canCollapse(conv), target);
  HaloNeed halo = haloNeed(c);
  int64_t elementBytes = c.inputBytes;
  int64_t slack = (c.reductionPadded - c.reduction) * elementBytes;
  int number = operandNumber(conv.getInput());
  const targets::Layout *direct =
      number >= 0 ? &source.inputs[number] : nullptr;
  if (direct && direct->top >= halo.top && direct->bottom >= halo.bottom &&
      direct->left >= halo.left && direct->right >= halo.right) {
    plan.needs.overread[number] = std::max(plan.needs.overread[number], slack);
  } else {
    int32_t pad = conv.getPadValue();
    Materialized &m = materialize(conv.getInput());
    if (m.layout.hasHalo() && m.haloValue != pad)
      return unsupported(conv, "two padding values for one value");
    m.layout.top = std::max(m.layout.top, halo.top);
    m.layout.bottom = std::max(m.layout.bottom, halo.bottom);
    m.layout.left = std::max(m.layout.left, halo.left);
    m.layout.right = std::max(m.layout.right, halo.right);
    m.haloValue = pad;
  }
  plan.convs[conv] = std::move(c);
  pending[conv.getOutput()] = conv;
  return llvm::Error::success();
}

/// A factor is read where it lies if that is in an operand, `isDense` along the
/// axis of vectors; `elements` may be read past its end.
void Planner::placeFactor(Value factor, bool isDense, int64_t elements) {
  int number = factorNumber(factor);
  if (number < 0 || !isDense) {
    materialize(factor);
    return;
  }
  int64_t bytes = elements * source.inputs[number].elementBytes;
  int64_t &need = source.constants[number] ? plan.slack[number]
                                           : plan.needs.overread[number];
  need = std::max(need, bytes);
}

/// The argument that a factor of a product is, or is a transposition of.
int Planner::factorNumber(Value factor) const {
  if (auto transpose = factor.getDefiningOp<qint::TransposeOp>())
    factor = transpose.getInput();
  return operandNumber(factor);
}

/// Plans register tiles for a product; fails where plain loops must do.
bool Planner::visitProduct(qint::MatMulOp op) {
  ProductPlan product;
  std::optional<ConvPlan> c = planProduct(op, product.centred, target);
  if (!c)
    return false;
  bool alongSteps = readsStepsDensely(op);
  int64_t steps = c->reductionPadded - c->reduction;
  int64_t channels = c->paddedOutputs() - c->groupOutputs;
  placeFactor(op.getLhs(), innermostAxis(op.getLhs()) == 2, steps);
  placeFactor(op.getRhs(), alongSteps || innermostAxis(op.getRhs()) == 2,
              alongSteps ? steps : channels);
  auto rhsZero = static_cast<int32_t>(op.getRhsZeroPoint());
  if (elementOf(op.getRhs()).isUnsignedInteger())
    rhsZero -= 128; // packed codes are signed
  product.needsRowSums = !product.centred && rhsZero != 0;
  // Cores without vectors read one channel after the other.
  product.direct = target.vectorBytes == 0 && !product.centred && alongSteps &&
                   factorNumber(op.getRhs()) >= 0 &&
                   !elementOf(op.getRhs()).isUnsignedInteger();
  plan.products[op] = product;
  plan.convs[op] = std::move(*c);
  pending[op.getOutput()] = op;
  return true;
}

/// Whether `op` is the last of its kernel and reads a tiled product, which then
/// is stored transposed.
bool Planner::storesProduct(qint::TransposeOp op) const {
  auto found = pending.find(op.getInput());
  return found != pending.end() && plan.products.contains(found->second) &&
         op.getInput().hasOneUse() && op->hasOneUse() &&
         isa<qint::YieldOp>(*op->user_begin());
}

llvm::Error Planner::visit(Operation *op) {
  if (auto conv = dyn_cast<qint::Conv2DOp>(op))
    return visitConv(conv);
  if (isPointwise(op)) {
    visitPointwise(op);
    return llvm::Error::success();
  }
  if (auto transpose = dyn_cast<qint::TransposeOp>(op);
      transpose && storesProduct(transpose)) {
    plan.stored = transpose;
    pending[transpose.getOutput()] = pending.lookup(transpose.getInput());
    return llvm::Error::success();
  }
  materializePending(op);
  if (auto product = dyn_cast<qint::MatMulOp>(op);
      product && visitProduct(product))
    return llvm::Error::success();
  if (isa<qint::ReshapeOp>(op)) {
    int number = operandNumber(op->getOperand(0));
    if (number < 0 || source.inputs[number].hasHalo())
      materialize(op->getOperand(0));
  }
  if (!isContraction(op))
    return llvm::Error::success();
  for (Value operand : op->getOperands())
    if (operandNumber(operand) < 0)
      materialize(operand);
  pending[op->getResult(0)] = op;
  return llvm::Error::success();
}

/// Values in memory, and sums of products, that `value` is made from without
/// memory between.
llvm::SmallVector<Value, 8> Planner::readFor(Value value) const {
  llvm::SmallVector<Value, 8> open, found;
  auto visit = [&](Value v) {
    if (Operation *op = v.getDefiningOp())
      open.append(op->operand_begin(), op->operand_end());
  };
  visit(value);
  llvm::DenseSet<Value> seen;
  while (!open.empty()) {
    Value v = open.pop_back_val();
    if (!seen.insert(v).second)
      continue;
    bool isStored = plan.materialized.contains(v);
    if (isStored || plan.products.contains(v.getDefiningOp()))
      found.push_back(v);
    if (!isStored)
      visit(v);
  }
  return found;
}

/// Stages run in the order of materialized values, the result's last; a place
/// is taken from the stage that writes it to the last that reads it.
void Planner::layOutScratch() {
  int64_t slack = 16; // what a padded reduction may read too far
  for (const auto &[op, c] : plan.convs)
    slack = std::max(slack, (c.reductionPadded - c.reduction) * c.inputBytes);
  std::vector<Buffer> buffers;
  std::vector<int64_t *> offsets;
  auto place = [&](int64_t bytes, int64_t first, int64_t last, int64_t &at) {
    buffers.push_back({bytes, first, last});
    offsets.push_back(&at);
  };
  llvm::DenseMap<Value, int64_t> firstRead, lastRead, stageOf;
  int64_t stage = 0;
  auto count = [&](Value value) {
    llvm::SmallVector<Value, 8> reads = readFor(value);
    if (plan.products.contains(value.getDefiningOp()))
      reads.push_back(value);
    for (Value read : reads) {
      firstRead.try_emplace(read, stage);
      lastRead[read] = stage;
    }
    stageOf[value] = stage++;
  };
  for (auto &[value, m] : plan.materialized)
    count(value);
  qint::KernelOp kernel = source.op;
  count(
      cast<qint::YieldOp>(kernel.getBody().front().getTerminator()).getValue());
  for (auto &[value, m] : plan.materialized)
    place(m.layout.bytes() + slack, stageOf[value],
          std::max(stageOf[value], lastRead.lookup(value)), m.offset);
  for (auto &[op, product] : plan.products) {
    Value sums = op->getResult(0);
    int64_t first = firstRead.at(sums), last = lastRead.at(sums);
    const ConvPlan &c = plan.convs.at(op);
    int64_t sumBytes = elementOf(op->getResult(0)).getIntOrFloatBitWidth() / 8;
    product.weights.resize(c.segments.size());
    product.bias.resize(c.segments.size());
    for (auto [i, s] : llvm::enumerate(c.segments)) {
      int64_t channels = c.groups * s.tiles * s.padded;
      if (!product.direct)
        place(channels * c.reductionPadded * c.weightBytes, first, last,
              product.weights[i]);
      place(channels * sumBytes, first, last, product.bias[i]);
    }
    if (product.needsRowSums)
      place(c.groups * c.ow * sumBytes, first, last, product.rowSums);
  }
  ArenaPlan arena = planArena(buffers, std::max(target.alignment, 1));
  for (auto [i, offset] : llvm::enumerate(offsets))
    *offset = arena.offsets[i];
  plan.needs.scratchBytes = arena.bytes;
}

llvm::Expected<KernelPlan> Planner::run() {
  size_t operands = source.inputs.size();
  plan.needs.overread.assign(operands, 0);
  plan.slack.assign(operands, 0);
  plan.roles.assign(operands, ConstantRole::Plain);
  plan.owners.assign(operands, nullptr);
  plan.flat = isFlat();
  for (Operation &op : bodyOf(source.op)) {
    if (llvm::Error error = visit(&op))
      return std::move(error);
    if (auto requantize = dyn_cast<qint::RequantizeOp>(op))
      plan.keepChannels |= requantize.getRescale().getMultipliers().size() > 1;
  }
  layOutScratch();
  findOverwritable(source, target, plan);
  return std::move(plan);
}

} // namespace

bool isPointwise(Operation *op) {
  return isa<qint::RequantizeOp, qint::AddOp, qint::RescaledAddOp, qint::MulOp,
             qint::MaximumOp, qint::MinimumOp, qint::ClampOp, qint::TableOp,
             qint::FlipSignOp, qint::DivOp, qint::InterpolateOp,
             qint::SigmoidOp, qint::InverseRootOp, qint::ReciprocalOp,
             qint::LogarithmOp, qint::GateOp>(op);
}

bool isContraction(Operation *op) {
  return isa<qint::Conv2DOp, qint::MatMulOp, qint::AvgPool2DOp,
             qint::MaxPool2DOp, qint::ReduceOp, qint::ArgMaxOp, qint::ExpSumOp,
             qint::PowerSumOp>(op);
}

llvm::ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

int vectorLanes(int64_t extent, const targets::Target &target, int bits) {
  int64_t lanes = std::max(1, target.vectorBytes * 8 / bits);
  while (lanes > extent)
    lanes /= 2;
  return static_cast<int>(lanes);
}

llvm::Expected<KernelPlan> planKernel(const targets::KernelSource &source,
                                      const targets::Target &target) {
  return Planner(source, target).run();
}

} // namespace qcc::kernels
