//===- SampleData.h - Deterministic test data -------------------*- C++ -*-===//

#ifndef QCC_TEST_UNIT_QUANTIZE_SAMPLEDATA_H
#define QCC_TEST_UNIT_QUANTIZE_SAMPLEDATA_H

#include "passes/Quantize/Profile.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace qcc::test {

/// The message of an error, or "success".
inline std::string message(llvm::Error error) {
  return error ? llvm::toString(std::move(error)) : "success";
}

/// Values that look normally distributed: the sum of 12 uniform ones. Only
/// the engine, which the standard defines exactly, is random here.
inline std::vector<float> normal(size_t size, unsigned seed, double mean = 0,
                                 double deviation = 1) {
  std::mt19937 engine(seed);
  std::vector<float> values(size);
  for (float &value : values) {
    double sum = -6;
    for (int i = 0; i < 12; ++i)
      sum += engine() * 0x1p-32;
    value = static_cast<float>(mean + deviation * sum);
  }
  return values;
}

/// Values of every magnitude that a float has, of both signs.
inline std::vector<float> wild(size_t size, unsigned seed) {
  std::mt19937 engine(seed);
  std::vector<float> values(size);
  for (float &value : values) {
    double mantissa = 1 + engine() * 0x1p-32;
    int exponent = static_cast<int>(engine() % 250) - 149;
    value = static_cast<float>(std::ldexp(mantissa, exponent));
    if (engine() % 2)
      value = -value;
  }
  return values;
}

inline quantize::ValueStats statsOf(llvm::ArrayRef<float> values,
                                    uint64_t samples = 1, size_t channels = 0) {
  quantize::ValueStats stats;
  EXPECT_EQ(message(stats.accumulate(values, samples, channels)), "success");
  return stats;
}

} // namespace qcc::test

#endif // QCC_TEST_UNIT_QUANTIZE_SAMPLEDATA_H
