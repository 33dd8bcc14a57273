#include "compiler/Allocate/Forms.h"

#include "compiler/Allocate/Candidate.h"
#include "compiler/Evaluate/FloatEvaluator.h"
#include "compiler/Evaluate/LayerNoise.h"
#include "dialects/QInt/Reference/Reference.h"
#include "passes/Quantize/PlanNetwork.h"
#include "passes/Quantize/Values.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

#include <cmath>
#include <fmt/format.h>

using namespace mlir;

namespace qcc::allocate {
namespace {

/// Runs of the network whose activations the forms are compared on.
constexpr int64_t runs = 8;

/// A network of one function: that of `op`, of one argument.
OwningOpRef<ModuleOp> isolate(Operation *op) {
  OpBuilder builder(op->getContext());
  OwningOpRef<ModuleOp> module = ModuleOp::create(op->getLoc());
  builder.setInsertionPointToEnd(module->getBody());
  auto function =
      func::FuncOp::create(builder, op->getLoc(), "main",
                           builder.getFunctionType(op->getOperand(0).getType(),
                                                   op->getResult(0).getType()));
  builder.setInsertionPointToEnd(function.addEntryBlock());
  IRMapping mapping;
  mapping.map(op->getOperand(0), function.getArgument(0));
  for (Value operand : op->getOperands().drop_front())
    mapping.map(operand, builder.clone(*operand.getDefiningOp())->getResult(0));
  Operation *copy = builder.clone(*op, mapping);
  func::ReturnOp::create(builder, op->getLoc(), copy->getResults());
  return module;
}

func::FuncOp functionOf(ModuleOp module) {
  return *module.getOps<func::FuncOp>().begin();
}

quant::UniformQuantizedType codesOf(Value value) {
  return dyn_cast<quant::UniformQuantizedType>(quantize::elementTypeOf(value));
}

/// The function in integers, run by the reference.
class IntegerFunction {
public:
  static llvm::Expected<IntegerFunction> create(Operation *op,
                                                llvm::StringRef form) {
    IntegerFunction result(codesOf(op->getOperand(0)),
                           codesOf(op->getResult(0)), isolate(op));
    for (Operation &copy : functionOf(*result.module).front())
      if (quantize::hasForms(&copy))
        copy.setAttr("qgraph.form", StringAttr::get(op->getContext(), form));
    PassManager passes(op->getContext());
    buildLowerToInt(passes, {});
    if (failed(passes.run(*result.module)))
      return driver::reported();
    return result;
  }

  /// The results of all whole runs in `values`.
  llvm::Expected<std::vector<float>> run(llvm::ArrayRef<float> values) {
    func::FuncOp function = functionOf(*module);
    auto type = cast<RankedTensorType>(function.getArgumentTypes()[0]);
    auto kind = qint::reference::elementKindOf(type.getElementType());
    if (!kind)
      return kind.takeError();
    qint::reference::Interpreter interpreter(function);
    std::vector<float> results;
    for (size_t size = type.getNumElements(); values.size() >= size;
         values = values.drop_front(size)) {
      qint::reference::Tensor tensor(type.getShape(), *kind);
      for (auto [code, value] : llvm::zip(tensor.values, values))
        code = encode(value);
      auto found = interpreter.run(tensor);
      if (!found)
        return found.takeError();
      for (int64_t code : found->front().values)
        results.push_back(static_cast<float>(
            out.getScale() * static_cast<double>(code - out.getZeroPoint())));
    }
    return results;
  }

private:
  IntegerFunction(quant::UniformQuantizedType in,
                  quant::UniformQuantizedType out, OwningOpRef<ModuleOp> module)
      : in(in), out(out), module(std::move(module)) {}

  int64_t encode(float value) const {
    double code = std::round(value / in.getScale()) +
                  static_cast<double>(in.getZeroPoint());
    return static_cast<int64_t>(
        std::clamp(code, static_cast<double>(in.getStorageTypeMin()),
                   static_cast<double>(in.getStorageTypeMax())));
  }

  quant::UniformQuantizedType in, out;
  OwningOpRef<ModuleOp> module;
};

llvm::Expected<std::vector<float>> runFloat(Operation *op,
                                            llvm::ArrayRef<float> values) {
  OwningOpRef<ModuleOp> module = isolate(op);
  auto evaluator = evaluate::FloatEvaluator::create(functionOf(*module));
  if (!evaluator)
    return evaluator.takeError();
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  auto results =
      (*evaluator)
          ->run(static_cast<int64_t>(values.size()) / type.getNumElements(),
                values);
  if (!results)
    return results.takeError();
  return std::move(results->front());
}

/// A function before and after quantization, and what it is given.
struct Function {
  std::string layer;
  Operation *exact = nullptr, *quantized = nullptr;
  std::vector<float> inputs;
  std::vector<FormTrial> trials;
};

/// Whether all but the first operand are constants.
bool hasOneInput(Operation *op) {
  return llvm::all_of(op->getOperands().drop_front(), [](Value operand) {
    return operand.getDefiningOp<qgraph::ConstantOp>() != nullptr;
  });
}

/// The functions that have a choice, without their inputs.
std::vector<Function> functionsOf(const driver::Compilation &compilation) {
  std::map<std::string, Operation *> exact;
  for (Operation &op : compilation.legalizedFunction().front())
    if (op.getNumResults() == 1)
      exact[quantize::layerOf(op.getResult(0))] = &op;
  std::vector<Function> functions;
  for (Operation &op : compilation.quantizedFunction().front()) {
    if (op.getNumResults() != 1)
      continue;
    std::string layer = quantize::layerOf(op.getResult(0));
    Operation *codes = quantize::codesBehind(&op);
    if (!quantize::hasForms(codes) || codes->hasAttr("qgraph.form") ||
        !hasOneInput(codes) || !codesOf(codes->getOperand(0)) ||
        !codesOf(codes->getResult(0)))
      continue;
    if (auto found = exact.find(layer);
        found != exact.end() && quantize::hasForms(found->second))
      functions.push_back({layer, found->second, codes, {}, {}});
  }
  return functions;
}

/// What the functions are given in the quantized network; those that nothing is
/// seen of go.
llvm::Error collectInputs(const driver::Compilation &compilation,
                          std::vector<Function> &functions) {
  auto inputs = compilation.calibrationInputs(runs);
  if (!inputs)
    return inputs.takeError();
  auto evaluator =
      evaluate::FloatEvaluator::create(compilation.quantizedFunction());
  if (!evaluator)
    return evaluator.takeError();
  auto keep = [&](const evaluate::Observation &seen) {
    for (Function &function : functions)
      if (quantize::layerOf(function.quantized->getOperand(0)) == seen.layer)
        function.inputs.insert(function.inputs.end(), seen.values.begin(),
                               seen.values.end());
    return llvm::Error::success();
  };
  llvm::Error error =
      (*evaluator)->run(inputs->runs, inputs->views(), keep).takeError();
  // What reads a value without a name keeps the form that suits its types.
  llvm::erase_if(functions, [](const Function &function) {
    return function.inputs.empty();
  });
  return error;
}

/// Shares of few bits become logarithms, see qcc-log-shares.
bool isLogarithm(Operation *op) {
  auto softmax = dyn_cast<qgraph::SoftmaxOp>(op);
  return softmax && softmax.getLog();
}

llvm::Expected<double> sqnrOf(const Function &function, llvm::StringRef form) {
  auto integers = IntegerFunction::create(function.quantized, form);
  if (!integers)
    return integers.takeError();
  auto found = integers->run(function.inputs);
  if (!found)
    return found.takeError();
  auto exact = runFloat(function.exact, function.inputs);
  if (!exact)
    return exact.takeError();
  if (isLogarithm(function.quantized) && !isLogarithm(function.exact))
    for (float &value : *found)
      value = std::exp(value);
  evaluate::NoiseSum noise;
  noise.add(*exact, *found);
  // Without any error: better than every form that has some.
  return noise.decibels().value_or(200);
}

std::string noteFor(llvm::ArrayRef<FormTrial> trials) {
  std::string note;
  for (const FormTrial &trial : trials)
    note += fmt::format("{}{}: {:.1f} dB, {:.0f} instructions, {:.0f} bytes",
                        note.empty() ? "" : "; ", trial.form, trial.sqnr,
                        trial.cycles, trial.flash);
  return note;
}

} // namespace

const FormTrial &bestForm(llvm::ArrayRef<FormTrial> trials) {
  double sqnr = trials.front().sqnr;
  for (const FormTrial &trial : trials)
    sqnr = std::max(sqnr, trial.sqnr);
  const FormTrial *best = nullptr;
  for (const FormTrial &trial : trials) {
    if (trial.sqnr < sqnr - 1)
      continue;
    bool isAlike = best && std::abs(trial.cycles - best->cycles) <=
                               0.02 * std::min(trial.cycles, best->cycles);
    if (!best ||
        (isAlike ? trial.flash < best->flash : trial.cycles < best->cycles))
      best = &trial;
  }
  return *best;
}

llvm::Error chooseForms(driver::CompileOptions &options) {
  if (!options.searchForms)
    return llvm::Error::success();
  options.searchForms = false;
  if (options.calibration.empty() && options.distill == 0)
    return llvm::createStringError(
        "-functions=search needs -calibration or -distill");
  quantize::Plan plan = options.plan.value_or(quantize::Plan());
  auto base = compileCandidate(options, plan, {});
  if (!base)
    return base.takeError();
  std::vector<Function> functions = functionsOf(*base->compilation);
  if (functions.empty())
    return llvm::Error::success();
  if (llvm::Error error = collectInputs(*base->compilation, functions))
    return error;
  for (const char *form : {"polynomial", "shift", "table"}) {
    options.functions = form;
    auto candidate = compileCandidate(options, plan, {true, false});
    if (!candidate)
      return candidate.takeError();
    for (Function &function : functions) {
      auto sqnr = sqnrOf(function, form);
      if (!sqnr)
        return sqnr.takeError();
      const Costs &costs =
          candidate->code
              .kernelOf[quantize::layerOf(function.quantized->getResult(0))];
      function.trials.push_back({form, *sqnr, costs.cycles, costs.flash});
    }
  }
  options.functions.clear();
  for (const Function &function : functions) {
    quantize::LayerPlan &layer = plan.layers[function.layer];
    layer.form = bestForm(function.trials).form;
    if (layer.note.empty())
      layer.note = noteFor(function.trials);
  }
  options.plan = std::move(plan);
  return llvm::Error::success();
}

} // namespace qcc::allocate
