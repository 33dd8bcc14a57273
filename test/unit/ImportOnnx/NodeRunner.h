// Runs the node tests that ONNX publishes: models of one operator, with inputs
// and outputs.
#ifndef QCC_TEST_UNIT_IMPORTONNX_NODERUNNER_H
#define QCC_TEST_UNIT_IMPORTONNX_NODERUNNER_H

#include "compiler/Import/Onnx/Tensor.h"

#include <map>
#include <string>
#include <vector>

namespace qcc::onnxtest {

/// Where Debian's libonnx-testdata keeps them.
constexpr char nodeTests[] = "/usr/share/libonnx-testdata/data/node";

/// How a model is run. Integers are always known when it is read.
enum class Mode : char {
  Values = 'v',  ///< every float input is an argument
  Weights = 'w', ///< only the first one is; others are weights
  Folded = 'f',  ///< all are known: the importer computes
  Legal = 'l',   ///< as Weights, and the phase Legalize has run
};

struct Outcome {
  /// The modes in which the results are right, "vwfl".
  std::string passed;
  /// Why a mode gives no result; of the last one.
  std::string error;
  /// Some results agree to 1e-3 only, which is what ONNX itself asks for.
  bool rough = false;
  /// What is wrong in a mode that gives results.
  std::string wrong;
};

/// Runs the test in the folder `path` in all modes.
Outcome runNodeTest(const std::string &path);

/// How often a network of one operator on f32 becomes integers, or not.
struct Quantizable {
  int yes = 0, no = 0;
};

/// Counts for the operator of the test in `path`, when it has one only and can
/// be read: with all inputs as arguments, and with the first one.
void countQuantizable(const std::string &path,
                      std::map<std::string, Quantizable> &counts);

/// As a line of the list: "vwl", "rough vwl", "differs: reason" with the reason
/// of the list, or "-: message".
std::string summaryOf(const Outcome &outcome, const std::string &listed);

/// The committed list: test name and summary.
std::map<std::string, std::string> readList();
/// Names of the installed tests; none when the package is missing.
std::vector<std::string> installedTests();

} // namespace qcc::onnxtest

#endif // QCC_TEST_UNIT_IMPORTONNX_NODERUNNER_H
