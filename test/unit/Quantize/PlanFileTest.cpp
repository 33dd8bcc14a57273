//===- PlanFileTest.cpp ---------------------------------------------------===//

#include "passes/Quantize/Plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace qcc::quantize;

namespace {

Plan sample() {
  Plan plan;
  plan.network = "0123456789abcdef";
  plan.note = "loss in nats";
  plan.weights = 4;
  plan.layers["conv1"].weights = 2;
  plan.layers["conv1"].activations = 16;
  plan.layers["conv1"].score = 0.125;
  plan.layers["conv1"].note = "by \"hand\"";
  plan.layers["input0"].activations = 4;
  return plan;
}

std::string parseError(const std::string &text) {
  auto parsed = Plan::parse(text, "f.qplan");
  return parsed ? "success" : llvm::toString(parsed.takeError());
}

/// The least plan with `layers` as its layers.
std::string withLayers(const std::string &layers) {
  return R"({"format":"qplan","version":1,"layers":[)" + layers + "]}";
}

TEST(PlanFile, TextIsReadable) {
  EXPECT_EQ(sample().serialize(),
            R"({"format":"qplan","version":1,"network":"0123456789abcdef",)"
            R"("note":"loss in nats","weights":4,"activations":8,"layers":[
{"layer":"conv1","weights":2,"activations":16,"score":0.125,"note":"by \"hand\""},
{"layer":"input0","activations":4}
]}
)");
}

TEST(PlanFile, ReadsBackExactly) {
  std::string text = sample().serialize();
  auto back = Plan::parse(text, "f.qplan");
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(back->serialize(), text);
  EXPECT_EQ(back->source, "f.qplan");
}

TEST(PlanFile, LayersWithoutBitsHaveTheDefault) {
  Plan plan = sample();
  EXPECT_EQ(plan.weightBits("conv1"), 2u);
  EXPECT_EQ(plan.weightBits("input0"), 4u);
  EXPECT_EQ(plan.weightBits("conv2"), 4u);
  EXPECT_EQ(plan.activationBits("conv1"), 16u);
  EXPECT_EQ(plan.activationBits("conv2"), 8u);
}

TEST(PlanFile, LeastTextIsEightBits) {
  auto plan = Plan::parse(withLayers(""), "f.qplan");
  ASSERT_TRUE(bool(plan)) << llvm::toString(plan.takeError());
  EXPECT_EQ(plan->weightBits("any"), 8u);
  EXPECT_EQ(plan->activationBits("any"), 8u);
}

TEST(PlanFile, ErrorsNameFileAndLayer) {
  EXPECT_EQ(parseError("{"),
            "f.qplan: not a .qplan file: invalid JSON at byte 2");
  EXPECT_EQ(parseError("[]"), "f.qplan: expected an object");
  EXPECT_EQ(parseError(R"({"format":"qprof","version":1,"layers":[]})"),
            "f.qplan: 'format' is not 'qplan'");
  EXPECT_EQ(parseError(R"({"format":"qplan","version":2,"layers":[]})"),
            "f.qplan: version is not 1");
  EXPECT_EQ(parseError(R"({"format":"qplan","version":1})"),
            "f.qplan: no field 'layers'");
  EXPECT_EQ(parseError(R"({"format":"qplan","version":1,"layers":[],"x":0})"),
            "f.qplan: unknown fields");
  EXPECT_EQ(parseError(R"({"format":"qplan","format":"qplan"})"),
            "f.qplan: not a .qplan file: field 'format' is there twice");
  EXPECT_EQ(parseError(withLayers(R"({"layer":"a"})")),
            "f.qplan: layer 'a': expected 'weights', 'activations' or 'form'");
  EXPECT_EQ(parseError(withLayers(R"({"layer":"a","weights":16})")),
            "f.qplan: layer 'a': 'weights' is 16, expected 2, 4, 6 or 8");
  EXPECT_EQ(parseError(withLayers(R"({"layer":"a","weights":"4"})")),
            "f.qplan: layer 'a': 'weights' is \"4\", expected 2, 4, 6 or 8");
  EXPECT_EQ(parseError(withLayers(R"({"layer":"a","activations":-4})")),
            "f.qplan: layer 'a': 'activations' is -4, expected 4, 6, 8 or 16");
  EXPECT_EQ(parseError(withLayers(R"({"layer":"a","form":"lut"})")),
            "f.qplan: layer 'a': 'form' is \"lut\", expected polynomial, "
            "shift or table");
  EXPECT_EQ(parseError(withLayers(R"({"layer":"a","weights":4,"bits":4})")),
            "f.qplan: layer 'a': unknown fields");
  EXPECT_EQ(parseError(withLayers(
                R"({"layer":"a","weights":4},{"layer":"a","weights":8})")),
            "f.qplan: layer 'a' is there twice");
  EXPECT_EQ(parseError(withLayers(R"({"weights":4})")),
            "f.qplan: layer '': no field 'layer'");
}

TEST(PlanFile, MissingFileIsNamed) {
  auto plan = Plan::read("no/such.qplan");
  ASSERT_FALSE(bool(plan));
  EXPECT_EQ(llvm::toString(plan.takeError()),
            "cannot read no/such.qplan: No such file or directory");
}

} // namespace
