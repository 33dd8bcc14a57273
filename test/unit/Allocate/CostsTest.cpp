// What choices promise to cost, beside what the compiled network does cost.
#include "compiler/Allocate/Allocate.h"
#include "compiler/Allocate/HostTimer.h"
#include "compiler/Data/Npy.h"
#include "compiler/Data/Random.h"

#include "test/unit/Data/TestFiles.h"

#include <fmt/core.h>
#include <fstream>

using namespace qcc;
using namespace qcc::allocate;

namespace {

class CostsTest : public testing::Test {
protected:
  void SetUp() override {
    compile.rounding = quantize::RoundingOptions{};
    compile.calibration = folder.path("x.npy");
    options.samples = 4;
  }

  void writeSamples(std::vector<int64_t> shape) {
    data::SplitMix64 random(5);
    int64_t elements = 1;
    for (int64_t size : shape)
      elements *= size;
    std::vector<float> values;
    for (int64_t i = 0; i < elements; ++i)
      values.push_back(static_cast<float>(4 * random.uniform() - 2));
    ASSERT_EQ(test::message(data::writeNpy(
                  compile.calibration,
                  data::Array::from<float>(std::move(shape), values))),
              "success");
  }

  test::TemporaryFolder folder;
  driver::CompileOptions compile;
  AllocateOptions options;
};

/// The time of one run of the network with `plan`.
double timeOf(driver::CompileOptions compile, quantize::Plan plan) {
  compile.plan = std::move(plan);
  driver::Compilation compilation(std::move(compile));
  llvm::cantFail(compilation.runTo(Phase::LowerToLLVM));
  std::string object = llvm::cantFail(compilation.emitObject());
  return llvm::cantFail(timeNetwork(
      object, emit::readInterface(compilation.function(), compilation.target(),
                                  compilation.options().prefix)));
}

// Other programs disturb measurements, so that it may take several.
TEST_F(CostsTest, AMixedPlanTakesTheTimeThatItsPartsPromise) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "time stamps are those of x86-64";
#endif
  compile.input = QCC_MODELS "/fmnist_resnet8.mlir";
  compile.target = "native";
  writeSamples({4, 28, 28, 1});
  options.budgets.time = 1e9;
  options.weightBits = {4, 8};
  Budgets budgets;
  budgets.averageBits = 6;
  double promised = 1e9, measured = 1e9;
  auto isNear = [&] {
    return promised > 0.85 * measured && promised < 1.15 * measured;
  };
  for (int attempt = 0; attempt < 6; ++attempt) {
    auto allocator = Allocator::create(compile, options);
    ASSERT_TRUE(bool(allocator)) << llvm::toString(allocator.takeError());
    auto outcome = (*allocator)->allocate(budgets);
    ASSERT_TRUE(bool(outcome)) << llvm::toString(outcome.takeError());
    std::set<unsigned> bits;
    for (const auto &[name, layer] : outcome->plan.layers)
      bits.insert(layer.weights.value_or(8));
    ASSERT_GE(bits.size(), 2u) << "the plan is to be mixed";
    promised = std::min(promised, outcome->expected.time);
    measured = std::min(measured, timeOf(compile, outcome->plan));
    fmt::print("{:.1f} us promised, {:.1f} us measured\n", promised, measured);
    if (isNear())
      return;
  }
  ADD_FAILURE() << promised << " and " << measured;
}

/// Two convolutions: a ReLU6 behind the first, whose result is added to that of
/// the second.
const char *network = R"(
func.func @main(%x: tensor<1x6x5x4xf32>) -> tensor<1x6x5x4xf32> {
  %w = "tosa.const"() <{values = dense<0.25> : tensor<4x3x3x4xf32>}> : () -> tensor<4x3x3x4xf32>
  %b = "tosa.const"() <{values = dense<0.125> : tensor<4xf32>}> : () -> tensor<4xf32>
  %z = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %0 = tosa.conv2d %x, %w, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>} : (tensor<1x6x5x4xf32>, tensor<4x3x3x4xf32>, tensor<4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x5x4xf32>
  %1 = tosa.clamp %0 {min_val = 0.0 : f32, max_val = 6.0 : f32} : (tensor<1x6x5x4xf32>) -> tensor<1x6x5x4xf32>
  %2 = tosa.conv2d %1, %w, %b, %z, %z {acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>} : (tensor<1x6x5x4xf32>, tensor<4x3x3x4xf32>, tensor<4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x6x5x4xf32>
  %3 = tosa.add %1, %2 : (tensor<1x6x5x4xf32>, tensor<1x6x5x4xf32>) -> tensor<1x6x5x4xf32>
  return %3 : tensor<1x6x5x4xf32>
}
)";

// With all activations at 16 bits, the parts are all of the difference.
TEST_F(CostsTest, CostsOfActivationsAddUp) {
  compile.input = folder.path("net.mlir");
  std::ofstream(compile.input) << network;
  compile.target = "cortex-m4";
  writeSamples({4, 6, 5, 4});
  options.weightBits = {8};
  options.budgets.cycles = 1e9;
  for (unsigned bits : {4u, 16u}) {
    options.activationBits = {bits};
    auto allocator = Allocator::create(compile, options);
    ASSERT_TRUE(bool(allocator)) << llvm::toString(allocator.takeError());
    auto outcome = (*allocator)->allocate(options.budgets);
    ASSERT_TRUE(bool(outcome)) << llvm::toString(outcome.takeError());
    EXPECT_NEAR(outcome->expected.cycles / *outcome->cycles, 1, 0.01) << bits;
    EXPECT_GT(*outcome->cycles, 10000);
  }
}

} // namespace
