//===- ObjectMutationTest.cpp - damaged objects never crash ---------------===//

#include "compiler/Emit/ObjectInfo.h"
#include "test/unit/Emit/BuildObject.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <cstring>
#include <random>

using namespace qcc::emit;
using namespace qcc::test;

namespace {

constexpr const char *ir = R"(
@table = internal constant [4 x i32] [i32 3, i32 5, i32 -7, i32 11]
declare void @memset(ptr, i32, i32)
define internal i32 @helper(i32 %i) nounwind noinline {
  %a = alloca [100 x i8]
  call void @memset(ptr %a, i32 0, i32 100)
  %p = getelementptr i32, ptr @table, i32 %i
  %v = load i32, ptr %p
  ret i32 %v
}
define i32 @net_run(i32 %i) nounwind {
  %v = call i32 @helper(i32 %i)
  %w = mul i32 %v, 305419896
  ret i32 %w
}
)";

std::vector<Machine> machines() {
  return {x86(), aarch64(), cortexM("thumbv6m", "cortex-m0plus"),
          cortexM("thumbv7em", "cortex-m4"),
          cortexM("thumbv8.1m.main", "cortex-m55")};
}

/// Runs every reader. All that counts is that each comes back; returns how many
/// came back with an error.
unsigned readAll(const Object &object) {
  unsigned failures = 0;
  auto count = [&](llvm::Error error) {
    if (!error)
      return;
    ++failures;
    EXPECT_NE(llvm::toString(std::move(error)), "");
  };
  count(verifyIntegerOnly(object.ref()));
  count(readObjectInfo(object.ref()).takeError());
  count(computeStackBound(object.ref(), "net_run").takeError());
  return failures;
}

TEST(ObjectMutation, UnchangedObjectIsAccepted) {
  for (const Machine &machine : machines())
    EXPECT_EQ(readAll(compile(ir, machine)), 0u) << machine.cpu;
}

/// Every length up to the ELF header and a spread of longer ones.
TEST(ObjectMutation, Truncated) {
  for (const Machine &machine : machines()) {
    Object whole = compile(ir, machine);
    for (size_t length = 0; length < whole.bytes.size();
         length += length < 64 ? 3 : 37) {
      Object object;
      object.bytes.append(whole.bytes.begin(), whole.bytes.begin() + length);
      // The section headers come last, so all of it is lost.
      EXPECT_EQ(readAll(object), 3u) << machine.cpu << " " << length;
    }
  }
}

/// Damaged objects in all: 500, or what QCC_FUZZ_CASES says.
unsigned fuzzCases() {
  const char *text = getenv("QCC_FUZZ_CASES");
  return text ? strtoul(text, nullptr, 10) : 500;
}

/// One to four bytes anywhere replaced by random or by extreme ones.
TEST(ObjectMutation, RandomBytes) {
  std::mt19937 random(20240713);
  unsigned refused = 0, rounds = fuzzCases() / machines().size();
  for (const Machine &machine : machines()) {
    Object whole = compile(ir, machine);
    for (unsigned round = 0; round < rounds; ++round) {
      Object object = whole;
      for (unsigned i = 0; i <= round % 4; ++i) {
        constexpr uint8_t extremes[] = {0x00, 0x7f, 0x80, 0xff};
        size_t at = random() % object.bytes.size();
        object.bytes[at] = random() % 2 ? random() : extremes[random() % 4];
      }
      refused += readAll(object) != 0;
    }
  }
  EXPECT_GT(refused, rounds);
}

/// The header and the section headers, where a byte does most harm.
TEST(ObjectMutation, Headers) {
  for (const Machine &machine : machines()) {
    Object whole = compile(ir, machine);
    bool is64 = whole.bytes[4] == 2;
    size_t tableField = is64 ? 0x28 : 0x20; // e_shoff
    uint32_t table = 0;
    memcpy(&table, whole.bytes.data() + tableField, sizeof(table));
    for (size_t at = 4; at < whole.bytes.size();
         at = at == 64 ? table : at + 1) {
      for (uint8_t value : {0x01, 0xff}) {
        Object object = whole;
        object.bytes[at] = value;
        readAll(object);
      }
    }
  }
}

} // namespace
