#include "dialects/QInt/QInt.h"
#include "passes/Schedule/Groups.h"
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

bool staysOutside(Operation *op) {
  return isa<qint::ConstantOp, qint::ReshapeOp, qint::KernelOp>(op) ||
         op->hasTrait<OpTrait::IsTerminator>();
}

struct FormKernels : impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    Block &block = getOperation().getBody().front();
    std::vector<Group> groups = formGroups(block);
    for (const Group &group : groups)
      if (!group.empty())
        outline(group);
    ownResults(block);
  }

  /// Groups in the order of their last ops; some are empty.
  std::vector<Group> formGroups(Block &block) {
    std::vector<Group> groups;
    llvm::DenseMap<Operation *, size_t> groupOf;
    for (Operation &op : block) {
      if (staysOutside(&op))
        continue;
      size_t index = groups.size();
      if (Operation *producer = fusibleProducer(&op, groups, groupOf))
        index = groupOf[producer];
      else
        groups.emplace_back(takeFactorsOf(&op, groups, groupOf));
      groups[index].push_back(&op);
      for (Operation *member : groups[index])
        groupOf[member] = index;
    }
    return groups;
  }

  /// What leaves its groups for that of a product: attention before it, and
  /// the transpositions that only it reads.
  Group takeFactorsOf(Operation *op, std::vector<Group> &groups,
                      const llvm::DenseMap<Operation *, size_t> &groupOf) {
    Group taken;
    auto product = dyn_cast<qint::MatMulOp>(op);
    if (!product)
      return taken;
    llvm::DenseSet<Operation *> attention = attentionBefore(product);
    auto isWhole = [&](Operation *member) {
      return llvm::all_of(groups[groupOf.at(member)], [&](Operation *other) {
        return attention.contains(other) || isMoved(other);
      });
    };
    if (llvm::all_of(attention, isWhole))
      for (Operation &earlier : *op->getBlock())
        if (attention.contains(&earlier))
          for (Operation *member :
               std::exchange(groups[groupOf.at(&earlier)], Group()))
            taken.push_back(member);
    for (Value factor : op->getOperands()) {
      auto move = factor.getDefiningOp<qint::TransposeOp>();
      if (!move || !factor.hasOneUse())
        continue;
      Group &alone = groups[groupOf.at(move)];
      if (alone.size() != 1)
        continue;
      taken.push_back(move);
      alone.clear();
    }
    llvm::sort(taken, [](Operation *a, Operation *b) {
      return a->isBeforeInBlock(b);
    });
    return taken;
  }

  /// Whether `op` transposes a factor of a product.
  static bool isMoved(Operation *op) {
    return isa<qint::TransposeOp>(op) && op->hasOneUse() &&
           isa<qint::MatMulOp>(*op->user_begin());
  }

  /// The last operand's op when `op` may join its kernel.
  Operation *
  fusibleProducer(Operation *op, llvm::ArrayRef<Group> groups,
                  const llvm::DenseMap<Operation *, size_t> &groupOf) {
    if (isa<qint::TransposeOp>(op))
      return productBefore(op, groups, groupOf);
    if (!isElementwise(op))
      return nullptr;
    auto shape = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
    Operation *latest = nullptr;
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (!producer || !groupOf.contains(producer) || !operand.hasOneUse() ||
          cast<RankedTensorType>(operand.getType()).getShape() != shape ||
          endsProduct(producer, groups[groupOf.at(producer)]))
        continue;
      if (!latest || latest->isBeforeInBlock(producer))
        latest = producer;
    }
    return latest;
  }

  /// A product is stored transposed: the last op of its kernel, when only
  /// `transpose` reads it.
  static Operation *
  productBefore(Operation *transpose, llvm::ArrayRef<Group> groups,
                const llvm::DenseMap<Operation *, size_t> &groupOf) {
    Operation *producer = transpose->getOperand(0).getDefiningOp();
    if (!producer || !groupOf.contains(producer) ||
        !transpose->getOperand(0).hasOneUse())
      return nullptr;
    const Group &group = groups[groupOf.at(producer)];
    bool isProduct = llvm::any_of(
        group, [](Operation *op) { return isa<qint::MatMulOp>(op); });
    return isProduct && !endsProduct(producer, group) ? producer : nullptr;
  }

  /// Whether `op` transposes the product of its group: nothing may follow.
  static bool endsProduct(Operation *op, const Group &group) {
    return group.size() > 1 && isa<qint::TransposeOp>(op);
  }

  /// The layer of the first op that calculates; of attention the last product.
  static StringAttr nameOf(const Group &group) {
    auto named = llvm::find_if(
        group, [](Operation *op) { return !isa<qint::TransposeOp>(op); });
    auto last = llvm::find_if(llvm::reverse(group), [](Operation *op) {
      return isa<qint::MatMulOp>(op);
    });
    if (last != group.rend())
      return (*last)->getAttrOfType<StringAttr>("qint.layer");
    Operation *op = named == group.end() ? group.front() : *named;
    return op->getAttrOfType<StringAttr>("qint.layer");
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
    auto layer = nameOf(group);
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
