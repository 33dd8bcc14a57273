//===- CountInstructions.h - What code will execute -------------*- C++ -*-===//

#ifndef QCC_COMPILER_EMIT_COUNTINSTRUCTIONS_H
#define QCC_COMPILER_EMIT_COUNTINSTRUCTIONS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Pass.h"

#include <map>
#include <string>

namespace qcc::emit {

/// What one call of a function executes: machine instructions times how often
/// their blocks run, by the probabilities of branches. That is exact where all
/// loops have constant trip counts and nothing else branches; otherwise LLVM's
/// estimate stands for what is not known. Inline assembly executes what it
/// states by "executes <number>" in a comment at its start, else one
/// instruction.
struct FunctionCount {
  double instructions = 0; ///< its own
  std::map<std::string, double> calls;
  double cycles = 0; ///< an estimate, see CycleModel; 0 without such a model
};

/// By symbol.
using InstructionCounts = std::map<std::string, FunctionCount>;

/// Instructions of one call with all that it calls, as far as `counts` knows
/// the callees; 0 for an unknown function. Recursion counts once.
double totalInstructions(const InstructionCounts &counts,
                         llvm::StringRef function);

/// Cycles likewise; 0 where LLVM has no scheduling model of the processor.
double totalCycles(const InstructionCounts &counts, llvm::StringRef function);

/// The pass that fills `counts`; runs after all others but the printer.
llvm::FunctionPass *createCountInstructions(InstructionCounts &counts);

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_COUNTINSTRUCTIONS_H
