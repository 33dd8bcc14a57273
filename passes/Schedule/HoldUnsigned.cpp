#include "dialects/QInt/QInt.h"
#include "passes/Schedule/Schedule.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace qcc {

#define GEN_PASS_DEF_HOLDUNSIGNED
#include "passes/Schedule/Passes.h.inc"

namespace {

constexpr int32_t kShift = 128;

bool isSignedByte(Type type) {
  return cast<RankedTensorType>(type).getElementType().isSignlessInteger(8);
}

RankedTensorType asUnsigned(Type type) {
  return cast<RankedTensorType>(type).clone(
      IntegerType::get(type.getContext(), 8, IntegerType::Unsigned));
}

/// The bytes of an `i8` constant with their sign bit flipped, as `ui8`.
DenseElementsAttr flipped(DenseElementsAttr codes) {
  llvm::SmallVector<llvm::APInt> values;
  for (llvm::APInt code : codes.getValues<llvm::APInt>()) {
    code.flipBit(7);
    values.push_back(code);
  }
  return DenseElementsAttr::get(asUnsigned(codes.getType()), values);
}

struct HoldUnsigned : impl::HoldUnsignedBase<HoldUnsigned> {
  void runOnOperation() override {
    held.clear();
    func::FuncOp function = getOperation();
    Block &block = function.getBody().front();
    for (BlockArgument argument : block.getArguments())
      if (isSignedByte(argument.getType()))
        enter(argument);
    for (Operation &op : llvm::make_early_inc_range(block))
      if (!isa<qint::ConstantOp, qint::FlipSignOp, func::ReturnOp>(op))
        convert(&op);
    leave(block);
  }

  void enter(BlockArgument argument) {
    if (argument.use_empty())
      return;
    OpBuilder builder = OpBuilder::atBlockBegin(argument.getOwner());
    auto flip = qint::FlipSignOp::create(
        builder, argument.getLoc(), asUnsigned(argument.getType()), argument);
    flip->setAttr(
        "qint.layer",
        builder.getStringAttr("input" + llvm::Twine(argument.getArgNumber())));
    argument.replaceAllUsesExcept(flip.getOutput(), flip);
    held.insert(flip.getOutput());
  }

  void leave(Block &block) {
    Operation *terminator = block.getTerminator();
    OpBuilder builder(terminator);
    for (OpOperand &operand : terminator->getOpOperands()) {
      if (!held.contains(operand.get()))
        continue;
      auto type = cast<RankedTensorType>(operand.get().getType())
                      .clone(builder.getIntegerType(8));
      auto flip = qint::FlipSignOp::create(builder, terminator->getLoc(), type,
                                           operand.get());
      if (Operation *from = operand.get().getDefiningOp())
        if (Attribute layer = from->getAttr("qint.layer"))
          flip->setAttr("qint.layer", layer);
      operand.set(flip.getOutput());
    }
  }

  /// Constants that stand where activations do follow them.
  void convertConstantOperands(Operation *op) {
    if (isa<qint::Conv2DOp, qint::TableOp>(op))
      return;
    for (OpOperand &operand : op->getOpOperands()) {
      auto constant = operand.get().getDefiningOp<qint::ConstantOp>();
      if (!constant || !isSignedByte(constant.getType()))
        continue;
      auto codes = dyn_cast<DenseElementsAttr>(constant.getValue());
      OpBuilder builder(constant);
      DenseElementsAttr fresh = flipped(codes);
      auto made = qint::ConstantOp::create(
          builder, constant.getLoc(), asUnsigned(constant.getType()), fresh);
      operand.set(made.getOutput());
      held.insert(made.getOutput());
    }
  }

  bool isHeld(Value value) const { return held.contains(value); }
  int32_t moved(int32_t code, Value like) const {
    return isHeld(like) ? code + kShift : code;
  }

  void convert(Operation *op) {
    convertConstantOperands(op);
    convertInputs(op);
    Value result = op->getResult(0);
    // A table or copy of codes that were not held keeps its type.
    if (!isSignedByte(result.getType()) || !makesCodes(op))
      return;
    result.setType(asUnsigned(result.getType()));
    held.insert(result);
    convertOutput(op);
  }

  /// Whether the op computes its result's codes (else it hands its operand's
  /// on, and they must be held).
  bool makesCodes(Operation *op) const {
    if (isa<qint::RequantizeOp, qint::AddOp, qint::RescaledAddOp,
            qint::AvgPool2DOp, qint::TableOp, qint::SoftmaxOp,
            qint::LogSoftmaxOp, qint::NormalizeOp, qint::DivOp, qint::NormOp,
            qint::PowerShareOp>(op))
      return true;
    return llvm::any_of(op->getOperands(),
                        [&](Value operand) { return isHeld(operand); });
  }

  static qint::RescaleAttr shifted(qint::RescaleAttr r) {
    return qint::RescaleAttr::get(
        r.getContext(), r.getMultipliers(), r.getShifts(), r.getRounding(),
        r.getZeroPoint() + kShift, r.getMin() + kShift, r.getMax() + kShift);
  }

  void convertInputs(Operation *op) {
    llvm::TypeSwitch<Operation *>(op)
        .Case([&](qint::Conv2DOp o) { convertConv(o); })
        .Case<qint::MatMulOp, qint::MulOp, qint::AddOp, qint::RescaledAddOp,
              qint::DivOp>([&](auto o) {
          o.setLhsZeroPoint(moved(o.getLhsZeroPoint(), o.getLhs()));
          o.setRhsZeroPoint(moved(o.getRhsZeroPoint(), o.getRhs()));
        })
        .Case<qint::RequantizeOp, qint::ReduceOp, qint::ResizeOp, qint::GateOp>(
            [&](auto o) {
              o.setZeroPoint(moved(o.getZeroPoint(), o.getInput()));
            })
        .Case<qint::AvgPool2DOp, qint::NormalizeOp, qint::NormOp>([&](auto o) {
          o.setInputZeroPoint(moved(o.getInputZeroPoint(), o.getInput()));
        })
        .Case([&](qint::ClampOp o) {
          o.setMin(moved(o.getMin(), o.getInput()));
          o.setMax(moved(o.getMax(), o.getInput()));
        })
        .Case([&](qint::PadOp o) {
          o.setValue(moved(o.getValue(), o.getInput()));
        });
  }

  void convertOutput(Operation *op) {
    llvm::TypeSwitch<Operation *>(op)
        .Case<qint::RequantizeOp, qint::AvgPool2DOp, qint::RescaledAddOp>(
            [&](auto o) { o.setRescaleAttr(shifted(o.getRescale())); })
        .Case<qint::AddOp, qint::SoftmaxOp, qint::LogSoftmaxOp,
              qint::NormalizeOp, qint::DivOp, qint::NormOp, qint::PowerShareOp>(
            [&](auto o) {
              o.setZeroPoint(o.getZeroPoint() + kShift);
              o.setMin(o.getMin() + kShift);
              o.setMax(o.getMax() + kShift);
            })
        .Case([&](qint::TableOp o) {
          auto constant = o.getTable().getDefiningOp<qint::ConstantOp>();
          OpBuilder builder(constant);
          DenseElementsAttr table =
              flipped(cast<DenseElementsAttr>(constant.getValue()));
          auto fresh = qint::ConstantOp::create(
              builder, constant.getLoc(),
              cast<RankedTensorType>(table.getType()), table);
          o.getTableMutable().assign(fresh.getOutput());
        });
  }

  /// `(x + 128) * w` summed is `x * w` summed plus 128 times the weights' sum:
  /// the bias takes that back (rule accumulate-a3).
  void convertConv(qint::Conv2DOp op) {
    if (!isHeld(op.getInput()))
      return;
    op.setPadValue(op.getPadValue() + kShift);
    auto filter = op.getFilter().getDefiningOp<qint::ConstantOp>();
    auto bias = op.getBias().getDefiningOp<qint::ConstantOp>();
    auto weights = cast<DenseElementsAttr>(filter.getValue());
    auto codes = cast<DenseElementsAttr>(bias.getValue());
    int64_t perChannel = weights.getNumElements() / codes.getNumElements();
    unsigned width =
        cast<RankedTensorType>(bias.getType()).getElementTypeBitWidth();
    llvm::SmallVector<llvm::APInt> fresh;
    auto weight = weights.value_begin<llvm::APInt>();
    for (const llvm::APInt &code : codes.getValues<llvm::APInt>()) {
      int64_t sum = 0;
      for (int64_t k = 0; k < perChannel; ++k)
        sum += (*weight++).getSExtValue();
      fresh.emplace_back(
          width, static_cast<uint64_t>(code.getSExtValue() - kShift * sum),
          /*isSigned=*/true);
    }
    OpBuilder builder(op);
    auto made = qint::ConstantOp::create(
        builder, bias.getLoc(), cast<RankedTensorType>(bias.getType()),
        DenseElementsAttr::get(cast<ShapedType>(bias.getType()), fresh));
    op.getBiasMutable().assign(made.getOutput());
  }

  llvm::DenseSet<Value> held;
};

} // namespace
} // namespace qcc
