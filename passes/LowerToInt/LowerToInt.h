// Phase LowerToInt: qgraph on quantized types -> qint.
#ifndef QCC_PASSES_LOWERTOINT_LOWERTOINT_H
#define QCC_PASSES_LOWERTOINT_LOWERTOINT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

#include <memory>

namespace qcc {

#define GEN_PASS_DECL
#include "passes/LowerToInt/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/LowerToInt/Passes.h.inc"

} // namespace qcc

#endif // QCC_PASSES_LOWERTOINT_LOWERTOINT_H
