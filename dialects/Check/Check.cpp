#include "dialects/Check/Check.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

#include "dialects/Check/CheckDialect.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Check/CheckOps.cpp.inc"

void qcc::check::CheckDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Check/CheckOps.cpp.inc"
      >();
}
