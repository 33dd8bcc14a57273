#include "passes/Quantize/ChannelClasses.h"

#include "dialects/Decimal.h"
#include "passes/Quantize/Values.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <numeric>

using namespace mlir;

namespace qcc::quantize {

namespace {

/// A range end that is meant to be infinite: some exporters write the largest
/// float.
bool isUnbounded(const llvm::APFloat &value) {
  return value.isInfinity() || value.isLargest();
}

int64_t channelsOf(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  return shape.empty() ? 1 : shape.back();
}

bool isDenseFloat(Value value) {
  auto op = value.getDefiningOp<qgraph::ConstantOp>();
  auto dense =
      op ? dyn_cast<DenseFPElementsAttr>(op.getValue()) : DenseFPElementsAttr();
  return dense && dense.getElementType().isF32();
}

bool keepsLastAxis(qgraph::TransposeOp op) {
  ArrayRef<int64_t> permutation = op.getPermutation();
  return permutation.empty() ||
         permutation.back() + 1 == static_cast<int64_t>(permutation.size());
}

} // namespace

class ClassBuilder {
public:
  ClassBuilder(ChannelClasses &result, func::FuncOp function)
      : result(result), function(function) {}

  void build() {
    for (Value value : activations(function)) {
      result.offsets[value] = parents.size();
      parents.resize(parents.size() + channelsOf(value));
    }
    std::iota(parents.begin(), parents.end(), size_t(0));
    reasons.assign(parents.size(), 0);
    for (BlockArgument argument : function.getArguments())
      hold(argument, "it is an input of the network");
    for (Operation &op : function.front()) {
      visit(&op);
      if (op.getNumResults() == 1 &&
          (op.hasAttr("qgraph.type") || op.hasAttr("qgraph.range")))
        hold(op.getResult(0), "the model states the range of " + describe(&op));
    }
    collect();
  }

private:
  //===--------------------------------------------------------------------===//
  // Union-find over channels
  //===--------------------------------------------------------------------===//

  size_t find(size_t channel) {
    while (parents[channel] != channel)
      channel = parents[channel] = parents[parents[channel]];
    return channel;
  }

  bool isTracked(Value value) const { return result.offsets.contains(value); }

  void join(Value a, int64_t i, Value b, int64_t j) {
    if (!isTracked(a) || !isTracked(b))
      return;
    size_t x = find(result.offsets[a] + i), y = find(result.offsets[b] + j);
    if (x == y)
      return;
    // The smaller index leads, so that results do not depend on the order.
    if (x > y)
      std::swap(x, y);
    parents[y] = x;
    if (!reasons[x])
      reasons[x] = reasons[y];
  }

  void holdChannel(Value value, int64_t channel, size_t reason) {
    size_t root = find(result.offsets[value] + channel);
    if (!reasons[root])
      reasons[root] = reason;
  }

  void hold(Value value, std::string why) {
    if (!isTracked(value))
      return;
    texts.push_back(std::move(why));
    for (int64_t c = 0; c < channelsOf(value); ++c)
      holdChannel(value, c, texts.size());
  }

  void holdAll(Operation *op, const std::string &why) {
    for (Value value : op->getOperands())
      hold(value, why);
    for (Value value : op->getResults())
      hold(value, why);
  }

  //===--------------------------------------------------------------------===//
  // Rules, op by op
  //===--------------------------------------------------------------------===//

  void visit(Operation *op) {
    llvm::TypeSwitch<Operation *>(op)
        .Case([](qgraph::ConstantOp) {})
        .Case([&](func::ReturnOp) { holdAll(op, "the network returns it"); })
        .Case<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(
            [&](auto) { convolution(op); })
        .Case<qgraph::LayerNormOp>([&](auto norm) {
          normalization(op, norm.getAxis(), norm.getGamma(), norm.getBeta());
        })
        .Case<qgraph::RmsNormOp>([&](auto norm) {
          normalization(op, norm.getAxis(), norm.getGamma(), norm.getGamma());
        })
        .Case([&](qgraph::ClampOp clamp) { clampOp(clamp); })
        .Case([&](qgraph::UnaryOp unary) { unaryOp(unary); })
        .Case<qgraph::AvgPool2DOp, qgraph::MaxPool2DOp, qgraph::ResizeOp>(
            [&](auto) { sameChannels(op); })
        .Case([&](qgraph::ReduceOp reduce) { reduction(reduce); })
        .Case<qgraph::AddOp, qgraph::SubOp, qgraph::MaximumOp,
              qgraph::MinimumOp, qgraph::SelectOp>([&](auto) { sum(op); })
        .Case([&](qgraph::MulOp) { product(op); })
        .Case<qgraph::ConcatOp, qgraph::SliceOp, qgraph::PadOp,
              qgraph::ReshapeOp, qgraph::TransposeOp, qgraph::TileOp,
              qgraph::GatherOp>([&](auto typed) { move(typed); })
        .Default([&](Operation *) {
          holdAll(op, llvm::formatv("{0} is a {1}", describe(op),
                                    op->getName().stripDialect()));
        });
  }

  void convolution(Operation *op) {
    if (!isDenseFloat(op->getOperand(1)) || !isDenseFloat(op->getOperand(2)))
      holdAll(op, describe(op) + " has weights that are no f32 constants");
  }

  void normalization(Operation *op, int64_t axis, Value gamma, Value beta) {
    Value input = op->getOperand(0);
    hold(input, describe(op) + " normalizes it");
    bool lastAxis = axis + 1 == static_cast<int64_t>(shapeOf(input).size());
    if (!lastAxis || !isDenseFloat(gamma) || !isDenseFloat(beta))
      hold(op->getResult(0),
           describe(op) + " has no factor for every channel to take it up");
  }

  void clampOp(qgraph::ClampOp op) {
    llvm::APFloat negated = llvm::neg(op.getMin());
    if (!(op.getMin().isZero() || isUnbounded(negated)) ||
        !(op.getMax().isZero() || isUnbounded(op.getMax())))
      holdAll(op, describe(op) + " clamps to [" +
                      decimal(op.getMin().convertToFloat()) + ", " +
                      decimal(op.getMax().convertToFloat()) + "]");
    sameChannels(op);
  }

  void unaryOp(qgraph::UnaryOp op) {
    using qgraph::UnaryKind;
    UnaryKind kind = op.getKind();
    if (kind != UnaryKind::LeakyRelu && kind != UnaryKind::Abs &&
        kind != UnaryKind::Negate)
      holdAll(op, llvm::formatv("{0} is a {1}", describe(op),
                                qgraph::stringifyUnaryKind(kind)));
    sameChannels(op);
  }

  void sameChannels(Operation *op) {
    for (int64_t c = 0; c < channelsOf(op->getResult(0)); ++c)
      join(op->getResult(0), c, op->getOperand(0), c);
  }

  /// Channel c of the result and of the operand, which may be broadcast.
  void joinBroadcast(Value output, Value operand) {
    bool broadcast = channelsOf(operand) == 1;
    for (int64_t c = 0; c < channelsOf(output); ++c)
      join(output, c, operand, broadcast ? 0 : c);
  }

  void sum(Operation *op) {
    for (Value operand : op->getOperands())
      if (!isTracked(operand))
        return holdAll(op, describe(op) + " has an operand that is constant");
    for (Value operand : op->getOperands())
      joinBroadcast(op->getResult(0), operand);
  }

  /// One factor passes its scales on; the other stays as it is.
  void product(Operation *op) {
    Value left = op->getOperand(0), right = op->getOperand(1);
    if (isTracked(left) && isTracked(right)) {
      if (left == right || isGate(left) ||
          left.getType() != op->getResult(0).getType())
        std::swap(left, right);
      hold(right, describe(op) + " multiplies by it");
      if (left == right)
        return holdAll(op, describe(op) + " squares it");
    } else if (!isTracked(left)) {
      std::swap(left, right);
    }
    if (!isTracked(left))
      return hold(op->getResult(0), describe(op) + " reads constants only");
    joinBroadcast(op->getResult(0), left);
  }

  /// Made by a function that holds its result's channels anyway.
  static bool isGate(Value value) {
    return isa_and_nonnull<qgraph::UnaryOp, qgraph::SoftmaxOp, qgraph::ClampOp>(
        value.getDefiningOp());
  }

  void reduction(qgraph::ReduceOp op) {
    joinBroadcast(op.getInput(), op.getOutput());
  }

  void move(qgraph::ConcatOp op) {
    bool lastAxis = op.getAxis() + 1 == shapeOf(op.getOutput()).size();
    int64_t offset = 0;
    for (Value input : op.getInputs()) {
      if (!isTracked(input))
        return holdAll(op, describe(op) + " joins it with a constant");
      for (int64_t c = 0; c < channelsOf(input); ++c)
        join(op.getOutput(), offset + c, input, c);
      offset += lastAxis ? channelsOf(input) : 0;
    }
  }

  void move(qgraph::SliceOp op) {
    for (int64_t c = 0; c < channelsOf(op.getOutput()); ++c)
      join(op.getOutput(), c, op.getInput(),
           op.getStarts().empty()
               ? c
               : op.getStarts().back() + c * op.getStrides().back());
  }

  void move(qgraph::PadOp op) {
    if (!op.getValue().isZero())
      holdAll(op, describe(op) + " pads with " +
                      decimal(op.getValue().convertToFloat()));
    int64_t before = op.getLow().empty() ? 0 : op.getLow().back();
    for (int64_t c = 0; c < channelsOf(op.getInput()); ++c)
      join(op.getOutput(), c + before, op.getInput(), c);
  }

  void move(qgraph::ReshapeOp op) {
    int64_t from = channelsOf(op.getInput()), to = channelsOf(op.getOutput());
    int64_t period =
        std::min(std::lcm(from, to), op.getOutput().getType().getNumElements());
    for (int64_t i = 0; i < period; ++i)
      join(op.getOutput(), i % to, op.getInput(), i % from);
  }

  void move(qgraph::TransposeOp op) {
    if (keepsLastAxis(op))
      return sameChannels(op);
    // Every index of the result's last axis has elements of all channels.
    for (int64_t c = 0; c < channelsOf(op.getInput()); ++c)
      join(op.getOutput(), 0, op.getInput(), c);
    for (int64_t c = 0; c < channelsOf(op.getOutput()); ++c)
      join(op.getOutput(), c, op.getInput(), 0);
  }

  void move(qgraph::TileOp op) {
    int64_t channels = channelsOf(op.getInput());
    for (int64_t c = 0; c < channelsOf(op.getOutput()); ++c)
      join(op.getOutput(), c, op.getInput(), c % channels);
  }

  void move(qgraph::GatherOp op) {
    bool lastAxis = op.getAxis() + 1 == shapeOf(op.getInput()).size();
    for (int64_t c = 0; c < channelsOf(op.getOutput()); ++c)
      join(op.getOutput(), c, op.getInput(), lastAxis ? op.getIndices()[c] : c);
  }

  //===--------------------------------------------------------------------===//
  // Result
  //===--------------------------------------------------------------------===//

  void collect() {
    std::vector<size_t> numbers(parents.size());
    result.indices.resize(parents.size());
    for (size_t channel = 0; channel < parents.size(); ++channel) {
      size_t root = find(channel);
      if (root == channel) {
        numbers[root] = result.list.size();
        ChannelClass &made = result.list.emplace_back();
        if (reasons[root])
          made.obstacle = texts[reasons[root] - 1];
      }
      result.indices[channel] = numbers[root];
    }
    for (Operation &op : function.front()) {
      bool isConvolution = isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op);
      if (isConvolution || isa<qgraph::LayerNormOp, qgraph::RmsNormOp>(op))
        attach(&op, op.getResult(0), &ChannelClass::producers);
      if (isConvolution)
        attach(&op, op.getOperand(0), &ChannelClass::consumers);
    }
  }

  void attach(Operation *op, Value value,
              SmallVector<ChannelOf, 1> ChannelClass::*side) {
    if (isTracked(value))
      for (int64_t c = 0; c < channelsOf(value); ++c)
        (result.list[result.classOf(value, c)].*side).push_back({op, c});
  }

  ChannelClasses &result;
  func::FuncOp function;
  std::vector<size_t> parents;
  /// For every root 1 + the index of its obstacle in `texts`, or 0.
  std::vector<size_t> reasons;
  std::vector<std::string> texts;
};

ChannelClasses::ChannelClasses(func::FuncOp function) {
  ClassBuilder(*this, function).build();
}

//===----------------------------------------------------------------------===//
// Rewriting constants
//===----------------------------------------------------------------------===//

std::vector<float> floatsOf(Value value) {
  if (!isDenseFloat(value))
    return {};
  auto values = cast<DenseFPElementsAttr>(
                    value.getDefiningOp<qgraph::ConstantOp>().getValue())
                    .getValues<float>();
  return {values.begin(), values.end()};
}

void replaceConstant(Operation *op, unsigned index, ArrayRef<float> values) {
  auto old = op->getOperand(index).getDefiningOp<qgraph::ConstantOp>();
  OpBuilder builder(op);
  auto type = cast<RankedTensorType>(old.getType());
  auto made = qgraph::ConstantOp::create(builder, old.getLoc(), type,
                                         DenseElementsAttr::get(type, values));
  made->setDiscardableAttrs(old->getDiscardableAttrDictionary());
  op->setOperand(index, made);
  if (old->use_empty())
    old.erase();
}

namespace {

class Rescaling {
public:
  Rescaling(const ChannelClasses &classes, ArrayRef<double> scales)
      : classes(classes), scales(scales) {}

  void apply(Operation *op) {
    if (op->getNumResults() != 1 || !isActivation(op->getResult(0)))
      return;
    std::vector<double> out = scalesOf(op->getResult(0));
    for (StringRef fact : {"qgraph.output_mean", "qgraph.output_std"})
      rescaleFact(op, fact, out);
    if (isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op))
      convolution(op, scalesOf(op->getOperand(0)), out);
    if (isa<qgraph::LayerNormOp, qgraph::RmsNormOp>(op))
      for (unsigned i = 1; i < op->getNumOperands(); ++i)
        rows(op, i, out);
  }

private:
  std::vector<double> scalesOf(Value value) const {
    std::vector<double> result;
    if (isActivation(value))
      for (int64_t c = 0; c < channelsOf(value); ++c) {
        size_t index = classes.classOf(value, c);
        result.push_back(classes.classes()[index].isFree() ? scales[index] : 1);
      }
    return result;
  }

  static bool isTrivial(ArrayRef<double> numbers) {
    return llvm::all_of(numbers, [](double s) { return s == 1; });
  }

  static void rescaleFact(Operation *op, StringRef name,
                          ArrayRef<double> scale) {
    auto fact = op->getAttrOfType<DenseF32ArrayAttr>(name);
    if (!fact || fact.size() != static_cast<int64_t>(scale.size()))
      return;
    SmallVector<float> values;
    for (auto [value, s] : llvm::zip(fact.asArrayRef(), scale))
      values.push_back(static_cast<float>(value / s));
    op->setAttr(name, DenseF32ArrayAttr::get(op->getContext(), values));
  }

  /// Divides every leading index of a constant by its scale.
  static void rows(Operation *op, unsigned index, ArrayRef<double> scale) {
    std::vector<float> values = floatsOf(op->getOperand(index));
    if (values.empty() || isTrivial(scale))
      return;
    size_t length = values.size() / scale.size();
    for (auto [i, value] : llvm::enumerate(values))
      value = static_cast<float>(value / scale[i / length]);
    replaceConstant(op, index, values);
  }

  void convolution(Operation *op, ArrayRef<double> in, ArrayRef<double> out) {
    std::vector<float> weights = floatsOf(op->getOperand(1));
    if (weights.empty() || in.empty() || (isTrivial(in) && isTrivial(out)))
      return;
    auto conv = dyn_cast<qgraph::Conv2DOp>(op);
    size_t columns = shapeOf(op->getOperand(1)).back();
    size_t length = weights.size() / out.size();
    size_t perGroup = out.size() / (conv ? conv.getGroups() : 1);
    for (auto [i, weight] : llvm::enumerate(weights)) {
      size_t row = i / length;
      double s = in[row / perGroup * columns + i % columns];
      weight = static_cast<float>(weight * s / out[row]);
    }
    replaceConstant(op, 1, weights);
    rows(op, 2, out);
  }

  const ChannelClasses &classes;
  ArrayRef<double> scales;
};

} // namespace

void applyScales(func::FuncOp function, const ChannelClasses &classes,
                 ArrayRef<double> scales) {
  Rescaling rescaling(classes, scales);
  for (Operation &op : llvm::make_early_inc_range(function.front()))
    rescaling.apply(&op);
}

} // namespace qcc::quantize
