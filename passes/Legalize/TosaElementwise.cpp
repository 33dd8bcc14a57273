// Elementwise ops and reductions.
#include "passes/Legalize/TosaLowering.h"

#include "mlir/IR/Matchers.h"

#include <cmath>

using namespace mlir;

namespace qcc::legalize {
namespace {

template <typename From, typename To>
FailureOr<Value> lowerBinary(TosaLowering &lowering, From op) {
  return To::create(lowering.builder, op.getLoc(), op.getType(),
                    lowering.operand(op.getInput1()),
                    lowering.operand(op.getInput2()))
      .getResult();
}

FailureOr<Value> lowerMul(TosaLowering &lowering, tosa::MulOp op) {
  if (failed(lowering.zero(op, op.getShift(), "shift")))
    return failure();
  return lowerBinary<tosa::MulOp, qgraph::MulOp>(lowering, op);
}

template <typename Op, qgraph::UnaryKind kind>
FailureOr<Value> lowerUnary(TosaLowering &lowering, Op op) {
  return qgraph::build::unary(lowering.builder, op.getLoc(), kind,
                              lowering.operand(op->getOperand(0)));
}

FailureOr<Value> lowerNegate(TosaLowering &lowering, tosa::NegateOp op) {
  if (failed(lowering.zero(op, op.getInput1Zp(), "input zero point")) ||
      failed(lowering.zero(op, op.getOutputZp(), "output zero point")))
    return failure();
  return lowerUnary<tosa::NegateOp, qgraph::UnaryKind::Negate>(lowering, op);
}

FailureOr<Value> lowerClamp(TosaLowering &lowering, tosa::ClampOp op) {
  auto min = dyn_cast<FloatAttr>(op.getMinVal());
  auto max = dyn_cast<FloatAttr>(op.getMaxVal());
  if (!min || !max || !min.getType().isF32() || !max.getType().isF32() ||
      min.getValue().isNaN() || max.getValue().isNaN()) {
    op.emitOpError() << "bounds are " << op.getMinVal() << " and "
                     << op.getMaxVal() << "; expected two f32 numbers";
    return failure();
  }
  return qgraph::ClampOp::create(lowering.builder, op.getLoc(), op.getType(),
                                 lowering.operand(op.getInput()), min, max)
      .getResult();
}

template <typename Op, qgraph::ReduceKind kind>
FailureOr<Value> lowerReduce(TosaLowering &lowering, Op op) {
  return qgraph::ReduceOp::create(lowering.builder, op.getLoc(), op.getType(),
                                  lowering.operand(op.getInput()), kind,
                                  {static_cast<int64_t>(op.getAxis())})
      .getResult();
}

FailureOr<Value> lowerArgMax(TosaLowering &lowering, tosa::ArgMaxOp op) {
  // An axis is far shorter than 2^31, so that i64 is i32 as well.
  return qgraph::build::argmax(lowering.builder, op.getLoc(),
                               lowering.operand(op.getInput()), op.getAxis(),
                               lowering.builder.getI32Type());
}

/// Whether `value` is 0, or `x` times constants from 0 to 1: then the larger
/// one of `x` and `value` is `x` where `x` is positive, else `value`.
bool isBelowPositive(Value value, Value x) {
  if (std::optional<double> splat = evaluateSplat(value))
    return *splat == 0;
  auto mul = value.getDefiningOp<qgraph::MulOp>();
  if (!mul || (mul.getLhs() != x && mul.getRhs() != x))
    return false;
  std::optional<ConstantTensor> slope =
      evaluateConstant(mul.getLhs() == x ? mul.getRhs() : mul.getLhs());
  return slope && llvm::all_of(slope->values, [](double number) {
           return number >= 0 && number <= 1;
         });
}

/// The number that `value` is `x` times of.
std::optional<double> slopeOf(Value value, Value x) {
  auto mul = value.getDefiningOp<qgraph::MulOp>();
  if (!mul || (mul.getLhs() != x && mul.getRhs() != x) ||
      mul.getType() != x.getType())
    return std::nullopt;
  return evaluateSplat(mul.getLhs() == x ? mul.getRhs() : mul.getLhs());
}

/// A choice that does not depend on the network's input.
Value selectByConstant(TosaLowering &lowering, tosa::SelectOp op) {
  DenseElementsAttr condition;
  if (!matchPattern(op.getInput1(), m_Constant(&condition)))
    return {};
  return qgraph::build::select(lowering.builder, op.getLoc(), condition,
                               lowering.operand(op.getInput2()),
                               lowering.operand(op.getInput3()));
}

/// x > 0 ? x : slope * x is leaky ReLU with one slope, and maximum(x, slope *
/// x) with one per channel. Comparisons have no other use; they are read here.
FailureOr<Value> lowerSelect(TosaLowering &lowering, tosa::SelectOp op) {
  if (Value chosen = selectByConstant(lowering, op))
    return chosen;
  Operation *comparison = op.getInput1().getDefiningOp();
  Value x = lowering.operand(op.getInput2());
  Value other = lowering.operand(op.getInput3());
  if (isa_and_nonnull<tosa::GreaterOp, tosa::GreaterEqualOp>(comparison)) {
    Value left = lowering.operand(comparison->getOperand(0));
    Value right = lowering.operand(comparison->getOperand(1));
    // 0 > x selects the other way round.
    if (left && evaluateSplat(left) == 0.0) {
      std::swap(left, right);
      std::swap(x, other);
    }
    bool isRamp = left && right && left == x && x.getType() == op.getType() &&
                  evaluateSplat(right) == 0.0;
    std::optional<double> slope = isRamp ? slopeOf(other, x) : std::nullopt;
    if (slope && std::isfinite(static_cast<float>(*slope)))
      return qgraph::build::unary(lowering.builder, op.getLoc(),
                                  qgraph::UnaryKind::LeakyRelu, x,
                                  static_cast<float>(*slope));
    if (isRamp && isBelowPositive(other, x))
      return qgraph::MaximumOp::create(lowering.builder, op.getLoc(),
                                       op.getType(), x, other)
          .getResult();
  }
  op.emitOpError("has no constant condition and is not of the form x > 0 ? x : "
                 "slope * x with one slope, or with several from 0 to 1, the "
                 "only ones that are supported");
  return failure();
}

FailureOr<Value> lowerIdentity(TosaLowering &lowering, tosa::IdentityOp op) {
  return lowering.operand(op.getInput1());
}

/// The checks before have found f32 on both sides.
FailureOr<Value> lowerCast(TosaLowering &lowering, tosa::CastOp op) {
  return lowering.operand(op.getInput());
}

} // namespace

void addElementwise(HandlerTable &table) {
  using qgraph::ReduceKind;
  using qgraph::UnaryKind;
  table.add(lowerBinary<tosa::AddOp, qgraph::AddOp>);
  table.add(lowerBinary<tosa::SubOp, qgraph::SubOp>);
  table.add(lowerBinary<tosa::MaximumOp, qgraph::MaximumOp>);
  table.add(lowerBinary<tosa::MinimumOp, qgraph::MinimumOp>);
  table.add(lowerMul);
  table.add(lowerUnary<tosa::SigmoidOp, UnaryKind::Sigmoid>);
  table.add(lowerUnary<tosa::TanhOp, UnaryKind::Tanh>);
  table.add(lowerUnary<tosa::ExpOp, UnaryKind::Exp>);
  table.add(lowerUnary<tosa::LogOp, UnaryKind::Log>);
  table.add(lowerUnary<tosa::RsqrtOp, UnaryKind::Rsqrt>);
  table.add(lowerUnary<tosa::ReciprocalOp, UnaryKind::Reciprocal>);
  table.add(lowerUnary<tosa::AbsOp, UnaryKind::Abs>);
  table.add(lowerUnary<tosa::ErfOp, UnaryKind::Erf>);
  table.add(lowerUnary<tosa::SinOp, UnaryKind::Sin>);
  table.add(lowerUnary<tosa::CosOp, UnaryKind::Cos>);
  table.add(lowerUnary<tosa::FloorOp, UnaryKind::Floor>);
  table.add(lowerUnary<tosa::CeilOp, UnaryKind::Ceil>);
  table.add(lowerBinary<tosa::PowOp, qgraph::PowOp>, /*inPart=*/true);
  table.add(lowerNegate);
  table.add(lowerClamp);
  table.add(lowerReduce<tosa::ReduceSumOp, ReduceKind::Sum>);
  table.add(lowerReduce<tosa::ReduceMaxOp, ReduceKind::Max>);
  table.add(lowerReduce<tosa::ReduceMinOp, ReduceKind::Min>);
  table.add(lowerArgMax);
  table.add(lowerSelect);
  table.add(lowerIdentity);
  table.add(lowerCast);
  table.add(lowerTable);
}

} // namespace qcc::legalize
