// Random qint ops, many to a module, so that compiling them is affordable.
#ifndef QCC_TEST_UNIT_ENDTOEND_RANDOMOPS_H
#define QCC_TEST_UNIT_ENDTOEND_RANDOMOPS_H

#include "compiler/Data/Random.h"

#include <map>
#include <string>
#include <vector>

namespace qcc::test {

using Shape = std::vector<int64_t>;

/// A value in a module's text.
struct Value {
  std::string name;
  std::string element; ///< i8, ui8, i16, i32, i64
  Shape shape;

  int64_t elements() const;
  std::string type() const;
};

/// One op with what belongs to it (requantization, an op fused behind), which
/// reads arguments and constants only.
struct OpCase {
  std::string name;  ///< "17_conv2d", also the layer
  std::string lines; ///< computes `result` from the arguments
  Value result;      ///< of rank 1
  size_t offset = 0; ///< its bytes in the outputs of one sample
  size_t bytes = 0;
};

struct RandomModule {
  std::string text; ///< one function; its results are those of all cases
  std::vector<OpCase> cases;
  std::vector<Value> arguments;
  size_t sampleBytes = 0, outputBytes = 0; ///< of one sample

  /// A module that computes that case alone.
  std::string standalone(const OpCase &single) const;
};

/// The same module for the same seed.
RandomModule makeRandomModule(uint64_t seed, int cases);

/// Writes the text anew after cases were removed.
void assemble(RandomModule &module);

/// Samples for the arguments of any module: random codes, in every second
/// sample only those at the ends of the range.
std::vector<uint8_t> randomSamples(const RandomModule &module, int samples,
                                   uint64_t seed);

} // namespace qcc::test

#endif // QCC_TEST_UNIT_ENDTOEND_RANDOMOPS_H
