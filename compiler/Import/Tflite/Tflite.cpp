#include "compiler/Import/Tflite/Tflite.h"

#include "compiler/Import/Tflite/Importer.h"

namespace qcc::import {

llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
readTflite(llvm::MemoryBufferRef buffer, mlir::MLIRContext &context,
           const ImportOptions &options) {
  llvm::Expected<tflite::Network> network = tflite::Network::read(buffer);
  if (!network)
    return network.takeError();
  network->setBatch(options.batch);
  return tflite::Importer(*network, context, options,
                          buffer.getBufferIdentifier())
      .run();
}

} // namespace qcc::import
