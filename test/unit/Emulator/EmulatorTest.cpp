//===- EmulatorTest.cpp - The hand-made model on every emulator -----------===//
//
// test/runtime/fake_model.c stands for a compiled model. Each row of
// runtime/boards/emulators.inc builds, runs and checks it.
//
//===----------------------------------------------------------------------===//

#include "compiler/Evaluate/Emulator.h"
#include "compiler/Evaluate/EmulatorCount.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace qcc::evaluate;
using testing::HasSubstr;

namespace {

/// Samples of inputs a (5 bytes) and b (3 bytes).
const std::vector<uint8_t> inputs = {
    0x01, 0x02, 0x7f, 0x80, 0xff, 0x05, 0xfe, 0x07, //
    0x11, 0x12, 0x13, 0x14, 0x15, 0x81, 0x00, 0x01};

/// What model.h promises for them, written down from its rule.
std::vector<uint8_t> getExpectedOutputs() {
  std::vector<uint8_t> outputs;
  for (size_t base = 0; base < inputs.size(); base += 8) {
    const uint8_t *a = &inputs[base], *b = a + 5;
    size_t sums = outputs.size();
    for (int i = 0; i < 5; ++i)
      outputs.push_back(uint8_t(a[i] + b[i % 3]));
    outputs.insert(outputs.end(), b, b + 3);
    for (int i = 0; i < 4; ++i)
      outputs.push_back(outputs[sums + i]);
  }
  return outputs;
}

/// The hand-made model compiled for a row, with a macro such as FAULT_ARENA.
class FakeModel {
public:
  explicit FakeModel(const Emulator &emulator, StringRef macro = "NO_FAULT",
                     BuildOptions options = {}) {
    SmallString<128> object;
    sys::fs::createTemporaryFile("fake", "o", object);
    error = emulator.compile(QCC_FAKE_MODEL "/fake_model.c", object,
                             {("-D" + macro).str()});
    if (!error) {
      Expected<EmulatedModel> built = emulator.build(
          {std::string(object), QCC_FAKE_MODEL "/model.h", "model"}, options);
      if (built)
        model.emplace(std::move(*built));
      else
        error = built.takeError();
    }
    sys::fs::remove(object);
  }

  Expected<RunResult> run(ArrayRef<uint8_t> bytes,
                          const RunOptions &options = {}) {
    if (error)
      return std::move(error);
    return model->run(bytes, options);
  }

private:
  Error error = Error::success();
  std::optional<EmulatedModel> model;
};

std::string getMessage(Expected<RunResult> result) {
  return result ? "no error" : toString(result.takeError());
}

/// The result, which must not be an error.
RunResult succeed(Expected<RunResult> result) {
  if (result)
    return std::move(*result);
  ADD_FAILURE() << toString(result.takeError());
  return {};
}

class EveryEmulator : public testing::TestWithParam<EmulatorRow> {
protected:
  void SetUp() override {
    Expected<Emulator> created = Emulator::create(GetParam());
    if (created) {
      emulator.emplace(std::move(*created));
      return;
    }
    std::string reason;
    Error other =
        handleErrors(created.takeError(), [&](const HostLacksFeature &missing) {
          reason = missing.message();
        });
    if (other)
      FAIL() << toString(std::move(other));
    GTEST_SKIP() << "not run: " << reason;
  }

  std::optional<Emulator> emulator;
};

std::string getTestName(const testing::TestParamInfo<EmulatorRow> &info) {
  std::string name = info.param.name.str();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

} // namespace

namespace qcc::evaluate {
void PrintTo(const EmulatorRow &row, std::ostream *os) {
  *os << row.name.str();
}
} // namespace qcc::evaluate

namespace {

std::vector<EmulatorRow> getRows(std::vector<EmulatorKind> kinds) {
  std::vector<EmulatorRow> rows;
  for (const EmulatorRow &row : getEmulatorRows())
    if (is_contained(kinds, row.kind))
      rows.push_back(row);
  return rows;
}

class EveryQemu : public EveryEmulator {};
class EveryBoard : public EveryEmulator {};

INSTANTIATE_TEST_SUITE_P(Rows, EveryEmulator,
                         testing::ValuesIn(getEmulatorRows().begin(),
                                           getEmulatorRows().end()),
                         getTestName);
INSTANTIATE_TEST_SUITE_P(Rows, EveryQemu,
                         testing::ValuesIn(getRows({EmulatorKind::User,
                                                    EmulatorKind::Board})),
                         getTestName);
INSTANTIATE_TEST_SUITE_P(Rows, EveryBoard,
                         testing::ValuesIn(getRows({EmulatorKind::Board})),
                         getTestName);

TEST_P(EveryEmulator, RunsAllSamples) {
  RunResult result = succeed(FakeModel(*emulator).run(inputs));
  EXPECT_EQ(result.outputs, getExpectedOutputs());
  EXPECT_GT(result.stackBytes, 0u);
  EXPECT_LT(result.stackBytes, 200u);
}

/// Also with buffers that are aligned to one byte only.
TEST_P(EveryQemu, CountsInstructionsOfEachFunction) {
  RunOptions options;
  options.countInstructions = true;
  FakeModel model(*emulator, "NO_FAULT", {/*ioAlign=*/1});
  RunResult result = succeed(model.run(inputs, options));
  EXPECT_EQ(result.outputs, getExpectedOutputs());
  ASSERT_TRUE(result.counts);
  const InstructionCounts &counts = *result.counts;
  EXPECT_EQ(counts.runs, 2u);
  uint64_t sum = 0;
  std::vector<std::string> names;
  for (const InstructionCounts::Function &function : counts.functions) {
    sum += function.instructions;
    names.push_back(function.name);
  }
  EXPECT_EQ(counts.total, sum);
  EXPECT_THAT(names, testing::IsSupersetOf({"model_run", "model_layer_add",
                                            "model_layer_copy", "memcpy"}));
  EXPECT_THAT(names, testing::Not(testing::Contains("qcc_runner_call")));

  // Twice the samples, twice the instructions, exactly.
  std::vector<uint8_t> twice = inputs;
  twice.insert(twice.end(), inputs.begin(), inputs.end());
  RunResult more = succeed(model.run(twice, options));
  ASSERT_TRUE(more.counts);
  EXPECT_EQ(more.counts->total, 2 * counts.total);
}

TEST(CountInstructions, IsExact) {
  RunOptions options;
  options.countInstructions = true;
  for (const char *name : {"cortex-m0", "cortex-m55"}) {
    RunResult result =
        succeed(FakeModel(cantFail(Emulator::create(*findEmulator(name))),
                          "EXACT_COUNT")
                    .run(inputs, options));
    ASSERT_TRUE(result.counts);
    uint64_t found = 0;
    for (const InstructionCounts::Function &function : result.counts->functions)
      if (function.name == "model_exact")
        found = function.instructions;
    EXPECT_EQ(found, 2 * 209u) << name;
  }
}

/// The board's RAM as the linker sees it equals the row.
TEST_P(EveryBoard, KnowsItsRam) {
  BuildOptions options;
  options.stackBytes = unsigned(GetParam().ramBytes);
  EXPECT_THAT(getMessage(FakeModel(*emulator, "NO_FAULT", options).run(inputs)),
              HasSubstr("the RAM of this board does not hold arena, inputs, "
                        "outputs and stack"));
  options.stackBytes = unsigned(GetParam().ramBytes) - 2048;
  succeed(FakeModel(*emulator, "NO_FAULT", options).run(inputs));
}

//===----------------------------------------------------------------------===//
// Models that break the contract
//===----------------------------------------------------------------------===//

struct Fault {
  const char *name;
  const char *macro;
  const char *onBoard;
  const char *onHost;
};

constexpr const char *noMessage = "no error";

const Fault faults[] = {
    {"WritePastArena", "FAULT_ARENA",
     "exit code 12: runner: the model wrote outside of its arena, sample 0",
     "exit code 12: runner: the model wrote outside of its arena, sample 0"},
    {"WriteBeforeArena", "FAULT_BEFORE_ARENA",
     "the model wrote outside of its arena",
     "the model wrote outside of its arena"},
    {"WritePastOutput", "FAULT_OUTPUT", "the model wrote outside of an output",
     "the model wrote outside of an output"},
    {"WriteToInput", "FAULT_INPUT",
     "exit code 13: runner: the model wrote to an input",
     "exit code 13: runner: the model wrote to an input"},
    {"Status", "FAULT_STATUS",
     "exit code 11: runner: the model returned an error",
     "exit code 11: runner: the model returned an error"},
    {"Trap", "FAULT_TRAP", "exit code 14: runner: fault at address 0x0000",
     "ended abnormally"},
    {"Stack", "FAULT_STACK_BOTTOM",
     "exit code 15: runner: the model used up the stack", noMessage},
    {"StackOverflow", "FAULT_STACK=3000",
     "exit code 15: runner: the stack overflowed", noMessage},
    // Without an MMU nobody sees a read.
    {"ReadPastInput", "FAULT_READ", noMessage, "ended abnormally"},
};

class EveryFault : public testing::TestWithParam<Fault> {};

INSTANTIATE_TEST_SUITE_P(Faults, EveryFault, testing::ValuesIn(faults),
                         [](const testing::TestParamInfo<Fault> &info) {
                           return info.param.name;
                         });

Emulator createEmulator(StringRef name) {
  return cantFail(Emulator::create(*findEmulator(name)));
}

TEST_P(EveryFault, IsFoundOnBoard) {
  EXPECT_THAT(
      getMessage(
          FakeModel(createEmulator("cortex-m0"), GetParam().macro).run(inputs)),
      HasSubstr(GetParam().onBoard));
}

TEST_P(EveryFault, IsFoundOnHost) {
  EXPECT_THAT(
      getMessage(
          FakeModel(createEmulator("host"), GetParam().macro).run(inputs)),
      HasSubstr(GetParam().onHost));
}

/// Code for Cortex-M0 faults on unaligned addresses wherever it runs.
TEST(EveryCortexM0, FaultsOnUnalignedAddress) {
  for (const char *name : {"cortex-m0", "cortex-m0-large"})
    EXPECT_THAT(
        getMessage(
            FakeModel(createEmulator(name), "FAULT_UNALIGNED").run(inputs)),
        HasSubstr("exit code 14: runner: fault at address 0x0000"));
  succeed(
      FakeModel(createEmulator("cortex-m3"), "FAULT_UNALIGNED").run(inputs));
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST(EmulatorErrors, EndlessLoopTakesTooLong) {
  RunOptions options;
  options.timeoutSeconds = 1;
  EXPECT_THAT(
      getMessage(FakeModel(createEmulator("cortex-m4"), "FAULT_LOOP")
                     .run(inputs, options)),
      HasSubstr("emulator 'cortex-m4': qemu-system-arm took longer than "
                "1 seconds"));
}

TEST(EmulatorErrors, InputsEndInsideOfSample) {
  EXPECT_THAT(getMessage(FakeModel(createEmulator("cortex-m3"))
                             .run(ArrayRef<uint8_t>(inputs).drop_back())),
              HasSubstr("exit code 10: runner: inputs.bin ends inside of a "
                        "sample, sample 1"));
}

TEST(EmulatorErrors, NoSamplesNoOutputs) {
  EXPECT_TRUE(
      succeed(FakeModel(createEmulator("cortex-m3")).run({})).outputs.empty());
}

TEST(EmulatorErrors, CountingOnTheHost) {
  RunOptions options;
  options.countInstructions = true;
  EXPECT_THAT(
      getMessage(FakeModel(createEmulator("host")).run(inputs, options)),
      HasSubstr("emulator 'host' runs on the host, where instructions cannot "
                "be counted"));
}

TEST(EmulatorErrors, ObjectIsMissing) {
  Expected<EmulatedModel> built =
      createEmulator("cortex-m3")
          .build({"no-such.o", QCC_FAKE_MODEL "/model.h", "model"});
  ASSERT_FALSE(built);
  EXPECT_THAT(toString(built.takeError()),
              testing::AllOf(HasSubstr("clang-22 failed with exit code 1"),
                             HasSubstr("no-such.o")));
}

TEST(EmulatorErrors, HeaderIsMissing) {
  Expected<EmulatedModel> built =
      createEmulator("cortex-m3").build({"/dev/null", "no-such.h", "model"});
  ASSERT_FALSE(built);
  EXPECT_THAT(toString(built.takeError()), HasSubstr("no-such.h"));
}

TEST(EmulatorErrors, HostLacksFeature) {
  EmulatorRow row = *findEmulator("host");
  row.hostFeatures = "sse2,warp9";
  Expected<Emulator> created = Emulator::create(row);
  ASSERT_FALSE(created);
  Error error = created.takeError();
  EXPECT_TRUE(error.isA<HostLacksFeature>());
  EXPECT_EQ(toString(std::move(error)), "emulator 'host' needs a host with "
                                        "warp9, which this one lacks");
}

TEST(EmulatorErrors, EmulatorIsMissing) {
  EmulatorRow row = *findEmulator("cortex-m3");
  row.program = "qemu-system-abacus";
  Expected<Emulator> created = Emulator::create(row);
  ASSERT_FALSE(created);
  EXPECT_EQ(toString(created.takeError()),
            "'qemu-system-abacus' is needed but not found in PATH");
}

TEST(EmulatorRows, AreFoundByName) {
  ASSERT_TRUE(findEmulator("cortex-m55"));
  EXPECT_EQ(findEmulator("cortex-m55")->board, "mps3-an547");
  EXPECT_FALSE(findEmulator("cortex-m99"));
}

//===----------------------------------------------------------------------===//
// Counting
//===----------------------------------------------------------------------===//

TEST(EmulatorCount, RefusesWhatIsNoElfFile) {
  Expected<std::string> arguments =
      writeRanges(QCC_FAKE_MODEL "/model.h", "/dev/null", "r", "c");
  ASSERT_FALSE(arguments);
  consumeError(arguments.takeError());
}

TEST(EmulatorCount, RefusesOtherText) {
  Expected<InstructionCounts> counts = readCounts(QCC_FAKE_MODEL "/model.h");
  ASSERT_FALSE(counts);
  EXPECT_THAT(toString(counts.takeError()),
              HasSubstr("expected a count and a kind, got '/* A hand-made"));
}

} // namespace
