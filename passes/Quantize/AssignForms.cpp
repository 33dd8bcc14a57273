#include "passes/Quantize/PlanNetwork.h"
#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_ASSIGNFORMS
#include "passes/Quantize/Passes.h.inc"

namespace {

struct AssignForms : impl::AssignFormsBase<AssignForms> {
  using AssignFormsBase::AssignFormsBase;

  void runOnOperation() override {
    func::FuncOp function = findNetwork(getOperation());
    if (!function)
      return signalPassFailure();
    if (!isFunctionForm(form)) {
      getOperation().emitError("functions must be polynomial, shift or table, "
                               "found '")
          << form << "'";
      return signalPassFailure();
    }
    for (Operation &op : function.front())
      if (hasForms(&op) && !op.hasAttr("qgraph.form"))
        op.setAttr("qgraph.form", StringAttr::get(&getContext(), form));
  }
};

} // namespace
} // namespace qcc
