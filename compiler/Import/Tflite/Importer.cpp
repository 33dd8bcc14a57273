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
      {Builtin::Add, &Importer::add, Entry::Words},
      {Builtin::AveragePool2D, &Importer::averagePool2d, Entry::Words},
      {Builtin::Concatenation, &Importer::concatenation, Entry::Words},
      {Builtin::Conv2D, &Importer::conv2d, Entry::Words},
      {Builtin::DepthwiseConv2D, &Importer::depthwiseConv2d, Entry::Words},
      {Builtin::DepthToSpace, &Importer::depthToSpace, Entry::Words},
      {Builtin::Dequantize, &Importer::dequantize, Entry::Words},
      {Builtin::EmbeddingLookup, &Importer::embeddingLookup, Entry::Words},
      {Builtin::Floor, &Importer::unary, Entry::None},
      {Builtin::FullyConnected, &Importer::fullyConnected, Entry::Words},
      {Builtin::L2Normalization, &Importer::l2Normalization, Entry::Bytes},
      {Builtin::Logistic, &Importer::unary, Entry::Words},
      {Builtin::MaxPool2D, &Importer::maxPool2d, Entry::Words},
      {Builtin::Mul, &Importer::mul, Entry::Words},
      {Builtin::Relu, &Importer::relu, Entry::Words},
      {Builtin::ReluN1To1, &Importer::relu, Entry::Words},
      {Builtin::Relu6, &Importer::relu, Entry::Words},
      {Builtin::Relu0To1, &Importer::relu, Entry::Words},
      {Builtin::Reshape, &Importer::reshape, Entry::Words},
      {Builtin::ResizeBilinear, &Importer::resizeBilinear, Entry::Words},
      {Builtin::Softmax, &Importer::softmax, Entry::Words},
      {Builtin::SpaceToDepth, &Importer::spaceToDepth, Entry::Words},
      {Builtin::Tanh, &Importer::unary, Entry::Words},
      {Builtin::Pad, &Importer::pad, Entry::Words},
      {Builtin::Gather, &Importer::gather, Entry::Words},
      {Builtin::Transpose, &Importer::transpose, Entry::Words},
      {Builtin::Mean, &Importer::reduce, Entry::Words},
      {Builtin::Sub, &Importer::sub, Entry::Words},
      {Builtin::Div, &Importer::div, Entry::Bytes, Form::Some},
      {Builtin::Squeeze, &Importer::reshape, Entry::Words},
      {Builtin::StridedSlice, &Importer::stridedSlice, Entry::Words},
      {Builtin::Exp, &Importer::unary, Entry::Words},
      {Builtin::Split, &Importer::split, Entry::Words},
      {Builtin::LogSoftmax, &Importer::logSoftmax, Entry::Bytes},
      {Builtin::Cast, &Importer::convert, Entry::None},
      {Builtin::Prelu, &Importer::prelu, Entry::Bytes},
      {Builtin::Maximum, &Importer::maximum, Entry::Words},
      {Builtin::ArgMax, &Importer::argMax, Entry::Words},
      {Builtin::Minimum, &Importer::minimum, Entry::Words},
      {Builtin::Neg, &Importer::unary, Entry::None},
      {Builtin::PadV2, &Importer::pad, Entry::Words},
      {Builtin::Slice, &Importer::slice, Entry::Words},
      {Builtin::Sin, &Importer::unary, Entry::None},
      {Builtin::TransposeConv, &Importer::transposeConv2d, Entry::Words},
      {Builtin::Tile, &Importer::tile, Entry::Words},
      {Builtin::ExpandDims, &Importer::reshape, Entry::Words},
      {Builtin::Log, &Importer::unary, Entry::Words},
      {Builtin::Sum, &Importer::reduce, Entry::Words},
      {Builtin::Sqrt, &Importer::unary, Entry::Bytes},
      {Builtin::Rsqrt, &Importer::unary, Entry::Words},
      {Builtin::Shape, &Importer::shape, Entry::Words},
      {Builtin::Pow, &Importer::pow, Entry::None, Form::Some},
      {Builtin::ReduceMax, &Importer::reduce, Entry::Words},
      {Builtin::Pack, &Importer::pack, Entry::Words},
      {Builtin::Unpack, &Importer::unpack, Entry::Words},
      {Builtin::ReduceMin, &Importer::reduce, Entry::Words},
      {Builtin::Square, &Importer::square, Entry::None},
      {Builtin::ResizeNearestNeighbor, &Importer::resizeNearest, Entry::Words},
      {Builtin::LeakyRelu, &Importer::leakyRelu, Entry::Bytes},
      {Builtin::SquaredDifference, &Importer::squaredDifference, Entry::Bytes},
      {Builtin::MirrorPad, &Importer::mirrorPad, Entry::Words},
      {Builtin::Abs, &Importer::unary, Entry::Bytes},
      {Builtin::SplitV, &Importer::split, Entry::Words},
      {Builtin::Ceil, &Importer::unary, Entry::None},
      {Builtin::ReverseV2, &Importer::reverse, Entry::Words},
      {Builtin::AddN, &Importer::addN, Entry::None},
      {Builtin::Cos, &Importer::unary, Entry::None},
      {Builtin::Elu, &Importer::unary, Entry::Bytes},
      {Builtin::Quantize, &Importer::quantize, Entry::Words},
      {Builtin::Round, &Importer::unary, Entry::None},
      {Builtin::HardSwish, &Importer::unary, Entry::Bytes},
      {Builtin::BatchMatMul, &Importer::batchMatMul, Entry::Words},
      {Builtin::BroadcastTo, &Importer::broadcastTo, Entry::Words},
      {Builtin::Gelu, &Importer::unary, Entry::Words},
  };
  return table;
}

std::vector<OperatorSupport> Importer::support() {
  std::vector<OperatorSupport> all;
  for (const Entry &entry : entries()) {
    OperatorSupport support;
    support.name = nameOf(entry.code);
    support.constants =
        entry.code == Builtin::Cast || entry.code == Builtin::Shape;
    support.floats = entry.floats;
    support.bytes = entry.integers >= Entry::Bytes;
    support.words = entry.integers >= Entry::Words;
    all.push_back(std::move(support));
  }
  llvm::sort(all, [](const OperatorSupport &a, const OperatorSupport &b) {
    return a.name < b.name;
  });
  return all;
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
    Entry::Integers needed = narrow ? Entry::Bytes : Entry::Words;
    if (entry && (!quantized || entry->integers >= needed))
      continue;
    std::string name = info.name();
    if (entry)
      name += entry->integers == Entry::None ? " on integers" : " on INT16";
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
      if (tensor.shape.empty() ||
          (tensor.shape[0] != 1 && !tensor.hasOpenBatch))
        return llvm::createStringError(file + ": input '" + tensor.name +
                                       "' has a shape that is not static");
    }
    RankedTensorType type = typeOf(tensor);
    if (!type || tensor.elements() == 0)
      return llvm::createStringError(
          file + ": input '" + tensor.name + "' of " + nameOf(tensor.type) +
          " is not supported; expected FLOAT32, INT32, INT64, or INT8, UINT8 "
          "or INT16 with a scale" +
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

std::vector<qcc::import::OperatorSupport> qcc::import::supportedTflite() {
  return tflite::Importer::support();
}
