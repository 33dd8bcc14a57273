#include "passes/Quantize/Equalize.h"

#include "passes/Quantize/Values.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>
#include <set>

using namespace mlir;

namespace qcc::quantize {

namespace {

bool isZero(ArrayRef<int64_t> numbers) {
  return llvm::all_of(numbers, [](int64_t n) { return n == 0; });
}

/// f(x - c) = f(x) - c for one constant c per channel, where x >= c >= 0.
bool passesShift(Operation *op) {
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([](qgraph::ClampOp clamp) {
        return clamp.getMin().isZero() || clamp.getMin().isNegative();
      })
      .Case([](qgraph::UnaryOp unary) {
        return unary.getKind() == qgraph::UnaryKind::LeakyRelu;
      })
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

/// Whether `op` may read a value that is c too small, once c times its weights
/// is added to its bias.
bool takesUpShift(Operation *op) {
  auto conv = dyn_cast<qgraph::Conv2DOp>(op);
  return conv && isZero(conv.getPads()) && !floatsOf(conv.getFilter()).empty();
}

class Absorption {
public:
  Absorption(func::FuncOp function, double spread)
      : function(function), spread(spread), classes(function) {
    shifts.assign(classes.classes().size(), 0);
  }

  std::vector<AbsorbedBias> run() {
    findObstacles();
    std::vector<AbsorbedBias> absorbed;
    for (Operation &op : function.front())
      if (AbsorbedBias bias = choose(&op); bias.channels > 0)
        absorbed.push_back(std::move(bias));
    for (Operation &op : llvm::make_early_inc_range(function.front()))
      apply(&op);
    return absorbed;
  }

private:
  /// Classes whose values something else reads than what may.
  void findObstacles() {
    for (Operation &op : function.front()) {
      if (passesShift(&op) || isa<qgraph::ConstantOp>(op))
        continue;
      if (!takesUpShift(&op))
        block(op.getOperands());
      if (!isa<qgraph::Conv2DOp>(op))
        block(op.getResults());
    }
  }

  void block(ValueRange values) {
    for (Value value : values)
      if (isActivation(value))
        for (int64_t c = 0; c < shapeOf(value).back(); ++c)
          blocked.insert(classes.classOf(value, c));
  }

  /// Chooses the shifts of the channels that a convolution makes.
  AbsorbedBias choose(Operation *op) {
    auto mean = op->getAttrOfType<DenseF32ArrayAttr>("qgraph.output_mean");
    auto std = op->getAttrOfType<DenseF32ArrayAttr>("qgraph.output_std");
    if (!isa<qgraph::Conv2DOp>(op) || !mean || !std ||
        mean.size() != std.size() ||
        mean.size() != shapeOf(op->getResult(0)).back())
      return {};
    AbsorbedBias result{layerOf(op->getResult(0)), 0};
    for (int64_t c = 0; c < mean.size(); ++c) {
      size_t index = classes.classOf(op->getResult(0), c);
      const ChannelClass &item = classes.classes()[index];
      double least = mean[c] - spread * std[c];
      if (!item.isFree() || blocked.count(index) || !(least > 0) ||
          item.producers.size() != 1 || item.consumers.empty())
        continue;
      shifts[index] = least;
      ++result.channels;
    }
    return result;
  }

  void apply(Operation *op) {
    if (!isa<qgraph::Conv2DOp>(op) || !isActivation(op->getResult(0)))
      return;
    std::vector<float> bias = floatsOf(op->getOperand(2));
    std::vector<float> weights = floatsOf(op->getOperand(1));
    if (bias.empty() || weights.empty())
      return;
    std::vector<double> sums(bias.begin(), bias.end());
    bool changed = takeOff(op, sums);
    changed |= add(cast<qgraph::Conv2DOp>(op), weights, sums);
    if (!changed)
      return;
    bias.assign(sums.begin(), sums.end());
    replaceConstant(op, 2, bias);
  }

  /// The shift of the convolution's own channels.
  bool takeOff(Operation *op, std::vector<double> &bias) {
    auto fact = op->getAttrOfType<DenseF32ArrayAttr>("qgraph.output_mean");
    SmallVector<float> mean(fact ? fact.asArrayRef() : ArrayRef<float>());
    bool changed = false;
    for (size_t c = 0; c < bias.size(); ++c) {
      double shift = shifts[classes.classOf(op->getResult(0), c)];
      if (shift == 0)
        continue;
      bias[c] -= shift;
      mean[c] = static_cast<float>(mean[c] - shift);
      changed = true;
    }
    if (changed)
      op->setAttr("qgraph.output_mean",
                  DenseF32ArrayAttr::get(op->getContext(), mean));
    return changed;
  }

  /// What the convolution misses of its input.
  bool add(qgraph::Conv2DOp op, ArrayRef<float> weights,
           std::vector<double> &bias) {
    if (!isActivation(op.getInput()))
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

  func::FuncOp function;
  double spread;
  ChannelClasses classes;
  std::set<size_t> blocked;
  std::vector<double> shifts;
};

} // namespace

std::vector<AbsorbedBias> absorbBiases(func::FuncOp function, double spread) {
  return Absorption(function, spread).run();
}

} // namespace qcc::quantize
