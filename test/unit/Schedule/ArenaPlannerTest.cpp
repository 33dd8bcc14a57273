// Offsets in the arena.
#include "passes/Schedule/ArenaPlanner.h"

#include "compiler/Data/Random.h"

#include <gtest/gtest.h>

using namespace qcc;

namespace {

int64_t aligned(int64_t bytes, int64_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

/// What every plan must keep.
void expectValid(const std::vector<Buffer> &buffers, const ArenaPlan &plan,
                 int64_t alignment) {
  ASSERT_EQ(plan.offsets.size(), buffers.size());
  EXPECT_LE(plan.lowerBound, plan.bytes);
  for (size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_GE(plan.offsets[i], 0);
    EXPECT_EQ(plan.offsets[i] % alignment, 0);
    EXPECT_LE(plan.offsets[i] + buffers[i].bytes, plan.bytes);
    for (size_t j = 0; j < i; ++j) {
      bool together = buffers[i].first <= buffers[j].last &&
                      buffers[j].first <= buffers[i].last;
      bool apart = plan.offsets[i] + buffers[i].bytes <= plan.offsets[j] ||
                   plan.offsets[j] + buffers[j].bytes <= plan.offsets[i];
      EXPECT_TRUE(!together || apart) << "buffers " << j << " and " << i;
    }
  }
}

/// The bound by its definition: for every step, all buffers live in it.
int64_t mostLive(const std::vector<Buffer> &buffers, int64_t alignment) {
  int64_t end = 0, most = 0;
  for (const Buffer &buffer : buffers)
    end = std::max(end, buffer.last);
  for (int64_t step = 0; step <= end; ++step) {
    int64_t live = 0;
    for (const Buffer &buffer : buffers)
      if (buffer.first <= step && step <= buffer.last)
        live += aligned(buffer.bytes, alignment);
    most = std::max(most, live);
  }
  return most;
}

std::vector<Buffer> randomBuffers(uint64_t seed) {
  data::SplitMix64 random(seed);
  std::vector<Buffer> buffers(1 + random.below(24));
  for (size_t i = 0; i < buffers.size(); ++i) {
    int64_t first = random.below(buffers.size());
    buffers[i] = {int64_t(1 + random.below(random.below(2) ? 5000 : 60)), first,
                  first + int64_t(random.below(4))};
  }
  return buffers;
}

TEST(ArenaPlanner, TakesNothingForNoBuffers) {
  ArenaPlan plan = planArena({}, 16);
  EXPECT_EQ(plan.bytes, 0);
  EXPECT_EQ(plan.lowerBound, 0);
  EXPECT_TRUE(plan.offsets.empty());
}

TEST(ArenaPlanner, PutsOneBufferAtTheStart) {
  ArenaPlan plan = planArena(Buffer{100, 2, 5}, 16);
  EXPECT_EQ(plan.offsets, std::vector<int64_t>{0});
  EXPECT_EQ(plan.bytes, 112);
  EXPECT_EQ(plan.lowerBound, 112);
}

TEST(ArenaPlanner, RoundsSizesUpToTheAlignment) {
  std::vector<Buffer> buffers = {{1, 0, 1}, {65, 1, 2}, {3, 1, 1}};
  for (int64_t alignment : {1, 4, 16, 64}) {
    ArenaPlan plan = planArena(buffers, alignment);
    expectValid(buffers, plan, alignment);
    EXPECT_EQ(plan.bytes, aligned(1, alignment) + aligned(65, alignment) +
                              aligned(3, alignment));
  }
}

TEST(ArenaPlanner, SharesASlotAcrossAChain) {
  // Each kernel reads what the one before wrote: two live at a time.
  std::vector<Buffer> buffers = {
      {600, 0, 1}, {200, 1, 2}, {600, 2, 3}, {200, 3, 4}, {50, 4, 4}};
  ArenaPlan plan = planArena(buffers, 8);
  expectValid(buffers, plan, 8);
  EXPECT_EQ(plan.bytes, 800);
}

TEST(ArenaPlanner, KeepsTheEndsOfLifetimesApart) {
  // The last step of one is the first of the other: both are live in it.
  std::vector<Buffer> touching = {{32, 0, 3}, {32, 3, 5}};
  EXPECT_EQ(planArena(touching, 8).bytes, 64);
  std::vector<Buffer> apart = {{32, 0, 3}, {32, 4, 5}};
  EXPECT_EQ(planArena(apart, 8).bytes, 32);
}

TEST(ArenaPlanner, FindsAPlanThatSortingBySizeMisses) {
  // The largest first leaves a hole that no later buffer fits.
  std::vector<Buffer> buffers = {{40, 0, 2}, {30, 2, 4}, {30, 4, 6},
                                 {40, 6, 8}, {60, 1, 1}, {70, 3, 3},
                                 {70, 5, 5}, {60, 7, 7}};
  ArenaPlan plan = planArena(buffers, 1);
  expectValid(buffers, plan, 1);
  EXPECT_EQ(plan.bytes, 100);
}

TEST(ArenaPlanner, NeverOverlapsOnRandomSets) {
  int reached = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    int64_t alignment = int64_t(1) << seed % 7;
    std::vector<Buffer> buffers = randomBuffers(seed);
    ArenaPlan plan = planArena(buffers, alignment);
    expectValid(buffers, plan, alignment);
    EXPECT_EQ(plan.lowerBound, mostLive(buffers, alignment));
    reached += plan.bytes == plan.lowerBound;
  }
  // The bound cannot always be reached; mostly it is.
  EXPECT_GE(reached, 180);
}

TEST(ArenaPlanner, GivesTheSamePlanAgain) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<Buffer> buffers = randomBuffers(seed);
    ArenaPlan first = planArena(buffers, 16), second = planArena(buffers, 16);
    EXPECT_EQ(first.offsets, second.offsets) << seed;
    EXPECT_EQ(first.bytes, second.bytes) << seed;
  }
}

} // namespace
