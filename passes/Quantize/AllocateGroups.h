// What the solvers of Allocate.h share.
#ifndef QCC_PASSES_QUANTIZE_ALLOCATEGROUPS_H
#define QCC_PASSES_QUANTIZE_ALLOCATEGROUPS_H

#include "passes/Quantize/Allocate.h"

namespace qcc::quantize {

/// A choice of tied layers together.
struct GroupChoice {
  double loss = 0;
  std::vector<double> costs;
};

struct LayerGroup {
  std::vector<size_t> layers;
  std::vector<GroupChoice> choices;
};

/// Tied layers as one, in order of their first layers.
std::vector<LayerGroup> groupTiedLayers(const AllocationProblem &problem);

/// The plan in which group g takes `choices[g]`.
Allocation expand(const AllocationProblem &problem,
                  const std::vector<LayerGroup> &groups,
                  const std::vector<size_t> &choices);

/// The error of a problem without a plan that meets all budgets.
llvm::Error infeasible(const AllocationProblem &problem);

/// "12" or "12.345".
std::string shortNumber(double value);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_ALLOCATEGROUPS_H
