// Functions of one tensor.
#include "compiler/Import/Onnx/Operators.h"

#include <limits>

namespace qcc::import::onnx {

constexpr float infinity = std::numeric_limits<float>::infinity();

llvm::Error importRelu(Node &node) {
  return node.set(node.clamp(node.value(0), 0, infinity));
}

llvm::Error importUnary(Node &node) {
  static constexpr std::pair<llvm::StringLiteral, UnaryKind> kinds[] = {
      {"Sigmoid", UnaryKind::Sigmoid}, {"Tanh", UnaryKind::Tanh},
      {"Exp", UnaryKind::Exp},         {"Log", UnaryKind::Log},
      {"Sqrt", UnaryKind::Sqrt},       {"Reciprocal", UnaryKind::Reciprocal},
      {"Abs", UnaryKind::Abs},         {"Neg", UnaryKind::Negate},
      {"Erf", UnaryKind::Erf},         {"Softplus", UnaryKind::Softplus},
      {"Sin", UnaryKind::Sin},         {"Cos", UnaryKind::Cos},
      {"Floor", UnaryKind::Floor},     {"Ceil", UnaryKind::Ceil},
      {"Round", UnaryKind::Round}};
  for (auto [name, kind] : kinds)
    if (name == node.proto.op_type())
      return node.set(node.unary(kind, node.value(0)));
  return node.fail("is not supported");
}

llvm::Error importLeakyRelu(Node &node) {
  return node.set(node.unary(UnaryKind::LeakyRelu, node.value(0),
                             node.number("alpha", 0.01f)));
}

/// max(x, 0) + slope * min(x, 0).
llvm::Error importPRelu(Node &node) {
  Value x = node.value(0), slope = node.valueOfRank(1, node.rank(0));
  if (node.isConstant(1) && node.tensor(1).size() == 1)
    return node.set(node.unary(UnaryKind::LeakyRelu, x,
                               static_cast<float>(node.tensor(1).real(0))));
  return node.set(node.add(node.clamp(x, 0, infinity),
                           node.mul(slope, node.clamp(x, -infinity, 0))));
}

llvm::Error importElu(Node &node) {
  return node.set(
      node.unary(UnaryKind::Elu, node.value(0), node.number("alpha", 1)));
}

llvm::Error importSelu(Node &node) {
  Value elu = node.unary(UnaryKind::Elu, node.value(0),
                         node.number("alpha", 1.67326319217681884765625f));
  return node.set(
      node.mul(elu, node.number("gamma", 1.05070102214813232421875f)));
}

/// alpha * elu(x / alpha).
llvm::Error importCelu(Node &node) {
  float alpha = node.number("alpha", 1);
  if (alpha == 0)
    return node.fail("has alpha 0");
  Value elu = node.unary(UnaryKind::Elu, node.mul(node.value(0), 1 / alpha), 1);
  return node.set(node.mul(elu, alpha));
}

/// Bounds were attributes up to opset 10.
llvm::Error importClip(Node &node) {
  double low = -infinity, high = infinity;
  if (node.opset < 11) {
    low = node.number("min", std::numeric_limits<float>::lowest());
    high = node.number("max", std::numeric_limits<float>::max());
  }
  for (auto [i, bound] : {std::pair(1, &low), std::pair(2, &high)}) {
    if (node.opset < 11 || !node.has(i))
      continue;
    auto value = node.real(i);
    if (!value)
      return value.takeError();
    *bound = *value;
  }
  // With bounds the wrong way round the upper one wins.
  low = std::min(low, high);
  return node.set(node.clamp(node.value(0), static_cast<float>(low),
                             static_cast<float>(high)));
}

llvm::Error importHardSigmoid(Node &node) {
  Value line = node.add(node.mul(node.value(0), node.number("alpha", 0.2f)),
                        node.number("beta", 0.5f));
  return node.set(node.clamp(line, 0, 1));
}

llvm::Error importHardSwish(Node &node) {
  return node.set(node.unary(UnaryKind::HardSwish, node.value(0)));
}

llvm::Error importGelu(Node &node) {
  std::string kind = node.text("approximate", "none");
  if (kind != "none" && kind != "tanh")
    return node.fail("has approximate '" + kind + "', expected none or tanh");
  return node.set(node.unary(
      kind == "tanh" ? UnaryKind::GeluTanh : UnaryKind::Gelu, node.value(0)));
}

/// com.microsoft: gelu of the sum of two inputs. FastGelu is the form with
/// tanh, and its second input may be missing.
llvm::Error importBiasGelu(Node &node) {
  bool fast = node.proto.op_type() == "FastGelu";
  Value x = node.value(0);
  if (node.has(1)) {
    if (build::broadcastShape(node.shape(0), node.shape(1)) != node.shape(0))
      return node.fail("has a bias that does not fit its input");
    x = node.add(x, node.valueOfRank(1, node.rank(0)));
  }
  return node.set(node.unary(fast ? UnaryKind::GeluTanh : UnaryKind::Gelu, x));
}

/// x * sigmoid(alpha * x), com.microsoft: 1.702 where nothing is said.
llvm::Error importQuickGelu(Node &node) {
  float alpha = node.number("alpha", 1.702f);
  if (alpha == 0)
    return node.set(node.mul(node.value(0), 0.5f));
  return node.set(
      node.unary(UnaryKind::Silu, node.value(0), alpha == 1 ? 0 : alpha));
}

llvm::Error importSoftsign(Node &node) {
  Value x = node.value(0);
  Value divisor = node.add(node.unary(UnaryKind::Abs, x), 1);
  return node.set(node.mul(x, node.unary(UnaryKind::Reciprocal, divisor)));
}

llvm::Error importMish(Node &node) {
  Value x = node.value(0);
  return node.set(node.mul(
      x, node.unary(UnaryKind::Tanh, node.unary(UnaryKind::Softplus, x))));
}

/// Softmax and LogSoftmax. Up to opset 12 all axes from the given one on are
/// one, and the default is 1.
llvm::Error importSoftmax(Node &node) {
  bool log = node.proto.op_type() == "LogSoftmax";
  bool old = node.opset < 13;
  int64_t rank = node.rank(0);
  if (rank == 0)
    return node.fail("has an input of rank 0, expected at least 1");
  auto axis = node.axis(
      node.integer("axis", old ? std::min<int64_t>(1, rank - 1) : -1), rank);
  if (!axis)
    return axis.takeError();
  Value x = node.value(0);
  if (!old || *axis == rank - 1)
    return node.set(build::softmax(node.builder, node.loc, x, *axis, log));
  auto shape = llvm::ArrayRef(node.shape(0));
  Value flat = node.reshape(x, {elementCount(shape.take_front(*axis)),
                                elementCount(shape.drop_front(*axis))});
  Value result = build::softmax(node.builder, node.loc, flat, 1, log);
  return node.set(node.reshape(result, shape));
}

} // namespace qcc::import::onnx
