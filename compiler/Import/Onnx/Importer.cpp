#include "compiler/Import/Onnx/Importer.h"

#include "compiler/Import/Onnx/Operators.h"
#include "compiler/Import/Onnx/Quantized.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace qcc::import::onnx {

Importer::Importer(const Model &model, MLIRContext &context,
                   const ImportOptions &options)
    : model(model), options(options), builder(&context) {
  context.loadDialect<func::FuncDialect, quant::QuantDialect,
                      qgraph::QGraphDialect>();
}

/// Names in a damaged file may hold anything; lines end where they should.
static std::string printable(const llvm::Twine &text) {
  std::string result = text.str();
  for (char &c : result)
    if (static_cast<unsigned char>(c) < ' ')
      c = '?';
  return result;
}

llvm::Error Importer::makeError(const llvm::Twine &message) const {
  return llvm::createStringError(model.file + ": " + printable(message));
}

//===----------------------------------------------------------------------===//
// Inputs and initializers
//===----------------------------------------------------------------------===//

/// A size, or what the batch is set to: the first axis when it has no number,
/// and others of the same name.
llvm::Expected<RankedTensorType>
Importer::argumentType(const proto::ValueInfoProto &input) {
  auto fail = [&](const llvm::Twine &message) {
    return makeError("input '" + input.name() + "' " + message);
  };
  if (!input.type().has_tensor_type())
    return fail("is no tensor");
  const auto &tensor = input.type().tensor_type();
  bool isCode = tensor.elem_type() == proto::TensorProto::INT8 ||
                tensor.elem_type() == proto::TensorProto::UINT8;
  bool isIndex = isIndexType(tensor.elem_type());
  if (!isFloatType(tensor.elem_type()) && !isCode && !isIndex)
    return fail(
        "is " + typeName(tensor.elem_type()) +
        "; supported are float, double, float16, bfloat16, int8, uint8, "
        "int32 and int64");
  if (!tensor.has_shape())
    return fail("has no shape");
  auto asked = options.inputShapes.find(input.name());
  if (asked == options.inputShapes.end())
    asked = options.inputShapes.find("");
  const std::vector<int64_t> *given =
      asked == options.inputShapes.end() ||
              asked->second.size() != size_t(tensor.shape().dim_size())
          ? nullptr
          : &asked->second;
  Shape shape;
  std::string batchName;
  for (auto [axis, size] : llvm::enumerate(tensor.shape().dim())) {
    bool isNumber = size.has_dim_value() && size.dim_value() > 0;
    if (axis == 0 && size.has_dim_param())
      batchName = size.dim_param();
    if (isNumber)
      shape.push_back(size.dim_value());
    else if (given)
      shape.push_back((*given)[axis]);
    else if (axis == 0 || (!batchName.empty() && size.dim_param() == batchName))
      shape.push_back(options.batch);
    else
      return fail("has a dynamic axis " + llvm::Twine(axis) +
                  (size.has_dim_param() ? " '" + size.dim_param() + "'"
                                        : std::string()) +
                  "; state the shape (-input-shape), only the first axis, the "
                  "batch, has a default");
  }
  if (elementCount(shape) > maxElements)
    return fail("has more than " + llvm::Twine(maxElements) + " elements");
  if (isIndex)
    return RankedTensorType::get(shape, builder.getI32Type());
  return RankedTensorType::get(
      shape, isCode ? quantizedType(builder.getContext(), tensor.elem_type(),
                                    /*scale=*/1, /*zeroPoint=*/0)
                    : builder.getF32Type());
}

llvm::Error Importer::makeArguments() {
  llvm::StringSet<> initialized;
  for (const auto &tensor : model.graph().initializer())
    initialized.insert(tensor.name());
  Block &block = function.getBody().front();
  for (const auto &input : model.graph().input()) {
    // Old files list initializers among the inputs.
    if (initialized.contains(input.name()))
      continue;
    auto type = argumentType(input);
    if (!type)
      return type.takeError();
    Operand operand;
    operand.type = input.type().tensor_type().elem_type();
    operand.shape.assign(type->getShape().begin(), type->getShape().end());
    operand.isOpen = !isFloatType(operand.type) && !isIndexType(operand.type);
    operand.value = block.addArgument(
        *type, NameLoc::get(builder.getStringAttr(input.name())));
    operands[input.name()] = std::move(operand);
  }
  return llvm::Error::success();
}

llvm::Error Importer::readInitializers() {
  auto needed = findNeeded();
  if (!needed)
    return needed.takeError();
  if (model.graph().sparse_initializer_size() > 0)
    return makeError("has sparse initializers; only dense ones are supported");
  for (const auto &initializer : model.graph().initializer()) {
    if (!needed->contains(initializer.name()))
      continue;
    auto tensor = readTensor(initializer, model.directory);
    if (!tensor)
      return makeError("initializer '" + initializer.name() + "' " +
                       llvm::toString(tensor.takeError()));
    Operand operand;
    operand.type = tensor->type;
    operand.shape = tensor->shape;
    operand.constant = std::make_shared<const Tensor>(std::move(*tensor));
    operands[initializer.name()] = std::move(operand);
  }
  return llvm::Error::success();
}

llvm::Expected<llvm::StringSet<>> Importer::findNeeded() const {
  llvm::StringSet<> needed;
  for (const auto &output : model.graph().output())
    needed.insert(output.name());
  // Nodes come after those whose results they read.
  for (const auto &node : llvm::reverse(model.graph().node())) {
    if (llvm::none_of(node.output(), [&](const std::string &name) {
          return needed.contains(name);
        }))
      continue;
    for (const std::string &name : node.input())
      needed.insert(name);
  }
  return needed;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// Attributes of a node against its row: "axis:i pads:I".
static llvm::Error checkAttributes(const Operator &op,
                                   const proto::NodeProto &node) {
  using Attribute = proto::AttributeProto;
  static constexpr std::pair<char, Attribute::AttributeType> kinds[] = {
      {'i', Attribute::INT},    {'f', Attribute::FLOAT},
      {'s', Attribute::STRING}, {'t', Attribute::TENSOR},
      {'I', Attribute::INTS},   {'F', Attribute::FLOATS}};
  llvm::SmallVector<llvm::StringRef> known;
  llvm::StringRef(op.attributes).split(known, ' ', -1, /*KeepEmpty=*/false);
  for (const auto &attribute : node.attribute()) {
    auto found = llvm::find_if(known, [&](llvm::StringRef entry) {
      return entry.drop_back(2) == attribute.name();
    });
    if (found == known.end())
      return llvm::createStringError("has the attribute '" + attribute.name() +
                                     "', which is not supported");
    for (auto [letter, type] : kinds)
      if (letter == found->back() && attribute.type() != type)
        return llvm::createStringError("has an attribute '" + attribute.name() +
                                       "' of the wrong type");
  }
  return llvm::Error::success();
}

static llvm::Error checkInputs(const Operator &op, const Node &node) {
  if (node.numInputs() < op.minInputs || node.numInputs() > op.maxInputs)
    return node.fail("has " + llvm::Twine(node.numInputs()) +
                     " inputs, expected " + llvm::Twine(op.minInputs) +
                     (op.minInputs == op.maxInputs ? ""
                      : op.maxInputs > 64
                          ? " or more"
                          : " to " + std::to_string(op.maxInputs)));
  for (size_t i = 0; i < op.minInputs; ++i)
    if (!node.has(i))
      return node.fail("has no input " + llvm::Twine(i));
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (node.has(i) && !node.isConstant(i) && !isFloatType(node.type(i)) &&
        !op.movesIntegers)
      return node.fail("has the input " + llvm::Twine(i) + " of " +
                       typeName(node.type(i)) +
                       " that is no constant; only float is supported");
  return llvm::Error::success();
}

llvm::Error Importer::computeNode(const proto::NodeProto &proto) {
  const Operator *op = findOperator(operatorOf(proto));
  if (!op)
    return llvm::createStringError(
        "is not supported; docs/supported-ops.md lists the ops that are");
  for (const std::string &name : proto.input())
    if (!name.empty() && !operands.contains(name))
      return llvm::createStringError("has the input '" + name +
                                     "', which nothing before it makes");
  for (const std::string &name : proto.output())
    if (!name.empty() && operands.contains(name))
      return llvm::createStringError("makes '" + name +
                                     "', which there is already");
  // What follows from another node's error is none of its own.
  for (const std::string &name : proto.input())
    if (!name.empty() && operands[name].failed)
      return llvm::createStringError("");
  for (const std::string &name : proto.input())
    if (!name.empty() && !operands[name].value && !operands[name].constant)
      return llvm::createStringError(
          "has the input '" + name +
          "', an output of its node that is not supported");
  if (llvm::Error error = checkAttributes(*op, proto))
    return error;
  Node node(*this, proto);
  if (llvm::Error error = checkInputs(*op, node))
    return error;
  if (op->fold && node.allConstant())
    return op->fold(node);
  if (!op->movesIntegers && node.has(0) && elementCount(node.shape(0)) == 0)
    return node.fail("has an empty input 0");
  if (!op->import) {
    for (size_t i = 0; i < node.numInputs(); ++i)
      if (node.has(i) && !node.isConstant(i))
        return node.fail("has the input " + llvm::Twine(i) + " ('" +
                         proto.input(i) +
                         "') that is not constant; only constants are "
                         "supported");
  }
  return op->import(node);
}

/// Verifies the ops that were made after `last`.
llvm::Error Importer::checkOps(Operation *last) {
  Block &block = function.getBody().front();
  std::string message;
  ScopedDiagnosticHandler handler(builder.getContext(), [&](Diagnostic &text) {
    if (message.empty())
      message = text.str();
    return success();
  });
  for (Operation *op = last            ? last->getNextNode()
                       : block.empty() ? nullptr
                                       : &block.front();
       op; op = op->getNextNode())
    if (failed(mlir::verify(op, /*verifyRecursively=*/false)))
      return llvm::createStringError("cannot be expressed: " +
                                     (message.empty() ? "invalid" : message));
  return llvm::Error::success();
}

void Importer::importNode(const proto::NodeProto &node) {
  Block &block = function.getBody().front();
  Operation *last = block.empty() ? nullptr : &block.back();
  llvm::Error error = computeNode(node);
  if (!error)
    error = checkOps(last);
  for (const std::string &name : node.output())
    if (!error && !name.empty() && !operands.contains(name))
      operands[name].failed = false; // Not made; reported when it is read.
  if (!error)
    return;
  // Ops of a failed node must not stay: they may be invalid.
  while (!block.empty() && &block.back() != last)
    block.back().erase();
  for (const std::string &name : node.output())
    operands[name].failed = true;
  report(node, std::move(error));
}

void Importer::report(const proto::NodeProto &node, llvm::Error error) {
  std::string message = llvm::toString(std::move(error)), op = operatorOf(node);
  if (message.empty())
    return;
  for (Problem &problem : problems)
    if (problem.op == op && problem.message == message) {
      ++problem.more;
      return;
    }
  problems.push_back({op, describe(node), message});
}

llvm::Error Importer::allProblems() const {
  std::string text = model.file + ": ";
  if (problems.size() > 1)
    text += "cannot be imported:";
  for (const Problem &problem : problems) {
    if (problems.size() > 1)
      text += "\n  ";
    text += printable(problem.node);
    if (problem.more)
      text += " and " + std::to_string(problem.more) + " more";
    text += " " + printable(problem.message);
  }
  return llvm::createStringError(llvm::Twine(text));
}

llvm::Error Importer::finish() {
  SmallVector<Value> results;
  SmallVector<Type> types;
  for (const auto &output : model.graph().output()) {
    auto found = operands.find(output.name());
    if (found == operands.end())
      return makeError("output '" + output.name() + "' is made by no node");
    const Operand &operand = found->second;
    Value value = operand.value;
    if (!value && operand.constant)
      value = build::constant(
          builder, NameLoc::get(builder.getStringAttr(output.name())),
          operand.shape, operand.constant->floats());
    if (!value)
      return makeError("output '" + output.name() +
                       "' is one of its node that is not supported");
    results.push_back(value);
    types.push_back(value.getType());
  }
  Location loc = function.getLoc();
  func::ReturnOp::create(builder, loc, results);
  function.setType(builder.getFunctionType(
      function.getBody().front().getArgumentTypes(), types));
  std::string message;
  ScopedDiagnosticHandler handler(builder.getContext(), [&](Diagnostic &text) {
    if (message.empty())
      message = text.str();
    return success();
  });
  if (failed(mlir::verify(module.get())))
    return makeError("cannot be expressed: " + message);
  return llvm::Error::success();
}

llvm::Expected<OwningOpRef<ModuleOp>> Importer::run() {
  Location loc = FileLineColLoc::get(builder.getContext(), model.file, 0, 0);
  module = ModuleOp::create(builder, loc);
  builder.setInsertionPointToEnd(module->getBody());
  function = func::FuncOp::create(builder, loc, "main",
                                  builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  if (llvm::Error error = makeArguments())
    return std::move(error);
  if (llvm::Error error = readInitializers())
    return std::move(error);
  auto needed = findNeeded();
  if (!needed)
    return needed.takeError();
  for (const auto &node : model.graph().node())
    if (llvm::any_of(node.output(), [&](const std::string &name) {
          return needed->contains(name);
        }))
      importNode(node);
  if (!problems.empty())
    return allProblems();
  if (llvm::Error error = finish())
    return std::move(error);
  useStoredIntegers(*module);
  return std::move(module);
}

} // namespace qcc::import::onnx
