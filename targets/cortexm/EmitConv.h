// A planned convolution as a function of an LLVM module.
#ifndef QCC_TARGETS_CORTEXM_EMITCONV_H
#define QCC_TARGETS_CORTEXM_EMITCONV_H

#include "targets/cortexm/ConvPlan.h"

namespace qcc::targets::cortexm {

void emitConv(const KernelSource &source, const ConvPlan &plan,
              const Target &target, llvm::StringRef symbol,
              llvm::Module &module);

} // namespace qcc::targets::cortexm

#endif // QCC_TARGETS_CORTEXM_EMITCONV_H
