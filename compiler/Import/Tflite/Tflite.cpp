#include "compiler/Import/Tflite/Tflite.h"

namespace qcc::import {

llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
readTflite(llvm::MemoryBufferRef buffer, mlir::MLIRContext &,
           const ImportOptions &) {
  return llvm::createStringError(buffer.getBufferIdentifier() +
                                 ": is in the format TensorFlow Lite, which "
                                 "cannot be read; expected MLIR text or "
                                 "bytecode in the dialect tosa");
}

} // namespace qcc::import
