// Every score sees which of two layers a network's results depend on.
#include "compiler/Allocate/Allocate.h"
#include "compiler/Data/Npy.h"
#include "compiler/Data/Random.h"

#include "test/unit/Data/TestFiles.h"

#include <fmt/format.h>
#include <fstream>

using namespace qcc;
using namespace qcc::allocate;

namespace {

/// Two convolutions of 1x1 with like weights; the results of "quiet" are
/// multiplied by a hundredth before they are added to those of "loud".
std::string network() {
  data::SplitMix64 random(3);
  auto filter = [&] {
    std::string rows;
    for (int o = 0; o < 4; ++o) {
      std::string row;
      for (int i = 0; i < 6; ++i)
        row += fmt::format("{}{:.4f}", i ? ", " : "", 2 * random.uniform() - 1);
      rows += fmt::format("{}[[[{}]]]", o ? ", " : "", row);
    }
    return rows;
  };
  auto layer = [&](const char *name) {
    return fmt::format(
        R"(  %w_{0} = "tosa.const"() <{{values = dense<[{1}]> : tensor<4x1x1x6xf32>}}> : () -> tensor<4x1x1x6xf32>
  %{0} = tosa.conv2d %x, %w_{0}, %bias, %zero, %zero {{acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>}} : (tensor<1x1x1x6xf32>, tensor<4x1x1x6xf32>, tensor<4xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x4xf32> loc("{0}")
)",
        name, filter());
  };
  return R"(func.func @main(%x: tensor<1x1x1x6xf32>) -> tensor<1x1x1x4xf32> {
  %bias = "tosa.const"() <{values = dense<0.0> : tensor<4xf32>}> : () -> tensor<4xf32>
  %zero = "tosa.const"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>
  %shift = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %part = "tosa.const"() <{values = dense<0.01> : tensor<1x1x1x4xf32>}> : () -> tensor<1x1x1x4xf32>
)" + layer("quiet") +
         layer("loud") +
         R"(  %small = tosa.mul %quiet, %part, %shift : (tensor<1x1x1x4xf32>, tensor<1x1x1x4xf32>, tensor<1xi8>) -> tensor<1x1x1x4xf32>
  %sum = tosa.add %loud, %small : (tensor<1x1x1x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x1x1x4xf32>
  return %sum : tensor<1x1x1x4xf32>
}
)";
}

struct Case {
  const char *score;
  bool labels;
};

/// By layer what 2 bits lose.
std::map<std::string, double> lossesOf(const driver::CompileOptions &compile,
                                       const AllocateOptions &options) {
  auto allocator = Allocator::create(compile, options);
  if (!allocator) {
    ADD_FAILURE() << llvm::toString(allocator.takeError());
    return {};
  }
  Budgets budgets;
  budgets.averageBits = 2;
  auto outcome = (*allocator)->allocate(budgets);
  std::map<std::string, double> losses;
  for (const auto &[name, layer] :
       llvm::cantFail(std::move(outcome)).plan.layers)
    losses[name] = layer.score.value_or(-1);
  return losses;
}

class ScoreTest : public testing::TestWithParam<Case> {
protected:
  void SetUp() override {
    data::SplitMix64 random(7);
    std::vector<float> values;
    for (int i = 0; i < 32 * 6; ++i)
      values.push_back(static_cast<float>(2 * random.uniform() - 1));
    std::vector<int64_t> labels;
    for (int i = 0; i < 32; ++i)
      labels.push_back(i % 4);
    using test::message;
    ASSERT_EQ(message(data::writeNpy(
                  folder.path("x.npy"),
                  data::Array::from<float>({32, 1, 1, 6}, values))),
              "success");
    ASSERT_EQ(message(data::writeNpy(folder.path("y.npy"),
                                     data::Array::from<int64_t>({32}, labels))),
              "success");
    std::ofstream(folder.path("net.mlir")) << network();
    compile.input = folder.path("net.mlir");
    compile.target = "generic";
    compile.calibration = folder.path("x.npy");
    options.weightBits = {2};
    options.score = llvm::cantFail(parseScore(GetParam().score));
    if (GetParam().labels)
      options.labels = folder.path("y.npy");
  }

  test::TemporaryFolder folder;
  driver::CompileOptions compile;
  AllocateOptions options;
};

TEST_P(ScoreTest, RanksALayerThatMattersFirst) {
  std::map<std::string, double> losses = lossesOf(compile, options);
  EXPECT_GT(losses["quiet"], 0);
  EXPECT_GT(losses["loud"], 100 * losses["quiet"]);
  if (!GetParam().labels)
    return;
  options.labels.clear();
  EXPECT_NE(lossesOf(compile, options)["loud"], losses["loud"]);
}

INSTANTIATE_TEST_SUITE_P(
    Scores, ScoreTest,
    testing::Values(Case{"divergence", false}, Case{"sqnr", false},
                    Case{"fisher", false}, Case{"trace", false},
                    Case{"eigenvalue", false}, Case{"fisher", true},
                    Case{"trace", true}, Case{"eigenvalue", true}),
    [](const auto &row) {
      return std::string(row.param.score) + (row.param.labels ? "Labels" : "");
    });

} // namespace
