//===- Profile.cpp - Calibration statistics -------------------------------===//

#include "passes/Quantize/Profile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

using namespace llvm;

namespace qcc::quantize {

template <typename... Ts>
static Error fail(const char *format, Ts &&...values) {
  return createStringError(formatv(format, std::forward<Ts>(values)...).str(),
                           inconvertibleErrorCode());
}

/// No count reaches this, so sums of two counts never overflow.
static constexpr uint64_t maxCount = uint64_t(1) << 62;

//===----------------------------------------------------------------------===//
// Histogram
//===----------------------------------------------------------------------===//

double Histogram::width() const { return std::ldexp(1.0, widthLog2); }

double Histogram::lowerEdge(size_t i) const {
  return std::ldexp(static_cast<double>(first + static_cast<int64_t>(i)),
                    widthLog2);
}

int64_t Histogram::binOf(double value, int widthLog2) {
  return static_cast<int64_t>(std::floor(std::ldexp(value, -widthLog2)));
}

int Histogram::widthFor(double min, double max) {
  double low = std::min(min, 0.0), high = std::max(max, 0.0);
  double size = std::max(-low, high);
  if (size == 0)
    return minWidthLog2;
  // One step finer, `size` alone would need more than 2^12 = maxBins bins; one
  // or two steps coarser always suffice.
  int widthLog2 = std::max(minWidthLog2, std::ilogb(size) - 11);
  while (binOf(high, widthLog2) - binOf(low, widthLog2) >= maxBins)
    ++widthLog2;
  return widthLog2;
}

void Histogram::widenTo(int newWidthLog2) {
  assert(newWidthLog2 >= widthLog2 && "bins cannot be split");
  // Beyond 63, every index becomes 0 or -1, as it does at 63.
  int steps = std::min(newWidthLog2 - widthLog2, 63);
  widthLog2 = newWidthLog2;
  if (steps == 0 || counts.empty())
    return;
  int64_t last = first + static_cast<int64_t>(counts.size()) - 1;
  int64_t newFirst = first >> steps;
  std::vector<uint64_t> merged((last >> steps) - newFirst + 1);
  for (auto [i, count] : enumerate(counts))
    merged[((first + static_cast<int64_t>(i)) >> steps) - newFirst] += count;
  first = newFirst;
  counts = std::move(merged);
}

void Histogram::extendTo(int64_t newFirst, int64_t newLast) {
  if (counts.empty()) {
    first = newFirst;
    counts.resize(newLast - newFirst + 1);
    return;
  }
  if (newFirst < first) {
    counts.insert(counts.begin(), first - newFirst, 0);
    first = newFirst;
  }
  if (newLast - first >= static_cast<int64_t>(counts.size()))
    counts.resize(newLast - first + 1);
}

void Histogram::add(Histogram other) {
  other.widenTo(widthLog2);
  if (other.counts.empty())
    return;
  int64_t offset = other.first - first;
  assert(offset >= 0 && offset + other.counts.size() <= counts.size());
  for (auto [i, count] : enumerate(other.counts))
    counts[offset + i] += count;
}

//===----------------------------------------------------------------------===//
// ValueStats
//===----------------------------------------------------------------------===//

double ValueStats::variance() const {
  if (elements == 0)
    return 0;
  double m = mean();
  return std::max(0.0, sumSquares / elements - m * m);
}

namespace {
/// What one pass over a batch finds.
struct Summary {
  float min = 0, max = 0;
  double sum = 0, sumSquares = 0;
  uint64_t zeros = 0;
};
} // namespace

/// Index of the first element that is NaN or infinite, or -1. The first loop
/// has no exit, so that it vectorises.
static int64_t findNonFinite(ArrayRef<float> values) {
  constexpr uint32_t exponent = 0x7f800000;
  uint32_t found = 0;
  for (float value : values)
    found |= (bit_cast<uint32_t>(value) & exponent) == exponent;
  if (!found)
    return -1;
  return find_if(values, [](float v) { return !std::isfinite(v); }) -
         values.begin();
}

/// Eight independent lanes, combined in a fixed order: vectorises without
/// reassociation, hence gives the same sums with any compiler.
static Summary summarize(ArrayRef<float> values) {
  constexpr size_t lanes = 8;
  std::array<float, lanes> low, high;
  std::array<double, lanes> sum = {}, squares = {};
  std::array<uint64_t, lanes> zeros = {};
  low.fill(values[0]);
  high.fill(values[0]);
  auto step = [&](size_t lane, float x) {
    low[lane] = x < low[lane] ? x : low[lane];
    high[lane] = x > high[lane] ? x : high[lane];
    sum[lane] += x;
    squares[lane] += static_cast<double>(x) * x;
    zeros[lane] += x == 0;
  };
  size_t whole = values.size() / lanes * lanes;
  for (size_t i = 0; i < whole; i += lanes)
    for (size_t lane = 0; lane < lanes; ++lane)
      step(lane, values[i + lane]);
  for (size_t i = whole; i < values.size(); ++i)
    step(i - whole, values[i]);
  Summary result;
  // Adding +0 turns -0 into +0, so that min and max do not depend on which
  // zero came first.
  result.min = *min_element(low) + 0.0f;
  result.max = *max_element(high) + 0.0f;
  for (size_t lane = 0; lane < lanes; ++lane) {
    result.sum += sum[lane];
    result.sumSquares += squares[lane];
    result.zeros += zeros[lane];
  }
  return result;
}

static std::vector<ChannelStats> summarizeChannels(ArrayRef<float> values,
                                                   size_t numChannels) {
  std::vector<float> low(values.begin(), values.begin() + numChannels);
  std::vector<float> high = low;
  std::vector<double> sum(numChannels), squares(numChannels);
  for (size_t row = 0; row < values.size(); row += numChannels) {
    const float *x = values.data() + row;
    for (size_t c = 0; c < numChannels; ++c) {
      low[c] = x[c] < low[c] ? x[c] : low[c];
      high[c] = x[c] > high[c] ? x[c] : high[c];
      sum[c] += x[c];
      squares[c] += static_cast<double>(x[c]) * x[c];
    }
  }
  std::vector<ChannelStats> result(numChannels);
  for (size_t c = 0; c < numChannels; ++c)
    result[c] = {low[c] + 0.0f, high[c] + 0.0f, sum[c], squares[c]};
  return result;
}

/// Counts `values`, all of which lie within the bins. Two tables take turns,
/// since runs of equal values (zeros after a ReLU) would make every increment
/// wait for the one before.
static void countInto(Histogram &histogram, ArrayRef<float> values) {
  constexpr size_t blockSize = 1024;
  std::array<int32_t, blockSize> bins;
  size_t numBins = histogram.counts.size();
  std::vector<uint64_t> odd(numBins);
  const double scale = std::ldexp(1.0, -histogram.widthLog2);
  const auto first = static_cast<int32_t>(histogram.first);
  while (!values.empty()) {
    ArrayRef<float> block = values.take_front(blockSize);
    values = values.drop_front(block.size());
    // Scaling by a power of two is exact in double for every float, and floor
    // is a truncation corrected by one for negative values between integers.
    for (size_t i = 0; i < block.size(); ++i) {
      double scaled = block[i] * scale;
      auto truncated = static_cast<int32_t>(scaled);
      bins[i] = truncated - (scaled < truncated) - first;
    }
    size_t i = 0;
    for (; i + 1 < block.size(); i += 2) {
      ++histogram.counts[bins[i]];
      ++odd[bins[i + 1]];
    }
    if (i < block.size())
      ++histogram.counts[bins[i]];
  }
  for (size_t i = 0; i < numBins; ++i)
    histogram.counts[i] += odd[i];
}

/// Makes the bins of `stats` cover [min, max] and what they cover already.
static void coverRange(ValueStats &stats, float min, float max) {
  if (stats.elements != 0) {
    min = std::min(min, stats.min);
    max = std::max(max, stats.max);
  }
  stats.min = min;
  stats.max = max;
  Histogram &histogram = stats.histogram;
  histogram.widenTo(Histogram::widthFor(min, max));
  histogram.extendTo(Histogram::binOf(min, histogram.widthLog2),
                     Histogram::binOf(max, histogram.widthLog2));
}

static void mergeChannels(std::vector<ChannelStats> &into,
                          ArrayRef<ChannelStats> from) {
  if (into.empty()) {
    into = from.vec();
    return;
  }
  for (auto [a, b] : zip_equal(into, from)) {
    a.min = std::min(a.min, b.min);
    a.max = std::max(a.max, b.max);
    a.sum += b.sum;
    a.sumSquares += b.sumSquares;
  }
}

Error ValueStats::accumulate(ArrayRef<float> values, uint64_t numSamples,
                             size_t numChannels) {
  if (values.empty() || numSamples == 0)
    return fail("no values to accumulate");
  if (values.size() % numSamples != 0)
    return fail("{0} values are not a multiple of {1} samples", values.size(),
                numSamples);
  if (numChannels != 0 && values.size() % numChannels != 0)
    return fail("{0} values are not a multiple of {1} channels", values.size(),
                numChannels);
  if (elements != 0 && channels.size() != numChannels)
    return fail("expected statistics of {0} channels as before, got {1}",
                channels.size(), numChannels);
  if (elements + values.size() > maxCount)
    return fail("more than 2^62 values");
  if (int64_t bad = findNonFinite(values); bad >= 0)
    return fail("element {0} of {1} is {2}; expected finite values", bad,
                values.size(), std::isnan(values[bad]) ? "NaN" : "infinite");
  Summary summary = summarize(values);
  coverRange(*this, summary.min, summary.max);
  countInto(histogram, values);
  if (numChannels != 0)
    mergeChannels(channels, summarizeChannels(values, numChannels));
  samples += numSamples;
  elements += values.size();
  zeros += summary.zeros;
  sum += summary.sum;
  sumSquares += summary.sumSquares;
  return Error::success();
}

/// Why `other` cannot be added to `stats`, or success.
static Error checkMergeable(const ValueStats &stats, const ValueStats &other) {
  if (stats.elements == 0 || other.elements == 0)
    return Error::success();
  if (stats.channels.size() != other.channels.size())
    return fail("statistics of {0} and of {1} channels do not merge",
                stats.channels.size(), other.channels.size());
  if (stats.elements + other.elements > maxCount)
    return fail("more than 2^62 values");
  return Error::success();
}

Error ValueStats::merge(const ValueStats &other) {
  if (Error error = checkMergeable(*this, other))
    return error;
  if (other.elements == 0)
    return Error::success();
  coverRange(*this, other.min, other.max);
  histogram.add(other.histogram);
  mergeChannels(channels, other.channels);
  samples += other.samples;
  elements += other.elements;
  zeros += other.zeros;
  sum += other.sum;
  sumSquares += other.sumSquares;
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Profile
//===----------------------------------------------------------------------===//

const ValueStats *Profile::find(StringRef key) const {
  auto it = values.find(key.str());
  return it == values.end() ? nullptr : &it->second;
}

Error Profile::accumulate(StringRef key, ArrayRef<float> batch,
                          uint64_t numSamples, size_t numChannels) {
  // A new entry is only kept once it holds something.
  auto [it, inserted] = values.try_emplace(key.str());
  Error error = it->second.accumulate(batch, numSamples, numChannels);
  if (!error)
    return error;
  if (inserted)
    values.erase(it);
  return fail("value '{0}': {1}", key, toString(std::move(error)));
}

Error Profile::merge(const Profile &other) {
  if (model != other.model)
    return fail("profiles of different models do not merge: '{0}' and '{1}'",
                model, other.model);
  for (const auto &[key, stats] : other.values)
    if (const ValueStats *present = find(key))
      if (Error error = checkMergeable(*present, stats))
        return fail("value '{0}': {1}", key, toString(std::move(error)));
  for (const auto &[key, stats] : other.values)
    cantFail(values[key].merge(stats));
  return Error::success();
}

} // namespace qcc::quantize
