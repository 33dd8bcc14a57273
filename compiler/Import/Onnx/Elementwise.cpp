// Operators of two and more tensors that are broadcast against each other.
#include "compiler/Import/Onnx/Operators.h"

#include <cmath>

namespace qcc::import::onnx {
namespace {

/// Both operands with as many axes as the longer has.
std::pair<Value, Value> operandsOf(Node &node, size_t i, size_t k) {
  int64_t rank = std::max(node.rank(i), node.rank(k));
  return {node.valueOfRank(i, rank), node.valueOfRank(k, rank)};
}

template <typename Op> llvm::Error importBinary(Node &node) {
  if (llvm::is_contained(build::broadcastShape(node.shape(0), node.shape(1)),
                         0))
    return node.fail("has inputs of shapes " + textOf(node.shape(0)) + " and " +
                     textOf(node.shape(1)) + " that do not fit together");
  auto [a, b] = operandsOf(node, 0, 1);
  return node.set(build::binary<Op>(node.builder, node.loc, a, b));
}

/// All inputs, one after the other.
template <typename Op> Value combineAll(Node &node) {
  int64_t rank = 0;
  for (size_t i = 0; i < node.numInputs(); ++i)
    rank = std::max(rank, node.rank(i));
  Value result = node.valueOfRank(0, rank);
  for (size_t i = 1; i < node.numInputs(); ++i)
    result = build::binary<Op>(node.builder, node.loc, result,
                               node.valueOfRank(i, rank));
  return result;
}

/// The only number of a constant input, if it is that.
std::optional<double> constantNumber(Node &node, size_t i) {
  if (!node.isConstant(i) || node.tensor(i).size() == 0)
    return std::nullopt;
  const Tensor &tensor = node.tensor(i);
  for (int64_t k = 1; k < tensor.size(); ++k)
    if (tensor.real(k) != tensor.real(0))
      return std::nullopt;
  return tensor.real(0);
}

} // namespace

llvm::Error importAdd(Node &node) { return importBinary<qgraph::AddOp>(node); }
llvm::Error importSub(Node &node) { return importBinary<qgraph::SubOp>(node); }
llvm::Error importMul(Node &node) { return importBinary<qgraph::MulOp>(node); }

/// A constant divisor becomes a factor when its reciprocal is exact: integer
/// code multiplies.
llvm::Error importDiv(Node &node) {
  auto divisor = constantNumber(node, 1);
  int exponent;
  if (divisor && node.rank(1) <= node.rank(0) && *divisor != 0 &&
      std::fabs(std::frexp(*divisor, &exponent)) == 0.5)
    return node.set(node.mul(node.value(0), static_cast<float>(1 / *divisor)));
  return importBinary<qgraph::DivOp>(node);
}

/// Small exponents as products and roots.
llvm::Error importPow(Node &node) {
  auto exponent = constantNumber(node, 1);
  bool sameShape =
      node.rank(1) <= node.rank(0) &&
      build::broadcastShape(node.shape(0), node.shape(1)) == node.shape(0);
  if (exponent && sameShape) {
    Value x = node.value(0);
    if (*exponent == 1)
      return node.set(x);
    if (*exponent == 2)
      return node.set(node.mul(x, x));
    if (*exponent == 3)
      return node.set(node.mul(node.mul(x, x), x));
    if (*exponent == 0.5)
      return node.set(node.unary(UnaryKind::Sqrt, x));
    if (*exponent == -0.5)
      return node.set(node.unary(UnaryKind::Rsqrt, x));
    if (*exponent == -1)
      return node.set(node.unary(UnaryKind::Reciprocal, x));
  }
  return importBinary<qgraph::PowOp>(node);
}

llvm::Error importSum(Node &node) {
  return node.set(combineAll<qgraph::AddOp>(node));
}
llvm::Error importMax(Node &node) {
  return node.set(combineAll<qgraph::MaximumOp>(node));
}
llvm::Error importMin(Node &node) {
  return node.set(combineAll<qgraph::MinimumOp>(node));
}
llvm::Error importMean(Node &node) {
  Value sum = combineAll<qgraph::AddOp>(node);
  return node.set(node.mul(sum, 1.0f / node.numInputs()));
}

llvm::Error importWhere(Node &node) {
  if (!node.isConstant(0))
    return node.fail("has a condition that is not constant; only a constant "
                     "one is supported");
  if (node.type(0) != proto::TensorProto::BOOL)
    return node.fail("has a condition of " + typeName(node.type(0)) +
                     ", expected bool");
  for (size_t i : {1, 2})
    if (!isFloatType(node.type(i)))
      return node.fail("chooses among " + typeName(node.type(i)) +
                       " that is not constant; only float is supported");
  for (size_t i : {1, 2})
    if (elementCount(node.shape(i)) == 0)
      return node.fail("has an empty input " + llvm::Twine(i));
  const Tensor &given = node.tensor(0);
  llvm::SmallVector<bool> bits;
  for (int64_t value : given.integers)
    bits.push_back(value != 0);
  auto type =
      mlir::RankedTensorType::get(given.shape, node.builder.getI1Type());
  auto condition = mlir::DenseElementsAttr::get(type, bits);
  return node.set(build::select(node.builder, node.loc, condition,
                                node.value(1), node.value(2)));
}

} // namespace qcc::import::onnx
