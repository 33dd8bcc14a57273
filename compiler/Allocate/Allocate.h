//===- Allocate.h - Bits for every layer, within budgets --------*- C++ -*-===//
//
// Chooses how many bits the weights and results of each layer get, from what
// fewer bits lose on calibration data and what they cost in the code that is
// really emitted for the target (HAWQ-V3, Yao et al., ICML 2021, section 3.4,
// which takes its costs from a table).
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_ALLOCATE_ALLOCATE_H
#define QCC_COMPILER_ALLOCATE_ALLOCATE_H

#include "compiler/Allocate/Candidate.h"
#include "passes/Quantize/Plan.h"

#include <optional>
#include <vector>

namespace qcc::allocate {

/// What a plan may cost at most.
struct Budgets {
  std::optional<double> flash;       ///< bytes of code and constants
  std::optional<double> ram;         ///< bytes of the arena
  std::optional<double> cycles;      ///< instructions of one inference
  std::optional<double> time;        ///< microseconds, measured on this machine
  std::optional<double> averageBits; ///< of a weight
  std::optional<double> bops; ///< multiply-adds times bits of both factors

  /// Whether costs of the target's code are needed.
  bool needCode() const { return flash || ram || cycles || time; }
};

/// What is expected of a layer with fewer bits.
enum class Score {
  /// Divergence of the results from the float network's, measured with the
  /// layer alone rounded.
  Divergence,
  /// Sum over weights of squared rounding errors times the diagonal of the
  /// Fisher matrix, halved.
  Fisher,
  /// Mean eigenvalue of the Hessian times the squared norm of the rounding
  /// errors, halved (HAWQ-V2, Dong et al., NeurIPS 2020).
  Trace,
  /// The same with the eigenvalue of largest magnitude, which bounds it: errors
  /// in the worst direction (HAWQ, Dong et al., ICCV 2019).
  Eigenvalue,
  /// Noise over signal of the results, measured with the layer alone rounded.
  Sqnr
};

enum class Solver { IntegerProgram, DynamicProgram, ClosedForm };

struct AllocateOptions {
  Budgets budgets;
  std::vector<unsigned> weightBits = {2, 4, 8};
  std::vector<unsigned> activationBits = {8};
  Score score = Score::Divergence;
  /// A file with the classes of the calibration samples: Fisher matrix and
  /// Hessian are then those of the cross-entropy. Empty: of the divergence from
  /// the float network's own results.
  std::string labels;
  Solver solver = Solver::IntegerProgram;
  /// Calibration samples on which losses are measured.
  int64_t samples = 256;
  uint64_t seed = 0;
  /// A file of costs that take the place of those of the emitted code, in
  /// whatever unit budgets of bytes and cycles are then in; empty: none. Plans
  /// are then not compiled to see whether they keep them.
  std::string costTable;
  /// Whether costs are wanted though no budget asks for them.
  bool needCosts = false;
};

/// "divergence", "fisher", "trace", "eigenvalue" or "sqnr"; "integer",
/// "dynamic" or "closed".
llvm::Expected<Score> parseScore(llvm::StringRef text);
llvm::Expected<Solver> parseSolver(llvm::StringRef text);

/// A plan, what it was expected to cost and lose, and what it does cost.
struct PlanOutcome {
  quantize::Plan plan;
  double loss = 0; ///< sum of the layers' losses
  double weightBytes = 0;
  Costs expected; ///< what its parts promise, but for RAM
  std::optional<double> flash, ram, cycles, time; ///< of the emitted code
};

/// Knows losses and costs of all choices; finds plans for any budgets.
class Allocator {
public:
  /// Compiles the network once for each kind of bits and measures what each
  /// layer loses. `compile.plan` is ignored. Errors: no calibration data; a
  /// network without filters; whatever compiling reports.
  static llvm::Expected<std::unique_ptr<Allocator>>
  create(const driver::CompileOptions &compile, const AllocateOptions &options);
  ~Allocator();

  /// The plan of least loss within `budgets`. It is compiled; when the real
  /// code exceeds what the parts promised, limits shrink by the difference and
  /// the search goes on. An error explains what is missing.
  llvm::Expected<PlanOutcome> allocate(const Budgets &budgets);

  /// Divergence of the results with all filters rounded to the plan's bits and
  /// all values to 8, in nats: quickly, without compiling the plan.
  llvm::Expected<double> divergenceOf(const quantize::Plan &plan);

  /// Names and numbers of weights of the layers that have bits to choose.
  std::vector<std::pair<std::string, double>> filters() const;

  /// The costs of all choices, as -cost-table takes them.
  std::string costTable() const;

  /// Number of weights of the network.
  double weights() const;

  /// What the plan costs in code, compiled for the target.
  llvm::Error measure(PlanOutcome &outcome);

private:
  struct State;
  explicit Allocator(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_ALLOCATE_H
