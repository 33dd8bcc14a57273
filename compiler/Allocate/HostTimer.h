// How long kernels take on this machine.
#ifndef QCC_COMPILER_ALLOCATE_HOSTTIMER_H
#define QCC_COMPILER_ALLOCATE_HOSTTIMER_H

#include "compiler/Emit/Interface.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace qcc::allocate {

/// Runs a compiled network in this process on codes of zero, 500 times or for
/// two seconds, and returns the time of each of its `kernels` kernels in
/// microseconds, of runs that other programs did not disturb. The object must
/// be for a target that the machine can run, made with
/// LowerToLLVMOptions::timestamps.
llvm::Expected<std::vector<double>>
timeKernels(const std::string &object, const emit::Interface &interface,
            size_t kernels);

/// The time of a whole run, likewise, of an object without time stamps.
llvm::Expected<double> timeNetwork(const std::string &object,
                                   const emit::Interface &interface);

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_HOSTTIMER_H
