// Random ops on several targets against the reference interpreter.
//
//   QCC_RANDOM_CASES    number of ops (200; 1000 where CI is set)
//   QCC_RANDOM_SEED     of the first module (1); module i has seed + i
//   QCC_RANDOM_TARGETS  names with commas between, or "all"; else every module
//                       runs on a row of each family in turn
//   QCC_RANDOM_FILE     a module of qint ops to run instead
//
// A failure prints the module's seed and leaves the case that differs as a
// file. To replay it: QCC_RANDOM_SEED=<seed> QCC_RANDOM_CASES=20, or
// QCC_RANDOM_FILE=<file>.
#include "test/unit/EndToEnd/RandomOps.h"
#include "compiler/Evaluate/Emulator.h"
#include "test/unit/EndToEnd/Harness.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::test;

namespace {

constexpr int casesPerModule = 20;

int numModules() {
  bool ci = fromEnvironment("QCC_RANDOM_CASES", 0) == 0 && std::getenv("CI");
  uint64_t cases = fromEnvironment("QCC_RANDOM_CASES", ci ? 1000 : 200);
  return static_cast<int>((cases + casesPerModule - 1) / casesPerModule);
}

/// Where to compile for and where to run it.
struct Place {
  const targets::Target *target;
  std::string emulator;
};

Place placeOf(llvm::StringRef name) {
  const targets::Target &target = targetNamed(name);
  if (targets::runsOnHost(target))
    return {&target, "host"};
  if (target.emulator == "cortex-m0") // 16 KiB of RAM are not enough
    return {&target, "cortex-m0-large"};
  return {&target, target.emulator.str()};
}

bool isAsked(llvm::StringRef asked, llvm::StringRef name) {
  llvm::SmallVector<llvm::StringRef> names;
  asked.split(names, ',');
  return asked == "all" || llvm::is_contained(names, name);
}

/// One kind of host code, of ARMv8 and of Cortex-M, each in turn.
std::vector<Place> placesFor(uint64_t module) {
  std::vector<Place> places;
  if (const char *asked = std::getenv("QCC_RANDOM_TARGETS")) {
    for (const targets::Target &target : targets::allTargets())
      if (isAsked(asked, target.name))
        places.push_back(placeOf(target.name));
    return places;
  }
  const char *host[] = {"generic", "x86-64-v3", "x86-64"};
  const char *armv8[] = {"armv8.2-dotprod", "armv8", "armv8.6-i8mm"};
  const char *cortexm[] = {"cortex-m4",  "cortex-m7",  "cortex-m0plus",
                           "cortex-m55", "cortex-m33", "cortex-m3"};
  places.push_back(placeOf(host[module % std::size(host)]));
  places.push_back(placeOf(armv8[module % std::size(armv8)]));
  places.push_back(placeOf(cortexm[module % std::size(cortexm)]));
  if (module % 4 == 0) // the host may lack it
    places.push_back(placeOf("x86-64-vnni"));
  return places;
}

/// Leaves `text` where QCC_RANDOM_FILE can name it.
std::string dump(llvm::StringRef text, llvm::StringRef what, uint64_t seed) {
  std::string path = fmt::format("{}qcc-random-{}-{}.mlir", testing::TempDir(),
                                 seed, what.str());
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (!error)
    file << text;
  return path;
}

std::string dump(const RandomModule &module, const OpCase &single,
                 uint64_t seed) {
  return dump(module.standalone(single), testName(single.name), seed);
}

/// Reports every case whose bytes differ, and where.
void compare(const RandomModule &module, const Bytes &found,
             const Bytes &expected, llvm::StringRef place, uint64_t seed) {
  ASSERT_EQ(found.size(), expected.size());
  size_t samples = expected.size() / module.outputBytes;
  for (const OpCase &one : module.cases)
    for (size_t sample = 0; sample < samples; ++sample) {
      size_t from = sample * module.outputBytes + one.offset;
      std::string words =
          difference(llvm::ArrayRef<uint8_t>(found).slice(from, one.bytes),
                     llvm::ArrayRef<uint8_t>(expected).slice(from, one.bytes));
      if (words.empty())
        continue;
      ADD_FAILURE() << place.str() << ": seed " << seed << ", " << one.name
                    << ", sample " << sample << ": " << words << "; see "
                    << dump(module, one, seed);
      break;
    }
}

/// Reports the cases that do not compile by themselves and removes them.
void removeFailing(RandomModule &random, const targets::Target &target,
                   mlir::MLIRContext &context, uint64_t seed) {
  llvm::erase_if(random.cases, [&](const OpCase &one) {
    auto module = llvm::cantFail(parse(random.standalone(one), context));
    auto compiled = compile(*module, target);
    if (compiled)
      return false;
    ADD_FAILURE() << target.name.str() << ": seed " << seed << ", " << one.name
                  << ": " << llvm::toString(compiled.takeError()) << "; see "
                  << dump(random, one, seed);
    return true;
  });
  assemble(random);
}

/// One module on one target.
void check(RandomModule random, const Place &place, uint64_t seed) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  loadDialects(context);
  auto module = parse(random.text, context);
  if (!module)
    FAIL() << llvm::toString(module.takeError()) << "\n" << random.text;
  auto compiled = compile(**module, *place.target);
  if (!compiled) {
    ADD_FAILURE() << place.target->name.str() << ": "
                  << llvm::toString(compiled.takeError());
    removeFailing(random, *place.target, context, seed);
    module = llvm::cantFail(parse(random.text, context));
    compiled = compile(**module, *place.target);
    if (!compiled)
      FAIL() << llvm::toString(compiled.takeError());
  }
  Bytes inputs = randomSamples(random, 3, seed);
  auto expected = runReference(**module, inputs);
  if (!expected)
    FAIL() << llvm::toString(expected.takeError());
  auto found = runOn(place.emulator, *compiled, inputs);
  if (found)
    return compare(random, *found, *expected, place.target->name, seed);
  llvm::Error other = llvm::handleErrors(
      found.takeError(), [](const evaluate::HostLacksFeature &missing) {
        llvm::outs() << "not run: " << missing.message() << "\n";
      });
  if (other)
    FAIL() << place.target->name.str() << ": "
           << llvm::toString(std::move(other)) << "; see "
           << dump(random.text, "module", seed);
}

class RandomOpsTest : public testing::TestWithParam<int> {};

TEST_P(RandomOpsTest, EqualTheReference) {
  uint64_t seed = fromEnvironment("QCC_RANDOM_SEED", 1) + GetParam();
  SCOPED_TRACE(fmt::format("QCC_RANDOM_SEED={}", seed));
  RandomModule random = makeRandomModule(seed, casesPerModule);
  for (const Place &place : placesFor(seed))
    check(random, place, seed);
}

INSTANTIATE_TEST_SUITE_P(Modules, RandomOpsTest,
                         testing::Range(0, numModules()));

std::vector<const char *> namedFile() {
  const char *path = std::getenv("QCC_RANDOM_FILE");
  return path ? std::vector<const char *>{path} : std::vector<const char *>();
}

/// What the asked rows, else all, make of QCC_RANDOM_FILE.
class RandomFile : public testing::TestWithParam<const char *> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RandomFile);
INSTANTIATE_TEST_SUITE_P(Named, RandomFile, testing::ValuesIn(namedFile()));

TEST_P(RandomFile, EqualsTheReference) {
  const char *path = GetParam();
  auto text = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(bool(text)) << path << ": " << text.getError().message();
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  loadDialects(context);
  auto module = llvm::cantFail(parse((*text)->getBuffer(), context));
  data::SplitMix64 random(1);
  Bytes inputs(8 * sampleBytes(*module));
  for (uint8_t &byte : inputs)
    byte = random.next();
  Bytes expected = llvm::cantFail(runReference(*module, inputs));
  const char *asked = std::getenv("QCC_RANDOM_TARGETS");
  for (const targets::Target &target : targets::allTargets()) {
    if (!isAsked(asked ? asked : "all", target.name))
      continue;
    Place place = placeOf(target.name);
    auto compiled = compile(*module, target);
    auto found = compiled ? runOn(place.emulator, *compiled, inputs)
                          : compiled.takeError();
    if (!found)
      ADD_FAILURE() << target.name.str() << ": "
                    << llvm::toString(found.takeError());
    else
      EXPECT_EQ(difference(*found, expected), "") << target.name.str();
  }
}

/// The generator covers what it promises.
TEST(RandomModules, HoldEveryKindOfOp) {
  std::map<std::string, int> kinds;
  for (uint64_t seed = 1; seed <= 10; ++seed)
    for (const OpCase &one : makeRandomModule(seed, casesPerModule).cases)
      ++kinds[one.name.substr(one.name.find(' ') + 1)];
  std::string found;
  for (const auto &[kind, count] : kinds)
    found += kind + " ";
  EXPECT_EQ(kinds.size(), 26u) << found;
}

TEST(RandomModules, RepeatForTheSameSeed) {
  EXPECT_EQ(makeRandomModule(5, 8).text, makeRandomModule(5, 8).text);
  EXPECT_NE(makeRandomModule(5, 8).text, makeRandomModule(6, 8).text);
}

} // namespace
