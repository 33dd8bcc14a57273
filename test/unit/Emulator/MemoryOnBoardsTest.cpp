//===- MemoryOnBoardsTest.cpp - memcpy and family on every processor ------===//

#include "compiler/Evaluate/Emulator.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"

#include "gtest/gtest.h"

using namespace llvm;
using namespace qcc::evaluate;

namespace {

class MemoryOnBoards : public testing::TestWithParam<const char *> {};

INSTANTIATE_TEST_SUITE_P(Rows, MemoryOnBoards,
                         testing::Values("host", "aarch64-cortex-a53",
                                         "cortex-m0", "cortex-m3", "cortex-m4",
                                         "cortex-m55"),
                         [](const testing::TestParamInfo<const char *> &info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// test/runtime/memory_model.c counts its cases and those that failed.
TEST_P(MemoryOnBoards, CopiesAndFills) {
  Expected<Emulator> emulator = Emulator::create(*findEmulator(GetParam()));
  if (!emulator)
    FAIL() << toString(emulator.takeError());
  SmallString<128> object;
  sys::fs::createTemporaryFile("memory", "o", object);
  Error error =
      emulator->compile(QCC_FAKE_MODEL "/memory_model.c", object, {"-O1"});
  if (error)
    FAIL() << toString(std::move(error));
  Expected<EmulatedModel> model = emulator->build(
      {std::string(object), QCC_FAKE_MODEL "/memory_model.h", "memory"});
  sys::fs::remove(object);
  if (!model)
    FAIL() << toString(model.takeError());
  const uint8_t seed = 3;
  Expected<RunResult> result = model->run(seed);
  if (!result)
    FAIL() << toString(result.takeError());
  ASSERT_EQ(result->outputs.size(), 8u);
  EXPECT_EQ(support::endian::read32le(&result->outputs[0]), 0u);
  EXPECT_GT(support::endian::read32le(&result->outputs[4]), 8u * 44 * 25);
}

} // namespace
