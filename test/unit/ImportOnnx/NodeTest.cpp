#include "compiler/Import/Support.h"
#include "test/unit/ImportOnnx/NodeRunner.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

using namespace qcc::onnxtest;

namespace {

std::vector<std::string> listedTests() {
  std::vector<std::string> names;
  for (const auto &[name, summary] : readList())
    names.push_back(name);
  return names;
}

struct OnnxNode : testing::TestWithParam<std::string> {};

/// A test that stops passing fails here, and so does one that begins to.
TEST_P(OnnxNode, IsAsListed) {
  if (installedTests().empty())
    GTEST_SKIP() << "not run: libonnx-testdata is not installed";
  std::string path = nodeTests + ("/" + GetParam());
  std::string listed = readList()[GetParam()];
  EXPECT_EQ(summaryOf(runNodeTest(path), listed), listed)
      << "to write the list anew: QCC_ONNX_WRITE_LIST=file "
         "QccOnnxNodeTest --gtest_filter=OnnxNodes.AreAllListed";
}

INSTANTIATE_TEST_SUITE_P(All, OnnxNode, testing::ValuesIn(listedTests()),
                         [](const auto &info) { return info.param; });

/// What `qcc --list-ops` says of operators on f32.
TEST(OnnxNodes, BecomeIntegersAsTheOperatorsSay) {
  std::map<std::string, Quantizable> counts;
  for (const std::string &name : installedTests())
    countQuantizable(nodeTests + ("/" + name), counts);
  for (const qcc::import::OperatorSupport &op : qcc::import::supportedOnnx()) {
    auto found = counts.find(op.name);
    if (found == counts.end() || op.bytes || op.constants)
      continue;
    using qcc::import::Form;
    auto [yes, no] = found->second;
    Form form = !no ? Form::All : yes ? Form::Some : Form::None;
    EXPECT_EQ(static_cast<int>(form), static_cast<int>(op.floats))
        << op.name << ": " << yes << " can be quantized, " << no << " not";
  }
}

TEST(OnnxNodes, AreAllListed) {
  std::vector<std::string> installed = installedTests();
  if (installed.empty())
    GTEST_SKIP() << "not run: libonnx-testdata is not installed";
  if (const char *path = std::getenv("QCC_ONNX_WRITE_LIST")) {
    auto listed = readList();
    std::ofstream file(path);
    for (const std::string &name : installed)
      file << name << " "
           << summaryOf(runNodeTest(nodeTests + ("/" + name)), listed[name])
           << "\n";
  }
  EXPECT_EQ(installed, listedTests());
}

} // namespace
