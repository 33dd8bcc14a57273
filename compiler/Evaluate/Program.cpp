//===- Program.cpp - A function prepared for one thread -------------------===//

#include "compiler/Evaluate/Program.h"

#include "compiler/Evaluate/FloatEvaluator.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using namespace mlir;

namespace qcc::evaluate {

static llvm::Error inLayer(StringRef layer, llvm::Error error) {
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(), "%s",
      llvm::formatv("layer '{0}': {1}", layer, llvm::toString(std::move(error)))
          .str()
          .c_str());
}

/// `shape` of one sample for `count` of them.
static Sizes wholeShape(const Sizes &shape, int64_t count) {
  Sizes whole = shape;
  if (!whole.empty())
    whole[0] *= count;
  return whole;
}

/// Fills the rest of a batch with copies of its last sample, so that the values
/// that the padding goes through are ordinary ones.
static void repeatLast(std::vector<float> &buffer, size_t elements,
                       int64_t count, int64_t batch) {
  for (int64_t i = count; i < batch; ++i)
    std::copy_n(buffer.begin() + (count - 1) * elements, elements,
                buffer.begin() + i * elements);
}

llvm::Error Program::forward(
    int64_t first, int64_t count, ArrayRef<ArrayRef<float>> inputs,
    std::vector<std::vector<float>> *results,
    llvm::function_ref<llvm::Error(const Observation &)> observer) {
  auto observe = [&](StringRef layer, const float *values,
                     const Sizes &shape) -> llvm::Error {
    if (!observer || layer.empty())
      return llvm::Error::success();
    Sizes whole = wholeShape(shape, count);
    return observer(
        {layer, ArrayRef(values, numElements(whole)), whole, count});
  };
  auto round = [&](float *values, const Sizes &shape, const Rounding &rounding,
                   std::vector<uint8_t> &inside) {
    if (!rounding)
      return;
    // The rest of a batch must be rounded too if gradients go through it.
    Sizes whole = wholeShape(shape, kinds ? batch : count);
    size_t elements = numElements(whole);
    if (kinds)
      inside.resize(elements);
    roundValues(MutableArrayRef(values, elements), whole, rounding,
                kinds ? inside.data() : nullptr);
  };
  for (auto [k, argument] : llvm::enumerate(arguments)) {
    size_t elements = numElements(inputShapes[k]);
    std::vector<float> &buffer = buffers[argument.buffer];
    std::copy_n(inputs[k].begin() + first * elements, count * elements,
                buffer.begin());
    if (kinds)
      repeatLast(buffer, elements, count, batch);
    round(buffer.data(), inputShapes[k], argument.rounding, argument.inside);
    if (llvm::Error error =
            observe(argument.layer, buffer.data(), inputShapes[k]))
      return error;
  }
  for (Step &step : steps) {
    llvm::SmallVector<const float *> operands;
    for (const Slot &slot : step.operands)
      operands.push_back(data(slot));
    float *result = buffers[step.buffer].data();
    if (llvm::Error error = step.evaluator->forward(operands, result))
      return inLayer(step.layer, std::move(error));
    round(result, step.shape, step.rounding, step.inside);
    if (llvm::Error error = observe(step.layer, result, step.shape))
      return error;
  }
  for (auto [k, slot] : llvm::enumerate(outputs)) {
    if (!results)
      break;
    size_t elements = numElements(outputShapes[k]);
    std::copy_n(data(slot), count * elements,
                (*results)[k].begin() + first * elements);
  }
  return llvm::Error::success();
}

static void maskGradient(std::vector<float> &gradient, const Rounding &rounding,
                         const std::vector<uint8_t> &inside) {
  if (rounding)
    for (size_t i = 0; i < inside.size(); ++i)
      gradient[i] = inside[i] ? gradient[i] : 0.0f;
}

llvm::Error Program::stepBackward(Step &step) {
  maskGradient(gradients[step.buffer], step.rounding, step.inside);
  llvm::SmallVector<const float *> operands;
  llvm::SmallVector<float *> wanted;
  for (auto [slot, parameter] : llvm::zip(step.operands, step.parameters)) {
    operands.push_back(data(slot));
    if (parameter >= 0)
      wanted.push_back(kinds.parameters ? constants[parameter].gradient.data()
                                        : nullptr);
    else
      wanted.push_back(slot.constant || gradients[slot.buffer].empty()
                           ? nullptr
                           : gradients[slot.buffer].data());
  }
  if (llvm::Error error =
          step.evaluator->backward(operands, buffers[step.buffer].data(),
                                   gradients[step.buffer].data(), wanted))
    return inLayer(step.layer, std::move(error));
  return llvm::Error::success();
}

llvm::Expected<double> Program::backward(
    int64_t first, int64_t count,
    llvm::function_ref<llvm::Expected<double>(const LossBatch &)> loss,
    llvm::function_ref<llvm::Error(const GradientObservation &)> observer,
    std::vector<std::vector<float>> *inputGradients) {
  for (std::vector<float> &gradient : gradients)
    std::fill(gradient.begin(), gradient.end(), 0.0f);
  for (Constant &constant : constants)
    std::fill(constant.gradient.begin(), constant.gradient.end(), 0.0f);

  std::vector<std::vector<float>> outputGradients;
  SmallVector<ArrayRef<float>> values;
  SmallVector<MutableArrayRef<float>> slopes;
  for (auto [k, slot] : llvm::enumerate(outputs)) {
    size_t elements = numElements(outputShapes[k]) * count;
    values.push_back(ArrayRef(data(slot), elements));
    outputGradients.emplace_back(elements, 0.0f);
  }
  for (std::vector<float> &gradient : outputGradients)
    slopes.push_back(gradient);
  llvm::Expected<double> total = loss({first, count, values, slopes});
  if (!total)
    return total.takeError();
  for (auto [slot, gradient] : llvm::zip(outputs, outputGradients))
    if (!slot.constant && !gradients[slot.buffer].empty())
      for (size_t i = 0; i < gradient.size(); ++i)
        gradients[slot.buffer][i] += gradient[i];

  auto observe = [&](StringRef layer, size_t buffer,
                     const Sizes &shape) -> llvm::Error {
    if (!observer || layer.empty())
      return llvm::Error::success();
    Sizes whole = wholeShape(shape, count);
    size_t elements = numElements(whole);
    return observer({layer, ArrayRef(buffers[buffer].data(), elements),
                     MutableArrayRef(gradients[buffer].data(), elements), whole,
                     first, count});
  };
  for (Step &step : llvm::reverse(steps)) {
    if (!step.isDifferentiated)
      continue;
    if (llvm::Error error = observe(step.layer, step.buffer, step.shape))
      return std::move(error);
    if (llvm::Error error = stepBackward(step))
      return std::move(error);
  }
  for (auto [k, argument] : llvm::enumerate(arguments)) {
    std::vector<float> &gradient = gradients[argument.buffer];
    if (gradient.empty())
      continue;
    maskGradient(gradient, argument.rounding, argument.inside);
    if (llvm::Error error =
            observe(argument.layer, argument.buffer, inputShapes[k]))
      return std::move(error);
    size_t elements = numElements(inputShapes[k]);
    if (inputGradients)
      std::copy_n(gradient.begin(), count * elements,
                  (*inputGradients)[k].begin() + first * elements);
  }
  addToSums();
  return total;
}

void Program::addToSums() {
  for (Constant &constant : constants) {
    size_t size = constant.sum.size();
    for (size_t i = 0; i < size; ++i) {
      double slope = 0;
      for (size_t copy = i; copy < constant.gradient.size(); copy += size)
        slope += constant.gradient[copy];
      constant.sum[i] += slope;
      if (kinds.squares)
        constant.squares[i] += slope * slope;
    }
  }
}

llvm::Error Program::setParameter(size_t index, ArrayRef<float> values) {
  Constant &constant = constants[index];
  for (int64_t i = 0; i < constant.copies; ++i)
    llvm::copy(values, constant.data.begin() + i * values.size());
  Step &step = steps[constant.step];
  if (llvm::Error error = step.evaluator->constantChanged(constant.operand,
                                                          constant.data.data()))
    return inLayer(step.layer, std::move(error));
  return llvm::Error::success();
}

} // namespace qcc::evaluate
