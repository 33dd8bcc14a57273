#include "test/unit/EndToEnd/RandomWriter.h"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>

namespace qcc::test {

int64_t codeMin(const std::string &element) {
  return element == "ui8"   ? 0
         : element == "i8"  ? -128
         : element == "i16" ? -32768
                            : INT32_MIN;
}
int64_t codeMax(const std::string &element) {
  return element == "ui8"   ? 255
         : element == "i8"  ? 127
         : element == "i16" ? 32767
                            : INT32_MAX;
}
int64_t bytesOf(const std::string &element) {
  return element == "i64" ? 8 : element == "i32" ? 4 : element == "i16" ? 2 : 1;
}

std::string arrayText(const Shape &values) {
  std::string text;
  for (int64_t value : values)
    text += (text.empty() ? ": " : ", ") + std::to_string(value);
  return "array<i64" + text + ">";
}

int64_t Value::elements() const {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

std::string Value::type() const {
  std::string text = "tensor<";
  for (int64_t extent : shape)
    text += std::to_string(extent) + "x";
  return text + element + ">";
}

/// Numbers of elements with factors to make odd and prime shapes from.
static const int64_t counts[] = {97,  150, 210, 286, 385,  429, 504,
                                 630, 715, 768, 910, 1001, 1155};

RandomWriter::RandomWriter(uint64_t seed) : random(seed) {
  int64_t c0 = counts[in(0, 12)], c1 = counts[in(0, 12)];
  int64_t c2 = counts[in(0, 12)];
  for (auto [element, count] :
       std::initializer_list<std::pair<const char *, int64_t>>{{"i8", c0},
                                                               {"i8", c0},
                                                               {"ui8", c0},
                                                               {"i16", c0},
                                                               {"i8", c1},
                                                               {"ui8", c1},
                                                               {"i8", c2}})
    args.push_back({fmt::format("%arg{}", args.size()), element, {count}});
  args.push_back({fmt::format("%arg{}", args.size()), "i32", {24}});
}

void RandomWriter::startCase(const std::string &name) {
  layer = name;
  lines.clear();
}

std::string RandomWriter::takeLines() { return std::move(lines); }

int64_t RandomWriter::in(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(random.below(high - low + 1));
}

int64_t RandomWriter::code(const std::string &element) {
  if (chance(20))
    return codeMin(element);
  if (chance(25))
    return codeMax(element);
  return in(codeMin(element), codeMax(element));
}

std::string RandomWriter::rounding() {
  return pick<const char *>({"single", "single", "double", "even", "away"});
}

Shape RandomWriter::factor(int64_t count, int rank) {
  Shape shape(rank, 1);
  for (int64_t p = 2; count > 1; ++p)
    while (count % p == 0) {
      // The batch stays small.
      int axis = rank > 2 && !chance(20) ? in(1, rank - 1) : in(0, rank - 1);
      shape[axis] *= p;
      count /= p;
    }
  return shape;
}

Value RandomWriter::operand(int rank, const std::string &element) {
  const Value *argument;
  do
    argument = &args[in(0, args.size() - 2)];
  while (!element.empty() && argument->element != element);
  Value value = reshape(*argument, factor(argument->shape[0], rank));
  if (rank == 4 && chance(40))
    value = emit("clamp", {value},
                 fmt::format("min = {} : i32, max = {} : i32",
                             codeMin(value.element), codeMax(value.element)),
                 value.element, value.shape);
  return value;
}

Value RandomWriter::image(const std::string &element) {
  const Value *argument;
  do
    argument = &args[in(0, args.size() - 2)];
  while (!element.empty() && argument->element != element);
  Shape shape;
  do
    shape = factor(argument->shape[0], 4);
  while (shape[3] > 110);
  Value value = reshape(*argument, shape);
  if (chance(50))
    value = emit("clamp", {value},
                 fmt::format("min = {} : i32, max = {} : i32",
                             codeMin(value.element), codeMax(value.element)),
                 value.element, value.shape);
  return value;
}

Value RandomWriter::constant(const Shape &shape, const std::string &element,
                             int64_t low, int64_t high) {
  Value value{fmt::format("%v{}", next++), element, shape};
  bool extreme = chance(25);
  std::string hex;
  for (int64_t i = 0, n = value.elements(); i < n; ++i) {
    int64_t number = in(low, high);
    if (extreme || chance(3))
      number = chance(50) ? low : high;
    for (int64_t byte = 0; byte < bytesOf(element); ++byte)
      hex += fmt::format("{:02X}", (number >> (8 * byte)) & 255);
  }
  lines += fmt::format("  {} = qint.constant dense<\"0x{}\"> : {} -> {}\n",
                       value.name, hex, value.type(), value.type());
  return value;
}

Shape RandomWriter::broadcast(const Shape &a, const Shape &b) {
  Shape shape(a);
  for (size_t i = 0; i < a.size(); ++i)
    shape[i] = std::max(a[i], b[i]);
  return shape;
}

Value RandomWriter::partner(const Value &like, bool sameElement) {
  std::string element =
      sameElement ? like.element : pick<const char *>({"i8", "ui8", "i8"});
  if (chance(35)) // another argument of that size
    for (int tries = 0; tries < 20; ++tries) {
      const Value &other = args[in(0, args.size() - 2)];
      if (other.elements() == like.elements() && other.element == element)
        return reshape(other, like.shape);
    }
  Shape shape = like.shape;
  for (int64_t &extent : shape)
    if (chance(40))
      extent = 1;
  if (chance(30) && element != "i16") { // broadcast an activation
    Value whole =
        reshape(args[element == "i8" ? 0 : 2], {args[0].elements(), 1});
    Value one =
        emit("reduce <max>", {whole},
             "axes = array<i64: 0>, zero_point = 0 : i32", element, {1, 1});
    return reshape(one, Shape(like.shape.size(), 1));
  }
  return constant(shape, element, codeMin(element), codeMax(element));
}

Value RandomWriter::emit(const std::string &op,
                         const std::vector<Value> &operands,
                         const std::string &attributes,
                         const std::string &element, const Shape &shape) {
  Value result{fmt::format("%v{}", next++), element, shape};
  std::string names, types;
  for (const Value &value : operands) {
    names += (names.empty() ? "" : ", ") + value.name;
    types += (types.empty() ? "" : ", ") + value.type();
  }
  lines +=
      fmt::format("  {} = qint.{} {} {{{}{}qint.layer = \"{}\"}} : ({}) "
                  "-> {}\n",
                  result.name, op, names, attributes,
                  attributes.empty() ? "" : ", ", layer, types, result.type());
  return result;
}

Value RandomWriter::reshape(const Value &value, const Shape &shape) {
  return emit("reshape", {value}, "", value.element, shape);
}

std::string RandomWriter::rescale(double bound, int64_t channels, bool wide,
                                  const std::string &element) {
  int64_t count = chance(50) ? channels : 1;
  double range = codeMax(element) - codeMin(element);
  int base = int(std::lround((wide ? 14.5 : 30.5) + std::log2(bound / range)));
  std::string multipliers, shifts;
  for (int64_t i = 0; i < count; ++i) {
    int64_t one = wide ? int64_t(1) << 14 : int64_t(1) << 30;
    int64_t multiplier = chance(5)    ? 0
                         : chance(15) ? one
                         : chance(10) ? 2 * one - 1
                                      : in(one, 2 * one - 1);
    int shift = std::clamp<int64_t>(base + in(-4, 2), 2, 62);
    multipliers += (i ? ", " : "") + std::to_string(multiplier);
    shifts += (i ? ", " : "") + std::to_string(shift);
  }
  std::string mode = rounding();
  if (wide && mode == "double")
    mode = "single";
  int64_t min = chance(60) ? codeMin(element) : code(element);
  int64_t max = chance(60) ? codeMax(element) : code(element);
  return fmt::format("rescale = #qint.rescale<multipliers = [{}], shifts = "
                     "[{}], rounding = {}, zero_point = {}, min = {}, max = "
                     "{}>",
                     multipliers, shifts, mode, code(element),
                     std::min(min, max), std::max(min, max));
}

Value RandomWriter::requantize(const Value &accumulator, double bound) {
  std::string element =
      pick<const char *>({"i8", "i8", "i8", "i8", "ui8", "ui8", "i16"});
  Value codes = emit("requantize", {accumulator},
                     "zero_point = 0 : i32, " +
                         rescale(std::max(bound, 1.0), accumulator.shape.back(),
                                 accumulator.element == "i64", element),
                     element, accumulator.shape);
  return tail(codes);
}

Value RandomWriter::tail(const Value &value) {
  if (chance(80))
    return value;
  switch (in(0, value.element == "i16" ? 1 : 2)) {
  case 0:
    return add(value, partner(value, false));
  case 1: {
    int64_t a = code(value.element), b = code(value.element);
    return emit("clamp", {value},
                fmt::format("min = {} : i32, max = {} : i32", std::min(a, b),
                            std::max(a, b)),
                value.element, value.shape);
  }
  default:
    return table(value);
  }
}

Value RandomWriter::table(const Value &value) {
  std::string element = pick<const char *>({"i8", "i8", "ui8", "i16"});
  Value entries = constant({256}, element, codeMin(element), codeMax(element));
  return emit("table", {value, entries}, "", element, value.shape);
}

Value RandomWriter::add(const Value &lhs, const Value &rhs) {
  std::string element = pick<const char *>({"i8", "i8", "ui8"});
  int64_t lhsZero = code(lhs.element), rhsZero = code(rhs.element);
  auto magnitude = [](const Value &value, int64_t zero) {
    return std::max(codeMax(value.element) - zero,
                    zero - codeMin(value.element));
  };
  int64_t shift = in(1, 30);
  int64_t room = INT32_MAX - (int64_t(1) << (shift - 1));
  int64_t share = in(0, 100);
  int64_t lm = in(0, room / 100 * share / magnitude(lhs, lhsZero));
  int64_t rm = in(0, room / 100 * (100 - share) / magnitude(rhs, rhsZero));
  // Results about as large as codes, mostly.
  if (chance(70)) {
    int64_t most = std::max<int64_t>(1, int64_t(2) << shift);
    lm = std::min(lm, most - in(0, most / 2));
    rm = std::min(rm, most - in(0, most / 2));
  }
  int64_t a = chance(70) ? codeMin(element) : code(element);
  int64_t b = chance(70) ? codeMax(element) : code(element);
  std::string attributes = fmt::format(
      "lhs_zero_point = {} : i32, rhs_zero_point = {} : i32, lhs_multiplier = "
      "{} : i32, rhs_multiplier = {} : i32, shift = {} : i32, rounding = "
      "#qint.rounding<{}>, zero_point = {} : i32, min = {} : i32, max = {} : "
      "i32",
      lhsZero, rhsZero, chance(30) ? -lm : lm, chance(30) ? -rm : rm, shift,
      rounding(), code(element), std::min(a, b), std::max(a, b));
  return emit("add", {lhs, rhs}, attributes, element,
              broadcast(lhs.shape, rhs.shape));
}

} // namespace qcc::test
