// Elementwise ops and reductions.
#include "passes/Legalize/TosaLowering.h"

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
  return qgraph::UnaryOp::create(lowering.builder, op.getLoc(), op.getType(),
                                 lowering.operand(op->getOperand(0)), kind)
      .getResult();
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
  auto type = cast<RankedTensorType>(op.getType());
  if (!type.getElementType().isSignlessInteger(32)) {
    op.emitOpError() << "result has element type " << type.getElementType()
                     << "; only i32 is supported";
    return failure();
  }
  return qgraph::ArgMaxOp::create(lowering.builder, op.getLoc(), type,
                                  lowering.operand(op.getInput()), op.getAxis())
      .getResult();
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
  table.add(lowerNegate);
  table.add(lowerClamp);
  table.add(lowerReduce<tosa::ReduceSumOp, ReduceKind::Sum>);
  table.add(lowerReduce<tosa::ReduceMaxOp, ReduceKind::Max>);
  table.add(lowerReduce<tosa::ReduceMinOp, ReduceKind::Min>);
  table.add(lowerArgMax);
  table.add(lowerIdentity);
  table.add(lowerCast);
}

} // namespace qcc::legalize
