// Operator by operator: random 8-bit models against the oracle.
//
//   QCC_TFLITE_MODELS  number of models of each family (12)
#include "test/unit/ImportTflite/Integer.h"
#include "test/unit/ImportTflite/Zoo.h"

#include "compiler/Evaluate/Emulator.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

int sameSize(int in, int stride) { return (in + stride - 1) / stride; }

void addConvolutions(Zoo &z) {
  for (bool perChannel : {true, false})
    for (bool same : {true, false}) {
      int stride = z.in(1, 2), dilation = stride == 1 ? z.in(1, 2) : 1;
      int oh = same ? sameSize(5, stride) : (5 - 2 * dilation - 1) / stride + 1;
      int ow = same ? sameSize(6, stride) : (6 - dilation - 1) / stride + 1;
      int8_t activation = z.in(0, 3);
      int f = z.filter({7, 3, 2, 4}, 0, perChannel);
      int b = z.bias(7, z.image);
      z.builder.op(Builtin::Conv2D, {z.image, f, b},
                   {z.result("conv", {1, oh, ow, 7}, z.real(0.02, 0.5))}, 1,
                   format::CreateConv2DOptions(z.builder.out, same ? 0 : 1,
                                               stride, stride, activation,
                                               dilation, dilation));
      int d = z.filter({1, 3, 2, 8}, 3, perChannel);
      int e = z.bias(8, z.image);
      z.builder.op(
          Builtin::DepthwiseConv2D, {z.image, d, e},
          {z.result("depthwise", {1, oh, ow, 8}, z.real(0.01, 0.2))}, 2,
          format::CreateDepthwiseConv2DOptions(z.builder.out, same ? 0 : 1,
                                               stride, stride, 2, activation,
                                               dilation, dilation));
    }
}

void addTransposed(Zoo &z) {
  for (bool perChannel : {true, false})
    for (bool same : {true, false}) {
      int stride = z.in(1, 3);
      int oh = same ? 5 * stride : 4 * stride + 3;
      int ow = same ? 6 * stride : 5 * stride + 4;
      int shape = z.indices({1, oh, ow, 3});
      int f = z.filter({3, 3, 4, 4}, 0, perChannel), b = z.bias(3, z.image);
      z.builder.op(
          Builtin::TransposeConv, {shape, f, z.image, b},
          {z.result("transposed", {1, oh, ow, 3}, z.real(0.02, 0.5))}, 49,
          format::CreateTransposeConvOptions(z.builder.out, same ? 0 : 1,
                                             stride, stride, z.in(0, 3)));
    }
}

void addConnected(Zoo &z) {
  int f = z.filter({9, 13}, 0, false), b = z.bias(9, z.row);
  z.builder.op(Builtin::FullyConnected, {z.row, f, b},
               {z.result("connected", {1, 9}, z.real(0.02, 0.5))}, 8,
               format::CreateFullyConnectedOptions(z.builder.out, z.in(0, 3)));
  int g = z.filter({5, 24}, 0, false);
  z.builder.op(Builtin::FullyConnected, {z.image, g, -1},
               {z.result("rows", {5, 5}, z.real(0.02, 0.5))}, 8,
               format::CreateFullyConnectedOptions(z.builder.out, 0));
  // A bias that is not there, of 32 bits.
  z.builder.op(Builtin::FullyConnected, {z.image, g, -1},
               {z.result("rows1", {5, 5}, z.real(0.02, 0.5))}, 8,
               format::CreateFullyConnectedOptions(z.builder.out, 0, 0, false,
                                                   false, 2));
}

void addArithmetic(Zoo &z) {
  for (int i = 0; i < 2; ++i) {
    auto options = [&] {
      return format::CreateSumOptions(z.builder.out, z.in(0, 3), false);
    };
    z.builder.op(Builtin::Add, {z.image, z.other},
                 {z.result("add", {1, 5, 6, 4})}, 11, options());
    z.builder.op(Builtin::Sub, {z.other, z.image},
                 {z.result("sub", {1, 5, 6, 4})}, 28, options());
    z.builder.op(Builtin::Mul, {z.image, z.other},
                 {z.result("mul", {1, 5, 6, 4})}, 21,
                 format::CreateActivationOptions(z.builder.out, z.in(0, 3)));
  }
}

void addPools(Zoo &z) {
  struct Pool {
    int kh, kw, stride;
    bool same;
  };
  for (Pool p : {Pool{5, 6, 1, false}, Pool{2, 3, 2, false},
                 Pool{3, 2, 2, true}, Pool{3, 3, 1, true}}) {
    int oh = p.same ? sameSize(5, p.stride) : (5 - p.kh) / p.stride + 1;
    int ow = p.same ? sameSize(6, p.stride) : (6 - p.kw) / p.stride + 1;
    for (Builtin code : {Builtin::AveragePool2D, Builtin::MaxPool2D})
      z.builder.op(
          code, {z.image}, {z.resultLike("pool", {1, oh, ow, 4}, z.image)}, 5,
          format::CreatePool2DOptions(z.builder.out, p.same ? 0 : 1, p.stride,
                                      p.stride, p.kw, p.kh, z.in(0, 3)));
  }
}

void addReductions(Zoo &z) {
  for (Builtin code : {Builtin::Mean, Builtin::Sum}) {
    bool mean = code == Builtin::Mean;
    z.builder.op(code, {z.image, z.indices({1, 2})},
                 {z.result("mean", {1, 4}, z.real(0.05, mean ? 0.5 : 5))}, 27,
                 format::CreateReducerOptions(z.builder.out, false));
    z.builder.op(code, {z.image, z.indices({-1})},
                 {z.result("mean3", {1, 5, 6, 1}, z.real(0.05, 0.5))}, 27,
                 format::CreateReducerOptions(z.builder.out, true));
  }
}

void addSoftmaxes(Zoo &z) {
  for (float beta : {1.0f, 0.3f}) {
    z.builder.op(Builtin::Softmax, {z.row},
                 {z.result("softmax", {1, 13}, 1.0f / 256, z.least)}, 9,
                 format::CreateSoftmaxOptions(z.builder.out, beta));
    z.builder.op(Builtin::Softmax, {z.image},
                 {z.result("softmax4", {1, 5, 6, 4}, 1.0f / 256, z.least)}, 9,
                 format::CreateSoftmaxOptions(z.builder.out, beta));
  }
}

void addLogSoftmaxes(Zoo &z) {
  z.builder.op(Builtin::LogSoftmax, {z.row},
               {z.result("log", {1, 13}, 1.0f / 16, z.least + 255)});
  z.builder.op(Builtin::LogSoftmax, {z.image},
               {z.result("log4", {1, 5, 6, 4}, 1.0f / 16, z.least + 255)});
  // Many elements that are close, or so far that no exponential is left.
  for (float scale : {z.real(0.0001, 0.01), z.real(1, 20)}) {
    int wide = z.activation("wide", {2, 700}, scale);
    z.args.push_back(wide);
    z.builder.op(Builtin::LogSoftmax, {wide},
                 {z.result("log7", {2, 700}, 1.0f / 16, z.least + 255)});
  }
}

void addNormalizations(Zoo &z) {
  auto options = [&] {
    return format::CreateActivationOptions(z.builder.out, 0);
  };
  z.builder.op(Builtin::L2Normalization, {z.row},
               {z.result("l2", {1, 13}, 1.0f / 128, 0)}, 12, options());
  z.builder.op(Builtin::L2Normalization, {z.image},
               {z.result("l24", {1, 5, 6, 4}, 1.0f / 128, 0)}, 12, options());
  // One element, which is 0 for its zero point.
  z.builder.op(Builtin::Reshape, {z.row, z.indices({13, 1})},
               {z.resultLike("column", {13, 1}, z.row)});
  z.builder.op(Builtin::L2Normalization, {z.results.back()},
               {z.result("l21", {13, 1}, 1.0f / 128, 0)}, 12, options());
}

void addQuotients(Zoo &z) {
  for (float low : {0.001f, 0.1f, 10.0f}) {
    z.builder.op(Builtin::Div, {z.image, z.other},
                 {z.result("div", {1, 5, 6, 4}, z.real(low, 10 * low))}, 29,
                 format::CreateActivationOptions(z.builder.out, z.in(0, 3)));
    int one = z.codes({1, 6, 1}, z.real(0.004, 0.4));
    z.builder.op(Builtin::Div, {z.image, one},
                 {z.result("div1", {1, 5, 6, 4}, z.real(low, 10 * low))}, 29,
                 format::CreateActivationOptions(z.builder.out, 0));
  }
}

void addWordSoftmaxes(Zoo &z) {
  for (float beta : {1.0f, 0.3f}) {
    z.builder.op(Builtin::Softmax, {z.row},
                 {z.result("softmax", {1, 13}, 1.0f / 32768)}, 9,
                 format::CreateSoftmaxOptions(z.builder.out, beta));
    z.builder.op(Builtin::Softmax, {z.image},
                 {z.result("softmax4", {1, 5, 6, 4}, 1.0f / 32768)}, 9,
                 format::CreateSoftmaxOptions(z.builder.out, beta));
  }
}

void addWordFunctions(Zoo &z) {
  const std::vector<int> shape = {1, 5, 6, 4};
  // A power of two twice, one that is small, and any.
  for (float scale : {0x1p-12f, 0x1p-11f, 0x1p-15f, z.real(1e-5, 2)}) {
    int in = z.activation("in", shape, scale);
    z.args.push_back(in);
    z.builder.op(Builtin::Logistic, {in},
                 {z.result("logistic", shape, 1.0f / 32768)});
    z.builder.op(Builtin::Tanh, {in}, {z.result("tanh", shape, 1.0f / 32768)});
  }
}

void addWordTables(Zoo &z) {
  const std::vector<int> shape = {1, 5, 6, 4};
  for (bool approximate : {false, true})
    z.builder.op(Builtin::Gelu, {z.image},
                 {z.result("gelu", shape, z.real(4e-5, 4e-4))}, 116,
                 format::CreateGeluOptions(z.builder.out, approximate));
  z.builder.op(Builtin::Exp, {z.image},
               {z.result("exp", shape, z.real(0.001, 0.1))});
  z.builder.op(Builtin::Relu, {z.image}, {z.result("relu", shape)});
  z.builder.op(Builtin::Relu6, {z.image}, {z.result("relu6", shape)});
  z.builder.op(Builtin::Quantize, {z.image}, {z.result("quantize", shape)});
}

void addProducts(Zoo &z) {
  int a = z.activation("a", {2, 3, 5}), b = z.activation("b", {2, 5, 4});
  z.args.push_back(a);
  z.args.push_back(b);
  for (int i = 0; i < 2; ++i)
    z.builder.op(Builtin::BatchMatMul, {a, b},
                 {z.result("product", {2, 3, 4},
                           z.isWord ? z.real(0.001, 0.1) : z.real(0.1, 4))},
                 101, format::CreateBatchMatMulOptions(z.builder.out));
}

void addFunctions(Zoo &z) {
  z.builder.op(Builtin::Logistic, {z.image},
               {z.result("logistic", {1, 5, 6, 4}, 1.0f / 256, z.least)});
  z.builder.op(Builtin::Tanh, {z.image},
               {z.result("tanh", {1, 5, 6, 4}, 1.0f / 128, z.least + 128)});
  z.builder.op(Builtin::Relu, {z.image}, {z.result("relu", {1, 5, 6, 4})});
  z.builder.op(Builtin::Relu6, {z.image}, {z.result("relu6", {1, 5, 6, 4})});
  z.builder.op(Builtin::ReluN1To1, {z.other},
               {z.resultLike("relu1", {1, 5, 6, 4}, z.other)});
  z.builder.op(Builtin::LeakyRelu, {z.image}, {z.result("leaky", {1, 5, 6, 4})},
               75, format::CreateLeakyReluOptions(z.builder.out, 0.2f));
  z.builder.op(Builtin::Quantize, {z.image},
               {z.result("quantize", {1, 5, 6, 4})});
}

/// Tables; both ways of GELU, and ABS with and without a rescale.
void addTables(Zoo &z) {
  const std::vector<int> shape = {1, 5, 6, 4};
  z.builder.op(Builtin::HardSwish, {z.image}, {z.result("swish", shape)});
  // Wide ranges saturate.
  int far = z.activation("far", shape, z.real(1, 40));
  z.args.push_back(far);
  z.builder.op(Builtin::HardSwish, {far},
               {z.result("swish1", shape, z.real(0.4, 40))});
  for (bool approximate : {false, true})
    z.builder.op(Builtin::Gelu, {z.image},
                 {z.result("gelu", shape, z.real(0.01, 0.1))}, 116,
                 format::CreateGeluOptions(z.builder.out, approximate));
  z.builder.op(Builtin::Relu0To1, {z.image},
               {z.result("relu01", shape, z.real(0.004, 0.04))});
  // A float beyond 32 bits has no defined code.
  int near = z.activation("near", shape, z.real(0.004, 0.06));
  z.args.push_back(near);
  z.builder.op(Builtin::Exp, {near},
               {z.result("exp", shape, z.real(0.01, 10))});
  z.builder.op(Builtin::Elu, {z.image}, {z.result("elu", shape)});
}

/// What TensorFlow Lite has for INT8 only.
void addRoots(Zoo &z) {
  const std::vector<int> shape = {1, 5, 6, 4};
  z.builder.op(Builtin::Abs, {z.image}, {z.result("abs", shape)});
  z.builder.op(Builtin::Abs, {z.other},
               {z.result("abs1", shape, z.scales[z.other], z.in(-128, 127))});
  z.builder.op(Builtin::Sqrt, {z.image},
               {z.result("sqrt", shape, z.real(0.004, 0.04))});
  z.builder.op(Builtin::Rsqrt, {z.image},
               {z.result("rsqrt", shape, z.real(0.02, 0.2))});
  z.builder.op(Builtin::Log, {z.image},
               {z.result("log", shape, z.real(0.02, 0.2))});
  for (int i = 0; i < 2; ++i)
    z.builder.op(Builtin::SquaredDifference, {z.image, z.other},
                 {z.result("square", shape, z.real(0.05, 20))});
}

void addPrelus(Zoo &z) {
  const std::vector<int> shape = {1, 5, 6, 4};
  int slopes = z.codes({1, 1, 4}, z.real(0.002, 0.02));
  z.builder.op(Builtin::Prelu, {z.image, slopes}, {z.result("prelu", shape)});
  int all = z.codes({1, 5, 6, 4}, z.real(0.002, 0.02));
  z.builder.op(Builtin::Prelu, {z.other, all}, {z.result("prelu1", shape)});
}

void addResizes(Zoo &z) {
  struct Size {
    int h, w;
    bool corners, half;
  };
  for (Size s : {Size{10, 12, false, false}, Size{11, 4, false, true},
                 Size{3, 13, true, false}, Size{1, 9, true, false},
                 Size{2, 3, false, false}}) {
    z.builder.op(
        Builtin::ResizeBilinear, {z.image, z.indices({s.h, s.w})},
        {z.resultLike("resize", {1, s.h, s.w, 4}, z.image)}, 15,
        format::CreateResizeBilinearOptions(z.builder.out, s.corners, s.half));
  }
}

void addMovement(Zoo &z) {
  z.builder.op(Builtin::Pad,
               {z.image, z.indices({0, 0, 1, 2, 0, 1, 0, 0}, {4, 2})},
               {z.resultLike("pad", {1, 8, 7, 4}, z.image)});
  z.builder.op(Builtin::Reshape, {z.image, z.indices({3, 40})},
               {z.resultLike("reshape", {3, 40}, z.image)});
  z.builder.op(Builtin::Concatenation, {z.image, z.other, z.image},
               {z.resultLike("concat", {1, 5, 6, 12}, z.image)}, 10,
               format::CreateConcatenationOptions(z.builder.out, 3, 0));
  z.builder.op(Builtin::Concatenation, {z.image, z.other},
               {z.result("concat1", {1, 10, 6, 4})}, 10,
               format::CreateConcatenationOptions(z.builder.out, -3, 0));
}

using Family = void (*)(Zoo &);
struct Case {
  const char *name;
  Family add;
  /// Whether the two ways of rounding must give different codes here.
  bool roundingMatters = true;
  ElementType type = ElementType::Int8;
};
void PrintTo(const Case &one, std::ostream *os) { *os << one.name; }

constexpr auto u8 = ElementType::UInt8, i16 = ElementType::Int16;

// At most eight results each, which the runner can hold.
constexpr Case families[] = {{"Convolutions", addConvolutions},
                             {"Transposed", addTransposed},
                             {"Connected", addConnected},
                             {"Products", addProducts},
                             {"Arithmetic", addArithmetic},
                             {"Quotients", addQuotients, false},
                             {"Pools", addPools, false},
                             {"Reductions", addReductions},
                             {"Softmaxes", addSoftmaxes, false},
                             {"LogSoftmaxes", addLogSoftmaxes, false},
                             {"Normalizations", addNormalizations, false},
                             {"Functions", addFunctions},
                             {"Tables", addTables, false},
                             {"Roots", addRoots},
                             {"Prelus", addPrelus},
                             {"Resizes", addResizes},
                             {"Movement", addMovement},
                             {"ByteConvolutions", addConvolutions, true, u8},
                             {"ByteConnected", addConnected, false, u8},
                             {"ByteArithmetic", addArithmetic, true, u8},
                             {"ByteQuotients", addQuotients, false, u8},
                             {"BytePools", addPools, false, u8},
                             {"ByteReductions", addReductions, true, u8},
                             {"ByteSoftmaxes", addSoftmaxes, false, u8},
                             {"ByteLogSoftmaxes", addLogSoftmaxes, false, u8},
                             {"ByteFunctions", addFunctions, true, u8},
                             {"ByteTables", addTables, false, u8},
                             {"BytePrelus", addPrelus, true, u8},
                             {"ByteMovement", addMovement, false, u8},
                             {"WordConvolutions", addConvolutions, true, i16},
                             {"WordTransposed", addTransposed, false, i16},
                             {"WordConnected", addConnected, false, i16},
                             {"WordProducts", addProducts, false, i16},
                             {"WordArithmetic", addArithmetic, true, i16},
                             {"WordPools", addPools, false, i16},
                             {"WordReductions", addReductions, true, i16},
                             {"WordSoftmaxes", addWordSoftmaxes, true, i16},
                             {"WordFunctions", addWordFunctions, false, i16},
                             {"WordTables", addWordTables, true, i16},
                             {"WordResizes", addResizes, true, i16},
                             {"WordMovement", addMovement, true, i16}};

/// Random codes; every second sample has only the ends of the range.
Bytes randomSamples(size_t size, int count, uint64_t seed) {
  data::SplitMix64 random(seed);
  Bytes bytes;
  for (int sample = 0; sample < count; ++sample)
    for (size_t i = 0; i < size; ++i) {
      auto code = static_cast<uint8_t>(random.next());
      bytes.push_back(sample % 2 == 0 ? code : code & 1 ? 127 : 128);
    }
  return bytes;
}

class TfliteOps : public testing::TestWithParam<Case> {};

/// Many random models in the interpreter.
TEST_P(TfliteOps, EqualTheOracle) {
  uint64_t models = fromEnvironment("QCC_TFLITE_MODELS", 12);
  std::set<uint8_t> seen;
  bool roundingMatters = false;
  for (uint64_t seed = 1; seed <= models; ++seed) {
    Bytes before;
    for (auto rounding : {TfliteRounding::Reference, TfliteRounding::Single}) {
      Zoo zoo(seed, GetParam().type);
      GetParam().add(zoo);
      std::string bytes = zoo.finish();
      mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
      loadDialects(context);
      auto module = lowerTflite(bytes, context, rounding);
      ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
      Bytes inputs = randomSamples(sampleBytes(**module), 6, seed);
      auto expected = runOracle(bytes, inputs, rounding);
      ASSERT_TRUE(bool(expected)) << llvm::toString(expected.takeError());
      auto found = runReference(**module, inputs);
      ASSERT_TRUE(bool(found)) << llvm::toString(found.takeError());
      EXPECT_EQ(difference(*found, *expected), "") << "seed " << seed;
      seen.insert(expected->begin(), expected->end());
      roundingMatters |= !before.empty() && before != *expected;
      before = *expected;
    }
  }
  EXPECT_GT(seen.size(), 150u) << "the results say too little";
  EXPECT_TRUE(roundingMatters || !GetParam().roundingMatters);
}

/// Compiled for one row of each family.
TEST_P(TfliteOps, EqualTheOracleOnTargets) {
  Zoo zoo(5, GetParam().type);
  GetParam().add(zoo);
  std::string bytes = zoo.finish();
  for (auto rounding : {TfliteRounding::Reference, TfliteRounding::Single}) {
    if (GetParam().type != ElementType::Int8 &&
        rounding == TfliteRounding::Single)
      continue;
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    loadDialects(context);
    auto module = lowerTflite(bytes, context, rounding);
    ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
    Bytes inputs = randomSamples(sampleBytes(**module), 4, 3);
    auto expected = runOracle(bytes, inputs, rounding);
    ASSERT_TRUE(bool(expected)) << llvm::toString(expected.takeError());
    // The two roundings differ in what Rescale makes, which has tests of its
    // own on every target.
    std::vector<const char *> rows = {"generic", "cortex-m0plus"};
    if (GetParam().type == u8)
      rows = {"x86-64", "cortex-m4"};
    else if (rounding == TfliteRounding::Reference)
      rows = {"x86-64-v3", "armv8", "cortex-m4", "cortex-m0plus"};
    for (const char *target : rows) {
      auto compiled = compile(**module, targetNamed(target));
      ASSERT_TRUE(bool(compiled))
          << target << ": " << llvm::toString(compiled.takeError());
      auto found = runOn(rowOf(target), *compiled, inputs);
      if (!found && found.errorIsA<evaluate::HostLacksFeature>()) {
        llvm::consumeError(found.takeError());
        continue;
      }
      ASSERT_TRUE(bool(found))
          << target << ": " << llvm::toString(found.takeError());
      EXPECT_EQ(difference(*found, *expected), "") << target;
    }
  }
}

/// SIN in float between integer ops is a table of the best codes there are;
/// ops before and after keep their kernels' bytes.
TEST(TfliteMixed, FloatBetweenIntegers) {
  ModelBuilder b;
  using Spec = ModelBuilder::TensorSpec;
  Spec codes{{1, 256}, ElementType::Int8, {}, {0.05f}, {-3}};
  Spec share{{1, 256}, ElementType::Int8, {}, {0.0078125f}, {5}};
  int in = b.tensor("in", codes), high = b.tensor("high", codes);
  int real = b.tensor("real", {{1, 256}}), sine = b.tensor("sine", {{1, 256}});
  int back = b.tensor("back", share), out = b.tensor("out", share);
  b.op(Builtin::Relu, {in}, {high});
  b.op(Builtin::Dequantize, {high}, {real});
  b.op(Builtin::Sin, {real}, {sine});
  b.op(Builtin::Quantize, {sine}, {back});
  b.op(Builtin::Relu, {back}, {out});
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  loadDialects(context);
  auto module =
      lowerTflite(b.finish({in}, {out}), context, TfliteRounding::Reference);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  Bytes inputs, expected;
  for (int code = -128; code < 128; ++code) {
    inputs.push_back(static_cast<uint8_t>(code));
    double x = std::max(code + 3, 0) * static_cast<double>(0.05f);
    double y = std::round(std::sin(x) / 0.0078125) + 5;
    expected.push_back(
        static_cast<uint8_t>(static_cast<int>(std::clamp(y, 5.0, 127.0))));
  }
  auto found = runReference(**module, inputs);
  ASSERT_TRUE(bool(found)) << llvm::toString(found.takeError());
  EXPECT_EQ(difference(*found, expected), "");
}

INSTANTIATE_TEST_SUITE_P(Families, TfliteOps, testing::ValuesIn(families),
                         [](const testing::TestParamInfo<Case> &info) {
                           return std::string(info.param.name);
                         });

} // namespace
