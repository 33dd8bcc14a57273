#include "compiler/Import/Onnx/Onnx.h"

#include "compiler/Import/Onnx/Importer.h"

namespace qcc::import {

llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
readOnnx(llvm::MemoryBufferRef buffer, mlir::MLIRContext &context,
         const ImportOptions &options) {
  auto model = onnx::readModel(buffer);
  if (!model)
    return model.takeError();
  return onnx::Importer(**model, context, options).run();
}

} // namespace qcc::import
