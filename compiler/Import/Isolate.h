// Runs code that damaged input may crash. Only for files here.
#ifndef QCC_COMPILER_IMPORT_ISOLATE_H
#define QCC_COMPILER_IMPORT_ISOLATE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <string>

namespace qcc::import {

/// What `run` writes to its stream in a copy of this process. Nothing when it
/// crashes, takes longer than `seconds` of processor time, or when the system
/// allows no copy. Whatever it does to memory, it does not do here; what else
/// it prints is dropped.
std::optional<std::string>
runIsolated(llvm::function_ref<void(llvm::raw_ostream &)> run,
            unsigned seconds);

} // namespace qcc::import

#endif // QCC_COMPILER_IMPORT_ISOLATE_H
