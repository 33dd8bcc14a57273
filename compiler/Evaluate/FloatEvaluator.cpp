//===- FloatEvaluator.cpp - Runs a qgraph function in float ---------------===//

#include "compiler/Evaluate/FloatEvaluator.h"

#include "compiler/Evaluate/Constants.h"

#include "llvm/ADT/DenseMap.h"
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

/// Turns a function into the steps of an evaluator.
class EvaluatorBuilder {
public:
  EvaluatorBuilder(func::FuncOp function, FloatEvaluator &evaluator)
      : function(function), evaluator(evaluator) {}

  llvm::Error build(int64_t batch) {
    if (llvm::Error error = checkFunction())
      return error;
    bool mixes =
        llvm::any_of(function.front().without_terminator(), [](Operation &op) {
          return !isa<qgraph::ConstantOp>(op) && !isBatchIndependent(&op);
        });
    bool scalars = llvm::any_of(function.getArgumentTypes(), [](Type type) {
      return cast<RankedTensorType>(type).getRank() == 0;
    });
    evaluator.batchSize = mixes || scalars ? 1 : std::max<int64_t>(batch, 1);
    countUses();
    addArguments();
    for (Operation &op : function.front().without_terminator())
      if (llvm::Error error = addOp(&op))
        return error;
    return addResults();
  }

private:
  static ArrayRef<int64_t> shapeOf(Value value) {
    return cast<RankedTensorType>(value.getType()).getShape();
  }
  static Type elementTypeOf(Value value) {
    return cast<RankedTensorType>(value.getType()).getElementType();
  }

  llvm::Error checkFunction() {
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
    for (Operation &op : function.front().without_terminator())
      if (op.getNumResults() != 1 || !isStatic(op.getResult(0).getType()) ||
          !(isa<qgraph::ConstantOp>(op) ||
            OpRegistry::get().find(op.getName().getStringRef())))
        return makeError(llvm::formatv("'{0}' cannot be evaluated, expected "
                                       "an op of qgraph on a static shape",
                                       op.getName()));
    return llvm::Error::success();
  }

  Sizes batchedShape(Value value) const {
    Sizes shape(shapeOf(value));
    if (!shape.empty())
      shape[0] *= evaluator.batchSize;
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
    size_t best = evaluator.buffers.size();
    for (size_t buffer : freeBuffers)
      if (evaluator.buffers[buffer].size() >= elements &&
          (best == evaluator.buffers.size() ||
           evaluator.buffers[buffer].size() < evaluator.buffers[best].size()))
        best = buffer;
    if (best == evaluator.buffers.size())
      evaluator.buffers.emplace_back(elements, 0.0f);
    else
      llvm::erase(freeBuffers, best);
    return best;
  }

  size_t define(Value value) {
    size_t buffer = takeBuffer(numElements(batchedShape(value)));
    valueBuffers[value] = buffer;
    return buffer;
  }

  void releaseIfDead(Value value) {
    auto found = valueBuffers.find(value);
    if (found != valueBuffers.end() && uses.lookup(value) == 0)
      freeBuffers.push_back(found->second);
  }

  void addArguments() {
    for (BlockArgument argument : function.getArguments()) {
      std::string layer =
          llvm::formatv("input{0}", argument.getArgNumber()).str();
      evaluator.arguments.push_back(
          {layer, define(argument), elementTypeOf(argument)});
      evaluator.inputShapes.emplace_back(shapeOf(argument));
    }
  }

  /// The elements of a constant, once or repeated for every sample.
  llvm::Expected<const float *> constantData(qgraph::ConstantOp op, bool once) {
    auto &known = constantData_[{op, once}];
    if (known)
      return known;
    llvm::Expected<std::vector<float>> values = realValues(op);
    if (!values)
      return values.takeError();
    std::vector<float> data;
    for (int64_t i = 0; i < (once ? 1 : evaluator.batchSize); ++i)
      data.insert(data.end(), values->begin(), values->end());
    evaluator.constants.push_back(std::move(data));
    return known = evaluator.constants.back().data();
  }

  llvm::Expected<Operand> operandFor(OpOperand &use) {
    Value value = use.get();
    Operand operand;
    operand.shape = batchedShape(value);
    auto constant = value.getDefiningOp<qgraph::ConstantOp>();
    if (!constant)
      return operand;
    bool once = usesConstantOnce(use.getOwner(), use.getOperandNumber());
    if (once || shapeOf(value).empty())
      operand.shape = Sizes(shapeOf(value));
    auto data = constantData(constant, once || shapeOf(value).empty());
    if (!data)
      return data.takeError();
    operand.constant = *data;
    return operand;
  }

  llvm::Error addOp(Operation *op) {
    if (isa<qgraph::ConstantOp>(op))
      return llvm::Error::success();
    OpInstance instance;
    instance.op = op;
    instance.shape = batchedShape(op->getResult(0));
    FloatEvaluator::Step step;
    for (OpOperand &use : op->getOpOperands()) {
      llvm::Expected<Operand> operand = operandFor(use);
      if (!operand)
        return prefixed(op, operand.takeError());
      step.operands.push_back(
          {operand->constant, valueBuffers.lookup(use.get())});
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
    step.shape = Sizes(shapeOf(op->getResult(0)));
    step.elementType = elementTypeOf(op->getResult(0));
    evaluator.steps.push_back(std::move(step));
    for (Value operand : op->getOperands()) {
      --uses[operand];
      releaseIfDead(operand);
    }
    releaseIfDead(op->getResult(0));
    return llvm::Error::success();
  }

  llvm::Error addResults() {
    for (Value value : function.front().getTerminator()->getOperands()) {
      FloatEvaluator::Slot slot;
      if (auto constant = value.getDefiningOp<qgraph::ConstantOp>()) {
        auto data = constantData(constant, false);
        if (!data)
          return data.takeError();
        slot.constant = *data;
      }
      slot.buffer = valueBuffers.lookup(value);
      evaluator.outputs.push_back(slot);
      evaluator.outputShapes.emplace_back(shapeOf(value));
    }
    return llvm::Error::success();
  }

  static llvm::Error prefixed(Operation *op, llvm::Error error) {
    return makeError(llvm::formatv("{0}: {1}", describe(op),
                                   llvm::toString(std::move(error))));
  }

  func::FuncOp function;
  FloatEvaluator &evaluator;
  llvm::DenseMap<Value, unsigned> uses;
  llvm::DenseMap<Value, size_t> valueBuffers;
  std::vector<size_t> freeBuffers;
  std::map<std::pair<Operation *, bool>, const float *> constantData_;
};

llvm::Expected<std::unique_ptr<FloatEvaluator>>
FloatEvaluator::create(func::FuncOp function, int64_t batch) {
  auto evaluator = std::make_unique<FloatEvaluator>();
  if (llvm::Error error = EvaluatorBuilder(function, *evaluator).build(batch))
    return std::move(error);
  return evaluator;
}

llvm::Error FloatEvaluator::runBatch(int64_t first, int64_t count,
                                     ArrayRef<ArrayRef<float>> inputs,
                                     std::vector<std::vector<float>> &results,
                                     ValueObserver observer) {
  auto observe = [&](StringRef layer, const float *values,
                     const Sizes &shape) -> llvm::Error {
    if (!observer || layer.empty())
      return llvm::Error::success();
    Sizes whole = shape;
    size_t elements = numElements(shape) * count;
    if (!whole.empty())
      whole[0] *= count;
    return observer({layer, ArrayRef(values, elements), whole, count});
  };
  for (auto [k, argument] : llvm::enumerate(arguments)) {
    size_t elements = numElements(inputShapes[k]);
    std::vector<float> &buffer = buffers[argument.buffer];
    std::copy_n(inputs[k].begin() + first * elements, count * elements,
                buffer.begin());
    roundToType(MutableArrayRef(buffer.data(), count * elements),
                argument.elementType);
    if (llvm::Error error =
            observe(argument.layer, buffer.data(), inputShapes[k]))
      return error;
  }
  for (Step &step : steps) {
    llvm::SmallVector<const float *> operands;
    for (const Slot &slot : step.operands)
      operands.push_back(data(slot));
    float *result = buffers[step.buffer].data();
    if (llvm::Error error = step.evaluator->forward(operands, result))
      return makeError(llvm::formatv("layer '{0}': {1}", step.layer,
                                     llvm::toString(std::move(error))));
    roundToType(MutableArrayRef(result, numElements(step.shape) * count),
                step.elementType);
    if (llvm::Error error = observe(step.layer, result, step.shape))
      return error;
  }
  for (auto [k, slot] : llvm::enumerate(outputs)) {
    size_t elements = numElements(outputShapes[k]);
    std::copy_n(data(slot), count * elements,
                results[k].begin() + first * elements);
  }
  return llvm::Error::success();
}

llvm::Expected<std::vector<std::vector<float>>>
FloatEvaluator::run(int64_t samples, ArrayRef<ArrayRef<float>> inputs,
                    ValueObserver observer, ProgressCallback progress) {
  if (inputs.size() != numInputs())
    return makeError(llvm::formatv("the function has {0} arguments, got {1}",
                                   numInputs(), inputs.size()));
  for (auto [k, input] : llvm::enumerate(inputs)) {
    size_t expected = numElements(inputShapes[k]) * samples;
    if (input.size() != expected)
      return makeError(llvm::formatv("argument {0} of {1} samples must have "
                                     "{2} elements, got {3}",
                                     k, samples, expected, input.size()));
  }
  std::vector<std::vector<float>> results;
  for (const Sizes &shape : outputShapes)
    results.emplace_back(numElements(shape) * samples);
  for (int64_t first = 0; first < samples; first += batchSize) {
    int64_t count = std::min(batchSize, samples - first);
    if (llvm::Error error = runBatch(first, count, inputs, results, observer))
      return std::move(error);
    if (progress)
      progress(first + count);
  }
  return results;
}

} // namespace qcc::evaluate
