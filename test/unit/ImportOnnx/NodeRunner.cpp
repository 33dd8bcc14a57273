#include "test/unit/ImportOnnx/NodeRunner.h"

#include "compiler/Evaluate/FloatEvaluator.h"
#include "compiler/Import/Import.h"
#include "passes/Legalize/Legalize.h"
#include "passes/Quantize/Quantize.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>
#include <fstream>

using namespace mlir;

namespace qcc::onnxtest {
namespace {

using import::onnx::isFloatType;
using import::onnx::Tensor;
namespace proto = ::onnx;

struct Case {
  proto::ModelProto model;
  std::vector<proto::TensorProto> inputs;
  std::vector<Tensor> inputTensors, outputs;
};

template <typename Message>
bool parse(const std::string &path, Message &message) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer && message.ParseFromArray((*buffer)->getBufferStart(),
                                          (*buffer)->getBufferSize());
}

std::string numbered(const std::string &path, const char *kind, int i) {
  return path + "/" + kind + "_" + std::to_string(i) + ".pb";
}

/// The data of bfloat16 is stored as uint16.
void restoreType(const Case &test, llvm::StringRef kind, int i,
                 proto::TensorProto &tensor) {
  const auto &graph = test.model.graph();
  const auto &infos = kind == "input" ? graph.input() : graph.output();
  bool isBFloat =
      i < infos.size() &&
      infos[i].type().tensor_type().elem_type() == proto::TensorProto::BFLOAT16;
  if (isBFloat && tensor.data_type() == proto::TensorProto::UINT16)
    tensor.set_data_type(proto::TensorProto::BFLOAT16);
}

/// Nothing, or why the files cannot be read as tensors.
std::string read(const std::string &path, Case &test) {
  if (!parse(path + "/model.onnx", test.model))
    return "model.onnx cannot be read";
  std::string data = path + "/test_data_set_0";
  for (const char *kind : {"input", "output"})
    for (int i = 0; llvm::sys::fs::exists(numbered(data, kind, i)); ++i) {
      proto::TensorProto message;
      if (!parse(numbered(data, kind, i), message))
        return std::string(kind) + " is no tensor";
      restoreType(test, kind, i, message);
      auto tensor = import::onnx::readTensor(message, data);
      if (!tensor)
        return std::string(kind) + " " + llvm::toString(tensor.takeError());
      if (llvm::StringRef(kind) == "output") {
        test.outputs.push_back(std::move(*tensor));
        continue;
      }
      test.inputs.push_back(message);
      test.inputTensors.push_back(std::move(*tensor));
    }
  return "";
}

bool takesCodes(llvm::StringRef op) {
  return op == "DequantizeLinear" || op.starts_with("QLinear") ||
         op.ends_with("Integer");
}

/// Makes inputs of the graph known; returns the numbers of those that stay
/// arguments.
std::vector<size_t> bind(const Case &test, Mode mode,
                         proto::ModelProto &model) {
  model = test.model;
  proto::GraphProto &graph = *model.mutable_graph();
  std::vector<size_t> arguments;
  google::protobuf::RepeatedPtrField<proto::ValueInfoProto> kept;
  size_t i = 0;
  for (const auto &input : test.model.graph().input()) {
    // A missing optional input has no data.
    if (i >= test.inputs.size())
      break;
    // The codes that an operator on integers takes may be an argument.
    const std::string &op = test.model.graph().node(0).op_type();
    bool isCodes = i == 0 && takesCodes(op);
    bool isFloat = isFloatType(test.inputTensors[i].type) || isCodes;
    bool argument = isFloat && (mode == Mode::Values ||
                                (mode != Mode::Folded && arguments.empty()));
    // Scales have to be known.
    if (takesCodes(op) || op == "QuantizeLinear")
      argument &= i == 0;
    if (argument) {
      *kept.Add() = input;
      arguments.push_back(i);
    } else {
      auto *initializer = graph.add_initializer();
      *initializer = test.inputs[i];
      initializer->set_name(input.name());
    }
    ++i;
  }
  *graph.mutable_input() = std::move(kept);
  if (arguments.empty()) {
    // A network has an argument.
    proto::ValueInfoProto &input = *graph.add_input();
    input.set_name("unused");
    auto *type = input.mutable_type()->mutable_tensor_type();
    type->set_elem_type(proto::TensorProto::FLOAT);
    type->mutable_shape()->add_dim()->set_dim_value(1);
  }
  return arguments;
}

/// The scale and zero point of a quantized type, else null.
quant::UniformQuantizedType scaleOf(Type type) {
  return dyn_cast<quant::UniformQuantizedType>(
      cast<RankedTensorType>(type).getElementType());
}

/// Codes to the real numbers that the evaluator takes, and its results back.
std::vector<float> toReal(std::vector<float> values, Type type) {
  if (auto scale = scaleOf(type))
    for (float &value : values)
      value =
          static_cast<float>((value - scale.getZeroPoint()) * scale.getScale());
  return values;
}
void toCodes(std::vector<float> &values, Type type) {
  if (auto scale = scaleOf(type))
    for (float &value : values)
      value = static_cast<float>(std::nearbyint(value / scale.getScale())) +
              scale.getZeroPoint();
}

/// The type of result k, before a cast that makes real values of its codes.
Type codeType(func::FuncOp function, size_t k) {
  Value value = function.front().getTerminator()->getOperand(k);
  if (auto cast = value.getDefiningOp<quant::DequantizeCastOp>())
    return cast.getInput().getType();
  return value.getType();
}

/// Nothing, or how the results differ by more than `tolerance`, relative.
std::string compare(llvm::ArrayRef<std::vector<float>> results,
                    llvm::ArrayRef<Tensor> expected, double tolerance) {
  if (results.size() < expected.size())
    return "makes " + std::to_string(results.size()) + " results";
  for (size_t k = 0; k < expected.size(); ++k) {
    if (static_cast<int64_t>(results[k].size()) != expected[k].size())
      return "result " + std::to_string(k) + " has " +
             std::to_string(results[k].size()) + " elements, expected " +
             std::to_string(expected[k].size());
    for (size_t i = 0; i < results[k].size(); ++i) {
      float found = results[k][i];
      float right = static_cast<float>(expected[k].real(i));
      bool same = found == right || (std::isnan(found) && std::isnan(right));
      if (!same &&
          !(std::fabs(found - right) <= tolerance * std::fabs(right) + 1e-6))
        return "result " + std::to_string(k) + " has " + std::to_string(found) +
               " at " + std::to_string(i) + ", expected " +
               std::to_string(right);
    }
  }
  return "";
}

std::string legalize(ModuleOp module) {
  std::string message;
  ScopedDiagnosticHandler handler(module.getContext(), [&](Diagnostic &text) {
    if (message.empty())
      message = text.str();
    return success();
  });
  PassManager passes(module.getContext());
  buildLegalizePipeline(passes, {});
  return succeeded(passes.run(module)) ? "" : "Legalize: " + message;
}

void runMode(const Case &test, Mode mode, Outcome &outcome) {
  proto::ModelProto model;
  std::vector<size_t> arguments = bind(test, mode, model);
  if (mode != Mode::Folded && arguments.empty())
    return;
  MLIRContext context(MLIRContext::Threading::DISABLED);
  auto module = importModelFromMemory(model.SerializeAsString(), "test.onnx",
                                      context, {});
  if (!module) {
    outcome.error = llvm::toString(module.takeError());
    return;
  }
  if (mode == Mode::Legal)
    if (std::string error = legalize(module->get()); !error.empty()) {
      outcome.error = error;
      return;
    }
  auto function = *module->get().getOps<func::FuncOp>().begin();
  auto evaluator = evaluate::FloatEvaluator::create(function, 1);
  if (!evaluator) {
    outcome.error = llvm::toString(evaluator.takeError());
    return;
  }
  std::vector<std::vector<float>> values;
  for (auto [k, i] : llvm::enumerate(arguments)) {
    auto &tensor = test.inputTensors[i];
    Type type = function.getArgumentTypes()[k];
    // A float argument that is quantized first has been made codes.
    values.push_back(tensor.isFloat() ? tensor.floats()
                                      : toReal(tensor.floats(), type));
  }
  if (arguments.empty())
    values.push_back({0});
  std::vector<llvm::ArrayRef<float>> inputs(values.begin(), values.end());
  auto results = (*evaluator)->run(1, inputs);
  if (!results) {
    outcome.error = llvm::toString(results.takeError());
    return;
  }
  for (auto [k, values] : llvm::enumerate(*results))
    if (k < test.outputs.size() && !test.outputs[k].isFloat())
      toCodes(values, codeType(function, k));
  std::string difference = compare(*results, test.outputs, 1e-5);
  if (!difference.empty()) {
    difference = compare(*results, test.outputs, 1e-3);
    outcome.rough |= difference.empty();
  }
  if (difference.empty())
    outcome.passed += static_cast<char>(mode);
  else
    outcome.wrong = std::string(1, static_cast<char>(mode)) + ": " + difference;
}

} // namespace

Outcome runNodeTest(const std::string &path) {
  Outcome outcome;
  Case test;
  outcome.error = read(path, test);
  if (!outcome.error.empty())
    return outcome;
  for (Mode mode : {Mode::Values, Mode::Folded, Mode::Weights, Mode::Legal})
    runMode(test, mode, outcome);
  return outcome;
}

void countQuantizable(const std::string &path,
                      std::map<std::string, Quantizable> &counts) {
  Case test;
  if (!read(path, test).empty() || test.model.graph().node_size() != 1)
    return;
  for (Mode mode : {Mode::Values, Mode::Legal}) {
    proto::ModelProto model;
    if (bind(test, mode, model).empty())
      continue;
    MLIRContext context(MLIRContext::Threading::DISABLED);
    auto module = importModelFromMemory(model.SerializeAsString(), "test.onnx",
                                        context, {});
    if (!module) {
      llvm::consumeError(module.takeError());
      continue;
    }
    ScopedDiagnosticHandler quiet(&context,
                                  [](Diagnostic &) { return success(); });
    if (!legalize(module->get()).empty())
      continue;
    Quantizable &count = counts[test.model.graph().node(0).op_type()];
    ++(succeeded(checkQuantizable(module->get())) ? count.yes : count.no);
  }
}

std::string summaryOf(const Outcome &outcome, const std::string &listed) {
  constexpr llvm::StringLiteral differs = "differs: ";
  if (!outcome.wrong.empty())
    return llvm::StringRef(listed).starts_with(differs)
               ? listed
               : (differs + outcome.wrong).str();
  if (!outcome.passed.empty())
    return (outcome.rough ? "rough " : "") + outcome.passed;
  return "-: " + llvm::StringRef(outcome.error).split('\n').first.str();
}

std::map<std::string, std::string> readList() {
  std::map<std::string, std::string> list;
  std::ifstream file(QCC_ONNX_NODE_LIST);
  for (std::string line; std::getline(file, line);)
    if (auto [name, summary] = llvm::StringRef(line).split(' ');
        !name.empty() && name.front() != '#')
      list[name.str()] = summary.str();
  return list;
}

std::vector<std::string> installedTests() {
  std::vector<std::string> names;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(nodeTests, error), end;
       it != end && !error; it.increment(error))
    names.push_back(it->path().substr(std::string(nodeTests).size() + 1));
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace qcc::onnxtest
