// What LLVM 22 does wrong for Cortex-M, and how it is kept from it.
#include "llvm/Support/CommandLine.h"

namespace qcc::targets::cortexm {

/// The pass that makes gathers of Helium moves an addition of the loop's
/// counter out of the loop (pushOutAdd) and forgets that the counter also ends
/// the loop, which then runs past its bounds. Without gathers there is no such
/// pass; a gather takes a cycle for each of its bytes anyway.
void prepareLLVM() {
  auto &options = llvm::cl::getRegisteredOptions();
  auto found = options.find("enable-arm-maskedgatscat");
  if (found != options.end())
    *static_cast<llvm::cl::opt<bool> *>(found->second) = false;
}

} // namespace qcc::targets::cortexm
