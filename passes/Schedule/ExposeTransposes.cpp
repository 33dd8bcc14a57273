#include "dialects/QInt/QInt.h"
#include "passes/Schedule/Schedule.h"

#include "mlir/IR/Builders.h"

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
    Block &block = getOperation().getBody().front();
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
};

} // namespace
} // namespace qcc
