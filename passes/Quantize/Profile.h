//===- Profile.h - Calibration statistics -----------------------*- C++ -*-===//
//
// What calibration learns about the values of a network, as a file (.qprof)
// that can be merged, so that a big data set can be split over machines.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_PASSES_QUANTIZE_PROFILE_H
#define QCC_PASSES_QUANTIZE_PROFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace qcc::quantize {

/// Counts of values in bins of width 2^widthLog2: counts[i] is the number of
/// values in [(first + i) * width, (first + i + 1) * width).
///
/// The width is a function of the smallest and largest value alone (see
/// widthFor), and bins are aligned to multiples of their width, so that two
/// bins of one width make exactly one of the next. Collecting data at once,
/// in batches of any size, or in profiles merged in any order and grouping
/// therefore gives the same counts.
struct Histogram {
  static constexpr int64_t maxBins = 4096;
  /// The width of the finest bins: 2^-149 is the smallest positive float.
  static constexpr int minWidthLog2 = -149;

  int widthLog2 = minWidthLog2;
  int64_t first = 0;
  std::vector<uint64_t> counts;

  double width() const;
  /// Lower end of bin `i`; exact.
  double lowerEdge(size_t i) const;

  /// The bin number floor(value / 2^widthLog2), exact.
  static int64_t binOf(double value, int widthLog2);
  /// The smallest width with which at most maxBins bins cover min, max and
  /// zero.
  static int widthFor(double min, double max);

  /// Merges pairs of bins until the width is 2^newWidthLog2, which must not
  /// be smaller than the present one.
  void widenTo(int newWidthLog2);
  /// Makes the bins cover [newFirst, newLast] too, at the present width.
  void extendTo(int64_t newFirst, int64_t newLast);
  /// Adds the counts of `other`, which becomes as wide as this one; requires
  /// that this one's width and bins already cover it.
  void add(Histogram other);

  bool operator==(const Histogram &other) const {
    return widthLog2 == other.widthLog2 && first == other.first &&
           counts == other.counts;
  }
};

/// Statistics of one channel (index of the last axis). Sums are those of
/// double arithmetic: merging in another grouping may change their last bits.
struct ChannelStats {
  float min = 0, max = 0;
  double sum = 0, sumSquares = 0;
};

/// Statistics of one value of the network over all samples seen. Everything
/// but the sums is independent of batching and merge order, bit for bit.
struct ValueStats {
  uint64_t samples = 0;
  uint64_t elements = 0;
  /// Elements that are exactly zero (of either sign). They are in the
  /// histogram's bin 0 as well; observers know that they cost no error.
  uint64_t zeros = 0;
  float min = 0, max = 0;
  double sum = 0, sumSquares = 0;
  Histogram histogram;
  /// Empty unless collected per channel.
  std::vector<ChannelStats> channels;

  double mean() const { return elements ? sum / elements : 0; }
  double variance() const;

  /// Adds `values`, the elements of `numSamples` samples in row-major order
  /// whose last axis has `numChannels` elements (0: no statistics per
  /// channel). Errors, upon which nothing has changed: no values, a NaN or an
  /// infinity (with the index of its element), a number of values that is no
  /// multiple of samples or channels, and other channels than before.
  llvm::Error accumulate(llvm::ArrayRef<float> values, uint64_t numSamples,
                         size_t numChannels = 0);

  /// Adds the statistics of `other`. Errors, upon which nothing has changed:
  /// different channels, counts beyond 2^62.
  llvm::Error merge(const ValueStats &other);
};

/// The statistics of a network's values, by names that the caller keeps
/// stable between runs ("conv1", ...).
struct Profile {
  /// Identifies the model; profiles of different models do not merge.
  std::string model;
  /// Ordered by key, so that the text of a profile is deterministic.
  std::map<std::string, ValueStats> values;

  /// The statistics of `key`, or null.
  const ValueStats *find(llvm::StringRef key) const;

  /// Like ValueStats::accumulate; errors name the key.
  llvm::Error accumulate(llvm::StringRef key, llvm::ArrayRef<float> values,
                         uint64_t numSamples, size_t numChannels = 0);

  /// Adds `other`: the statistics of common keys are merged, other keys are
  /// copied. An error, upon which nothing has changed, if the models differ
  /// or a key's statistics do not merge.
  llvm::Error merge(const Profile &other);

  /// The text of a .qprof file: JSON, one value per line, keys in order,
  /// floating-point numbers as the shortest decimals that read back exactly.
  /// Keys and the model's name must be UTF-8; other bytes are replaced.
  std::string serialize() const;

  /// Reads what serialize() wrote. Any inconsistency is an error: every
  /// profile returned could have come from data. `name` is named in errors.
  static llvm::Expected<Profile> parse(llvm::StringRef text,
                                       llvm::StringRef name);

  static llvm::Expected<Profile> read(llvm::StringRef path);

  /// Writes atomically: afterwards `path` holds either all of the profile or
  /// what it held before.
  llvm::Error write(llvm::StringRef path) const;
};

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_PROFILE_H
