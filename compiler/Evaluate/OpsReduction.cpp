//===- OpsReduction.cpp - Reductions over axes ----------------------------===//

#include "compiler/Evaluate/OpRegistry.h"

#include "dialects/QGraph/QGraph.h"

#include <algorithm>
#include <limits>

using namespace mlir;

namespace qcc::evaluate {

namespace {

/// Where the elements of a reduction's input and result lie.
struct ReductionPlan {
  Sizes shape, strides, outStrides;
  int64_t outputs;

  explicit ReductionPlan(const OpInstance &instance)
      : shape(instance.operands[0].shape), strides(rowMajorStrides(shape)),
        outStrides(rowMajorStrides(instance.shape)),
        outputs(numElements(instance.shape)) {
    for (int64_t axis : cast<qgraph::ReduceOp>(instance.op).getAxes())
      outStrides[axis] = 0;
  }

  /// Calls `visit(in, out)` for every element of the input, in order, and the
  /// element of the result that it belongs to.
  template <typename Visit> void forEach(Visit visit) const {
    int64_t step = outStrides.back();
    forEachRow(shape, strides, outStrides, [&](int64_t in, int64_t out) {
      for (int64_t i = 0; i < shape.back(); ++i)
        visit(in + i, out + i * step);
    });
  }
};

/// Folds every input element into the output element that it belongs to, in
/// double; `finish` makes the result.
template <typename Fold, typename Finish>
ForwardFunction makeFold(const ReductionPlan &plan, double start, Fold fold,
                         Finish finish) {
  return [=](Inputs inputs, float *output) {
    std::vector<double> state(plan.outputs, start);
    plan.forEach([&](int64_t in, int64_t out) {
      state[out] = fold(state[out], inputs[0][in]);
    });
    for (int64_t i = 0; i < plan.outputs; ++i)
      output[i] = static_cast<float>(finish(state[i]));
  };
}

/// A sum times `factor`.
std::unique_ptr<OpEvaluator> makeSum(const ReductionPlan &plan, double factor) {
  return makeFunctionEvaluator(
      makeFold(
          plan, 0, [](double a, double b) { return a + b; },
          [factor](double a) { return a * factor; }),
      [=](Inputs, const float *, const float *gradient, Gradients wanted) {
        if (wanted[0])
          plan.forEach([&](int64_t in, int64_t out) {
            wanted[0][in] += static_cast<float>(gradient[out] * factor);
          });
      });
}

/// A maximum or minimum: the first element that attains it has the gradient.
template <typename Fold>
std::unique_ptr<OpEvaluator> makeExtremum(const ReductionPlan &plan,
                                          double start, Fold fold) {
  return makeFunctionEvaluator(
      makeFold(plan, start, fold, [](double a) { return a; }),
      [=](Inputs inputs, const float *output, const float *gradient,
          Gradients wanted) {
        std::vector<char> found(plan.outputs, 0);
        if (wanted[0])
          plan.forEach([&](int64_t in, int64_t out) {
            if (found[out] || inputs[0][in] != output[out])
              return;
            found[out] = 1;
            wanted[0][in] += gradient[out];
          });
      });
}

EvaluatorOrError makeReduce(const OpInstance &instance) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  ReductionPlan plan(instance);
  switch (cast<qgraph::ReduceOp>(instance.op).getKind()) {
  case qgraph::ReduceKind::Sum:
    return makeSum(plan, 1);
  case qgraph::ReduceKind::Mean:
    return makeSum(plan,
                   static_cast<double>(plan.outputs) / numElements(plan.shape));
  case qgraph::ReduceKind::Max:
    return makeExtremum(plan, -infinity,
                        [](double a, double b) { return std::max(a, b); });
  case qgraph::ReduceKind::Min:
    return makeExtremum(plan, infinity,
                        [](double a, double b) { return std::min(a, b); });
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
