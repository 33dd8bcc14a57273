#include "compiler/tools/qcc-eval/IntegerCodec.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace qcc::eval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

emit::Port port(const char *type, int64_t elements, int64_t bytes,
                const char *scale, int32_t zeroPoint) {
  emit::Port result;
  result.elementType = type;
  result.elements = elements;
  result.bytes = bytes;
  result.scale = scale;
  result.zeroPoint = zeroPoint;
  return result;
}

template <typename T> data::Dataset dataset(std::vector<T> values) {
  data::Dataset result;
  result.path = "d.npy";
  auto count = static_cast<int64_t>(values.size());
  result.inputs = data::Array::from<T>({count, 1}, values);
  return result;
}

std::vector<uint8_t> encode(const data::Dataset &data,
                            const InputFormat &format, const emit::Port &port) {
  auto bytes = encodeSamples(data, 0, data.size(), format, port);
  EXPECT_TRUE(bool(bytes)) << llvm::toString(bytes.takeError());
  return bytes ? *bytes : std::vector<uint8_t>();
}

TEST(IntegerCodec, RealValuesAreRoundedAndSaturate) {
  // 0.75 and -0.25 are ties in steps of 0.5.
  EXPECT_THAT(encode(dataset<float>({0, 0.75, -0.25, 1000, -1000}), {},
                     port("s8", 1, 1, "0.5", 3)),
              ElementsAre(3, 5, 2, 127, 128));
}

TEST(IntegerCodec, BytesBecomeRealFirst) {
  InputFormat format;
  format.mean = 10;
  format.std = 4;
  EXPECT_THAT(
      encode(dataset<uint8_t>({10, 18}), format, port("s8", 1, 1, "0.25", -1)),
      ElementsAre(255, 7));
}

TEST(IntegerCodec, RawBytesStay) {
  InputFormat format{InputFormat::U8, 72.9, 90};
  EXPECT_THAT(encode(dataset<uint8_t>({0, 200, 255}), format,
                     port("u8", 1, 1, "0.0111", 73)),
              ElementsAre(0, 200, 255));
  auto failed = encodeSamples(dataset<int16_t>({256}), 0, 1, format,
                              port("u8", 1, 1, "0.0111", 73));
  ASSERT_FALSE(bool(failed));
  EXPECT_THAT(llvm::toString(failed.takeError()),
              HasSubstr("d.npy: found 256.000000, which is no byte of type "
                        "u8"));
}

TEST(IntegerCodec, Decodes) {
  EXPECT_THAT(decodeValues({0x80, 0x7f, 0x03}, port("s8", 3, 3, "0.5", 3)),
              ElementsAre(-65.5, 62, 0));
  EXPECT_THAT(decodeValues({0x80}, port("u8", 1, 1, "2", 128)), ElementsAre(0));
  EXPECT_THAT(decodeValues({0x00, 0x80, 0xff, 0xff}, port("s16", 2, 4, "1", 0)),
              ElementsAre(-32768, -1));
  EXPECT_THAT(decodeValues({7, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff},
                           port("s32", 2, 8, "", 0)),
              ElementsAre(7, -2));
}

} // namespace
} // namespace qcc::eval
