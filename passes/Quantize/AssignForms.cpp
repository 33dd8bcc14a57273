#include "passes/Quantize/Quantize.h"
#include "passes/Quantize/Values.h"

using namespace mlir;
using namespace qcc::quantize;

namespace qcc {

#define GEN_PASS_DEF_ASSIGNFORMS
#include "passes/Quantize/Passes.h.inc"

bool isFunctionForm(StringRef text) {
  return text == "polynomial" || text == "shift" || text == "table";
}

namespace {

/// Whether there is a choice: the functions of qint::functions.
bool hasForms(Operation *op) {
  if (auto unary = dyn_cast<qgraph::UnaryOp>(op))
    return unary.getKind() == qgraph::UnaryKind::Sigmoid ||
           unary.getKind() == qgraph::UnaryKind::Tanh ||
           unary.getKind() == qgraph::UnaryKind::Silu ||
           unary.getKind() == qgraph::UnaryKind::Gelu ||
           unary.getKind() == qgraph::UnaryKind::GeluTanh;
  return isa<qgraph::SoftmaxOp, qgraph::LayerNormOp, qgraph::RmsNormOp>(op);
}

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
      if (hasForms(&op) && !op.hasAttr("qgraph.form") &&
          !op.hasAttr("qgraph.rounding"))
        op.setAttr("qgraph.form", StringAttr::get(&getContext(), form));
  }
};

} // namespace
} // namespace qcc
