#include "passes/Quantize/PlanNetwork.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/TypeGroups.h"

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

/// The type of values in [0, 1): 16 bits have zero point 0.
quant::UniformQuantizedType unitType(Value value) {
  int bits = static_cast<int>(getBits(value));
  QuantParams params{std::ldexp(1, -bits), -(1 << (bits - 1))};
  if (bits == 16)
    params = {std::ldexp(1, -15), 0};
  return activationType(value.getContext(), params, /*isSigned=*/true, bits);
}

/// The type that a value has whatever its range: stated by a hint or by the
/// bytes of an argument, or known from the function that makes or reads it.
quant::UniformQuantizedType fixedType(Value value) {
  if (auto type = dyn_cast_or_null<TypeAttr>(getFact(value, "qgraph.type")))
    return dyn_cast<quant::UniformQuantizedType>(type.getValue());
  if (auto softmax = value.getDefiningOp<qgraph::SoftmaxOp>();
      softmax && !softmax.getLog())
    return unitType(value);
  if (auto table = value.getDefiningOp<qgraph::TableOp>())
    return dyn_cast_or_null<quant::UniformQuantizedType>(
        table.getOutputType().value_or(Type()));
  auto unary = value.getDefiningOp<qgraph::UnaryOp>();
  unsigned bits = getBits(value);
  if (unary && unary.getKind() == qgraph::UnaryKind::Sigmoid)
    return unitType(value);
  if (unary && unary.getKind() == qgraph::UnaryKind::Tanh)
    return activationType(value.getContext(),
                          {std::ldexp(2, -static_cast<int>(bits)), 0},
                          /*isSigned=*/true, bits);
  return typeOfOnlyTable(value);
}

/// A type that a member of a group has whatever its range, if any.
quant::UniformQuantizedType fixedTypeOf(ArrayRef<Value> members) {
  for (Value member : members)
    if (auto type = fixedType(member))
      return type;
  return {};
}

/// The type of values that share one, from the ranges of those that are read
/// from outside.
quant::UniformQuantizedType typeOf(const TypeGroups &groups,
                                   ArrayRef<Value> members) {
  if (auto type = fixedTypeOf(members))
    return type;
  Range range;
  for (Value member : members) {
    if (!groups.isReadOutside(member))
      continue;
    if (std::optional<Range> part = getRange(member)) {
      range.lo = std::min(range.lo, part->lo);
      range.hi = std::max(range.hi, part->hi);
    }
  }
  unsigned bits = getBits(members.front());
  return activationType(members.front().getContext(),
                        chooseQuantParams(range, activationScheme(bits)),
                        /*isSigned=*/true, bits);
}

class AssignTypesPass : public impl::AssignTypesBase<AssignTypesPass> {
public:
  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function || failed(checkNetwork(function)))
      return signalPassFailure();
    if (failed(assign(function)))
      signalPassFailure();
  }

private:
  /// States the type of every value's group at the value.
  LogicalResult assign(func::FuncOp function) {
    TypeGroups groups(function);
    groups.joinInputs([&](Value result, Value input) {
      return getBits(result) == getBits(input) &&
             !fixedTypeOf(groups.membersOf(result)) &&
             !fixedTypeOf(groups.membersOf(input));
    });
    bool valid = true;
    groups.forEach([&](ArrayRef<Value> members) {
      quant::UniformQuantizedType type = typeOf(groups, members);
      unsigned bits = bitsOf(type);
      for (Value member : members) {
        if (isGiven(member) && getBits(member) != bits) {
          emitError(member.getLoc())
              << "layer '" << layerOf(member) << "' has the type " << type
              << ", which does not have the " << getBits(member)
              << " bits of the plan";
          valid = false;
        }
        setFact(member, "qgraph.type", TypeAttr::get(type));
        removeFact(member, "qgraph.bits");
        removeFact(member, "qgraph.bits_given");
      }
    });
    return success(valid);
  }

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
