// What cannot be imported: one line that names the file and the operator.
#include "compiler/Import/Import.h"
#include "test/unit/ImportTflite/ModelBuilder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

std::string errorOf(const std::string &bytes) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = importModelFromMemory(bytes, "m.tflite", context);
  if (module)
    return "";
  std::string text = llvm::toString(module.takeError());
  EXPECT_THAT(text, AllOf(StartsWith("m.tflite: "), Not(HasSubstr("\n"))));
  return text;
}

using Spec = ModelBuilder::TensorSpec;

int indices(ModelBuilder &b, const std::vector<int32_t> &values) {
  return b.tensor(
      "i",
      {{static_cast<int>(values.size())}, ElementType::Int32, bytesOf(values)});
}

/// One operator from "in" to "out", which `add` writes.
template <typename Add> std::string oneOp(Spec in, Spec out, Add add) {
  ModelBuilder b;
  int i = b.tensor("in", in), o = b.tensor("out", out);
  add(b, i, o);
  return errorOf(b.finish({i}, {o}));
}

TEST(TfliteErrors, ListsAllUnsupportedOperators) {
  ModelBuilder b;
  int in = b.tensor("in", {{1, 4}}), one = b.tensor("one", {{1, 4}}),
      two = b.tensor("two", {{1, 4}}), out = b.tensor("out", {{1, 4}});
  b.op(static_cast<Builtin>(27), {in}, {one});
  b.op(Builtin::Custom, {one}, {two});
  b.op(static_cast<Builtin>(44), {two}, {out});
  EXPECT_EQ(errorOf(b.finish({in}, {out})),
            "m.tflite: operators that are not supported: SVDF (makes 'one'), "
            "custom 'Magic' (makes 'two'), UNIDIRECTIONAL_SEQUENCE_LSTM (makes "
            "'out'); docs/supported-ops.md lists those that are");
}

TEST(TfliteErrors, NamesOperatorsWithoutIntegerKernel) {
  Spec codes{{1, 4}, ElementType::Int8, {}, {0.5f}, {3}};
  EXPECT_THAT(oneOp(codes, codes,
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Div, {i, i}, {o});
                    }),
              HasSubstr("DIV on integers (makes 'out')"));
  Spec words{{1, 4}, ElementType::Int16, {}, {0.5f}, {0}};
  EXPECT_THAT(oneOp(words, words,
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Add, {i, i}, {o});
                    }),
              HasSubstr("ADD on INT16 (makes 'out')"));
}

TEST(TfliteErrors, UnknownNumberOfOperator) {
  EXPECT_THAT(oneOp({{1}}, {{1}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(static_cast<Builtin>(999), {i}, {o});
                    }),
              HasSubstr("operator 999 (makes 'out')"));
}

TEST(TfliteErrors, DynamicShape) {
  Spec open{{7, 4}};
  open.signature = {-1, 4};
  EXPECT_THAT(oneOp(open, {{7, 4}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Relu, {i}, {o});
                    }),
              HasSubstr("input 'in' has a shape that is not static"));
}

TEST(TfliteErrors, DamagedFile) {
  EXPECT_THAT(errorOf(""), HasSubstr("is empty"));
  EXPECT_THAT(errorOf("TFL3TFL3"), HasSubstr("is no intact"));
  ModelBuilder b;
  int i = b.tensor("in", {{1}});
  std::string bytes = b.finish({i}, {i});
  EXPECT_THAT(errorOf(bytes.substr(0, bytes.size() / 2)),
              HasSubstr("is no intact"));
}

TEST(TfliteErrors, OtherVersion) {
  ModelBuilder b;
  int i = b.tensor("in", {{1}});
  EXPECT_THAT(errorOf(b.finish({i}, {i}, 2)), HasSubstr("has version 2"));
}

TEST(TfliteErrors, NumbersOutsideOfTheFile) {
  ModelBuilder b;
  int i = b.tensor("in", {{1}}), o = b.tensor("out", {{1}});
  b.op(Builtin::Relu, {7}, {o});
  EXPECT_THAT(errorOf(b.finish({i}, {o})),
              HasSubstr("RELU refers to tensor 7 of 2"));
  ModelBuilder c;
  i = c.tensor("in", {{1}});
  EXPECT_THAT(errorOf(c.finish({i}, {-3})),
              HasSubstr("output refers to tensor -3"));
}

TEST(TfliteErrors, TensorsInNoOrder) {
  ModelBuilder b;
  int i = b.tensor("in", {{1}}), m = b.tensor("mid", {{1}}),
      o = b.tensor("out", {{1}});
  b.op(Builtin::Relu, {m}, {o});
  b.op(Builtin::Relu, {i}, {m});
  EXPECT_THAT(errorOf(b.finish({i}, {o})),
              HasSubstr("RELU reads tensor 'mid', which nothing made before"));
  ModelBuilder c;
  i = c.tensor("in", {{1}});
  c.op(Builtin::Relu, {i}, {i});
  EXPECT_THAT(errorOf(c.finish({i}, {i})), HasSubstr("exists already"));
  ModelBuilder d;
  i = d.tensor("in", {{1}});
  o = d.tensor("out", {{1}});
  EXPECT_THAT(errorOf(d.finish({i}, {o})),
              HasSubstr("nothing makes the output 'out'"));
}

TEST(TfliteErrors, ConstantsOfWrongSize) {
  ModelBuilder b;
  int i = b.tensor("in", {{1, 2}}), o = b.tensor("out", {{1, 2}});
  int c = b.tensor("c", {{2}, ElementType::Float32, {1, 2, 3}});
  b.op(Builtin::Add, {i, c}, {o});
  EXPECT_THAT(errorOf(b.finish({i}, {o})),
              HasSubstr("tensor 'c' has 3 bytes of data, its shape and type "
                        "ask for 8"));
}

TEST(TfliteErrors, SparseConstants) {
  Spec sparse{{1}};
  sparse.sparse = true;
  EXPECT_THAT(oneOp(sparse, {{1}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Relu, {i}, {o});
                    }),
              HasSubstr("tensor 0 'in' is stored sparse"));
}

TEST(TfliteErrors, BadQuantization) {
  auto relu = [](ModelBuilder &b, int i, int o) {
    b.op(Builtin::Relu, {i}, {o});
  };
  Spec good{{1, 4}, ElementType::Int8, {}, {0.5f}, {3}};
  Spec bad = good;
  bad.scales = {-1};
  EXPECT_THAT(oneOp(bad, good, relu), HasSubstr("a scale that is no positive"));
  bad = good;
  bad.zeroPoints = {200};
  EXPECT_THAT(oneOp(bad, good, relu), HasSubstr("zero point 200"));
  bad = good;
  bad.scales = {1, 1};
  EXPECT_THAT(oneOp(bad, good, relu), HasSubstr("2 scales and 1 zero points"));
  bad.zeroPoints = {0, 0};
  EXPECT_THAT(oneOp(bad, good, relu),
              HasSubstr("has 2 scales, which is not the size of its axis 0"));
}

TEST(TfliteErrors, ShapesThatDoNotAgree) {
  EXPECT_THAT(oneOp({{1, 4}}, {{1, 5}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Relu, {i}, {o});
                    }),
              HasSubstr("RELU 'out' computes tensor<1x4xf32>, the file says "
                        "tensor<1x5xf32>"));
  EXPECT_THAT(oneOp({{1, 4}}, {{1, 5}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Reshape, {i}, {o});
                    }),
              HasSubstr("RESHAPE 'out' has 4 elements, its output 5"));
}

TEST(TfliteErrors, QuantizationInTheMiddle) {
  ModelBuilder b;
  int i = b.tensor("in", {{1}}), m = b.tensor("mid", {{1}}),
      o = b.tensor("out", {{1}, ElementType::Int8, {}, {1}, {0}});
  b.op(Builtin::Relu, {i}, {m});
  b.op(Builtin::Quantize, {m}, {o});
  EXPECT_THAT(errorOf(b.finish({i}, {o})),
              HasSubstr("quantizes 'mid' in the middle of the network"));
}

TEST(TfliteErrors, OptionsThatFitNot) {
  EXPECT_THAT(oneOp({{1, 4, 4, 1}}, {{1, 4, 4, 1}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::MaxPool2D, {i}, {o});
                    }),
              HasSubstr("MAX_POOL_2D 'out' needs options"));
  EXPECT_THAT(oneOp({{1, 2, 2, 1}}, {{1, 1, 1, 1}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::MaxPool2D, {i}, {o}, 5,
                           format::CreatePool2DOptions(b.out, 1, 1, 1, 3, 3));
                    }),
              HasSubstr("a window of 3 over an image of 2"));
  EXPECT_THAT(oneOp({{2, 3}}, {{3, 2}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Transpose, {i, indices(b, {1, 1})}, {o});
                    }),
              HasSubstr("a permutation that is none"));
  EXPECT_THAT(oneOp({{2, 3}}, {{2, 1}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Gather, {i, indices(b, {3})}, {o}, 23,
                           format::CreateGatherOptions(b.out, 1));
                    }),
              HasSubstr("index 3 of 3"));
  EXPECT_THAT(oneOp({{2, 3}}, {{2, 3}},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Transpose, {i, i}, {o});
                    }),
              HasSubstr("needs constant integers for operand 1 ('in')"));
}

} // namespace
