#include "test/unit/Targets/BoardKernel.h"

#include "compiler/Emit/EmitModule.h"
#include "compiler/Emit/VerifyObject.h"
#include "compiler/Evaluate/Emulator.h"
#include "dialects/QInt/Reference/Reference.h"
#include "passes/LowerToLLVM/LowerToLLVM.h"

#include "mlir/Parser/Parser.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace qcc::test {

namespace {

using qint::reference::Tensor;

MLIRContext &context() {
  static MLIRContext *made = [] {
    DialectRegistry registry;
    registry.insert<qint::QIntDialect, func::FuncDialect>();
    auto *c = new MLIRContext(registry, MLIRContext::Threading::DISABLED);
    c->loadAllAvailableDialects();
    return c;
  }();
  return *made;
}

targets::Layout layoutOf(Type type, Halo halo) {
  auto tensor = cast<RankedTensorType>(type);
  targets::Layout layout;
  layout.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
  layout.elementBytes = tensor.getElementTypeBitWidth() / 8;
  layout.isUnsigned = tensor.getElementType().isUnsignedInteger();
  layout.top = halo[0], layout.bottom = halo[1];
  layout.left = halo[2], layout.right = halo[3];
  return layout;
}

/// The bytes of a buffer: a tensor of codes, and its halo.
std::vector<uint8_t> bufferOf(const targets::Layout &layout,
                              const Tensor &tensor, int32_t haloValue) {
  std::vector<uint8_t> bytes(layout.bytes(), uint8_t(haloValue));
  llvm::SmallVector<int64_t, 4> strides = layout.strides();
  qint::reference::forEachIndex(tensor.shape,
                                [&](llvm::ArrayRef<int64_t> index) {
                                  int64_t at = layout.origin();
                                  for (size_t i = 0; i < index.size(); ++i)
                                    at += index[i] * strides[i];
                                  bytes[at] = uint8_t(tensor.at(index));
                                });
  return bytes;
}

llvm::Value *constantBytes(llvm::Module &module,
                           const std::vector<uint8_t> &bytes) {
  auto *data = llvm::ConstantDataArray::get(module.getContext(),
                                            llvm::ArrayRef<uint8_t>(bytes));
  auto *global = new llvm::GlobalVariable(module, data->getType(), true,
                                          llvm::GlobalValue::InternalLinkage,
                                          data, "k_constant");
  global->setAlignment(llvm::Align(8));
  return global;
}

/// int k_run(inputs, outputs, arena): the kernel with its scratch in the arena.
void addRun(llvm::Module &module, const targets::KernelSource &source,
            const std::vector<targets::PackedConstant> &packed,
            const targets::Target &target) {
  llvm::IRBuilder<> b(module.getContext());
  llvm::Type *pointer = b.getPtrTy();
  auto *run = llvm::Function::Create(
      llvm::FunctionType::get(b.getInt32Ty(), {pointer, pointer, pointer},
                              false),
      llvm::GlobalValue::ExternalLinkage, "k_run", module);
  run->addFnAttr(llvm::Attribute::NoUnwind);
  run->addFnAttr("target-cpu", target.cpu);
  run->addFnAttr("target-features", target.features);
  b.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "", run));
  llvm::SmallVector<llvm::Value *> arguments;
  for (auto [constant, bytes] : llvm::zip(source.constants, packed))
    arguments.push_back(constant ? constantBytes(module, bytes.bytes)
                                 : b.CreateLoad(pointer, run->getArg(0)));
  arguments.push_back(b.CreateLoad(pointer, run->getArg(1)));
  arguments.push_back(run->getArg(2));
  llvm::Function *kernel = module.getFunction("k_kernel");
  kernel->setLinkage(llvm::GlobalValue::InternalLinkage);
  kernel->addFnAttr(llvm::Attribute::NoInline);
  b.CreateCall(kernel, arguments);
  b.CreateRet(b.getInt32(0));
}

llvm::Expected<std::string> makeObject(const targets::KernelSource &source,
                                       const targets::KernelProvider &provider,
                                       const targets::Target &target) {
  auto machine = createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext llvmContext;
  llvm::Module module("k", llvmContext);
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  if (llvm::Error error = provider.emit(source, target, "k_kernel", module))
    return std::move(error);
  auto packed = provider.pack(source, target);
  if (!packed)
    return packed.takeError();
  addRun(module, source, *packed, target);
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (llvm::verifyModule(module, &stream))
    return llvm::createStringError(message);
  if (llvm::Error error = optimizeModule(module, **machine, {}))
    return std::move(error);
  auto object =
      emit::emitModule(module, **machine, emit::CodeKind::Object, "k.o");
  if (!object)
    return object.takeError();
  emit::VerifyObjectOptions options;
  options.triple = target.triple.str();
  options.cpu = target.cpu.str();
  options.features = target.features.str();
  if (llvm::Error error = emit::verifyIntegerOnly(
          llvm::MemoryBufferRef(*object, "k.o"), options))
    return std::move(error);
  return object;
}

/// What the runner asks of a model's header.
std::string makeHeader(const targets::KernelSource &source, int64_t input,
                       int64_t scratch, const targets::Target &target) {
  return llvm::formatv(
      "#define K_ARENA_BYTES {0}\n#define K_ARENA_ALIGN {1}\n"
      "#define K_NUM_INPUTS 1\n#define K_NUM_OUTPUTS 1\n"
      "#define K_INPUT0_BYTES {2}\n"
      "#define K_OUTPUT0_BYTES {3}\n"
      "typedef struct {{ const void *input0; } k_inputs;\n"
      "typedef struct {{ void *output0; } k_outputs;\n"
      "int k_run(const k_inputs *, const k_outputs *, void *);\n",
      scratch, target.alignment, source.inputs[input].bytes(),
      source.output.bytes());
}

/// A file that is gone when its owner is.
struct TemporaryFile {
  llvm::SmallString<128> path;

  TemporaryFile(llvm::StringRef suffix, llvm::StringRef contents) {
    int descriptor = -1;
    if (llvm::sys::fs::createTemporaryFile("qcc-kernel", suffix, descriptor,
                                           path))
      return;
    llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << contents;
  }
  ~TemporaryFile() { llvm::sys::fs::remove(path); }
  TemporaryFile(const TemporaryFile &) = delete;
};

llvm::Expected<evaluate::RunResult> runOnBoard(const targets::Target &target,
                                               llvm::StringRef object,
                                               llvm::StringRef header,
                                               llvm::ArrayRef<uint8_t> inputs) {
  TemporaryFile objectFile("o", object), headerFile("h", header);
  auto emulator =
      evaluate::Emulator::create(*evaluate::findEmulator(target.emulator));
  if (!emulator)
    return emulator.takeError();
  evaluate::CompiledModel model{std::string(objectFile.path),
                                std::string(headerFile.path), "k"};
  evaluate::BuildOptions build;
  build.ioAlign = 1;
  auto program = emulator->build(model, build);
  if (!program)
    return program.takeError();
  evaluate::RunOptions options;
  options.countInstructions = true;
  return program->run(inputs, options);
}

Tensor randomInput(Type type, int number, std::mt19937 &random) {
  Tensor tensor = llvm::cantFail(Tensor::zeros(type));
  int64_t low = qint::reference::minimumOf(tensor.kind);
  int64_t high = qint::reference::maximumOf(tensor.kind);
  std::uniform_int_distribution<int64_t> pick(low, high);
  for (int64_t &value : tensor.values)
    value = number == 0 ? low : number == 1 ? high : pick(random);
  return tensor;
}

} // namespace

BoardKernel::BoardKernel(const std::string &text, Halo inputHalo,
                         int32_t inputHaloValue)
    : module(parseSourceString<ModuleOp>(text, &context())),
      inputHaloValue(inputHaloValue) {
  function = *module->getOps<func::FuncOp>().begin();
  kernelSource.op = *function.getOps<qint::KernelOp>().begin();
  for (Value input : kernelSource.op.getInputs()) {
    auto constant = input.getDefiningOp<qint::ConstantOp>();
    kernelSource.constants.push_back(
        constant ? cast<DenseElementsAttr>(constant.getValue())
                 : DenseElementsAttr());
    kernelSource.inputs.push_back(
        layoutOf(input.getType(), constant ? Halo() : inputHalo));
  }
  Halo halo = {0, 0, 0, 0};
  if (auto attribute = kernelSource.op.getHalo())
    llvm::copy(*attribute, halo.begin());
  kernelSource.output = layoutOf(kernelSource.op.getOutput().getType(), halo);
}

const targets::KernelProvider *
BoardKernel::provider(const targets::Target &target) const {
  for (const targets::KernelProvider *provider : target.providers)
    if (provider->supports(kernelSource, target))
      return provider;
  return nullptr;
}

llvm::Expected<double> BoardKernel::check(const targets::Target &target,
                                          int samples,
                                          std::mt19937 &random) const {
  const targets::KernelProvider *own = provider(target);
  if (!own)
    return llvm::createStringError("no provider supports the kernel");
  auto object = makeObject(kernelSource, *own, target);
  if (!object)
    return object.takeError();
  int64_t input = llvm::find(kernelSource.constants, DenseElementsAttr()) -
                  kernelSource.constants.begin();
  std::string header =
      makeHeader(kernelSource, input,
                 own->needs(kernelSource, target).scratchBytes, target);
  qint::KernelOp kernel = kernelSource.op;
  int32_t haloValue = kernel.getHaloValue().value_or(0);
  std::vector<uint8_t> inputs, wanted;
  for (int sample = 0; sample < samples; ++sample) {
    Tensor tensor = randomInput(function.getArgumentTypes()[0], sample, random);
    llvm::append_range(
        inputs, bufferOf(kernelSource.inputs[input], tensor, inputHaloValue));
    auto results = qint::reference::interpret(function, {tensor});
    if (!results)
      return results.takeError();
    llvm::append_range(
        wanted, bufferOf(kernelSource.output, results->front(), haloValue));
  }
  auto result = runOnBoard(target, *object, header, inputs);
  if (!result)
    return result.takeError();
  for (size_t i = 0; i < wanted.size(); ++i)
    if (result->outputs[i] != wanted[i])
      return llvm::createStringError(llvm::formatv(
          "byte {0} of {1} is {2}, expected {3}", i, wanted.size(),
          int8_t(result->outputs[i]), int8_t(wanted[i])));
  return double(result->counts->total) / samples;
}

} // namespace qcc::test
