#include "passes/Schedule/Groups.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace qcc {

bool isElementwise(Operation *op) {
  return isa<qint::RequantizeOp, qint::AddOp, qint::RescaledAddOp, qint::MulOp,
             qint::ClampOp, qint::TableOp, qint::FlipSignOp, qint::MaximumOp,
             qint::MinimumOp, qint::DivOp, qint::InterpolateOp, qint::SigmoidOp,
             qint::InverseRootOp, qint::ReciprocalOp, qint::LogarithmOp,
             qint::GateOp>(op);
}

bool isRowFunction(Operation *op) {
  if (auto reduce = dyn_cast<qint::ReduceOp>(op)) {
    auto rank = cast<RankedTensorType>(reduce.getInput().getType()).getRank();
    return reduce.getAxes().size() == 1 && reduce.getAxes()[0] == rank - 1;
  }
  return isElementwise(op) ||
         isa<qint::PowerSumOp, qint::PowerShareOp, qint::PowerLogOp,
             qint::ExpSumOp, qint::SoftmaxOp>(op);
}

/// Whether an op of attention may read `value` from outside: a table, or a
/// constant that all of the batch shares.
static bool isShared(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return value.getDefiningOp<qint::ConstantOp>() &&
         (type.getRank() == 1 ||
          (type.getRank() == 3 && type.getDimSize(0) == 1));
}

llvm::DenseSet<Operation *> attentionBefore(qint::MatMulOp product) {
  llvm::SetVector<Operation *> found;
  qint::MatMulOp scores;
  llvm::SmallVector<Value, 8> open = {product.getLhs()};
  int64_t batch = product.getType().getDimSize(0);
  while (!open.empty()) {
    Value value = open.pop_back_val();
    if (isShared(value))
      continue;
    Operation *op = value.getDefiningOp();
    if (op && found.contains(op))
      continue;
    auto start = dyn_cast_if_present<qint::MatMulOp>(op);
    if (!op || (start && scores && start != scores) ||
        (!start && !isRowFunction(op)))
      return {};
    found.insert(op);
    if (start)
      scores = start;
    else
      open.append(op->operand_begin(), op->operand_end());
  }
  if (!scores || batch == 1 || scores.getType().getDimSize(0) != batch)
    return {};
  for (Operation *op : found)
    for (Operation *user : op->getUsers())
      if (user != product && !found.contains(user))
        return {};
  return {found.begin(), found.end()};
}

} // namespace qcc
