// The plan that is chosen against plans of the same size that are not.
#include "compiler/Allocate/Allocate.h"
#include "compiler/Allocate/Candidate.h"
#include "compiler/Data/Random.h"

#include "llvm/Support/FileSystem.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::allocate;

namespace {

constexpr char images[] =
    "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";

/// Real networks and data that are not part of the project.
constexpr char shared[] = QCC_MODELS "/../../../shared/";

driver::CompileOptions optionsFor(const std::string &model) {
  driver::CompileOptions options;
  options.input = std::string(QCC_MODELS "/") + model;
  options.target = "x86-64";
  if (model == "kws_fp32.onnx") {
    options.input = std::string(shared) + "models/" + model;
    options.calibration = std::string(shared) + "data/kws01_calibration.npz";
    options.calibrationData.count = 80;
    return options;
  }
  options.inputFormat.kind = InputFormat::U8;
  options.inputFormat.mean = 73;
  options.inputFormat.std = 90.015;
  options.calibration = images;
  options.calibrationData.count = 128;
  return options;
}

using Filters = std::vector<std::pair<std::string, double>>;

double averageBits(const Filters &filters, const quantize::Plan &plan) {
  double bits = 0, weights = 0;
  for (const auto &[name, elements] : filters) {
    bits += elements * plan.weightBits(name);
    weights += elements;
  }
  return bits / weights;
}

void setBits(quantize::Plan &plan, const std::string &layer, unsigned bits) {
  plan.layers[layer].weights = bits;
}

/// 8 bits for the smallest layers, 4 for the others.
quantize::Plan sortedBySize(Filters filters, double budget) {
  llvm::sort(filters, [](const auto &a, const auto &b) {
    return std::make_pair(a.second, a.first) <
           std::make_pair(b.second, b.first);
  });
  quantize::Plan plan = uniformPlan(4, 8);
  for (const auto &[name, elements] : filters) {
    quantize::Plan more = plan;
    setBits(more, name, 8);
    if (averageBits(filters, more) > budget)
      break;
    plan = more;
  }
  return plan;
}

/// Random bits, then random layers raised as long as they fit.
quantize::Plan randomPlan(const Filters &filters, double budget,
                          data::SplitMix64 &random) {
  for (;;) {
    quantize::Plan plan = uniformPlan(8, 8);
    for (const auto &[name, elements] : filters)
      setBits(plan, name, 2u << random.next() % 3);
    if (averageBits(filters, plan) > budget)
      continue;
    for (int i = 0; i < 100; ++i) {
      const std::string &name = filters[random.next() % filters.size()].first;
      quantize::Plan more = plan;
      if (plan.weightBits(name) < 8)
        setBits(more, name, 2 * plan.weightBits(name));
      if (averageBits(filters, more) <= budget)
        plan = more;
    }
    return plan;
  }
}

class PlanQuality : public testing::TestWithParam<const char *> {};

TEST_P(PlanQuality, BeatsOtherPlansOfItsSize) {
  AllocateOptions options;
  options.samples = 128;
  driver::CompileOptions compile = optionsFor(GetParam());
  if (!llvm::sys::fs::exists(compile.input)) {
    fmt::print("not run: {} is not there\n", compile.input);
    return;
  }
  auto allocator = Allocator::create(compile, options);
  ASSERT_TRUE(bool(allocator)) << llvm::toString(allocator.takeError());
  Filters filters = (*allocator)->filters();
  auto divergenceOf = [&](const quantize::Plan &plan) {
    return llvm::cantFail((*allocator)->divergenceOf(plan));
  };
  Budgets budgets;
  budgets.averageBits = 4.4;
  auto chosen = (*allocator)->allocate(budgets);
  ASSERT_TRUE(bool(chosen)) << llvm::toString(chosen.takeError());
  EXPECT_LE(averageBits(filters, chosen->plan), 4.4);
  double ours = divergenceOf(chosen->plan);
  double uniform = divergenceOf(uniformPlan(4, 8));
  double sorted = divergenceOf(sortedBySize(filters, 4.4));
  EXPECT_LT(ours, uniform);
  EXPECT_LE(ours, sorted);
  data::SplitMix64 random(1);
  double best = 1e9;
  for (int i = 0; i < 20; ++i) {
    quantize::Plan plan = randomPlan(filters, 4.4, random);
    best = std::min(best, divergenceOf(plan));
  }
  EXPECT_LE(ours, best);
  fmt::print("{}: divergence {:.5f} chosen, {:.5f} uniform, {:.5f} by size, "
             "{:.5f} the best of 20 random plans\n",
             GetParam(), ours, uniform, sorted, best);
}

INSTANTIATE_TEST_SUITE_P(Networks, PlanQuality,
                         testing::Values("fmnist_dscnn.mlir",
                                         "fmnist_resnet8.mlir",
                                         "kws_fp32.onnx"),
                         [](const auto &row) {
                           return std::to_string(row.index);
                         });

} // namespace
