//===- OpsNormalization.cpp - Softmax and normalizations ------------------===//

#include "compiler/Evaluate/OneDnn.h"
#include "compiler/Evaluate/OpRegistry.h"

#include "dialects/QGraph/QGraph.h"

#include <cmath>
#include <vector>

using namespace mlir;

namespace qcc::evaluate {

namespace {

void addSums(float *to, const std::vector<double> &sums) {
  for (size_t i = 0; to && i < sums.size(); ++i)
    to[i] += static_cast<float>(sums[i]);
}

/// With x = (in - mean) / deviation, out = x * gamma + beta.
void batchNormBackward(Inputs inputs, const float *gradient, Gradients wanted,
                       int64_t rows, int64_t channels, float epsilon) {
  std::vector<double> sum(channels), sumX(channels), factor(channels);
  for (int64_t c = 0; c < channels; ++c)
    factor[c] = 1 / std::sqrt(static_cast<double>(inputs[4][c]) + epsilon);
  for (int64_t row = 0, i = 0; row < rows; ++row)
    for (int64_t c = 0; c < channels; ++c, ++i) {
      sum[c] += gradient[i];
      sumX[c] += gradient[i] * (inputs[0][i] - inputs[3][c]) * factor[c];
      if (wanted[0])
        wanted[0][i] +=
            static_cast<float>(gradient[i] * factor[c] * inputs[1][c]);
    }
  addSums(wanted[1], sumX);
  addSums(wanted[2], sum);
  for (int64_t c = 0; c < channels; ++c) {
    sum[c] *= -factor[c] * inputs[1][c];
    sumX[c] *= -0.5 * factor[c] * factor[c] * inputs[1][c];
  }
  addSums(wanted[3], sum);
  addSums(wanted[4], sumX);
}

EvaluatorOrError makeBatchNorm(const OpInstance &instance) {
  auto op = cast<qgraph::BatchNormOp>(instance.op);
  float epsilon = op.getEpsilon().convertToFloat();
  int64_t channels = instance.shape.back();
  int64_t rows = numElements(instance.shape) / channels;
  return makeFunctionEvaluator(
      [=](Inputs inputs, float *output) {
        const float *in = inputs[0], *gamma = inputs[1], *beta = inputs[2];
        const float *mean = inputs[3], *variance = inputs[4];
        for (int64_t row = 0; row < rows; ++row)
          for (int64_t c = 0; c < channels; ++c)
            *output++ = (*in++ - mean[c]) / std::sqrt(variance[c] + epsilon) *
                            gamma[c] +
                        beta[c];
      },
      [=](Inputs inputs, const float *, const float *gradient,
          Gradients wanted) {
        batchNormBackward(inputs, gradient, wanted, rows, channels, epsilon);
      });
}

EvaluatorOrError makeSoftmaxOp(const OpInstance &instance) {
  auto op = cast<qgraph::SoftmaxOp>(instance.op);
  int64_t axis = op.getAxis();
  ArrayRef<int64_t> shape = instance.shape;
  return makeSoftmax(numElements(shape.take_front(axis)), shape[axis],
                     numElements(shape.drop_front(axis + 1)), op.getLog());
}

/// The elements along `axis` and all later axes form a row.
struct Rows {
  int64_t count, size;

  Rows(ArrayRef<int64_t> shape, int64_t axis)
      : count(numElements(shape.take_front(axis))),
        size(numElements(shape.drop_front(axis))) {}
};

/// The mean of squared distances from `center`, in double.
double meanSquare(const float *row, int64_t size, double center) {
  double sum = 0;
  for (int64_t i = 0; i < size; ++i)
    sum += (row[i] - center) * (row[i] - center);
  return sum / size;
}

double meanOf(const float *row, int64_t size) {
  double sum = 0;
  for (int64_t i = 0; i < size; ++i)
    sum += row[i];
  return sum / size;
}

/// With x = (in - center) * factor and g = gradient * gamma, the gradient of
/// `in` is factor * (g - mean(g) - x * mean(g * x)); without a mean in the norm
/// (`isCentered`) the middle term is absent.
void rowNormBackward(const Rows &rows, double epsilon, bool isCentered,
                     Inputs inputs, const float *gradient, Gradients wanted) {
  std::vector<double> gammaSum(rows.size), betaSum(rows.size), x(rows.size);
  const float *in = inputs[0], *gamma = inputs[1];
  for (int64_t row = 0; row < rows.count; ++row) {
    double center = isCentered ? meanOf(in, rows.size) : 0;
    double factor = 1 / std::sqrt(meanSquare(in, rows.size, center) + epsilon);
    double sum = 0, sumX = 0;
    for (int64_t i = 0; i < rows.size; ++i) {
      x[i] = (in[i] - center) * factor;
      sum += gradient[i] * gamma[i];
      sumX += gradient[i] * gamma[i] * x[i];
      gammaSum[i] += gradient[i] * x[i];
      betaSum[i] += gradient[i];
    }
    double mean = isCentered ? sum / rows.size : 0, meanX = sumX / rows.size;
    for (int64_t i = 0; wanted[0] && i < rows.size; ++i)
      wanted[0][row * rows.size + i] += static_cast<float>(
          factor * (gradient[i] * gamma[i] - mean - x[i] * meanX));
    in += rows.size;
    gradient += rows.size;
  }
  addSums(wanted[1], gammaSum);
  if (wanted.size() > 2)
    addSums(wanted[2], betaSum);
}

EvaluatorOrError makeLayerNorm(const OpInstance &instance) {
  auto op = cast<qgraph::LayerNormOp>(instance.op);
  double epsilon = op.getEpsilon().convertToFloat();
  Rows rows(instance.shape, op.getAxis());
  return makeFunctionEvaluator(
      [=](Inputs inputs, float *output) {
        const float *in = inputs[0], *gamma = inputs[1], *beta = inputs[2];
        for (int64_t row = 0; row < rows.count; ++row, in += rows.size) {
          double mean = meanOf(in, rows.size);
          double factor =
              1 / std::sqrt(meanSquare(in, rows.size, mean) + epsilon);
          for (int64_t i = 0; i < rows.size; ++i)
            *output++ = static_cast<float>((in[i] - mean) * factor * gamma[i] +
                                           beta[i]);
        }
      },
      [=](Inputs inputs, const float *, const float *gradient,
          Gradients wanted) {
        rowNormBackward(rows, epsilon, true, inputs, gradient, wanted);
      });
}

EvaluatorOrError makeRmsNorm(const OpInstance &instance) {
  auto op = cast<qgraph::RmsNormOp>(instance.op);
  double epsilon = op.getEpsilon().convertToFloat();
  Rows rows(instance.shape, op.getAxis());
  return makeFunctionEvaluator(
      [=](Inputs inputs, float *output) {
        const float *in = inputs[0], *gamma = inputs[1];
        for (int64_t row = 0; row < rows.count; ++row, in += rows.size) {
          double factor = 1 / std::sqrt(meanSquare(in, rows.size, 0) + epsilon);
          for (int64_t i = 0; i < rows.size; ++i)
            *output++ = static_cast<float>(in[i] * factor * gamma[i]);
        }
      },
      [=](Inputs inputs, const float *, const float *gradient,
          Gradients wanted) {
        rowNormBackward(rows, epsilon, false, inputs, gradient, wanted);
      });
}

} // namespace

void addNormalizationOps(OpRegistry &registry) {
  registry.add<qgraph::BatchNormOp>(makeBatchNorm);
  registry.add<qgraph::SoftmaxOp>(makeSoftmaxOp);
  registry.add<qgraph::LayerNormOp>(makeLayerNorm);
  registry.add<qgraph::RmsNormOp>(makeRmsNorm);
}

} // namespace qcc::evaluate
