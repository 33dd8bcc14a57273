//===- OpsNormalization.cpp - Softmax and normalizations ------------------===//

#include "compiler/Evaluate/OneDnn.h"
#include "compiler/Evaluate/OpRegistry.h"

#include "dialects/QGraph/QGraph.h"

#include <cmath>

using namespace mlir;

namespace qcc::evaluate {

namespace {

EvaluatorOrError makeBatchNorm(const OpInstance &instance) {
  auto op = cast<qgraph::BatchNormOp>(instance.op);
  float epsilon = op.getEpsilon().convertToFloat();
  int64_t channels = instance.shape.back();
  int64_t rows = numElements(instance.shape) / channels;
  return makeFunctionEvaluator([=](Inputs inputs, float *output) {
    const float *in = inputs[0], *gamma = inputs[1], *beta = inputs[2];
    const float *mean = inputs[3], *variance = inputs[4];
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t c = 0; c < channels; ++c)
        *output++ =
            (*in++ - mean[c]) / std::sqrt(variance[c] + epsilon) * gamma[c] +
            beta[c];
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

EvaluatorOrError makeLayerNorm(const OpInstance &instance) {
  auto op = cast<qgraph::LayerNormOp>(instance.op);
  double epsilon = op.getEpsilon().convertToFloat();
  Rows rows(instance.shape, op.getAxis());
  return makeFunctionEvaluator([=](Inputs inputs, float *output) {
    const float *in = inputs[0], *gamma = inputs[1], *beta = inputs[2];
    for (int64_t row = 0; row < rows.count; ++row, in += rows.size) {
      double mean = meanOf(in, rows.size);
      double factor = 1 / std::sqrt(meanSquare(in, rows.size, mean) + epsilon);
      for (int64_t i = 0; i < rows.size; ++i)
        *output++ =
            static_cast<float>((in[i] - mean) * factor * gamma[i] + beta[i]);
    }
  });
}

EvaluatorOrError makeRmsNorm(const OpInstance &instance) {
  auto op = cast<qgraph::RmsNormOp>(instance.op);
  double epsilon = op.getEpsilon().convertToFloat();
  Rows rows(instance.shape, op.getAxis());
  return makeFunctionEvaluator([=](Inputs inputs, float *output) {
    const float *in = inputs[0], *gamma = inputs[1];
    for (int64_t row = 0; row < rows.count; ++row, in += rows.size) {
      double factor = 1 / std::sqrt(meanSquare(in, rows.size, 0) + epsilon);
      for (int64_t i = 0; i < rows.size; ++i)
        *output++ = static_cast<float>(in[i] * factor * gamma[i]);
    }
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
