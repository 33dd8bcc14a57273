// How long kernels take on this machine.
#ifndef QCC_COMPILER_ALLOCATE_HOSTTIMER_H
#define QCC_COMPILER_ALLOCATE_HOSTTIMER_H

#include "compiler/Emit/Interface.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace qcc::allocate {

/// Runs a compiled network in this process on codes of zero and returns the
/// time of each of its `kernels` kernels that a tenth of the runs undercut, in
/// microseconds. The object
/// must be for a target that the machine can run, made with
/// LowerToLLVMOptions::timestamps.
llvm::Expected<std::vector<double>>
timeKernels(const std::string &object, const emit::Interface &interface,
            size_t kernels, int runs = 200);

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_HOSTTIMER_H
