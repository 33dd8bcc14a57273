// What more bytes and instructions buy.
#ifndef QCC_COMPILER_ALLOCATE_PARETO_H
#define QCC_COMPILER_ALLOCATE_PARETO_H

#include "compiler/Allocate/Allocate.h"
#include "compiler/Evaluate/Sensitivity.h"

namespace qcc::allocate {

struct ParetoPoint {
  double averageBits = 0; ///< of a weight, as planned
  PlanOutcome outcome;
  /// Of the quantized network's results from the float ones, on calibration
  /// samples.
  evaluate::OutputDistance distance;
};

/// Plans for `count` budgets of bits per weight, evenly between the fewest and
/// the most, or what the budgets of `options` allow, all of which every plan
/// meets; budgets with one plan give one point, those without none. Every plan
/// is compiled. Errors: those of Allocator; no budget has a plan.
llvm::Expected<std::vector<ParetoPoint>>
sweep(const driver::CompileOptions &compile, const AllocateOptions &options,
      int count = 13);

std::string paretoTable(llvm::ArrayRef<ParetoPoint> points);
std::string paretoJson(llvm::ArrayRef<ParetoPoint> points);
/// Agreement with the float network against bytes and against instructions.
std::string paretoPicture(llvm::ArrayRef<ParetoPoint> points,
                          llvm::StringRef title);

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_PARETO_H
