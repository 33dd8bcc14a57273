// A network whose layers all have the same bits, and what they cost.
#ifndef QCC_COMPILER_ALLOCATE_CANDIDATE_H
#define QCC_COMPILER_ALLOCATE_CANDIDATE_H

#include "compiler/Driver/Compilation.h"
#include "compiler/Evaluate/Sensitivity.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace qcc::allocate {

/// Of a network or of one of its kernels. A kernel has no RAM of its own.
struct Costs {
  double flash = 0;    ///< bytes
  double cycles = 0;   ///< instructions
  double ram = 0;      ///< bytes of the arena
  double time = 0;     ///< microseconds on this machine
  double estimate = 0; ///< cycles, see emit::CycleModel; 0: no such model

  Costs &operator+=(const Costs &other);
  Costs &operator-=(const Costs &other);
};

/// What is in the arena while one kernel runs.
struct Moment {
  std::string kernel;
  double scratch = 0;
  /// Bytes by the layer that made the value.
  std::map<std::string, double> live;
};

struct CodeCosts {
  Costs total;
  /// By every layer that kernels compute: all that they cost. Code
  /// that several kernels share counts in equal parts.
  std::map<std::string, Costs> kernelOf;
  /// By the value whose bits matter most to them, all kernels together: what a
  /// kernel with weights reads, what any other one makes.
  std::map<std::string, Costs> valueOf;
  std::vector<Moment> moments;
};

struct Candidate {
  std::unique_ptr<driver::Compilation> compilation;
  CodeCosts code; ///< empty unless asked for
};

/// What a candidate is wanted for.
struct CandidateOptions {
  bool code = false; ///< its costs are
  bool time = false; ///< the machine measures how long it takes, too
};

/// Compiles `options` with `plan`. Errors: whatever compiling reports; time
/// wanted of a target that the machine cannot run.
llvm::Expected<Candidate> compileCandidate(driver::CompileOptions options,
                                           quantize::Plan plan,
                                           const CandidateOptions &wanted);

/// How far the quantized network's results are from the float ones', on up to
/// `samples` calibration samples.
llvm::Expected<evaluate::OutputDistance>
distanceFromFloat(const driver::Compilation &compilation, int64_t samples);

/// A plan with the same bits for all layers.
quantize::Plan uniformPlan(unsigned weights, unsigned activations);

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_CANDIDATE_H
