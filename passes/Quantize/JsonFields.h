//===- JsonFields.h - Strict reading of JSON files --------------*- C++ -*-===//
//
// What the readers of profiles and plans share. Nothing here throws.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_PASSES_QUANTIZE_JSONFIELDS_H
#define QCC_PASSES_QUANTIZE_JSONFIELDS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"

#include <cfloat>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace qcc::quantize::json {

using Json = nlohmann::json;

template <typename... Ts> llvm::Error fail(const char *format, Ts &&...values) {
  return llvm::createStringError(
      llvm::formatv(format, std::forward<Ts>(values)...).str(),
      llvm::inconvertibleErrorCode());
}

/// One line of JSON. Bytes that are not UTF-8 would make the library throw,
/// so they are replaced.
inline std::string dumpLine(const nlohmann::ordered_json &json) {
  return json.dump(-1, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace);
}

/// Errors: "f.qprof: not a .qprof file: invalid JSON at byte 7"; a key that an
/// object has twice.
llvm::Expected<Json> parse(llvm::StringRef text, llvm::StringRef name,
                           llvm::StringRef extension);

/// All of a file; the error names it.
llvm::Expected<std::string> readText(llvm::StringRef path);

/// Reads the fields of one JSON object. After the first error, every getter
/// returns a default, so that callers check once.
class FieldReader {
public:
  explicit FieldReader(const Json &json) : json(json) {
    if (!json.is_object())
      note("expected an object");
  }

  uint64_t count(const char *key, uint64_t low, uint64_t high) {
    const Json *field = get(key);
    if (!field)
      return low;
    if (!field->is_number_unsigned() || field->get<uint64_t>() < low ||
        field->get<uint64_t>() > high) {
      note(llvm::formatv("'{0}' is not an integer in [{1}, {2}]", key, low,
                         high));
      return low;
    }
    return field->get<uint64_t>();
  }

  /// An integer within +-`limit`.
  int64_t integer(const char *key, int64_t limit) {
    const Json *field = get(key);
    bool fits = field && field->is_number_integer() &&
                (!field->is_number_unsigned() ||
                 field->get<uint64_t>() <= static_cast<uint64_t>(limit)) &&
                std::abs(field->get<int64_t>() + 0.0) <= limit;
    if (fits)
      return field->get<int64_t>();
    note(llvm::formatv("'{0}' is not an integer in [-{1}, {1}]", key, limit));
    return 0;
  }

  double number(const char *key) {
    const Json *field = get(key);
    if (field && field->is_number() && std::isfinite(field->get<double>()))
      return field->get<double>();
    note(llvm::formatv("'{0}' is not a finite number", key));
    return 0;
  }

  float floatNumber(const char *key) { return toFloat(key, number(key)); }

  std::string string(const char *key) {
    const Json *field = get(key);
    if (field && field->is_string())
      return field->get<std::string>();
    note(llvm::formatv("'{0}' is not a string", key));
    return "";
  }

  /// An array field; an empty array upon error.
  const Json &array(const char *key) {
    static const Json empty = Json::array();
    const Json *field = get(key);
    if (field && field->is_array())
      return *field;
    note(llvm::formatv("'{0}' is not an array", key));
    return empty;
  }

  std::vector<uint64_t> counts(const char *key, size_t maxSize) {
    std::vector<uint64_t> result;
    const Json &values = array(key);
    if (values.size() > maxSize) {
      note(llvm::formatv("'{0}' has {1} entries; expected at most {2}", key,
                         values.size(), maxSize));
      return result;
    }
    for (const Json &value : values) {
      if (!value.is_number_unsigned()) {
        note(llvm::formatv("'{0}' has an entry that is not a count", key));
        break;
      }
      result.push_back(value.get<uint64_t>());
    }
    return result;
  }

  std::vector<double> numbers(const char *key) {
    std::vector<double> result;
    for (const Json &value : array(key)) {
      if (!value.is_number() || !std::isfinite(value.get<double>())) {
        note(llvm::formatv("'{0}' has an entry that is not a finite number",
                           key));
        break;
      }
      result.push_back(value.get<double>());
    }
    return result;
  }

  /// `value` as the float that it must be exactly.
  float toFloat(const char *key, double value) {
    if (std::fabs(value) <= FLT_MAX &&
        static_cast<double>(static_cast<float>(value)) == value)
      return static_cast<float>(value);
    note(llvm::formatv("'{0}' is not an f32 number", key));
    return 0;
  }

  bool has(const char *key) const {
    return json.is_object() && json.contains(key);
  }

  /// The field `key`, or null (and an error) if there is none.
  const Json *get(const char *key) {
    ++used;
    if (has(key))
      return &*json.find(key);
    note(llvm::formatv("no field '{0}'", key));
    return nullptr;
  }

  void note(std::string text) {
    if (!problem)
      problem = std::move(text);
  }

  /// The first problem; also if fields were there that nobody asked for.
  llvm::Error finish() {
    if (!problem && json.size() != used)
      note("unknown fields");
    return problem ? fail("{0}", *problem) : llvm::Error::success();
  }

private:
  const Json &json;
  size_t used = 0;
  std::optional<std::string> problem;
};

} // namespace qcc::quantize::json

#endif // QCC_PASSES_QUANTIZE_JSONFIELDS_H
