#include "Network.h"

#include "compiler/Evaluate/Calibrate.h"

#include "mlir/Pass/PassManager.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace qcc::evaluate {
namespace {

using testing::HasSubstr;

constexpr const char *doubled = R"(
  func.func @f(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
    %r = qgraph.add %a, %a {qgraph.layer = "twice"}
      : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
    return %r : tensor<1x2xf32>
  })";

template <typename T>
data::Dataset makeDataset(std::vector<int64_t> shape, std::vector<T> values) {
  data::Dataset dataset;
  dataset.path = "data.npy";
  dataset.inputs = data::Array::from<T>(std::move(shape), values);
  return dataset;
}

TEST(Calibrate, BytesBecomeRealValues) {
  Network network(doubled);
  auto dataset = makeDataset<uint8_t>({3, 2}, {0, 255, 10, 100, 20, 30});
  InputFormat format;
  format.mean = 10;
  format.std = 5;
  int64_t done = 0;
  auto profile = calibrate(network.function(), {dataset}, {format},
                           [&](int64_t count) { done = count; });
  ASSERT_TRUE(bool(profile)) << llvm::toString(profile.takeError());
  EXPECT_EQ(done, 3);
  const quantize::ValueStats *input = profile->find("input0");
  const quantize::ValueStats *layer = profile->find("twice");
  ASSERT_TRUE(input && layer);
  EXPECT_EQ(input->min, -2.0f);
  EXPECT_EQ(input->max, 49.0f);
  EXPECT_EQ(layer->max, 98.0f);
  EXPECT_EQ(layer->samples, 3u);
  EXPECT_EQ(layer->elements, 6u);
}

std::string errorOf(llvm::ArrayRef<data::Dataset> datasets) {
  Network network(doubled);
  auto profile = calibrate(network.function(), datasets, {});
  return profile ? "" : llvm::toString(profile.takeError());
}

/// Statistics become the ranges of all arguments and layers.
TEST(Calibrate, RangesFromAProfile) {
  Network network(doubled);
  auto dataset = makeDataset<float>({3, 2}, {0.5, 1, -3, 2, 0.25, 0});
  auto profile = calibrate(network.function(), {dataset}, {});
  ASSERT_TRUE(bool(profile)) << llvm::toString(profile.takeError());
  QuantizeOptions options;
  options.profile = &*profile;
  options.observer.kind = quantize::ObserverKind::MinMax;
  auto function = network.function();
  mlir::PassManager passes(function.getContext());
  passes.addPass(createAssignRanges(options));
  ASSERT_TRUE(
      succeeded(passes.run(function->getParentOfType<mlir::ModuleOp>())));
  auto ends = [](mlir::Attribute attr) {
    auto array = llvm::dyn_cast_or_null<mlir::DenseF64ArrayAttr>(attr);
    return array ? array.asArrayRef().vec() : std::vector<double>();
  };
  EXPECT_EQ(ends(function.getArgAttr(0, "qgraph.range")),
            (std::vector<double>{-3, 2}));
  EXPECT_EQ(ends(function.front().front().getAttr("qgraph.range")),
            (std::vector<double>{-6, 4}));
}

TEST(Calibrate, Errors) {
  auto good = makeDataset<float>({2, 2}, {1, 2, 3, 4});
  EXPECT_THAT(errorOf({}), HasSubstr("has 1 arguments, got 0 data sets"));
  EXPECT_THAT(errorOf({good, good}),
              HasSubstr("has 1 arguments, got 2 data sets"));
  EXPECT_THAT(errorOf({makeDataset<float>({1, 3}, {1, 2, 3})}),
              HasSubstr("data.npy"));
  EXPECT_THAT(errorOf({makeDataset<float>({1, 2}, {1, NAN})}),
              HasSubstr("data.npy"));
  EXPECT_THAT(errorOf({makeDataset<float>({1, 2}, {1, 3e38f})}),
              HasSubstr("twice"));
}

TEST(Calibrate, DatasetsMustAgreeWithEachOtherAndTheNetwork) {
  Network sum(oneOp({{1, 2}, {1, 2}}, "qgraph.add %a, %b", {1, 2}));
  auto two = makeDataset<float>({2, 2}, {1, 2, 3, 4});
  auto one = makeDataset<float>({1, 2}, {1, 2});
  auto uneven = calibrate(sum.function(), {two, one}, {});
  ASSERT_FALSE(bool(uneven));
  EXPECT_THAT(llvm::toString(uneven.takeError()),
              HasSubstr("has 1 samples, expected 2 as in data.npy"));
  Network batches(oneOp({{2, 2}, {1, 2}}, "qgraph.add %a, %b", {2, 2}));
  auto batch = calibrate(batches.function(), {two, two}, {});
  ASSERT_FALSE(bool(batch));
  EXPECT_THAT(llvm::toString(batch.takeError()),
              HasSubstr("argument 1 must have a leading axis for the samples, "
                        "of size 2 like argument 0"));
  Network pairs(oneOp({{2, 2}}, "qgraph.unary <abs> %a", {2, 2}));
  auto few = calibrate(pairs.function(), {one}, {});
  ASSERT_FALSE(bool(few));
  EXPECT_THAT(llvm::toString(few.takeError()),
              HasSubstr("data.npy has 1 samples, the network takes 2 at once"));
}

/// Two at once say of each sample what one at a time does; the fifth is left.
TEST(Calibrate, GroupsOfSamples) {
  auto five =
      makeDataset<float>({5, 2}, {1, -2, 3, 40, -5, 6, 7, 8, 900, -900});
  auto four = makeDataset<float>({4, 2}, {1, -2, 3, 40, -5, 6, 7, 8});
  Network pairs(oneOp({{2, 2}}, "qgraph.unary <abs> %a", {2, 2}));
  Network single(oneOp({{1, 2}}, "qgraph.unary <abs> %a", {1, 2}));
  int64_t done = 0;
  auto grouped = calibrate(pairs.function(), {five}, {},
                           [&](int64_t count) { done = count; });
  auto each = calibrate(single.function(), {four}, {});
  ASSERT_TRUE(bool(grouped)) << llvm::toString(grouped.takeError());
  ASSERT_TRUE(bool(each)) << llvm::toString(each.takeError());
  EXPECT_EQ(done, 4);
  EXPECT_EQ(grouped->find("input0")->max, 40.0f);
  EXPECT_EQ(grouped->find("input0")->samples, 4u);
  EXPECT_EQ(grouped->serialize(), each->serialize());
}

} // namespace
} // namespace qcc::evaluate
