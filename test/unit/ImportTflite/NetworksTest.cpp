// The MLPerf Tiny networks, quantized by TensorFlow: what qcc compiles gives
// the codes of TensorFlow Lite's kernels.
#include "test/unit/ImportTflite/Integer.h"

#include "compiler/Data/Dataset.h"
#include "compiler/Data/Random.h"
#include "compiler/Evaluate/Emulator.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

struct Network {
  const char *file;
  const char *data;  ///< "": random codes
  const char *array; ///< in the data's file
  bool isByteImage;  ///< codes are bytes less 128
  size_t samples;
};

void PrintTo(const Network &network, std::ostream *os) { *os << network.file; }

constexpr Network networks[] = {
    {"kws_int8.tflite", "kws01_test.npz", "x_int8", false, 500},
    {"ic01_int8.tflite", "cifar10_jpg_test.npz", "x", true, 500},
    {"ad01_int8.tflite", "", "", false, 500},
};

std::string shared(const std::string &path) {
  return std::string(QCC_SHARED) + "/" + path;
}

/// Codes of the data, then random ones.
Bytes samplesOf(const Network &network, size_t sampleBytes) {
  Bytes codes;
  if (*network.data) {
    data::DatasetOptions options;
    options.inputs = network.array;
    auto dataset =
        data::loadDataset(shared(std::string("data/") + network.data), options);
    if (!dataset) {
      ADD_FAILURE() << llvm::toString(dataset.takeError());
      return codes;
    }
    const auto *from =
        reinterpret_cast<const uint8_t *>(dataset->inputs.bytes.data());
    codes.assign(from, from + std::min(dataset->inputs.bytes.size(),
                                       network.samples * sampleBytes));
    if (network.isByteImage)
      for (uint8_t &code : codes)
        code ^= 128;
  }
  data::SplitMix64 random(7);
  while (codes.size() < network.samples * sampleBytes)
    codes.push_back(static_cast<uint8_t>(random.next()));
  return codes;
}

class TfliteNetworks : public testing::TestWithParam<Network> {
protected:
  void SetUp() override {
    std::string path = shared(std::string("models/") + GetParam().file);
    if (!llvm::sys::fs::exists(path))
      GTEST_SKIP() << "not run: " << path << " is not there";
    auto buffer = llvm::MemoryBuffer::getFile(path);
    ASSERT_TRUE(bool(buffer));
    bytes = (*buffer)->getBuffer().str();
    loadDialects(context);
  }

  /// Compiled for a target, on `count` samples.
  void compare(const char *target, size_t count, TfliteRounding rounding) {
    auto module = lowerTflite(bytes, context, rounding);
    ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
    size_t size = sampleBytes(**module);
    Bytes inputs = samplesOf(GetParam(), size);
    inputs.resize(count * size);
    auto expected = runOracle(bytes, inputs, rounding);
    ASSERT_TRUE(bool(expected)) << llvm::toString(expected.takeError());
    auto compiled = compile(**module, targetNamed(target));
    ASSERT_TRUE(bool(compiled)) << llvm::toString(compiled.takeError());
    auto found = runOn(rowOf(target), *compiled, inputs);
    if (!found && found.errorIsA<evaluate::HostLacksFeature>())
      GTEST_SKIP() << "not run: " << llvm::toString(found.takeError());
    ASSERT_TRUE(bool(found)) << llvm::toString(found.takeError());
    EXPECT_EQ(difference(*found, *expected), "") << target;
    std::set<uint8_t> seen(expected->begin(), expected->end());
    EXPECT_GT(seen.size(), count < 50 ? 3u : 20u) << "this says too little";
  }

  std::string bytes;
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
};

TEST_P(TfliteNetworks, OnTheHost) {
  compare("generic", GetParam().samples, TfliteRounding::Reference);
}
TEST_P(TfliteNetworks, OnTheHostWithOneRounding) {
  compare("generic", 50, TfliteRounding::Single);
}
TEST_P(TfliteNetworks, OnX86) {
  compare("x86-64-v3", 50, TfliteRounding::Reference);
}
TEST_P(TfliteNetworks, OnArmv8) {
  compare("armv8", 10, TfliteRounding::Reference);
}
TEST_P(TfliteNetworks, OnCortexM4) {
  compare("cortex-m4", 2, TfliteRounding::Reference);
}

/// The interpreter that defines qint, on few samples.
TEST_P(TfliteNetworks, InTheReference) {
  auto module = lowerTflite(bytes, context, TfliteRounding::Reference);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  Bytes inputs = samplesOf(GetParam(), sampleBytes(**module));
  inputs.resize(2 * sampleBytes(**module));
  auto expected = runOracle(bytes, inputs, TfliteRounding::Reference);
  auto found = runReference(**module, inputs);
  ASSERT_TRUE(bool(expected)) << llvm::toString(expected.takeError());
  ASSERT_TRUE(bool(found)) << llvm::toString(found.takeError());
  EXPECT_EQ(difference(*found, *expected), "");
}

INSTANTIATE_TEST_SUITE_P(MlperfTiny, TfliteNetworks,
                         testing::ValuesIn(networks),
                         [](const testing::TestParamInfo<Network> &info) {
                           return testName(info.param.file);
                         });

} // namespace
