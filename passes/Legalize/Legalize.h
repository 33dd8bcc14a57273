// Phase Legalize: TOSA on f32 -> qgraph on f32, BatchNorm folded.
#ifndef QCC_PASSES_LEGALIZE_LEGALIZE_H
#define QCC_PASSES_LEGALIZE_LEGALIZE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <memory>
#include <string>
#include <vector>

namespace qcc {

#define GEN_PASS_DECL
#include "passes/Legalize/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Legalize/Passes.h.inc"

struct LegalizeOptions {
  /// Without it convolutions keep their `qgraph.batch_norm` users, which no
  /// later phase accepts; for looking at the raised graph.
  bool foldBatchNorm = true;
};

/// One operator of TOSA that can be read.
struct TosaOperator {
  std::string name; ///< without the dialect
  /// Some of its forms are for the float evaluator only.
  bool inPart = false;
};

/// By name.
std::vector<TosaOperator> tosaOperators();

/// Adds the passes of the phase in their order. In: a module as importModel
/// returns it. Out: what `qcc-verify-legalized` accepts.
void buildLegalizePipeline(mlir::OpPassManager &pm,
                           const LegalizeOptions &options);

} // namespace qcc

#endif // QCC_PASSES_LEGALIZE_LEGALIZE_H
