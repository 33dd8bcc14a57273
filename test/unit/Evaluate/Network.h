// Small networks for the tests of the evaluator.
#ifndef QCC_TEST_UNIT_EVALUATE_NETWORK_H
#define QCC_TEST_UNIT_EVALUATE_NETWORK_H

#include "compiler/Evaluate/FloatEvaluator.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace qcc::evaluate {

using Floats = std::vector<float>;

/// A module in text, parsed; its first function is the network.
class Network {
public:
  explicit Network(const std::string &text);
  mlir::func::FuncOp function();

  /// Runs `samples` samples at up to `batch` at once; the first result. A
  /// failure fails the test and gives no values.
  Floats run(int64_t samples, std::vector<Floats> inputs, int64_t batch = 1);

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// Numbers in [-1, 1) that are the same on every machine.
Floats randoms(int64_t count, uint32_t seed);

/// `dense<...> : tensor<2x3xf32>` for the text of a module.
std::string dense(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> values);
/// `tensor<2x3xf32>`
std::string tensor(llvm::ArrayRef<int64_t> shape);

/// The text of a function of one op: `op` between arguments %a, %b and the
/// result of shape `out`.
std::string oneOp(llvm::ArrayRef<std::vector<int64_t>> inputs,
                  const std::string &op, llvm::ArrayRef<int64_t> out);

/// Every element within 1e-5, relative to magnitudes above 1.
void expectNear(const Floats &actual, const Floats &expected);

} // namespace qcc::evaluate

#endif // QCC_TEST_UNIT_EVALUATE_NETWORK_H
