#include "compiler/Import/Tflite/Importer.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace qcc::import::tflite {

int64_t bytesOf(ElementType type) {
  switch (type) {
  case ElementType::Int8:
  case ElementType::UInt8:
  case ElementType::Bool:
    return 1;
  case ElementType::Float16:
  case ElementType::Int16:
    return 2;
  case ElementType::Float32:
  case ElementType::Int32:
    return 4;
  case ElementType::Int64:
    return 8;
  case ElementType::String:
    break;
  }
  return 0;
}

std::string nameOf(ElementType type) {
  switch (type) {
  case ElementType::Float32:
    return "FLOAT32";
  case ElementType::Float16:
    return "FLOAT16";
  case ElementType::Int32:
    return "INT32";
  case ElementType::UInt8:
    return "UINT8";
  case ElementType::Int64:
    return "INT64";
  case ElementType::String:
    return "STRING";
  case ElementType::Bool:
    return "BOOL";
  case ElementType::Int16:
    return "INT16";
  case ElementType::Int8:
    return "INT8";
  }
  return "type " + std::to_string(static_cast<int>(type));
}

std::string nameOf(Builtin op) {
  static constexpr std::pair<int32_t, const char *> names[] = {
#define QCC_TFLITE_OP(number, name) {number, #name},
#include "compiler/Import/Tflite/Operators.inc"
#undef QCC_TFLITE_OP
  };
  for (auto [number, name] : names)
    if (number == static_cast<int32_t>(op))
      return name;
  return "operator " + std::to_string(static_cast<int32_t>(op));
}

ArrayRef<Importer::Entry> Importer::entries() {
  static constexpr Entry table[] = {
      {Builtin::Add, &Importer::add, true},
      {Builtin::AveragePool2D, &Importer::averagePool2d, true},
      {Builtin::Concatenation, &Importer::concatenation, true},
      {Builtin::Conv2D, &Importer::conv2d, true},
      {Builtin::DepthwiseConv2D, &Importer::depthwiseConv2d, true},
      {Builtin::DepthToSpace, &Importer::depthToSpace, true},
      {Builtin::Dequantize, &Importer::dequantize, true},
      {Builtin::Floor, &Importer::unary, false},
      {Builtin::FullyConnected, &Importer::fullyConnected, true},
      {Builtin::L2Normalization, &Importer::l2Normalization, false},
      {Builtin::Logistic, &Importer::unary, true},
      {Builtin::MaxPool2D, &Importer::maxPool2d, true},
      {Builtin::Mul, &Importer::mul, true},
      {Builtin::Relu, &Importer::relu, true},
      {Builtin::ReluN1To1, &Importer::relu, true},
      {Builtin::Relu6, &Importer::relu, true},
      {Builtin::Relu0To1, &Importer::relu, true},
      {Builtin::Reshape, &Importer::reshape, true},
      {Builtin::ResizeBilinear, &Importer::resizeBilinear, true},
      {Builtin::Softmax, &Importer::softmax, true},
      {Builtin::SpaceToDepth, &Importer::spaceToDepth, true},
      {Builtin::Tanh, &Importer::unary, true},
      {Builtin::Pad, &Importer::pad, true},
      {Builtin::Gather, &Importer::gather, true},
      {Builtin::Transpose, &Importer::transpose, true},
      {Builtin::Mean, &Importer::reduce, true},
      {Builtin::Sub, &Importer::sub, true},
      {Builtin::Div, &Importer::div, false},
      {Builtin::Squeeze, &Importer::reshape, true},
      {Builtin::StridedSlice, &Importer::stridedSlice, true},
      {Builtin::Exp, &Importer::unary, true},
      {Builtin::Split, &Importer::split, true},
      {Builtin::LogSoftmax, &Importer::logSoftmax, false},
      {Builtin::Cast, &Importer::convert, false},
      {Builtin::Prelu, &Importer::prelu, true},
      {Builtin::Maximum, &Importer::maximum, true},
      {Builtin::ArgMax, &Importer::argMax, true},
      {Builtin::Minimum, &Importer::minimum, true},
      {Builtin::Neg, &Importer::unary, false},
      {Builtin::PadV2, &Importer::pad, true},
      {Builtin::Slice, &Importer::slice, true},
      {Builtin::Sin, &Importer::unary, false},
      {Builtin::TransposeConv, &Importer::transposeConv2d, true},
      {Builtin::Tile, &Importer::tile, true},
      {Builtin::ExpandDims, &Importer::reshape, true},
      {Builtin::Log, &Importer::unary, true},
      {Builtin::Sum, &Importer::reduce, true},
      {Builtin::Sqrt, &Importer::unary, true},
      {Builtin::Rsqrt, &Importer::unary, true},
      {Builtin::Shape, &Importer::shape, true},
      {Builtin::Pow, &Importer::pow, false},
      {Builtin::ReduceMax, &Importer::reduce, true},
      {Builtin::Pack, &Importer::pack, true},
      {Builtin::Unpack, &Importer::unpack, true},
      {Builtin::ReduceMin, &Importer::reduce, true},
      {Builtin::Square, &Importer::square, false},
      {Builtin::ResizeNearestNeighbor, &Importer::resizeNearest, true},
      {Builtin::LeakyRelu, &Importer::leakyRelu, true},
      {Builtin::SquaredDifference, &Importer::squaredDifference, true},
      {Builtin::MirrorPad, &Importer::mirrorPad, true},
      {Builtin::Abs, &Importer::unary, true},
      {Builtin::SplitV, &Importer::split, true},
      {Builtin::Ceil, &Importer::unary, false},
      {Builtin::ReverseV2, &Importer::reverse, true},
      {Builtin::AddN, &Importer::addN, false},
      {Builtin::Cos, &Importer::unary, false},
      {Builtin::Elu, &Importer::unary, true},
      {Builtin::Quantize, &Importer::quantize, true},
      {Builtin::Round, &Importer::unary, false},
      {Builtin::HardSwish, &Importer::unary, true},
      {Builtin::BatchMatMul, &Importer::batchMatMul, true},
      {Builtin::BroadcastTo, &Importer::broadcastTo, true},
      {Builtin::Gelu, &Importer::unary, true},
  };
  return table;
}

const Importer::Entry *Importer::find(Builtin code) {
  for (const Entry &entry : entries())
    if (entry.code == code)
      return &entry;
  return nullptr;
}

Importer::Importer(const Network &network, MLIRContext &context,
                   const ImportOptions &options, StringRef file)
    : network(network), options(options), file(file.str()), builder(&context),
      loc(UnknownLoc::get(&context)) {
  context.loadDialect<qgraph::QGraphDialect, func::FuncDialect,
                      quant::QuantDialect>();
}

/// All operators without an importer, each named once with the first tensor
/// that it makes.
llvm::Error Importer::checkSupport() const {
  std::vector<std::string> unknown;
  std::string text;
  for (const OpInfo &info : network.ops) {
    const TensorInfo *made =
        info.outputs.empty() ? nullptr : &network.tensors[info.outputs[0]];
    const Entry *entry = find(info.code);
    bool quantized = made && made->isQuantized();
    bool narrow = !quantized || made->type != ElementType::Int16;
    if (entry && narrow && (!quantized || entry->quantized))
      continue;
    std::string name = info.name() + (!entry   ? ""
                                      : narrow ? " on integers"
                                               : " on INT16");
    if (llvm::is_contained(unknown, name))
      continue;
    unknown.push_back(name);
    text += (text.empty() ? "" : ", ") + name;
    if (made)
      text += " (makes '" + made->name + "')";
  }
  if (unknown.empty())
    return llvm::Error::success();
  return llvm::createStringError(
      file + ": operators that are not supported: " + text +
      "; docs/supported-ops.md lists those that are");
}

Value Importer::fail(const Twine &message) {
  if (problem.empty())
    problem = message.str();
  return {};
}

llvm::Error Importer::makeFunction() {
  module = ModuleOp::create(loc);
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attributes;
  for (int32_t number : network.inputs) {
    TensorInfo tensor = network.tensors[number];
    if (tensor.isDynamic) {
      // The axis that is unknown is as good as always the batch.
      if (tensor.shape.empty() || tensor.shape[0] != 1)
        return llvm::createStringError(file + ": input '" + tensor.name +
                                       "' has a shape that is not static");
    }
    RankedTensorType type = typeOf(tensor);
    if (!type || tensor.elements() == 0)
      return llvm::createStringError(
          file + ": input '" + tensor.name + "' of " + nameOf(tensor.type) +
          " is not supported; expected FLOAT32, or INT8, UINT8 or INT16 with "
          "a scale" +
          (problem.empty() ? "" : ": " + problem));
    types.push_back(type);
    attributes.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        "qgraph.name", builder.getStringAttr(tensor.name))));
  }
  builder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(builder, loc, "main",
                                       builder.getFunctionType(types, {}));
  for (auto [i, dictionary] : llvm::enumerate(attributes))
    function.setArgAttrs(i, dictionary);
  Block *block = function.addEntryBlock();
  for (auto [i, number] : llvm::enumerate(network.inputs))
    values[number] = block->getArgument(i);
  builder.setInsertionPointToEnd(block);
  return llvm::Error::success();
}

llvm::Error Importer::importOp(const OpInfo &info) {
  op = &info;
  problem.clear();
  furtherResults.clear();
  isEdge = false;
  auto failed = [&](const Twine &message) {
    std::string where =
        info.outputs.empty()
            ? std::string()
            : " '" + network.tensors[info.outputs[0]].name + "'";
    return llvm::createStringError(file + ": " + info.name() + where + " " +
                                   message);
  };
  if (info.outputs.empty())
    return failed("makes nothing");
  std::string name = output().name;
  loc = NameLoc::get(builder.getStringAttr(StringRef(name).split(';').first));
  Value result = (this->*find(info.code)->handler)();
  if (!problem.empty())
    return failed(problem);
  if (!result) // a constant, folded
    return llvm::Error::success();
  furtherResults.insert(furtherResults.begin(), result);
  if (furtherResults.size() != info.outputs.size())
    return failed("has " + Twine(info.outputs.size()) + " outputs, expected " +
                  Twine(furtherResults.size()));
  for (auto [number, value] : llvm::zip(info.outputs, furtherResults)) {
    const TensorInfo &tensor = network.tensors[number];
    RankedTensorType expected = typeOf(tensor);
    if (!expected)
      return failed("makes a tensor of " + nameOf(tensor.type) +
                    ", which is not supported" +
                    (problem.empty() ? "" : ": " + problem));
    if (value.getType() != expected && !isEdge) {
      std::string text;
      llvm::raw_string_ostream(text)
          << "computes " << value.getType() << ", the file says " << expected;
      return failed(text);
    }
    values[number] = value;
  }
  return llvm::Error::success();
}

llvm::Error Importer::finishFunction() {
  auto function = *module->getOps<func::FuncOp>().begin();
  SmallVector<Value> results;
  for (int32_t number : network.outputs) {
    Value value = values.lookup(number);
    if (!value)
      return llvm::createStringError(file + ": output '" +
                                     network.tensors[number].name +
                                     "' is a constant");
    results.push_back(value);
  }
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  SmallVector<Type> types(ValueRange(results).getTypes());
  // A float argument that is only ever quantized has become its codes.
  function.setType(builder.getFunctionType(
      function.getBody().front().getArgumentTypes(), types));
  for (auto [i, number] : llvm::enumerate(network.outputs))
    function.setResultAttr(i, "qgraph.name",
                           builder.getStringAttr(network.tensors[number].name));
  for (Operation &unused :
       llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (unused.use_empty() && !unused.hasTrait<OpTrait::IsTerminator>())
      unused.erase();
  return llvm::Error::success();
}

llvm::Expected<OwningOpRef<ModuleOp>> Importer::run() {
  if (llvm::Error error = checkSupport())
    return std::move(error);
  if (llvm::Error error = makeFunction())
    return std::move(error);
  for (const OpInfo &info : network.ops) {
    if (llvm::Error error = importOp(info))
      return std::move(error);
    ++opNumber;
  }
  if (llvm::Error error = finishFunction())
    return std::move(error);
  // Numbers in the file that no op can have show up here.
  std::string message;
  ScopedDiagnosticHandler handler(builder.getContext(), [&](Diagnostic &d) {
    if (message.empty()) {
      llvm::raw_string_ostream stream(message);
      if (auto name = dyn_cast<NameLoc>(d.getLocation()))
        stream << "'" << name.getName().getValue() << "': ";
      stream << d.str();
    }
    return success();
  });
  if (failed(verify(*module)))
    return llvm::createStringError(file + ": " + message);
  return std::move(module);
}

} // namespace qcc::import::tflite
