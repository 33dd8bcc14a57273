// Equivalent transforms change constants and not what a network computes.
#include "passes/Quantize/Equalize.h"
#include "dialects/QGraph/Build.h"
#include "dialects/QGraph/Unary.h"
#include "passes/Legalize/Legalize.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"
#include "test/unit/Legalize/RandomNetwork.h"
#include "test/unit/Legalize/SameResults.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;

namespace qcc::quantize {
namespace {

using Floats = std::vector<float>;

using test::networkOf;
using test::randomInput;

Floats run(ModuleOp module, llvm::ArrayRef<float> input) {
  return test::runFloat(module, input);
}

void expectSame(const Floats &before, const Floats &after) {
  test::expectSame(before, after, /*tolerance=*/1e-5, /*least=*/1e-3f);
}

/// Chains of convolutions with all that may stand between them.
class RandomChain {
public:
  RandomChain(MLIRContext &context, uint64_t seed)
      : builder(&context), loc(builder.getUnknownLoc()), random(seed) {
    context.loadDialect<qgraph::QGraphDialect, func::FuncDialect>();
  }

  OwningOpRef<ModuleOp> make() {
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    Type input = RankedTensorType::get(
        {1, 6 + number(3), 5 + number(3), 1 + number(3)}, builder.getF32Type());
    auto function =
        func::FuncOp::create(loc, "main", builder.getFunctionType(input, {}));
    module->push_back(function);
    builder.setInsertionPointToStart(function.addEntryBlock());
    Value x = conv(function.getArgument(0), 2 + number(4), 1);
    for (int64_t n = 3 + number(5); n > 0; --n)
      x = layer(x);
    x = conv(x, 3, 1);
    func::ReturnOp::create(builder, loc, x);
    function.setType(builder.getFunctionType(input, x.getType()));
    return module;
  }

private:
  int64_t number(int64_t below) { return random.below(below); }
  ArrayRef<int64_t> shape(Value x) { return qgraph::build::shapeOf(x); }

  Value constant(ArrayRef<int64_t> shape) {
    Floats values(legalize::elementCount(shape));
    for (float &value : values)
      value = static_cast<float>(random.uniform() * 2 - 1);
    return qgraph::build::constant(builder, loc, shape, values);
  }
  Value conv(Value x, int64_t out, int64_t groups) {
    int64_t rows = std::min<int64_t>(1 + number(3), shape(x)[1]);
    int64_t columns = std::min<int64_t>(1 + number(2), shape(x)[2]);
    Value filter = constant({out, rows, columns, shape(x)[3] / groups});
    int64_t stride = shape(x)[1] > 4 ? 1 + number(2) : 1;
    return qgraph::build::conv2d(builder, loc, x, filter, constant({out}),
                                 {stride, 1}, {number(rows), 0, 0, 0}, {1, 1},
                                 groups);
  }
  Value depthwise(Value x) {
    int64_t channels = shape(x)[3];
    return conv(x, channels * (1 + number(2)), channels);
  }
  Value unary(Value x, qgraph::UnaryKind kind) {
    float alpha = qgraph::usesAlpha(kind) ? 0.25f : 0.0f;
    return qgraph::build::unary(builder, loc, kind, x, alpha);
  }
  template <typename Op> Value binary(Value a, Value b) {
    return qgraph::build::binary<Op>(builder, loc, a, b);
  }

  Value layer(Value x) {
    namespace b = qgraph::build;
    constexpr float infinity = std::numeric_limits<float>::infinity();
    int64_t channels = shape(x)[3];
    switch (number(20)) {
    case 0:
      return b::clamp(builder, loc, x, 0, infinity);
    case 1:
      return b::clamp(builder, loc, x, 0, 1); // holds its channels
    case 2:
      return unary(x, qgraph::UnaryKind::LeakyRelu);
    case 3:
      return unary(x, qgraph::UnaryKind::Tanh);
    case 4:
      return unary(unary(x, qgraph::UnaryKind::Abs), qgraph::UnaryKind::Negate);
    case 5:
      return b::maxPool2d(builder, loc, x, {1, 2}, {1, 1}, {0, 0, 0, 1});
    case 6:
      return b::avgPool2d(builder, loc, x, {2, 1}, {1, 1}, {1, 0, 0, 0}, true);
    case 7: { // a residual block, with depthwise convolutions
      Value y =
          conv1x1(b::clamp(builder, loc, conv1x1(x, channels + 1), 0, infinity),
                  channels);
      return binary<qgraph::AddOp>(x, y);
    }
    case 8:
      return binary<qgraph::MaximumOp>(x, conv1x1(x, channels));
    case 9: { // a gate
      Value mean = b::reduce(builder, loc, qgraph::ReduceKind::Mean, x, {1, 2});
      return binary<qgraph::MulOp>(
          x, unary(conv1x1(mean, channels), qgraph::UnaryKind::Sigmoid));
    }
    case 10:
      return binary<qgraph::MulOp>(x, constant({1, 1, 1, channels}));
    case 11:
      return binary<qgraph::AddOp>(x, constant({1, 1, 1, channels}));
    case 12:
      return b::concat(builder, loc, {x, conv1x1(x, 2)}, 3);
    case 13:
      return channels > 1 ? b::sliceAxis(builder, loc, x, 3, 1, channels - 1)
                          : x;
    case 14:
      return b::gather(builder, loc, x, {channels - 1, 0, channels - 1}, 3);
    case 15:
      return b::pad(builder, loc, x, {0, 1, 0, 1}, {0, 0, 2, 0},
                    number(2) ? 0.0f : 0.5f);
    case 16:
      return b::reshape(builder, loc, x,
                        {1, shape(x)[1], 1, shape(x)[2] * channels});
    case 17:
      return b::transpose(builder, loc, x, {0, 1, 3, 2});
    case 18:
      return b::tile(builder, loc, x, {1, 1, 1, 2});
    default:
      return number(2) ? depthwise(x) : conv(x, 1 + number(5), 1);
    }
  }

  Value conv1x1(Value x, int64_t out) {
    return qgraph::build::conv2d(
        builder, loc, x, constant({out, 1, 1, shape(x)[3]}), constant({out}),
        {1, 1}, {0, 0, 0, 0}, {1, 1}, 1);
  }

  OpBuilder builder;
  Location loc;
  data::SplitMix64 random;
};

/// Random scales for every free class: any legal choice keeps the function.
TEST(EqualizeTest, RandomScalesOfRandomChains) {
  int64_t scaled = 0, held = 0;
  for (uint64_t seed = 1; seed <= 160; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MLIRContext context(MLIRContext::Threading::DISABLED);
    OwningOpRef<ModuleOp> before = RandomChain(context, seed).make();
    ASSERT_TRUE(succeeded(verify(before.get())));
    OwningOpRef<ModuleOp> after = before->clone();
    ChannelClasses classes(networkOf(after.get()));
    data::SplitMix64 random(seed);
    std::vector<double> scales;
    for (const ChannelClass &item : classes.classes()) {
      scales.push_back(std::exp2(random.uniform() * 6 - 3));
      bool used = !item.producers.empty() && !item.consumers.empty();
      (item.isFree() ? scaled : held) += used;
    }
    applyScales(networkOf(after.get()), classes, scales);
    ASSERT_TRUE(succeeded(verify(after.get())));
    Floats input = randomInput(before.get(), seed);
    expectSame(run(before.get(), input), run(after.get(), input));
  }
  EXPECT_GT(scaled, 300);
  EXPECT_GT(held, 100);
}

TEST(EqualizeTest, EqualizedRandomNetworksComputeTheSame) {
  int64_t scaled = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MLIRContext context(MLIRContext::Threading::DISABLED);
    OwningOpRef<ModuleOp> before =
        seed % 2 ? RandomChain(context, seed).make()
                 : legalize::RandomNetwork(context, seed).make();
    PassManager passes(&context);
    buildLegalizePipeline(passes, {});
    ASSERT_TRUE(succeeded(passes.run(before.get())));
    OwningOpRef<ModuleOp> after = before->clone();
    for (const EqualizedLayer &layer :
         equalizeWeights(networkOf(after.get()))) {
      scaled += layer.scaled;
      EXPECT_EQ(layer.scaled < layer.channels, !layer.obstacle.empty());
    }
    Floats input = randomInput(before.get(), seed);
    expectSame(run(before.get(), input), run(after.get(), input));
  }
  EXPECT_GT(scaled, 100);
}

class EqualizeText : public testing::Test {
protected:
  /// The body of a function of %x: tensor<1x3x2x2xf32>, with the constants
  /// %w2 (2 to 2 channels, 1x1), %w (2 depthwise), %b and %z (zeros).
  void parse(const std::string &body, const std::string &filter) {
    context.loadDialect<qgraph::QGraphDialect, func::FuncDialect>();
    std::string text =
        "func.func @main(%x: tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32> {\n"
        "%w2 = qgraph.constant dense<" +
        filter +
        "> : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xf32>\n"
        "%w = qgraph.constant dense<[[[[3.0]]], [[[4.0]]]]> : "
        "tensor<2x1x1x1xf32> -> tensor<2x1x1x1xf32>\n"
        "%b = qgraph.constant dense<[6.0, 8.0]> : tensor<2xf32> -> "
        "tensor<2xf32>\n" +
        body + "}";
    module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module) << text;
  }
  static std::string conv(const std::string &result, const std::string &input,
                          const std::string &filter, const std::string &facts) {
    bool depthwise = filter == "%w";
    return result + " = qgraph.conv2d " + input + ", " + filter +
           ", %b {qgraph.layer = \"" + result.substr(1) + "\", " + facts +
           "dilations = array<i64: 1, 1>, groups = " + (depthwise ? "2" : "1") +
           " : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>}"
           " : (tensor<1x3x2x2xf32>, " +
           (depthwise ? "tensor<2x1x1x1xf32>" : "tensor<2x1x1x2xf32>") +
           ", tensor<2xf32>) -> tensor<1x3x2x2xf32>\n";
  }
  static std::string relu(const std::string &result, const std::string &input,
                          const std::string &max = "0x7F800000") {
    return result + " = qgraph.clamp " + input + " {qgraph.layer = \"" +
           result.substr(1) + "\", min = 0.0 : f32, max = " + max +
           " : f32} : (tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32>\n";
  }
  static std::string finish(const std::string &value) {
    return "return " + value + " : tensor<1x3x2x2xf32>\n";
  }
  Operation *find(StringRef layer) {
    Operation *found = nullptr;
    module->walk([&](Operation *op) {
      auto name = op->getAttrOfType<StringAttr>("qgraph.layer");
      if (name && name.getValue() == layer)
        found = op;
    });
    return found;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

// Rows reach 1 and 100, the columns that read them 3 and 4: of their tensors'
// ranges 0.01 and 1, 0.75 and 1, so that channel 0 is divided by
// sqrt(0.01 / 0.75) and channel 1 stays.
TEST_F(EqualizeText, FormulaOfDfq) {
  parse(conv("%a", "%x", "%w2",
             "qgraph.output_mean = array<f32: 2.0, 3.0>, qgraph.output_std = "
             "array<f32: 4.0, 5.0>, ") +
            relu("%r", "%a") + conv("%c", "%r", "%w", "") + finish("%c"),
        "[[[[1.0, -0.5]]], [[[7.0, 100.0]]]]");
  std::vector<EqualizedLayer> layers = equalizeWeights(networkOf(*module));
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[0].layer, "a");
  EXPECT_EQ(layers[0].scaled, 2);
  EXPECT_EQ(layers[0].readers, std::vector<std::string>{"c"});
  EXPECT_NEAR(layers[0].balanceBefore, 0.505, 1e-6);
  double s = std::sqrt(0.01 / 0.75);
  EXPECT_NEAR(layers[0].balanceAfter, (0.01 / s + 1) / 2, 1e-6);
  Floats rows = floatsOf(find("a")->getOperand(1));
  EXPECT_NEAR(rows[0], 1 / s, 1e-5 / s);
  EXPECT_NEAR(rows[1], -0.5 / s, 1e-5 / s);
  EXPECT_EQ(rows[3], 100);
  EXPECT_NEAR(floatsOf(find("a")->getOperand(2))[0], 6 / s, 1e-4 / s);
  EXPECT_NEAR(floatsOf(find("c")->getOperand(1))[0], 3 * s, 1e-6);
  // %b was shared: that of the second convolution stays.
  EXPECT_EQ(floatsOf(find("c")->getOperand(2)), (Floats{6, 8}));
  auto fact = [&](StringRef name) {
    return find("a")->getAttrOfType<DenseF32ArrayAttr>(name)[0];
  };
  EXPECT_NEAR(fact("qgraph.output_mean"), 2 / s, 1e-4 / s);
  EXPECT_NEAR(fact("qgraph.output_std"), 4 / s, 1e-4 / s);
  EXPECT_EQ(layers[1].scaled, 0);
  EXPECT_EQ(layers[1].obstacle, "the network returns it");
}

TEST_F(EqualizeText, BoundedClampsHoldTheirChannels) {
  parse(conv("%a", "%x", "%w2", "") + relu("%r", "%a", "6.0") +
            conv("%c", "%r", "%w", "") + finish("%c"),
        "[[[[1.0, -0.5]]], [[[7.0, 100.0]]]]");
  std::vector<EqualizedLayer> layers = equalizeWeights(networkOf(*module));
  EXPECT_EQ(layers[0].scaled, 0);
  EXPECT_EQ(layers[0].obstacle, "layer 'r' clamps to [0, 6]");
  EXPECT_EQ(floatsOf(find("a")->getOperand(1)), (Floats{1, -0.5, 7, 100}));
}

// Channel 0 has no weights; its scale would be 0.
TEST_F(EqualizeText, DeadChannelsStay) {
  parse(conv("%a", "%x", "%w2", "") + relu("%r", "%a") +
            conv("%c", "%r", "%w", "") + finish("%c"),
        "[[[[0.0, 0.0]]], [[[7.0, 100.0]]]]");
  std::vector<EqualizedLayer> layers = equalizeWeights(networkOf(*module));
  EXPECT_EQ(layers[0].scaled, 1);
  EXPECT_EQ(layers[0].obstacle,
            "all its weights, or those that read it, are zero");
  EXPECT_EQ(floatsOf(find("a")->getOperand(1)), (Floats{0, 0, 7, 100}));
}

TEST_F(EqualizeText, AllWeightsZero) {
  parse(conv("%a", "%x", "%w2", "") + relu("%r", "%a") +
            conv("%c", "%r", "%w", "") + finish("%c"),
        "0.0");
  std::vector<EqualizedLayer> layers = equalizeWeights(networkOf(*module));
  EXPECT_EQ(layers[0].scaled, 0);
  EXPECT_EQ(layers[0].balanceAfter, 1);
  EXPECT_EQ(floatsOf(find("c")->getOperand(1)), (Floats{3, 4}));
}

// Channel 0 stays above 9 - 3 * 2 = 3: the bias 6 becomes 3, and the next
// layer's 6 becomes 6 + 3 * 3. Channel 1 goes below zero.
TEST_F(EqualizeText, AbsorbsHighBiases) {
  parse(conv("%a", "%x", "%w2",
             "qgraph.output_mean = array<f32: 9.0, 3.0>, qgraph.output_std = "
             "array<f32: 2.0, 1.0>, ") +
            relu("%r", "%a") + conv("%c", "%r", "%w", "") + finish("%c"),
        "[[[[1.0, -0.5]]], [[[7.0, 1.0]]]]");
  Floats input(12, 0.25f);
  Floats before = run(*module, input);
  std::vector<AbsorbedBias> absorbed = absorbBiases(networkOf(*module), 3);
  ASSERT_EQ(absorbed.size(), 1u);
  EXPECT_EQ(absorbed[0].layer, "a");
  EXPECT_EQ(absorbed[0].channels, 1);
  EXPECT_EQ(floatsOf(find("a")->getOperand(2)), (Floats{3, 8}));
  EXPECT_EQ(floatsOf(find("c")->getOperand(2)), (Floats{15, 8}));
  auto mean = find("a")->getAttrOfType<DenseF32ArrayAttr>("qgraph.output_mean");
  EXPECT_EQ(mean[0], 6);
  EXPECT_EQ(mean[1], 3);
  expectSame(before, run(*module, input));
}

TEST_F(EqualizeText, BiasesThatOthersReadStay) {
  parse(conv("%a", "%x", "%w2",
             "qgraph.output_mean = array<f32: 9.0, 3.0>, qgraph.output_std = "
             "array<f32: 2.0, 1.0>, ") +
            relu("%r", "%a") + conv("%c", "%r", "%w", "") +
            "%s = qgraph.add %r, %c {qgraph.layer = \"s\"} : "
            "(tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>) -> "
            "tensor<1x3x2x2xf32>\n" +
            conv("%d", "%s", "%w2", "") + finish("%d"),
        "[[[[1.0, -0.5]]], [[[7.0, 1.0]]]]");
  EXPECT_TRUE(absorbBiases(networkOf(*module), 3).empty());
  EXPECT_EQ(floatsOf(find("a")->getOperand(2)), (Floats{6, 8}));
}

/// A norm of 4 channels far apart that two convolutions read, one of them
/// through a reshape.
constexpr const char *kNorm = R"(
func.func @main(%x: tensor<1x3x2x4xf32>) -> (tensor<1x3x2x2xf32>) {
  %g = qgraph.constant dense<[64.0, 0.5, -1.0, 0.0]> : tensor<4xf32> -> tensor<4xf32>
  %b = qgraph.constant dense<[-30.0, 0.25, 0.0, 2.0]> : tensor<4xf32> -> tensor<4xf32>
  %w = qgraph.constant dense<[[[[0.1, 2.0, -3.0, 1.0]]], [[[0.05, 1.0, 0.0, -2.0]]]]> : tensor<2x1x1x4xf32> -> tensor<2x1x1x4xf32>
  %c = qgraph.constant dense<[0.5, -1.0]> : tensor<2xf32> -> tensor<2xf32>
  %n = qgraph.layer_norm %x, %g, %b {qgraph.layer = "n", axis = 3 : i64, epsilon = 1.0e-5 : f32} : (tensor<1x3x2x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x3x2x4xf32>
  %0 = qgraph.conv2d %n, %w, %c {qgraph.layer = "a", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x3x2x4xf32>, tensor<2x1x1x4xf32>, tensor<2xf32>) -> tensor<1x3x2x2xf32>
  %r = qgraph.reshape %n {qgraph.layer = "r"} : (tensor<1x3x2x4xf32>) -> tensor<1x2x3x4xf32>
  %1 = qgraph.conv2d %r, %w, %c {qgraph.layer = "b", dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x3x4xf32>, tensor<2x1x1x4xf32>, tensor<2xf32>) -> tensor<1x2x3x2xf32>
  %s = qgraph.reshape %1 {qgraph.layer = "s"} : (tensor<1x2x3x2xf32>) -> tensor<1x3x2x2xf32>
  %2 = qgraph.add %0, %s {qgraph.layer = "t"} : (tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32>
  return %2 : tensor<1x3x2x2xf32>
})";

TEST(ReparameterizeTest, NormsComputeTheSame) {
  MLIRContext context;
  context.loadDialect<qgraph::QGraphDialect, func::FuncDialect>();
  auto module = parseSourceString<ModuleOp>(kNorm, &context);
  Floats input;
  for (int i = 0; i < 24; ++i)
    input.push_back(std::sin(static_cast<float>(i * i)));
  Floats before = run(*module, input);
  PassManager passes(&context);
  passes.addPass(createReparameterize(QuantizeOptions()));
  ASSERT_TRUE(succeeded(passes.run(*module)));
  Operation *norm =
      *networkOf(*module).front().getOps<qgraph::LayerNormOp>().begin();
  EXPECT_TRUE(norm->hasAttr("qgraph.range"));
  // Each channel is as wide as the others but the dead one.
  Floats gamma = floatsOf(norm->getOperand(1));
  EXPECT_NEAR(gamma[0], gamma[1], 1e-5);
  EXPECT_NEAR(gamma[0], -gamma[2], 1e-5);
  EXPECT_EQ(gamma[3], 0);
  expectSame(before, run(*module, input));
}

} // namespace
} // namespace qcc::quantize
