// Look-up tables of 8-bit codes inside a network on f32: the quantized types
// around them say what the codes mean.
#include "passes/Legalize/TosaLowering.h"

#include "mlir/Dialect/Quant/IR/Quant.h"

using namespace mlir;

namespace qcc::legalize {
namespace {

quant::UniformQuantizedType codeType(Type type) {
  return dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(type));
}

bool isSignedByte(quant::UniformQuantizedType type) {
  return type.isSigned() && type.getStorageTypeIntegralWidth() == 8;
}

/// The type of the codes that a table gives: its own, or for i8 the one that
/// every `quant.scast` of it names.
quant::UniformQuantizedType resultType(tosa::TableOp op) {
  if (auto type = codeType(op.getType()))
    return type;
  quant::UniformQuantizedType found;
  for (Operation *user : op->getUsers()) {
    auto cast = dyn_cast<quant::StorageCastOp>(user);
    auto type = cast ? codeType(cast.getType()) : nullptr;
    if (!type || (found && found != type))
      return {};
    found = type;
  }
  return found;
}

/// The value of f32 whose codes the table reads; null: not known.
quant::QuantizeCastOp codesOf(TosaLowering &lowering, tosa::TableOp op) {
  Value mapped = lowering.operand(op.getInput1());
  return mapped ? mapped.getDefiningOp<quant::QuantizeCastOp>() : nullptr;
}

} // namespace

FailureOr<Value> lowerTable(TosaLowering &lowering, tosa::TableOp op) {
  auto codes = codesOf(lowering, op);
  if (!codes) {
    if (!lowering.hasFailed(op.getInput1()))
      op.emitOpError() << "reads codes of type " << op.getInput1().getType()
                       << " whose scale is not known; expected the result of "
                          "quant.qcast or of another table";
    return failure();
  }
  auto in = codeType(codes.getType()), out = resultType(op);
  if (!out) {
    op.emitOpError() << "gives codes of type " << op.getType()
                     << " whose scale is not known; expected only quant.scast "
                        "to one quantized type to read them";
    return failure();
  }
  for (auto type : {in, out})
    if (!type || !isSignedByte(type)) {
      op.emitOpError() << "maps " << codes.getType() << " to " << op.getType()
                       << "; only signed 8-bit codes of one scale are "
                          "supported";
      return failure();
    }
  auto entries = lowering.integerConstant(op, op.getTable(), "table");
  if (failed(entries))
    return failure();
  SmallVector<int8_t> table(entries->begin(), entries->end());
  OpBuilder &builder = lowering.builder;
  Value input = codes.getInput();
  Value result =
      qgraph::TableOp::create(builder, op.getLoc(), input.getType(), input,
                              builder.getDenseI8ArrayAttr(table),
                              TypeAttr::get(in), TypeAttr::get(out));
  auto quantized = cast<RankedTensorType>(input.getType()).clone(out);
  return quant::QuantizeCastOp::create(builder, op.getLoc(), quantized, result)
      .getResult();
}

FailureOr<Value> lowerStorageCast(TosaLowering &lowering,
                                  quant::StorageCastOp op) {
  Value codes = lowering.operand(op.getInput());
  auto from = codes ? codeType(codes.getType()) : nullptr;
  if (!from) {
    if (!lowering.hasFailed(op.getInput()))
      op.emitOpError() << "casts " << op.getInput().getType()
                       << " whose scale is not known; expected the result of "
                          "quant.qcast or of tosa.table";
    return failure();
  }
  auto to = codeType(op.getType());
  if (to && to != from) {
    op.emitOpError() << "takes codes of " << from << " for codes of " << to
                     << "; expected one type";
    return failure();
  }
  return codes;
}

} // namespace qcc::legalize
