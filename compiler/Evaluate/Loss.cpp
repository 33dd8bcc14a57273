//===- Loss.cpp - Losses of a network's first result ----------------------===//

#include "compiler/Evaluate/Loss.h"

#include "dialects/QGraph/QGraph.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

using namespace mlir;

namespace qcc::evaluate {

/// Probabilities below this count as this, so that no loss is infinite.
static constexpr double kSmallest = 1e-12;

OutputKind outputKind(func::FuncOp function) {
  Operation *end = function.front().getTerminator();
  if (end->getNumOperands() == 0)
    return OutputKind::Logits;
  Value value = end->getOperand(0);
  while (auto reshape = value.getDefiningOp<qgraph::ReshapeOp>())
    value = reshape.getInput();
  auto softmax = value.getDefiningOp<qgraph::SoftmaxOp>();
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  if (!softmax || static_cast<int64_t>(softmax.getAxis()) != rank - 1)
    return OutputKind::Logits;
  return softmax.getLog() ? OutputKind::LogProbabilities
                          : OutputKind::Probabilities;
}

std::vector<double> logProbabilities(ArrayRef<float> row, OutputKind kind) {
  std::vector<double> logs(row.begin(), row.end());
  if (kind == OutputKind::Probabilities)
    for (double &value : logs)
      value = std::log(std::max(value, kSmallest));
  if (kind != OutputKind::Logits)
    return logs;
  double largest = *llvm::max_element(logs), sum = 0;
  for (double value : logs)
    sum += std::exp(value - largest);
  for (double &value : logs)
    value -= largest + std::log(sum);
  return logs;
}

/// Adds the gradient of -sum target * log q, where `logs` is log q.
static void addCrossEntropyGradient(ArrayRef<double> target,
                                    ArrayRef<double> logs, ArrayRef<float> row,
                                    OutputKind kind,
                                    MutableArrayRef<float> gradient) {
  double total = 0;
  for (double p : target)
    total += p;
  for (size_t c = 0; c < row.size(); ++c)
    switch (kind) {
    case OutputKind::Logits:
      gradient[c] += static_cast<float>(total * std::exp(logs[c]) - target[c]);
      break;
    case OutputKind::Probabilities:
      gradient[c] -=
          static_cast<float>(target[c] / std::max<double>(row[c], kSmallest));
      break;
    case OutputKind::LogProbabilities:
      gradient[c] -= static_cast<float>(target[c]);
    }
}

/// A loss of each row by itself, but for constants -sum target * log q.
/// `term(row of the run, log q, target)` sets the target, which is 0 before,
/// and returns the row's loss.
template <typename Term>
static LossFunction perRow(int64_t rows, int64_t classes, OutputKind kind,
                           Term term) {
  return [=, term = std::move(term)](
             const LossBatch &batch) -> llvm::Expected<double> {
    double loss = 0;
    for (int64_t i = 0; i < batch.samples * rows; ++i) {
      ArrayRef<float> row = batch.outputs[0].slice(i * classes, classes);
      std::vector<double> logs = logProbabilities(row, kind);
      std::vector<double> target(classes, 0.0);
      loss += term(batch.first * rows + i, logs, target);
      addCrossEntropyGradient(target, logs, row, kind,
                              batch.gradients[0].slice(i * classes, classes));
    }
    return loss;
  };
}

llvm::Expected<LossFunction> crossEntropy(ArrayRef<int64_t> labels,
                                          int64_t samples,
                                          ArrayRef<int64_t> shape,
                                          OutputKind kind) {
  int64_t classes = shape.empty() ? 1 : shape.back();
  int64_t rows = numElements(shape) / classes;
  auto fail = [](auto &&...values) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s",
                                   llvm::formatv(values...).str().c_str());
  };
  if (static_cast<int64_t>(labels.size()) != samples * rows)
    return fail("found {0} labels, expected {1}, one for each of {2} samples",
                labels.size(), samples * rows, samples);
  for (auto [i, label] : llvm::enumerate(labels))
    if (label < 0 || label >= classes)
      return fail("label {0} is {1}, expected a class from 0 to {2}", i, label,
                  classes - 1);
  return perRow(rows, classes, kind,
                [labels = labels.vec()](int64_t at, ArrayRef<double> logs,
                                        MutableArrayRef<double> target) {
                  target[labels[at]] = 1;
                  return -logs[labels[at]];
                });
}

LossFunction divergence(std::vector<float> reference, ArrayRef<int64_t> shape,
                        OutputKind kind) {
  int64_t classes = shape.empty() ? 1 : shape.back();
  int64_t rows = numElements(shape) / classes;
  return perRow(rows, classes, kind,
                [reference = std::move(reference), classes,
                 kind](int64_t at, ArrayRef<double> logs,
                       MutableArrayRef<double> target) {
                  std::vector<double> wanted = logProbabilities(
                      ArrayRef(reference).slice(at * classes, classes), kind);
                  double loss = 0;
                  for (int64_t c = 0; c < classes; ++c) {
                    target[c] = std::exp(wanted[c]);
                    loss += target[c] * (wanted[c] - logs[c]);
                  }
                  return loss;
                });
}

LossFunction rootWeightedEntropy(std::vector<float> reference, int64_t c,
                                 ArrayRef<int64_t> shape, OutputKind kind) {
  int64_t classes = shape.empty() ? 1 : shape.back();
  int64_t rows = numElements(shape) / classes;
  return perRow(rows, classes, kind,
                [reference = std::move(reference), c, classes,
                 kind](int64_t at, ArrayRef<double> logs,
                       MutableArrayRef<double> target) {
                  std::vector<double> wanted = logProbabilities(
                      ArrayRef(reference).slice(at * classes, classes), kind);
                  target[c] = std::exp(wanted[c] / 2);
                  return -target[c] * logs[c];
                });
}

LossFunction squaredError(std::vector<float> reference,
                          ArrayRef<int64_t> shape) {
  int64_t size = numElements(shape);
  return [reference = std::move(reference),
          size](const LossBatch &batch) -> llvm::Expected<double> {
    double loss = 0;
    for (int64_t i = 0; i < batch.samples * size; ++i) {
      float distance = batch.outputs[0][i] - reference[batch.first * size + i];
      loss += 0.5 * distance * distance;
      batch.gradients[0][i] += distance;
    }
    return loss;
  };
}

LossFunction weightedSum(std::vector<float> slopes, ArrayRef<int64_t> shape) {
  int64_t size = numElements(shape);
  return [slopes = std::move(slopes),
          size](const LossBatch &batch) -> llvm::Expected<double> {
    double loss = 0;
    for (int64_t i = 0; i < batch.samples * size; ++i) {
      float slope = slopes[batch.first * size + i];
      loss += static_cast<double>(slope) * batch.outputs[0][i];
      batch.gradients[0][i] += slope;
    }
    return loss;
  };
}

} // namespace qcc::evaluate
