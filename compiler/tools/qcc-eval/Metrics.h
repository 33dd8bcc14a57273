// What an evaluation finds, as text and as JSON.
#ifndef QCC_COMPILER_TOOLS_QCC_EVAL_METRICS_H
#define QCC_COMPILER_TOOLS_QCC_EVAL_METRICS_H

#include "compiler/Evaluate/LayerNoise.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace qcc::eval {

/// One way of running the network over the data set.
struct Result {
  std::string way; ///< "float", "simulated", "host", "reference", ...
  std::string calibration;
  int64_t samples = 0;
  /// Part of the samples whose largest output is the label; needs labels.
  std::optional<double> top1;
  /// Part of the samples whose largest output is that of the float network.
  std::optional<double> agreement;
  std::optional<double> sqnr; ///< of the outputs, dB
  /// Output elements that differ from those of the first integer way with the
  /// same ranges; none for that way and for float ones.
  std::optional<int64_t> differing;
  /// What constants with codes of 2, 4 and 8 bits take, packed; none of float
  /// ways.
  std::optional<int64_t> weightBytes;
  double seconds = 0;
};

struct Evaluation {
  std::string model, target, dataset;
  std::vector<Result> results;
  std::vector<evaluate::LayerNoise> layers; ///< in the network's order
};

/// Part of the rows of `outputs` (as many as there are labels, all of one
/// length) that name the label, see argmaxRows().
double top1(llvm::ArrayRef<float> outputs, llvm::ArrayRef<int64_t> labels);
/// The class that each of `rows` rows names: the index of its first largest
/// element, or the element itself, rounded, where a row has only one (a network
/// that ends in argmax).
std::vector<int64_t> argmaxRows(llvm::ArrayRef<float> outputs, size_t rows);

void printText(const Evaluation &evaluation, llvm::raw_ostream &os);
std::string toJson(const Evaluation &evaluation);

} // namespace qcc::eval

#endif // QCC_COMPILER_TOOLS_QCC_EVAL_METRICS_H
