// 64-bit arithmetic for cores without instructions for it.
#ifndef QCC_TARGETS_CORTEXM_NARROWARITHMETIC_H
#define QCC_TARGETS_CORTEXM_NARROWARITHMETIC_H

#include "llvm/Pass.h"

namespace qcc::targets::cortexm {

/// A pass that replaces products and shifts by a variable of 64 bits, for
/// which LLVM calls the compiler's library on ARMv6-M, by 32-bit operations.
/// Functions for other architectures are left alone.
llvm::FunctionPass *createNarrowArithmetic();

} // namespace qcc::targets::cortexm

#endif // QCC_TARGETS_CORTEXM_NARROWARITHMETIC_H
