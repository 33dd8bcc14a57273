// The reader of TensorFlow Lite models.
#ifndef QCC_COMPILER_IMPORT_TFLITE_TFLITE_H
#define QCC_COMPILER_IMPORT_TFLITE_TFLITE_H

#include "compiler/Import/Import.h"

#include "llvm/Support/MemoryBufferRef.h"

namespace qcc::import {

/// Reads a model into a module with one function of qgraph ops; the buffer's
/// identifier is the file's path.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
readTflite(llvm::MemoryBufferRef buffer, mlir::MLIRContext &context,
           const ImportOptions &options);

} // namespace qcc::import

#endif // QCC_COMPILER_IMPORT_TFLITE_TFLITE_H
