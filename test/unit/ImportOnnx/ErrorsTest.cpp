// What is said about models that cannot be imported.
#include "compiler/Import/Import.h"
#include "test/unit/ImportOnnx/ModelBuilder.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace mlir;
using namespace qcc::onnxtest;
using ::onnx::TensorProto;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

std::string errorOf(const std::string &bytes,
                    const std::string &name = "net.onnx") {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  auto module = qcc::importModelFromMemory(bytes, name, context);
  return module ? "no error" : llvm::toString(module.takeError());
}

/// A network of one node from x [1,2,3,4] to y.
ModelBuilder oneNode(const std::string &op,
                     const std::vector<std::string> &inputs = {"x"}) {
  ModelBuilder b;
  b.input("x", {1, 2, 3, 4});
  b.output("y");
  b.node(op, inputs, {"y"}, "n");
  return b;
}

TEST(OnnxErrors, DamagedFiles) {
  EXPECT_EQ(errorOf("\xff\xff\xff"), "net.onnx: is no ONNX model, or damaged");
  std::string bytes = oneNode("Relu").bytes();
  EXPECT_EQ(errorOf(bytes.substr(0, bytes.size() - 3)),
            "net.onnx: is no ONNX model, or damaged");
  ::onnx::ModelProto empty;
  empty.set_ir_version(8);
  EXPECT_EQ(errorOf(empty.SerializeAsString()),
            "net.onnx: is no ONNX model: it has no graph");
}

TEST(OnnxErrors, OperatorSets) {
  ModelBuilder none;
  none.model.clear_opset_import();
  EXPECT_EQ(errorOf(none.bytes()),
            "net.onnx: states no version of the operator set");
  EXPECT_EQ(errorOf(ModelBuilder(24).bytes()),
            "net.onnx: uses version 24 of the operator set; supported are 1 "
            "to 23");
}

TEST(OnnxErrors, UnsupportedOpsAllAtOnce) {
  ModelBuilder b;
  b.input("x", {1, 2});
  b.output("d");
  b.node("Hardmax", {"x"}, {"a"}, "first");
  b.node("Relu", {"a"}, {"b"});
  b.node("Det", {"b"}, {"c"});
  b.node("Hardmax", {"c"}, {"d"}, "last");
  b.node("Unused", {"d"}, {"e"});
  EXPECT_EQ(errorOf(b.bytes()),
            "net.onnx: cannot be imported:\n"
            "  node 'first' (Hardmax) and 1 more is not supported; "
            "docs/supported-ops.md lists the ops that are\n"
            "  node 'c' (Det) is not supported; docs/supported-ops.md lists "
            "the ops that are");
}

TEST(OnnxErrors, OtherDomains) {
  ModelBuilder b = oneNode("Relu");
  b.graph.mutable_node(0)->set_domain("com.example");
  EXPECT_EQ(errorOf(b.bytes()),
            "net.onnx: node 'n' (com.example.Relu) is not supported; "
            "docs/supported-ops.md lists the ops that are");
}

TEST(OnnxErrors, Attributes) {
  ModelBuilder b = oneNode("Relu");
  b.attr(*b.graph.mutable_node(0), "slope", 1);
  EXPECT_EQ(errorOf(b.bytes()), "net.onnx: node 'n' (Relu) has the attribute "
                                "'slope', which is not supported");
  ModelBuilder c = oneNode("Softmax");
  c.attr(*c.graph.mutable_node(0), "axis", std::string("1"));
  EXPECT_EQ(errorOf(c.bytes()), "net.onnx: node 'n' (Softmax) has an attribute "
                                "'axis' of the wrong type");
  ModelBuilder d = oneNode("Softmax");
  d.attr(*d.graph.mutable_node(0), "axis", 4);
  EXPECT_EQ(errorOf(d.bytes()), "net.onnx: node 'n' (Softmax) has the axis 4, "
                                "expected one in [-4, 4)");
}

TEST(OnnxErrors, Inputs) {
  EXPECT_EQ(errorOf(oneNode("Relu", {"x", "x"}).bytes()),
            "net.onnx: node 'n' (Relu) has 2 inputs, expected 1");
  EXPECT_EQ(errorOf(oneNode("Add", {"", "x"}).bytes()),
            "net.onnx: node 'n' (Add) has no input 0");
  EXPECT_EQ(errorOf(oneNode("Relu", {"z"}).bytes()),
            "net.onnx: node 'n' (Relu) has the input 'z', which nothing "
            "before it makes");
  EXPECT_EQ(errorOf(oneNode("Reshape", {"x", "x"}).bytes()),
            "net.onnx: node 'n' (Reshape) has the input 1 that is not "
            "constant; only a constant is supported");
  EXPECT_EQ(errorOf(oneNode("Equal", {"x", "x"}).bytes()),
            "net.onnx: node 'n' (Equal) has the input 0 ('x') that is not "
            "constant; only constants are supported");
  ModelBuilder twice = oneNode("Relu");
  twice.node("Relu", {"x"}, {"y"}, "again");
  EXPECT_EQ(errorOf(twice.bytes()), "net.onnx: node 'again' (Relu) makes 'y', "
                                    "which there is already");
}

/// A network of one node from integers i [2,3] and x [1,2,3,4] to y.
ModelBuilder onIntegers(const std::string &op,
                        const std::vector<std::string> &inputs,
                        int type = TensorProto::INT64) {
  ModelBuilder b;
  b.input("i", {2, 3}, type);
  b.input("x", {1, 2, 3, 4});
  b.output("y");
  b.node(op, inputs, {"y"}, "n");
  return b;
}

TEST(OnnxErrors, IntegerInputs) {
  EXPECT_EQ(errorOf(onIntegers("Relu", {"i"}).bytes()),
            "net.onnx: node 'n' (Relu) has the input 0 of int64 that is no "
            "constant; only float is supported");
  EXPECT_EQ(errorOf(onIntegers("Add", {"x", "i"}).bytes()),
            "net.onnx: node 'n' (Add) has the input 1 of int64 that is no "
            "constant; only float is supported");
  ModelBuilder cast = onIntegers("Cast", {"i"});
  cast.attr(*cast.graph.mutable_node(0), "to", int64_t(TensorProto::FLOAT));
  EXPECT_EQ(errorOf(cast.bytes()),
            "net.onnx: node 'n' (Cast) converts int64 to float; supported are "
            "float to float and int32 to or from int64");
  ModelBuilder narrow = onIntegers("Cast", {"i"});
  narrow.attr(*narrow.graph.mutable_node(0), "to", int64_t(TensorProto::INT8));
  EXPECT_EQ(errorOf(narrow.bytes()),
            "net.onnx: node 'n' (Cast) converts int64 to int8; supported are "
            "float to float and int32 to or from int64");
  EXPECT_EQ(errorOf(onIntegers("Gather", {"x", "x"}).bytes()),
            "net.onnx: node 'n' (Gather) has indices of float; expected int32 "
            "or int64");
  EXPECT_EQ(
      errorOf(onIntegers("Gather", {"x", "i"}, TensorProto::INT8).bytes()),
      "net.onnx: node 'n' (Gather) has indices of int8; expected int32 "
      "or int64");
  EXPECT_EQ(errorOf(onIntegers("Gather", {"i", "i"}).bytes()),
            "net.onnx: node 'n' (Gather) selects from int64 by indices that "
            "are not constant; only float is supported");
  ModelBuilder empty = onIntegers("Gather", {"w", "i"});
  empty.floats("w", {0, 2}, {});
  EXPECT_EQ(errorOf(empty.bytes()),
            "net.onnx: node 'n' (Gather) selects from an empty input");
  ModelBuilder far = onIntegers("Gather", {"x", "i"});
  far.attr(*far.graph.mutable_node(0), "axis", int64_t(4));
  EXPECT_EQ(errorOf(far.bytes()),
            "net.onnx: node 'n' (Gather) has the axis 4, expected one in "
            "[-4, 4)");
  ModelBuilder huge;
  huge.input("i", {1 << 16, 1 << 10}, TensorProto::INT64);
  huge.floats("w", {2, 32}, std::vector<float>(64, 1));
  huge.output("y");
  huge.node("Gather", {"w", "i"}, {"y"}, "n");
  EXPECT_EQ(errorOf(huge.bytes()),
            "net.onnx: node 'n' (Gather) makes a tensor of more than "
            "1073741824 elements");
}

TEST(OnnxErrors, Einsum) {
  auto text = [](const std::string &equation,
                 const std::vector<std::string> &inputs = {"x", "w"}) {
    ModelBuilder b = oneNode("Einsum", inputs);
    b.floats("w", {4, 5}, std::vector<float>(20, 1));
    b.attr(*b.graph.mutable_node(0), "equation", equation);
    return errorOf(b.bytes());
  };
  const std::string n = "net.onnx: node 'n' (Einsum) ";
  EXPECT_EQ(errorOf(oneNode("Einsum").bytes()), n + "has no equation");
  EXPECT_EQ(text("abcd,de,ef->af", {"x", "w", "w"}),
            n + "has 3 inputs, expected 1 to 2");
  EXPECT_EQ(text("abcd->a"), n + "has 2 inputs for an equation of 1 terms");
  EXPECT_EQ(text("abcc->ab", {"x"}),
            n + "has the index 'c' twice in one term, which is not supported");
  EXPECT_EQ(text("abcd,de->aa"),
            n + "has the index 'a' twice in one term, which is not supported");
  EXPECT_EQ(text("abcd,de->abf"),
            n + "has the index 'f' in its result that no input has");
  EXPECT_EQ(text("abc,ce->abe"),
            n + "has an input 0 of rank 4 for the term 'abc'");
  EXPECT_EQ(text("abcd,d...ef->ab"),
            n + "has an input 1 of rank 2 for the term 'd...ef'");
  EXPECT_EQ(text("abcd,ce->abe"), n + "has the index 'c' of size 3 and 4");
  EXPECT_EQ(text("abcd,d1->ab"), n + "has '1' in its equation");
  EXPECT_EQ(text("ab...,...->ab"), n + "has the index '...' of size 3 and 4");
}

TEST(OnnxErrors, DynamicShapes) {
  ModelBuilder b;
  b.input("x", {0, 3});
  b.graph.mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->add_dim()
      ->set_dim_param("width");
  b.output("x");
  EXPECT_EQ(errorOf(b.bytes()),
            "net.onnx: input 'x' has a dynamic axis 2 'width'; state the shape "
            "(-input-shape), only the first axis, the batch, has a default");
  ModelBuilder c;
  c.input("x", {1});
  c.graph.mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->clear_shape();
  EXPECT_EQ(errorOf(c.bytes()), "net.onnx: input 'x' has no shape");
  ModelBuilder d;
  d.input("x", {1, 2}, TensorProto::STRING);
  EXPECT_THAT(errorOf(d.bytes()),
              StartsWith("net.onnx: input 'x' is string; supported are "));
}

TEST(OnnxErrors, Outputs) {
  ModelBuilder b = oneNode("Relu");
  b.output("z");
  EXPECT_EQ(errorOf(b.bytes()), "net.onnx: output 'z' is made by no node");
  ModelBuilder c = oneNode("MaxPool");
  c.attr(*c.graph.mutable_node(0), "kernel_shape", std::vector<int64_t>{2, 2});
  c.graph.mutable_node(0)->add_output("indices");
  c.output("indices");
  EXPECT_EQ(errorOf(c.bytes()), "net.onnx: output 'indices' is one of its node "
                                "that is not supported");
}

TEST(OnnxErrors, WhatVerifiersSay) {
  ModelBuilder b = oneNode("Conv", {"x", "w"});
  b.floats("w", {1, 3, 1, 1}, {1, 2, 3});
  EXPECT_THAT(errorOf(b.bytes()),
              StartsWith("net.onnx: node 'n' (Conv) cannot be expressed: "
                         "'qgraph.conv2d' op "));
}

TEST(OnnxErrors, Initializers) {
  ModelBuilder b = oneNode("Add", {"x", "w"});
  b.floats("w", {3}, {1, 2});
  EXPECT_EQ(errorOf(b.bytes()),
            "net.onnx: initializer 'w' has 2 elements, expected 3");
  ModelBuilder c = oneNode("Add", {"x", "w"});
  c.floats("w", {1}, {}).set_raw_data("12345");
  EXPECT_EQ(errorOf(c.bytes()),
            "net.onnx: initializer 'w' has 5 bytes of data, expected 4");
  ModelBuilder d = oneNode("Add", {"x", "w"});
  d.floats("w", {1}, {1}).set_data_type(TensorProto::STRING);
  EXPECT_THAT(errorOf(d.bytes()),
              StartsWith("net.onnx: initializer 'w' has elements of string"));
}

//===----------------------------------------------------------------------===//
// External data
//===----------------------------------------------------------------------===//

struct OnnxExternal : testing::Test {
  llvm::SmallString<128> directory;

  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("qcc-onnx", directory));
    std::error_code error;
    llvm::raw_fd_ostream file(path("weights.bin"), error);
    ASSERT_FALSE(error);
    file << "pad!" << std::string("\0\0\x80\x3f\0\0\0\xc0", 8); // 1, -2
  }
  void TearDown() override { llvm::sys::fs::remove_directories(directory); }
  std::string path(const std::string &name) {
    return (directory + "/" + name).str();
  }

  /// A network that adds two numbers from a file.
  ModelBuilder
  model(const std::vector<std::pair<std::string, std::string>> &entries) {
    ModelBuilder b;
    b.input("x", {1, 2});
    b.output("y");
    b.node("Add", {"x", "w"}, {"y"});
    auto &tensor = b.floats("w", {2}, {});
    tensor.set_data_location(TensorProto::EXTERNAL);
    for (const auto &[key, value] : entries) {
      auto &entry = *tensor.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    return b;
  }
  std::string
  result(const std::vector<std::pair<std::string, std::string>> &entries) {
    std::string error = errorOf(model(entries).bytes(), path("net.onnx"));
    std::string prefix = path("net.onnx") + ": initializer 'w' has ";
    EXPECT_TRUE(error == "no error" || error.find(prefix) == 0) << error;
    return error == "no error" ? error : error.substr(prefix.size());
  }
};

TEST_F(OnnxExternal, IsRead) {
  EXPECT_EQ(result({{"location", "weights.bin"}, {"offset", "4"}}), "no error");
  EXPECT_EQ(
      result({{"location", "weights.bin"},
              {"offset", "4"},
              {"length", "8"},
              {"checksum", "06e2a7a47d3d36dd0f7a4a1f04ce5f1a8a2ad1c7"}})
          .find("external data in 'weights.bin' with the SHA-1 checksum "),
      0u);
}

TEST_F(OnnxExternal, Errors) {
  EXPECT_THAT(result({{"location", "other.bin"}}),
              StartsWith("external data in 'other.bin': No such file"));
  EXPECT_EQ(result({{"offset", "4"}}), "external data without a location");
  EXPECT_EQ(result({{"location", "weights.bin"}, {"offset", "x"}}),
            "the external offset 'x', expected a number");
  EXPECT_EQ(result({{"location", "../weights.bin"}}),
            "external data in '../weights.bin'; only files beside the model "
            "are read");
  EXPECT_EQ(result({{"location", "/etc/passwd"}}),
            "external data in '/etc/passwd'; only files beside the model are "
            "read");
  EXPECT_EQ(result({{"location", "weights.bin"}, {"offset", "5"}}),
            "external data in 'weights.bin', bytes 5 to 13 of 12");
  EXPECT_EQ(result({{"location", "weights.bin"}, {"length", "7"}}),
            "7 bytes of data, expected 8");
  EXPECT_EQ(result({{"location", "."}}),
            "external data in '.', which is no file");
}

} // namespace
