// Writes small TensorFlow Lite models.
#ifndef QCC_TEST_UNIT_IMPORTTFLITE_MODELBUILDER_H
#define QCC_TEST_UNIT_IMPORTTFLITE_MODELBUILDER_H

#include "compiler/Import/Tflite/Format.h"
#include "compiler/Import/Tflite/tflite_generated.h"

#include <cstring>
#include <string>
#include <vector>

namespace qcc::test {

using import::tflite::Builtin;
using import::tflite::ElementType;
namespace format = import::tflite;

template <typename T> std::vector<uint8_t> bytesOf(const std::vector<T> &from) {
  std::vector<uint8_t> bytes(from.size() * sizeof(T));
  std::memcpy(bytes.data(), from.data(), bytes.size());
  return bytes;
}

class ModelBuilder {
public:
  flatbuffers::FlatBufferBuilder out;
  std::vector<Builtin> used; ///< by op

  struct TensorSpec {
    std::vector<int> shape;
    ElementType type = ElementType::Float32;
    std::vector<uint8_t> data = {};
    std::vector<float> scales = {};
    std::vector<int64_t> zeroPoints = {};
    int axis = 0;
    std::vector<int> signature = {};
    bool sparse = false;
  };

  ModelBuilder() { buffers.push_back(format::CreateBuffer(out)); }

  int tensor(const std::string &name, const TensorSpec &spec) {
    uint32_t buffer = 0;
    if (!spec.data.empty()) {
      buffer = buffers.size();
      out.ForceVectorAlignment(spec.data.size(), 1, 16);
      buffers.push_back(format::CreateBuffer(out, out.CreateVector(spec.data)));
    }
    flatbuffers::Offset<format::QuantizationParameters> quantization;
    if (!spec.scales.empty())
      quantization = format::CreateQuantizationParameters(
          out, 0, 0, out.CreateVector(spec.scales),
          out.CreateVector(spec.zeroPoints), 0, 0, spec.axis);
    auto text = out.CreateString(name);
    auto shape = out.CreateVector(spec.shape);
    flatbuffers::Offset<flatbuffers::Vector<int32_t>> signature;
    if (!spec.signature.empty())
      signature = out.CreateVector(spec.signature);
    flatbuffers::Offset<format::NoOptions> sparsity;
    if (spec.sparse)
      sparsity = format::CreateNoOptions(out);
    tensors.push_back(
        format::CreateTensor(out, shape, static_cast<int8_t>(spec.type), buffer,
                             text, quantization, false, sparsity, signature));
    return static_cast<int>(tensors.size()) - 1;
  }

  template <typename T>
  void op(Builtin code, const std::vector<int> &inputs,
          const std::vector<int> &outputs, uint8_t optionsType,
          flatbuffers::Offset<T> options) {
    used.push_back(code);
    auto number = static_cast<int32_t>(code);
    codes.push_back(format::CreateOperatorCode(
        out, static_cast<int8_t>(std::min(number, 127)),
        number == 32 ? out.CreateString("Magic") : 0, 1, number));
    auto in = out.CreateVector(inputs), made = out.CreateVector(outputs);
    ops.push_back(format::CreateOperator(
        out, codes.size() - 1, in, made, optionsType,
        flatbuffers::Offset<format::NoOptions>(options.o)));
  }
  void op(Builtin code, const std::vector<int> &inputs,
          const std::vector<int> &outputs) {
    op(code, inputs, outputs, 0, flatbuffers::Offset<format::NoOptions>());
  }

  std::string finish(const std::vector<int> &inputs,
                     const std::vector<int> &outputs, uint32_t version = 3) {
    auto graph = format::CreateSubGraph(
        out, out.CreateVector(tensors), out.CreateVector(inputs),
        out.CreateVector(outputs), out.CreateVector(ops));
    auto graphs = out.CreateVector(
        std::vector<flatbuffers::Offset<format::SubGraph>>{graph});
    format::FinishModelBuffer(
        out, format::CreateModel(out, version, out.CreateVector(codes), graphs,
                                 0, out.CreateVector(buffers)));
    return {reinterpret_cast<const char *>(out.GetBufferPointer()),
            out.GetSize()};
  }

private:
  std::vector<flatbuffers::Offset<format::Tensor>> tensors;
  std::vector<flatbuffers::Offset<format::Buffer>> buffers;
  std::vector<flatbuffers::Offset<format::OperatorCode>> codes;
  std::vector<flatbuffers::Offset<format::Operator>> ops;
};

} // namespace qcc::test

#endif // QCC_TEST_UNIT_IMPORTTFLITE_MODELBUILDER_H
