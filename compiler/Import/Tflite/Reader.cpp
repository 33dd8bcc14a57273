#include "compiler/Import/Tflite/Reader.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <cstring>

namespace qcc::import::tflite {
namespace {

/// Elements of the biggest tensor that is believed.
constexpr int64_t maxElements = int64_t(1) << 31;

template <typename T> std::vector<T> copy(const flatbuffers::Vector<T> *from) {
  if (!from)
    return {};
  return std::vector<T>(from->begin(), from->end());
}

std::string textOf(const flatbuffers::String *text) {
  return text ? text->str() : std::string();
}

} // namespace

int64_t TensorInfo::elements() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

std::string OpInfo::name() const {
  return code == Builtin::Custom ? "custom '" + custom + "'" : nameOf(code);
}

llvm::Error Network::error(const llvm::Twine &message) const {
  return llvm::createStringError(file + ": " + message);
}

llvm::Expected<Network> Network::read(llvm::MemoryBufferRef buffer) {
  Network network;
  network.file = buffer.getBufferIdentifier().str();
  network.size = buffer.getBufferSize();
  if (network.size >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return network.error("is longer than 2 GB, more than the format TensorFlow "
                         "Lite allows");
  network.storage.resize(network.size / 8 + 1);
  std::memcpy(network.storage.data(), buffer.getBufferStart(), network.size);
  flatbuffers::Verifier verifier(network.data(), network.size);
  if (network.size < 8 || !VerifyModelBuffer(verifier))
    return network.error("is no intact TensorFlow Lite model: it has no "
                         "identifier TFL3 or an offset outside of the file");
  const Model &model = *GetModel(network.data());
  if (model.version() != 3)
    return network.error("has version " + llvm::Twine(model.version()) +
                         " of the format TensorFlow Lite, expected 3");
  if (!model.subgraphs() || model.subgraphs()->size() == 0)
    return network.error("has no subgraph");
  const SubGraph &graph = *model.subgraphs()->Get(0);
  if (llvm::Error failed = network.readTensors(model, graph))
    return std::move(failed);
  if (llvm::Error failed = network.readOps(model, graph))
    return std::move(failed);
  network.inputs = copy(graph.inputs());
  network.outputs = copy(graph.outputs());
  if (llvm::Error failed = network.checkOrder())
    return std::move(failed);
  return std::move(network);
}

llvm::Error Network::readTensors(const Model &model, const SubGraph &graph) {
  if (!graph.tensors())
    return error("has no tensors");
  for (size_t i = 0; i < graph.tensors()->size(); ++i)
    if (llvm::Error failed = readTensor(model, *graph.tensors()->Get(i), i))
      return failed;
  return llvm::Error::success();
}

llvm::Error Network::readTensor(const Model &model, const Tensor &from,
                                size_t index) {
  TensorInfo tensor;
  tensor.name = textOf(from.name());
  std::string who =
      "tensor " + std::to_string(index) + " '" + tensor.name + "' ";
  tensor.type = static_cast<ElementType>(from.type());
  int64_t count = 1;
  for (int32_t size : copy(from.shape())) {
    if (size < 0)
      return error(who + "has an axis of size " + llvm::Twine(size));
    tensor.shape.push_back(size);
    count *= size;
    if (count > maxElements)
      return error(who + "has more than 2^31 elements");
  }
  for (int32_t size : copy(from.shape_signature()))
    tensor.isDynamic |= size < 0;
  if (auto *signature = from.shape_signature())
    tensor.hasOpenBatch = tensor.isDynamic && !tensor.shape.empty() &&
                          tensor.shape.front() == 1 && signature->size() > 0 &&
                          signature->Get(0) < 0;
  if (const QuantizationParameters *q = from.quantization();
      q && q->scale() && q->scale()->size() > 0) {
    Quantization quantization;
    quantization.scales = copy(q->scale());
    quantization.zeroPoints = copy(q->zero_point());
    quantization.axis = q->quantized_dimension();
    if (quantization.zeroPoints.empty())
      quantization.zeroPoints.assign(quantization.scales.size(), 0);
    size_t scales = quantization.scales.size();
    if (quantization.zeroPoints.size() != scales)
      return error(who + "has " + llvm::Twine(scales) + " scales and " +
                   llvm::Twine(quantization.zeroPoints.size()) +
                   " zero points, expected as many");
    if (scales > 1 &&
        (quantization.axis < 0 ||
         quantization.axis >= static_cast<int64_t>(tensor.shape.size()) ||
         tensor.shape[quantization.axis] != static_cast<int64_t>(scales)))
      return error(who + "has " + llvm::Twine(scales) +
                   " scales, which is not the size of its axis " +
                   llvm::Twine(quantization.axis));
    for (float scale : quantization.scales)
      if (!(scale > 0) || !std::isfinite(scale))
        return error(who + "has a scale that is no positive number");
    tensor.quantization = std::move(quantization);
  }
  if (from.sparsity())
    return error(who + "is stored sparse, which is not supported");
  if (llvm::Error failed = readData(model, from.buffer(), tensor))
    return failed;
  tensors.push_back(std::move(tensor));
  return llvm::Error::success();
}

llvm::Error Network::readData(const Model &model, uint32_t buffer,
                              TensorInfo &tensor) {
  if (buffer == 0)
    return llvm::Error::success();
  std::string who = "tensor '" + tensor.name + "' ";
  if (!model.buffers() || buffer >= model.buffers()->size())
    return error(who + "has buffer " + llvm::Twine(buffer) + " of " +
                 llvm::Twine(model.buffers() ? model.buffers()->size() : 0));
  const Buffer &from = *model.buffers()->Get(buffer);
  llvm::ArrayRef<uint8_t> bytes;
  if (from.data())
    bytes = {from.data()->data(), from.data()->size()};
  if (from.offset() > 1) { // beyond the flatbuffer, in big files
    if (from.offset() > size || from.size() > size - from.offset())
      return error(who + "has its data outside of the file");
    bytes = {data() + from.offset(), static_cast<size_t>(from.size())};
  }
  if (bytes.empty())
    return llvm::Error::success();
  int64_t width = bytesOf(tensor.type);
  if (width == 0)
    return error(who + "is a constant of " + nameOf(tensor.type) +
                 ", which is not supported");
  if (static_cast<int64_t>(bytes.size()) != width * tensor.elements())
    return error(who + "has " + llvm::Twine(bytes.size()) +
                 " bytes of data, its shape and type ask for " +
                 llvm::Twine(width * tensor.elements()));
  tensor.data = bytes;
  return llvm::Error::success();
}

llvm::Error Network::readOps(const Model &model, const SubGraph &graph) {
  if (!graph.operators())
    return llvm::Error::success();
  for (const Operator *from : *graph.operators()) {
    OpInfo op;
    uint32_t code = from->opcode_index();
    if (!model.operator_codes() || code >= model.operator_codes()->size())
      return error("operator " + llvm::Twine(ops.size()) +
                   " has an operator code outside of the file's list");
    const OperatorCode &entry = *model.operator_codes()->Get(code);
    // Files of before 127 operators have only the first of the two.
    op.code = static_cast<Builtin>(std::max<int32_t>(
        entry.deprecated_builtin_code(), entry.builtin_code()));
    op.custom = textOf(entry.custom_code());
    op.inputs = copy(from->inputs());
    op.outputs = copy(from->outputs());
    op.optionsType = from->builtin_options_type();
    op.options = from->builtin_options();
    ops.push_back(std::move(op));
  }
  return llvm::Error::success();
}

/// Every number names a tensor, and every tensor is made before it is read and
/// only once.
llvm::Error Network::checkOrder() const {
  auto count = static_cast<int32_t>(tensors.size());
  std::vector<char> known(tensors.size(), 0);
  for (size_t i = 0; i < tensors.size(); ++i)
    known[i] = tensors[i].data.has_value();
  auto outside = [&](int32_t number, const llvm::Twine &who) {
    return error(who + " refers to tensor " + llvm::Twine(number) + " of " +
                 llvm::Twine(count));
  };
  for (int32_t number : inputs) {
    if (number < 0 || number >= count)
      return outside(number, "the network's input");
    if (known[number])
      return error("tensor '" + tensors[number].name +
                   "' is an input twice or a constant");
    known[number] = 1;
  }
  for (const OpInfo &op : ops) {
    for (int32_t number : op.inputs) {
      if (number == -1)
        continue;
      if (number < 0 || number >= count)
        return outside(number, op.name());
      if (!known[number] && tensors[number].elements() != 0)
        return error(op.name() + " reads tensor '" + tensors[number].name +
                     "', which nothing made before");
    }
    for (int32_t number : op.outputs) {
      if (number < 0 || number >= count)
        return outside(number, op.name());
      if (known[number])
        return error(op.name() + " makes tensor '" + tensors[number].name +
                     "', which exists already");
      known[number] = 1;
    }
  }
  for (int32_t number : outputs)
    if (number < 0 || number >= count)
      return outside(number, "the network's output");
    else if (!known[number])
      return error("nothing makes the output '" + tensors[number].name + "'");
  return llvm::Error::success();
}

void Network::setBatch(int64_t batch) {
  for (TensorInfo &tensor : tensors)
    if (tensor.hasOpenBatch && !tensor.data)
      tensor.shape.front() = batch;
}

} // namespace qcc::import::tflite
