// Which form of a function wins.
#include "compiler/Allocate/Forms.h"

#include <gtest/gtest.h>

using qcc::allocate::bestForm;
using qcc::allocate::FormTrial;

namespace {

std::string bestOf(const std::vector<FormTrial> &trials) {
  return bestForm(trials).form;
}

TEST(BestForm, FastestOfThoseThatLoseALittle) {
  EXPECT_EQ(bestOf({{"polynomial", 40, 200, 10}, {"table", 39, 100, 90}}),
            "table");
}

TEST(BestForm, NotOneThatLosesMoreThanADecibel) {
  EXPECT_EQ(bestOf({{"polynomial", 40, 200, 10}, {"shift", 38.9, 100, 10}}),
            "polynomial");
}

TEST(BestForm, FewestBytesWithinTwoPercent) {
  EXPECT_EQ(bestOf({{"polynomial", 40, 102, 10}, {"table", 40, 100, 90}}),
            "polynomial");
  EXPECT_EQ(bestOf({{"polynomial", 40, 103, 10}, {"table", 40, 100, 90}}),
            "table");
}

} // namespace
