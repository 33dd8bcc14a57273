//===- EmulatorCount.h - Exact instruction counts ---------------*- C++ -*-===//
//
// The two sides of compiler/tools/qcc-count/plugin.c: the ranges that it is to
// count and what it counted.
//
//===----------------------------------------------------------------------===//

#ifndef QCC_COMPILER_EVALUATE_EMULATORCOUNT_H
#define QCC_COMPILER_EVALUATE_EMULATORCOUNT_H

#include "compiler/Evaluate/Emulator.h"

namespace qcc::evaluate {

/// Writes the address ranges of all functions of an ELF file to `rangesPath`
/// and returns the plugin's arguments that follow its path in -plugin, with
/// `rangesName` and `countsName` as the names of the files for QEMU.
llvm::Expected<std::string> writeRanges(llvm::StringRef programPath,
                                        llvm::StringRef rangesPath,
                                        llvm::StringRef rangesName,
                                        llvm::StringRef countsName);

/// Reads what the plugin wrote. Functions of the runner are left out.
llvm::Expected<InstructionCounts> readCounts(llvm::StringRef countsPath);

} // namespace qcc::evaluate

#endif // QCC_COMPILER_EVALUATE_EMULATORCOUNT_H
