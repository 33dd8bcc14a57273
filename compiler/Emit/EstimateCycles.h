//===- EstimateCycles.h - Cycles by LLVM's scheduling model -----*- C++ -*-===//

#ifndef QCC_COMPILER_EMIT_ESTIMATECYCLES_H
#define QCC_COMPILER_EMIT_ESTIMATECYCLES_H

#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/MC/MCInst.h"

#include <memory>
#include <vector>

namespace qcc::emit {

/// How long a processor takes for straight code, by what LLVM's scheduling
/// model knows of its units and latencies (llvm-mca). An estimate: all data are
/// in the first cache, all branches are foreseen, no address depends on memory.
class CycleModel {
public:
  /// For the processor that `function` is compiled for; null if LLVM has no
  /// scheduling model of it.
  static std::unique_ptr<CycleModel>
  create(const llvm::MachineFunction &function);
  ~CycleModel();

  /// Cycles of one run of the block where it is repeated many times. Calls
  /// count as one instruction; inline assembly takes for each of the
  /// `statedCount` instructions that it executes what its text takes for one.
  double cyclesOf(const llvm::MachineBasicBlock &block);

private:
  struct State;
  explicit CycleModel(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

/// How many instructions inline assembly says that it executes; see
/// FunctionCount.
double statedCount(const llvm::MachineInstr &assembly);

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_ESTIMATECYCLES_H
