//===- OpsReduction.cpp - Reductions over axes ----------------------------===//

#include "compiler/Evaluate/OpRegistry.h"

#include "dialects/QGraph/QGraph.h"

#include <algorithm>
#include <limits>

using namespace mlir;

namespace qcc::evaluate {

namespace {

/// Folds every input element into the output element that it belongs to, in
/// double; `finish` makes the result.
template <typename Fold, typename Finish>
std::unique_ptr<OpEvaluator> makeReduction(const OpInstance &instance,
                                           double start, Fold fold,
                                           Finish finish) {
  Sizes shape = instance.operands[0].shape;
  Sizes strides = rowMajorStrides(shape);
  Sizes outStrides = rowMajorStrides(instance.shape);
  for (int64_t axis : cast<qgraph::ReduceOp>(instance.op).getAxes())
    outStrides[axis] = 0;
  int64_t outputs = numElements(instance.shape);
  return makeFunctionEvaluator([=](Inputs inputs, float *output) {
    std::vector<double> state(outputs, start);
    int64_t step = outStrides.back();
    forEachRow(shape, strides, outStrides, [&](int64_t in, int64_t out) {
      for (int64_t i = 0; i < shape.back(); ++i)
        state[out + i * step] = fold(state[out + i * step], inputs[0][in + i]);
    });
    for (int64_t i = 0; i < outputs; ++i)
      output[i] = static_cast<float>(finish(state[i]));
  });
}

EvaluatorOrError makeReduce(const OpInstance &instance) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  auto sum = [](double a, double b) { return a + b; };
  auto same = [](double a) { return a; };
  double count = static_cast<double>(numElements(instance.operands[0].shape)) /
                 numElements(instance.shape);
  switch (cast<qgraph::ReduceOp>(instance.op).getKind()) {
  case qgraph::ReduceKind::Sum:
    return makeReduction(instance, 0, sum, same);
  case qgraph::ReduceKind::Mean:
    return makeReduction(instance, 0, sum,
                         [count](double a) { return a / count; });
  case qgraph::ReduceKind::Max:
    return makeReduction(
        instance, -infinity, [](double a, double b) { return std::max(a, b); },
        same);
  case qgraph::ReduceKind::Min:
    return makeReduction(
        instance, infinity, [](double a, double b) { return std::min(a, b); },
        same);
  }
  llvm_unreachable("unknown reduction");
}

EvaluatorOrError makeArgMax(const OpInstance &instance) {
  int64_t axis = cast<qgraph::ArgMaxOp>(instance.op).getAxis();
  ArrayRef<int64_t> shape = instance.operands[0].shape;
  int64_t outer = numElements(shape.take_front(axis)), size = shape[axis];
  int64_t inner = numElements(shape.drop_front(axis + 1));
  return makeFunctionEvaluator([=](Inputs inputs, float *output) {
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        const float *in = inputs[0] + o * size * inner + i;
        int64_t best = 0;
        for (int64_t k = 1; k < size; ++k)
          if (in[k * inner] > in[best * inner])
            best = k;
        *output++ = static_cast<float>(best);
      }
  });
}

} // namespace

void addReductionOps(OpRegistry &registry) {
  registry.add<qgraph::ReduceOp>(makeReduce);
  registry.add<qgraph::ArgMaxOp>(makeArgMax);
}

} // namespace qcc::evaluate
