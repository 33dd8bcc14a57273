// Costs of choices as a file, so that measurements on a board can take the
// place of what qcc counts.
#ifndef QCC_COMPILER_ALLOCATE_COSTTABLE_H
#define QCC_COMPILER_ALLOCATE_COSTTABLE_H

#include "compiler/Allocate/Problem.h"

namespace qcc::allocate {

/// The table as comma-separated values with the header
/// "layer,choice,flash,cycles,time,estimated_cycles": one row for each choice
/// ("w4", "a16") of each filter and of each group of values that has several,
/// under its first name, and a last one, layer "rest", choice "", for what does
/// not change. Costs of values are what they cost beyond 8 bits. Flash is in
/// bytes, `cycles` are instructions, `time` microseconds or nothing where none
/// was measured, `estimated_cycles` those of emit::CycleModel or nothing.
std::string writeCostTable(const Network &network);

/// Puts the costs of a table into `network`. Columns come in any order; `time`,
/// unless it is needed, and `estimated_cycles`, which nothing reads, may be
/// absent. `name` stands for the file in errors: other columns; a row that is
/// no layer, choice and numbers; an unknown layer or choice; one that is there
/// twice or missing.
llvm::Error readCostTable(Network &network, llvm::StringRef text,
                          llvm::StringRef name, bool needTime = false);

} // namespace qcc::allocate

#endif // QCC_COMPILER_ALLOCATE_COSTTABLE_H
