#include "dialects/Decimal.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_VERIFYQUANTIZED
#include "passes/Quantize/Passes.h.inc"

namespace {

class VerifyQuantizedPass
    : public impl::VerifyQuantizedBase<VerifyQuantizedPass> {
public:
  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function)
      return signalPassFailure();
    bool valid = true;
    for (BlockArgument argument : function.getArguments())
      valid &= succeeded(checkActivation(argument, [&] {
        return emitError(argument.getLoc())
               << "argument '" << layerOf(argument) << "' ";
      }));
    for (Operation &op : function.front().without_terminator())
      valid &= succeeded(checkOp(&op));
    if (!valid)
      signalPassFailure();
  }

private:
  using EmitError = llvm::function_ref<InFlightDiagnostic()>;

  /// Plain integers, or 8 or 16 bits per tensor.
  LogicalResult checkActivation(Value value, EmitError fail) {
    Type element = elementTypeOf(value);
    if (isa<IntegerType>(element))
      return success();
    auto type = dyn_cast<quant::UniformQuantizedType>(element);
    if (!type)
      return fail() << "has element type " << element
                    << ", expected one quantized per tensor";
    unsigned width = type.getStorageTypeIntegralWidth();
    if (width != 8 && !(width == 16 && type.isSigned()))
      return fail() << "has " << width
                    << "-bit storage, expected 8 bits or signed 16 bits";
    if (type.getZeroPoint() < type.getStorageTypeMin() ||
        type.getZeroPoint() > type.getStorageTypeMax())
      return fail() << "has zero point " << type.getZeroPoint()
                    << ", expected one in [" << type.getStorageTypeMin() << ", "
                    << type.getStorageTypeMax() << "]";
    return success();
  }

  LogicalResult checkOp(Operation *op) {
    auto fail = [&] { return op->emitOpError() << describe(op) << " "; };
    if (!isa<qgraph::QGraphDialect>(op->getDialect()))
      return fail() << "is no op of qgraph";
    if (isa<qgraph::BatchNormOp>(op))
      return fail() << "must be folded into a convolution";
    if (isa<qgraph::ConstantOp>(op))
      return checkConstantUses(op);
    if (failed(checkActivation(op->getResult(0), fail)))
      return failure();
    if (isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op))
      return checkContraction(op);
    return checkSameType(op);
  }

  /// Constants that are no parameters are activations.
  LogicalResult checkConstantUses(Operation *op) {
    auto fail = [&] { return op->emitOpError() << describe(op) << " "; };
    for (OpOperand &use : op->getUses())
      if (!isParameter(use))
        return checkActivation(op->getResult(0), fail);
    return success();
  }

  LogicalResult checkSameType(Operation *op) {
    auto clamp = dyn_cast<qgraph::ClampOp>(op);
    bool mergedClamp = clamp && clamp.getInput().hasOneUse();
    if (!keepsType(op) && !mergedClamp)
      return success();
    Type in = elementTypeOf(op->getOperand(0));
    Type out = elementTypeOf(op->getResult(0));
    if (in != out)
      return op->emitOpError() << describe(op) << " must keep the type " << in
                               << " of its input, found " << out;
    return success();
  }

  LogicalResult checkContraction(Operation *op) {
    auto fail = [&] { return op->emitOpError() << describe(op) << " "; };
    auto input =
        dyn_cast<quant::UniformQuantizedType>(elementTypeOf(op->getOperand(0)));
    if (!input)
      return fail() << "needs a quantized input, found "
                    << op->getOperand(0).getType();
    auto filter = dyn_cast<quant::UniformQuantizedPerAxisType>(
        elementTypeOf(op->getOperand(1)));
    auto bias = dyn_cast<quant::UniformQuantizedPerAxisType>(
        elementTypeOf(op->getOperand(2)));
    if (!filter || filter.getQuantizedDimension() != 0 ||
        filter.getStorageTypeIntegralWidth() > 8)
      return fail() << "has the filter " << op->getOperand(1).getType()
                    << ", expected 8-bit weights with scales on axis 0";
    if (!bias || bias.getStorageTypeIntegralWidth() != 32)
      return fail() << "has the bias " << op->getOperand(2).getType()
                    << ", expected 32 bits with scales on axis 0";
    for (auto [o, pair] :
         llvm::enumerate(llvm::zip(filter.getScales(), bias.getScales()))) {
      double expected = std::get<0>(pair) * input.getScale();
      // Text keeps fewer digits of a scale than a double has.
      if (std::abs(std::get<1>(pair) - expected) > expected * 1e-5)
        return fail() << "has bias scale " << decimal(std::get<1>(pair))
                      << " in channel " << o << ", expected "
                      << decimal(expected)
                      << ", the product of input and filter scales";
    }
    return success();
  }
};

} // namespace

} // namespace qcc
