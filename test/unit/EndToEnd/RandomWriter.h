// Text of random ops: what all kinds of them share.
#ifndef QCC_TEST_UNIT_ENDTOEND_RANDOMWRITER_H
#define QCC_TEST_UNIT_ENDTOEND_RANDOMWRITER_H

#include "test/unit/EndToEnd/RandomOps.h"

#include <initializer_list>

namespace qcc::test {

/// Least and greatest code of an element type.
int64_t codeMin(const std::string &element);
int64_t codeMax(const std::string &element);
int64_t bytesOf(const std::string &element);

/// `array<i64: 1, 2>`
std::string arrayText(const Shape &values);

/// Writes ops into the text of one case.
class RandomWriter {
public:
  explicit RandomWriter(uint64_t seed);

  /// Codes, and last a list of indices of any value.
  const std::vector<Value> &arguments() const { return args; }
  void startCase(const std::string &name);
  std::string takeLines();

  // Choices.
  int64_t in(int64_t low, int64_t high); ///< both included
  bool chance(int percent) { return in(1, 100) <= percent; }
  template <typename T> T pick(std::initializer_list<T> list) {
    return list.begin()[random.below(list.size())];
  }
  int64_t code(const std::string &element); ///< the ends often
  std::string rounding();

  // Operands.
  /// An argument in a random shape of that rank; some go through a kernel of
  /// their own first, so that later ones may ask for halos.
  Value operand(int rank, const std::string &element = "");
  /// A rank-4 operand with few channels.
  Value image(const std::string &element = "");
  /// A constant of random codes in [low, high], the ends among them.
  Value constant(const Shape &shape, const std::string &element, int64_t low,
                 int64_t high);
  /// An operand that `like` can be combined with: of its shape, or broadcast.
  Value partner(const Value &like, bool sameElement);

  // Ops.
  Value emit(const std::string &op, const std::vector<Value> &operands,
             const std::string &attributes, const std::string &element,
             const Shape &shape);
  Value reshape(const Value &value, const Shape &shape);
  /// Rescale whose results use the range of `element` for values up to
  /// `bound`.
  std::string rescale(double bound, int64_t channels, bool wide,
                      const std::string &element);
  /// Codes from an accumulator whose values are at most `bound`, and maybe an
  /// elementwise op behind.
  Value requantize(const Value &accumulator, double bound);
  Value tail(const Value &value);
  Value add(const Value &lhs, const Value &rhs);
  Value table(const Value &value);

  static Shape broadcast(const Shape &a, const Shape &b);

private:
  Shape factor(int64_t count, int rank);

  data::SplitMix64 random;
  std::vector<Value> args;
  std::map<int64_t, Shape> primes;
  std::string lines, layer;
  int next = 0;
};

/// A kind of its own file.
Value writeLookup(RandomWriter &writer);

/// Adds one random op; its name goes to `name`.
Value writeRandomOp(RandomWriter &writer, std::string &name);

} // namespace qcc::test

#endif // QCC_TEST_UNIT_ENDTOEND_RANDOMWRITER_H
