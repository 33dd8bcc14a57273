//===- NpyTest.cpp --------------------------------------------------------===//

#include "compiler/Data/Npy.h"
#include "test/unit/Data/TestFiles.h"

#include <cmath>

using namespace qcc::data;
using namespace qcc::test;
using llvm::StringRef;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

namespace {

/// A .npy file with the header `dictionary`, unpadded, and `data`.
std::string npy(const std::string &dictionary, const std::string &data,
                int major = 1) {
  std::string result = "\x93NUMPY";
  result += static_cast<char>(major);
  result += '\0';
  size_t length = dictionary.size();
  for (int i = 0; i < (major == 1 ? 2 : 4); ++i)
    result += static_cast<char>(length >> (8 * i));
  return result + dictionary + data;
}

/// Bytes 0, 1, 2, ...
std::string counting(size_t size) {
  std::string result(size, '\0');
  for (size_t i = 0; i < size; ++i)
    result[i] = static_cast<char>(i);
  return result;
}

std::string dictionary(const std::string &descr, const std::string &shape,
                       const std::string &order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order +
         ", 'shape': " + shape + ", }";
}

TEST(Npy, ReadsWhatNumPyWrites) {
  // numpy.save of [[-128, 127, 5], [1, 2, 3]] as int8, byte for byte.
  std::string header = dictionary("|i1", "(2, 3)");
  header.resize(117, ' ');
  header += '\n';
  Array array =
      unwrap(parseNpy(npy(header, "\x80\x7f\x05\x01\x02\x03"), "f.npy"));
  EXPECT_EQ(array.dtype, DType::I8);
  EXPECT_THAT(array.shape, ElementsAre(2, 3));
  EXPECT_THAT(toFloat(array), ElementsAre(-128, 127, 5, 1, 2, 3));
}

TEST(Npy, ReadsVersions2And3) {
  for (int major : {2, 3})
    EXPECT_THAT(
        unwrap(
            parseNpy(npy(dictionary("|u1", "(3,)"), counting(3), major), "f"))
            .shape,
        ElementsAre(3));
}

TEST(Npy, ReadsKeysInAnyOrderAndSpacing) {
  Array array = unwrap(
      parseNpy(npy("{ \"shape\":(2,1) ,'fortran_order':False,'descr':'|u1'}\n",
                   counting(2)),
               "f"));
  EXPECT_THAT(array.shape, ElementsAre(2, 1));
}

TEST(Npy, ReadsScalars) {
  EXPECT_TRUE(unwrap(parseNpy(npy(dictionary("|u1", "()"), "\x07"), "f"))
                  .shape.empty());
}

TEST(Npy, SwapsBigEndianElements) {
  EXPECT_THAT(toFloat(unwrap(parseNpy(npy(dictionary(">i2", "(2,)"),
                                          std::string("\x01\x02\xff\xfe", 4)),
                                      "f"))),
              ElementsAre(0x0102, -2));
  EXPECT_THAT(toFloat(unwrap(parseNpy(npy(dictionary(">f4", "(1,)"),
                                          std::string("\xc0\x20\0\0", 4)),
                                      "f"))),
              ElementsAre(-2.5f));
}

TEST(Npy, ReordersFortranOrder) {
  // Element (i, j, k) of a 2x3x2 array in column-major order is at i + 2j + 6k.
  Array array = unwrap(
      parseNpy(npy(dictionary("|u1", "(2, 3, 2)", "True"), counting(12)), "f"));
  EXPECT_THAT(toFloat(array),
              ElementsAre(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11));
}

TEST(Npy, ReordersFortranOrderOfWideElements) {
  std::string data = std::string("\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0", 12);
  Array array =
      unwrap(parseNpy(npy(dictionary("<i2", "(2, 3)", "True"), data), "f"));
  EXPECT_THAT(toFloat(array), ElementsAre(1, 3, 5, 2, 4, 6));
}

TEST(Npy, ReadsEmptyArrays) {
  Array array =
      unwrap(parseNpy(npy(dictionary("<f4", "(0, 5)", "True"), ""), "f"));
  EXPECT_EQ(array.numElements(), 0);
}

TEST(Npy, ReportsWrongMagic) {
  EXPECT_EQ(message(parseNpy("\x93NUMPX123", "f.npy")),
            "f.npy: not a .npy file (wrong magic)");
  EXPECT_THAT(message(parseNpy("", "f.npy")), HasSubstr("wrong magic"));
}

TEST(Npy, ReportsEveryTruncation) {
  std::string bytes = npy(dictionary("<f4", "(2, 3)"), counting(24));
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THAT(message(parseNpy(StringRef(bytes).take_front(size), "f.npy")),
                testing::AnyOf(HasSubstr("truncated within the header"),
                               HasSubstr("wrong magic"),
                               HasSubstr("needs 24 bytes of data")))
        << size;
}

TEST(Npy, ReportsBytesLeftOver) {
  EXPECT_EQ(
      message(parseNpy(npy(dictionary("<f4", "(2,)"), counting(9)), "f.npy")),
      "f.npy: shape 2 of f32 needs 8 bytes of data, 9 found");
}

TEST(Npy, ReportsUnsupportedVersions) {
  EXPECT_THAT(message(parseNpy(npy("", "", 4), "f")),
              HasSubstr("version 4.0 of the format is not supported"));
  EXPECT_THAT(message(parseNpy(npy("", "", 0), "f")), HasSubstr("version 0.0"));
}

TEST(Npy, ReportsUnsupportedElementTypes) {
  for (StringRef descr : {"<c8", "<f2", "<u2", "<u8", "|b1", "<U5", "|S3",
                          "<M8[ns]", "", "<", "f4", "?f4"})
    EXPECT_THAT(message(parseNpy(
                    npy(dictionary(descr.str(), "(1,)"), counting(8)), "f")),
                AllOf(HasSubstr("element type '" + descr.str() + "'"),
                      HasSubstr("not supported")));
}

TEST(Npy, ReportsPickles) {
  EXPECT_THAT(message(parseNpy(npy(dictionary("|O", "(1,)"), "x"), "f")),
              HasSubstr("pickled Python objects"));
}

TEST(Npy, ReportsStructuredTypes) {
  EXPECT_THAT(message(parseNpy(npy("{'descr': [('a', '<f4')], "
                                   "'fortran_order': False, 'shape': (1,)}",
                                   ""),
                               "f")),
              HasSubstr("structured element types are not supported"));
}

TEST(Npy, ReportsAbsurdShapes) {
  EXPECT_THAT(message(parseNpy(
                  npy(dictionary("<f4", "(4611686018427387904,)"), "x"), "f")),
              HasSubstr("larger than any memory"));
  EXPECT_THAT(message(parseNpy(
                  npy(dictionary("|u1", "(4611686018427387904,)"), "x"), "f")),
              HasSubstr("needs 4611686018427387904 bytes of data, 1 found"));
  EXPECT_THAT(message(parseNpy(
                  npy(dictionary("|u1", "(9223372036854775808,)"), "x"), "f")),
              HasSubstr("a dimension is not a number in [0, 2^63)"));
  std::string dims = "(";
  for (int i = 0; i < 65; ++i)
    dims += "1, ";
  EXPECT_THAT(message(parseNpy(npy(dictionary("|u1", dims + ")"), "x"), "f")),
              HasSubstr("more than 64 dimensions"));
}

TEST(Npy, ReportsDamagedHeaders) {
  const std::pair<const char *, const char *> cases[] = {
      {"", "expected a dictionary"},
      {"{'descr': '<f4'", "expected ',' or '}'"},
      {"{descr: '<f4'}", "expected a key in quotes"},
      {"{'descr' '<f4'}", "no value for key 'descr'"},
      {"{'descr': '<f4}", "expected the element type in quotes"},
      {"{'descr': '<f4', 'descr': '<f4'}", "key 'descr' twice"},
      {"{'colour': 3}", "unknown key 'colour'"},
      {"{'fortran_order': Maybe}", "neither True nor False"},
      {"{'shape': 3}", "shape is not a tuple"},
      {"{'shape': (3 4)}", "shape is not a tuple of numbers"},
      {"{'shape': (-3,)}", "a dimension is not a number"},
      {"{'shape': (3,", "a dimension is not a number"},
      {"{'shape': (3,)}", "expected the keys descr, fortran_order and shape"},
  };
  for (auto [text, expected] : cases)
    EXPECT_THAT(message(parseNpy(npy(text, ""), "f")),
                AllOf(HasSubstr("f: damaged header"), HasSubstr(expected)))
        << text;
}

TEST(Npy, WritesWhatItReadsForEveryType) {
  TemporaryFolder folder;
  std::string path = folder.path("a.npy");
  for (DType dtype : {DType::F32, DType::F64, DType::U8, DType::I8, DType::I16,
                      DType::I32, DType::I64})
    for (std::vector<int64_t> shape :
         {std::vector<int64_t>{}, {5}, {2, 3}, {2, 0, 3}, {3, 1, 2, 5}}) {
      Array array;
      array.dtype = dtype;
      array.shape = shape;
      std::string bytes = counting(array.numElements() * elementSize(dtype));
      array.bytes.assign(bytes.begin(), bytes.end());
      ASSERT_EQ(message(writeNpy(path, array)), "success");
      Array back = unwrap(readNpy(path));
      EXPECT_EQ(back.dtype, dtype);
      EXPECT_EQ(back.shape, shape);
      EXPECT_EQ(back.bytes, array.bytes);
    }
  EXPECT_THAT(folder.list(), UnorderedElementsAre("a.npy"));
}

TEST(Npy, HeaderIsThatOfNumPy) {
  Array array = Array::from<float>({2, 3}, std::vector<float>(6));
  std::string header = npyHeader(array);
  EXPECT_EQ(header.size(), 128u);
  EXPECT_EQ(header.substr(0, 10), std::string("\x93NUMPY\x01\0v\0", 10));
  EXPECT_THAT(header, HasSubstr("{'descr': '<f4', 'fortran_order': False, "
                                "'shape': (2, 3), }"));
  EXPECT_EQ(header.back(), '\n');
  EXPECT_THAT(npyHeader(Array::from<uint8_t>({3}, {1, 2, 3})),
              HasSubstr("'shape': (3,), }"));
  EXPECT_THAT(
      npyHeader(Array::from<uint8_t>({}, {1})),
      HasSubstr("'descr': '|u1', 'fortran_order': False, 'shape': (), }"));
}

TEST(Npy, ReportsAMissingFile) {
  EXPECT_THAT(message(readNpy("no/such.npy")),
              HasSubstr("cannot read no/such.npy"));
}

} // namespace
