#include "test/unit/EndToEnd/Harness.h"

#include "compiler/Emit/EmitModule.h"
#include "compiler/Emit/VerifyObject.h"
#include "compiler/Evaluate/Emulator.h"
#include "dialects/QInt/Reference/Reference.h"
#include "passes/LowerToLLVM/HalideProvider.h"
#include "passes/LowerToLLVM/LowerToLLVM.h"
#include "passes/Pipeline.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace qcc::test {
namespace {

using qint::reference::Tensor;

/// Collects the diagnostics of a scope as text.
class Diagnostics {
public:
  explicit Diagnostics(MLIRContext &context)
      : handler(&context, [this](Diagnostic &diagnostic) {
          text += (text.empty() ? "" : "\n") + diagnostic.str();
          return success();
        }) {}
  llvm::Error error(llvm::StringRef what) const {
    return llvm::createStringError(what + ": " + text);
  }

private:
  std::string text;
  ScopedDiagnosticHandler handler;
};

func::FuncOp functionOf(ModuleOp module) {
  return *module.getOps<func::FuncOp>().begin();
}

/// Takes one sample off the front of `inputs`.
llvm::Expected<std::vector<Tensor>>
takeSample(func::FuncOp function, llvm::ArrayRef<uint8_t> &inputs) {
  std::vector<Tensor> tensors;
  for (Type type : function.getArgumentTypes()) {
    auto shaped = cast<RankedTensorType>(type);
    auto kind = qint::reference::elementKindOf(shaped.getElementType());
    if (!kind)
      return kind.takeError();
    size_t bytes =
        shaped.getNumElements() * qint::reference::elementBytes(*kind);
    if (inputs.size() < bytes)
      return llvm::createStringError("the inputs end inside a sample");
    auto tensor =
        Tensor::fromBytes(shaped.getShape(), *kind, inputs.take_front(bytes));
    if (!tensor)
      return tensor.takeError();
    tensors.push_back(std::move(*tensor));
    inputs = inputs.drop_front(bytes);
  }
  return tensors;
}

llvm::Error writeFile(llvm::StringRef path, llvm::StringRef text) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (error)
    return llvm::createFileError(path, error);
  file << text;
  return llvm::Error::success();
}

void inlineAll(llvm::Module &module) {
  for (llvm::Function &function : module)
    if (!function.isDeclaration() && function.hasLocalLinkage()) {
      function.removeFnAttr(llvm::Attribute::NoInline);
      function.addFnAttr(llvm::Attribute::AlwaysInline);
    }
}

llvm::Expected<std::string>
codeFor(func::FuncOp function, const targets::Target &target, Kernels kernels) {
  auto machine = createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  LowerToLLVMOptions options;
  auto lowered = lowerToLLVM(function, target, halideProvider(), **machine,
                             options, context);
  if (!lowered)
    return lowered.takeError();
  if (kernels == Kernels::Inlined) {
    inlineAll(**lowered);
    if (llvm::Error error = optimizeModule(**lowered, **machine, options))
      return std::move(error);
  }
  return emit::emitModule(**lowered, **machine, emit::CodeKind::Object,
                          "model.o");
}

llvm::Error verify(llvm::StringRef object, const targets::Target &target) {
  emit::VerifyObjectOptions options;
  options.triple = target.triple.str();
  options.cpu = target.cpu.str();
  options.features = target.features.str();
  return emit::verifyIntegerOnly(llvm::MemoryBufferRef(object, "model.o"),
                                 options);
}

} // namespace

void loadDialects(MLIRContext &context) {
  context.loadDialect<qint::QIntDialect, func::FuncDialect>();
}

llvm::Expected<OwningOpRef<ModuleOp>> parse(llvm::StringRef text,
                                            MLIRContext &context) {
  Diagnostics diagnostics(context);
  auto module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return diagnostics.error("cannot parse");
  return module;
}

llvm::Expected<Bytes> runReference(ModuleOp module,
                                   llvm::ArrayRef<uint8_t> inputs) {
  func::FuncOp function = functionOf(module);
  qint::reference::Interpreter interpreter(function);
  Bytes outputs;
  while (!inputs.empty()) {
    auto sample = takeSample(function, inputs);
    if (!sample)
      return sample.takeError();
    auto results = interpreter.run(*sample);
    if (!results)
      return results.takeError();
    for (const Tensor &result : *results) {
      Bytes bytes = result.toBytes();
      outputs.insert(outputs.end(), bytes.begin(), bytes.end());
    }
  }
  return outputs;
}

size_t sampleBytes(ModuleOp module) {
  size_t bytes = 0;
  for (Type type : functionOf(module).getArgumentTypes()) {
    auto shaped = cast<RankedTensorType>(type);
    bytes += shaped.getNumElements() * (shaped.getElementTypeBitWidth() / 8);
  }
  return bytes;
}

llvm::Error schedule(ModuleOp module, const targets::Target &target) {
  Diagnostics diagnostics(*module.getContext());
  PipelineOptions options;
  options.target = &target;
  options.portable = &halideProvider();
  PassManager passes(module.getContext());
  buildSchedule(passes, options);
  if (failed(passes.run(module)))
    return diagnostics.error("Schedule failed");
  return llvm::Error::success();
}

llvm::Expected<Compiled> compile(ModuleOp module, const targets::Target &target,
                                 Kernels kernels) {
  OwningOpRef<ModuleOp> copy = module.clone();
  if (llvm::Error error = schedule(*copy, target))
    return std::move(error);
  func::FuncOp function = functionOf(*copy);
  auto object = codeFor(function, target, kernels);
  if (!object)
    return object.takeError();
  if (llvm::Error error = verify(*object, target))
    return std::move(error);
  Compiled compiled;
  compiled.object = std::move(*object);
  compiled.interface = emit::readInterface(function, target, "model");
  compiled.header = emit::makeHeader(compiled.interface, target, "test");
  return compiled;
}

llvm::Expected<Bytes> runOn(llvm::StringRef row, const Compiled &compiled,
                            llvm::ArrayRef<uint8_t> inputs,
                            uint64_t *instructions) {
  const evaluate::EmulatorRow *found = evaluate::findEmulator(row);
  if (!found)
    return llvm::createStringError("no emulator row '" + row + "'");
  auto emulator = evaluate::Emulator::create(*found);
  if (!emulator)
    return emulator.takeError();
  llvm::SmallString<128> directory;
  if (std::error_code error =
          llvm::sys::fs::createUniqueDirectory("qcc-test", directory))
    return llvm::createStringError(error, "cannot make a temporary directory");
  evaluate::CompiledModel model;
  model.name = compiled.interface.prefix;
  model.objectPath = (directory + "/model.o").str();
  model.headerPath = (directory + "/model.h").str();
  llvm::Error error =
      llvm::joinErrors(writeFile(model.objectPath, compiled.object),
                       writeFile(model.headerPath, compiled.header));
  if (error)
    return std::move(error);
  auto built = emulator->build(model);
  llvm::sys::fs::remove_directories(directory);
  if (!built)
    return built.takeError();
  evaluate::RunOptions options;
  options.timeoutSeconds = 600;
  options.countInstructions = instructions != nullptr;
  auto result = built->run(inputs, options);
  if (!result)
    return result.takeError();
  if (instructions)
    *instructions = result->counts->total;
  return std::move(result->outputs);
}

std::string difference(llvm::ArrayRef<uint8_t> found,
                       llvm::ArrayRef<uint8_t> expected) {
  if (found == expected)
    return "";
  if (found.size() != expected.size())
    return std::to_string(found.size()) + " bytes, expected " +
           std::to_string(expected.size());
  size_t first = found.size(), count = 0;
  for (size_t i = found.size(); i-- > 0;)
    if (found[i] != expected[i]) {
      first = i;
      ++count;
    }
  return std::to_string(count) + " of " + std::to_string(found.size()) +
         " bytes differ, the first is number " + std::to_string(first) + ": " +
         std::to_string(found[first]) + ", expected " +
         std::to_string(expected[first]);
}

const targets::Target &targetNamed(llvm::StringRef name) {
  return *llvm::cantFail(targets::findTarget(name));
}

std::string testName(llvm::StringRef text) {
  std::string name = text.str();
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  return name;
}

uint64_t fromEnvironment(const char *name, uint64_t otherwise) {
  const char *text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}

} // namespace qcc::test
