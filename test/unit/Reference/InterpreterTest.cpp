#include "dialects/QInt/QInt.h"
#include "dialects/QInt/Reference/Reference.h"

#include "mlir/Parser/Parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace qcc::qint::reference;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr const char *twoLayers = R"(
func.func @main(%x: tensor<2x2xi8>, %y: tensor<2x2xui8>)
    -> (tensor<2x2xi32>, tensor<2x2xi8>) {
  %c = qint.constant dense<[[1], [-2]]> : tensor<2x1xi8> -> tensor<2x1xi8>
  %0 = qint.kernel "first" (%x, %c) {
  ^bb0(%a: tensor<2x2xi8>, %b: tensor<2x1xi8>):
    %2 = qint.maximum %a, %b
        : (tensor<2x2xi8>, tensor<2x1xi8>) -> tensor<2x2xi8>
    qint.yield %2 : tensor<2x2xi8>
  } : (tensor<2x2xi8>, tensor<2x1xi8>) -> tensor<2x2xi8>
  %1 = qint.mul %0, %y {lhs_zero_point = 0 : i32, rhs_zero_point = 1 : i32}
      : (tensor<2x2xi8>, tensor<2x2xui8>) -> tensor<2x2xi32>
  return %1, %0 : tensor<2x2xi32>, tensor<2x2xi8>
})";

struct InterpreterTest : testing::Test {
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;

  mlir::func::FuncOp parse(const char *text) {
    context.loadDialect<qcc::qint::QIntDialect, mlir::func::FuncDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    return *module->getOps<mlir::func::FuncOp>().begin();
  }

  static Tensor codes(ElementKind kind, std::vector<int64_t> values) {
    Tensor tensor({2, 2}, kind);
    tensor.values = std::move(values);
    return tensor;
  }
  Tensor x = codes(ElementKind::I8, {-128, 5, -3, 127});
  Tensor y = codes(ElementKind::U8, {0, 2, 3, 255});
};

TEST_F(InterpreterTest, RunsKernelsAndSeveralResults) {
  auto results = llvm::cantFail(interpret(parse(twoLayers), {x, y}));
  ASSERT_EQ(results.size(), 2u);
  EXPECT_THAT(results[0].values, ElementsAre(-1, 5, -4, 127 * 254));
  EXPECT_EQ(results[0].kind, ElementKind::I32);
  EXPECT_THAT(results[1].values, ElementsAre(1, 5, -2, 127));
}

TEST_F(InterpreterTest, TraceSeesBodiesBeforeTheirKernels) {
  std::vector<std::string> seen;
  auto trace = [&](mlir::Operation *op, const Tensor &value) {
    seen.push_back(op->getName().stripDialect().str() + " " +
                   std::to_string(value.values[0]));
  };
  llvm::cantFail(interpret(parse(twoLayers), {x, y}, trace));
  EXPECT_THAT(seen,
              ElementsAre("constant 1", "maximum 1", "kernel 1", "mul -1"));
}

TEST_F(InterpreterTest, RunsAgainWithOtherInputs) {
  Interpreter interpreter(parse(twoLayers));
  auto first = llvm::cantFail(interpreter.run({x, y}));
  x.values = {2, 2, 2, 2};
  auto second = llvm::cantFail(interpreter.run({x, y}));
  EXPECT_THAT(first[1].values, ElementsAre(1, 5, -2, 127));
  EXPECT_THAT(second[1].values, ElementsAre(2, 2, 2, 2));
}

TEST_F(InterpreterTest, WrongInputsAreErrors) {
  mlir::func::FuncOp function = parse(twoLayers);
  EXPECT_THAT(llvm::toString(interpret(function, {x}).takeError()),
              HasSubstr("function 'main' takes 2 inputs, got 1"));
  EXPECT_THAT(llvm::toString(interpret(function, {x, x}).takeError()),
              HasSubstr("input 1 of function 'main' is 2x2xi8, expected "
                        "2x2xui8"));
  y.shape = {4, 1};
  EXPECT_THAT(llvm::toString(interpret(function, {x, y}).takeError()),
              HasSubstr("is 4x1xui8, expected 2x2xui8"));
}

TEST_F(InterpreterTest, InputsOutsideTheirTypeAreErrors) {
  y.values[3] = 256;
  EXPECT_THAT(
      llvm::toString(interpret(parse(twoLayers), {x, y}).takeError()),
      HasSubstr("input 1 of function 'main' holds 256, which ui8 does not"));
}

TEST_F(InterpreterTest, DeclarationsAreErrors) {
  EXPECT_THAT(llvm::toString(
                  interpret(parse("func.func private @f()"), {}).takeError()),
              HasSubstr("function 'f' has no body"));
}

TEST_F(InterpreterTest, OtherOpsAreErrors) {
  auto function = parse("func.func @f() { func.call @f() : () -> () return }");
  EXPECT_THAT(llvm::toString(interpret(function, {}).takeError()),
              HasSubstr("'func.call': the reference runs only ops with one "
                        "result"));
}

TEST_F(InterpreterTest, OverflowNamesTheLayerOfItsKernel) {
  auto function = parse(R"(
func.func @main(%x: tensor<1x1x1x1xi8>) -> tensor<1x1x1x1xi32> {
  %w = qint.constant dense<-128> : tensor<1x1x1x1xi8> -> tensor<1x1x1x1xi8>
  %b = qint.constant dense<-2147483647> : tensor<1xi32> -> tensor<1xi32>
  %0 = qint.kernel "conv7" (%x, %w, %b) {
  ^bb0(%i: tensor<1x1x1x1xi8>, %f: tensor<1x1x1x1xi8>, %c: tensor<1xi32>):
    %1 = qint.conv2d %i, %f, %c {strides = array<i64: 1, 1>,
        pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
        groups = 1 : i64, pad_value = 0 : i32}
        : (tensor<1x1x1x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>)
        -> tensor<1x1x1x1xi32>
    qint.yield %1 : tensor<1x1x1x1xi32>
  } : (tensor<1x1x1x1xi8>, tensor<1x1x1x1xi8>, tensor<1xi32>)
      -> tensor<1x1x1x1xi32>
  return %0 : tensor<1x1x1x1xi32>
})");
  Tensor one({1, 1, 1, 1}, ElementKind::I8);
  one.values = {1};
  EXPECT_THAT(llvm::toString(interpret(function, {one}).takeError()),
              HasSubstr("'qint.conv2d' of layer 'conv7': result -2147483775 "
                        "does not fit i32"));
  one.values = {0};
  EXPECT_THAT(llvm::cantFail(interpret(function, {one}))[0].values,
              ElementsAre(-2147483647));
}

} // namespace
