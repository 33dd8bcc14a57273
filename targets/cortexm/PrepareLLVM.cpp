// What LLVM 22 does wrong for Cortex-M or leaves to a library, and the cure.
#include "targets/cortexm/NarrowArithmetic.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Target/RegisterTargetPassConfigCallback.h"

namespace qcc::targets::cortexm {

namespace {

/// The pass that makes gathers of Helium moves an addition of the loop's
/// counter out of the loop (pushOutAdd) and forgets that the counter also ends
/// the loop, which then runs past its bounds. Without gathers there is no such
/// pass; a gather takes a cycle for each of its bytes anyway.
void disableGathers() {
  auto &options = llvm::cl::getRegisteredOptions();
  auto found = options.find("enable-arm-maskedgatscat");
  if (found != options.end())
    *static_cast<llvm::cl::opt<bool> *>(found->second) = false;
}

} // namespace

void prepareLLVM() {
  disableGathers();
  static const llvm::RegisterTargetPassConfigCallback callback(
      [](llvm::TargetMachine &, llvm::PassManagerBase &manager,
         llvm::TargetPassConfig *) { manager.add(createNarrowArithmetic()); });
}

} // namespace qcc::targets::cortexm
