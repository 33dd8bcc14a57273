//===- NpzTest.cpp --------------------------------------------------------===//

#include "compiler/Data/Npy.h"
#include "test/unit/Data/TestFiles.h"

using namespace qcc::data;
using namespace qcc::test;
using llvm::StringRef;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

Array pixels() {
  return Array::from<uint8_t>({2, 3}, {0, 1, 2, 253, 254, 255});
}
Array labels() { return Array::from<int64_t>({2}, {7, -1}); }

/// The bytes of an archive with x = pixels() and y = labels().
std::string archive(NpzCompression compression = NpzCompression::Deflate) {
  TemporaryFolder folder;
  EXPECT_EQ(message(writeNpz(folder.path("a.npz"),
                             {{"x", pixels()}, {"y", labels()}}, compression)),
            "success");
  return folder.read("a.npz");
}

/// Replaces the little-endian field of `size` bytes at `at`.
void patch(std::string &bytes, size_t at, uint64_t value, int size) {
  for (int i = 0; i < size; ++i)
    bytes[at + i] = static_cast<char>(value >> (8 * i));
}

/// Where the directory's entry for member `index` begins.
size_t directoryEntry(const std::string &bytes, int index) {
  size_t at = bytes.find("PK\x01\x02");
  for (int i = 0; i < index; ++i)
    at = bytes.find("PK\x01\x02", at + 1);
  return at;
}

TEST(Npz, ReadsWhatItWrites) {
  TemporaryFolder folder;
  for (auto compression : {NpzCompression::Store, NpzCompression::Deflate}) {
    std::string path = folder.path("a.npz");
    ASSERT_EQ(message(writeNpz(path, {{"x", pixels()}, {"y", labels()}},
                               compression)),
              "success");
    std::vector<NamedArray> arrays = unwrap(readNpz(path));
    ASSERT_EQ(arrays.size(), 2u);
    EXPECT_EQ(arrays[0].first, "x");
    EXPECT_EQ(arrays[0].second.dtype, DType::U8);
    EXPECT_THAT(arrays[0].second.shape, ElementsAre(2, 3));
    EXPECT_EQ(arrays[0].second.bytes, pixels().bytes);
    EXPECT_EQ(arrays[1].first, "y");
    EXPECT_THAT(unwrap(toIntegers(arrays[1].second, "y")), ElementsAre(7, -1));
  }
}

TEST(Npz, WritesTheSameBytesEveryTime) {
  EXPECT_EQ(archive(), archive());
  EXPECT_NE(archive(), archive(NpzCompression::Store));
}

TEST(Npz, DeflatesLargeArraysWell) {
  TemporaryFolder folder;
  std::string path = folder.path("a.npz");
  Array zeros = Array::from<float>({1000, 1000}, std::vector<float>(1000000));
  ASSERT_EQ(message(writeNpz(path, {{"x", zeros}})), "success");
  EXPECT_LT(folder.read("a.npz").size(), 10000u);
  EXPECT_EQ(unwrap(readNpz(path)).front().second.bytes, zeros.bytes);
}

TEST(Npz, WritesEmptyArrays) {
  TemporaryFolder folder;
  std::string path = folder.path("a.npz");
  ASSERT_EQ(message(writeNpz(path, {{"x", Array::from<float>({0, 3}, {})}})),
            "success");
  EXPECT_THAT(unwrap(readNpz(path)).front().second.shape, ElementsAre(0, 3));
}

TEST(Npz, ReadsOnlyTheArraysWanted) {
  std::vector<Array> arrays = unwrap(parseNpz(archive(), "a.npz", {"y", "x"}));
  EXPECT_EQ(arrays[0].dtype, DType::I64);
  EXPECT_EQ(arrays[1].dtype, DType::U8);
}

TEST(Npz, ListsNames) {
  EXPECT_THAT(unwrap(npzNames(archive(), "a.npz")), ElementsAre("x", "y"));
}

TEST(Npz, ReportsAnAbsentArrayAndTheOnesFound) {
  EXPECT_EQ(message(parseNpz(archive(), "a.npz", {"z"})),
            "a.npz: no array named 'z'; found: x, y");
}

TEST(Npz, ReportsGarbage) {
  for (StringRef bytes : {"", "garbage", "PK\x03\x04 and nothing else"})
    EXPECT_THAT(message(npzNames(bytes, "a.npz")),
                HasSubstr("a.npz: not a readable .npz file"))
        << bytes.str();
}

TEST(Npz, ReportsEveryTruncation) {
  std::string bytes = archive();
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(message(parseNpz(StringRef(bytes).take_front(size), "a", {"x"})),
              "success")
        << size;
}

TEST(Npz, ReportsDamagedContents) {
  std::string bytes = archive(NpzCompression::Store);
  bytes[bytes.find("\xfd\xfe\xff")] ^= 1;
  EXPECT_THAT(message(parseNpz(bytes, "a.npz", {"x"})),
              HasSubstr("a.npz: array 'x': CRC error"));
  EXPECT_EQ(message(parseNpz(bytes, "a.npz", {"y"})), "success");
}

TEST(Npz, ReportsSizesThatCannotBe) {
  std::string bytes = archive();
  patch(bytes, directoryEntry(bytes, 0) + 24, 0x7fffffff, 4);
  EXPECT_THAT(message(parseNpz(bytes, "a.npz", {"x"})),
              AllOf(HasSubstr("a.npz: array 'x': the member claims 2147483647"),
                    HasSubstr("compressed bytes can hold")));
}

TEST(Npz, ReportsContentsLongerThanAnnounced) {
  std::string bytes = archive();
  patch(bytes, directoryEntry(bytes, 0) + 24, 100, 4);
  EXPECT_NE(message(parseNpz(bytes, "a.npz", {"x"})), "success");
}

TEST(Npz, ReportsUnsupportedCompression) {
  std::string bytes = archive();
  constexpr int bzip2 = 12;
  patch(bytes, directoryEntry(bytes, 0) + 10, bzip2, 2);
  EXPECT_THAT(message(parseNpz(bytes, "a.npz", {"x"})),
              HasSubstr("compression method 12 is not supported"));
}

TEST(Npz, ReportsEncryption) {
  std::string bytes = archive();
  patch(bytes, directoryEntry(bytes, 0) + 8, 1, 2);
  EXPECT_THAT(message(parseNpz(bytes, "a.npz", {"x"})),
              HasSubstr("the member is encrypted"));
}

TEST(Npz, ReportsADamagedArray) {
  std::string bytes = archive(NpzCompression::Store);
  // The CRC is wrong as well, but it comes after the contents.
  bytes.replace(bytes.find("NUMPY"), 5, "NUMPX");
  EXPECT_NE(message(parseNpz(bytes, "a.npz", {"x"})), "success");
}

TEST(Npz, RefusesToWriteWithoutProperNames) {
  TemporaryFolder folder;
  std::string path = folder.path("a.npz");
  EXPECT_THAT(message(writeNpz(path, {})), HasSubstr("no arrays given"));
  EXPECT_THAT(message(writeNpz(path, {{"", pixels()}})),
              HasSubstr("array name '' is empty"));
  EXPECT_THAT(message(writeNpz(path, {{"x", pixels()}, {"x", labels()}})),
              HasSubstr("array name 'x' is used twice"));
  EXPECT_THAT(folder.list(), IsEmpty());
}

TEST(Npz, ReportsAFailureToWrite) {
  EXPECT_THAT(message(writeNpz("no/such/a.npz", {{"x", pixels()}})),
              HasSubstr("cannot write no/such/a.npz"));
}

TEST(Npz, ReportsAMissingFile) {
  EXPECT_THAT(message(readNpz("no/such.npz")),
              HasSubstr("cannot read no/such.npz"));
}

} // namespace
