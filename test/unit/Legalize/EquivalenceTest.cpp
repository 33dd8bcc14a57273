// The Legalize phase changes how a network is written and not what it
// computes: random networks are run in float before and after.
#include "compiler/Evaluate/FloatEvaluator.h"
#include "passes/Legalize/Legalize.h"
#include "passes/Legalize/Simplify.h"
#include "test/unit/Legalize/RandomNetwork.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;

namespace {

std::vector<float> run(ModuleOp module, llvm::ArrayRef<float> input) {
  auto function = *module.getOps<func::FuncOp>().begin();
  auto evaluator = qcc::evaluate::FloatEvaluator::create(function, 1);
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

std::vector<float> randomInput(ModuleOp module, uint64_t seed) {
  auto function = *module.getOps<func::FuncOp>().begin();
  auto type = cast<RankedTensorType>(function.getArgumentTypes()[0]);
  qcc::data::SplitMix64 random(seed);
  std::vector<float> values(type.getNumElements());
  for (float &value : values)
    value = random.uniform() * 4 - 2;
  return values;
}

bool legalize(ModuleOp module) {
  RewritePatternSet patterns(module.getContext());
  qcc::legalize::addReductionPatterns(patterns);
  if (failed(qcc::legalize::simplify(module, std::move(patterns))))
    return false;
  PassManager passes(module.getContext());
  passes.addPass(qcc::createRaiseBatchNorm());
  passes.addPass(qcc::createFoldBatchNorm());
  passes.addPass(qcc::createNameLayers());
  passes.addPass(qcc::createVerifyLegalized());
  return succeeded(passes.run(module));
}

template <typename Op> int64_t count(ModuleOp module) {
  int64_t result = 0;
  module.walk([&](Op) { ++result; });
  return result;
}

TEST(EquivalenceTest, RandomNetworks) {
  int64_t folded = 0, transposes = 0;
  for (uint64_t seed = 1; seed <= 120; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MLIRContext context(MLIRContext::Threading::DISABLED);
    OwningOpRef<ModuleOp> before =
        qcc::legalize::RandomNetwork(context, seed).make();
    ASSERT_TRUE(succeeded(verify(before.get())));
    OwningOpRef<ModuleOp> after = before->clone();
    ASSERT_TRUE(legalize(after.get()));
    std::vector<float> input = randomInput(before.get(), seed);
    std::vector<float> expected = run(before.get(), input);
    std::vector<float> actual = run(after.get(), input);
    ASSERT_EQ(expected.size(), actual.size());
    ASSERT_FALSE(expected.empty());
    float largest = 1;
    for (float value : expected)
      largest = std::max(largest, std::fabs(value));
    for (size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(expected[i], actual[i], 1e-4 * largest) << i;
    folded += count<qcc::qgraph::SubOp>(before.get()) -
              count<qcc::qgraph::SubOp>(after.get());
    transposes += count<qcc::qgraph::TransposeOp>(after.get());
  }
  // The passes did something.
  EXPECT_GT(folded, 40);
  EXPECT_EQ(transposes, 0);
}

} // namespace
