//===- FileIOTest.cpp -----------------------------------------------------===//

#include "compiler/Data/FileIO.h"
#include "test/unit/Data/TestFiles.h"

#include <csignal>
#include <sys/resource.h>
#include <zlib.h>

using namespace qcc::data;
using namespace qcc::test;
using llvm::StringRef;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

namespace {

std::string gzip(const std::string &text) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8,
                         Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string result(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
  stream.avail_in = text.size();
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = result.size();
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

TEST(FileIO, MissingFileIsAnError) {
  TemporaryFolder folder;
  EXPECT_THAT(message(readFile(folder.path("absent.npy"))),
              testing::AllOf(HasSubstr("cannot read"), HasSubstr("absent.npy"),
                             HasSubstr("No such file")));
}

TEST(FileIO, FolderIsAnError) {
  TemporaryFolder folder;
  EXPECT_THAT(message(readFile(folder.path(""))), HasSubstr("cannot read"));
}

TEST(FileIO, WritesAllPartsAndLeavesNothingElse) {
  TemporaryFolder folder;
  EXPECT_EQ(message(writeFileAtomically(folder.path("out"),
                                        {"one", StringRef("\0two", 4), ""})),
            "success");
  EXPECT_EQ(folder.read("out"), std::string("one\0two", 7));
  EXPECT_THAT(folder.list(), UnorderedElementsAre("out"));
}

TEST(FileIO, WriteReplacesAFile) {
  TemporaryFolder folder;
  folder.write("out", "old and long");
  EXPECT_EQ(message(writeFileAtomically(folder.path("out"), {"new"})),
            "success");
  EXPECT_EQ(folder.read("out"), "new");
}

TEST(FileIO, WriteIntoAnAbsentFolderIsAnError) {
  TemporaryFolder folder;
  EXPECT_THAT(message(writeFileAtomically(folder.path("no/out"), {"new"})),
              testing::AllOf(HasSubstr("cannot write"), HasSubstr("no/out")));
}

TEST(FileIO, WriteOverAFolderLeavesIt) {
  TemporaryFolder folder;
  llvm::sys::fs::create_directory(folder.path("out"));
  EXPECT_THAT(message(writeFileAtomically(folder.path("out"), {"new"})),
              HasSubstr("cannot write"));
  EXPECT_THAT(folder.list(), UnorderedElementsAre("out"));
}

TEST(FileIO, FailedWriteKeepsTheOldFile) {
  // A limit on the size of files acts like a full disk.
  TemporaryFolder folder;
  folder.write("out", "old");
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = {4096, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string text = message(
      writeFileAtomically(folder.path("out"), {std::string(1 << 20, 'x')}));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(text, HasSubstr("cannot write"));
  EXPECT_EQ(folder.read("out"), "old");
  EXPECT_THAT(folder.list(), UnorderedElementsAre("out"));
}

TEST(FileIO, InflatesGzip) {
  std::string text(300000, 'a');
  text += "end";
  EXPECT_EQ(unwrap(gunzip(gzip(text), "f.gz")), text);
}

TEST(FileIO, InflatesSeveralMembers) {
  EXPECT_EQ(unwrap(gunzip(gzip("first,") + gzip("second"), "f.gz")),
            "first,second");
}

TEST(FileIO, InflatesAnEmptyMember) {
  EXPECT_THAT(unwrap(gunzip(gzip(""), "f.gz")), IsEmpty());
}

TEST(FileIO, TruncatedGzipIsAnError) {
  std::string bytes = gzip("some text that is not that short");
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THAT(message(gunzip(StringRef(bytes).take_front(size), "f.gz")),
                HasSubstr("f.gz: gzip data is truncated"))
        << size;
}

TEST(FileIO, DamagedGzipIsAnError) {
  std::string bytes = gzip("some text");
  bytes[bytes.size() - 8] ^= 1; // the CRC
  EXPECT_THAT(message(gunzip(bytes, "f.gz")),
              HasSubstr("f.gz: gzip data is damaged: incorrect data check"));
}

TEST(FileIO, GarbageAfterGzipIsAnError) {
  EXPECT_THAT(message(gunzip(gzip("text") + "garbage", "f.gz")),
              HasSubstr("f.gz: gzip data is damaged"));
}

} // namespace
