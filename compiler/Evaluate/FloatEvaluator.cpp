//===- FloatEvaluator.cpp - Runs a qgraph function in float ---------------===//

#include "compiler/Evaluate/FloatEvaluator.h"

#include "compiler/Evaluate/OneDnn.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

using namespace mlir;

namespace qcc::evaluate {

static llvm::Error makeError(const llvm::formatv_object_base &text) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s",
                                 text.str().c_str());
}

llvm::Expected<std::unique_ptr<FloatEvaluator>>
FloatEvaluator::create(func::FuncOp function, int64_t batch) {
  EvaluatorOptions options;
  options.batch = batch;
  return create(function, options);
}

llvm::Expected<std::unique_ptr<FloatEvaluator>>
FloatEvaluator::create(func::FuncOp function, const EvaluatorOptions &options) {
  unsigned threads = options.threads
                         ? options.threads
                         : std::max(1u, std::thread::hardware_concurrency());
  auto evaluator = std::make_unique<FloatEvaluator>();
  evaluator->isSingleThreaded = options.threads == 1;
  for (unsigned i = 0; i < threads; ++i) {
    auto program = Program::create(function, options.batch, options.gradients);
    if (!program)
      return program.takeError();
    evaluator->programs.push_back(std::move(*program));
  }
  return evaluator;
}

llvm::Error
FloatEvaluator::checkInputs(int64_t samples,
                            ArrayRef<ArrayRef<float>> inputs) const {
  if (inputs.size() != numInputs())
    return makeError(llvm::formatv("the function has {0} arguments, got {1}",
                                   numInputs(), inputs.size()));
  for (auto [k, input] : llvm::enumerate(inputs)) {
    size_t expected = numElements(inputShape(k)) * samples;
    if (input.size() != expected)
      return makeError(llvm::formatv("argument {0} of {1} samples must have "
                                     "{2} elements, got {3}",
                                     k, samples, expected, input.size()));
  }
  return llvm::Error::success();
}

llvm::Error FloatEvaluator::forEachBatch(
    int64_t samples, unsigned threads,
    llvm::function_ref<llvm::Error(unsigned, int64_t, int64_t)> body,
    ProgressCallback progress) {
  int64_t size = batch(), batches = (samples + size - 1) / size;
  threads = static_cast<unsigned>(std::min<int64_t>(threads, batches));
  std::mutex mutex;
  int64_t done = 0;
  std::atomic<bool> failed(false);
  llvm::Error first = llvm::Error::success();
  auto work = [&](unsigned thread) {
    for (int64_t i = thread; i < batches && !failed; i += threads) {
      int64_t begin = i * size, count = std::min(size, samples - begin);
      llvm::Error error = body(thread, begin, count);
      std::lock_guard<std::mutex> lock(mutex);
      if (error) {
        failed = true;
        first = llvm::joinErrors(std::move(first), std::move(error));
        return;
      }
      done += count;
      if (progress)
        progress(done);
    }
  };
  if (threads <= 1) {
    std::optional<OneThread> alone;
    if (isSingleThreaded)
      alone.emplace();
    work(0);
    return first;
  }
  std::vector<std::thread> pool;
  for (unsigned i = 0; i < threads; ++i)
    pool.emplace_back([&, i] {
      OneThread alone;
      work(i);
    });
  for (std::thread &thread : pool)
    thread.join();
  return first;
}

llvm::Expected<std::vector<std::vector<float>>>
FloatEvaluator::run(int64_t samples, ArrayRef<ArrayRef<float>> inputs,
                    ValueObserver observer, ProgressCallback progress) {
  if (llvm::Error error = checkInputs(samples, inputs))
    return std::move(error);
  std::vector<std::vector<float>> results;
  for (size_t k = 0; k < numOutputs(); ++k)
    results.emplace_back(numElements(outputShape(k)) * samples);
  llvm::Error error = forEachBatch(
      samples, observer ? 1 : programs.size(),
      [&](unsigned thread, int64_t first, int64_t count) {
        return programs[thread]->forward(first, count, inputs, &results,
                                         observer);
      },
      progress);
  if (error)
    return std::move(error);
  return results;
}

llvm::Expected<LossAndGradients>
FloatEvaluator::gradients(int64_t samples, ArrayRef<ArrayRef<float>> inputs,
                          Loss loss, GradientObserver observer) {
  if (!main().kinds)
    return makeError(llvm::formatv("the evaluator was not made for gradients"));
  if (llvm::Error error = checkInputs(samples, inputs))
    return std::move(error);
  LossAndGradients result;
  if (main().kinds.inputs)
    for (size_t k = 0; k < numInputs(); ++k)
      result.inputs.emplace_back(numElements(inputShape(k)) * samples);
  for (auto &program : programs)
    for (Program::Constant &constant : program->constants)
      for (std::vector<double> *sum : {&constant.sum, &constant.squares})
        std::fill(sum->begin(), sum->end(), 0.0);
  std::vector<double> losses(programs.size());
  llvm::Error error = forEachBatch(
      samples, observer ? 1 : programs.size(),
      [&](unsigned thread, int64_t first, int64_t count) -> llvm::Error {
        Program &program = *programs[thread];
        if (llvm::Error failed =
                program.forward(first, count, inputs, nullptr, nullptr))
          return failed;
        llvm::Expected<double> value =
            program.backward(first, count, loss, observer,
                             program.kinds.inputs ? &result.inputs : nullptr);
        if (!value)
          return value.takeError();
        losses[thread] += *value;
        return llvm::Error::success();
      },
      nullptr);
  if (error)
    return std::move(error);
  for (double value : losses)
    result.loss += value;
  if (!main().kinds.parameters)
    return result;
  auto total = [&](std::vector<double> Program::Constant::*member, size_t k) {
    std::vector<double> sum = main().constants[k].*member;
    for (auto &program : llvm::drop_begin(programs))
      for (size_t i = 0; i < sum.size(); ++i)
        sum[i] += (program->constants[k].*member)[i];
    return sum;
  };
  for (size_t k = 0; k < parameters().size(); ++k) {
    std::vector<double> sum = total(&Program::Constant::sum, k);
    result.parameters.emplace_back(sum.begin(), sum.end());
    if (main().kinds.squares)
      result.squares.push_back(total(&Program::Constant::squares, k));
  }
  return result;
}

std::optional<size_t> FloatEvaluator::weightsOf(StringRef layer) const {
  for (auto [k, parameter] : llvm::enumerate(parameters()))
    if (parameter.isWeight && parameter.layer == layer)
      return k;
  return std::nullopt;
}

ArrayRef<float> FloatEvaluator::parameter(size_t index) const {
  const Program::Constant &constant = main().constants[index];
  return ArrayRef(constant.data)
      .take_front(constant.data.size() / constant.copies);
}

llvm::Error FloatEvaluator::setParameter(size_t index, ArrayRef<float> values) {
  if (values.size() != parameter(index).size())
    return makeError(
        llvm::formatv("operand {0} of layer '{1}' has {2} elements, got {3}",
                      parameters()[index].operand, parameters()[index].layer,
                      parameter(index).size(), values.size()));
  unrounded.erase(index);
  for (auto &program : programs)
    if (llvm::Error error = program->setParameter(index, values))
      return error;
  return llvm::Error::success();
}

llvm::Error
FloatEvaluator::checkSimulation(const Simulation &simulation) const {
  llvm::StringMap<ArrayRef<int64_t>> shapes;
  for (auto [argument, shape] : llvm::zip(main().arguments, main().inputShapes))
    shapes[argument.layer] = shape;
  for (const Program::Step &step : main().steps)
    shapes[step.layer] = step.shape;
  for (const auto &entry : simulation.values) {
    auto found = shapes.find(entry.getKey());
    if (found == shapes.end())
      return makeError(llvm::formatv("the function has no layer '{0}' whose "
                                     "values could be rounded",
                                     entry.getKey()));
    if (llvm::Error error = checkRounding(entry.second.type, found->second))
      return makeError(llvm::formatv("layer '{0}': {1}", entry.getKey(),
                                     llvm::toString(std::move(error))));
  }
  for (const auto &entry : simulation.weights) {
    std::optional<size_t> index = weightsOf(entry.getKey());
    if (!index)
      return makeError(llvm::formatv("the function has no layer '{0}' with "
                                     "weights",
                                     entry.getKey()));
    if (llvm::Error error =
            checkRounding(entry.second.type, parameters()[*index].shape))
      return makeError(llvm::formatv("weights of layer '{0}': {1}",
                                     entry.getKey(),
                                     llvm::toString(std::move(error))));
  }
  return llvm::Error::success();
}

llvm::Error FloatEvaluator::simulate(const Simulation &simulation) {
  if (llvm::Error error = checkSimulation(simulation))
    return error;
  for (auto &program : programs) {
    auto apply = [&](auto &value) {
      auto found = simulation.values.find(value.layer);
      value.rounding =
          found == simulation.values.end() ? value.ownRounding : found->second;
    };
    llvm::for_each(program->arguments, apply);
    llvm::for_each(program->steps, apply);
  }
  std::map<size_t, std::vector<float>> before = std::move(unrounded);
  unrounded.clear();
  for (const auto &entry : simulation.weights) {
    size_t index = *weightsOf(entry.getKey());
    auto found = before.find(index);
    std::vector<float> values =
        found == before.end() ? parameter(index).vec() : found->second;
    std::vector<float> rounded = values;
    roundValues(rounded, parameters()[index].shape, entry.second);
    before.erase(index);
    if (llvm::Error error = setParameter(index, rounded))
      return error;
    unrounded[index] = std::move(values);
  }
  for (auto &[index, values] : before)
    if (llvm::Error error = setParameter(index, values))
      return error;
  return llvm::Error::success();
}

} // namespace qcc::evaluate
