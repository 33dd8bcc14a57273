//===- IdxTest.cpp --------------------------------------------------------===//

#include "compiler/Data/Idx.h"
#include "test/unit/Data/TestFiles.h"

using namespace qcc::data;
using namespace qcc::test;
using llvm::StringRef;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

TEST(Idx, ReadsImages) {
  std::string bytes("\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x03\x00\x01\x02"
                    "\x80\xfe\xff",
                    22);
  Array array = unwrap(parseIdx(bytes, "f"));
  EXPECT_EQ(array.dtype, DType::U8);
  EXPECT_THAT(array.shape, ElementsAre(2, 1, 3));
  EXPECT_THAT(toFloat(array), ElementsAre(0, 1, 2, 128, 254, 255));
}

TEST(Idx, ReadsBigEndianElements) {
  std::string bytes("\0\0\x0b\x01\0\0\0\x02\x01\x02\xff\xfe", 12);
  EXPECT_THAT(toFloat(unwrap(parseIdx(bytes, "f"))), ElementsAre(258, -2));
}

TEST(Idx, WritesWhatItReads) {
  Array array = Array::from<double>({3, 1}, {-1.5, 0.0, 1e300});
  Array back = unwrap(parseIdx(idxBytes(array), "f"));
  EXPECT_EQ(back.dtype, DType::F64);
  EXPECT_EQ(back.shape, array.shape);
  EXPECT_EQ(back.bytes, array.bytes);
}

TEST(Idx, ReportsEveryTruncationAndBytesLeftOver) {
  std::string bytes = idxBytes(Array::from<int32_t>({1, 2}, {1, 2}));
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(message(parseIdx(StringRef(bytes).take_front(size), "f")),
              "success")
        << size;
  EXPECT_THAT(message(parseIdx(StringRef(bytes).take_front(9), "f")),
              HasSubstr("f: IDX file is truncated within its 2 dimensions"));
  EXPECT_EQ(message(parseIdx(bytes + "x", "f")),
            "f: shape 1x2 of i32 needs 8 bytes of data, 9 found");
}

TEST(Idx, ReportsWrongMagic) {
  EXPECT_EQ(message(parseIdx("\x01\x02\x03\x04", "f")),
            "f: not an IDX file (wrong magic)");
  EXPECT_THAT(message(parseIdx(StringRef("\0\0\x0a\x01", 4), "f")),
              HasSubstr("f: IDX element type 0xa is not known"));
  EXPECT_THAT(message(parseIdx(StringRef("\0\0\x08\0", 4), "f")),
              HasSubstr("f: IDX file without dimensions"));
}

TEST(Idx, ReportsAbsurdShapes) {
  std::string bytes("\0\0\x08\x03", 4);
  bytes += std::string(12, '\xff');
  EXPECT_THAT(message(parseIdx(bytes, "f")),
              HasSubstr("larger than any memory"));
  bytes = std::string("\0\0\x08\x01\xff\xff\xff\xff", 8);
  EXPECT_THAT(message(parseIdx(bytes, "f")),
              HasSubstr("needs 4294967295 bytes of data, 0 found"));
}

} // namespace
