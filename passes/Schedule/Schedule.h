// Phase Schedule: qint ops -> placed kernels.
#ifndef QCC_PASSES_SCHEDULE_SCHEDULE_H
#define QCC_PASSES_SCHEDULE_SCHEDULE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

#include <memory>

namespace qcc {

namespace targets {
class KernelProvider;
}

#define GEN_PASS_DECL
#include "passes/Schedule/Passes.h.inc"

/// The provider that every kernel falls back to; the passes ask it what its
/// code needs. Must outlive every pass.
std::unique_ptr<mlir::Pass>
createAssignLayouts(AssignLayoutsOptions options,
                    const targets::KernelProvider &portable);
std::unique_ptr<mlir::Pass>
createPlanArena(PlanArenaOptions options,
                const targets::KernelProvider &portable);

/// Registers the phase's passes for command lines.
void registerSchedulePasses(const targets::KernelProvider &portable);

} // namespace qcc

#endif // QCC_PASSES_SCHEDULE_SCHEDULE_H
