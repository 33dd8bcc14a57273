#include "dialects/QGraph/QGraph.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include <limits>

using namespace mlir;

#include "dialects/QGraph/QGraphDialect.cpp.inc"
#include "dialects/QGraph/QGraphEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/QGraph/QGraphAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/QGraph/QGraphOps.cpp.inc"

namespace qcc::qgraph {

void QGraphDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/QGraph/QGraphAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/QGraph/QGraphOps.cpp.inc"
      >();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

/// A reshape to the same type is its input; of two in a row, the second is
/// enough unless the first changes the element type.
OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto inner = getInput().getDefiningOp<ReshapeOp>();
  if (!inner || inner.getType().getElementType() !=
                    inner.getInput().getType().getElementType())
    return {};
  setOperand(inner.getInput());
  return getResult();
}

/// A transpose that moves nothing is its input; two in a row are one.
OpFoldResult TransposeOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<TransposeOp>();
  if (inner && inner.getType().getElementType() ==
                   inner.getInput().getType().getElementType()) {
    llvm::SmallVector<int64_t, 4> composed;
    for (int64_t axis : getPermutation())
      composed.push_back(inner.getPermutation()[axis]);
    setPermutation(composed);
    setOperand(inner.getInput());
    return getResult();
  }
  for (auto [axis, from] : llvm::enumerate(getPermutation()))
    if (static_cast<int64_t>(axis) != from)
      return {};
  return getInput().getType() == getType() ? OpFoldResult(getInput())
                                           : OpFoldResult();
}

/// A clamp that bounds nothing is its input.
OpFoldResult ClampOp::fold(FoldAdaptor) {
  float bound = std::numeric_limits<float>::max();
  if (getInput().getType() == getType() &&
      getMin().convertToFloat() <= -bound && getMax().convertToFloat() >= bound)
    return getInput();
  return {};
}

} // namespace qcc::qgraph
