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
/// a damaged one can end the process; that is tried in a copy of it first.
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
