// Which operands' buffers the result may take. A schedule reads an element
// right before it writes the one at the same place, so that is legal for
// elementwise operands, unless the loops compute some elements twice: a tail
// that is shifted inwards would read what it has written before.
#include "passes/LowerToLLVM/Halide/Plan.h"

using namespace mlir;

namespace qcc::kernels {

namespace {

bool divides(int64_t factor, int64_t extent) { return extent % factor == 0; }

bool convComputesOnce(const ConvPlan &c) {
  return divides(c.pixels, c.ow) && divides(c.rows, c.oh) &&
         llvm::all_of(c.segments, [&](const ChannelSegment &s) {
           return s.width <= c.lanes || divides(c.lanes, s.width);
         });
}

/// The ops other than elementwise ones that `value` is made from without memory
/// between.
llvm::SmallVector<Operation *, 2> rootsOf(Value value, const KernelPlan &plan) {
  llvm::SmallVector<Operation *, 2> roots;
  llvm::SmallVector<Value, 8> open = {value};
  llvm::DenseSet<Value> seen;
  while (!open.empty()) {
    Value v = open.pop_back_val();
    Operation *op = v.getDefiningOp();
    if (!op || !seen.insert(v).second ||
        (v != value && plan.materialized.contains(v)))
      continue;
    if (isPointwise(op))
      open.append(op->operand_begin(), op->operand_end());
    else
      roots.push_back(op);
  }
  return roots;
}

/// Whether the loops over the result compute every element once.
bool computesOnce(const targets::KernelSource &source, Value result,
                  const KernelPlan &plan, const targets::Target &target) {
  bool contracts = false;
  for (Operation *root : rootsOf(result, plan)) {
    if (auto tiled = plan.convs.find(root); tiled != plan.convs.end())
      return convComputesOnce(tiled->second);
    if (isa<qint::ConcatOp>(root))
      return false; // its parts have loops of their own
    contracts |= isContraction(root);
  }
  if (source.output.shape.empty())
    return false;
  int64_t innermost = plan.flat && !plan.keepChannels
                          ? source.output.elements()
                          : source.output.shape.back();
  int bits = contracts ? 32 : static_cast<int>(8 * source.output.elementBytes);
  return divides(vectorLanes(innermost, target, bits), innermost);
}

bool isSameLayout(const targets::Layout &a, const targets::Layout &b) {
  return a.shape == b.shape && a.top == b.top && a.bottom == b.bottom &&
         a.left == b.left && a.right == b.right &&
         a.elementBytes == b.elementBytes;
}

/// Whether all that is made from `value` before it is stored lies at the same
/// coordinates.
bool isReadInPlace(Value value, const KernelPlan &plan) {
  llvm::SmallVector<Value, 8> open = {value};
  while (!open.empty()) {
    Value v = open.pop_back_val();
    for (Operation *user : v.getUsers()) {
      if (isa<qint::YieldOp>(user))
        continue;
      if (!isPointwise(user) || shapeOf(user->getResult(0)) != shapeOf(v))
        return false;
      if (!plan.materialized.contains(user->getResult(0)))
        open.push_back(user->getResult(0));
    }
  }
  return true;
}

} // namespace

void findOverwritable(const targets::KernelSource &source,
                      const targets::Target &target, KernelPlan &plan) {
  qint::KernelOp op = source.op;
  Block &body = op.getBody().front();
  auto yield = cast<qint::YieldOp>(body.getTerminator());
  if (!computesOnce(source, yield.getValue(), plan, target))
    return;
  for (BlockArgument argument : body.getArguments()) {
    unsigned number = argument.getArgNumber();
    if (!source.constants[number] &&
        isSameLayout(source.inputs[number], source.output) &&
        isReadInPlace(argument, plan))
      plan.needs.overwritable.push_back(number);
  }
}

} // namespace qcc::kernels
