//===- Allocate.h - Which layer gets how many bits --------------*- C++ -*-===//
//
// Chooses one of several types for every layer, so that the expected loss is
// smallest within budgets. Knows nothing of networks: what a choice costs and
// loses is the caller's.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_PASSES_QUANTIZE_ALLOCATE_H
#define QCC_PASSES_QUANTIZE_ALLOCATE_H

#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace qcc::quantize {

/// One of the ways to hold a layer.
struct AllocationChoice {
  std::string name; ///< for messages: "w4a8"
  double bits = 0;  ///< per weight; what the closed form goes by
  double loss = 0;  ///< expected rise of the network's loss
  /// One per budget, not negative.
  std::vector<double> costs;
};

struct AllocationLayer {
  std::string name;
  double elements = 1; ///< weights; what the closed form divides by
  std::vector<AllocationChoice> choices;
};

/// The costs of all layers' choices together are at most `limit`. A budget
/// that is not a sum (the peak of the arena) is one budget per moment.
struct Budget {
  std::string name; ///< "flash"
  std::string unit; ///< "bytes"
  double limit = 0;
};

struct AllocationProblem {
  std::vector<AllocationLayer> layers;
  std::vector<Budget> budgets;
  /// Layers (by index) that take the same choice (by index), since they share
  /// a type or a kernel.
  std::vector<std::vector<size_t>> ties;
};

struct Allocation {
  std::vector<size_t> choices; ///< by layer
  double loss = 0;
  std::vector<double> costs; ///< by budget
};

/// Errors: no layers; a layer without choices; a choice with another number of
/// costs than budgets, or one that is negative or not finite; a loss that is
/// not finite; a tie with an unknown layer or of layers with different numbers
/// of choices.
llvm::Error checkProblem(const AllocationProblem &problem);

/// What the given choices cost and lose.
Allocation evaluate(const AllocationProblem &problem,
                    std::vector<size_t> choices);
bool isFeasible(const AllocationProblem &problem, const Allocation &plan);

/// The code of errors that say that no plan meets all budgets.
inline std::error_code noPlan() {
  return std::make_error_code(std::errc::value_too_large);
}

/// The optimum, by an integer program (Cbc). Of equal losses any may be given,
/// always the same. Without a plan that meets all budgets the error names what
/// lacks and the nearest plan: see nearestAllocation().
llvm::Expected<Allocation>
allocateByIntegerProgram(const AllocationProblem &problem);

/// The optimum to a grid: a dynamic program over layers that keeps, for every
/// cell of the budgets (each divided into `cells`), the best plan so far.
/// Costs are rounded up, so that a plan found is always feasible; one that
/// meets a budget to less than layers / cells of its limit may be missed.
/// Errors as before.
llvm::Expected<Allocation>
allocateByDynamicProgram(const AllocationProblem &problem,
                         int64_t cells = 10000);

/// The closed form of BAQ (Efficient Bit Allocation Quantization): if layer l
/// loses c_l * 4^-b, the best bits differ from their mean by half the logarithm
/// of c_l per weight. c_l is fitted to the choices; bits are rounded to the
/// nearest choice, the mean is the largest that meets the budgets, and what is
/// left goes to the layers that gain most per cost. A heuristic for comparison.
/// Errors as before; choices of a layer with equal bits.
llvm::Expected<Allocation>
allocateByClosedForm(const AllocationProblem &problem);

/// The plan whose relative excess over the limits, summed over budgets, is
/// smallest; of those with the least excess, one of least loss.
llvm::Expected<Allocation> nearestAllocation(const AllocationProblem &problem);

/// "no plan meets all budgets: flash needs 42008 bytes, 41984 more than the
/// limit of 24; the nearest plan is conv1 w2, conv2 w4".
std::string explainInfeasible(const AllocationProblem &problem,
                              const Allocation &nearest);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_ALLOCATE_H
