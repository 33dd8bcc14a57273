#include "passes/LowerToLLVM/Halide/Peephole.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using namespace llvm::PatternMatch;

namespace qcc::kernels {

namespace {

/// Whether the mask repeats lanes 0 to `period` - 1.
bool repeats(ArrayRef<int> mask, int period) {
  if (mask.size() % period != 0)
    return false;
  for (auto [i, lane] : enumerate(mask))
    if (lane >= 0 && lane != int(i % period))
      return false;
  return true;
}

/// A few neighbouring bytes repeated over a register: one splat of a wider
/// integer (`ld1r`, `vpbroadcastd`) instead of a shuffle of a tiny vector. An
/// extension between load and shuffle moves behind the splat.
void splatLoads(Function &function) {
  for (BasicBlock &block : function)
    for (Instruction &instruction : make_early_inc_range(block)) {
      auto *shuffle = dyn_cast<ShuffleVectorInst>(&instruction);
      if (!shuffle)
        continue;
      Value *source = shuffle->getOperand(0);
      auto *extension = dyn_cast<CastInst>(source);
      if (extension && !isa<SExtInst, ZExtInst>(extension))
        continue;
      auto *load =
          dyn_cast<LoadInst>(extension ? extension->getOperand(0) : source);
      auto *type = load ? dyn_cast<FixedVectorType>(load->getType()) : nullptr;
      if (!type || !load->isSimple() || !type->getElementType()->isIntegerTy())
        continue;
      int lanes = int(type->getNumElements());
      int bits = lanes * int(type->getScalarSizeInBits());
      ArrayRef<int> mask = shuffle->getShuffleMask();
      if (lanes < 2 || (bits != 16 && bits != 32) ||
          int(mask.size()) <= lanes || !repeats(mask, lanes))
        continue;
      IRBuilder<> builder(load);
      LoadInst *word = builder.CreateAlignedLoad(
          builder.getIntNTy(bits), load->getPointerOperand(), load->getAlign());
      word->copyMetadata(*load);
      builder.SetInsertPoint(shuffle);
      Value *splat = builder.CreateVectorSplat(mask.size() / lanes, word);
      Value *wide = builder.CreateBitCast(
          splat, FixedVectorType::get(type->getElementType(), mask.size()));
      if (extension)
        wide = builder.CreateCast(extension->getOpcode(), wide,
                                  shuffle->getType());
      shuffle->replaceAllUsesWith(wide);
      shuffle->eraseFromParent();
    }
}

/// The high halves of 32-bit products: x86 multiplies the even lanes of a
/// register only, so even and odd lanes are multiplied apart instead of being
/// spread over two registers each and gathered again.
void splitHighProducts(Function &function) {
  for (BasicBlock &block : function)
    for (Instruction &instruction : make_early_inc_range(block)) {
      Value *a = nullptr, *b = nullptr;
      auto product = m_Mul(m_SExt(m_Value(a)), m_SExt(m_Value(b)));
      if (!match(&instruction, m_Trunc(m_Shr(product, m_SpecificInt(32)))))
        continue;
      auto *type = dyn_cast<FixedVectorType>(instruction.getType());
      if (!type || a->getType() != type || b->getType() != type ||
          type->getScalarSizeInBits() != 32 || type->getNumElements() % 4 != 0)
        continue;
      IRBuilder<> builder(&instruction);
      auto *pairs = FixedVectorType::get(builder.getInt64Ty(),
                                         type->getNumElements() / 2);
      auto *half = ConstantInt::get(pairs, 32);
      auto even = [&](Value *v) {
        return builder.CreateAShr(
            builder.CreateShl(builder.CreateBitCast(v, pairs), half), half);
      };
      auto odd = [&](Value *v) {
        return builder.CreateAShr(builder.CreateBitCast(v, pairs), half);
      };
      Value *low = builder.CreateMul(even(a), even(b));
      Value *high = builder.CreateMul(odd(a), odd(b));
      SmallVector<int, 64> mask;
      for (int i = 0, n = int(type->getNumElements()); i < n; i += 2) {
        mask.push_back(i + 1);
        mask.push_back(n + i + 1);
      }
      Value *result =
          builder.CreateShuffleVector(builder.CreateBitCast(low, type),
                                      builder.CreateBitCast(high, type), mask);
      instruction.replaceAllUsesWith(result);
      instruction.eraseFromParent();
    }
}

/// Unrolling a loop around a register tile of general registers makes LLVM
/// hoist loads until the sums are spilled.
void forbidUnrolling(Function &function) {
  DominatorTree dominators(function);
  LoopInfo loops(dominators);
  LLVMContext &context = function.getContext();
  for (Loop *loop : loops.getLoopsInPreorder()) {
    if (!loop->isInnermost())
      continue;
    BasicBlock *latch = loop->getLoopLatch();
    if (!latch)
      continue;
    MDNode *disable = MDNode::get(
        context, MDString::get(context, "llvm.loop.unroll.disable"));
    MDNode *node = MDNode::getDistinct(context, {nullptr, disable});
    node->replaceOperandWith(0, node);
    latch->getTerminator()->setMetadata(LLVMContext::MD_loop, node);
  }
}

} // namespace

void improve(Function &function, const targets::Target &target) {
  if (target.vectorBytes == 0)
    return forbidUnrolling(function);
  splatLoads(function);
  if (Triple(target.triple).isX86())
    splitHighProducts(function);
}

} // namespace qcc::kernels
