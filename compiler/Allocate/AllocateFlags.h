// The command-line options that state budgets and how bits are chosen.
#ifndef QCC_COMPILER_ALLOCATE_ALLOCATEFLAGS_H
#define QCC_COMPILER_ALLOCATE_ALLOCATEFLAGS_H

#include "compiler/Allocate/Allocate.h"

#include "llvm/Support/CommandLine.h"

namespace qcc::allocate {

/// Declares `-max-flash`, `-max-ram`, `-max-stack`, `-max-cycles`, `-max-time`,
/// `-avg-bits`, `-max-bops`, `-choose-weights`, `-choose-activations`,
/// `-score`, `-solver`, `-score-samples`, `-score-labels`, `-cost-table`,
/// `-write-costs` and `-pareto`; one static object per program.
class AllocateFlags {
public:
  explicit AllocateFlags(llvm::cl::OptionCategory &category);

  /// What the user asked for. Errors name the option, what was found and what
  /// was expected.
  llvm::Expected<AllocateOptions> read() const;

  /// Whether bits are to be chosen.
  bool wantPlan() const;
  /// Chooses bits for `options`, if there are budgets and it has no plan. An
  /// error for options that say how, without a budget.
  /// Writes the table of costs to `costs`, unless null.
  llvm::Error choose(driver::CompileOptions &options,
                     std::string *costs = nullptr) const;
  /// An error for options that only make files, for programs that make none.
  llvm::Error refuseFiles() const;
  /// An error for options that a sweep over budgets would not heed.
  llvm::Error checkSweep() const;
  /// Whether the network is to be compiled for many budgets.
  bool wantPareto() const { return !pareto.empty(); }
  /// Where the table of costs goes; empty: nowhere.
  const std::string &costsPath() const { return writeCosts.getValue(); }
  const std::string &paretoPath() const { return pareto.getValue(); }

  /// An error that names the budgets that the compiled network exceeds.
  llvm::Error check(const emit::Report &report) const;

private:
  llvm::Expected<Budgets> readBudgets() const;

  llvm::cl::opt<std::string> maxFlash, maxRam, maxStack, maxCycles, maxTime,
      maxBops;
  llvm::cl::opt<double> averageBits;
  llvm::cl::list<unsigned> weightBits, activationBits;
  llvm::cl::opt<std::string> score, solver;
  llvm::cl::opt<int64_t> samples;
  llvm::cl::opt<std::string> labels;
  llvm::cl::opt<std::string> costTable, writeCosts, pareto;
};

/// "96K", "1.5M" or "98304": a number with K = 1024 or M = 1024 * 1024 where
/// `isBytes`, else 1,000 and 1,000,000.
llvm::Expected<double> parseQuantity(llvm::StringRef text, bool isBytes);

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_ALLOCATEFLAGS_H
