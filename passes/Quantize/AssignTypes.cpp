#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"

#include "llvm/ADT/EquivalenceClasses.h"

#include <cmath>

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_ASSIGNTYPES
#include "passes/Quantize/Passes.h.inc"

namespace {

/// What the codes mean of the look-up table that alone reads a value.
quant::UniformQuantizedType typeOfOnlyTable(Value value) {
  if (!value.hasOneUse())
    return {};
  auto table = dyn_cast<qgraph::TableOp>(*value.user_begin());
  return table ? dyn_cast_or_null<quant::UniformQuantizedType>(
                     table.getInputType().value_or(Type()))
               : quant::UniformQuantizedType();
}

/// The type that a value has whatever its range: stated by a hint or by the
/// bytes of an argument, or known from the function that makes or reads it.
quant::UniformQuantizedType fixedType(Value value) {
  if (auto type = dyn_cast_or_null<TypeAttr>(getFact(value, "qgraph.type")))
    return dyn_cast<quant::UniformQuantizedType>(type.getValue());
  if (value.getDefiningOp<qgraph::SoftmaxOp>())
    return activationType(value.getContext(), {1.0 / 256, -128});
  if (auto table = value.getDefiningOp<qgraph::TableOp>())
    return dyn_cast_or_null<quant::UniformQuantizedType>(
        table.getOutputType().value_or(Type()));
  auto unary = value.getDefiningOp<qgraph::UnaryOp>();
  if (unary && unary.getKind() == qgraph::UnaryKind::Sigmoid)
    return activationType(value.getContext(), {1.0 / 256, -128});
  if (unary && unary.getKind() == qgraph::UnaryKind::Tanh)
    return activationType(value.getContext(), {1.0 / 128, 0});
  return typeOfOnlyTable(value);
}

/// Values that share a type.
class TypeGroups {
public:
  explicit TypeGroups(func::FuncOp function) : values(activations(function)) {
    for (auto [index, value] : llvm::enumerate(values)) {
      indices[value] = index;
      groups.insert(index);
    }
    for (Value value : values)
      if (Operation *op = value.getDefiningOp())
        joinOperands(op);
  }

  /// States the type of every value's group at the value.
  void assign() {
    for (const auto *leader : groups) {
      if (!leader->isLeader())
        continue;
      auto type = TypeAttr::get(typeOf(*leader));
      for (size_t member : groups.members(*leader))
        setFact(values[member], "qgraph.type", type);
    }
  }

private:
  using Groups = llvm::EquivalenceClasses<size_t>;

  void joinOperands(Operation *op) {
    Value result = op->getResult(0);
    if (keepsType(op)) {
      join(result, op->getOperand(0), /*required=*/true);
      return;
    }
    if (isa<qgraph::ClampOp>(op) && op->getOperand(0).hasOneUse())
      join(result, op->getOperand(0), /*required=*/true);
    // Rounding an input to the result's type where it is made costs nothing
    // and saves rounding it twice.
    if (isa<qgraph::ConcatOp, qgraph::MaximumOp, qgraph::MinimumOp,
            qgraph::SelectOp>(op))
      for (Value input : op->getOperands())
        if (input.hasOneUse())
          join(result, input, /*required=*/false);
  }

  void join(Value a, Value b, bool required) {
    if (!isActivation(a) || !isActivation(b))
      return;
    if (!required && (groupFixedType(a) || groupFixedType(b)))
      return;
    groups.unionSets(indices[a], indices[b]);
  }

  quant::UniformQuantizedType groupFixedType(Value value) {
    auto leader = groups.findLeader(indices[value]);
    for (auto it = leader; it != groups.member_end(); ++it)
      if (auto type = fixedType(values[*it]))
        return type;
    return {};
  }

  /// True if something else than an op that is in the same group reads it.
  bool isReadOutside(Value value) {
    return value.use_empty() ||
           llvm::any_of(value.getUses(), [&](OpOperand &use) {
             Operation *user = use.getOwner();
             if (user->getNumResults() != 1 ||
                 !indices.contains(user->getResult(0)))
               return true;
             return !groups.isEquivalent(indices[value],
                                         indices[user->getResult(0)]);
           });
  }

  Type typeOf(const Groups::ECValue &leader) {
    Range range;
    for (size_t member : groups.members(leader)) {
      Value value = values[member];
      if (auto type = fixedType(value))
        return type;
      if (!isReadOutside(value))
        continue;
      if (std::optional<Range> part = getRange(value)) {
        range.lo = std::min(range.lo, part->lo);
        range.hi = std::max(range.hi, part->hi);
      }
    }
    return activationType(values.front().getContext(),
                          chooseQuantParams(range, QuantScheme()));
  }

  SmallVector<Value> values;
  llvm::DenseMap<Value, size_t> indices;
  Groups groups;
};

class AssignTypesPass : public impl::AssignTypesBase<AssignTypesPass> {
public:
  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function || failed(checkNetwork(function)))
      return signalPassFailure();
    TypeGroups(function).assign();
  }

private:
  LogicalResult checkNetwork(func::FuncOp function) {
    for (Value value : activations(function)) {
      Operation *op = value.getDefiningOp();
      if (op && isa<qgraph::BatchNormOp>(op))
        return op->emitOpError("must be folded into a convolution before "
                               "quantization: ")
               << describe(op);
      if (!getRange(value))
        return emitError(value.getLoc())
               << (op ? describe(op) : "argument '" + layerOf(value) + "'")
               << " has no 'qgraph.range', run qcc-assign-ranges before";
    }
    return success();
  }
};

} // namespace

} // namespace qcc
