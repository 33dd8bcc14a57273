// The way of a network through qcc, phase by phase.
#ifndef QCC_PASSES_PIPELINE_H
#define QCC_PASSES_PIPELINE_H

#include "passes/Legalize/Legalize.h"
#include "passes/Quantize/Quantize.h"
#include "targets/KernelProvider.h"

#include "mlir/Pass/PassManager.h"

namespace qcc {

/// In order; names are folders, function names and `--compile-to=` values.
enum class Phase {
  Import,
  Legalize,
  Quantize,
  LowerToInt,
  Schedule,
  LowerToLLVM,
  Emit
};

llvm::ArrayRef<llvm::StringRef> phaseNames();
llvm::StringRef phaseName(Phase phase);
std::optional<Phase> findPhase(llvm::StringRef name);

struct PipelineOptions {
  LegalizeOptions legalize;
  QuantizeOptions quantize;
  const targets::Target *target = nullptr;
  /// Makes every kernel that the target has no own code for.
  const targets::KernelProvider *portable = nullptr;
};

void buildLegalize(mlir::OpPassManager &pm, const PipelineOptions &options);
/// The part of phase Quantize before calibration.
void buildPrepare(mlir::OpPassManager &pm, const PipelineOptions &options);
void buildReparameterize(mlir::OpPassManager &pm,
                         const PipelineOptions &options);
void buildQuantize(mlir::OpPassManager &pm, const PipelineOptions &options);
void buildLowerToInt(mlir::OpPassManager &pm, const PipelineOptions &options);
void buildSchedule(mlir::OpPassManager &pm, const PipelineOptions &options);

} // namespace qcc

#endif // QCC_PASSES_PIPELINE_H
