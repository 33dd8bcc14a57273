// Networks in float before and after a change that must not change results.
#ifndef QCC_TEST_UNIT_LEGALIZE_SAMERESULTS_H
#define QCC_TEST_UNIT_LEGALIZE_SAMERESULTS_H

#include "compiler/Data/Random.h"
#include "compiler/Evaluate/FloatEvaluator.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace qcc::test {

inline mlir::func::FuncOp networkOf(mlir::ModuleOp module) {
  return *module.getOps<mlir::func::FuncOp>().begin();
}

/// The first result for one sample; a failure fails the test and gives none.
inline std::vector<float> runFloat(mlir::ModuleOp module,
                                   llvm::ArrayRef<float> input) {
  evaluate::EvaluatorOptions options;
  options.batch = options.threads = 1;
  auto evaluator = evaluate::FloatEvaluator::create(networkOf(module), options);
  if (!evaluator) {
    ADD_FAILURE() << llvm::toString(evaluator.takeError());
    return {};
  }
  auto results = (*evaluator)->run(1, {input});
  if (!results) {
    ADD_FAILURE() << llvm::toString(results.takeError());
    return {};
  }
  return results->front();
}

/// For the first argument, in [-2, 2).
inline std::vector<float> randomInput(mlir::ModuleOp module, uint64_t seed) {
  auto type = llvm::cast<mlir::RankedTensorType>(
      networkOf(module).getArgumentTypes().front());
  data::SplitMix64 random(seed);
  std::vector<float> values(type.getNumElements());
  for (float &value : values)
    value = static_cast<float>(random.uniform() * 4 - 2);
  return values;
}

/// Within `tolerance` of the largest result, or of `least` if that is more.
inline void expectSame(const std::vector<float> &before,
                       const std::vector<float> &after, double tolerance,
                       float least) {
  ASSERT_EQ(before.size(), after.size());
  ASSERT_FALSE(before.empty());
  float largest = least;
  for (float value : before)
    largest = std::max(largest, std::fabs(value));
  for (size_t i = 0; i < before.size(); ++i)
    ASSERT_NEAR(before[i], after[i], tolerance * largest) << i;
}

} // namespace qcc::test

#endif // QCC_TEST_UNIT_LEGALIZE_SAMERESULTS_H
