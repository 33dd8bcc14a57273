//===- MemoryTest.cpp - The runtime's memcpy, memmove and memset ----------===//
//
// Every alignment of both pointers, every size through several words. The
// boards run the same cases from test/runtime/memory_model.c.
//
//===----------------------------------------------------------------------===//

#include "gtest/gtest.h"

#include <cstdint>
#include <numeric>
#include <vector>

extern "C" {
void *qccMemcpy(void *to, const void *from, size_t bytes);
void *qccMemmove(void *to, const void *from, size_t bytes);
void *qccMemset(void *to, int value, size_t bytes);
}

namespace {

constexpr size_t room = 128;

std::vector<uint8_t> makeBytes(uint8_t first) {
  std::vector<uint8_t> bytes(room);
  std::iota(bytes.begin(), bytes.end(), first);
  return bytes;
}

TEST(Memory, CopyTouchesOnlyItsBytes) {
  for (size_t to = 8; to < 16; ++to)
    for (size_t from = 0; from < 8; ++from)
      for (size_t bytes = 0; bytes < 70; ++bytes) {
        std::vector<uint8_t> source = makeBytes(1), target = makeBytes(130);
        std::vector<uint8_t> expected = target;
        std::copy_n(source.begin() + from, bytes, expected.begin() + to);
        ASSERT_EQ(qccMemcpy(&target[to], &source[from], bytes), &target[to]);
        ASSERT_EQ(target, expected) << to << " " << from << " " << bytes;
      }
}

TEST(Memory, MoveAcceptsEveryOverlap) {
  for (size_t to = 0; to < 40; ++to)
    for (size_t from = 0; from < 40; ++from)
      for (size_t bytes : {0, 1, 3, 8, 17, 33, 64}) {
        std::vector<uint8_t> data = makeBytes(1), expected = data;
        const std::vector<uint8_t> source = data;
        std::copy_n(source.begin() + from, bytes, expected.begin() + to);
        ASSERT_EQ(qccMemmove(&data[to], &data[from], bytes), &data[to]);
        ASSERT_EQ(data, expected) << to << " " << from << " " << bytes;
      }
}

TEST(Memory, SetTakesTheLowByte) {
  for (size_t to = 0; to < 16; ++to)
    for (size_t bytes = 0; bytes < 70; ++bytes)
      for (int value : {0, 0x5a, -1, 0x1ff - 0x80}) {
        std::vector<uint8_t> target = makeBytes(7), expected = target;
        std::fill_n(expected.begin() + to, bytes, uint8_t(value));
        ASSERT_EQ(qccMemset(&target[to], value, bytes), &target[to]);
        ASSERT_EQ(target, expected) << to << " " << bytes << " " << value;
      }
}

} // namespace
