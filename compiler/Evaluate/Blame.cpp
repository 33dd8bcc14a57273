//===- Blame.cpp - Which part of quantization costs what ------------------===//

#include "compiler/Evaluate/Blame.h"

#include "dialects/QGraph/QGraph.h"
#include "passes/Quantize/PlanNetwork.h"
#include "passes/Quantize/Values.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using namespace mlir;

namespace qcc::evaluate {

namespace {

llvm::Error makeError(const llvm::formatv_object_base &text) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s",
                                 text.str().c_str());
}

double top1(ArrayRef<float> results, ArrayRef<int64_t> labels) {
  size_t width = results.size() / labels.size(), right = 0;
  for (auto [i, label] : llvm::enumerate(labels)) {
    ArrayRef<float> row = results.slice(i * width, width);
    right += llvm::max_element(row) - row.begin() == label;
  }
  return static_cast<double>(right) / labels.size();
}

unsigned widthOf(Type type) {
  auto quantized = dyn_cast<quant::QuantizedType>(type);
  return quantized ? quantize::bitsOf(quantized) : 0;
}

/// The constants of one layer, as the float network has them and as codes.
struct LayerConstants {
  unsigned bits = 0;
  std::vector<size_t> indices; ///< parameters of the float network
  std::vector<std::vector<float>> exact, rounded;
};

/// The type of one value that is quantized on its own.
struct LayerType {
  Rounding rounding;
  unsigned bits = 0;
  /// Other values to round with it: those that only it reads.
  std::vector<std::string> with;
};

class Assignment {
public:
  Assignment(func::FuncOp floatFunction, func::FuncOp quantizedFunction,
             ArrayRef<int64_t> labels)
      : floatFunction(floatFunction), quantizedFunction(quantizedFunction),
        labels(labels) {}

  llvm::Expected<Blame>
  run(int64_t samples, ArrayRef<ArrayRef<float>> inputs,
      const std::function<void(int64_t, int64_t)> &progress) {
    if (samples < 1)
      return makeError(llvm::formatv("there is no sample to measure on"));
    llvm::ArrayRef<int64_t> shape =
        cast<RankedTensorType>(floatFunction.getArgumentTypes()[0]).getShape();
    int64_t rows = samples * (shape.empty() ? 1 : shape.front());
    if (!labels.empty() && static_cast<int64_t>(labels.size()) != rows)
      return makeError(
          llvm::formatv("{0} samples have {1} labels", rows, labels.size()));
    auto made = PerturbationMeter::create(floatFunction, samples, inputs);
    if (!made)
      return made.takeError();
    meter = std::move(*made);
    if (llvm::Error error = findConstants())
      return std::move(error);
    findTypes();
    if (constants.empty() && types.empty())
      return makeError(llvm::formatv(
          "the network is the same before and after quantization"));
    total = 3 + constants.size() + types.size();
    Blame blame;
    if (!labels.empty())
      blame.floatTop1 = top1(meter->reference(), labels);
    if (llvm::Error error = measureAll(blame, progress))
      return std::move(error);
    return blame;
  }

private:
  using Progress = std::function<void(int64_t, int64_t)>;

  llvm::Error findConstants() {
    auto quantized = FloatEvaluator::create(quantizedFunction, 1);
    if (!quantized)
      return quantized.takeError();
    FloatEvaluator &exact = meter->evaluator();
    std::map<std::pair<std::string, unsigned>, size_t> known;
    for (auto [k, parameter] : llvm::enumerate((*quantized)->parameters()))
      known[{parameter.layer, parameter.operand}] = k;
    llvm::StringMap<unsigned> widths = filterWidths();
    for (auto [k, parameter] : llvm::enumerate(exact.parameters())) {
      auto found = known.find({parameter.layer, parameter.operand});
      if (found == known.end())
        continue;
      ArrayRef<float> before = exact.parameter(k);
      ArrayRef<float> after = (*quantized)->parameter(found->second);
      if (before.size() != after.size() || before == after)
        continue;
      LayerConstants &layer = constants[parameter.layer];
      layer.bits = widths.lookup(parameter.layer);
      layer.indices.push_back(k);
      layer.exact.push_back(before.vec());
      layer.rounded.push_back(after.vec());
    }
    return llvm::Error::success();
  }

  /// Storage bits of the narrowest constant of every layer.
  llvm::StringMap<unsigned> filterWidths() {
    llvm::StringMap<unsigned> widths;
    for (Operation &op : quantizedFunction.front())
      for (Value operand : op.getOperands())
        if (operand.getDefiningOp<qgraph::ConstantOp>() &&
            op.getNumResults() == 1) {
          unsigned width = widthOf(quantize::elementTypeOf(operand));
          unsigned &least = widths[quantize::layerOf(op.getResult(0))];
          if (width && (!least || width < least))
            least = width;
        }
    return widths;
  }

  static bool isReadByClampAlone(Value value) {
    return value.hasOneUse() && isa<qgraph::ClampOp>(*value.user_begin());
  }

  void findTypes() {
    llvm::StringMap<Rounding> roundings;
    for (Value argument : quantizedFunction.getArguments())
      roundings[quantize::layerOf(argument)] =
          Rounding{quantize::elementTypeOf(argument), Ties::Away};
    for (Operation &op : quantizedFunction.front())
      if (op.getNumResults() == 1 && !isa<qgraph::ConstantOp>(op))
        roundings[quantize::layerOf(op.getResult(0))] = roundingOfResult(&op);
    for (Value value : quantize::activations(floatFunction)) {
      std::string name = quantize::layerOf(value);
      auto found = roundings.find(name);
      Operation *op = value.getDefiningOp();
      if (found == roundings.end() || !found->second ||
          (op && quantize::keepsType(op)) || isReadByClampAlone(value))
        continue;
      LayerType &type = types[name];
      type.rounding = found->second;
      type.bits = widthOf(type.rounding.type);
      if (isa_and_nonnull<qgraph::ClampOp>(op))
        if (Value input = op->getOperand(0);
            isReadByClampAlone(input) && !isa<BlockArgument>(input))
          type.with.push_back(quantize::layerOf(input));
    }
  }

  llvm::Error setConstants(const LayerConstants &layer, bool rounded) {
    for (auto [index, values] :
         llvm::zip(layer.indices, rounded ? layer.rounded : layer.exact))
      if (llvm::Error error = meter->evaluator().setParameter(index, values))
        return error;
    return llvm::Error::success();
  }

  llvm::Error setAllConstants(bool rounded) {
    for (const auto &[name, layer] : constants)
      if (llvm::Error error = setConstants(layer, rounded))
        return error;
    return llvm::Error::success();
  }

  /// The types of all values, or of one.
  Simulation simulation(StringRef only = "") const {
    Simulation result;
    for (const auto &[name, type] : types)
      if (only.empty() || name == only) {
        result.values[name] = type.rounding;
        for (const std::string &other : type.with)
          result.values[other] = type.rounding;
      }
    return result;
  }

  llvm::Error measure(BlameRow &row, BlameRow::Part part,
                      const Simulation &simulation, const Progress &progress) {
    row.part = part;
    auto distance = meter->measure(simulation);
    if (!distance)
      return distance.takeError();
    row.distance = *distance;
    if (!labels.empty())
      row.top1 = top1(meter->results(), labels);
    if (progress)
      progress(++done, total);
    return llvm::Error::success();
  }

  llvm::Error measureAll(Blame &blame, const Progress &progress) {
    if (llvm::Error error = measure(blame.activations, BlameRow::Activations,
                                    simulation(), progress))
      return error;
    if (llvm::Error error = setAllConstants(true))
      return error;
    if (llvm::Error error = measure(blame.everything, BlameRow::Everything,
                                    simulation(), progress))
      return error;
    if (llvm::Error error =
            measure(blame.weights, BlameRow::Weights, {}, progress))
      return error;
    if (llvm::Error error = setAllConstants(false))
      return error;
    for (Value value : quantize::activations(floatFunction))
      if (llvm::Error error =
              measureLayer(blame, quantize::layerOf(value), progress))
        return error;
    return llvm::Error::success();
  }

  llvm::Error measureLayer(Blame &blame, const std::string &name,
                           const Progress &progress) {
    if (auto found = constants.find(name); found != constants.end()) {
      BlameRow &row = blame.layers.emplace_back();
      row.layer = name;
      row.bits = found->second.bits;
      if (llvm::Error error = setConstants(found->second, true))
        return error;
      if (llvm::Error error = measure(row, BlameRow::Weights, {}, progress))
        return error;
      if (llvm::Error error = setConstants(found->second, false))
        return error;
    }
    auto found = types.find(name);
    if (found == types.end())
      return llvm::Error::success();
    BlameRow &row = blame.layers.emplace_back();
    row.layer = name;
    row.bits = found->second.bits;
    return measure(row, BlameRow::Activations, simulation(name), progress);
  }

  func::FuncOp floatFunction, quantizedFunction;
  ArrayRef<int64_t> labels;
  std::unique_ptr<PerturbationMeter> meter;
  std::map<std::string, LayerConstants> constants;
  std::map<std::string, LayerType> types;
  int64_t done = 0, total = 0;
};

} // namespace

llvm::Expected<BlameOrder> parseBlameOrder(StringRef text) {
  if (text == "sqnr")
    return BlameOrder::Noise;
  if (text == "kl")
    return BlameOrder::Divergence;
  if (text == "accuracy")
    return BlameOrder::Labels;
  return makeError(llvm::formatv(
      "layers are ranked by sqnr, kl or accuracy, found '{0}'", text));
}

std::vector<BlameRow> ranked(const Blame &blame, BlameOrder order) {
  auto cost = [&](const BlameRow &row) {
    if (order == BlameOrder::Noise)
      return -row.distance.sqnr;
    if (order == BlameOrder::Divergence)
      return row.distance.divergence;
    return row.top1 ? -*row.top1 : row.distance.changedLabels;
  };
  std::vector<std::pair<double, size_t>> costs;
  for (auto [i, row] : llvm::enumerate(blame.layers))
    costs.push_back({-cost(row), i});
  llvm::sort(costs);
  std::vector<BlameRow> rows;
  for (auto [negated, i] : costs)
    rows.push_back(blame.layers[i]);
  return rows;
}

llvm::Expected<Blame>
assignBlame(func::FuncOp floatFunction, func::FuncOp quantizedFunction,
            int64_t samples, ArrayRef<ArrayRef<float>> inputs,
            ArrayRef<int64_t> labels,
            const std::function<void(int64_t, int64_t)> &progress) {
  return Assignment(floatFunction, quantizedFunction, labels)
      .run(samples, inputs, progress);
}

} // namespace qcc::evaluate
