#include "dialects/QGraph/QGraph.h"
#include "passes/Legalize/Legalize.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "llvm/ADT/StringSet.h"

namespace qcc {
#define GEN_PASS_DEF_VERIFYLEGALIZED
#include "passes/Legalize/Passes.h.inc"
} // namespace qcc

using namespace mlir;

namespace {

struct VerifyLegalized
    : public qcc::impl::VerifyLegalizedBase<VerifyLegalized> {
  void runOnOperation() override {
    auto functions = llvm::to_vector(getOperation().getOps<func::FuncOp>());
    if (functions.size() != 1) {
      getOperation().emitError()
          << "module has " << functions.size() << " functions; expected one";
      return signalPassFailure();
    }
    func::FuncOp function = functions.front();
    if (!llvm::hasSingleElement(function.getBody())) {
      function.emitOpError() << "has " << function.getBody().getBlocks().size()
                             << " blocks; expected one";
      return signalPassFailure();
    }
    bool ok = true;
    for (BlockArgument argument : function.getArguments())
      ok &= succeeded(checkArgument(function, argument));
    for (Operation &op : function.getBody().front().without_terminator())
      ok &= succeeded(checkOp(&op));
    if (!ok)
      signalPassFailure();
  }

  LogicalResult checkOp(Operation *op) {
    if (isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op))
      return checkCast(op);
    if (!isa_and_nonnull<qcc::qgraph::QGraphDialect>(op->getDialect()))
      return op->emitOpError("is no qgraph op");
    if (isa<qcc::qgraph::BatchNormOp>(op))
      return op->emitOpError("must have been folded");
    if (auto constant = dyn_cast<qcc::qgraph::ConstantOp>(op))
      if (!isa<DenseElementsAttr>(constant.getValue()))
        return op->emitOpError("has a value that is not dense");
    if (failed(checkWeights(op)) || failed(checkName(op)))
      return failure();
    return checkTypes(op, op->getResultTypes());
  }

  /// Casts state a value's range in pairs, and lead from integers to float and
  /// back one by one.
  LogicalResult checkCast(Operation *op) {
    bool quantizes = isa<quant::QuantizeCastOp>(op);
    Value codes = quantizes ? op->getResult(0) : op->getOperand(0);
    Type element = getElementTypeOrSelf(codes.getType());
    if (!quantizes || llvm::all_of(op->getUsers(), [](Operation *user) {
          return isa<quant::DequantizeCastOp>(user);
        }))
      return checkTypes(op, op->getResultTypes());
    auto type = dyn_cast<quant::UniformQuantizedType>(element);
    unsigned width = type ? type.getStorageTypeIntegralWidth() : 0;
    if (width == 8 || (width == 16 && type.isSigned()))
      return checkTypes(op, op->getResultTypes());
    return op->emitOpError() << "makes codes of " << element
                             << "; expected one scale, and 8 bits or signed "
                                "16 bits";
  }

  LogicalResult checkWeights(Operation *op) {
    bool isNorm = isa<qcc::qgraph::LayerNormOp, qcc::qgraph::RmsNormOp>(op);
    if (!isNorm &&
        !isa<qcc::qgraph::Conv2DOp, qcc::qgraph::TransposeConv2DOp>(op))
      return success();
    for (Value weight : op->getOperands().drop_front())
      if (!weight.getDefiningOp<qcc::qgraph::ConstantOp>())
        return op->emitOpError()
               << "has a " << (isNorm ? "gamma or beta" : "filter or bias")
               << " that is not constant";
    return success();
  }

  LogicalResult checkName(Operation *op) {
    auto layer = op->getAttrOfType<StringAttr>("qgraph.layer");
    if (!layer)
      return op->emitOpError("has no qgraph.layer");
    if (!layers.insert(layer.getValue()).second)
      return op->emitOpError()
             << "has the layer name '" << layer.getValue() << "' of another op";
    return success();
  }

  /// Integers are indices, the caller's or those that `argmax` found; they may
  /// only be moved and looked up.
  static bool mayBeInteger(Operation *op) {
    using namespace qcc::qgraph;
    return isa<ArgMaxOp, ReshapeOp, TransposeOp, ConcatOp, SliceOp>(op);
  }

  LogicalResult checkArgument(func::FuncOp function, BlockArgument argument) {
    auto tensor = dyn_cast<RankedTensorType>(argument.getType());
    if (!tensor || !tensor.hasStaticShape() ||
        !tensor.getElementType().isSignlessInteger(32))
      return checkTypes(function, argument.getType());
    for (OpOperand &use : argument.getUses()) {
      Operation *user = use.getOwner();
      if (!mayBeInteger(user) && !isa<func::ReturnOp>(user) &&
          !(isa<qcc::qgraph::LookupOp>(user) && use.getOperandNumber() == 1))
        return user->emitOpError()
               << "reads argument " << argument.getArgNumber()
               << ", which holds integers; only the indices of a lookup may";
    }
    return success();
  }

  LogicalResult checkTypes(Operation *op, TypeRange types) {
    for (Type type : types) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor || !tensor.hasStaticShape())
        return op->emitOpError() << "has a tensor of type " << type
                                 << "; expected a static shape";
      Type element = tensor.getElementType();
      if (!element.isF32() && !isa<quant::QuantizedType>(element) &&
          !(element.isSignlessInteger(32) && mayBeInteger(op)))
        return op->emitOpError()
               << "has element type " << element << "; expected f32";
    }
    return success();
  }

  llvm::StringSet<> layers;
};

} // namespace
