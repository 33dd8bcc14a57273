// Builders infer the type that the op's verifier expects, and leave what does
// not fit to it.
#include "dialects/QGraph/Build.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace qcc::qgraph {
namespace {

using mlir::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using Shape = llvm::SmallVector<int64_t>;

class Build : public testing::Test {
protected:
  Build() : builder(&context), loc(builder.getUnknownLoc()) {
    context.loadDialect<QGraphDialect, mlir::func::FuncDialect>();
    module = mlir::ModuleOp::create(loc);
    builder.setInsertionPointToStart(module->getBody());
  }

  Value value(llvm::ArrayRef<int64_t> shape) {
    return build::splat(builder, loc, shape, 1);
  }

  /// The shape of a value whose op is valid; else the verifier's message fails
  /// the test.
  Shape shapeOf(Value made) {
    EXPECT_EQ(messageOf(made), "");
    return Shape(build::shapeOf(made));
  }

  /// What the verifier says about the op.
  std::string messageOf(Value made) {
    std::string text;
    mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](mlir::Diagnostic &diagnostic) {
                                            text += diagnostic.str();
                                            return mlir::success();
                                          });
    if (failed(mlir::verify(made.getDefiningOp())) && text.empty())
      text = "no message";
    return text;
  }

  mlir::MLIRContext context;
  mlir::OpBuilder builder;
  mlir::Location loc;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

TEST_F(Build, Windows) {
  Value image = value({2, 9, 7, 4}), filter = value({6, 3, 2, 2});
  Value bias = value({6});
  EXPECT_THAT(shapeOf(build::conv2d(builder, loc, image, filter, bias, {2, 1},
                                    {1, 0, 0, 2}, {1, 3}, 2)),
              ElementsAre(2, 4, 6, 6));
  EXPECT_THAT(
      shapeOf(build::transposeConv2d(builder, loc, image, value({6, 3, 2, 4}),
                                     bias, {2, 3}, {-1, 1, 0, 2})),
      ElementsAre(2, 19, 22, 6));
  EXPECT_THAT(shapeOf(build::avgPool2d(builder, loc, image, {3, 2}, {2, 3},
                                       {1, 1, 0, 1}, true)),
              ElementsAre(2, 5, 3, 4));
  EXPECT_THAT(shapeOf(build::maxPool2d(builder, loc, image, {3, 2}, {2, 3},
                                       {0, 0, 0, 0})),
              ElementsAre(2, 4, 2, 4));
  EXPECT_THAT(shapeOf(build::resize(builder, loc, ResizeMode::Bilinear, image,
                                    {4, 2, 2, 1}, {-1, 0}, {1, 1})),
              ElementsAre(2, 18, 14, 4));
}

TEST_F(Build, Products) {
  EXPECT_THAT(
      shapeOf(build::matmul(builder, loc, value({2, 3, 5}), value({2, 5, 7}))),
      ElementsAre(2, 3, 7));
  EXPECT_THAT(shapeOf(build::linear(builder, loc, value({2, 3, 5}),
                                    value({7, 1, 1, 5}), value({7}))),
              ElementsAre(2, 3, 7));
  EXPECT_THAT(shapeOf(build::linear(builder, loc, value({5}),
                                    value({7, 1, 1, 5}), value({7}))),
              ElementsAre(7));
}

TEST_F(Build, BinariesExpandTheSmallerRank) {
  EXPECT_THAT(
      shapeOf(build::binary<DivOp>(builder, loc, value({2, 3, 1}), value({5}))),
      ElementsAre(2, 3, 5));
  EXPECT_THAT(
      shapeOf(build::binary<PowOp>(builder, loc, value({}), value({4, 1}))),
      ElementsAre(4, 1));
  EXPECT_THAT(shapeOf(build::binary<AddOp>(builder, loc, value({}), value({}))),
              ElementsAre());
  EXPECT_THAT(
      messageOf(build::binary<SubOp>(builder, loc, value({3}), value({2, 4}))),
      HasSubstr("expected no axis of size 0"));
}

TEST_F(Build, SelectExpandsAllThree) {
  auto type = mlir::RankedTensorType::get({3}, builder.getI1Type());
  auto condition = mlir::DenseElementsAttr::get(
      type, llvm::ArrayRef<bool>{true, false, true});
  EXPECT_THAT(
      shapeOf(build::select(builder, loc, condition, value({2, 1}), value({}))),
      ElementsAre(2, 3));
  EXPECT_THAT(
      messageOf(build::select(builder, loc, condition, value({2}), value({1}))),
      HasSubstr("expected no axis of size 0"));
}

TEST_F(Build, SameShape) {
  Value x = value({2, 3, 4}), row = value({4}), plane = value({3, 4});
  EXPECT_THAT(shapeOf(build::unary(builder, loc, UnaryKind::Elu, x, 0.5f)),
              ElementsAre(2, 3, 4));
  EXPECT_THAT(shapeOf(build::clamp(builder, loc, x, -1, 1)),
              ElementsAre(2, 3, 4));
  EXPECT_THAT(shapeOf(build::softmax(builder, loc, x, 1)),
              ElementsAre(2, 3, 4));
  EXPECT_THAT(shapeOf(build::layerNorm(builder, loc, x, plane, plane, 1, 0.5f)),
              ElementsAre(2, 3, 4));
  EXPECT_THAT(shapeOf(build::rmsNorm(builder, loc, x, row, 2, 0)),
              ElementsAre(2, 3, 4));
  EXPECT_THAT(
      shapeOf(build::batchNorm(builder, loc, x, row, row, row, row, 0.5f)),
      ElementsAre(2, 3, 4));
}

TEST_F(Build, Reductions) {
  Value x = value({2, 3, 4});
  EXPECT_THAT(shapeOf(build::reduce(builder, loc, ReduceKind::Mean, x, {0, 2})),
              ElementsAre(1, 3, 1));
  Value index = build::argmax(builder, loc, x, 1, builder.getI32Type());
  EXPECT_THAT(shapeOf(index), ElementsAre(2, 4));
  EXPECT_TRUE(build::typeOf(index).getElementType().isInteger(32));
}

TEST_F(Build, Movement) {
  Value x = value({2, 3, 4});
  EXPECT_THAT(shapeOf(build::concat(builder, loc, {x, value({2, 5, 4})}, 1)),
              ElementsAre(2, 8, 4));
  EXPECT_THAT(
      shapeOf(build::slice(builder, loc, x, {0, 1, 0}, {2, 1, 2}, {1, 1, 3})),
      ElementsAre(2, 1, 2));
  EXPECT_THAT(shapeOf(build::sliceAxis(builder, loc, x, 2, 1, 3)),
              ElementsAre(2, 3, 3));
  EXPECT_THAT(shapeOf(build::pad(builder, loc, x, {0, 1, 2}, {3, 0, -1})),
              ElementsAre(5, 4, 5));
  EXPECT_THAT(shapeOf(build::tile(builder, loc, x, {1, 2, 3})),
              ElementsAre(2, 6, 12));
  EXPECT_THAT(shapeOf(build::gather(builder, loc, x, {2, 2, 0, 1, 1}, 1)),
              ElementsAre(2, 5, 4));
  EXPECT_THAT(shapeOf(build::transpose(builder, loc, x, {2, 0, 1})),
              ElementsAre(4, 2, 3));
  EXPECT_THAT(shapeOf(build::reshape(builder, loc, x, {6, 4})),
              ElementsAre(6, 4));
}

TEST_F(Build, NothingToDo) {
  Value x = value({2, 3});
  EXPECT_EQ(build::reshape(builder, loc, x, {2, 3}), x);
  EXPECT_EQ(build::transpose(builder, loc, x, {0, 1}), x);
  EXPECT_EQ(build::expandRank(builder, loc, x, 2), x);
  EXPECT_EQ(build::expandRank(builder, loc, x, 1), x);
}

/// Nothing here may assert or overflow.
TEST_F(Build, WhatDoesNotFitIsLeftToTheVerifier) {
  constexpr int64_t huge = std::numeric_limits<int64_t>::max();
  Value image = value({1, 5, 5, 2}), filter = value({3, 7, 1, 2});
  Value bias = value({3}), x = value({2, 3});
  auto conv = [&](llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> pads,
                  llvm::ArrayRef<int64_t> dilations) {
    return messageOf(build::conv2d(builder, loc, image, filter, bias, strides,
                                   pads, dilations, 1));
  };
  EXPECT_NE(conv({1, 1}, {0, 0, 0, 0}, {1, 1}), "");
  EXPECT_NE(conv({0, 1}, {9, 0, 0, 0}, {1, 1}), "");
  EXPECT_NE(conv({}, {}, {}), "");
  EXPECT_NE(conv({1, 1}, {huge, huge, 0, 0}, {huge, huge}), "");
  EXPECT_NE(messageOf(build::conv2d(builder, loc, x, x, x, {1, 1}, {0, 0, 0, 0},
                                    {1, 1}, 1)),
            "");
  EXPECT_NE(messageOf(build::maxPool2d(builder, loc, x, {2, 2}, {1, 1},
                                       {0, 0, 0, 0})),
            "");
  EXPECT_NE(messageOf(build::softmax(builder, loc, x, 2)), "");
  EXPECT_NE(messageOf(build::reduce(builder, loc, ReduceKind::Sum, x, {-1})),
            "");
  EXPECT_NE(messageOf(build::concat(builder, loc, {x, x}, 5)), "");
  EXPECT_NE(messageOf(build::sliceAxis(builder, loc, x, -3, 0, 1)), "");
  EXPECT_NE(messageOf(build::slice(builder, loc, x, {0, 0}, {-4, 1}, {1, 1})),
            "");
  EXPECT_NE(messageOf(build::pad(builder, loc, x, {huge, 0}, {huge, 0})), "");
  EXPECT_NE(messageOf(build::pad(builder, loc, x, {}, {})), "");
  EXPECT_NE(messageOf(build::tile(builder, loc, x, {huge, huge})), "");
  EXPECT_NE(messageOf(build::transpose(builder, loc, x, {7, 0})), "");
  EXPECT_NE(messageOf(build::transpose(builder, loc, x, {0})), "");
  EXPECT_NE(messageOf(build::gather(builder, loc, x, {0}, 9)), "");
  EXPECT_NE(messageOf(build::reshape(builder, loc, x, {-1, 6})), "");
  EXPECT_NE(messageOf(build::resize(builder, loc, ResizeMode::Nearest, image,
                                    {0, 0, 0, 0}, {0, 0}, {0, 0})),
            "");
  EXPECT_NE(messageOf(build::argmax(builder, loc, x, 2, builder.getI32Type())),
            "");
  EXPECT_NE(messageOf(build::matmul(builder, loc, x, x)), "");
}

} // namespace
} // namespace qcc::qgraph
