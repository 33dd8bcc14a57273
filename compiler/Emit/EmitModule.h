// LLVM module -> bytes.
#ifndef QCC_COMPILER_EMIT_EMITMODULE_H
#define QCC_COMPILER_EMIT_EMITMODULE_H

#include "compiler/Emit/CountInstructions.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <string>

namespace qcc::emit {

/// The forms in which the compiled model leaves qcc.
enum class CodeKind { Object, Assembly, LLVMIR, Archive };

/// The module in that form. Generating code changes the module, so LLVM IR
/// comes first where several forms are wanted. `memberName` names the object
/// inside an archive. `counts`, unless null, gets what the functions execute.
llvm::Expected<std::string>
emitModule(llvm::Module &module, llvm::TargetMachine &machine, CodeKind kind,
           llvm::StringRef memberName, InstructionCounts *counts = nullptr);

/// An archive with one member, without time stamps: the same bytes every time.
llvm::Expected<std::string> makeArchive(llvm::StringRef object,
                                        llvm::StringRef memberName);

} // namespace qcc::emit

#endif // QCC_COMPILER_EMIT_EMITMODULE_H
