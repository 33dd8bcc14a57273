// Operators computed while reading: chains of shapes, and what weights are made
// by.
#include "compiler/Import/Onnx/Operators.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

namespace qcc::import::onnx {

using proto::TensorProto;

//===----------------------------------------------------------------------===//
// Sources of constants
//===----------------------------------------------------------------------===//

/// Since opset 15 only axes from `start` to `end`.
llvm::Error foldShape(Node &node) {
  int64_t rank = node.rank(0);
  auto bound = [&](llvm::StringRef name, int64_t otherwise) {
    int64_t axis = node.integer(name, otherwise);
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = bound("start", 0), end = bound("end", rank);
  llvm::ArrayRef<int64_t> shape = node.shape(0);
  return node.set(
      0, Tensor::ofInts(shape.slice(start, std::max<int64_t>(0, end - start))));
}

llvm::Error foldSize(Node &node) {
  return node.set(0,
                  Tensor::ofInts({elementCount(node.shape(0))}).reshaped({}));
}

llvm::Error foldConstant(Node &node) {
  if (node.proto.attribute_size() != 1)
    return node.fail("has " + llvm::Twine(node.proto.attribute_size()) +
                     " attributes, expected one");
  const auto &attribute = node.proto.attribute(0);
  llvm::StringRef name(attribute.name());
  if (name == "value") {
    auto tensor = readTensor(attribute.t(), node.directory());
    if (!tensor)
      return tensor.takeError();
    return node.set(0, std::move(*tensor));
  }
  if (name == "value_int")
    return node.set(0, Tensor::ofInts({attribute.i()}).reshaped({}));
  if (name == "value_ints")
    return node.set(0, Tensor::ofInts(node.integers(name)));
  if (name == "value_float")
    return node.set(0, Tensor::ofReals({}, {attribute.f()}));
  return node.set(0, Tensor::ofReals({attribute.floats_size()},
                                     {attribute.floats().begin(),
                                      attribute.floats().end()}));
}

llvm::Error foldConstantOfShape(Node &node) {
  auto shape = node.ints(0);
  if (!shape)
    return shape.takeError();
  Tensor value = Tensor::ofReals({1}, {0});
  if (const auto *attribute = node.find("value")) {
    auto tensor = readTensor(attribute->t(), node.directory());
    if (!tensor)
      return tensor.takeError();
    value = std::move(*tensor);
  }
  int64_t count = elementCount(*shape);
  if (value.size() != 1 || count < 0 || count > maxFoldedElements)
    return node.fail("makes a constant of " + llvm::Twine(count) +
                     " elements from " + llvm::Twine(value.size()));
  return node.set(0, value.pick(*shape, std::vector<int64_t>(count, 0)));
}

llvm::Error foldRange(Node &node) {
  double bounds[3];
  for (size_t i = 0; i < 3; ++i) {
    auto value = node.real(i);
    if (!value)
      return value.takeError();
    bounds[i] = *value;
  }
  auto [start, limit, delta] = bounds;
  double count = std::max(0.0, std::ceil((limit - start) / delta));
  if (!(count <= maxFoldedElements))
    return node.fail("has too many elements");
  Tensor result;
  result.type = node.type(0);
  result.shape = {static_cast<int64_t>(count)};
  for (int64_t i = 0; i < result.shape[0]; ++i) {
    if (result.isFloat())
      result.reals.push_back(start + i * delta);
    else
      result.integers.push_back(static_cast<int64_t>(start + i * delta));
  }
  return node.set(0, std::move(result));
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

namespace {

/// The shape that all inputs broadcast to, and for each input the index of the
/// element that makes each element of the result.
struct Broadcast {
  Shape shape;
  std::vector<std::vector<int64_t>> indices;

  static llvm::Expected<Broadcast> of(Node &node) {
    Broadcast result;
    for (size_t i = 0; i < node.numInputs(); ++i)
      result.shape = build::broadcastShape(result.shape, node.shape(i));
    int64_t count = elementCount(result.shape);
    bool empty = llvm::all_of(llvm::seq<size_t>(0, node.numInputs()),
                              [&](size_t i) { return node.tensor(i).size(); });
    if ((count == 0 && empty) || count > maxFoldedElements)
      return node.fail("has constants whose shapes do not go together");
    for (size_t i = 0; i < node.numInputs(); ++i)
      result.indices.push_back(indicesOf(node.shape(i), result.shape));
    return result;
  }

  static std::vector<int64_t> indicesOf(llvm::ArrayRef<int64_t> from,
                                        llvm::ArrayRef<int64_t> to) {
    std::vector<int64_t> indices = {0};
    size_t missing = to.size() - from.size();
    for (size_t axis = 0; axis < to.size(); ++axis) {
      int64_t size = axis < missing ? 1 : from[axis - missing];
      std::vector<int64_t> longer;
      longer.reserve(indices.size() * to[axis]);
      for (int64_t index : indices)
        for (int64_t k = 0; k < to[axis]; ++k)
          longer.push_back(index * size + (size == 1 ? 0 : k));
      indices = std::move(longer);
    }
    return indices;
  }
};

double applyReal(llvm::StringRef op, double a, double b) {
  return llvm::StringSwitch<double>(op)
      .Case("Add", a + b)
      .Case("Sub", a - b)
      .Case("Mul", a * b)
      .Case("Div", a / b)
      .Case("Max", std::max(a, b))
      .Case("Min", std::min(a, b))
      .Case("Mod", std::fmod(a, b))
      .Default(std::pow(a, b)); // Pow
}

/// Integers wrap; nothing when a division is by zero.
std::optional<int64_t> applyInteger(llvm::StringRef op, int64_t a, int64_t b) {
  uint64_t x = a, y = b;
  if (op == "Add")
    return x + y;
  if (op == "Sub")
    return x - y;
  if (op == "Mul")
    return x * y;
  if (op == "Max")
    return std::max(a, b);
  if (op == "Min")
    return std::min(a, b);
  if (op == "Pow") {
    if (b < 0)
      return std::nullopt;
    uint64_t power = 1;
    for (; b; b >>= 1, x *= x)
      power *= b & 1 ? x : 1;
    return power;
  }
  if (b == 0)
    return std::nullopt;
  if (op == "Div")
    return b == -1 ? -x : a / b;
  // Mod has the sign of the divisor.
  int64_t rest = b == -1 ? 0 : a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

} // namespace

/// Two inputs or, of Sum, Max and Min, any number.
llvm::Error foldBinary(Node &node) {
  llvm::StringRef op(node.proto.op_type());
  if (op == "Sum")
    op = "Add";
  if (op == "Mod" && node.integer("fmod", 0) && !node.tensor(0).isFloat())
    return node.fail("has fmod of integers, which is not supported");
  auto broadcast = Broadcast::of(node);
  if (!broadcast)
    return broadcast.takeError();
  const Tensor &first = node.tensor(0);
  Tensor result = first.pick(broadcast->shape, broadcast->indices[0]);
  for (size_t i = 1; i < node.numInputs(); ++i) {
    const Tensor &other = node.tensor(i);
    const auto &indices = broadcast->indices[i];
    for (size_t k = 0; k < indices.size(); ++k) {
      if (result.isFloat()) {
        result.reals[k] =
            applyReal(op, result.reals[k], other.real(indices[k]));
        continue;
      }
      if (other.isFloat())
        return node.fail("has constants of different types");
      auto value =
          applyInteger(op, result.integers[k], other.integers[indices[k]]);
      if (!value)
        return node.fail("divides by zero");
      result.integers[k] = *value;
    }
  }
  return node.set(0, std::move(result));
}

llvm::Error foldUnary(Node &node) {
  llvm::StringRef op(node.proto.op_type());
  Tensor result = node.tensor(0);
  for (double &value : result.reals)
    value = llvm::StringSwitch<double>(op)
                .Case("Abs", std::fabs(value))
                .Case("Neg", -value)
                .Case("Sqrt", std::sqrt(value))
                .Case("Reciprocal", 1 / value)
                .Case("Exp", std::exp(value))
                .Case("Log", std::log(value))
                .Case("Floor", std::floor(value))
                .Case("Ceil", std::ceil(value))
                .Case("Sin", std::sin(value))
                .Case("Cos", std::cos(value))
                .Default(std::nearbyint(value)); // Round
  if (!result.isFloat() && op != "Abs" && op != "Neg" && op != "Not")
    return node.fail("has a constant of integers, expected float");
  for (int64_t &value : result.integers)
    value = op == "Not"                ? !value
            : op == "Neg" || value < 0 ? static_cast<int64_t>(-uint64_t(value))
                                       : value;
  return node.set(0, std::move(result));
}

llvm::Error foldCompare(Node &node) {
  llvm::StringRef op(node.proto.op_type());
  auto broadcast = Broadcast::of(node);
  if (!broadcast)
    return broadcast.takeError();
  const Tensor &a = node.tensor(0), &b = node.tensor(1);
  if (a.isFloat() != b.isFloat())
    return node.fail("has constants of different types");
  Tensor result;
  result.type = TensorProto::BOOL;
  result.shape = broadcast->shape;
  auto compare = [&](auto x, auto y) {
    return llvm::StringSwitch<bool>(op)
        .Case("Equal", x == y)
        .Case("Greater", x > y)
        .Case("GreaterOrEqual", x >= y)
        .Case("Less", x < y)
        .Case("LessOrEqual", x <= y)
        .Case("And", x && y)
        .Case("Or", x || y)
        .Default(!x != !y); // Xor
  };
  for (auto [i, k] : llvm::zip(broadcast->indices[0], broadcast->indices[1]))
    result.integers.push_back(a.isFloat()
                                  ? compare(a.reals[i], b.reals[k])
                                  : compare(a.integers[i], b.integers[k]));
  return node.set(0, std::move(result));
}

llvm::Error foldWhere(Node &node) {
  auto broadcast = Broadcast::of(node);
  if (!broadcast)
    return broadcast.takeError();
  const Tensor &condition = node.tensor(0), &a = node.tensor(1);
  const Tensor &b = node.tensor(2);
  if (a.isFloat() != b.isFloat() || condition.isFloat())
    return node.fail("has constants of different types");
  Tensor result;
  result.type = a.type;
  result.shape = broadcast->shape;
  const auto &indices = broadcast->indices;
  for (size_t k = 0; k < indices[0].size(); ++k) {
    bool yes = condition.integers[indices[0][k]];
    const Tensor &from = yes ? a : b;
    int64_t at = indices[yes ? 1 : 2][k];
    if (a.isFloat())
      result.reals.push_back(from.reals[at]);
    else
      result.integers.push_back(from.integers[at]);
  }
  return node.set(0, std::move(result));
}

//===----------------------------------------------------------------------===//
// Cast
//===----------------------------------------------------------------------===//

/// Truncates towards zero, as C does; nothing outside of 64 bits.
static std::optional<int64_t> truncated(double value) {
  constexpr double limit = 9.2e18;
  if (!(value > -limit && value < limit))
    return std::nullopt;
  return static_cast<int64_t>(value);
}

static int64_t wrapped(int64_t value, DataType type) {
  if (type == TensorProto::BOOL)
    return value != 0;
  auto [low, high] = rangeOf(type);
  if (low == high)
    return value;
  uint64_t span = static_cast<uint64_t>(high - low) + 1;
  uint64_t offset = (static_cast<uint64_t>(value) - low) & (span - 1);
  return static_cast<int64_t>(offset + low);
}

llvm::Error foldCast(Node &node) {
  DataType to = node.proto.op_type() == "CastLike"
                    ? node.type(1)
                    : static_cast<DataType>(node.integer("to", 0));
  if (!isFloatType(to) && !isIntegerType(to))
    return node.fail("converts to " + typeName(to) +
                     "; supported are float types, integers and bool");
  const Tensor &from = node.tensor(0);
  Tensor result;
  result.type = to;
  result.shape = from.shape;
  for (int64_t i = 0, size = from.size(); i < size; ++i) {
    if (isFloatType(to)) {
      double value = from.real(i);
      result.reals.push_back(
          to == TensorProto::DOUBLE ? value : static_cast<float>(value));
      continue;
    }
    std::optional<int64_t> value =
        from.isFloat() ? truncated(from.reals[i]) : from.integers[i];
    if (to == TensorProto::BOOL && from.isFloat())
      value = from.reals[i] != 0;
    if (!value)
      return node.fail("converts a number that no integer holds");
    result.integers.push_back(wrapped(*value, to));
  }
  return node.set(0, std::move(result));
}

//===----------------------------------------------------------------------===//
// Movement and reductions
//===----------------------------------------------------------------------===//

llvm::Error foldConcat(Node &node) {
  auto axis = node.axis(node.integer("axis", 1), node.rank(0));
  if (!axis)
    return axis.takeError();
  Tensor result;
  result.type = node.type(0);
  result.shape = node.shape(0);
  result.shape[*axis] = 0;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    Shape expected = result.shape;
    if (!node.has(i) || node.rank(i) != node.rank(0) ||
        node.type(i) != node.type(0))
      return node.fail("joins constants of different ranks or types");
    expected[*axis] = node.shape(i)[*axis];
    if (expected != node.shape(i))
      return node.fail("joins constants of different shapes");
    result.shape[*axis] += expected[*axis];
  }
  if (elementCount(result.shape) > maxFoldedElements)
    return node.fail("makes a constant of too many elements");
  auto shape = llvm::ArrayRef(result.shape);
  int64_t outer = elementCount(shape.take_front(*axis));
  for (int64_t row = 0; row < outer; ++row)
    for (size_t i = 0; i < node.numInputs(); ++i) {
      const Tensor &part = node.tensor(i);
      int64_t inner = part.size() / outer;
      for (int64_t k = row * inner; k < (row + 1) * inner; ++k) {
        if (result.isFloat())
          result.reals.push_back(part.reals[k]);
        else
          result.integers.push_back(part.integers[k]);
      }
    }
  return node.set(0, std::move(result));
}

/// Product, sum, maximum or minimum of all elements of integers: sizes.
llvm::Error foldReduce(Node &node) {
  const Tensor &tensor = node.tensor(0);
  bool all = !node.hasAttr("axes") && !node.has(1);
  if (tensor.isFloat())
    return importReduce(node);
  if ((!all && tensor.shape.size() != 1) || tensor.size() == 0)
    return node.fail("reduces some axes of a constant of integers");
  llvm::StringRef op(node.proto.op_type());
  int64_t result = tensor.integers.front();
  for (int64_t value : llvm::drop_begin(tensor.integers))
    result = *applyInteger(op == "ReduceProd"  ? "Mul"
                           : op == "ReduceSum" ? "Add"
                           : op == "ReduceMax" ? "Max"
                                               : "Min",
                           result, value);
  Tensor scalar = Tensor::ofInts({result});
  scalar.type = tensor.type;
  bool keep = node.integer("keepdims", 1);
  return node.set(
      0, scalar.reshaped(keep ? Shape(tensor.shape.size(), 1) : Shape()));
}

} // namespace qcc::import::onnx
