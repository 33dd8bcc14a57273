// Float models: small ones with results worked out by hand, and the shipped
// ones beside their int8 twins' shapes.
#include "compiler/Evaluate/FloatEvaluator.h"
#include "compiler/Import/Import.h"
#include "compiler/Import/Support.h"
#include "passes/Legalize/Legalize.h"
#include "passes/Quantize/Quantize.h"
#include "test/unit/ImportTflite/ModelBuilder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;
using testing::FloatNear;
using testing::Pointwise;

namespace {

using Floats = std::vector<float>;

mlir::func::FuncOp functionOf(mlir::ModuleOp module) {
  return *module.getOps<mlir::func::FuncOp>().begin();
}

/// The first result of a model of float arguments.
Floats evaluate(const std::string &bytes, const std::vector<Floats> &inputs) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = importModelFromMemory(bytes, "model.tflite", context);
  if (!module) {
    ADD_FAILURE() << llvm::toString(module.takeError());
    return {};
  }
  auto evaluator =
      qcc::evaluate::FloatEvaluator::create(functionOf(module->get()));
  if (!evaluator) {
    ADD_FAILURE() << llvm::toString(evaluator.takeError());
    return {};
  }
  std::vector<llvm::ArrayRef<float>> arrays(inputs.begin(), inputs.end());
  auto results = (*evaluator)->run(1, arrays);
  if (!results) {
    ADD_FAILURE() << llvm::toString(results.takeError());
    return {};
  }
  return results->front();
}

/// What `qcc --list-ops` says of an op on f32.
import::Form statedForm(Builtin code) {
  for (const import::OperatorSupport &op : import::supportedTflite())
    if (op.name == nameOf(code))
      return op.floats;
  ADD_FAILURE() << nameOf(code) << " is not listed";
  return import::Form::None;
}

/// A model of ops that all become integers does so, and one with an op that
/// never does is refused.
void expectFormAsListed(const std::string &bytes,
                        const std::vector<Builtin> &ops) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  mlir::ScopedDiagnosticHandler quiet(
      &context, [](mlir::Diagnostic &) { return mlir::success(); });
  auto module =
      llvm::cantFail(importModelFromMemory(bytes, "model.tflite", context));
  mlir::PassManager passes(&context);
  buildLegalizePipeline(passes, {});
  ASSERT_TRUE(succeeded(passes.run(*module)));
  bool all = true, none = false;
  for (Builtin op : ops) {
    all &= statedForm(op) == import::Form::All;
    none |= statedForm(op) == import::Form::None;
  }
  bool becomesIntegers = succeeded(checkQuantizable(*module));
  if (all || none)
    EXPECT_EQ(becomesIntegers, all)
        << "of " << nameOf(ops.front()) << ", as its table says";
}

/// A model of one op on one input.
struct OneOp {
  ModelBuilder b;
  int in, out;
  OneOp(const std::vector<int> &from, const std::vector<int> &to)
      : in(b.tensor("in", {from})), out(b.tensor("out", {to})) {}
  int constant(const std::vector<int> &shape, const Floats &values) {
    return b.tensor("c", {shape, ElementType::Float32, test::bytesOf(values)});
  }
  int indices(const std::vector<int32_t> &values) {
    return b.tensor("i", {{static_cast<int>(values.size())},
                          ElementType::Int32,
                          test::bytesOf(values)});
  }
  Floats run(const Floats &input) {
    std::string bytes = b.finish({in}, {out});
    expectFormAsListed(bytes, b.used);
    return evaluate(bytes, {input});
  }
};

Floats counted(int n) {
  Floats values(n);
  for (int i = 0; i < n; ++i)
    values[i] = static_cast<float>(i);
  return values;
}

#define EXPECT_FLOATS(found, ...)                                              \
  EXPECT_THAT(found, Pointwise(FloatNear(1e-5f), (Floats{__VA_ARGS__})))

TEST(TfliteFloat, ConvolutionSamePadsTheEnd) {
  OneOp m({1, 2, 3, 1}, {1, 1, 2, 2});
  int f = m.constant({2, 2, 2, 1}, {1, 2, 3, 4, 1, 0, 0, 0});
  int b = m.constant({2}, {0.5f, -1});
  m.b.op(Builtin::Conv2D, {m.in, f, b}, {m.out}, 1,
         format::CreateConv2DOptions(m.b.out, 0, 2, 2, 0));
  // Rows 0 1 2 / 3 4 5, a column of zeros at the right.
  EXPECT_FLOATS(m.run(counted(6)), 0 + 2 + 9 + 16 + 0.5f, -1,
                2 + 0 + 15 + 0 + 0.5f, 1);
}

TEST(TfliteFloat, ConvolutionFusesRelu6) {
  OneOp m({1, 1, 3, 1}, {1, 1, 3, 1});
  int f = m.constant({1, 1, 1, 1}, {4});
  int b = m.constant({1}, {-2});
  m.b.op(Builtin::Conv2D, {m.in, f, b}, {m.out}, 1,
         format::CreateConv2DOptions(m.b.out, 1, 1, 1, 3));
  EXPECT_FLOATS(m.run({0, 1, 3}), 0, 2, 6);
}

TEST(TfliteFloat, DepthwiseOrdersChannelsByInput) {
  OneOp m({1, 1, 1, 2}, {1, 1, 1, 4});
  int f = m.constant({1, 1, 1, 4}, {1, 2, 3, 4});
  int b = m.constant({4}, {0, 0, 0, 0.5f});
  m.b.op(Builtin::DepthwiseConv2D, {m.in, f, b}, {m.out}, 2,
         format::CreateDepthwiseConv2DOptions(m.b.out, 1, 1, 1, 2));
  EXPECT_FLOATS(m.run({10, 100}), 10, 20, 300, 400.5f);
}

TEST(TfliteFloat, HalfWeightsBehindDequantize) {
  OneOp m({1, 2}, {1, 2});
  // 1.0, -2.0, 0.5, 2^-24
  std::vector<uint16_t> halves = {0x3c00, 0xc000, 0x3800, 0x0001};
  int h =
      m.b.tensor("h", {{2, 2}, ElementType::Float16, test::bytesOf(halves)});
  int f = m.b.tensor("f", {{2, 2}});
  m.b.op(Builtin::Dequantize, {h}, {f});
  m.b.op(Builtin::FullyConnected, {m.in, f, -1}, {m.out}, 8,
         format::CreateFullyConnectedOptions(m.b.out, 0));
  EXPECT_FLOATS(m.run({3, 16777216}), 3 - 2 * 16777216.0f, 1.5f + 1);
}

TEST(TfliteFloat, HybridWeightsPerChannel) {
  OneOp m({1, 2}, {1, 2});
  std::vector<int8_t> codes = {1, -128, 127, 3};
  int f = m.b.tensor("f", {{2, 2},
                           ElementType::Int8,
                           test::bytesOf(codes),
                           {0.5f, 0.25f},
                           {0, 0},
                           0});
  m.b.op(Builtin::FullyConnected, {m.in, f, -1}, {m.out}, 8,
         format::CreateFullyConnectedOptions(m.b.out, 0));
  EXPECT_FLOATS(m.run({2, 1}), 1 - 64, 63.5f + 0.75f);
}

TEST(TfliteFloat, TransposeConvolutionCropsWhatSamePads) {
  OneOp m({1, 1, 2, 1}, {1, 1, 4, 1});
  int shape = m.indices({1, 1, 4, 1});
  int f = m.constant({1, 1, 3, 1}, {1, 2, 3});
  m.b.op(Builtin::TransposeConv, {shape, f, m.in}, {m.out}, 49,
         format::CreateTransposeConvOptions(m.b.out, 0, 2, 2));
  // 1 2 3 at 0 and ten times as much at 2, the last one cropped.
  EXPECT_FLOATS(m.run({1, 10}), 1, 2, 13, 20);
}

TEST(TfliteFloat, AveragePoolCountsWhatIsInside) {
  OneOp m({1, 1, 3, 1}, {1, 1, 2, 1});
  m.b.op(Builtin::AveragePool2D, {m.in}, {m.out}, 5,
         format::CreatePool2DOptions(m.b.out, 0, 2, 1, 2, 1, 0));
  EXPECT_FLOATS(m.run({1, 2, 7}), 1.5f, 7);
}

TEST(TfliteFloat, BatchMatMulTurnsAndBroadcasts) {
  OneOp m({2, 1, 3}, {2, 1, 2});
  int r = m.constant({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  m.b.op(Builtin::BatchMatMul, {m.in, r}, {m.out}, 101,
         format::CreateBatchMatMulOptions(m.b.out, false, true));
  EXPECT_FLOATS(m.run({1, 0, 2, 0, 1, 0}), 7, 16, 2, 5);
}

TEST(TfliteFloat, SoftmaxUsesBeta) {
  OneOp m({1, 2}, {1, 2});
  m.b.op(Builtin::Softmax, {m.in}, {m.out}, 9,
         format::CreateSoftmaxOptions(m.b.out, 0.5f));
  EXPECT_FLOATS(m.run({0, 2 * std::log(3.0f)}), 0.25f, 0.75f);
}

TEST(TfliteFloat, LogSoftmax) {
  OneOp m({1, 2}, {1, 2});
  m.b.op(Builtin::LogSoftmax, {m.in}, {m.out});
  EXPECT_FLOATS(m.run({0, std::log(3.0f)}), -std::log(4.0f), std::log(0.75f));
}

TEST(TfliteFloat, PreluTakesSlopesPerChannel) {
  OneOp m({1, 2, 2}, {1, 2, 2});
  int s = m.constant({2}, {0.5f, -1});
  m.b.op(Builtin::Prelu, {m.in, s}, {m.out});
  EXPECT_FLOATS(m.run({-2, -3, 4, 5}), -1, 3, 4, 5);
}

/// -batch sizes what the file leaves open, all the way to the result.
TEST(TfliteFloat, OpenBatch) {
  ModelBuilder b;
  ModelBuilder::TensorSpec open{{1, 2}};
  open.signature = {-1, 2};
  int in = b.tensor("in", open), out = b.tensor("out", open);
  b.op(Builtin::Abs, {in}, {out});
  std::string bytes = b.finish({in}, {out});
  for (int64_t batch : {1, 4}) {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    ImportOptions options;
    options.batch = batch;
    auto module = importModelFromMemory(bytes, "m.tflite", context, options);
    ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
    auto type = functionOf(module->get()).getFunctionType();
    for (mlir::Type shaped : {type.getInput(0), type.getResult(0)})
      EXPECT_EQ(llvm::cast<mlir::RankedTensorType>(shaped).getShape(),
                (llvm::ArrayRef<int64_t>{batch, 2}));
  }
}

TEST(TfliteFloat, L2Normalization) {
  OneOp m({2, 2}, {2, 2});
  m.b.op(Builtin::L2Normalization, {m.in}, {m.out}, 12,
         format::CreateActivationOptions(m.b.out, 0));
  EXPECT_FLOATS(m.run({3, 4, 0, 0}), 0.6f, 0.8f, 0, 0);
}

TEST(TfliteFloat, UnaryFunctions) {
  struct {
    Builtin code;
    float x, y;
  } cases[] = {{Builtin::Logistic, 0, 0.5f},
               {Builtin::Tanh, 0.5f, 0.46211717f},
               {Builtin::Exp, 1, 2.7182817f},
               {Builtin::Log, 2, 0.6931472f},
               {Builtin::Sqrt, 9, 3},
               {Builtin::Rsqrt, 4, 0.5f},
               {Builtin::Abs, -3, 3},
               {Builtin::Neg, 2, -2},
               {Builtin::Sin, 1, 0.84147098f},
               {Builtin::Cos, 1, 0.54030231f},
               {Builtin::Floor, -1.5f, -2},
               {Builtin::Ceil, -1.5f, -1},
               {Builtin::Round, 2.5f, 2},
               {Builtin::Elu, -1, -0.63212056f},
               {Builtin::HardSwish, 1, 0.6666667f},
               {Builtin::Gelu, 1, 0.84134475f},
               {Builtin::Square, -3, 9},
               {Builtin::Relu, -1, 0},
               {Builtin::Relu6, 7, 6},
               {Builtin::ReluN1To1, -3, -1},
               {Builtin::Relu0To1, 3, 1}};
  for (auto one : cases) {
    OneOp m({1}, {1});
    m.b.op(one.code, {m.in}, {m.out});
    EXPECT_THAT(m.run({one.x}), Pointwise(FloatNear(1e-5f), Floats{one.y}))
        << nameOf(one.code);
  }
}

TEST(TfliteFloat, BinaryFunctionsBroadcast) {
  struct {
    Builtin code;
    Floats y;
  } cases[] = {{Builtin::Add, {3, 6}},     {Builtin::Sub, {-1, 2}},
               {Builtin::Mul, {2, 8}},     {Builtin::Div, {0.5f, 2}},
               {Builtin::Pow, {1, 16}},    {Builtin::Maximum, {2, 4}},
               {Builtin::Minimum, {1, 2}}, {Builtin::SquaredDifference, {1, 4}},
               {Builtin::AddN, {3, 6}}};
  for (auto &one : cases) {
    OneOp m({1, 2}, {1, 2});
    int c = m.constant({1}, {2});
    m.b.op(one.code, {m.in, c}, {m.out});
    EXPECT_THAT(m.run({1, 4}), Pointwise(FloatNear(1e-5f), one.y))
        << nameOf(one.code);
  }
}

TEST(TfliteFloat, ReducesAndDropsAxes) {
  struct {
    Builtin code;
    Floats y;
  } cases[] = {{Builtin::Mean, {1, 4}},
               {Builtin::Sum, {3, 12}},
               {Builtin::ReduceMax, {2, 5}},
               {Builtin::ReduceMin, {0, 3}}};
  for (auto &one : cases) {
    OneOp m({2, 3}, {2});
    int axes = m.indices({-1});
    m.b.op(one.code, {m.in, axes}, {m.out}, 27,
           format::CreateReducerOptions(m.b.out, false));
    EXPECT_THAT(m.run(counted(6)), Pointwise(FloatNear(1e-5f), one.y))
        << nameOf(one.code);
  }
}

TEST(TfliteFloat, StridedSliceBackwardsAndShrunk) {
  OneOp m({2, 4}, {2});
  int begin = m.indices({-1, 3}), end = m.indices({9, -5}),
      step = m.indices({1, -2});
  m.b.op(Builtin::StridedSlice, {m.in, begin, end, step}, {m.out}, 32,
         format::CreateStridedSliceOptions(m.b.out, 0, 0, 0, 0, 1));
  EXPECT_FLOATS(m.run(counted(8)), 7, 5);
}

/// x[1, ..., new axis, 1:3] and x[0:2, 1:1+2], whose ends are offsets.
TEST(TfliteFloat, StridedSliceWithEllipsisAndNewAxis) {
  OneOp m({2, 3, 4}, {3, 1, 2});
  int begin = m.indices({1, 0, 0, 1}), end = m.indices({2, 0, 0, 3}),
      step = m.indices({1, 1, 1, 1});
  m.b.op(Builtin::StridedSlice, {m.in, begin, end, step}, {m.out}, 32,
         format::CreateStridedSliceOptions(m.b.out, 0, 0, 2, 4, 1));
  EXPECT_FLOATS(m.run(counted(24)), 13, 14, 17, 18, 21, 22);
  OneOp n({2, 4}, {2, 2});
  int from = n.indices({0, 1}), sizes = n.indices({2, 2}),
      ones = n.indices({1, 1});
  n.b.op(Builtin::StridedSlice, {n.in, from, sizes, ones}, {n.out}, 32,
         format::CreateStridedSliceOptions(n.b.out, 0, 0, 0, 0, 0, true));
  EXPECT_FLOATS(n.run(counted(8)), 1, 2, 5, 6);
}

TEST(TfliteFloat, MovesElements) {
  {
    OneOp m({1, 2, 2, 1}, {1, 1, 1, 4});
    m.b.op(Builtin::SpaceToDepth, {m.in}, {m.out}, 19,
           format::CreateBlockOptions(m.b.out, 2));
    EXPECT_FLOATS(m.run({1, 2, 3, 4}), 1, 2, 3, 4);
  }
  {
    OneOp m({1, 1, 2, 4}, {1, 2, 4, 1});
    m.b.op(Builtin::DepthToSpace, {m.in}, {m.out}, 94,
           format::CreateBlockOptions(m.b.out, 2));
    EXPECT_FLOATS(m.run(counted(8)), 0, 1, 4, 5, 2, 3, 6, 7);
  }
  {
    OneOp m({1, 3}, {1, 6});
    int amounts =
        m.b.tensor("a", {{2, 2},
                         ElementType::Int32,
                         test::bytesOf(std::vector<int32_t>{0, 0, 2, 1})});
    m.b.op(Builtin::MirrorPad, {m.in, amounts}, {m.out}, 77,
           format::CreateMirrorPadOptions(m.b.out, 0));
    EXPECT_FLOATS(m.run({1, 2, 3}), 3, 2, 1, 2, 3, 2);
  }
  {
    OneOp m({3}, {2, 3});
    m.b.op(Builtin::Pack, {m.in, m.in}, {m.out}, 59,
           format::CreatePackOptions(m.b.out, 2, 0));
    EXPECT_FLOATS(m.run({1, 2, 3}), 1, 2, 3, 1, 2, 3);
  }
  {
    OneOp m({2, 3}, {3});
    int rest = m.b.tensor("rest", {{3}});
    m.b.op(Builtin::Unpack, {m.in}, {rest, m.out}, 64,
           format::CreateUnpackOptions(m.b.out, 2, 0));
    EXPECT_FLOATS(m.run(counted(6)), 3, 4, 5);
  }
  {
    OneOp m({1, 5}, {1, 2});
    int axis = m.indices({1}), sizes = m.indices({3, 2});
    int head = m.b.tensor("head", {{1, 3}});
    m.b.op(Builtin::SplitV, {m.in, sizes, axis}, {head, m.out});
    EXPECT_FLOATS(m.run(counted(5)), 3, 4);
  }
  {
    OneOp m({2, 3}, {2, 2});
    int indices = m.indices({2, 0});
    m.b.op(Builtin::Gather, {m.in, indices}, {m.out}, 23,
           format::CreateGatherOptions(m.b.out, 1));
    EXPECT_FLOATS(m.run(counted(6)), 2, 0, 5, 3);
  }
  {
    OneOp m({2, 3}, {3, 2});
    int order = m.indices({1, 0});
    m.b.op(Builtin::Transpose, {m.in, order}, {m.out});
    EXPECT_FLOATS(m.run(counted(6)), 0, 3, 1, 4, 2, 5);
  }
  {
    OneOp m({2, 3}, {1, 2});
    int begin = m.indices({1, 1}), size = m.indices({1, -1});
    m.b.op(Builtin::Slice, {m.in, begin, size}, {m.out});
    EXPECT_FLOATS(m.run(counted(6)), 4, 5);
  }
  {
    OneOp m({1, 3}, {1, 3});
    int axes = m.indices({1});
    m.b.op(Builtin::ReverseV2, {m.in, axes}, {m.out});
    EXPECT_FLOATS(m.run(counted(3)), 2, 1, 0);
  }
}

/// Rows of a constant table by the model's input; what is outside is clamped.
struct Chosen {
  ModelBuilder b;
  int in, out;
  Chosen(const std::vector<int> &list, const std::vector<int> &to,
         ElementType type = ElementType::Int32)
      : in(b.tensor("in", {list, type})), out(b.tensor("out", {to})) {}
  int table(const std::vector<int> &shape) {
    int count = 1;
    for (int size : shape)
      count *= size;
    return b.tensor(
        "t", {shape, ElementType::Float32, test::bytesOf(counted(count))});
  }
  Floats run(const Floats &indices) {
    std::string bytes = b.finish({in}, {out});
    expectFormAsListed(bytes, b.used);
    return evaluate(bytes, {indices});
  }
};

TEST(TfliteFloat, ChoosesAtRunTime) {
  {
    Chosen m({4}, {4, 2});
    m.b.op(Builtin::EmbeddingLookup, {m.in, m.table({3, 2})}, {m.out});
    EXPECT_FLOATS(m.run({2, 0, -1, 3}), 4, 5, 0, 1, 0, 1, 4, 5);
  }
  {
    Chosen m({2, 2}, {2, 2, 1}, ElementType::Int64);
    m.b.op(Builtin::Gather, {m.table({3, 1}), m.in}, {m.out}, 23,
           format::CreateGatherOptions(m.b.out, 0));
    EXPECT_FLOATS(m.run({2, 0, 1, 9}), 2, 0, 1, 2);
  }
  {
    Chosen m({2}, {2, 2});
    m.b.op(Builtin::Gather, {m.table({2, 3}), m.in}, {m.out}, 23,
           format::CreateGatherOptions(m.b.out, 1));
    EXPECT_FLOATS(m.run({2, 0}), 2, 0, 5, 3);
  }
  {
    Chosen m({2, 2}, {2, 2, 1});
    m.b.op(Builtin::Gather, {m.table({2, 3, 1}), m.in}, {m.out}, 23,
           format::CreateGatherOptions(m.b.out, 1, 1));
    EXPECT_FLOATS(m.run({2, 0, 1, 1}), 2, 0, 4, 4);
  }
}

TEST(TfliteFloat, ResizesWithHalfPixels) {
  OneOp m({1, 1, 2, 1}, {1, 1, 4, 1});
  int size = m.indices({1, 4});
  m.b.op(Builtin::ResizeBilinear, {m.in, size}, {m.out}, 15,
         format::CreateResizeBilinearOptions(m.b.out, false, true));
  EXPECT_FLOATS(m.run({0, 4}), 0, 1, 3, 4);
  OneOp n({1, 1, 3, 1}, {1, 1, 2, 1});
  int two = n.indices({1, 2});
  n.b.op(Builtin::ResizeNearestNeighbor, {n.in, two}, {n.out}, 74,
         format::CreateResizeNearestNeighborOptions(n.b.out, false, true));
  EXPECT_FLOATS(n.run({1, 2, 3}), 1, 3);
}

/// SHAPE, a slice of it, PACK and RESHAPE fold away.
TEST(TfliteFloat, FoldsShapeChains) {
  OneOp m({2, 3}, {3, 2});
  int shape = m.b.tensor("shape", {{2}, ElementType::Int32});
  m.b.op(Builtin::Shape, {m.in}, {shape});
  int last = m.b.tensor("last", {{}, ElementType::Int32});
  m.b.op(Builtin::StridedSlice,
         {shape, m.indices({1}), m.indices({2}), m.indices({1})}, {last}, 32,
         format::CreateStridedSliceOptions(m.b.out, 0, 0, 0, 0, 1));
  int two = m.b.tensor(
      "two", {{}, ElementType::Int32, test::bytesOf(std::vector<int32_t>{2})});
  int packed = m.b.tensor("packed", {{2}, ElementType::Int32});
  m.b.op(Builtin::Pack, {last, two}, {packed}, 59,
         format::CreatePackOptions(m.b.out, 2, 0));
  m.b.op(Builtin::Reshape, {m.in, packed}, {m.out});
  EXPECT_FLOATS(m.run(counted(6)), 0, 1, 2, 3, 4, 5);
}

} // namespace
