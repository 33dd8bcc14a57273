//===- RandomTest.cpp -----------------------------------------------------===//

#include "compiler/Data/Random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

using namespace qcc::data;
using testing::ElementsAre;

namespace {

TEST(Random, GivesThePublishedSequence) {
  // The first numbers of the reference implementation for seed 1234567.
  SplitMix64 random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(Random, BelowStaysInRangeAndReachesAllOfIt) {
  SplitMix64 random(5);
  std::set<uint64_t> seen;
  for (int i = 0; i < 200; ++i)
    seen.insert(random.below(7));
  EXPECT_EQ(seen, (std::set<uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(random.below(1), 0u);
}

TEST(Random, SubsetIsFrozen) {
  // These numbers must never change: calibration subsets in use depend on them.
  EXPECT_THAT(drawSubset(100, 110, 4, 42), ElementsAre(103, 102, 104, 105));
}

TEST(Random, SubsetHasDifferentElementsOfTheRange) {
  std::vector<int64_t> drawn = drawSubset(3, 1003, 400, 9);
  std::set<int64_t> different(drawn.begin(), drawn.end());
  EXPECT_EQ(different.size(), 400u);
  EXPECT_GE(*different.begin(), 3);
  EXPECT_LT(*different.rbegin(), 1003);
}

TEST(Random, SmallerSubsetIsAPrefix) {
  std::vector<int64_t> all = drawSubset(0, 50, 50, 7);
  std::vector<int64_t> some = drawSubset(0, 50, 20, 7);
  EXPECT_EQ(some, std::vector<int64_t>(all.begin(), all.begin() + 20));
}

TEST(Random, SeedsGiveDifferentSubsets) {
  EXPECT_NE(drawSubset(0, 50, 20, 7), drawSubset(0, 50, 20, 8));
}

} // namespace
