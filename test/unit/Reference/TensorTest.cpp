#include "dialects/QInt/Reference/Tensor.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace qcc::qint::reference;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

Tensor make(llvm::ArrayRef<int64_t> shape, ElementKind kind,
            std::vector<int64_t> values) {
  Tensor tensor(shape, kind);
  tensor.values = std::move(values);
  return tensor;
}

TEST(Tensor, BytesAreLittleEndian) {
  EXPECT_THAT(make({2}, ElementKind::I16, {-2, 0x1234}).toBytes(),
              ElementsAre(0xfe, 0xff, 0x34, 0x12));
  EXPECT_THAT(make({1}, ElementKind::I32, {-128}).toBytes(),
              ElementsAre(0x80, 0xff, 0xff, 0xff));
  EXPECT_THAT(make({3}, ElementKind::U8, {0, 128, 255}).toBytes(),
              ElementsAre(0, 128, 255));
}

TEST(Tensor, BytesRoundTripAtTheEndsOfEveryKind) {
  for (ElementKind kind :
       {ElementKind::I2, ElementKind::I4, ElementKind::I8, ElementKind::U8,
        ElementKind::I16, ElementKind::I32, ElementKind::I64}) {
    Tensor tensor = make({1, 3}, kind, {minimumOf(kind), 1, maximumOf(kind)});
    auto bytes = tensor.toBytes();
    EXPECT_EQ(static_cast<int64_t>(bytes.size()), 3 * elementBytes(kind));
    EXPECT_EQ(llvm::cantFail(Tensor::fromBytes({1, 3}, kind, bytes)), tensor)
        << nameOf(kind).str();
  }
}

TEST(Tensor, WrongNumberOfBytesIsAnError) {
  EXPECT_THAT(
      llvm::toString(
          Tensor::fromBytes({2, 3}, ElementKind::I16, {1, 2, 3}).takeError()),
      HasSubstr("tensor of 6 elements of type i16 needs 12 bytes, got 3"));
}

TEST(Tensor, IndexIsRowMajor) {
  Tensor tensor = make({2, 3}, ElementKind::I8, {0, 1, 2, 10, 11, 12});
  EXPECT_EQ(tensor.at({1, 2}), 12);
  EXPECT_EQ(tensor.at({0, 1}), 1);
}

TEST(Tensor, EveryIndexIsVisitedInOrder) {
  std::vector<std::vector<int64_t>> seen;
  forEachIndex({2, 1, 2},
               [&](llvm::ArrayRef<int64_t> i) { seen.push_back(i.vec()); });
  EXPECT_THAT(seen, ElementsAre(ElementsAre(0, 0, 0), ElementsAre(0, 0, 1),
                                ElementsAre(1, 0, 0), ElementsAre(1, 0, 1)));
}

TEST(Tensor, ScalarHasOneIndexAndAnEmptyTensorNone) {
  int visits = 0;
  forEachIndex({}, [&](llvm::ArrayRef<int64_t>) { ++visits; });
  EXPECT_EQ(visits, 1);
  forEachIndex({3, 0}, [&](llvm::ArrayRef<int64_t>) { ++visits; });
  EXPECT_EQ(visits, 1);
}

struct TensorAttr : testing::Test {
  mlir::MLIRContext context;
  mlir::Builder builder{&context};

  mlir::RankedTensorType type(llvm::ArrayRef<int64_t> shape,
                              mlir::Type element) {
    return mlir::RankedTensorType::get(shape, element);
  }
};

TEST_F(TensorAttr, ReadsSignedAndUnsignedCodes) {
  auto i8 = mlir::DenseElementsAttr::get(
      type({2}, builder.getIntegerType(8)),
      {llvm::APInt(8, 0x80), llvm::APInt(8, 0x7f)});
  EXPECT_THAT(llvm::cantFail(Tensor::fromAttr(i8)).values,
              ElementsAre(-128, 127));
  auto u8 = mlir::DenseElementsAttr::get(
      type({2}, builder.getIntegerType(8, false)),
      {llvm::APInt(8, 0x80), llvm::APInt(8, 0x7f)});
  EXPECT_THAT(llvm::cantFail(Tensor::fromAttr(u8)).values,
              ElementsAre(128, 127));
}

TEST_F(TensorAttr, ReadsSplats) {
  auto splat = mlir::DenseElementsAttr::get(
      type({2, 2}, builder.getIntegerType(4)), llvm::APInt(4, 8));
  EXPECT_THAT(llvm::cantFail(Tensor::fromAttr(splat)).values,
              ElementsAre(-8, -8, -8, -8));
}

TEST_F(TensorAttr, ReadsResources) {
  static const char bytes[] = {1, 0, -1, -1};
  auto attr = mlir::DenseResourceElementsAttr::get(
      type({2}, builder.getIntegerType(16)), "r",
      mlir::UnmanagedAsmResourceBlob::allocateInferAlign(
          llvm::ArrayRef<char>(bytes)));
  EXPECT_THAT(llvm::cantFail(Tensor::fromAttr(attr)).values,
              ElementsAre(1, -1));
}

TEST_F(TensorAttr, FloatsAreAnError) {
  auto attr =
      mlir::DenseElementsAttr::get(type({1}, builder.getF32Type()), {1.0f});
  EXPECT_THAT(llvm::toString(Tensor::fromAttr(attr).takeError()),
              HasSubstr("element type f32 is not one of i2, i4, i8, ui8, i16"));
}

TEST_F(TensorAttr, HugeTensorsAreAnError) {
  auto huge = type({1 << 20, 1 << 9}, builder.getIntegerType(8));
  EXPECT_THAT(llvm::toString(Tensor::zeros(huge).takeError()),
              HasSubstr("tensor has 536870912 elements, the reference takes at "
                        "most 268435456"));
}

TEST_F(TensorAttr, DynamicShapesAreAnError) {
  auto dynamic = type({mlir::ShapedType::kDynamic}, builder.getIntegerType(8));
  EXPECT_THAT(llvm::toString(Tensor::zeros(dynamic).takeError()),
              HasSubstr("no static shape"));
}

} // namespace
