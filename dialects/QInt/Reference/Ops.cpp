#include "dialects/QInt/Reference/Ops.h"
#include "dialects/QInt/Reference/Reference.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace qcc::qint::reference {

namespace {

/// The name of the layer that an op belongs to, empty when it has none.
llvm::StringRef layerOf(Operation *op) {
  if (auto layer = op->getAttrOfType<StringAttr>("qint.layer"))
    return layer.getValue();
  if (auto kernel = llvm::dyn_cast_or_null<KernelOp>(op->getParentOp()))
    return kernel.getLayer();
  return {};
}

} // namespace

llvm::Error errorAt(Operation *op, const llvm::Twine &message) {
  llvm::StringRef layer = layerOf(op);
  std::string where = "'" + op->getName().getStringRef().str() + "'";
  if (!layer.empty())
    where += " of layer '" + layer.str() + "'";
  return llvm::createStringError(where + ": " + message);
}

llvm::Error store(Operation *op, Tensor &out, int64_t offset, Wide value) {
  if (value < minimumOf(out.kind) || value > maximumOf(out.kind))
    return errorAt(op, "result " + llvm::Twine(static_cast<int64_t>(value)) +
                           " does not fit " + nameOf(out.kind));
  out.values[offset] = static_cast<int64_t>(value);
  return llvm::Error::success();
}

int64_t broadcastOffset(const Tensor &tensor, llvm::ArrayRef<int64_t> index) {
  int64_t offset = 0;
  for (auto [position, size] : llvm::zip_equal(index, tensor.shape))
    offset = offset * size + (size == 1 ? 0 : position);
  return offset;
}

int64_t applyRescale(RescaleAttr rescale, int64_t value, int64_t which) {
  auto multipliers = rescale.getMultipliers().asArrayRef();
  auto shifts = rescale.getShifts().asArrayRef();
  int64_t number = multipliers.size() == 1 ? 0 : which;
  int64_t scaled = rescaleValue(value, multipliers[number], shifts[number],
                                modeOf(rescale.getRounding()));
  return saturate(scaled, rescale.getZeroPoint(), rescale.getMin(),
                  rescale.getMax());
}

llvm::Expected<Tensor> evaluateOp(Operation *op, Operands operands) {
  if (op->getNumResults() != 1)
    return errorAt(op, "the reference runs only ops with one result");
  llvm::Expected<Tensor> out = Tensor::zeros(op->getResult(0).getType());
  if (!out)
    return errorAt(op, llvm::toString(out.takeError()));
  llvm::Error error =
      llvm::TypeSwitch<Operation *, llvm::Error>(op)
          .Case<Conv2DOp, MatMulOp, RequantizeOp, AddOp, MulOp, MaximumOp,
                MinimumOp, ClampOp, TableOp, FlipSignOp, AvgPool2DOp,
                MaxPool2DOp, ReduceOp, ArgMaxOp, ResizeOp, ConcatOp, SliceOp,
                PadOp, ReshapeOp, TransposeOp, TileOp, GatherOp, LookupOp,
                RescaledAddOp, ExpSumOp, SoftmaxOp, LogSoftmaxOp, NormalizeOp,
                DivOp, InterpolateOp, SigmoidOp, ShareOp, InverseRootOp, NormOp,
                PowerSumOp, PowerShareOp, PowerLogOp, ReciprocalOp, LogarithmOp,
                GateOp>(
              [&](auto typed) { return evaluate(typed, operands, *out); })
          .Default([&](Operation *) {
            return errorAt(op, "the reference does not know this op");
          });
  if (error)
    return error;
  return out;
}

} // namespace qcc::qint::reference
