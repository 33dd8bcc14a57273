#include "passes/LowerToLLVM/LowerToLLVM.h"

#include "passes/LowerToLLVM/EmitKernels.h"
#include "passes/Schedule/Layouts.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/IPO/ConstantMerge.h"
#include "llvm/Transforms/IPO/DeadArgumentElimination.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"

using namespace mlir;

namespace qcc {
namespace {

/// What two kernels must share to share a function: everything but the layer's
/// name, the place in the arena and the values of constants.
std::string kernelKey(const targets::KernelSource &source,
                      const targets::KernelProvider &provider) {
  std::string key = provider.name().str() + "\n";
  llvm::raw_string_ostream stream(key);
  auto print = [&](const targets::Layout &layout) {
    stream << layout.isUnsigned << ' ' << layout.elementBytes << ' '
           << layout.top << ' ' << layout.bottom << ' ' << layout.left << ' '
           << layout.right;
    for (int64_t extent : layout.shape)
      stream << 'x' << extent;
    stream << '\n';
  };
  for (auto [layout, constant] : llvm::zip(source.inputs, source.constants)) {
    stream << (constant ? "constant " : "tensor ");
    print(layout);
  }
  print(source.output);
  qint::KernelOp op = source.op;
  stream << op.getHaloValue().value_or(0) << ' '
         << static_cast<int64_t>(op.getOverwrites().value_or(-1)) << '\n';
  OwningOpRef<qint::KernelOp> copy = op.clone();
  copy->setLayer("");
  copy->removeOffsetAttr();
  copy->removeScratchOffsetAttr();
  copy->walk([](Operation *inner) { inner->removeAttr("qint.layer"); });
  for (Operation &inner : copy->getBody().front())
    inner.print(stream, OpPrintingFlags().useLocalScope());
  return key;
}

class Lowering {
public:
  Lowering(func::FuncOp function, const targets::Target &target,
           const targets::KernelProvider &portable,
           llvm::TargetMachine &machine, llvm::Module &module,
           const LowerToLLVMOptions &options)
      : function(function), target(target), portable(portable),
        machine(machine), module(module), options(options),
        builder(module.getContext()) {}

  llvm::Error run() {
    for (qint::KernelOp kernel : function.getOps<qint::KernelOp>())
      if (llvm::Error error = plan(kernel))
        return error;
    if (llvm::Error error = linkCode())
      return error;
    startRunFunction();
    addTimestamp(0);
    for (auto [index, call] : llvm::enumerate(calls)) {
      addCall(call);
      addTimestamp(index + 1);
    }
    builder.CreateRet(builder.getInt32(0));
    return llvm::Error::success();
  }

private:
  void startRunFunction() {
    llvm::Type *pointer = builder.getPtrTy();
    auto *type = llvm::FunctionType::get(builder.getInt32Ty(),
                                         {pointer, pointer, pointer}, false);
    auto *run = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                       options.prefix + "_run", module);
    run->addFnAttr(llvm::Attribute::NoUnwind);
    run->addFnAttr("target-cpu", target.cpu);
    run->addFnAttr("target-features", target.features);
    builder.SetInsertPoint(
        llvm::BasicBlock::Create(module.getContext(), "entry", run));
    arena = run->getArg(2);
    run->addParamAttr(
        2, llvm::Attribute::getWithAlignment(module.getContext(),
                                             llvm::Align(target.alignment)));
    for (BlockArgument argument : function.getArguments())
      pointers[argument] =
          loadPointer(run->getArg(0), argument.getArgNumber(), "in");
    for (OpOperand &result :
         function.getBody().front().getTerminator()->getOpOperands())
      pointers[storageOf(result.get())] =
          loadPointer(run->getArg(1), result.getOperandNumber(), "out");
  }

  void addTimestamp(size_t index) {
    if (!options.timestamps)
      return;
    auto bytes = function->getAttrOfType<IntegerAttr>("qint.arena_bytes");
    uint64_t start =
        llvm::alignTo(bytes ? static_cast<uint64_t>(bytes.getInt()) : 0, 8);
    llvm::Value *now = builder.CreateIntrinsic(
        llvm::Intrinsic::readcyclecounter, llvm::ArrayRef<llvm::Value *>());
    builder.CreateStore(now, arenaPointer(start + 8 * index));
  }

  llvm::Value *loadPointer(llvm::Value *table, unsigned index,
                           llvm::StringRef name) {
    llvm::Value *slot =
        builder.CreateConstInBoundsGEP1_32(builder.getPtrTy(), table, index);
    return builder.CreateLoad(builder.getPtrTy(), slot,
                              name + llvm::Twine(index));
  }

  llvm::Value *arenaPointer(uint64_t offset) {
    return builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), arena,
                                              offset);
  }

  /// One kernel of the network: the code it runs and the bytes it reads.
  struct Call {
    qint::KernelOp kernel;
    size_t job;
    std::vector<targets::PackedConstant> packed;
    llvm::SmallVector<bool> isConstant; ///< per operand
  };

  llvm::Error plan(qint::KernelOp kernel) {
    targets::KernelSource source = sourceOf(kernel);
    const targets::KernelProvider &provider =
        targets::selectProvider(source, target, portable);
    auto packed = provider.pack(source, target);
    if (!packed)
      return packed.takeError();
    Call call{kernel, 0, std::move(*packed), {}};
    for (DenseElementsAttr constant : source.constants)
      call.isConstant.push_back(bool(constant));
    auto [found, isNew] =
        jobOf.try_emplace(kernelKey(source, provider), jobs.size());
    call.job = found->second;
    calls.push_back(std::move(call));
    if (isNew)
      jobs.push_back({std::move(source), &provider,
                      options.prefix + "_" + std::to_string(jobs.size() + 1) +
                          "_" + sanitized(kernel.getLayer())});
    return llvm::Error::success();
  }

  llvm::Error linkCode() {
    auto made =
        emitKernels(jobs, target, machine, options, module.getContext());
    if (!made)
      return made.takeError();
    for (auto [job, kernel] : llvm::zip(jobs, *made)) {
      if (llvm::Linker::linkModules(module, std::move(kernel)))
        return llvm::createStringError("cannot link kernel '" + job.symbol +
                                       "'");
      llvm::Function *code = module.getFunction(job.symbol);
      // Layers stay apart in profiles and back traces; the calls cost nothing
      // beside what they run.
      code->setLinkage(llvm::GlobalValue::InternalLinkage);
      code->addFnAttr(llvm::Attribute::NoInline);
      code->removeFnAttr(llvm::Attribute::AlwaysInline);
    }
    return llvm::Error::success();
  }

  void addCall(const Call &call) {
    qint::KernelOp kernel = call.kernel;
    llvm::SmallVector<llvm::Value *> arguments;
    for (auto [i, input] : llvm::enumerate(kernel.getInputs()))
      arguments.push_back(call.isConstant[i]
                              ? constantPointer(call.packed[i].bytes, kernel, i)
                              : pointers.lookup(storageOf(input)));
    state(kernel, jobs[call.job].symbol, call.packed);
    if (auto offset = kernel.getOffset())
      pointers[kernel.getOutput()] = arenaPointer(*offset);
    arguments.push_back(pointers.lookup(kernel.getOutput()));
    arguments.push_back(
        kernel.getScratch()
            ? arenaPointer(*kernel.getScratchOffset())
            : llvm::ConstantPointerNull::get(builder.getPtrTy()));
    builder.CreateCall(module.getFunction(jobs[call.job].symbol), arguments);
  }

  /// What became of a kernel, for the report.
  static void state(qint::KernelOp kernel, llvm::StringRef symbol,
                    llvm::ArrayRef<targets::PackedConstant> constants) {
    Builder attributes(kernel.getContext());
    int64_t bytes = 0, weightBytes = 0, weightBits = 0;
    for (const targets::PackedConstant &constant : constants) {
      bytes += static_cast<int64_t>(constant.bytes.size());
      weightBytes += constant.weightBytes;
      weightBits = std::max<int64_t>(weightBits, constant.weightBits);
    }
    kernel->setAttr("qint.symbol", attributes.getStringAttr(symbol));
    kernel->setAttr("qint.packed_bytes", attributes.getI64IntegerAttr(bytes));
    kernel->setAttr("qint.stored_weight_bytes",
                    attributes.getI64IntegerAttr(weightBytes));
    kernel->setAttr("qint.stored_weight_bits",
                    attributes.getI64IntegerAttr(weightBits));
  }

  static std::string sanitized(llvm::StringRef name) {
    std::string result = name.str();
    for (char &c : result)
      if (!llvm::isAlnum(c))
        c = '_';
    return result;
  }

  /// A read-only global; equal bytes share one.
  llvm::Value *constantPointer(llvm::ArrayRef<uint8_t> bytes,
                               qint::KernelOp kernel, size_t index) {
    std::string key(bytes.begin(), bytes.end());
    llvm::GlobalVariable *&global = constants[key];
    if (global)
      return global;
    auto *data = llvm::ConstantDataArray::get(module.getContext(), bytes);
    global = new llvm::GlobalVariable(
        module, data->getType(), /*isConstant=*/true,
        llvm::GlobalValue::InternalLinkage, data,
        options.prefix + "_" + sanitized(kernel.getLayer()) + "_c" +
            llvm::Twine(index));
    global->setAlignment(llvm::Align(bytes.size() < 16 ? 8 : target.alignment));
    global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return global;
  }

  func::FuncOp function;
  const targets::Target &target;
  const targets::KernelProvider &portable;
  llvm::TargetMachine &machine;
  llvm::Module &module;
  const LowerToLLVMOptions &options;
  llvm::IRBuilder<> builder;
  llvm::Value *arena = nullptr;
  llvm::DenseMap<Value, llvm::Value *> pointers;
  std::vector<Call> calls;
  std::vector<KernelJob> jobs; ///< distinct kernels
  std::map<std::string, size_t> jobOf;
  std::map<std::string, llvm::GlobalVariable *> constants;
};

/// What the kernels' modules brought and nothing uses: functions, equal tables,
/// arguments (few kernels need scratch memory).
void removeUnused(llvm::Module &module) {
  llvm::ModuleAnalysisManager analyses;
  llvm::PassBuilder().registerModuleAnalyses(analyses);
  llvm::ModulePassManager passes;
  passes.addPass(llvm::DeadArgumentEliminationPass());
  passes.addPass(llvm::GlobalDCEPass());
  passes.addPass(llvm::ConstantMergePass());
  passes.run(module, analyses);
}

/// Firmware built for hard floats may link the object: it passes none.
void addBuildAttributes(llvm::Module &module) {
  if (module.getTargetTriple().isARM() || module.getTargetTriple().isThumb())
    module.appendModuleInlineAsm(".eabi_attribute 28, 3");
}

} // namespace

llvm::Expected<std::unique_ptr<llvm::Module>>
lowerToLLVM(func::FuncOp function, const targets::Target &target,
            const targets::KernelProvider &portable,
            llvm::TargetMachine &machine, const LowerToLLVMOptions &options,
            llvm::LLVMContext &context) {
  auto module = std::make_unique<llvm::Module>(options.prefix, context);
  module->setTargetTriple(machine.getTargetTriple());
  module->setDataLayout(machine.createDataLayout());
  module->setSourceFileName(options.prefix);
  addBuildAttributes(*module);
  Lowering lowering(function, target, portable, machine, *module, options);
  if (llvm::Error error = lowering.run())
    return error;
  std::string message;
  llvm::raw_string_ostream stream(message);
  if (llvm::verifyModule(*module, &stream))
    return llvm::createStringError("generated LLVM IR is invalid: " + message);
  removeUnused(*module);
  return module;
}

} // namespace qcc
