//===- ProfileFileTest.cpp ------------------------------------------------===//

#include "test/unit/Quantize/SampleData.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cfloat>
#include <fstream>

using namespace qcc::quantize;
using namespace qcc::test;
using testing::HasSubstr;

namespace {

Profile sample() {
  Profile profile;
  profile.model = "net:0123abcd";
  profile.values["conv1"] = statsOf({-0.5f, 0.1f, 0.0f, 3.0f}, 2, 2);
  profile.values["%12 conv2d"] = statsOf({7.0f});
  return profile;
}

std::string parseError(const std::string &text) {
  auto parsed = Profile::parse(text, "f.qprof");
  return parsed ? "success" : llvm::toString(parsed.takeError());
}

/// sample() as text with the first `from` replaced.
std::string edited(const std::string &from, const std::string &to) {
  std::string text = sample().serialize();
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in " << text;
  return text.replace(at, from.size(), to);
}

TEST(ProfileFile, TextIsReadable) {
  Profile profile;
  profile.model = "net";
  profile.values["a\"b"] = statsOf({1.0f, 0.5f}, 2);
  EXPECT_THAT(
      profile.serialize(),
      testing::StartsWith(
          "{\"format\":\"qprof\",\"version\":1,\"model\":\"net\",\"values\":[\n"
          "{\"key\":\"a\\\"b\",\"samples\":2,\"elements\":2,\"zeros\":0,"
          "\"min\":0.5,\"max\":1.0,\"sum\":1.5,\"sumSquares\":1.25,"
          "\"histogram\":{\"widthLog2\":-11,\"fi"));
}

TEST(ProfileFile, ReadsBackExactly) {
  Profile profile = sample();
  profile.values["wild"] = statsOf(wild(1000, 3), 10, 5);
  profile.values["tiny"] = statsOf({FLT_TRUE_MIN, -FLT_TRUE_MIN});
  profile.values["huge"] = statsOf({FLT_MAX, -FLT_MAX});
  profile.values["zero"] = statsOf({0.0f, 0.0f});
  profile.values[""] = statsOf(normal(5000, 4));
  llvm::Expected<Profile> back = Profile::parse(profile.serialize(), "f.qprof");
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(back->model, "net:0123abcd");
  EXPECT_EQ(back->values.size(), 7u);
  EXPECT_EQ(back->serialize(), profile.serialize());
  const ValueStats &stats = *back->find("wild");
  EXPECT_EQ(stats.min, profile.find("wild")->min);
  EXPECT_EQ(stats.sumSquares, profile.find("wild")->sumSquares);
  EXPECT_TRUE(stats.histogram == profile.find("wild")->histogram);
  EXPECT_EQ(stats.channels[3].sum, profile.find("wild")->channels[3].sum);
}

TEST(ProfileFile, EmptyProfileReadsBack) {
  EXPECT_EQ(parseError(Profile().serialize()), "success");
}

TEST(ProfileFile, EmptyStatisticsAreLeftOut) {
  Profile profile;
  profile.values["x"];
  EXPECT_EQ(profile.serialize(), Profile().serialize());
}

TEST(ProfileFile, BytesThatAreNotUtf8AreReplaced) {
  Profile profile;
  profile.model = "\xff";
  profile.values["\xc3("] = statsOf({1.0f});
  EXPECT_EQ(parseError(profile.serialize()), "success");
}

TEST(ProfileFile, WritesAndReadsFiles) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("qcc-test", folder));
  std::string path = (folder + "/a.qprof").str();
  EXPECT_EQ(message(sample().write(path)), "success");
  llvm::Expected<Profile> back = Profile::read(path);
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(back->serialize(), sample().serialize());
  int files = 0;
  std::error_code failure;
  for (llvm::sys::fs::directory_iterator it(folder, failure), end; it != end;
       it.increment(failure))
    ++files;
  EXPECT_EQ(files, 1);
  llvm::sys::fs::remove_directories(folder);
}

TEST(ProfileFile, ReportsFilesItCannotReadOrWrite) {
  EXPECT_THAT(message(Profile::read("no/such.qprof").takeError()),
              HasSubstr("cannot read no/such.qprof"));
  EXPECT_THAT(message(sample().write("no/such.qprof")),
              HasSubstr("cannot write no/such.qprof"));
}

TEST(ProfileFile, ReportsInvalidJson) {
  EXPECT_EQ(parseError("{\"format\": ?}"),
            "f.qprof: not a .qprof file: invalid JSON at byte 12");
  EXPECT_THAT(parseError(""), HasSubstr("invalid JSON"));
  EXPECT_THAT(parseError(edited("3.0", "1e999")), HasSubstr("invalid JSON"));
}

TEST(ProfileFile, ReportsTruncation) {
  std::string text = sample().serialize();
  for (size_t size = 0; size + 1 < text.size(); size += size < 500 ? 1 : 53)
    EXPECT_THAT(parseError(text.substr(0, size)), HasSubstr("invalid JSON"))
        << size;
}

TEST(ProfileFile, SurvivesDeepNesting) {
  EXPECT_THAT(parseError(std::string(1000000, '[')), HasSubstr("invalid JSON"));
  EXPECT_THAT(parseError(std::string(100000, '[') + std::string(100000, ']')),
              HasSubstr("f.qprof: expected an object"));
}

TEST(ProfileFile, ReportsOtherFormatsAndVersions) {
  EXPECT_THAT(parseError("[]"), HasSubstr("expected an object"));
  EXPECT_THAT(parseError("{}"), HasSubstr("no field 'format'"));
  EXPECT_THAT(parseError(edited("qprof", "other")),
              HasSubstr("'format' is not 'qprof'"));
  EXPECT_THAT(parseError(edited("\"version\":1", "\"version\":2")),
              HasSubstr("version is not 1"));
  EXPECT_THAT(parseError(edited("\"model\":\"net:0123abcd\"", "\"model\":1")),
              HasSubstr("'model' is not a string"));
  EXPECT_THAT(parseError(edited("\"version\":1", "\"version\":1,\"a\":0")),
              HasSubstr("unknown fields"));
}

TEST(ProfileFile, ReportsValuesThereTwice) {
  EXPECT_THAT(parseError(edited("%12 conv2d", "conv1")),
              HasSubstr("value 'conv1' is there twice"));
}

/// An edit of sample(), in which conv1 comes last and is
///   samples 2, elements 4, zeros 1, min -0.5, max 3, sum 2.6,
///   sumSquares 9.26, bins of 2^-10 from -512 to 3072, two channels
/// and a part of the error that follows.
struct Edit {
  const char *from, *to, *expected;
};

class ProfileEdit : public testing::TestWithParam<Edit> {};

TEST_P(ProfileEdit, IsReported) {
  auto [from, to, expected] = GetParam();
  // The other value would be found first.
  std::string text = sample().serialize();
  text.erase(text.find("{\"key\":\"%12"),
             text.find("{\"key\":\"conv1") - text.find("{\"key\":\"%12"));
  ASSERT_EQ(parseError(text), "success");
  size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << text.substr(0, 300);
  text.replace(at, std::string(from).size(), to);
  EXPECT_THAT(parseError(text), HasSubstr("f.qprof: value 'conv1': "));
  EXPECT_THAT(parseError(text), HasSubstr(expected));
}

INSTANTIATE_TEST_SUITE_P(
    All, ProfileEdit,
    testing::Values(
        Edit{"\"samples\":2", "\"samples\":0",
             "'samples' is not an integer in"},
        Edit{"\"samples\":2", "\"samples\":-1", "'samples' is not an integer"},
        Edit{"\"samples\":2", "\"samples\":2.0", "'samples' is not an integer"},
        Edit{"\"samples\":2", "\"samples\":5",
             "5 samples, but only 4 elements"},
        Edit{"\"samples\":2", "\"sample\":2", "no field 'samples'"},
        Edit{"\"elements\":4", "\"elements\":6", "histogram counts 4 elements"},
        Edit{"\"elements\":4", "\"elements\":2",
             "histogram counts more than 2 elements"},
        Edit{"\"elements\":4", "\"elements\":18446744073709551615",
             "'elements' is not an integer"},
        Edit{"\"zeros\":1", "\"zeros\":2", "2 zeros are not in the histogram"},
        Edit{"\"min\":-0.5", "\"min\":4.5", "min"},
        Edit{"\"min\":-0.5", "\"min\":-0.1", "'min' is not an f32 number"},
        Edit{"\"min\":-0.5", "\"min\":\"a\"", "'min' is not a finite number"},
        Edit{"\"min\":-0.5", "\"min\":-0.625", "do not match the range"},
        Edit{"\"max\":3.0", "\"max\":1e39", "'max' is not an f32 number"},
        Edit{"\"max\":3.0", "\"max\":1099511627776.0", "do not suit the range"},
        Edit{"\"sum\":2.6", "\"sum\":22.6", "sums are not within the range"},
        Edit{"\"sum\":2.6", "\"sum\":-2.6", "sums are not within the range"},
        Edit{"\"sumSquares\":9.26", "\"sumSquares\":39.26",
             "sums are not within the range"},
        Edit{"\"sumSquares\":9.26", "\"sumSquares\":-9.26",
             "sums are not within the range"},
        Edit{"\"widthLog2\":-10", "\"widthLog2\":-11", "do not suit the range"},
        Edit{"\"widthLog2\":-10", "\"widthLog2\":5000000000",
             "histogram: 'widthLog2' is not an integer in [-1024, 1024]"},
        Edit{"\"first\":-512", "\"first\":-511", "bins [-511, 3073] do not"},
        Edit{"\"first\":-512", "\"first\":18446744073709551615",
             "histogram: 'first' is not an integer"},
        Edit{"\"counts\":[1,", "\"counts\":[0,", "histogram counts 3 elements"},
        Edit{"\"counts\":[1,0,", "\"counts\":[0,1,",
             "no element at the end of its range"},
        Edit{"\"counts\":[1,", "\"counts\":[-1,",
             "an entry that is not a count"},
        Edit{"\"counts\":[", "\"counts\":[0,", "do not match the range"},
        Edit{"\"counts\":[1,", "\"counts\":[1.5,",
             "an entry that is not a count"},
        Edit{"\"channels\":{\"min\":[-0.5,", "\"channels\":{\"min\":[",
             "channels: arrays are empty or differ in size"},
        Edit{"\"channels\":{\"min\":[-0.5,", "\"channels\":{\"min\":[-0.75,",
             "the ranges of channels do not add up"},
        Edit{"\"channels\":{\"min\":[-0.5,", "\"channels\":{\"min\":[null,",
             "channels: 'min' has an entry that is not a finite number"},
        Edit{"\"channels\":{\"min\":[-0.5,", "\"channels\":{\"min\":[9.0,",
             "a channel's sums are not within its range"},
        Edit{"\"channels\":{", "\"channel\":{", "unknown fields"}));

TEST(ProfileFile, ReportsTooManyBins) {
  std::string zeros;
  for (int i = 0; i < 5000; ++i)
    zeros += "0,";
  EXPECT_THAT(parseError(edited("\"counts\":[", "\"counts\":[" + zeros)),
              HasSubstr("entries; expected at most 4096"));
}

TEST(ProfileFile, ReportsChannelsThatDoNotDivide) {
  std::string text =
      edited("\"channels\":{\"min\":[", "\"channels\":{\"min\":[0.0,");
  for (const char *key : {"max", "sum", "sumSquares"}) {
    std::string from = std::string("\"") + key + "\":[";
    text.replace(text.rfind(from), from.size(), from + "0.0,");
  }
  EXPECT_THAT(parseError(text),
              HasSubstr("4 elements are not a multiple of 3 channels"));
}

} // namespace
