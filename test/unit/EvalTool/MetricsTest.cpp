#include "compiler/tools/qcc-eval/Metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace qcc::eval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Metrics, TheFirstLargestElementIsTheClass) {
  EXPECT_THAT(argmaxRows({1, 5, 5, -2, -3, -1}, 2), ElementsAre(1, 2));
  EXPECT_DOUBLE_EQ(top1({1, 5, 5, -2, -3, -1}, {1, 0}), 0.5);
  EXPECT_DOUBLE_EQ(top1({}, {}), 0);
}

TEST(Metrics, AnOnlyElementIsTheClass) {
  EXPECT_THAT(argmaxRows({3, 0, 7}, 3), ElementsAre(3, 0, 7));
}

TEST(Metrics, NoiseInDecibels) {
  evaluate::NoiseSum noise;
  EXPECT_FALSE(noise.decibels());
  noise.add({3, 0}, {3, 0});
  EXPECT_FALSE(noise.decibels()) << "no noise";
  noise.add({0, 4}, {0.5, 4});
  // 25 / 0.25 is a factor of 100.
  EXPECT_DOUBLE_EQ(*noise.decibels(), 20);
}

Evaluation example() {
  Evaluation evaluation{"m.mlir", "generic", "d.npz", {}, {}};
  Result result;
  result.way = "float";
  result.calibration = "-";
  result.samples = 8;
  result.top1 = 0.875;
  evaluation.results.push_back(result);
  result.way = "reference";
  result.differing = 0;
  result.sqnr = 31.25;
  evaluation.results.push_back(result);
  evaluation.layers.push_back({"conv\xff", std::nullopt});
  return evaluation;
}

TEST(Metrics, Text) {
  std::string text;
  llvm::raw_string_ostream os(text);
  Evaluation evaluation = example();
  printText(evaluation, os);
  EXPECT_THAT(text, HasSubstr("    87.50 %"));
  EXPECT_THAT(text, HasSubstr("31.25 dB"));
  EXPECT_THAT(text, Not(HasSubstr("differ")));
  evaluation.results.back().differing = 3;
  printText(evaluation, os);
  EXPECT_THAT(text, HasSubstr("reference: 3 outputs differ from the first "
                              "integer way, expected none"));
}

TEST(Metrics, Json) {
  std::string json = toJson(example());
  EXPECT_THAT(json, HasSubstr("\"top1\": 0.875"));
  EXPECT_THAT(json, HasSubstr("\"sqnr_db\": 31.25"));
  EXPECT_THAT(json, HasSubstr("\"differing\": 0"));
  EXPECT_THAT(json, HasSubstr("\"agreement\": null"));
}

} // namespace
} // namespace qcc::eval
