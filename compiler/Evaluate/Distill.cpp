//===- Distill.cpp - Calibration data from statistics ---------------------===//

#include "compiler/Evaluate/Distill.h"

#include "compiler/Data/Random.h"
#include "compiler/Evaluate/Loss.h"
#include "passes/Quantize/Values.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>
#include <mutex>

using namespace mlir;

namespace qcc::evaluate {

namespace {

/// What a layer's result should look like, by channel.
struct Target {
  std::vector<float> mean, deviation;
};

std::optional<Target> targetOf(Operation &op) {
  auto mean = op.getAttrOfType<DenseF32ArrayAttr>("qgraph.output_mean");
  auto deviation = op.getAttrOfType<DenseF32ArrayAttr>("qgraph.output_std");
  if (!mean || !deviation || op.getNumResults() != 1 ||
      !quantize::isActivation(op.getResult(0)))
    return std::nullopt;
  ArrayRef<int64_t> shape = quantize::shapeOf(op.getResult(0));
  if (shape.empty() || mean.size() != shape.back() ||
      deviation.size() != shape.back())
    return std::nullopt;
  Target target{mean.asArrayRef().vec(), deviation.asArrayRef().vec()};
  double sum = 0;
  for (float &value : target.deviation)
    sum += value = std::fabs(value);
  if (!(sum > 0) || !std::isfinite(sum))
    return std::nullopt;
  // A channel that hardly deviates must not outweigh all others.
  float least = static_cast<float>(0.05 * sum / target.deviation.size());
  for (float &value : target.deviation)
    value = std::max(value, least);
  return target;
}

/// Whether a sample's result is one row of numbers of which one may be the
/// largest.
bool isRow(Value value) {
  if (!quantize::isActivation(value))
    return false;
  ArrayRef<int64_t> shape = quantize::shapeOf(value);
  return shape.size() > 1 && shape.back() > 1 &&
         shape.front() * shape.back() ==
             cast<RankedTensorType>(value.getType()).getNumElements();
}

/// The part of the network that makes the results of all layers with
/// statistics, and its own where they are classes; and which returns these.
struct Observed {
  OwningOpRef<ModuleOp> module;
  std::vector<Target> targets;
  /// The last result is the network's first, one row to a sample.
  bool hasClasses = false;
  OutputKind kind = OutputKind::Logits;

  func::FuncOp function() { return *module->getOps<func::FuncOp>().begin(); }
};

Observed observe(func::FuncOp network) {
  Observed result;
  result.module = ModuleOp::create(network.getLoc());
  func::FuncOp function = network.clone();
  result.module->push_back(function);
  SmallVector<Value> values;
  for (Operation &op : function.front())
    if (std::optional<Target> target = targetOf(op)) {
      result.targets.push_back(std::move(*target));
      values.push_back(op.getResult(0));
    }
  Operation *end = function.front().getTerminator();
  if (end->getNumOperands() && isRow(end->getOperand(0))) {
    result.hasClasses = true;
    result.kind = outputKind(function);
    values.push_back(end->getOperand(0));
  }
  end->setOperands(values);
  function.setType(FunctionType::get(function.getContext(),
                                     function.getArgumentTypes(),
                                     ValueRange(values).getTypes()));
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.front())))
    if (&op != end && op.use_empty())
      op.erase();
  return result;
}

/// The squared distance of one layer's statistics from its target, per channel
/// on average and in deviations, and its gradient.
double matchStatistics(const Target &target, ArrayRef<float> values,
                       MutableArrayRef<float> gradient) {
  size_t channels = target.mean.size(), rows = values.size() / channels;
  std::vector<double> sum(channels), squares(channels);
  for (size_t i = 0; i < rows * channels; ++i)
    sum[i % channels] += values[i];
  for (double &value : sum)
    value /= static_cast<double>(rows);
  for (size_t i = 0; i < rows * channels; ++i) {
    double distance = values[i] - sum[i % channels];
    squares[i % channels] += distance * distance;
  }
  // d loss / d x = shift + stretch (x - mean).
  std::vector<float> shift(channels), stretch(channels);
  double loss = 0;
  for (size_t c = 0; c < channels; ++c) {
    double unit = target.deviation[c];
    double deviation = std::sqrt(squares[c] / rows + 1e-12 * unit * unit);
    double far = (sum[c] - target.mean[c]) / unit;
    double wide = (deviation - unit) / unit;
    loss += (far * far + wide * wide) / channels;
    double scale = 2 / (unit * rows * channels);
    shift[c] = static_cast<float>(far * scale);
    stretch[c] = static_cast<float>(wide * scale / deviation);
  }
  for (size_t i = 0; i < rows * channels; ++i) {
    size_t c = i % channels;
    gradient[i] +=
        shift[c] + stretch[c] * (values[i] - static_cast<float>(sum[c]));
  }
  return loss;
}

/// Adam (Kingma and Ba) on one array.
class Adam {
public:
  explicit Adam(size_t size) : first(size), second(size) {}

  void step(MutableArrayRef<float> values, ArrayRef<float> gradient,
            double rate, int64_t number) {
    double unbias1 = 1 - std::pow(0.9, number);
    double unbias2 = 1 - std::pow(0.999, number);
    for (size_t i = 0; i < values.size(); ++i) {
      first[i] = 0.9f * first[i] + 0.1f * gradient[i];
      second[i] = 0.999f * second[i] + 0.001f * gradient[i] * gradient[i];
      double root = std::sqrt(second[i] / unbias2);
      if (root > 0)
        values[i] -= static_cast<float>(rate * first[i] / unbias1 / root);
    }
  }

private:
  std::vector<float> first, second;
};

/// Noise around the middle of what is possible, with the deviation 1 of
/// normalized data unless that is too wide.
std::vector<float> noise(int64_t count, quantize::Range range,
                         data::SplitMix64 &random) {
  double width = range.hi - range.lo;
  bool narrow = width < 4;
  double mean =
      narrow ? (range.lo + range.hi) / 2 : std::clamp(0.0, range.lo, range.hi);
  double deviation = narrow ? width / 4 : 1;
  std::vector<float> values(count);
  for (float &value : values) {
    // Box and Muller; 1 - u is not 0.
    double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
    double angle = 2 * 3.14159265358979323846 * random.uniform();
    value = static_cast<float>(std::clamp(
        mean + deviation * radius * std::cos(angle), range.lo, range.hi));
  }
  return values;
}

llvm::Error makeError(const llvm::formatv_object_base &text) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s",
                                 text.str().c_str());
}

class Distillation {
public:
  Distillation(Observed &observed, const DistillOptions &options)
      : observed(observed), options(options) {}

  llvm::Expected<DistilledData> run() {
    if (llvm::Error error = prepare())
      return std::move(error);
    DistilledData result;
    result.layers = observed.targets.size();
    for (int64_t step = 1; step <= options.steps; ++step) {
      auto gradients = evaluate();
      if (!gradients)
        return gradients.takeError();
      if (step == 1)
        result.before = distanceOf(gradients->loss);
      double part = static_cast<double>(step - 1) / options.steps;
      double rate = options.rate * (1 + std::cos(3.14159265 * part)) / 2;
      for (auto [k, input] : llvm::enumerate(inputs)) {
        optimizers[k].step(input, gradients->inputs[k], rate, step);
        quantize::Range range = rangeOf(k);
        for (float &value : input)
          value = std::clamp(value, static_cast<float>(range.lo),
                             static_cast<float>(range.hi));
      }
      if (options.progress)
        options.progress(step, options.steps);
    }
    auto last = evaluate();
    if (!last)
      return last.takeError();
    result.after = distanceOf(last->loss);
    if (options.steps <= 0)
      result.before = result.after;
    for (size_t k = 0; k < inputs.size(); ++k)
      result.datasets.push_back(dataset(k));
    return result;
  }

private:
  llvm::Error prepare() {
    EvaluatorOptions evaluatorOptions;
    evaluatorOptions.gradients.inputs = true;
    evaluatorOptions.batch = std::max<int64_t>(1, options.batch);
    auto made = FloatEvaluator::create(observed.function(), evaluatorOptions);
    if (!made)
      return made.takeError();
    evaluator = std::move(*made);
    ArrayRef<int64_t> first = evaluator->inputShape(0);
    group = first.empty() ? 1 : first.front();
    for (size_t k = 0; k < evaluator->numInputs(); ++k) {
      ArrayRef<int64_t> shape = evaluator->inputShape(k);
      if (shape.empty() || shape.front() != group)
        return makeError(llvm::formatv(
            "argument {0} must have a leading axis for the samples, of size "
            "{1} like argument 0",
            k, group));
    }
    if (options.samples < 1 || options.samples % group)
      return makeError(llvm::formatv(
          "cannot distill {0} samples, the network takes {1} at once",
          options.samples, group));
    runs = options.samples / group;
    data::SplitMix64 random(options.seed);
    for (size_t k = 0; k < evaluator->numInputs(); ++k) {
      int64_t count = numElements(evaluator->inputShape(k)) * runs;
      inputs.push_back(noise(count, rangeOf(k), random));
      optimizers.emplace_back(count);
    }
    return prepareClasses();
  }

  llvm::Error prepareClasses() {
    if (!observed.hasClasses)
      return llvm::Error::success();
    ArrayRef<int64_t> shape =
        evaluator->outputShape(evaluator->numOutputs() - 1);
    std::vector<int64_t> labels;
    for (int64_t i = 0; i < options.samples; ++i)
      labels.push_back(i % shape.back());
    auto entropy = crossEntropy(labels, runs, shape, observed.kind);
    if (!entropy)
      return entropy.takeError();
    classes = std::move(*entropy);
    return llvm::Error::success();
  }

  quantize::Range rangeOf(size_t k) const {
    if (options.ranges.empty())
      return {-3, 3};
    return options.ranges[std::min(k, options.ranges.size() - 1)];
  }

  llvm::Expected<LossAndGradients> evaluate() {
    std::vector<ArrayRef<float>> views(inputs.begin(), inputs.end());
    return evaluator->gradients(
        runs, views, [&](const LossBatch &batch) -> llvm::Expected<double> {
          double loss = 0;
          for (auto [k, target] : llvm::enumerate(observed.targets))
            loss +=
                matchStatistics(target, batch.outputs[k], batch.gradients[k]);
          if (auto error = addClasses(batch))
            return std::move(error);
          return loss;
        });
  }

  /// Adds the gradient of the classes' entropy; no part of the distance.
  llvm::Error addClasses(const LossBatch &batch) {
    if (!classes || options.classWeight == 0)
      return llvm::Error::success();
    MutableArrayRef<float> gradient = batch.gradients.back();
    ArrayRef<float> output = batch.outputs.back();
    auto value = classes({batch.first, batch.samples, output, gradient});
    if (!value)
      return value.takeError();
    for (float &slope : gradient)
      slope *= static_cast<float>(options.classWeight / batch.samples);
    return llvm::Error::success();
  }

  /// The sum over batches as a distance.
  double distanceOf(double loss) const {
    int64_t size = evaluator->batch(), batches = (runs + size - 1) / size;
    return std::sqrt(loss / (2.0 * batches * observed.targets.size()));
  }

  data::Dataset dataset(size_t k) const {
    std::vector<int64_t> shape(evaluator->inputShape(k));
    shape.front() = options.samples;
    data::Dataset result;
    result.path = "distilled data";
    result.inputs = data::Array::from<float>(shape, inputs[k]);
    for (int64_t i = 0; i < options.samples; ++i)
      result.indices.push_back(i);
    return result;
  }

  Observed &observed;
  const DistillOptions &options;
  std::unique_ptr<FloatEvaluator> evaluator;
  int64_t group = 1, runs = 0;
  std::vector<std::vector<float>> inputs;
  std::vector<Adam> optimizers;
  LossFunction classes;
};

} // namespace

bool hasStatistics(func::FuncOp function) {
  return llvm::any_of(function.front(),
                      [](Operation &op) { return targetOf(op).has_value(); });
}

llvm::Expected<DistilledData> distill(func::FuncOp function,
                                      const DistillOptions &options) {
  if (!hasStatistics(function))
    return makeError(llvm::formatv("the network has no statistics of batch "
                                   "normalization to distill data from"));
  if (function.getNumArguments() == 0)
    return makeError(llvm::formatv("the network has no argument"));
  Observed observed = observe(function);
  return Distillation(observed, options).run();
}

quantize::Range argumentRange(func::FuncOp function, unsigned index,
                              const InputFormat &format,
                              quantize::Range otherwise) {
  auto attribute = [&](StringRef name) {
    return function.getArgAttr(index, name);
  };
  auto number = [&](StringRef name, double value) {
    auto attr = dyn_cast_or_null<FloatAttr>(attribute(name));
    return attr ? attr.getValueAsDouble() : value;
  };
  InputFormat bytes = format;
  if (auto kind =
          dyn_cast_or_null<StringAttr>(attribute("qgraph.input_type"))) {
    bytes.kind = kind.getValue() == "s8" ? InputFormat::S8 : InputFormat::U8;
    bytes.mean = number("qgraph.input_mean", 0);
    bytes.std = number("qgraph.input_std", 1);
  }
  if (bytes.kind != InputFormat::Real) {
    double least = bytes.kind == InputFormat::S8 ? -128 : 0;
    return {(least - bytes.mean) / bytes.std,
            (least + 255 - bytes.mean) / bytes.std};
  }
  auto stated = dyn_cast_or_null<DenseF64ArrayAttr>(attribute("qgraph.range"));
  if (stated && stated.size() == 2)
    return {stated[0], stated[1]};
  return otherwise;
}

} // namespace qcc::evaluate
