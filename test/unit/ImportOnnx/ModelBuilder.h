// Makes small ONNX models.
#ifndef QCC_TEST_UNIT_IMPORTONNX_MODELBUILDER_H
#define QCC_TEST_UNIT_IMPORTONNX_MODELBUILDER_H

#include "onnx.pb.h"

#include <string>
#include <vector>

namespace qcc::onnxtest {

struct ModelBuilder {
  ::onnx::ModelProto model;
  ::onnx::GraphProto &graph = *model.mutable_graph();

  explicit ModelBuilder(int64_t opset = 17) {
    model.set_ir_version(8);
    model.add_opset_import()->set_version(opset);
  }

  /// An input or output; a size of 0 stands for the symbol "N".
  static void describe(::onnx::ValueInfoProto &info, const std::string &name,
                       const std::vector<int64_t> &shape, int type) {
    info.set_name(name);
    auto *tensor = info.mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    auto *sizes = tensor->mutable_shape();
    for (int64_t size : shape) {
      auto *dim = sizes->add_dim();
      if (size)
        dim->set_dim_value(size);
      else
        dim->set_dim_param("N");
    }
  }
  void input(const std::string &name, const std::vector<int64_t> &shape,
             int type = ::onnx::TensorProto::FLOAT) {
    describe(*graph.add_input(), name, shape, type);
  }
  void output(const std::string &name) { graph.add_output()->set_name(name); }

  ::onnx::TensorProto &floats(const std::string &name,
                              const std::vector<int64_t> &shape,
                              const std::vector<float> &values) {
    auto &tensor = *graph.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(::onnx::TensorProto::FLOAT);
    for (int64_t size : shape)
      tensor.add_dims(size);
    for (float value : values)
      tensor.add_float_data(value);
    return tensor;
  }
  ::onnx::TensorProto &ints(const std::string &name,
                            const std::vector<int64_t> &shape,
                            const std::vector<int64_t> &values,
                            int type = ::onnx::TensorProto::INT64) {
    auto &tensor = *graph.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (int64_t size : shape)
      tensor.add_dims(size);
    for (int64_t value : values)
      if (type == ::onnx::TensorProto::INT64)
        tensor.add_int64_data(value);
      else
        tensor.add_int32_data(static_cast<int32_t>(value));
    return tensor;
  }

  ::onnx::NodeProto &node(const std::string &op,
                          const std::vector<std::string> &inputs,
                          const std::vector<std::string> &outputs,
                          const std::string &name = "") {
    auto &node = *graph.add_node();
    node.set_op_type(op);
    node.set_name(name);
    for (const std::string &input : inputs)
      node.add_input(input);
    for (const std::string &output : outputs)
      node.add_output(output);
    return node;
  }
  static void attr(::onnx::NodeProto &node, const std::string &name,
                   int64_t value) {
    auto &attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::INT);
    attribute.set_i(value);
  }
  static void attr(::onnx::NodeProto &node, const std::string &name,
                   const std::vector<int64_t> &values) {
    auto &attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::INTS);
    for (int64_t value : values)
      attribute.add_ints(value);
  }
  static void attr(::onnx::NodeProto &node, const std::string &name,
                   const std::string &value) {
    auto &attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(::onnx::AttributeProto::STRING);
    attribute.set_s(value);
  }

  std::string bytes() const { return model.SerializeAsString(); }
};

} // namespace qcc::onnxtest

#endif // QCC_TEST_UNIT_IMPORTONNX_MODELBUILDER_H
