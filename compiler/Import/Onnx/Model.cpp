#include "compiler/Import/Onnx/Model.h"

#include "llvm/Support/Path.h"

namespace qcc::import::onnx {

static bool isStandard(const std::string &domain) {
  return domain.empty() || domain == "ai.onnx";
}

std::string nameOf(const proto::NodeProto &node) {
  if (!node.name().empty() || node.output_size() == 0)
    return node.name();
  return node.output(0);
}

std::string operatorOf(const proto::NodeProto &node) {
  return isStandard(node.domain()) ? node.op_type()
                                   : node.domain() + "." + node.op_type();
}

std::string describe(const proto::NodeProto &node) {
  return "node '" + nameOf(node) + "' (" + operatorOf(node) + ")";
}

llvm::Expected<std::unique_ptr<Model>> readModel(llvm::MemoryBufferRef buffer) {
  auto model = std::make_unique<Model>();
  model->file = buffer.getBufferIdentifier().str();
  model->directory = llvm::sys::path::parent_path(model->file).str();
  auto fail = [&](const llvm::Twine &message) {
    return llvm::createStringError(model->file + ": " + message);
  };
  // Lengths in a message are 32 bits.
  if (buffer.getBufferSize() > INT32_MAX)
    return fail("has more than 2 GiB; keep the weights in external data");
  if (!model->contents.ParsePartialFromArray(
          buffer.getBufferStart(), static_cast<int>(buffer.getBufferSize())))
    return fail("is no ONNX model, or damaged");
  if (!model->contents.has_graph())
    return fail("is no ONNX model: it has no graph");
  for (const auto &set : model->contents.opset_import())
    if (isStandard(set.domain()))
      model->opset = std::max<int64_t>(model->opset, set.version());
  if (model->opset == 0)
    return fail("states no version of the operator set");
  if (model->opset < oldestOpset || model->opset > newestOpset)
    return fail("uses version " + llvm::Twine(model->opset) +
                " of the operator set; supported are " +
                llvm::Twine(oldestOpset) + " to " + llvm::Twine(newestOpset));
  return model;
}

} // namespace qcc::import::onnx
