// The reference interpreter: what every qint op computes, to the bit.
//
// Slow and obvious, in 64-bit and wider integers. Generated code on every
// target must equal it. It trusts the verifiers for shapes and attributes and
// checks what only values show: a sum that leaves its accumulator type is an
// error that names the layer.
#ifndef QCC_DIALECTS_QINT_REFERENCE_REFERENCE_H
#define QCC_DIALECTS_QINT_REFERENCE_REFERENCE_H

#include "dialects/QInt/Reference/Tensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>
#include <memory>

namespace qcc::qint::reference {

/// Sees every result as it is computed: qint ops in the function and inside
/// the bodies of kernels, then the kernels themselves.
using Trace = std::function<void(mlir::Operation *, const Tensor &)>;

/// Runs an op that is not of qint and has no results (test-only checks).
using OtherOp = std::function<llvm::Error(mlir::Operation *,
                                          llvm::ArrayRef<const Tensor *>)>;

struct Options {
  Trace trace;
  OtherOp other;
};

/// Runs a function of qint ops and qint.kernel ops many times; constants are
/// read once. The function must outlive the object and not change.
class Interpreter {
public:
  explicit Interpreter(mlir::func::FuncOp function, Options options = {})
      : function(function), options(std::move(options)) {}

  /// The function's results. Inputs must have its argument types; an op that is
  /// not of qint, a mismatch and an overflow are errors.
  llvm::Expected<std::vector<Tensor>> run(llvm::ArrayRef<Tensor> inputs);

private:
  using Value = std::shared_ptr<const Tensor>;
  using Values = llvm::DenseMap<mlir::Value, Value>;

  llvm::Error checkInputs(llvm::ArrayRef<Tensor> inputs);
  llvm::Expected<std::vector<Value>> runBlock(mlir::Block &block,
                                              std::vector<Value> arguments);
  llvm::Expected<Value> evaluate(mlir::Operation *op,
                                 llvm::ArrayRef<Value> operands);
  llvm::Expected<Value> constant(mlir::ElementsAttr attr);

  mlir::func::FuncOp function;
  Options options;
  llvm::DenseMap<mlir::Attribute, Value> constants;
};

/// Runs `function` once.
llvm::Expected<std::vector<Tensor>> interpret(mlir::func::FuncOp function,
                                              llvm::ArrayRef<Tensor> inputs,
                                              Trace trace = {});

/// One qint op, not a constant or a kernel, on operands of its types.
llvm::Expected<Tensor> evaluateOp(mlir::Operation *op,
                                  llvm::ArrayRef<const Tensor *> operands);

} // namespace qcc::qint::reference

#endif // QCC_DIALECTS_QINT_REFERENCE_REFERENCE_H
