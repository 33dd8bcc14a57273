#include "compiler/Import/Onnx/Node.h"

#include "compiler/Import/Onnx/Quantized.h"

using namespace mlir;

namespace qcc::import::onnx {

Node::Node(Importer &importer, const proto::NodeProto &proto)
    : proto(proto), builder(importer.builder),
      loc(NameLoc::get(importer.builder.getStringAttr(nameOf(proto)))),
      opset(importer.model.opset), importer(importer) {
  for (const std::string &name : proto.input())
    inputs.push_back(name.empty() ? nullptr : &importer.operands[name]);
  // Optional inputs at the end may be spelled as empty names.
  while (!inputs.empty() && !inputs.back())
    inputs.pop_back();
}

bool Node::allConstant() const {
  return llvm::all_of(inputs, [](const Operand *operand) {
    return !operand || operand->constant;
  });
}

Value Node::value(size_t i) {
  if (inputs[i]->value)
    return inputs[i]->value;
  return valueOfRank(i, rank(i));
}

Value Node::valueOfRank(size_t i, int64_t rank) {
  if (inputs[i]->value)
    return build::expandRank(builder, loc, inputs[i]->value, rank);
  Shape shape = this->shape(i);
  if (static_cast<int64_t>(shape.size()) < rank)
    shape.insert(shape.begin(), rank - shape.size(), 1);
  return constant(tensor(i).reshaped(shape));
}

llvm::Expected<Shape> Node::ints(size_t i) const {
  if (!isConstant(i))
    return fail("has the input " + llvm::Twine(i) +
                " that is not constant; only a constant is supported");
  if (tensor(i).isFloat())
    return fail("has the input " + llvm::Twine(i) + " of " + typeName(type(i)) +
                ", expected integers");
  return Shape(tensor(i).integers.begin(), tensor(i).integers.end());
}

llvm::Expected<std::vector<double>> Node::reals(size_t i) const {
  if (!isConstant(i))
    return fail("has the input " + llvm::Twine(i) +
                " that is not constant; only a constant is supported");
  std::vector<double> result;
  for (int64_t k = 0, size = tensor(i).size(); k < size; ++k)
    result.push_back(tensor(i).real(k));
  return result;
}

llvm::Expected<double> Node::real(size_t i) const {
  auto values = reals(i);
  if (!values)
    return values.takeError();
  if (values->size() != 1)
    return fail("has the input " + llvm::Twine(i) + " of " +
                llvm::Twine(values->size()) + " elements, expected one");
  return values->front();
}

const proto::AttributeProto *Node::find(llvm::StringRef name) const {
  for (const auto &attribute : proto.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

int64_t Node::integer(llvm::StringRef name, int64_t otherwise) const {
  const auto *attribute = find(name);
  return attribute ? attribute->i() : otherwise;
}

float Node::number(llvm::StringRef name, float otherwise) const {
  const auto *attribute = find(name);
  return attribute ? attribute->f() : otherwise;
}

std::string Node::text(llvm::StringRef name, llvm::StringRef otherwise) const {
  const auto *attribute = find(name);
  return attribute ? attribute->s() : otherwise.str();
}

Shape Node::integers(llvm::StringRef name) const {
  const auto *attribute = find(name);
  return attribute ? Shape(attribute->ints().begin(), attribute->ints().end())
                   : Shape();
}

llvm::Expected<int64_t> Node::axis(int64_t axis, int64_t rank) const {
  if (axis < -rank || axis >= rank)
    return fail("has the axis " + llvm::Twine(axis) + ", expected one in [" +
                llvm::Twine(-rank) + ", " + llvm::Twine(rank) + ")");
  return axis < 0 ? axis + rank : axis;
}

llvm::Expected<Shape> Node::axes(llvm::ArrayRef<int64_t> axes,
                                 int64_t rank) const {
  Shape result;
  for (int64_t given : axes) {
    auto positive = axis(given, rank);
    if (!positive)
      return positive.takeError();
    if (llvm::is_contained(result, *positive))
      return fail("has the axis " + llvm::Twine(given) + " twice");
    result.push_back(*positive);
  }
  llvm::sort(result);
  return result;
}

llvm::Expected<Shape> Node::attrOrInput(llvm::StringRef name,
                                        int64_t inputSince, size_t i) const {
  if (opset >= inputSince)
    return has(i) ? ints(i) : Shape();
  return integers(name);
}

void Node::close(size_t i, mlir::Type type) {
  for (auto &entry : importer.operands)
    if (entry.second.value == inputs[i]->value)
      entry.second.isOpen = false;
  Value argument = inputs[i]->value;
  argument.setType(type);
}

llvm::Error Node::run(const proto::NodeProto &part) {
  return importer.computeNode(part);
}

void Node::define(const std::string &name, Tensor tensor) {
  Operand operand;
  operand.type = tensor.type;
  operand.shape = tensor.shape;
  operand.constant = std::make_shared<const Tensor>(std::move(tensor));
  importer.operands[name] = std::move(operand);
}

Value Node::constant(const Tensor &tensor) {
  Value value = constant(tensor.shape, tensor.floats());
  if (tensor.quantization)
    noteQuantization(value, *tensor.quantization);
  return value;
}

llvm::StringRef Node::directory() const { return importer.model.directory; }

llvm::Error Node::set(size_t i, Value value, DataType type) {
  Operand operand;
  operand.value = value;
  operand.type = type;
  operand.shape = Shape(build::shapeOf(value));
  if (i < numOutputs() && !proto.output(i).empty())
    importer.operands[proto.output(i)] = std::move(operand);
  return llvm::Error::success();
}

llvm::Error Node::set(size_t i, Tensor tensor) {
  if (tensor.size() > maxFoldedElements)
    return fail("computes a constant of " + llvm::Twine(tensor.size()) +
                " elements; at most " + llvm::Twine(maxFoldedElements) +
                " are supported");
  Operand operand;
  operand.type = tensor.type;
  operand.shape = tensor.shape;
  operand.constant = std::make_shared<const Tensor>(std::move(tensor));
  if (i < numOutputs() && !proto.output(i).empty())
    importer.operands[proto.output(i)] = std::move(operand);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

Value channelsLast(Node &node, Value value) {
  int64_t rank = build::shapeOf(value).size();
  Shape permutation = {0};
  for (int64_t axis = 2; axis < rank; ++axis)
    permutation.push_back(axis);
  permutation.push_back(1);
  return node.transpose(value, permutation);
}

Value channelsFirst(Node &node, Value value) {
  int64_t rank = build::shapeOf(value).size();
  Shape permutation = {0, rank - 1};
  for (int64_t axis = 1; axis + 1 < rank; ++axis)
    permutation.push_back(axis);
  return node.transpose(value, permutation);
}

Value toImage(Node &node, Value value) {
  Value last = channelsLast(node, value);
  llvm::ArrayRef<int64_t> shape = build::shapeOf(last);
  return shape.size() == 3
             ? node.reshape(last, {shape[0], 1, shape[1], shape[2]})
             : last;
}

Value fromImage(Node &node, Value image, int64_t rank) {
  llvm::ArrayRef<int64_t> shape = build::shapeOf(image);
  if (rank == 3)
    image = node.reshape(image, {shape[0], shape[2], shape[3]});
  return channelsFirst(node, image);
}

Value linear(Node &node, Value rows, Value filter, Value bias) {
  Shape shape(build::shapeOf(rows));
  int64_t inner = shape.back();
  int64_t first = shape.size() > 1 ? shape.front() : 1;
  int64_t middle = inner && first ? elementCount(shape) / inner / first : 0;
  Value image = node.reshape(rows, {first, 1, middle, inner});
  Value product = build::conv2d(node.builder, node.loc, image, filter, bias,
                                {1, 1}, {0, 0, 0, 0}, {1, 1}, 1);
  shape.back() = build::shapeOf(filter)[0];
  return node.reshape(product, shape);
}

} // namespace qcc::import::onnx
