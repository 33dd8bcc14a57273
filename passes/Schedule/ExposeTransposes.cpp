#include "dialects/QInt/QInt.h"
#include "passes/Schedule/Groups.h"
#include "passes/Schedule/Layouts.h"
#include "passes/Schedule/Schedule.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace qcc {

#define GEN_PASS_DEF_EXPOSETRANSPOSES
#include "passes/Schedule/Passes.h.inc"

namespace {

llvm::ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// The axes of `longer` that are left when `shorter` is made of it by dropping
/// axes of size 1; nothing when it is not.
std::optional<llvm::SmallVector<int64_t, 4>>
axesKept(llvm::ArrayRef<int64_t> longer, llvm::ArrayRef<int64_t> shorter) {
  llvm::SmallVector<int64_t, 4> kept;
  for (auto [axis, size] : llvm::enumerate(longer)) {
    if (kept.size() < shorter.size() && size == shorter[kept.size()])
      kept.push_back(static_cast<int64_t>(axis));
    else if (size != 1)
      return std::nullopt;
  }
  if (kept.size() != shorter.size())
    return std::nullopt;
  return kept;
}

struct ExposeTransposes : impl::ExposeTransposesBase<ExposeTransposes> {
  void runOnOperation() override {
    ofProducts.clear();
    Block &block = getOperation().getBody().front();
    for (Operation &op : llvm::make_early_inc_range(block))
      sinkReshapes(&op);
    for (Operation &op : llvm::make_early_inc_range(block)) {
      if (auto product = dyn_cast<qint::MatMulOp>(op))
        for (OpOperand &factor : product->getOpOperands())
          exposeFactor(factor);
      if (auto transpose = dyn_cast<qint::TransposeOp>(op))
        exposeResult(transpose);
    }
  }

private:
  static qint::ReshapeOp reshape(OpBuilder &builder, Operation *like,
                                 Value value, llvm::ArrayRef<int64_t> shape) {
    auto made = qint::ReshapeOp::create(
        builder, like->getLoc(),
        cast<RankedTensorType>(value.getType()).clone(shape), value);
    keepLayer(like, made);
    return made;
  }

  static qint::TransposeOp transpose(OpBuilder &builder, Operation *like,
                                     Value value,
                                     llvm::ArrayRef<int64_t> permutation) {
    llvm::SmallVector<int64_t, 4> shape;
    for (int64_t axis : permutation)
      shape.push_back(shapeOf(value)[axis]);
    auto made = qint::TransposeOp::create(
        builder, like->getLoc(),
        cast<RankedTensorType>(value.getType()).clone(shape), value,
        permutation);
    keepLayer(like, made);
    return made;
  }

  static void keepLayer(Operation *from, Operation *to) {
    if (Attribute layer = from->getAttr("qint.layer"))
      to->setAttr("qint.layer", layer);
  }

  /// A value that is made from a product by functions of rows, before the
  /// reshape that adds axes of size 1 to it.
  Value beforeReshape(Value value) const {
    auto after = value.getDefiningOp<qint::ReshapeOp>();
    if (!after || !ofProducts.contains(after.getInput()) ||
        !axesKept(shapeOf(after), shapeOf(after.getInput())))
      return {};
    return after.getInput();
  }

  /// op(reshape(product)) becomes reshape(op(product)) for functions of rows.
  void sinkReshapes(Operation *op) {
    if (auto codes = dyn_cast<qint::RequantizeOp>(op);
        codes && codes.getInput().getDefiningOp<qint::MatMulOp>())
      ofProducts.insert(codes.getOutput());
    if (auto product = dyn_cast<qint::MatMulOp>(op))
      for (OpOperand &factor : product->getOpOperands())
        dropReshapes(factor);
    if (!isRowFunction(op))
      return;
    llvm::SmallVector<int64_t, 4> kept;
    for (Value operand : op->getOperands())
      if (Value before = beforeReshape(operand))
        kept = *axesKept(shapeOf(operand), shapeOf(before));
    auto rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
    if (kept.empty() || kept.back() + 1 != rank)
      return;
    if (!llvm::all_of(op->getOperands(), [&](Value operand) {
          return canDropAxes(operand, kept, rank);
        }))
      return;
    OpBuilder builder(op);
    llvm::SmallVector<Value, 4> operands;
    for (Value operand : op->getOperands())
      operands.push_back(withoutAxes(builder, operand, kept));
    auto before = op->getResult(0);
    Operation *sunk = builder.clone(*op);
    sunk->setOperands(operands);
    llvm::SmallVector<int64_t, 4> shape;
    for (int64_t axis : kept)
      shape.push_back(shapeOf(before)[axis]);
    sunk->getResult(0).setType(
        cast<RankedTensorType>(before.getType()).clone(shape));
    if (auto reduce = dyn_cast<qint::ReduceOp>(sunk))
      reduce.setAxes({static_cast<int64_t>(kept.size()) - 1});
    ofProducts.insert(sunk->getResult(0));
    before.replaceAllUsesWith(
        reshape(builder, op, sunk->getResult(0), shapeOf(before)));
    llvm::SmallVector<Value, 4> old(op->getOperands());
    op->erase();
    for (Value operand : llvm::SmallSetVector<Value, 4>(old.begin(), old.end()))
      if (Operation *unused = operand.getDefiningOp();
          isa_and_nonnull<qint::ReshapeOp, qint::ConstantOp>(unused) &&
          unused->use_empty())
        unused->erase();
  }

  /// Whether the axes other than `kept` of an operand are dropped by leaving
  /// out a reshape or by shaping a constant anew. A table keeps its shape.
  bool canDropAxes(Value operand, llvm::ArrayRef<int64_t> kept,
                   int64_t rank) const {
    if (Value before = beforeReshape(operand))
      return *axesKept(shapeOf(operand), shapeOf(before)) == kept;
    auto constant = operand.getDefiningOp<qint::ConstantOp>();
    if (!constant || !isa<DenseElementsAttr>(constant.getValue()))
      return false;
    llvm::ArrayRef<int64_t> shape = shapeOf(operand);
    if (shape.size() == 1 && rank != 1)
      return true;
    if (static_cast<int64_t>(shape.size()) != rank)
      return false;
    for (int64_t axis = 0; axis < rank; ++axis)
      if (shape[axis] != 1 && !llvm::is_contained(kept, axis))
        return false;
    return true;
  }

  Value withoutAxes(OpBuilder &builder, Value operand,
                    llvm::ArrayRef<int64_t> kept) const {
    if (Value before = beforeReshape(operand))
      return before;
    auto type = cast<RankedTensorType>(operand.getType());
    if (type.getRank() == 1)
      return operand; // a table
    llvm::SmallVector<int64_t, 4> shape;
    for (int64_t axis : kept)
      shape.push_back(type.getDimSize(axis));
    auto constant = operand.getDefiningOp<qint::ConstantOp>();
    auto values = cast<DenseElementsAttr>(constant.getValue());
    return qint::ConstantOp::create(builder, constant.getLoc(),
                                    type.clone(shape),
                                    values.reshape(type.clone(shape)));
  }

  /// A factor that is a reshape of a reshape of its own shape.
  void dropReshapes(OpOperand &factor) {
    auto outer = factor.get().getDefiningOp<qint::ReshapeOp>();
    Value inner = outer ? storageOf(outer) : Value();
    if (!inner || inner.getType() != factor.get().getType() ||
        !ofProducts.contains(inner))
      return;
    factor.set(inner);
    for (Operation *op = outer;
         op && isa<qint::ReshapeOp>(op) && op->use_empty();) {
      Operation *next = op->getOperand(0).getDefiningOp();
      op->erase();
      op = next;
    }
  }

  /// reshape(transpose(x)) becomes transpose(reshape(x)).
  static void exposeFactor(OpOperand &factor) {
    auto after = factor.get().getDefiningOp<qint::ReshapeOp>();
    auto move = after ? after.getInput().getDefiningOp<qint::TransposeOp>()
                      : qint::TransposeOp();
    if (!move || !after->hasOneUse() || !move->hasOneUse())
      return;
    auto kept = axesKept(shapeOf(move), shapeOf(after));
    if (!kept)
      return;
    // Axes of the operand that stay, in its order, and their new numbers.
    llvm::SmallVector<int64_t, 4> stay, permutation, shape;
    for (int64_t axis : *kept)
      stay.push_back(move.getPermutation()[axis]);
    llvm::SmallVector<int64_t, 4> sorted(stay);
    llvm::sort(sorted);
    for (int64_t axis : stay)
      permutation.push_back(llvm::find(sorted, axis) - sorted.begin());
    for (int64_t axis : sorted)
      shape.push_back(shapeOf(move.getInput())[axis]);
    OpBuilder builder(move);
    Value dense = reshape(builder, after, move.getInput(), shape);
    factor.set(transpose(builder, move, dense, permutation));
    after.erase();
    move.erase();
  }

  /// transpose(reshape(product)) becomes reshape(transpose(product)).
  static void exposeResult(qint::TransposeOp move) {
    auto before = move.getInput().getDefiningOp<qint::ReshapeOp>();
    if (!before || !before->hasOneUse() || !before.getInput().hasOneUse() ||
        !isProduct(before.getInput()))
      return;
    auto kept = axesKept(shapeOf(before), shapeOf(before.getInput()));
    if (!kept)
      return;
    llvm::SmallVector<int64_t, 4> permutation;
    for (int64_t axis : move.getPermutation())
      if (const auto *found = llvm::find(*kept, axis); found != kept->end())
        permutation.push_back(found - kept->begin());
    OpBuilder builder(move);
    Value moved = transpose(builder, move, before.getInput(), permutation);
    Value whole = reshape(builder, before, moved, shapeOf(move));
    move.replaceAllUsesWith(whole);
    move.erase();
    before.erase();
  }

  /// Whether `value` is a product of activations in codes.
  static bool isProduct(Value value) {
    auto codes = value.getDefiningOp<qint::RequantizeOp>();
    return codes && codes.getInput().getDefiningOp<qint::MatMulOp>();
  }

  llvm::DenseSet<Value> ofProducts;
};

} // namespace
} // namespace qcc
