#include "passes/Legalize/Legalize.h"

#include "mlir/Pass/PassManager.h"

void qcc::buildLegalizePipeline(mlir::OpPassManager &pm,
                                const LegalizeOptions &options) {
  pm.addPass(createLegalizeTosa());
  // Before anything is raised or folded, which looks for neighbours.
  pm.addPass(createCancelTransposes());
  pm.addPass(createRaiseBatchNorm());
  if (options.foldBatchNorm)
    pm.addPass(createFoldBatchNorm());
  pm.addPass(createNameLayers());
  if (options.foldBatchNorm)
    pm.addPass(createVerifyLegalized());
}
