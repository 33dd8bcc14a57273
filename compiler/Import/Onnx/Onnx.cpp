#include "compiler/Import/Onnx/Onnx.h"

namespace qcc::import {

llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
readOnnx(llvm::MemoryBufferRef buffer, mlir::MLIRContext &,
         const ImportOptions &) {
  return llvm::createStringError(
      buffer.getBufferIdentifier() +
      ": is in the format ONNX, which cannot be read; expected MLIR text or "
      "bytecode in the dialect tosa");
}

} // namespace qcc::import
