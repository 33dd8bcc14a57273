// Turns the nodes of an ONNX graph into qgraph ops.
#ifndef QCC_COMPILER_IMPORT_ONNX_IMPORTER_H
#define QCC_COMPILER_IMPORT_ONNX_IMPORTER_H

#include "compiler/Import/Import.h"
#include "compiler/Import/Onnx/Model.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace qcc::import::onnx {

/// What a name in the graph stands for: elements known now, or a value of the
/// function.
struct Operand {
  std::shared_ptr<const Tensor> constant;
  mlir::Value value;
  DataType type = proto::TensorProto::UNDEFINED;
  Shape shape;
  /// An argument of integers whose scale its first user states.
  bool isOpen = false;
  /// Its node could not be imported, which has been reported.
  bool failed = false;
};

/// Reads a graph from its first node to its last. Nodes that no output needs
/// are left out; nodes whose inputs are all known are computed.
class Importer {
public:
  Importer(const Model &model, mlir::MLIRContext &context,
           const ImportOptions &options);

  /// Every node that cannot be imported is named in the one error.
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> run();

private:
  friend class Node;

  llvm::Error makeArguments();
  llvm::Expected<mlir::RankedTensorType>
  argumentType(const proto::ValueInfoProto &input);
  llvm::Error readInitializers();
  /// The names that outputs need, directly or not.
  llvm::Expected<llvm::StringSet<>> findNeeded() const;
  void importNode(const proto::NodeProto &node);
  llvm::Error computeNode(const proto::NodeProto &node);
  llvm::Error checkOps(mlir::Operation *before);
  llvm::Error finish();
  llvm::Error makeError(const llvm::Twine &message) const;
  void report(const proto::NodeProto &node, llvm::Error error);
  llvm::Error allProblems() const;

  const Model &model;
  ImportOptions options;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  mlir::OpBuilder builder;
  llvm::StringMap<Operand> operands;
  struct Problem {
    std::string op, node, message;
    int more = 0;
  };
  std::vector<Problem> problems;
};

} // namespace qcc::import::onnx

#endif // QCC_COMPILER_IMPORT_ONNX_IMPORTER_H
