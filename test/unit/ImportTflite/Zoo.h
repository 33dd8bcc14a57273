// Random integer models.
#ifndef QCC_TEST_UNIT_IMPORTTFLITE_ZOO_H
#define QCC_TEST_UNIT_IMPORTTFLITE_ZOO_H

#include "compiler/Data/Random.h"
#include "test/unit/ImportTflite/ModelBuilder.h"

#include <cmath>

namespace qcc::test {

/// One model of many ops, whose results are all outputs: compiling one is as
/// dear as compiling ten.
class Zoo {
public:
  Zoo(uint64_t seed, ElementType type)
      : codeType(type), least(type == ElementType::UInt8 ? 0 : -128),
        isWord(type == ElementType::Int16), random(seed) {
    image = activation("image", {1, 5, 6, 4});
    other = activation("other", {1, 5, 6, 4});
    row = activation("row", {1, 13});
    args = {image, other, row};
  }

  int64_t in(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random.below(high - low + 1));
  }
  float real(double low, double high) {
    double at = static_cast<double>(random.below(1 << 20)) / (1 << 20);
    return static_cast<float>(low * std::pow(high / low, at));
  }

  int64_t anyZero() { return isWord ? 0 : in(least, least + 255); }

  int activation(const std::string &name, const std::vector<int> &shape,
                 float scale = 0, int64_t zero = 1000) {
    shapes.push_back(shape);
    scales.push_back(scale != 0 ? scale
                                : real(0.004, 0.4) / (isWord ? 256 : 1));
    zeros.push_back(zero != 1000 ? zero : anyZero());
    return builder.tensor(
        name, {shape, codeType, {}, {scales.back()}, {zeros.back()}});
  }

  int indices(const std::vector<int32_t> &values, std::vector<int> shape = {}) {
    if (shape.empty())
      shape = {static_cast<int>(values.size())};
    keep();
    return builder.tensor("indices",
                          {shape, ElementType::Int32, test::bytesOf(values)});
  }

  /// Weights, one scale per channel of `axis` or one for all.
  int filter(const std::vector<int> &shape, int axis, bool perChannel) {
    size_t count = 1;
    for (int size : shape)
      count *= size;
    std::vector<uint8_t> codes;
    for (size_t i = 0; i < count; ++i)
      codes.push_back(static_cast<uint8_t>(in(least + 1, least + 255)));
    bool isByte = codeType == ElementType::UInt8;
    perChannel &= !isByte;
    int64_t zero = isByte ? in(0, 255) : 0;
    filterScales.clear();
    for (int c = 0; c < (perChannel ? shape[axis] : 1); ++c)
      filterScales.push_back(real(0.001, 0.02));
    keep();
    return builder.tensor(
        "filter",
        {shape, isByte ? codeType : ElementType::Int8, codes, filterScales,
         std::vector<int64_t>(filterScales.size(), zero), axis});
  }
  /// A constant activation.
  int codes(const std::vector<int> &shape, float scale) {
    std::vector<uint8_t> values;
    size_t count = 1;
    for (int size : shape)
      count *= size;
    for (size_t i = 0; i < (isWord ? 2 : 1) * count; ++i)
      values.push_back(static_cast<uint8_t>(in(0, 255)));
    keep();
    return builder.tensor("codes",
                          {shape, codeType, values, {scale}, {anyZero()}});
  }
  int bias(int channels, int input) {
    std::vector<int32_t> values;
    std::vector<float> units;
    for (int c = 0; c < channels; ++c)
      values.push_back(static_cast<int32_t>(in(-3000, 3000)));
    for (float scale : filterScales)
      units.push_back(scale * scales[input]);
    keep();
    // In 64 bits, and then in 32.
    bool isLong = isWord && (longBias = !longBias);
    return builder.tensor(
        "bias", {{channels},
                 isLong ? ElementType::Int64 : ElementType::Int32,
                 isLong ? test::bytesOf(std::vector<int64_t>(values.begin(),
                                                             values.end()))
                        : test::bytesOf(values),
                 units,
                 std::vector<int64_t>(units.size(), 0)});
  }

  /// An output of the network.
  int result(const std::string &name, const std::vector<int> &shape,
             float scale = 0, int64_t zero = 1000) {
    results.push_back(activation(name, shape, scale, zero));
    return results.back();
  }
  int resultLike(const std::string &name, const std::vector<int> &shape,
                 int like) {
    return result(name, shape, scales[like], zeros[like]);
  }

  std::string finish() { return builder.finish(args, results); }

  ModelBuilder builder;
  ElementType codeType;
  int64_t least; ///< code of 8 bits
  bool isWord;
  int image, other, row;
  std::vector<std::vector<int>> shapes;
  std::vector<float> scales;
  std::vector<int64_t> zeros;
  std::vector<int> args, results;

private:
  /// Constants have their places among the facts too.
  void keep() {
    shapes.emplace_back();
    scales.push_back(0);
    zeros.push_back(0);
  }

  std::vector<float> filterScales;
  bool longBias = false;
  data::SplitMix64 random;
};

} // namespace qcc::test

#endif // QCC_TEST_UNIT_IMPORTTFLITE_ZOO_H
