//===- Observers.cpp - From statistics to quantization ranges -------------===//

#include "passes/Quantize/Observers.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cassert>
#include <cfloat>
#include <cmath>
#include <tuple>
#include <vector>

using namespace llvm;

namespace qcc::quantize {

//===----------------------------------------------------------------------===//
// Scale and zero point
//===----------------------------------------------------------------------===//

int32_t QuantScheme::storageMin() const {
  int32_t unused = symmetric ? 1 : 0;
  return (isSigned ? -(int32_t(1) << (bits - 1)) : 0) + unused;
}

int32_t QuantScheme::storageMax() const {
  return (int32_t(1) << (isSigned ? bits - 1 : bits)) - 1;
}

static Range includeZero(Range range) {
  return {std::min(range.lo, 0.0), std::max(range.hi, 0.0)};
}

static Range makeSymmetric(Range range) {
  double bound = std::max(-range.lo, range.hi);
  return {-bound, bound};
}

static double clampScale(double scale) {
  return std::clamp<double>(scale, FLT_MIN, FLT_MAX);
}

QuantParams chooseQuantParams(Range range, const QuantScheme &scheme) {
  assert(scheme.bits >= 2 && scheme.bits <= 16 && "unsupported width");
  range = includeZero(range);
  int32_t low = scheme.storageMin(), high = scheme.storageMax();
  int32_t middle = scheme.isSigned ? 0 : int32_t(1) << (scheme.bits - 1);
  if (range.lo == range.hi)
    return {1.0, scheme.symmetric ? middle : 0};
  if (scheme.symmetric) {
    double bound = makeSymmetric(range).hi;
    return {clampScale(bound / (high - middle)), middle};
  }
  double scale = clampScale((range.hi - range.lo) / (high - low));
  double zeroPoint = std::round(low - range.lo / scale);
  return {scale,
          static_cast<int32_t>(std::clamp<double>(zeroPoint, low, high))};
}

double fakeQuantize(double value, const QuantParams &params,
                    const QuantScheme &scheme) {
  double stored = std::round(value / params.scale) + params.zeroPoint;
  stored = std::clamp<double>(stored, scheme.storageMin(), scheme.storageMax());
  return (stored - params.zeroPoint) * params.scale;
}

//===----------------------------------------------------------------------===//
// The histogram as weighted points
//===----------------------------------------------------------------------===//

namespace {

/// Some elements taken to have one value.
struct Point {
  double value, weight;
};

using Points = std::vector<Point>;

} // namespace

/// Bin centres within [min, max], ascending, with exact zeros apart.
static Points pointsOf(const ValueStats &stats) {
  const Histogram &histogram = stats.histogram;
  Points points;
  points.reserve(histogram.counts.size() + 1);
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    uint64_t count = histogram.counts[i];
    if (histogram.first + static_cast<int64_t>(i) == 0 && stats.zeros != 0) {
      points.push_back({0.0, static_cast<double>(stats.zeros)});
      count -= stats.zeros;
    }
    if (count == 0)
      continue;
    double centre = histogram.lowerEdge(i) + histogram.width() / 2;
    points.push_back({std::clamp<double>(centre, stats.min, stats.max),
                      static_cast<double>(count)});
  }
  return points;
}

static double squaredError(const Points &points, Range range,
                           const QuantScheme &scheme) {
  QuantParams params = chooseQuantParams(range, scheme);
  const double low = (scheme.storageMin() - params.zeroPoint) * params.scale;
  const double high = (scheme.storageMax() - params.zeroPoint) * params.scale;
  const double inverse = 1 / params.scale;
  double sum = 0;
  for (const Point &point : points) {
    // Rounding commutes with clamping, since both ends are representable.
    double inside = std::clamp(point.value, low, high) * inverse;
    double rounded = static_cast<double>(
        static_cast<int32_t>(inside + (inside < 0 ? -0.5 : 0.5)));
    double error = point.value - rounded * params.scale;
    sum += point.weight * error * error;
  }
  return sum;
}

double quantizationError(const ValueStats &stats, Range range,
                         const QuantScheme &scheme) {
  if (stats.elements == 0)
    return 0;
  return squaredError(pointsOf(stats), range, scheme) / stats.elements;
}

double sumOfCodes(const ValueStats &stats, double step, int32_t most) {
  const Histogram &histogram = stats.histogram;
  // Sum of the codes of values spread evenly over [0, x], times 1 / step.
  auto integral = [&](double x) {
    double whole = std::min<double>(std::floor(x / step + 0.5), most);
    return whole * (x / step - whole / 2);
  };
  double sum = 0;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    auto count = static_cast<double>(histogram.counts[i]);
    if (histogram.first + static_cast<int64_t>(i) == 0)
      count -= static_cast<double>(stats.zeros);
    double lo = std::max<double>(histogram.lowerEdge(i), stats.min);
    double hi =
        std::min<double>(histogram.lowerEdge(i) + histogram.width(), stats.max);
    if (count == 0)
      continue;
    if (hi > lo)
      sum += count * (integral(hi) - integral(lo)) * step / (hi - lo);
    else
      sum += count * std::min<double>(std::floor(lo / step + 0.5), most);
  }
  return sum;
}

//===----------------------------------------------------------------------===//
// Min-max and percentile
//===----------------------------------------------------------------------===//

static Range minMaxRange(const ValueStats &stats, const QuantScheme &scheme) {
  Range range = includeZero({stats.min, stats.max});
  return scheme.symmetric ? makeSymmetric(range) : range;
}

/// The value below which `target` of the elements lie, with elements spread
/// evenly over their bins, exact zeros apart.
static double quantile(const ValueStats &stats, double target) {
  const Histogram &histogram = stats.histogram;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    auto count = static_cast<double>(histogram.counts[i]);
    if (histogram.first + static_cast<int64_t>(i) == 0) {
      auto zeros = static_cast<double>(stats.zeros);
      if (zeros > 0 && target <= zeros)
        return 0;
      target -= zeros;
      count -= zeros;
    }
    if (count > 0 && target <= count) {
      double part = std::max(0.0, target) / count;
      double value = histogram.lowerEdge(i) + part * histogram.width();
      return std::clamp<double>(value, stats.min, stats.max);
    }
    target -= count;
  }
  return stats.max;
}

/// Statistics of the magnitudes: negative bins are mirrored onto positive
/// ones. Both have the same edges, so the counts stay exact (but for values on
/// an edge, which count as just inside of it).
static ValueStats foldMagnitudes(const ValueStats &stats) {
  ValueStats folded = stats;
  const Histogram &histogram = stats.histogram;
  folded.min = 0;
  folded.max = std::max(-stats.min, stats.max);
  folded.histogram.first = 0;
  folded.histogram.counts.clear();
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    int64_t bin = histogram.first + static_cast<int64_t>(i);
    size_t target = bin < 0 ? -1 - bin : bin;
    if (folded.histogram.counts.size() <= target)
      folded.histogram.counts.resize(target + 1);
    folded.histogram.counts[target] += histogram.counts[i];
  }
  return folded;
}

static Range percentileRange(const ValueStats &stats, double percentile,
                             const QuantScheme &scheme) {
  double kept = percentile / 100;
  auto elements = static_cast<double>(stats.elements);
  if (scheme.symmetric) {
    double bound = quantile(foldMagnitudes(stats), kept * elements);
    return {-bound, bound};
  }
  double cut = (1 - kept) * elements;
  if (stats.min >= 0)
    return {0, quantile(stats, elements - cut)};
  if (stats.max <= 0)
    return {quantile(stats, cut), 0};
  return includeZero(
      {quantile(stats, cut / 2), quantile(stats, elements - cut / 2)});
}

//===----------------------------------------------------------------------===//
// Least squared error
//===----------------------------------------------------------------------===//

using Objective = function_ref<double(double)>;

/// Minimises `f` on [low, high], unimodal there, to 1e-4 of the interval:
/// golden-section search (Kiefer 1953).
static double goldenSection(double low, double high, Objective f) {
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double left = high - ratio * (high - low), right = low + ratio * (high - low);
  double atLeft = f(left), atRight = f(right);
  for (int step = 0; step < 20; ++step) {
    if (atLeft <= atRight) {
      high = right;
      right = left;
      atRight = atLeft;
      left = high - ratio * (high - low);
      atLeft = f(left);
    } else {
      low = left;
      left = right;
      atLeft = atRight;
      right = low + ratio * (high - low);
      atRight = f(right);
    }
  }
  return atLeft <= atRight ? left : right;
}

/// Minimises `f` on (0, 1]: a scan brackets the best of `steps` ratios, and
/// golden sections refine it. Never returns a ratio worse than 1.
static double bestRatio(Objective f, int steps) {
  int best = steps;
  double atBest = f(1);
  for (int i = steps - 1; i > 0; --i) {
    double value = f(static_cast<double>(i) / steps);
    if (value < atBest) {
      atBest = value;
      best = i;
    }
  }
  double low = std::max(0.5, best - 1.0) / steps;
  double high = std::min<double>(steps, best + 1) / steps;
  double refined = goldenSection(low, high, f);
  return f(refined) < atBest ? refined : static_cast<double>(best) / steps;
}

static Range mseRange(const ValueStats &stats, const QuantScheme &scheme) {
  Range range = minMaxRange(stats, scheme);
  constexpr unsigned finestBits = 12;
  if (scheme.bits >= finestBits)
    return range;
  const Points points = pointsOf(stats);
  auto error = [&](Range candidate) {
    return squaredError(points, candidate, scheme);
  };
  constexpr int scanSteps = 128;
  double ratio = bestRatio(
      [&](double r) { return error({range.lo * r, range.hi * r}); }, scanSteps);
  Range best = {range.lo * ratio, range.hi * ratio};
  if (scheme.symmetric || range.lo == 0 || range.hi == 0)
    return best;
  // Each end alone, in shares of its own extreme; two rounds settle it.
  for (int round = 0; round < 2; ++round) {
    auto errorOfHi = [&](double r) { return error({best.lo, range.hi * r}); };
    auto errorOfLo = [&](double r) { return error({range.lo * r, best.hi}); };
    double before = error(best);
    double hi = range.hi * bestRatio(errorOfHi, scanSteps);
    if (error({best.lo, hi}) < before)
      best.hi = hi;
    before = error(best);
    double lo = range.lo * bestRatio(errorOfLo, scanSteps);
    if (error({lo, best.hi}) < before)
      best.lo = lo;
  }
  return best;
}

//===----------------------------------------------------------------------===//
// Least divergence
//===----------------------------------------------------------------------===//

/// Divergence between the bins [begin, end) of `counts`, with all outside
/// them added to the outermost bins, and the same bins quantized into
/// `levels` groups, each spread evenly over its non-empty bins.
static double divergence(ArrayRef<uint64_t> counts, size_t begin, size_t end,
                         size_t levels) {
  size_t size = end - begin;
  std::vector<double> reference(size), quantized(size);
  double outsideLow = 0, outsideHigh = 0, inside = 0, total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    auto count = static_cast<double>(counts[i]);
    total += count;
    if (i < begin)
      outsideLow += count;
    else if (i >= end)
      outsideHigh += count;
    else
      inside += reference[i - begin] = count;
  }
  if (inside == 0)
    return HUGE_VAL;
  for (size_t level = 0; level < levels; ++level) {
    size_t from = level * size / levels, to = (level + 1) * size / levels;
    double sum = 0, filled = 0;
    for (size_t i = from; i < to; ++i) {
      sum += reference[i];
      filled += reference[i] > 0;
    }
    for (size_t i = from; i < to; ++i)
      quantized[i] = reference[i] > 0 ? sum / filled / inside : 0;
  }
  reference.front() += outsideLow;
  reference.back() += outsideHigh;
  // A little of the reference is mixed in, so that outliers which fall on an
  // empty bin cost much but not infinitely much.
  constexpr double mixed = 1e-4;
  double result = 0;
  for (size_t i = 0; i < size; ++i) {
    double p = reference[i] / total;
    if (p > 0)
      result += p * std::log(p / ((1 - mixed) * quantized[i] + mixed * p));
  }
  return result;
}

/// Clips bins [0, n) of the side away from zero and those before it in
/// proportion; `negative` bins lie below zero.
static Range entropyRange(const ValueStats &stats, const QuantScheme &scheme) {
  const Range full = minMaxRange(stats, scheme);
  const ValueStats seen = scheme.symmetric ? foldMagnitudes(stats) : stats;
  const Histogram &histogram = seen.histogram;
  // From zero on, also if no value is near it.
  Histogram bins = histogram;
  int64_t last = bins.first + static_cast<int64_t>(bins.counts.size()) - 1;
  bins.extendTo(std::min<int64_t>(bins.first, 0), std::max<int64_t>(last, 0));
  // Exact zeros are stored exactly whatever the range. After a ReLU they are
  // most of the values and would drown what clipping costs the others.
  auto zero = static_cast<size_t>(-bins.first);
  bins.counts[zero] -= std::min(bins.counts[zero], stats.zeros);
  size_t levels = size_t(1)
                  << (scheme.symmetric ? scheme.bits - 1 : scheme.bits);
  size_t size = bins.counts.size();
  if (size <= levels)
    return full;
  auto negative = static_cast<double>(-bins.first);
  double positive = static_cast<double>(size) - negative;
  constexpr int steps = 256;
  double bestDivergence = HUGE_VAL, bestShare = 1;
  for (int i = steps; i > 0; --i) {
    double share = static_cast<double>(i) / steps;
    auto begin = static_cast<size_t>(negative - std::ceil(negative * share));
    auto end = static_cast<size_t>(negative + std::ceil(positive * share));
    if (end - begin < levels)
      break;
    double found = divergence(bins.counts, begin, end, levels);
    if (found < bestDivergence) {
      bestDivergence = found;
      bestShare = share;
    }
  }
  return {full.lo * bestShare, full.hi * bestShare};
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

Expected<Observer> parseObserver(StringRef text) {
  auto [name, argument] = text.split('=');
  Observer observer;
  bool known = true;
  if (name == "minmax")
    observer.kind = ObserverKind::MinMax;
  else if (name == "percentile")
    observer.kind = ObserverKind::Percentile;
  else if (name == "mse")
    observer.kind = ObserverKind::Mse;
  else if (name == "entropy")
    observer.kind = ObserverKind::Entropy;
  else if (name == "auto")
    observer.kind = ObserverKind::Auto;
  else
    known = false;
  bool hasArgument = text.contains('=');
  if (!known || (hasArgument && observer.kind != ObserverKind::Percentile))
    return createStringError(
        formatv("unknown observer '{0}'; expected minmax, percentile[=<percent>"
                "], mse, entropy or auto",
                text)
            .str(),
        inconvertibleErrorCode());
  if (hasArgument &&
      (!to_float(argument, observer.percentile) ||
       !(observer.percentile > 50 && observer.percentile <= 100)))
    return createStringError(
        formatv("percentile '{0}' is not a number in (50, 100]", argument)
            .str(),
        inconvertibleErrorCode());
  return observer;
}

StringRef observerName(ObserverKind kind) {
  static constexpr StringLiteral names[] = {"minmax", "percentile", "mse",
                                            "entropy", "auto"};
  return names[static_cast<size_t>(kind)];
}

std::vector<RangeChoice> tryRanges(const ValueStats &stats,
                                   const QuantScheme &scheme) {
  std::vector<RangeChoice> choices;
  double signal = stats.elements ? stats.sumSquares / stats.elements : 0;
  for (ObserverKind kind : {ObserverKind::MinMax, ObserverKind::Percentile,
                            ObserverKind::Mse, ObserverKind::Entropy}) {
    RangeChoice choice;
    choice.kind = kind;
    Observer observer;
    observer.kind = kind;
    choice.range = chooseRange(stats, observer, scheme);
    double error = quantizationError(stats, choice.range, scheme);
    choice.sqnr =
        error > 0 && signal > 0 ? 10 * std::log10(signal / error) : HUGE_VAL;
    choices.push_back(choice);
  }
  llvm::sort(choices, [](const RangeChoice &a, const RangeChoice &b) {
    return std::tie(b.sqnr, a.kind) < std::tie(a.sqnr, b.kind);
  });
  return choices;
}

Range chooseRange(const ValueStats &stats, const Observer &observer,
                  const QuantScheme &scheme) {
  Range full = minMaxRange(stats, scheme);
  if (stats.elements == 0 || full.lo == full.hi)
    return {0, 0};
  Range range;
  switch (observer.kind) {
  case ObserverKind::MinMax:
    return full;
  case ObserverKind::Percentile:
    range = percentileRange(stats, observer.percentile, scheme);
    break;
  case ObserverKind::Mse:
    range = mseRange(stats, scheme);
    break;
  case ObserverKind::Entropy:
    range = entropyRange(stats, scheme);
    break;
  case ObserverKind::Auto:
    return tryRanges(stats, scheme).front().range;
  }
  // Nearly all values may be zero; an observer that would clip everything
  // away is of no use.
  return range.lo == range.hi ? full : range;
}

} // namespace qcc::quantize
