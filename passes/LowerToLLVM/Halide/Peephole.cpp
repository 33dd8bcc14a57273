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

/// A shuffle that repeats a few neighbouring bytes, perhaps extended, over a
/// register.
struct RepeatedLoad {
  LoadInst *load = nullptr;
  CastInst *extension = nullptr;
  unsigned times = 0;
};

/// Whether the mask repeats lanes 0 to `period` - 1.
bool repeats(ArrayRef<int> mask, unsigned period) {
  if (mask.size() % period != 0)
    return false;
  for (auto [i, lane] : enumerate(mask))
    if (lane >= 0 && unsigned(lane) != i % period)
      return false;
  return true;
}

/// Sees shuffles of the loaded lanes, and of one lane that they were cast to.
RepeatedLoad matchRepeatedLoad(ShuffleVectorInst &shuffle) {
  Value *source = shuffle.getOperand(0);
  auto *shuffled = dyn_cast<FixedVectorType>(source->getType());
  if (!shuffled ||
      !repeats(shuffle.getShuffleMask(), shuffled->getNumElements()))
    return {};
  RepeatedLoad found;
  found.times = shuffle.getShuffleMask().size() / shuffled->getNumElements();
  if (auto *cast = dyn_cast<BitCastInst>(source))
    source = cast->getOperand(0);
  found.extension = dyn_cast<CastInst>(source);
  if (found.extension && !isa<SExtInst, ZExtInst>(found.extension))
    return {};
  auto *load = dyn_cast<LoadInst>(
      found.extension ? found.extension->getOperand(0) : source);
  auto *type = load ? dyn_cast<FixedVectorType>(load->getType()) : nullptr;
  if (!type || !load->isSimple() || !type->getElementType()->isIntegerTy())
    return {};
  unsigned bits = type->getNumElements() * type->getScalarSizeInBits();
  if (found.times < 2 || (bits != 16 && bits != 32))
    return {};
  found.load = load;
  return found;
}

/// Makes it one splat of a wider integer (`ld1r`, `vpbroadcastd`), extended
/// afterwards: shuffles of tiny vectors become many instructions.
void splatLoads(Function &function) {
  for (BasicBlock &block : function)
    for (Instruction &instruction : make_early_inc_range(block)) {
      auto *shuffle = dyn_cast<ShuffleVectorInst>(&instruction);
      RepeatedLoad found =
          shuffle ? matchRepeatedLoad(*shuffle) : RepeatedLoad();
      LoadInst *load = found.load;
      if (!load)
        continue;
      auto *type = cast<FixedVectorType>(load->getType());
      unsigned lanes = type->getNumElements();
      IRBuilder<> builder(load);
      LoadInst *word = builder.CreateAlignedLoad(
          builder.getIntNTy(lanes * type->getScalarSizeInBits()),
          load->getPointerOperand(), load->getAlign());
      word->copyMetadata(*load);
      builder.SetInsertPoint(shuffle);
      unsigned all = found.times * lanes;
      Value *wide = builder.CreateBitCast(
          builder.CreateVectorSplat(found.times, word),
          FixedVectorType::get(type->getElementType(), all));
      if (found.extension)
        wide = builder.CreateCast(
            found.extension->getOpcode(), wide,
            FixedVectorType::get(found.extension->getType()->getScalarType(),
                                 all));
      shuffle->replaceAllUsesWith(
          builder.CreateBitCast(wide, shuffle->getType()));
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

void forbidUnrolling(Function &function, int registers) {
  DominatorTree dominators(function);
  LoopInfo loops(dominators);
  LLVMContext &context = function.getContext();
  for (Loop *loop : loops.getLoopsInPreorder()) {
    // Halide names a loop after its function: the rows of a window, around the
    // innermost loop of a reduction, may well be unrolled where registers do.
    if (registers > 8 && !loop->isInnermost() &&
        loop->getHeader()->getName().starts_with("for sums"))
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

void improve(Function &function, const targets::Target &target,
             bool keepLoops) {
  if (keepLoops)
    forbidUnrolling(function, target.registers);
  if (target.vectorBytes == 0)
    return;
  splatLoads(function);
  if (Triple(target.triple).isX86())
    splitHighProducts(function);
}

} // namespace qcc::kernels
