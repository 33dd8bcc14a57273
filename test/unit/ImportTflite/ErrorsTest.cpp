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
                      b.op(Builtin::Neg, {i}, {o});
                    }),
              HasSubstr("NEG on integers (makes 'out')"));
  Spec words{{1, 4}, ElementType::Int16, {}, {0.5f}, {0}};
  EXPECT_THAT(oneOp(words, words,
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::LeakyRelu, {i}, {o});
                    }),
              HasSubstr("LEAKY_RELU on INT16 (makes 'out')"));
}

TEST(TfliteErrors, Words) {
  Spec words{{1, 4}, ElementType::Int16, {}, {0.5f}, {0}};
  Spec moved = words, uneven = words, bytes = words;
  moved.zeroPoints = {3};
  uneven.scales = {0.3f};
  bytes.type = ElementType::Int8;
  auto abs = [](ModelBuilder &b, int i, int o) {
    b.op(Builtin::Relu, {i}, {o});
  };
  EXPECT_THAT(oneOp(moved, words, abs), HasSubstr("zero point 3 on 'in'"));
  auto add = [](bool powers) {
    return [powers](ModelBuilder &b, int i, int o) {
      b.op(Builtin::Add, {i, i}, {o}, 11,
           format::CreateSumOptions(b.out, 0, powers));
    };
  };
  EXPECT_THAT(oneOp(words, words, add(true)),
              HasSubstr("on INT16 has scales that are powers of two"));
  EXPECT_EQ(oneOp(words, words, add(false)), "");
  EXPECT_EQ(oneOp(words, uneven, add(true)), "");
  EXPECT_THAT(oneOp(bytes, words,
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Tanh, {i}, {o});
                    }),
              HasSubstr("needs an input of its output's type"));
  EXPECT_THAT(oneOp(words, words,
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Softmax, {i}, {o}, 9,
                           format::CreateSoftmaxOptions(b.out, 1));
                    }),
              HasSubstr("(of INT16: 1/32768)"));
  EXPECT_THAT(oneOp(bytes, bytes,
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::LogSoftmax, {i}, {o});
                    }),
              HasSubstr("must make codes of scale 1/16 up to 0"));
  EXPECT_THAT(oneOp(bytes, bytes,
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::L2Normalization, {i}, {o});
                    }),
              HasSubstr("must make INT8 codes of scale 1/128"));
}

TEST(TfliteErrors, WordBiases) {
  auto connect = [](ElementType type, std::vector<uint8_t> data,
                    ElementType made) {
    Spec in{{1, 1}, ElementType::Int16, {}, {0.5f}, {0}};
    Spec out{{1, 1}, made, {}, {0.5f}, {0}};
    return oneOp(in, out, [&](ModelBuilder &b, int i, int o) {
      int f = b.tensor("f", {{1, 1}, ElementType::Int8, {1}, {0.5f}, {0}});
      int c = b.tensor("c", {{1}, type, data, {0.25f}, {0}});
      b.op(Builtin::FullyConnected, {i, f, c}, {o}, 8,
           format::CreateFullyConnectedOptions(b.out));
    });
  };
  auto number = [](int64_t value) {
    return bytesOf(std::vector<int64_t>{value});
  };
  EXPECT_EQ(connect(ElementType::Int64, number(-5), ElementType::Int16), "");
  EXPECT_THAT(
      connect(ElementType::Int64, number(int64_t(1) << 31), ElementType::Int16),
      HasSubstr("has a bias of 2147483648, which leaves 32 bits"));
  EXPECT_THAT(connect(ElementType::Int8, {1}, ElementType::Int16),
              HasSubstr("expected 1 of INT32 or INT64"));
  EXPECT_THAT(connect(ElementType::Int64, number(1), ElementType::Int8),
              HasSubstr("needs an input of its output's width"));
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

Spec floats(const std::vector<int> &shape) { return {shape}; }
Spec codes(const std::vector<int> &shape, float scale = 0.5f,
           int64_t zero = 3) {
  return {shape, ElementType::Int8, {}, {scale}, {zero}};
}
Spec constant(const std::vector<int> &shape, size_t count, float value = 1) {
  return {shape, ElementType::Float32,
          bytesOf(std::vector<float>(count, value))};
}
Spec weights(const std::vector<int> &shape, size_t count,
             std::vector<float> scales = {0.5f}) {
  Spec spec{shape, ElementType::Int8, std::vector<uint8_t>(count, 1), scales,
            std::vector<int64_t>(scales.size(), 0)};
  return spec;
}

/// A convolution of `in` by `filter` and maybe `bias`.
std::string conv(Spec in, Spec filter, Spec *bias, Spec out, int8_t padding = 1,
                 int stride = 1, int8_t activation = 0) {
  return oneOp(in, out, [&](ModelBuilder &b, int i, int o) {
    std::vector<int> operands = {i, b.tensor("f", filter)};
    if (bias)
      operands.push_back(b.tensor("b", *bias));
    b.op(Builtin::Conv2D, operands, {o}, 1,
         format::CreateConv2DOptions(b.out, padding, stride, stride,
                                     activation));
  });
}

TEST(TfliteErrors, Convolutions) {
  Spec image = floats({1, 2, 2, 3}), filter = constant({1, 1, 1, 3}, 3),
       made = floats({1, 2, 2, 1});
  EXPECT_THAT(conv(image, filter, nullptr, made, 7),
              HasSubstr("has padding 7, expected SAME or VALID"));
  EXPECT_THAT(conv(image, filter, nullptr, made, 1, 0),
              HasSubstr("has stride 0, dilation 1 and window 1, expected"));
  EXPECT_THAT(conv(image, filter, nullptr, made, 1, 1, 5),
              HasSubstr("has fused activation 5, expected none, RELU"));
  EXPECT_THAT(conv(image, constant({1, 1, 1, 2}, 2), nullptr, made),
              HasSubstr("has a filter of 2 channels for 3"));
  EXPECT_THAT(conv(image, floats({1, 1, 1, 3}), nullptr, made),
              HasSubstr("reads tensor 'f', which nothing made before"));
  EXPECT_THAT(conv(floats({1, 4}), filter, nullptr, made),
              HasSubstr("needs options, an image and a filter of four axes"));
  Spec bias = constant({2}, 2);
  EXPECT_THAT(conv(image, filter, &bias, made),
              HasSubstr("has a bias of 2 elements, expected 1"));
}

TEST(TfliteErrors, IntegerConvolutions) {
  Spec image = codes({1, 2, 2, 3}), filter = weights({1, 1, 1, 3}, 3),
       made = codes({1, 2, 2, 1});
  EXPECT_THAT(
      conv(image, constant({1, 1, 1, 3}, 3), nullptr, made),
      HasSubstr("needs an input of its output's width and a filter of 8 bits"));
  Spec bias{{1}, ElementType::Int64, std::vector<uint8_t>(8, 0)};
  EXPECT_THAT(conv(image, filter, &bias, made),
              HasSubstr("has a bias of 1 elements of INT64, expected 1 of"));
  Spec zeros = filter;
  zeros.zeroPoints = {300};
  EXPECT_THAT(conv(image, zeros, nullptr, made),
              HasSubstr("has the filter zero point 300"));
  Spec scales = weights({1, 1, 1, 3}, 3, {1, 2, 3});
  scales.axis = 3;
  EXPECT_THAT(conv(image, scales, nullptr, made),
              HasSubstr("has 3 filter scales for 1 output channels"));
  EXPECT_THAT(conv(image, filter, nullptr, made, 1, 1, 4),
              HasSubstr("has fused activation 4"));
}

TEST(TfliteErrors, FullyConnectedLayers) {
  auto connect = [](Spec in, Spec filter, Spec out) {
    return oneOp(in, out, [&](ModelBuilder &b, int i, int o) {
      b.op(Builtin::FullyConnected, {i, b.tensor("f", filter)}, {o}, 8,
           format::CreateFullyConnectedOptions(b.out, 0));
    });
  };
  EXPECT_THAT(connect(floats({1, 5}), constant({2, 3}, 6), floats({1, 2})),
              HasSubstr("has 5 input elements for rows of 3"));
  EXPECT_THAT(connect(floats({1, 3}), constant({2, 3}, 6), floats({1, 4})),
              HasSubstr("has 4 output elements, expected 2"));
  EXPECT_THAT(connect(floats({1, 3}), constant({6}, 6), floats({1, 2})),
              HasSubstr("needs options and a filter of two axes"));
  EXPECT_THAT(oneOp(floats({2, 3}), floats({2, 2}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::FullyConnected, {i, i}, {o}, 8,
                           format::CreateFullyConnectedOptions(b.out, 0));
                    }),
              HasSubstr("needs a constant filter"));
}

TEST(TfliteErrors, ScalesThatMustAgree) {
  auto apply = [](Builtin code, Spec in, Spec out) {
    return oneOp(in, out, [&](ModelBuilder &b, int i, int o) {
      b.op(code, {i, indices(b, {4})}, {o});
    });
  };
  EXPECT_THAT(apply(Builtin::Reshape, codes({1, 4}), codes({4}, 0.25f)),
              HasSubstr("must keep the scale and zero point of its operand 0"));
  EXPECT_THAT(oneOp(codes({1, 4}), codes({1, 4}, 0.25f),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Maximum, {i, i}, {o});
                    }),
              HasSubstr("must keep the scale and zero point"));
  EXPECT_THAT(oneOp(codes({1, 4}), codes({1, 4}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Softmax, {i}, {o}, 9,
                           format::CreateSoftmaxOptions(b.out, 1));
                    }),
              HasSubstr("must make codes of scale 1/256 (of INT16"));
  Spec bytes = codes({1, 4});
  bytes.type = ElementType::UInt8;
  EXPECT_THAT(oneOp(bytes, codes({1, 4}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Logistic, {i}, {o});
                    }),
              HasSubstr("needs an input of 8 bits, of its output's type"));
  EXPECT_THAT(oneOp(bytes, codes({1, 4}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Mean, {i, indices(b, {0})}, {o}, 27,
                           format::CreateReducerOptions(b.out, true));
                    }),
              HasSubstr("needs an input of its output's type with a scale"));
}

TEST(TfliteErrors, ScalesTooFarApart) {
  auto apply = [](Builtin code, float in, float out) {
    return oneOp(codes({1, 4}, in), codes({1, 4}, out),
                 [&](ModelBuilder &b, int i, int o) { b.op(code, {i}, {o}); });
  };
  for (Builtin code : {Builtin::HardSwish, Builtin::Abs, Builtin::Rsqrt})
    for (auto [in, out] : {std::pair(1e12f, 1e-12f), std::pair(1e30f, 1e-30f)})
      EXPECT_THAT(apply(code, code == Builtin::Rsqrt ? 1 / in : in, out),
                  HasSubstr("has scales that are too far apart"));
  EXPECT_THAT(apply(Builtin::HardSwish, 0.01f, 100.0f),
              HasSubstr("has scales that are too far apart"));
  EXPECT_THAT(oneOp(codes({1, 4}, 1e12f), codes({1, 4}, 1e-12f),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Prelu, {i, i}, {o});
                    }),
              HasSubstr("has scales that are too far apart"));
}

TEST(TfliteErrors, IntegerResizes) {
  auto resize = [](ElementType type, std::vector<int> made) {
    Spec in = codes({1, 1, 2, 1}), out = codes(made);
    in.type = out.type = type;
    return oneOp(in, out, [](ModelBuilder &b, int i, int o) {
      b.op(Builtin::ResizeBilinear, {i, indices(b, {1, 1})}, {o}, 15,
           format::CreateResizeBilinearOptions(b.out, false, false));
    });
  };
  EXPECT_THAT(resize(ElementType::UInt8, {1, 2, 2, 1}),
              HasSubstr("on UINT8 is computed in float by TensorFlow Lite"));
  EXPECT_THAT(resize(ElementType::Int8, {1, 1100, 2, 1}),
              HasSubstr("the kernel reads outside its input"));
}

TEST(TfliteErrors, EdgesAndMixtures) {
  EXPECT_THAT(oneOp(floats({1, 4}), floats({1, 4}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Dequantize, {i}, {o});
                    }),
              HasSubstr("reads 'in', which has no scale"));
  EXPECT_THAT(oneOp(codes({1, 4}), codes({1, 4}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Add, {i, b.tensor("c", constant({1}, 1))},
                           {o}, 11, format::CreateSumOptions(b.out, 0));
                    }),
              HasSubstr("needs two operands of FLOAT32, or two of 8 bits"));
  EXPECT_THAT(oneOp({{4}, ElementType::Bool}, floats({4}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Relu, {i}, {o});
                    }),
              HasSubstr("input 'in' of BOOL is not supported"));
  EXPECT_THAT(oneOp({{4}, ElementType::Int32}, floats({4}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Cast, {i}, {o});
                    }),
              HasSubstr("CAST 'out' from INT32 to FLOAT32 is supported of "
                        "constants only"));
  EXPECT_THAT(oneOp(floats({4}), floats({4}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Relu, {-1}, {o});
                    }),
              HasSubstr("RELU 'out' lacks operand 0"));
  EXPECT_THAT(oneOp(floats({4}), {{4}, ElementType::Int32},
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Shape, {i}, {o});
                    }),
              HasSubstr("computes a constant of another shape"));
}

TEST(TfliteErrors, Movement) {
  auto move = [](Builtin code, std::vector<std::vector<int32_t>> operands,
                 Spec out) {
    return oneOp(floats({2, 3}), out, [&](ModelBuilder &b, int i, int o) {
      std::vector<int> all = {i};
      for (const auto &values : operands)
        all.push_back(indices(b, values));
      b.op(code, all, {o});
    });
  };
  Spec made = floats({2, 3});
  EXPECT_THAT(move(Builtin::Pad, {{0, 0, -1, 0}}, made),
              HasSubstr("needs two amounts from 0 for each axis"));
  EXPECT_THAT(move(Builtin::Slice, {{0, 1}, {2, 3}}, made),
              HasSubstr("takes 3 elements from 1 of 3"));
  EXPECT_THAT(move(Builtin::Slice, {{0}, {2}}, made),
              HasSubstr("needs a begin and a size for each axis"));
  EXPECT_THAT(move(Builtin::Tile, {{1, 0}}, made),
              HasSubstr("needs a positive multiple for each axis"));
  EXPECT_THAT(move(Builtin::BroadcastTo, {{4, 3}}, floats({5, 3})),
              HasSubstr("cannot make an axis of 5 of 2"));
  EXPECT_THAT(move(Builtin::ReverseV2, {{2}}, made),
              HasSubstr("has axis 2 of 2"));
  EXPECT_THAT(move(Builtin::Mean, {{}}, made), HasSubstr("has no axes"));
  EXPECT_THAT(move(Builtin::ArgMax, {{0, 1}}, made),
              HasSubstr("needs one constant axis"));
  EXPECT_THAT(move(Builtin::StridedSlice, {{0, 0}, {2, 3}, {1, 1}}, made),
              HasSubstr("needs options"));
  EXPECT_THAT(oneOp(floats({1, 3, 4, 1}), floats({1, 1, 2, 4}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::SpaceToDepth, {i}, {o}, 19,
                           format::CreateBlockOptions(b.out, 2));
                    }),
              HasSubstr("has block size 2, which does not divide 3 and 4"));
  EXPECT_THAT(oneOp(floats({1, 3, 4, 2}), floats({1, 6, 8, 1}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::DepthToSpace, {i}, {o}, 94,
                           format::CreateBlockOptions(b.out, 2));
                    }),
              HasSubstr("has block size 2 for 2 channels"));
  EXPECT_THAT(oneOp(floats({2, 3}), floats({2, 1}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::StridedSlice,
                           {i, indices(b, {0, 0}), indices(b, {2, 3}),
                            indices(b, {1, 0})},
                           {o}, 32, format::CreateStridedSliceOptions(b.out));
                    }),
              HasSubstr("has a stride of 0 or an empty axis"));
  EXPECT_THAT(oneOp(floats({2, 3}), floats({2, 1}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::StridedSlice,
                           {i, indices(b, {0, 2}), indices(b, {2, 1}),
                            indices(b, {1, 1})},
                           {o}, 32, format::CreateStridedSliceOptions(b.out));
                    }),
              HasSubstr("takes nothing of axis 1"));
  EXPECT_THAT(oneOp(floats({2, 3}), floats({2, 3}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::StridedSlice,
                           {i, indices(b, {0, 0}), indices(b, {2, 2}),
                            indices(b, {1, 1})},
                           {o}, 32,
                           format::CreateStridedSliceOptions(b.out, 0, 0, 3));
                    }),
              HasSubstr("needs begin, end and stride for the same axes"));
  EXPECT_THAT(oneOp(floats({2, 3}), floats({3}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Unpack, {i}, {o}, 64,
                           format::CreateUnpackOptions(b.out, 2, 0));
                    }),
              HasSubstr("has 1 outputs, expected 2"));
  EXPECT_THAT(oneOp(floats({1, 3}), floats({1, 8}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::MirrorPad, {i, indices(b, {0, 0, 3, 2})},
                           {o}, 77, format::CreateMirrorPadOptions(b.out, 0));
                    }),
              HasSubstr("pads axis 1 by 3 and 2, expected at most 2"));
  EXPECT_THAT(oneOp(floats({2, 3}), floats({2, 2}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::Gather, {i, indices(b, {1, 0})}, {o}, 23,
                           format::CreateGatherOptions(b.out, 1, 1));
                    }),
              HasSubstr("has batch_dims 1, expected 0"));
}

TEST(TfliteErrors, ChoiceAtRunTime) {
  Spec list{{2}, ElementType::Int32}, table = constant({3, 2}, 6);
  auto gather = [](Spec from, Spec list, int axis, int batchDims) {
    return oneOp(list, floats({2, 2}), [&](ModelBuilder &b, int i, int o) {
      b.op(Builtin::Gather, {b.tensor("t", from), i}, {o}, 23,
           format::CreateGatherOptions(b.out, axis, batchDims));
    });
  };
  EXPECT_THAT(gather(table, floats({2}), 0, 0),
              HasSubstr("has indices of FLOAT32, expected INT32 or INT64"));
  EXPECT_THAT(gather({{3, 2}, ElementType::Int32, std::vector<uint8_t>(24)},
                     list, 0, 0),
              HasSubstr("selects from INT32 by indices that are not constant"));
  EXPECT_THAT(gather(table, list, 1, 0),
              HasSubstr("has an output of another size than it takes"));
  EXPECT_THAT(gather(table, list, 1, 1),
              HasSubstr("has batch_dims 1 and axis 1, expected equal ones, and "
                        "equal leading axes"));
  auto embed = [](Spec list, Spec table, Spec out) {
    return oneOp(list, out, [&](ModelBuilder &b, int i, int o) {
      b.op(Builtin::EmbeddingLookup, {i, b.tensor("t", table)}, {o});
    });
  };
  EXPECT_THAT(embed({{1, 2}, ElementType::Int32}, table, floats({2, 2})),
              HasSubstr("needs a list of indices and a table"));
  EXPECT_THAT(embed(floats({2}), table, floats({2, 2})),
              HasSubstr("has indices of FLOAT32, expected INT32 or INT64"));
  EXPECT_THAT(oneOp(floats({3, 2}), floats({2, 2}),
                    [](ModelBuilder &b, int i, int o) {
                      b.op(Builtin::EmbeddingLookup, {indices(b, {0, 1}), i},
                           {o});
                    }),
              HasSubstr("has constant indices, which is not supported"));
}

} // namespace
