#include "passes/Quantize/Values.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace qcc::quantize {

func::FuncOp findNetwork(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function.getBody().hasOneBlock())
      return function;
  module.emitError("needs a function of one block, found none");
  return nullptr;
}

Type elementTypeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

bool isActivation(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32() &&
         !value.getDefiningOp<qgraph::ConstantOp>();
}

SmallVector<Value> activations(func::FuncOp function) {
  SmallVector<Value> values;
  for (BlockArgument argument : function.getArguments())
    if (isActivation(argument))
      values.push_back(argument);
  for (Operation &op : function.front())
    for (Value result : op.getResults())
      if (isActivation(result))
        values.push_back(result);
  return values;
}

std::string layerOf(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return llvm::formatv("input{0}", argument.getArgNumber()).str();
  auto name = value.getDefiningOp()->getAttrOfType<StringAttr>("qgraph.layer");
  return name ? name.str() : "";
}

std::string describe(Operation *op) {
  if (auto name = op->getAttrOfType<StringAttr>("qgraph.layer"))
    return llvm::formatv("layer '{0}'", name.getValue()).str();
  return llvm::formatv("unnamed '{0}'", op->getName()).str();
}

Attribute getFact(Value value, StringRef name) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    return function.getArgAttr(argument.getArgNumber(), name);
  }
  return value.getDefiningOp()->getAttr(name);
}

void setFact(Value value, StringRef name, Attribute attr) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    function.setArgAttr(argument.getArgNumber(), name, attr);
  } else {
    value.getDefiningOp()->setAttr(name, attr);
  }
}

void removeFact(Value value, StringRef name) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    function.removeArgAttr(argument.getArgNumber(), name);
  } else {
    value.getDefiningOp()->removeAttr(name);
  }
}

std::optional<Range> getRange(Value value) {
  auto ends =
      dyn_cast_or_null<DenseF64ArrayAttr>(getFact(value, "qgraph.range"));
  if (!ends || ends.size() != 2)
    return std::nullopt;
  return Range{ends[0], ends[1]};
}

void setRange(Value value, Range range) {
  setFact(value, "qgraph.range",
          DenseF64ArrayAttr::get(value.getContext(), {range.lo, range.hi}));
}

unsigned getBits(Value value) {
  auto bits = dyn_cast_or_null<IntegerAttr>(getFact(value, "qgraph.bits"));
  return bits ? static_cast<unsigned>(bits.getInt()) : 8;
}

bool isGiven(Value value) {
  return getFact(value, "qgraph.bits_given") != nullptr;
}

void setBits(Value value, unsigned bits, bool isGiven) {
  Builder builder(value.getContext());
  removeFact(value, "qgraph.bits");
  removeFact(value, "qgraph.bits_given");
  if (bits != 8)
    setFact(value, "qgraph.bits", builder.getI64IntegerAttr(bits));
  if (isGiven)
    setFact(value, "qgraph.bits_given", builder.getUnitAttr());
}

unsigned getWeightBits(Operation *op) {
  auto bits = op->getAttrOfType<IntegerAttr>("qgraph.weight_bits");
  return bits ? static_cast<unsigned>(bits.getInt()) : 8;
}

void setWeightBits(Operation *op, unsigned bits) {
  op->setAttr("qgraph.weight_bits",
              Builder(op->getContext()).getI64IntegerAttr(bits));
}

ArrayRef<double> getWeightScales(Operation *op) {
  auto scales = op->getAttrOfType<DenseF64ArrayAttr>("qgraph.weight_scales");
  return scales ? scales.asArrayRef() : ArrayRef<double>();
}

QuantScheme activationScheme(unsigned bits) {
  return {bits, /*isSigned=*/true, /*symmetric=*/bits == 16};
}

bool isParameter(OpOperand &operand) {
  return isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp, qgraph::BatchNormOp,
             qgraph::LayerNormOp, qgraph::RmsNormOp>(operand.getOwner()) &&
         operand.getOperandNumber() > 0;
}

bool keepsType(Operation *op) {
  if (auto resize = dyn_cast<qgraph::ResizeOp>(op))
    return resize.getMode() == qgraph::ResizeMode::Nearest;
  if (auto reduce = dyn_cast<qgraph::ReduceOp>(op))
    return reduce.getKind() == qgraph::ReduceKind::Max ||
           reduce.getKind() == qgraph::ReduceKind::Min;
  return isa<qgraph::MaxPool2DOp, qgraph::ReshapeOp, qgraph::TransposeOp,
             qgraph::SliceOp, qgraph::PadOp, qgraph::TileOp, qgraph::GatherOp,
             qgraph::LookupOp>(op);
}

quant::UniformQuantizedType activationType(MLIRContext *context,
                                           QuantParams params, bool isSigned,
                                           unsigned bits) {
  // All codes of 16 bits, though ranges are symmetric.
  QuantScheme scheme{bits, isSigned, false};
  return quant::UniformQuantizedType::get(
      isSigned ? quant::QuantizationFlags::Signed : 0,
      IntegerType::get(context, bits <= 8 ? 8 : 16), Float32Type::get(context),
      params.scale, params.zeroPoint, scheme.storageMin(), scheme.storageMax());
}

} // namespace qcc::quantize
