#include "dialects/QInt/QInt.h"
#include "passes/Schedule/Layouts.h"
#include "passes/Schedule/Schedule.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace qcc {

#define GEN_PASS_DEF_FORMKERNELS
#include "passes/Schedule/Passes.h.inc"

namespace {

/// Computes each element of its result from that element of its operands.
bool isElementwise(Operation *op) {
  return isa<qint::RequantizeOp, qint::AddOp, qint::RescaledAddOp, qint::MulOp,
             qint::ClampOp, qint::TableOp, qint::FlipSignOp, qint::MaximumOp,
             qint::MinimumOp, qint::DivOp, qint::InterpolateOp, qint::SigmoidOp,
             qint::InverseRootOp, qint::ReciprocalOp, qint::LogarithmOp,
             qint::GateOp>(op);
}

bool staysOutside(Operation *op) {
  return isa<qint::ConstantOp, qint::ReshapeOp, qint::KernelOp>(op) ||
         op->hasTrait<OpTrait::IsTerminator>();
}

using Group = llvm::SmallVector<Operation *, 4>;

struct FormKernels : impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    Block &block = getOperation().getBody().front();
    std::vector<Group> groups = formGroups(block);
    for (const Group &group : groups)
      outline(group);
    ownResults(block);
  }

  /// Groups in the order of their last ops.
  std::vector<Group> formGroups(Block &block) {
    std::vector<Group> groups;
    llvm::DenseMap<Operation *, size_t> groupOf;
    for (Operation &op : block) {
      if (staysOutside(&op))
        continue;
      size_t index = groups.size();
      if (Operation *producer = fusibleProducer(&op, groupOf))
        index = groupOf[producer];
      else
        groups.emplace_back();
      groups[index].push_back(&op);
      groupOf[&op] = index;
    }
    return groups;
  }

  /// The last operand's op when `op` may join its kernel.
  Operation *
  fusibleProducer(Operation *op,
                  const llvm::DenseMap<Operation *, size_t> &groupOf) {
    if (!isElementwise(op))
      return nullptr;
    auto shape = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
    Operation *latest = nullptr;
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (!producer || !groupOf.contains(producer) || !operand.hasOneUse() ||
          cast<RankedTensorType>(operand.getType()).getShape() != shape)
        continue;
      if (!latest || latest->isBeforeInBlock(producer))
        latest = producer;
    }
    return latest;
  }

  /// Replaces a group by a kernel where its last op stood.
  void outline(const Group &group) {
    Operation *tail = group.back();
    llvm::SetVector<Value> inputs;
    for (Operation *op : group)
      for (Value operand : op->getOperands())
        if (!llvm::is_contained(group, operand.getDefiningOp()))
          inputs.insert(operand);
    OpBuilder builder(tail);
    auto layer = group.front()->getAttrOfType<StringAttr>("qint.layer");
    auto kernel =
        makeKernel(builder, tail->getLoc(), layer ? layer.getValue() : "kernel",
                   inputs.getArrayRef(), tail->getResult(0).getType());
    Block &body = kernel.getBody().front();
    IRMapping mapping;
    mapping.map(inputs.getArrayRef(), body.getArguments());
    builder.setInsertionPointToEnd(&body);
    for (Operation *op : group)
      builder.clone(*op, mapping);
    qint::YieldOp::create(builder, tail->getLoc(),
                          mapping.lookup(tail->getResult(0)));
    tail->getResult(0).replaceAllUsesWith(kernel.getOutput());
    for (Operation *op : llvm::reverse(group))
      op->erase();
  }

  static qint::KernelOp makeKernel(OpBuilder &builder, Location loc,
                                   llvm::StringRef layer, ValueRange inputs,
                                   Type result) {
    OperationState state(loc, qint::KernelOp::getOperationName());
    state.addOperands(inputs);
    state.addTypes(result);
    state.addAttribute("layer", builder.getStringAttr(layer));
    Region *region = state.addRegion();
    Block *body = new Block;
    region->push_back(body);
    for (Value input : inputs)
      body->addArgument(input.getType(), input.getLoc());
    return cast<qint::KernelOp>(builder.create(state));
  }

  /// A returned value that is no kernel's own gets a kernel that copies it.
  void ownResults(Block &block) {
    llvm::DenseSet<Value> taken;
    Operation *terminator = block.getTerminator();
    for (OpOperand &result : terminator->getOpOperands()) {
      Value storage = storageOf(result.get());
      if (storage.getDefiningOp<qint::KernelOp>() &&
          taken.insert(storage).second)
        continue;
      OpBuilder builder(terminator);
      auto copy = makeKernel(builder, terminator->getLoc(), "output",
                             result.get(), result.get().getType());
      Block &body = copy.getBody().front();
      OpBuilder inside = OpBuilder::atBlockEnd(&body);
      qint::YieldOp::create(inside, terminator->getLoc(), body.getArgument(0));
      result.set(copy.getOutput());
      taken.insert(copy.getOutput());
    }
  }
};

} // namespace
} // namespace qcc
