// What a qint.kernel must be.
#include "dialects/QInt/Dyadic.h"
#include "dialects/QInt/QInt.h"
#include "dialects/QInt/QIntVerify.h"

using namespace mlir;

namespace qcc::qint {

namespace {

/// Block arguments are the operands, the last op yields the result.
LogicalResult verifyBody(KernelOp op, Block &body) {
  if (body.getNumArguments() != op.getInputs().size())
    return op.emitOpError() << "body has " << body.getNumArguments()
                            << " arguments, expected " << op.getInputs().size();
  for (auto [i, input] : llvm::enumerate(op.getInputs()))
    if (body.getArgument(i).getType() != input.getType())
      return op.emitOpError() << "body argument " << i << " has type "
                              << body.getArgument(i).getType() << ", expected "
                              << input.getType();
  for (Operation &inner : body)
    if (!llvm::isa_and_nonnull<QIntDialect>(inner.getDialect()) ||
        llvm::isa<KernelOp>(inner))
      return op.emitOpError() << "body holds '" << inner.getName()
                              << "', expected ops of qint but no kernel";
  auto yield = body.empty() ? YieldOp() : llvm::dyn_cast<YieldOp>(body.back());
  if (!yield)
    return op.emitOpError() << "body does not end in 'qint.yield'";
  if (yield.getValue().getType() != op.getType())
    return op.emitOpError() << "body yields " << yield.getValue().getType()
                            << ", expected " << op.getType();
  return success();
}

LogicalResult verifyHalo(KernelOp op) {
  std::optional<llvm::ArrayRef<int64_t>> halo = op.getHalo();
  if (!halo)
    return success();
  if (op.getType().getRank() != 4)
    return op.emitOpError() << "has a halo and a result of rank "
                            << op.getType().getRank() << ", expected rank 4";
  if (halo->size() != 4)
    return op.emitOpError()
           << "halo has " << halo->size() << " numbers, expected 4";
  for (int64_t size : *halo)
    if (size < 0)
      return op.emitOpError() << "halo has " << size << ", expected at least 0";
  int64_t value = static_cast<int32_t>(op.getHaloValue().value_or(0));
  Type element = op.getType().getElementType();
  if (value < codeMin(element) || value > codeMax(element))
    return op.emitOpError() << "halo_value is " << value
                            << ", expected one in [" << codeMin(element) << ", "
                            << codeMax(element) << "] of " << element;
  return success();
}

LogicalResult verifyOverwrites(KernelOp op) {
  std::optional<uint64_t> number = op.getOverwrites();
  if (!number)
    return success();
  if (*number >= op.getInputs().size())
    return op.emitOpError()
           << "overwrites operand " << static_cast<int64_t>(*number) << " of "
           << op.getInputs().size();
  auto type = llvm::cast<RankedTensorType>(op.getInputs()[*number].getType());
  if (type.getShape() != op.getType().getShape() ||
      type.getElementTypeBitWidth() != op.getType().getElementTypeBitWidth())
    return op.emitOpError()
           << "overwrites operand " << *number << " of type " << type
           << ", expected the size of " << op.getType();
  return success();
}

} // namespace

LogicalResult KernelOp::verify() {
  if (failed(verifyInteger(*this)) ||
      failed(verifyBody(*this, getBody().front())) || failed(verifyHalo(*this)))
    return failure();
  std::pair<llvm::StringRef, std::optional<uint64_t>> places[] = {
      {"offset", getOffset()},
      {"scratch", getScratch()},
      {"scratch_offset", getScratchOffset()}};
  for (auto [name, value] : places)
    if (value && static_cast<int64_t>(*value) < 0)
      return emitOpError() << name << " is " << static_cast<int64_t>(*value)
                           << ", expected at least 0";
  return verifyOverwrites(*this);
}

} // namespace qcc::qint
