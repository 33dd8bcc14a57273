//===- Random.h - A portable random sequence --------------------*- C++ -*-===//
//
// The generator behind random subsets of a data set. It is written out here,
// because the standard library's distributions differ between vendors, and a
// calibration subset must be the same everywhere.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_DATA_RANDOM_H
#define QCC_COMPILER_DATA_RANDOM_H

#include <cassert>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace qcc::data {

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, OOPSLA 2014): a counter with a 64-bit finaliser.
class SplitMix64 {
public:
  explicit SplitMix64(uint64_t seed) : state(seed) {}

  uint64_t next() {
    uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, bound), bound > 0. The lowest 2^64 mod bound values of
  /// next() are drawn again, so no residue is favoured.
  uint64_t below(uint64_t bound) {
    assert(bound > 0 && "an empty range has no element");
    uint64_t rejected = (0 - bound) % bound;
    uint64_t drawn;
    do
      drawn = next();
    while (drawn < rejected);
    return drawn % bound;
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
  uint64_t state;
};

/// `count` different integers of [begin, end) in drawn order, by the first
/// `count` steps of a Fisher-Yates shuffle: step i exchanges element i with
/// element i + below(n - i). A smaller count with the same seed gives a
/// prefix. Requires 0 <= count <= end - begin.
inline std::vector<int64_t> drawSubset(int64_t begin, int64_t end,
                                       int64_t count, uint64_t seed) {
  assert(0 <= count && count <= end - begin);
  std::vector<int64_t> indices(end - begin);
  std::iota(indices.begin(), indices.end(), begin);
  SplitMix64 random(seed);
  for (int64_t i = 0; i < count; ++i)
    std::swap(indices[i], indices[i + random.below(indices.size() - i)]);
  indices.resize(count);
  return indices;
}

} // namespace qcc::data

#endif // QCC_COMPILER_DATA_RANDOM_H
