#include "compiler/tools/qcc-eval/Metrics.h"

#include "nlohmann/json.hpp"
#include "llvm/Support/Format.h"

#include <algorithm>
#include <cmath>

namespace qcc::eval {

std::vector<int64_t> argmaxRows(llvm::ArrayRef<float> outputs, size_t rows) {
  std::vector<int64_t> result;
  size_t width = rows ? outputs.size() / rows : 0;
  for (size_t row = 0; row < rows; ++row) {
    auto values = outputs.slice(row * width, width);
    if (width == 1) {
      result.push_back(std::lround(values[0]));
      continue;
    }
    result.push_back(std::max_element(values.begin(), values.end()) -
                     values.begin());
  }
  return result;
}

double top1(llvm::ArrayRef<float> outputs, llvm::ArrayRef<int64_t> labels) {
  std::vector<int64_t> found = argmaxRows(outputs, labels.size());
  size_t right = 0;
  for (size_t i = 0; i < labels.size(); ++i)
    right += found[i] == labels[i];
  return labels.empty() ? 0 : static_cast<double>(right) / labels.size();
}

static void printPercent(llvm::raw_ostream &os, std::optional<double> part) {
  if (part)
    os << llvm::format(" %9.2f %%", *part * 100);
  else
    os << "          -";
}

static void printDecibels(llvm::raw_ostream &os, std::optional<double> value) {
  if (value)
    os << llvm::format(" %8.2f dB", *value);
  else
    os << "          -";
}

void printText(const Evaluation &evaluation, llvm::raw_ostream &os) {
  os << "model   " << evaluation.model << "\n"
     << "target  " << evaluation.target << "\n"
     << "data    " << evaluation.dataset << "\n\n"
     << "way              ranges           samples      top-1  as float   "
        "    SQNR   samples/s\n";
  for (const Result &result : evaluation.results) {
    os << llvm::format("%-16s %-16s %7lld", result.way.c_str(),
                       result.calibration.c_str(),
                       static_cast<long long>(result.samples));
    printPercent(os, result.top1);
    printPercent(os, result.agreement);
    printDecibels(os, result.sqnr);
    os << llvm::format(" %11.0f\n", result.seconds > 0
                                        ? result.samples / result.seconds
                                        : 0.0);
  }
  for (const Result &result : evaluation.results)
    if (result.differing.value_or(0) > 0)
      os << "\n"
         << result.way << ": " << *result.differing
         << " outputs differ from the first integer way, expected none\n";
  if (evaluation.layers.empty())
    return;
  os << "\nlayer                        SQNR\n";
  for (const evaluate::LayerNoise &layer : evaluation.layers) {
    os << llvm::format("%-24s", layer.layer.c_str());
    printDecibels(os, layer.sqnr);
    os << "\n";
  }
}

template <typename T>
static nlohmann::ordered_json orNull(const std::optional<T> &value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

std::string toJson(const Evaluation &evaluation) {
  nlohmann::ordered_json json = {{"model", evaluation.model},
                                 {"target", evaluation.target},
                                 {"dataset", evaluation.dataset}};
  json["results"] = nlohmann::ordered_json::array();
  for (const Result &result : evaluation.results)
    json["results"].push_back({{"way", result.way},
                               {"ranges", result.calibration},
                               {"samples", result.samples},
                               {"top1", orNull(result.top1)},
                               {"agreement", orNull(result.agreement)},
                               {"sqnr_db", orNull(result.sqnr)},
                               {"differing", orNull(result.differing)},
                               {"weight_bytes", orNull(result.weightBytes)},
                               {"seconds", result.seconds}});
  json["layers"] = nlohmann::ordered_json::array();
  for (const evaluate::LayerNoise &layer : evaluation.layers)
    json["layers"].push_back(
        {{"layer", layer.layer}, {"sqnr_db", orNull(layer.sqnr)}});
  // Names may come from files: bytes that are no UTF-8 are replaced.
  return json.dump(2, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

} // namespace qcc::eval
