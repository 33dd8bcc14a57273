//===- ProfileFile.cpp - The .qprof file format ---------------------------===//
//
//   {"format": "qprof", "version": 1, "model": "...", "values": [
//   {"key": "...", "samples": 8, "elements": 72, "zeros": 0, "min": ...},
//   ...
//   ]}
//
//===----------------------------------------------------------------------===//

#include "passes/Quantize/JsonFields.h"
#include "passes/Quantize/Profile.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cfloat>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

using namespace llvm;
using nlohmann::ordered_json;
using Json = nlohmann::json;

namespace qcc::quantize {

static constexpr uint64_t formatVersion = 1;

using json::dumpLine;
using json::fail;
using json::FieldReader;

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static ordered_json channelsToJson(ArrayRef<ChannelStats> channels) {
  ordered_json result = {{"min", ordered_json::array()},
                         {"max", ordered_json::array()},
                         {"sum", ordered_json::array()},
                         {"sumSquares", ordered_json::array()}};
  for (const ChannelStats &channel : channels) {
    result["min"].push_back(channel.min);
    result["max"].push_back(channel.max);
    result["sum"].push_back(channel.sum);
    result["sumSquares"].push_back(channel.sumSquares);
  }
  return result;
}

static ordered_json statsToJson(const std::string &key,
                                const ValueStats &stats) {
  ordered_json result = {{"key", key},
                         {"samples", stats.samples},
                         {"elements", stats.elements},
                         {"zeros", stats.zeros},
                         {"min", stats.min},
                         {"max", stats.max},
                         {"sum", stats.sum},
                         {"sumSquares", stats.sumSquares},
                         {"histogram",
                          {{"widthLog2", stats.histogram.widthLog2},
                           {"first", stats.histogram.first},
                           {"counts", stats.histogram.counts}}}};
  if (!stats.channels.empty())
    result["channels"] = channelsToJson(stats.channels);
  return result;
}

std::string Profile::serialize() const {
  std::string text =
      formatv("{{\"format\":\"qprof\",\"version\":{0},\"model\":{1},"
              "\"values\":[",
              formatVersion, dumpLine(model));
  StringRef separator = "\n";
  for (const auto &[key, stats] : values) {
    if (stats.elements == 0)
      continue;
    text += separator;
    text += dumpLine(statsToJson(key, stats));
    separator = ",\n";
  }
  return text + "\n]}\n";
}

Error Profile::write(StringRef path) const {
  std::string text = serialize();
  Error error = writeToOutput(path, [&](raw_ostream &stream) -> Error {
    stream << text;
    stream.flush();
    // Files, the standard output and the null device are all written through
    // a raw_fd_ostream, which keeps a failure until somebody asks.
    auto &file = static_cast<raw_fd_ostream &>(stream);
    std::error_code failure = file.error();
    file.clear_error();
    return errorCodeToError(failure);
  });
  if (error)
    return fail("cannot write {0}: {1}", path, toString(std::move(error)));
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// Collects the counts, and the range that they must lie in.
struct Bounds {
  double count, min, max;

  /// Sums are rounded, so they may be a little outside.
  bool allowsSum(double sum) const {
    double slack = 1e-6 * count * largest();
    return sum >= count * min - slack && sum <= count * max + slack;
  }
  bool allowsSquares(double squares) const {
    return squares >= 0 &&
           squares <= count * largest() * largest() * (1 + 1e-6);
  }
  double largest() const { return std::max(std::fabs(min), std::fabs(max)); }
};

} // namespace

static Expected<Histogram> parseHistogram(const Json &json) {
  FieldReader reader(json);
  Histogram histogram;
  histogram.widthLog2 = reader.integer("widthLog2", 1 << 10);
  histogram.first = reader.integer("first", Histogram::maxBins);
  histogram.counts = reader.counts("counts", Histogram::maxBins);
  if (Error error = reader.finish())
    return fail("histogram: {0}", toString(std::move(error)));
  return histogram;
}

static Expected<std::vector<ChannelStats>> parseChannels(const Json &json) {
  FieldReader reader(json);
  std::vector<double> min = reader.numbers("min");
  std::vector<double> max = reader.numbers("max");
  std::vector<double> sum = reader.numbers("sum");
  std::vector<double> squares = reader.numbers("sumSquares");
  if (min.empty() || min.size() != max.size() || min.size() != sum.size() ||
      min.size() != squares.size())
    reader.note("arrays are empty or differ in size");
  std::vector<ChannelStats> channels;
  if (!reader.has("min") || min.size() != max.size() ||
      min.size() != sum.size() || min.size() != squares.size())
    min.clear();
  for (size_t i = 0; i < min.size(); ++i)
    channels.push_back({reader.toFloat("min", min[i]),
                        reader.toFloat("max", max[i]), sum[i], squares[i]});
  if (Error error = reader.finish())
    return fail("channels: {0}", toString(std::move(error)));
  return channels;
}

/// Checks a histogram against the counts and the range of its value.
static Error checkHistogram(const ValueStats &stats) {
  const Histogram &histogram = stats.histogram;
  int width = Histogram::widthFor(stats.min, stats.max);
  if (histogram.widthLog2 != width)
    return fail("bins of width 2^{0} do not suit the range; expected 2^{1}",
                histogram.widthLog2, width);
  int64_t first = Histogram::binOf(stats.min, width);
  int64_t last = Histogram::binOf(stats.max, width);
  if (histogram.first != first ||
      static_cast<int64_t>(histogram.counts.size()) != last - first + 1)
    return fail("bins [{0}, {1}] do not match the range; expected [{2}, {3}]",
                histogram.first,
                histogram.first +
                    static_cast<int64_t>(histogram.counts.size()) - 1,
                first, last);
  uint64_t total = 0;
  for (uint64_t count : histogram.counts) {
    if (count > stats.elements - total)
      return fail("histogram counts more than {0} elements", stats.elements);
    total += count;
  }
  if (total != stats.elements)
    return fail("histogram counts {0} elements; expected {1}", total,
                stats.elements);
  if (histogram.counts.front() == 0 || histogram.counts.back() == 0)
    return fail("histogram has no element at the end of its range");
  if (stats.zeros != 0 &&
      (first > 0 || last < 0 || histogram.counts[-first] < stats.zeros))
    return fail("{0} zeros are not in the histogram", stats.zeros);
  return Error::success();
}

static Error checkChannels(const ValueStats &stats) {
  if (stats.channels.empty())
    return Error::success();
  uint64_t number = stats.channels.size();
  if (stats.elements % number != 0)
    return fail("{0} elements are not a multiple of {1} channels",
                stats.elements, number);
  float min = stats.max, max = stats.min;
  for (const ChannelStats &channel : stats.channels) {
    Bounds bounds = {static_cast<double>(stats.elements / number), channel.min,
                     channel.max};
    if (channel.min > channel.max || !bounds.allowsSum(channel.sum) ||
        !bounds.allowsSquares(channel.sumSquares))
      return fail("a channel's sums are not within its range");
    min = std::min(min, channel.min);
    max = std::max(max, channel.max);
  }
  if (min != stats.min || max != stats.max)
    return fail("the ranges of channels do not add up to the value's range");
  return Error::success();
}

/// Checks that data with these statistics exist.
static Error checkStats(const ValueStats &stats) {
  if (stats.samples > stats.elements)
    return fail("{0} samples, but only {1} elements", stats.samples,
                stats.elements);
  if (stats.min > stats.max)
    return fail("min {0} is above max {1}", stats.min, stats.max);
  Bounds bounds = {static_cast<double>(stats.elements), stats.min, stats.max};
  if (!bounds.allowsSum(stats.sum) || !bounds.allowsSquares(stats.sumSquares))
    return fail("sums are not within the range times {0} elements",
                stats.elements);
  if (Error error = checkHistogram(stats))
    return error;
  return checkChannels(stats);
}

static Expected<ValueStats> parseStats(FieldReader &reader) {
  constexpr uint64_t maxCount = uint64_t(1) << 62;
  ValueStats stats;
  stats.samples = reader.count("samples", 1, maxCount);
  stats.elements = reader.count("elements", 1, maxCount);
  stats.zeros = reader.count("zeros", 0, maxCount);
  stats.min = reader.floatNumber("min") + 0.0f;
  stats.max = reader.floatNumber("max") + 0.0f;
  stats.sum = reader.number("sum");
  stats.sumSquares = reader.number("sumSquares");
  const Json *histogram = reader.get("histogram");
  const Json *channels =
      reader.has("channels") ? reader.get("channels") : nullptr;
  if (Error error = reader.finish())
    return std::move(error);
  Expected<Histogram> parsed = parseHistogram(*histogram);
  if (!parsed)
    return parsed.takeError();
  stats.histogram = std::move(*parsed);
  if (channels) {
    Expected<std::vector<ChannelStats>> list = parseChannels(*channels);
    if (!list)
      return list.takeError();
    stats.channels = std::move(*list);
  }
  if (Error error = checkStats(stats))
    return std::move(error);
  return stats;
}

static Error parseValue(const Json &json, Profile &profile) {
  FieldReader reader(json);
  std::string key = reader.string("key");
  Expected<ValueStats> stats = parseStats(reader);
  if (!stats)
    return fail("value '{0}': {1}", key, toString(stats.takeError()));
  if (!profile.values.try_emplace(key, std::move(*stats)).second)
    return fail("value '{0}' is there twice", key);
  return Error::success();
}

static Expected<Profile> parseRoot(const Json &json) {
  FieldReader reader(json);
  if (reader.string("format") != "qprof")
    reader.note("'format' is not 'qprof'");
  // Checked before all else: another version may have other fields.
  if (reader.count("version", 0, UINT64_MAX) != formatVersion)
    reader.note(formatv("version is not {0}; collect the profile again",
                        formatVersion));
  Profile profile;
  profile.model = reader.string("model");
  const Json &values = reader.array("values");
  if (Error error = reader.finish())
    return std::move(error);
  for (const Json &value : values)
    if (Error error = parseValue(value, profile))
      return std::move(error);
  return profile;
}

Expected<Profile> Profile::parse(StringRef text, StringRef name) {
  Expected<Json> root = json::parse(text, name, ".qprof");
  if (!root)
    return root.takeError();
  Expected<Profile> profile = parseRoot(*root);
  if (!profile)
    return fail("{0}: {1}", name, toString(profile.takeError()));
  return profile;
}

Expected<Profile> Profile::read(StringRef path) {
  Expected<std::string> text = json::readText(path);
  if (!text)
    return text.takeError();
  return parse(*text, path);
}

} // namespace qcc::quantize
