#include "dialects/Check/Check.h"
#include "dialects/QInt/Reference/Reference.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace qcc::check {

namespace {

using qint::reference::Tensor;

/// The index of element number `position`, as text.
std::string indexText(int64_t position, llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t size : llvm::reverse(shape)) {
    text = std::to_string(position % size) + (text.empty() ? "" : ", ") + text;
    position /= size;
  }
  return "[" + text + "]";
}

llvm::Error expectEqual(ExpectEqOp op, const Tensor &value) {
  llvm::Expected<Tensor> expected = Tensor::fromAttr(op.getExpected());
  if (!expected)
    return expected.takeError();
  for (int64_t i = 0; i < value.elements(); ++i)
    if (value.values[i] != expected->values[i])
      return llvm::createStringError("element " + indexText(i, value.shape) +
                                     " is " + llvm::Twine(value.values[i]) +
                                     ", expected " +
                                     llvm::Twine(expected->values[i]));
  return llvm::Error::success();
}

struct RunReference : PassWrapper<RunReference, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(RunReference)
  llvm::StringRef getArgument() const final { return "check-run-reference"; }
  llvm::StringRef getDescription() const final {
    return "run functions without arguments on the reference interpreter";
  }

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.getNumArguments() != 0 || function.isExternal())
      return;
    Operation *failed = function;
    int64_t checks = 0;
    auto other = [&](Operation *op, llvm::ArrayRef<const Tensor *> in) {
      auto expect = llvm::dyn_cast<ExpectEqOp>(op);
      if (!expect)
        return llvm::createStringError("cannot run '" +
                                       op->getName().getStringRef() + "'");
      ++checks;
      llvm::Error error = expectEqual(expect, *in[0]);
      if (error)
        failed = op;
      return error;
    };
    auto results = qint::reference::Interpreter(function, {{}, other}).run({});
    if (!results) {
      failed->emitError(llvm::toString(results.takeError()));
      return signalPassFailure();
    }
    if (checks != 0)
      return;
    function.emitError("checks nothing");
    signalPassFailure();
  }
};

} // namespace

void registerCheckPasses() { PassRegistration<RunReference>(); }

} // namespace qcc::check
