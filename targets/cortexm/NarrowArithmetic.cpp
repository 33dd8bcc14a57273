#include "targets/cortexm/NarrowArithmetic.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace qcc::targets::cortexm {
namespace {

/// The halves of a 64-bit value.
struct Halves {
  Value *low, *high;
};

class NarrowArithmetic : public FunctionPass {
public:
  static char ID;
  NarrowArithmetic() : FunctionPass(ID) {}

  StringRef getPassName() const override {
    return "Replace 64-bit products and shifts";
  }

  bool runOnFunction(Function &function) override {
    if (function.getParent()->getTargetTriple().getSubArch() !=
        Triple::ARMSubArch_v6m)
      return false;
    SmallVector<BinaryOperator *> wide;
    for (Instruction &inst : instructions(function))
      if (auto *op = dyn_cast<BinaryOperator>(&inst); op && callsLibrary(*op))
        wide.push_back(op);
    for (BinaryOperator *op : wide) {
      IRBuilder<> builder(op);
      Halves result = replacement(builder, *op);
      op->replaceAllUsesWith(join(builder, result));
      op->eraseFromParent();
    }
    return !wide.empty();
  }

private:
  static bool callsLibrary(const BinaryOperator &op) {
    if (!op.getType()->isIntegerTy(64))
      return false;
    if (op.getOpcode() == Instruction::Mul)
      return true;
    return op.isShift() && !isa<ConstantInt>(op.getOperand(1));
  }

  static Halves split(IRBuilder<> &builder, Value *value) {
    return {builder.CreateTrunc(value, builder.getInt32Ty()),
            builder.CreateTrunc(builder.CreateLShr(value, 32),
                                builder.getInt32Ty())};
  }

  static Value *join(IRBuilder<> &builder, const Halves &value) {
    Type *wide = builder.getInt64Ty();
    return builder.CreateOr(
        builder.CreateShl(builder.CreateZExt(value.high, wide), 32),
        builder.CreateZExt(value.low, wide));
  }

  static Halves replacement(IRBuilder<> &builder, const BinaryOperator &op) {
    Halves value = split(builder, op.getOperand(0));
    if (op.getOpcode() == Instruction::Mul)
      return multiply(builder, value, split(builder, op.getOperand(1)));
    Value *count = builder.CreateTrunc(op.getOperand(1), builder.getInt32Ty());
    if (op.getOpcode() == Instruction::Shl)
      return shiftLeft(builder, value, count);
    return shiftRight(builder, value, count,
                      op.getOpcode() == Instruction::AShr);
  }

  /// By pieces of 16 bits, as a 32 x 32 -> 64 product is not there either.
  static Halves multiply(IRBuilder<> &b, const Halves &x, const Halves &y) {
    Value *xHigh = b.CreateLShr(x.low, 16), *xLow = b.CreateAnd(x.low, 0xffff);
    Value *yHigh = b.CreateLShr(y.low, 16), *yLow = b.CreateAnd(y.low, 0xffff);
    Value *low = b.CreateMul(xLow, yLow);
    Value *mid = b.CreateAdd(b.CreateMul(xHigh, yLow), b.CreateLShr(low, 16));
    Value *cross =
        b.CreateAdd(b.CreateMul(xLow, yHigh), b.CreateAnd(mid, 0xffff));
    Value *high = b.CreateAdd(
        b.CreateMul(xHigh, yHigh),
        b.CreateAdd(b.CreateLShr(mid, 16), b.CreateLShr(cross, 16)));
    Value *outer =
        b.CreateAdd(b.CreateMul(x.low, y.high), b.CreateMul(x.high, y.low));
    return {b.CreateMul(x.low, y.low), b.CreateAdd(high, outer)};
  }

  // A count of 32 or more moves one half into the other. In the other case the
  // bits that cross need two shifts, since a shift by 32 is not defined.

  static Halves shiftLeft(IRBuilder<> &b, const Halves &x, Value *count) {
    Value *far = b.CreateICmpUGE(count, b.getInt32(32));
    Value *near = b.CreateAnd(count, 31);
    Value *low = b.CreateShl(x.low, near);
    Value *crossing =
        b.CreateLShr(b.CreateLShr(x.low, 1), b.CreateXor(near, 31));
    Value *high = b.CreateOr(b.CreateShl(x.high, near), crossing);
    return {b.CreateSelect(far, b.getInt32(0), low),
            b.CreateSelect(far, low, high)};
  }

  static Halves shiftRight(IRBuilder<> &b, const Halves &x, Value *count,
                           bool isSigned) {
    Value *far = b.CreateICmpUGE(count, b.getInt32(32));
    Value *near = b.CreateAnd(count, 31);
    Value *high =
        isSigned ? b.CreateAShr(x.high, near) : b.CreateLShr(x.high, near);
    Value *crossing =
        b.CreateShl(b.CreateShl(x.high, 1), b.CreateXor(near, 31));
    Value *low = b.CreateOr(b.CreateLShr(x.low, near), crossing);
    Value *sign = isSigned ? b.CreateAShr(x.high, 31) : b.getInt32(0);
    return {b.CreateSelect(far, high, low), b.CreateSelect(far, sign, high)};
  }
};

char NarrowArithmetic::ID = 0;

} // namespace

FunctionPass *createNarrowArithmetic() { return new NarrowArithmetic; }

} // namespace qcc::targets::cortexm
