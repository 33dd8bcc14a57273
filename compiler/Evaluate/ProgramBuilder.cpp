//===- ProgramBuilder.cpp - From a function to its steps ------------------===//

#include "compiler/Evaluate/Constants.h"
#include "compiler/Evaluate/Program.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using namespace mlir;

namespace qcc::evaluate {

static llvm::Error makeError(const llvm::formatv_object_base &text) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s",
                                 text.str().c_str());
}

/// The op's layer name, or "" without one.
static StringRef layerOf(Operation *op) {
  auto name = op->getAttrOfType<StringAttr>("qgraph.layer");
  return name ? name.getValue() : StringRef();
}

static std::string describe(Operation *op) {
  StringRef layer = layerOf(op);
  return layer.empty() ? op->getName().getStringRef().str()
                       : llvm::formatv("layer '{0}'", layer).str();
}

static llvm::Error prefixed(Operation *op, llvm::Error error) {
  return makeError(llvm::formatv("{0}: {1}", describe(op),
                                 llvm::toString(std::move(error))));
}

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

namespace {

class ProgramBuilder {
public:
  ProgramBuilder(func::FuncOp function, Program &program)
      : function(function), program(program) {}

  llvm::Error build(int64_t batch) {
    if (llvm::Error error = checkFunction())
      return error;
    bool mixes =
        llvm::any_of(function.front().without_terminator(), [](Operation &op) {
          return !constantBehind(op.getResult(0)) && !isBatchIndependent(&op);
        });
    bool scalars = llvm::any_of(function.getArgumentTypes(), [](Type type) {
      return cast<RankedTensorType>(type).getRank() == 0;
    });
    program.batch = mixes || scalars ? 1 : std::max<int64_t>(batch, 1);
    countUses();
    addArguments();
    for (Operation &op : function.front().without_terminator())
      if (llvm::Error error = addOp(&op))
        return error;
    if (llvm::Error error = addResults())
      return error;
    addGradientBuffers();
    return llvm::Error::success();
  }

private:
  llvm::Error checkFunction();
  llvm::Error addOp(Operation *op);
  llvm::Expected<Operand> addOperand(OpOperand &use, Program::Step &step);
  llvm::Error addResults();
  void addArguments();
  void addGradientBuffers();

  Sizes batchedShape(Value value) const {
    Sizes shape(shapeOf(value));
    if (!shape.empty())
      shape[0] *= program.batch;
    return shape;
  }

  void countUses() {
    for (Operation &op : function.front())
      for (Value operand : op.getOperands())
        ++uses[operand];
  }

  /// A buffer of at least `elements`: the smallest free one that is large
  /// enough, or a new one.
  size_t takeBuffer(size_t elements) {
    size_t best = program.buffers.size();
    for (size_t buffer : freeBuffers)
      if (program.buffers[buffer].size() >= elements &&
          (best == program.buffers.size() ||
           program.buffers[buffer].size() < program.buffers[best].size()))
        best = buffer;
    if (best == program.buffers.size())
      program.buffers.emplace_back(elements, 0.0f);
    else
      llvm::erase(freeBuffers, best);
    return best;
  }

  size_t define(Value value) {
    size_t buffer = takeBuffer(numElements(batchedShape(value)));
    valueBuffers[value] = buffer;
    return buffer;
  }

  /// Gradients need all values, so that no buffer is used twice.
  void releaseIfDead(Value value) {
    auto found = valueBuffers.find(value);
    if (!program.kinds && found != valueBuffers.end() &&
        uses.lookup(value) == 0)
      freeBuffers.push_back(found->second);
  }

  func::FuncOp function;
  Program &program;
  llvm::DenseMap<Value, unsigned> uses;
  llvm::DenseMap<Value, size_t> valueBuffers;
  /// Buffers of values that depend on what gradients are taken of.
  llvm::DenseSet<size_t> differentiated;
  std::vector<size_t> freeBuffers;
};

llvm::Error ProgramBuilder::checkFunction() {
  if (!function.getBody().hasOneBlock())
    return makeError(llvm::formatv("function '{0}' must have one block, "
                                   "found {1}",
                                   function.getName(),
                                   function.getBody().getBlocks().size()));
  auto isStatic = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  };
  for (Type type : function.getArgumentTypes())
    if (!isStatic(type))
      return makeError(llvm::formatv(
          "argument of type {0} is no tensor of static shape", type));
  for (Operation &op : function.front().without_terminator()) {
    if (op.getNumResults() != 1 || !isStatic(op.getResult(0).getType()) ||
        !(isa<qgraph::ConstantOp>(op) ||
          OpRegistry::get().find(op.getName().getStringRef())))
      return makeError(llvm::formatv("'{0}' cannot be evaluated, expected "
                                     "an op of qgraph on a static shape",
                                     op.getName()));
    if (llvm::Error error =
            checkRounding(roundingOfResult(&op).type, shapeOf(op.getResult(0))))
      return prefixed(&op, std::move(error));
  }
  return llvm::Error::success();
}

void ProgramBuilder::addArguments() {
  for (BlockArgument argument : function.getArguments()) {
    Program::Input input;
    input.layer = llvm::formatv("input{0}", argument.getArgNumber()).str();
    input.buffer = define(argument);
    input.rounding.type =
        cast<RankedTensorType>(argument.getType()).getElementType();
    input.ownRounding = input.rounding;
    if (program.kinds.inputs)
      differentiated.insert(input.buffer);
    program.arguments.push_back(std::move(input));
    program.inputShapes.emplace_back(shapeOf(argument));
  }
}

/// A constant is stored once for every op that reads it, so that each can have
/// weights of its own; repeated for every sample if the op needs that.
llvm::Expected<Operand> ProgramBuilder::addOperand(OpOperand &use,
                                                   Program::Step &step) {
  Value value = use.get();
  Operand operand;
  operand.shape = batchedShape(value);
  if (!constantBehind(value)) {
    step.operands.push_back({nullptr, valueBuffers.lookup(value)});
    step.parameters.push_back(-1);
    step.isDifferentiated |=
        differentiated.contains(step.operands.back().buffer);
    return operand;
  }
  llvm::Expected<std::vector<float>> values = constantValues(value);
  if (!values)
    return values.takeError();
  bool once = usesConstantOnce(use.getOwner(), use.getOperandNumber()) ||
              shapeOf(value).empty();
  if (once)
    operand.shape = Sizes(shapeOf(value));
  Program::Constant constant;
  constant.step = program.steps.size();
  constant.operand = use.getOperandNumber();
  constant.copies = once ? 1 : program.batch;
  for (int64_t i = 0; i < constant.copies; ++i)
    constant.data.insert(constant.data.end(), values->begin(), values->end());
  if (program.kinds.parameters) {
    constant.gradient.resize(constant.data.size());
    constant.sum.resize(values->size());
    constant.squares.resize(program.kinds.squares ? values->size() : 0);
    step.isDifferentiated = true;
  }
  step.parameters.push_back(static_cast<int>(program.constants.size()));
  Operation *user = use.getOwner();
  Parameter parameter;
  parameter.layer = layerOf(user).empty() ? user->getName().getStringRef().str()
                                          : layerOf(user).str();
  parameter.operand = constant.operand;
  parameter.shape = Sizes(shapeOf(value));
  parameter.isWeight =
      isa<qgraph::MatMulOp>(user) ||
      (isa<qgraph::Conv2DOp, qgraph::TransposeConv2DOp>(user) &&
       constant.operand == 1);
  program.parameters.push_back(std::move(parameter));
  program.constants.push_back(std::move(constant));
  operand.constant = program.constants.back().data.data();
  step.operands.push_back({operand.constant, 0});
  return operand;
}

llvm::Error ProgramBuilder::addOp(Operation *op) {
  if (constantBehind(op->getResult(0)))
    return llvm::Error::success();
  OpInstance instance;
  instance.op = op;
  instance.shape = batchedShape(op->getResult(0));
  Program::Step step;
  for (OpOperand &use : op->getOpOperands()) {
    llvm::Expected<Operand> operand = addOperand(use, step);
    if (!operand)
      return prefixed(op, operand.takeError());
    instance.operands.push_back(std::move(*operand));
  }
  auto made = OpRegistry::get().find(op->getName().getStringRef())(instance);
  if (!made)
    return prefixed(op, made.takeError());
  step.layer = layerOf(op).str();
  step.evaluator = std::move(*made);
  // The result's buffer is taken before the operands' are given back, since
  // ops must not overwrite what they read.
  step.buffer = define(op->getResult(0));
  if (step.isDifferentiated)
    differentiated.insert(step.buffer);
  step.shape = Sizes(shapeOf(op->getResult(0)));
  step.rounding = step.ownRounding = roundingOfResult(op);
  program.steps.push_back(std::move(step));
  for (Value operand : op->getOperands()) {
    --uses[operand];
    releaseIfDead(operand);
  }
  releaseIfDead(op->getResult(0));
  return llvm::Error::success();
}

llvm::Error ProgramBuilder::addResults() {
  for (Value value : function.front().getTerminator()->getOperands()) {
    Program::Slot slot;
    if (constantBehind(value)) {
      auto values = constantValues(value);
      if (!values)
        return values.takeError();
      std::vector<float> data;
      for (int64_t i = 0; i < program.batch; ++i)
        data.insert(data.end(), values->begin(), values->end());
      program.returned.push_back(std::move(data));
      slot.constant = program.returned.back().data();
    }
    slot.buffer = valueBuffers.lookup(value);
    program.outputs.push_back(slot);
    program.outputShapes.emplace_back(shapeOf(value));
  }
  return llvm::Error::success();
}

void ProgramBuilder::addGradientBuffers() {
  program.gradients.resize(program.buffers.size());
  for (size_t buffer : differentiated)
    program.gradients[buffer].resize(program.buffers[buffer].size());
}

} // namespace

llvm::Expected<std::unique_ptr<Program>>
Program::create(func::FuncOp function, int64_t batch, GradientKinds kinds) {
  auto program = std::make_unique<Program>();
  program->kinds = kinds;
  if (llvm::Error error = ProgramBuilder(function, *program).build(batch))
    return std::move(error);
  return program;
}

} // namespace qcc::evaluate
