//===- EmulatorProcess.h - Child processes of the emulator ------*- C++ -*-===//

#ifndef QCC_COMPILER_EVALUATE_EMULATORPROCESS_H
#define QCC_COMPILER_EVALUATE_EMULATORPROCESS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace qcc::evaluate {

/// The path of `program`, searched in PATH; an error says that it is missing.
llvm::Expected<std::string> findTool(llvm::StringRef program);

/// Runs `program` (a path) with `arguments` in `directory`, which also receives
/// its output as <label>.out and <label>.err. Success is exit code 0; an error
/// names the program, how it ended and what it printed.
llvm::Error runTool(llvm::StringRef program,
                    llvm::ArrayRef<std::string> arguments,
                    llvm::StringRef directory, llvm::StringRef label,
                    unsigned timeoutSeconds);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_EMULATORPROCESS_H
