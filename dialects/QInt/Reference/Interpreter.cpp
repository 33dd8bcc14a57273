#include "dialects/QInt/QInt.h"
#include "dialects/QInt/Reference/Reference.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace qcc::qint::reference {

namespace {

std::string describe(const Tensor &tensor) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (int64_t size : tensor.shape)
    stream << size << 'x';
  stream << nameOf(tensor.kind);
  return text;
}

} // namespace

llvm::Error Interpreter::checkInputs(llvm::ArrayRef<Tensor> inputs) {
  if (inputs.size() != function.getNumArguments())
    return llvm::createStringError(
        "function '" + function.getName() + "' takes " +
        llvm::Twine(function.getNumArguments()) + " inputs, got " +
        llvm::Twine(inputs.size()));
  for (auto [k, input] : llvm::enumerate(inputs)) {
    llvm::Expected<Tensor> want =
        Tensor::zeros(function.getArgument(k).getType());
    if (!want)
      return want.takeError();
    if (want->shape != input.shape || want->kind != input.kind ||
        want->elements() != input.elements())
      return llvm::createStringError(
          "input " + llvm::Twine(k) + " of function '" + function.getName() +
          "' is " + describe(input) + ", expected " + describe(*want));
    for (int64_t value : input.values)
      if (value < minimumOf(input.kind) || value > maximumOf(input.kind))
        return llvm::createStringError(
            "input " + llvm::Twine(k) + " of function '" + function.getName() +
            "' holds " + llvm::Twine(value) + ", which " + nameOf(input.kind) +
            " does not");
  }
  return llvm::Error::success();
}

llvm::Expected<std::vector<Tensor>>
Interpreter::run(llvm::ArrayRef<Tensor> inputs) {
  if (function.isExternal())
    return llvm::createStringError("function '" + function.getName() +
                                   "' has no body");
  if (llvm::Error error = checkInputs(inputs))
    return error;
  std::vector<Value> arguments;
  for (const Tensor &input : inputs)
    arguments.push_back(std::make_shared<Tensor>(input));
  auto results = runBlock(function.getBody().front(), std::move(arguments));
  if (!results)
    return results.takeError();
  std::vector<Tensor> tensors;
  for (const Value &result : *results)
    tensors.push_back(*result);
  return tensors;
}

llvm::Expected<std::vector<Interpreter::Value>>
Interpreter::runBlock(Block &block, std::vector<Value> arguments) {
  Values values;
  for (auto [argument, value] :
       llvm::zip_equal(block.getArguments(), arguments))
    values[argument] = value;
  for (Operation &op : block) {
    std::vector<Value> operands;
    for (mlir::Value operand : op.getOperands())
      operands.push_back(values.lookup(operand));
    if (op.hasTrait<OpTrait::IsTerminator>())
      return operands;
    llvm::Expected<Value> result = evaluate(&op, operands);
    if (!result)
      return result.takeError();
    if (!*result)
      continue;
    values[op.getResult(0)] = *result;
    if (options.trace)
      options.trace(&op, **result);
  }
  return llvm::createStringError("block without a terminator");
}

llvm::Expected<Interpreter::Value>
Interpreter::evaluate(Operation *op, llvm::ArrayRef<Value> operands) {
  if (auto constantOp = llvm::dyn_cast<ConstantOp>(op))
    return constant(constantOp.getValue());
  if (auto kernel = llvm::dyn_cast<KernelOp>(op)) {
    auto results = runBlock(kernel.getBody().front(), operands.vec());
    if (!results)
      return results.takeError();
    return results->front();
  }
  llvm::SmallVector<const Tensor *> tensors;
  for (const Value &operand : operands)
    tensors.push_back(operand.get());
  if (!llvm::isa<QIntDialect>(op->getDialect()) && options.other &&
      op->getNumResults() == 0) {
    if (llvm::Error error = options.other(op, tensors))
      return error;
    return Value();
  }
  llvm::Expected<Tensor> result = evaluateOp(op, tensors);
  if (!result)
    return result.takeError();
  return std::make_shared<Tensor>(std::move(*result));
}

llvm::Expected<Interpreter::Value> Interpreter::constant(ElementsAttr attr) {
  Value &cached = constants[attr];
  if (!cached) {
    llvm::Expected<Tensor> tensor = Tensor::fromAttr(attr);
    if (!tensor)
      return tensor.takeError();
    cached = std::make_shared<Tensor>(std::move(*tensor));
  }
  return cached;
}

llvm::Expected<std::vector<Tensor>>
interpret(func::FuncOp function, llvm::ArrayRef<Tensor> inputs, Trace trace) {
  return Interpreter(function, Options{std::move(trace), {}}).run(inputs);
}

} // namespace qcc::qint::reference
