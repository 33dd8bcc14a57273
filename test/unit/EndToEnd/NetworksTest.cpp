// Whole networks on every target row: compiled, run on the row's emulator, and
// compared with the reference interpreter to the byte.
#include "compiler/Driver/Compilation.h"
#include "compiler/Evaluate/Emulator.h"
#include "dialects/QInt/Reference/Reference.h"
#include "test/unit/EndToEnd/Harness.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <random>

using namespace qcc;
using namespace qcc::test;

namespace {

const char images[] = "/usr/share/datasets/fashion-mnist/"
                      "t10k-images-idx3-ubyte.gz";

/// A network as LowerToInt leaves it, samples and what they must give.
struct Network {
  std::unique_ptr<driver::Compilation> compilation;
  Bytes inputs, expected;
  int64_t inputBytes = 0, outputBytes = 0;

  int64_t samples() const { return inputs.size() / inputBytes; }
  llvm::ArrayRef<uint8_t> firstInputs(int64_t n) const {
    return llvm::ArrayRef<uint8_t>(inputs).take_front(n * inputBytes);
  }
  llvm::ArrayRef<uint8_t> firstExpected(int64_t n) const {
    return llvm::ArrayRef<uint8_t>(expected).take_front(n * outputBytes);
  }
};

llvm::Expected<Network> prepare(driver::CompileOptions options, Bytes inputs,
                                int64_t samples) {
  Network network;
  network.compilation =
      std::make_unique<driver::Compilation>(std::move(options));
  if (llvm::Error error = network.compilation->runTo(Phase::LowerToInt))
    return std::move(error);
  auto expected = runReference(network.compilation->module(), inputs);
  if (!expected)
    return expected.takeError();
  network.inputBytes = inputs.size() / samples;
  network.outputBytes = expected->size() / samples;
  network.inputs = std::move(inputs);
  network.expected = std::move(*expected);
  return network;
}

/// A committed network on images that its calibration has not seen.
llvm::Expected<Network> prepareFashion(llvm::StringRef name, int64_t samples) {
  driver::CompileOptions options;
  options.input = (QCC_MODELS "/" + name + ".mlir").str();
  options.inputFormat = {InputFormat::U8, 73, 90};
  options.calibration = images;
  options.calibrationData.begin = 5000;
  options.calibrationData.count = 256;
  data::DatasetOptions range;
  range.end = samples;
  auto dataset = data::loadDataset(images, range);
  if (!dataset)
    return dataset.takeError();
  const auto *bytes =
      reinterpret_cast<const uint8_t *>(dataset->inputs.bytes.data());
  Bytes inputs(bytes, bytes + dataset->inputs.bytes.size());
  return prepare(std::move(options), std::move(inputs), samples);
}

const Network *cached(std::map<std::string, std::optional<Network>> &networks,
                      const std::string &name,
                      llvm::function_ref<llvm::Expected<Network>()> make) {
  auto [entry, fresh] = networks.try_emplace(name);
  if (fresh) {
    auto made = make();
    if (made)
      entry->second = std::move(*made);
    else
      ADD_FAILURE() << name << ": " << llvm::toString(made.takeError());
  }
  return entry->second ? &*entry->second : nullptr;
}

/// Compiles for a row and compares `samples` samples on an emulator.
void check(const Network &network, const Compiled &compiled,
           llvm::StringRef emulator, int64_t samples) {
  samples = std::min(samples, network.samples());
  auto outputs = runOn(emulator, compiled, network.firstInputs(samples));
  if (outputs) {
    EXPECT_EQ(difference(*outputs, network.firstExpected(samples)), "")
        << samples << " samples on " << emulator.str();
    return;
  }
  llvm::Error other = llvm::handleErrors(
      outputs.takeError(), [](const evaluate::HostLacksFeature &missing) {
        llvm::outs() << "not run: " << missing.message() << "\n";
      });
  if (other)
    ADD_FAILURE() << emulator.str() << ": " << llvm::toString(std::move(other));
}

bool isBoard(llvm::StringRef emulator) {
  return evaluate::findEmulator(emulator)->kind ==
         evaluate::EmulatorKind::Board;
}

class NetworksTest
    : public testing::TestWithParam<std::tuple<const char *, std::string>> {
protected:
  static std::map<std::string, std::optional<Network>> networks;
};
std::map<std::string, std::optional<Network>> NetworksTest::networks;

constexpr int64_t kSamples = 100, kBoardSamples = 10;

TEST_P(NetworksTest, EqualsTheReference) {
  if (!llvm::sys::fs::exists(images))
    GTEST_SKIP() << "not run: package dataset-fashion-mnist is absent";
  std::string name = std::get<0>(GetParam());
  const Network *network =
      cached(networks, name, [&] { return prepareFashion(name, kSamples); });
  ASSERT_TRUE(network);
  const targets::Target &target = targetNamed(std::get<1>(GetParam()));
  auto compiled = compile(network->compilation->module(), target);
  if (!compiled)
    FAIL() << llvm::toString(compiled.takeError());
  // 16 KiB of RAM do not hold these networks.
  std::string row = target.emulator == "cortex-m0" ? "cortex-m0-large"
                                                   : target.emulator.str();
  // Emulation shows that only claimed instructions occur; where the host has
  // them too, it runs the rest.
  if (targets::runsOnHost(target))
    check(*network, *compiled, "host", network->samples());
  check(*network, *compiled, row, isBoard(row) ? kBoardSamples : kSamples);
}

std::vector<std::string> targetNames() {
  std::vector<std::string> names;
  for (const targets::Target &target : targets::allTargets())
    names.push_back(target.name.str());
  return names;
}

INSTANTIATE_TEST_SUITE_P(
    Fashion, NetworksTest,
    testing::Combine(testing::Values("fmnist_dscnn", "fmnist_resnet8"),
                     testing::ValuesIn(targetNames())),
    [](const auto &info) {
      return testName(std::string(std::get<0>(info.param)) + "_" +
                      std::get<1>(info.param));
    });

/// f32 constants in TOSA's text.
class TosaText {
public:
  explicit TosaText(unsigned seed) : random(seed) {}

  /// A constant with values in [-bound, bound]; its name.
  std::string constant(const std::string &shape, int64_t elements,
                       double bound) {
    std::uniform_real_distribution<double> values(-bound, bound);
    std::string list;
    for (int64_t i = 0; i < elements; ++i)
      list += fmt::format("{:08X}", bigEndian(float(values(random))));
    std::string name = fmt::format("%c{}", next++);
    text += fmt::format("  {0} = \"tosa.const\"() <{{values = "
                        "dense<\"0x{1}\"> : tensor<{2}xf32>}}> : () -> "
                        "tensor<{2}xf32>\n",
                        name, list, shape);
    return name;
  }

  std::string text;

private:
  static uint32_t bigEndian(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    return __builtin_bswap32(bits);
  }

  std::mt19937 random;
  int next = 0;
};

/// Convolution, depthwise convolution, pooling and a dense layer: 7 KiB of
/// code and data, 1 KiB of arena.
std::string smallNetwork() {
  TosaText t(7);
  t.text = "func.func @main(%x: tensor<1x12x11x1xf32>) -> tensor<1x5xf32> {\n"
           "  %z = \"tosa.const\"() <{values = dense<0.0> : tensor<1xf32>}> : "
           "() -> tensor<1xf32>\n";
  std::string w0 = t.constant("6x3x3x1", 54, 0.5), b0 = t.constant("6", 6, 0.1);
  std::string w1 = t.constant("3x3x6x1", 54, 0.5), b1 = t.constant("6", 6, 0.1);
  std::string w2 = t.constant("7x1x1x6", 42, 0.6), b2 = t.constant("7", 7, 0.1);
  std::string w3 = t.constant("5x1x1x7", 35, 0.6), b3 = t.constant("5", 5, 0.1);
  const char *attributes = "{{acc_type = f32, dilation = array<i64: 1, 1>, pad "
                           "= array<i64: {0}>, stride = array<i64: {1}>}}";
  auto conv = [&](const char *op, const char *result, const char *input,
                  const std::string &w, const std::string &b, const char *pad,
                  const char *stride, const char *in, const char *filter,
                  const char *bias, const char *out) {
    t.text += fmt::format(
        "  {} = tosa.{} {}, {}, {}, %z, %z {} : (tensor<{}xf32>, "
        "tensor<{}xf32>, tensor<{}xf32>, tensor<1xf32>, tensor<1xf32>) -> "
        "tensor<{}xf32>\n",
        result, op, input, w, b,
        fmt::format(fmt::runtime(attributes), pad, stride), in, filter, bias,
        out);
  };
  conv("conv2d", "%0", "%x", w0, b0, "1, 0, 1, 1", "2, 1", "1x12x11x1",
       "6x3x3x1", "6", "1x6x11x6");
  t.text += "  %1 = tosa.clamp %0 {max_val = 3.40282347E+38 : f32, min_val = "
            "0.0 : f32} : (tensor<1x6x11x6xf32>) -> tensor<1x6x11x6xf32>\n";
  conv("depthwise_conv2d", "%2", "%1", w1, b1, "1, 1, 1, 1", "1, 1", "1x6x11x6",
       "3x3x6x1", "6", "1x6x11x6");
  t.text += "  %3 = tosa.add %2, %1 : (tensor<1x6x11x6xf32>, "
            "tensor<1x6x11x6xf32>) -> tensor<1x6x11x6xf32>\n"
            "  %4 = tosa.max_pool2d %3 {kernel = array<i64: 2, 3>, pad = "
            "array<i64: 0, 0, 0, 1>, stride = array<i64: 2, 3>} : "
            "(tensor<1x6x11x6xf32>) -> tensor<1x3x4x6xf32>\n";
  conv("conv2d", "%5", "%4", w2, b2, "0, 0, 0, 0", "1, 1", "1x3x4x6", "7x1x1x6",
       "7", "1x3x4x7");
  t.text += "  %6 = tosa.sigmoid %5 : (tensor<1x3x4x7xf32>) -> "
            "tensor<1x3x4x7xf32>\n"
            "  %7 = tosa.avg_pool2d %6, %z, %z {acc_type = f32, kernel = "
            "array<i64: 3, 4>, pad = array<i64: 0, 0, 0, 0>, stride = "
            "array<i64: 1, 1>} : (tensor<1x3x4x7xf32>, tensor<1xf32>, "
            "tensor<1xf32>) -> tensor<1x1x1x7xf32>\n";
  conv("conv2d", "%8", "%7", w3, b3, "0, 0, 0, 0", "1, 1", "1x1x1x7", "5x1x1x7",
       "5", "1x1x1x5");
  return t.text +
         "  %s = \"tosa.const_shape\"() <{values = dense<[1, 5]> : "
         "tensor<2xindex>}> : () -> !tosa.shape<2>\n"
         "  %9 = tosa.reshape %8, %s : (tensor<1x1x1x5xf32>, !tosa.shape<2>) "
         "-> tensor<1x5xf32>\n  return %9 : tensor<1x5xf32>\n}\n";
}

/// Without calibration, on random bytes, the first sample all 0, the second
/// all 255.
llvm::Expected<Network> prepareSmall() {
  int file;
  llvm::SmallString<128> path;
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("small", "mlir", file, path))
    return llvm::createStringError(error, "cannot make a temporary file");
  llvm::raw_fd_ostream(file, /*shouldClose=*/true) << smallNetwork();
  driver::CompileOptions options;
  options.input = path.str().str();
  options.inputFormat = {InputFormat::U8, 128, 64};
  const int64_t samples = 12;
  std::mt19937 random(3);
  Bytes inputs(samples * 12 * 11);
  for (size_t i = 0; i < inputs.size(); ++i)
    inputs[i] = i < 132 ? 0 : i < 264 ? 255 : random() % 256;
  auto network = prepare(std::move(options), std::move(inputs), samples);
  llvm::sys::fs::remove(path);
  return network;
}

class SmallNetworkTest : public testing::TestWithParam<std::string> {
protected:
  static std::map<std::string, std::optional<Network>> networks;
};
std::map<std::string, std::optional<Network>> SmallNetworkTest::networks;

TEST_P(SmallNetworkTest, EqualsTheReference) {
  const Network *network = cached(networks, "small", prepareSmall);
  ASSERT_TRUE(network);
  const targets::Target &target = targetNamed(GetParam());
  auto compiled = compile(network->compilation->module(), target);
  if (!compiled)
    FAIL() << llvm::toString(compiled.takeError());
  check(*network, *compiled, target.emulator, network->samples());
}

TEST(SmallNetworkSamples, Differ) {
  auto network = prepareSmall();
  ASSERT_TRUE(bool(network)) << llvm::toString(network.takeError());
  std::set<Bytes> outputs;
  for (int64_t i = 0; i < network->samples(); ++i) {
    auto begin = network->expected.begin() + i * network->outputBytes;
    outputs.insert(Bytes(begin, begin + network->outputBytes));
  }
  EXPECT_GE(outputs.size(), 8u);
}

INSTANTIATE_TEST_SUITE_P(Rows, SmallNetworkTest,
                         testing::ValuesIn(targetNames()),
                         [](const auto &info) { return testName(info.param); });

} // namespace
