// How often loops run, for the code generator and for cost tables.
#ifndef QCC_PASSES_LOWERTOLLVM_TRIPCOUNTS_H
#define QCC_PASSES_LOWERTOLLVM_TRIPCOUNTS_H

#include "llvm/IR/PassManager.h"

namespace qcc {

/// States the constant trip count of every loop that has one as weights of the
/// branch that leaves it. From them the code generator knows how often each
/// block runs, where it would guess otherwise.
struct TripCountsPass : llvm::PassInfoMixin<TripCountsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &analyses);
};

} // namespace qcc

#endif // QCC_PASSES_LOWERTOLLVM_TRIPCOUNTS_H
