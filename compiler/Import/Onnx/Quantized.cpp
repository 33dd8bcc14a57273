#include "compiler/Import/Onnx/Quantized.h"

#include "dialects/QGraph/QGraph.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <optional>

using namespace mlir;

namespace qcc::import::onnx {
namespace {

constexpr llvm::StringLiteral storedScalesName = "qgraph.stored_scales";
constexpr llvm::StringLiteral storedZerosName = "qgraph.stored_zero_points";
constexpr llvm::StringLiteral storedAxisName = "qgraph.stored_axis";
constexpr llvm::StringLiteral storedTypeName = "qgraph.stored_type";

/// The integers that store codes of `storage`.
struct Storage {
  IntegerType type;
  unsigned flags;
  int64_t low, high;

  Storage(MLIRContext *context, DataType storage) {
    auto range = rangeOf(storage);
    low = range.first;
    high = range.second;
    unsigned width = llvm::Log2_64_Ceil(static_cast<uint64_t>(high - low));
    type = IntegerType::get(context, width);
    flags = low < 0 ? quant::QuantizationFlags::Signed : 0;
  }
};

/// Zero points in a damaged file may be no codes.
bool haveCodes(const Quantization &note, const Storage &storage) {
  return llvm::all_of(note.zeroPoints, [&](int64_t zero) {
    return zero >= storage.low && zero <= storage.high;
  });
}

std::optional<Quantization> noteOf(Value value) {
  auto op = value.getDefiningOp<qgraph::ConstantOp>();
  if (!op || !op->hasAttr(storedScalesName))
    return std::nullopt;
  Quantization result;
  auto scales =
      op->getAttrOfType<DenseF64ArrayAttr>(storedScalesName).asArrayRef();
  result.scales.assign(scales.begin(), scales.end());
  auto zeros =
      op->getAttrOfType<DenseI64ArrayAttr>(storedZerosName).asArrayRef();
  result.zeroPoints.assign(zeros.begin(), zeros.end());
  result.axis = op->getAttrOfType<IntegerAttr>(storedAxisName).getInt();
  result.storage = op->getAttrOfType<IntegerAttr>(storedTypeName).getInt();
  return result;
}

RankedTensorType tensorOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}
Type elementOf(Value value) { return tensorOf(value).getElementType(); }
bool isQuantized(Value value) {
  return isa<quant::QuantizedType>(elementOf(value));
}

/// The codes behind a cast, or null.
Value codesOf(Value value) {
  auto cast = value.getDefiningOp<quant::DequantizeCastOp>();
  return cast ? cast.getInput() : Value();
}

//===----------------------------------------------------------------------===//
// Casts move through ops that only move elements
//===----------------------------------------------------------------------===//

bool keepsCodes(Operation *op) {
  if (auto reduce = dyn_cast<qgraph::ReduceOp>(op))
    return reduce.getKind() == qgraph::ReduceKind::Max ||
           reduce.getKind() == qgraph::ReduceKind::Min;
  if (auto resize = dyn_cast<qgraph::ResizeOp>(op))
    return resize.getMode() == qgraph::ResizeMode::Nearest;
  return isa<qgraph::TransposeOp, qgraph::ReshapeOp, qgraph::SliceOp,
             qgraph::GatherOp, qgraph::TileOp, qgraph::MaxPool2DOp,
             qgraph::ConcatOp, qgraph::PadOp>(op);
}

/// `op` on other operands, with elements of another type.
Value cloneAs(OpBuilder &builder, Operation *op, ValueRange operands,
              Type element) {
  Operation *copy = builder.clone(*op);
  copy->setOperands(operands);
  copy->getResult(0).setType(tensorOf(op->getResult(0)).clone(element));
  return copy->getResult(0);
}

/// move(dcast(x)) -> dcast(move(x)).
bool pushDown(Operation *op) {
  if (!keepsCodes(op))
    return false;
  SmallVector<Value> codes;
  for (Value operand : op->getOperands()) {
    codes.push_back(codesOf(operand));
    if (!codes.back() || elementOf(codes.back()) != elementOf(codes.front()))
      return false;
  }
  OpBuilder builder(op);
  Value moved = cloneAs(builder, op, codes, elementOf(codes.front()));
  op->replaceAllUsesWith(quant::DequantizeCastOp::create(
      builder, op->getLoc(), op->getResult(0).getType(), moved));
  op->erase();
  return true;
}

/// qcast(move(x)) -> move(qcast(x)); qcast(dcast(x)) -> x, in another scale.
bool pullUp(Operation *op) {
  auto cast = dyn_cast<quant::QuantizeCastOp>(op);
  if (!cast)
    return false;
  OpBuilder builder(op);
  Value input = cast.getInput();
  Type element = elementOf(cast.getResult());
  if (Value codes = codesOf(input)) {
    if (elementOf(codes) != element) {
      auto requantize = qgraph::RequantizeOp::create(builder, op->getLoc(),
                                                     cast.getType(), codes);
      requantize->setAttr("qgraph.rounding", builder.getStringAttr("even"));
      codes = requantize;
    }
    cast.getResult().replaceAllUsesWith(codes);
    cast->erase();
    return true;
  }
  Operation *move = input.getDefiningOp();
  // Rounding commutes with a clamp.
  if (!move ||
      !isa<qgraph::TransposeOp, qgraph::ReshapeOp, qgraph::ClampOp>(move) ||
      !move->hasOneUse())
    return false;
  Value before = move->getOperand(0);
  Value codes = quant::QuantizeCastOp::create(
      builder, op->getLoc(), tensorOf(before).clone(element), before);
  cast.getResult().replaceAllUsesWith(cloneAs(builder, move, codes, element));
  cast->erase();
  move->erase();
  return true;
}

void moveCasts(Block &block) {
  for (bool changed = true; changed;) {
    changed = false;
    for (Operation &op : llvm::make_early_inc_range(block.without_terminator()))
      changed |= pushDown(&op) || pullUp(&op);
  }
}

//===----------------------------------------------------------------------===//
// Ops between casts
//===----------------------------------------------------------------------===//

/// Real numbers as integers in units of `scales`, one or one per row.
Value makeCodes(OpBuilder &builder, Location loc, Value constant,
                const Storage &storage, ArrayRef<double> scales,
                ArrayRef<int64_t> zeros, Type element) {
  auto values = cast<DenseElementsAttr>(
      constant.getDefiningOp<qgraph::ConstantOp>().getValue());
  auto type = tensorOf(constant);
  int64_t count = type.getNumElements();
  int64_t perRow = std::max<int64_t>(1, count / int64_t(scales.size()));
  SmallVector<APInt> codes;
  for (auto [i, value] : llvm::enumerate(values.getValues<float>())) {
    size_t row = std::min<size_t>(i / perRow, scales.size() - 1);
    double code = std::nearbyint(value / scales[row]) + zeros[row];
    auto clamped = static_cast<int64_t>(
        std::clamp<double>(code, storage.low, storage.high));
    codes.push_back(APInt(storage.type.getWidth(),
                          static_cast<uint64_t>(clamped),
                          /*isSigned=*/false, /*implicitTrunc=*/true));
  }
  auto attr = DenseElementsAttr::get(type.clone(storage.type), codes);
  return qgraph::ConstantOp::create(builder, loc, type.clone(element),
                                    cast<ElementsAttr>(attr));
}

/// A filter with one scale per output channel.
Value storedFilter(OpBuilder &builder, Value filter,
                   SmallVectorImpl<double> &scales) {
  auto note = noteOf(filter);
  if (!note || note->axis > 0 ||
      (note->storage != proto::TensorProto::INT8 &&
       note->storage != proto::TensorProto::UINT8))
    return {};
  int64_t channels = tensorOf(filter).getDimSize(0);
  scales.assign(note->scales.begin(), note->scales.end());
  SmallVector<int64_t> zeros(note->zeroPoints.begin(), note->zeroPoints.end());
  if (scales.size() == 1) {
    scales.resize(channels, scales.front());
    zeros.resize(channels, zeros.front());
  }
  if (static_cast<int64_t>(scales.size()) != channels)
    return {};
  Storage storage(builder.getContext(), note->storage);
  if (storage.type.getWidth() != 8 || !haveCodes(*note, storage))
    return {};
  auto type = quant::UniformQuantizedPerAxisType::get(
      storage.flags, storage.type, builder.getF32Type(), scales, zeros,
      /*quantizedDimension=*/0, storage.low, storage.high);
  return makeCodes(builder, filter.getLoc(), filter, storage, scales, zeros,
                   type);
}

/// A bias in units of input scale times weight scale, whatever it came in.
Value storedBias(OpBuilder &builder, Value bias, double inputScale,
                 ArrayRef<double> scales) {
  if (!bias.getDefiningOp<qgraph::ConstantOp>() ||
      tensorOf(bias).getDimSize(0) != static_cast<int64_t>(scales.size()))
    return {};
  SmallVector<double> units;
  for (double scale : scales)
    units.push_back(scale * inputScale);
  if (!llvm::all_of(units, isScale))
    return {};
  SmallVector<int64_t> zeros(units.size(), 0);
  Storage storage(builder.getContext(), proto::TensorProto::INT32);
  auto type = quant::UniformQuantizedPerAxisType::get(
      storage.flags, storage.type, builder.getF32Type(), units, zeros,
      /*quantizedDimension=*/0, storage.low, storage.high);
  return makeCodes(builder, bias.getLoc(), bias, storage, units, zeros, type);
}

/// A constant with one scale.
Value storedConstant(OpBuilder &builder, Value value) {
  auto note = noteOf(value);
  if (!note || note->scales.size() != 1)
    return {};
  auto [low, high] = rangeOf(note->storage);
  if (low >= high || note->storage == proto::TensorProto::BOOL)
    return {};
  Storage storage(builder.getContext(), note->storage);
  if (!haveCodes(*note, storage))
    return {};
  return makeCodes(builder, value.getLoc(), value, storage, note->scales,
                   note->zeroPoints,
                   quantizedType(builder.getContext(), note->storage,
                                 note->scales[0], note->zeroPoints[0]));
}

bool isConvolution(Operation *op) {
  return isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(op);
}

/// The operands of `op` as codes; none when one has none.
SmallVector<Value> storedOperands(OpBuilder &builder, Operation *op) {
  SmallVector<Value> operands;
  SmallVector<double> scales;
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    Value codes = codesOf(operand);
    if (isConvolution(op) && i == 1)
      codes = storedFilter(builder, operand, scales);
    else if (isConvolution(op) && i == 2)
      codes = storedBias(
          builder, operand,
          cast<quant::UniformQuantizedType>(elementOf(operands[0])).getScale(),
          scales);
    else if (!codes)
      codes = storedConstant(builder, operand);
    if (!codes)
      return {};
    operands.push_back(codes);
  }
  return operands;
}

/// The type that all readers of `value` quantize it to; null when they do not.
Type readersType(Value value) {
  Type type;
  for (Operation *user : value.getUsers()) {
    auto cast = dyn_cast<quant::QuantizeCastOp>(user);
    if (!cast || (type && elementOf(cast.getResult()) != type))
      return {};
    type = elementOf(cast.getResult());
  }
  return type;
}

/// qcast(op(dcast(x), ...)) -> op(x, ...).
bool fuse(Operation *op) {
  if (!isa<qgraph::QGraphDialect>(op->getDialect()) ||
      isa<qgraph::ConstantOp>(op) || isQuantized(op->getResult(0)))
    return false;
  Value result = op->getResult(0);
  Type type = readersType(result);
  if (!type)
    return false;
  OpBuilder builder(op);
  SmallVector<Value> operands = storedOperands(builder, op);
  if (operands.empty())
    return false;
  Value codes = cloneAs(builder, op, operands, type);
  codes.getDefiningOp()->setAttr("qgraph.rounding",
                                 builder.getStringAttr("even"));
  for (Operation *user : llvm::make_early_inc_range(result.getUsers())) {
    user->replaceAllUsesWith(ValueRange(codes));
    user->erase();
  }
  op->erase();
  return true;
}

void eraseDead(Block &block) {
  SmallVector<Operation *> ops;
  for (Operation &op : block.without_terminator())
    ops.push_back(&op);
  for (Operation *op : llvm::reverse(ops))
    if (op->use_empty())
      op->erase();
}

/// Arguments that are quantized first and results that are dequantized last
/// are codes.
void moveEdges(func::FuncOp function) {
  Block &block = function.getBody().front();
  for (BlockArgument argument : block.getArguments()) {
    if (Type type = isQuantized(argument) ? Type() : readersType(argument)) {
      argument.setType(tensorOf(argument).clone(type));
      for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
        user->replaceAllUsesWith(ValueRange(argument));
        user->erase();
      }
    }
  }
  for (OpOperand &operand : block.getTerminator()->getOpOperands())
    if (Value codes = codesOf(operand.get()))
      operand.set(codes);
}

void updateType(func::FuncOp function) {
  Block &block = function.getBody().front();
  function.setType(FunctionType::get(function.getContext(),
                                     block.getArgumentTypes(),
                                     block.getTerminator()->getOperandTypes()));
}

/// Whether no cast and nothing that is not quantized is left.
bool toIntegers(func::FuncOp function) {
  Block &block = function.getBody().front();
  moveCasts(block);
  // Fusing erases the op and what follows it, so the walk begins anew.
  auto fuseOne = [&] {
    for (Operation &op : block.without_terminator())
      if (fuse(&op))
        return true;
    return false;
  };
  while (fuseOne()) {
  }
  moveCasts(block);
  moveEdges(function);
  eraseDead(block);
  updateType(function);
  for (BlockArgument argument : block.getArguments())
    if (!isQuantized(argument))
      return false;
  for (Operation &op : block.without_terminator())
    if (!isQuantized(op.getResult(0)) ||
        isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op))
      return false;
  return true;
}

/// Arguments and results of f32; casts in pairs.
void toFloat(func::FuncOp function) {
  Block &block = function.getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  Type f32 = builder.getF32Type();
  for (BlockArgument argument : block.getArguments()) {
    if (!isQuantized(argument))
      continue;
    RankedTensorType type = tensorOf(argument);
    argument.setType(type.clone(f32));
    auto codes = quant::QuantizeCastOp::create(builder, argument.getLoc(), type,
                                               argument);
    argument.replaceAllUsesExcept(codes, codes);
  }
  builder.setInsertionPoint(block.getTerminator());
  for (OpOperand &operand : block.getTerminator()->getOpOperands())
    if (isQuantized(operand.get()))
      operand.set(quant::DequantizeCastOp::create(
          builder, operand.get().getLoc(), tensorOf(operand.get()).clone(f32),
          operand.get()));
  updateType(function);
}

void forgetNotes(ModuleOp module) {
  module.walk([](qgraph::ConstantOp op) {
    for (llvm::StringRef name :
         {storedScalesName, storedZerosName, storedAxisName, storedTypeName})
      op->removeAttr(name);
  });
}

} // namespace

Type quantizedType(MLIRContext *context, DataType storage, double scale,
                   int64_t zeroPoint) {
  Storage codes(context, storage);
  return quant::UniformQuantizedType::get(codes.flags, codes.type,
                                          Float32Type::get(context), scale,
                                          zeroPoint, codes.low, codes.high);
}

void noteQuantization(Value constant, const Quantization &quantization) {
  Operation *op = constant.getDefiningOp();
  Builder builder(op->getContext());
  op->setAttr(storedScalesName,
              builder.getDenseF64ArrayAttr(quantization.scales));
  op->setAttr(storedZerosName,
              builder.getDenseI64ArrayAttr(quantization.zeroPoints));
  op->setAttr(storedAxisName, builder.getI64IntegerAttr(quantization.axis));
  op->setAttr(storedTypeName, builder.getI64IntegerAttr(quantization.storage));
}

void useStoredIntegers(ModuleOp module) {
  auto function = *module.getOps<func::FuncOp>().begin();
  bool casts = llvm::any_of(function.getBody().front(), [](Operation &op) {
    return isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op);
  });
  if (casts) {
    func::FuncOp copy = function.clone();
    if (toIntegers(copy)) {
      function.erase();
      module.push_back(copy);
    } else {
      copy.erase();
      toFloat(function);
    }
  }
  forgetNotes(module);
}

} // namespace qcc::import::onnx
