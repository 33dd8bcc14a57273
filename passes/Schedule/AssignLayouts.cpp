#include "dialects/Shapes.h"
#include "passes/Schedule/Layouts.h"
#include "passes/Schedule/Schedule.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace qcc {

#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "passes/Schedule/Passes.h.inc"

namespace {

/// Rows and columns around a tensor, and the code they hold.
struct Halo {
  int64_t sides[4] = {0, 0, 0, 0}; ///< top, bottom, left, right
  std::optional<int32_t> value;
  bool conflict = false; ///< readers want different codes

  bool any() const {
    return llvm::any_of(sides, [](int64_t n) { return n; });
  }
};

/// Adds what `conv` reads beyond its input.
void addNeeds(qint::Conv2DOp conv, Halo &halo) {
  auto in = cast<RankedTensorType>(conv.getInput().getType()).getShape();
  auto window = cast<RankedTensorType>(conv.getFilter().getType()).getShape();
  auto out = cast<RankedTensorType>(conv.getType()).getShape();
  bool reads = false;
  for (int axis : {0, 1}) {
    int64_t before = conv.getPads()[2 * axis];
    int64_t reach = (out[axis + 1] - 1) * conv.getStrides()[axis] +
                    windowExtent(window[axis + 1], conv.getDilations()[axis]) -
                    before;
    int64_t after = std::max<int64_t>(0, reach - in[axis + 1]);
    halo.sides[2 * axis] = std::max(halo.sides[2 * axis], before);
    halo.sides[2 * axis + 1] = std::max(halo.sides[2 * axis + 1], after);
    reads |= before > 0 || after > 0;
  }
  if (!reads)
    return;
  auto code = static_cast<int32_t>(conv.getPadValue());
  halo.conflict |= halo.value && *halo.value != code;
  halo.value = code;
}

/// What the kernels that read `value` want around it.
Halo haloFor(Value value) {
  Halo halo;
  for (OpOperand &use : value.getUses()) {
    auto kernel = dyn_cast<qint::KernelOp>(use.getOwner());
    if (!kernel) // dense for reshapes and for the caller
      return Halo();
    Value inside = kernel.getBody().getArgument(use.getOperandNumber());
    for (OpOperand &inner : inside.getUses())
      if (auto conv = dyn_cast<qint::Conv2DOp>(inner.getOwner());
          conv && inner.getOperandNumber() == 0)
        addNeeds(conv, halo);
  }
  return halo.conflict ? Halo() : halo;
}

struct AssignLayouts : impl::AssignLayoutsBase<AssignLayouts> {
  AssignLayouts(AssignLayoutsOptions options,
                const targets::KernelProvider &portable)
      : AssignLayoutsBase(std::move(options)), portable(portable) {}
  AssignLayouts(const AssignLayouts &other)
      : AssignLayoutsBase(other), portable(other.portable) {}

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    auto target = targets::findTarget(targetName);
    if (!target) {
      function.emitError(llvm::toString(target.takeError()));
      return signalPassFailure();
    }
    for (qint::KernelOp kernel : function.getOps<qint::KernelOp>())
      setHalo(kernel);
    for (BlockArgument argument : function.getArguments())
      copyWhereNeeded(argument, **target);
    for (OpOperand &result : function.front().getTerminator()->getOpOperands())
      copyWhereNeeded(result, **target);
    for (qint::KernelOp kernel : function.getOps<qint::KernelOp>())
      for (unsigned operand = 0; operand < kernel.getInputs().size(); ++operand)
        if (growTogether(kernel, operand, **target))
          break;
  }

  void setHalo(qint::KernelOp kernel) {
    if (cast<RankedTensorType>(kernel.getType()).getRank() != 4)
      return;
    Halo halo = haloFor(kernel.getOutput());
    if (!halo.any())
      return;
    kernel.setHalo(llvm::ArrayRef<int64_t>(halo.sides));
    kernel.setHaloValue(*halo.value);
  }

  /// Gives a result and an operand that dies there the union of their halos, if
  /// the result may then take the operand's place: a few more rows save a whole
  /// tensor. Dense tensors stay dense, which allows faster loops.
  bool growTogether(qint::KernelOp kernel, unsigned operand,
                    const targets::Target &target) {
    Value input = kernel.getInputs()[operand];
    auto maker = input.getDefiningOp<qint::KernelOp>();
    if (!maker || !maker.getHalo() || !kernel.getHalo() ||
        llvm::any_of(input.getUsers(), [&](Operation *user) {
          return kernel->isBeforeInBlock(user);
        }))
      return false;
    auto old = llvm::to_vector(*maker.getHalo());
    auto oldResult = llvm::to_vector(*kernel.getHalo());
    SmallVector<int64_t, 4> both;
    for (auto [a, b] : llvm::zip_equal(old, oldResult))
      both.push_back(std::max(a, b));
    maker.setHalo(both);
    kernel.setHalo(both);
    targets::KernelSource source = sourceOf(kernel);
    if (llvm::is_contained(targets::selectProvider(source, target, portable)
                               .needs(source, target)
                               .overwritable,
                           operand))
      return true;
    maker.setHalo(old);
    kernel.setHalo(oldResult);
    return false;
  }

  /// Whether a kernel may read more bytes than `value` has, also under another
  /// shape.
  bool isReadPastItsEnd(Value value, const targets::Target &target) {
    return llvm::any_of(value.getUses(), [&](OpOperand &use) {
      if (auto reshape = dyn_cast<qint::ReshapeOp>(use.getOwner()))
        return isReadPastItsEnd(reshape.getOutput(), target);
      auto kernel = dyn_cast<qint::KernelOp>(use.getOwner());
      if (!kernel)
        return false;
      targets::KernelSource source = sourceOf(kernel);
      auto overread = targets::selectProvider(source, target, portable)
                          .needs(source, target)
                          .overread;
      return use.getOperandNumber() < overread.size() &&
             overread[use.getOperandNumber()] > 0;
    });
  }

  /// Kernels that want a halo around an argument, or read past its end, get a
  /// copy that has both.
  void copyWhereNeeded(BlockArgument argument, const targets::Target &target) {
    Halo halo = haloFor(argument);
    bool pastEnd = isReadPastItsEnd(argument, target);
    bool rank4 = cast<RankedTensorType>(argument.getType()).getRank() == 4;
    if (!pastEnd && !(rank4 && halo.any()))
      return;
    setHalo(copy(argument));
  }

  qint::KernelOp copy(BlockArgument argument) {
    OpBuilder builder(&argument.getOwner()->front());
    qint::KernelOp kernel =
        copy(builder, argument, "input" + llvm::Twine(argument.getArgNumber()));
    argument.replaceUsesWithIf(kernel.getOutput(), [&](OpOperand &use) {
      return use.getOwner() != kernel &&
             isa<qint::KernelOp, qint::ReshapeOp>(use.getOwner());
    });
    return kernel;
  }

  /// A result that a kernel reads past its end is copied: the caller's buffer
  /// has no room behind it.
  void copyWhereNeeded(OpOperand &result, const targets::Target &target) {
    if (!isReadPastItsEnd(storageOf(result.get()), target))
      return;
    OpBuilder builder(result.getOwner());
    result.set(copy(builder, result.get(),
                    "output" + llvm::Twine(result.getOperandNumber()))
                   .getOutput());
  }

  static qint::KernelOp copy(OpBuilder &builder, Value value,
                             const llvm::Twine &layer) {
    OperationState state(value.getLoc(), qint::KernelOp::getOperationName());
    state.addOperands(value);
    state.addTypes(value.getType());
    state.addAttribute("layer", builder.getStringAttr(layer));
    auto *body = new Block;
    state.addRegion()->push_back(body);
    Value inside = body->addArgument(value.getType(), value.getLoc());
    auto kernel = cast<qint::KernelOp>(builder.create(state));
    builder.setInsertionPointToEnd(body);
    qint::YieldOp::create(builder, value.getLoc(), inside);
    return kernel;
  }

  const targets::KernelProvider &portable;
};

} // namespace

std::unique_ptr<Pass>
createAssignLayouts(AssignLayoutsOptions options,
                    const targets::KernelProvider &portable) {
  return std::make_unique<AssignLayouts>(std::move(options), portable);
}

} // namespace qcc
