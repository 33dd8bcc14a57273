// The allocation problem of a network.
#ifndef QCC_COMPILER_ALLOCATE_PROBLEM_H
#define QCC_COMPILER_ALLOCATE_PROBLEM_H

#include "compiler/Allocate/Allocate.h"
#include "compiler/Allocate/Candidate.h"
#include "passes/Quantize/Allocate.h"

namespace qcc::allocate {

/// Bits of one filter, or of the values that share a type.
struct Choice {
  unsigned bits = 8;
  double loss = 0;
  Costs costs; ///< of the filter's kernel; of values: beyond those of 8 bits
};

struct Variable {
  bool isFilter = false;
  std::vector<std::string> names; ///< the layer, or the values
  double elements = 0;            ///< weights
  double macs = 0;                ///< of the filter, or of the values' readers
  std::vector<Choice> choices;
};

/// All that a search needs to know of a network.
struct Network {
  std::string id; ///< quantize::networkId
  std::vector<Variable> variables;
  CodeCosts code; ///< with 8 bits everywhere
  /// Of that, what filters' kernels do not cost.
  Costs rest;

  double weights() const; ///< number of them
};

/// The filters and groups of values of a float network, without choices.
std::vector<Variable> variablesOf(mlir::func::FuncOp legalized);

/// The problem for the solvers: one layer for each variable and a last one for
/// what does not change. `reserve` is taken off the budgets of the code.
quantize::AllocationProblem makeProblem(const Network &network,
                                        const Budgets &budgets,
                                        const Costs &reserve);

/// The plan in which variable v takes `choices[v]`.
PlanOutcome makePlan(const Network &network, llvm::ArrayRef<size_t> choices);

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_PROBLEM_H
