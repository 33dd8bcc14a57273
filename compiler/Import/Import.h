// Reads a network from a file.
#ifndef QCC_COMPILER_IMPORT_IMPORT_H
#define QCC_COMPILER_IMPORT_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <string>
#include <vector>

namespace qcc {

/// How the integer kernels of TensorFlow Lite round when they rescale; the file
/// does not say.
enum class TfliteRounding {
  Reference, ///< gemmlowp's two roundings, fully connected included
  Single,    ///< one rounding, ties up
};

struct ImportOptions {
  /// What a symbolic batch becomes.
  int64_t batch = 1;
  /// Shapes of inputs whose sizes the model leaves open, by name; the name ""
  /// is that of the only input.
  std::map<std::string, std::vector<int64_t>> inputShapes;
  TfliteRounding tfliteRounding = TfliteRounding::Reference;
};

/// Reads the network in `path`: MLIR as text or bytecode, in the dialects
/// func, tosa, quant, arith and qcc's own, which it loads into `context`; an
/// ONNX model, with its external data beside it; a TensorFlow Lite model. The
/// format is found out from the contents and the extension.
///
/// The result is a verified module with one function with a body, of one or
/// more statically shaped tensors: `@main`, or the only one there is. Other
/// functions are dropped unless this one refers to them.
///
/// Every failure is one error, "file:line: message" where a line is known:
/// missing or unreadable file, unknown format, syntax and verification errors,
/// operations of unknown dialects, no function or no single one to choose,
/// dynamic shapes, no results, shapes asked for of inputs that are not there or
/// have others.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importModel(llvm::StringRef path, mlir::MLIRContext &context,
            const ImportOptions &options = {});

/// The same from memory; `name` stands for the file in messages, and its
/// extension may tell the format.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importModelFromMemory(llvm::StringRef bytes, llvm::StringRef name,
                      mlir::MLIRContext &context,
                      const ImportOptions &options = {});

} // namespace qcc

#endif // QCC_COMPILER_IMPORT_IMPORT_H
