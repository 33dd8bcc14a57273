#include "test/unit/Kernels/Harness.h"

#include "dialects/QInt/Reference/Reference.h"
#include "passes/LowerToLLVM/HalideProvider.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"

#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;

namespace qcc::test {

namespace {

using qint::reference::Tensor;

MLIRContext &context() {
  static MLIRContext *made = [] {
    DialectRegistry registry;
    registry.insert<qint::QIntDialect, func::FuncDialect>();
    auto *c = new MLIRContext(registry);
    c->loadAllAvailableDialects();
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
    return c;
  }();
  return *made;
}

targets::Layout layoutOf(mlir::Type type, Halo halo) {
  auto tensor = cast<RankedTensorType>(type);
  targets::Layout layout;
  layout.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
  layout.elementBytes = std::max(
      1, static_cast<int>(tensor.getElementType().getIntOrFloatBitWidth()) / 8);
  layout.isUnsigned = tensor.getElementType().isUnsignedInteger();
  layout.top = halo[0], layout.bottom = halo[1];
  layout.left = halo[2], layout.right = halo[3];
  return layout;
}

llvm::Error failure(const llvm::Twine &what) {
  return llvm::createStringError(what);
}

struct ParsedKernel {
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
  targets::KernelSource source;
};

llvm::Expected<ParsedKernel> parse(const KernelCase &kernelCase) {
  ParsedKernel parsed;
  parsed.module = parseSourceString<ModuleOp>(kernelCase.text, &context());
  if (!parsed.module)
    return failure("cannot parse the kernel");
  parsed.function = *parsed.module->getOps<func::FuncOp>().begin();
  auto kernels = parsed.function.getOps<qint::KernelOp>();
  targets::KernelSource &source = parsed.source;
  source.op = *kernels.begin();
  for (mlir::Value input : source.op.getInputs()) {
    Halo halo = {0, 0, 0, 0};
    DenseElementsAttr constant;
    if (auto op = input.getDefiningOp<qint::ConstantOp>())
      constant = cast<DenseElementsAttr>(op.getValue());
    else if (size_t number = cast<BlockArgument>(input).getArgNumber();
             number < kernelCase.inputHalos.size())
      halo = kernelCase.inputHalos[number];
    source.inputs.push_back(layoutOf(input.getType(), halo));
    source.constants.push_back(constant);
  }
  Halo halo = {0, 0, 0, 0};
  if (auto attribute = source.op.getHalo())
    std::copy(attribute->begin(), attribute->end(), halo.begin());
  source.output = layoutOf(source.op.getOutput().getType(), halo);
  return parsed;
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
machineFor(const targets::Target &target) {
  std::string error;
  llvm::Triple triple(target.triple);
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!found)
    return failure(error);
  return std::unique_ptr<llvm::TargetMachine>(found->createTargetMachine(
      triple, target.cpu, target.features, llvm::TargetOptions(),
      llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

/// The entry of the emitted code for a table of pointers.
void addEntry(llvm::Module &module, llvm::Function *kernel,
              const targets::Target &target, bool pingPong) {
  llvm::IRBuilder<> builder(module.getContext());
  auto *type =
      llvm::FunctionType::get(builder.getVoidTy(), {builder.getPtrTy()}, false);
  auto *entry = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                       "entry", module);
  entry->addFnAttr("target-cpu", target.cpu);
  entry->addFnAttr("target-features", target.features);
  entry->addFnAttr(llvm::Attribute::NoUnwind);
  builder.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "", entry));
  llvm::SmallVector<llvm::Value *> arguments;
  for (unsigned i = 0; i < kernel->arg_size(); ++i)
    arguments.push_back(builder.CreateLoad(
        builder.getPtrTy(),
        builder.CreateConstGEP1_32(builder.getPtrTy(), entry->getArg(0), i)));
  builder.CreateCall(kernel, arguments);
  if (pingPong) {
    kernel->addFnAttr(llvm::Attribute::AlwaysInline);
    llvm::SmallVector<llvm::Value *> back = arguments;
    std::swap(back.front(), back[back.size() - 2]);
    builder.CreateCall(kernel, back);
    builder.CreateCall(kernel, arguments);
  }
  builder.CreateRetVoid();
  kernel->setLinkage(llvm::GlobalValue::InternalLinkage);
}

llvm::Error checkCalls(llvm::Module &module) {
  for (llvm::Function &f : module) {
    if (f.getName().contains("halide"))
      return failure("'" + f.getName() + "' is left");
    if (f.isDeclaration() && !f.isIntrinsic())
      return failure("call of '" + f.getName() + "'");
    if (f.getName().contains(".stage"))
      return failure("stage '" + f.getName() + "' was not inlined");
    for (llvm::BasicBlock &block : f)
      for (llvm::Instruction &instruction : block)
        if (auto *slot = llvm::dyn_cast<llvm::AllocaInst>(&instruction))
          if (slot->getAllocatedType()->isStructTy())
            return failure("a buffer structure is left");
  }
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<llvm::Module>>
emitOptimized(const targets::KernelSource &source,
              const targets::Target &target, llvm::TargetMachine &machine,
              llvm::LLVMContext &llvmContext, bool pingPong) {
  auto module = std::make_unique<llvm::Module>("kernel", llvmContext);
  module->setTargetTriple(machine.getTargetTriple());
  module->setDataLayout(machine.createDataLayout());
  if (llvm::Error error =
          halideProvider().emit(source, target, "kernel", *module))
    return std::move(error);
  llvm::Function *kernel = module->getFunction("kernel");
  addEntry(*module, kernel, target, pingPong);
  if (getenv("QCC_KERNEL_IR")) // to look at what Halide made
    llvm::errs() << *module;
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (llvm::verifyModule(*module, &stream))
    return failure(message);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder passes(&machine);
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(graph);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, graph, modules);
  passes.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
      .run(*module, modules);
  if (llvm::Error error = checkCalls(*module))
    return std::move(error);
  return module;
}

/// Memory that ends right before a page that cannot be read, so that reading
/// past the end is noticed. The bytes before it are a canary.
class GuardedBuffer {
public:
  explicit GuardedBuffer(size_t bytes) {
    size_t page = sysconf(_SC_PAGESIZE);
    mapped = (bytes + 64 + page - 1) / page * page + page;
    base = static_cast<uint8_t *>(mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + mapped - page, page, PROT_NONE);
    start = base + mapped - page - bytes;
    std::fill(base, start, 0xA5);
  }
  ~GuardedBuffer() { munmap(base, mapped); }
  GuardedBuffer(const GuardedBuffer &) = delete;
  uint8_t *data() { return start; }
  bool intact() const {
    return std::all_of(base, start, [](uint8_t b) { return b == 0xA5; });
  }

private:
  size_t mapped;
  uint8_t *base, *start;
};

/// Position in bytes of a dense tensor's element in its laid out buffer.
int64_t byteOf(const targets::Layout &layout, llvm::ArrayRef<int64_t> index) {
  llvm::SmallVector<int64_t, 4> strides = layout.strides();
  int64_t at = layout.origin();
  for (size_t i = 0; i < index.size(); ++i)
    at += index[i] * strides[i];
  return at * layout.elementBytes;
}

void storeElements(uint8_t *to, const targets::Layout &layout,
                   const Tensor &tensor, int64_t haloValue) {
  for (int64_t i = 0; i < layout.elements(); ++i)
    memcpy(to + i * layout.elementBytes, &haloValue, layout.elementBytes);
  qint::reference::forEachIndex(
      tensor.shape, [&](llvm::ArrayRef<int64_t> index) {
        int64_t value = tensor.at(index);
        memcpy(to + byteOf(layout, index), &value, layout.elementBytes);
      });
}

std::string describe(llvm::ArrayRef<int64_t> index) {
  std::string text;
  for (int64_t i : index)
    text += (text.empty() ? "" : ",") + std::to_string(i);
  return "[" + text + "]";
}

} // namespace

std::string randomConstant(const std::string &type, int64_t low, int64_t high,
                           std::mt19937 &random) {
  auto tensor = cast<RankedTensorType>(parseType(type, &context()));
  std::vector<llvm::APInt> values;
  std::uniform_int_distribution<int64_t> pick(low, high);
  unsigned bits = tensor.getElementType().getIntOrFloatBitWidth();
  for (int64_t i = 0; i < tensor.getNumElements(); ++i)
    values.emplace_back(bits, static_cast<uint64_t>(pick(random)), true, true);
  std::string text;
  llvm::raw_string_ostream stream(text);
  DenseElementsAttr::get(tensor, values).print(stream);
  return text;
}

llvm::Expected<std::unique_ptr<CompiledKernel>>
CompiledKernel::create(const KernelCase &kernelCase,
                       const targets::Target &target) {
  auto parsed = parse(kernelCase);
  if (!parsed)
    return parsed.takeError();
  std::unique_ptr<CompiledKernel> made(new CompiledKernel);
  made->module = std::move(parsed->module);
  made->function = parsed->function;
  made->kernelSource = parsed->source;
  made->inputHaloValue = kernelCase.inputHaloValue;
  made->pingPong = kernelCase.pingPong;
  made->kernelNeeds = halideProvider().needs(made->kernelSource, target);
  auto packed = halideProvider().pack(made->kernelSource, target);
  if (!packed)
    return packed.takeError();
  made->packedConstants = std::move(*packed);
  auto machine = machineFor(target);
  if (!machine)
    return machine.takeError();
  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  auto module = emitOptimized(made->kernelSource, target, **machine,
                              *llvmContext, kernelCase.pingPong);
  if (!module)
    return module.takeError();
  llvm::raw_string_ostream(made->irText) << **module;
  llvm::orc::JITTargetMachineBuilder builder{llvm::Triple(target.triple)};
  builder.setCPU(target.cpu.str());
  llvm::SmallVector<llvm::StringRef> features;
  target.features.split(features, ',', -1, false);
  builder.addFeatures({features.begin(), features.end()});
  builder.setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  auto jit =
      llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(builder).create();
  if (!jit)
    return jit.takeError();
  made->jit = std::move(*jit);
  if (llvm::Error error = made->jit->addIRModule(llvm::orc::ThreadSafeModule(
          std::move(*module), std::move(llvmContext))))
    return std::move(error);
  auto entry = made->jit->lookup("entry");
  if (!entry)
    return entry.takeError();
  made->entry = entry->toPtr<void (*)(void *const *)>();
  return made;
}

llvm::Error CompiledKernel::check(std::mt19937 &random) {
  std::vector<Tensor> inputs;
  for (mlir::Type type : function.getArgumentTypes()) {
    auto tensor = Tensor::zeros(type);
    if (!tensor)
      return tensor.takeError();
    std::uniform_int_distribution<int64_t> pick(
        qint::reference::minimumOf(tensor->kind),
        qint::reference::maximumOf(tensor->kind));
    // The least and the largest code are common.
    for (int64_t &v : tensor->values) {
      v = pick(random);
      if (random() % 16 == 0)
        v = random() % 2 ? pick.min() : pick.max();
    }
    inputs.push_back(std::move(*tensor));
  }
  auto expected = qint::reference::interpret(function, inputs);
  for (int again = 0; pingPong && expected && again < 2; ++again) {
    std::vector<Tensor> between = std::move(*expected);
    expected = qint::reference::interpret(function, between);
  }
  if (!expected)
    return expected.takeError();

  std::vector<std::unique_ptr<GuardedBuffer>> buffers;
  std::vector<void *> pointers;
  auto add = [&](size_t bytes) {
    buffers.push_back(std::make_unique<GuardedBuffer>(bytes));
    pointers.push_back(buffers.back()->data());
    return buffers.back()->data();
  };
  for (auto [i, value] : llvm::enumerate(kernelSource.op.getInputs())) {
    if (kernelSource.constants[i]) {
      const std::vector<uint8_t> &bytes = packedConstants[i].bytes;
      memcpy(add(bytes.size()), bytes.data(), bytes.size());
      continue;
    }
    const targets::Layout &layout = kernelSource.inputs[i];
    uint8_t *to = add(layout.bytes() + kernelNeeds.overread[i]);
    storeElements(to, layout, inputs[cast<BlockArgument>(value).getArgNumber()],
                  inputHaloValue);
  }
  const targets::Layout &layout = kernelSource.output;
  uint8_t *result = add(layout.bytes());
  std::fill(result, result + layout.bytes(), 0x5C);
  add(kernelNeeds.scratchBytes);
  entry(pointers.data());

  std::vector<uint8_t> wanted(layout.bytes());
  storeElements(wanted.data(), layout, expected->front(),
                kernelSource.op.getHaloValue().value_or(0));
  for (const auto &buffer : buffers)
    if (!buffer->intact())
      return failure("wrote before the start of a buffer");
  if (memcmp(result, wanted.data(), wanted.size()) == 0)
    return llvm::Error::success();
  std::string where;
  int64_t wrong = 0;
  qint::reference::forEachIndex(
      expected->front().shape, [&](llvm::ArrayRef<int64_t> index) {
        int64_t at = byteOf(layout, index);
        if (!memcmp(result + at, wanted.data() + at, layout.elementBytes))
          return;
        if (wrong++ == 0)
          where = describe(index) + " is " +
                  std::to_string(int8_t(result[at])) + ", expected " +
                  std::to_string(int8_t(wanted[at]));
      });
  if (!wrong)
    return failure("the halo is wrong");
  return failure(std::to_string(wrong) + " of " +
                 std::to_string(expected->front().elements()) +
                 " elements differ: " + where);
}

static llvm::Expected<llvm::SmallVector<char, 0>>
generate(const KernelCase &kernelCase, const targets::Target &target,
         llvm::CodeGenFileType type) {
  auto parsed = parse(kernelCase);
  if (!parsed)
    return parsed.takeError();
  auto machine = machineFor(target);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext llvmContext;
  auto module = emitOptimized(parsed->source, target, **machine, llvmContext,
                              kernelCase.pingPong);
  if (!module)
    return module.takeError();
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, type))
    return failure("no code generator for this target");
  passes.run(**module);
  return bytes;
}

llvm::Expected<std::string> assembly(const KernelCase &kernelCase,
                                     const targets::Target &target) {
  auto bytes =
      generate(kernelCase, target, llvm::CodeGenFileType::AssemblyFile);
  if (!bytes)
    return bytes.takeError();
  return std::string(bytes->begin(), bytes->end());
}

llvm::Expected<std::vector<std::string>>
undefinedSymbols(const KernelCase &kernelCase, const targets::Target &target) {
  auto bytes = generate(kernelCase, target, llvm::CodeGenFileType::ObjectFile);
  if (!bytes)
    return bytes.takeError();
  auto object = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef({bytes->data(), bytes->size()}, "kernel.o"));
  if (!object)
    return object.takeError();
  std::vector<std::string> names;
  for (const llvm::object::SymbolRef &symbol : (*object)->symbols()) {
    auto flags = symbol.getFlags();
    auto name = symbol.getName();
    if (flags && name && !name->empty() &&
        (*flags & llvm::object::SymbolRef::SF_Undefined))
      names.push_back(name->str());
    llvm::consumeError(name.takeError());
    llvm::consumeError(flags.takeError());
  }
  return names;
}

} // namespace qcc::test
