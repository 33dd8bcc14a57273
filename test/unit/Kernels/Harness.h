// Compiles one qint.kernel for a target, runs it on this machine and compares
// every byte with the reference.
#ifndef QCC_TEST_UNIT_KERNELS_HARNESS_H
#define QCC_TEST_UNIT_KERNELS_HARNESS_H

#include "dialects/QInt/Reference/Tensor.h"
#include "targets/KernelProvider.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

#include <array>
#include <random>

namespace qcc::test {

using Halo = std::array<int64_t, 4>; ///< top, bottom, left, right

/// A function with one kernel, as text, and where its tensors lie.
struct KernelCase {
  std::string text;             ///< a module with one function
  std::vector<Halo> inputHalos; ///< per function argument; missing means none
  int32_t inputHaloValue = 0;
  /// Runs three times, the second from the result's buffer to the operand's,
  /// all inlined into one function: memory is reused as an arena plan would.
  bool pingPong = false;
};

/// Text of a constant with random integers in [low, high].
std::string randomConstant(const std::string &type, int64_t low, int64_t high,
                           std::mt19937 &random);

/// A kernel made ready to run.
class CompiledKernel {
public:
  static llvm::Expected<std::unique_ptr<CompiledKernel>>
  create(const KernelCase &kernelCase, const targets::Target &target);

  /// Random inputs, one run, comparison with the reference; what differs is
  /// the error.
  llvm::Error check(std::mt19937 &random);

  /// The function, for benchmarks: pointers as the contract orders them.
  void call(void *const *pointers) const { entry(pointers); }
  const targets::KernelSource &source() const { return kernelSource; }
  const targets::KernelNeeds &needs() const { return kernelNeeds; }
  const std::vector<targets::PackedConstant> &packed() const {
    return packedConstants;
  }
  /// Optimised LLVM IR.
  const std::string &ir() const { return irText; }

private:
  CompiledKernel() = default;

  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  targets::KernelSource kernelSource;
  targets::KernelNeeds kernelNeeds;
  std::vector<targets::PackedConstant> packedConstants;
  int32_t inputHaloValue = 0;
  bool pingPong = false;
  std::string irText;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  void (*entry)(void *const *) = nullptr;
};

/// Emits for any target and checks the object: its undefined symbols.
llvm::Expected<std::vector<std::string>>
undefinedSymbols(const KernelCase &kernelCase, const targets::Target &target);

/// The same as text, to look at.
llvm::Expected<std::string> assembly(const KernelCase &kernelCase,
                                     const targets::Target &target);

} // namespace qcc::test

#endif // QCC_TEST_UNIT_KERNELS_HARNESS_H
