#include "passes/LowerToLLVM/TripCounts.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/ProfDataUtils.h"

using namespace llvm;

namespace qcc {

PreservedAnalyses TripCountsPass::run(Function &function,
                                      FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  for (Loop *loop : loops.getLoopsInPreorder()) {
    BasicBlock *exiting = loop->getExitingBlock();
    auto *branch =
        exiting ? dyn_cast<BranchInst>(exiting->getTerminator()) : nullptr;
    if (!branch || !branch->isConditional())
      continue;
    unsigned count = evolution.getSmallConstantTripCount(loop, exiting);
    if (!count)
      continue;
    bool staysFirst = loop->contains(branch->getSuccessor(0));
    setBranchWeights(*branch,
                     {staysFirst ? count - 1 : 1, staysFirst ? 1 : count - 1},
                     /*IsExpected=*/false);
  }
  return PreservedAnalyses::all();
}

} // namespace qcc
