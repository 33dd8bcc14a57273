// The reader of ONNX models.
#ifndef QCC_COMPILER_IMPORT_ONNX_ONNX_H
#define QCC_COMPILER_IMPORT_ONNX_ONNX_H

#include "compiler/Import/Import.h"

#include "llvm/Support/MemoryBufferRef.h"

namespace qcc::import {

/// Reads a model into a module with one function of qgraph ops; the buffer's
/// identifier is the file's path.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
readOnnx(llvm::MemoryBufferRef buffer, mlir::MLIRContext &context,
         const ImportOptions &options);

} // namespace qcc::import

#endif // QCC_COMPILER_IMPORT_ONNX_ONNX_H
