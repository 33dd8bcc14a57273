#include "passes/Quantize/Equalize.h"

#include "passes/Quantize/Values.h"

#include "llvm/ADT/MapVector.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace qcc::quantize {

namespace {

/// Scales beyond would bring f32 weights near the ends of their exponents.
constexpr double largestScale = 1 << 24;
constexpr int maxSweeps = 200;
/// A sweep that changes no scale by more than this part is the last one.
constexpr double converged = 1e-4;

/// The largest magnitude of a filter for every pair of channels, over taps.
struct Filter {
  Operation *op;
  int64_t rows, columns, rowsPerGroup;
  std::vector<float> most; ///< [rows, columns]

  explicit Filter(Operation *op) : op(op) {
    ArrayRef<int64_t> shape = shapeOf(op->getOperand(1));
    auto conv = dyn_cast<qgraph::Conv2DOp>(op);
    rows = shape.front(), columns = shape.back();
    rowsPerGroup = rows / (conv ? conv.getGroups() : 1);
    most.assign(rows * columns, 0);
    std::vector<float> weights = floatsOf(op->getOperand(1));
    size_t length = rows ? weights.size() / rows : 0;
    for (auto [i, weight] : llvm::enumerate(weights)) {
      float &entry = most[i / length * columns + i % columns];
      entry = std::max(entry, std::fabs(weight));
    }
  }
};

class Equalizer {
public:
  explicit Equalizer(func::FuncOp function)
      : function(function), classes(function) {
    for (Operation &op : function.front())
      if (isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op) &&
          isActivation(op.getResult(0)) &&
          !floatsOf(op.getOperand(1)).empty()) {
        numbers[&op] = filters.size();
        filters.emplace_back(&op);
      }
    scales.assign(classes.classes().size(), 1);
    isScaled.assign(scales.size(), false);
  }

  std::vector<EqualizedLayer> run() {
    std::vector<EqualizedLayer> layers;
    for (const Filter &filter : filters)
      layers.push_back(describeBefore(filter));
    for (int i = 0; i < maxSweeps; ++i)
      if (sweep() < converged)
        break;
    for (auto [layer, filter] : llvm::zip(layers, filters))
      describeAfter(layer, filter);
    applyScales(function, classes, scales);
    return layers;
  }

private:
  double rowScale(const Filter &filter, int64_t row) const {
    return scales[classes.classOf(filter.op->getResult(0), row)];
  }
  double columnScale(const Filter &filter, int64_t channel) const {
    Value input = filter.op->getOperand(0);
    return isActivation(input) ? scales[classes.classOf(input, channel)] : 1;
  }
  double entry(const Filter &filter, int64_t row, int64_t column) const {
    int64_t channel = row / filter.rowsPerGroup * filter.columns + column;
    return filter.most[row * filter.columns + column] *
           columnScale(filter, channel) / rowScale(filter, row);
  }

  double rowRange(const Filter &filter, int64_t row) const {
    double most = 0;
    for (int64_t i = 0; i < filter.columns; ++i)
      most = std::max(most, entry(filter, row, i));
    return most;
  }
  /// Of all weights that read an input channel.
  double columnRange(const Filter &filter, int64_t channel) const {
    int64_t group = channel / filter.columns;
    double most = 0;
    for (int64_t i = 0; i < filter.rowsPerGroup; ++i)
      most = std::max(most, entry(filter, group * filter.rowsPerGroup + i,
                                  channel % filter.columns));
    return most;
  }
  double range(const Filter &filter) const {
    double most = 0;
    for (int64_t row = 0; row < filter.rows; ++row)
      most = std::max(most, rowRange(filter, row));
    return most;
  }

  /// The part of their tensors' ranges that a class takes up, at most.
  template <typename F>
  double part(ArrayRef<ChannelOf> side, F &&rangeOf) const {
    double most = 0;
    for (ChannelOf member : side) {
      auto found = numbers.find(member.op);
      if (found == numbers.end())
        return 0;
      const Filter &filter = filters[found->second];
      if (ranges[found->second] > 0)
        most = std::max(most, rangeOf(filter, member.channel) /
                                  ranges[found->second]);
    }
    return most;
  }

  /// Scales every free class once. Returns the largest change, relative.
  double sweep() {
    double change = 0;
    ranges.clear();
    for (const Filter &filter : filters)
      ranges.push_back(range(filter));
    for (auto [index, item] : llvm::enumerate(classes.classes())) {
      if (!item.isFree())
        continue;
      double rows = part(item.producers, [&](const Filter &f, int64_t c) {
        return rowRange(f, c);
      });
      double columns = part(item.consumers, [&](const Filter &f, int64_t c) {
        return columnRange(f, c);
      });
      if (!(rows > 0) || !(columns > 0))
        continue;
      isScaled[index] = true;
      double before = scales[index];
      scales[index] = std::clamp(before * std::sqrt(rows / columns),
                                 1 / largestScale, largestScale);
      change = std::max(change, std::fabs(scales[index] / before - 1));
    }
    return change;
  }

  /// See EqualizedLayer.
  double balance(const Filter &filter) const {
    double most = range(filter), sum = 0;
    for (int64_t row = 0; row < filter.rows; ++row)
      sum += rowRange(filter, row);
    return most > 0 ? sum / most / filter.rows : 1;
  }

  EqualizedLayer describeBefore(const Filter &filter) const {
    EqualizedLayer layer;
    layer.layer = layerOf(filter.op->getResult(0));
    layer.channels = filter.rows;
    layer.balanceBefore = balance(filter);
    return layer;
  }

  void describeAfter(EqualizedLayer &layer, const Filter &filter) const {
    layer.balanceAfter = balance(filter);
    llvm::MapVector<Operation *, bool> readers;
    for (int64_t row = 0; row < filter.rows; ++row) {
      size_t index = classes.classOf(filter.op->getResult(0), row);
      const ChannelClass &item = classes.classes()[index];
      layer.scaled += isScaled[index];
      if (layer.obstacle.empty())
        layer.obstacle = isScaled[index] ? "" : obstacleOf(item);
      if (isScaled[index])
        for (ChannelOf reader : item.consumers)
          readers[reader.op] = true;
    }
    for (auto &[op, read] : readers)
      layer.readers.push_back(layerOf(op->getResult(0)));
  }

  static std::string obstacleOf(const ChannelClass &item) {
    if (!item.isFree())
      return item.obstacle;
    if (item.consumers.empty())
      return "no convolution reads it";
    return "all its weights, or those that read it, are zero";
  }

  func::FuncOp function;
  ChannelClasses classes;
  std::vector<Filter> filters;
  llvm::DenseMap<Operation *, size_t> numbers;
  std::vector<double> scales;
  std::vector<bool> isScaled;
  std::vector<double> ranges; ///< of filters, in the present sweep
};

} // namespace

std::vector<EqualizedLayer> equalizeWeights(func::FuncOp function) {
  return Equalizer(function).run();
}

} // namespace qcc::quantize
