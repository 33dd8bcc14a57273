// Runs code that may crash on damaged input. Only for files here.
#ifndef QCC_COMPILER_IMPORT_ISOLATE_H
#define QCC_COMPILER_IMPORT_ISOLATE_H

#include "llvm/ADT/STLFunctionalExtras.h"

namespace qcc::import {

/// Whether `run` ends, within `seconds` of processor time, when a copy of this
/// process calls it. What it prints is dropped, and it changes nothing here.
/// True as well when the system allows no copy.
bool survives(llvm::function_ref<void()> run, unsigned seconds);

} // namespace qcc::import

#endif // QCC_COMPILER_IMPORT_ISOLATE_H
