// What the handler of an operator sees of its node.
#ifndef QCC_COMPILER_IMPORT_ONNX_NODE_H
#define QCC_COMPILER_IMPORT_ONNX_NODE_H

#include "compiler/Import/Onnx/Importer.h"
#include "dialects/QGraph/Build.h"

namespace qcc::import::onnx {

namespace build = qgraph::build;
using mlir::Value;
using qgraph::ReduceKind;
using qgraph::UnaryKind;

/// The operator's row in the table has been applied before a handler runs: the
/// number of inputs is right, attributes are known ones of the right types, and
/// inputs that are not constant are float (unless the row allows more).
class Node {
public:
  Node(Importer &importer, const proto::NodeProto &proto);

  const proto::NodeProto &proto;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  int64_t opset;

  /// An error about this node.
  llvm::Error fail(const llvm::Twine &message) const {
    return llvm::createStringError(message);
  }

  // Inputs. An optional one may be missing in the middle, too.
  size_t numInputs() const { return inputs.size(); }
  bool has(size_t i) const { return i < inputs.size() && inputs[i]; }
  bool isConstant(size_t i) const { return has(i) && inputs[i]->constant; }
  bool allConstant() const;
  const Tensor &tensor(size_t i) const { return *inputs[i]->constant; }
  DataType type(size_t i) const { return inputs[i]->type; }
  const Shape &shape(size_t i) const { return inputs[i]->shape; }
  int64_t rank(size_t i) const { return shape(i).size(); }
  /// As a value of the function; constants become f32 constants.
  Value value(size_t i);
  /// The same with leading axes of size 1.
  Value valueOfRank(size_t i, int64_t rank);
  const Operand &operand(size_t i) const { return *inputs[i]; }
  /// Gives an open argument its type.
  void close(size_t i, mlir::Type type);
  /// The elements of a constant input; an error when it is not constant.
  llvm::Expected<Shape> ints(size_t i) const;
  llvm::Expected<std::vector<double>> reals(size_t i) const;
  /// The one element of a constant input.
  llvm::Expected<double> real(size_t i) const;

  // Attributes, of which the table says that they have this type.
  const proto::AttributeProto *find(llvm::StringRef name) const;
  bool hasAttr(llvm::StringRef name) const { return find(name); }
  int64_t integer(llvm::StringRef name, int64_t otherwise) const;
  float number(llvm::StringRef name, float otherwise) const;
  std::string text(llvm::StringRef name, llvm::StringRef otherwise) const;
  Shape integers(llvm::StringRef name) const;

  /// `axis`, which counts from the end when negative; an error unless it is in
  /// [-rank, rank).
  llvm::Expected<int64_t> axis(int64_t axis, int64_t rank) const;
  /// The same for several, sorted; an error when one is there twice.
  llvm::Expected<Shape> axes(llvm::ArrayRef<int64_t> axes, int64_t rank) const;
  /// Axes, sizes and the like that were an attribute up to opset
  /// `inputSince - 1` and are input `i` since. Empty when not given.
  llvm::Expected<Shape> attrOrInput(llvm::StringRef name, int64_t inputSince,
                                    size_t i) const;

  /// Imports another node, which stands for a part of this one.
  llvm::Error run(const proto::NodeProto &part);
  /// Makes a name known to such nodes.
  void define(const std::string &name, Tensor tensor);
  /// Where external data lies.
  llvm::StringRef directory() const;

  // Results.
  size_t numOutputs() const { return proto.output_size(); }
  /// Whether anything may read output `i`.
  bool wants(size_t i) const {
    return i < numOutputs() && !proto.output(i).empty();
  }
  llvm::Error set(size_t i, Value value,
                  DataType type = proto::TensorProto::FLOAT);
  llvm::Error set(size_t i, Tensor tensor);
  llvm::Error set(Value value) { return set(0, value); }

  // qgraph ops at this node's location.
  Value constant(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> values) {
    return build::constant(builder, loc, shape, values);
  }
  /// With the stored integers as attributes, which Quantized.cpp reads.
  Value constant(const Tensor &tensor);
  Value splat(llvm::ArrayRef<int64_t> shape, float value) {
    return build::splat(builder, loc, shape, value);
  }
  /// One number that is broadcast against tensors like `like`.
  Value scalar(float value, Value like) {
    return splat(Shape(build::shapeOf(like).size(), 1), value);
  }
  Value add(Value a, Value b) {
    return build::binary<qgraph::AddOp>(builder, loc, a, b);
  }
  Value sub(Value a, Value b) {
    return build::binary<qgraph::SubOp>(builder, loc, a, b);
  }
  Value mul(Value a, Value b) {
    return build::binary<qgraph::MulOp>(builder, loc, a, b);
  }
  Value div(Value a, Value b) {
    return build::binary<qgraph::DivOp>(builder, loc, a, b);
  }
  Value maximum(Value a, Value b) {
    return build::binary<qgraph::MaximumOp>(builder, loc, a, b);
  }
  Value add(Value a, float b) { return add(a, scalar(b, a)); }
  Value mul(Value a, float b) { return mul(a, scalar(b, a)); }
  Value unary(UnaryKind kind, Value a, float alpha = 0) {
    return build::unary(builder, loc, kind, a, alpha);
  }
  Value clamp(Value a, float low, float high) {
    return build::clamp(builder, loc, a, low, high);
  }
  Value reshape(Value a, llvm::ArrayRef<int64_t> shape) {
    return build::reshape(builder, loc, a, shape);
  }
  Value transpose(Value a, llvm::ArrayRef<int64_t> permutation) {
    return build::transpose(builder, loc, a, permutation);
  }
  Value reduce(ReduceKind kind, Value a, llvm::ArrayRef<int64_t> axes) {
    return build::reduce(builder, loc, kind, a, axes);
  }
  Value gather(Value a, llvm::ArrayRef<int64_t> indices, int64_t axis) {
    return build::gather(builder, loc, a, indices, axis);
  }
  Value slice(Value a, int64_t axis, int64_t start, int64_t size) {
    return build::sliceAxis(builder, loc, a, axis, start, size);
  }

private:
  Importer &importer;
  llvm::SmallVector<const Operand *> inputs;
};

/// [N,C,...] to [N,...,C] and back.
Value channelsLast(Node &node, Value value);
Value channelsFirst(Node &node, Value value);
/// [N,C,W] or [N,C,H,W] to [N,H,W,C] (H is 1 where there is none); and back to
/// `rank` axes.
Value toImage(Node &node, Value value);
Value fromImage(Node &node, Value image, int64_t rank);
/// Rows [...,K] times a filter [N,1,1,K]: a 1x1 convolution that leaves the
/// first axis alone.
Value linear(Node &node, Value rows, Value filter, Value bias);

} // namespace qcc::import::onnx

#endif // QCC_COMPILER_IMPORT_ONNX_NODE_H
