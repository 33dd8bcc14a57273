// Plans and the networks that they are for.
#ifndef QCC_PASSES_QUANTIZE_PLANNETWORK_H
#define QCC_PASSES_QUANTIZE_PLANNETWORK_H

#include "passes/Quantize/Plan.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include <vector>

namespace qcc::quantize {

/// 16 hexadecimal digits that stand for the network's layers: names, kinds and
/// shapes, not weights. Of the network as Legalize leaves it.
std::string networkId(mlir::func::FuncOp function);

/// Bits of the codes of a type: 4 for !quant.uniform<i8<-8:7>:...>.
unsigned bitsOf(mlir::quant::QuantizedType type);

/// Whether integers know several forms of the op: a function of
/// dialects/QInt/Functions.h that is not to keep a foreign kernel's arithmetic.
bool hasForms(mlir::Operation *op);

/// The op whose result has the codes that a plan gives bits to: the logarithm
/// behind shares of few bits (see qcc-log-shares), else `op` itself.
mlir::Operation *codesBehind(mlir::Operation *op);

/// The bits and forms that every layer of a quantized network has, as a plan
/// that gives the same again; `legalized` is the network before. Scores and
/// notes are those of `followed`, or none.
Plan planOf(mlir::func::FuncOp legalized, mlir::func::FuncOp quantized,
            const Plan *followed = nullptr);

/// Names of the values that take the same bits, one list for each group, in
/// order of the network; so an allocation has to choose once for each. The
/// first in a list may stand for all in a plan.
std::vector<std::vector<std::string>>
activationGroups(mlir::func::FuncOp legalized);

/// Names of the layers with filters, in order of the network.
std::vector<std::string> weightLayers(mlir::func::FuncOp legalized);

} // namespace qcc::quantize

#endif // QCC_PASSES_QUANTIZE_PLANNETWORK_H
