// Evaluation of expressions of constants.
#include "dialects/QGraph/Unary.h"
#include "passes/Legalize/Constants.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <memory>

using namespace mlir;

namespace qcc::legalize {
namespace {

double applyBinary(Operation *op, double a, double b) {
  return TypeSwitch<Operation *, double>(op)
      .Case<qgraph::AddOp>([&](auto) { return a + b; })
      .Case<qgraph::SubOp>([&](auto) { return a - b; })
      .Case<qgraph::MulOp>([&](auto) { return a * b; })
      .Case<qgraph::DivOp>([&](auto) { return a / b; })
      .Case<qgraph::PowOp>([&](auto) { return std::pow(a, b); })
      .Case<qgraph::MaximumOp>([&](auto) { return std::fmax(a, b); })
      .Default([&](auto) { return std::fmin(a, b); });
}

/// Distance in `from` of one step along each axis of `to`; 0 where `from` is
/// broadcast. Equal ranks.
SmallVector<int64_t> broadcastStrides(ArrayRef<int64_t> from,
                                      ArrayRef<int64_t> to) {
  SmallVector<int64_t> strides(to.size(), 0);
  int64_t stride = 1;
  for (size_t i = to.size(); i-- > 0;) {
    strides[i] = from[i] == 1 ? 0 : stride;
    stride *= from[i];
  }
  return strides;
}

/// Calls `visit(index)` for every index of `shape` in row-major order.
template <typename Visit>
void forEachIndex(ArrayRef<int64_t> shape, Visit visit) {
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t n = elementCount(shape); n > 0; --n) {
    visit(index);
    for (size_t i = shape.size(); i-- > 0;) {
      if (++index[i] < shape[i])
        break;
      index[i] = 0;
    }
  }
}

int64_t offsetOf(ArrayRef<int64_t> index, ArrayRef<int64_t> strides) {
  int64_t offset = 0;
  for (auto [i, stride] : llvm::zip_equal(index, strides))
    offset += i * stride;
  return offset;
}

bool isBinary(Operation *op) {
  return isa<qgraph::AddOp, qgraph::SubOp, qgraph::MulOp, qgraph::DivOp,
             qgraph::PowOp, qgraph::MaximumOp, qgraph::MinimumOp>(op);
}

bool isKnown(Operation *op) {
  return isBinary(op) ||
         isa<qgraph::UnaryOp, qgraph::ClampOp, qgraph::ReshapeOp,
             qgraph::TransposeOp, qgraph::SliceOp, qgraph::TileOp>(op);
}

/// Evaluates one expression; remembers what it has seen, as expressions share
/// parts.
class Evaluator {
public:
  /// The tensor stays owned by the evaluator; null when not constant.
  const ConstantTensor *evaluate(Value value) {
    auto [entry, isNew] = known.try_emplace(value);
    if (!isNew)
      return entry->second.get();
    std::unique_ptr<ConstantTensor> result = computeValue(value);
    return (known[value] = std::move(result)).get();
  }

private:
  std::unique_ptr<ConstantTensor> computeValue(Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    Operation *op = value.getDefiningOp();
    if (!type || !type.hasStaticShape() || !op ||
        elementCount(type.getShape()) > maxConstantElements)
      return nullptr;
    auto result = std::make_unique<ConstantTensor>();
    result->shape.assign(type.getShape().begin(), type.getShape().end());
    if (auto constant = dyn_cast<qgraph::ConstantOp>(op)) {
      std::optional<std::vector<double>> values =
          readFloats(constant.getValue());
      if (!values)
        return nullptr;
      result->values = std::move(*values);
    } else if (!isKnown(op) || !compute(op, *result)) {
      return nullptr;
    }
    if (static_cast<int64_t>(result->values.size()) !=
        elementCount(result->shape))
      return nullptr;
    return result;
  }

  bool compute(Operation *op, ConstantTensor &result) {
    SmallVector<const ConstantTensor *, 2> inputs;
    for (Value operand : op->getOperands()) {
      const ConstantTensor *input = evaluate(operand);
      if (!input)
        return false;
      inputs.push_back(input);
    }
    if (isBinary(op))
      return binary(op, *inputs[0], *inputs[1], result);
    const ConstantTensor &input = *inputs.front();
    return TypeSwitch<Operation *, bool>(op)
        .Case<qgraph::UnaryOp>([&](auto unary) {
          double alpha = unary.getAlpha().convertToDouble();
          for (double value : input.values)
            result.values.push_back(
                qgraph::evaluateUnary(unary.getKind(), alpha, value));
          return true;
        })
        .Case<qgraph::ClampOp>([&](auto clamp) {
          double low = clamp.getMin().convertToFloat();
          double high = clamp.getMax().convertToFloat();
          for (double value : input.values)
            result.values.push_back(std::fmin(std::fmax(value, low), high));
          return true;
        })
        .Case<qgraph::ReshapeOp>([&](auto) {
          result.values = input.values;
          return true;
        })
        .Case<qgraph::TransposeOp>([&](auto transpose) {
          result.values =
              permute(input.values, input.shape, transpose.getPermutation());
          return true;
        })
        .Case<qgraph::SliceOp>(
            [&](auto op) { return slice(op, input, result); })
        .Case<qgraph::TileOp>([&](auto) { return tile(input, result); })
        .Default([](auto) { return false; });
  }

  bool binary(Operation *op, const ConstantTensor &lhs,
              const ConstantTensor &rhs, ConstantTensor &result) {
    if (lhs.shape.size() != result.shape.size() ||
        rhs.shape.size() != result.shape.size())
      return false;
    auto left = broadcastStrides(lhs.shape, result.shape);
    auto right = broadcastStrides(rhs.shape, result.shape);
    forEachIndex(result.shape, [&](ArrayRef<int64_t> index) {
      result.values.push_back(applyBinary(op, lhs.values[offsetOf(index, left)],
                                          rhs.values[offsetOf(index, right)]));
    });
    return true;
  }

  bool slice(qgraph::SliceOp op, const ConstantTensor &input,
             ConstantTensor &result) {
    SmallVector<int64_t> strides(input.shape.size(), 1);
    for (size_t i = strides.size(); i-- > 1;)
      strides[i - 1] = strides[i] * input.shape[i];
    int64_t start = offsetOf(op.getStarts(), strides);
    for (auto [stride, step] : llvm::zip_equal(strides, op.getStrides()))
      stride *= step;
    forEachIndex(result.shape, [&](ArrayRef<int64_t> index) {
      result.values.push_back(input.values[start + offsetOf(index, strides)]);
    });
    return true;
  }

  bool tile(const ConstantTensor &input, ConstantTensor &result) {
    SmallVector<int64_t> strides(input.shape.size(), 1);
    for (size_t i = strides.size(); i-- > 1;)
      strides[i - 1] = strides[i] * input.shape[i];
    forEachIndex(result.shape, [&](ArrayRef<int64_t> index) {
      int64_t offset = 0;
      for (size_t i = 0; i < strides.size(); ++i)
        offset += index[i] % input.shape[i] * strides[i];
      result.values.push_back(input.values[offset]);
    });
    return true;
  }

  DenseMap<Value, std::unique_ptr<ConstantTensor>> known;
};

/// Deeper expressions than this count as not constant: the recursion ends.
constexpr int maxDepth = 256;

bool isConstantExpression(Value value, DenseMap<Value, bool> &known,
                          int depth) {
  if (depth > maxDepth)
    return false;
  auto found = known.find(value);
  if (found != known.end())
    return found->second;
  Operation *op = value.getDefiningOp();
  bool result =
      op &&
      (isa<qgraph::ConstantOp>(op) ||
       (isKnown(op) && llvm::all_of(op->getOperands(), [&](Value operand) {
          return isConstantExpression(operand, known, depth + 1);
        })));
  return known[value] = result;
}

} // namespace

bool isConstantExpression(Value value) {
  DenseMap<Value, bool> known;
  return isConstantExpression(value, known, 0);
}

std::optional<ConstantTensor> evaluateConstant(Value value) {
  // Cheap for the many values that are no constants.
  if (!isConstantExpression(value))
    return std::nullopt;
  Evaluator evaluator;
  const ConstantTensor *result = evaluator.evaluate(value);
  return result ? std::optional(*result) : std::nullopt;
}

} // namespace qcc::legalize
