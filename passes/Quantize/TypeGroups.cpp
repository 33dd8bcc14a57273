#include "passes/Quantize/TypeGroups.h"

#include <map>

using namespace mlir;

namespace qcc::quantize {

TypeGroups::TypeGroups(func::FuncOp function) : values(activations(function)) {
  for (auto [index, value] : llvm::enumerate(values)) {
    indices[value] = index;
    groups.insert(index);
  }
  for (Value value : values) {
    Operation *op = value.getDefiningOp();
    bool isOwnClamp =
        isa_and_nonnull<qgraph::ClampOp>(op) && op->getOperand(0).hasOneUse();
    if (op && (keepsType(op) || isOwnClamp))
      join(value, op->getOperand(0));
  }
}

void TypeGroups::join(Value a, Value b) {
  if (isActivation(a) && isActivation(b))
    groups.unionSets(indices[a], indices[b]);
}

void TypeGroups::joinInputs(llvm::function_ref<bool(Value, Value)> mayJoin) {
  for (Value value : values) {
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<qgraph::ConcatOp, qgraph::MaximumOp, qgraph::MinimumOp,
                         qgraph::SelectOp>(op))
      continue;
    for (Value input : op->getOperands())
      if (isActivation(input) && input.hasOneUse() && mayJoin(value, input))
        join(value, input);
  }
}

void TypeGroups::forEach(
    llvm::function_ref<void(ArrayRef<Value>)> visit) const {
  std::map<size_t, SmallVector<Value>> byFirst;
  for (size_t index = 0; index < values.size(); ++index)
    byFirst[groups.getLeaderValue(index)].push_back(values[index]);
  std::map<size_t, ArrayRef<Value>> ordered;
  for (const auto &[leader, members] : byFirst)
    ordered[indices.lookup(members.front())] = members;
  for (const auto &[first, members] : ordered)
    visit(members);
}

SmallVector<Value> TypeGroups::membersOf(Value value) const {
  SmallVector<Value> members;
  size_t leader = groups.getLeaderValue(indices.lookup(value));
  for (auto [index, other] : llvm::enumerate(values))
    if (groups.getLeaderValue(index) == leader)
      members.push_back(other);
  return members;
}

bool TypeGroups::isReadOutside(Value value) const {
  return value.use_empty() ||
         llvm::any_of(value.getUses(), [&](OpOperand &use) {
           Operation *user = use.getOwner();
           if (user->getNumResults() != 1 ||
               !indices.contains(user->getResult(0)))
             return true;
           return !groups.isEquivalent(indices.lookup(value),
                                       indices.lookup(user->getResult(0)));
         });
}

bool TypeGroups::areFactors(Value value) const {
  bool isFactor = false;
  for (Value member : membersOf(value))
    for (Operation *user : member.getUsers()) {
      if (isa<func::ReturnOp>(user))
        return false;
      isFactor |= isa<qgraph::MatMulOp>(user);
    }
  return isFactor;
}

} // namespace qcc::quantize
