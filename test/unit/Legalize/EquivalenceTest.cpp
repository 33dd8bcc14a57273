// The Legalize phase changes how a network is written and not what it
// computes: random networks are run in float before and after.
#include "passes/Legalize/Legalize.h"
#include "test/unit/Legalize/RandomNetwork.h"
#include "test/unit/Legalize/SameResults.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace {

bool legalize(ModuleOp module) {
  PassManager passes(module.getContext());
  qcc::buildLegalizePipeline(passes, {});
  return succeeded(passes.run(module));
}

template <typename Op> int64_t count(ModuleOp module) {
  int64_t result = 0;
  module.walk([&](Op) { ++result; });
  return result;
}

/// Whether no random network has the function before.
bool isRaised(qcc::qgraph::UnaryKind kind) {
  using qcc::qgraph::UnaryKind;
  return kind == UnaryKind::Gelu || kind == UnaryKind::GeluTanh ||
         kind == UnaryKind::LeakyRelu || kind == UnaryKind::Softplus;
}

TEST(EquivalenceTest, RandomNetworks) {
  int64_t folded = 0, transposes = 0, quotients = 0, activations = 0;
  int64_t softmaxes = 0;
  for (uint64_t seed = 1; seed <= 160; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MLIRContext context(MLIRContext::Threading::DISABLED);
    OwningOpRef<ModuleOp> before =
        qcc::legalize::RandomNetwork(context, seed).make();
    ASSERT_TRUE(succeeded(verify(before.get())));
    OwningOpRef<ModuleOp> after = before->clone();
    ASSERT_TRUE(legalize(after.get()));
    std::vector<float> input = qcc::test::randomInput(before.get(), seed);
    qcc::test::expectSame(qcc::test::runFloat(before.get(), input),
                          qcc::test::runFloat(after.get(), input),
                          /*tolerance=*/1e-4, /*least=*/1);
    if (HasFatalFailure())
      return;
    folded += count<qcc::qgraph::SubOp>(before.get()) -
              count<qcc::qgraph::SubOp>(after.get());
    // A softmax along rows or columns needs some.
    if (count<qcc::qgraph::SoftmaxOp>(before.get()) == 0)
      transposes += count<qcc::qgraph::TransposeOp>(after.get());
    quotients += count<qcc::qgraph::DivOp>(after.get()) +
                 count<qcc::qgraph::PowOp>(after.get());
    softmaxes += count<qcc::qgraph::SoftmaxOp>(after.get()) -
                 count<qcc::qgraph::SoftmaxOp>(before.get());
    after->walk([&](qcc::qgraph::UnaryOp op) {
      activations += isRaised(op.getKind());
    });
  }
  // The passes did something.
  EXPECT_GT(folded, 40);
  EXPECT_EQ(transposes, 0);
  EXPECT_EQ(quotients, 0);
  EXPECT_GT(activations, 20);
  EXPECT_GT(softmaxes, 5);
}

} // namespace
