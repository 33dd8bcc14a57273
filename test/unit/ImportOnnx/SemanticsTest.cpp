// What operators mean in the versions that no published node test covers.
// Expectations of norms, activations and resizes are PyTorch's.
#include "compiler/Evaluate/FloatEvaluator.h"
#include "compiler/Import/Import.h"
#include "dialects/QGraph/QGraph.h"
#include "test/unit/ImportOnnx/ModelBuilder.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace mlir;
using namespace qcc::onnxtest;
using Floats = std::vector<float>;
using Shape = std::vector<int64_t>;
using testing::FloatNear;
using testing::Pointwise;

namespace {

struct Network {
  MLIRContext context{MLIRContext::Threading::DISABLED};
  OwningOpRef<ModuleOp> module;

  explicit Network(const ModelBuilder &b, int64_t batch = 1) {
    qcc::ImportOptions options;
    options.batch = batch;
    auto read =
        qcc::importModelFromMemory(b.bytes(), "net.onnx", context, options);
    if (read)
      module = std::move(*read);
    else
      ADD_FAILURE() << llvm::toString(read.takeError());
  }
  func::FuncOp function() { return *module->getOps<func::FuncOp>().begin(); }
  size_t countOps() {
    return module ? function().getBody().front().getOperations().size() : 0;
  }
  Floats run(const Floats &x) {
    if (!module)
      return {};
    auto evaluator = qcc::evaluate::FloatEvaluator::create(function(), 1);
    if (!evaluator) {
      ADD_FAILURE() << llvm::toString(evaluator.takeError());
      return {};
    }
    llvm::ArrayRef<float> input(x);
    auto results = (*evaluator)->run(1, input);
    if (!results) {
      ADD_FAILURE() << llvm::toString(results.takeError());
      return {};
    }
    return results->front();
  }
};

/// A network of one node from x to y; further inputs are added to it.
struct One : ModelBuilder {
  ::onnx::NodeProto *op;
  One(int64_t opset, const Shape &shape, const std::string &name,
      std::vector<std::string> inputs = {"x"})
      : ModelBuilder(opset) {
    input("x", shape);
    output("y");
    op = &node(name, inputs, {"y"}, "n");
  }
  template <typename T> One &with(const std::string &name, const T &value) {
    attr(*op, name, value);
    return *this;
  }
  One &with(const std::string &name, float value) {
    auto &attribute = *op->add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::FLOAT);
    attribute.set_f(value);
    return *this;
  }
};

void expectNear(const Floats &found, const Floats &expected) {
  EXPECT_THAT(found, Pointwise(FloatNear(1e-5f), expected));
}

/// i^1.5 / 10.
Floats growing(int count) {
  Floats values;
  for (int i = 0; i < count; ++i)
    values.push_back(std::pow(static_cast<float>(i), 1.5f) / 10);
  return values;
}

const Floats fourNumbers = {-2, -0.5f, 0.25f, 3};
/// [1,1,3,4] with one element that stands out.
const Floats image = {0, 1, 2, 3, 4, 5, 20, 7, 8, 9, 10, 11};

TEST(OnnxSemantics, Activations) {
  expectNear(Network(One(20, {4}, "Gelu")).run(fourNumbers),
             {-0.0455001f, -0.1542688f, 0.1496766f, 2.99595f});
  expectNear(
      Network(One(20, {4}, "Gelu").with("approximate", std::string("tanh")))
          .run(fourNumbers),
      {-0.04540229f, -0.154286f, 0.1496754f, 2.996363f});
  expectNear(Network(One(18, {4}, "Mish")).run(fourNumbers),
             {-0.2525015f, -0.2207438f, 0.1695724f, 2.986535f});
  expectNear(Network(One(14, {4}, "HardSwish")).run(fourNumbers),
             {-0.3333333f, -0.2083333f, 0.1354167f, 3});
}

/// The axes from 1 on were one up to opset 12.
TEST(OnnxSemantics, SoftmaxBefore13) {
  expectNear(Network(One(11, {1, 4, 3}, "Softmax")).run(growing(12)),
             {0.009290162f, 0.01026722f, 0.01232708f, 0.0156203f, 0.02067563f,
              0.02841707f, 0.04039273f, 0.05920358f, 0.08927286f, 0.1382351f,
              0.219474f, 0.3568242f});
  expectNear(Network(One(13, {1, 4, 3}, "Softmax")).run(growing(12)),
             {0.2913696f, 0.3220132f, 0.3866173f, 0.241378f, 0.3194974f,
              0.4391246f, 0.2138662f, 0.3134634f, 0.4726704f, 0.1934621f,
              0.3071571f, 0.4993808f});
}

/// Scale and bias were per group up to opset 20.
TEST(OnnxSemantics, GroupNormalization) {
  One perGroup(18, {1, 4, 3}, "GroupNormalization", {"x", "s", "b"});
  perGroup.with("num_groups", 2);
  perGroup.floats("s", {2}, {1, -2});
  perGroup.floats("b", {2}, {0.5f, 0});
  expectNear(Network(perGroup).run(growing(12)),
             {-0.6977518f, -0.4429554f, 0.02292112f, 0.6262089f, 1.340619f,
              2.150958f, 2.807061f, 1.78117f, 0.6791191f, -0.4941529f,
              -1.734557f, -3.03864f});
  One perChannel(21, {1, 4, 3}, "GroupNormalization", {"x", "s", "b"});
  perChannel.with("num_groups", 2);
  perChannel.floats("s", {4}, {1, 2, 3, 4});
  perChannel.floats("b", {4}, {0, 1, 2, 3});
  expectNear(Network(perChannel).run(growing(12)),
             {-1.197752f, -0.9429554f, -0.4770789f, 1.252418f, 2.681238f,
              4.301916f, -2.210591f, -0.6717546f, 0.9813215f, 3.988306f,
              6.469115f, 9.077281f});
}

Floats resized(std::vector<int64_t> sizes, const std::string &mode,
               const std::string &coordinates, bool antialias = false) {
  One b(18, {1, 1, 3, 4}, "Resize", {"x", "", "", "sizes"});
  b.with("mode", mode)
      .with("coordinate_transformation_mode", coordinates)
      .with("axes", Shape{2, 3})
      .with("antialias", int64_t(antialias));
  b.ints("sizes", {2}, sizes);
  return Network(b).run(image);
}

TEST(OnnxSemantics, Resize18) {
  expectNear(resized({2, 2}, "linear", "half_pixel", /*antialias=*/true),
             {2.964286f, 6.035715f, 7.964286f, 11.03572f});
  expectNear(resized({5, 6}, "linear", "half_pixel"),
             {0,     0.5f, 1.166667f, 1.833333f, 2.5f,  3,     1.6f,  2.1f,
              3.7f,  8.1f, 6.9f,      4.6f,      4,     4.5f,  7.5f,  17.5f,
              13.5f, 7,    6.4f,      6.9f,      8.5f,  12.9f, 11.7f, 9.4f,
              8,     8.5f, 9.166666f, 9.833333f, 10.5f, 11});
  expectNear(resized({5, 6}, "linear", "align_corners"),
             {0,    0.6f,  1.2f,  1.8f, 2.4f, 3,    2,     2.6f, 4.6f,  9.4f,
              8.6f, 5,     4,     4.6f, 8,    17,   14.8f, 7,    6,     6.6f,
              8.6f, 13.4f, 12.6f, 9,    8,    8.6f, 9.2f,  9.8f, 10.4f, 11});
  expectNear(resized({2, 5}, "cubic", "half_pixel"),
             {0.7048752f, 0.9724137f, 4.441162f, 6.200628f, 3.603784f,
              7.173627f, 7.441164f, 10.90991f, 12.66938f, 10.07253f});
}

TEST(OnnxSemantics, ResizeKeepsAspect) {
  One b(18, {1, 1, 3, 4}, "Resize", {"x", "", "", "sizes"});
  b.with("axes", Shape{2, 3})
      .with("keep_aspect_ratio_policy", std::string("not_larger"));
  b.ints("sizes", {2}, {6, 6}); // 1.5 times, so 4.5 rows: 5
  EXPECT_EQ(Network(b).run(image).size(), 5u * 6);
}

TEST(OnnxSemantics, Pad18) {
  One b(18, {2, 3}, "Pad", {"x", "pads", "", "axes"});
  b.ints("pads", {2}, {1, 2});
  b.ints("axes", {1}, {-1});
  EXPECT_EQ(Network(b).run({1, 2, 3, 4, 5, 6}),
            (Floats{0, 1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0}));
  One wrap(19, {3}, "Pad", {"x", "pads"});
  wrap.with("mode", std::string("wrap"));
  wrap.ints("pads", {2}, {2, 4});
  EXPECT_EQ(Network(wrap).run({1, 2, 3}), (Floats{2, 3, 1, 2, 3, 1, 2, 3, 1}));
}

/// The last of the equal parts is smaller.
TEST(OnnxSemantics, Split18) {
  One b(18, {5}, "Split");
  b.op->add_output("z");
  b.with("num_outputs", 2);
  b.graph.mutable_output(0)->set_name("z");
  EXPECT_EQ(Network(b).run({1, 2, 3, 4, 5}), (Floats{4, 5}));
}

/// Axes are an input since 18 (13 for ReduceSum), an attribute before.
TEST(OnnxSemantics, ReduceAxes) {
  One input(18, {2, 3}, "ReduceMean", {"x", "axes"});
  input.with("keepdims", 0);
  input.ints("axes", {1}, {0});
  EXPECT_EQ(Network(input).run({1, 2, 3, 5, 8, 13}), (Floats{3, 5, 8}));
  One attribute(9, {2, 3}, "ReduceSum");
  attribute.with("axes", Shape{-1});
  EXPECT_EQ(Network(attribute).run({1, 2, 3, 5, 8, 13}), (Floats{6, 26}));
}

TEST(OnnxSemantics, AveragePool19Dilations) {
  One b(19, {1, 1, 5}, "AveragePool");
  b.with("kernel_shape", Shape{2}).with("dilations", Shape{3});
  expectNear(Network(b).run({1, 2, 4, 8, 16}), {4.5f, 9});
}

/// Bounds, slices and pads were attributes once.
TEST(OnnxSemantics, Opset9) {
  One clip(9, {4}, "Clip");
  clip.with("min", -1.0f).with("max", 2.0f);
  EXPECT_EQ(Network(clip).run(fourNumbers), (Floats{-1, -0.5f, 0.25f, 2}));
  One slice(9, {2, 3}, "Slice");
  slice.with("axes", Shape{1})
      .with("starts", Shape{-2})
      .with("ends", Shape{1000});
  EXPECT_EQ(Network(slice).run({1, 2, 3, 4, 5, 6}), (Floats{2, 3, 5, 6}));
  One pad(9, {2}, "Pad");
  pad.with("pads", Shape{1, 0}).with("value", 7.0f);
  EXPECT_EQ(Network(pad).run({1, 2}), (Floats{7, 1, 2}));
}

TEST(OnnxSemantics, Batch) {
  One b(17, {0, 3}, "Relu");
  Network network(b, 4);
  auto type = cast<RankedTensorType>(network.function().getArgumentTypes()[0]);
  EXPECT_EQ(type.getShape(), (llvm::ArrayRef<int64_t>{4, 3}));
}

/// Reshape to (batch, -1) by a chain of shapes: one op and the return.
TEST(OnnxSemantics, ShapesFoldAway) {
  ModelBuilder b(13);
  b.input("x", {0, 2, 3});
  b.output("y");
  b.node("Shape", {"x"}, {"shape"});
  b.ints("zero", {}, {0});
  b.node("Gather", {"shape", "zero"}, {"n"});
  b.ints("axes", {1}, {0});
  b.node("Unsqueeze", {"n", "axes"}, {"n1"});
  b.ints("rest", {1}, {-1});
  b.attr(b.node("Concat", {"n1", "rest"}, {"target"}), "axis", 0);
  b.node("Reshape", {"x", "target"}, {"y"});
  Network network(b, 2);
  EXPECT_EQ(network.countOps(), 2u);
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

/// x (uint8) -> DQ -> Conv -> Relu -> Q -> y: one op of integers and a clamp,
/// with the file's scales and zero points.
TEST(OnnxSemantics, QuantizedConv) {
  ModelBuilder b(13);
  b.input("x", {1, 1, 2, 3}, ::onnx::TensorProto::UINT8);
  b.output("y");
  b.floats("sx", {}, {0.5f});
  b.ints("zx", {}, {3}, ::onnx::TensorProto::UINT8);
  b.ints("w", {2, 1, 1, 1}, {4, -5}, ::onnx::TensorProto::INT8);
  b.floats("sw", {2}, {0.25f, 0.125f});
  b.ints("zw", {2}, {0, 0}, ::onnx::TensorProto::INT8);
  b.floats("sy", {}, {0.25f});
  b.ints("zy", {}, {7}, ::onnx::TensorProto::UINT8);
  b.node("DequantizeLinear", {"x", "sx", "zx"}, {"dx"});
  b.attr(b.node("DequantizeLinear", {"w", "sw", "zw"}, {"dw"}), "axis", 0);
  b.node("Conv", {"dx", "dw"}, {"c"}, "conv");
  b.node("Relu", {"c"}, {"r"});
  b.node("QuantizeLinear", {"r", "sy", "zy"}, {"y"});
  Network network(b);
  func::FuncOp function = network.function();
  auto scaleOf = [](Type type) {
    return cast<quant::UniformQuantizedType>(
        cast<RankedTensorType>(type).getElementType());
  };
  EXPECT_EQ(scaleOf(function.getArgumentTypes()[0]).getScale(), 0.5);
  EXPECT_EQ(scaleOf(function.getArgumentTypes()[0]).getZeroPoint(), 3);
  EXPECT_FALSE(scaleOf(function.getArgumentTypes()[0]).isSigned());
  EXPECT_EQ(scaleOf(function.getResultTypes()[0]).getZeroPoint(), 7);
  int convolutions = 0;
  function.walk([&](qcc::qgraph::Conv2DOp conv) {
    ++convolutions;
    EXPECT_EQ(conv->getAttrOfType<StringAttr>("qgraph.rounding").getValue(),
              "even");
    auto codes = conv.getFilter().getDefiningOp<qcc::qgraph::ConstantOp>();
    auto values = cast<DenseElementsAttr>(codes.getValue()).getValues<int8_t>();
    EXPECT_EQ(std::vector<int8_t>(values.begin(), values.end()),
              (std::vector<int8_t>{4, -5}));
  });
  EXPECT_EQ(convolutions, 1);
  // Real numbers: codes less the zero point, times the scale.
  EXPECT_EQ(network.run({0, 0.5f, 1, -0.5f, -1.5f, 2}),
            (Floats{0, 0.5f, 1, 0, 0, 2, 0, 0, 0, 0.25f, 1, 0}));
}

/// An op that integers do not cover leaves a float network with ranges.
TEST(OnnxSemantics, PartlyQuantized) {
  ModelBuilder b(13);
  b.input("x", {1, 4});
  b.output("y");
  b.floats("s", {}, {0.5f});
  b.ints("z", {}, {0}, ::onnx::TensorProto::INT8);
  b.node("QuantizeLinear", {"x", "s", "z"}, {"q"});
  b.node("DequantizeLinear", {"q", "s", "z"}, {"d"});
  b.node("Relu", {"d"}, {"y"});
  Network network(b);
  auto type = cast<RankedTensorType>(network.function().getArgumentTypes()[0]);
  EXPECT_TRUE(type.getElementType().isF32());
}

/// y = Gather(table, indices) with indices of shape `indices` at run time.
struct RunTimeGather : ModelBuilder {
  RunTimeGather(const Shape &table, const Shape &indices, int64_t axis,
                int type = ::onnx::TensorProto::INT64)
      : ModelBuilder(17) {
    int64_t count = 1;
    for (int64_t size : table)
      count *= size;
    Floats values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(static_cast<float>(i));
    floats("table", table, values);
    input("i", indices, type);
    output("y");
    attr(node("Gather", {"table", "i"}, {"y"}, "n"), "axis", axis);
  }
};

/// Negative indices count from the end; what is outside is clamped.
TEST(OnnxSemantics, GatherAtRunTime) {
  expectNear(Network(RunTimeGather({3, 2}, {2, 2}, 0)).run({2, 0, -1, -3}),
             {4, 5, 0, 1, 4, 5, 0, 1});
  expectNear(Network(RunTimeGather({3, 2}, {4}, 0, ::onnx::TensorProto::INT32))
                 .run({3, -4, 2147483647.0f, -2147483648.0f}),
             {4, 5, 0, 1, 4, 5, 0, 1});
  expectNear(Network(RunTimeGather({2, 3}, {1, 2}, 1)).run({2, -3}),
             {2, 0, 5, 3});
  expectNear(Network(RunTimeGather({2, 3, 2}, {2}, -2)).run({1, 0}),
             {2, 3, 0, 1, 8, 9, 6, 7});
  // A single index takes its axis away.
  expectNear(Network(RunTimeGather({3, 2}, {}, 0)).run({1}), {2, 3});
}

TEST(OnnxSemantics, GatherAtRunTimeHasTheShapeOfBoth) {
  Network network(RunTimeGather({2, 3, 5}, {4, 7}, 1));
  auto type =
      cast<RankedTensorType>(network.function().getResultTypes().front());
  EXPECT_EQ(type.getShape(), llvm::ArrayRef<int64_t>({2, 4, 7, 5}));
  EXPECT_TRUE(cast<RankedTensorType>(network.function().getArgumentTypes()[0])
                  .getElementType()
                  .isSignlessInteger(32));
}

/// Indices may be moved and change their width on the way.
TEST(OnnxSemantics, GatherOfMovedIndices) {
  ModelBuilder b(17);
  b.floats("table", {3, 1}, {5, 6, 7});
  b.input("i", {1, 4}, ::onnx::TensorProto::INT64);
  b.output("y");
  b.ints("start", {1}, {1});
  b.ints("end", {1}, {3});
  b.ints("axis", {1}, {1});
  b.node("Slice", {"i", "start", "end", "axis"}, {"s"});
  b.attr(b.node("Cast", {"s"}, {"c"}), "to", int64_t(6));
  b.node("Transpose", {"c"}, {"t"});
  b.node("Gather", {"table", "t"}, {"y"});
  expectNear(Network(b).run({9, 2, 0, 9}), {7, 5});
}

TEST(OnnxSemantics, GatherOfAnActivation) {
  ModelBuilder b(17);
  b.input("x", {1, 2, 3});
  b.output("y");
  b.attr(b.node("ArgMax", {"x"}, {"i"}), "axis", int64_t(2));
  b.node("Squeeze", {"x"}, {"r"});
  b.node("Squeeze", {"i"}, {"k"});
  b.attr(b.node("Gather", {"r", "k"}, {"y"}), "axis", int64_t(1));
  expectNear(Network(b).run({1, 7, 3, 4, 5, 6}), {7, 3, 5, 6});
}

/// The result of an einsum of x, and of a constant w if it has a shape.
Floats einsum(const std::string &equation, const Shape &x, const Shape &w = {},
              bool constantFirst = false) {
  auto count = [](const Shape &shape) {
    int64_t product = 1;
    for (int64_t size : shape)
      product *= size;
    return product;
  };
  auto numbers = [&](const Shape &shape, int step) {
    Floats values;
    for (int64_t i = 0; i < count(shape); ++i)
      values.push_back(static_cast<float>((i * step) % 7 - 3));
    return values;
  };
  std::vector<std::string> inputs = {"x"};
  if (!w.empty())
    inputs.insert(constantFirst ? inputs.begin() : inputs.end(), "w");
  One b(12, x, "Einsum", inputs);
  if (!w.empty())
    b.floats("w", w, numbers(w, 5));
  return Network(b.with("equation", equation)).run(numbers(x, 3));
}

/// What NumPy gives.
TEST(OnnxSemantics, EinsumOfOneOperand) {
  expectNear(einsum("ij->ji", {2, 3}), {-3, -1, 0, 2, 3, -2});
  expectNear(einsum("ij->i", {2, 3}), {0, -1});
  expectNear(einsum("ij->", {2, 3}), {-1});
  expectNear(einsum("bij->jb", {2, 3, 2}), {2, 0, -3, 2});
  expectNear(einsum("...i->...", {2, 2, 3}), {0, -1, -2, 4});
  expectNear(einsum("ba", {2, 3}), {-3, -1, 0, 2, 3, -2});
}

TEST(OnnxSemantics, EinsumMultipliesMatrices) {
  expectNear(einsum("ij,jk", {2, 3}, {3, 2}), {18, -3, -3, -8});
  expectNear(einsum("ij,jk->ik", {2, 3}, {3, 2}), {18, -3, -3, -8});
  expectNear(einsum("ij,jk->ik", {3, 2}, {2, 3}, true), {15, -2, 17, -5});
  expectNear(einsum("ij,kj->ki", {2, 3}, {4, 3}), {9, 7, 9, 6, 9, -9, 9, -10});
  expectNear(einsum("bij,bjk->bik", {2, 2, 3}, {2, 3, 2}),
             {18, -3, -3, -8, -7, -3, -9, -3});
  expectNear(einsum("i,i->", {5}, {5}), {17});
  expectNear(einsum("ij,j", {2, 3}, {3}), {9, 7});
}

TEST(OnnxSemantics, EinsumOfAttention) {
  expectNear(einsum("bhid,bhjd->bhij", {1, 2, 3, 2}, {1, 2, 2, 2}),
             {9, 0, -11, 2, -10, 4, 0, 8, 3, -9, -1, -5});
  expectNear(einsum("bthd,bshd->bhts", {1, 3, 2, 2}, {1, 2, 2, 2}),
             {9, -9, -10, 4, 6, 3, 2, 0, 6, 8, -4, -5});
  expectNear(einsum("bhts,bshd->bthd", {1, 2, 2, 3}, {1, 3, 2, 2}),
             {15, -6, 3, 7, 5, 0, -3, 3});
  expectNear(einsum("bhwc,hkc->bhwk", {1, 2, 3, 2}, {2, 3, 2}),
             {9, 0, -9, -11, 2, 8, -10, 4, 4, 8, 2, -11, -9, 0, 9, -5, -2, 8});
}

TEST(OnnxSemantics, EinsumOfLayers) {
  expectNear(einsum("btd,df->btf", {1, 3, 2}, {2, 4}),
             {9, -6, 0, 6, -12, 5, 1, -3, -12, 2, 2, 2});
  expectNear(einsum("btd,dhe->bthe", {1, 2, 3}, {3, 2, 2}),
             {15, -6, -6, 15, 5, 0, 2, -10});
  expectNear(einsum("bthe,hed->btd", {1, 2, 2, 2}, {2, 2, 3}),
             {6, -13, 3, -3, 1, -9});
  expectNear(einsum("df,btd->bft", {1, 2, 2}, {2, 3}, true),
             {9, -7, -6, 3, 0, -1});
}

TEST(OnnxSemantics, EinsumWithDots) {
  expectNear(einsum("...ij,...jk->...ik", {2, 1, 2, 3}, {2, 3, 2}),
             {18, -3, -3, -8, -3, 18, 9, -3, -3, 8, -3, 10, -7, -3, -9, -3});
  expectNear(einsum("...i,ij->...j", {2, 2, 3}, {3, 2}),
             {18, -3, -3, -8, -3, 8, -3, 10});
  expectNear(einsum("i...,i...->...", {3, 2}, {3, 2}), {15, 0});
  expectNear(einsum("...ij,...jk", {2, 2, 3}, {2, 3, 1}), {9, 7, -11, -7});
}

TEST(OnnxSemantics, EinsumWithoutSums) {
  expectNear(einsum("i,j->ij", {2}, {3}), {9, -6, 0, 0, 0, 0});
  expectNear(einsum("bi,bi->bi", {2, 3}, {2, 3}), {9, 0, 0, 2, 6, -2});
  expectNear(einsum("bi,b->ib", {2, 3}, {2}), {9, -2, 0, 4, -9, -4});
  expectNear(einsum("ij,kl->i", {2, 3}, {2, 2}), {0, 3});
}

/// A constant on either side becomes the weights of a layer, a product of two
/// activations one of matrices.
TEST(OnnxSemantics, EinsumMakesLayers) {
  auto uses = [](bool constant, const std::string &equation) {
    One b(12, {1, 3, 2}, "Einsum", {"x", "w"});
    if (constant)
      b.floats("w", {2, 4}, Floats(8, 1));
    else
      b.input("w", {2, 4});
    Network network(b.with("equation", equation));
    std::string names;
    for (Operation &op : network.function().getBody().front())
      names += op.getName().getStringRef().str() + " ";
    return names;
  };
  using testing::HasSubstr;
  using testing::Not;
  EXPECT_THAT(uses(true, "btd,df->btf"), HasSubstr("qgraph.conv2d"));
  EXPECT_THAT(uses(true, "btd,df->btf"), Not(HasSubstr("qgraph.transpose")));
  EXPECT_THAT(uses(false, "btd,df->btf"), HasSubstr("qgraph.matmul"));
}

} // namespace
