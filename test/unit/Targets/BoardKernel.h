// Runs one qint.kernel of a target's own provider on the target's emulated
// board, its buffers with their halos being the model's input and output.
#ifndef QCC_TEST_UNIT_TARGETS_BOARDKERNEL_H
#define QCC_TEST_UNIT_TARGETS_BOARDKERNEL_H

#include "targets/KernelProvider.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <array>
#include <random>

namespace qcc::test {

using Halo = std::array<int64_t, 4>; ///< top, bottom, left, right

/// A function of one argument around one kernel.
class BoardKernel {
public:
  /// `text` is a module with that function; it must parse.
  BoardKernel(const std::string &text, Halo inputHalo, int32_t inputHaloValue);

  /// The first provider of the target's own that supports the kernel, or null.
  const targets::KernelProvider *provider(const targets::Target &target) const;
  const targets::KernelSource &source() const { return kernelSource; }

  /// Compiles the kernel, runs it over `samples` random inputs, of which the
  /// first two hold only the least and only the largest code, and compares
  /// every byte of the output buffer with the reference. Returns the
  /// instructions of one run.
  llvm::Expected<double> check(const targets::Target &target, int samples,
                               std::mt19937 &random) const;

private:
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mutable mlir::func::FuncOp function;
  targets::KernelSource kernelSource;
  int32_t inputHaloValue;
};

} // namespace qcc::test

#endif // QCC_TEST_UNIT_TARGETS_BOARDKERNEL_H
