#include "dialects/QInt/QInt.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialects/QInt/QIntDialect.cpp.inc"
#include "dialects/QInt/QIntEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/QInt/QIntAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/QInt/QIntOps.cpp.inc"

namespace qcc::qint {

void QIntDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/QInt/QIntAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/QInt/QIntOps.cpp.inc"
      >();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

/// A reshape to the same shape is its input; of two in a row, the second is
/// enough.
OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto inner = getInput().getDefiningOp<ReshapeOp>();
  if (!inner)
    return {};
  setOperand(inner.getInput());
  return getResult();
}

/// Two flips in a row are none.
OpFoldResult FlipSignOp::fold(FoldAdaptor) {
  if (auto inner = getInput().getDefiningOp<FlipSignOp>())
    return inner.getInput();
  return {};
}

} // namespace qcc::qint
