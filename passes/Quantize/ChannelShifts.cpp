#include "passes/Quantize/ChannelShifts.h"

#include "passes/Quantize/Values.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace qcc::quantize {

namespace {

bool isZero(ArrayRef<int64_t> numbers) {
  return llvm::all_of(numbers, [](int64_t n) { return n == 0; });
}

/// f(x - c) = f(x) - c for one constant c per channel.
bool passesAlways(Operation *op) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([](qgraph::AvgPool2DOp pool) {
        return !pool.getCountIncludePad() || isZero(pool.getPads());
      })
      .Case([](qgraph::ReduceOp reduce) {
        int64_t rank = shapeOf(reduce.getInput()).size();
        return reduce.getKind() != qgraph::ReduceKind::Sum &&
               !llvm::is_contained(reduce.getAxes(), rank - 1);
      })
      .Case<qgraph::MaxPool2DOp, qgraph::ResizeOp, qgraph::ConcatOp,
            qgraph::SliceOp, qgraph::ReshapeOp, qgraph::TransposeOp,
            qgraph::TileOp, qgraph::GatherOp>([](auto) { return true; })
      .Default(false);
}

/// The same where x >= c >= 0.
bool passesAboveZero(Operation *op) {
  if (auto clamp = dyn_cast<qgraph::ClampOp>(op))
    return clamp.getMin().isZero() || clamp.getMin().isNegative();
  auto unary = dyn_cast<qgraph::UnaryOp>(op);
  return unary && unary.getKind() == qgraph::UnaryKind::LeakyRelu;
}

/// Whether `op` may read a value that is c too small, once c times its weights
/// is added to its bias.
bool takesUpShift(Operation *op) {
  auto conv = dyn_cast<qgraph::Conv2DOp>(op);
  return conv && isZero(conv.getPads()) && !floatsOf(conv.getFilter()).empty();
}

/// Whether `op` has a constant per channel of its result, as operand 2.
bool makesShift(Operation *op) {
  return isa<qgraph::Conv2DOp, qgraph::LayerNormOp>(op) &&
         !floatsOf(op->getOperand(2)).empty();
}

} // namespace

ChannelShifts::ChannelShifts(func::FuncOp function,
                             const ChannelClasses &classes, Passing passing)
    : function(function), classes(classes), passing(passing) {
  shifts.assign(classes.classes().size(), 0);
  findObstacles();
}

bool ChannelShifts::isLegal(size_t index) const {
  const ChannelClass &item = classes.classes()[index];
  return item.isFree() && !blocked.count(index) && item.producers.size() == 1 &&
         !item.consumers.empty();
}

void ChannelShifts::findObstacles() {
  for (Operation &op : function.front()) {
    bool passes = passesAlways(&op) ||
                  (passing == Passing::AboveZero && passesAboveZero(&op));
    if (passes || isa<qgraph::ConstantOp>(op))
      continue;
    if (!takesUpShift(&op))
      block(op.getOperands());
    if (!makesShift(&op))
      block(op.getResults());
  }
}

void ChannelShifts::block(ValueRange values) {
  for (Value value : values)
    if (isActivation(value))
      for (int64_t c = 0; c < shapeOf(value).back(); ++c)
        blocked.insert(classes.classOf(value, c));
}

void ChannelShifts::apply() {
  for (Operation &op : llvm::make_early_inc_range(function.front()))
    if (op.getNumResults() == 1 && isActivation(op.getResult(0)) &&
        makesShift(&op))
      apply(&op);
}

void ChannelShifts::apply(Operation *op) {
  std::vector<float> bias = floatsOf(op->getOperand(2));
  std::vector<double> sums(bias.begin(), bias.end());
  bool changed = takeOff(op, sums);
  if (auto conv = dyn_cast<qgraph::Conv2DOp>(op))
    changed |= add(conv, sums);
  if (!changed)
    return;
  bias.assign(sums.begin(), sums.end());
  replaceConstant(op, 2, bias);
}

bool ChannelShifts::takeOff(Operation *op, std::vector<double> &bias) {
  auto fact = op->getAttrOfType<DenseF32ArrayAttr>("qgraph.output_mean");
  SmallVector<float> mean(fact ? fact.asArrayRef() : ArrayRef<float>());
  bool changed = false;
  for (size_t c = 0; c < bias.size(); ++c) {
    double shift = shifts[classes.classOf(op->getResult(0), c)];
    if (shift == 0)
      continue;
    bias[c] -= shift;
    if (!mean.empty())
      mean[c] = static_cast<float>(mean[c] - shift);
    changed = true;
  }
  if (changed && !mean.empty())
    op->setAttr("qgraph.output_mean",
                DenseF32ArrayAttr::get(op->getContext(), mean));
  return changed;
}

bool ChannelShifts::add(qgraph::Conv2DOp op, std::vector<double> &bias) {
  std::vector<float> weights = floatsOf(op.getFilter());
  if (weights.empty() || !isActivation(op.getInput()))
    return false;
  int64_t columns = shapeOf(op.getFilter()).back();
  size_t length = weights.size() / bias.size();
  int64_t perGroup = bias.size() / op.getGroups();
  bool changed = false;
  for (auto [i, weight] : llvm::enumerate(weights)) {
    int64_t row = i / length, channel = row / perGroup * columns +
                                        static_cast<int64_t>(i) % columns;
    double shift = shifts[classes.classOf(op.getInput(), channel)];
    bias[row] += shift * weight;
    changed |= shift != 0;
  }
  return changed;
}

} // namespace qcc::quantize
