// Which ops have no integer form yet.
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

/// A softmax has one along the last axis.
static bool lacksIntegerForm(Operation *op) {
  if (auto softmax = dyn_cast<qgraph::SoftmaxOp>(op)) {
    ArrayRef<int64_t> shape = shapeOf(softmax.getOutput());
    return softmax.getAxis() + 1 != shape.size() || shape.back() >= 1 << 16;
  }
  return isa<qgraph::DivOp, qgraph::PowOp>(op);
}

LogicalResult checkQuantizable(ModuleOp module) {
  func::FuncOp function = findNetwork(module);
  if (!function)
    return failure();
  // One error per kind of op: a transformer has hundreds of them.
  llvm::MapVector<StringRef, SmallVector<Operation *>> refused;
  for (Operation &op : function.front())
    if (lacksIntegerForm(&op) && isActivation(op.getResult(0)))
      refused[op.getName().getStringRef()].push_back(&op);
  for (auto &[name, ops] : refused) {
    InFlightDiagnostic error = ops.front()->emitOpError();
    error << describe(ops.front());
    if (ops.size() > 1)
      error << " and " << ops.size() - 1 << " more of its kind";
    error << " cannot be quantized yet; supported are convolutions, matrix "
             "products, pooling, reductions, sums, products, maxima, "
             "normalization over the last axes, softmax of less than 65536 "
             "elements along the last axis, data movement and functions of one "
             "element";
  }
  return success(refused.empty());
}

} // namespace qcc
