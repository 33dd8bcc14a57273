// An ONNX file, read and checked as far as is possible without its ops.
#ifndef QCC_COMPILER_IMPORT_ONNX_MODEL_H
#define QCC_COMPILER_IMPORT_ONNX_MODEL_H

#include "compiler/Import/Onnx/Tensor.h"

#include "llvm/Support/MemoryBufferRef.h"

#include <memory>

namespace qcc::import::onnx {

/// Versions of the standard operator set that are read. The handlers know what
/// changed since 9; what older ones spelled otherwise has attributes or inputs
/// that are refused.
constexpr int64_t oldestOpset = 1, newestOpset = 23;

struct Model {
  std::string file;      ///< its path, for messages
  std::string directory; ///< of the file; external data lies there
  proto::ModelProto contents;
  int64_t opset = 0;

  const proto::GraphProto &graph() const { return contents.graph(); }
};

/// Errors: no protobuf message, no graph, no or an unsupported operator set.
llvm::Expected<std::unique_ptr<Model>> readModel(llvm::MemoryBufferRef buffer);

/// "node 'name' (Op)"; a node without a name is called as its first output is.
std::string describe(const proto::NodeProto &node);
/// The name, or that of the first output.
std::string nameOf(const proto::NodeProto &node);
/// The operator, with its domain unless that is the standard one: "Relu",
/// "com.microsoft.Gelu".
std::string operatorOf(const proto::NodeProto &node);

} // namespace qcc::import::onnx

#endif // QCC_COMPILER_IMPORT_ONNX_MODEL_H
