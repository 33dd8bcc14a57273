// The reader of MLIR text and bytecode. Only for files here.
#ifndef QCC_COMPILER_IMPORT_MLIR_H
#define QCC_COMPILER_IMPORT_MLIR_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace qcc::import {

using ImportedModule = llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>;

/// Parses and verifies; both forms are told apart by the parser.
ImportedModule readMlir(llvm::MemoryBufferRef buffer,
                        mlir::MLIRContext &context);

/// The same for bytecode. Upstream's reader believes the sizes in the file, so
/// a damaged one can overwrite memory and end the process. A copy of this
/// process turns it into text, which is then read here.
ImportedModule readMlirBytecode(llvm::MemoryBufferRef buffer,
                                mlir::MLIRContext &context);

/// Whether the text nests brackets no deeper than the parser's recursion can
/// follow.
bool isNestedSanely(llvm::StringRef text);

/// "file:line: message", or "file: message" when `loc` has no line.
llvm::Error errorAt(mlir::Location loc, llvm::StringRef file,
                    const llvm::Twine &message);

} // namespace qcc::import

#endif // QCC_COMPILER_IMPORT_MLIR_H
